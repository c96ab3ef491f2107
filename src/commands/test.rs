//! `assay test KIND TARGET`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use assay_client::Client;
use assay_client::user::Nobody;
use assay_conformance::report::{self, Report, text};
use assay_conformance::target::{TargetFile, assay as assay_dialect};
use assay_conformance::verdict::Outcome;
use assay_transport::Channel;
use serde_json::{Value, json};

use super::Place;
use super::regression::read;
use crate::cli::{TestArgs, TestKind};
use crate::clock::MovableClock;
use crate::judge::{self, Bar, Care, Judged, Named, Plan, PowerCycle};
use crate::keys::KeyTarget;
use crate::lab::{Lab, ServerPlan, every_algorithm, profile_names};
use crate::output::{Exit, Style, print};
use crate::state::State;

/// Lists, exports, or judges.
pub(super) fn run(here: &Place, args: &TestArgs) -> Result<Exit> {
    if let Some(profile) = &args.profile {
        known_profile(profile)?;
    }
    if args.list {
        let headers = judge::headers(args.kind, args.profile.as_deref().unwrap_or(DEFAULT_PROFILE));
        if here.json {
            let list: Vec<_> = headers
                .iter()
                .map(|header| json!({"id": header.id, "level": header.level.to_string(), "clause": header.clause}))
                .collect();
            print(&format!("{}\n", serde_json::to_string_pretty(&list)?))?;
            return Ok(Exit::Good);
        }
        let mut out = String::new();
        for header in headers {
            writeln!(out, "{}\t{}\t{}", header.id, header.level, header.clause)?;
        }
        print(&out)?;
        return Ok(Exit::Good);
    }
    if args.export_metadata.is_some() || args.export_anchors.is_some() {
        return export(&here.lab()?, args);
    }
    let Some(target) = &args.target else {
        bail!("which target? `assay test --help` lists the forms; --list needs none");
    };
    let earlier = args.regression.earlier(&args.out)?;
    if let Some(earlier) = &earlier
        && earlier.unsettled().is_empty()
    {
        return nothing_failed(here, &earlier.path);
    }
    let interrupted = match &args.resume {
        Some(named) => Some(read(&named.clone().unwrap_or_else(|| args.out.join("report.json")))?),
        None => None,
    };
    // What is asked again is asked as it was, unless somebody says otherwise.
    let then = earlier.as_ref().map(|earlier| &earlier.report).or(interrupted.as_ref()).map(|report| &report.facts);
    let seed = args.seed.as_deref().or(then.map(|facts| facts.seed.as_str()));
    let described = described(args.kind, target)?;
    let profile = args
        .profile
        .as_deref()
        .or(then.map(|facts| facts.profile.as_str()))
        .or(described.as_ref().and_then(|file| file.profile.as_deref()))
        .unwrap_or(DEFAULT_PROFILE);
    known_profile(profile)?;
    let mut plan = Plan::new(profile, seed, &args.filter)?;
    args.regression.tell(&mut plan, earlier.as_ref())?;
    if let Some(report) = &interrupted {
        let settled = report.cases().filter(|case| !matches!(case.outcome, Outcome::Broken { .. }));
        plan.filter = std::mem::take(&mut plan.filter).except(settled.map(|case| case.header.id.clone()));
    }
    cancel_on_interrupt(&plan)?;
    let folder = judge::reserve(&args.out)?;
    let mut report = judged(here, args, target, described, &plan)?;
    if let Some(earlier) = interrupted {
        report = report.continuing(earlier, &judge::headers(args.kind, &plan.profile));
    }
    judge::write(&report, folder)?;
    tell(here, &report, &args.out)
}

/// The profile where neither the command line nor the target file names one.
const DEFAULT_PROFILE: &str = "w3c-l3";

pub(super) fn known_profile(name: &str) -> Result<()> {
    if assay_relying_party::Profile::named(name).is_none() {
        bail!("there is no profile {name:?}: {}", profile_names());
    }
    Ok(())
}

