//! What `assay inspect` shows of good and of broken messages.

use assay::inspect::{Section, dissect, text};
use assay::output::Style;
use assay_mint::assertion::AssertionForge;
use assay_mint::edits::{
    AndroidKeyEdit, AttestationObjectEdit, AuthenticatorDataEdit, ClientDataEdit, CredentialKeyEdit, Edit,
    EnvelopeEdit, TpmEdit,
};
use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::base64url::encode;
use assay_protocol::jws;
use serde_json::json;

const RP_ID: &str = "example.org";
const CHALLENGE: [u8; 32] = [0x33; 32];

fn lab() -> Lab {
    Lab::new([4; 32], 1_795_305_600)
}

fn none() -> RegistrationForge {
    RegistrationForge::none(&lab(), RP_ID, &CHALLENGE)
}

fn packed() -> RegistrationForge {
    RegistrationForge::packed(&lab(), RP_ID, &CHALLENGE)
}

fn forged(forge: &RegistrationForge) -> Section {
    dissect(forge.forge().unwrap().text.as_bytes())
}

/// The title of a section and of all inside it, each with its path, indented.
fn outline(section: &Section) -> String {
    let mut lines = format!("{} {}\n", section.title, section.path);
    for inner in &section.inside {
        for line in outline(inner).lines() {
            lines.push_str(&format!("  {line}\n"));
        }
    }
    lines
}

/// Every fault's place: the section, the byte in it, the code.
fn faults(section: &Section) -> Vec<(String, Option<usize>, String)> {
    let own = section.faults.iter();
    let own =
        own.map(|fault| (section.path.clone(), fault.range.as_ref().map(|range| range.start), fault.code.clone()));
    own.chain(section.inside.iter().flat_map(faults)).collect()
}

fn value<'s>(section: &'s Section, path: &[usize], name: &str) -> &'s str {
    let inner = path.iter().fold(section, |section, at| &section.inside[*at]);
    &inner.rows.iter().find(|row| row.name == name).unwrap().value
}

#[test]
fn a_registration_is_taken_apart_to_the_last_certificate() {
    let section = forged(&packed());
    assert_eq!(
        outline(&section),
        "RegistrationResponseJSON \n\
         \x20 client data /response/clientDataJSON\n\
         \x20 attestation object /response/attestationObject\n\
         \x20   authenticator data /authData\n\
         \x20     COSE_Key /credentialPublicKey\n\
         \x20   certificate /attStmt/x5c/0\n\
         \x20   certificate /attStmt/x5c/1\n"
    );
    assert!(!section.is_faulty(), "{:?}", faults(&section));
    assert_eq!(value(&section, &[0], "challenge"), format!("{:?}", encode(&CHALLENGE)));
    assert_eq!(value(&section, &[1], "\"fmt\""), "\"packed\"");
    assert_eq!(value(&section, &[1, 0], "flags"), "0x45 UP UV AT");
    assert_eq!(value(&section, &[1, 0], "aaguid"), packed().aaguid.to_string());
    assert_eq!(value(&section, &[1, 0, 0], "algorithm"), "-7 ES256");
    assert_eq!(value(&section, &[1, 1], "aaguid"), packed().aaguid.to_string());
    assert!(value(&section, &[1, 1], "subject").contains("Authenticator Attestation"));
    assert_eq!(value(&section, &[1, 2], "key"), "P256");
}

