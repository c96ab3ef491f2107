use assay_attestation::{AttestationType, Format};
use assay_mint::edits::{
    AttestationObjectEdit, AuthenticatorDataEdit, CertificateEdit, ClientDataEdit, StatementEdit, TpmCertificateEdit,
    TpmEdit,
};
use assay_mint::lab::MODEL;
use assay_mint::registration::RegistrationForge;

use super::Mediation;
use crate::Profile;
use crate::tests::{CHALLENGE, RP_ID, Register, code, everything, lab};
use crate::trust::Chain;

fn none() -> RegistrationForge {
    RegistrationForge::none(&lab(), RP_ID, &CHALLENGE)
}

#[test]
fn the_record_has_what_was_received() {
    let mut forge = none();
    forge.flags = 0x1d;
    forge.sign_count = 5;
    forge.transports = vec!["usb".into(), "example".into()];
    let forged = forge.forge().unwrap();
    let record = Register::new().judge(&forged.text, &everything()).unwrap().record;
    assert_eq!(record.kind, "public-key");
    assert_eq!(record.id, forge.credential_id);
    assert_eq!(record.public_key, forge.credential_key.cose_key().to_cbor());
    assert_eq!(record.sign_count, 5);
    assert!(record.uv_initialized && record.backup_state);
    assert_eq!(record.backup_eligible, Some(true));
    assert_eq!(record.transports, ["usb", "example"]);
    assert_eq!(record.attestation_object.as_deref(), Some(forged.attestation_object.as_slice()));
    assert_eq!(record.attestation_client_data_json.as_deref(), Some(forged.client_data_json.as_slice()));
    assert_eq!(record.rp_id.as_deref(), Some(RP_ID));

    let json = serde_json::to_value(&record).unwrap();
    assert_eq!(json["type"], "public-key");
    assert!(json["attestationClientDataJSON"].is_string() && json["backupEligible"] == true);
    assert_eq!(serde_json::from_value::<crate::CredentialRecord>(json).unwrap(), record);
}

#[test]
fn the_evidence_tells_who_vouches() {
    let forge = RegistrationForge::packed(&lab(), RP_ID, &CHALLENGE).edited(CertificateEdit::Firmware);
    let trusting = Register::trusting(&forge);
    let evidence = trusting.judge_forge(&forge, &everything()).unwrap().evidence;
    assert_eq!(evidence.fmt, Format::Packed);
    assert_eq!(evidence.attestation_type, AttestationType::Basic);
    assert_eq!(evidence.chain, Chain::Anchor);
    assert_eq!(evidence.aaguid, MODEL);
    assert_eq!(evidence.firmware_version, Some(5));
    assert_eq!(evidence.x5c.len(), 2);
    assert!(evidence.key_identifier.is_some() && evidence.anchor_sha256.is_some());
    let json = evidence.to_json();
    assert_eq!(json["fmt"], "packed");
    assert_eq!(json["chain_verified"], true);
    assert_eq!(json["flags"], serde_json::json!(["UP", "UV", "AT"]));

    let unjudged = Register::new().judge_forge(&forge, &everything()).unwrap().evidence;
    assert_eq!(unjudged.chain, Chain::NotJudged);
    assert_eq!(unjudged.for_policy().chain, crate::policy::Chain::Unverified);
}

#[test]
fn nobody_need_be_present_in_a_conditional_creation() {
    let forge = none().edited(AuthenticatorDataEdit::NobodyThere);
    let mut setting = Register::new();
    assert_eq!(code(&setting.judge_forge(&forge, &everything())), "user_not_present");
    setting.pending.mediation = Mediation::Conditional;
    assert_eq!(code(&setting.judge_forge(&forge, &everything())), "accept");
    setting.pending.user_verification_required = true;
    assert_eq!(code(&setting.judge_forge(&forge, &everything())), "user_not_verified");
}

#[test]
fn excluded_credentials_are_taken() {
    let mut setting = Register::new();
    setting.pending.exclude_credentials = vec![none().credential_id];
    assert_eq!(code(&setting.judge_forge(&none(), &everything())), "credential_already_registered");
}

#[test]
fn frames_are_judged_by_what_is_expected() {
    let mut forge = none();
    forge.cross_origin = true;
    forge.top_origin = Some("https://shop.example".into());
    let mut setting = Register::new();
    assert_eq!(code(&setting.judge_forge(&forge, &everything())), "cross_origin_unexpected");
    setting.rp.cross_origin = true;
    assert_eq!(code(&setting.judge_forge(&forge, &everything())), "top_origin_unexpected");
    setting.rp.top_origins = vec!["https://shop.example".into()];
    assert_eq!(code(&setting.judge_forge(&forge, &everything())), "accept");
}

#[test]
fn profiles_differ_where_they_should() {
    let lab = lab();
    let u2f = RegistrationForge::fido_u2f(&lab, "u2f", RP_ID, &CHALLENGE).edited(AuthenticatorDataEdit::AaguidNotZero);
    let cases = [
        (none().edited(StatementEdit::NotEmpty), ["accept", "none_statement_empty", "none_statement_empty"]),
        (none().edited(AttestationObjectEdit::Order), ["accept", "accept", "attestation_object_not_canonical"]),
        (none().edited(ClientDataEdit::TokenBindingNotObject), ["accept", "token_binding", "accept"]),
        (u2f, ["accept", "fido_u2f_aaguid", "accept"]),
        (
            RegistrationForge::tpm(&lab, RP_ID, &CHALLENGE).edited(TpmCertificateEdit::VendorUnknown),
            ["accept", "tpm_certificate_vendor", "tpm_certificate_vendor"],
        ),
        (
            RegistrationForge::tpm(&lab, RP_ID, &CHALLENGE).edited(TpmEdit::NotFixedTpm),
            ["accept", "accept", "tpm_key_attributes"],
        ),
    ];
    for (forge, expected) in cases {
        for (name, expected) in ["w3c-l3", "tool-compatible", "hardened"].into_iter().zip(expected) {
            let profile = Profile::named(name).unwrap();
            assert_eq!(code(&Register::new().judge_forge(&forge, &profile)), expected, "{name}");
        }
    }
}
