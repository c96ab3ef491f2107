//! getCredsMetadata, and the list of RPs (CTAP 2.3 6.8.2, 6.8.3).

use assay_protocol::ctap2::Status;
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::digest::sha256;
use assay_protocol::tree::cbor::Node;

use super::{
    GOOD, OTHER_RP_ID, RP_ID, RPS_BEGIN, RPS_NEXT, call, case, counts, kept, kept_request, list_rps, managed, next,
};
use crate::case::{Case, Level};
use crate::suites::authenticator::client_pin::with_token;
use crate::suites::authenticator::manage::{PIN, answer, number, told};
use crate::suites::authenticator::request::GET_INFO;
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, expect, make, make_from};
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = metadata();
    cases.extend(listed());
    cases.extend(refused());
    cases
}

fn metadata() -> Vec<Case<Key>> {
    vec![
        case(
            "credential-management/metadata/none",
            "A key that keeps no credential counts none",
            "CTAP 2.3 6.8.2",
            ["ctap_cm_metadata_none"],
            |key, context| {
                let (_, token) = managed(key, context)?;
                match counts(key, context, &token)? {
                    (0, room) => Ok(Pass::plain(format!("none, and room for {room}"))),
                    (existing, _) => Err(Stop::fail("0 credentials", existing.to_string())),
                }
            },
        )
        .sends("getCredsMetadata to a fresh key")
        .expects("existingResidentCredentialsCount 0"),
        case(
            "credential-management/metadata/counts",
            "A registration of a discoverable credential is counted",
            "CTAP 2.3 6.8.2",
            ["ctap_cm_existing"],
            |key, context| {
                kept(key, context, RP_ID)?;
                kept(key, context, OTHER_RP_ID)?;
                let (_, token) = managed(key, context)?;
                match counts(key, context, &token)? {
                    (2, room) => Ok(Pass::plain(format!("two, and room for {room}"))),
                    (existing, _) => Err(Stop::fail("2 credentials", existing.to_string())),
                }
            },
        )
        .sends("getCredsMetadata after two registrations with rk")
        .expects("existingResidentCredentialsCount 2"),
        case(
            "credential-management/metadata/plain",
            "A credential that is not discoverable is not counted",
            "CTAP 2.3 6.8.2",
            ["ctap_discoverable"],
            |key, context| {
                make(key, context)?;
                let (_, token) = managed(key, context)?;
                match counts(key, context, &token)? {
                    (0, _) => Ok(Pass::plain("not counted")),
                    (existing, _) => Err(Stop::fail("0 credentials", existing.to_string())),
                }
            },
        )
        .sends("getCredsMetadata after a registration without rk")
        .expects("existingResidentCredentialsCount 0"),
        Case::new(
            "credential-management/metadata/remaining",
            "With each discoverable credential there is room for less",
            "CTAP 2.3 6.8.2",
            Level::Should,
            |key: &mut Key, context| {
                kept(key, context, RP_ID)?;
                let (platform, token) = managed(key, context)?;
                let (_, before) = counts(key, context, &token)?;
                let token = platform.token_for(key, context, PIN, permission::MC, Some(RP_ID))?;
                let request = with_token(kept_request(context, RP_ID), &token, 1, 8);
                make_from(key, context, &request)?;
                let token = platform.token_for(key, context, PIN, permission::CM, None)?;
                match counts(key, context, &token)? {
                    (_, after) if after < before => Ok(Pass::plain(format!("{before}, then {after}"))),
                    (_, after) => Err(Stop::fail(format!("less than {before}"), after.to_string())),
                }
            },
        )
        .needs([FRESH])
        .claims(["ctap_cm_remaining"])
        .sends("getCredsMetadata, a registration with rk, getCredsMetadata")
        .expects("a smaller maxPossibleRemainingResidentCredentialsCount the second time"),
    ]
}

