//! What a case costs whoever has a real key: touches, and what it leaves there. Measured on every persona
//! (`tests/effort.rs`), kept in `data/effort.tsv`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::FRESH;
use crate::case::Header;

/// What a case costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// How often the key is touched, at most.
    pub touches: usize,
    /// What a case that found the key new leaves.
    pub leaves: Leaves,
    /// What it leaves where it found the cases' own PIN; none where it cannot be asked then.
    pub with_pin: Option<Leaves>,
}

/// What a case leaves on the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaves {
    /// Nothing: it is as it was.
    Nothing,
    /// The cases' own PIN.
    Pin,
    /// That PIN, perhaps, and credentials or large blobs: what can be taken away by whoever has it.
    Kept,
    /// What only a reset takes away.
    More,
    /// Whatever it is: the case resets the key itself, for which it has to have been powered up just before.
    Reset,
}

impl Effort {
    /// Of a case that nobody has measured.
    pub const UNKNOWN: Self = Self { touches: 1, leaves: Leaves::More, with_pin: None };
}

impl Leaves {
    /// As the table writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Pin => "pin",
            Self::Kept => "kept",
            Self::More => "more",
            Self::Reset => "reset",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Nothing, Self::Pin, Self::Kept, Self::More, Self::Reset]
            .into_iter()
            .find(|leaves| leaves.as_str() == text)
    }
}

/// What the case of this id costs.
pub fn effort(id: &str) -> Effort {
    static TABLE: LazyLock<BTreeMap<&str, Effort>> =
        LazyLock::new(|| include_str!("../../../data/effort.tsv").lines().skip(1).filter_map(row).collect());
    TABLE.get(id).copied().unwrap_or(Effort::UNKNOWN)
}

fn row(line: &str) -> Option<(&str, Effort)> {
    let mut columns = line.split('\t');
    let id = columns.next()?;
    let touches = columns.next()?.parse().ok()?;
    let leaves = Leaves::parse(columns.next()?)?;
    let with_pin = columns.next().and_then(Leaves::parse);
    Some((id, Effort { touches, leaves, with_pin }))
}

/// The order in which a key costs the least: what needs no touch, what needs no new key, what leaves a new one
/// new, what can be asked between two resets, and the rest.
pub fn order(header: &Header) -> u8 {
    let effort = effort(&header.id);
    if !header.needs.contains(&FRESH) {
        return u8::from(effort.touches > 0);
    }
    match effort {
        Effort { leaves: Leaves::Nothing, .. } => 2,
        Effort { with_pin: Some(Leaves::More | Leaves::Reset) | None, .. } => 4,
        Effort { with_pin: Some(_), .. } => 3,
    }
}
