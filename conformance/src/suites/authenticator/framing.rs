//! CTAPHID framing and channels (CTAP 2.3 11.2).

use assay_protocol::ctaphid::{BROADCAST, Command, ErrorCode, Frame, frame, split};
use assay_transport::Report;

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
            |key: &mut Key, _| {
                if key.init.protocol_version != 2 {
                    return Err(Stop::fail("protocol version 2", key.init.protocol_version.to_string()));
                }
                if !key.init.capabilities.cbor() {
                    return Err(Stop::fail("the CBOR capability", format!("{:#04x}", key.init.capabilities.0)));
                }
                Ok(Pass::plain("version 2, CBOR"))
            },
        )
        .claims(["ctaphid_init_version"])
        .expects("version 2 and the CBOR capability"),
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
                if !answer.payload.starts_with(&nonce) {
                    return Err(Stop::fail("our nonce", "another"));
                }
                echo(key, context, b"after resynchronisation")
            },
        )
        .claims(["ctaphid_init_aborts"])
        .sends("the first report of a PING, then INIT on the same channel, then a PING")
        .expects("an answer to INIT on that channel, and the PING's echo"),
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
                expect_command(&answer, Command::PING)?;
                if answer.payload != [9; 100] {
                    return Err(Stop::fail("the first PING's echo", "other bytes"));
                }
                Ok(Pass::attributed("busy for the second channel, the first one undisturbed"))
            },
        )
        .claims(["ctaphid_busy"])
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
    cases.extend([0usize, 1, 57, 58, 116, 117, 300, 1024].map(ping));
    cases.extend(REFUSALS.iter().map(refusal));
    cases
}

/// One message that must be refused with one code.
struct Refusal {
    id: &'static str,
    title: &'static str,
    clause: &'static str,
    claim: &'static str,
    channel: Channel,
    cmd: Command,
    /// The payload length announced; the report carries what fits.
    announced: u16,
    code: ErrorCode,
}

/// On which channel a message is sent.
enum Channel {
    Ours,
    Broadcast,
    Zero,
    NeverGivenOut,
}

const REFUSALS: &[Refusal] = &[
    Refusal {
        id: "framing/command/unknown",
        title: "An unknown command is refused",
        clause: "CTAP 2.3 11.2.9.1.6",
        claim: "ctaphid_unknown_command",
        channel: Channel::Ours,
        cmd: Command(0x26),
        announced: 0,
        code: ErrorCode::INVALID_CMD,
    },
    Refusal {
        id: "framing/length/cbor-empty",
        title: "A CBOR message without a command is refused",
        clause: "CTAP 2.3 11.2.9.1.2",
        claim: "ctaphid_cbor_empty",
        channel: Channel::Ours,
        cmd: Command::CBOR,
        announced: 0,
        code: ErrorCode::INVALID_LEN,
    },
    Refusal {
        id: "framing/length/too-long",
        title: "More than 7609 bytes are refused",
        clause: "CTAP 2.3 11.2.4",
        claim: "ctaphid_length",
        channel: Channel::Ours,
        cmd: Command::PING,
        announced: 7610,
        code: ErrorCode::INVALID_LEN,
    },
    Refusal {
        id: "framing/length/init-seven",
        title: "INIT with seven bytes is refused",
        clause: "CTAP 2.3 11.2.9.1.3",
        claim: "ctaphid_init_length",
        channel: Channel::Ours,
        cmd: Command::INIT,
        announced: 7,
        code: ErrorCode::INVALID_LEN,
    },
    Refusal {
        id: "framing/channel/zero",
        title: "Channel 0 is refused",
        clause: "CTAP 2.3 11.2.4",
        claim: "ctaphid_channel_zero",
        channel: Channel::Zero,
        cmd: Command::PING,
        announced: 1,
        code: ErrorCode::INVALID_CHANNEL,
    },
    Refusal {
        id: "framing/channel/broadcast-ping",
        title: "Only INIT is spoken on the broadcast channel",
        clause: "CTAP 2.3 11.2.4",
        claim: "ctaphid_channel_broadcast",
        channel: Channel::Broadcast,
        cmd: Command::PING,
        announced: 1,
        code: ErrorCode::INVALID_CHANNEL,
    },
    Refusal {
        id: "framing/channel/never-given-out",
        title: "A channel that was never given out is refused",
        clause: "CTAP 2.3 11.2.5",
        claim: "ctaphid_channel_unknown",
        channel: Channel::NeverGivenOut,
        cmd: Command::PING,
        announced: 1,
        code: ErrorCode::INVALID_CHANNEL,
    },
];

fn refusal(row: &'static Refusal) -> Case<Key> {
    Case::new(row.id, row.title, row.clause, Level::Must, move |key: &mut Key, context| {
        let cid = match row.channel {
            Channel::Ours => key.cid,
            Channel::Broadcast => BROADCAST,
            Channel::Zero => 0,
            Channel::NeverGivenOut => key.cid ^ 0x5a5a_0000,
        };
        let report = Frame::Init { cid, cmd: row.cmd, len: row.announced, data: [0; frame::INIT_DATA] }.to_report();
        let answer = key.raw(context, row.title, &[report], cid)?;
        let pass = expect_error(&answer, row.code)?;
        echo(key, context, b"after the refusal")?;
        Ok(pass)
    })
    .claims([row.claim])
    .twin("framing/ping/1-byte")
    .sends(format!("{} with length {}", row.cmd, row.announced))
    .expects(format!("ERROR {}, and a key that goes on", row.code))
}

fn ping(length: usize) -> Case<Key> {
    let plural = if length == 1 { "byte" } else { "bytes" };
    Case::new(
        format!("framing/ping/{length}-{plural}"),
        format!("PING echoes {length} {plural}"),
        "CTAP 2.3 11.2.9.1.4",
        Level::Must,
        move |key: &mut Key, context: &mut Context| {
            let payload = context.random.bytes(length);
            echo(key, context, &payload)
        },
    )
    .claims(["ctaphid_ping"])
    .sends(format!("PING with {length} {plural}"))
    .expects("the same bytes")
}

fn echo(key: &mut Key, context: &mut Context, payload: &[u8]) -> Result<Pass, Stop> {
    let answer = key.hid(context, "PING", key.cid, Command::PING, payload)?;
    expect_command(&answer, Command::PING)?;
    if answer.payload != payload {
        return Err(Stop::fail("the same bytes", format!("{} other bytes", answer.payload.len())));
    }
    Ok(Pass::plain("echoed"))
}

fn expect_command(answer: &assay_protocol::ctaphid::Message, cmd: Command) -> Result<(), Stop> {
    if answer.cmd == cmd {
        return Ok(());
    }
    Err(Stop::fail(cmd.to_string(), described(answer)))
}

fn expect_error(answer: &assay_protocol::ctaphid::Message, code: ErrorCode) -> Result<Pass, Stop> {
    if answer.cmd == Command::ERROR && answer.payload == [code.0] {
        return Ok(Pass::attributed(format!("ERROR {code}")));
    }
    Err(Stop::fail(format!("ERROR {code}"), described(answer)))
}

fn described(answer: &assay_protocol::ctaphid::Message) -> String {
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
