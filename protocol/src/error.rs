//! Every way in which a message can fail to be a value of its type: [`Reason`] and [`Malformed`].

use std::fmt;
use std::ops::Range;

use crate::check::ReasonInfo;

/// An input from which a typed view cannot be built: why, where, and what was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The named reason.
    pub reason: Reason,
    /// The offending bytes of the input given to the view, where they are known.
    pub at: Option<Range<usize>>,
    /// What was found, for people; it never holds secrets, and is short.
    pub detail: String,
}

impl Malformed {
    /// A malformation without a place.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, at: None, detail: detail.into() }
    }

    /// The same malformation at a place.
    #[must_use]
    pub fn at(mut self, range: Range<usize>) -> Self {
        self.at = Some(range);
        self
    }

    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        self.reason.code()
    }

    /// The clause that the input's shape breaks.
    pub fn clause(&self) -> &'static str {
        self.reason.clause()
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code())?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        if let Some(at) = &self.at {
            write!(f, " (bytes {}..{})", at.start, at.end)?;
        }
        Ok(())
    }
}

impl std::error::Error for Malformed {}

impl Reason {
    /// The stable machine code.
    pub const fn code(self) -> &'static str {
        self.info().code
    }

    /// The clause that the input's shape breaks.
    pub const fn clause(self) -> &'static str {
        self.info().clause
    }

    /// The reason with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.code() == code)
    }
}

impl From<Reason> for ReasonInfo {
    fn from(reason: Reason) -> Self {
        reason.info()
    }
}

