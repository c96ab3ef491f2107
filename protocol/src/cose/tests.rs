use aws_lc_rs::signature as lc;
use aws_lc_rs::signature::KeyPair as _;
use ciborium::Value;

use super::{CoseKey, Curve, ParameterSet, PublicKey, alg};
use crate::error::Reason;
use crate::tree::cbor;

fn member(label: i64, value: impl Into<Value>) -> (Value, Value) {
    (label.into(), value.into())
}

fn bytes(bytes: impl Into<Vec<u8>>) -> Value {
    Value::Bytes(bytes.into())
}

/// The generator of P-256.
fn es256() -> Vec<(Value, Value)> {
    let key = p256::PublicKey::from_affine(p256::AffinePoint::GENERATOR).unwrap();
    let point = key.to_sec1_bytes();
    vec![member(1, 2), member(3, -7), member(-1, 1), member(-2, bytes(&point[1..33])), member(-3, bytes(&point[33..]))]
}

fn eddsa() -> Vec<(Value, Value)> {
    vec![member(1, 1), member(3, -8), member(-1, 6), member(-2, bytes([7; 32]))]
}

fn rs256() -> Vec<(Value, Value)> {
    let mut n = vec![0xff; 256];
    n[0] = 0x80;
    vec![member(1, 3), member(3, -257), member(-1, bytes(n)), member(-2, bytes([1, 0, 1]))]
}

/// A fresh key on one of the other curves.
fn ec2(algorithm: i64) -> Vec<(Value, Value)> {
    let (signing, curve) = match algorithm {
        alg::ES384 | alg::ESP384 => (&lc::ECDSA_P384_SHA384_ASN1_SIGNING, Curve::P384),
        alg::ES512 | alg::ESP512 => (&lc::ECDSA_P521_SHA512_ASN1_SIGNING, Curve::P521),
        alg::ES256K => (&lc::ECDSA_P256K1_SHA256_ASN1_SIGNING, Curve::Secp256k1),
        _ => (&lc::ECDSA_P256_SHA256_ASN1_SIGNING, Curve::P256),
    };
    let pair = lc::EcdsaKeyPair::generate(signing).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(curve.length());
    vec![member(1, 2), member(3, algorithm), member(-1, curve.number()), member(-2, bytes(x)), member(-3, bytes(y))]
}

fn ed448() -> Vec<(Value, Value)> {
    let seed = ed448_goldilocks::SigningKey::try_from(&[7; 57][..]).unwrap();
    vec![member(1, 1), member(3, alg::ED448), member(-1, 7), member(-2, bytes(seed.verifying_key().to_bytes()))]
}

fn ml_dsa(set: ParameterSet) -> Vec<(Value, Value)> {
    vec![member(1, 7), member(3, set.alg()), member(-1, bytes(vec![7; set.key_length()]))]
}

fn with(mut map: Vec<(Value, Value)>, label: i64, value: impl Into<Value>) -> Vec<(Value, Value)> {
    let value = value.into();
    match map.iter_mut().find(|(key, _)| *key == label.into()) {
        Some(entry) => entry.1 = value,
        None => map.push((label.into(), value)),
    }
    map
}

fn without(mut map: Vec<(Value, Value)>, label: i64) -> Vec<(Value, Value)> {
    map.retain(|(key, _)| *key != label.into());
    map
}

fn again(map: Vec<(Value, Value)>, label: i64) -> Vec<(Value, Value)> {
    let entry = map.iter().find(|(key, _)| *key == label.into()).cloned();
    map.into_iter().chain(entry).collect()
}

