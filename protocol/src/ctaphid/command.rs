//! The commands of CTAPHID, their error codes and the answer to INIT.

use std::fmt;

/// Declares a newtype over a byte whose known values have the specification's names.
macro_rules! bytes {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $constant:ident = $value:literal;)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u8);

        impl $name {
            $($(#[$doc])* pub const $constant: Self = Self($value);)*

            /// Every value that has a name.
            pub const NAMED: &'static [Self] = &[$(Self::$constant,)*];

            /// The specification's name, if the value has one.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$constant => Some(stringify!($constant)),)*
                    _ => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.name() {
                    Some(name) => write!(f, "{name} ({:#04x})", self.0),
                    None => write!(f, "{:#04x}", self.0),
                }
            }
        }
    };
}

bytes! {
    /// A CTAPHID command, without the bit that marks an initialization packet (CTAP 2.3 11.2.9).
    Command {
        /// The same bytes back.
        PING = 0x01;
        /// A CTAP1/U2F message.
        MSG = 0x03;
        /// Keep other channels out for some seconds.
        LOCK = 0x04;
        /// Get a channel, or abort what happens on one.
        INIT = 0x06;
        /// Show yourself.
        WINK = 0x08;
        /// A CTAP2 message.
        CBOR = 0x10;
        /// Give up the CBOR command under way.
        CANCEL = 0x11;
        /// From the device: still at it.
        KEEPALIVE = 0x3b;
        /// From the device: refused.
        ERROR = 0x3f;
    }
}

bytes! {
    /// The one byte of an ERROR message (CTAP 2.3 11.2.9.1.6).
    ErrorCode {
        /// The command is not known.
        INVALID_CMD = 0x01;
        /// The command's payload is wrong.
        INVALID_PAR = 0x02;
        /// The length is wrong.
        INVALID_LEN = 0x03;
        /// A packet is out of its order.
        INVALID_SEQ = 0x04;
        /// The rest of the message did not come in time.
        MSG_TIMEOUT = 0x05;
        /// Another transaction is under way.
        CHANNEL_BUSY = 0x06;
        /// The command needs a lock.
        LOCK_REQUIRED = 0x0a;
        /// The channel was not given out.
        INVALID_CHANNEL = 0x0b;
        /// Something else.
        OTHER = 0x7f;
    }
}

bytes! {
    /// The one byte of a KEEPALIVE message (CTAP 2.3 11.2.9.1.7).
    KeepAlive {
        /// The command runs.
        PROCESSING = 0x01;
        /// The device waits for its user.
        UPNEEDED = 0x02;
    }
}

/// What the device offers, in the answer to INIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Capabilities(pub u8);

impl Capabilities {
    /// WINK is offered.
    pub const WINK: u8 = 0x01;
    /// CTAP2 messages are understood.
    pub const CBOR: u8 = 0x04;
    /// CTAP1/U2F messages are *not* understood.
    pub const NMSG: u8 = 0x08;

    /// Is WINK offered?
    pub const fn wink(self) -> bool {
        self.0 & Self::WINK != 0
    }

    /// Are CTAP2 messages understood?
    pub const fn cbor(self) -> bool {
        self.0 & Self::CBOR != 0
    }

    /// Are CTAP1/U2F messages understood?
    pub const fn msg(self) -> bool {
        self.0 & Self::NMSG == 0
    }
}

/// The payload of the answer to INIT (CTAP 2.3 11.2.9.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InitResponse {
    /// The nonce of the request.
    pub nonce: [u8; 8],
    /// The channel given out.
    pub cid: u32,
    /// Version of CTAPHID: 2.
    pub protocol_version: u8,
    /// Device version, major part.
    pub major: u8,
    /// Device version, minor part.
    pub minor: u8,
    /// Device version, build.
    pub build: u8,
    /// What the device offers.
    pub capabilities: Capabilities,
}

impl InitResponse {
    /// The length of the payload in this version; later ones may append to it.
    pub const LEN: usize = 17;

    /// Reads the payload; bytes past the seventeenth are ignored. `None` if it is shorter.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let (nonce, rest) = payload.split_first_chunk::<8>()?;
        let (cid, rest) = rest.split_first_chunk::<4>()?;
        let (&[protocol_version, major, minor, build, capabilities], _) = rest.split_first_chunk::<5>()?;
        Some(Self {
            nonce: *nonce,
            cid: u32::from_be_bytes(*cid),
            protocol_version,
            major,
            minor,
            build,
            capabilities: Capabilities(capabilities),
        })
    }

    /// The seventeen bytes.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::LEN);
        bytes.extend(self.nonce);
        bytes.extend(self.cid.to_be_bytes());
        bytes.extend([self.protocol_version, self.major, self.minor, self.build, self.capabilities.0]);
        bytes
    }
}

impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [(self.wink(), "WINK"), (self.cbor(), "CBOR"), (self.msg(), "MSG")];
        let offered: Vec<&str> = names.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect();
        write!(f, "{}", offered.join(" "))
    }
}
