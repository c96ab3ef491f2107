//! The attestation object (WebAuthn L3 6.5.4; 7.1 step 13).

use assay_mint::edits::AttestationObjectEdit as E;
use assay_mint::edits::Edit::{self, AttestationObjectEdit as Object};

use crate::suites::relying_party::rule::Rule;

const fn refuse(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("attestation-object", codes, edits).registration("WebAuthn L3 7.1 step 13; 6.5.4")
}

pub(super) const RULES: &[Rule] = &[
    refuse(
        &["attestation_object_not_cbor"],
        &[
            Object(E::Truncated),
            Object(E::Empty),
            Object(E::NotCbor),
            Object(E::Nested),
            Object(E::HugeLength),
        ],
    )
    .demands("What does not decode as CBOR ends the ceremony, and no declared length is believed before the bytes are there."),
    refuse(&["attestation_object_not_map"], &[Object(E::NotMap)]).demands("An attestation object is a CBOR map."),
    refuse(&["attestation_object_not_cbor", "attestation_object_not_map"], &[Object(E::Json)])
        .demands("JSON is no CBOR."),
    refuse(&["attestation_object_not_map"], &[Object(E::Tagged)])
        .registration("WebAuthn L3 2.4; 6.5.4")
        .hardening()
        .demands("An attestation object is a CBOR map, and CTAP2's canonical form has no tags."),
    refuse(&["attestation_object_trailing_bytes"], &[Object(E::TrailingByte)])
        .syntax()
        .demands("An attestation object is one CBOR item and nothing else."),
    refuse(
        &["attestation_object_duplicate_key"],
        &[Object(E::DuplicateFmt), Object(E::DuplicateAttStmt), Object(E::DuplicateAuthData)],
    )
    .registration("WebAuthn L3 2.4")
    .hardening()
    .demands("A key that comes twice can be read in two ways; whoever verifies one and stores the other is fooled."),
    refuse(
        &["attestation_object_fmt_missing"],
        &[Object(E::FmtMissing), Object(E::EmptyMap), Object(E::IntegerKeys)],
    )
    .demands("Without a format nothing can be verified; CTAP's numbers are not WebAuthn's names."),
    refuse(&["attestation_object_fmt_not_text"], &[Object(E::FmtNotText), Object(E::FmtBytes)])
        .demands("The format is named by a text."),
    refuse(&["attestation_object_att_stmt_missing"], &[Object(E::AttStmtMissing)])
        .demands("Without a statement nothing can be verified."),
    refuse(
        &["attestation_object_att_stmt_wrong_type"],
        &[Object(E::AttStmtBytes), Object(E::AttStmtArray), Object(E::AttStmtNull)],
    )
    .demands("A statement is a map; an array is one of the format compound alone."),
    refuse(&["attestation_object_auth_data_missing"], &[Object(E::AuthDataMissing)])
        .demands("Without authenticator data there is no credential."),
    refuse(&["attestation_object_auth_data_not_bytes"], &[Object(E::AuthDataText), Object(E::AuthDataMap)])
        .demands("Authenticator data are bytes."),
    refuse(
        &["attestation_format_unsupported"],
        &[Object(E::FmtUnknown), Object(E::FmtCase), Object(E::FmtEmpty), Object(E::FmtTrailingSpace)],
    )
    .registration("WebAuthn L3 7.1 step 21; 8.1")
    .demands("A format that nobody knows cannot be verified, and names are compared letter by letter."),
    refuse(
        &["attestation_object_not_canonical"],
        &[
            Object(E::Order),
            Object(E::AlphabeticalOrder),
            Object(E::LongHeader),
            Object(E::Indefinite),
        ],
    )
    .registration("WebAuthn L3 2.4; 7.1 step 13")
    .hardening()
    .demands("CBOR is written in one way; whoever reads may insist on it."),
];