crate::reasons! {
    /// Why a message is not what it should be. The code's prefix names the view.
    pub enum Reason {
        // Collected client data
        ClientDataInvalidUtf8 = "client_data_invalid_utf8", "WebAuthn L3 5.8.1";
        ClientDataNotJson = "client_data_not_json", "WebAuthn L3 5.8.1";
        ClientDataTrailingBytes = "client_data_trailing_bytes", "WebAuthn L3 5.8.1";
        ClientDataNotObject = "client_data_not_object", "WebAuthn L3 5.8.1";
        ClientDataDuplicateMember = "client_data_duplicate_member", "RFC 8259 4";
        ClientDataTypeMissing = "client_data_type_missing", "WebAuthn L3 5.8.1";
        ClientDataTypeNotString = "client_data_type_not_string", "WebAuthn L3 5.8.1";
        ClientDataChallengeMissing = "client_data_challenge_missing", "WebAuthn L3 5.8.1";
        ClientDataChallengeNotString = "client_data_challenge_not_string", "WebAuthn L3 5.8.1";
        ClientDataOriginMissing = "client_data_origin_missing", "WebAuthn L3 5.8.1";
        ClientDataOriginNotString = "client_data_origin_not_string", "WebAuthn L3 5.8.1";
        ClientDataCrossOriginNotBoolean = "client_data_cross_origin_not_boolean", "WebAuthn L3 5.8.1";
        ClientDataTopOriginNotString = "client_data_top_origin_not_string", "WebAuthn L3 5.8.1";

        // Attestation object
        AttestationObjectNotCbor = "attestation_object_not_cbor", "WebAuthn L3 6.5.4";
        AttestationObjectTrailingBytes = "attestation_object_trailing_bytes", "WebAuthn L3 6.5.4";
        AttestationObjectNotMap = "attestation_object_not_map", "WebAuthn L3 6.5.4";
        AttestationObjectDuplicateKey = "attestation_object_duplicate_key", "WebAuthn L3 2.4";
        AttestationObjectFmtMissing = "attestation_object_fmt_missing", "WebAuthn L3 6.5.4";
        AttestationObjectFmtNotText = "attestation_object_fmt_not_text", "WebAuthn L3 6.5.4";
        AttestationObjectAttStmtMissing = "attestation_object_att_stmt_missing", "WebAuthn L3 6.5.4";
        AttestationObjectAttStmtWrongType = "attestation_object_att_stmt_wrong_type", "WebAuthn L3 6.5.4";
        AttestationObjectAuthDataMissing = "attestation_object_auth_data_missing", "WebAuthn L3 6.5.4";
        AttestationObjectAuthDataNotBytes = "attestation_object_auth_data_not_bytes", "WebAuthn L3 6.5.4";

        // Authenticator data
        AuthenticatorDataTooShort = "authenticator_data_too_short", "WebAuthn L3 6.1";
        AuthenticatorDataLeftoverBytes = "authenticator_data_leftover_bytes", "WebAuthn L3 6.1";
        AuthenticatorDataAttestedMissing = "authenticator_data_attested_missing", "WebAuthn L3 6.1";
        AuthenticatorDataAttestedTruncated = "authenticator_data_attested_truncated", "WebAuthn L3 6.5.1";
        AuthenticatorDataCredentialIdTruncated = "authenticator_data_credential_id_truncated", "WebAuthn L3 6.5.1";
        AuthenticatorDataPublicKeyMissing = "authenticator_data_public_key_missing", "WebAuthn L3 6.5.1";
        AuthenticatorDataExtensionsMissing = "authenticator_data_extensions_missing", "WebAuthn L3 6.1";
        AuthenticatorDataExtensionsNotCbor = "authenticator_data_extensions_not_cbor", "WebAuthn L3 6.1";
        AuthenticatorDataExtensionsNotMap = "authenticator_data_extensions_not_map", "WebAuthn L3 6.1";
        AuthenticatorDataExtensionsDuplicateKey = "authenticator_data_extensions_duplicate_key", "WebAuthn L3 2.4";
        AuthenticatorDataExtensionIdNotText = "authenticator_data_extension_id_not_text", "WebAuthn L3 9.5";

        // COSE_Key
        CoseNotCbor = "cose_not_cbor", "RFC 9052 7";
        CoseTrailingBytes = "cose_trailing_bytes", "RFC 9052 7";
        CoseNotMap = "cose_not_map", "RFC 9052 7";
        CoseDuplicateKey = "cose_duplicate_key", "RFC 9052 7";
        CoseKtyMissing = "cose_kty_missing", "RFC 9052 7.1";
        CoseKtyNotInteger = "cose_kty_not_integer", "RFC 9052 7.1";
        CoseAlgMissing = "cose_alg_missing", "WebAuthn L3 6.5.1";
        CoseAlgNotInteger = "cose_alg_not_integer", "WebAuthn L3 6.5.1";
        CoseKtyMismatch = "cose_kty_mismatch", "RFC 9053 2";
        CoseCurveMissing = "cose_curve_missing", "RFC 9053 7.1";
        CoseCurveNotInteger = "cose_curve_not_integer", "RFC 9053 7.1";
        CoseCurveMismatch = "cose_curve_mismatch", "WebAuthn L3 5.8.5";
        CoseXMissing = "cose_x_missing", "RFC 9053 7.1";
        CoseXNotBytes = "cose_x_not_bytes", "RFC 9053 7.1";
        CoseXLength = "cose_x_length", "RFC 9053 7.1";
        CoseYMissing = "cose_y_missing", "RFC 9053 7.1.1";
        CoseYCompressed = "cose_y_compressed", "WebAuthn L3 5.8.5";
        CoseYNotBytes = "cose_y_not_bytes", "RFC 9053 7.1.1";
        CoseYLength = "cose_y_length", "RFC 9053 7.1.1";
        CoseNotOnCurve = "cose_not_on_curve", "WebAuthn L3 5.8.5";
        CoseRsaModulusMissing = "cose_rsa_modulus_missing", "RFC 8230 4";
        CoseRsaModulusNotBytes = "cose_rsa_modulus_not_bytes", "RFC 8230 4";
        CoseRsaModulusInvalid = "cose_rsa_modulus_invalid", "RFC 8230 4";
        CoseRsaExponentMissing = "cose_rsa_exponent_missing", "RFC 8230 4";
        CoseRsaExponentNotBytes = "cose_rsa_exponent_not_bytes", "RFC 8230 4";
        CoseRsaExponentInvalid = "cose_rsa_exponent_invalid", "RFC 8017 3.1";
        CoseAkpKeyMissing = "cose_akp_key_missing", "RFC 9964 3";
        CoseAkpKeyNotBytes = "cose_akp_key_not_bytes", "RFC 9964 3";
        CoseAkpKeyLength = "cose_akp_key_length", "FIPS 204 4";
        CosePrivateMember = "cose_private_member", "RFC 9053 7";
        CoseOptionalMember = "cose_optional_member", "WebAuthn L3 6.5.1";

        // RegistrationResponseJSON and AuthenticationResponseJSON
        CredentialNotJson = "credential_not_json", "WebAuthn L3 5.1";
        CredentialTrailingBytes = "credential_trailing_bytes", "WebAuthn L3 5.1";
        CredentialNotObject = "credential_not_object", "WebAuthn L3 5.1";
        CredentialDuplicateMember = "credential_duplicate_member", "RFC 8259 4";
        CredentialIdMissing = "credential_id_missing", "WebAuthn L3 5.1";
        CredentialIdNotString = "credential_id_not_string", "WebAuthn L3 5.1";
        CredentialIdNotBase64url = "credential_id_not_base64url", "WebAuthn L3 5.1";
        CredentialRawIdMissing = "credential_raw_id_missing", "WebAuthn L3 5.1";
        CredentialRawIdNotString = "credential_raw_id_not_string", "WebAuthn L3 5.1";
        CredentialRawIdNotBase64url = "credential_raw_id_not_base64url", "WebAuthn L3 5.1";
        CredentialTypeMissing = "credential_type_missing", "WebAuthn L3 5.1";
        CredentialTypeNotString = "credential_type_not_string", "WebAuthn L3 5.1";
        CredentialResponseMissing = "credential_response_missing", "WebAuthn L3 5.1";
        CredentialResponseNotObject = "credential_response_not_object", "WebAuthn L3 5.1";
        CredentialClientDataJsonMissing = "credential_client_data_json_missing", "WebAuthn L3 5.1";
        CredentialClientDataJsonNotString = "credential_client_data_json_not_string", "WebAuthn L3 5.1";
        CredentialClientDataJsonNotBase64url = "credential_client_data_json_not_base64url", "WebAuthn L3 5.1";
        CredentialAttestationObjectMissing = "credential_attestation_object_missing", "WebAuthn L3 5.1";
        CredentialAttestationObjectNotString = "credential_attestation_object_not_string", "WebAuthn L3 5.1";
        CredentialAttestationObjectNotBase64url = "credential_attestation_object_not_base64url", "WebAuthn L3 5.1";
        CredentialAuthenticatorDataMissing = "credential_authenticator_data_missing", "WebAuthn L3 5.1";
        CredentialAuthenticatorDataNotString = "credential_authenticator_data_not_string", "WebAuthn L3 5.1";
        CredentialAuthenticatorDataNotBase64url = "credential_authenticator_data_not_base64url", "WebAuthn L3 5.1";
        CredentialSignatureMissing = "credential_signature_missing", "WebAuthn L3 5.1";
        CredentialSignatureNotString = "credential_signature_not_string", "WebAuthn L3 5.1";
        CredentialSignatureNotBase64url = "credential_signature_not_base64url", "WebAuthn L3 5.1";
        CredentialUserHandleNotString = "credential_user_handle_not_string", "WebAuthn L3 5.1";
        CredentialUserHandleNotBase64url = "credential_user_handle_not_base64url", "WebAuthn L3 5.1";
        CredentialTransportsNotStrings = "credential_transports_not_strings", "WebAuthn L3 5.1";
        CredentialAttachmentNotString = "credential_attachment_not_string", "WebAuthn L3 5.1";
        CredentialExtensionResultsMissing = "credential_extension_results_missing", "WebAuthn L3 5.1";
        CredentialExtensionResultsNotObject = "credential_extension_results_not_object", "WebAuthn L3 5.1";
        CredentialExtensionOutputWrongType = "credential_extension_output_wrong_type", "WebAuthn L3 9.4";

        // PublicKeyCredentialCreationOptionsJSON and PublicKeyCredentialRequestOptionsJSON
        OptionsNotJson = "options_not_json", "WebAuthn L3 5.1.8";
        OptionsTrailingBytes = "options_trailing_bytes", "WebAuthn L3 5.1.8";
        OptionsNotObject = "options_not_object", "WebAuthn L3 5.1.8";
        OptionsDuplicateMember = "options_duplicate_member", "RFC 8259 4";
        OptionsMemberMissing = "options_member_missing", "WebAuthn L3 5.1.8";
        OptionsMemberWrongType = "options_member_wrong_type", "WebAuthn L3 5.1.8";
        OptionsMemberNotBase64url = "options_member_not_base64url", "WebAuthn L3 5.1.8";

        // Signatures
        SignatureNotDer = "signature_not_der", "WebAuthn L3 6.5.5";
        SignatureZero = "signature_zero", "FIPS 186-5 6.4.2";
        SignatureWrongLength = "signature_wrong_length", "WebAuthn L3 6.5.5";

        // Compact JWS
        JwsNotThreeParts = "jws_not_three_parts", "RFC 7515 3.1";
        JwsHeaderNotBase64url = "jws_header_not_base64url", "RFC 7515 5.2";
        JwsHeaderNotJson = "jws_header_not_json", "RFC 7515 5.2";
        JwsHeaderNotObject = "jws_header_not_object", "RFC 7515 5.2";
        JwsHeaderDuplicateMember = "jws_header_duplicate_member", "RFC 7515 4";
        JwsHeaderCritical = "jws_header_critical", "RFC 7515 4.1.11";
        JwsAlgMissing = "jws_alg_missing", "RFC 7515 4.1.1";
        JwsAlgNotString = "jws_alg_not_string", "RFC 7515 4.1.1";
        JwsPayloadNotBase64url = "jws_payload_not_base64url", "RFC 7515 5.2";
        JwsSignatureNotBase64url = "jws_signature_not_base64url", "RFC 7515 5.2";
    }
}

#[cfg(test)]
mod tests;
