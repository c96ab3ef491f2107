//! Waiting for a file or a socket.

use std::os::fd::AsFd;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::error::Error;

/// Has it happened?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ready {
    /// Yes, be it that the other end is gone.
    Yes,
    /// Not by the deadline.
    No,
}

/// Waits until there is something to read, at the latest until `deadline`; it looks at least once.
pub(crate) fn readable(file: &impl AsFd, deadline: Instant) -> Result<Ready, Error> {
    ready(file, PollFlags::IN, deadline)
}

/// Waits until something can be written, at the latest until `deadline`.
pub(crate) fn writable(file: &impl AsFd, deadline: Instant) -> Result<(), Error> {
    match ready(file, PollFlags::OUT, deadline)? {
        Ready::Yes => Ok(()),
        Ready::No => Err(Error::Timeout),
    }
}

fn ready(file: &impl AsFd, event: PollFlags, deadline: Instant) -> Result<Ready, Error> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).unwrap_or(Timespec { tv_sec: i64::MAX, tv_nsec: 0 });
        match poll(&mut [PollFd::new(file, event)], Some(&left)) {
            Ok(0) => return Ok(Ready::No),
            Ok(_) => return Ok(Ready::Yes),
            Err(Errno::INTR) => {}
            Err(error) => return Err(Error::from_io("poll", &error.into())),
        }
    }
}
