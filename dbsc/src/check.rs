//! The rules that a DBSC server keeps: on what it is sent ([`Check`]) and on what it sends
//! ([`Duty`]), and the clauses of the server's checklist that they answer ([`SERVER_CLAUSES`]).
//!
//! A check left out lets an input through; a duty left out breaks the server's own output. Both
//! are left out by id, so that a suite can show that it notices.

use std::fmt;

use assay_protocol::checks;

use crate::error::Malformed;

checks! {
    /// What a server asks of proofs, requests and cookies.
    pub enum Check {
        ProofType = "dbsc_proof_type", Normative, "DBSC format-jwt", "The proof's typ is dbsc+jwt";
        AlgorithmNotOffered = "dbsc_proof_algorithm_not_offered", Normative, "DBSC format-jwt", "The registration proof's algorithm is one of those offered";
        AlgorithmChanged = "dbsc_proof_algorithm_changed", Normative, "DBSC server-considerations", "The refresh proof's algorithm is the registered one";
        JwkMissing = "dbsc_jwk_missing", Normative, "DBSC format-jwt", "The registration proof carries its key in the header";
        JwkInRefresh = "dbsc_jwk_in_refresh", Normative, "DBSC format-jwt", "The refresh proof carries no key";
        JwkPrivate = "dbsc_jwk_private_member", Hardening, "RFC 7517 4", "The key carries no private member";
        JwkAlgorithm = "dbsc_jwk_algorithm_mismatch", Normative, "DBSC format-jwt", "The key is of the kind that the proof's algorithm needs";
        Signature = "dbsc_proof_signature", Normative, "DBSC format-jwt", "The proof's signature verifies: by its own key at registration, by the registered key at refresh";
        ChallengeMissing = "dbsc_challenge_missing", Normative, "DBSC format-jwt", "The proof has a jti";
        ChallengeMismatch = "dbsc_challenge_mismatch", Normative, "DBSC format-jwt", "The jti is a challenge that this server issued for this purpose";
        ChallengeOtherSession = "dbsc_challenge_other_session", Normative, "DBSC server-considerations", "The challenge was issued for this session";
        ChallengeReused = "dbsc_challenge_reused", Hardening, "DBSC server-considerations", "The challenge was not used before";
        ChallengeStale = "dbsc_challenge_stale", Normative, "DBSC server-considerations", "The challenge is recent";
        AuthorizationMismatch = "dbsc_authorization_mismatch", Normative, "DBSC format-jwt", "The registration proof repeats the authorization that was offered";
        AudienceMismatch = "dbsc_audience_mismatch", Hardening, "RFC 7519 4.1.3", "Where the proof names an audience, it is the endpoint's URL";
        SessionIdMissing = "dbsc_session_id_missing", Hardening, "DBSC server-considerations", "The refresh request names its session";
        SessionMismatch = "dbsc_session_mismatch", Hardening, "DBSC server-considerations", "The named session is the one that the request's cookie belongs to";
        SessionTerminated = "dbsc_session_terminated", Normative, "DBSC server-considerations", "The session has not ended";
        BoundCookieMissing = "dbsc_bound_cookie_missing", Normative, "DBSC server-considerations", "A request in a bound session carries the bound cookie";
        BoundCookieUnknown = "dbsc_bound_cookie_unknown", Normative, "DBSC server-considerations", "The bound cookie is one that this session was given";
        BoundCookieExpired = "dbsc_bound_cookie_expired", Normative, "DBSC server-considerations", "The bound cookie has not expired by the server's clock";
    }
}

checks! {
    /// What a server owes in its own output.
    pub enum Duty {
        OfferAlgorithms = "dbsc_offer_algorithms", Normative, "DBSC header-secure-session-registration", "The registration header is a list of inner lists of algorithm tokens";
        OfferPath = "dbsc_offer_path", Normative, "DBSC algo-process-session-registration", "The registration header names a path of the same site";
        OfferChallenge = "dbsc_offer_challenge", Normative, "DBSC server-considerations", "Each offer carries a challenge of its own that cannot be guessed";
        RefreshSessionIdentifier = "dbsc_refresh_session_identifier", Normative, "DBSC format-session-instructions", "Instructions at refresh name the session that was refreshed";
        InstructionsJson = "dbsc_instructions_json", Normative, "DBSC format-session-instructions", "Session instructions are JSON in an answer of 2xx";
        RefreshChallengeStatus = "dbsc_refresh_challenge_status", Normative, "DBSC algo-session-request", "An unsigned refresh is answered by 403";
        RefreshChallengeSession = "dbsc_refresh_challenge_session", Normative, "DBSC challenge-structured-header-serialization", "A challenge names its session in the parameter id";
        RegistrationUnchallenged = "dbsc_registration_unchallenged", Normative, "DBSC algo-session-request", "The registration endpoint never answers by 403";
        RefreshCookie = "dbsc_refresh_cookie", Normative, "DBSC server-considerations", "A refresh sets the bound cookie";
        CookieAttributes = "dbsc_cookie_attributes", Normative, "DBSC format-session-credentials", "The bound cookie has the attributes that its credential names";
        AttributesUnpartitioned = "dbsc_attributes_unpartitioned", Normative, "DBSC algo-create-session", "No credential names Partitioned";
        TerminationInstructions = "dbsc_termination_instructions", Normative, "DBSC format-session-instructions", "The end of a session is told by continue false with its identifier";
    }
}