/// What `--failed` says where there is nothing to ask again.
pub(super) fn nothing_failed(here: &Place, path: &Path) -> Result<Exit> {
    if here.json {
        print(&format!("{}\n", json!({ "failed": 0, "report": path })))?;
    } else {
        print(&format!("nothing failed in {}: nothing to run\n", path.display()))?;
    }
    Ok(Exit::Good)
}

/// Prints a report the way that was asked for, and says what it came to.
fn tell(here: &Place, report: &Report, place: &Path) -> Result<Exit> {
    let exit = shown(here, report)?;
    if !here.json {
        print(&format!("\nreport: {}\n", place.join("report.html").display()))?;
    }
    Ok(exit)
}

/// The report itself, as text or JSON.
pub(super) fn shown(here: &Place, report: &Report) -> Result<Exit> {
    if here.json {
        print(&report::json::to_string(report))?;
    } else {
        let style = if Style::for_stdout().coloured() { text::Style::Colour } else { text::Style::Plain };
        print(&text::render(report, style))?;
    }
    Ok(match report.totals().exit_code() {
        0 => Exit::Good,
        1 => Exit::Findings,
        _ => Exit::CouldNotRun,
    })
}

/// A key with a PIN is somebody's, and left alone unless they say otherwise.
fn spare(args: &TestArgs, target: &str, channel: &mut Channel) -> Result<()> {
    let mut client = Client::new("https://localhost", Box::new(Nobody))?;
    // A key that does not even say what it is has cases for that.
    let info = client.authenticator(channel, Instant::now() + PATIENCE).get_info().ok();
    let has_pin = info.is_some_and(|info| info.option("clientPin") == Some(true));
    if has_pin && args.erase && !args.yes {
        bail!("{target} has a PIN: it is somebody's. --erase --yes loses everything on it");
    }
    if has_pin && !args.erase && !args.in_use {
        bail!(
            "{target} has a PIN: it is somebody's. --in-use asks what changes nothing on it; --erase --yes resets it"
        );
    }
    Ok(())
}

/// How long getInfo may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the key loses its power before each reset, where it may be reset.
fn erase(args: &TestArgs) -> Option<PowerCycle> {
    let by_command = args.power_cycle.clone().map(PowerCycle::Command);
    args.erase.then(|| by_command.unwrap_or(PowerCycle::Person))
}

fn judged(here: &Place, args: &TestArgs, target: &str, described: Option<TargetFile>, plan: &Plan) -> Result<Report> {
    let (lab, state) = (here.lab()?, here.state()?);
    let mut bar = Bar::new();
    let kind = match args.kind {
        TestKind::Server => "server",
        TestKind::Authenticator => "authenticator",
        TestKind::Dbsc => "dbsc",
        TestKind::Policy => "policy",
    };
    let replay =
        format!("assay test {kind} {target} --profile {} --seed {} --filter {{case}}", plan.profile, plan.seed);
    if args.kind == TestKind::Authenticator {
        let key = KeyTarget::parse(target)?;
        // An unreachable key is one error, not a hundred broken cases.
        let mut channel = crate::keys::channel(key.connect(&lab, &state)?).with_context(|| target.to_owned())?;
        if !key.is_fresh() {
            spare(args, target, &mut channel)?;
        }
        drop(channel);
        let named = Named { target: key, lab, state };
        let care = Care { erase: erase(args), desk: bar.desk() };
        let suite = judge::authenticator(plan, named, care, &mut bar);
        return Ok(plan.report(kind, target, target, &replay, vec![suite]));
    }
    let own = if target == "sim" { Some(OwnServer::start(&lab, &plan.profile)?) } else { None };
    let server = match &own {
        Some(own) => own.judged()?,
        None => server(target, described, &state)?,
    };
    let suite = match args.kind {
        TestKind::Server => judge::relying_party(plan, &server, &lab, &mut bar)?,
        TestKind::Dbsc => judge::dbsc(plan, &server, &lab, &mut bar)?,
        _ => judge::policy(plan, &server, &lab, &mut bar)?,
    };
    Ok(plan.report(kind, &server.file.name, &server.file.address, &replay, vec![suite]))
}

