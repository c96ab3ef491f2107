//! Plain reads and writes of `/dev/uhid`.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Instant;

use super::event::{Event, Malformed, create, destroy, input, refuse_get_report, refuse_set_report};
use crate::error::Error;
use crate::identity::{Identity, REPORT_DESCRIPTOR};
use crate::plug::PlugError;
use crate::reports::{Report, Reports};
use crate::wait::{self, Ready};

const NODE: &str = "/dev/uhid";

const MISSING: &str = "run `modprobe uhid` (and put `uhid` into /etc/modules-load.d/assay.conf to keep it); \
    a kernel without CONFIG_UHID has no virtual keys";

const PERMISSION: &str = "`assay key udev` prints the rule that lets you in; until then, run as root";

/// The device's end of a virtual key that the kernel knows. Dropping it unplugs the key.
#[derive(Debug)]
pub struct UhidReports {
    device: File,
}

impl UhidReports {
    /// Plugs a key in.
    pub fn plug(identity: &Identity) -> Result<Self, PlugError> {
        let node = Path::new(NODE);
        let opened = File::options().read(true).write(true).open(node);
        let device = opened.map_err(|error| PlugError::from_io(node, &error, MISSING, PERMISSION))?;
        Self::over(device, identity).map_err(|error| PlugError::Io { detail: format!("{NODE}: {error}") })
    }

    /// Plugs a key in by an open node.
    pub(super) fn over(mut device: File, identity: &Identity) -> io::Result<Self> {
        device.write_all(&create(identity, &REPORT_DESCRIPTOR))?;
        Ok(Self { device })
    }

    fn next(&mut self) -> Result<Result<Event, Malformed>, Error> {
        let mut buffer = vec![0; super::event::LENGTH];
        let length = self.device.read(&mut buffer).map_err(|error| Error::from_io("read", &error))?;
        if length == 0 {
            return Err(Error::Closed);
        }
        Ok(Event::parse(buffer.get(..length).unwrap_or_default()))
    }

    fn write(&mut self, event: &[u8]) -> Result<(), Error> {
        // One event, one write: the kernel takes it whole.
        self.device.write_all(event).map_err(|error| Error::from_io("write", &error))
    }
}

impl Reports for UhidReports {
    fn send(&mut self, report: &Report, _deadline: Instant) -> Result<(), Error> {
        // The kernel queues it, or drops it where nobody has the key open; it never waits. While no
        // driver holds the device (EINVAL), there is nobody to miss it.
        match self.device.write_all(&input(report)) {
            Err(error) if error.raw_os_error() != Some(22) => Err(Error::from_io("write", &error)),
            _ => Ok(()),
        }
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        loop {
            if wait::readable(&self.device, deadline)? == Ready::No {
                return Err(Error::Timeout);
            }
            match self.next()? {
                Ok(Event::Output(report)) => return Ok(report),
                // CTAPHID has no feature reports, and no reports that are fetched.
                Ok(Event::GetReport { id }) => self.write(&refuse_get_report(id))?,
                Ok(Event::SetReport { id }) => self.write(&refuse_set_report(id))?,
                // Who has the key open is of no interest to it, and what is no report is not for it.
                Ok(Event::Start | Event::Stop | Event::Open | Event::Close | Event::Other(_)) | Err(_) => {}
            }
        }
    }
}

impl Drop for UhidReports {
    fn drop(&mut self) {
        // Closing the node does the same.
        drop(self.device.write_all(&destroy()));
    }
}
