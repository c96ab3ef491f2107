//! Moves CTAP messages to a key and back: 64-byte reports over memory, UDP or USB HID, and the
//! host's side of a CTAPHID channel on top of any of them.
//!
//! This crate does not look into CTAP2 messages, and it holds no state of an authenticator: the
//! device's side of a channel belongs to the simulator. Everything blocks, nothing past its deadline.

pub mod cancel;
pub mod channel;
pub mod error;
pub mod hid;
pub mod memory;
pub mod reports;
pub mod transcript;
pub mod udp;

pub use cancel::Cancel;
pub use channel::{Channel, ChannelError};
pub use error::Error;
pub use reports::{Report, Reports};
pub use transcript::{Recorded, Transcript};

#[cfg(test)]
mod testing;
