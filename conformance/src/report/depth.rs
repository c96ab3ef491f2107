//! How much of what was said a report keeps.

use super::{Report, Standing};
use crate::evidence::Message;

/// Which cases keep their messages whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Depth {
    /// Those that need attention; of all others only the first line of each message and what was
    /// edited, which the case's replay command brings back whole.
    #[default]
    Findings,
    /// All.
    All,
}

impl Report {
    /// The report with as much of every message as `depth` keeps.
    #[must_use]
    pub fn kept(mut self, depth: Depth) -> Self {
        if depth == Depth::All {
            return self;
        }
        for case in self.suites.iter_mut().flat_map(|suite| &mut suite.cases) {
            if !matches!(case.standing(), Standing::Fine | Standing::Fixed) {
                continue;
            }
            for exchange in &mut case.evidence {
                shorten(&mut exchange.sent);
                exchange.received.iter_mut().for_each(shorten);
            }
        }
        let kept = String::from("of findings; of all with --evidence all");
        self.facts.further.insert(String::from("messages"), kept);
        self
    }
}

fn shorten(message: &mut Message) {
    let Message { line: _, edit: _, json, raw, parts } = message;
    *json = None;
    *raw = None;
    parts.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{json, sample::sample};

    #[test]
    fn what_failed_keeps_everything() {
        let (whole, short) = (sample(), sample().kept(Depth::Findings));
        assert_eq!(sample().kept(Depth::All), whole);
        assert_eq!(short.totals(), whole.totals());
        for (before, after) in whole.cases().zip(short.cases()) {
            let is_fine = before.standing() == Standing::Fine;
            assert_eq!(
                before.evidence == after.evidence,
                !is_fine || before.evidence.is_empty(),
                "{}",
                before.header.id
            );
            assert_eq!(before.evidence.len(), after.evidence.len());
        }
        assert!(json::to_string(&short).len() < json::to_string(&whole).len() / 2);
    }
}
