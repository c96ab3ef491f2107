//! The reference relying-party server: HTTP, thin over `assay-relying-party` and `assay-dbsc`;
//! storage behind one trait; an audit log.
//!
//! Its job is to remember (challenges, users, credentials, sessions, policies) and to answer; what
//! is right and wrong in a message is decided below it, in pure functions. It knows nothing of the
//! simulator and nothing of the suites. Handlers are plain blocking functions: `async` stops at
//! the door, in `http.rs`, and [`spawn()`] owns the one runtime, on a thread of its own.

mod audit;
mod auth;
mod ceremony;
pub mod check;
pub mod config;
mod cookies;
mod daily;
mod dbsc;
mod error;
mod http;
mod metadata;
mod policy;
mod spawn;
mod state;
mod store;
mod timestamp;

pub use config::{
    Clock, Config, Database, DbscLifetimes, PolicyEngine, Random, RandomError, Signals, SystemClock, SystemRandom,
};
pub use error::StartError;
pub use metadata::{MetadataSource, Origin};
pub use spawn::{Bootstrap, Handle, spawn};