/// A server of this process, as a target; its clock can be moved.
pub(super) struct OwnServer {
    handle: assay_server::Handle,
    clock: MovableClock,
}

impl OwnServer {
    /// Starts it, in memory, on a free port.
    pub(super) fn start(lab: &Lab, profile: &str) -> Result<Self> {
        let clock = MovableClock::default();
        let plan = ServerPlan {
            profile: profile.to_owned(),
            algorithms: every_algorithm(),
            clock: Some(Arc::new(clock.clone())),
            ..ServerPlan::default()
        };
        Ok(Self { handle: lab.serve(&plan)?, clock })
    }

    /// How the suites reach it.
    pub(super) fn judged(&self) -> Result<Judged> {
        let bootstrap = &self.handle.bootstrap;
        let client = bootstrap.client.as_ref().context("the server kept its credentials to itself")?;
        let judged = Judged::by_url(&self.handle.url())?;
        let mut judged = judged.with_credentials(&bootstrap.tenant_id, &client.client_id, &client.client_secret);
        judged.file.name = "the lab's own server".to_owned();
        judged.clock = Some(self.clock.clone());
        Ok(judged)
    }

    /// Stops it.
    pub(super) fn stop(self) {
        self.handle.stop();
    }
}

/// The target file, where the target is one.
fn described(kind: TestKind, target: &str) -> Result<Option<TargetFile>> {
    let is_url = target.starts_with("http://") || target.starts_with("https://");
    if kind == TestKind::Authenticator || target == "sim" || is_url {
        return Ok(None);
    }
    let path = Path::new(target);
    if !path.exists() {
        bail!("{target:?} is neither a URL nor a file, nor sim");
    }
    TargetFile::load(path).map(Some).with_context(|| format!("{target} is no target file"))
}

/// A server by URL or target file; credentials from the environment, or from the server's ready line
/// where this lab started it.
fn server(target: &str, described: Option<TargetFile>, state: &State) -> Result<Judged> {
    let judged = match described {
        None => Judged::by_url(target)?,
        Some(file) => {
            let tenant_id = file.headers.contains_key("authorization").then(|| variable("ASSAY_TENANT_ID")).flatten();
            Judged { file: assay_dialect::complete(file), tenant_id, clock: None }
        }
    };
    if let (Some(tenant), Some(id), Some(secret)) =
        (variable("ASSAY_TENANT_ID"), variable("ASSAY_CLIENT_ID"), variable("ASSAY_CLIENT_SECRET"))
    {
        return Ok(judged.with_credentials(&tenant, &id, &secret));
    }
    let port = judged.file.address.rsplit(':').next().and_then(|rest| rest.trim_end_matches('/').parse().ok());
    let Some(ready) = port.and_then(|port| state.server(port)) else { return Ok(judged) };
    let member = |name: &str| ready.get(name).and_then(Value::as_str);
    Ok(match (member("tenant_id"), member("client_id"), member("client_secret")) {
        (Some(tenant), Some(id), Some(secret)) => judged.with_credentials(tenant, id, secret),
        _ => judged,
    })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn export(lab: &Lab, args: &TestArgs) -> Result<Exit> {
    if let Some(path) = &args.export_metadata {
        fs::write(path, lab.metadata_blob()?).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    if let Some(path) = &args.export_anchors {
        let mut pem = String::new();
        let roots = lab.attestation_roots()?.into_iter().chain([lab.anchored_batch()?, lab.metadata_root()?]);
        for der in roots {
            pem.push_str(&crate::pem::certificate(&der));
        }
        fs::write(path, pem).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(Exit::Good)
}

/// The first Ctrl-C ends the run between two questions and still writes a report.
pub(super) fn cancel_on_interrupt(plan: &Plan) -> Result<()> {
    let cancel = plan.cancel.clone();
    ctrlc::set_handler(move || cancel.cancel()).context("no handler for interrupts")
}
