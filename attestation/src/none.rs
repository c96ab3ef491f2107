//! The format `none` (WebAuthn L3 8.7).

use assay_protocol::check::Enforced;
use assay_protocol::tree::cbor::Node;

use crate::rejection::{Check, Rejection};
use crate::statement::{AttestationType, Format, Statement};

pub(crate) fn verify(att_stmt: &Node, enforced: &Enforced) -> Result<Statement, Rejection> {
    if att_stmt.as_map().is_none_or(|members| !members.is_empty()) {
        Check::NoneStatementEmpty.refuse(enforced, "the statement has members")?;
    }
    Ok(Statement::single(Format::None, AttestationType::None, None, Vec::new()))
}
