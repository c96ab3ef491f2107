//! Where a virtual key is plugged in.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use assay_transport::udp::UdpReports;
use assay_transport::{Identity, PlugError, Reports};
use clap::Args;

/// How long the kernel may take to make a node for a device.
#[cfg(target_os = "linux")]
const NODE: Duration = Duration::from_secs(10);

/// A way to a virtual key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands) enum Door {
    /// UDP, one datagram a report.
    Udp(SocketAddr),
    /// A Unix socket, one record a report.
    Unix(PathBuf),
    /// The kernel's HID layer.
    Uhid,
    /// A USB port.
    Usb,
}

/// Where a key is plugged in, as options say it.
#[derive(Debug, Args)]
pub struct DoorArgs {
    /// UDP address to listen on; port 0 picks a free one [default: 127.0.0.1:0]
    #[arg(long, value_name = "ADDR", group = "door")]
    pub listen: Option<SocketAddr>,
    /// Unix socket (SOCK_SEQPACKET) to listen on, one record a report
    #[arg(long, value_name = "PATH", group = "door")]
    pub unix: Option<PathBuf>,
    /// Plug in at the kernel's HID layer, by /dev/uhid
    #[arg(long, group = "door")]
    pub uhid: bool,
    /// Plug in at a USB port, by vhci-hcd
    #[arg(long, group = "door")]
    pub usb: bool,
}

impl DoorArgs {
    /// The door that is named, or any.
    pub(in crate::commands) fn door(&self) -> Door {
        match (&self.listen, &self.unix) {
            (Some(address), _) => Door::Udp(*address),
            (_, Some(path)) => Door::Unix(path.clone()),
            _ if self.uhid => Door::Uhid,
            _ if self.usb => Door::Usb,
            _ => Door::ANYWHERE,
        }
    }
}

impl Door {
    /// Any free port of this machine.
    pub(in crate::commands) const ANYWHERE: Self =
        Self::Udp(SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0));

    /// Reads `uhid`, `usb`, `udp:ADDRESS:PORT` or `unix:PATH`.
    pub(in crate::commands) fn parse(text: &str) -> Result<Self> {
        match text.split_once(':') {
            None if text == "uhid" => Ok(Self::Uhid),
            None if text == "usb" => Ok(Self::Usb),
            Some(("udp", address)) => {
                Ok(Self::Udp(address.parse().with_context(|| format!("{address:?} is no ADDRESS:PORT"))?))
            }
            Some(("unix", path)) if !path.is_empty() => Ok(Self::Unix(PathBuf::from(path))),
            _ => bail!("{text:?} is no door: uhid, usb, udp:ADDRESS:PORT or unix:PATH"),
        }
    }

    /// May several keys be behind doors that are written alike?
    pub(in crate::commands) fn is_for_many(&self) -> bool {
        match self {
            Self::Udp(address) => address.port() == 0,
            Self::Unix(_) => false,
            Self::Uhid | Self::Usb => true,
        }
    }

    /// Is a key behind it seen by browsers?
    pub(in crate::commands) fn is_seen_by_browsers(&self) -> bool {
        matches!(self, Self::Uhid | Self::Usb)
    }

    /// Plugs a key in: the device's end, and the door with its address settled.
    pub(in crate::commands) fn plug(&self, identity: &Identity) -> Result<(Box<dyn Reports>, Self)> {
        match self {
            Self::Udp(address) => {
                let line = UdpReports::bind(*address).with_context(|| format!("cannot listen on {address}"))?;
                let address = line.local_address()?;
                Ok((Box::new(line), Self::Udp(address)))
            }
            own => Ok((on_linux(own, identity)?, own.clone())),
        }
    }

    /// What `assay test authenticator` and others call a key behind it; none where the kernel does not
    /// make a node for it. It must be served already.
    pub(in crate::commands) fn target(&self, identity: &Identity) -> Option<String> {
        match self {
            Self::Udp(address) => Some(format!("udp:{address}")),
            Self::Unix(path) => Some(format!("unix:{}", path.display())),
            #[cfg(target_os = "linux")]
            Self::Uhid | Self::Usb => {
                let node = assay_transport::plug::hidraw_node(&identity.serial_number, Instant::now() + NODE)?;
                Some(format!("hid:{}", node.display()))
            }
            #[cfg(not(target_os = "linux"))]
            Self::Uhid | Self::Usb => None,
        }
    }
}

#[cfg(target_os = "linux")]
fn on_linux(door: &Door, identity: &Identity) -> Result<Box<dyn Reports>, PlugError> {
    match door {
        Door::Uhid => Ok(Box::new(assay_transport::uhid::UhidReports::plug(identity)?)),
        Door::Usb => Ok(Box::new(assay_transport::usb::UsbReports::plug(identity.clone())?)),
        Door::Unix(path) => Ok(Box::new(assay_transport::unix::UnixListener::bind(path)?)),
        Door::Udp(_) => Err(PlugError::Unsupported),
    }
}

#[cfg(not(target_os = "linux"))]
fn on_linux(_door: &Door, _identity: &Identity) -> Result<Box<dyn Reports>, PlugError> {
    Err(PlugError::Unsupported)
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp(address) => write!(f, "udp:{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Uhid => f.write_str("uhid"),
            Self::Usb => f.write_str("usb"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Door;

    #[test]
    fn doors_are_read_as_they_are_written() {
        for text in ["uhid", "usb", "udp:127.0.0.1:8111", "udp:[::1]:0", "unix:/run/a:b"] {
            assert_eq!(Door::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "hid", "uhid:", "usb:1", "udp:", "udp:localhost", "udp:1", "unix", "unix:"] {
            assert!(Door::parse(text).is_err(), "{text:?}");
        }
        let many = |text: &str| Door::parse(text).unwrap().is_for_many();
        assert!(many("uhid") && many("usb") && many("udp:127.0.0.1:0"));
        assert!(!many("udp:127.0.0.1:1") && !many("unix:/a"));
    }
}
