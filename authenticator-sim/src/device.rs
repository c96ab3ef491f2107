//! The CTAPHID device around an authenticator, as a machine without any I/O (CTAP 2.3 11.2.5).
//!
//! Reports and the time go in, [`Action`]s come out. What takes long is done elsewhere: the
//! machine says when to start, and is told when it is finished.

mod defective;
#[cfg(test)]
mod tests;

use std::time::Duration;

use assay_protocol::ctap2::Status;
use assay_protocol::ctaphid::{
    Assembler, BROADCAST, Capabilities, Command, ErrorCode, Event, Frame, InitResponse, KeepAlive, Message, RESERVED,
    split,
};
use assay_transport::Report;

use crate::defect::{Defect, Defects};

/// How long a message may pause between two reports.
pub const MESSAGE_TIMEOUT: Duration = Duration::from_millis(500);

/// How often a command under way shows a sign of life.
pub const KEEP_ALIVE_INTERVAL: Duration = Duration::from_millis(100);

const NONCE_LENGTH: usize = 8;

/// A CTAPHID device.
#[derive(Debug)]
pub struct Device {
    capabilities: Capabilities,
    version: [u8; 3],
    /// Channels up to this one were given out.
    last_channel: u32,
    assembler: Assembler,
    /// When the last report of a message came.
    received_at: Duration,
    work: Work,
    defects: Defects,
}

/// What is to be done about a report, or about the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Send this report.
    Send(Report),
    /// Start working at this CTAP2 request; [`Device::finish`] takes its reply.
    Start(Vec<u8>),
    /// Start working at this APDU of CTAP1; [`Device::finish`] takes its answer.
    StartU2f(Vec<u8>),
    /// Ask the work under way to give up.
    Cancel,
    /// Show yourself.
    Wink,
}

/// The work under way.
#[derive(Debug)]
enum Work {
    None,
    /// A request of this channel.
    Running {
        cid: u32,
        /// CBOR or MSG.
        cmd: Command,
        sign_of_life: Duration,
        status: KeepAlive,
    },
    /// Nobody wants its reply any more; after it, this is to be done.
    Abandoned {
        next: Option<Message>,
    },
}

impl Device {
    /// A device that nobody has spoken to. It winks, and knows no CTAP1.
    pub fn new() -> Self {
        Self {
            capabilities: Capabilities(Capabilities::WINK | Capabilities::CBOR | Capabilities::NMSG),
            version: [1, 0, 0],
            last_channel: RESERVED,
            assembler: Assembler::Idle,
            received_at: Duration::ZERO,
            work: Work::None,
            defects: Defects::new(),
        }
    }

    /// The same with these defects, as far as they are a device's.
    #[must_use]
    pub fn with_defects(mut self, defects: Defects) -> Self {
        self.defects = defects;
        self
    }

    /// The same for a key that speaks only some of the protocols.
    #[must_use]
    pub fn speaking(mut self, ctap2: bool, u2f: bool) -> Self {
        let cbor = if ctap2 { Capabilities::CBOR } else { 0 };
        let nmsg = if u2f { 0 } else { Capabilities::NMSG };
        self.capabilities = Capabilities(Capabilities::WINK | cbor | nmsg);
        self
    }

    /// The same device, to which nobody has spoken since it got power.
    #[must_use]
    pub fn renewed(&self) -> Self {
        Self { capabilities: self.capabilities, version: self.version, defects: self.defects.clone(), ..Self::new() }
    }

    /// Is work under way?
    pub fn is_working(&self) -> bool {
        !matches!(self.work, Work::None)
    }

    /// Takes in one report.
    #[must_use]
    pub fn accept(&mut self, report: &Report, now: Duration) -> Vec<Action> {
        let frame = self.read(Frame::parse(report));
        if let Some(actions) = self.misbehave(&frame, now) {
            return actions;
        }
        match (&frame, self.busy_channel()) {
            (Frame::Init { cid, cmd, .. }, _) if !self.may_speak(*cid, *cmd) => error(*cid, ErrorCode::INVALID_CHANNEL),
            (Frame::Init { .. }, Some(owner)) => self.interrupt(&frame, owner),
            (Frame::Cont { .. }, Some(_)) => Vec::new(),
            (_, None) => self.assemble(&frame, now),
        }
    }