#[test]
fn good_keys_read_and_write_the_same_bytes() {
    for (map, curve, bits) in
        [(es256(), Some(Curve::P256), None), (eddsa(), Some(Curve::Ed25519), None), (rs256(), None, Some(2048))]
    {
        let cbor = cbor::to_canonical(&Value::Map(map));
        let key = CoseKey::parse(&cbor).unwrap();
        assert_eq!(key.to_cbor(), cbor);
        assert_eq!(key.modulus_bits(), bits);
        let found = match &key.key {
            PublicKey::Ec2 { curve, .. } | PublicKey::Okp { curve, .. } => Some(*curve),
            _ => None,
        };
        assert_eq!(found, curve);
        assert_eq!(key.sec1().is_some(), curve == Some(Curve::P256));
        let spki = key.to_spki().unwrap();
        assert_eq!(crate::tree::der::read(&spki).anomalies, []);
    }
}

#[test]
fn every_algorithm_reads_its_keys() {
    for number in alg::SIGNATURES {
        let map = match number {
            alg::ES384 | alg::ESP384 | alg::ES512 | alg::ESP512 | alg::ES256K | alg::ES256 | alg::ESP256 => ec2(number),
            alg::EDDSA | alg::ED25519 => with(eddsa(), 3, number),
            alg::ED448 => ed448(),
            _ => match ParameterSet::of(number) {
                Some(set) => ml_dsa(set),
                None => with(rs256(), 3, number),
            },
        };
        let cbor = cbor::to_canonical(&Value::Map(map));
        let key = CoseKey::parse(&cbor).unwrap();
        assert_eq!((key.alg, key.to_cbor()), (number, cbor));
        assert_eq!(crate::tree::der::read(&key.to_spki().unwrap()).anomalies, []);
        let name = alg::name(number).unwrap();
        assert_eq!(alg::number(name), Some(number), "{name}");
    }
}

#[test]
fn every_curve_and_set_has_its_sizes_and_its_points() {
    let named = |map: Vec<(Value, Value)>| CoseKey::parse(&cbor::to_canonical(&Value::Map(map))).unwrap_err().reason;
    for number in [alg::ES256, alg::ES384, alg::ES512, alg::ES256K] {
        let good = ec2(number);
        let size = good[3].1.as_bytes().unwrap().len();
        for (label, length, reason) in [
            (-2, size - 1, Reason::CoseXLength),
            (-2, size + 1, Reason::CoseXLength),
            (-3, size - 1, Reason::CoseYLength),
            (-3, size + 1, Reason::CoseYLength),
            (-3, size, Reason::CoseNotOnCurve),
        ] {
            assert_eq!(named(with(good.clone(), label, bytes(vec![1; length]))), reason, "{number} {label} {length}");
        }
        // The point of one curve under the algorithm and the name of another.
        for other in [alg::ES256, alg::ES384, alg::ES512, alg::ES256K].into_iter().filter(|other| *other != number) {
            assert_eq!(named(with(good.clone(), 3, other)), Reason::CoseCurveMismatch, "{number} as {other}");
            let relabelled = with(with(good.clone(), 3, other), -1, ec2(other)[2].1.clone());
            let other_size = ec2(other)[3].1.as_bytes().unwrap().len();
            let reason = if size == other_size { Reason::CoseNotOnCurve } else { Reason::CoseXLength };
            assert_eq!(named(relabelled), reason, "{number} relabelled {other}");
        }
    }
    for (map, reason) in [
        (with(ed448(), -2, bytes([1; 56])), Reason::CoseXLength),
        (with(ed448(), -2, bytes([1; 58])), Reason::CoseXLength),
        (with(ed448(), -2, bytes([0xff; 57])), Reason::CoseNotOnCurve),
        (with(ed448(), 3, alg::EDDSA), Reason::CoseCurveMismatch),
        (with(ed448(), 3, alg::ED25519), Reason::CoseCurveMismatch),
        (with(eddsa(), 3, alg::ED448), Reason::CoseCurveMismatch),
        (with(rs256(), 3, alg::ML_DSA_44), Reason::CoseKtyMismatch),
    ] {
        assert_eq!(named(map), reason);
    }
    for set in [ParameterSet::MlDsa44, ParameterSet::MlDsa65, ParameterSet::MlDsa87] {
        let length = set.key_length();
        for (map, reason) in [
            (without(ml_dsa(set), -1), Reason::CoseAkpKeyMissing),
            (with(ml_dsa(set), -1, 1), Reason::CoseAkpKeyNotBytes),
            (with(ml_dsa(set), -1, bytes(vec![7; length - 1])), Reason::CoseAkpKeyLength),
            (with(ml_dsa(set), -1, bytes(vec![7; length + 1])), Reason::CoseAkpKeyLength),
            (with(ml_dsa(set), -2, bytes([7; 32])), Reason::CosePrivateMember),
            (with(ml_dsa(set), -3, bytes([7; 32])), Reason::CoseOptionalMember),
            (with(ml_dsa(set), 1, 2), Reason::CoseKtyMismatch),
            (with(ml_dsa(set), 3, alg::ES256), Reason::CoseKtyMismatch),
        ] {
            assert_eq!(named(map), reason, "{set:?}");
        }
    }
    assert_eq!(named(with(ml_dsa(ParameterSet::MlDsa44), 3, alg::ML_DSA_65)), Reason::CoseAkpKeyLength);
}

