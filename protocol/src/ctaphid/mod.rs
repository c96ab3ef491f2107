//! CTAPHID: messages cut into 64-byte HID reports and put together again (CTAP 2.3 section 11.2).

pub mod assembler;
pub mod command;
pub mod frame;

pub use assembler::{Assembler, Event, Fault, Message, Step};
pub use command::{Capabilities, Command, ErrorCode, InitResponse, KeepAlive};
pub use frame::{Frame, TooLong, split};

/// The channel on which nobody has a channel yet: only INIT is spoken there.
pub const BROADCAST: u32 = 0xffff_ffff;

/// The channel that is never given out.
pub const RESERVED: u32 = 0x0000_0000;

/// The longest payload of one message: an initialization packet and 128 continuations.
pub const MAX_MESSAGE: usize = frame::INIT_DATA + 128 * frame::CONT_DATA;

/// The length of a report, both ways.
pub const REPORT: usize = 64;

#[cfg(test)]
mod tests;
