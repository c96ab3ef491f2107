//! CTAPHID framing and channels (CTAP 2.3 11.2).

mod ping;
mod refusals;

use assay_protocol::ctaphid::{BROADCAST, Command, ErrorCode, Frame, InitResponse, Message, frame, split};
use assay_transport::Report;

use super::request::GET_INFO;
use super::world::{Key, nonce};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        Case::new(
            "framing/init/nonce-echoed",
            "INIT is answered with the nonce and a channel",
            "CTAP 2.3 11.2.9.1.3",
            Level::Must,
            |key: &mut Key, context| {
                let init = key.allocate(context)?;
                if init.cid == 0 || init.cid == BROADCAST || init.cid == key.cid {
                    return Err(Stop::fail("a channel of its own", format!("{:08x}", init.cid)));
                }
                Ok(Pass::plain("a fresh channel, our nonce"))
            },
        )
        .claims(["ctaphid_init_nonce", "ctaphid_init_channel"])
        .sends("a second INIT on the broadcast channel")
        .expects("our nonce and a channel that is neither reserved nor in use"),
        Case::new(
            "framing/init/protocol-version",
            "INIT says CTAPHID version 2",
            "CTAP 2.3 11.2.9.1.3",
            Level::Must,
            |key: &mut Key, context| {
                if key.init.protocol_version != 2 {
                    return Err(Stop::fail("protocol version 2", key.init.protocol_version.to_string()));
                }
                if key.init.capabilities.cbor() {
                    return Ok(Pass::plain("version 2, CBOR"));
                }
                let answer = key.hid(context, "getInfo, unannounced", key.cid, Command::CBOR, &[GET_INFO])?;
                if answer.cmd == Command::CBOR {
                    return Err(Stop::fail("the CBOR capability", format!("{:#04x}", key.init.capabilities.0)));
                }
                expect_error(&answer, ErrorCode::INVALID_CMD).map(|_| Pass::plain("version 2, and no CBOR"))
            },
        )
        .claims(["ctaphid_init_version", "ctaphid_init_cbor"])
        .expects("version 2, and the CBOR capability where getInfo is answered"),
        Case::new(
            "framing/init/resynchronises",
            "INIT on a channel aborts the message under way there",
            "CTAP 2.3 11.2.9.1.3",
            Level::Must,
            |key: &mut Key, context| {
                let [first] = parts(key.cid, Command::PING, &[7; 100])?;
                key.send_report(&first)?;
                let nonce = nonce(context);
                let answer = key.hid(context, "INIT in the middle of a message", key.cid, Command::INIT, &nonce)?;
                expect_command(&answer, Command::INIT)?;
                match InitResponse::parse(&answer.payload) {
                    Some(init) if init.nonce != nonce => return Err(Stop::fail("our nonce", "another")),
                    Some(init) if init.cid != key.cid => {
                        return Err(Stop::fail(format!("channel {:08x}", key.cid), format!("{:08x}", init.cid)));
                    }
                    Some(_) => {}
                    None => return Err(Stop::fail("17 bytes", answer.payload.len().to_string())),
                }
                echo(key, context, b"after resynchronisation")
            },
        )
        .claims(["ctaphid_init_aborts", "ctaphid_init_same_channel"])
        .sends("the first report of a PING, then INIT on the same channel, then a PING")
        .expects("an answer to INIT on that channel, with that channel, and the PING's echo"),
        Case::new(
            "framing/init/during-message",
            "INIT of somebody else leaves a message under way alone",
            "CTAP 2.3 11.2.5",
            Level::Must,
            |key: &mut Key, context| {
                let [first, second] = parts(key.cid, Command::PING, &[9; 100])?;
                key.send_report(&first)?;
                let nonce = nonce(context);
                let answer = key.hid(context, "INIT of somebody else", BROADCAST, Command::INIT, &nonce)?;
                // A channel of its own, or a request to come back.
                if answer.cmd != Command::INIT {
                    expect_error(&answer, ErrorCode::CHANNEL_BUSY)?;
                }
                let answer = key.raw(context, "the rest of the PING", &[second], key.cid)?;
                expect_echo(&answer, &[9; 100])
            },
        )
        .claims(["ctaphid_init_undisturbing"])
        .sends("half a PING, INIT on the broadcast channel, the rest of the PING")
        .expects("a channel or ERROR CHANNEL_BUSY for the INIT, and the PING's echo"),
        Case::new(
            "framing/sequence/wrong-number",
            "A continuation out of order is refused",
            "CTAP 2.3 11.2.4",
            Level::Must,
            |key: &mut Key, context| {
                let [first, second] = parts(key.cid, Command::PING, &[7; 300])?;
                let fourth = Frame::Cont { cid: key.cid, seq: 3, data: [0; frame::CONT_DATA] }.to_report();
                let answer = key.raw(context, "continuations 0, 3", &[first, second, fourth], key.cid)?;
                expect_error(&answer, ErrorCode::INVALID_SEQ)
            },
        )
        .claims(["ctaphid_sequence"])
        .twin("framing/ping/300-bytes")
        .sends("continuation 3 where 1 is due")
        .expects("ERROR INVALID_SEQ"),
        Case::new(
            "framing/sequence/not-continued",
            "A message does not begin where a continuation is due",
            "CTAP 2.3 11.2.5",
            Level::Must,
            |key: &mut Key, context| {
                let [first] = parts(key.cid, Command::PING, &[7; 100])?;
                key.send_report(&first)?;
                let answer =
                    key.hid(context, "a second PING in the middle of a PING", key.cid, Command::PING, b"new")?;
                // Both are found: the message is given up, or it goes on.
                expect_error(&answer, ErrorCode::INVALID_SEQ)
                    .or_else(|stop| expect_error(&answer, ErrorCode::CHANNEL_BUSY).map_err(|_neither| stop))
            },
        )
        .claims(["ctaphid_not_continued"])
        .twin("framing/ping/1-byte")
        .sends("half a PING, then another on the same channel")
        .expects("ERROR INVALID_SEQ, or ERROR CHANNEL_BUSY"),
        Case::new(
            "framing/sequence/stray-continuation",
            "A continuation that belongs to nothing is ignored",
            "CTAP 2.3 11.2.5",
            Level::Must,
            |key: &mut Key, context| {
                let stray = Frame::Cont { cid: key.cid, seq: 0, data: [0; frame::CONT_DATA] }.to_report();
                key.send_report(&stray)?;
                key.silence()?;
                echo(key, context, b"after a stray report")
            },
        )
        .claims(["ctaphid_stray_continuation"])
        .sends("a continuation on an idle channel")
        .expects("silence, and a channel that still works"),
        Case::new(
            "framing/busy/second-channel",
            "A second channel is told that the key is busy",
            "CTAP 2.3 11.2.5",
            Level::Must,
            |key: &mut Key, context| {
                let other = key.allocate(context)?.cid;
                let [first, second] = parts(key.cid, Command::PING, &[9; 100])?;
                key.send_report(&first)?;
                let busy = key.hid(context, "PING on another channel in between", other, Command::PING, b"me too")?;
                expect_error(&busy, ErrorCode::CHANNEL_BUSY)?;
                let answer = key.raw(context, "the rest of the first PING", &[second], key.cid)?;
                expect_echo(&answer, &[9; 100])?;
                Ok(Pass::attributed("busy for the second channel, the first one undisturbed"))
            },
        )
        .claims(["ctaphid_busy", "ctaphid_busy_kept"])
        .sends("half a PING on one channel, a PING on another, the rest of the first")
        .expects("ERROR CHANNEL_BUSY for the second, an echo for the first"),
        Case::new(
            "framing/timeout/message-never-ends",
            "A message that is never finished is given up",
            "CTAP 2.3 11.2.5",
            Level::Must,
            |key: &mut Key, context| {
                let [first] = parts(key.cid, Command::PING, &[9; 100])?;
                let answer = key.raw(context, "half a PING, then silence", &[first], key.cid)?;
                expect_error(&answer, ErrorCode::MSG_TIMEOUT)?;
                echo(key, context, b"after the timeout")
            },
        )
        .claims(["ctaphid_timeout"])
        .sends("the first report of a PING and nothing more")
        .expects("ERROR MSG_TIMEOUT, and a channel that still works"),
        Case::new(
            "framing/cancel/idle",
            "CANCEL without a command under way is ignored",
            "CTAP 2.3 11.2.9.1.5",
            Level::Must,
            |key: &mut Key, context| {
                key.send(key.cid, Command::CANCEL, &[])?;
                key.silence()?;
                echo(key, context, b"after CANCEL")
            },
        )
        .claims(["ctaphid_cancel_idle"])
        .sends("CANCEL on an idle channel")
        .expects("silence"),
        Case::new(
            "framing/command/msg-as-advertised",
            "CTAP1 messages are refused where they are not offered",
            "CTAP 2.3 11.2.9.1.1",
            Level::Must,
            |key: &mut Key, context| {
                if key.init.capabilities.msg() {
                    return Err(Stop::skip("a key without CTAP1"));
                }
                let answer = key.hid(context, "MSG", key.cid, Command::MSG, &[0, 3, 0, 0, 0, 0, 0])?;
                expect_error(&answer, ErrorCode::INVALID_CMD)
            },
        )
        .claims(["ctaphid_msg"])
        .twin("framing/ping/1-byte")
        .sends("MSG with the U2F version command")
        .expects("ERROR INVALID_CMD"),
        Case::new(
            "framing/wink/as-advertised",
            "WINK works where it is offered and only there",
            "CTAP 2.3 11.2.9.2.1",
            Level::Must,
            |key: &mut Key, context| {
                let answer = key.hid(context, "WINK", key.cid, Command::WINK, &[])?;
                if key.init.capabilities.wink() {
                    expect_command(&answer, Command::WINK)?;
                    return Ok(Pass::plain("WINK answered"));
                }
                expect_error(&answer, ErrorCode::INVALID_CMD)
            },
        )
        .claims(["ctaphid_wink"])
        .sends("WINK")
        .expects("an empty answer if the capability is set, ERROR INVALID_CMD otherwise"),
    ];
    cases.extend(ping::cases());
    cases.extend(refusals::cases());
    cases
}

