//! The host's side of a CTAPHID channel (CTAP 2.3 11.2).

mod error;

use std::thread;
use std::time::{Duration, Instant};

use assay_protocol::ctaphid::{
    Assembler, BROADCAST, Command, ErrorCode, Event, Frame, InitResponse, KeepAlive, RESERVED, split,
};

use crate::cancel::Cancel;
use crate::error::Error;
use crate::reports::Reports;
pub use error::ChannelError;

/// How long one wait lasts before it looks whether it is still wanted.
const SLICE: Duration = Duration::from_millis(20);

/// How long a busy device is left alone before the next try.
const BUSY_PAUSE: Duration = Duration::from_millis(25);

/// How long a device may take to answer a CANCEL.
const CANCEL_GRACE: Duration = Duration::from_secs(2);

/// A channel that the device gave out.
pub struct Channel {
    reports: Box<dyn Reports>,
    info: InitResponse,
    nonce: u64,
    /// Something may still be under way on the device: resynchronize first.
    stale: bool,
}

/// What makes a wait end, beside the answer.
struct Limits<'c> {
    deadline: Instant,
    cancel: Option<&'c Cancel>,
}

impl Channel {
    /// Asks for a channel. The nonce should be random; later resynchronizations count on from it.
    pub fn open(reports: Box<dyn Reports>, nonce: [u8; 8], deadline: Instant) -> Result<Self, ChannelError> {
        let info = InitResponse {
            nonce,
            cid: BROADCAST,
            protocol_version: 0,
            major: 0,
            minor: 0,
            build: 0,
            capabilities: Default::default(),
        };
        let mut channel = Self { reports, info, nonce: u64::from_be_bytes(nonce), stale: false };
        channel.info = channel.init(BROADCAST, deadline)?;
        if [BROADCAST, RESERVED].contains(&channel.info.cid) {
            return Err(ChannelError::Allocation { cid: channel.info.cid });
        }
        Ok(channel)
    }

    /// What the device said when it gave out the channel.
    pub fn info(&self) -> &InitResponse {
        &self.info
    }

    /// One CTAP2 message and its reply, which starts with the status byte.
    ///
    /// A cancellation is passed on to the device, whose reply is awaited for a short while more:
    /// it is KEEPALIVE_CANCEL, or the result if that was faster.
    pub fn cbor(
        &mut self,
        message: &[u8],
        deadline: Instant,
        cancel: &Cancel,
        keep_alive: &mut dyn FnMut(KeepAlive),
    ) -> Result<Vec<u8>, ChannelError> {
        if !self.info.capabilities.cbor() {
            return Err(ChannelError::NotOffered(Command::CBOR));
        }
        let limits = Limits { deadline, cancel: Some(cancel) };
        self.transact(Command::CBOR, message, &limits, keep_alive)
    }

    /// The same bytes there and back.
    pub fn ping(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), ChannelError> {
        let echo = self.command(Command::PING, bytes, deadline)?;
        match echo == bytes {
            true => Ok(()),
            false => Err(ChannelError::Echo { sent: bytes.len(), received: echo.len() }),
        }
    }

    /// Makes the device show itself.
    pub fn wink(&mut self, deadline: Instant) -> Result<(), ChannelError> {
        if !self.info.capabilities.wink() {
            return Err(ChannelError::NotOffered(Command::WINK));
        }
        self.command(Command::WINK, &[], deadline).map(drop)
    }

    /// Any command and the payload of its reply.
    pub fn command(&mut self, cmd: Command, payload: &[u8], deadline: Instant) -> Result<Vec<u8>, ChannelError> {
        let limits = Limits { deadline, cancel: None };
        self.transact(cmd, payload, &limits, &mut |_| {})
    }

    /// Aborts what is under way on this channel and throws away what is left of it.
    pub fn resynchronize(&mut self, deadline: Instant) -> Result<(), ChannelError> {
        let info = self.init(self.info.cid, deadline)?;
        if info.cid != self.info.cid {
            return Err(ChannelError::Allocation { cid: info.cid });
        }
        self.stale = false;
        Ok(())
    }

    /// The line itself, for messages that no well-behaved host sends. The channel
    /// resynchronizes before its next command.
    pub fn raw(&mut self) -> &mut dyn Reports {
        self.stale = true;
        &mut *self.reports
    }

    fn transact(
        &mut self,
        cmd: Command,
        payload: &[u8],
        limits: &Limits<'_>,
        keep_alive: &mut dyn FnMut(KeepAlive),
    ) -> Result<Vec<u8>, ChannelError> {
        limits.check()?;
        if self.stale {
            self.resynchronize(limits.deadline)?;
        }
        self.stale = true;
        let reply = loop {
            self.write(self.info.cid, cmd, payload, limits.deadline)?;
            match self.answer(cmd, limits, keep_alive) {
                Err(ChannelError::Device(ErrorCode::CHANNEL_BUSY)) => limits.pause(BUSY_PAUSE)?,
                // The device's refusal is a whole answer: nothing is under way any more.
                refused @ Err(ChannelError::Device(_)) => break refused,
                other => break Ok(other?),
            }
        };
        self.stale = false;
        reply
    }

