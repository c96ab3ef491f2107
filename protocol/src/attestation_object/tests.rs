use ciborium::Value;

use super::AttestationObject;
use crate::error::Reason;
use crate::tree::cbor::{self, AnomalyKind};

fn good() -> Vec<(Value, Value)> {
    vec![
        ("fmt".into(), "none".into()),
        ("attStmt".into(), Value::Map(Vec::new())),
        ("authData".into(), Value::Bytes(vec![1, 2, 3])),
    ]
}

fn with(key: &str, value: impl Into<Value>) -> Vec<(Value, Value)> {
    let value = value.into();
    let mut map = without(key);
    map.push((key.into(), value));
    map
}

fn without(key: &str) -> Vec<(Value, Value)> {
    let mut map = good();
    map.retain(|(candidate, _)| *candidate != key.into());
    map
}

#[test]
fn a_good_object_reads_and_writes_the_same_bytes() {
    let bytes = cbor::to_canonical(&Value::Map(good()));
    let object = AttestationObject::parse(&bytes).unwrap();
    assert_eq!(object.fmt, "none");
    assert_eq!(object.auth_data, [1, 2, 3]);
    assert_eq!(object.anomalies, []);
    let statement = object.att_stmt.to_value();
    assert_eq!(AttestationObject::to_bytes("none", &statement, &[1, 2, 3]), bytes);
}

#[test]
fn every_edit_has_its_own_reason() {
    let mut twice = good();
    twice.extend(good().into_iter().take(1));
    let cases = [
        (without("fmt"), Reason::AttestationObjectFmtMissing),
        (with("fmt", 1), Reason::AttestationObjectFmtNotText),
        (with("fmt", Value::Bytes(b"none".to_vec())), Reason::AttestationObjectFmtNotText),
        (without("attStmt"), Reason::AttestationObjectAttStmtMissing),
        (with("attStmt", Value::Array(Vec::new())), Reason::AttestationObjectAttStmtWrongType),
        (with("attStmt", Value::Null), Reason::AttestationObjectAttStmtWrongType),
        (without("authData"), Reason::AttestationObjectAuthDataMissing),
        (with("authData", "AAAA"), Reason::AttestationObjectAuthDataNotBytes),
        (twice, Reason::AttestationObjectDuplicateKey),
        (
            with("attStmt", Value::Map(vec![(1.into(), 1.into()), (1.into(), 2.into())])),
            Reason::AttestationObjectDuplicateKey,
        ),
    ];
    for (map, reason) in cases {
        let value = Value::Map(map);
        let bytes = cbor::to_canonical(&value);
        let error = AttestationObject::parse(&bytes).unwrap_err();
        assert_eq!(error.reason, reason, "{value:?}");
    }
    let good = cbor::to_canonical(&Value::Map(good()));
    for (bytes, reason) in [
        (Vec::new(), Reason::AttestationObjectNotCbor),
        (good[..good.len() - 1].to_vec(), Reason::AttestationObjectNotCbor),
        ([&good[..], &[0]].concat(), Reason::AttestationObjectTrailingBytes),
        (vec![0x80], Reason::AttestationObjectNotMap),
        (vec![0xa0], Reason::AttestationObjectFmtMissing),
    ] {
        assert_eq!(AttestationObject::parse(&bytes).unwrap_err().reason, reason);
    }
}

#[test]
fn compound_may_be_an_array() {
    let mut map = with("fmt", "compound");
    map.retain(|(key, _)| *key != "attStmt".into());
    map.push(("attStmt".into(), Value::Array(Vec::new())));
    let bytes = cbor::to_canonical(&Value::Map(map));
    assert!(AttestationObject::parse(&bytes).unwrap().att_stmt.as_array().is_some());
}

#[test]
fn another_order_is_an_anomaly_only() {
    let mut map = good();
    map.reverse();
    let object = AttestationObject::parse(&cbor::to_bytes(&Value::Map(map))).unwrap();
    let kinds: Vec<_> = object.anomalies.iter().map(|anomaly| anomaly.kind).collect();
    assert_eq!(kinds, [AnomalyKind::WrongOrder, AnomalyKind::WrongOrder]);
}
