//! Writing, where nothing protects the key (CTAP 2.3 6.10.2).

use assay_protocol::ctap2::Status;
use ciborium::Value;

use super::{GOOD, Room, array, call, case, expect_array, first, initial, later, room, unprotected, write};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::request::{int, set, without};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, expect};
use crate::verdict::{Pass, Stop};

const FRAGMENTS: &str = "large-blobs/write/fragments";

/// Fragments of which the last one is refused.
struct Refused {
    id: &'static str,
    title: &'static str,
    claim: &'static str,
    sends: &'static str,
    requests: fn(&[u8], Room) -> Vec<Value>,
    status: Status,
}

const REFUSED: &[Refused] = &[
    Refused {
        id: "large-blobs/write/missing-length",
        title: "The first fragment tells the length of the whole",
        claim: "ctap_lb_needs_length",
        sends: "set at offset 0 without length",
        requests: |array, _| vec![later(array, 0)],
        status: Status::INVALID_PARAMETER,
    },
    Refused {
        id: "large-blobs/write/missing-offset",
        title: "Where to write has to be said",
        claim: "ctap_lb_needs_offset",
        sends: "set without offset",
        requests: |array, _| vec![without(first(array, array.len()), 3)],
        status: Status::INVALID_PARAMETER,
    },
    Refused {
        id: "large-blobs/write/too-short",
        title: "No array is shorter than an empty one",
        claim: "ctap_lb_too_short",
        sends: "16 bytes, and length 16",
        requests: |array, _| vec![first(array.get(..16).unwrap_or_default(), 16)],
        status: Status::INVALID_PARAMETER,
    },
    Refused {
        id: "large-blobs/write/storage-full",
        title: "An array for which there is no room is refused",
        claim: "ctap_lb_storage_full",
        sends: "a length of one byte more than maxSerializedLargeBlobArray",
        requests: |array, room| vec![first(array, room.capacity.max(1024) + 1)],
        status: Status::LARGE_BLOB_STORAGE_FULL,
    },
    Refused {
        id: "large-blobs/write/fragment-too-long",
        title: "No fragment is longer than maxMsgSize less 64",
        claim: "ctap_lb_set_too_long",
        sends: "a fragment of one byte more",
        requests: |_, room| vec![first(&vec![0; room.fragment + 1], room.capacity)],
        status: Status::INVALID_LENGTH,
    },
    Refused {
        id: "large-blobs/write/length-again",
        title: "Later fragments tell no length",
        claim: "ctap_lb_length_again",
        sends: "a first fragment, then another with length",
        requests: |array, _| {
            let (start, rest) = array.split_at(40);
            vec![first(start, array.len()), set(later(rest, 40), 4, int(80))]
        },
        status: Status::INVALID_PARAMETER,
    },
    Refused {
        id: "large-blobs/write/wrong-offset",
        title: "A fragment begins where the one before has ended",
        claim: "ctap_lb_sequence",
        sends: "a first fragment of 40 bytes, then one at offset 41",
        requests: |array, _| {
            let (start, rest) = array.split_at(40);
            vec![first(start, array.len()), later(rest, 41)]
        },
        status: Status::INVALID_SEQ,
    },
    Refused {
        id: "large-blobs/write/no-first-fragment",
        title: "No array begins in its middle",
        claim: "ctap_lb_no_first",
        sends: "a fragment at offset 40, and none before",
        requests: |array, _| vec![later(array.split_at(40).1, 40)],
        status: Status::INVALID_SEQ,
    },
    Refused {
        id: "large-blobs/write/more-than-length",
        title: "No more is written than the length that was told",
        claim: "ctap_lb_overflow",
        sends: "80 bytes, and length 79",
        requests: |array, _| vec![first(array, 79)],
        status: Status::INVALID_PARAMETER,
    },
    Refused {
        id: "large-blobs/write/integrity",
        title: "An array whose hash is wrong is refused",
        claim: "ctap_lb_integrity",
        sends: "an array with one bit changed",
        requests: |array, _| {
            let mut wrong = array.to_vec();
            wrong.iter_mut().take(5).skip(4).for_each(|byte| *byte ^= 1);
            vec![first(&wrong, wrong.len())]
        },
        status: Status::INTEGRITY_FAILURE,
    },
];

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        case(
            GOOD,
            "What is written in one fragment is read",
            ["ctap_lb_write", "ctap_lb_needs_token"],
            |key, context| {
                unprotected(key, context)?;
                let (array, room) = (array(context, 300), room(key, context)?);
                write(key, context, &array, room.fragment, None)?;
                expect_array(key, context, &array, room).map(|()| Pass::plain("300 bytes"))
            },
        )
        .sends("set of an array of 300 bytes to a key without a PIN, and get")
        .expects("OK without a token, and the array"),
        case(FRAGMENTS, "What is written in several fragments is read", ["ctap_lb_fragments"], |key, context| {
            unprotected(key, context)?;
            let (array, room) = (array(context, 300), room(key, context)?);
            write(key, context, &array, 77, None)?;
            expect_array(key, context, &array, room).map(|()| Pass::plain("four fragments"))
        })
        .sends("set of an array of 300 bytes in four fragments, and get")
        .expects("the array"),
        case(
            "large-blobs/write/capacity",
            "There is room for as many bytes as getInfo says",
            ["ctap_lb_capacity"],
            |key, context| {
                unprotected(key, context)?;
                let room = room(key, context)?;
                let array = array(context, room.capacity);
                write(key, context, &array, room.fragment, None)?;
                expect_array(key, context, &array, room).map(|()| Pass::plain(format!("{} bytes", room.capacity)))
            },
        )
        .sends("set of an array of maxSerializedLargeBlobArray bytes, and get")
        .expects("the array"),
        case(
            "large-blobs/write/replaced",
            "A new array takes the place of the one before",
            ["ctap_lb_appended"],
            |key, context| {
                unprotected(key, context)?;
                let room = room(key, context)?;
                for length in [300, 80] {
                    let array = array(context, length);
                    write(key, context, &array, room.fragment, None)?;
                    expect_array(key, context, &array, room)?;
                }
                Ok(Pass::plain("the second array alone"))
            },
        )
        .sends("set of 300 bytes, then of 80, and get")
        .expects("the second array"),
        case(
            "large-blobs/write/interrupted",
            "An array that is half written is not there yet",
            ["ctap_lb_atomic"],
            |key, context| {
                unprotected(key, context)?;
                let (old, new, room) = (array(context, 80), array(context, 300), room(key, context)?);
                write(key, context, &old, room.fragment, None)?;
                let half = new.get(..100).unwrap_or_default();
                call(key, context, "set, the first fragment", &first(half, new.len()))?.ok()?;
                expect_array(key, context, &old, room).map(|()| Pass::plain("the old array"))
            },
        )
        .sends("an array, the first fragment of another, and get")
        .expects("the array that was there"),
        case(
            "large-blobs/write/begun-anew",
            "A first fragment puts what was begun aside",
            ["ctap_lb_begun_anew"],
            |key, context| {
                unprotected(key, context)?;
                let (given_up, new, room) = (array(context, 300), array(context, 80), room(key, context)?);
                let half = given_up.get(..100).unwrap_or_default();
                call(key, context, "set, the first fragment", &first(half, given_up.len()))?.ok()?;
                write(key, context, &new, room.fragment, None)?;
                expect_array(key, context, &new, room).map(|()| Pass::plain("the array that was written whole"))
            },
        )
        .sends("the first fragment of an array, then another array whole, and get")
        .expects("the second array"),
    ];
    cases.extend(REFUSED.iter().map(refused));
    cases.push(
        case(
            "large-blobs/write/integrity-keeps-old",
            "An array that is refused leaves the old one",
            ["ctap_lb_integrity_lost"],
            |key, context| {
                unprotected(key, context)?;
                let (old, room) = (array(context, 80), room(key, context)?);
                write(key, context, &old, room.fragment, None)?;
                let mut wrong = initial();
                wrong.reverse();
                let reply = call(key, context, "set, with a wrong hash", &first(&wrong, wrong.len()))?;
                let pass = expect(&reply, &[Status::INTEGRITY_FAILURE])?;
                expect_array(key, context, &old, room).map(|()| pass)
            },
        )
        .twin(GOOD)
        .sends("an array, another whose hash is wrong, and get")
        .expects("INTEGRITY_FAILURE, and the array that was there"),
    );
    cases
}

fn refused(row: &'static Refused) -> Case<Key> {
    let body = |key: &mut Key, context: &mut Context| {
        unprotected(key, context)?;
        let (array, room) = (array(context, 80), room(key, context)?);
        let mut requests = (row.requests)(&array, room);
        let last = requests.pop().ok_or_else(|| Stop::broken("nothing to send"))?;
        for request in requests {
            call(key, context, "a fragment before", &request)?.ok()?;
        }
        let pass = expect(&call(key, context, row.sends, &last)?, &[row.status])?;
        expect_array(key, context, &initial(), room).map(|()| pass)
    };
    Case::new(row.id, row.title, "CTAP 2.3 6.10.2", Level::Must, body)
        .needs([FRESH])
        .claims([row.claim])
        .twin(GOOD)
        .sends(row.sends)
        .expects(format!("{}, and nothing written", row.status))
}
