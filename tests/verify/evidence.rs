//! What an accepted ceremony shows, and that it is enough for the next one.

use assay_mint::assertion::AssertionForge;
use assay_mint::registration::RegistrationForge;
use assay_protocol::base64url::encode;
use serde_json::json;

use super::lines::{CHALLENGE, Line, RP_ID, lab};

#[test]
fn of_a_registration() {
    let forge = RegistrationForge { sign_count: 3, ..RegistrationForge::packed(&lab(), RP_ID, &CHALLENGE) };
    let made = forge.forge().unwrap();
    let root = encode(&forge.format.chain().unwrap().issue().unwrap().root);
    let verdict = Line::registration(&forge).with("trust_anchors", json!([root])).decide();
    assert_eq!(
        verdict["evidence"],
        json!({
            "fmt": "packed",
            "attestation_type": "basic",
            "chain": "anchor",
            "aaguid": forge.aaguid.to_string(),
            "flags": 0x45,
            "sign_count": 3,
            "algorithm": -7,
            "credential_id": encode(&made.credential.id),
            "public_key": encode(&made.credential.key.cose_key().to_cbor()),
            "backup_eligible": false,
            "backup_state": false,
            "user_verified": true,
            "transports": ["usb"],
            "extensions": {},
        })
    );
}

#[test]
fn of_each_kind_of_attestation() {
    let lab = lab();
    for (forge, fmt, kind, chain) in [
        (RegistrationForge::none(&lab, RP_ID, &CHALLENGE), "none", "none", "absent"),
        (RegistrationForge::packed_self(&lab, RP_ID, &CHALLENGE), "packed", "self", "absent"),
        (RegistrationForge::packed(&lab, RP_ID, &CHALLENGE), "packed", "basic", "not_judged"),
        (RegistrationForge::fido_u2f(&lab, "evidence", RP_ID, &CHALLENGE), "fido-u2f", "basic", "not_judged"),
        (RegistrationForge::tpm(&lab, RP_ID, &CHALLENGE), "tpm", "attca", "not_judged"),
    ] {
        let evidence = &Line::registration(&forge).decide()["evidence"];
        assert_eq!(
            (&evidence["fmt"], &evidence["attestation_type"], &evidence["chain"]),
            (&json!(fmt), &json!(kind), &json!(chain))
        );
    }
}

#[test]
fn of_an_authentication_by_the_record_that_the_registration_gave() {
    let forge = RegistrationForge { sign_count: 3, ..RegistrationForge::none(&lab(), RP_ID, &CHALLENGE) };
    let credential = forge.forge().unwrap().credential;
    let registered = &Line::registration(&forge).decide()["evidence"];
    let assertion =
        AssertionForge { user_handle: Some(b"alice".to_vec()), ..AssertionForge::new(&credential, &CHALLENGE) };
    let line = Line::authentication(&credential, &assertion).with(
        "stored",
        json!({
            "credential_id": registered["credential_id"],
            "public_key": registered["public_key"],
            "sign_count": registered["sign_count"],
            "backup_eligible": registered["backup_eligible"],
            "backup_state": registered["backup_state"],
            "uv_initialized": registered["user_verified"],
            "user_handle": encode(b"alice"),
        }),
    );
    assert_eq!(
        line.decide()["evidence"],
        json!({
            "fmt": null,
            "attestation_type": null,
            "aaguid": null,
            "flags": 0x05,
            "sign_count": 4,
            "counter": "increased",
            "credential_id": registered["credential_id"],
            "public_key": registered["public_key"],
            "backup_eligible": false,
            "backup_state": false,
            "user_verified": true,
            "user_handle": encode(b"alice"),
            "extensions": {},
        })
    );
    let again = line.stored("sign_count", 4).decide();
    assert_eq!(again["evidence"]["counter"], "not_increased");
}
