//! Why a statement or a certificate path was refused: [`Reason`], [`Check`] and [`Rejection`].

use std::fmt;

use assay_protocol::check::Enforced;
use assay_protocol::error::Malformed;

/// A refusal, named once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The statement or a certificate has no readable form, or one that is not supported here.
    Malformed {
        /// The named reason.
        reason: Reason,
        /// What was found.
        detail: String,
    },
    /// Something inside it, a signature or a key, has no readable form.
    Protocol(Malformed),
    /// A rule was broken.
    Check {
        /// The rule.
        check: Check,
        /// What was found.
        detail: String,
    },
}

impl Rejection {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { reason, .. } => reason.info().code,
            Self::Protocol(malformed) => malformed.code(),
            Self::Check { check, .. } => check.id(),
        }
    }

    /// The clause that was broken.
    pub fn clause(&self) -> &'static str {
        match self {
            Self::Malformed { reason, .. } => reason.info().clause,
            Self::Protocol(malformed) => malformed.clause(),
            Self::Check { check, .. } => check.info().clause,
        }
    }

    /// What was found, for people.
    pub fn detail(&self) -> &str {
        match self {
            Self::Malformed { detail, .. } | Self::Check { detail, .. } => detail,
            Self::Protocol(malformed) => &malformed.detail,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.detail())
    }
}

impl std::error::Error for Rejection {}

impl From<Malformed> for Rejection {
    fn from(malformed: Malformed) -> Self {
        Self::Protocol(malformed)
    }
}

impl Check {
    /// The refusal by this check, unless it is not in force.
    pub(crate) fn refuse(self, enforced: &Enforced, detail: impl Into<String>) -> Result<(), Rejection> {
        if !enforced.has(self.id()) {
            return Ok(());
        }
        Err(Rejection::Check { check: self, detail: detail.into() })
    }
}

impl Reason {
    /// The refusal for this reason.
    pub(crate) fn because(self, detail: impl Into<String>) -> Rejection {
        Rejection::Malformed { reason: self, detail: detail.into() }
    }
}

