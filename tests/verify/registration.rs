//! Which registrations are accepted, member by member of the line.

use assay_mint::edits::{AuthenticatorDataEdit, CertificateEdit, Edit, EnvelopeEdit, PathEdit};
use assay_mint::keys::SigningKey;
use assay_mint::registration::RegistrationForge;
use assay_mint::seed::Seed;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::base64url::encode;
use serde_json::{Value, json};

use super::lines::{CHALLENGE, Line, RP_ID, check, lab};

fn none() -> RegistrationForge {
    RegistrationForge::none(&lab(), RP_ID, &CHALLENGE)
}

fn packed() -> RegistrationForge {
    RegistrationForge::packed(&lab(), RP_ID, &CHALLENGE)
}

fn line(forge: RegistrationForge) -> Line {
    Line::registration(&forge)
}

fn edited(forge: RegistrationForge, edit: impl Into<Edit>) -> Line {
    line(forge.edited(edit))
}

/// Root, intermediate and leaf of the packed twin.
fn certificates() -> [Value; 3] {
    let issued = packed().format.chain().unwrap().issue().unwrap();
    [&issued.root, &issued.intermediates[0], &issued.leaf].map(|der| json!(encode(der)))
}

#[test]
fn the_twins_are_good() {
    let self_attested = RegistrationForge::packed_self(&lab(), RP_ID, &CHALLENGE);
    let u2f = RegistrationForge::fido_u2f(&lab(), "verify", RP_ID, &CHALLENGE);
    check([
        ("none", line(none()), "accept"),
        ("self", line(self_attested), "accept"),
        ("packed", line(packed()), "accept"),
        ("fido-u2f", line(u2f), "accept"),
        ("tpm", line(RegistrationForge::tpm(&lab(), RP_ID, &CHALLENGE)), "accept"),
        ("tpm with RSA keys", line(RegistrationForge::tpm_rsa(&lab(), RP_ID, &CHALLENGE).unwrap()), "accept"),
    ]);
}

#[test]
fn defaults() {
    let mut by_null = line(none());
    for name in ["at", "user_verification", "mediation", "algorithms", "cross_origin", "top_origins", "trust_anchors"] {
        by_null = by_null.with(name, Value::Null);
    }
    for name in ["allow_attestation_types", "extensions", "allow_credentials", "user_handle", "profile", "stored"] {
        by_null = by_null.with(name, Value::Null);
    }
    check([
        ("null is absent", by_null, "accept"),
        ("no origins", line(none()).without("origins"), "origin_mismatch"),
        // Only hardened profiles look at the type.
        ("w3c-l3 is the profile", edited(none(), EnvelopeEdit::TypeOther), "accept"),
        ("hardened", edited(none(), EnvelopeEdit::TypeOther).with("profile", "hardened"), "credential_type"),
        ("no such profile", line(none()).with("profile", "w3c"), "error:line_member_value"),
        ("the profile is no string", line(none()).with("profile", 3), "error:line_member_type"),
    ]);
}

#[test]
fn rp_origin_and_challenge() {
    let other = encode(&[0x12; 32]);
    check([
        ("another RP ID", line(none()).with("rp_id", "example.com"), "rp_id_hash_mismatch"),
        ("another origin", line(none()).with("origins", json!(["https://example.com"])), "origin_mismatch"),
        (
            "one of two origins",
            line(none()).with("origins", json!(["https://example.com", "https://example.org"])),
            "accept",
        ),
        ("another challenge", line(none()).with("challenge", other), "challenge_mismatch"),
        ("the challenge is padded", line(none()).with("challenge", "AAAA="), "error:line_member_value"),
        ("no challenge", line(none()).without("challenge"), "error:line_member_missing"),
        ("no RP ID", line(none()).without("rp_id"), "error:line_member_missing"),
        ("the RP ID is no string", line(none()).with("rp_id", 1), "error:line_member_type"),
        ("the origins are no list", line(none()).with("origins", "https://example.org"), "error:line_member_type"),
    ]);
}

#[test]
fn user_verification() {
    let unverified = || edited(none(), AuthenticatorDataEdit::UserNotVerified);
    check([
        ("by default", unverified(), "accept"),
        ("preferred", unverified().with("user_verification", "preferred"), "accept"),
        ("discouraged", unverified().with("user_verification", "discouraged"), "accept"),
        ("required", unverified().with("user_verification", "required"), "user_not_verified"),
        ("required and done", line(none()).with("user_verification", "required"), "accept"),
        ("no such word", line(none()).with("user_verification", "Required"), "error:line_member_value"),
    ]);
}

#[test]
fn mediation() {
    let absent = || edited(none(), AuthenticatorDataEdit::UserNotPresent);
    check([
        ("nobody there", absent(), "user_not_present"),
        ("nobody there, optional", absent().with("mediation", "optional"), "user_not_present"),
        ("nobody there, required", absent().with("mediation", "required"), "user_not_present"),
        ("nobody need be there", absent().with("mediation", "conditional"), "accept"),
        ("somebody is there", line(none()).with("mediation", "conditional"), "accept"),
        ("no such word", line(none()).with("mediation", "conditionally"), "error:line_member_value"),
    ]);
}

