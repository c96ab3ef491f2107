//! What can go wrong below messages.

use std::fmt;
use std::io;

/// Why a report did not move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// Not by the deadline.
    Timeout,
    /// The other end is gone.
    Closed,
    /// The caller no longer wants it.
    Cancelled,
    /// The system does not let this user at the device; the text says how to change that.
    Permission {
        /// The device.
        path: String,
    },
    /// Anything else the system said.
    Io {
        /// What was tried, and the system's words.
        detail: String,
    },
}

/// What to do where the system refuses access to a key.
pub const UDEV_HINT: &str = "udev gives the logged-in user access to keys it knows as such; \
where it does not, put the line\n\
KERNEL==\"hidraw*\", SUBSYSTEM==\"hidraw\", ENV{ID_FIDO_TOKEN}==\"1\", TAG+=\"uaccess\"\n\
into /etc/udev/rules.d/70-fido.rules, run `udevadm control --reload`, and plug the key in again";

impl Error {
    /// The stable machine code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Timeout => "transport_timeout",
            Self::Closed => "transport_closed",
            Self::Cancelled => "transport_cancelled",
            Self::Permission { .. } => "transport_permission",
            Self::Io { .. } => "transport_io",
        }
    }

    /// The error of a system call.
    pub(crate) fn from_io(tried: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Timeout,
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected => Self::Closed,
            _ => Self::Io { detail: format!("{tried}: {error}") },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("the deadline has passed"),
            Self::Closed => f.write_str("the other end is gone"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Permission { path } => write!(f, "no permission to open {path}: {UDEV_HINT}"),
            Self::Io { detail } => f.write_str(detail),
        }
    }
}

impl std::error::Error for Error {}
