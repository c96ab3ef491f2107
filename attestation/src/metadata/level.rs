//! Certification levels and their order.

use std::{fmt, str::FromStr};

/// How far a model is certified. A bare functional certification stands below L1, its stricter
/// successor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Not certified, or nothing proves which model it is.
    #[default]
    None,
    /// `FIDO_CERTIFIED` alone.
    Functional,
    /// Level 1.
    L1,
    /// Level 1 plus.
    L1plus,
    /// Level 2.
    L2,
    /// Level 2 plus.
    L2plus,
    /// Level 3.
    L3,
    /// Level 3 plus.
    L3plus,
}

impl Level {
    /// The six levels that a minimum may name.
    pub const MINIMA: &'static [Self] = &[Self::L1, Self::L1plus, Self::L2, Self::L2plus, Self::L3, Self::L3plus];

    /// `NONE`, `FUNCTIONAL`, `L1`, `L1plus` and so on.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Functional => "FUNCTIONAL",
            Self::L1 => "L1",
            Self::L1plus => "L1plus",
            Self::L2 => "L2",
            Self::L2plus => "L2plus",
            Self::L3 => "L3",
            Self::L3plus => "L3plus",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no level that a minimum may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownLevel;

impl FromStr for Level {
    type Err = UnknownLevel;

    /// Reads the name of a minimum: `L1` to `L3plus`, in exactly this spelling.
    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        Self::MINIMA.iter().copied().find(|level| level.as_str() == text).ok_or(UnknownLevel)
    }
}
