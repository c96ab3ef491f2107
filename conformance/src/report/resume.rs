//! One report of a run that was interrupted and the run that went on with it.

use std::collections::HashMap;

use super::Report;
use crate::case::Header;

impl Report {
    /// The report of both runs: what this one has asked, and what `earlier` had for the rest. The cases stand in
    /// the order of `headers`.
    #[must_use]
    pub fn continuing(mut self, earlier: Self, headers: &[Header]) -> Self {
        let places: HashMap<&str, usize> =
            headers.iter().enumerate().map(|(place, header)| (header.id.as_str(), place)).collect();
        for suite in &mut self.suites {
            let of_it = earlier.suites.iter().filter(|other| other.id == suite.id);
            for case in of_it.flat_map(|other| &other.cases) {
                if suite.cases.iter().all(|asked| asked.header.id != case.header.id) {
                    suite.cases.push(case.clone());
                }
            }
            suite.cases.sort_by_key(|case| places.get(case.header.id.as_str()).copied());
        }
        self.facts.further.insert("interrupted".to_owned(), format!("begun {}", earlier.facts.started));
        self.facts.duration_ms += earlier.facts.duration_ms;
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::report::sample;
    use crate::verdict::Outcome;

    #[test]
    fn both_runs_are_in_it() {
        let whole = sample::sample();
        let headers: Vec<_> = whole.cases().map(|case| case.header.clone()).collect();
        let (mut first, mut second) = (whole.clone(), whole.clone());
        for (suite, half) in first.suites.iter_mut().zip(&mut second.suites) {
            let at = suite.cases.len() / 2;
            half.cases = suite.cases.split_off(at);
            // The last one was under way, and was asked again.
            let mut cut = half.cases.first().cloned();
            if let Some(cut) = &mut cut {
                cut.outcome = Outcome::Broken { why: "cancelled".to_owned() };
            }
            suite.cases.extend(cut);
        }
        assert!(first.cases().count() < headers.len());
        let both = second.continuing(first, &headers);
        assert_eq!(both.suites, whole.suites);
        assert_eq!(both.facts.duration_ms, 2 * whole.facts.duration_ms);
    }
}