/// A refusal: the input could not be read, or it broke a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// No typed view could be built.
    Malformed(Malformed),
    /// A rule was broken.
    Broken {
        /// Which one.
        check: Check,
        /// For people: expected and got. Holds no secret.
        detail: String,
    },
}

impl Rejection {
    /// A broken rule.
    pub fn broken(check: Check, detail: impl Into<String>) -> Self {
        Self::Broken { check, detail: detail.into() }
    }

    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(malformed) => malformed.code(),
            Self::Broken { check, .. } => check.id(),
        }
    }

    /// The clause behind it.
    pub fn clause(&self) -> &'static str {
        match self {
            Self::Malformed(malformed) => malformed.clause(),
            Self::Broken { check, .. } => check.info().clause,
        }
    }

    /// For people.
    pub fn detail(&self) -> &str {
        match self {
            Self::Malformed(malformed) => &malformed.detail,
            Self::Broken { detail, .. } => detail,
        }
    }

    /// Is it this rule that was broken?
    pub fn is(&self, wanted: Check) -> bool {
        matches!(self, Self::Broken { check, .. } if *check == wanted)
    }
}

impl From<Malformed> for Rejection {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.detail())
    }
}

impl std::error::Error for Rejection {}

/// How a clause of the checklist is shown to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// By inputs that must be refused.
    ByRefusal,
    /// By what the server sends.
    ByOutput,
}

/// One clause of the server's checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerClause {
    /// Its number in the checklist, `S1` to `S15`.
    pub number: &'static str,
    /// The ids of the checks or duties that answer it.
    pub ids: &'static [&'static str],
    /// How it is shown.
    pub shown: Shown,
}

/// The clauses that this crate answers and how each is shown.
pub const SERVER_CLAUSES: &[ServerClause] = &[
    output("S1", &[Duty::OfferAlgorithms.id()]),
    output("S2", &[Duty::OfferPath.id()]),
    output("S3", &[Duty::OfferChallenge.id()]),
    refusal("S3", &[Check::ChallengeStale.id(), Check::ChallengeReused.id()]),
    refusal(
        "S4",
        &[
            Check::ProofType.id(),
            Check::AlgorithmNotOffered.id(),
            Check::JwkMissing.id(),
            Check::JwkPrivate.id(),
            Check::JwkAlgorithm.id(),
            Check::Signature.id(),
            Check::ChallengeMissing.id(),
            Check::ChallengeMismatch.id(),
            Check::AuthorizationMismatch.id(),
            Check::AudienceMismatch.id(),
        ],
    ),
    refusal(
        "S5",
        &[
            Check::ProofType.id(),
            Check::AlgorithmChanged.id(),
            Check::JwkInRefresh.id(),
            Check::Signature.id(),
            Check::ChallengeMissing.id(),
            Check::ChallengeMismatch.id(),
            Check::ChallengeOtherSession.id(),
            Check::ChallengeReused.id(),
            Check::ChallengeStale.id(),
        ],
    ),
    output("S6", &[Duty::RefreshSessionIdentifier.id()]),
    output("S7", &[Duty::InstructionsJson.id()]),
    output("S8", &[Duty::RefreshChallengeStatus.id(), Duty::RefreshChallengeSession.id()]),
    output("S9", &[Duty::RegistrationUnchallenged.id()]),
    output("S10", &[Duty::RefreshCookie.id(), Duty::CookieAttributes.id()]),
    output("S11", &[Duty::AttributesUnpartitioned.id()]),
    refusal("S14", &[Check::SessionIdMissing.id(), Check::SessionMismatch.id()]),
    output("S15", &[Duty::TerminationInstructions.id()]),
    refusal(
        "S15",
        &[
            Check::SessionTerminated.id(),
            Check::BoundCookieMissing.id(),
            Check::BoundCookieUnknown.id(),
            Check::BoundCookieExpired.id(),
        ],
    ),
];

const fn output(number: &'static str, ids: &'static [&'static str]) -> ServerClause {
    ServerClause { number, ids, shown: Shown::ByOutput }
}

const fn refusal(number: &'static str, ids: &'static [&'static str]) -> ServerClause {
    ServerClause { number, ids, shown: Shown::ByRefusal }
}

#[cfg(test)]
mod tests;
