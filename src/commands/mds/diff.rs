//! `assay mds diff OLD NEW`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use assay_attestation::metadata::{Entry, Metadata, ModelId};
use assay_attestation::{AttestationType, Format};
use assay_protocol::aaguid::Aaguid;
use assay_relying_party::policy::{Chain, Evidence, Mode, Outcome, Policy, evaluate};
use clap::Args;
use serde_json::{Value, json};
use time::Date;

use super::model::{Facts, visible};
use super::{parse_day, today, unjudged};
use crate::commands::Place;
use crate::output::{Exit, Style, print};

/// Options of `assay mds diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The issue before, BLOB or payload
    pub old: PathBuf,
    /// The issue after, BLOB or payload
    pub new: PathBuf,
    /// A policy in the canonical JSON: who would be refused now, and who no longer
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// As of this day [default: today]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub at: Option<Date>,
}

/// What is new about one model.
struct Change {
    id: String,
    name: String,
    /// `added`, `removed` or `changed`.
    kind: &'static str,
    /// What changed, from what to what.
    parts: Vec<(&'static str, String, String)>,
    /// What the policy said of a good specimen before, and says now: nothing, or the rule and the reason.
    verdicts: Option<(Verdict, Verdict)>,
}

/// Nothing: admitted, or not in this issue at all.
type Verdict = Option<String>;

pub(super) fn run(here: &Place, args: &DiffArgs) -> Result<Exit> {
    let (old, new) = (unjudged(&args.old)?, unjudged(&args.new)?);
    let policy = args.policy.as_deref().map(policy).transpose()?;
    let changes = changes(&old, &new, policy.as_ref(), today(args.at));
    let refused: Vec<&Change> = changes.iter().filter(|change| newly(change, |(old, new)| (old, new))).collect();
    let admitted: Vec<&Change> = changes.iter().filter(|change| newly(change, |(old, new)| (new, old))).collect();
    if here.json {
        let ids = |list: &[&Change]| list.iter().map(|change| json!(change.id)).collect::<Vec<_>>();
        let told = json!({
            "old": { "no": old.no, "models": old.entries().len() },
            "new": { "no": new.no, "models": new.entries().len() },
            "changes": changes.iter().filter(|change| change.kind != "same").map(to_json).collect::<Vec<_>>(),
            "newly_refused": policy.as_ref().map(|_| ids(&refused)),
            "newly_admitted": policy.as_ref().map(|_| ids(&admitted)),
        });
        print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
    } else {
        let mut out = format!("issue {} to issue {}\n\n", old.no, new.no);
        for change in &changes {
            write_change(&mut out, change)?;
        }
        if policy.is_some() {
            let style = Style::for_stdout();
            writeln!(out, "\n{} newly refused, {} newly admitted", refused.len(), admitted.len())?;
            for change in &refused {
                let why = change.verdicts.as_ref().and_then(|(_, new)| new.as_deref()).unwrap_or_default();
                writeln!(out, "  {} {} {}: {why}", style.bad("refused"), change.id, visible(&change.name))?;
            }
            for change in &admitted {
                writeln!(out, "  {} {} {}", style.good("admitted"), change.id, visible(&change.name))?;
            }
        }
        print(&out)?;
    }
    Ok(if refused.is_empty() { Exit::Good } else { Exit::Findings })
}

/// The policy of a file. Whoever compares issues knows how old they are: age refuses nobody here.
fn policy(path: &Path) -> Result<Policy> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let json: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
    let mut policy = Policy::from_json(&json).with_context(|| format!("{} is no policy", path.display()))?;
    policy.grace_days = u32::MAX;
    policy.mode = Mode::Block;
    Ok(policy)
}

