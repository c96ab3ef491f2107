//! How old the metadata are.

use time::Date;

use super::Metadata;

/// The age of the metadata, measured against the promised day of the next issue. The real service
/// is often late, so that days of grace are not optional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// The next issue is not yet due.
    Fresh,
    /// Overdue, within the days of grace: to be used, and to be flagged.
    Stale {
        /// Days past the promised day.
        days: i64,
    },
    /// Overdue beyond the days of grace: not to be relied upon.
    Expired {
        /// Days past the promised day.
        days: i64,
    },
    /// Never loaded.
    Missing,
}

impl Age {
    /// The age of `metadata` on the day `today`.
    pub fn of(metadata: Option<&Metadata>, today: Date, grace_days: u32) -> Self {
        let Some(metadata) = metadata else {
            return Self::Missing;
        };
        match (today - metadata.next_update).whole_days() {
            ..=0 => Self::Fresh,
            days if days <= i64::from(grace_days) => Self::Stale { days },
            days => Self::Expired { days },
        }
    }

    /// `fresh`, `stale`, `expired` or `missing`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale { .. } => "stale",
            Self::Expired { .. } => "expired",
            Self::Missing => "missing",
        }
    }

    /// May rules that need metadata rely on them?
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Fresh | Self::Stale { .. })
    }

    /// Is the next issue overdue?
    pub fn is_overdue(self) -> bool {
        matches!(self, Self::Stale { .. } | Self::Expired { .. })
    }
}