assay_protocol::checks! {
    /// The rules of attestation statements and of the certificate paths behind them.
    pub enum Check {
        AttestationSha1 = "attestation_sha1", Hardening, "RFC 8812 2", "The statement is not signed with SHA-1";
        NoneStatementEmpty = "none_statement_empty", Tool + syntax, "WebAuthn L3 8.7", "The statement of the format none is the empty map";
        PackedSignature = "packed_signature", Normative, "WebAuthn L3 8.2 verification step 2.1", "The attestation certificate's key signed this registration";
        PackedCertificateVersion = "packed_certificate_version", Normative, "WebAuthn L3 8.2.1", "The attestation certificate is X.509 version 3";
        PackedCertificateCountry = "packed_certificate_country", Normative, "WebAuthn L3 8.2.1", "The attestation certificate's subject has a two-letter country";
        PackedCertificateOrganization = "packed_certificate_organization", Normative, "WebAuthn L3 8.2.1", "The attestation certificate's subject has an organization";
        PackedCertificateUnit = "packed_certificate_unit", Normative, "WebAuthn L3 8.2.1", "The attestation certificate's organizational unit is Authenticator Attestation";
        PackedCertificateCommonName = "packed_certificate_common_name", Normative, "WebAuthn L3 8.2.1", "The attestation certificate's subject has a common name";
        PackedCertificateBasicConstraints = "packed_certificate_basic_constraints", Normative, "WebAuthn L3 8.2.1", "The attestation certificate's basic constraints say that it is no CA";
        PackedCertificateAaguidCritical = "packed_certificate_aaguid_critical", Normative, "WebAuthn L3 8.2.1", "The AAGUID extension is not critical";
        PackedCertificateFirmwareVersion = "packed_certificate_firmware_version", Normative, "WebAuthn L3 8.2.1", "The firmware version extension is a non-negative integer and not critical";
        PackedCertificateAaguid = "packed_certificate_aaguid", Normative, "WebAuthn L3 8.2 verification step 2.3", "The AAGUID extension names the authenticator data's AAGUID";
        PackedSelfAlgorithm = "packed_self_algorithm", Normative, "WebAuthn L3 8.2 verification step 3.1", "Self attestation names the credential's own algorithm";
        PackedSelfSignature = "packed_self_signature", Normative, "WebAuthn L3 8.2 verification step 3.2", "The credential's own key signed this registration";
        FidoU2fCertificateKey = "fido_u2f_certificate_key", Normative, "WebAuthn L3 8.6 verification step 2", "The attestation certificate's key is on P-256";
        FidoU2fSignature = "fido_u2f_signature", Normative, "WebAuthn L3 8.6 verification step 6", "The attestation certificate's key signed the U2F registration";
        FidoU2fAaguid = "fido_u2f_aaguid", Tool, "FIDO server requirements, fido-u2f", "The AAGUID beside a U2F statement is zero";
        TpmVersion = "tpm_version", Normative, "WebAuthn L3 8.3 syntax", "The statement follows version 2.0 of the TPM specification";
        TpmPublicKey = "tpm_public_key", Normative, "WebAuthn L3 8.3 verification, pubArea", "The public key in pubArea is the credential's";
        TpmCertificateVersion = "tpm_certificate_version", Normative, "WebAuthn L3 8.3.1", "The attestation key's certificate is X.509 version 3";
        TpmCertificateSubject = "tpm_certificate_subject", Normative, "WebAuthn L3 8.3.1", "The attestation key's certificate has an empty subject";
        TpmCertificateName = "tpm_certificate_name", Normative, "WebAuthn L3 8.3.1; TPMv2-EK-Profile 3.2.9", "The subject alternative name tells the TPM's manufacturer, model and version";
        TpmCertificateNameCritical = "tpm_certificate_name_critical", Normative, "WebAuthn L3 8.3.1; RFC 5280 4.2.1.6", "The subject alternative name is critical, as the subject is empty";
        TpmCertificateVendor = "tpm_certificate_vendor", Tool, "WebAuthn L3 8.3.1; TCG Vendor ID Registry", "The TPM's manufacturer is in the TCG's registry";
        TpmCertificateUsage = "tpm_certificate_usage", Normative, "WebAuthn L3 8.3.1", "The extended key usage has tcg-kp-AIKCertificate";
        TpmCertificateBasicConstraints = "tpm_certificate_basic_constraints", Normative, "WebAuthn L3 8.3.1", "The basic constraints say that it is no CA";
        TpmCertificateAaguid = "tpm_certificate_aaguid", Normative, "WebAuthn L3 8.3 verification, certInfo", "The AAGUID extension names the authenticator data's AAGUID";
        TpmSignature = "tpm_signature", Normative, "WebAuthn L3 8.3 verification, certInfo", "The attestation key signed certInfo";
        TpmMagic = "tpm_magic", Normative, "WebAuthn L3 8.3 verification, certInfo", "certInfo was generated by a TPM: its magic is TPM_GENERATED_VALUE";
        TpmType = "tpm_type", Normative, "WebAuthn L3 8.3 verification, certInfo", "certInfo certifies a key: its type is TPM_ST_ATTEST_CERTIFY";
        TpmExtraData = "tpm_extra_data", Normative, "WebAuthn L3 8.3 verification, certInfo", "extraData is the hash of the authenticator data and the client data's hash";
        TpmName = "tpm_name", Normative, "WebAuthn L3 8.3 verification, certInfo", "certInfo certifies the name of pubArea";
        TpmKeyAttributes = "tpm_key_attributes", Hardening, "TPM 2.0 Part 2, 8.3", "The TPM made the key, signs with it, and never lets it go";
        AndroidKeySignature = "android_key_signature", Normative, "WebAuthn L3 8.4", "The first certificate's key signed this registration";
        AndroidKeyCredentialKey = "android_key_credential_key", Normative, "WebAuthn L3 8.4", "The first certificate is for the credential's key";
        AndroidKeyChallenge = "android_key_challenge", Normative, "WebAuthn L3 8.4", "The key was made for this registration's client data";
        AndroidKeyAllApplications = "android_key_all_applications", Normative, "WebAuthn L3 8.4", "The key is not for every application of the device";
        AndroidKeyOrigin = "android_key_origin", Normative, "WebAuthn L3 8.4", "The key was generated inside the keystore";
        AndroidKeyPurpose = "android_key_purpose", Normative, "WebAuthn L3 8.4", "The key is for signing";
        AndroidKeyTeeOnly = "android_key_tee_only", Policy, "WebAuthn L3 8.4", "The trusted environment enforces origin and purpose";
        AndroidSafetynetDeprecated = "android_safetynet_deprecated", Hardening, "WebAuthn L3 8.5", "No statement comes from a service that is no more";
        AndroidSafetynetSignature = "android_safetynet_signature", Normative, "WebAuthn L3 8.5", "The first certificate's key signed the response";
        AndroidSafetynetNonce = "android_safetynet_nonce", Normative, "WebAuthn L3 8.5", "The response is to this registration";
        AndroidSafetynetHostname = "android_safetynet_hostname", Normative, "WebAuthn L3 8.5", "The response came from the service";
        AndroidSafetynetCtsProfile = "android_safetynet_cts_profile", Normative, "WebAuthn L3 8.5", "The device is compatible with Android";
        AndroidSafetynetTime = "android_safetynet_time", Normative, "WebAuthn L3 8.5", "The response was made just now";
        AppleNonce = "apple_nonce", Normative, "WebAuthn L3 8.8 verification step 4", "The certificate was made for this registration";
        AppleCredentialKey = "apple_credential_key", Normative, "WebAuthn L3 8.8 verification step 5", "The certificate is for the credential's key";
        CompoundCount = "compound_count", Normative, "WebAuthn L3 8.9", "A compound statement has two parts or more";
        CompoundDuplicate = "compound_duplicate", Hardening, "WebAuthn L3 8.9", "No key vouches twice in a compound statement";
        PathNotYetValid = "path_not_yet_valid", Normative, "WebAuthn L3 7.1 step 24; RFC 5280 6.1.3", "Every certificate of the path has begun to be valid";
        PathExpired = "path_expired", Normative, "WebAuthn L3 7.1 step 24; RFC 5280 6.1.3", "No certificate of the path has expired";
        PathCriticalExtension = "path_critical_extension", Normative, "WebAuthn L3 7.1 step 24; RFC 5280 6.1.4", "No certificate of the path has a critical extension that is not understood";
        PathNameChaining = "path_name_chaining", Normative, "WebAuthn L3 7.1 step 24; RFC 5280 6.1.3", "Every certificate names the next one as its issuer";
        PathSignature = "path_signature", Normative, "WebAuthn L3 7.1 step 24; RFC 5280 6.1.3", "Every certificate is signed by the key of the next one";
        PathIssuerNotCa = "path_issuer_not_ca", Normative, "WebAuthn L3 7.1 step 24; RFC 5280 6.1.4", "Whoever issued a certificate of the path is a CA";
        PathKeyUsage = "path_key_usage", Normative, "WebAuthn L3 7.1 step 24; RFC 5280 6.1.4", "Whoever issued a certificate of the path may sign certificates";
        PathLength = "path_length", Normative, "WebAuthn L3 7.1 step 24; RFC 5280 6.1.4", "The path is no longer than its CAs allow";
        PathUntrusted = "path_untrusted", Normative, "WebAuthn L3 7.1 step 24", "The path ends in an acceptable trust anchor";
        RootInX5c = "root_in_x5c", Tool, "FIDO server requirements, x5c", "The statement does not carry a self-issued root";
    }
}

