//! Proofs of bite, as committed.

use serde::{Deserialize, Serialize};

use super::CoverageError;

/// A deliberate defect that a case fails while its positive twin passes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The suite's slug.
    pub suite: String,
    /// The case's id.
    pub case: String,
    /// The defect, by the name that its test gives it.
    pub defect: String,
    /// A check that also catches the input, so that the defect has to leave it out as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadowed_by: Option<String>,
}

/// Every committed proof, suite by suite.
pub fn proofs() -> Result<Vec<Proof>, CoverageError> {
    let mut all = Vec::new();
    for (suite, _) in FILES {
        all.extend(committed(suite)?);
    }
    Ok(all)
}

/// The committed proofs of one suite, in the file's order.
pub fn committed(suite: &str) -> Result<Vec<Proof>, CoverageError> {
    let fault = |what: String| CoverageError { file: format!("data/proofs/{suite}.json"), what };
    let file = FILES.iter().find(|(name, _)| *name == suite);
    let (_, text) = file.ok_or_else(|| fault(String::from("there is no such suite")))?;
    let proofs: Vec<Proof> = serde_json::from_str(text).map_err(|error| fault(error.to_string()))?;
    if let Some(stranger) = proofs.iter().find(|proof| proof.suite != suite) {
        return Err(fault(format!("a proof of the suite {}", stranger.suite)));
    }
    Ok(proofs)
}

/// The text of a file of proofs: sorted, one a line, each once.
pub fn to_file(mut proofs: Vec<Proof>) -> String {
    proofs.sort();
    proofs.dedup();
    let lines: Vec<String> = proofs.iter().filter_map(|proof| serde_json::to_string(proof).ok()).collect();
    if lines.is_empty() { String::from("[]\n") } else { format!("[\n{}\n]\n", lines.join(",\n")) }
}

const FILES: [(&str, &str); 4] = [
    ("relying-party", include_str!("../../data/proofs/relying-party.json")),
    ("policy", include_str!("../../data/proofs/policy.json")),
    ("dbsc", include_str!("../../data/proofs/dbsc.json")),
    ("authenticator", include_str!("../../data/proofs/authenticator.json")),
];
