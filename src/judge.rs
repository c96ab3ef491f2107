//! Suites against targets: what `assay test` and the main job share.

mod attended;
mod authenticator;
mod desk;
mod left;
mod progress;
mod refresh;
mod server;
mod sweep;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Instant, SystemTime};

use anyhow::{Context as _, Result, anyhow, bail};
use assay_conformance::case::Header;
use assay_conformance::context::Cancel;
use assay_conformance::known::{KnownFailure, KnownFailures};
use assay_conformance::report::folder::Folder;
use assay_conformance::report::{Baseline, Depth, Facts, Report, SuiteReport};
use assay_conformance::runner::{Filter, Options, Shard};
use assay_conformance::seed::Seed;
use assay_conformance::suites;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub use self::attended::{PERSONS, person};
pub use self::authenticator::{Care, Named, Seen, authenticator, keys};
pub use self::desk::{Desk, NoDesk};
pub use self::progress::Bar;
pub use self::refresh::PowerCycle;
pub use self::server::{Judged, dbsc, policy, relying_party, relying_party_through};
use crate::cli::TestKind;

/// How a run is made, whatever is judged.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The profile that the target is held to.
    pub profile: String,
    /// Where everything random comes from.
    pub seed: Seed,
    /// Which cases run.
    pub filter: Filter,
    /// The part of them that runs.
    pub shard: Option<Shard>,
    /// What is known to fail, whatever the target file says.
    pub known: KnownFailures,
    /// The earlier run that this one is held against.
    pub baseline: Option<Arc<Baseline>>,
    /// Whose messages the report keeps.
    pub depth: Depth,
    /// Stops the run.
    pub cancel: Cancel,
    /// When it began.
    pub began: SystemTime,
    since: Instant,
    notes: BTreeMap<String, String>,
}

impl Plan {
    /// Every case; a fresh seed where none is given.
    pub fn new(profile: &str, seed: Option<&str>, filter: &[String]) -> Result<Self> {
        Ok(Self {
            profile: profile.to_owned(),
            seed: match seed {
                Some(text) => text.parse().with_context(|| format!("--seed {text}"))?,
                None => Seed::fresh()?,
            },
            filter: Filter::new(filter),
            shard: None,
            known: KnownFailures::default(),
            baseline: None,
            depth: Depth::default(),
            cancel: Cancel::new(),
            began: SystemTime::now(),
            since: Instant::now(),
            notes: BTreeMap::new(),
        })
    }

    /// Says more of the run in its report; what was said under the same name stays.
    pub fn note(&mut self, name: &str, value: impl Display) {
        let note = self.notes.entry(name.to_owned()).or_default();
        let divider = if note.is_empty() { "" } else { ", " };
        note.push_str(&format!("{divider}{value}"));
    }

    fn options<'a>(&self, features: impl IntoIterator<Item = &'a str>) -> Options {
        Options {
            filter: self.filter.clone(),
            shard: self.shard,
            known_failures: self.known.clone(),
            baseline: self.baseline.clone(),
            cancel: self.cancel.clone(),
            features: features.into_iter().map(str::to_owned).collect(),
            ..Options::new(&*self.profile, self.seed, self.began)
        }
    }

    /// The report of these suites.
    pub fn report(&self, kind: &str, target: &str, address: &str, replay: &str, suites: Vec<SuiteReport>) -> Report {
        let facts = Facts {
            lab: concat!("Assay ", env!("CARGO_PKG_VERSION")).to_owned(),
            target: target.to_owned(),
            kind: kind.to_owned(),
            address: address.to_owned(),
            profile: self.profile.clone(),
            seed: self.seed.to_string(),
            started: OffsetDateTime::from(self.began).format(&Rfc3339).unwrap_or_default(),
            duration_ms: u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX),
            replay: replay.to_owned(),
            further: self.notes.clone(),
        };
        Report::new(facts, suites).kept(self.depth)
    }
}

/// The headers of every case of a kind, in the order in which they run.
pub fn headers(kind: TestKind, profile: &str) -> Vec<Header> {
    match kind {
        TestKind::Server => suites::relying_party::suite(profile).headers().cloned().collect(),
        TestKind::Authenticator => suites::authenticator::suite().headers().cloned().collect(),
        TestKind::Dbsc => suites::dbsc::suite().headers().cloned().collect(),
        TestKind::Policy => suites::policy::suite().headers().cloned().collect(),
    }
}

/// Is this the id of a case of any suite, under any profile?
pub fn is_case(id: &str) -> bool {
    static ALL: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let servers = suites::relying_party::PROFILES.map(|profile| headers(TestKind::Server, profile));
        let others = [TestKind::Authenticator, TestKind::Dbsc, TestKind::Policy].map(|kind| headers(kind, ""));
        servers.into_iter().chain(others).flatten().map(|header| header.id).collect()
    });
    ALL.contains(id)
}

/// The known failures of a target file, each of them of a case.
fn listed(table: &BTreeMap<String, String>) -> Result<KnownFailures> {
    let mut known = KnownFailures::default();
    for (case, reason) in table {
        known.add(case.clone(), KnownFailure::new(reason)).map_err(|what| anyhow!("the target file: {what}"))?;
    }
    let strangers = known.strangers(is_case);
    if !strangers.is_empty() {
        bail!("the target file's known_failures list what is no case: {}", strangers.join(", "));
    }
    Ok(known)
}

/// Makes sure that a report can stand at `place`, before anybody waits for it.
pub fn reserve(place: &Path) -> Result<Folder> {
    Folder::begin(place).with_context(|| format!("no report can be written to {}", place.display()))
}

/// Writes a report's files, all or none.
pub fn write(report: &Report, folder: Folder) -> Result<()> {
    folder.write_report(report).context("the report cannot be written")?;
    folder.commit().context("the report cannot be written")
}
