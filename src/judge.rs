//! Suites against targets: what `assay test` and the main job share.

mod authenticator;
mod progress;
mod server;

use std::path::Path;
use std::time::{Instant, SystemTime};

use anyhow::{Context as _, Result};
use assay_conformance::case::Header;
use assay_conformance::context::Cancel;
use assay_conformance::report::folder::Folder;
use assay_conformance::report::{Facts, Report, SuiteReport};
use assay_conformance::runner::{Filter, Options};
use assay_conformance::seed::Seed;
use assay_conformance::suites;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub use self::authenticator::{authenticator, fresh_simulator};
pub use self::progress::Bar;
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
    /// Stops the run.
    pub cancel: Cancel,
    /// When it began.
    pub began: SystemTime,
    since: Instant,
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
            cancel: Cancel::new(),
            began: SystemTime::now(),
            since: Instant::now(),
        })
    }

    fn options(&self, features: &[&str]) -> Options {
        Options {
            filter: self.filter.clone(),
            cancel: self.cancel.clone(),
            features: features.iter().map(|feature| (*feature).to_owned()).collect(),
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
            further: Default::default(),
        };
        Report::new(facts, suites)
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

/// Makes sure that a report can stand at `place`, before anybody waits for it.
pub fn reserve(place: &Path) -> Result<Folder> {
    Folder::begin(place).with_context(|| format!("no report can be written to {}", place.display()))
}

/// Writes a report's files, all or none.
pub fn write(report: &Report, folder: Folder) -> Result<()> {
    folder.write_report(report).context("the report cannot be written")?;
    folder.commit().context("the report cannot be written")
}
