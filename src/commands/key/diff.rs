//! `assay key diff A B`: where two keys, firmwares or recordings behave differently.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result};
use assay_client::Client;
use assay_client::user::Nobody;
use assay_conformance::report::{CaseReport, SuiteReport};
use assay_conformance::runner::Filter;
use assay_conformance::verdict::{Attribution, Outcome};
use clap::Args;
use serde_json::{Value, json};

use crate::commands::Place;
use crate::judge::{self, Bar, Named, Plan};
use crate::keys::{self, KeyTarget};
use crate::output::{Exit, print};
use crate::recording::{Player, Recording, summary};

/// Options of `assay key diff`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay key diff hid:/dev/hidraw0 sim+persona:ctap-2.3      a key on the desk beside a virtual one
  assay key diff firmware-5.4.json firmware-5.7.json        two recordings
  assay key diff exec:./old-firmware exec:./new-firmware --filter client-pin

Every case of the authenticator suite is asked of both; told is where one does otherwise, whoever is right.
Exit codes: 0 no difference; 1 differences; 2 could not run.")]
pub struct KeyDiffArgs {
    /// sim, sim:NAME, udp:HOST:PORT, unix:PATH, hid:PATH, exec:PROGRAM, or a file that `assay record` has made
    pub one: String,
    /// The other
    pub other: String,
    /// Only cases whose id matches: a glob, or part of the id; may repeat
    #[arg(long, value_name = "GLOB")]
    pub filter: Vec<String>,
}

/// The profile of keys: the text in force.
const PROFILE: &str = "ctap-2.3";

/// How long getInfo may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What one side says of itself, and does.
struct Side {
    summary: Value,
    report: SuiteReport,
}

pub(super) fn run(here: &Place, args: &KeyDiffArgs) -> Result<Exit> {
    let (one, other) = (asked(here, &args.one, &args.filter)?, asked(here, &args.other, &args.filter)?);
    let members: Vec<(&String, &Value, &Value)> = one
        .summary
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name, value, other.summary.get(name).unwrap_or(&Value::Null)))
        .filter(|(_, ours, theirs)| ours != theirs)
        .collect();
    let cases: Vec<(&CaseReport, &CaseReport)> = one
        .report
        .cases
        .iter()
        .filter_map(|case| Some((case, other.report.cases.iter().find(|theirs| theirs.header.id == case.header.id)?)))
        .collect();
    let differing: Vec<_> = cases.iter().filter(|(ours, theirs)| differ(&ours.outcome, &theirs.outcome)).collect();
    if here.json {
        let members: Vec<_> =
            members.iter().map(|(name, ours, theirs)| json!({"member": name, "one": ours, "other": theirs})).collect();
        let told: Vec<_> = differing
            .iter()
            .map(|(ours, theirs)| {
                let (id, clause) = (&ours.header.id, &ours.header.clause);
                json!({"case": id, "clause": clause, "one": ours.outcome, "other": theirs.outcome})
            })
            .collect();
        let told = json!({"compared": cases.len(), "members": members, "cases": told});
        print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
    } else {
        let mut out = String::new();
        for (name, ours, theirs) in &members {
            writeln!(out, "getInfo {name}\n  one    {ours}\n  other  {theirs}")?;
        }
        for (ours, theirs) in &differing {
            let header = &ours.header;
            writeln!(out, "{}  {} {}\n  {}", header.id, header.level, header.clause, header.title)?;
            writeln!(out, "  one    {}\n  other  {}", told(&ours.outcome), told(&theirs.outcome))?;
        }
        let of = cases.len();
        writeln!(out, "{} of {of} cases and {} members of getInfo differ", differing.len(), members.len())?;
        print(&out)?;
    }
    Ok(if members.is_empty() && differing.is_empty() { Exit::Good } else { Exit::Findings })
}

fn asked(here: &Place, text: &str, filter: &[String]) -> Result<Side> {
    let mut bar = Bar::new();
    if Path::new(text).is_file() {
        let recording = Recording::load(Path::new(text))?;
        let mut plan = Plan::new(&recording.profile, Some(&recording.seed), filter)?;
        plan.began = SystemTime::UNIX_EPOCH + Duration::from_secs(recording.began);
        plan.filter = Filter::new(filter).among(recording.sessions.iter().map(|session| session.case.clone()));
        let player = Arc::new(Player::new(&recording)?);
        let report = judge::keys(&plan, player, recording.fresh, &mut bar);
        return Ok(Side { summary: recording.key, report });
    }
    let (lab, state) = (here.lab()?, here.state()?);
    let target = KeyTarget::parse(text)?;
    let mut channel = keys::channel(target.connect(&lab, &state)?).with_context(|| text.to_owned())?;
    let mut client = Client::new("https://localhost", Box::new(Nobody))?;
    let info = client.authenticator(&mut channel, Instant::now() + PATIENCE).get_info()?;
    drop(channel);
    let fresh = target.is_fresh();
    let plan = Plan::new(PROFILE, None, filter)?;
    let report = judge::keys(&plan, Arc::new(Named { target, lab, state }), fresh, &mut bar);
    Ok(Side { summary: summary(&info), report })
}

/// Another outcome, or the same by another status.
fn differ(ours: &Outcome, theirs: &Outcome) -> bool {
    match (ours, theirs) {
        (Outcome::Pass(ours), Outcome::Pass(theirs)) => {
            let by_status = ours.attribution != Attribution::NotAsked;
            ours.attribution != theirs.attribution || by_status && ours.because != theirs.because
        }
        (Outcome::Fail(ours), Outcome::Fail(theirs)) => ours.got != theirs.got,
        (Outcome::Skip { .. }, Outcome::Skip { .. }) | (Outcome::Broken { .. }, Outcome::Broken { .. }) => false,
        _ => true,
    }
}

fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Pass(pass) => format!("pass: {}", pass.because),
        Outcome::Fail(failure) => format!("FAIL: {}, where {} is due", failure.got, failure.expected),
        Outcome::Skip { feature } => format!("not asked, for want of {feature}"),
        Outcome::Broken { why } => format!("could not be asked: {why}"),
    }
}
