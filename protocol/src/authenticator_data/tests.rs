use ciborium::Value;

use super::{AttestedCredentialData, AuthenticatorData, Flags};
use crate::aaguid::Aaguid;
use crate::cose::{CoseKey, Curve, PublicKey, alg};
use crate::error::Reason;
use crate::tree::cbor::{AnomalyKind, Node};

fn good() -> AuthenticatorData {
    AuthenticatorData {
        rp_id_hash: [0x11; 32],
        flags: Flags(Flags::UP | Flags::UV),
        sign_count: 0x0102_0304,
        attested: None,
        extensions: None,
        anomalies: Vec::new(),
    }
}

fn good_with(flags: u8) -> AuthenticatorData {
    let key = CoseKey { alg: alg::EDDSA, key: PublicKey::Okp { curve: Curve::Ed25519, x: vec![9; 32] } };
    let extensions = Value::Map(vec![("credProtect".into(), 2.into())]);
    let mut data = good();
    data.flags = Flags(data.flags.0 | flags);
    if data.flags.at() {
        let attested = AttestedCredentialData::new(Aaguid::ZERO, vec![5; 16], key);
        data.attested = Some(attested);
    }
    if data.flags.ed() {
        data.extensions = Some(Node::from_value(&extensions));
    }
    data
}

#[test]
fn good_data_read_and_write_the_same_bytes() {
    for flags in [0, Flags::AT, Flags::ED, Flags::AT | Flags::ED] {
        let bytes = good_with(flags).to_bytes();
        let data = AuthenticatorData::parse(&bytes).unwrap();
        assert_eq!(data.to_bytes(), bytes);
        assert_eq!(data.sign_count, 0x0102_0304);
        assert_eq!(data.flags.at(), data.attested.is_some());
        assert_eq!(data.flags.ed(), data.extensions.is_some());
        assert!(data.flags.up() && data.flags.uv() && !data.flags.be() && !data.flags.bs());
        assert!(data.anomalies.is_empty());
    }
}

#[test]
fn every_edit_has_its_own_reason() {
    let at = good_with(Flags::AT).to_bytes();
    let key_start = 37 + 16 + 2 + 16;
    let ed = good_with(Flags::ED).to_bytes();
    let edit = |bytes: &[u8], at: usize, to: u8| {
        let mut bytes = bytes.to_vec();
        bytes[at] = to;
        bytes
    };
    let plus = |bytes: &[u8], more: &[u8]| [bytes, more].concat();
    let plain = good().to_bytes();
    let cases = [
        (Vec::new(), Reason::AuthenticatorDataTooShort),
        (plain[..36].to_vec(), Reason::AuthenticatorDataTooShort),
        (plus(&plain, &[0]), Reason::AuthenticatorDataLeftoverBytes),
        (plus(&at, &[0]), Reason::AuthenticatorDataLeftoverBytes),
        (plus(&ed, &[0xa0]), Reason::AuthenticatorDataLeftoverBytes),
        (edit(&at, 32, 0x05), Reason::AuthenticatorDataLeftoverBytes),
        (edit(&plain, 32, 0x45), Reason::AuthenticatorDataAttestedMissing),
        (at[..37 + 17].to_vec(), Reason::AuthenticatorDataAttestedTruncated),
        (at[..37 + 20].to_vec(), Reason::AuthenticatorDataCredentialIdTruncated),
        (edit(&at, 37 + 16, 0xff), Reason::AuthenticatorDataCredentialIdTruncated),
        (at[..key_start].to_vec(), Reason::AuthenticatorDataPublicKeyMissing),
        (at[..at.len() - 1].to_vec(), Reason::CoseNotCbor),
        (edit(&at, key_start, 0x80), Reason::CoseNotMap),
        (edit(&plain, 32, 0x85), Reason::AuthenticatorDataExtensionsMissing),
        (ed[..ed.len() - 1].to_vec(), Reason::AuthenticatorDataExtensionsNotCbor),
        (plus(&edit(&plain, 32, 0x81), &[0x1c]), Reason::AuthenticatorDataExtensionsNotCbor),
        (plus(&edit(&plain, 32, 0x81), &[0x80]), Reason::AuthenticatorDataExtensionsNotMap),
        (plus(&edit(&plain, 32, 0x81), &[0xf6]), Reason::AuthenticatorDataExtensionsNotMap),
        (
            plus(&edit(&plain, 32, 0x81), &[0xa2, 0x61, 0x61, 0, 0x61, 0x61, 0]),
            Reason::AuthenticatorDataExtensionsDuplicateKey,
        ),
        (plus(&edit(&plain, 32, 0x81), &[0xa1, 0x01, 0x00]), Reason::AuthenticatorDataExtensionIdNotText),
    ];
    for (bytes, reason) in cases {
        let error = AuthenticatorData::parse(&bytes).unwrap_err();
        assert_eq!(error.reason, reason, "{bytes:02x?}");
        assert!(error.at.is_some());
    }
}

#[test]
fn a_credential_id_of_any_length_is_no_malformation() {
    for length in [0, 1023, 1024, 65535] {
        let mut data = good_with(Flags::AT);
        data.attested.as_mut().unwrap().credential_id = vec![1; length];
        let parsed = AuthenticatorData::parse(&data.to_bytes()).unwrap();
        assert_eq!(parsed.attested.unwrap().credential_id.len(), length);
    }
}

#[test]
fn breaks_of_the_canonical_form_are_listed_with_their_places() {
    let mut data = good_with(Flags::AT | Flags::ED);
    let attested = data.attested.as_mut().unwrap();
    // kty written in two bytes
    attested.public_key_cbor.splice(2..3, [0x18, 0x01]);
    let mut bytes = data.to_bytes();
    let value = bytes.pop().unwrap();
    bytes.extend([0x18, value]);
    let parsed = AuthenticatorData::parse(&bytes).unwrap();
    let attested = parsed.attested.as_ref().unwrap();
    let [in_key] = attested.public_key_anomalies.as_slice() else { panic!("{:?}", attested.public_key_anomalies) };
    assert_eq!(in_key.kind, AnomalyKind::NonMinimalInteger);
    assert_eq!(in_key.range, 37 + 34 + 2..37 + 34 + 4);
    assert_eq!(in_key.path, "/1");
    let [in_extensions] = parsed.anomalies.as_slice() else { panic!("{:?}", parsed.anomalies) };
    assert_eq!(in_extensions.range, bytes.len() - 2..bytes.len());
    assert_eq!(in_extensions.path, "/credProtect");
    assert_eq!(attested.public_key_cbor, &bytes[37 + 34..37 + 34 + attested.public_key_cbor.len()]);
}

#[test]
fn reserved_bits_are_tolerated() {
    let mut data = good();
    data.flags = Flags(0x01 | 0x02 | 0x20);
    assert_eq!(AuthenticatorData::parse(&data.to_bytes()).unwrap(), data);
}
