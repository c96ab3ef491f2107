//! What a server is told before it starts: nothing else enters from outside.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use assay_attestation::Anchors;
use assay_attestation::metadata::Metadata;
use assay_relying_party::Profile;
use assay_relying_party::registration::Wishes;
use time::OffsetDateTime;

use crate::metadata::MetadataSource;

/// Everything that [`spawn()`](crate::spawn()) needs.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to bind; port 0 asks the system for one.
    pub listen: SocketAddr,
    /// Where the records live.
    pub database: Database,
    /// The relying party's identifier.
    pub rp_id: String,
    /// The relying party's name, for people.
    pub rp_name: String,
    /// The origins that a ceremony may come from, compared exactly. With none given they are
    /// `https://RP_ID` and `http://RP_ID:PORT`.
    pub origins: Vec<String>,
    /// Origins on other sites that may use the RP ID too; they are listed at
    /// `/.well-known/webauthn`, where clients look (WebAuthn L3 5.11).
    pub related_origins: Vec<String>,
    /// The COSE algorithms that are offered where nobody asks for fewer, most wanted first; not empty.
    pub algorithms: Vec<i64>,
    /// Which checks are enforced, and how the conflicts of practice are settled.
    pub profile: Profile,
    /// Ids of checks to skip. The caller has validated them; parsing is never skipped.
    pub without: Vec<&'static str>,
    /// Metadata BLOBs, verified by the caller; the first one that knows a model speaks for it.
    pub metadata: Vec<Metadata>,
    /// Sources of further metadata, kept up while the server runs; after those in precedence.
    pub metadata_sources: Vec<MetadataSource>,
    /// Trust anchors beyond the metadata, for the attestation of any model.
    pub anchors: Anchors,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where unguessable bytes come from.
    pub random: Arc<dyn Random>,
    /// Is the attestation policy engine wired?
    pub policy_engine: PolicyEngine,
    /// How long a challenge waits for its answer.
    pub challenge_lifetime: Duration,
    /// How long a signed-in session lasts.
    pub session_lifetime: Duration,
    /// The lifetimes of device-bound sessions.
    pub dbsc: DbscLifetimes,
    /// The longest request body, in bytes.
    pub body_limit: usize,
    /// What the process's signals do.
    pub signals: Signals,
}

impl Config {
    /// A loopback server in memory, with the system's clock and random source and the usual lifetimes.
    pub fn new(rp_id: &str, origins: Vec<String>, profile: Profile) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            database: Database::Memory,
            rp_id: rp_id.to_owned(),
            rp_name: rp_id.to_owned(),
            origins,
            related_origins: Vec::new(),
            algorithms: Wishes::default().algorithms,
            profile,
            without: Vec::new(),
            metadata: Vec::new(),
            metadata_sources: Vec::new(),
            anchors: Anchors::default(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            policy_engine: PolicyEngine::Wired,
            challenge_lifetime: Duration::from_secs(300),
            session_lifetime: Duration::from_secs(8 * 3600),
            dbsc: DbscLifetimes::default(),
            body_limit: 256 * 1024,
            signals: Signals::Ignored,
        }
    }
}

/// Where the records live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// In memory; gone when the server stops.
    Memory,
    /// In one SQLite file, made when it is not there.
    File(PathBuf),
}

/// Whether this deployment has the attestation policy engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyEngine {
    /// Policies can be set and are enforced.
    Wired,
    /// The three policy endpoints answer 501 and nothing is evaluated.
    NotWired,
}

/// Whether SIGINT and SIGTERM stop the server gracefully.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signals {
    /// They do not concern it.
    Ignored,
    /// They stop it.
    Stop,
}

/// The lifetimes of device-bound sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DbscLifetimes {
    /// How long the short-lived bound cookie is good for.
    pub cookie: Duration,
    /// How long an issued challenge may be answered.
    pub challenge: Duration,
}

impl Default for DbscLifetimes {
    fn default() -> Self {
        Self { cookie: Duration::from_secs(600), challenge: Duration::from_secs(300) }
    }
}

/// What time it is.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now, in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// Where unguessable bytes come from.
pub trait Random: Send + Sync + fmt::Debug {
    /// Fills the whole slice, or says why it cannot.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

/// The random source failed; nothing that needs a secret can go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RandomError(pub String);

impl fmt::Display for RandomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the random source failed: {}", self.0)
    }
}

impl std::error::Error for RandomError {}

/// The computer's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// The operating system's random source.
#[derive(Debug, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(bytes).map_err(|error| RandomError(error.to_string()))
    }
}