    /// The reply on this channel, passing on a cancellation and a passed deadline.
    fn answer(
        &mut self,
        cmd: Command,
        limits: &Limits<'_>,
        keep_alive: &mut dyn FnMut(KeepAlive),
    ) -> Result<Vec<u8>, ChannelError> {
        match self.read(cmd, limits, keep_alive) {
            Err(ChannelError::Transport(stopped @ (Error::Timeout | Error::Cancelled))) if cmd == Command::CBOR => {
                let grace = Limits { deadline: Instant::now() + CANCEL_GRACE, cancel: None };
                self.write(self.info.cid, Command::CANCEL, &[], grace.deadline)?;
                match (self.read(cmd, &grace, keep_alive), stopped) {
                    (Ok(reply), Error::Cancelled) => Ok(reply),
                    (Ok(_), stopped) => {
                        self.stale = false;
                        Err(ChannelError::Transport(stopped))
                    }
                    (Err(_), stopped) => Err(ChannelError::Transport(stopped)),
                }
            }
            other => other,
        }
    }

    /// The payload of the next message on this channel that is no KEEPALIVE.
    fn read(
        &mut self,
        cmd: Command,
        limits: &Limits<'_>,
        keep_alive: &mut dyn FnMut(KeepAlive),
    ) -> Result<Vec<u8>, ChannelError> {
        let mut assembler = Assembler::Idle;
        loop {
            let frame = self.frame(limits)?;
            if frame.cid() != self.info.cid {
                continue;
            }
            let step = assembler.accept(&frame);
            assembler = step.next;
            let message = match step.event {
                Event::More => continue,
                // A continuation without its beginning is what is left of an older message.
                Event::Ignored => continue,
                Event::Fault { fault, .. } => return Err(ChannelError::Fault(fault)),
                Event::Message(message) => message,
            };
            match (message.cmd, message.payload.as_slice()) {
                (Command::KEEPALIVE, [status]) if cmd == Command::CBOR => keep_alive(KeepAlive(*status)),
                (Command::ERROR, [code]) => return Err(ChannelError::Device(ErrorCode(*code))),
                (Command::KEEPALIVE | Command::ERROR, payload) => {
                    return Err(ChannelError::Length { cmd: message.cmd, len: payload.len() });
                }
                (got, _) if got != cmd => {
                    return Err(ChannelError::Unexpected { expected: cmd, got });
                }
                _ => return Ok(message.payload),
            }
        }
    }

    /// INIT, on the broadcast channel or our own, and the answer to this very one.
    fn init(&mut self, cid: u32, deadline: Instant) -> Result<InitResponse, ChannelError> {
        let limits = Limits { deadline, cancel: None };
        'again: loop {
            let nonce = self.nonce.to_be_bytes();
            self.nonce = self.nonce.wrapping_add(1);
            self.write(cid, Command::INIT, &nonce, deadline)?;
            loop {
                let frame = self.frame(&limits)?;
                let Event::Message(message) = Assembler::Idle.accept(&frame).event else {
                    continue;
                };
                match (message.cmd, message.payload.as_slice()) {
                    _ if message.cid != cid => {}
                    (Command::INIT, payload) => match InitResponse::parse(payload) {
                        Some(info) if info.nonce == nonce => return Ok(info),
                        Some(_) => {}
                        None => {
                            return Err(ChannelError::Length { cmd: Command::INIT, len: payload.len() });
                        }
                    },
                    (Command::ERROR, [code]) if ErrorCode(*code) == ErrorCode::CHANNEL_BUSY => {
                        limits.pause(BUSY_PAUSE)?;
                        continue 'again;
                    }
                    // On the broadcast channel this answers somebody; on ours it may be an old one.
                    (Command::ERROR, [code]) if cid == BROADCAST => {
                        return Err(ChannelError::Device(ErrorCode(*code)));
                    }
                    _ => {}
                }
            }
        }
    }

    fn write(&mut self, cid: u32, cmd: Command, payload: &[u8], deadline: Instant) -> Result<(), ChannelError> {
        for report in split(cid, cmd, payload).map_err(ChannelError::TooLong)? {
            self.reports.send(&report, deadline).map_err(ChannelError::Transport)?;
        }
        Ok(())
    }

    /// The next frame, on whatever channel.
    fn frame(&mut self, limits: &Limits<'_>) -> Result<Frame, ChannelError> {
        loop {
            limits.check()?;
            let slice = limits.deadline.min(Instant::now() + SLICE);
            match self.reports.receive(slice) {
                Ok(report) => return Ok(Frame::parse(&report)),
                Err(Error::Timeout) => {}
                Err(error) => return Err(ChannelError::Transport(error)),
            }
        }
    }
}

impl Limits<'_> {
    fn check(&self) -> Result<(), ChannelError> {
        if self.cancel.is_some_and(Cancel::is_cancelled) {
            return Err(ChannelError::Transport(Error::Cancelled));
        }
        if Instant::now() >= self.deadline {
            return Err(ChannelError::Transport(Error::Timeout));
        }
        Ok(())
    }

    fn pause(&self, pause: Duration) -> Result<(), ChannelError> {
        thread::sleep(pause.min(self.deadline.saturating_duration_since(Instant::now())));
        self.check()
    }
}

#[cfg(test)]
mod tests;
