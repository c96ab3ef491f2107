//! Challenges that were issued, and which of them a proof may still answer.

use assay_protocol::check::Enforced;

use super::refuse;
use crate::check::{Check, Rejection};
use crate::proof::Proof;

/// What a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To make a session.
    Registration,
    /// To keep one.
    Refresh,
}

/// What the server remembers of a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The session, or the offer of one, that it was issued for.
    pub session: String,
    /// What for.
    pub purpose: Purpose,
    /// When, in seconds since 1970.
    pub issued_at: u64,
    /// Has a proof with it been accepted before?
    pub used: Used,
    /// How many challenges were issued for the same session since.
    pub newer: usize,
}

/// Whether a challenge has been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Used {
    /// A proof with it was accepted.
    Yes,
    /// None was.
    No,
}

/// How long a challenge may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Seconds after it was issued.
    pub lifetime: u64,
    /// How many of the latest challenges of a session stay good: requests that race each other
    /// get one each.
    pub depth: usize,
}

/// Is the proof's challenge good now? `issued` is what the server remembers of its `jti`.
pub(super) fn verify(
    proof: &Proof,
    issued: Option<&Issued>,
    expected: (&str, Purpose),
    window: Window,
    now: u64,
    enforced: &Enforced,
) -> Result<(), Rejection> {
    let (session, purpose) = expected;
    let Some(jti) = &proof.jti else {
        return refuse(enforced, Check::ChallengeMissing, "no jti");
    };
    let Some(issued) = issued.filter(|issued| issued.purpose == purpose) else {
        return refuse(enforced, Check::ChallengeMismatch, format!("jti {jti:?} was not issued for this"));
    };
    if issued.session != session {
        refuse(enforced, Check::ChallengeOtherSession, "issued for another session")?;
    }
    if issued.used == Used::Yes {
        refuse(enforced, Check::ChallengeReused, "answered before")?;
    }
    let age = now.saturating_sub(issued.issued_at);
    if age > window.lifetime || issued.newer >= window.depth {
        refuse(enforced, Check::ChallengeStale, format!("{age} s old, {} issued since", issued.newer))?;
    }
    Ok(())
}
