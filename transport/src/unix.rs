//! Reports as records of a Unix socket (`SOCK_SEQPACKET`) of 64 bytes: for programs on this machine,
//! with file permissions in front. One host is served at a time; the next one waits its turn.

#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, connect, listen,
    recv, send, socket_with,
};

use crate::error::Error;
use crate::plug::PlugError;
use crate::reports::{Report, Reports};
use crate::wait::{self, Ready};

/// Hosts that may wait for their turn.
const BACKLOG: i32 = 8;

/// The host's end.
#[derive(Debug)]
pub struct UnixReports {
    socket: OwnedFd,
}

/// The device's end: it listens, and answers whoever is connected.
#[derive(Debug)]
pub struct UnixListener {
    socket: OwnedFd,
    path: PathBuf,
    host: Option<OwnedFd>,
}

impl UnixReports {
    /// Connects to a device at `path`.
    pub fn connect(path: &Path) -> Result<Self, Error> {
        let failed = |error: Errno| Error::from_io(&format!("connect {}", path.display()), &error.into());
        let socket = socket().map_err(failed)?;
        let address = SocketAddrUnix::new(path).map_err(failed)?;
        connect(&socket, &address).map_err(failed)?;
        Ok(Self { socket })
    }
}

impl UnixListener {
    /// Listens at `path`, where nobody else does; a socket that its owner has left behind is replaced.
    pub fn bind(path: &Path) -> Result<Self, PlugError> {
        let failed = |error: io::Error| PlugError::Io { detail: format!("{}: {error}", path.display()) };
        let address = SocketAddrUnix::new(path).map_err(|error| failed(error.into()))?;
        let socket = socket().map_err(|error| failed(error.into()))?;
        let bound = match bind(&socket, &address) {
            Err(Errno::ADDRINUSE) if is_left_behind(path) => {
                fs::remove_file(path).map_err(failed)?;
                bind(&socket, &address)
            }
            other => other,
        };
        match bound {
            Ok(()) => {}
            Err(Errno::ADDRINUSE) => return Err(PlugError::AddressInUse { path: path.to_owned() }),
            Err(error) => return Err(failed(error.into())),
        }
        listen(&socket, BACKLOG).map_err(|error| failed(error.into()))?;
        Ok(Self { socket, path: path.to_owned(), host: None })
    }

    /// The host of now, else the next one, at the latest by `deadline`.
    fn host(&mut self, deadline: Instant) -> Result<&OwnedFd, Error> {
        let host = match self.host.take() {
            Some(host) => host,
            None => {
                if wait::readable(&self.socket, deadline)? == Ready::No {
                    return Err(Error::Timeout);
                }
                let flags = SocketFlags::CLOEXEC;
                accept_with(&self.socket, flags).map_err(|error| Error::from_io("accept", &error.into()))?
            }
        };
        Ok(self.host.insert(host))
    }
}

impl Reports for UnixReports {
    fn send(&mut self, report: &Report, deadline: Instant) -> Result<(), Error> {
        put(&self.socket, report, deadline)
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        take(&self.socket, deadline)
    }
}

impl Reports for UnixListener {
    fn send(&mut self, report: &Report, deadline: Instant) -> Result<(), Error> {
        let Some(host) = &self.host else { return Ok(()) };
        match put(host, report, deadline) {
            // A device is not gone because one of its hosts is, or does not listen.
            Err(Error::Closed | Error::Timeout) => {
                self.host = None;
                Ok(())
            }
            other => other,
        }
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        loop {
            match take(self.host(deadline)?, deadline) {
                Err(Error::Closed) => self.host = None,
                other => return other,
            }
        }
    }
}

impl Drop for UnixListener {
    fn drop(&mut self) {
        // What is left behind is replaced by the next one.
        drop(fs::remove_file(&self.path));
    }
}

fn socket() -> Result<OwnedFd, Errno> {
    socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
}

fn put(socket: &OwnedFd, report: &Report, deadline: Instant) -> Result<(), Error> {
    wait::writable(socket, deadline)?;
    match send(socket, report, SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::from_io("send", &error.into())),
    }
}

/// The next record that is a report; others are passed over.
fn take(socket: &OwnedFd, deadline: Instant) -> Result<Report, Error> {
    // One byte more than a report, so that longer records are seen as such.
    let mut buffer = [0; 65];
    loop {
        if wait::readable(socket, deadline)? == Ready::No {
            return Err(Error::Timeout);
        }
        match recv(socket, &mut buffer, RecvFlags::empty()) {
            Ok((0, _)) => return Err(Error::Closed),
            Ok((64, _)) => {
                if let Some(report) = buffer.first_chunk() {
                    return Ok(*report);
                }
            }
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(Error::from_io("receive", &error.into())),
        }
    }
}

/// A socket at which nobody listens any more.
fn is_left_behind(path: &Path) -> bool {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    is_socket && matches!(UnixReports::connect(path), Err(Error::Closed))
}
