//! Reports to messages: one transaction at a time (CTAP 2.3 11.2.5).
//!
//! The same machine serves both ends. It does not know which channels were given out, nor what
//! time it is: the caller refuses strangers and calls [`Assembler::time_out`].

use std::fmt;

use super::frame::Frame;
use super::{BROADCAST, Command, ErrorCode, MAX_MESSAGE, RESERVED};

/// What has arrived of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Assembler {
    /// Nothing.
    #[default]
    Idle,
    /// The beginning.
    Partial {
        /// Channel.
        cid: u32,
        /// Command.
        cmd: Command,
        /// Payload length announced.
        total: usize,
        /// The sequence number that must come next.
        next: u8,
        /// The payload so far.
        payload: Vec<u8>,
    },
}

/// A whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Channel.
    pub cid: u32,
    /// Command.
    pub cmd: Command,
    /// Payload, without padding.
    pub payload: Vec<u8>,
}

/// What one report led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The machine after the report.
    pub next: Assembler,
    /// What the report meant.
    pub event: Event,
}

/// What a report meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A part of the message; more is to come.
    More,
    /// The message is complete.
    Message(Message),
    /// A stray report that takes no answer.
    Ignored,
    /// A report that breaks the rules; a device answers on `cid` with the fault's code.
    Fault {
        /// The channel of the offending report.
        cid: u32,
        /// The rule.
        fault: Fault,
    },
}

/// How a report can break the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// More payload announced than a message can have.
    Length {
        /// The length announced.
        len: usize,
    },
    /// A continuation out of its order.
    Sequence {
        /// The sequence number due.
        expected: u8,
        /// The one that came.
        got: u8,
    },
    /// An initialization packet where a continuation was due.
    NotContinued {
        /// Its command.
        cmd: Command,
    },
    /// A second channel spoke during a message.
    Busy,
    /// Channel 0, or something other than INIT on the broadcast channel.
    Channel,
}

impl Assembler {
    /// Takes in one report.
    #[must_use]
    pub fn accept(self, frame: &Frame) -> Step {
        match (self, frame) {
            (idle @ Self::Idle, Frame::Init { .. }) => idle.begin(frame),
            (idle @ Self::Idle, Frame::Cont { .. }) => idle.with(Event::Ignored),
            (partial @ Self::Partial { .. }, Frame::Init { .. }) => partial.interrupted(frame),
            (partial @ Self::Partial { .. }, Frame::Cont { .. }) => partial.continued(frame),
        }
    }

    /// The rest of the message did not come: the channel to send MSG_TIMEOUT to, if any.
    #[must_use]
    pub fn time_out(self) -> Option<u32> {
        match self {
            Self::Idle => None,
            Self::Partial { cid, .. } => Some(cid),
        }
    }

    /// A first packet, with nothing else under way or with all of it given up.
    fn begin(self, frame: &Frame) -> Step {
        let Frame::Init { cid, cmd, len, data } = frame else {
            return self.with(Event::Ignored);
        };
        let (cid, cmd, total) = (*cid, *cmd, usize::from(*len));
        let fault = |fault| Step { next: Self::Idle, event: Event::Fault { cid, fault } };
        if cid == RESERVED || (cid == BROADCAST && cmd != Command::INIT) {
            return fault(Fault::Channel);
        }
        if total > MAX_MESSAGE {
            return fault(Fault::Length { len: total });
        }
        let payload = Vec::new();
        Self::Partial { cid, cmd, total, next: 0, payload }.append(data)
    }

    /// A first packet in the middle of a message.
    fn interrupted(self, frame: &Frame) -> Step {
        let (Self::Partial { cid: owner, .. }, Frame::Init { cid, cmd, .. }) = (&self, frame) else {
            return self.with(Event::Ignored);
        };
        let (owner, cid, cmd) = (*owner, *cid, *cmd);
        match cmd {
            Command::CANCEL => self.with(Event::Ignored),
            Command::INIT if cid == owner => Self::Idle.begin(frame),
            _ if cid == owner => {
                Step { next: Self::Idle, event: Event::Fault { cid, fault: Fault::NotContinued { cmd } } }
            }
            // INIT fits into one packet, so a newcomer gets its channel without disturbing the owner.
            _ => match Self::Idle.begin(frame).event {
                event @ Event::Message(_) if cid == BROADCAST => self.with(event),
                event @ Event::Fault { fault: Fault::Channel, .. } => self.with(event),
                _ => self.with(Event::Fault { cid, fault: Fault::Busy }),
            },
        }
    }

    /// A later packet in the middle of a message.
    fn continued(self, frame: &Frame) -> Step {
        let (Self::Partial { cid: owner, next, .. }, Frame::Cont { cid, seq, data }) = (&self, frame) else {
            return self.with(Event::Ignored);
        };
        if cid != owner {
            return self.with(Event::Ignored);
        }
        if seq != next {
            let fault = Fault::Sequence { expected: *next, got: *seq };
            return Step { next: Self::Idle, event: Event::Fault { cid: *cid, fault } };
        }
        match self {
            Self::Partial { cid, cmd, total, next, payload } => {
                Self::Partial { cid, cmd, total, next: next.wrapping_add(1), payload }.append(data)
            }
            Self::Idle => Self::Idle.with(Event::Ignored),
        }
    }

    /// More payload, and the message if that was all.
    fn append(self, data: &[u8]) -> Step {
        let Self::Partial { cid, cmd, total, next, mut payload } = self else {
            return self.with(Event::Ignored);
        };
        let missing = total.saturating_sub(payload.len());
        payload.extend(data.iter().take(missing));
        if payload.len() < total {
            return Step { next: Self::Partial { cid, cmd, total, next, payload }, event: Event::More };
        }
        Step { next: Self::Idle, event: Event::Message(Message { cid, cmd, payload }) }
    }

    fn with(self, event: Event) -> Step {
        Step { next: self, event }
    }
}

impl Fault {
    /// The code a device answers with.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Length { .. } => ErrorCode::INVALID_LEN,
            Self::Sequence { .. } | Self::NotContinued { .. } => ErrorCode::INVALID_SEQ,
            Self::Busy => ErrorCode::CHANNEL_BUSY,
            Self::Channel => ErrorCode::INVALID_CHANNEL,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { len } => {
                write!(f, "{len} bytes announced, at most {MAX_MESSAGE} allowed")
            }
            Self::Sequence { expected, got } => {
                write!(f, "continuation {got} where {expected} was due")
            }
            Self::NotContinued { cmd } => write!(f, "{cmd} where a continuation was due"),
            Self::Busy => write!(f, "another channel is in the middle of a message"),
            Self::Channel => write!(f, "nobody may speak on this channel"),
        }
    }
}

impl std::error::Error for Fault {}