#[test]
fn every_edit_has_its_own_reason() {
    let cases = [
        (without(es256(), 1), Reason::CoseKtyMissing),
        (with(es256(), 1, "EC2"), Reason::CoseKtyNotInteger),
        (without(es256(), 3), Reason::CoseAlgMissing),
        (with(es256(), 3, "ES256"), Reason::CoseAlgNotInteger),
        (with(es256(), 1, 3), Reason::CoseKtyMismatch),
        (with(es256(), 3, -8), Reason::CoseKtyMismatch),
        (with(es256(), 3, -257), Reason::CoseKtyMismatch),
        (with(eddsa(), 3, -7), Reason::CoseKtyMismatch),
        (without(es256(), -1), Reason::CoseCurveMissing),
        (with(es256(), -1, "P-256"), Reason::CoseCurveNotInteger),
        (with(es256(), -1, 2), Reason::CoseCurveMismatch),
        (with(es256(), -1, 8), Reason::CoseCurveMismatch),
        (with(eddsa(), -1, 7), Reason::CoseCurveMismatch),
        (with(es256(), 3, -35), Reason::CoseCurveMismatch),
        (with(es256(), 3, -36), Reason::CoseCurveMismatch),
        (with(es256(), 3, -47), Reason::CoseCurveMismatch),
        (without(es256(), -2), Reason::CoseXMissing),
        (with(es256(), -2, 1), Reason::CoseXNotBytes),
        (with(es256(), -2, bytes([1; 31])), Reason::CoseXLength),
        (with(es256(), -2, bytes([1; 33])), Reason::CoseXLength),
        (with(eddsa(), -2, bytes([1; 31])), Reason::CoseXLength),
        (without(es256(), -3), Reason::CoseYMissing),
        (with(es256(), -3, true), Reason::CoseYCompressed),
        (with(es256(), -3, false), Reason::CoseYCompressed),
        (with(es256(), -3, 1), Reason::CoseYNotBytes),
        (with(es256(), -3, bytes([1; 31])), Reason::CoseYLength),
        (with(es256(), -3, bytes([])), Reason::CoseYLength),
        (with(es256(), -3, bytes([1; 32])), Reason::CoseNotOnCurve),
        (with(es256(), -2, bytes([0xff; 32])), Reason::CoseNotOnCurve),
        (without(rs256(), -1), Reason::CoseRsaModulusMissing),
        (with(rs256(), -1, 1), Reason::CoseRsaModulusNotBytes),
        (with(rs256(), -1, bytes([])), Reason::CoseRsaModulusInvalid),
        (with(rs256(), -1, bytes([2; 256])), Reason::CoseRsaModulusInvalid),
        (without(rs256(), -2), Reason::CoseRsaExponentMissing),
        (with(rs256(), -2, 65537), Reason::CoseRsaExponentNotBytes),
        (with(rs256(), -2, bytes([])), Reason::CoseRsaExponentInvalid),
        (with(rs256(), -2, bytes([1])), Reason::CoseRsaExponentInvalid),
        (with(rs256(), -2, bytes([0, 1])), Reason::CoseRsaExponentInvalid),
        (with(rs256(), -2, bytes([1, 0, 0])), Reason::CoseRsaExponentInvalid),
        (with(es256(), -4, bytes([1; 32])), Reason::CosePrivateMember),
        (with(eddsa(), -4, bytes([1; 32])), Reason::CosePrivateMember),
        (with(rs256(), -3, bytes([1; 32])), Reason::CosePrivateMember),
        (with(rs256(), -12, bytes([1])), Reason::CosePrivateMember),
        (with(es256(), 2, bytes([1])), Reason::CoseOptionalMember),
        (with(es256(), 4, Value::Array(vec![2.into()])), Reason::CoseOptionalMember),
        (with(es256(), -70000, 1), Reason::CoseOptionalMember),
        (with(eddsa(), -3, bytes([1])), Reason::CoseOptionalMember),
        // FIDO's tool once labelled an EC key so.
        (with(es256(), 3, alg::RS1), Reason::CoseKtyMismatch),
        (again(es256(), 3), Reason::CoseDuplicateKey),
        (again(es256(), -3), Reason::CoseDuplicateKey),
    ];
    for (map, reason) in cases {
        let value = Value::Map(map);
        let cbor = cbor::to_canonical(&value);
        let error = CoseKey::parse(&cbor).unwrap_err();
        assert_eq!(error.reason, reason, "{value:?}");
        let node = cbor::read(&cbor).root.unwrap();
        let error = CoseKey::from_node(&node).unwrap_err();
        assert_eq!(error.reason, reason, "as a node: {value:?}");
    }
    for (cbor, reason) in [
        (&[][..], Reason::CoseNotCbor),
        (&[0xa1], Reason::CoseNotCbor),
        (&[0x80], Reason::CoseNotMap),
        (&[0xa0], Reason::CoseKtyMissing),
        (&[0xa0, 0x00], Reason::CoseTrailingBytes),
        (&[0xc0, 0xa0], Reason::CoseNotMap),
    ] {
        assert_eq!(CoseKey::parse(cbor).unwrap_err().reason, reason);
    }
}