#[test]
fn algorithms() {
    let eddsa = || {
        let key = SigningKey::ed25519(&Seed::new([1; 32])).unwrap();
        line(RegistrationForge { credential_key: key, ..none() })
    };
    let rs256 = || line(RegistrationForge { credential_key: SigningKey::rs256().unwrap(), ..none() });
    check([
        ("RS256 by default", rs256(), "accept"),
        ("EdDSA is no default", eddsa(), "algorithm_not_offered"),
        ("EdDSA where offered", eddsa().with("algorithms", json!([-7, -8])), "accept"),
        ("ES256 where not offered", line(none()).with("algorithms", json!([-8])), "algorithm_not_offered"),
        ("an empty list is the default", rs256().with("algorithms", json!([])), "accept"),
        ("a name", line(none()).with("algorithms", json!(["ES256"])), "error:line_member_type"),
        ("a fraction", line(none()).with("algorithms", json!([-7.5])), "error:line_member_type"),
        ("no list", line(none()).with("algorithms", -7), "error:line_member_type"),
    ]);
}

#[test]
fn frames() {
    let framed = |top_origin: Option<&str>| {
        line(RegistrationForge { cross_origin: true, top_origin: top_origin.map(str::to_owned), ..none() })
    };
    let top = json!(["https://example.com"]);
    check([
        ("by default", framed(None), "cross_origin_unexpected"),
        ("expected", framed(None).with("cross_origin", true), "accept"),
        ("a page around it", framed(Some("https://example.com")).with("cross_origin", true), "top_origin_unexpected"),
        (
            "the page expected",
            framed(Some("https://example.com")).with("cross_origin", true).with("top_origins", top.clone()),
            "accept",
        ),
        (
            "another page",
            framed(Some("https://example.net")).with("cross_origin", true).with("top_origins", top.clone()),
            "top_origin_unexpected",
        ),
        ("pages without a word of frames", framed(None).with("top_origins", top), "cross_origin_unexpected"),
        ("expected but not used", line(none()).with("cross_origin", true), "accept"),
        ("no boolean", line(none()).with("cross_origin", "true"), "error:line_member_type"),
    ]);
}

#[test]
fn trust_anchors() {
    let [root, intermediate, leaf] = certificates();
    let other = lab().model(Aaguid::from_bytes([3; 16])).issue().unwrap().root;
    let trusting = |anchor: &Value| line(packed()).with("trust_anchors", json!([anchor]));
    let nobody = |forge| line(forge).with("trust_anchors", json!([]));
    let rogue = || edited(packed(), PathEdit::Rogue);
    let self_attested = RegistrationForge::packed_self(&lab(), RP_ID, &CHALLENGE);
    let standard = json!(format!("{}==", root.as_str().unwrap().replace('-', "+").replace('_', "/")));
    check([
        ("not judged", rogue(), "accept"),
        ("the root", trusting(&root), "accept"),
        ("the intermediate", trusting(&intermediate), "accept"),
        ("the leaf", trusting(&leaf), "accept"),
        ("another root", trusting(&json!(encode(&other))), "path_untrusted"),
        ("one of two", line(packed()).with("trust_anchors", json!([encode(&other), root])), "accept"),
        ("no anchor", nobody(packed()), "path_untrusted"),
        ("none without an anchor", nobody(none()), "accept"),
        ("self without an anchor", nobody(self_attested), "accept"),
        ("standard base64", trusting(&standard), "accept"),
        ("the same names, other keys", rogue().with("trust_anchors", json!([root])), "path_signature"),
        ("no base64", trusting(&json!("***")), "error:line_member_value"),
        ("no certificate", trusting(&json!("AAAA")), "error:line_member_value"),
        ("no list", line(packed()).with("trust_anchors", root), "error:line_member_type"),
    ]);
}

#[test]
fn time() {
    let [root, ..] = certificates();
    let at = |time: &str| line(packed()).with("trust_anchors", json!([root])).with("at", time);
    let expired = || edited(packed(), CertificateEdit::Expired);
    check([
        ("within", at("2026-11-22T00:00:00Z"), "accept"),
        ("within, elsewhere", at("2026-11-22T01:30:00.5+02:00"), "accept"),
        ("before", at("2020-01-01T00:00:00Z"), "path_not_yet_valid"),
        ("after", at("2099-01-01T00:00:00Z"), "path_expired"),
        ("now", expired().with("trust_anchors", json!([root])), "path_expired"),
        ("no chain is judged", expired(), "accept"),
        ("no chain is there", line(none()).with("at", "1999-01-01T00:00:00Z"), "accept"),
        ("a day only", at("2026-11-22"), "error:line_member_value"),
        ("a number", line(none()).with("at", 1_795_305_600), "error:line_member_type"),
    ]);
}

#[test]
fn attestation_types() {
    let allow = |forge, types: Value| line(forge).with("allow_attestation_types", types);
    check([
        ("an empty list allows all", allow(packed(), json!([])), "accept"),
        ("none is allowed", allow(none(), json!(["none"])), "accept"),
        ("none is not", allow(none(), json!(["basic", "self"])), "attestation_type_not_allowed"),
        ("basic is allowed", allow(packed(), json!(["basic"])), "accept"),
        ("as the specification writes it", allow(packed(), json!(["Basic", "AttCA"])), "accept"),
        ("basic is not", allow(packed(), json!(["none", "self"])), "attestation_type_not_allowed"),
        ("no such type", allow(none(), json!(["direct"])), "error:line_member_value"),
    ]);
}

#[test]
fn extensions() {
    let wrong = || edited(none(), EnvelopeEdit::ExtensionResultWrongType);
    check([
        ("asked for", line(none()).with("extensions", json!({"credProps": true})), "accept"),
        ("outputs of the wrong type", wrong(), "extension_output"),
        ("not asked for", edited(none(), EnvelopeEdit::ExtensionResultUnknown), "accept"),
        ("no object", line(none()).with("extensions", json!(["credProps"])), "error:line_member_type"),
    ]);
}
