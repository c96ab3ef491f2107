//! What happened to a browser's bound sessions, for whoever watches.

use assay_dbsc::Malformed;
use assay_dbsc::headers::Spelling;
use assay_dbsc::headers::skipped::SkipReason;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An offer was ignored.
    OfferIgnored(Malformed),
    /// A header came under its old name, which is ignored.
    OldName(Spelling),
    /// A session began, or replaced the one of the same name.
    Registered {
        /// The session.
        id: String,
    },
    /// A registration came to nothing.
    RegistrationFailed(Malformed),
    /// A challenge was kept for the next proof.
    ChallengeKept {
        /// The session.
        id: String,
    },
    /// A session was refreshed.
    Refreshed {
        /// The session.
        id: String,
    },
    /// A refresh was not made, and the session stays.
    Skipped {
        /// The session.
        id: String,
        /// Why; `None` where there is no word for it.
        reason: Option<SkipReason>,
    },
    /// A session ended.
    Terminated {
        /// The session.
        id: String,
        /// Why.
        reason: Malformed,
    },
}
