//! What can be wrong with a header, a proof or session instructions before any rule is asked.

use std::fmt;

use assay_protocol::reasons;

/// An input of which no typed view can be built. Never skippable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Which malformation it is.
    pub reason: Reason,
    /// For people: which member, which value.
    pub detail: String,
}

impl Malformed {
    /// A malformation and what shows it.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        self.reason.info().code
    }

    /// The clause that the input's shape breaks.
    pub fn clause(&self) -> &'static str {
        self.reason.info().clause
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.detail)
    }
}

impl std::error::Error for Malformed {}

reasons! {
    /// Every malformation that this crate can name.
    pub enum Reason {
        HeaderNotText = "dbsc_header_not_text", "RFC 9651 4.2";
        RegistrationNotList = "dbsc_registration_header_not_a_list", "DBSC header-secure-session-registration";
        RegistrationNotInnerList = "dbsc_registration_header_not_an_inner_list", "DBSC header-secure-session-registration";
        RegistrationAlgorithmNotToken = "dbsc_registration_header_algorithm_not_a_token", "DBSC header-secure-session-registration";
        RegistrationPathMissing = "dbsc_registration_header_path_missing", "DBSC algo-process-session-registration";
        RegistrationParameterNotString = "dbsc_registration_header_parameter_not_a_string", "DBSC algo-process-session-registration";
        RegistrationProviderIncomplete = "dbsc_registration_header_provider_incomplete", "DBSC algo-process-session-registration";
        RegistrationProviderUnsupported = "dbsc_registration_header_provider_unsupported", "DBSC algo-process-session-registration";
        RegistrationAlgorithmUnsupported = "dbsc_registration_header_algorithm_unsupported", "DBSC algo-process-session-registration";
        RegistrationEndpointCrossSite = "dbsc_registration_endpoint_cross_site", "DBSC algo-process-session-registration";
        RegistrationEndpointNotSecure = "dbsc_registration_endpoint_not_secure", "DBSC algo-session-request";
        RegistrationStatus = "dbsc_registration_status", "DBSC algo-session-request";
        ChallengeNotList = "dbsc_challenge_header_not_a_list", "DBSC algo-process-challenge";
        ChallengeNotString = "dbsc_challenge_header_not_a_string", "DBSC challenge-structured-header-serialization";
        ChallengeIdNotString = "dbsc_challenge_header_id_not_a_string", "DBSC challenge-structured-header-serialization";
        ChallengeUnusable = "dbsc_challenge_header_unusable", "DBSC algo-session-request";
        ChallengeLimit = "dbsc_challenge_limit", "DBSC algo-session-request";
        ResponseNotString = "dbsc_response_header_not_a_string", "DBSC header-secure-session-response";
        SessionIdNotString = "dbsc_session_id_header_not_a_string", "DBSC algo-session-request";
        SkippedNotList = "dbsc_skipped_header_not_a_list", "DBSC algo-add-debug-header";
        SkippedNotToken = "dbsc_skipped_header_not_a_token", "DBSC algo-add-debug-header";
        SkippedUnknownReason = "dbsc_skipped_header_unknown_reason", "DBSC algo-add-debug-header";
        SkippedIdNotString = "dbsc_skipped_header_id_not_a_string", "DBSC algo-add-debug-header";

        ProofMissing = "dbsc_proof_missing", "DBSC format-jwt";
        ProofTooLarge = "dbsc_proof_too_large", "DBSC format-jwt";
        ProofNotJws = "dbsc_proof_not_compact_jws", "RFC 7515 7.1";
        ProofPayloadNotObject = "dbsc_proof_payload_not_an_object", "RFC 7519 7.2";
        ProofDuplicateMember = "dbsc_proof_duplicate_member", "RFC 7515 4";
        ProofAlgMissing = "dbsc_proof_alg_missing", "RFC 7515 4.1.1";
        ProofCritical = "dbsc_proof_critical", "RFC 7515 4.1.11";
        ProofMemberNotString = "dbsc_proof_member_not_a_string", "DBSC format-jwt";
        ProofAlgorithmUnsupported = "dbsc_proof_algorithm_unsupported", "DBSC format-jwt";
        ProofWithoutKey = "dbsc_proof_without_key", "DBSC format-jwt";
        JwkNotObject = "dbsc_jwk_not_an_object", "RFC 7517 4";
        JwkKeyType = "dbsc_jwk_unknown_key_type", "RFC 7517 4.1";
        JwkCurve = "dbsc_jwk_unknown_curve", "RFC 7518 6.2.1.1";
        JwkMember = "dbsc_jwk_member", "RFC 7518 6";
        JwkCoordinateLength = "dbsc_jwk_coordinate_length", "RFC 7518 6.2.1.2";
        JwkNotOnCurve = "dbsc_jwk_not_on_curve", "RFC 7518 6.2.1";
        JwkModulus = "dbsc_jwk_modulus", "RFC 7518 3.3";
        JwkExponent = "dbsc_jwk_exponent", "RFC 7518 6.3.1.2";

        InstructionsNotJson = "dbsc_instructions_not_json", "DBSC format-session-instructions";
        InstructionsDuplicateMember = "dbsc_instructions_duplicate_member", "DBSC format-session-instructions";
        InstructionsNotObject = "dbsc_instructions_not_an_object", "DBSC format-session-instructions";
        InstructionsSessionIdentifier = "dbsc_instructions_session_identifier", "DBSC format-session-instructions";
        InstructionsContinue = "dbsc_instructions_continue", "DBSC format-session-instructions";
        InstructionsRefreshUrl = "dbsc_instructions_refresh_url", "DBSC format-session-instructions";
        InstructionsScope = "dbsc_instructions_scope", "DBSC format-session-scope";
        InstructionsOrigin = "dbsc_instructions_origin", "DBSC format-session-scope";
        InstructionsIncludeSite = "dbsc_instructions_include_site", "DBSC format-session-scope";
        InstructionsRules = "dbsc_instructions_scope_specification", "DBSC format-session-scope-rule";
        InstructionsRuleType = "dbsc_instructions_rule_type", "DBSC format-session-scope-rule";
        InstructionsRuleDomain = "dbsc_instructions_rule_domain", "DBSC format-session-scope-rule";
        InstructionsRulePath = "dbsc_instructions_rule_path", "DBSC format-session-scope-rule";
        InstructionsCredentials = "dbsc_instructions_credentials", "DBSC format-session-credentials";
        InstructionsCredentialType = "dbsc_instructions_credential_type", "DBSC format-session-credentials";
        InstructionsCredentialName = "dbsc_instructions_credential_name", "DBSC format-session-credentials";
        InstructionsCredentialAttributes = "dbsc_instructions_credential_attributes", "DBSC format-session-credentials";
        InstructionsInitiators = "dbsc_instructions_allowed_refresh_initiators", "DBSC format-session-instructions";

        SessionRefreshUrlNotSecure = "dbsc_session_refresh_url_not_secure", "DBSC algo-create-session";
        SessionRefreshUrlCrossSite = "dbsc_session_refresh_url_cross_site", "DBSC algo-create-session";
        SessionOriginCrossSite = "dbsc_session_origin_cross_site", "DBSC algo-create-session";
        SessionOriginNotSite = "dbsc_session_origin_not_the_registrable_domain", "DBSC algo-create-session";
        SessionSubdomainUnauthorised = "dbsc_session_subdomain_unauthorised", "DBSC algo-create-session";
        SessionPartitioned = "dbsc_session_cookie_partitioned", "DBSC algo-create-session";
        SessionCookieDomain = "dbsc_session_cookie_domain", "DBSC algo-create-session";
        SessionIdentifierChanged = "dbsc_session_identifier_changed", "DBSC algo-create-session";
        SessionEnded = "dbsc_session_ended_by_server", "DBSC format-session-instructions";
        SessionRefused = "dbsc_session_refused_by_server", "DBSC algo-session-request";
    }
}
