//! Made-up models that leave nothing out: every status, level, key protection and kind of
//! attestation that metadata have words for, one a model.

use std::sync::LazyLock;

use assay_protocol::aaguid::Aaguid;
use time::Date;
use time::macros::date;

use super::models::{Model, ModelId, Report};

/// The models. Their AAGUIDs begin with `5e57a000`.
pub fn spectrum() -> &'static [Model] {
    static SPECTRUM: LazyLock<Vec<Model>> = LazyLock::new(make);
    &SPECTRUM
}

/// Every word for a status (MDS 3.1.4), and one of the future.
const STATUSES: [&str; 17] = [
    "NOT_FIDO_CERTIFIED",
    "SELF_ASSERTION_SUBMITTED",
    "FIDO_CERTIFIED",
    "FIDO_CERTIFIED_L1",
    "FIDO_CERTIFIED_L1plus",
    "FIDO_CERTIFIED_L2",
    "FIDO_CERTIFIED_L2plus",
    "FIDO_CERTIFIED_L3",
    "FIDO_CERTIFIED_L3plus",
    "USER_VERIFICATION_BYPASS",
    "ATTESTATION_KEY_COMPROMISE",
    "USER_KEY_REMOTE_COMPROMISE",
    "USER_KEY_PHYSICAL_COMPROMISE",
    "UPDATE_AVAILABLE",
    "RETIRED",
    "REVOKED",
    "STATUS_OF_THE_FUTURE",
];

/// Key protections (FIDO registry 3.2), alone and as they go together.
const PROTECTIONS: [&[&str]; 10] = [
    &[],
    &["hardware"],
    &["software"],
    &["tee"],
    &["secure_element"],
    &["remote_handle"],
    &["hardware", "tee"],
    &["hardware", "secure_element", "remote_handle"],
    &["hardware", "software"],
    &["protection_of_the_future"],
];

const ATTESTATIONS: [&str; 5] = ["basic_full", "basic_surrogate", "attca", "anonca", "none"];

const LONG_AGO: Date = date!(2024 - 01 - 15);

fn make() -> Vec<Model> {
    let certified = || vec![report("FIDO_CERTIFIED_L1")];
    let hardware: &[&str] = &["hardware", "secure_element"];
    let mut models = Vec::new();
    let mut add = |name: String, protection: &[&str], attestation: &str, reports: Vec<Report>| {
        let number = u8::try_from(models.len()).unwrap_or(u8::MAX);
        models.push(Model {
            id: ModelId::Aaguid(Aaguid::from_bytes([
                0x5e, 0x57, 0xa0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, number,
            ])),
            in_metadata: true,
            synthetic: true,
            name: format!("Assay {name}"),
            protocol: "fido2".to_owned(),
            key_protection: protection.iter().map(|&word| word.to_owned()).collect(),
            attestation_types: vec![attestation.to_owned()],
            status_reports: reports,
        });
    };
    for status in STATUSES {
        // What befalls a model befalls one that has been certified.
        let mut reports = if status.contains("CERTIFIED") { Vec::new() } else { certified() };
        reports.push(report(status));
        add(format!("status {status}"), hardware, "basic_full", reports);
    }
    for protection in PROTECTIONS {
        let words = if protection.is_empty() { "none".to_owned() } else { protection.join(", ") };
        add(format!("key protection {words}"), protection, "basic_full", certified());
    }
    for attestation in ATTESTATIONS {
        add(format!("attestation {attestation}"), hardware, attestation, certified());
    }
    let batch = Report { certificate: Some("BATCH-A".to_owned()), ..report("ATTESTATION_KEY_COMPROMISE") };
    add("one batch compromised".to_owned(), hardware, "basic_full", [certified(), vec![batch]].concat());
    let old = Report { authenticator_version: Some(1), ..report("USER_VERIFICATION_BYPASS") };
    let cured = Report { authenticator_version: Some(2), ..report("UPDATE_AVAILABLE") };
    add("cured by firmware 2".to_owned(), hardware, "basic_full", [certified(), vec![old, cured]].concat());
    models
}

fn report(status: &str) -> Report {
    Report { status: status.to_owned(), effective_date: Some(LONG_AGO), authenticator_version: None, certificate: None }
}
