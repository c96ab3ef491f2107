//! Every check bites: it alone refuses one bad input, whose good twin passes, and without it the
//! bad input passes too.

mod extensions;
mod tpm;

use std::collections::{BTreeMap, BTreeSet};

use assay_attestation::AttestationType;
use assay_attestation::metadata::Metadata;
use assay_mint::assertion::AssertionForge;
use assay_mint::certificate::extension::Extension;
use assay_mint::edits::{
    AndroidKeyEdit, AppleEdit, AttestationObjectEdit, AuthenticatorDataEdit, CertificateEdit, ClientDataEdit,
    CompoundEdit, CredentialKeyEdit, Edit, EnvelopeEdit, ExtensionsEdit, PathEdit, SafetynetEdit, SignatureEdit,
    StatementEdit, X5cEdit,
};
use assay_mint::keys::SigningKey;
use assay_mint::lab::MODEL;
use assay_mint::registration::RegistrationForge;
use assay_mint::statement::Format;
use assay_protocol::cose::alg;
use assay_protocol::webauthn::{Dialect, RegistrationResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{Authenticate, CHALLENGE, RP_ID, Register, USER, code, credential, everything, lab};
use crate::Profile;
use crate::ceremony::BackupPolicy;
use crate::registration;
use crate::trust::Trust;

/// What a profile says to an input, by code.
type Judge = Box<dyn Fn(&Profile) -> &'static str>;

struct Bite {
    id: &'static str,
    good: Judge,
    bad: Judge,
}

#[test]
fn every_check_bites_alone() {
    let formats = attestations().into_iter().chain(tpm::bites());
    let bites: Vec<Bite> =
        registrations().into_iter().chain(formats).chain(authentications()).chain(extensions::bites()).collect();
    for Bite { id, good, bad } in &bites {
        // What refuses a whole format is in force where it is asked for.
        let everything = if *id == "android_safetynet_deprecated" { Profile::default() } else { everything() };
        let without = everything.clone().without(id).unwrap();
        assert_eq!(good(&everything), "accept", "{id}: the good twin");
        assert_eq!(bad(&everything), *id, "{id}: the bad input");
        assert_eq!(bad(&without), "accept", "{id}: the bad input, the check being off");
    }
    let proven: BTreeSet<&str> = bites.iter().map(|bite| bite.id).collect();
    let all: BTreeSet<&str> = crate::all_checks().iter().map(|listed| listed.check.id).collect();
    assert_eq!(proven, all);
}

/// A registration, good; the same with an edit, bad.
fn edited(id: &'static str, forge: RegistrationForge, edit: impl Into<Edit>) -> Bite {
    let bad = forge.clone().edited(edit);
    two(id, forge, bad, |_| {})
}

/// Two registrations in one setting.
fn two(id: &'static str, good: RegistrationForge, bad: RegistrationForge, set: fn(&mut Register)) -> Bite {
    let judge = |forge: RegistrationForge, trusted: RegistrationForge| -> Judge {
        Box::new(move |profile| {
            let mut setting = Register::trusting(&trusted);
            set(&mut setting);
            code(&setting.judge_forge(&forge, profile))
        })
    };
    Bite { id, good: judge(good.clone(), good.clone()), bad: judge(bad, good) }
}

fn none() -> RegistrationForge {
    RegistrationForge::none(&lab(), RP_ID, &CHALLENGE)
}

fn packed() -> RegistrationForge {
    RegistrationForge::packed(&lab(), RP_ID, &CHALLENGE)
}

fn packed_self() -> RegistrationForge {
    RegistrationForge::packed_self(&lab(), RP_ID, &CHALLENGE)
}

fn u2f() -> RegistrationForge {
    RegistrationForge::fido_u2f(&lab(), "bites", RP_ID, &CHALLENGE)
}

fn android() -> RegistrationForge {
    RegistrationForge::android_key(&lab(), RP_ID, &CHALLENGE)
}

fn safetynet() -> RegistrationForge {
    RegistrationForge::android_safetynet(&lab(), RP_ID, &CHALLENGE)
}

fn apple() -> RegistrationForge {
    RegistrationForge::apple(&lab(), RP_ID, &CHALLENGE)
}

fn compound() -> RegistrationForge {
    RegistrationForge::compound(&lab(), RP_ID, &CHALLENGE)
}

fn ed25519(forge: RegistrationForge) -> RegistrationForge {
    let key = SigningKey::ed25519(&lab().seed().derive("ed25519")).unwrap();
    RegistrationForge { credential_key: key, ..forge }
}

fn registrations() -> Vec<Bite> {
    let mut known = two("credential_already_registered", none(), none(), |_| {});
    known.bad = Box::new(|profile| {
        let forge = none();
        let mut setting = Register::new();
        setting.known.push(forge.credential_id.clone());
        code(&setting.judge_forge(&forge, profile))
    });
    vec![
        edited("credential_type", none(), EnvelopeEdit::TypeOther),
        edited("id_not_raw_id", none(), EnvelopeEdit::IdOther),
        edited("client_data_type", none(), ClientDataEdit::TypeOtherCeremony),
        edited("challenge_mismatch", none(), ClientDataEdit::ChallengeOther),
        edited("origin_mismatch", none(), ClientDataEdit::OriginOther),
        edited("cross_origin_unexpected", none(), ClientDataEdit::CrossOriginTrue),
        edited("top_origin_unexpected", none(), ClientDataEdit::TopOriginAlone),
        edited("token_binding", none(), ClientDataEdit::TokenBindingNotObject),
        edited("attestation_object_not_canonical", none(), AttestationObjectEdit::Order),
        edited("credential_public_key_not_canonical", none(), CredentialKeyEdit::Order),
        edited("extensions_not_canonical", none(), ExtensionsEdit::Order),
        edited("rp_id_hash_mismatch", none(), AuthenticatorDataEdit::RpIdHashOther),
        edited("user_not_present", none(), AuthenticatorDataEdit::UserNotPresent),
        two("user_not_verified", none(), none().edited(AuthenticatorDataEdit::UserNotVerified), |setting| {
            setting.pending.user_verification_required = true;
        }),
        edited("backup_state_without_eligibility", none(), AuthenticatorDataEdit::BackupStateAlone),
        two("backup_policy", none(), none().edited(AuthenticatorDataEdit::BackedUp), |setting| {
            setting.pending.expectations.backup = BackupPolicy::DeviceBound;
        }),
        two("algorithm_not_offered", ed25519(none()), none(), |setting| {
            setting.pending.algorithms = vec![alg::EDDSA, alg::RS256];
        }),
        edited("rsa_key_too_short", none(), CredentialKeyEdit::RsaModulusSmall),
        two("attestation_type_not_allowed", packed(), none(), |setting| {
            setting.pending.expectations.attestation_types = Some(vec![AttestationType::Basic]);
        }),
        model("metadata_attestation_type", packed(), packed_self()),
        model("metadata_algorithm", packed(), ed25519(packed())),
        edited("credential_id_too_long", none(), AuthenticatorDataEdit::CredentialIdLong),
        edited("id_not_in_authenticator_data", none(), EnvelopeEdit::BothIdsOther),
        known,
        edited("extension_output", none(), ExtensionsEdit::CredProtectUnknown),
    ]
}

/// Metadata know the model as one that attests in full, with ES256 alone.
fn model(id: &'static str, good: RegistrationForge, bad: RegistrationForge) -> Bite {
    let root = lab().model(MODEL).issue().unwrap().root;
    let payload = json!({
        "legalHeader": "none", "no": 1, "nextUpdate": "2027-01-01",
        "entries": [{
            "aaguid": MODEL,
            "metadataStatement": {
                "description": "a model",
                "protocolFamily": "fido2",
                "attestationTypes": ["basic_full"],
                "authenticationAlgorithms": ["secp256r1_ecdsa_sha256_raw"],
                "attestationRootCertificates": [STANDARD.encode(root)],
            },
            "statusReports": [],
            "timeOfLastStatusChange": "2026-01-01",
        }],
    });
    let judge = |forge: RegistrationForge, payload: String| -> Judge {
        Box::new(move |profile| {
            let metadata = Metadata::load_unsigned_json(payload.as_bytes(), None).unwrap();
            let Register { rp, pending, now, .. } = Register::new();
            let text = forge.forge().unwrap().text;
            let response = RegistrationResponse::from_json(text.as_bytes(), Dialect::WebAuthn).unwrap();
            let trust = Trust::metadata(&metadata);
            code(&registration::finish(&rp, &pending, &response, &trust, &|_| false, profile, now))
        })
    };
    Bite { id, good: judge(good, payload.to_string()), bad: judge(bad, payload.to_string()) }
}

fn attestations() -> Vec<Bite> {
    // A key of another kind signs as it can; nothing but its kind is wrong.
    let mut other_key = u2f();
    if let Format::FidoU2f(chain) = &mut other_key.format {
        chain.set_leaf_key(SigningKey::ed25519(&lab().seed().derive("leaf")).unwrap());
    }
    let signed = |number: i64| {
        let mut forge = packed();
        if let Format::Packed(chain) = &mut forge.format {
            chain.set_leaf_key(SigningKey::rsa(number).unwrap());
        }
        forge
    };
    vec![
        two("attestation_sha1", signed(alg::RS256), signed(alg::RS1), |_| {}),
        edited("none_statement_empty", none(), StatementEdit::NotEmpty),
        edited("packed_signature", packed(), SignatureEdit::BitFlipped),
        edited("packed_certificate_version", packed(), CertificateEdit::Version2),
        edited("packed_certificate_country", packed(), CertificateEdit::CountryMissing),
        edited("packed_certificate_organization", packed(), CertificateEdit::OrganizationMissing),
        edited("packed_certificate_unit", packed(), CertificateEdit::UnitOther),
        edited("packed_certificate_common_name", packed(), CertificateEdit::CommonNameMissing),
        edited("packed_certificate_basic_constraints", packed(), CertificateEdit::Authority),
        edited("packed_certificate_aaguid_critical", packed(), CertificateEdit::AaguidCritical),
        edited("packed_certificate_firmware_version", packed(), CertificateEdit::FirmwareCritical),
        edited("packed_certificate_aaguid", packed(), CertificateEdit::AaguidOther),
        edited("packed_self_algorithm", packed_self(), StatementEdit::AlgOtherKind),
        edited("packed_self_signature", packed_self(), SignatureEdit::BitFlipped),
        two("fido_u2f_certificate_key", u2f(), other_key, |_| {}),
        edited("fido_u2f_signature", u2f(), SignatureEdit::BitFlipped),
        edited("fido_u2f_aaguid", u2f(), AuthenticatorDataEdit::AaguidNotZero),
        edited("android_key_signature", android(), SignatureEdit::BitFlipped),
        edited("android_key_credential_key", android(), AndroidKeyEdit::KeyOther),
        edited("android_key_challenge", android(), AndroidKeyEdit::ChallengeOther),
        edited("android_key_all_applications", android(), AndroidKeyEdit::AllApplicationsTee),
        edited("android_key_origin", android(), AndroidKeyEdit::OriginContradicted),
        edited("android_key_purpose", android(), AndroidKeyEdit::PurposeVerify),
        edited("android_key_tee_only", android(), AndroidKeyEdit::SoftwareOnly),
        two("android_safetynet_deprecated", none(), safetynet(), |_| {}),
        edited("android_safetynet_signature", safetynet(), SafetynetEdit::SignatureFlipped),
        edited("android_safetynet_nonce", safetynet(), SafetynetEdit::NonceOther),
        edited("android_safetynet_hostname", safetynet(), SafetynetEdit::HostOther),
        edited("android_safetynet_cts_profile", safetynet(), SafetynetEdit::CtsProfileFalse),
        edited("android_safetynet_time", safetynet(), SafetynetEdit::TimeOld),
        edited("apple_nonce", apple(), AppleEdit::NonceOther),
        edited("apple_credential_key", apple(), AppleEdit::KeyOther),
        edited("compound_count", compound(), CompoundEdit::One),
        edited("compound_duplicate", compound(), CompoundEdit::Duplicate),
        edited("path_not_yet_valid", packed(), CertificateEdit::NotYetValid),
        edited("path_expired", packed(), PathEdit::IntermediateExpired),
        edited("path_critical_extension", packed(), CertificateEdit::UnknownCritical),
        edited("path_name_chaining", packed(), X5cEdit::Unrelated),
        edited("path_signature", packed(), CertificateEdit::SignedByOther),
        edited("path_issuer_not_ca", packed(), PathEdit::IntermediateUnconstrained),
        edited("path_key_usage", packed(), PathEdit::IntermediateUsage),
        edited("path_length", packed(), PathEdit::PathLength),
        edited("path_untrusted", packed(), X5cEdit::LeafOnly),
        edited("root_in_x5c", packed(), X5cEdit::WithRoot),
    ]
}

fn authentications() -> Vec<Bite> {
    vec![
        asserted("credential_type", EnvelopeEdit::TypeOther),
        asserted("id_not_raw_id", EnvelopeEdit::IdOther),
        asserted("client_data_type", ClientDataEdit::TypeOtherCeremony),
        asserted("challenge_mismatch", ClientDataEdit::ChallengeOther),
        asserted("origin_mismatch", ClientDataEdit::OriginOther),
        asserted("cross_origin_unexpected", ClientDataEdit::CrossOriginTrue),
        asserted("top_origin_unexpected", ClientDataEdit::TopOriginAlone),
        asserted("token_binding", ClientDataEdit::TokenBindingNotObject),
        asserted("assertion_attested_data", AuthenticatorDataEdit::Attested),
        asserted("extensions_not_canonical", ExtensionsEdit::Order),
        asserted("rp_id_hash_mismatch", AuthenticatorDataEdit::RpIdHashOther),
        asserted("user_not_present", AuthenticatorDataEdit::UserNotPresent),
        asserted("backup_state_without_eligibility", AuthenticatorDataEdit::BackupStateAlone),
        asserted("backup_eligibility_changed", AuthenticatorDataEdit::BackupEligible),
        asserted("signature_invalid", SignatureEdit::BitFlipped),
        asserted("sign_count_not_increased", AuthenticatorDataEdit::SignCountSame),
        asserted("extension_output", ExtensionsEdit::CredProtectUnknown),
        asserted("user_handle_mismatch", EnvelopeEdit::UserHandleOther),
        settings(
            "user_not_verified",
            |setting, forge| {
                setting.pending.user_verification_required = true;
                forge
            },
            |setting, forge| {
                setting.pending.user_verification_required = true;
                forge.edited(AuthenticatorDataEdit::UserNotVerified)
            },
        ),
        settings(
            "backup_policy",
            |_, forge| forge,
            |setting, forge| {
                setting.pending.backup = BackupPolicy::Eligible;
                forge
            },
        ),
        settings(
            "credential_not_allowed",
            |_, forge| forge,
            |setting, forge| {
                setting.pending.allow_credentials = vec![vec![1, 2, 3]];
                forge
            },
        ),
        settings(
            "credential_not_owned",
            |setting, forge| {
                setting.pending.allow_credentials.clear();
                forge
            },
            |setting, forge| {
                setting.pending.allow_credentials.clear();
                setting.owner = b"somebody else".to_vec();
                forge
            },
        ),
        settings(
            "user_handle_missing",
            |setting, mut forge| {
                setting.pending.user_handle = None;
                setting.pending.allow_credentials.clear();
                forge.user_handle = Some(USER.to_vec());
                forge
            },
            |setting, forge| {
                setting.pending.user_handle = None;
                setting.pending.allow_credentials.clear();
                forge
            },
        ),
    ]
}

fn asserted(id: &'static str, edit: impl Into<Edit>) -> Bite {
    let edit = edit.into();
    let judge = |edit: Option<Edit>| -> Judge {
        Box::new(move |profile| {
            let credential = credential();
            let mut forge = AssertionForge::new(&credential, &CHALLENGE);
            forge.edits.extend(edit);
            code(&Authenticate::new(&credential).judge_forge(&forge, profile))
        })
    };
    Bite { id, good: judge(None), bad: judge(Some(edit)) }
}

type Set = fn(&mut Authenticate, AssertionForge) -> AssertionForge;

fn settings(id: &'static str, good: Set, bad: Set) -> Bite {
    let judge = |set: Set| -> Judge {
        Box::new(move |profile| {
            let credential = credential();
            let mut setting = Authenticate::new(&credential);
            let forge = set(&mut setting, AssertionForge::new(&credential, &CHALLENGE));
            code(&setting.judge_forge(&forge, profile))
        })
    };
    Bite { id, good: judge(good), bad: judge(bad) }
}

/// The reasons that no single edit provokes are provoked here.
#[test]
fn other_reasons_are_given() {
    let mut given = BTreeMap::new();
    let mut note = |code: &'static str, verdict: &'static str| {
        given.insert(code, verdict);
    };

    let mut long = packed();
    for _ in 0..16 {
        long = long.edited(X5cEdit::LeafTwice);
    }
    note("statement_x5c_too_long", code(&Register::trusting(&packed()).judge_forge(&long, &everything())));
    note("fido_u2f_credential_key", code(&Register::trusting(&u2f()).judge_forge(&ed25519(u2f()), &everything())));
    let short = ed25519(packed_self()).edited(SignatureEdit::Truncated);
    note("signature_wrong_length", code(&Register::new().judge_forge(&short, &everything())));

    let mut unread = packed();
    if let Format::Packed(chain) = &mut unread.format {
        chain.leaf.spec.basic_constraints = None;
        chain.leaf.spec.extra_extensions.push(Extension {
            oid: vec![2, 5, 29, 19],
            critical: false,
            value: vec![0xff],
        });
    }
    note("certificate_extension_undecodable", code(&Register::trusting(&packed()).judge_forge(&unread, &everything())));

    let mut offered = Register::new();
    offered.pending.algorithms.push(-65_000);
    let unknown = none().edited(CredentialKeyEdit::AlgUnknown);
    note("credential_algorithm_unsupported", code(&offered.judge_forge(&unknown, &everything())));

    let credential = credential();
    let assertion = AssertionForge::new(&credential, &CHALLENGE);
    let mut setting = Authenticate::new(&credential);
    setting.record.as_mut().unwrap().public_key.push(0);
    note("cose_trailing_bytes", code(&setting.judge_forge(&assertion, &everything())));
    setting.record = None;
    note("credential_unknown", code(&setting.judge_forge(&assertion, &everything())));

    for (code, verdict) in &given {
        assert_eq!(code, verdict);
    }
}
