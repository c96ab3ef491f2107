//! A refresh proof, checked (S5 of the checklist).

use assay_protocol::check::Enforced;

use super::challenge::{self, Issued, Purpose, Window};
use super::registration::Registered;
use super::{refuse, verify_audience, verify_form};
use crate::check::{Check, Rejection};
use crate::proof::Proof;

/// What the server knows of the session that is to be refreshed.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The session.
    pub session: &'a str,
    /// Its key and algorithm.
    pub registered: &'a Registered,
    /// The refresh endpoint's URL.
    pub endpoint: &'a str,
    /// How long a challenge may be answered.
    pub window: Window,
}

/// Checks a refresh proof. `issued` is what the server remembers of the proof's `jti`. The
/// signature comes before the challenge, so that a wrong key is known for what it is whatever
/// challenge it signs.
pub fn verify(
    proof: &Proof,
    known: &Known<'_>,
    issued: Option<&Issued>,
    now: u64,
    enforced: &Enforced,
) -> Result<(), Rejection> {
    verify_form(proof, enforced)?;
    let algorithm = known.registered.algorithm;
    if proof.alg != algorithm.name() {
        let detail = format!("alg {:?}, not {algorithm}", proof.alg);
        refuse(enforced, Check::AlgorithmChanged, detail)?;
    }
    if proof.jwk.is_some() {
        refuse(enforced, Check::JwkInRefresh, "a jwk in the header")?;
    }
    if !proof.is_signed_by(&known.registered.key) {
        refuse(enforced, Check::Signature, "the registered key did not sign it")?;
    }
    let expected = (known.session, Purpose::Refresh);
    challenge::verify(proof, issued, expected, known.window, now, enforced)?;
    verify_audience(proof, known.endpoint, enforced)
}

/// What a server does about a refused refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// The proof is good but for its challenge: ask again.
    Challenge,
    /// Somebody without the key has tried: the session is over.
    Terminate,
    /// The request is refused and the session stays.
    Refuse,
}

/// A good signature over an old challenge is a race or a lost answer; a bad signature is a thief.
pub fn consequence(rejection: &Rejection) -> Consequence {
    let Rejection::Broken { check, .. } = rejection else {
        return Consequence::Refuse;
    };
    match check {
        Check::ChallengeMissing
        | Check::ChallengeMismatch
        | Check::ChallengeOtherSession
        | Check::ChallengeReused
        | Check::ChallengeStale => Consequence::Challenge,
        Check::Signature => Consequence::Terminate,
        _ => Consequence::Refuse,
    }
}
