mod adhoc;
mod denial;
mod json;
mod matrix;
mod rules;

use assay_attestation::metadata::Metadata;
use assay_attestation::{AttestationType, Format};
use assay_protocol::aaguid::Aaguid;
use serde_json::{Value, json};
use time::Date;
use time::macros::date;

use super::{Chain, Evidence, Mode, Policy};

const TODAY: Date = date!(2026 - 11 - 22);
const MODEL: &str = "ee882879-721c-4913-9775-3dfcce97072a";
const OTHER: &str = "b92c3f9a-c014-4056-887f-140a2501163b";

fn aaguid(text: &str) -> Aaguid {
    text.parse().unwrap()
}

/// A good registration of the model.
fn evidence() -> Evidence {
    Evidence {
        fmt: Format::Packed,
        attestation: AttestationType::Basic,
        chain: Chain::Metadata,
        ..Evidence::none(aaguid(MODEL))
    }
}

fn block() -> Policy {
    Policy::new(Mode::Block)
}

/// Metadata with that model alone, and these reports about it.
fn metadata(reports: Value) -> Metadata {
    issue("2026-12-01", reports)
}

fn issue(next_update: &str, reports: Value) -> Metadata {
    let payload = json!({
        "legalHeader": "terms",
        "no": 9,
        "nextUpdate": next_update,
        "entries": [
            {
                "aaguid": MODEL,
                "metadataStatement": { "keyProtection": ["hardware", "secure_element"] },
                "statusReports": reports,
            },
            {
                "attestationCertificateKeyIdentifiers": ["00".repeat(20)],
                "metadataStatement": { "keyProtection": ["hardware"] },
                "statusReports": [{ "status": "FIDO_CERTIFIED_L1" }],
            },
        ],
    });
    Metadata::load_unsigned_json(payload.to_string().as_bytes(), None).unwrap()
}

fn certified() -> Value {
    json!([{ "status": "FIDO_CERTIFIED_L1", "effectiveDate": "2020-05-12" }])
}
