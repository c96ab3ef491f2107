//! The session of one case with one key: raw reports, CTAPHID messages, CTAP2 commands.

use std::sync::Arc;
use std::time::{Duration, Instant};

use assay_protocol::ctap2::Status;
use assay_protocol::ctaphid::{
    Assembler, BROADCAST, Command, ErrorCode, Event, Frame, InitResponse, Message as HidMessage, split,
};
use assay_protocol::tree::cbor::{self, Node};
use assay_transport::{Report, Reports};
use ciborium::Value;

use crate::case::Header;
use crate::context::{Cancel, Context};
use crate::evidence::{Exchange, Message, Part, Role, hex};
use crate::runner::Open;
use crate::verdict::{Outcome, Stop};

/// Reaches a key. Each call is a session of its own; where `fresh` holds, with a key that was
/// reset and has just been powered up.
pub trait Connect: Send + Sync {
    /// Brings the key to the state that this case wants; see [`Open::prepare`].
    fn prepare(&self, header: &Header, cancel: &Cancel) -> Result<(), String> {
        let (_, _) = (header, cancel);
        Ok(())
    }

    /// How a case has ended that was prepared.
    fn ended(&self, outcome: &Outcome) {
        let _ = outcome;
    }

    /// Opens the way to the key.
    fn connect(&self) -> Result<Box<dyn Reports>, String>;

    /// Has the key that was reached last the PIN of the cases? Whatever else may have a PIN is somebody's.
    fn has_our_pin(&self) -> bool {
        false
    }
}

/// Opens a session with the key for each case.
pub struct Sessions(pub Arc<dyn Connect>);

impl Open<Key> for Sessions {
    fn prepare(&self, header: &Header, cancel: &Cancel) -> Result<(), Stop> {
        self.0.prepare(header, cancel).map_err(Stop::Broken)
    }

    fn ended(&self, outcome: &Outcome) {
        self.0.ended(outcome);
    }

    fn open(&self, context: &mut Context) -> Result<Key, Stop> {
        Key::open(self.0.as_ref(), context)
    }
}

/// A key as a case sees it.
pub struct Key {
    reports: Box<dyn Reports>,
    /// Our channel.
    pub cid: u32,
    /// The answer to our INIT.
    pub init: InitResponse,
    /// Had it the PIN of the cases when the session began?
    pub has_our_pin: bool,
}

/// An answer to a CTAP2 command.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status byte.
    pub status: Status,
    /// The CBOR behind it, empty where there is none.
    pub body: Vec<u8>,
}

/// How long a key may take for anything but a touch.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long silence must last to count as silence.
const SILENCE: Duration = Duration::from_millis(150);

impl Key {
    /// Connects and gets a channel.
    pub fn open(target: &dyn Connect, context: &mut Context) -> Result<Self, Stop> {
        let reports = target.connect().map_err(Stop::Broken)?;
        let mut key = Self {
            reports,
            cid: BROADCAST,
            init: InitResponse {
                nonce: [0; 8],
                cid: BROADCAST,
                protocol_version: 0,
                major: 0,
                minor: 0,
                build: 0,
                capabilities: assay_protocol::ctaphid::Capabilities(0),
            },
            has_our_pin: target.has_our_pin(),
        };
        let init = key.allocate(context)?;
        key.cid = init.cid;
        key.init = init;
        Ok(key)
    }

    /// Asks for one more channel.
    pub fn allocate(&mut self, context: &mut Context) -> Result<InitResponse, Stop> {
        let nonce = nonce(context);
        self.send(BROADCAST, Command::INIT, &nonce)?;
        // Somebody else's INIT may be answered on the same broadcast channel.
        let mut others = 0;
        let deadline = Instant::now() + PATIENCE;
        while let Some(answer) = self.next_message(BROADCAST, deadline)? {
            match InitResponse::parse(&answer.payload) {
                Some(init) if answer.cmd == Command::INIT && init.nonce == nonce => return Ok(init),
                _ => others += 1,
            }
        }
        let got = format!("{others} other messages on the broadcast channel in {} s", PATIENCE.as_secs());
        Err(Stop::fail("an answer to INIT with our nonce", got))
    }

    /// Sends one report as it is.
    pub fn send_report(&mut self, report: &Report) -> Result<(), Stop> {
        self.reports
            .send(report, Instant::now() + PATIENCE)
            .map_err(|error| Stop::broken(format!("a report could not be sent: {error}")))
    }

