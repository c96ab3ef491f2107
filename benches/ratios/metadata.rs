//! Loading the metadata of as many models as FIDO lists, from a signed BLOB to an index.

use std::hint::black_box;

use assay_attestation::Anchors;
use assay_attestation::metadata::{Metadata, Trust};
use assay_mint::lab::{Lab, METADATA_HOST};
use assay_mint::metadata::{facts, models, spectrum};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::race::Contestant;

pub(crate) const LOAD: &str = "metadata, one BLOB of 520 models, signature and all";

const NOW: i64 = 1_795_305_600;

/// As in FIDO's issue 291: 520 models, 8 MB of JSON, most of it pictures, two roots a model.
const MODELS: usize = 520;
const PICTURE: usize = 11_500;

pub(crate) fn contestants() -> Vec<Contestant> {
    let lab = Lab::new([5; 32], NOW);
    let root = lab.metadata_root().expect("a root");
    let trust = Trust::new(Anchors::parse([root]).expect("a root")).named(METADATA_HOST);
    let blob = Lab::sign_metadata(lab.metadata(), payload(&lab), None).expect("a BLOB");
    let now = OffsetDateTime::from_unix_timestamp(NOW).expect("a time");
    vec![Contestant::new(LOAD, move || {
        let metadata = Metadata::load(black_box(&blob), &trust, None, now).expect("metadata");
        assert_eq!(black_box(metadata).entries().len(), MODELS);
    })]
}

/// The lab's models over and over, each under a name of its own and as large as real ones are.
fn payload(lab: &Lab) -> Map<String, Value> {
    let all = models().iter().chain(spectrum());
    let mut payload = lab.metadata_payload_of(all, 1, facts().next_update.fresh).expect("a payload");
    if let Some(Value::Array(entries)) = payload.get_mut("entries") {
        let many = entries.iter().cycle().take(MODELS).cloned().enumerate();
        *entries = many.map(|(at, entry)| realistic(entry, at)).collect();
    }
    payload
}

fn realistic(mut entry: Value, at: usize) -> Value {
    let u2f = entry.get("aaguid").is_none();
    let (member, name) = if u2f {
        ("attestationCertificateKeyIdentifiers", json!([format!("{at:040x}")]))
    } else {
        ("aaguid", json!(format!("5e57a001-0000-4000-8000-{at:012x}")))
    };
    put(&mut entry, member, name.clone());
    if let Some(statement) = entry.get_mut("metadataStatement") {
        put(statement, member, name);
        put(statement, "icon", json!(format!("data:image/png;base64,{}", "iVBORw0K".repeat(PICTURE / 8))));
        let told = json!({ "versions": ["FIDO_2_0", "FIDO_2_1"], "extensions": ["credProtect", "hmac-secret"] });
        put(statement, "authenticatorGetInfo", told);
        if let Some(Value::Array(roots)) = statement.get_mut("attestationRootCertificates") {
            roots.extend(roots.first().cloned());
        }
    }
    entry
}

fn put(object: &mut Value, member: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(member.to_owned(), value);
    }
}
