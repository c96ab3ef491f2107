//! `minPinLength`, and who is told (CTAP 2.3 12.5, 6.11.4 step 8).

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::{self, Node};
use ciborium::Value;

use super::{offered, registration};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::authenticator_config::{
    self, SET_MIN_PIN_LENGTH, config, min_pin_length, new_length, unprotected,
};
use crate::suites::authenticator::manage::OTHER_RP_ID;
use crate::suites::authenticator::request::{RP_ID, map, set, text};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, expect, get_info, make_from};
use crate::verdict::{Pass, Stop};

const ID: &str = "minPinLength";
const LISTED: &str = "extensions/min-pin-length/listed";

/// More RP IDs than that are not worth sending.
const MANY: usize = 64;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    vec![
        case(
            LISTED,
            "An RP that is listed is told the least length of a PIN",
            "CTAP 2.3 12.5",
            ["ctap_mpl_output", "ctap_mpl_value"],
            |key, context| {
                let raised = min_pin_length(key, context)? + 1;
                let params = set(list(&[RP_ID]), 1, Value::from(raised));
                config(key, context, SET_MIN_PIN_LENGTH, Some(params), None)?.ok()?;
                match asked(key, context)? {
                    Some(length) if length == raised => Ok(Pass::plain(format!("{length}"))),
                    length => Err(Stop::fail(raised.to_string(), format!("{length:?}"))),
                }
            },
        )
        .sends("setMinPINLength with a new length and the RP ID, and a registration with minPinLength true")
        .expects("the new length in the authenticator data"),
        case(
            "extensions/min-pin-length/not-listed",
            "An RP that is not listed is told nothing, and registers all the same",
            "CTAP 2.3 12.5",
            ["ctap_mpl_anybody"],
            |key, context| {
                config(key, context, SET_MIN_PIN_LENGTH, Some(list(&[OTHER_RP_ID])), None)?.ok()?;
                expect_nothing(key, context)
            },
        )
        .sends("setMinPINLength with another RP ID, and a registration with minPinLength true")
        .expects("a credential, and no output"),
        case(
            "extensions/min-pin-length/replaced",
            "A new list takes the place of the one before",
            "CTAP 2.3 6.11.4 step 8",
            ["ctap_mpl_merged"],
            |key, context| {
                for rp_id in [RP_ID, OTHER_RP_ID] {
                    config(key, context, SET_MIN_PIN_LENGTH, Some(list(&[rp_id])), None)?.ok()?;
                }
                expect_nothing(key, context)
            },
        )
        .sends("setMinPINLength with the RP ID, then with another, and a registration with minPinLength true")
        .expects("a credential, and no output"),
        case(
            "extensions/min-pin-length/kept",
            "Where no list is given, the one that there is stays",
            "CTAP 2.3 6.11.4 step 8",
            ["ctap_mpl_forgotten"],
            |key, context| {
                let length = min_pin_length(key, context)?;
                for params in [list(&[RP_ID]), new_length(length)] {
                    config(key, context, SET_MIN_PIN_LENGTH, Some(params), None)?.ok()?;
                }
                match asked(key, context)? {
                    Some(told) if told == length => Ok(Pass::plain(format!("{told}"))),
                    told => Err(Stop::fail(length.to_string(), format!("{told:?}"))),
                }
            },
        )
        .sends("setMinPINLength with the RP ID, then without a list, and a registration with minPinLength true")
        .expects("the length in the authenticator data"),
        case(
            "extensions/min-pin-length/too-many",
            "More RP IDs than there is room for are refused",
            "CTAP 2.3 6.11.4 step 8",
            ["ctap_mpl_too_many"],
            |key, context| {
                let info = get_info::info(key, context)?;
                let room = info.get(0x10).and_then(Node::as_unsigned).and_then(|room| usize::try_from(room).ok());
                let Some(room) = room.filter(|room| *room < MANY) else {
                    return Err(Stop::skip("maxRPIDsForSetMinPINLength of less than 64"));
                };
                let rp_ids: Vec<String> = (0..=room).map(|number| format!("rp{number}.example")).collect();
                let rp_ids: Vec<&str> = rp_ids.iter().map(String::as_str).collect();
                let reply = config(key, context, SET_MIN_PIN_LENGTH, Some(list(&rp_ids)), None)?;
                expect(&reply, &[Status::KEY_STORE_FULL])
            },
        )
        .twin(LISTED)
        .sends("setMinPINLength with one RP ID more than maxRPIDsForSetMinPINLength")
        .expects("KEY_STORE_FULL"),
    ]
}

fn case<const N: usize>(
    id: &'static str,
    title: &'static str,
    clause: &'static str,
    claims: [&'static str; N],
    body: fn(&mut Key, &mut Context) -> Result<Pass, Stop>,
) -> Case<Key> {
    let gated = move |key: &mut Key, context: &mut Context| {
        authenticator_config::offered(key, context)?;
        offered(key, context, ID)?;
        min_pin_length(key, context)?;
        unprotected(key, context)?;
        body(key, context)
    };
    Case::new(id, title, clause, Level::Must, gated).needs([FRESH]).claims(claims).expects(title)
}

/// The parameters of setMinPINLength with this list.
fn list(rp_ids: &[&str]) -> Value {
    map([(2, Value::Array(rp_ids.iter().map(|rp_id| text(rp_id)).collect()))])
}

/// What a registration that asks is told.
fn asked(key: &mut Key, context: &mut Context) -> Result<Option<i64>, Stop> {
    let request = registration(context, ID, Value::Bool(true));
    let made = make_from(key, context, &request)?;
    match made.data.extensions.as_ref().and_then(|outputs| outputs.get_text(ID)) {
        None => Ok(None),
        Some(output) => output.as_int().map(Some).ok_or_else(|| Stop::fail("a number", cbor::diagnostic(output))),
    }
}

fn expect_nothing(key: &mut Key, context: &mut Context) -> Result<Pass, Stop> {
    match asked(key, context)? {
        None => Ok(Pass::plain("no output")),
        Some(length) => Err(Stop::fail("no output", length.to_string())),
    }
}
