//! `assay inspect`: what is inside, and the byte at which it goes wrong.

mod dissect;
mod print;

use std::ops::Range;

use serde::Serialize;

pub use self::dissect::dissect;
pub use self::print::text;

/// One structure taken apart; structures inside it follow as sections of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What it is.
    pub title: String,
    /// Where it sits in the section that holds it, such as `/response/clientDataJSON`.
    pub path: String,
    /// Its length in bytes.
    pub length: usize,
    /// Its items in order.
    pub rows: Vec<Row>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// What is inside it.
    pub inside: Vec<Self>,
    #[serde(skip)]
    bytes: Vec<u8>,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// How deep it is nested.
    pub depth: usize,
    /// Its name or key.
    pub name: String,
    /// Its value for people.
    pub value: String,
    /// Its bytes, where they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range<usize>>,
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The stable code.
    pub code: String,
    /// The clause that it breaks, where a typed view says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// The offending bytes, where they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range<usize>>,
    /// What was found.
    pub detail: String,
}

impl Section {
    /// The bytes that were taken apart.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Is anything wrong here or inside?
    pub fn is_faulty(&self) -> bool {
        !self.faults.is_empty() || self.inside.iter().any(Self::is_faulty)
    }
}
