//! The status byte of a reply (CTAP 2.3 8.2).

use std::fmt;

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $value:literal;)*) => {
        impl Status {
            $($(#[$doc])* pub const $name: Self = Self($value);)*

            /// Every value that has a name.
            pub const NAMED: &'static [Self] = &[$(Self::$name,)*];

            /// The specification's name without its prefix; ranges are named as ranges.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                    Self(0xe0..=0xef) => "EXTENSION",
                    Self(0xf0..=0xff) => "VENDOR",
                    Self(_) => "UNASSIGNED",
                }
            }
        }
    };
}

/// A status byte: any of the 256, most of which have no meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status(pub u8);

statuses! {
    /// Success.
    OK = 0x00;
    /// The command is not supported.
    INVALID_COMMAND = 0x01;
    /// A parameter has a wrong value.
    INVALID_PARAMETER = 0x02;
    /// A length is wrong.
    INVALID_LENGTH = 0x03;
    /// A fragment is out of its order.
    INVALID_SEQ = 0x04;
    /// CTAP1: the message did not arrive in time.
    TIMEOUT = 0x05;
    /// CTAP1: the channel is busy.
    CHANNEL_BUSY = 0x06;
    /// CTAP1: a lock is needed.
    LOCK_REQUIRED = 0x0a;
    /// CTAP1: the channel was not given out.
    INVALID_CHANNEL = 0x0b;
    /// Legacy.
    CBOR_PARSING = 0x10;
    /// A member has the wrong CBOR type.
    CBOR_UNEXPECTED_TYPE = 0x11;
    /// The CBOR is not well-formed or not canonical.
    INVALID_CBOR = 0x12;
    /// Legacy.
    INVALID_CBOR_TYPE = 0x13;
    /// A mandatory parameter is missing.
    MISSING_PARAMETER = 0x14;
    /// A limit is exceeded.
    LIMIT_EXCEEDED = 0x15;
    /// Legacy.
    UNSUPPORTED_EXTENSION = 0x16;
    /// No room for another fingerprint.
    FP_DATABASE_FULL = 0x17;
    /// No room for the large blobs.
    LARGE_BLOB_STORAGE_FULL = 0x18;
    /// A credential of the exclude list lives here.
    CREDENTIAL_EXCLUDED = 0x19;
    /// Legacy: still at it.
    PROCESSING = 0x21;
    /// The credential is not valid.
    INVALID_CREDENTIAL = 0x22;
    /// Legacy: waiting for the user.
    USER_ACTION_PENDING = 0x23;
    /// Legacy: an operation is under way.
    OPERATION_PENDING = 0x24;
    /// Legacy: no operation is under way.
    NO_OPERATIONS = 0x25;
    /// None of the algorithms is supported.
    UNSUPPORTED_ALGORITHM = 0x26;
    /// Not authorized, or declined by the user.
    OPERATION_DENIED = 0x27;
    /// No room for another credential.
    KEY_STORE_FULL = 0x28;
    /// CTAP 2.0 only.
    NO_OPERATION_PENDING = 0x2a;
    /// An option is not supported.
    UNSUPPORTED_OPTION = 0x2b;
    /// An option's value is not valid here.
    INVALID_OPTION = 0x2c;
    /// Cancelled by the platform.
    KEEPALIVE_CANCEL = 0x2d;
    /// No credential fits.
    NO_CREDENTIALS = 0x2e;
    /// The user did nothing in time.
    USER_ACTION_TIMEOUT = 0x2f;
    /// Not now.
    NOT_ALLOWED = 0x30;
    /// The PIN is wrong.
    PIN_INVALID = 0x31;
    /// No PIN retries are left.
    PIN_BLOCKED = 0x32;
    /// `pinUvAuthParam` is wrong, or its token may not do this.
    PIN_AUTH_INVALID = 0x33;
    /// Three wrong PINs since power-up.
    PIN_AUTH_BLOCKED = 0x34;
    /// There is no PIN.
    PIN_NOT_SET = 0x35;
    /// A `pinUvAuthToken` is needed.
    PUAT_REQUIRED = 0x36;
    /// The new PIN breaks the policy.
    PIN_POLICY_VIOLATION = 0x37;
    /// Reserved.
    PIN_TOKEN_EXPIRED = 0x38;
    /// The message is too long.
    REQUEST_TOO_LARGE = 0x39;
    /// The action took too long.
    ACTION_TIMEOUT = 0x3a;
    /// A touch is needed that this transport cannot give.
    UP_REQUIRED = 0x3b;
    /// Built-in user verification is blocked.
    UV_BLOCKED = 0x3c;
    /// A checksum is wrong.
    INTEGRITY_FAILURE = 0x3d;
    /// The subcommand is not supported.
    INVALID_SUBCOMMAND = 0x3e;
    /// Built-in user verification failed.
    UV_INVALID = 0x3f;
    /// The permission cannot be given.
    UNAUTHORIZED_PERMISSION = 0x40;
    /// Something else.
    OTHER = 0x7f;
    /// The last of the specification's range.
    SPEC_LAST = 0xdf;
}

impl Status {
    /// Success?
    pub const fn is_ok(self) -> bool {
        self.0 == Self::OK.0
    }

    /// May an authenticator send this at all?
    pub const fn is_assigned(self) -> bool {
        !matches!(self.name().as_bytes(), b"UNASSIGNED")
    }
}

/// A command refused: the status that the peer sees, and why for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandError {
    /// The status.
    pub status: Status,
    /// The reason, for people; never on the wire.
    pub detail: String,
}

impl CommandError {
    /// This status for this reason.
    pub fn new(status: Status, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into() }
    }
}

impl From<Status> for CommandError {
    fn from(status: Status) -> Self {
        Self::new(status, String::new())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:#04x})", self.name(), self.0)
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.detail.as_str() {
            "" => self.status.fmt(f),
            detail => write!(f, "{}: {detail}", self.status),
        }
    }
}

impl std::error::Error for CommandError {}
