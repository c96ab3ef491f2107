//! The main job.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Result;
use assay_conformance::report::Report;
use serde_json::json;

use super::Place;
use super::test::{OwnServer, cancel_on_interrupt, nothing_failed};
use crate::cli::RunArgs;
use crate::judge::{self, Bar, Care, Named, Plan};
use crate::keys::KeyTarget;
use crate::output::{Exit, Style, print};
use crate::traces;

/// Traces, every suite against our own server and key, and the reports.
pub(super) fn run(here: &Place, args: &RunArgs) -> Result<Exit> {
    let style = Style::for_stdout();
    let (lab, state) = (here.lab()?, here.state()?);
    let earlier = args.regression.earlier(&args.out)?;
    if let Some(earlier) = &earlier
        && earlier.unsettled().is_empty()
    {
        return nothing_failed(here, &earlier.path);
    }
    let seed = args.seed.as_deref().or(earlier.as_ref().map(|earlier| earlier.report.facts.seed.as_str()));
    let mut plan = Plan::new("hardened", seed, &[])?;
    args.regression.tell(&mut plan, earlier.as_ref())?;
    cancel_on_interrupt(&plan)?;
    let folder = judge::reserve(&args.out)?;
    let told = traces::all(&lab)?;
    if !here.json {
        print(&stories(&told, style))?;
    }

    let server = OwnServer::start(&lab, &plan.profile)?;
    let judged = server.judged()?;
    let mut bar = Bar::new();
    let care = Care { erase: None, desk: bar.desk() };
    let suites = vec![
        judge::relying_party(&plan, &judged, &lab, &mut bar)?,
        judge::policy(&plan, &judged, &lab, &mut bar)?,
        judge::dbsc(&plan, &judged, &lab, &mut bar)?,
        judge::authenticator(&plan, Named { target: KeyTarget::parse("sim")?, lab, state }, care, &mut bar),
    ];
    drop(bar);
    let replay = format!("assay test {{suite}} sim --profile {} --seed {} --filter {{case}}", plan.profile, plan.seed);
    let report = plan.report("the whole lab", "the lab's own server and key", "", &replay, suites);
    judge::write(&report, folder)?;
    server.stop();

    if here.json {
        let summary = json!({ "traces": told, "totals": report.totals(), "report": args.out });
        print(&format!("{}\n", serde_json::to_string_pretty(&summary)?))?;
    } else {
        print(&summary(&report, style))?;
        print(&format!("report: {}\n", args.out.join("report.html").display()))?;
    }
    std::io::stdout().flush().ok();
    Ok(match report.totals().exit_code() {
        0 => Exit::Good,
        1 => Exit::Findings,
        _ => Exit::CouldNotRun,
    })
}

fn stories(told: &[traces::Trace], style: Style) -> String {
    let mut out = String::new();
    for trace in told {
        let _ = writeln!(out, "{}", style.strong(&trace.title));
        for step in &trace.steps {
            let _ = writeln!(
                out,
                "  {} {:8} {}",
                style.good("✓"),
                style.quiet(format!("{:8}", step.who)).trim_end(),
                step.what
            );
        }
        let _ = writeln!(out);
    }
    out
}

fn summary(report: &Report, style: Style) -> String {
    use assay_conformance::report::text;
    let mode = if style.coloured() { text::Style::Colour } else { text::Style::Plain };
    text::render(report, mode)
}
