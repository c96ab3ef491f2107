//! A suite's conversation with a key in one file, to be had again where there is no key.
//!
//! From the same seed a suite sends the same bytes as long as it gets the same answers, so that a replay ends as
//! the recording did, unless our side of the conversation has changed.

mod play;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};
use assay_conformance::case::Header;
use assay_conformance::context::Cancel;
use assay_conformance::report::SuiteReport;
use assay_conformance::suites::authenticator::Connect;
use assay_conformance::verdict::Outcome;
use assay_protocol::ctap2::get_info;
use assay_transport::transcript::{Direction, Entry};
use assay_transport::{Recorded, Report, Reports, Transcript};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use self::play::{Difference, Player};

/// The version of the file's form.
const FORM: u32 = 1;

/// What whoever is asked for such a file should know.
const CONTAINS: &str = "Every report between the suite and the key, as hexadecimal digits without the zeros at the end. \
    Credentials and PINs in it were made for the recording. It names no user, no serial number and no computer; \
    attestation certificates are those that any website is shown, and an enterprise attestation, where the suite \
    had it enabled, tells which device it was.";

/// A recorded run of the authenticator suite.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// 1.
    pub assay_recording: u32,
    /// What is in it, for people.
    pub contains: String,
    /// What the key said of itself: members of getInfo by their names.
    pub key: serde_json::Value,
    /// The profile of the run.
    pub profile: String,
    /// The seed of the run.
    pub seed: String,
    /// When the run began, in seconds of Unix time.
    pub began: u64,
    /// Did each case find the key as it comes from the factory?
    pub fresh: bool,
    /// One for each case that spoke to the key, in the order of the run.
    pub sessions: Vec<Session>,
}

/// What one case said and heard.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The case's id.
    pub case: String,
    /// pass, unattributed, fail, skip or broken.
    pub outcome: String,
    /// `> ` and a report to the key, `< ` and one from it.
    pub reports: Vec<String>,
}

/// Keeps what passes between the cases of a run and the keys that `inner` reaches.
pub struct Recorder {
    inner: Arc<dyn Connect>,
    running: Mutex<String>,
    sessions: Mutex<Vec<(String, Transcript)>>,
}

impl Recorder {
    /// Records from now on.
    pub fn new(inner: Arc<dyn Connect>) -> Self {
        Self { inner, running: Mutex::default(), sessions: Mutex::default() }
    }

    /// The sessions of the cases in this report.
    pub fn sessions(&self, report: &SuiteReport) -> Vec<Session> {
        let kept = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = |case: &str| {
            let found = report.cases.iter().find(|done| done.header.id == case);
            found.map(|done| done.outcome.name().to_owned())
        };
        let sessions = kept.iter().filter_map(|(case, transcript)| {
            let reports = transcript.entries().iter().map(written).collect();
            Some(Session { case: case.clone(), outcome: outcome(case)?, reports })
        });
        sessions.collect()
    }
}

impl Connect for Recorder {
    fn prepare(&self, header: &Header, cancel: &Cancel) -> Result<(), String> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&header.id);
        self.inner.prepare(header, cancel)
    }

    fn ended(&self, outcome: &Outcome) {
        self.inner.ended(outcome);
    }

    fn has_our_pin(&self) -> bool {
        self.inner.has_our_pin()
    }

    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        let (reports, transcript) = Recorded::new(self.inner.connect()?);
        let case = self.running.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).push((case, transcript));
        Ok(Box::new(reports))
    }
}

impl Recording {
    /// A recording in today's form.
    pub fn new(key: serde_json::Value, profile: &str, seed: String, began: u64, fresh: bool) -> Self {
        Self {
            assay_recording: FORM,
            contains: CONTAINS.to_owned(),
            key,
            profile: profile.to_owned(),
            seed,
            began,
            fresh,
            sessions: Vec::new(),
        }
    }

    /// Reads a file; every report in it is one.
    pub fn load(path: &Path) -> Result<Self> {
        let text = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let recording: Self =
            serde_json::from_slice(&text).with_context(|| format!("{} is no recording", path.display()))?;
        if recording.assay_recording != FORM {
            bail!("{} has form {}, and this version reads {FORM}", path.display(), recording.assay_recording);
        }
        let mut seen = BTreeSet::new();
        for session in &recording.sessions {
            let case = &session.case;
            if !seen.insert(case) {
                bail!("{}: {case} is there twice", path.display());
            }
            session.entries().with_context(|| format!("{}: {case}", path.display()))?;
        }
        Ok(recording)
    }
}

/// What of getInfo tells one make from another, and nothing that tells one device from another.
pub fn summary(info: &get_info::Response) -> serde_json::Value {
    json!({
        "aaguid": info.aaguid, "versions": info.versions, "firmwareVersion": info.firmware_version,
        "transports": info.transports, "extensions": info.extensions,
    })
}

impl Session {
    /// The reports and which way each went.
    fn entries(&self) -> Result<Vec<(Direction, Report)>> {
        self.reports.iter().enumerate().map(|(at, line)| read(line).with_context(|| format!("report {at}"))).collect()
    }
}

fn written(entry: &Entry) -> String {
    let arrow = match entry.direction {
        Direction::Sent => '>',
        Direction::Received => '<',
    };
    let end = entry.report.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let digits: String = entry.report.iter().take(end).map(|byte| format!("{byte:02x}")).collect();
    format!("{arrow} {digits}")
}

fn read(line: &str) -> Result<(Direction, Report)> {
    let (direction, digits) = match line.split_at_checked(2) {
        Some(("> ", digits)) => (Direction::Sent, digits),
        Some(("< ", digits)) => (Direction::Received, digits),
        _ => bail!("{line:?} begins with neither > nor <"),
    };
    let digits = digits.as_bytes();
    if digits.len() % 2 != 0 || digits.len() > 128 {
        bail!("{} digits are no report of up to 64 bytes", digits.len());
    }
    let mut report = [0; 64];
    for (byte, pair) in report.iter_mut().zip(digits.chunks(2)) {
        let pair = std::str::from_utf8(pair).context("no hexadecimal digits")?;
        *byte = u8::from_str_radix(pair, 16).with_context(|| format!("{pair:?} are no hexadecimal digits"))?;
    }
    Ok((direction, report))
}
