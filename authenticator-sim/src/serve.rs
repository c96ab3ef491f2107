//! Runs a device and its authenticator over a line of reports.

#[cfg(test)]
mod tests;

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use assay_protocol::ctaphid::KeepAlive;
use assay_transport::memory::{MemoryReports, pair};
use assay_transport::{Error, Report, Reports};

use crate::authenticator::Authenticator;
use crate::device::{Action, Device};
use crate::operation::Operation;

/// How long the line is listened to before looking around, while nothing is under way.
const IDLE_SLICE: Duration = Duration::from_millis(50);

/// How long an answer is waited for before looking at the line, while something is under way.
const BUSY_SLICE: Duration = Duration::from_millis(2);

/// How long a report may take to leave.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);

/// A simulated authenticator that somebody can talk to. Dropping it stops it.
pub struct Simulator {
    control: Sender<Control>,
    line: Option<JoinHandle<Option<Authenticator>>>,
}

enum Control {
    PowerCycle(Sender<()>),
    Stop,
}

impl Simulator {
    /// Runs it in this process; the reports are the host's end of its line.
    pub fn spawn(authenticator: Authenticator) -> io::Result<(MemoryReports, Self)> {
        let (host, device) = pair();
        Ok((host, Self::serve(authenticator, Box::new(device))?))
    }

    /// Runs it at the device's end of any line.
    pub fn serve(authenticator: Authenticator, reports: Box<dyn Reports>) -> io::Result<Self> {
        let (control, commands) = channel();
        let config = authenticator.config();
        let device = Device::new().with_defects(config.defects.clone()).speaking(config.ctap2, config.u2f.is_some());
        let worker = Worker::start(authenticator)?;
        let line = Line { reports, device, worker, begin: Instant::now() };
        let line = Builder::new().name("assay-sim-line".to_owned()).spawn(move || line.run(&commands))?;
        Ok(Self { control, line: Some(line) })
    }

    /// Takes its power away and gives it back; returns when it is up again.
    pub fn power_cycle(&self) {
        let (done, wait) = channel();
        if self.control.send(Control::PowerCycle(done)).is_ok() {
            // A line that has ended meanwhile has no power to cycle.
            let _ = wait.recv();
        }
    }

    /// Is anybody there still? A line ends when its other end is closed.
    pub fn is_running(&self) -> bool {
        self.line.as_ref().is_some_and(|line| !line.is_finished())
    }

    /// Stops it and gives the authenticator back; none if it has crashed.
    pub fn stop(mut self) -> Option<Authenticator> {
        self.end()
    }

    /// Waits until the other end is closed.
    pub fn wait(mut self) -> Option<Authenticator> {
        self.line.take()?.join().ok().flatten()
    }

    fn end(&mut self) -> Option<Authenticator> {
        let line = self.line.take()?;
        // A line that has ended already needs no word.
        let _ = self.control.send(Control::Stop);
        line.join().ok().flatten()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.end();
    }
}

/// The thread that talks.
struct Line {
    reports: Box<dyn Reports>,
    device: Device,
    worker: Worker,
    begin: Instant,
}

/// The line has come to its end.
struct Ended;

impl Line {
    fn run(mut self, commands: &Receiver<Control>) -> Option<Authenticator> {
        loop {
            match commands.try_recv() {
                Ok(Control::PowerCycle(done)) => {
                    self.worker.power_cycle();
                    self.device = self.device.renewed();
                    // Who asked may have gone.
                    let _ = done.send(());
                }
                Ok(Control::Stop) | Err(TryRecvError::Disconnected) => break,
                Err(TryRecvError::Empty) => {}
            }
            if self.step().is_err() {
                break;
            }
        }
        self.worker.stop()
    }

