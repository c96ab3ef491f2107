//! The server's steps: what a proof must fulfil before a session is made or kept.
//!
//! Each step reads top-down in the checklist's order. What the server remembers (the offered
//! algorithms, the issued challenges, the registered key) comes in; nothing is kept here.

pub mod answer;
pub mod challenge;
pub mod defect;
pub mod refresh;
pub mod registration;

use assay_protocol::check::Enforced;

use crate::check::{Check, Rejection};
use crate::proof::{Proof, TYPE};

/// Refuses if `check` is in force.
fn refuse(enforced: &Enforced, check: Check, detail: impl Into<String>) -> Result<(), Rejection> {
    if enforced.has(check.id()) {
        return Err(Rejection::broken(check, detail));
    }
    Ok(())
}

/// What both kinds of proof must be before their keys are looked at.
fn verify_form(proof: &Proof, enforced: &Enforced) -> Result<(), Rejection> {
    if proof.typ.as_deref() != Some(TYPE) {
        refuse(enforced, Check::ProofType, format!("typ {:?}, not {TYPE:?}", proof.typ))?;
    }
    Ok(())
}

/// Where the proof names an audience, it is this endpoint.
fn verify_audience(proof: &Proof, endpoint: &str, enforced: &Enforced) -> Result<(), Rejection> {
    match &proof.audience {
        Some(audience) if audience != endpoint => {
            refuse(enforced, Check::AudienceMismatch, format!("aud {audience:?}, not {endpoint:?}"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