    /// Looks at the clock; `status` is what the work under way is waiting for.
    #[must_use]
    pub fn tick(&mut self, now: Duration, status: KeepAlive) -> Vec<Action> {
        let status = if self.has(Defect::HidKeepAliveStatus) { KeepAlive::PROCESSING } else { status };
        if now.saturating_sub(self.received_at) >= MESSAGE_TIMEOUT
            && !self.has(Defect::HidTimeout)
            && let Some(cid) = std::mem::take(&mut self.assembler).time_out()
        {
            return error(cid, ErrorCode::MSG_TIMEOUT);
        }
        if let Work::Running { cid, cmd: Command::CBOR, sign_of_life, status: told } = &mut self.work
            && !self.defects.contains(&Defect::HidKeepAlive)
            && (*told != status || now.saturating_sub(*sign_of_life) >= KEEP_ALIVE_INTERVAL)
        {
            *told = status;
            *sign_of_life = now;
            return message(*cid, Command::KEEPALIVE, &[status.0]);
        }
        Vec::new()
    }

    /// When [`Device::tick`] has something to do next, unless something happens before.
    pub fn next_tick(&self) -> Option<Duration> {
        match (&self.work, &self.assembler) {
            (Work::Running { cmd: Command::CBOR, sign_of_life, .. }, _) => Some(*sign_of_life + KEEP_ALIVE_INTERVAL),
            (_, Assembler::Partial { .. }) if !self.has(Defect::HidTimeout) => Some(self.received_at + MESSAGE_TIMEOUT),
            _ => None,
        }
    }

    /// The work under way has come to its end.
    #[must_use]
    pub fn finish(&mut self, reply: &[u8], now: Duration) -> Vec<Action> {
        match std::mem::replace(&mut self.work, Work::None) {
            Work::Running { cid, cmd, .. } => message(cid, cmd, reply),
            Work::Abandoned { next: Some(next) } => self.start(next, now),
            Work::Abandoned { next: None } | Work::None => Vec::new(),
        }
    }

    /// Whose request keeps the others out.
    fn busy_channel(&self) -> Option<u32> {
        match &self.work {
            Work::Running { cid, .. } => Some(*cid),
            Work::Abandoned { next } => next.as_ref().map(|next| next.cid),
            Work::None => None,
        }
    }

    fn may_speak(&self, cid: u32, cmd: Command) -> bool {
        match cid {
            RESERVED => self.has(Defect::HidChannelZero),
            BROADCAST => cmd == Command::INIT || self.has(Defect::HidChannelBroadcast),
            _ => cid <= self.last_channel || self.has(Defect::HidChannelUnknown),
        }
    }

    /// A first packet while a request is worked at.
    fn interrupt(&mut self, frame: &Frame, owner: u32) -> Vec<Action> {
        let Frame::Init { cid, cmd, len, data } = frame else {
            return Vec::new();
        };
        let payload = data.get(..usize::from(*len)).unwrap_or_default();
        match *cmd {
            Command::CANCEL if self.has(Defect::HidCancel) => Vec::new(),
            Command::CANCEL if *cid == owner || self.has(Defect::HidCancelOther) => self.cancel(),
            Command::CANCEL => Vec::new(),
            Command::INIT if *cid == owner && self.has(Defect::HidInitWorking) => error(*cid, ErrorCode::CHANNEL_BUSY),
            Command::INIT if *cid == owner || *cid == BROADCAST => {
                if payload.len() != NONCE_LENGTH {
                    return error(*cid, ErrorCode::INVALID_LEN);
                }
                let mut actions = if *cid == owner { self.abandon() } else { Vec::new() };
                actions.extend(self.init(*cid, payload));
                actions
            }
            _ if self.has(Defect::HidBusyWorking) => error(*cid, ErrorCode::INVALID_CHANNEL),
            _ => error(*cid, ErrorCode::CHANNEL_BUSY),
        }
    }

    /// CANCEL: the work under way answers soon, by itself.
    fn cancel(&mut self) -> Vec<Action> {
        match &mut self.work {
            Work::Running { cmd: Command::CBOR, .. } => vec![Action::Cancel],
            Work::Abandoned { next } => match next.take_if(|next| next.cmd == Command::CBOR) {
                Some(next) => message(next.cid, Command::CBOR, &[Status::KEEPALIVE_CANCEL.0]),
                None => Vec::new(),
            },
            // CTAP1 cannot be cancelled.
            Work::Running { .. } | Work::None => Vec::new(),
        }
    }

    /// INIT on the busy channel: nobody waits for the answer any more.
    fn abandon(&mut self) -> Vec<Action> {
        match std::mem::replace(&mut self.work, Work::Abandoned { next: None }) {
            Work::Running { .. } => vec![Action::Cancel],
            Work::Abandoned { .. } | Work::None => Vec::new(),
        }
    }

    fn assemble(&mut self, frame: &Frame, now: Duration) -> Vec<Action> {
        let step = std::mem::take(&mut self.assembler).accept(frame);
        self.assembler = step.next;
        match step.event {
            Event::More => {
                self.received_at = now;
                Vec::new()
            }
            Event::Ignored => Vec::new(),
            Event::Fault { cid, fault } => error(cid, fault.code()),
            Event::Message(message) => self.execute(message, now),
        }
    }

