//! The composition root: from a seed and a clock to metadata, servers and keys that fit together.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use assay_attestation::Anchors;
use assay_attestation::metadata::{Metadata, Trust};
use assay_conformance::suites::relying_party::ANCHORED_BATCH;
use assay_mint::lab::{METADATA_HOST, MODEL};
use assay_mint::metadata::{Issue, ModelId, models};
use assay_protocol::check::CheckInfo;
use assay_protocol::cose::alg;
use assay_relying_party::registration::Wishes;
use assay_relying_party::{Profile, all_checks};
use assay_server::config::{Clock, Config, Database, PolicyEngine};
use assay_server::{MetadataSource, Origin};
use time::OffsetDateTime;

/// A lab: whose seed decides every key of its vendors, whose clock dates their certificates.
#[derive(Debug, Clone, Copy)]
pub struct Lab {
    /// The lab's vendors.
    pub mint: assay_mint::lab::Lab,
    now: OffsetDateTime,
}

/// The origin on another site that the lab's own servers list as related.
pub const RELATED_ORIGIN: &str = "https://related.assay.test";

/// How a server of the lab is set up.
#[derive(Debug, Clone)]
pub struct ServerPlan {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// SQLite file, or memory.
    pub db: Option<PathBuf>,
    /// RP ID.
    pub rp_id: String,
    /// Expected origins; empty for the server's own.
    pub origins: Vec<String>,
    /// Origins on other sites that are expected too, and listed at `/.well-known/webauthn`.
    pub related_origins: Vec<String>,
    /// Contested questions that are decided otherwise than the profile does: name and word.
    pub switches: Vec<(String, String)>,
    /// COSE algorithms to offer, most wanted first; empty for what suits most.
    pub algorithms: Vec<i64>,
    /// The profile's name.
    pub profile: String,
    /// Ids of checks to skip.
    pub without: Vec<String>,
    /// Sources of metadata beside the lab's own.
    pub metadata: Vec<MetadataSource>,
    /// Is the policy engine wired?
    pub policy_engine: PolicyEngine,
    /// Another clock than the system's.
    pub clock: Option<Arc<dyn Clock>>,
}

impl Default for ServerPlan {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            db: None,
            rp_id: "localhost".to_owned(),
            origins: Vec::new(),
            related_origins: vec![RELATED_ORIGIN.to_owned()],
            switches: Vec::new(),
            algorithms: Vec::new(),
            profile: "w3c-l3".to_owned(),
            without: Vec::new(),
            metadata: Vec::new(),
            policy_engine: PolicyEngine::Wired,
            clock: None,
        }
    }
}

impl Lab {
    /// The lab of this seed at this time.
    pub fn new(seed: [u8; 32], now: OffsetDateTime) -> Self {
        Self { mint: assay_mint::lab::Lab::new(seed, now.unix_timestamp()), now }
    }

    /// The lab's signed metadata BLOB.
    pub fn metadata_blob(&self) -> Result<String> {
        Ok(self.mint.metadata_blob(&Issue::new(1))?)
    }

    /// The root that signs the lab's metadata, DER.
    pub fn metadata_root(&self) -> Result<Vec<u8>> {
        Ok(self.mint.metadata().issue()?.root)
    }

    /// The lab's metadata, loaded as anybody would load them.
    pub fn metadata(&self) -> Result<Metadata> {
        Ok(Metadata::load(&self.metadata_blob()?, &self.metadata_trust()?, None, self.now)?)
    }

    /// The lab's own signature on metadata.
    pub fn metadata_trust(&self) -> Result<Trust> {
        Ok(Trust::new(Anchors::parse([self.metadata_root()?])?).named(METADATA_HOST))
    }

    /// Loads a BLOB of the lab's own, or one that leads to one of `roots` (DER) in FIDO's name or in a lab's.
    pub fn load_metadata(&self, blob: &str, roots: &[Vec<u8>]) -> Result<Metadata> {
        let fidos = Trust::new(Anchors::parse(roots)?);
        let trusts = [self.metadata_trust()?, fidos.clone(), fidos.named(METADATA_HOST)];
        Ok(Metadata::load_by_any(blob, &trusts, None, self.now)?)
    }

    /// The attestation roots of all models that the lab's metadata list, and of the platforms that
    /// they do not, DER.
    pub fn attestation_roots(&self) -> Result<Vec<Vec<u8>>> {
        let listed: Result<Vec<Vec<u8>>> = models()
            .iter()
            .filter(|model| model.in_metadata && model.has_certificates())
            .map(|model| {
                let chain = match model.id {
                    ModelId::Aaguid(aaguid) => self.mint.model(aaguid),
                    ModelId::KeyIdentifier(_) => self.mint.u2f(&model.id.to_string()),
                };
                Ok(chain.issue()?.root)
            })
            .collect();
        Ok([listed?, self.platform_roots()?].concat())
    }

    /// The roots of formats that no model's metadata vouch for, DER: Android, Apple, SafetyNet.
    pub fn platform_roots(&self) -> Result<Vec<Vec<u8>>> {
        let chains = [self.mint.android_key(), self.mint.apple(), self.mint.safetynet()];
        chains.iter().map(|chain| Ok(chain.issue()?.root)).collect()
    }

    /// A batch's certificate that is its own anchor, DER (WebAuthn L3 7.1 step 24).
    pub fn anchored_batch(&self) -> Result<Vec<u8>> {
        Ok(self.mint.batch(MODEL, ANCHORED_BATCH).issue()?.leaf)
    }

