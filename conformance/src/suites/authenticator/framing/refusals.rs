//! Single reports that are refused with one code.

use assay_protocol::ctaphid::{BROADCAST, Command, ErrorCode, Frame, frame};

use super::{echo, expect_error};
use crate::case::{Case, Level};
use crate::suites::authenticator::world::Key;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    REFUSALS.iter().map(refusal).collect()
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
