//! What `assay why` finds in pastes, recordings and wrapped messages, and what it says of each.

use assay::lab::every_check;
use assay::why::{Answer, Given, advice, why};
use assay_mint::assertion::AssertionForge;
use assay_mint::edits::{AttestationObjectEdit, ClientDataEdit, Edit, EnvelopeEdit, SignatureEdit};
use assay_mint::registration::RegistrationForge;
use assay_protocol::base64url::{decode, encode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::lines::{CHALLENGE, RP_ID, credential, lab, now};

fn registration(edits: &[Edit]) -> Value {
    let mut forge = RegistrationForge::none(&lab(), RP_ID, &CHALLENGE);
    forge.edits = edits.to_vec();
    serde_json::from_str(&forge.forge().unwrap().text).unwrap()
}

fn assertion(edits: &[Edit]) -> Value {
    let mut forge = AssertionForge::new(&credential(), &CHALLENGE);
    forge.edits = edits.to_vec();
    serde_json::from_str(&forge.forge().unwrap().text).unwrap()
}

fn key() -> Given {
    Given { public_key: Some(credential().key.cose_key().to_cbor()), ..Given::default() }
}

fn creation(user_verification: &str) -> Value {
    json!({"publicKey": {
        "rp": {"id": RP_ID, "name": "Example"}, "user": {"id": encode(b"alice"), "name": "a", "displayName": "A"},
        "challenge": encode(&CHALLENGE), "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
        "authenticatorSelection": {"userVerification": user_verification},
    }})
}

fn request(challenge: &[u8]) -> Value {
    json!({"rpId": RP_ID, "challenge": encode(challenge), "allowCredentials": [], "userVerification": "preferred"})
}

/// A recording in which every message is one exchange: what is asked, and what is answered.
fn har(exchanges: &[(Value, Value)]) -> String {
    let entries = exchanges.iter().map(|(asked, answered)| {
        json!({
            "request": {"method": "POST", "url": "https://example.org/passkey?x=1", "postData": {"text": asked.to_string()}},
            "response": {"status": 200, "content": {"encoding": "base64", "text": STANDARD.encode(answered.to_string())}},
        })
    });
    json!({"log": {"version": "1.2", "entries": entries.collect::<Vec<_>>()}}).to_string()
}

/// How Chrome shows bytes.
fn dump(value: &Value) -> String {
    let bytes = decode(value.as_str().unwrap()).unwrap();
    let items: Vec<String> = bytes.iter().enumerate().map(|(at, byte)| format!("{at}: {byte}")).collect();
    format!("ArrayBuffer({}) {{{}}}", bytes.len(), items.join(", "))
}

/// How Node shows bytes.
fn contents(value: &Value) -> String {
    let bytes = decode(value.as_str().unwrap()).unwrap();
    let items: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("ArrayBuffer {{ [Uint8Contents]: <{}>, byteLength: {} }}", items.join(" "), bytes.len())
}

fn list(value: &Value) -> String {
    let bytes = decode(value.as_str().unwrap()).unwrap();
    format!("Uint8Array({}) {bytes:?}", bytes.len())
}

fn hexadecimal(value: &Value) -> String {
    let bytes = decode(value.as_str().unwrap()).unwrap();
    format!("'{}'", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn standard(value: &Value) -> String {
    format!("\"{}\"", STANDARD.encode(decode(value.as_str().unwrap()).unwrap()))
}

/// A credential as a console shows it, its bytes in this form.
fn console(credential: &Value, bytes: fn(&Value) -> String) -> String {
    let inside = credential["response"].as_object().unwrap().iter();
    let inside = inside.filter(|(name, _)| BINARY.contains(&name.as_str()));
    let inside: Vec<String> = inside.map(|(name, value)| format!("    {name}: {}", bytes(value))).collect();
    format!(
        "> credential\nPublicKeyCredential {{\n  rawId: {}, id: '{}', type: 'public-key',\n  response: AuthenticatorResponse {{\n{}\n  }},\n  authenticatorAttachment: undefined\n}}",
        bytes(&credential["rawId"]),
        credential["id"].as_str().unwrap(),
        inside.join(",\n")
    )
}

const BINARY: [&str; 5] = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

#[track_caller]
fn answer(input: &str, given: &Given) -> Answer {
    why(input.as_bytes(), given, now()).unwrap()
}

/// The codes of the ceremonies found, `good` where nothing is wrong.
#[track_caller]
fn codes(input: &str, given: &Given) -> Vec<&'static str> {
    answer(input, given).ceremonies.iter().map(|explained| explained.code.unwrap_or("good")).collect()
}

const WRONG_ORIGIN: Edit = Edit::ClientDataEdit(ClientDataEdit::OriginOther);
const FLIPPED: Edit = Edit::SignatureEdit(SignatureEdit::BitFlipped);
const TWICE: Edit = Edit::AttestationObjectEdit(AttestationObjectEdit::DuplicateFmt);

#[test]
fn consoles_show_bytes_in_many_ways() {
    for form in [dump, contents, list, hexadecimal, standard] {
        for (edits, code) in [
            (&[][..], "good"),
            (&[WRONG_ORIGIN], "rp_id_hash_mismatch"),
            (&[TWICE], "attestation_object_duplicate_key"),
        ] {
            assert_eq!(codes(&console(&registration(edits), form), &Given::default()), [code]);
        }
        for (edits, code) in [(&[][..], "good"), (&[FLIPPED], "signature_invalid")] {
            assert_eq!(codes(&console(&assertion(edits), form), &key()), [code]);
        }
    }
}

#[test]
fn wrapped_messages_are_judged_as_they_stand() {
    let wrap = |credential: Value| json!({"data": {"credential": credential}}).to_string();
    let expected = || Given { rp_id: Some(RP_ID.to_owned()), ..Given::default() };
    assert_eq!(codes(&wrap(registration(&[])), &expected()), ["good"]);
    assert_eq!(codes(&wrap(registration(&[WRONG_ORIGIN])), &expected()), ["origin_mismatch"]);
    let other = Given { challenge: Some(vec![9; 32]), ..Given::default() };
    assert_eq!(codes(&wrap(registration(&[])), &other), ["challenge_mismatch"]);
    let padded = registration(&[Edit::EnvelopeEdit(EnvelopeEdit::RawIdPadded)]);
    assert_eq!(codes(&wrap(padded), &expected()), ["credential_raw_id_not_base64url"]);
    // Inside a text inside a form.
    let form = format!(
        "csrf=1&credential={}",
        url::form_urlencoded::byte_serialize(registration(&[]).to_string().as_bytes()).collect::<String>()
    );
    assert_eq!(codes(&form, &expected()), ["good"]);
    assert_eq!(codes(&json!({"body": registration(&[]).to_string()}).to_string(), &expected()), ["good"]);
}

#[test]
fn without_a_key_all_but_the_signature_is_judged() {
    let text = |edits: &[Edit]| assertion(edits).to_string();
    let said = answer(&text(&[FLIPPED]), &Given::default());
    assert!(!said.fails());
    assert!(said.ceremonies[0].notes.iter().any(|note| note.contains("all but the signature")), "{said:?}");
    assert_eq!(codes(&text(&[]), &key()), ["good"]);
    assert_eq!(codes(&text(&[FLIPPED]), &key()), ["signature_invalid"]);
    assert_eq!(
        codes(&text(&[WRONG_ORIGIN]), &Given { origins: vec!["https://example.org".to_owned()], ..key() }),
        ["origin_mismatch"]
    );
}

#[test]
fn recordings_are_matched_by_their_challenge() {
    let no_uv = || {
        let mut forge = RegistrationForge::none(&lab(), RP_ID, &CHALLENGE);
        forge.flags &= !0x04;
        serde_json::from_str::<Value>(&forge.forge().unwrap().text).unwrap()
    };
    let ok = || json!({"status": "ok"});
    for (options, credential, code) in [
        (creation("required"), registration(&[]), "good"),
        (creation("required"), no_uv(), "user_not_verified"),
        (creation("preferred"), no_uv(), "good"),
        (creation("preferred"), registration(&[WRONG_ORIGIN]), "origin_mismatch"),
    ] {
        let recording = har(&[(json!({}), options), (credential, ok())]);
        assert_eq!(codes(&recording, &Given::default()), [code]);
    }
    // The key is known from the registration, the challenge from the options.
    for (challenge, edits, code) in [
        (CHALLENGE, &[][..], "good"),
        (CHALLENGE, &[FLIPPED], "signature_invalid"),
        ([9; 32], &[], "challenge_mismatch"),
    ] {
        let recording =
            har(&[(registration(&[]), request(&challenge)), (json!({"credential": assertion(edits)}), ok())]);
        assert_eq!(codes(&recording, &Given::default()), ["good", code]);
    }
}

#[test]
fn the_offending_bytes_are_shown() {
    let rows: [(Value, &str, usize, &str); 4] = [
        (registration(&[WRONG_ORIGIN]), "/response/clientDataJSON", 22, "[\"https://evil.example\"]"),
        (registration(&[TWICE]), "/response/attestationObject", 0, "[63 66 6d 74"),
        (assertion(&[FLIPPED]), "/response/signature", 0, "[30 4"),
        (assertion(&[WRONG_ORIGIN]), "/response/clientDataJSON", 22, "[\"https://evil.example\"]"),
    ];
    for (credential, member, length, excerpt) in rows {
        let given = Given { origins: vec![format!("https://{RP_ID}")], ..key() };
        let said = answer(&credential.to_string(), &given);
        let place = said.ceremonies[0].place.as_ref().unwrap_or_else(|| panic!("{said:?}"));
        assert_eq!(place.member, member);
        assert!(place.excerpt.contains(excerpt), "{place:?}");
        assert!(length == 0 || place.range.len() == length, "{place:?}");
        assert!(said.ceremonies[0].advice.is_some());
    }
}

#[test]
fn what_holds_no_ceremony_is_said_to_hold_none() {
    let deep = "[".repeat(100_000);
    let deep_objects = "{a:".repeat(100_000);
    let keys = format!("{{{}", "[a]:1,".repeat(50_000));
    for input in [
        "",
        "garbage",
        "{}",
        "[]",
        "null",
        "{\"a\":",
        "<html>",
        "%7B%7B%7D",
        "{a: }",
        "(((",
        &deep,
        &deep_objects,
        &keys,
    ] {
        assert_eq!(answer(input, &Given::default()).ceremonies.len(), 0, "{:.40}", input);
    }
    let options = answer(&creation("preferred").to_string(), &Given::default());
    assert_eq!((options.ceremonies.len(), options.options), (0, 1));
    // Cut anywhere, a paste is answered in some way.
    let paste = console(&registration(&[]), list);
    for end in (0..paste.len()).step_by(97) {
        why(&paste.as_bytes()[..end], &Given::default(), now()).unwrap();
    }
}

#[test]
fn ten_megabytes_are_no_harm() {
    for unit in ["\u{fffd}", "{a:1}", "[0]"] {
        let input = unit.repeat(10_000_000 / unit.len());
        assert_eq!(answer(&input, &Given::default()).ceremonies.len(), 0, "{unit}");
    }
}

#[test]
fn every_code_has_its_advice() {
    let checks = every_check().into_iter().map(|(check, _)| check.id);
    let reasons = assay_relying_party::all_reasons().into_iter().map(|reason| reason.code);
    let sessions = assay_dbsc::error::Reason::ALL.iter().map(|reason| reason.info().code);
    let metadata = assay_attestation::metadata::Reason::ALL.iter().map(|reason| reason.info().code);
    let entries = assay_attestation::metadata::EntryReason::ALL.iter().map(|reason| reason.info().code);
    let codes: Vec<&str> = checks.chain(reasons).chain(sessions).chain(metadata).chain(entries).collect();
    let without: Vec<&&str> = codes.iter().filter(|code| advice::of(code).is_none()).collect();
    assert!(without.is_empty(), "{without:?}");
    for (id, _) in advice::EXACT {
        assert!(codes.contains(id), "{id} is nobody's code");
    }
    for (start, advice) in advice::FAMILIES {
        assert!(codes.iter().any(|code| advice::of(code) == Some(advice)), "{start} advises nobody");
    }
    assert_eq!(advice::of("no_such_code"), None);
}
