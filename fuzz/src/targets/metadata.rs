//! FIDO metadata: the signed BLOB, and the payload without a signature.

use std::sync::LazyLock;

use assay_attestation::Anchors;
use assay_attestation::metadata::{Metadata, Trust, signers};
use assay_mint::lab::{Lab, METADATA_HOST};
use assay_mint::metadata::Issue;
use assay_protocol::jws;

use super::good;

/// A BLOB of which the lab has signed nothing else is refused.
pub(super) fn blob(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let _ = signers(text, &TRUST, good::now());
    if let Ok(parsed) = jws::parse(text) {
        assert!(parsed.payload.len() <= text.len() && parsed.signature.len() <= text.len());
    }
    if Metadata::load(text, &TRUST, None, good::now()).is_ok() {
        let payload = jws::parse(text.trim()).expect("what was accepted can be read").payload;
        assert!(PAYLOADS.contains(&payload), "a payload is believed that the lab has not signed");
    }
}

/// Issues of four entries and of one: the shorter, the more is left to change.
pub(super) fn blob_seeds() -> Vec<Vec<u8>> {
    let blobs = [4, 1].map(|length| {
        let mut payload = good::lab().metadata_payload(&Issue::new(7)).expect("the lab makes payloads");
        if let Some(entries) = payload.get_mut("entries").and_then(serde_json::Value::as_array_mut) {
            entries.truncate(length);
        }
        Lab::sign_metadata(good::lab().metadata(), payload, None).expect("the lab signs metadata")
    });
    for blob in &blobs {
        Metadata::load(blob, &TRUST, None, good::now()).expect("good metadata are accepted");
    }
    blobs.map(String::into_bytes).to_vec()
}

/// A payload: strict about the issue, tolerant about entries.
pub(super) fn payload(input: &[u8]) {
    let Ok(metadata) = Metadata::load_unsigned_json(input, Some(6)) else { return };
    assert!(metadata.no > 6);
    let lost: usize = metadata.skipped.iter().map(|skipped| skipped.at.len() + skipped.detail.len()).sum();
    assert!(lost <= 64 * input.len(), "{lost} bytes about what was left out of {}", input.len());
    for entry in metadata.entries() {
        let _ = (entry.id.to_string(), entry.status_reports.len());
    }
}

pub(super) fn payload_seeds() -> Vec<Vec<u8>> {
    let whole = good::lab().metadata_payload(&Issue::new(7)).expect("the lab makes payloads");
    let mut seeds = Vec::new();
    for (first, length) in [(0, 1), (3, 1), (6, 1), (9, 4)] {
        let mut part = whole.clone();
        if let Some(entries) = part.get_mut("entries").and_then(serde_json::Value::as_array_mut) {
            *entries = entries.iter().skip(first).take(length).cloned().collect();
        }
        seeds.push(serde_json::Value::Object(part).to_string().into_bytes());
    }
    seeds
}

static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let root = good::lab().metadata_root().expect("the lab has a root");
    Trust::new(Anchors::parse([root]).expect("the lab's root is a certificate")).named(METADATA_HOST)
});

static PAYLOADS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let texts = blob_seeds().into_iter().map(|blob| String::from_utf8(blob).expect("a BLOB is text"));
    texts.map(|text| jws::parse(&text).expect("a good one").payload).collect()
});
