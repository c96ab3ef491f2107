//! Plugging in: why it fails, and where the kernel puts a device that was plugged in.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// Why a device could not be plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlugError {
    /// The kernel does not offer it, or its module is not loaded.
    Missing {
        /// What was looked for.
        path: PathBuf,
        /// How to get it.
        advice: &'static str,
    },
    /// This user may not.
    Permission {
        /// What was to be opened.
        path: PathBuf,
        /// How to be allowed.
        advice: &'static str,
    },
    /// Every virtual port is taken.
    NoFreePort,
    /// Another program has this address.
    AddressInUse {
        /// The address.
        path: PathBuf,
    },
    /// Only Linux has it.
    Unsupported,
    /// Anything else the system said.
    Io {
        /// What was tried, and the system's words.
        detail: String,
    },
}

impl PlugError {
    /// The stable machine code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "plug_missing",
            Self::Permission { .. } => "plug_permission",
            Self::NoFreePort => "plug_no_free_port",
            Self::AddressInUse { .. } => "plug_address_in_use",
            Self::Unsupported => "plug_unsupported",
            Self::Io { .. } => "plug_io",
        }
    }

    /// What the system said of a file that must be there; `missing` and `permission` are the advice.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nothing is plugged in elsewhere"))]
    pub(crate) fn from_io(path: &Path, error: &io::Error, missing: &'static str, permission: &'static str) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing { path, advice: missing },
            // A node whose driver is not there says ENXIO or ENODEV.
            _ if matches!(error.raw_os_error(), Some(6 | 19)) => Self::Missing { path, advice: missing },
            io::ErrorKind::PermissionDenied => Self::Permission { path, advice: permission },
            _ => Self::Io { detail: format!("{}: {error}", path.display()) },
        }
    }
}

impl fmt::Display for PlugError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path, advice } => write!(f, "there is no {}: {advice}", path.display()),
            Self::Permission { path, advice } => write!(f, "no permission to open {}: {advice}", path.display()),
            Self::NoFreePort => f.write_str(
                "every port of vhci-hcd is taken: unplug a device, or load the module with more (its parameter num_ports)",
            ),
            Self::AddressInUse { path } => {
                write!(f, "{} is in use, or no socket: choose another path", path.display())
            }
            Self::Unsupported => f.write_str("only Linux takes virtual devices: serve the key over UDP"),
            Self::Io { detail } => f.write_str(detail),
        }
    }
}

impl std::error::Error for PlugError {}

/// How often a folder that changes is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// The node of the HID device with this serial number, such as `/dev/hidraw0`, once the kernel has
/// made it; none by the deadline.
pub fn hidraw_node(serial_number: &str, deadline: Instant) -> Option<PathBuf> {
    loop {
        let found = find(Path::new("/sys/class/hidraw"), Path::new("/dev"), serial_number);
        if found.is_some() || Instant::now() >= deadline {
            return found;
        }
        thread::sleep(GLANCE);
    }
}

fn find(class: &Path, dev: &Path, serial_number: &str) -> Option<PathBuf> {
    let line = format!("HID_UNIQ={serial_number}");
    let entries = fs::read_dir(class).ok()?;
    entries.flatten().find_map(|entry| {
        let told = fs::read_to_string(entry.path().join("device/uevent")).ok()?;
        let node = dev.join(entry.file_name());
        (told.lines().any(|own| own == line) && node.exists()).then_some(node)
    })
}

#[cfg(test)]
mod tests;
