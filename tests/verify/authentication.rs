//! Which authentications are accepted, member by member of the line.

use assay_mint::assertion::AssertionForge;
use assay_mint::edits::{AuthenticatorDataEdit, Edit};
use assay_mint::keys::SigningKey;
use assay_mint::seed::Seed;
use assay_protocol::authenticator_data::Flags;
use assay_protocol::base64url::encode;
use assay_protocol::cose::CoseKey;
use serde_json::{Value, json};

use super::lines::{CHALLENGE, Line, check, credential};

const ALICE: &[u8] = b"alice";
const BOB: &[u8] = b"bob";

fn good() -> AssertionForge {
    AssertionForge::new(&credential(), &CHALLENGE)
}

fn line(forge: AssertionForge) -> Line {
    Line::authentication(&credential(), &forge)
}

fn edited(edit: impl Into<Edit>) -> Line {
    line(good().edited(edit))
}

#[test]
fn the_record() {
    let id = encode(&credential().id);
    let other_key = SigningKey::es256(&Seed::new([2; 32])).cose_key().to_cbor();
    let unknown = CoseKey { alg: -65_000, ..SigningKey::p384(&Seed::new([2; 32])).cose_key() }.to_cbor();
    check([
        ("the twin", line(good()), "accept"),
        ("no record", line(good()).without("stored"), "error:line_member_missing"),
        ("the record is null", line(good()).with("stored", Value::Null), "error:line_member_missing"),
        ("the record is no object", line(good()).with("stored", "record"), "error:line_member_type"),
        ("no id", line(good()).not_stored("credential_id"), "error:line_member_missing"),
        ("another id", line(good()).stored("credential_id", "AAAA"), "credential_unknown"),
        ("the id is padded", line(good()).stored("credential_id", format!("{id}=")), "error:line_member_value"),
        ("no key", line(good()).not_stored("public_key"), "error:line_member_missing"),
        ("another key", line(good()).stored("public_key", encode(&other_key)), "signature_invalid"),
        (
            "a key not verified here",
            line(good()).stored("public_key", encode(&unknown)),
            "credential_algorithm_unsupported",
        ),
        ("no COSE key", line(good()).stored("public_key", "AAAA"), "error:line_member_value"),
        ("a member nobody knows", line(good()).stored("publicKey", "AAAA"), "error:line_unknown_member"),
        ("no more than needed", line(good()).not_stored("uv_initialized").not_stored("backup_state"), "accept"),
    ]);
}

#[test]
fn the_challenge_and_the_user() {
    check([
        ("another challenge", line(good()).with("challenge", encode(&[1; 32])), "challenge_mismatch"),
        ("another RP ID", line(good()).with("rp_id", "example.com"), "rp_id_hash_mismatch"),
        ("unverified", edited(AuthenticatorDataEdit::UserNotVerified), "accept"),
        (
            "unverified where required",
            edited(AuthenticatorDataEdit::UserNotVerified).with("user_verification", "required"),
            "user_not_verified",
        ),
        ("nobody there", edited(AuthenticatorDataEdit::UserNotPresent), "user_not_present"),
        (
            "conditional mediation changes nothing",
            edited(AuthenticatorDataEdit::UserNotPresent).with("mediation", "conditional"),
            "user_not_present",
        ),
        ("in a frame", line(AssertionForge { cross_origin: true, ..good() }), "cross_origin_unexpected"),
        (
            "in a frame that is expected",
            line(AssertionForge { cross_origin: true, ..good() }).with("cross_origin", true),
            "accept",
        ),
    ]);
}

#[test]
fn the_counter() {
    let counted = |stored: u32, received: u32, profile: &str| {
        line(AssertionForge { sign_count: received, ..good() }).stored("sign_count", stored).with("profile", profile)
    };
    check([
        ("more", counted(7, 8, "hardened"), "accept"),
        ("the same", counted(7, 7, "w3c-l3"), "accept"),
        ("the same, hardened", counted(7, 7, "hardened"), "sign_count_not_increased"),
        ("less", counted(7, 6, "w3c-l3"), "accept"),
        ("less, hardened", counted(7, 6, "hardened"), "sign_count_not_increased"),
        ("less, as FIDO's tool has it", counted(7, 6, "tool-compatible"), "sign_count_not_increased"),
        ("no counter", counted(0, 0, "hardened"), "accept"),
        ("from zero by default", line(good()).not_stored("sign_count").with("profile", "hardened"), "accept"),
        ("past 32 bits", line(good()).stored("sign_count", 1_u64 << 32), "error:line_member_type"),
        ("negative", line(good()).stored("sign_count", -1), "error:line_member_type"),
        ("text", line(good()).stored("sign_count", "7"), "error:line_member_type"),
    ]);
}

