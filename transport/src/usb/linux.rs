//! A port of `vhci-hcd`: one end of a pair of sockets goes to the kernel, the other is the cable.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use super::gadget::Gadget;
use super::packet::{Packets, Reply};
use crate::error::Error;
use crate::identity::Identity;
use crate::plug::PlugError;
use crate::reports::{Report, Reports};
use crate::wait::{self, Ready};

const CONTROLLER: &str = "/sys/devices/platform/vhci_hcd.0";

const MISSING: &str = "run `modprobe vhci-hcd`; a kernel without CONFIG_USBIP_VHCI_HCD has no virtual USB ports \
    (--uhid needs less)";

const PERMISSION: &str =
    "only root may plug in at a USB port: run as root, or use --uhid with the rule of `assay key udev`";

/// Bus 1, device 2, as if another machine had exported it so; no two need differ.
const DEVICE: u32 = 0x0001_0002;

/// USB_SPEED_FULL.
const FULL_SPEED: u32 = 2;

/// How long the kernel may take to accept an answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// The device's end of a virtual key at a USB port. Dropping it unplugs the key.
#[derive(Debug)]
pub struct UsbReports {
    cable: UnixStream,
    packets: Packets,
    gadget: Gadget,
}

impl UsbReports {
    /// Plugs a key in at the first free port.
    pub fn plug(identity: Identity) -> Result<Self, PlugError> {
        let controller = Path::new(CONTROLLER);
        let refused = |path: &Path, error: &io::Error| PlugError::from_io(path, error, MISSING, PERMISSION);
        let status = controller.join("status");
        let ports = fs::read_to_string(&status).map_err(|error| refused(&status, &error))?;
        let attach = controller.join("attach");
        for port in free_ports(&ports) {
            let (cable, kernel) =
                UnixStream::pair().map_err(|error| PlugError::Io { detail: format!("no pair of sockets: {error}") })?;
            let order = format!("{port} {} {DEVICE} {FULL_SPEED}", kernel.as_raw_fd());
            match fs::write(&attach, order) {
                Ok(()) => return Ok(Self::over(cable, identity)),
                // Somebody else was faster.
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {}
                Err(error) => return Err(refused(&attach, &error)),
            }
        }
        Err(PlugError::NoFreePort)
    }

    /// A key at this end of a cable.
    pub(super) fn over(cable: UnixStream, identity: Identity) -> Self {
        Self { cable, packets: Packets::default(), gadget: Gadget::new(identity) }
    }

    fn write(&self, reply: &Reply) -> Result<(), Error> {
        self.cable
            .set_write_timeout(Some(WRITE_TIMEOUT))
            .and_then(|()| (&self.cable).write_all(&reply.to_bytes()))
            .map_err(|error| Error::from_io("write", &error))
    }

    /// Answers everything that is there.
    fn answer(&mut self) -> Result<(), Error> {
        let malformed = |error: super::packet::Malformed| Error::Io { detail: error.to_string() };
        while let Some(packet) = self.packets.pop().map_err(malformed)? {
            if let Some(reply) = self.gadget.accept(packet) {
                self.write(&reply)?;
            }
        }
        Ok(())
    }
}

impl Reports for UsbReports {
    fn send(&mut self, report: &Report, _deadline: Instant) -> Result<(), Error> {
        match self.gadget.send(report) {
            Some(reply) => self.write(&reply),
            None => Ok(()),
        }
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(report) = self.gadget.take() {
                return Ok(report);
            }
            if wait::readable(&self.cable, deadline)? == Ready::No {
                return Err(Error::Timeout);
            }
            match self.cable.read(&mut buffer) {
                Ok(0) => return Err(Error::Closed),
                Ok(length) => self.packets.push(buffer.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::from_io("read", &error)),
            }
            self.answer()?;
        }
    }
}

/// The ports for full-speed devices that nothing is plugged into: after a line of titles, each line
/// has hub, port, state and more; state 4 is a free one (Linux, drivers/usb/usbip/vhci_sysfs.c).
pub(super) fn free_ports(status: &str) -> impl Iterator<Item = u32> {
    status.lines().skip(1).filter_map(|line| {
        let mut words = line.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("hs"), Some(port), Some("004")) => port.parse().ok(),
            _ => None,
        }
    })
}
