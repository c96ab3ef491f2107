//! One verdict of the attestation policy, over authenticators of every kind.

use std::hint::black_box;

use assay_attestation::metadata::{Metadata, day};
use assay_attestation::{AttestationType, Format};
use assay_mint::lab::Lab;
use assay_mint::metadata::Issue;
use assay_protocol::aaguid::Aaguid;
use assay_relying_party::policy::{Chain, Evidence, Mode, Policy, evaluate};
use time::OffsetDateTime;

use crate::race::Contestant;

pub(crate) const MIXED: &str = "policy, one evaluation over mixed evidence";
const PASSING: &str = "policy, one evaluation that passes";

const NOW: i64 = 1_795_305_600;
const KNOWN: &str = "ee882879-721c-4913-9775-3dfcce97072a";

pub(crate) fn contestants() -> Vec<Contestant> {
    vec![contestant(PASSING, vec![proven(KNOWN)]), contestant(MIXED, mixed())]
}

/// Takes the evidence in turns, by a policy that asks everything.
fn contestant(name: &'static str, evidence: Vec<Evidence>) -> Contestant {
    let now = OffsetDateTime::from_unix_timestamp(NOW).expect("a time");
    let payload = Lab::new([5; 32], NOW).metadata_payload(&Issue::new(1)).expect("a payload");
    let payload = serde_json::Value::Object(payload).to_string();
    let metadata = Metadata::load_unsigned_json(payload.as_bytes(), None).expect("metadata");
    let listed: Vec<Aaguid> = evidence.iter().map(|one| one.aaguid).filter(|aaguid| !aaguid.is_zero()).collect();
    let policy = Policy {
        allowed_aaguids: listed.into_iter().collect(),
        blocked_aaguids: [Aaguid::ZERO].into_iter().collect(),
        min_certification_level: Some("L1".parse().expect("a level")),
        block_software_auth: true,
        require_known_aaguids: true,
        ..Policy::new(Mode::Block)
    };
    let today = day(now);
    let mut turns = (0..evidence.len()).cycle();
    Contestant::new(name, move || {
        let evidence = turns.next().and_then(|at| evidence.get(at)).expect("evidence");
        black_box(evaluate(black_box(&policy), black_box(evidence), Some(&metadata), today));
    })
}

fn proven(model: &str) -> Evidence {
    Evidence {
        fmt: Format::Packed,
        attestation: AttestationType::Basic,
        chain: Chain::Metadata,
        certificates_sha256: vec![[1; 32], [2; 32]],
        anchor_sha256: Some([3; 32]),
        ..Evidence::none(model.parse().expect("an AAGUID"))
    }
}

/// Half of them pass, as with a policy that somebody lives by.
fn mixed() -> Vec<Evidence> {
    let models = [
        KNOWN,
        "9eb7eabc-9db5-49a1-b6c3-555a802093f4",
        "08987058-cadc-4b81-b6e1-30de50dcbe96",
        "9a272558-5cfa-4424-be37-65509677b77d",
        "ba86dc56-635f-4141-aef6-00227b1b9af6",
        "2cd2f727-f6ca-44da-8f48-5c2e5da000a2",
    ];
    let mut all: Vec<Evidence> = models.into_iter().map(proven).collect();
    all.push(Evidence::none(Aaguid::ZERO));
    all.push(Evidence { backup_eligible: true, ..proven(KNOWN) });
    all
}
