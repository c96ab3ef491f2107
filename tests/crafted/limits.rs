//! What bounds the work, counted: nodes, findings, attempts.

use assay_attestation::certificate::Certificate;
use assay_attestation::metadata::Metadata;
use assay_attestation::path::{self, MAX_CERTIFICATES};
use assay_attestation::{Anchors, Signed, verify};
use assay_mint::certificate::extension::Extension;
use assay_mint::chain::Certified;
use assay_mint::registration::RegistrationForge;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::check::Enforced;
use assay_protocol::tree::{MAX_DEPTH, cbor, der, json};
use ciborium::Value;
use serde_json::json;

use super::growth::{cbor_map, json_object};
use crate::support::lines::{CHALLENGE, RP_ID, lab, now};

const MANY: usize = 20_000;
/// How many findings of one kind are listed.
const LISTED: usize = 100;

#[test]
fn findings_are_listed_up_to_a_bound() {
    let all = |kind, anomalies: &[cbor::Anomaly]| anomalies.iter().filter(|anomaly| anomaly.kind == kind).count();
    for (name, keys, kind, count) in [
        ("ascending", cbor_map(MANY, |at| at), cbor::AnomalyKind::WrongOrder, 0),
        ("descending", cbor_map(MANY, |at| MANY - at), cbor::AnomalyKind::WrongOrder, LISTED),
        ("the same", cbor_map(MANY, |_| 7), cbor::AnomalyKind::DuplicateKey, LISTED),
    ] {
        let document = cbor::read(&keys);
        assert_eq!(document.root.unwrap().as_map().unwrap().len(), MANY, "{name}");
        assert_eq!(all(kind, &document.anomalies), count, "{name}");
    }
    for (name, text, count) in
        [("other", json_object(MANY, |at| at), 0), ("the same", json_object(MANY, |_| 7), LISTED)]
    {
        let document = json::read(&text);
        assert_eq!(document.root.unwrap().as_object().unwrap().len(), MANY, "{name}");
        let again = document.anomalies.iter().filter(|anomaly| anomaly.kind == json::AnomalyKind::DuplicateMember);
        assert_eq!(again.count(), count, "{name}");
    }
    let document = der::read(&der::write::tagged(0x30, &[0x02, 0x02, 0x00, 0x01].repeat(MANY)));
    assert_eq!((document.root.unwrap().children.len(), document.anomalies.len()), (MANY, LISTED));
}

#[test]
fn nesting_ends_at_a_depth() {
    let document = cbor::read(&[0x81; MANY]);
    assert_eq!(document.anomalies.iter().map(|anomaly| anomaly.kind).collect::<Vec<_>>(), [cbor::AnomalyKind::TooDeep]);
    let document = json::read("[".repeat(MANY).as_bytes());
    assert_eq!(document.anomalies.iter().map(|anomaly| anomaly.kind).collect::<Vec<_>>(), [json::AnomalyKind::TooDeep]);
    let mut deep = der::write::null();
    for _ in 0..40 {
        deep = der::write::sequence(&[deep]);
    }
    let document = der::read(&deep);
    assert_eq!(document.anomalies.iter().map(|anomaly| anomaly.kind).collect::<Vec<_>>(), [der::AnomalyKind::TooDeep]);
    let mut depth = 0;
    let mut node = document.root.as_ref();
    while let Some(inner) = node {
        depth += 1;
        node = inner.children.first();
    }
    assert_eq!(depth, MAX_DEPTH);
}

#[test]
fn a_promised_length_costs_nothing() {
    for promise in [0x5b, 0x7b, 0x9b, 0xbb] {
        let document = cbor::read(&[&[promise], [0x7f; 8].as_slice(), &[0, 0, 0]].concat());
        assert_eq!(document.syntax_error().unwrap().kind, cbor::AnomalyKind::Truncated, "{promise:02x}");
    }
    let document = der::read(&[0x30, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]);
    assert_eq!(document.anomalies.first().unwrap().kind, der::AnomalyKind::Truncated);
}

