//! A command that waits for a touch: signs of life, CANCEL, other channels (CTAP 2.3 11.2.5, 11.2.9), and the touch
//! that never comes.

use std::time::{Duration, Instant};

use assay_protocol::ctap2::Status;
use assay_protocol::ctaphid::{Command, ErrorCode, Frame, InitResponse, KeepAlive};
use assay_protocol::u2f::{Request, StatusWord};

use super::request::{self, MAKE_CREDENTIAL, RESET, SELECTION};
use super::world::{self, Key};
use super::{Body, FRESH, expect, get_info};
use crate::case::{Case, Level, Need};
use crate::context::Context;
use crate::evidence::{Exchange, Message, Role};
use crate::suites::authenticator::u2f;
use crate::verdict::{Pass, Stop};

/// Nobody touches the key, and it waits for a touch for longer than a case takes.
pub const HELD_TOUCH: Need = Need::new("held-touch");

/// Nobody touches the key; a case may wait until the key has given up.
pub const UNTOUCHED: Need = Need::new("untouched");

/// How long a key may take to say that it waits for a touch, or to give up after CANCEL.
const SOON: Duration = Duration::from_secs(3);

/// How long nothing but signs of life may come.
const WHILE: Duration = Duration::from_millis(400);

const CANCELLED: &str = "waiting/cancel/registration";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let held = held().into_iter().map(|case| case.needs([HELD_TOUCH]));
    held.chain(untouched().into_iter().map(|case| case.needs([UNTOUCHED]))).collect()
}

