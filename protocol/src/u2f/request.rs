//! The three commands.

use super::apdu::{Apdu, StatusWord};

/// REGISTER's instruction.
pub const REGISTER: u8 = 0x01;
/// AUTHENTICATE's instruction.
pub const AUTHENTICATE: u8 = 0x02;
/// VERSION's instruction.
pub const GET_VERSION: u8 = 0x03;

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// U2F_REGISTER.
    Register {
        /// The hash of the client data.
        challenge: [u8; 32],
        /// The hash of the application, which is an RP ID in WebAuthn.
        application: [u8; 32],
    },
    /// U2F_AUTHENTICATE.
    Authenticate {
        /// What is wanted.
        control: Control,
        /// The hash of the client data.
        challenge: [u8; 32],
        /// The hash of the application.
        application: [u8; 32],
        /// What REGISTER gave.
        key_handle: Vec<u8>,
    },
    /// U2F_VERSION.
    Version,
}

/// P1 of AUTHENTICATE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Control {
    /// 0x07: is the key handle known?
    CheckOnly,
    /// 0x03: sign after a touch.
    EnforceUserPresence,
    /// 0x08: sign without one.
    DontEnforceUserPresence,
}

impl Control {
    /// The byte on the wire.
    pub const fn byte(self) -> u8 {
        match self {
            Self::CheckOnly => 0x07,
            Self::EnforceUserPresence => 0x03,
            Self::DontEnforceUserPresence => 0x08,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        [Self::CheckOnly, Self::EnforceUserPresence, Self::DontEnforceUserPresence]
            .into_iter()
            .find(|known| known.byte() == byte)
    }
}

impl Request {
    /// Reads a command in either form of APDU. P1 of REGISTER has meant several things and is not looked at.
    pub fn parse(bytes: &[u8]) -> Result<Self, StatusWord> {
        let apdu = Apdu::parse(bytes)?;
        if apdu.cla != 0 {
            return Err(StatusWord::CLA_NOT_SUPPORTED);
        }
        match apdu.ins {
            REGISTER => match halves(&apdu.data) {
                Some((challenge, application, [])) => Ok(Self::Register { challenge, application }),
                _ => Err(StatusWord::WRONG_LENGTH),
            },
            AUTHENTICATE => {
                let control = Control::from_byte(apdu.p1).ok_or(StatusWord::INCORRECT_PARAMETERS)?;
                match halves(&apdu.data) {
                    Some((challenge, application, [length, key_handle @ ..]))
                        if usize::from(*length) == key_handle.len() =>
                    {
                        Ok(Self::Authenticate { control, challenge, application, key_handle: key_handle.to_vec() })
                    }
                    _ => Err(StatusWord::WRONG_LENGTH),
                }
            }
            GET_VERSION if apdu.data.is_empty() => Ok(Self::Version),
            GET_VERSION => Err(StatusWord::WRONG_LENGTH),
            _ => Err(StatusWord::INS_NOT_SUPPORTED),
        }
    }

    /// The command as an APDU that takes an answer of any length. A key handle past 255 bytes has no form.
    pub fn to_apdu(&self) -> Apdu {
        let (ins, p1, data) = match self {
            Self::Register { challenge, application } => (REGISTER, 0x00, [&challenge[..], application].concat()),
            Self::Authenticate { control, challenge, application, key_handle } => {
                let length = u8::try_from(key_handle.len()).unwrap_or(u8::MAX);
                (AUTHENTICATE, control.byte(), [&challenge[..], application, &[length], key_handle].concat())
            }
            Self::Version => (GET_VERSION, 0x00, Vec::new()),
        };
        Apdu { cla: 0, ins, p1, p2: 0, data, expected: Some(65_536) }
    }

    /// The extended form.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_apdu().to_bytes()
    }
}

/// Challenge, application, and what follows.
fn halves(data: &[u8]) -> Option<([u8; 32], [u8; 32], &[u8])> {
    let (challenge, rest) = data.split_first_chunk()?;
    let (application, rest) = rest.split_first_chunk()?;
    Some((*challenge, *application, rest))
}