fn listed() -> Vec<Case<Key>> {
    vec![
        case(
            GOOD,
            "Each RP is listed once, by its id and the hash of it",
            "CTAP 2.3 6.8.3",
            ["ctap_cm_total_rps", "ctap_cm_last_rp", "ctap_cm_rp", "ctap_cm_rp_id_hash", "ctap_cm_total_again"],
            |key, context| {
                for rp_id in [RP_ID, OTHER_RP_ID, RP_ID] {
                    kept(key, context, rp_id)?;
                }
                let (_, token) = managed(key, context)?;
                let listed = list_rps(key, context, &token)?;
                let mut missing = vec![OTHER_RP_ID, RP_ID];
                for entry in &listed {
                    let id = entry.get(3).and_then(|rp| rp.get_text("id")).and_then(Node::as_text);
                    let place = missing.iter().position(|rp_id| id == Some(*rp_id));
                    let Some(rp_id) = place.map(|place| missing.remove(place)) else {
                        return Err(Stop::fail(missing.join(" or "), told(entry.get(3))));
                    };
                    if entry.get(4).and_then(Node::as_bytes) != Some(sha256(rp_id.as_bytes()).as_slice()) {
                        return Err(Stop::fail(format!("the SHA-256 of {rp_id}"), told(entry.get(4))));
                    }
                }
                match missing.first() {
                    None => Ok(Pass::plain("two RPs")),
                    Some(rp_id) => Err(Stop::fail(format!("{rp_id} among the RPs"), format!("{} RPs", listed.len()))),
                }
            },
        )
        .sends("enumerateRPsBegin and enumerateRPsGetNextRP, where two RPs have three credentials")
        .expects("totalRPs 2 in the first answer, then each RP once with its id and rpIDHash"),
        case(
            "credential-management/rps/past-the-end",
            "Past the last RP there is nothing to continue",
            "CTAP 2.3 6.8.3",
            ["ctap_cm_past_the_end"],
            |key, context| {
                kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                list_rps(key, context, &token)?;
                expect(&next(key, context, RPS_NEXT)?, &[Status::NOT_ALLOWED])
            },
        )
        .twin(GOOD)
        .sends("enumerateRPsGetNextRP once more than there are RPs")
        .expects("NOT_ALLOWED"),
        Case::new(
            "credential-management/rps/state-may-go",
            "Another command in between ends the list, or leaves it right",
            "CTAP 2.3 6",
            Level::May,
            |key: &mut Key, context| {
                kept(key, context, RP_ID)?;
                kept(key, context, OTHER_RP_ID)?;
                let (_, token) = managed(key, context)?;
                let first = answer(call(key, context, &token, RPS_BEGIN, None)?)?;
                key.ctap(context, "getInfo in between", &[GET_INFO])?.ok()?;
                let reply = next(key, context, RPS_NEXT)?;
                if reply.status != Status::OK {
                    return expect(&reply, &[Status::NOT_ALLOWED]);
                }
                let second = reply.map()?;
                match second.get(4).and_then(Node::as_bytes) {
                    hash if hash.is_some() && hash != first.get(4).and_then(Node::as_bytes) => {
                        Ok(Pass::plain("the state was kept, and right"))
                    }
                    _ => Err(Stop::fail("the other RP", told(second.get(4)))),
                }
            },
        )
        .needs([FRESH])
        .claims(["ctap_cm_state"])
        .sends("enumerateRPsBegin, getInfo, enumerateRPsGetNextRP")
        .expects("NOT_ALLOWED, or the RP that was not listed yet"),
    ]
}

fn refused() -> Vec<Case<Key>> {
    vec![
        case(
            "credential-management/rps/none",
            "Without a discoverable credential there is no RP to list",
            "CTAP 2.3 6.8.3",
            ["ctap_cm_rps_none"],
            |key, context| {
                let (_, token) = managed(key, context)?;
                expect(&call(key, context, &token, RPS_BEGIN, None)?, &[Status::NO_CREDENTIALS])
            },
        )
        .twin(GOOD)
        .sends("enumerateRPsBegin to a fresh key")
        .expects("NO_CREDENTIALS"),
        case(
            "credential-management/rps/without-begin",
            "A list of RPs that was not begun is not continued",
            "CTAP 2.3 6.8.3",
            ["ctap_cm_without_begin"],
            |key, context| {
                kept(key, context, RP_ID)?;
                managed(key, context)?;
                expect(&next(key, context, RPS_NEXT)?, &[Status::NOT_ALLOWED])
            },
        )
        .twin(GOOD)
        .sends("enumerateRPsGetNextRP alone")
        .expects("NOT_ALLOWED"),
        Case::new(
            "credential-management/rps/new-token",
            "A new token ends the list that the one before began",
            "CTAP 2.3 6",
            Level::Should,
            |key: &mut Key, context| {
                kept(key, context, RP_ID)?;
                kept(key, context, OTHER_RP_ID)?;
                let (platform, token) = managed(key, context)?;
                let first = answer(call(key, context, &token, RPS_BEGIN, None)?)?;
                number(&first, 5, "totalRPs")?;
                platform.token_for(key, context, PIN, permission::CM, None)?;
                expect(&next(key, context, RPS_NEXT)?, &[Status::NOT_ALLOWED])
            },
        )
        .needs([FRESH])
        .claims(["ctap_cm_token_ended"])
        .twin(GOOD)
        .sends("enumerateRPsBegin, a new token, enumerateRPsGetNextRP")
        .expects("NOT_ALLOWED"),
    ]
}