fn case<const N: usize>(
    id: &'static str,
    title: &'static str,
    (clause, level): (&'static str, Level),
    claims: [&'static str; N],
    sends: &'static str,
    expects: &'static str,
    body: Body,
) -> Case<Key> {
    Case::new(id, title, clause, level, body).claims(claims).sends(sends).expects(expects)
}

fn held() -> Vec<Case<Key>> {
    vec![
        case(
            "waiting/keep-alive",
            "A key that waits for a touch says so, again and again",
            ("CTAP 2.3 11.2.9.1.7", Level::Should),
            ["ctaphid_keep_alive", "ctaphid_keep_alive_status"],
            "makeCredential, and no touch",
            "KEEPALIVE with status UPNEEDED, more than once",
            |key, context| {
                registering(key, context)?;
                waits(key)?;
                cancelled(key, context).map(|_| Pass::plain("UPNEEDED, and UPNEEDED again"))
            },
        ),
        case(
            CANCELLED,
            "CANCEL ends a registration that waits for a touch",
            ("CTAP 2.3 11.2.9.1.5", Level::Must),
            ["ctaphid_cancel", "ctap_cancel_status"],
            "makeCredential, no touch, CANCEL",
            "KEEPALIVE_CANCEL in a CBOR message",
            |key, context| {
                registering(key, context)?;
                cancelled(key, context)
            },
        ),
        case(
            "waiting/cancel/selection",
            "CANCEL ends a selection that waits for a touch",
            ("CTAP 2.3 6.9", Level::Must),
            ["ctap_cancel_status"],
            "authenticatorSelection, no touch, CANCEL",
            "KEEPALIVE_CANCEL in a CBOR message",
            |key, context| {
                if !get_info::is_past_2_0(&get_info::info(key, context)?) {
                    return Err(Stop::skip("authenticatorSelection (CTAP 2.1)"));
                }
                begin(key, context, "selection", &[SELECTION])?;
                cancelled(key, context)
            },
        ),
        case(
            "waiting/cancel/reset",
            "CANCEL ends a reset that waits for a touch",
            ("CTAP 2.3 6.6", Level::Must),
            ["ctap_cancel_status"],
            "authenticatorReset, no touch, CANCEL",
            "KEEPALIVE_CANCEL in a CBOR message",
            |key, context| {
                get_info::info(key, context)?;
                begin(key, context, "reset", &[RESET])?;
                cancelled(key, context)
            },
        )
        .needs([FRESH]),
        case(
            "waiting/cancel/other-channel",
            "CANCEL on another channel ends nothing",
            ("CTAP 2.3 11.2.9.1.5", Level::Must),
            ["ctaphid_cancel_other"],
            "makeCredential, no touch, CANCEL on another channel",
            "signs of life alone, until CANCEL comes on its own channel",
            |key, context| {
                let other = key.allocate(context)?.cid;
                registering(key, context)?;
                key.send(other, Command::CANCEL, &[])?;
                let until = Instant::now() + WHILE;
                while let Some(frame) = key.frame(until) {
                    match told(&frame) {
                        Some((cid, Command::KEEPALIVE, _)) if cid == key.cid => {}
                        _ => return Err(Stop::fail("KEEPALIVE and nothing else", frame.to_string())),
                    }
                }
                cancelled(key, context)
            },
        )
        .twin(CANCELLED),
        case(
            "waiting/busy",
            "While a key waits for a touch, other channels are told that it is busy",
            ("CTAP 2.3 11.2.5", Level::Must),
            ["ctaphid_busy_working"],
            "makeCredential, no touch, PING on another channel",
            "ERROR CHANNEL_BUSY, and the registration goes on",
            |key, context| {
                let other = key.allocate(context)?.cid;
                registering(key, context)?;
                let ping = b"anybody there?";
                key.send(other, Command::PING, ping)?;
                let answer = next(key, other);
                let received = answer.as_ref().ok().map(|(cmd, first)| Message::bytes(cmd.to_string(), &[*first]));
                keep(context, "PING on another channel", Message::bytes("PING", ping), received);
                match answer? {
                    (Command::ERROR, code) if code == ErrorCode::CHANNEL_BUSY.0 => cancelled(key, context),
                    (cmd, first) => Err(Stop::fail("ERROR CHANNEL_BUSY", format!("{cmd} {first:#04x}"))),
                }
            },
        )
        .twin(CANCELLED),
        case(
            "waiting/resynchronised",
            "INIT on its channel gives up a registration that waits for a touch",
            ("CTAP 2.3 11.2.9.1.3", Level::Must),
            ["ctaphid_init_working"],
            "makeCredential, no touch, INIT on the same channel, PING",
            "the nonce and the channel, then the PING",
            |key, context| {
                registering(key, context)?;
                let nonce = world::nonce(context);
                let cid = key.cid;
                let answer = key.hid(context, "INIT on our channel", cid, Command::INIT, &nonce)?;
                match InitResponse::parse(&answer.payload) {
                    Some(init) if answer.cmd == Command::INIT && init.nonce == nonce && init.cid == cid => {}
                    _ => {
                        return Err(Stop::fail("an answer to INIT with our nonce and channel", answer.cmd.to_string()));
                    }
                }
                let answer = key.hid(context, "PING", cid, Command::PING, b"again")?;
                match answer.cmd {
                    Command::PING => Ok(Pass::plain("given up, and ready")),
                    other => Err(Stop::fail("PING", other.to_string())),
                }
            },
        )
        .twin(CANCELLED),
    ]
}

fn untouched() -> Vec<Case<Key>> {
    vec![
        case(
            "waiting/untouched/registration",
            "Nothing is registered without a touch",
            ("CTAP 2.3 6.1.2 step 14", Level::Must),
            ["ctap_untouched"],
            "makeCredential, and no touch",
            "OPERATION_DENIED, in the end",
            |key, context| {
                let request = request::make_credential(context);
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
                if reply.status == Status::PUAT_REQUIRED {
                    return Err(Stop::skip("a key without a PIN"));
                }
                expect(&reply, &[Status::OPERATION_DENIED, Status::USER_ACTION_TIMEOUT])
            },
        ),
        case(
            "waiting/untouched/selection",
            "A selection without a touch times out",
            ("CTAP 2.3 6.9", Level::Must),
            ["ctap_untouched", "ctap_selection_timeout"],
            "authenticatorSelection, and no touch",
            "USER_ACTION_TIMEOUT, in the end",
            |key, context| {
                if !get_info::is_past_2_0(&get_info::info(key, context)?) {
                    return Err(Stop::skip("authenticatorSelection (CTAP 2.1)"));
                }
                expect(&key.ctap(context, "selection", &[SELECTION])?, &[Status::USER_ACTION_TIMEOUT])
            },
        ),
        case(
            "waiting/untouched/u2f",
            "CTAP1 registers nothing without a touch, and asks for one",
            ("CTAP 2.3 10", Level::Must),
            ["ctap_untouched"],
            "REGISTER, and no touch",
            "CONDITIONS_NOT_SATISFIED (0x6985)",
            |key, context| {
                u2f::offered(key, context)?;
                let challenge = context.random.block();
                let request = Request::Register { challenge, application: u2f::wire::application() };
                let answer = u2f::wire::apdu(key, context, "REGISTER", &request.to_bytes())?;
                u2f::wire::refused(&answer, &[StatusWord::CONDITIONS_NOT_SATISFIED])
            },
        ),
    ]
}

/// Begins a registration, which waits for a touch.
fn registering(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    get_info::info(key, context)?;
    let request = request::make_credential(context);
    begin(key, context, "makeCredential", &world::request(MAKE_CREDENTIAL, &request))
}

/// Sends a request, and returns when the key says that it waits for a touch.
fn begin(key: &mut Key, context: &mut Context, label: &str, request: &[u8]) -> Result<(), Stop> {
    key.send(key.cid, Command::CBOR, request)?;
    let waits = waits(key);
    let status = Message::bytes("KEEPALIVE", &[KeepAlive::UPNEEDED.0]);
    keep(context, label, Message::bytes("CBOR", request), waits.is_ok().then_some(status));
    waits
}

fn keep(context: &mut Context, label: &str, sent: Message, received: Option<Message>) {
    context.record(Exchange { label: label.to_owned(), role: Role::Probe, sent, received });
}

/// Returns with the next KEEPALIVE that says so.
fn waits(key: &mut Key) -> Result<(), Stop> {
    let until = Instant::now() + SOON;
    let mut last = "nothing".to_owned();
    while let Some(frame) = key.frame(until) {
        match told(&frame) {
            Some((cid, Command::KEEPALIVE, status)) if cid == key.cid && KeepAlive(status) == KeepAlive::UPNEEDED => {
                return Ok(());
            }
            Some((cid, Command::KEEPALIVE, _)) if cid == key.cid => last = frame.to_string(),
            _ => return Err(Stop::fail("KEEPALIVE with status UPNEEDED", frame.to_string())),
        }
    }
    Err(Stop::fail("KEEPALIVE with status UPNEEDED", last))
}

/// CANCEL, which must end the command.
fn cancelled(key: &mut Key, context: &mut Context) -> Result<Pass, Stop> {
    let cid = key.cid;
    key.send(cid, Command::CANCEL, &[])?;
    let answer = next(key, cid);
    let received = answer.as_ref().ok().map(|(cmd, first)| Message::bytes(cmd.to_string(), &[*first]));
    keep(context, "CANCEL", Message::bytes("CANCEL", &[]), received);
    match answer? {
        (Command::CBOR, status) if Status(status) == Status::KEEPALIVE_CANCEL => {
            Ok(Pass::attributed(Status::KEEPALIVE_CANCEL.to_string()))
        }
        (Command::CBOR, status) => Err(Stop::fail(Status::KEEPALIVE_CANCEL.to_string(), Status(status).to_string())),
        (cmd, first) => Err(Stop::fail("a CBOR message", format!("{cmd} {first:#04x}"))),
    }
}

/// The next message on a channel but signs of life: its command and its first byte.
fn next(key: &mut Key, channel: u32) -> Result<(Command, u8), Stop> {
    let until = Instant::now() + SOON;
    while let Some(frame) = key.frame(until) {
        match told(&frame) {
            Some((_, Command::KEEPALIVE, _)) => {}
            Some((cid, cmd, first)) if cid == channel => return Ok((cmd, first)),
            _ => return Err(Stop::fail(format!("an answer on channel {channel:08x}"), frame.to_string())),
        }
    }
    Err(Stop::fail(format!("an answer on channel {channel:08x}"), format!("none for {} s", SOON.as_secs())))
}

/// Channel, command and first byte of a report that begins a message.
fn told(frame: &Frame) -> Option<(u32, Command, u8)> {
    match frame {
        Frame::Init { cid, cmd, data, .. } => Some((*cid, *cmd, data.first().copied().unwrap_or_default())),
        Frame::Cont { .. } => None,
    }
}
