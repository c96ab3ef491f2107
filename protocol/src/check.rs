//! The vocabulary of rejections, shared by every crate that judges input.
//!
//! A rejection is of one of two kinds. *Malformed*: a typed view could not be built; never
//! skippable. *Check*: a rule with an id, a clause and a [`Kind`]; a profile enforces a set of
//! them, and [`Enforced`] can leave out exactly one. Ids and codes are stable for ever.

use std::fmt;

/// Where a check's authority comes from; it decides which profiles enforce it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The specification's own text demands it.
    Normative,
    /// The specification demands it where the relying party's policy says so.
    Policy,
    /// Format syntax, or what FIDO's public test catalogue expects.
    Tool,
    /// Hardening beyond the specification.
    Hardening,
}

impl Kind {
    /// The letter used in lists: N, P, T or H.
    pub fn letter(self) -> char {
        match self {
            Self::Normative => 'N',
            Self::Policy => 'P',
            Self::Tool => 'T',
            Self::Hardening => 'H',
        }
    }
}

/// What is known of a check without running it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckInfo {
    /// The stable machine code, the same in the API, the audit log and every report.
    pub id: &'static str,
    /// The clause that demands it, such as `WebAuthn L3 7.1 step 8`.
    pub clause: &'static str,
    /// Its authority.
    pub kind: Kind,
    /// Pure syntax (types, encodings, exact lengths): a [`Kind::Tool`] check that hardened profiles take too.
    pub syntax: bool,
    /// One sentence for people.
    pub summary: &'static str,
}

/// A stable code and the clause behind it: what a malformed input is reported with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReasonInfo {
    /// The stable machine code.
    pub code: &'static str,
    /// The clause that the input's shape breaks.
    pub clause: &'static str,
}

/// Which checks are in force: all but the listed ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enforced {
    off: Vec<&'static str>,
}

impl Enforced {
    /// Every check is in force.
    pub fn all() -> Self {
        Self::default()
    }

    /// The same set without `id`.
    #[must_use]
    pub fn without(mut self, id: &'static str) -> Self {
        if let Err(at) = self.off.binary_search(&id) {
            self.off.insert(at, id);
        }
        self
    }

    /// Is the check with this id in force?
    pub fn has(&self, id: &str) -> bool {
        self.off.is_empty() || self.off.binary_search(&id).is_err()
    }

    /// The ids left out, sorted.
    pub fn off(&self) -> &[&'static str] {
        &self.off
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

/// Declares an enum of checks: `Variant = "id", Kind, "clause", "summary";`. A `Tool` check that
/// is pure syntax is marked `Tool + syntax`.
#[macro_export]
macro_rules! checks {
    ($(#[$meta:meta])* pub enum $name:ident { $($variant:ident = $id:literal, $kind:ident $(+ $syntax:ident)?, $clause:literal, $summary:literal;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $(#[doc = concat!($summary, " (", $clause, ").")] $variant,)* }

        impl $name {
            /// Every check, in the order of the text.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Id, clause, kind and summary.
            pub const fn info(self) -> $crate::check::CheckInfo {
                match self {
                    $(Self::$variant => $crate::check::CheckInfo {
                        id: $id,
                        clause: $clause,
                        kind: $crate::check::Kind::$kind,
                        syntax: $crate::checks!(@syntax $($syntax)?),
                        summary: $summary,
                    },)*
                }
            }

            /// The stable machine code.
            pub const fn id(self) -> &'static str {
                self.info().id
            }
        }
    };
    (@syntax) => { false };
    (@syntax syntax) => { true };
}

/// Declares an enum of malformations: `Variant = "code", "clause";`.
#[macro_export]
macro_rules! reasons {
    ($(#[$meta:meta])* pub enum $name:ident { $($variant:ident = $code:literal, $clause:literal;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $(#[doc = concat!("`", $code, "` (", $clause, ").")] $variant,)* }

        impl $name {
            /// Every reason, in the order of the text.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Code and clause.
            pub const fn info(self) -> $crate::check::ReasonInfo {
                match self {
                    $(Self::$variant => $crate::check::ReasonInfo { code: $code, clause: $clause },)*
                }
            }
        }
    };
}
