//! Reports as UDP datagrams of 64 bytes: how firmware simulators are usually reached.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::reports::{Report, Reports};

/// One end of the line.
#[derive(Debug)]
pub struct UdpReports {
    socket: UdpSocket,
    peer: Peer,
}

/// Whom the reports go to.
#[derive(Debug)]
enum Peer {
    /// One address, fixed by the system.
    Connected,
    /// Whoever spoke last.
    Last(Option<SocketAddr>),
}

impl UdpReports {
    /// The host's end, for a device at `device`.
    pub fn connect(device: SocketAddr) -> Result<Self, Error> {
        let any: SocketAddr = match device {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).map_err(|error| Error::from_io("bind", &error))?;
        socket.connect(device).map_err(|error| Error::from_io("connect", &error))?;
        Ok(Self { socket, peer: Peer::Connected })
    }

    /// The device's end: it listens at `address` and answers whoever spoke last.
    pub fn bind(address: SocketAddr) -> Result<Self, Error> {
        let socket = UdpSocket::bind(address).map_err(|error| Error::from_io("bind", &error))?;
        Ok(Self { socket, peer: Peer::Last(None) })
    }

    /// The address at which this end listens.
    pub fn local_address(&self) -> Result<SocketAddr, Error> {
        self.socket.local_addr().map_err(|error| Error::from_io("local address", &error))
    }

    fn wait(&self, deadline: Instant) -> Result<(), Error> {
        // The system takes zero for "for ever".
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.socket
            .set_read_timeout(Some(left))
            .and_then(|()| self.socket.set_write_timeout(Some(left)))
            .map_err(|error| Error::from_io("timeout", &error))
    }
}

impl Reports for UdpReports {
    fn send(&mut self, report: &Report, deadline: Instant) -> Result<(), Error> {
        self.wait(deadline)?;
        let sent = match self.peer {
            Peer::Connected => self.socket.send(report),
            Peer::Last(Some(peer)) => self.socket.send_to(report, peer),
            Peer::Last(None) => {
                return Err(Error::Io { detail: "nobody has spoken yet".to_owned() });
            }
        };
        sent.map(drop).map_err(|error| Error::from_io("send", &error))
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        // One byte more than a report, so that longer datagrams are seen as such.
        let mut buffer = [0; 65];
        loop {
            self.wait(deadline)?;
            let (len, from) = match self.socket.recv_from(&mut buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // A device is not gone because one of its hosts is.
                Err(error) if is_from_a_lost_host(&self.peer, &error) => continue,
                Err(error) => return Err(Error::from_io("receive", &error)),
            };
            if let (64, Some(report)) = (len, buffer.first_chunk()) {
                if let Peer::Last(last) = &mut self.peer {
                    *last = Some(from);
                }
                return Ok(*report);
            }
            if Instant::now() >= deadline {
                return Err(Error::Timeout);
            }
        }
    }
}

fn is_from_a_lost_host(peer: &Peer, error: &io::Error) -> bool {
    let lost = [io::ErrorKind::ConnectionReset, io::ErrorKind::ConnectionRefused];
    matches!(peer, Peer::Last(_)) && lost.contains(&error.kind())
}

#[cfg(test)]
mod tests;