#[test]
fn an_unknown_member_under_a_text_key_is_an_optional_member() {
    let mut map = es256();
    map.push(("d".into(), 1.into()));
    let cbor = cbor::to_canonical(&Value::Map(map));
    assert_eq!(CoseKey::parse(&cbor).unwrap_err().reason, Reason::CoseOptionalMember);
}

#[test]
fn other_algorithms_are_unsupported_not_malformed() {
    for (map, number) in [
        (with(es256(), 3, alg::ECDH_ES_HKDF_256), alg::ECDH_ES_HKDF_256),
        (with(rs256(), 3, -42), -42),
        (with(es256(), 3, -424_242), -424_242),
    ] {
        let key = CoseKey::parse(&cbor::to_canonical(&Value::Map(map))).unwrap();
        assert_eq!((key.alg, &key.key), (number, &PublicKey::Unsupported));
        assert_eq!(key.to_spki(), None);
    }
}

#[test]
fn order_does_not_matter_for_reading() {
    let mut map = es256();
    map.reverse();
    let cbor = cbor::to_bytes(&Value::Map(map));
    assert!(CoseKey::parse(&cbor).is_ok());
}

#[test]
fn modulus_bits_count_from_the_first_set_bit() {
    for (n, bits) in [(vec![], 0), (vec![0], 0), (vec![1], 1), (vec![0, 0x80, 1], 16), (vec![0x01, 0xff], 9)] {
        let key = PublicKey::Rsa { n, e: vec![3] };
        assert_eq!(key.modulus_bits(), Some(bits));
    }
}