    fn execute(&mut self, request: Message, now: Duration) -> Vec<Action> {
        let cid = request.cid;
        match request.cmd {
            Command::INIT if request.payload.len() == NONCE_LENGTH || self.has(Defect::HidInitLength) => {
                self.init(cid, &request.payload)
            }
            Command::INIT => error(cid, ErrorCode::INVALID_LEN),
            Command::PING if request.payload.is_empty() && self.has(Defect::HidPingEmpty) => {
                error(cid, ErrorCode::INVALID_LEN)
            }
            Command::PING => self.echo(cid, request.payload),
            Command::WINK if self.has(Defect::HidWink) => error(cid, ErrorCode::INVALID_CMD),
            Command::WINK if self.capabilities.wink() && request.payload.is_empty() => {
                let mut actions = vec![Action::Wink];
                actions.extend(message(cid, Command::WINK, &[]));
                actions
            }
            Command::WINK if self.capabilities.wink() => error(cid, ErrorCode::INVALID_LEN),
            Command::CBOR if request.payload.is_empty() && !self.has(Defect::HidCborEmpty) => {
                error(cid, ErrorCode::INVALID_LEN)
            }
            Command::CBOR if self.capabilities.cbor() => self.begin(request, now),
            Command::CANCEL if self.has(Defect::HidCancelIdle) => message(cid, Command::CANCEL, &[]),
            // Nothing is under way that could be cancelled.
            Command::CANCEL => Vec::new(),
            Command::MSG if self.has(Defect::HidMsg) => message(cid, Command::MSG, &[0x6d, 0x00]),
            Command::MSG if self.capabilities.msg() && request.payload.is_empty() && !self.has(Defect::HidMsgEmpty) => {
                error(cid, ErrorCode::INVALID_LEN)
            }
            Command::MSG if self.capabilities.msg() => self.begin(request, now),
            Command::CBOR | Command::MSG => error(cid, ErrorCode::INVALID_CMD),
            other if self.has(Defect::HidUnknownCommand) => message(cid, other, &[]),
            _ => error(cid, ErrorCode::INVALID_CMD),
        }
    }

    /// Starts a request, unless the one before is still under way though nobody wants its reply.
    fn begin(&mut self, request: Message, now: Duration) -> Vec<Action> {
        if let Work::Abandoned { next } = &mut self.work {
            *next = Some(request);
            return Vec::new();
        }
        self.start(request, now)
    }

    fn start(&mut self, request: Message, now: Duration) -> Vec<Action> {
        let Message { cid, cmd, payload } = request;
        self.work = Work::Running { cid, cmd, sign_of_life: now, status: KeepAlive::PROCESSING };
        vec![if cmd == Command::MSG { Action::StartU2f(payload) } else { Action::Start(payload) }]
    }

    fn init(&mut self, cid: u32, nonce: &[u8]) -> Vec<Action> {
        let keeps = cid != BROADCAST && !self.has(Defect::HidInitSameChannel);
        let again = self.last_channel != RESERVED;
        let given = if keeps { cid } else { self.allocate() };
        let [major, minor, build] = self.version;
        let response = InitResponse {
            nonce: nonce.try_into().ok().filter(|_| !(again && self.has(Defect::HidInitNonce))).unwrap_or_default(),
            cid: given,
            protocol_version: if self.has(Defect::HidInitVersion) { 1 } else { 2 },
            major,
            minor,
            build,
            capabilities: match self.has(Defect::HidInitCbor) {
                false => self.capabilities,
                true => Capabilities(self.capabilities.0 & !Capabilities::CBOR),
            },
        };
        message(cid, Command::INIT, &response.to_bytes())
    }

    /// A new channel; after four thousand million of them, the old ones come again.
    fn allocate(&mut self) -> u32 {
        if self.last_channel != RESERVED && self.has(Defect::HidInitChannel) {
            return self.last_channel;
        }
        self.last_channel = match self.last_channel.checked_add(1) {
            Some(next) if next != BROADCAST => next,
            _ => RESERVED + 1,
        };
        self.last_channel
    }
}

impl Default for Device {
    fn default() -> Self {
        Self::new()
    }
}

fn message(cid: u32, cmd: Command, payload: &[u8]) -> Vec<Action> {
    match split(cid, cmd, payload) {
        Ok(reports) => reports.into_iter().map(Action::Send).collect(),
        // No reply of ours is that long.
        Err(_too_long) => error(cid, ErrorCode::OTHER),
    }
}

fn error(cid: u32, code: ErrorCode) -> Vec<Action> {
    let report = split(cid, Command::ERROR, &[code.0]).unwrap_or_default();
    report.into_iter().map(Action::Send).collect()
}
