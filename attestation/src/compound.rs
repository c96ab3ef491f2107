//! The format `compound`: several statements about one credential (WebAuthn L3 8.9).
//!
//! Each is verified as if it stood alone; how many have to hold is the relying party's decision.
//! What is trusted of them is judged a statement at a time, see [`Statement::parts`].

use assay_protocol::check::Enforced;
use assay_protocol::tree::cbor::{Node, Value};
use serde::{Deserialize, Serialize};

use crate::rejection::{Check, Reason, Rejection};
use crate::statement::{AttestationType, Format, Signed, Statement, Terms, verify_under};

/// How many statements of a compound one have to hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Sufficient {
    /// Every one.
    #[default]
    All,
    /// One.
    Any,
    /// As many as this, no voice counted twice; where there are fewer statements, every one.
    AtLeast(u8),
}

impl TryFrom<String> for Sufficient {
    type Error = &'static str;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        match word.as_str() {
            "all" => Ok(Self::All),
            "any" => Ok(Self::Any),
            number => number.parse().map(Self::AtLeast).or(Err("all, any, or a number of statements")),
        }
    }
}

impl From<Sufficient> for String {
    fn from(sufficient: Sufficient) -> Self {
        match sufficient {
            Sufficient::All => "all".to_owned(),
            Sufficient::Any => "any".to_owned(),
            Sufficient::AtLeast(count) => count.to_string(),
        }
    }
}

impl Sufficient {
    /// How many of so many.
    pub fn of(self, count: usize) -> usize {
        match self {
            Self::All => count,
            Self::Any => count.min(1),
            Self::AtLeast(wanted) => usize::from(wanted).clamp(1, count.max(1)),
        }
    }
}

/// How many statements one may be compounded of: each is signed over all of the authenticator data.
pub const MAX_PARTS: usize = 8;

pub(crate) fn verify(
    att_stmt: &Node,
    signed: &Signed<'_>,
    terms: &Terms,
    enforced: &Enforced,
) -> Result<Statement, Rejection> {
    // 8.9: syntax
    let given = att_stmt.as_array().ok_or_else(|| Reason::CompoundNotArray.because(att_stmt.kind()))?;
    if given.len() > MAX_PARTS {
        return Err(Reason::CompoundTooMany.because(format!("{} statements", given.len())));
    }
    let given: Vec<(&str, &Node)> = given.iter().map(part).collect::<Result<_, _>>()?;
    if given.len() < 2 {
        Check::CompoundCount.refuse(enforced, format!("{} statements", given.len()))?;
    }
    // 8.9 verification step 1
    let mut parts: Vec<Statement> = Vec::new();
    let mut first_refusal = None;
    for (fmt, att_stmt) in &given {
        match verify_under(fmt, att_stmt, signed, terms, enforced) {
            Ok(statement) if parts.iter().any(|part| part.is_same_voice(&statement)) => {
                let repeated = format!("{fmt} twice, by the same key");
                Check::CompoundDuplicate.refuse(enforced, repeated.clone())?;
                // Under `All` it does no harm; elsewhere it does not count.
                if terms.compound == Sufficient::All {
                    parts.push(statement);
                }
            }
            Ok(statement) => parts.push(statement),
            Err(rejection) => {
                first_refusal.get_or_insert(rejection);
            }
        }
    }
    // 8.9 verification step 2
    if parts.len() < terms.compound.of(given.len()) {
        return Err(first_refusal.unwrap_or_else(|| {
            Reason::CompoundInsufficient.because(format!("{} of {} statements count", parts.len(), given.len()))
        }));
    }
    let kinds = parts.iter().map(|part| part.attestation_type);
    let attestation_type = kinds.max_by_key(|kind| strength(*kind)).unwrap_or(AttestationType::None);
    Ok(Statement { parts, ..Statement::single(Format::Compound, attestation_type, None, Vec::new()) })
}

/// One statement: its format and what it says.
fn part(node: &Node) -> Result<(&str, &Node), Rejection> {
    if node.as_map().is_none() {
        return Err(Reason::CompoundPartNotMap.because(node.kind()));
    }
    let fmt = node.get_text("fmt").ok_or_else(|| Reason::CompoundPartFmtMissing.because(""))?;
    let fmt = fmt.as_text().ok_or_else(|| Reason::CompoundPartFmtNotText.because(fmt.kind()))?;
    if fmt == Format::Compound.name() {
        return Err(Reason::CompoundNested.because(""));
    }
    let att_stmt = node.get_text("attStmt").ok_or_else(|| Reason::CompoundPartAttStmtMissing.because(""))?;
    if !matches!(att_stmt.value, Value::Map(_)) {
        return Err(Reason::CompoundPartAttStmtNotMap.because(att_stmt.kind()));
    }
    Ok((fmt, att_stmt))
}

/// Which kind names the whole: the one that says most.
fn strength(kind: AttestationType) -> u8 {
    match kind {
        AttestationType::None => 0,
        AttestationType::SelfAttestation => 1,
        AttestationType::Basic | AttestationType::AttCa | AttestationType::AnonCa => 2,
    }
}

#[cfg(test)]
mod tests;