#[test]
fn what_a_tpm_signs_is_taken_apart() {
    let tpm = || RegistrationForge::tpm(&lab(), RP_ID, &CHALLENGE);
    let section = forged(&tpm());
    assert!(!section.is_faulty(), "{:?}", faults(&section));
    assert_eq!(
        outline(&section.inside[1]),
        "attestation object /response/attestationObject\n\
         \x20 authenticator data /authData\n\
         \x20   COSE_Key /credentialPublicKey\n\
         \x20 TPMT_PUBLIC /attStmt/pubArea\n\
         \x20 TPMS_ATTEST /attStmt/certInfo\n\
         \x20 certificate /attStmt/x5c/0\n\
         \x20 certificate /attStmt/x5c/1\n"
    );
    for (at, name, expected) in [
        (1, "type", "0x0023 ECC"),
        (1, "nameAlg", "0x000b SHA256"),
        (1, "objectAttributes", "0x00040472 fixedTPM fixedParent sensitiveDataOrigin userWithAuth noDA sign"),
        (1, "parameters.curveID", "0x0003 P-256"),
        (2, "magic", "0xff544347"),
        (2, "type", "0x8017 TPM_ST_ATTEST_CERTIFY"),
        (2, "extraData", "32 bytes follow"),
        (2, "clockInfo.safe", "1"),
    ] {
        assert_eq!(value(&section, &[1, at], name), expected);
    }
    let extra = section.inside[1].inside[2].rows.iter().rfind(|row| row.name == "extraData").unwrap();
    assert_eq!(extra.range, Some(44..76));
    for (edit, path, at, code) in [
        (TpmEdit::PubAreaKeyedHash, "pubArea", 0, "tpm_pub_area_unsupported"),
        (TpmEdit::PubAreaSchemeUnknown, "pubArea", 12, "tpm_pub_area_unsupported"),
        (TpmEdit::PubAreaTruncated, "pubArea", 54, "tpm_pub_area_undecodable"),
        (TpmEdit::PubAreaTrailing, "pubArea", 86, "tpm_pub_area_trailing_bytes"),
        (TpmEdit::Magic, "certInfo", 0, "tpm_magic"),
        (TpmEdit::TypeQuote, "certInfo", 4, "tpm_type"),
        (TpmEdit::CertInfoEmpty, "certInfo", 0, "tpm_cert_info_undecodable"),
        (TpmEdit::CertInfoTrailing, "certInfo", 173, "tpm_cert_info_trailing_bytes"),
    ] {
        let found = faults(&forged(&tpm().edited(edit)));
        assert_eq!(found, [(format!("/attStmt/{path}"), Some(at), code.to_owned())]);
    }
}

#[test]
fn an_authentication_is_taken_apart_too() {
    let credential = none().forge().unwrap().credential;
    let section = dissect(AssertionForge::new(&credential, &CHALLENGE).forge().unwrap().text.as_bytes());
    assert_eq!(
        outline(&section),
        "AuthenticationResponseJSON \n\
         \x20 client data /response/clientDataJSON\n\
         \x20 authenticator data /response/authenticatorData\n\
         \x20 DER /response/signature\n"
    );
    assert!(!section.is_faulty(), "{:?}", faults(&section));
}

#[test]
fn what_is_around_a_message_is_taken_off() {
    let object = packed().forge().unwrap().attestation_object;
    let hex: String = object.iter().map(|byte| format!("{byte:02x}")).collect();
    let leaf = packed().format.chain().unwrap().issue().unwrap().leaf;
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", encode(&leaf));
    for (input, title) in [
        (object.clone(), "attestation object"),
        (hex.into_bytes(), "attestation object, from hexadecimal"),
        (encode(&object).into_bytes(), "attestation object, from base64"),
        (leaf, "certificate"),
        (pem.into_bytes(), "certificate, from PEM CERTIFICATE"),
        (b"hello, world".to_vec(), "text"),
        (vec![0xff; 8], "bytes of no known kind"),
        (Vec::new(), "text"),
        (b"{\"a\":1}".to_vec(), "JSON"),
    ] {
        assert_eq!(dissect(&input).title, title);
    }
}

