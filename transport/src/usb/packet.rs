//! The packets of USB/IP after import, as bytes (Linux, Documentation/usb/usbip_protocol.rst): a
//! header of 48 bytes with numbers in network order, and the data of a transfer where there are any.

#[cfg(test)]
mod tests;

use std::fmt;

/// The length of every header.
pub const HEADER: usize = 48;

/// The longest transfer towards the device that is taken; a control transfer cannot be longer.
pub const LONGEST: usize = 0xffff;

const SUBMIT: u32 = 1;
const UNLINK: u32 = 2;
const RETURN_SUBMIT: u32 = 3;
const RETURN_UNLINK: u32 = 4;

/// What the host's controller asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// A transfer.
    Submit(Submit),
    /// A transfer is no longer wanted.
    Unlink {
        /// The number of this packet.
        number: u32,
        /// The number of the transfer.
        transfer: u32,
    },
}

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submit {
    /// Its number, for the answer.
    pub number: u32,
    /// The endpoint, without its direction.
    pub endpoint: u32,
    /// Its direction and, towards the device, its data.
    pub transfer: Transfer,
    /// The setup packet of a control transfer.
    pub setup: [u8; 8],
}

/// Which way a transfer goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transfer {
    /// To the host, up to this many bytes.
    In(usize),
    /// To the device.
    Out(Vec<u8>),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A transfer has come to its end.
    Submit {
        /// Its number.
        number: u32,
        /// How it went.
        status: Status,
        /// How many bytes were taken, or the bytes that were given.
        moved: Moved,
    },
    /// A transfer was given up, or was not there any more.
    Unlink {
        /// The number of the packet that asked for it.
        number: u32,
        /// `ABORTED` where it was given up, `OK` where it had come to its end before.
        status: Status,
    },
}

/// What a transfer has moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// To the host.
    In(Vec<u8>),
    /// To the device, so many bytes.
    Out(usize),
}

/// How a transfer went, as a negative error number of Linux.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(pub i32);

impl Status {
    /// It went well.
    pub const OK: Self = Self(0);
    /// The endpoint stalls: such a request is not served (EPIPE).
    pub const STALL: Self = Self(-32);
    /// There was more to give than was asked for (EOVERFLOW).
    pub const OVERFLOW: Self = Self(-75);
    /// It was given up (ECONNRESET).
    pub const ABORTED: Self = Self(-104);
}

/// Why bytes are no packet; nothing after them can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// No such command.
    Command(u32),
    /// Neither in nor out.
    Direction(u32),
    /// A transfer that is longer than any.
    Length(u32),
    /// An isochronous transfer, with so many packets: this device has no such endpoint.
    Isochronous(u32),
}

/// Packets out of a stream that breaks anywhere.
#[derive(Debug, Default)]
pub struct Packets {
    buffer: Vec<u8>,
}

impl Packets {
    /// Takes in what has come.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend(bytes);
    }

    /// The next packet, once all of it is there.
    pub fn pop(&mut self) -> Result<Option<Packet>, Malformed> {
        let Some((header, rest)) = self.buffer.split_first_chunk::<HEADER>() else { return Ok(None) };
        let header = Header(header);
        let (packet, taken) = match header.word(0) {
            SUBMIT => match submit(&header, rest)? {
                Some(submit) => submit,
                None => return Ok(None),
            },
            UNLINK => (Packet::Unlink { number: header.word(1), transfer: header.word(5) }, 0),
            other => return Err(Malformed::Command(other)),
        };
        self.buffer.drain(..HEADER + taken);
        Ok(Some(packet))
    }
}

/// The packet, and how many bytes it has after its header.
fn submit(header: &Header<'_>, rest: &[u8]) -> Result<Option<(Packet, usize)>, Malformed> {
    let (told, packets) = (header.word(6), header.word(8));
    // Other transfers have no packets, which some versions say by all ones.
    if !matches!(packets, 0 | u32::MAX) {
        return Err(Malformed::Isochronous(packets));
    }
    let length = usize::try_from(told).ok().filter(|length| *length <= LONGEST).ok_or(Malformed::Length(told))?;
    let (transfer, taken) = match header.word(3) {
        0 => match rest.get(..length) {
            Some(data) => (Transfer::Out(data.to_vec()), length),
            None => return Ok(None),
        },
        1 => (Transfer::In(length), 0),
        other => return Err(Malformed::Direction(other)),
    };
    let (number, endpoint, setup) = (header.word(1), header.word(4), header.setup());
    Ok(Some((Packet::Submit(Submit { number, endpoint, transfer, setup }), taken)))
}

/// Twelve numbers: command, number, device, direction, endpoint; then of a transfer flags, length,
/// start frame, packets, interval and, as the last two, its setup packet.
struct Header<'a>(&'a [u8; HEADER]);

impl Header<'_> {
    fn word(&self, at: usize) -> u32 {
        self.0.as_chunks::<4>().0.get(at).copied().map(u32::from_be_bytes).unwrap_or_default()
    }

    fn setup(&self) -> [u8; 8] {
        self.0.last_chunk().copied().unwrap_or_default()
    }
}

impl Reply {
    /// Writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (command, number, status) = match self {
            Self::Submit { number, status, .. } => (RETURN_SUBMIT, number, status),
            Self::Unlink { number, status } => (RETURN_UNLINK, number, status),
        };
        let (moved, data) = match self {
            Self::Submit { moved: Moved::In(data), .. } => (data.len(), data.as_slice()),
            Self::Submit { moved: Moved::Out(length), .. } => (*length, &[][..]),
            Self::Unlink { .. } => (0, &[][..]),
        };
        let mut bytes = Vec::with_capacity(HEADER + data.len());
        // Device, direction and endpoint of an answer are zero.
        for word in [command, *number, 0, 0, 0] {
            bytes.extend(word.to_be_bytes());
        }
        bytes.extend(status.0.to_be_bytes());
        bytes.extend(u32::try_from(moved).unwrap_or(u32::MAX).to_be_bytes());
        bytes.resize(HEADER, 0);
        bytes.extend(data);
        bytes
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(command) => write!(f, "USB/IP has no command {command:#x} here"),
            Self::Direction(direction) => write!(f, "a transfer cannot go in the direction {direction}"),
            Self::Length(length) => write!(f, "a transfer of {length} bytes is longer than any"),
            Self::Isochronous(packets) => write!(f, "an isochronous transfer of {packets} packets"),
        }
    }
}

impl std::error::Error for Malformed {}
