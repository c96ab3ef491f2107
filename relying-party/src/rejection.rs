//! Why a ceremony failed: [`Reason`], [`Check`] and [`Rejection`].

use std::fmt;

use assay_protocol::check::{CheckInfo, Enforced, ReasonInfo};
use assay_protocol::error::Malformed;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// The failure of a ceremony, whichever crate noticed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// What was received has no readable form, or one that is not supported. No profile skips this.
    Malformed {
        /// The named reason.
        reason: ReasonInfo,
        /// What was found.
        detail: String,
    },
    /// A rule was broken.
    Check {
        /// The rule.
        check: CheckInfo,
        /// What was found, and what was expected.
        detail: String,
    },
}

impl Rejection {
    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { reason, .. } => reason.code,
            Self::Check { check, .. } => check.id,
        }
    }

    /// The clause that was broken.
    pub fn clause(&self) -> &'static str {
        match self {
            Self::Malformed { reason, .. } => reason.clause,
            Self::Check { check, .. } => check.clause,
        }
    }

    /// What was found, for the audit and for people who are trusted with it.
    pub fn detail(&self) -> &str {
        match self {
            Self::Malformed { detail, .. } | Self::Check { detail, .. } => detail,
        }
    }

    /// Code, clause, sort and detail.
    pub fn to_json(&self) -> Value {
        let sort = match self {
            Self::Malformed { .. } => "malformed",
            Self::Check { .. } => "check",
        };
        json!({ "code": self.code(), "clause": self.clause(), "sort": sort, "detail": self.detail() })
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code())?;
        if !self.detail().is_empty() {
            write!(f, ": {}", self.detail())?;
        }
        write!(f, " ({})", self.clause())
    }
}

impl std::error::Error for Rejection {}

impl Serialize for Rejection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl From<Malformed> for Rejection {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed { reason: malformed.reason.info(), detail: malformed.detail }
    }
}

impl From<assay_attestation::Rejection> for Rejection {
    fn from(rejection: assay_attestation::Rejection) -> Self {
        match rejection {
            assay_attestation::Rejection::Malformed { reason, detail } => {
                Self::Malformed { reason: reason.info(), detail }
            }
            assay_attestation::Rejection::Protocol(malformed) => malformed.into(),
            assay_attestation::Rejection::Check { check, detail } => Self::Check { check: check.info(), detail },
        }
    }
}

impl Check {
    /// The refusal by this check, unless it is not in force.
    pub(crate) fn refuse(self, enforced: &Enforced, detail: impl Into<String>) -> Result<(), Rejection> {
        if !enforced.has(self.id()) {
            return Ok(());
        }
        Err(Rejection::Check { check: self.info(), detail: detail.into() })
    }
}

impl Reason {
    /// The refusal for this reason.
    pub(crate) fn because(self, detail: impl Into<String>) -> Rejection {
        Rejection::Malformed { reason: self.info(), detail: detail.into() }
    }
}