assay_protocol::reasons! {
    /// Why a statement or a certificate could not be read, or is not supported.
    pub enum Reason {
        AttestationFormatUnsupported = "attestation_format_unsupported", "WebAuthn L3 7.1 step 21";
        AttestationAlgorithmUnsupported = "attestation_algorithm_unsupported", "WebAuthn L3 7.1 step 22";
        AttestationKeyUnsupported = "attestation_key_unsupported", "WebAuthn L3 7.1 step 22";
        AttestedCredentialDataMissing = "attested_credential_data_missing", "WebAuthn L3 6.1";
        StatementAlgMissing = "statement_alg_missing", "WebAuthn L3 8.2 verification step 1";
        StatementAlgNotInteger = "statement_alg_not_integer", "WebAuthn L3 8.2 verification step 1";
        StatementSigMissing = "statement_sig_missing", "WebAuthn L3 8.2, 8.6 verification step 1";
        StatementSigNotBytes = "statement_sig_not_bytes", "WebAuthn L3 8.2, 8.6 verification step 1";
        StatementX5cMissing = "statement_x5c_missing", "WebAuthn L3 8.3 verification; 8.6 verification step 1";
        StatementX5cNotArray = "statement_x5c_not_array", "WebAuthn L3 8.2, 8.6 verification step 1";
        StatementX5cEmpty = "statement_x5c_empty", "WebAuthn L3 8.2, 8.6 verification step 1";
        StatementX5cNotBytes = "statement_x5c_not_bytes", "WebAuthn L3 8.2, 8.6 verification step 1";
        StatementX5cTooLong = "statement_x5c_too_long", "RFC 5280 6.1";
        FidoU2fX5cCount = "fido_u2f_x5c_count", "WebAuthn L3 8.6 verification step 2";
        FidoU2fCredentialKey = "fido_u2f_credential_key", "WebAuthn L3 8.6 verification step 4";
        TpmVersionMissing = "tpm_version_missing", "WebAuthn L3 8.3 syntax";
        TpmVersionNotText = "tpm_version_not_text", "WebAuthn L3 8.3 syntax";
        TpmCertInfoMissing = "tpm_cert_info_missing", "WebAuthn L3 8.3 syntax";
        TpmCertInfoNotBytes = "tpm_cert_info_not_bytes", "WebAuthn L3 8.3 syntax";
        TpmCertInfoUndecodable = "tpm_cert_info_undecodable", "TPM 2.0 Part 2, 10.12";
        TpmCertInfoTrailingBytes = "tpm_cert_info_trailing_bytes", "TPM 2.0 Part 2, 10.12";
        TpmPubAreaMissing = "tpm_pub_area_missing", "WebAuthn L3 8.3 syntax";
        TpmPubAreaNotBytes = "tpm_pub_area_not_bytes", "WebAuthn L3 8.3 syntax";
        TpmPubAreaUndecodable = "tpm_pub_area_undecodable", "TPM 2.0 Part 2, 12.2";
        TpmPubAreaTrailingBytes = "tpm_pub_area_trailing_bytes", "TPM 2.0 Part 2, 12.2";
        TpmPubAreaUnsupported = "tpm_pub_area_unsupported", "TPM 2.0 Part 2, 12.2";
        TpmNameAlgorithmUnsupported = "tpm_name_algorithm_unsupported", "TPM 2.0 Part 1, 16";
        AndroidKeyDescriptionMissing = "android_key_description_missing", "WebAuthn L3 8.4.1";
        AndroidKeyDescriptionUndecodable = "android_key_description_undecodable", "WebAuthn L3 8.4.1";
        AndroidSafetynetVerMissing = "android_safetynet_ver_missing", "WebAuthn L3 8.5";
        AndroidSafetynetVerNotText = "android_safetynet_ver_not_text", "WebAuthn L3 8.5";
        AndroidSafetynetResponseMissing = "android_safetynet_response_missing", "WebAuthn L3 8.5";
        AndroidSafetynetResponseNotBytes = "android_safetynet_response_not_bytes", "WebAuthn L3 8.5";
        AndroidSafetynetResponseNotText = "android_safetynet_response_not_text", "WebAuthn L3 8.5";
        AndroidSafetynetX5c = "android_safetynet_x5c", "WebAuthn L3 8.5";
        AndroidSafetynetPayload = "android_safetynet_payload", "WebAuthn L3 8.5";
        AppleNonceMissing = "apple_nonce_missing", "WebAuthn L3 8.8 verification step 4";
        AppleNonceUndecodable = "apple_nonce_undecodable", "WebAuthn L3 8.8 verification step 4";
        CompoundNotArray = "compound_not_array", "WebAuthn L3 8.9";
        CompoundTooMany = "compound_too_many", "WebAuthn L3 8.9";
        CompoundPartNotMap = "compound_part_not_map", "WebAuthn L3 8.9";
        CompoundPartFmtMissing = "compound_part_fmt_missing", "WebAuthn L3 8.9";
        CompoundPartFmtNotText = "compound_part_fmt_not_text", "WebAuthn L3 8.9";
        CompoundNested = "compound_nested", "WebAuthn L3 8.9";
        CompoundPartAttStmtMissing = "compound_part_att_stmt_missing", "WebAuthn L3 8.9";
        CompoundPartAttStmtNotMap = "compound_part_att_stmt_not_map", "WebAuthn L3 8.9";
        CompoundInsufficient = "compound_insufficient", "WebAuthn L3 8.9 verification step 2";
        CertificateUndecodable = "certificate_undecodable", "RFC 5280 4.1";
        CertificateTrailingBytes = "certificate_trailing_bytes", "RFC 5280 4.1";
        CertificateAlgorithmMismatch = "certificate_algorithm_mismatch", "RFC 5280 4.1.1.2";
        CertificateAlgorithmUnsupported = "certificate_algorithm_unsupported", "RFC 5280 4.1.1.2";
        CertificateExtensionUndecodable = "certificate_extension_undecodable", "RFC 5280 4.2";
        CertificateDuplicateExtension = "certificate_duplicate_extension", "RFC 5280 4.2";
    }
}