    /// Sends a message in as many reports as it needs.
    pub fn send(&mut self, cid: u32, cmd: Command, payload: &[u8]) -> Result<(), Stop> {
        let reports = split(cid, cmd, payload).map_err(|error| Stop::broken(error.to_string()))?;
        reports.iter().try_for_each(|report| self.send_report(report))
    }

    /// The next message on `cid`, keepalives passed over.
    pub fn message(&mut self, cid: u32) -> Result<HidMessage, Stop> {
        let deadline = Instant::now() + PATIENCE;
        match self.next_message(cid, deadline)? {
            Some(message) => Ok(message),
            None => Err(Stop::fail(
                format!("an answer on channel {cid:08x}"),
                format!("nothing for {} s", PATIENCE.as_secs()),
            )),
        }
    }

    /// The next report, where one comes in time.
    pub fn frame(&mut self, deadline: Instant) -> Option<Frame> {
        self.reports.receive(deadline).ok().map(|report| Frame::parse(&report))
    }

    /// Asserts that nothing comes for a moment.
    pub fn silence(&mut self) -> Result<(), Stop> {
        match self.reports.receive(Instant::now() + SILENCE) {
            Ok(report) => Err(Stop::fail("no answer", Frame::parse(&report).to_string())),
            Err(_) => Ok(()),
        }
    }

    fn next_message(&mut self, cid: u32, deadline: Instant) -> Result<Option<HidMessage>, Stop> {
        let mut assembler = Assembler::default();
        loop {
            if Instant::now() >= deadline {
                return Ok(None);
            }
            let Ok(report) = self.reports.receive(deadline) else { return Ok(None) };
            let frame = Frame::parse(&report);
            if frame.cid() != cid {
                continue;
            }
            // An answer on the broadcast or a bad channel is no transaction that our assembler knows.
            if let Frame::Init { cmd, len, data, .. } = &frame
                && usize::from(*len) <= data.len()
            {
                if *cmd == Command::KEEPALIVE {
                    continue;
                }
                let payload = data.get(..usize::from(*len)).unwrap_or_default().to_vec();
                return Ok(Some(HidMessage { cid, cmd: *cmd, payload }));
            }
            let step = assembler.accept(&frame);
            assembler = step.next;
            match step.event {
                Event::Message(message) => return Ok(Some(message)),
                Event::More | Event::Ignored => {}
                Event::Fault { fault, .. } => {
                    return Err(Stop::fail("reports in their order", format!("{fault:?}")));
                }
            }
        }
    }

    /// Sends a CTAPHID message and keeps the exchange.
    pub fn hid(
        &mut self,
        context: &mut Context,
        label: &str,
        cid: u32,
        cmd: Command,
        payload: &[u8],
    ) -> Result<HidMessage, Stop> {
        self.send(cid, cmd, payload)?;
        let sent = Message::bytes(format!("{cmd} on {cid:08x}"), payload);
        self.keep(context, label, sent, cid)
    }

    /// Sends raw reports and keeps the exchange with the next message on `cid`.
    pub fn raw(
        &mut self,
        context: &mut Context,
        label: &str,
        reports: &[Report],
        cid: u32,
    ) -> Result<HidMessage, Stop> {
        reports.iter().try_for_each(|report| self.send_report(report))?;
        let text: Vec<String> = reports.iter().map(|report| Frame::parse(report).to_string()).collect();
        self.keep(context, label, Message::text("raw reports", text.join("\n")), cid)
    }

    fn keep(&mut self, context: &mut Context, label: &str, sent: Message, cid: u32) -> Result<HidMessage, Stop> {
        let answer = self.message(cid);
        context.record(Exchange {
            label: label.to_owned(),
            role: Role::Probe,
            sent,
            received: answer
                .as_ref()
                .ok()
                .map(|message| Message::bytes(format!("{} on {:08x}", message.cmd, message.cid), &message.payload)),
        });
        answer
    }

