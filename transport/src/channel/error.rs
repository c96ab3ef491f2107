//! What can go wrong on a channel.

use std::fmt;

use assay_protocol::ctaphid::{Command, ErrorCode, Fault, TooLong};

use crate::error::Error;

/// Why a command has no usable reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelError {
    /// The line failed, the deadline passed, or the caller cancelled.
    Transport(Error),
    /// The message fits into no message of CTAPHID.
    TooLong(TooLong),
    /// The device does not offer the command.
    NotOffered(Command),
    /// The device answered with an error message.
    Device(ErrorCode),
    /// The device broke the order or the length of its packets.
    Fault(Fault),
    /// The device answered with another command.
    Unexpected {
        /// The command sent.
        expected: Command,
        /// The command of the reply.
        got: Command,
    },
    /// A message of the wrong length.
    Length {
        /// Its command.
        cmd: Command,
        /// Its length.
        len: usize,
    },
    /// The device gave out a channel that is none, or another than asked for.
    Allocation {
        /// The channel.
        cid: u32,
    },
    /// PING came back changed.
    Echo {
        /// Bytes sent.
        sent: usize,
        /// Bytes received.
        received: usize,
    },
}

impl ChannelError {
    /// The stable machine code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Transport(error) => error.code(),
            Self::TooLong(_) => "ctaphid_too_long",
            Self::NotOffered(_) => "ctaphid_not_offered",
            Self::Device(_) => "ctaphid_device_error",
            Self::Fault(fault) => match fault {
                Fault::Length { .. } => "ctaphid_announced_length",
                Fault::Sequence { .. } => "ctaphid_sequence",
                Fault::NotContinued { .. } => "ctaphid_not_continued",
                Fault::Busy => "ctaphid_busy",
                Fault::Channel => "ctaphid_channel",
            },
            Self::Unexpected { .. } => "ctaphid_unexpected_command",
            Self::Length { .. } => "ctaphid_length",
            Self::Allocation { .. } => "ctaphid_allocation",
            Self::Echo { .. } => "ctaphid_echo",
        }
    }
}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => error.fmt(f),
            Self::TooLong(error) => error.fmt(f),
            Self::NotOffered(cmd) => write!(f, "the device does not offer {cmd}"),
            Self::Device(code) => write!(f, "the device answered with {code}"),
            Self::Fault(fault) => fault.fmt(f),
            Self::Unexpected { expected, got } => write!(f, "{got} in answer to {expected}"),
            Self::Length { cmd, len } => write!(f, "{cmd} of {len} bytes"),
            Self::Allocation { cid } => write!(f, "the device gave out channel {cid:08x}"),
            Self::Echo { sent, received } => {
                write!(f, "{sent} bytes sent, {received} others came back")
            }
        }
    }
}

impl std::error::Error for ChannelError {}