    fn step(&mut self) -> Result<(), Ended> {
        if self.device.is_working() {
            if let Some(reply) = self.worker.reply(BUSY_SLICE)? {
                let actions = self.device.finish(&reply, self.begin.elapsed());
                self.act(actions)?;
            }
            while let Some(report) = self.receive(Instant::now())? {
                let actions = self.device.accept(&report, self.begin.elapsed());
                self.act(actions)?;
            }
        } else {
            let now = self.begin.elapsed();
            let patience = self.device.next_tick().map_or(IDLE_SLICE, |at| at.saturating_sub(now).min(IDLE_SLICE));
            if let Some(report) = self.receive(Instant::now() + patience)? {
                let actions = self.device.accept(&report, self.begin.elapsed());
                self.act(actions)?;
            }
        }
        let actions = self.device.tick(self.begin.elapsed(), self.worker.status());
        self.act(actions)
    }

    fn receive(&mut self, deadline: Instant) -> Result<Option<Report>, Ended> {
        match self.reports.receive(deadline) {
            Ok(report) => Ok(Some(report)),
            Err(Error::Timeout) => Ok(None),
            Err(_) => Err(Ended),
        }
    }

    fn act(&mut self, actions: Vec<Action>) -> Result<(), Ended> {
        for action in actions {
            match action {
                Action::Send(report) => {
                    self.reports.send(&report, Instant::now() + SEND_TIMEOUT).map_err(|_gone| Ended)?;
                }
                Action::Start(request) => self.worker.start_request(request, Job::Request)?,
                Action::StartU2f(request) => self.worker.start_request(request, |request, _| Job::U2f(request))?,
                Action::Cancel => self.worker.operation.cancel(),
                Action::Wink => {}
            }
        }
        Ok(())
    }
}

/// The thread that works.
struct Worker {
    jobs: Sender<Job>,
    replies: Receiver<Vec<u8>>,
    thread: JoinHandle<Authenticator>,
    operation: Operation,
}

enum Job {
    Request(Vec<u8>, Operation),
    U2f(Vec<u8>),
    PowerCycle,
}

impl Worker {
    fn start(mut authenticator: Authenticator) -> io::Result<Self> {
        let (jobs, work) = channel();
        let (answers, replies) = channel();
        let thread = Builder::new().name("assay-sim-key".to_owned()).spawn(move || {
            while let Ok(job) = work.recv() {
                let sent = match job {
                    Job::Request(request, operation) => answers.send(authenticator.handle(&request, &operation)),
                    Job::U2f(request) => answers.send(authenticator.handle_u2f(&request)),
                    Job::PowerCycle => {
                        authenticator.power_cycle();
                        answers.send(Vec::new())
                    }
                };
                if sent.is_err() {
                    break;
                }
            }
            authenticator
        })?;
        Ok(Self { jobs, replies, thread, operation: Operation::new() })
    }

    fn start_request(&mut self, request: Vec<u8>, job: fn(Vec<u8>, Operation) -> Job) -> Result<(), Ended> {
        self.operation = Operation::new();
        self.jobs.send(job(request, self.operation.clone())).map_err(|_crashed| Ended)
    }

    fn reply(&self, patience: Duration) -> Result<Option<Vec<u8>>, Ended> {
        match self.replies.recv_timeout(patience) {
            Ok(reply) => Ok(Some(reply)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Ended),
        }
    }

    fn status(&self) -> KeepAlive {
        if self.operation.is_waiting() { KeepAlive::UPNEEDED } else { KeepAlive::PROCESSING }
    }

    /// Gives up what is under way, and waits for the end of it.
    fn power_cycle(&mut self) {
        self.operation.cancel();
        if self.jobs.send(Job::PowerCycle).is_ok() {
            // Replies to abandoned work come first; the empty one is the power's.
            while self.replies.recv().is_ok_and(|reply| !reply.is_empty()) {}
        }
    }

    fn stop(self) -> Option<Authenticator> {
        self.operation.cancel();
        drop(self.jobs);
        self.thread.join().ok()
    }
}
