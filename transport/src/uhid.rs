//! A virtual key at the kernel's HID layer: to every program it is a `/dev/hidraw` node like any other.
//!
//! [`event`] is the wire without any I/O; this file opens `/dev/uhid`.

pub mod event;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

#[cfg(target_os = "linux")]
pub use self::linux::UhidReports;

#[cfg(target_os = "linux")]
mod linux;
