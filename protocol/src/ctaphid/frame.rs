//! One HID report: an initialization packet or a continuation (CTAP 2.3 11.2.4).

use std::fmt;

use super::{Command, MAX_MESSAGE, REPORT};

/// Data bytes of an initialization packet.
pub const INIT_DATA: usize = REPORT - 7;

/// Data bytes of a continuation packet.
pub const CONT_DATA: usize = REPORT - 5;

/// The bit that marks an initialization packet.
const INIT_BIT: u8 = 0x80;

/// One report, taken apart. Every 64 bytes are one or the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// The first packet of a message.
    Init {
        /// Channel.
        cid: u32,
        /// Command.
        cmd: Command,
        /// Payload length of the whole message.
        len: u16,
        /// The first bytes of the payload, and padding.
        data: [u8; INIT_DATA],
    },
    /// A later packet of a message.
    Cont {
        /// Channel.
        cid: u32,
        /// Sequence number, 0x00 to 0x7f.
        seq: u8,
        /// The next bytes of the payload, and padding.
        data: [u8; CONT_DATA],
    },
}

/// Cuts a message into reports.
pub fn split(cid: u32, cmd: Command, payload: &[u8]) -> Result<Vec<[u8; REPORT]>, TooLong> {
    let too_long = TooLong { len: payload.len() };
    let len = u16::try_from(payload.len()).map_err(|_error| too_long)?;
    if payload.len() > MAX_MESSAGE {
        return Err(too_long);
    }
    let (first, rest) = payload.split_at(payload.len().min(INIT_DATA));
    let mut reports = vec![Frame::Init { cid, cmd, len, data: padded(first) }.to_report()];
    for (seq, part) in (0..INIT_BIT).zip(rest.chunks(CONT_DATA)) {
        reports.push(Frame::Cont { cid, seq, data: padded(part) }.to_report());
    }
    Ok(reports)
}

/// A payload that no message can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// Its length.
    pub len: usize,
}

impl Frame {
    /// Takes a report apart.
    pub fn parse(report: &[u8; REPORT]) -> Self {
        let &[c0, c1, c2, c3, kind, ref tail @ ..] = report;
        let cid = u32::from_be_bytes([c0, c1, c2, c3]);
        if kind & INIT_BIT == 0 {
            return Self::Cont { cid, seq: kind, data: *tail };
        }
        let &[high, low, ref data @ ..] = tail;
        Self::Init { cid, cmd: Command(kind & !INIT_BIT), len: u16::from_be_bytes([high, low]), data: *data }
    }

    /// The report.
    pub fn to_report(&self) -> [u8; REPORT] {
        let mut bytes = Vec::with_capacity(REPORT);
        match self {
            Self::Init { cid, cmd, len, data } => {
                bytes.extend(cid.to_be_bytes());
                bytes.push(cmd.0 | INIT_BIT);
                bytes.extend(len.to_be_bytes());
                bytes.extend(data);
            }
            Self::Cont { cid, seq, data } => {
                bytes.extend(cid.to_be_bytes());
                bytes.push(seq & !INIT_BIT);
                bytes.extend(data);
            }
        }
        padded(&bytes)
    }

    /// The channel.
    pub fn cid(&self) -> u32 {
        match self {
            Self::Init { cid, .. } | Self::Cont { cid, .. } => *cid,
        }
    }
}

/// `part` at the start of zeros; what does not fit is left out.
fn padded<const N: usize>(part: &[u8]) -> [u8; N] {
    let mut data = [0; N];
    for (to, from) in data.iter_mut().zip(part) {
        *to = *from;
    }
    data
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Init { cid, cmd, len, data } => {
                write!(f, "{cid:08x} {cmd} len {len}")?;
                let used = usize::from(*len).min(INIT_DATA);
                hex(f, data.get(..used).unwrap_or(data))
            }
            Self::Cont { cid, seq, data } => {
                write!(f, "{cid:08x} seq {seq}")?;
                hex(f, data)
            }
        }
    }
}

fn hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    if !bytes.is_empty() {
        f.write_str(" ")?;
    }
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes do not fit into one message of at most {MAX_MESSAGE}", self.len)
    }
}

impl std::error::Error for TooLong {}
