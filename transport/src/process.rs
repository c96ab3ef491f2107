//! Reports over the standard input and output of a program that is an authenticator: 64 bytes each, nothing
//! between them. The program lives as long as this end, so that each session finds a key as it comes from the factory.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::thread;
use std::time::Instant;

use crate::error::Error;
use crate::reports::{Report, Reports};

/// More than the longest message, so that a program may be slow to read.
const CAPACITY: usize = 256;

/// The host's end. Dropping it ends the program.
#[derive(Debug)]
pub struct ProcessReports {
    child: Child,
    outgoing: SyncSender<Report>,
    incoming: Receiver<Report>,
}

impl ProcessReports {
    /// Starts a program. What it writes to its standard error goes where ours does.
    pub fn start(mut command: Command) -> Result<Self, Error> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Error::Io { detail: format!("{} does not start: {error}", name(&command)) })?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else { return Err(Error::Closed) };
        let (outgoing, to_write) = mpsc::sync_channel(CAPACITY);
        let (read, incoming) = mpsc::sync_channel(CAPACITY);
        // Pipes know no deadlines; these two wait in our place, and end with the program.
        thread::spawn(move || write_all(stdin, &to_write));
        thread::spawn(move || read_all(stdout, &read));
        Ok(Self { child, outgoing, incoming })
    }
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn write_all(mut stdin: ChildStdin, reports: &Receiver<Report>) {
    while let Ok(report) = reports.recv() {
        if stdin.write_all(&report).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read_all(mut stdout: ChildStdout, reports: &SyncSender<Report>) {
    let mut report = [0; 64];
    while stdout.read_exact(&mut report).is_ok() && reports.send(report).is_ok() {}
}

impl Reports for ProcessReports {
    fn send(&mut self, report: &Report, _deadline: Instant) -> Result<(), Error> {
        self.outgoing.try_send(*report).map_err(|error| match error {
            TrySendError::Full(_) => Error::Timeout,
            TrySendError::Disconnected(_) => Error::Closed,
        })
    }

    fn receive(&mut self, deadline: Instant) -> Result<Report, Error> {
        let left = deadline.saturating_duration_since(Instant::now());
        self.incoming.recv_timeout(left).map_err(|error| match error {
            RecvTimeoutError::Timeout => Error::Timeout,
            RecvTimeoutError::Disconnected => Error::Closed,
        })
    }
}

impl Drop for ProcessReports {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::testing::{now, soon};

    #[test]
    fn a_program_answers_until_it_ends() {
        let mut key = ProcessReports::start(Command::new("cat")).unwrap();
        assert_eq!(key.receive(now()), Err(Error::Timeout));
        for byte in [1, 2] {
            key.send(&[byte; 64], soon()).unwrap();
        }
        assert_eq!((key.receive(soon()), key.receive(soon())), (Ok([1; 64]), Ok([2; 64])));
        let mut ended = ProcessReports::start(Command::new("true")).unwrap();
        assert_eq!(ended.receive(soon()), Err(Error::Closed));
    }

    #[test]
    fn half_a_report_is_none_and_a_program_that_is_not_there_is_named() {
        let mut printf = Command::new("printf");
        let mut half = ProcessReports::start({
            printf.arg("half a report");
            printf
        })
        .unwrap();
        assert_eq!(half.receive(soon()), Err(Error::Closed));
        let error = ProcessReports::start(Command::new("no-such-authenticator")).unwrap_err();
        assert!(error.to_string().starts_with("no-such-authenticator does not start"), "{error}");
    }
}
