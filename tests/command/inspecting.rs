//! `assay inspect`: every form, right and wrong.

use assay_mint::assertion::AssertionForge;
use assay_mint::edits::{AttestationObjectEdit, EnvelopeEdit};
use assay_mint::registration::{Registration, RegistrationForge};
use assay_protocol::base64url::encode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::support::command::{Said, assay, run, run_with};
use crate::support::lines::{CHALLENGE, RP_ID, lab};
use crate::support::place::Place;

fn packed() -> Registration {
    RegistrationForge::packed(&lab(), RP_ID, &CHALLENGE).forge().unwrap()
}

fn inspect(input: &[u8], args: &[&str]) -> Said {
    run_with(&mut assay(&Place::new(), args.iter().copied().chain(["inspect", "-"])), input)
}

/// What it is taken for, and whether anything is wrong with it.
fn taken_for(input: &[u8]) -> (String, i32) {
    let said = inspect(input, &["--json"]);
    let json = said.json();
    (json["title"].as_str().unwrap().to_owned(), said.code.unwrap())
}

#[test]
fn forms() {
    let made = packed();
    let assertion = AssertionForge::new(&made.credential, &CHALLENGE).forge().unwrap();
    let leaf = made.x5c[0].clone();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(&leaf));
    let hex: String = made.attestation_object.iter().map(|byte| format!("{byte:02X}")).collect();
    let key = made.credential.key.cose_key().to_cbor();
    let blob = lab().metadata_blob(&assay_mint::metadata::Issue::new(1)).unwrap();
    for (input, title) in [
        (made.text.clone().into_bytes(), "RegistrationResponseJSON"),
        (assertion.text.into_bytes(), "AuthenticationResponseJSON"),
        (made.client_data_json.clone(), "client data"),
        (encode(&made.client_data_json).into_bytes(), "client data, from base64"),
        (made.attestation_object.clone(), "attestation object"),
        (encode(&made.attestation_object).into_bytes(), "attestation object, from base64"),
        (format!("{}\n", STANDARD.encode(&made.attestation_object)).into_bytes(), "attestation object, from base64"),
        (hex.into_bytes(), "attestation object, from hexadecimal"),
        (assertion.auth_data, "authenticator data"),
        (key, "COSE_Key"),
        (leaf, "certificate"),
        (pem.into_bytes(), "certificate, from PEM CERTIFICATE"),
        (assertion.signature, "DER"),
        (blob.into_bytes(), "compact JWS"),
        (br#"{"a":[1,2.5,null]}"#.to_vec(), "JSON"),
        (b"\xa2\x01\x02\x03\x26".to_vec(), "CBOR"),
    ] {
        assert_eq!(taken_for(&input), (title.to_owned(), 0), "{}", String::from_utf8_lossy(&input));
        // For people: headed by the same words, each fault marked.
        let text = inspect(&input, &[]).expect(0).out;
        assert!(text.starts_with(title) && !text.contains('✗') && !text.contains('\x1b'), "{text}");
    }
}

#[test]
fn what_is_inside_is_taken_apart_too() {
    let made = packed();
    let json = inspect(made.text.as_bytes(), &["--json"]).expect(0).json();
    let mut paths = Vec::new();
    collect(&json, "", &mut paths);
    assert_eq!(
        paths,
        [
            "",
            "/response/clientDataJSON",
            "/response/attestationObject",
            "/response/attestationObject/authData",
            "/response/attestationObject/authData/credentialPublicKey",
            "/response/attestationObject/attStmt/x5c/0",
            "/response/attestationObject/attStmt/x5c/1",
        ]
    );
    let text = inspect(made.text.as_bytes(), &[]).out;
    for fact in ["webauthn.create", "https://example.org", "5e570000-0000-4000-8000-000000000001"] {
        assert!(text.contains(fact), "{fact}: {text}");
    }
}

fn collect(section: &Value, outer: &str, paths: &mut Vec<String>) {
    let path = format!("{outer}{}", section["path"].as_str().unwrap());
    paths.push(path.clone());
    section["inside"].as_array().unwrap().iter().for_each(|inner| collect(inner, &path, paths));
}

/// Exit code 1, the code of the fault, and where it is.
#[test]
fn faults() {
    let forge = RegistrationForge::packed(&lab(), RP_ID, &CHALLENGE);
    let trailing = forge.clone().edited(AttestationObjectEdit::TrailingByte).forge().unwrap();
    let duplicate = forge.clone().edited(AttestationObjectEdit::DuplicateFmt).forge().unwrap();
    let twice = forge.edited(EnvelopeEdit::DuplicateId).forge().unwrap();
    let mut certificate = packed().x5c[0].clone();
    certificate.truncate(100);
    for (input, code) in [
        (trailing.attestation_object.clone(), "attestation_object_trailing_bytes"),
        (encode(&trailing.attestation_object).into_bytes(), "attestation_object_trailing_bytes"),
        (trailing.text.into_bytes(), "attestation_object_trailing_bytes"),
        (duplicate.attestation_object, "attestation_object_duplicate_key"),
        (twice.text.into_bytes(), "credential_duplicate_member"),
        (certificate, "der_truncated"),
        (b"{\"a\":1,\"a\":2}".to_vec(), "json_duplicate_member"),
        (b"\xa1\x01".to_vec(), "cbor_truncated"),
        (b"\xa1\x18\x01\x02".to_vec(), "cbor_non_minimal_integer"),
        (b"{\"a\":1".to_vec(), "json_truncated"),
        (b"{\"a\":1} and more".to_vec(), "json_trailing_bytes"),
    ] {
        let text = inspect(&input, &[]).expect(1).out;
        assert!(text.contains(&format!("✗ {code}")), "{code}: {text}");
        let json = inspect(&input, &["--json"]).expect(1).json();
        assert!(json.to_string().contains(&format!("\"{code}\"")), "{code}: {json}");
    }
}

/// Whatever it is, it is shown, and nothing steers the terminal.
#[test]
fn garbage() {
    let rows: [&[u8]; 12] = [
        b"\0",
        b"\xff\xff\xff\xff",
        b"hello",
        b"\x1b[31mred\x1b[0m \x07\x9b\n",
        b"....",
        b"eyJ.eyJ.eyJ",
        b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        b"-----BEGIN \x1b[31m-----\nAAAA\n-----END \x1b[31m-----\n",
        b"{\"\x1b[31m\":\"\\u001b[31m\"}",
        b"0123456789abcde",
        &[0x9f; 5000],
        &[0x30; 5000],
    ];
    for input in rows {
        let said = inspect(input, &[]);
        assert!(matches!(said.code, Some(0 | 1)), "{said:?}");
        assert!(!said.out.is_empty() && said.err.is_empty(), "{said:?}");
        assert!(!said.out.chars().any(|c| c.is_control() && c != '\n'), "{:?}", said.out);
        inspect(input, &["--json"]).json();
    }
}

#[test]
fn files_and_sizes() {
    let place = Place::new();
    let file = place.file("object.bin", packed().attestation_object);
    let by_name = run(&mut assay(&place, ["inspect", "object.bin"])).expect(0);
    let by_path = run(&mut assay(&place, ["inspect", file.to_str().unwrap()])).expect(0);
    assert_eq!(by_name.out, by_path.out);
    place.file("huge", vec![b'a'; (16 << 20) + 1]);
    let said = run(&mut assay(&place, ["inspect", "huge"])).expect(2);
    assert!(said.err.contains("huge has more than 16 MiB"), "{said:?}");
    assert!(!place.join("state").exists(), "looking leaves nothing behind");
}