    /// Sends the bytes of a CTAP2 request and keeps the exchange.
    pub fn ctap(&mut self, context: &mut Context, label: &str, request: &[u8]) -> Result<Reply, Stop> {
        context.check_time()?;
        // A key of CTAP1 alone; whether it says so rightly is a case of its own.
        if !self.init.capabilities.cbor() {
            return Err(Stop::skip("CTAP2"));
        }
        self.send(self.cid, Command::CBOR, request)?;
        let sent = Message::bytes(command_name(request), request).with_parts(parts(request));
        let deadline = context.deadline;
        let answer = self.next_message(self.cid, deadline)?;
        context.record(Exchange {
            label: label.to_owned(),
            role: Role::Probe,
            sent,
            received: answer.as_ref().map(|message| received(&message.payload)),
        });
        let Some(answer) = answer else {
            return Err(Stop::fail("an answer", "nothing until the case's time was over"));
        };
        if answer.cmd == Command::ERROR {
            let code = answer.payload.first().map_or(ErrorCode::OTHER, |byte| ErrorCode(*byte));
            return Err(Stop::fail("a CBOR message", format!("CTAPHID ERROR {code}")));
        }
        let Some((status, body)) = answer.payload.split_first() else {
            return Err(Stop::fail("a status byte", "an empty CBOR message"));
        };
        Ok(Reply { status: Status(*status), body: body.to_vec() })
    }

    /// A command with a map of parameters.
    pub fn call(&mut self, context: &mut Context, label: &str, command: u8, parameters: &Value) -> Result<Reply, Stop> {
        self.ctap(context, label, &request(command, parameters))
    }
}

impl Reply {
    /// The answer, where it is one.
    pub fn ok(self) -> Result<Self, Stop> {
        if self.status == Status::OK {
            return Ok(self);
        }
        Err(Stop::fail(Status::OK.to_string(), self.status.to_string()))
    }

    /// The CBOR map behind the status.
    pub fn map(&self) -> Result<Node, Stop> {
        let document = cbor::read(&self.body);
        match document.root {
            Some(root) if root.as_map().is_some() => Ok(root),
            _ => Err(Stop::fail("a CBOR map", format!("h'{}'", hex(&self.body)))),
        }
    }
}

/// A command byte and its parameters in canonical order.
pub(super) fn request(command: u8, parameters: &Value) -> Vec<u8> {
    let mut bytes = vec![command];
    bytes.extend(cbor::to_canonical(parameters));
    bytes
}

/// A nonce for INIT.
pub(super) fn nonce(context: &mut Context) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = context.random.block();
    [a, b, c, d, e, f, g, h]
}

fn command_name(request: &[u8]) -> String {
    match request.first() {
        Some(0x01) => "authenticatorMakeCredential".to_owned(),
        Some(0x02) => "authenticatorGetAssertion".to_owned(),
        Some(0x04) => "authenticatorGetInfo".to_owned(),
        Some(0x06) => "authenticatorClientPIN".to_owned(),
        Some(0x07) => "authenticatorReset".to_owned(),
        Some(0x08) => "authenticatorGetNextAssertion".to_owned(),
        Some(0x09) => "authenticatorBioEnrollment".to_owned(),
        Some(0x0a) => "authenticatorCredentialManagement".to_owned(),
        Some(0x0b) => "authenticatorSelection".to_owned(),
        Some(0x0c) => "authenticatorLargeBlobs".to_owned(),
        Some(0x0d) => "authenticatorConfig".to_owned(),
        Some(other) => format!("command {other:#04x}"),
        None => "an empty CBOR message".to_owned(),
    }
}

fn received(payload: &[u8]) -> Message {
    let (line, body) = match payload.split_first() {
        Some((status, body)) => (Status(*status).to_string(), body),
        None => ("no status".to_owned(), payload),
    };
    let message = Message::bytes(line, body);
    if body.is_empty() { message } else { message.with_parts(vec![notation("answer", body)]) }
}

fn parts(request: &[u8]) -> Vec<Part> {
    match request.get(1..) {
        Some(body) if !body.is_empty() => vec![notation("parameters", body)],
        _ => Vec::new(),
    }
}

fn notation(title: &str, bytes: &[u8]) -> Part {
    let document = cbor::read(bytes);
    let mut part = Part::new(title);
    part.notation = document.root.as_ref().map(cbor::diagnostic);
    for anomaly in &document.anomalies {
        part.push(
            anomaly.kind.code(),
            format!("bytes {}..{}", anomaly.range.start, anomaly.range.end),
            Some(anomaly.path.clone()),
        );
    }
    part
}