/// What stands in `x5c` here is no certificate: it is counted before it is read.
#[test]
fn statements_with_too_much_in_them() {
    let bytes = |count| Value::Array(vec![Value::Bytes(vec![0]); count]);
    let packed = |count| {
        Value::Map(vec![
            ("alg".into(), (-7).into()),
            ("sig".into(), Value::Bytes(vec![0])),
            ("x5c".into(), bytes(count)),
        ])
    };
    let none = || Value::Map(vec![("fmt".into(), "none".into()), ("attStmt".into(), Value::Map(Vec::new()))]);
    for (fmt, statement, code) in [
        ("packed", packed(MAX_CERTIFICATES), "certificate_undecodable"),
        ("packed", packed(MAX_CERTIFICATES + 1), "statement_x5c_too_long"),
        ("packed", packed(MANY), "statement_x5c_too_long"),
        ("compound", Value::Array(vec![none(); MANY]), "compound_too_many"),
    ] {
        let made = RegistrationForge::none(&lab(), RP_ID, &CHALLENGE).forge().unwrap();
        let auth_data = AuthenticatorData::parse(&made.auth_data).unwrap();
        let signed = Signed::new(&auth_data, &made.auth_data, &[0; 32]).unwrap();
        let statement = cbor::Node::from_value(&statement);
        assert_eq!(verify(fmt, &statement, &signed, &Enforced::all()).unwrap_err().code(), code);
    }
}

/// As many anchors as one likes may have the issuer's name; so many of their keys are tried.
#[test]
fn namesakes_are_tried_up_to_a_bound() {
    let issued = lab().model(assay_mint::lab::MODEL).direct();
    let leaf = Certificate::parse(&issued.issue().unwrap().leaf).unwrap();
    let namesake = |at: usize| {
        let name = issued.root.spec.subject.clone();
        let seed = lab().seed().derive(&format!("namesake {at}"));
        let mut other = Certified::authority(seed, name.clone(), name, issued.now);
        let key = other.key.clone();
        other.issued_by(&key);
        other.spec.issue(&key).unwrap()
    };
    let root = issued.root.spec.issue(&issued.root.key).unwrap();
    for (others, code) in [(0, None), (MAX_CERTIFICATES - 1, None), (MAX_CERTIFICATES, Some("path_signature"))] {
        let anchors = Anchors::parse((0..others).map(namesake).chain([root.clone()])).unwrap();
        let verdict = path::verify(std::slice::from_ref(&leaf), &anchors, now(), &Enforced::all());
        assert_eq!(verdict.err().map(|rejection| rejection.code()), code, "after {others} namesakes");
    }
}

#[test]
fn certificates_with_thousands_of_parts() {
    let extension = |at| Extension { oid: vec![1, 2, 3, at], critical: false, value: vec![0x05, 0x00] };
    let certificate = |extensions: Vec<Extension>| {
        let mut chain = lab().model(assay_mint::lab::MODEL);
        chain.leaf.spec.dns_names = (0..5_000).map(|at| format!("h{at}.example")).collect();
        chain.leaf.spec.extra_extensions = extensions;
        Certificate::parse(&chain.issue().unwrap().leaf)
    };
    let read = certificate((0..5_000).map(extension).collect()).unwrap();
    assert!(read.extensions.len() > 5_000 && read.bears("h4999.example") && !read.bears("h5000.example"));
    let again = certificate((0..5_000).map(|_| extension(1)).collect());
    assert_eq!(again.unwrap_err().code(), "certificate_duplicate_extension");
}

#[test]
fn metadata_about_one_model_many_times() {
    let entry = json!({"aaguid": "5e570000-0000-4000-8000-000000000001", "statusReports": [], "metadataStatement": {}});
    let payload = json!({"legalHeader": "x", "no": 7, "nextUpdate": "2027-01-01", "entries": vec![entry; 5_000]});
    let metadata = Metadata::load_unsigned_json(payload.to_string().as_bytes(), None).unwrap();
    assert_eq!((metadata.entries().len(), metadata.skipped.len()), (1, 4_999));
}
