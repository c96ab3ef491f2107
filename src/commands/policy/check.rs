//! `assay policy check`.

use anyhow::Result;
use assay_relying_party::policy::{Mode, Policy};
use serde_json::json;

use super::file::{self, Found, Shape};
use super::{CheckArgs, Place};
use crate::matrix::{Matrix, Verdict};
use crate::output::{Exit, Style, print};

/// Says what is wrong with a policy, or what its author may not have meant.
pub(super) fn run(here: &Place, args: &CheckArgs) -> Result<Exit> {
    let (shape, policy) = match file::read(&args.file)? {
        Found::Policy(shape, policy) => (shape, policy),
        Found::Problems(problems) => return refused(here, &problems),
    };
    let metadata = args.models.load(here)?;
    // Asked in block mode, so that a policy in audit mode is judged by what it is meant for.
    let strict = Policy { mode: Mode::Block, ..(*policy).clone() };
    let matrix = Matrix::of(&strict, Some(&metadata), args.models.day());
    let advice = advice(&policy, &matrix);
    let style = Style::for_stdout();
    if here.json {
        let told = json!({
            "valid": true, "shape": word(shape), "policy": policy.to_json(), "problems": [], "advice": advice,
        });
        print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
    } else {
        let mut text =
            format!("{} ({} shape, mode {})\n", style.good("well formed"), word(shape), policy.mode.as_str());
        for one in &advice {
            text.push_str(&format!("  {} {one}\n", style.strong("note:")));
        }
        print(&text)?;
    }
    Ok(Exit::Good)
}

fn refused(here: &Place, problems: &[String]) -> Result<Exit> {
    if here.json {
        let told = json!({ "valid": false, "problems": problems, "advice": [] });
        print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
    } else {
        let style = Style::for_stdout();
        let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}\n")).collect();
        print(&format!("{}\n{}", style.bad("not a policy"), lines.concat()))?;
    }
    Ok(Exit::Findings)
}

/// What is allowed by the letter and hardly meant.
fn advice(policy: &Policy, matrix: &Matrix) -> Vec<String> {
    let mut advice = Vec::new();
    if policy.mode == Mode::Off {
        return vec!["nothing is evaluated in mode off".to_owned()];
    }
    for aaguid in policy.allowed_aaguids.iter() {
        let id = aaguid.to_string();
        if policy.blocked_aaguids.contains(aaguid) {
            advice.push(format!("{id} is listed as allowed and as blocked: blocked counts"));
            continue;
        }
        let Some(model) = matrix.models.iter().find(|model| model.id == id) else { continue };
        if model.verdict == Verdict::Refused {
            advice.push(format!(
                "{id} ({}) is listed as allowed, and {} refuses it: {}",
                model.name,
                model.failed_rule(),
                model.why()
            ));
        }
    }
    for aaguid in policy.blocked_aaguids.iter().filter(|aaguid| !aaguid.is_zero()) {
        let known = matrix.models.iter().any(|model| model.id == aaguid.to_string() && !model.protocol.is_empty());
        if !known {
            advice.push(format!("{aaguid} is listed as blocked and not in the metadata: that works, by its claim"));
        }
    }
    let (all, admitted) = (matrix.models.len(), matrix.count(Verdict::Admitted));
    advice.push(match admitted {
        0 => format!("in block mode none of {all} models is admitted"),
        _ => format!("in block mode {admitted} of {all} models are admitted"),
    });
    let undecided = matrix.count(Verdict::Undecided);
    if undecided > 0 {
        advice.push(format!("the metadata are {}: {undecided} models cannot be judged", matrix.mds_age));
    }
    advice
}

fn word(shape: Shape) -> &'static str {
    match shape {
        Shape::Canonical => "canonical",
        Shape::Legacy => "legacy",
    }
}