assay_protocol::checks! {
    /// The rules of the two ceremonies, in the order of the registration.
    pub enum Check {
        CredentialType = "credential_type", Tool + syntax, "WebAuthn L3 7.1 step 3; 7.2 step 3", "The credential's type is public-key";
        IdNotRawId = "id_not_raw_id", Hardening, "WebAuthn L3 5.1", "The id is the base64url form of the raw id";
        CredentialNotAllowed = "credential_not_allowed", Normative, "WebAuthn L3 7.2 step 5", "The credential is one of those that were allowed";
        UserHandleMissing = "user_handle_missing", Normative, "WebAuthn L3 7.2 step 6", "Where nobody was identified before, the response names the user";
        UserHandleMismatch = "user_handle_mismatch", Normative, "WebAuthn L3 7.2 step 6", "The user handle is that of the user who was identified before";
        CredentialNotOwned = "credential_not_owned", Normative, "WebAuthn L3 7.2 step 6", "The user's account holds the credential";
        ClientDataType = "client_data_type", Normative, "WebAuthn L3 7.1 step 7; 7.2 step 10", "The client data is of this kind of ceremony";
        ChallengeMismatch = "challenge_mismatch", Normative, "WebAuthn L3 7.1 step 8; 7.2 step 11", "The challenge is the one that was issued";
        OriginMismatch = "origin_mismatch", Normative, "WebAuthn L3 7.1 step 9; 7.2 step 12", "The origin is one of the relying party's";
        CrossOriginUnexpected = "cross_origin_unexpected", Normative, "WebAuthn L3 7.1 step 10; 7.2 step 13", "A ceremony inside a frame of another origin was expected";
        TopOriginUnexpected = "top_origin_unexpected", Normative, "WebAuthn L3 7.1 step 11; 7.2 step 14", "The page around the frame is one that was expected";
        PaymentData = "payment_data", Normative, "SPC Verifying an Authentication Assertion", "Who was asked to confirm a payment was shown one";
        PaymentMismatch = "payment_mismatch", Normative, "SPC Verifying an Authentication Assertion", "The payment shown is the one that was to be confirmed";
        TokenBinding = "token_binding", Tool, "WebAuthn L3 5.8.1; FIDO server requirements", "A token binding is well-formed where there is one";
        AttestationObjectNotCanonical = "attestation_object_not_canonical", Hardening, "WebAuthn L3 2.4; 7.1 step 13", "The attestation object is canonical CBOR";
        CredentialPublicKeyNotCanonical = "credential_public_key_not_canonical", Hardening, "WebAuthn L3 2.4; 6.5.1", "The credential public key is canonical CBOR";
        ExtensionsNotCanonical = "extensions_not_canonical", Hardening, "WebAuthn L3 2.4; 6.1", "The authenticator's extension outputs are canonical CBOR";
        AssertionAttestedData = "assertion_attested_data", Tool + syntax, "WebAuthn L3 6.1", "An assertion brings no attested credential data";
        RpIdHashMismatch = "rp_id_hash_mismatch", Normative, "WebAuthn L3 7.1 step 14; 7.2 step 15", "The authenticator data is for this relying party";
        UserNotPresent = "user_not_present", Normative, "WebAuthn L3 7.1 step 15; 7.2 step 16", "The user was present";
        UserNotVerified = "user_not_verified", Normative, "WebAuthn L3 7.1 step 16; 7.2 step 17", "The user was verified where that is required";
        BackupStateWithoutEligibility = "backup_state_without_eligibility", Normative, "WebAuthn L3 7.1 step 17; 7.2 step 18", "Only what is eligible for backup is backed up";
        BackupEligibilityChanged = "backup_eligibility_changed", Normative, "WebAuthn L3 7.2 step 19", "A credential's eligibility for backup never changes";
        BackupPolicy = "backup_policy", Policy, "WebAuthn L3 7.1 steps 18 and 19; 7.2 step 19.3", "Backup eligibility and state are as the policy wants them";
        AlgorithmNotOffered = "algorithm_not_offered", Normative, "WebAuthn L3 7.1 step 20", "The credential's algorithm was offered";
        RsaKeyTooShort = "rsa_key_too_short", Hardening, "NIST SP 800-131A 3", "An RSA key has 2048 bits or more";
        AttestationTypeNotAllowed = "attestation_type_not_allowed", Policy, "WebAuthn L3 7.1 step 24", "The attestation is of a type that the policy accepts";
        MetadataAttestationType = "metadata_attestation_type", Policy, "WebAuthn L3 7.1 step 24; FIDO Metadata Statement 4", "The model makes attestations of this type";
        MetadataAlgorithm = "metadata_algorithm", Policy, "WebAuthn L3 7.1 step 24; FIDO Metadata Statement 4", "The model makes credentials of this algorithm";
        CredentialIdTooLong = "credential_id_too_long", Normative, "WebAuthn L3 7.1 step 25", "The credential id has 1023 bytes at most";
        IdNotInAuthenticatorData = "id_not_in_authenticator_data", Hardening, "WebAuthn L3 5.1; 6.5.1", "The raw id is the one in the authenticator data";
        CredentialAlreadyRegistered = "credential_already_registered", Normative, "WebAuthn L3 7.1 step 26", "The credential id is not registered yet, for any user";
        SignatureInvalid = "signature_invalid", Normative, "WebAuthn L3 7.2 step 21", "The stored key signed this authentication";
        SignCountNotIncreased = "sign_count_not_increased", Tool, "WebAuthn L3 7.2 step 22", "The signature counter has increased";
        ExtensionOutput = "extension_output", Policy, "WebAuthn L3 7.1 step 28; 7.2 step 23", "The outputs of known extensions are of their types";
        ExtensionUnsolicited = "extension_unsolicited", Policy, "WebAuthn L3 7.1 step 28; 7.2 step 23", "Where the policy wants no others, every output was asked for";
        CredProtectLevel = "cred_protect_level", Policy, "WebAuthn L3 7.1 step 28; CTAP 2.3 12.1", "The credential is protected as was demanded";
        MinPinLength = "min_pin_length", Policy, "WebAuthn L3 7.1 step 28; CTAP 2.3 12.5", "PINs are as long as the policy wants them";
        PrfOutput = "prf_output", Policy, "WebAuthn L3 10.1.4", "The outputs of prf are those that were asked for";
        LargeBlobOutput = "large_blob_output", Policy, "WebAuthn L3 10.1.5", "The outputs of largeBlob are those that were asked for";
        BrowserBoundSignature = "browser_bound_signature", Policy, "WebAuthn L3 7.2 step 23; SPC 3", "The key that is bound to the browser signed the client data";
    }
}

assay_protocol::reasons! {
    /// What ends a ceremony although nothing is ill-formed and no rule is broken.
    pub enum Reason {
        CredentialUnknown = "credential_unknown", "WebAuthn L3 7.2 step 6";
        CredentialAlgorithmUnsupported = "credential_algorithm_unsupported", "WebAuthn L3 7.1 step 20; 7.2 step 21";
    }
}

#[cfg(test)]
mod tests;
