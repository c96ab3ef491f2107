//! Keys on USB, through the system's HID interface. Nothing else in the project names hidapi.

use std::ffi::CString;
use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::time::Instant;

use hidapi::{DeviceInfo, HidApi, HidDevice, HidError};

use crate::error::Error;
use crate::reports::{Report, Reports};

/// The usage page of the FIDO alliance (CTAP 2.3 11.2.8.2).
const USAGE_PAGE: u16 = 0xf1d0;

/// The usage of a CTAPHID interface.
const USAGE: u16 = 0x01;

/// A key that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HidKey {
    /// What to open.
    pub path: String,
    /// USB vendor.
    pub vendor_id: u16,
    /// USB product.
    pub product_id: u16,
    /// The manufacturer's name, where it tells one.
    pub manufacturer: Option<String>,
    /// The product's name, where it tells one.
    pub product: Option<String>,
    /// The serial number, where it tells one.
    pub serial_number: Option<String>,
}

/// The keys that are plugged in, sorted by path.
pub fn list() -> Result<Vec<HidKey>, Error> {
    let api = HidApi::new().map_err(|error| failed("list", &error))?;
    let fido = |device: &&DeviceInfo| device.usage_page() == USAGE_PAGE && device.usage() == USAGE;
    let mut keys: Vec<HidKey> = api.device_list().filter(fido).map(HidKey::from).collect();
    keys.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(keys)
}

/// Opens the key at a path of [`list`].
pub fn open(path: &str) -> Result<HidReports, Error> {
    let name = CString::new(path).map_err(|_error| Error::Io { detail: format!("{path:?} is no path") })?;
    let api = HidApi::new().map_err(|error| failed("open", &error))?;
    let device = api.open_path(&name).map_err(|error| refused(path, &error))?;
    Ok(HidReports { device })
}

/// An open key.
#[derive(Debug)]
pub struct HidReports {
    device: HidDevice,
}

impl Reports for HidReports {
    fn send(&mut self, report: &Report, deadline: Instant) -> Result<(), Error> {
        // There is no write with a timeout; the kernel bounds it by seconds.
        if Instant::now() >= deadline {
            return Err(Error::Timeout);
        }
        let mut with_id = vec![0x00];
        with_id.extend(report);
        let written = self.device.write(&with_id).map_err(|error| failed("write", &error))?;
        if written < with_id.len() {
            return Err(Error::Io { detail: format!("write: {written} of {} bytes", with_id.len()) });
        }
        Ok(())
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        let mut report = [0; 64];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let millis = i32::try_from(left.as_millis()).unwrap_or(i32::MAX);
            match self.device.read_timeout(&mut report, millis) {
                Ok(0) => {}
                Ok(_) => return Ok(report),
                Err(HidError::IoError { error }) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed("read", &error)),
            }
            if Instant::now() >= deadline {
                return Err(Error::Timeout);
            }
        }
    }
}

impl From<&DeviceInfo> for HidKey {
    fn from(device: &DeviceInfo) -> Self {
        let told = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        Self {
            path: device.path().to_string_lossy().into_owned(),
            vendor_id: device.vendor_id(),
            product_id: device.product_id(),
            manufacturer: told(device.manufacturer_string()),
            product: told(device.product_string()),
            serial_number: told(device.serial_number()),
        }
    }
}

impl fmt::Display for HidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:04x}:{:04x}", self.path, self.vendor_id, self.product_id)?;
        let names = [&self.manufacturer, &self.product, &self.serial_number];
        names.into_iter().flatten().try_for_each(|name| write!(f, " {name}"))
    }
}

/// hidapi says no more than "failed to open"; the system says why.
fn refused(path: &str, error: &HidError) -> Error {
    match OpenOptions::new().read(true).write(true).open(path) {
        Err(system) if system.kind() == io::ErrorKind::PermissionDenied => Error::Permission { path: path.to_owned() },
        _ => failed("open", error),
    }
}

fn failed(tried: &str, error: &HidError) -> Error {
    match error {
        HidError::IoError { error } if is_unplugged(error) => Error::Closed,
        HidError::IoError { error } => Error::from_io(tried, error),
        // The only thing that poll reports so.
        HidError::HidApiError { message } if message.contains("disconnected") => Error::Closed,
        other => Error::Io { detail: format!("{tried}: {other}") },
    }
}

/// ENODEV, EIO, ENXIO or ESHUTDOWN, by Linux's numbers.
fn is_unplugged(error: &io::Error) -> bool {
    cfg!(target_os = "linux") && matches!(error.raw_os_error(), Some(5 | 6 | 19 | 108))
}

#[cfg(test)]
mod tests;