fn echo(key: &mut Key, context: &mut Context, payload: &[u8]) -> Result<Pass, Stop> {
    let answer = key.hid(context, "PING", key.cid, Command::PING, payload)?;
    expect_echo(&answer, payload)
}

fn expect_echo(answer: &Message, payload: &[u8]) -> Result<Pass, Stop> {
    expect_command(answer, Command::PING)?;
    if answer.payload != payload {
        return Err(Stop::fail("the same bytes", format!("{} other bytes", answer.payload.len())));
    }
    Ok(Pass::plain("echoed"))
}

fn expect_command(answer: &Message, cmd: Command) -> Result<(), Stop> {
    if answer.cmd == cmd {
        return Ok(());
    }
    Err(Stop::fail(cmd.to_string(), described(answer)))
}

fn expect_error(answer: &Message, code: ErrorCode) -> Result<Pass, Stop> {
    if answer.cmd == Command::ERROR && answer.payload == [code.0] {
        return Ok(Pass::attributed(format!("ERROR {code}")));
    }
    Err(Stop::fail(format!("ERROR {code}"), described(answer)))
}

fn described(answer: &Message) -> String {
    match answer.payload.first() {
        Some(code) if answer.cmd == Command::ERROR => format!("ERROR {}", ErrorCode(*code)),
        _ => answer.cmd.to_string(),
    }
}

/// The first reports of a message.
fn parts<const N: usize>(cid: u32, cmd: Command, payload: &[u8]) -> Result<[Report; N], Stop> {
    let reports = split(cid, cmd, payload).map_err(|error| Stop::broken(error.to_string()))?;
    let few: Vec<Report> = reports.into_iter().take(N).collect();
    few.try_into().map_err(|_few| Stop::broken("the message is too short for the case"))
}