#[test]
fn a_token_is_two_documents() {
    let header = json!({"alg": "ES256", "typ": "dbsc+jwt"}).as_object().unwrap().clone();
    let token = jws::encode(&header, br#"{"jti":"1","jti":"2"}"#, |_| vec![1; 64]);
    let section = dissect(token.as_bytes());
    assert_eq!(outline(&section), "compact JWS \n  header /header\n  payload /payload\n");
    assert_eq!(value(&section, &[0], "typ"), "\"dbsc+jwt\"");
    assert_eq!(faults(&section), [("/payload".to_owned(), Some(11), "json_duplicate_member".to_owned())]);
}

#[test]
fn faults_have_their_byte() {
    let at = |edit: Edit| faults(&forged(&none().edited(edit)));
    let place = |path: &str, byte: Option<usize>, code: &str| (path.to_owned(), byte, code.to_owned());

    let client_data = br#"{"type":"webauthn.other","type":"webauthn.create""#;
    assert_eq!(
        at(ClientDataEdit::DuplicateType.into()),
        [
            place("/response/clientDataJSON", Some(br#"{"type":"webauthn.other","#.len()), "json_duplicate_member"),
            place(
                "/response/clientDataJSON",
                Some(br#"{"type":"webauthn.other","#.len()),
                "client_data_duplicate_member"
            ),
        ]
    );
    assert!(none().edited(ClientDataEdit::DuplicateType).forge().unwrap().client_data_json.starts_with(client_data));

    let good = none().forge().unwrap();
    assert_eq!(
        at(AttestationObjectEdit::TrailingByte.into()),
        [
            place("/response/attestationObject", Some(good.attestation_object.len()), "cbor_trailing_bytes"),
            place(
                "/response/attestationObject",
                Some(good.attestation_object.len()),
                "attestation_object_trailing_bytes"
            ),
        ]
    );
    assert_eq!(
        at(AuthenticatorDataEdit::TrailingByte.into()),
        [place("/authData", Some(good.auth_data.len()), "authenticator_data_leftover_bytes")]
    );
    assert_eq!(at(EnvelopeEdit::RawIdMissing.into()), [place("", Some(0), "credential_raw_id_missing")]);

    // The key's fault is told twice: from the start of the key, and of the data around it.
    let off_curve = at(CredentialKeyEdit::OffCurve.into());
    let key_starts = 37 + 16 + 2 + good.credential.id.len();
    assert_eq!(
        off_curve,
        [
            place("/authData", Some(key_starts), "cose_not_on_curve"),
            place("/credentialPublicKey", Some(0), "cose_not_on_curve"),
        ]
    );
}

#[test]
fn broken_authenticator_data_are_shown_as_far_as_they_go() {
    let names = |edit: AuthenticatorDataEdit| {
        let section = forged(&none().edited(edit));
        section.inside[1].inside[0].rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(AuthenticatorDataEdit::Short), ["rpIdHash", "flags"]);
    assert_eq!(names(AuthenticatorDataEdit::HeaderOnly), ["rpIdHash", "flags", "signCount"]);
    assert_eq!(names(AuthenticatorDataEdit::LengthTruncated), ["rpIdHash", "flags", "signCount", "aaguid"]);
    assert_eq!(
        names(AuthenticatorDataEdit::CredentialIdOverrun),
        ["rpIdHash", "flags", "signCount", "aaguid", "credentialIdLength", "credentialId"]
    );
    assert_eq!(
        names(AuthenticatorDataEdit::TrailingByte),
        [
            "rpIdHash",
            "flags",
            "signCount",
            "aaguid",
            "credentialIdLength",
            "credentialId",
            "credentialPublicKey",
            "left over"
        ]
    );
}

/// Whatever is wrong, something is shown, and every range lies inside its section.
#[test]
fn every_edit_can_be_inspected() {
    let assertion = AssertionForge::new(&none().forge().unwrap().credential, &CHALLENGE);
    for edit in Edit::all() {
        for text in [packed().edited(edit).forge().unwrap().text, assertion.clone().edited(edit).forge().unwrap().text]
        {
            let section = dissect(text.as_bytes());
            assert_inside(&section, edit.slug());
            assert!(!text_of(&section).is_empty() || text.is_empty(), "{}", edit.slug());
        }
    }
}

fn assert_inside(section: &Section, slug: &str) {
    let rows = section.rows.iter().filter_map(|row| row.range.as_ref());
    for range in rows.chain(section.faults.iter().filter_map(|fault| fault.range.as_ref())) {
        let fits = range.start <= range.end && range.end <= section.length;
        assert!(fits, "{slug}: {range:?} in {} of {} bytes", section.title, section.length);
    }
    section.inside.iter().for_each(|inner| assert_inside(inner, slug));
}

#[test]
fn the_text_marks_the_offending_bytes() {
    let section = dissect(b"\xa2\x01\x02\x01\x03");
    let shown = text_of(&section);
    let fault = shown.lines().find(|line| line.contains("cbor_duplicate_key")).unwrap();
    assert!(fault.trim_start().starts_with('✗'), "{shown}");
    assert!(shown.contains("byte 3: a2 01 02 [01] 03"), "{shown}");
}

#[test]
fn a_message_cannot_steer_the_terminal() {
    for hostile in [
        "{\"\\u001b]0;owned\\u0007\":\"\\u001b[2J\\u009b\"}".as_bytes(),
        b"\x1b[2Jtext",
        b"-----BEGIN \x1b[2J-----\nAAAA\n-----END",
    ] {
        let shown = text_of(&dissect(hostile));
        let foreign = shown.chars().find(|character| character.is_control() && *character != '\n');
        assert_eq!(foreign, None, "{shown:?}");
    }
}

/// The text as it is shown where no colour is wanted.
fn text_of(section: &Section) -> String {
    let mut shown = text(section, Style::for_stdout());
    while let Some(start) = shown.find("\x1b[") {
        let codes = shown[start + 2..].find(|character: char| !character.is_ascii_digit()).unwrap();
        if shown[start + 2 + codes..].starts_with('m') {
            shown.replace_range(start..start + codes + 3, "");
        } else {
            break;
        }
    }
    shown
}

#[test]
fn what_platforms_say_of_a_key_is_told() {
    let android = RegistrationForge::android_key(&lab(), RP_ID, &CHALLENGE);
    let section = forged(&android);
    let leaf = certificate(&section, "/attStmt/x5c/0");
    assert_eq!(value(leaf, &[], "android key"), "attestation 300 by TEE, key 300 in TEE");
    assert!(value(leaf, &[], "android TEE").starts_with("purpose sign; origin generated; tags 1, 2, 3,"));
    assert_eq!(value(leaf, &[], "android software"), "tags 701");
    let broken = forged(&android.edited(AndroidKeyEdit::DescriptionShort));
    let leaf = certificate(&broken, "/attStmt/x5c/0");
    assert_eq!(value(leaf, &[], "android key"), "undecodable: not eight members");

    let section = forged(&RegistrationForge::apple(&lab(), RP_ID, &CHALLENGE));
    assert_eq!(value(certificate(&section, "/attStmt/x5c/0"), &[], "apple nonce").len(), 64);
    let section = forged(&RegistrationForge::compound(&lab(), RP_ID, &CHALLENGE));
    for path in ["/attStmt/0/attStmt/x5c/0", "/attStmt/1/attStmt/x5c/1"] {
        assert!(certificate(&section, path).faults.is_empty(), "{path}");
    }
    let section = forged(&RegistrationForge::android_safetynet(&lab(), RP_ID, &CHALLENGE));
    assert!(outline(&section).contains("/attStmt/response"));
}

/// The section whose path ends so, however deep.
fn certificate<'s>(section: &'s Section, path: &str) -> &'s Section {
    fn find<'s>(section: &'s Section, path: &str) -> Option<&'s Section> {
        if section.path.ends_with(path) {
            return Some(section);
        }
        section.inside.iter().find_map(|inner| find(inner, path))
    }
    find(section, path).unwrap()
}
