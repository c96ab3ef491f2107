//! Command APDUs, short and extended (ISO 7816-4 5.1), and status words.

use std::fmt;

/// A command APDU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apdu {
    /// The class, 0x00.
    pub cla: u8,
    /// The instruction.
    pub ins: u8,
    /// The first parameter.
    pub p1: u8,
    /// The second parameter.
    pub p2: u8,
    /// The data; none and empty are one.
    pub data: Vec<u8>,
    /// The longest answer that is wanted; 65,536 is the most.
    pub expected: Option<u32>,
}

/// The two bytes at the end of every answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// Success.
    pub const NO_ERROR: Self = Self(0x9000);
    /// The length is wrong.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// A touch is needed; of a check alone: the key handle is known.
    pub const CONDITIONS_NOT_SATISFIED: Self = Self(0x6985);
    /// The command is not allowed.
    pub const COMMAND_NOT_ALLOWED: Self = Self(0x6986);
    /// The key handle is not from here, or for another application.
    pub const WRONG_DATA: Self = Self(0x6a80);
    /// P1 or P2 has no meaning.
    pub const INCORRECT_PARAMETERS: Self = Self(0x6a86);
    /// The instruction is not known.
    pub const INS_NOT_SUPPORTED: Self = Self(0x6d00);
    /// The class is not known.
    pub const CLA_NOT_SUPPORTED: Self = Self(0x6e00);
    /// Something else.
    pub const UNKNOWN: Self = Self(0x6f00);
}

/// Extended lengths are two bytes after a zero.
const EXTENDED: u8 = 0x00;

impl Apdu {
    /// Reads an APDU of either form.
    pub fn parse(bytes: &[u8]) -> Result<Self, StatusWord> {
        let Some((&[cla, ins, p1, p2], body)) = bytes.split_first_chunk() else {
            return Err(StatusWord::WRONG_LENGTH);
        };
        let (data, expected) = match body {
            [] => (&[][..], None),
            [short] => (&[][..], Some(short_expected(*short))),
            // Le alone, extended.
            [EXTENDED, high, low] => (&[][..], Some(extended_expected(*high, *low))),
            [EXTENDED, high, low, rest @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                match rest.split_at_checked(length) {
                    Some((data, [])) if length > 0 => (data, None),
                    // ISO 7816 leaves out an Lc of zero; platforms in the field write it.
                    Some((data, [high, low])) => (data, Some(extended_expected(*high, *low))),
                    _ => return Err(StatusWord::WRONG_LENGTH),
                }
            }
            [length, rest @ ..] => match rest.split_at_checked(usize::from(*length)) {
                Some((data, [])) => (data, None),
                Some((data, [short])) => (data, Some(short_expected(*short))),
                _ => return Err(StatusWord::WRONG_LENGTH),
            },
        };
        Ok(Self { cla, ins, p1, p2, data: data.to_vec(), expected })
    }

    /// The extended form, as CTAPHID carries it; data past 65,535 bytes has no form and is cut off.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.cla, self.ins, self.p1, self.p2];
        let length = u16::try_from(self.data.len()).unwrap_or(u16::MAX);
        if self.data.is_empty() && self.expected.is_none() {
            return out;
        }
        out.push(EXTENDED);
        if length > 0 {
            out.extend(length.to_be_bytes());
            out.extend(self.data.iter().take(usize::from(length)));
        }
        if let Some(expected) = self.expected {
            // 65,536 is written as zero.
            out.extend(u16::try_from(expected).unwrap_or(0).to_be_bytes());
        }
        out
    }

    /// The short form; none where data or answer are too long for it.
    pub fn to_short_bytes(&self) -> Option<Vec<u8>> {
        let mut out = vec![self.cla, self.ins, self.p1, self.p2];
        if !self.data.is_empty() {
            out.push(u8::try_from(self.data.len()).ok()?);
            out.extend(&self.data);
        }
        match self.expected {
            None => {}
            Some(256) => out.push(0),
            Some(expected) => out.push(u8::try_from(expected).ok()?),
        }
        Some(out)
    }
}

fn short_expected(byte: u8) -> u32 {
    if byte == 0 { 256 } else { byte.into() }
}

fn extended_expected(high: u8, low: u8) -> u32 {
    match u16::from_be_bytes([high, low]) {
        0 => 65_536,
        length => length.into(),
    }
}

/// The bytes of an answer: a body, if there is one, and the status word.
pub fn seal(outcome: Result<Vec<u8>, StatusWord>) -> Vec<u8> {
    let (mut body, word) = match outcome {
        Ok(body) => (body, StatusWord::NO_ERROR),
        Err(word) => (Vec::new(), word),
    };
    body.extend(word.0.to_be_bytes());
    body
}

/// The body of an answer; without a status word there is none.
pub fn open(answer: &[u8]) -> Result<&[u8], StatusWord> {
    match answer.split_last_chunk() {
        Some((body, word)) if StatusWord(u16::from_be_bytes(*word)) == StatusWord::NO_ERROR => Ok(body),
        Some((_, word)) => Err(StatusWord(u16::from_be_bytes(*word))),
        None => Err(StatusWord::UNKNOWN),
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            Self::NO_ERROR => "NO_ERROR",
            Self::WRONG_LENGTH => "WRONG_LENGTH",
            Self::CONDITIONS_NOT_SATISFIED => "CONDITIONS_NOT_SATISFIED",
            Self::COMMAND_NOT_ALLOWED => "COMMAND_NOT_ALLOWED",
            Self::WRONG_DATA => "WRONG_DATA",
            Self::INCORRECT_PARAMETERS => "INCORRECT_PARAMETERS",
            Self::INS_NOT_SUPPORTED => "INS_NOT_SUPPORTED",
            Self::CLA_NOT_SUPPORTED => "CLA_NOT_SUPPORTED",
            _ => "UNKNOWN",
        };
        write!(f, "{name} ({:#06x})", self.0)
    }
}

impl std::error::Error for StatusWord {}
