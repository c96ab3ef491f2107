//! What cases leave on a key of somebody, and when it has to be reset for the next one.

use assay_conformance::suites::authenticator::{Effort, Leaves};
use assay_conformance::verdict::Outcome;

/// What is on the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing: it is as it comes from the factory.
    Nothing,
    /// The cases' PIN, or nothing.
    Pin,
    /// That, and what the PIN can take away.
    Kept,
    /// Nobody knows.
    Unknown,
}

/// How a case finds the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// As it comes from the factory.
    New,
    /// With the cases' PIN, and nothing else.
    OurPin,
}

impl Left {
    /// How a case of this cost can be given the key as it is; none where the key has to be reset first.
    pub(super) fn fits(self, effort: Effort) -> Option<Found> {
        match self {
            _ if effort.leaves == Leaves::Reset => None,
            Self::Nothing => Some(Found::New),
            Self::Pin | Self::Kept => effort.with_pin.map(|_| Found::OurPin),
            Self::Unknown => None,
        }
    }

    /// What a case of this cost leaves that has found the key so, and come to this.
    pub(super) fn after(found: Found, effort: Effort, outcome: &Outcome) -> Self {
        let passed = Self::of(found, effort);
        match outcome {
            Outcome::Pass(_) => passed,
            // It has seen in time that it had nothing to ask (`tests/effort.rs`).
            Outcome::Skip { .. } if passed == Self::Unknown => match found {
                Found::New => Self::Nothing,
                Found::OurPin => Self::Pin,
            },
            Outcome::Skip { .. } => passed,
            // Who knows how far it has come?
            Outcome::Fail(_) | Outcome::Broken { .. } => Self::Unknown,
        }
    }

    fn of(found: Found, effort: Effort) -> Self {
        let leaves = match found {
            Found::New => effort.leaves,
            Found::OurPin => effort.with_pin.unwrap_or(Leaves::More).max(Leaves::Pin),
        };
        match leaves {
            Leaves::Nothing => Self::Nothing,
            Leaves::Pin => Self::Pin,
            Leaves::Kept => Self::Kept,
            Leaves::More | Leaves::Reset => Self::Unknown,
        }
    }
}

/// How often a key that can do all that they ask is reset for cases of these costs.
pub(super) fn resets(efforts: impl IntoIterator<Item = Effort>) -> usize {
    let (mut resets, mut left) = (0, Left::Unknown);
    for effort in efforts {
        let found = left.fits(effort);
        resets += usize::from(found.is_none());
        left = Left::of(found.unwrap_or(Found::New), effort);
    }
    resets
}

#[cfg(test)]
mod tests {
    use assay_conformance::suites::authenticator::{Effort, Leaves};
    use assay_conformance::verdict::{Outcome, Pass, Stop};

    use super::{Found, Left, resets};

    const fn cost(leaves: Leaves, with_pin: Option<Leaves>) -> Effort {
        Effort { touches: 0, leaves, with_pin }
    }

    const NEW: Effort = cost(Leaves::Nothing, None);
    const PIN: Effort = cost(Leaves::Pin, Some(Leaves::Nothing));
    const KEPT: Effort = cost(Leaves::Kept, Some(Leaves::Kept));
    const MORE: Effort = cost(Leaves::More, Some(Leaves::More));
    const RESET: Effort = cost(Leaves::Reset, Some(Leaves::Reset));

    #[test]
    fn a_key_is_reset_for_what_it_does_not_fit() {
        let rows: [(&[Effort], usize); 8] = [
            (&[], 0),
            (&[NEW, NEW, PIN], 1),
            (&[PIN, PIN, KEPT, KEPT, PIN], 1),
            (&[KEPT, NEW], 2),
            (&[NEW, MORE, NEW], 2),
            (&[PIN, MORE, PIN, MORE], 2),
            (&[NEW, RESET], 2),
            (&[RESET, RESET], 2),
        ];
        for (efforts, expected) in rows {
            assert_eq!(resets(efforts.iter().copied()), expected, "{efforts:?}");
        }
    }

    #[test]
    fn what_is_left_depends_on_the_end() {
        let passed = Outcome::Pass(Pass::plain("as it should"));
        let skipped = Outcome::from(Err(Stop::skip("a sensor")));
        let failed = Outcome::from(Err(Stop::fail("this", "that")));
        let broken = Outcome::from(Err(Stop::broken("gone")));
        let rows = [
            (Found::New, NEW, &passed, Left::Nothing),
            (Found::New, PIN, &passed, Left::Pin),
            (Found::OurPin, PIN, &passed, Left::Pin),
            (Found::OurPin, KEPT, &passed, Left::Kept),
            (Found::New, MORE, &passed, Left::Unknown),
            (Found::New, KEPT, &skipped, Left::Kept),
            (Found::New, MORE, &skipped, Left::Nothing),
            (Found::OurPin, MORE, &skipped, Left::Pin),
            (Found::New, NEW, &failed, Left::Unknown),
            (Found::OurPin, PIN, &broken, Left::Unknown),
        ];
        for (found, effort, outcome, expected) in rows {
            assert_eq!(Left::after(found, effort, outcome), expected, "{found:?} {effort:?} {outcome:?}");
        }
    }
}
