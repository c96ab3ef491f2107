//! Reading, which takes no token (CTAP 2.3 6.10.2).

use assay_protocol::ctap2::Status;
use ciborium::Value;

use super::{Room, call, case, expect_initial, get, initial, read, read_all, room, size, written};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::expect;
use crate::suites::authenticator::request::{int, map, set, without};
use crate::suites::authenticator::world::Key;
use crate::verdict::{Pass, Stop};

const INITIAL: &str = "large-blobs/read/initial";

/// A request that is refused.
struct Refused {
    id: &'static str,
    title: &'static str,
    claim: &'static str,
    sends: &'static str,
    request: fn(Room) -> Value,
    status: Status,
}

const REFUSED: &[Refused] = &[
    Refused {
        id: "large-blobs/read/missing-offset",
        title: "Where to read has to be said",
        claim: "ctap_lb_needs_offset",
        sends: "get without offset",
        request: |_| without(get(17, 0), 3),
        status: Status::INVALID_PARAMETER,
    },
    Refused {
        id: "large-blobs/read/neither",
        title: "A request neither to read nor to write is refused",
        claim: "ctap_lb_neither",
        sends: "offset alone",
        request: |_| without(get(17, 0), 1),
        status: Status::INVALID_PARAMETER,
    },
    Refused {
        id: "large-blobs/read/both",
        title: "A request to read and to write is refused",
        claim: "ctap_lb_both",
        sends: "get, set, offset and length",
        request: |_| map([(1, int(17)), (2, Value::Bytes(initial())), (3, int(0)), (4, int(17))]),
        status: Status::INVALID_PARAMETER,
    },
    Refused {
        id: "large-blobs/read/length",
        title: "Reading takes no length of the whole",
        claim: "ctap_lb_get_length",
        sends: "get, offset and length",
        request: |_| set(get(17, 0), 4, int(17)),
        status: Status::INVALID_PARAMETER,
    },
    Refused {
        id: "large-blobs/read/param",
        title: "Reading takes no pinUvAuthParam",
        claim: "ctap_lb_get_param",
        sends: "get, offset and pinUvAuthParam",
        request: |_| set(get(17, 0), 5, Value::Bytes(vec![0; 32])),
        status: Status::INVALID_PARAMETER,
    },
    Refused {
        id: "large-blobs/read/protocol",
        title: "Reading takes no pinUvAuthProtocol",
        claim: "ctap_lb_get_param",
        sends: "get, offset and pinUvAuthProtocol",
        request: |_| set(get(17, 0), 6, int(2)),
        status: Status::INVALID_PARAMETER,
    },
    Refused {
        id: "large-blobs/read/too-long",
        title: "No more is read at once than a fragment",
        claim: "ctap_lb_get_too_long",
        sends: "get of one byte more than maxMsgSize less 64",
        request: |room| get(room.fragment + 1, 0),
        status: Status::INVALID_LENGTH,
    },
    Refused {
        id: "large-blobs/read/beyond-the-end",
        title: "An offset past the end is refused",
        claim: "ctap_lb_beyond_the_end",
        sends: "an offset greater than any array can be long",
        request: |room| map([(1, int(1)), (3, size(room.capacity.max(1024) + 1))]),
        status: Status::INVALID_PARAMETER,
    },
];

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        case(INITIAL, "A new key has an empty array and its hash", ["ctap_lb_initial"], |key, context| {
            expect_initial(key, context).map(|()| Pass::plain("seventeen bytes"))
        })
        .sends("get of a whole fragment from a fresh key")
        .expects("h'8076be8b528d0075f7aae98d6fa57a6d3c'"),
        case(
            "large-blobs/read/offset",
            "Reading begins at the offset, and ends with the array",
            ["ctap_lb_offset", "ctap_lb_past_the_end"],
            |key, context| {
                let array = written(key, context)?;
                for offset in [1, 40, 79] {
                    let got = read(key, context, 40, offset)?;
                    let wanted: Vec<u8> = array.iter().copied().skip(offset).take(40).collect();
                    if got != wanted {
                        let expected = format!("{} bytes from {offset} on", wanted.len());
                        return Err(Stop::fail(expected, format!("{} others", got.len())));
                    }
                }
                Ok(Pass::plain("three places of an array"))
            },
        )
        .sends("an array of 80 bytes, then get of 40 bytes at 1, 40 and 79")
        .expects("40, 40 and 1 bytes of the array"),
        case(
            "large-blobs/read/at-the-end",
            "At the end there is nothing to read, which is no error",
            ["ctap_lb_at_the_end"],
            |key, context| {
                let array = written(key, context)?;
                match read(key, context, 10, array.len())? {
                    rest if rest.is_empty() => Ok(Pass::plain("no bytes")),
                    rest => Err(Stop::fail("no bytes", format!("{} bytes", rest.len()))),
                }
            },
        )
        .sends("get at the very end of the array")
        .expects("no bytes"),
        case(
            "large-blobs/read/fragments",
            "An array that is read by fragments is the one that was written",
            ["ctap_lb_offset"],
            |key, context| {
                let array = written(key, context)?;
                match read_all(key, context, 7)? {
                    got if got == array => Ok(Pass::plain("twelve fragments")),
                    got => Err(Stop::fail("the array of 80 bytes", format!("{} others", got.len()))),
                }
            },
        )
        .sends("get of 7 bytes, again and again")
        .expects("the array"),
    ];
    cases.extend(REFUSED.iter().map(refused));
    cases
}

fn refused(row: &'static Refused) -> Case<Key> {
    let body = |key: &mut Key, context: &mut Context| {
        let request = (row.request)(room(key, context)?);
        expect(&call(key, context, row.sends, &request)?, &[row.status])
    };
    Case::new(row.id, row.title, "CTAP 2.3 6.10.2", Level::Must, body)
        .claims([row.claim])
        .twin(INITIAL)
        .sends(row.sends)
        .expects(row.status.to_string())
}
