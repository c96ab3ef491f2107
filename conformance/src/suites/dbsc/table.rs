//! Edits that make a good proof wrong in one place, for registration and refresh alike.

use assay_dbsc::{Check, Reason};
use assay_mint::keys::SigningKey;
use serde_json::{Map, Value, json};

use super::draft::{Draft, Signer, in_der};
use crate::case::Level;
use crate::context::Context;
use crate::verdict::Stop;

/// One wrong proof.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// The last segment of the case's id.
    pub(super) slug: &'static str,
    /// What is wrong, in a few words.
    pub(super) edit: &'static str,
    /// The clause that demands a refusal.
    pub(super) clause: &'static str,
    pub(super) level: Level,
    /// The code that refuses it.
    pub(super) code: &'static str,
    pub(super) apply: fn(&mut Draft, &mut Context) -> Result<(), Stop>,
}

/// A row that a check refuses.
pub(super) const fn broken(
    slug: &'static str,
    edit: &'static str,
    check: Check,
    apply: fn(&mut Draft, &mut Context) -> Result<(), Stop>,
) -> Row {
    let info = check.info();
    let level = match info.kind {
        assay_protocol::check::Kind::Hardening => Level::Should,
        _ => Level::Must,
    };
    Row { slug, edit, clause: info.clause, level, code: info.id, apply }
}

/// A row that is refused because it cannot be read.
pub(super) const fn malformed(
    slug: &'static str,
    edit: &'static str,
    reason: Reason,
    apply: fn(&mut Draft, &mut Context) -> Result<(), Stop>,
) -> Row {
    let info = reason.info();
    Row { slug, edit, clause: info.clause, level: Level::Must, code: info.code, apply }
}

pub(super) fn set(members: &mut Map<String, Value>, name: &str, value: Value) {
    members.insert(name.to_owned(), value);
}

/// Puts another key in the place of the proof's own.
fn signed_by_another(draft: &mut Draft, context: &mut Context) -> Result<(), Stop> {
    let key =
        SigningKey::es256_from_secret(&context.random.block()).map_err(|error| Stop::broken(error.to_string()))?;
    // Mint signs in DER; a JWS wants the fixed form.
    draft.signer = Signer::Other(key);
    draft.signature = Some(|signature| {
        if let Ok(parsed) = p256::ecdsa::Signature::from_der(signature) {
            *signature = parsed.to_bytes().to_vec();
        }
    });
    Ok(())
}

/// What is wrong with either proof.
pub(super) const EITHER: &[Row] = &[
    broken("proof-type-jwt", "typ is JWT", Check::ProofType, |draft, _| {
        set(&mut draft.header, "typ", json!("JWT"));
        Ok(())
    }),
    broken("proof-type-missing", "no typ", Check::ProofType, |draft, _| {
        draft.header.remove("typ");
        Ok(())
    }),
    broken("signature-changed", "one bit of the signature", Check::Signature, |draft, _| {
        draft.signature = Some(|signature| {
            if let Some(byte) = signature.get_mut(40) {
                *byte ^= 1;
            }
        });
        Ok(())
    }),
    broken("signature-empty", "no signature", Check::Signature, |draft, _| {
        draft.signature = Some(Vec::clear);
        Ok(())
    }),
    broken("signature-zero", "r and s are zero", Check::Signature, |draft, _| {
        draft.signature = Some(|signature| signature.fill(0));
        Ok(())
    }),
    broken("signature-in-der", "the signature in DER", Check::Signature, |draft, _| {
        draft.signature = Some(in_der);
        Ok(())
    }),
    broken("signature-by-another-key", "signed by another key", Check::Signature, signed_by_another),
    broken("challenge-missing", "no jti", Check::ChallengeMissing, |draft, _| {
        draft.payload.remove("jti");
        Ok(())
    }),
    broken("challenge-empty", "jti is empty", Check::ChallengeMismatch, |draft, _| {
        set(&mut draft.payload, "jti", json!(""));
        Ok(())
    }),
    broken("challenge-invented", "a jti that nobody issued", Check::ChallengeMismatch, |draft, context| {
        set(&mut draft.payload, "jti", json!(context.random.word(43)));
        Ok(())
    }),
    broken("audience-of-another-site", "aud is another site's endpoint", Check::AudienceMismatch, |draft, _| {
        set(&mut draft.payload, "aud", json!("https://elsewhere.example/dbsc"));
        Ok(())
    }),
    malformed("critical-parameter", "crit names a parameter that nobody knows", Reason::ProofCritical, |draft, _| {
        set(&mut draft.header, "crit", json!(["assay"]));
        set(&mut draft.header, "assay", json!(1));
        Ok(())
    }),
    malformed(
        "payload-member-twice",
        "jti stands twice, the good one last",
        Reason::ProofDuplicateMember,
        |draft, _| {
            draft.payload_text = Some(|text| text.replacen('{', "{\"jti\":\"x\",", 1));
            Ok(())
        },
    ),
    malformed("payload-not-an-object", "the payload is an array", Reason::ProofPayloadNotObject, |draft, _| {
        draft.payload_text = Some(|text| format!("[{text}]"));
        Ok(())
    }),
    malformed("challenge-not-a-string", "jti is a number", Reason::ProofMemberNotString, |draft, _| {
        set(&mut draft.payload, "jti", json!(1));
        Ok(())
    }),
    malformed("algorithm-missing", "no alg", Reason::ProofAlgMissing, |draft, _| {
        draft.header.remove("alg");
        Ok(())
    }),
    malformed("not-a-jws", "two parts instead of three", Reason::ProofNotJws, |draft, _| {
        draft.whole = Some(|text| text.rsplit_once('.').map_or_else(String::new, |(kept, _)| kept.to_owned()));
        Ok(())
    }),
    malformed("padded", "base64url with padding", Reason::ProofNotJws, |draft, _| {
        draft.whole = Some(|text| format!("{text}=="));
        Ok(())
    }),
];
