//! Moves CTAP messages to a key and back: 64-byte reports over memory, sockets, pipes or USB HID, and the
//! host's side of a CTAPHID channel on top of any of them. On Linux it also plugs a device in that is
//! no hardware: [`uhid`] at the kernel's HID layer, [`usb`] at a USB port.
//!
//! This crate does not look into CTAP2 messages, and it holds no state of an authenticator: the
//! device's side of a channel belongs to the simulator. Everything blocks, nothing past its deadline.

pub mod cancel;
pub mod channel;
pub mod error;
pub mod hid;
pub mod identity;
pub mod memory;
pub mod plug;
pub mod process;
pub mod reports;
pub mod transcript;
pub mod udp;
pub mod uhid;
#[cfg(target_os = "linux")]
pub mod unix;
pub mod usb;
#[cfg(target_os = "linux")]
mod wait;

pub use cancel::Cancel;
pub use channel::{Channel, ChannelError};
pub use error::Error;
pub use identity::Identity;
pub use plug::PlugError;
pub use reports::{Report, Reports};
pub use transcript::{Recorded, Transcript};

#[cfg(test)]
mod testing;