fn changes(old: &Metadata, new: &Metadata, policy: Option<&Policy>, today: Date) -> Vec<Change> {
    let before: BTreeMap<String, &Entry> = old.entries().iter().map(|entry| (entry.id.to_string(), entry)).collect();
    let after: BTreeMap<String, &Entry> = new.entries().iter().map(|entry| (entry.id.to_string(), entry)).collect();
    let mut ids: Vec<&String> = before.keys().chain(after.keys()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .filter_map(|id| {
            let (was, is) = (before.get(id).copied(), after.get(id).copied());
            let known = is.or(was)?;
            let verdicts = policy.filter(|_| !matches!(known.id, ModelId::Aaid(_))).map(|policy| {
                let judged = |metadata| verdict(policy, known, metadata, today);
                (judged(old), judged(new))
            });
            let facts = |entry: &Entry| Facts::of(entry, today);
            let (kind, parts) = match (was.map(facts), is.map(facts)) {
                (Some(was), Some(is)) if was == is => ("same", Vec::new()),
                (Some(was), Some(is)) => ("changed", parts(&was, &is)),
                (None, _) => ("added", Vec::new()),
                (_, None) => ("removed", Vec::new()),
            };
            Some(Change { id: id.clone(), name: known.description.clone(), kind, parts, verdicts })
        })
        .collect()
}

fn parts(was: &Facts, is: &Facts) -> Vec<(&'static str, String, String)> {
    let roots = |facts: &Facts| format!("{} roots", facts.roots.len());
    let all = [
        ("level", was.level.to_owned(), is.level.to_owned()),
        ("statuses", was.statuses.join(","), is.statuses.join(",")),
        ("key protection", was.key_protection.join(","), is.key_protection.join(",")),
        ("attestation", was.attestation.join(","), is.attestation.join(",")),
        ("protocol", was.protocol.clone(), is.protocol.clone()),
        ("name", was.name.clone(), is.name.clone()),
    ];
    let mut parts: Vec<_> = all.into_iter().filter(|(_, was, is)| was != is).collect();
    if was.roots != is.roots {
        parts.push(("roots", roots(was), roots(is)));
    }
    parts
}

/// What the policy says of a specimen whose path is verified, by the metadata that it would have then.
fn verdict(policy: &Policy, entry: &Entry, metadata: &Metadata, today: Date) -> Verdict {
    let specimen = match &entry.id {
        ModelId::Aaguid(aaguid) => Evidence { fmt: Format::Packed, ..Evidence::none(*aaguid) },
        ModelId::KeyIdentifier(identifier) => {
            Evidence { fmt: Format::FidoU2f, key_identifier: Some(*identifier), ..Evidence::none(Aaguid::ZERO) }
        }
        ModelId::Aaid(_) => return None,
    };
    let evidence = Evidence { attestation: AttestationType::Basic, chain: Chain::Metadata, ..specimen };
    let decision = evaluate(policy, &evidence, Some(metadata), today);
    let rule = decision.failed_rule.filter(|_| decision.outcome == Outcome::Fail)?;
    Some(match decision.reason {
        Some(reason) => format!("{rule} ({reason})"),
        None => rule.to_string(),
    })
}

/// Is it refused on one side only?
fn newly<'c>(change: &'c Change, sides: impl Fn((&'c Verdict, &'c Verdict)) -> (&'c Verdict, &'c Verdict)) -> bool {
    change.verdicts.as_ref().is_some_and(|(old, new)| {
        let (admits, refuses) = sides((old, new));
        admits.is_none() && refuses.is_some()
    })
}

fn to_json(change: &Change) -> Value {
    let parts: Vec<Value> =
        change.parts.iter().map(|(what, old, new)| json!({ "what": what, "old": old, "new": new })).collect();
    let refused = |verdict: &Verdict| verdict.as_deref().map(str::to_owned);
    json!({
        "id": change.id,
        "description": change.name,
        "change": change.kind,
        "parts": parts,
        "refused_before": change.verdicts.as_ref().map(|(old, _)| refused(old)),
        "refused_now": change.verdicts.as_ref().map(|(_, new)| refused(new)),
    })
}

fn write_change(out: &mut String, change: &Change) -> std::fmt::Result {
    let mark = match change.kind {
        "added" => '+',
        "removed" => '-',
        "changed" => '~',
        _ => return Ok(()),
    };
    writeln!(out, "{mark} {} {}", change.id, visible(&change.name))?;
    for (what, old, new) in &change.parts {
        let shown = |text: &str| if text.is_empty() { "nothing".to_owned() } else { visible(text) };
        writeln!(out, "    {what}: {} -> {}", shown(old), shown(new))?;
    }
    Ok(())
}
