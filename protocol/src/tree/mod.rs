//! The lossless layer: CBOR, JSON and DER read with byte ranges, and whatever is wrong with them.
//!
//! Readers here never fail. What is not as it should be is listed as an anomaly, and the typed
//! views decide which of them stop them. Reading is linear, its depth is bounded, and no declared
//! length is believed before the bytes are there.

pub mod cbor;
pub mod der;
pub mod guess;
pub mod json;

use std::fmt;

/// The deepest nesting that the readers follow.
pub const MAX_DEPTH: usize = 16;

/// At most so many anomalies of one kind are listed.
const MAX_LISTED: u16 = 100;

/// The way from the root to an item, kept on the stack while reading.
#[derive(Clone, Copy)]
enum Path<'p> {
    Root,
    Index(&'p Self, usize),
    Key(&'p Self, &'p dyn fmt::Display),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Index(parent, index) => write!(f, "{parent}/{index}"),
            Self::Key(parent, key) => write!(f, "{parent}/{key}"),
        }
    }
}

/// The start of a key or text, short enough to be shown in a path.
struct Short<'t>(&'t str);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 40;
        match self.0.char_indices().nth(LONGEST) {
            None => f.write_str(self.0),
            Some((end, _)) => write!(f, "{}…", self.0.get(..end).unwrap_or_default()),
        }
    }
}
