//! `assay mds verify FILE`.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use assay_attestation::metadata::{Metadata, Reason, Rejection};
use clap::Args;
use serde_json::{Value, json};
use time::Date;

use super::model::visible;
use super::sources::{RevocationDemand, TrustArgs};
use super::{moment, parse_day};
use crate::commands::Place;
use crate::output::{Exit, Style, print};

/// Options of `assay mds verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The BLOB
    pub file: PathBuf,
    /// The number of the issue before: this one must be above it
    #[arg(long, value_name = "N")]
    pub previous: Option<u64>,
    /// As of this day [default: now]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub at: Option<Date>,
    /// Whose signatures are taken, beside the lab's own
    #[command(flatten)]
    pub trust: TrustArgs,
}

/// The rules in the order in which they are asked. Those of one step are asked of each certificate.
const STEPS: &[&[Reason]] = &[
    &[Reason::Jws],
    &[Reason::Algorithm],
    &[Reason::X5c],
    &[Reason::Certificate],
    &[Reason::Expired, Reason::NotYetValid, Reason::Chain, Reason::Path],
    &[Reason::LeafName],
    &[Reason::Signature],
    &[Reason::Revoked, Reason::RevocationUnknown],
    &[Reason::Payload],
    &[Reason::LegalHeader],
    &[Reason::No],
    &[Reason::NoNotIncreased],
    &[Reason::NextUpdate],
    &[Reason::Entries],
];

pub(super) fn run(here: &Place, args: &VerifyArgs) -> Result<Exit> {
    let blob = fs::read_to_string(&args.file).with_context(|| format!("{} cannot be read", args.file.display()))?;
    let trusts = args.trust.trusts(&here.lab()?)?;
    let result = Metadata::load_by_any(&blob, &trusts, args.previous, moment(args.at));
    let rules = rules(args, result.as_ref().err());
    if here.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&as_json(&result, &rules))?))?;
    } else {
        print(&as_text(&result, &rules)?)?;
    }
    Ok(if result.is_ok() { Exit::Good } else { Exit::Findings })
}

/// Each rule and how it came out: `ok`, `refused`, `not asked` or `not reached`.
fn rules(args: &VerifyArgs, rejection: Option<&Rejection>) -> Vec<(Reason, &'static str)> {
    let mut reached = true;
    let mut told = Vec::new();
    for step in STEPS {
        let fails = rejection.is_some_and(|rejection| step.contains(&rejection.reason));
        for rule in *step {
            let asked = match rule {
                Reason::Revoked => args.trust.revocation != RevocationDemand::Off,
                Reason::RevocationUnknown => args.trust.revocation == RevocationDemand::Hard,
                Reason::NoNotIncreased => args.previous.is_some(),
                _ => true,
            };
            let came_out = match rejection {
                Some(rejection) if rejection.reason == *rule => "refused",
                _ if !reached || fails => "not reached",
                _ if !asked => "not asked",
                _ => "ok",
            };
            told.push((*rule, came_out));
        }
        reached &= !fails;
    }
    told
}

fn as_json(result: &Result<Metadata, Rejection>, rules: &[(Reason, &str)]) -> Value {
    let rules: Vec<Value> = rules
        .iter()
        .map(|(rule, came_out)| json!({ "code": rule.info().code, "clause": rule.info().clause, "result": came_out }))
        .collect();
    match result {
        Ok(metadata) => json!({
            "accepted": true,
            "no": metadata.no,
            "next_update": metadata.next_update.to_string(),
            "entries": metadata.entries().len(),
            "rejected": metadata.entries_rejected(),
            "revocation_unknown": metadata.revocation_unknown,
            "skipped": metadata.skipped.iter().map(|skipped| {
                json!({ "at": skipped.at, "code": skipped.reason.code(), "detail": skipped.detail })
            }).collect::<Vec<_>>(),
            "rules": rules,
        }),
        Err(rejection) => json!({
            "accepted": false,
            "code": rejection.code(),
            "clause": rejection.clause(),
            "detail": rejection.detail,
            "rules": rules,
        }),
    }
}

fn as_text(result: &Result<Metadata, Rejection>, rules: &[(Reason, &str)]) -> Result<String> {
    let style = Style::for_stdout();
    let mut out = String::new();
    for (rule, came_out) in rules {
        let word = format!("{came_out:12}");
        let word = match *came_out {
            "ok" => style.good(word),
            "refused" => style.bad(word),
            _ => style.quiet(word),
        };
        writeln!(out, "{word} {:40} {}", rule.info().code, rule.info().clause)?;
    }
    match result {
        Ok(metadata) => {
            let left_out = metadata.entries_rejected();
            writeln!(
                out,
                "\nissue {}, next due {}: {} models, {left_out} entries left out",
                metadata.no,
                metadata.next_update,
                metadata.entries().len()
            )?;
            for name in &metadata.revocation_unknown {
                writeln!(out, "no revocation list tells about {}", visible(name))?;
            }
            for skipped in &metadata.skipped {
                writeln!(out, "left out {}", visible(&skipped.to_string()))?;
            }
        }
        Err(rejection) => writeln!(out, "\n{} {}", style.bad("refused"), visible(&rejection.to_string()))?,
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_step() {
        let listed: Vec<Reason> = STEPS.iter().copied().flatten().copied().collect();
        assert_eq!(listed, Reason::ALL);
    }
}
