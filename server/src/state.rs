//! What every handler shares.

use std::sync::{Arc, PoisonError, RwLock};

use assay_attestation::Cache;
use assay_attestation::metadata::Metadata;
use assay_protocol::base64url;
use assay_protocol::check::Enforced;
use assay_relying_party::{Profile, RelyingParty};
use time::OffsetDateTime;

use crate::config::Config;
use crate::error::Error;
use crate::metadata::Shelf;
use crate::store::Store;

/// The server's configuration, its store, and what was settled when it started.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Inner>);

struct Inner {
    config: Config,
    store: Box<dyn Store>,
    profile: Profile,
    relying_party: RelyingParty,
    default_tenant: String,
    decoy_key: [u8; 32],
    shelves: Vec<Shelf>,
    metadata: RwLock<Snapshot>,
    cache: Cache,
}

/// How many batches' certificates are remembered: a few megabytes at most.
const REMEMBERED_PATHS: usize = 1024;

/// The metadata in use at one moment: whoever holds it is not disturbed by a new issue.
pub(crate) type Snapshot = Arc<Vec<Arc<Metadata>>>;

impl AppState {
    pub(crate) fn new(config: Config, store: Box<dyn Store>, default_tenant: String, decoy_key: [u8; 32]) -> Self {
        let mut profile = config.profile.clone();
        profile.enforced = config.without.iter().fold(profile.enforced, |enforced, id| enforced.without(id));
        let origins = config.origins.iter().chain(&config.related_origins).cloned().collect();
        let relying_party = RelyingParty::new(config.rp_id.as_str(), config.rp_name.as_str(), origins);
        let metadata = RwLock::new(Arc::new(config.metadata.iter().cloned().map(Arc::new).collect()));
        let shelves = config.metadata_sources.iter().cloned().map(Shelf::new).collect();
        Self(Arc::new(Inner {
            config,
            store,
            profile,
            relying_party,
            default_tenant,
            decoy_key,
            shelves,
            metadata,
            cache: Cache::new(REMEMBERED_PATHS),
        }))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.0.store.as_ref()
    }

    /// The profile, without the checks that were left out by name.
    pub(crate) fn profile(&self) -> &Profile {
        &self.0.profile
    }

    /// The checks in force.
    pub(crate) fn enforced(&self) -> &Enforced {
        &self.0.profile.enforced
    }

    /// Who this is, and where its pages live.
    pub(crate) fn relying_party(&self) -> &RelyingParty {
        &self.0.relying_party
    }

    /// The tenant of requests without credentials.
    pub(crate) fn default_tenant(&self) -> &str {
        &self.0.default_tenant
    }

    /// The key from which the credential ids of nobody are made.
    pub(crate) fn decoy_key(&self) -> &[u8; 32] {
        &self.0.decoy_key
    }

    /// The metadata in use now, in order of precedence.
    pub(crate) fn metadata(&self) -> Snapshot {
        Arc::clone(&self.0.metadata.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The sources of metadata that are kept up.
    pub(crate) fn shelves(&self) -> &[Shelf] {
        &self.0.shelves
    }

    /// Puts in use what the sources hold now.
    pub(crate) fn publish_metadata(&self) {
        let mut snapshot = self.0.metadata.write().unwrap_or_else(PoisonError::into_inner);
        let ready = self.0.config.metadata.len();
        let kept = snapshot.iter().take(ready).cloned();
        *snapshot = Arc::new(kept.chain(self.0.shelves.iter().filter_map(Shelf::metadata)).collect());
    }

    /// The certificates and paths that were good before.
    pub(crate) fn cache(&self) -> &Cache {
        &self.0.cache
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.0.config.clock.now()
    }

    /// So many unguessable bytes.
    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.0.config.random.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// A new identifier such as `ten_3f2a...`.
    pub(crate) fn id(&self, prefix: &str) -> Result<String, Error> {
        let hex: String = self.random::<16>()?.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("{prefix}_{hex}"))
    }

    /// A new secret of 256 bits, in the alphabet of cookies.
    pub(crate) fn secret(&self) -> Result<String, Error> {
        Ok(base64url::encode(&self.random::<32>()?))
    }
}