#[test]
fn backup() {
    let eligible = || line(AssertionForge { flags: Flags::UP | Flags::BE, ..good() });
    check([
        ("gained", eligible(), "backup_eligibility_changed"),
        ("kept", eligible().stored("backup_eligible", true), "accept"),
        ("lost", line(good()).stored("backup_eligible", true), "backup_eligibility_changed"),
        ("not known", eligible().not_stored("backup_eligible"), "accept"),
        ("no longer backed up", eligible().stored("backup_eligible", true).stored("backup_state", true), "accept"),
    ]);
}

#[test]
fn allowed_credentials() {
    let id = json!(encode(&credential().id));
    check([
        ("this one", line(good()).with("allow_credentials", json!([id])), "accept"),
        ("one of two", line(good()).with("allow_credentials", json!(["AAAA", id])), "accept"),
        ("another", line(good()).with("allow_credentials", json!(["AAAA"])), "credential_not_allowed"),
        ("any", line(good()).with("allow_credentials", json!([])), "accept"),
        ("descriptors", line(good()).with("allow_credentials", json!([{"id": id}])), "error:line_member_type"),
    ]);
}

/// Who was identified, who owns the credential, whom the response names; and was a list of
/// credentials offered, which only somebody who was identified gets?
#[test]
fn user_handles() {
    let row = |identified: Option<&[u8]>, owner: Option<&[u8]>, named: Option<&[u8]>| {
        let mut row = line(AssertionForge { user_handle: named.map(<[u8]>::to_vec), ..good() });
        if let Some(identified) = identified {
            row = row.with("user_handle", encode(identified));
        }
        if let Some(owner) = owner {
            row = row.stored("user_handle", encode(owner));
        }
        row
    };
    let offered = |row: Line| row.with("allow_credentials", json!([encode(&credential().id)]));
    let (alice, bob) = (Some(ALICE), Some(BOB));
    check([
        ("nobody is named at all", row(None, None, None), "accept"),
        ("the response alone names a user", row(None, None, alice), "accept"),
        ("identified", row(alice, None, None), "accept"),
        ("identified and named", row(alice, None, alice), "accept"),
        ("identified, another named", row(alice, None, bob), "user_handle_mismatch"),
        ("identified as owner", row(alice, alice, None), "accept"),
        ("identified, another owns it", row(alice, bob, None), "credential_not_owned"),
        ("identified and named, another owns it", row(alice, bob, alice), "credential_not_owned"),
        ("identified, the owner is named", row(alice, bob, bob), "user_handle_mismatch"),
        ("not identified, owner named", row(None, alice, alice), "accept"),
        ("not identified, not named", row(None, alice, None), "user_handle_missing"),
        ("not identified, another named", row(None, alice, bob), "credential_not_owned"),
        ("offered, not named", offered(row(None, alice, None)), "accept"),
        ("offered, owner named", offered(row(None, alice, alice)), "accept"),
        ("offered, another named", offered(row(None, alice, bob)), "user_handle_mismatch"),
        ("not base64url", line(good()).with("user_handle", "*"), "error:line_member_value"),
    ]);
}

#[test]
fn app_id() {
    let app_id = "https://example.org/appid.json";
    let results = json!({"appid": true}).as_object().unwrap().clone();
    let used =
        || line(AssertionForge { rp_id: app_id.to_owned(), client_extension_results: results.clone(), ..good() });
    let unsaid = line(AssertionForge { rp_id: app_id.to_owned(), ..good() });
    check([
        ("asked for", used().with("extensions", json!({ "appid": app_id })), "accept"),
        ("not asked for", used(), "rp_id_hash_mismatch"),
        (
            "another asked for",
            used().with("extensions", json!({"appid": "https://example.org/"})),
            "rp_id_hash_mismatch",
        ),
        ("asked for, not said", unsaid.with("extensions", json!({ "appid": app_id })), "rp_id_hash_mismatch"),
    ]);
}
