//! `assay record` and `assay replay`.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result, bail};
use assay_client::Client;
use assay_client::user::Nobody;
use assay_conformance::runner::Filter;
use clap::Args;
use serde_json::json;

use super::Place;
use crate::judge::{self, Bar, Named, Plan, Seen};
use crate::keys::{self, KeyTarget};
use crate::output::{Exit, print};
use crate::recording::{Player, Recorder, Recording, summary};

/// Options of `assay record`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  assay record hid:/dev/hidraw0 --out key.json     the suite against a key on the desk
  assay replay key.json                            the same conversation, where there is no key

A key that has a PIN is refused: nothing on it is put at risk. The file says itself what it contains.
The cases that want a key as it comes from the factory are asked where the target is one: sim, exec:PROGRAM.")]
pub struct RecordArgs {
    /// sim, sim:NAME, udp:HOST:PORT, unix:PATH, hid:PATH or exec:PROGRAM
    pub target: String,
    /// The file, replaced as a whole
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Only cases whose id matches: a glob, or part of the id; may repeat
    #[arg(long, value_name = "GLOB")]
    pub filter: Vec<String>,
    /// Seed of everything random in the suite, 1 to 64 hexadecimal digits
    #[arg(long, value_name = "HEX")]
    pub seed: Option<String>,
}

/// Options of `assay replay`.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 every case says and finds what it did; 1 some do not; 2 could not run.")]
pub struct ReplayArgs {
    /// A file that `assay record` has made
    pub recording: PathBuf,
}

/// The profile of keys: the text in force.
const PROFILE: &str = "ctap-2.3";

/// How long getInfo may take.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn record(here: &Place, args: &RecordArgs) -> Result<Exit> {
    let (lab, state) = (here.lab()?, here.state()?);
    let target = KeyTarget::parse(&args.target)?;
    let mut channel =
        keys::channel(target.connect(&lab, &state)?).with_context(|| format!("{} is not there", args.target))?;
    let mut client = Client::new("https://localhost", Box::new(Nobody))?;
    let info = client.authenticator(&mut channel, Instant::now() + PATIENCE).get_info()?;
    drop(channel);
    if info.options.as_ref().and_then(|options| options.get("clientPin")) == Some(&true) {
        bail!("{} has a PIN: it is somebody's. A recording is made with a key that was reset", args.target);
    }
    let plan = Plan::new(PROFILE, args.seed.as_deref(), &args.filter)?;
    let began = plan.began.duration_since(SystemTime::UNIX_EPOCH).context("a clock before 1970")?.as_secs();
    let mut recording = Recording::new(summary(&info), PROFILE, plan.seed.to_string(), began, target.is_fresh());
    let named = Named { target, lab, state };
    let mut bar = Bar::new();
    let recorder = Arc::new(Recorder::new(Arc::new(Seen { named, desk: bar.desk() })));
    let connect = Arc::clone(&recorder);
    let report = judge::keys(&plan, connect, recording.fresh, &mut bar);
    recording.sessions = recorder.sessions(&report);
    let mut text = serde_json::to_string_pretty(&recording)?;
    text.push('\n');
    fs::write(&args.out, text).with_context(|| format!("{} cannot be written", args.out.display()))?;
    let (cases, reports) =
        (recording.sessions.len(), recording.sessions.iter().map(|session| session.reports.len()).sum::<usize>());
    if here.json {
        print(&format!("{}\n", json!({"recording": args.out, "cases": cases, "reports": reports})))?;
    } else {
        print(&format!("{}: {cases} cases, {reports} reports\n", args.out.display()))?;
    }
    Ok(Exit::Good)
}

pub(super) fn replay(here: &Place, args: &ReplayArgs) -> Result<Exit> {
    let recording = Recording::load(&args.recording)?;
    let mut plan = Plan::new(&recording.profile, Some(&recording.seed), &[])?;
    plan.began = SystemTime::UNIX_EPOCH + Duration::from_secs(recording.began);
    plan.filter = Filter::exactly(recording.sessions.iter().map(|session| session.case.clone()));
    let player = Arc::new(Player::new(&recording)?);
    let mut bar = Bar::new();
    let connect = Arc::clone(&player);
    let report = judge::keys(&plan, connect, recording.fresh, &mut bar);
    let differences = player.differences(&recording, &report);
    let newer = judge::headers(crate::cli::TestKind::Authenticator, &recording.profile).len() - report.cases.len();
    if here.json {
        let told: Vec<_> = differences.iter().map(|at| json!({"case": at.case, "difference": at.what})).collect();
        let told = json!({"cases": report.cases.len(), "not_recorded": newer, "differences": told});
        print(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
    } else {
        let mut out = String::new();
        for at in &differences {
            writeln!(out, "DIFFERENCE {}: {}", at.case, at.what)?;
        }
        let told = format!(
            "{} cases replayed, {} differ; {newer} are not in the recording",
            report.cases.len(),
            differences.len()
        );
        writeln!(out, "{told}")?;
        print(&out)?;
    }
    Ok(if differences.is_empty() { Exit::Good } else { Exit::Findings })
}
