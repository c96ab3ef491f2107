//! A part of a suite, for machines that share it.

use std::fmt;
use std::str::FromStr;

/// Every `of`-th case, beginning with the `index`-th: neighbours take about as long as one
/// another, so that the parts do too. The parts together are the whole, and none has a case of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    of: usize,
}

impl Shard {
    /// The `index`-th part, counted from 1, of so many.
    pub fn new(index: usize, of: usize) -> Option<Self> {
        (1..=of).contains(&index).then_some(Self { index, of })
    }

    /// Is the case at this place, counted from 0, of this part?
    pub fn takes(self, place: usize) -> bool {
        place % self.of == self.index - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// The text is no shard: `2/3` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAShard;

impl fmt::Display for NotAShard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a shard is I/N with I from 1 to N, such as 2/3")
    }
}

impl std::error::Error for NotAShard {}

impl FromStr for Shard {
    type Err = NotAShard;

    fn from_str(text: &str) -> Result<Self, NotAShard> {
        let number = |text: &str| text.parse().map_err(|_error| NotAShard);
        let (index, of) = text.split_once('/').ok_or(NotAShard)?;
        Self::new(number(index)?, number(of)?).ok_or(NotAShard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_disjoint_and_whole() {
        for of in 1..7 {
            let mut counts = vec![0; of];
            for place in 0..100 {
                let takers: Vec<usize> =
                    (1..=of).filter(|index| Shard::new(*index, of).unwrap().takes(place)).collect();
                assert_eq!(takers.len(), 1, "{place} of {of}: {takers:?}");
                counts[takers[0] - 1] += 1;
            }
            assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{counts:?}");
        }
    }

    #[test]
    fn texts() {
        assert_eq!("2/3".parse::<Shard>().unwrap().to_string(), "2/3");
        for bad in ["", "1", "0/3", "4/3", "0/0", "1/0", "a/b", "1/2/3", "-1/3"] {
            assert_eq!(bad.parse::<Shard>(), Err(NotAShard), "{bad}");
        }
    }
}
