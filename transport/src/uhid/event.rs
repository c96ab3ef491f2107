//! The events of `/dev/uhid`, as bytes (Linux, include/uapi/linux/uhid.h): one read or write is one
//! event, its kind first, numbers in the machine's own byte order, no padding.

#[cfg(test)]
mod tests;

use std::fmt;

use crate::identity::Identity;
use crate::reports::Report;

/// The longest report that HID has.
const DATA: usize = 4096;

const NAME: usize = 128;
const PLACE: usize = 64;
const SERIAL: usize = 64;

/// The longest event: its kind, and the creation of a device.
pub const LENGTH: usize = 4 + NAME + PLACE + SERIAL + 2 + 2 + 4 * 4 + DATA;

const DESTROY: u32 = 1;
const START: u32 = 2;
const STOP: u32 = 3;
const OPEN: u32 = 4;
const CLOSE: u32 = 5;
const OUTPUT: u32 = 6;
const GET_REPORT: u32 = 9;
const GET_REPORT_REPLY: u32 = 10;
const CREATE2: u32 = 11;
const INPUT2: u32 = 12;
const SET_REPORT: u32 = 13;
const SET_REPORT_REPLY: u32 = 14;

/// The bus that the device claims to be on: USB.
const BUS_USB: u16 = 0x03;

/// The kind of an output report, as opposed to a feature report.
const RTYPE_OUTPUT: u8 = 1;

const EIO: u16 = 5;

/// What the kernel tells a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It is there.
    Start,
    /// It is gone.
    Stop,
    /// Somebody has opened it.
    Open,
    /// Nobody has it open any more.
    Close,
    /// A report from the host.
    Output(Report),
    /// The host wants a report at once.
    GetReport {
        /// What the answer must repeat.
        id: u32,
    },
    /// The host sends a report, and waits.
    SetReport {
        /// What the answer must repeat.
        id: u32,
    },
    /// Of a kind that a device may leave alone.
    Other(u32),
}

/// Why bytes are no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// They end too early.
    Short {
        /// How many there are.
        length: usize,
    },
    /// An output of another length than a report's, or of another kind.
    NoReport {
        /// Its kind.
        kind: u8,
        /// Its length.
        length: u16,
    },
}

impl Event {
    /// Reads one event.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        match u32_at(bytes, 0)? {
            START => Ok(Self::Start),
            STOP => Ok(Self::Stop),
            OPEN => Ok(Self::Open),
            CLOSE => Ok(Self::Close),
            OUTPUT => output(bytes),
            GET_REPORT => Ok(Self::GetReport { id: u32_at(bytes, 4)? }),
            SET_REPORT => Ok(Self::SetReport { id: u32_at(bytes, 4)? }),
            other => Ok(Self::Other(other)),
        }
    }
}

/// The data come before their length and their kind. A report id of zero stands before them, and
/// is not part of the report.
fn output(bytes: &[u8]) -> Result<Event, Malformed> {
    let data: &[u8; DATA] = at(bytes, 4)?;
    let length = u16::from_ne_bytes(*at(bytes, 4 + DATA)?);
    let [kind] = *at(bytes, 4 + DATA + 2)?;
    let report = match (kind, length) {
        (RTYPE_OUTPUT, 64) => data.first_chunk(),
        (RTYPE_OUTPUT, 65) => match data.split_first() {
            Some((0, report)) => report.first_chunk(),
            _ => None,
        },
        _ => None,
    };
    report.map(|report| Event::Output(*report)).ok_or(Malformed::NoReport { kind, length })
}

/// Creates a device. Names that are too long are cut.
pub fn create(identity: &Identity, descriptor: &[u8]) -> Vec<u8> {
    let mut event = CREATE2.to_ne_bytes().to_vec();
    text(&mut event, &format!("{} {}", identity.manufacturer, identity.product), NAME);
    text(&mut event, "assay", PLACE);
    text(&mut event, &identity.serial_number, SERIAL);
    event.extend(length_of(descriptor).to_ne_bytes());
    event.extend(BUS_USB.to_ne_bytes());
    for number in [identity.vendor_id, identity.product_id, identity.release, 0] {
        event.extend(u32::from(number).to_ne_bytes());
    }
    event.extend(descriptor.iter().take(DATA));
    event
}

/// Destroys it.
pub fn destroy() -> Vec<u8> {
    DESTROY.to_ne_bytes().to_vec()
}

/// A report to the host.
pub fn input(report: &Report) -> Vec<u8> {
    let mut event = INPUT2.to_ne_bytes().to_vec();
    event.extend(length_of(report).to_ne_bytes());
    event.extend(report);
    event
}

/// There is no report to fetch.
pub fn refuse_get_report(id: u32) -> Vec<u8> {
    let mut event = GET_REPORT_REPLY.to_ne_bytes().to_vec();
    event.extend(id.to_ne_bytes());
    event.extend(EIO.to_ne_bytes());
    event.extend(0_u16.to_ne_bytes());
    event
}

/// The report was not wanted.
pub fn refuse_set_report(id: u32) -> Vec<u8> {
    let mut event = SET_REPORT_REPLY.to_ne_bytes().to_vec();
    event.extend(id.to_ne_bytes());
    event.extend(EIO.to_ne_bytes());
    event
}

/// A text in a field of this many bytes, the last of them zero.
fn text(event: &mut Vec<u8>, text: &str, length: usize) {
    let end = event.len() + length;
    event.extend(text.bytes().take(length - 1));
    event.resize(end, 0);
}

fn length_of(data: &[u8]) -> u16 {
    u16::try_from(data.len().min(DATA)).unwrap_or(u16::MAX)
}

fn u32_at(bytes: &[u8], from: usize) -> Result<u32, Malformed> {
    at(bytes, from).copied().map(u32::from_ne_bytes)
}

fn at<const N: usize>(bytes: &[u8], from: usize) -> Result<&[u8; N], Malformed> {
    bytes.get(from..).and_then(<[u8]>::first_chunk).ok_or(Malformed::Short { length: bytes.len() })
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { length } => write!(f, "an event that ends after {length} bytes"),
            Self::NoReport { kind, length } => write!(f, "{length} bytes of kind {kind} are no output report"),
        }
    }
}

impl std::error::Error for Malformed {}
