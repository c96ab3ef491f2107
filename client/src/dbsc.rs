//! A simulated browser with bound sessions: a cookie jar, software keys, registration, refresh and
//! the report of what was skipped, over a way to send HTTP that is injected.
//!
//! It does what `assay_dbsc::client` decides. It renders nothing, runs no script and follows no
//! redirect but those of its own DBSC requests. Time and randomness are injected.

mod browser;
mod event;
mod http;
mod jar;
mod key;
mod refresh;
mod registration;

pub use browser::{Bound, Browser, BrowserError, Clock, Quota, Settings, SystemClock};
pub use event::Event;
pub use http::{Http, Method, NetworkError, Request, Response};
pub use jar::{Cookie, Initiated, Jar};
pub use key::SoftwareKey;

#[cfg(test)]
mod tests;
