//! The suites, one folder a role.
//!
//! A suite is made by a function from the profile, such as `relying_party::suite("w3c-l3")`, and
//! needs no target to be listed; its world is opened by the runner, once a case.

pub mod authenticator;
pub mod dbsc;
pub mod policy;
pub mod relying_party;