    /// Starts a server that trusts the lab's metadata.
    pub fn serve(&self, plan: &ServerPlan) -> Result<assay_server::Handle> {
        Ok(assay_server::spawn(self.server_config(plan)?)?)
    }

    /// The server's configuration, checked.
    pub fn server_config(&self, plan: &ServerPlan) -> Result<Config> {
        let Some(profile) = Profile::named(&plan.profile) else {
            bail!("there is no profile {:?}: {}", plan.profile, profile_names());
        };
        let profile = switched(profile, &plan.switches)?;
        let mut config = Config::new(&plan.rp_id, plan.origins.clone(), profile);
        config.related_origins.clone_from(&plan.related_origins);
        config.listen = plan.listen;
        if !plan.algorithms.is_empty() {
            config.algorithms.clone_from(&plan.algorithms);
        }
        config.without = known_checks(&plan.without)?;
        if !config.without.is_empty() && !plan.listen.ip().is_loopback() {
            bail!("--without is for proving a suite's bite, on loopback only, not on {}", plan.listen);
        }
        if let Some(file) = &plan.db {
            config.database = Database::File(file.clone());
        }
        let own = Origin::Given(self.metadata_blob()?);
        config.metadata_sources = vec![MetadataSource::new("lab", own, vec![self.metadata_trust()?])];
        config.metadata_sources.extend(plan.metadata.iter().cloned());
        for source in &mut config.metadata_sources {
            if let (Some(database), None) = (&plan.db, &source.copy) {
                source.copy = Some(copy_beside(database, &source.name));
            }
        }
        config.anchors = Anchors::parse(self.platform_roots()?.into_iter().chain([self.anchored_batch()?]))?;
        config.policy_engine = plan.policy_engine;
        if let Some(clock) = &plan.clock {
            config.clock = Arc::clone(clock);
        }
        Ok(config)
    }
}

/// Where the last good issue of a source is kept: beside the records.
fn copy_beside(database: &Path, source: &str) -> PathBuf {
    let plain: String = source.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let mut name = database.as_os_str().to_owned();
    name.push(format!("-mds-{plain}.json"));
    PathBuf::from(name)
}

/// Every check that `--without` can name, and the profiles that enforce it: none for those of
/// device-bound sessions, which are always in force.
pub fn every_check() -> Vec<(CheckInfo, Vec<&'static str>)> {
    let everywhere: Vec<&'static str> = assay_relying_party::profiles().iter().map(|profile| profile.name).collect();
    let ceremonies = all_checks().into_iter().map(|listed| (listed.check, listed.profiles));
    let challenges = assay_server::check::infos().map(|check| (check, everywhere.clone()));
    let sessions = assay_dbsc::Check::ALL.iter().map(|check| (check.info(), Vec::new()));
    let duties = assay_dbsc::Duty::ALL.iter().map(|duty| (duty.info(), Vec::new()));
    ceremonies.chain(challenges).chain(sessions).chain(duties).collect()
}

/// Every algorithm that can be offered: first what is offered by default, in its order.
pub fn every_algorithm() -> Vec<i64> {
    let mut algorithms = Wishes::default().algorithms;
    let others: Vec<i64> = alg::SIGNATURES.into_iter().filter(|other| !algorithms.contains(other)).collect();
    algorithms.extend(others);
    algorithms
}

/// The algorithms of these names in the COSE registry, `all` for every one.
pub fn algorithms(names: &[String]) -> Result<Vec<i64>> {
    let mut algorithms = Vec::new();
    for name in names {
        let named = match (name.as_str(), alg::number(name)) {
            ("all", _) => every_algorithm(),
            (_, Some(number)) => vec![number],
            (_, None) => {
                let known: Vec<&str> = every_algorithm().into_iter().filter_map(alg::name).collect();
                bail!("there is no algorithm {name:?}: all, {}", known.join(", "));
            }
        };
        // Each is offered once, where it was named first.
        let others: Vec<i64> = named.into_iter().filter(|other| !algorithms.contains(other)).collect();
        algorithms.extend(others);
    }
    Ok(algorithms)
}

/// The names of the profiles, for messages.
pub fn profile_names() -> String {
    assay_relying_party::profiles().iter().map(|profile| profile.name).collect::<Vec<_>>().join(", ")
}

fn known_checks(ids: &[String]) -> Result<Vec<&'static str>> {
    let known = every_check();
    ids.iter()
        .map(|id| match known.iter().find(|(check, _)| check.id == id) {
            Some((check, _)) => Ok(check.id),
            None => bail!("there is no check {id:?}; `assay checks` lists them"),
        })
        .collect()
}

/// The profile with some of its contested questions decided otherwise.
fn switched(profile: Profile, switches: &[(String, String)]) -> Result<Profile> {
    if switches.is_empty() {
        return Ok(profile);
    }
    let mut decided = serde_json::to_value(profile.switches)?;
    for (name, word) in switches {
        match decided.get_mut(name) {
            Some(known) => *known = word.as_str().into(),
            None => bail!("there is no switch {name:?}: `assay profile show {}` lists them", profile.name),
        }
    }
    let switches = serde_json::from_value(decided).context("--switch")?;
    Profile::with_switches(profile.name, switches).with_context(|| format!("profile {}", profile.name))
}
