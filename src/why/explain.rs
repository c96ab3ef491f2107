//! From a code to the bytes that earned it.

use std::ops::Range;

use serde::Serialize;

use crate::inspect::{Section, dissect};

/// The offending bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The member that holds them, such as `/response/attestationObject/authData`.
    pub member: String,
    /// The bytes inside the member, decoded.
    pub range: Range<usize>,
    /// The bytes in brackets with some around them: text where the member is text, otherwise hexadecimal.
    pub excerpt: String,
}

/// Where this code was earned, as far as that can be told.
pub(super) fn place(credential: &[u8], code: &str) -> Option<Place> {
    let root = dissect(credential);
    let mut sections = Vec::new();
    collect(&root, "", &mut sections);
    faulty(&sections, code).or_else(|| rows(code).iter().find_map(|(end, row)| named(&sections, end, row)))
}

/// Every section with its way from the credential.
fn collect<'s>(section: &'s Section, above: &str, sections: &mut Vec<(String, &'s Section)>) {
    let path = format!("{above}{}", section.path);
    sections.push((path.clone(), section));
    section.inside.iter().for_each(|inner| collect(inner, &path, sections));
}

/// The fault of this code; where the form of CBOR is the offence, the first fault of form.
fn faulty(sections: &[(String, &Section)], code: &str) -> Option<Place> {
    let end = match code {
        "attestation_object_not_canonical" => Some("/attestationObject"),
        "credential_public_key_not_canonical" => Some("/credentialPublicKey"),
        "extensions_not_canonical" => Some("/extensions"),
        _ => None,
    };
    sections.iter().find_map(|(path, section)| {
        let fault = section.faults.iter().find(|fault| match end {
            Some(end) => path.ends_with(end) && fault.code.starts_with("cbor_"),
            None => fault.code == code,
        });
        Some(of(path, section, fault?.range.clone()?))
    })
}

fn named(sections: &[(String, &Section)], end: &str, row: &str) -> Option<Place> {
    sections.iter().find_map(|(path, section)| {
        let is_it = if end.is_empty() { path.is_empty() } else { path.ends_with(end) };
        if !is_it {
            return None;
        }
        let range = match row {
            "" => Some(0..section.length),
            name => {
                section.rows.iter().find(|row| row.name == name && row.depth <= 2).and_then(|row| row.range.clone())
            }
        };
        Some(of(path, section, range?))
    })
}

/// Sections by the end of their path, and the row in them; the first that is there.
fn rows(code: &str) -> &'static [(&'static str, &'static str)] {
    match code {
        "client_data_type" => &[("/clientDataJSON", "type")],
        "challenge_mismatch" => &[("/clientDataJSON", "challenge")],
        "origin_mismatch" => &[("/clientDataJSON", "origin")],
        "cross_origin_unexpected" => &[("/clientDataJSON", "crossOrigin")],
        "top_origin_unexpected" => &[("/clientDataJSON", "topOrigin")],
        "token_binding" => &[("/clientDataJSON", "tokenBinding")],
        "payment_data" | "payment_mismatch" => &[("/clientDataJSON", "payment"), ("/clientDataJSON", "")],
        "rp_id_hash_mismatch" => &[("/authData", "rpIdHash"), ("/authenticatorData", "rpIdHash")],
        "sign_count_not_increased" => &[("/authenticatorData", "signCount")],
        "user_not_present"
        | "user_not_verified"
        | "assertion_attested_data"
        | "attested_credential_data_missing"
        | "backup_state_without_eligibility"
        | "backup_eligibility_changed"
        | "backup_policy" => &[("/authData", "flags"), ("/authenticatorData", "flags")],
        "algorithm_not_offered" | "credential_algorithm_unsupported" | "rsa_key_too_short" => {
            &[("/authData", "credentialPublicKey")]
        }
        "credential_id_too_long" | "id_not_in_authenticator_data" | "credential_already_registered" => {
            &[("/authData", "credentialId")]
        }
        "fido_u2f_aaguid" | "packed_certificate_aaguid" | "tpm_certificate_aaguid" | "metadata_attestation_type" => {
            &[("/authData", "aaguid")]
        }
        "credential_type" => &[("", "type")],
        "id_not_raw_id" => &[("", "id")],
        "credential_not_allowed" | "credential_unknown" => &[("", "rawId")],
        "user_handle_missing" | "user_handle_mismatch" | "credential_not_owned" => {
            &[("", "userHandle"), ("", "response")]
        }
        "signature_invalid" | "signature_not_der" | "signature_zero" | "signature_wrong_length" => {
            &[("/response/signature", ""), ("/response/attestationObject", "\"sig\"")]
        }
        "attestation_format_unsupported" | "android_safetynet_deprecated" => {
            &[("/response/attestationObject", "\"fmt\"")]
        }
        "cred_protect_level" | "min_pin_length" => &[("/authData", "extensions"), ("/authenticatorData", "extensions")],
        _ => by_kind(code),
    }
}

fn by_kind(code: &str) -> &'static [(&'static str, &'static str)] {
    const STATEMENT: &str = "\"attStmt\"";
    if code.contains("certificate") || code.starts_with("path_") || code == "root_in_x5c" {
        &[("/x5c/0", ""), ("/response/attestationObject", STATEMENT)]
    } else if code.ends_with("_signature") && !code.starts_with("browser_") {
        &[("/response/attestationObject", "\"sig\""), ("/response/attestationObject", STATEMENT)]
    } else if code.contains("_output") || code.starts_with("extension_") || code.starts_with("credential_extension") {
        &[("", "clientExtensionResults")]
    } else if ["statement_", "packed_", "fido_u2f_", "tpm_", "android_", "apple_", "compound_", "none_", "attestation_"]
        .iter()
        .any(|start| code.starts_with(start))
    {
        &[("/response/attestationObject", STATEMENT), ("/response/attestationObject", "")]
    } else if code.starts_with("cose_") {
        &[("/authData", "credentialPublicKey")]
    } else {
        &[("", "response"), ("", "")]
    }
}

/// How many offending bytes are shown, and how many around them.
const MOST_MARKED: usize = 32;
const AROUND: usize = 12;

fn of(path: &str, section: &Section, range: Range<usize>) -> Place {
    let bytes = section.bytes();
    let start = range.start.min(bytes.len());
    let end = range.end.clamp(start, bytes.len());
    let cut = end.min(start + MOST_MARKED);
    let show = |range: Range<usize>, is_text: bool| {
        let part = bytes.get(range).unwrap_or_default();
        match is_text {
            true => String::from_utf8_lossy(part).chars().flat_map(plain).collect(),
            false => part.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "),
        }
    };
    let is_text = matches!(bytes.first(), Some(b'{'));
    let before = show(start.saturating_sub(AROUND)..start, is_text);
    let more = if cut < end { "…" } else { "" };
    let after = if cut < end { String::new() } else { show(end..bytes.len().min(end + AROUND), is_text) };
    let space = if is_text { "" } else { " " };
    let excerpt = format!("{before}{space}[{}{more}]{space}{after}", show(start..cut, is_text));
    let member = if path.is_empty() { "the credential".to_owned() } else { path.to_owned() };
    Place { member, range: start..end, excerpt: excerpt.trim().to_owned() }
}

/// A character that cannot steer a terminal.
fn plain(character: char) -> Vec<char> {
    if character.is_control() { character.escape_default().collect() } else { vec![character] }
}
