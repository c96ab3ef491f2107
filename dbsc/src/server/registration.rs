//! A registration proof, checked (S4 of the checklist).

use assay_protocol::check::Enforced;
use assay_protocol::cose::PublicKey;

use super::challenge::{self, Issued, Purpose, Window};
use super::{refuse, verify_audience, verify_form};
use crate::algorithm::Algorithm;
use crate::check::{Check, Rejection};
use crate::error::{Malformed, Reason};
use crate::jwk;
use crate::proof::Proof;

/// What was offered.
#[derive(Debug, Clone, Copy)]
pub struct Offered<'a> {
    /// The session that was offered.
    pub session: &'a str,
    /// The algorithms in the header.
    pub algorithms: &'a [Algorithm],
    /// The authorization in the header.
    pub authorization: Option<&'a str>,
    /// The registration endpoint's URL.
    pub endpoint: &'a str,
    /// How long the challenge may be answered.
    pub window: Window,
}

/// What a good proof leaves to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The one algorithm of all later proofs.
    pub algorithm: Algorithm,
    /// The key that all later proofs must be signed by.
    pub key: PublicKey,
}

/// Checks a registration proof. `issued` is what the server remembers of the proof's `jti`.
pub fn verify(
    proof: &Proof,
    offered: &Offered<'_>,
    issued: Option<&Issued>,
    now: u64,
    enforced: &Enforced,
) -> Result<Registered, Rejection> {
    verify_form(proof, enforced)?;
    if !offered.algorithms.iter().any(|algorithm| algorithm.name() == proof.alg) {
        let detail = format!("alg {:?}", proof.alg);
        refuse(enforced, Check::AlgorithmNotOffered, detail)?;
    }
    let (key, algorithm) = key(proof, enforced)?;
    if !proof.is_signed_by(&key) {
        refuse(enforced, Check::Signature, "the proof's own key did not sign it")?;
    }
    let expected = (offered.session, Purpose::Registration);
    challenge::verify(proof, issued, expected, offered.window, now, enforced)?;
    if offered.authorization.is_some() && proof.authorization.as_deref() != offered.authorization {
        let detail = match &proof.authorization {
            Some(_) => "another authorization than the one offered",
            None => "no authorization",
        };
        refuse(enforced, Check::AuthorizationMismatch, detail)?;
    }
    verify_audience(proof, offered.endpoint, enforced)?;
    Ok(Registered { algorithm, key })
}

fn key(proof: &Proof, enforced: &Enforced) -> Result<(PublicKey, Algorithm), Rejection> {
    let members = match &proof.jwk {
        Some(members) => members,
        None => {
            refuse(enforced, Check::JwkMissing, "no jwk in the header")?;
            proof
                .payload_jwk
                .as_ref()
                .ok_or_else(|| Malformed::new(Reason::ProofWithoutKey, "no jwk in the payload either"))?
        }
    };
    if let Some(name) = jwk::private_member(members) {
        refuse(enforced, Check::JwkPrivate, format!("the key has a member {name}"))?;
    }
    let key = jwk::parse(members)?;
    let Some(algorithm) = Algorithm::of_key(&key) else {
        return Err(Malformed::new(Reason::ProofAlgorithmUnsupported, proof.alg.as_str()).into());
    };
    if algorithm.name() != proof.alg {
        let detail = format!("alg {:?} with a key for {algorithm}", proof.alg);
        refuse(enforced, Check::JwkAlgorithm, detail)?;
    }
    Ok((key, algorithm))
}
