//! Which cases run: globs, or parts of an id.

use std::collections::BTreeSet;

/// Patterns, any of which lets a case through; none lets every case through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    patterns: Vec<String>,
    ids: Option<BTreeSet<String>>,
    without: BTreeSet<String>,
}

impl Filter {
    /// A filter of these patterns. One with `*` or `?` must match the whole id, where `*` stops
    /// at a `/` and `**` does not; any other lets through every id that contains it.
    pub fn new(patterns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { patterns: patterns.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// A filter that lets these very cases through.
    pub fn exactly(ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { ids: Some(ids.into_iter().map(Into::into).collect()), ..Self::default() }
    }

    /// The same filter, but only for these very cases.
    #[must_use]
    pub fn among(self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { ids: Some(ids.into_iter().map(Into::into).collect()), ..self }
    }

    /// The same filter, without these cases.
    #[must_use]
    pub fn except(self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { without: ids.into_iter().map(Into::into).collect(), ..self }
    }

    /// Does a case with this id run?
    pub fn lets_through(&self, id: &str) -> bool {
        if self.without.contains(id) || self.ids.as_ref().is_some_and(|ids| !ids.contains(id)) {
            return false;
        }
        self.patterns.is_empty()
            || self.patterns.iter().any(|pattern| {
                if pattern.contains(['*', '?']) { glob(pattern, id) } else { id.contains(pattern.as_str()) }
            })
    }

    /// The patterns as they were given.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }
}

/// Does the whole id match the glob, where `*` stops at a `/` and `**` does not?
pub fn glob(pattern: &str, id: &str) -> bool {
    matches(pattern.as_bytes(), id.as_bytes())
}

/// Matches with one table row a pattern byte, so that no pattern takes more than
/// pattern times text steps.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let mut reached = vec![false; text.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    let mut rest = pattern;
    while let Some((&first, after)) = rest.split_first() {
        let (stars, tail) = match (first, after.split_first()) {
            (b'*', Some((b'*', tail))) => (2, tail),
            (b'*', _) => (1, after),
            _ => (0, after),
        };
        rest = tail;
        let mut next = vec![false; text.len() + 1];
        let mut open = false;
        for (at, slot) in next.iter_mut().enumerate() {
            let here = reached.get(at).copied().unwrap_or(false);
            let before = at.checked_sub(1).and_then(|i| Some((*reached.get(i)?, *text.get(i)?)));
            *slot = match (stars, before) {
                (0, Some((from, byte))) => from && (first == byte || (first == b'?' && byte != b'/')),
                (0, None) => false,
                (_, step) => {
                    if stars == 1 && step.is_some_and(|(_, byte)| byte == b'/') {
                        open = false;
                    }
                    open |= here;
                    open
                }
            };
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_and_parts() {
        for (pattern, id, expected) in [
            ("registration/**", "registration/client-data/type-get", true),
            ("registration/*", "registration/client-data/type-get", false),
            ("registration/*/type-*", "registration/client-data/type-get", true),
            ("**/type-get", "registration/client-data/type-get", true),
            ("*/type-?et", "a/type-get", true),
            ("*/type-?et", "a/type-gget", false),
            ("client-data", "registration/client-data/type-get", true),
            ("Client", "registration/client-data/type-get", false),
            ("**", "a", true),
            ("*", "", true),
            ("a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(Filter::new([pattern]).lets_through(id), expected, "{pattern} {id}");
        }
        assert!(Filter::default().lets_through("anything"));
        assert!(Filter::exactly(["a/b"]).lets_through("a/b"));
        assert!(!Filter::exactly(["a/b"]).lets_through("a/b-c"));
        assert!(!Filter::exactly([""; 0]).lets_through("a/b"));
        let both = Filter::new(["a/*"]).among(["a/b", "c/d"]);
        assert!(both.lets_through("a/b") && !both.lets_through("a/c") && !both.lets_through("c/d"));
    }
}
