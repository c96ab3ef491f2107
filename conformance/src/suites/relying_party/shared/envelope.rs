//! The JSON around the credential (WebAuthn L3 5.1; the contract of FIDO's conformance tools).

use assay_mint::edits::Edit::{self, EnvelopeEdit as Envelope};
use assay_mint::edits::EnvelopeEdit as E;

use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::{Rule, need};

const FORM: &str = "WebAuthn L3 5.1";
const REG_KIND: &str = "WebAuthn L3 7.1 step 3";
const AUTH_KIND: &str = "WebAuthn L3 7.2 step 3";

const fn refuse(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("envelope", codes, edits)
}

const fn accept(edits: &'static [Edit]) -> Rule {
    Rule::accept("envelope", edits)
}

pub(super) const RULES: &[Rule] = &[
    refuse(&["credential_not_json"], &[Envelope(E::NotJson), Envelope(E::Truncated), Envelope(E::EmptyText)])
        .both(REG_KIND, AUTH_KIND)
        .demands("What is no JSON is no credential, and ends the ceremony."),
    refuse(&["credential_not_json"], &[Envelope(E::Nested)])
        .both(FORM, FORM)
        .hardening()
        .demands("JSON that is nested beyond all reason is refused, and does not exhaust the server."),
    refuse(&["credential_trailing_bytes"], &[Envelope(E::TrailingText)])
        .both(FORM, FORM)
        .syntax()
        .demands("The message is one JSON object and nothing else."),
    refuse(&["credential_not_object"], &[Envelope(E::NotObject)])
        .both(REG_KIND, AUTH_KIND)
        .demands("The message is a JSON object."),
    refuse(&["credential_id_missing"], &[Envelope(E::Empty), Envelope(E::IdMissing)])
        .both(FORM, FORM)
        .syntax()
        .demands("The member id is required."),
    refuse(&["credential_id_not_string"], &[Envelope(E::IdNotString), Envelope(E::IdNull)])
        .both(FORM, FORM)
        .syntax()
        .demands("The member id is a text."),
    refuse(&["credential_id_not_base64url"], &[Envelope(E::IdPadded), Envelope(E::IdNotBase64url)])
        .both(FORM, FORM)
        .syntax()
        .demands("The member id is base64url without padding."),
    refuse(&["id_not_raw_id"], &[Envelope(E::IdEmpty), Envelope(E::IdOther)])
        .both(FORM, FORM)
        .hardening()
        .demands("The member id is the base64url form of the raw id: two identities in one message are none."),
    refuse(&["id_not_raw_id"], &[Envelope(E::RawIdOther)])
        .registration(FORM)
        .hardening()
        .demands("The raw id is what id says."),
    refuse(&["credential_not_allowed", "id_not_raw_id"], &[Envelope(E::RawIdOther), Envelope(E::BothIdsOther)])
        .authentication("WebAuthn L3 7.2 steps 5 and 6")
        .demands("A credential that nobody knows, and that was not allowed, authenticates nobody."),
    refuse(&["id_not_in_authenticator_data"], &[Envelope(E::BothIdsOther)])
        .registration("WebAuthn L3 5.1; 6.5.1")
        .hardening()
        .demands("The id outside is the id in the authenticator data, which the attestation covers."),
    refuse(&["credential_raw_id_not_string"], &[Envelope(E::RawIdNotString)])
        .both(FORM, FORM)
        .syntax()
        .demands("The member rawId is a text."),
    refuse(&["credential_raw_id_not_base64url"], &[Envelope(E::RawIdNotBase64url), Envelope(E::RawIdPadded)])
        .both(FORM, FORM)
        .syntax()
        .demands("The member rawId is base64url without padding."),
    refuse(&["credential_type_missing"], &[Envelope(E::TypeMissing)])
        .both(FORM, FORM)
        .syntax()
        .demands("The member type is required."),
    refuse(&["credential_type_not_string"], &[Envelope(E::TypeNotString)])
        .both(FORM, FORM)
        .syntax()
        .demands("The member type is a text."),
    refuse(&["credential_type"], &[Envelope(E::TypeEmpty), Envelope(E::TypeOther)])
        .both(FORM, FORM)
        .syntax()
        .demands("There is one type of credential, public-key."),
    refuse(&["credential_response_missing"], &[Envelope(E::ResponseMissing)])
        .both(REG_KIND, AUTH_KIND)
        .demands("Without a response there is nothing to verify."),
    refuse(&["credential_response_not_object"], &[Envelope(E::ResponseNotObject), Envelope(E::ResponseArray)])
        .both(REG_KIND, AUTH_KIND)
        .demands("The response is an object."),
    refuse(
        &["credential_client_data_json_missing"],
        &[Envelope(E::ResponseEmpty), Envelope(E::ClientDataMissing)],
    )
    .both(REG_KIND, AUTH_KIND)
    .demands("Without client data there is nothing to verify."),
    refuse(&["credential_client_data_json_not_string"], &[Envelope(E::ClientDataNotString)])
        .both(FORM, FORM)
        .demands("The client data come as base64url, because their very bytes are hashed."),
    refuse(&["credential_client_data_json_not_base64url"], &[Envelope(E::ClientDataNotBase64url)])
        .both(FORM, FORM)
        .demands("What is not base64url cannot be decoded."),
    refuse(&["credential_client_data_json_not_base64url"], &[Envelope(E::ClientDataPadded)])
        .both(FORM, FORM)
        .syntax()
        .demands("Bytes in JSON are base64url without padding."),
    refuse(&["client_data_not_json"], &[Envelope(E::ClientDataEmpty)])
        .both("WebAuthn L3 7.1 step 6", "WebAuthn L3 7.2 step 9")
        .demands("Client data of no bytes are no JSON."),
    refuse(
        &["credential_attestation_object_missing"],
        &[Envelope(E::AttestationObjectMissing), Envelope(E::OtherKind)],
    )
    .registration(REG_KIND)
    .demands("A registration brings an attestation object, and no assertion stands in for it."),
    refuse(&["credential_attestation_object_not_string"], &[Envelope(E::AttestationObjectNotString)])
        .registration(FORM)
        .demands("The attestation object comes as base64url."),
    refuse(&["credential_attestation_object_not_base64url"], &[Envelope(E::AttestationObjectNotBase64url)])
        .registration(FORM)
        .demands("What is not base64url cannot be decoded."),
    refuse(&["credential_attestation_object_not_base64url"], &[Envelope(E::AttestationObjectPadded)])
        .registration(FORM)
        .syntax()
        .demands("Bytes in JSON are base64url without padding."),
    refuse(&["attestation_object_not_cbor"], &[Envelope(E::AttestationObjectEmpty)])
        .registration("WebAuthn L3 7.1 step 13")
        .demands("An attestation object of no bytes is no CBOR."),
    refuse(
        &["credential_authenticator_data_missing"],
        &[Envelope(E::AuthenticatorDataMissing), Envelope(E::OtherKind)],
    )
    .authentication(AUTH_KIND)
    .demands("An authentication brings authenticator data, and no attestation stands in for them."),
    refuse(&["credential_authenticator_data_not_string"], &[Envelope(E::AuthenticatorDataNotString)])
        .authentication(FORM)
        .demands("The authenticator data come as base64url."),
    refuse(&["credential_authenticator_data_not_base64url"], &[Envelope(E::AuthenticatorDataNotBase64url)])
        .authentication(FORM)
        .demands("What is not base64url cannot be decoded."),
    refuse(&["credential_authenticator_data_not_base64url"], &[Envelope(E::AuthenticatorDataPadded)])
        .authentication(FORM)
        .syntax()
        .demands("Bytes in JSON are base64url without padding."),
    refuse(&["authenticator_data_too_short"], &[Envelope(E::AuthenticatorDataEmpty)])
        .authentication("WebAuthn L3 6.1")
        .demands("Authenticator data have 37 bytes at least."),
    refuse(&["credential_signature_missing"], &[Envelope(E::SignatureMissing)])
        .authentication(AUTH_KIND)
        .demands("Without a signature nothing is proven."),
    refuse(&["credential_signature_not_string"], &[Envelope(E::SignatureNotString)])
        .authentication(FORM)
        .demands("The signature comes as base64url."),
    refuse(&["credential_signature_not_base64url"], &[Envelope(E::SignatureNotBase64url)])
        .authentication(FORM)
        .demands("What is not base64url cannot be decoded."),
    refuse(&["credential_signature_not_base64url"], &[Envelope(E::SignaturePadded)])
        .authentication(FORM)
        .syntax()
        .demands("Bytes in JSON are base64url without padding."),
    refuse(&["signature_not_der"], &[Envelope(E::SignatureEmpty)])
        .authentication("WebAuthn L3 7.2 step 21")
        .demands("A signature of no bytes proves nothing."),
    refuse(&["credential_user_handle_not_string"], &[Envelope(E::UserHandleNotString)])
        .authentication(FORM)
        .syntax()
        .demands("The user handle comes as base64url."),
    refuse(&["credential_user_handle_not_base64url"], &[Envelope(E::UserHandleNotBase64url)])
        .authentication(FORM)
        .syntax()
        .demands("What is not base64url cannot be decoded."),
    refuse(
        &["credential_transports_not_strings"],
        &[Envelope(E::TransportsNotArray), Envelope(E::TransportsNotStrings)],
    )
    .registration(FORM)
    .syntax()
    .demands("The transports are an array of texts."),
    refuse(&["credential_attachment_not_string"], &[Envelope(E::AttachmentNotString)])
        .both(FORM, FORM)
        .syntax()
        .demands("The attachment is a text."),
    refuse(&["credential_extension_results_not_object"], &[Envelope(E::ExtensionResultsNotObject)])
        .both(FORM, FORM)
        .syntax()
        .demands("The extension results are an object."),
    refuse(
        &["credential_duplicate_member"],
        &[
            Envelope(E::DuplicateId),
            Envelope(E::DuplicateRawId),
            Envelope(E::DuplicateType),
            Envelope(E::DuplicateResponse),
            Envelope(E::DuplicateClientData),
        ],
    )
    .both("RFC 8259 4", "RFC 8259 4")
    .hardening()
    .demands("A member that comes twice can be read in two ways; whoever checks one and uses the other is fooled."),
    refuse(&["extension_output"], &[Envelope(E::ExtensionResultWrongType), Envelope(E::ExtensionResultAppIdExcludeText)])
        .both("WebAuthn L3 7.1 step 28", "WebAuthn L3 7.2 step 23")
        .needs(&[need::JUDGES_EXTENSIONS])
        .demands("Whoever judges the outputs of extensions finds those of known ones to be of their types."),
    refuse(&["credential_raw_id_missing"], &[Envelope(E::RawIdMissing)])
        .both(FORM, FORM)
        .syntax()
        .needs(&[need::WEBAUTHN_JSON])
        .demands("WebAuthn's JSON form has both id and rawId."),
    refuse(&["credential_extension_results_missing"], &[Envelope(E::ExtensionResultsMissing)])
        .both(FORM, FORM)
        .syntax()
        .needs(&[need::WEBAUTHN_JSON])
        .demands("WebAuthn's JSON form has clientExtensionResults, if only an empty one."),
    accept(&[Envelope(E::UnknownMember), Envelope(E::Reordered)])
        .both(FORM, FORM)
        .demands("Members that are not known, and their order, change nothing."),
    accept(&[Envelope(E::AttachmentUnknown)])
        .both("WebAuthn L3 5.1", "WebAuthn L3 5.1")
        .should()
        .demands("An attachment that is not known counts as none."),
    accept(&[Envelope(E::TransportsUnknown)])
        .registration("WebAuthn L3 5.2.1")
        .should()
        .demands("Transports that are not known are accepted and kept."),
    accept(&[Envelope(E::TransportsMissing)])
        .registration("FIDO conformance API")
        .basis(Basis::Tool)
        .needs(&[need::FIDO_REST])
        .demands("FIDO's contract has no transports in its messages."),
    Rule::accept("fido-rest", &[Envelope(E::RawIdMissing), Envelope(E::ExtensionResultsMissing)])
        .both("FIDO conformance API", "FIDO conformance API")
        .basis(Basis::Tool)
        .needs(&[need::FIDO_REST])
        .demands("FIDO's contract has neither rawId nor clientExtensionResults in its messages."),
    accept(&[Envelope(E::ExtensionResultUnknown), Envelope(E::ExtensionResultAppId), Envelope(E::ExtensionResultPrf)])
        .both("WebAuthn L3 7.1 step 28", "WebAuthn L3 7.2 step 23")
        .should()
        .demands("Outputs of extensions that nobody asked for do not end the ceremony, unless a policy says so."),
    accept(&[Envelope(E::PublicKeyLies), Envelope(E::PublicKeyAlgorithmLies), Envelope(E::AuthenticatorDataLies)])
        .registration("WebAuthn L3 5.2.1.1")
        .hardening()
        .demands("The convenient copies beside the attestation object are not signed, and not to be trusted: what counts is inside."),
    accept(&[Envelope(E::UserHandleEmpty)])
        .authentication("FIDO conformance API")
        .basis(Basis::Tool)
        .needs(&[need::FIDO_REST])
        .demands("In FIDO's contract an empty user handle counts as none."),
];
