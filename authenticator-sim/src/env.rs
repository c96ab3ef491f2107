//! What an authenticator needs from the world, and nothing else.

pub mod clock;
pub mod person;
pub mod rng;
pub mod store;

pub use clock::{Clock, ManualClock, SystemClock};
pub use person::{Always, OWNER, Person, Prompt, Purpose, Scan, Script, Touch, TouchHandle, Visitor};
pub use rng::{Rng, SeededRng, SystemRng};
pub use store::{FileStore, MemoryStore, NoStore, OldForms, SealingSecret, SecretId, Store, StoreError};

/// The world of one authenticator.
pub struct Env {
    /// Who touches it.
    pub person: Box<dyn Person>,
    /// The time since it got power.
    pub clock: Box<dyn Clock>,
    /// Where its random numbers come from.
    pub rng: Box<dyn Rng>,
    /// What outlives its power.
    pub store: Box<dyn Store>,
}

impl Env {
    /// A world in which everything repeats: the clock stands still, every touch is given, nothing is kept.
    pub fn seeded(seed: [u8; 32]) -> Self {
        Self {
            person: Box::new(Always(Touch::Given)),
            clock: Box::new(ManualClock::new()),
            rng: Box::new(SeededRng::new(seed)),
            store: Box::new(NoStore),
        }
    }

    /// The real world, in which every touch is given and nothing is kept.
    pub fn system() -> Self {
        Self {
            person: Box::new(Always(Touch::Given)),
            clock: Box::new(SystemClock::new()),
            rng: Box::new(SystemRng),
            store: Box::new(NoStore),
        }
    }
}
