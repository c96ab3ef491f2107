//! `pinComplexityPolicy` (CTAP 2.3 12.6).

use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{offered, registration, shown, told};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::request::{CONFIG, RP_ID, int, map, text};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, get_info, make_from};
use crate::verdict::{Pass, Stop};

const ID: &str = "pinComplexityPolicy";

/// The member of getInfo.
const POLICY: i64 = 0x1b;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let cases = vec![
        Case::new(
            "extensions/pin-complexity-policy/listed",
            "A listed RP learns whether there are rules for PINs",
            "CTAP 2.3 12.6",
            Level::Must,
            |key: &mut Key, context| {
                let rules = get_info::info(key, context)?.get(POLICY).and_then(Node::as_bool);
                let rules = rules.ok_or_else(|| Stop::fail("pinComplexityPolicy in getInfo", "none"))?;
                list(key, context)?;
                let request = registration(context, ID, Value::Bool(true));
                let made = make_from(key, context, &request)?;
                match told(&made.data, ID).and_then(Node::as_bool) {
                    Some(said) if said == rules => Ok(Pass::plain(said.to_string())),
                    _ => Err(Stop::fail(format!("{rules}, as getInfo has it"), shown(&made.data, ID))),
                }
            },
        )
        .claims(["ctap_pin_complexity_output"])
        .sends("setMinPINLength with the RP ID in minPinLengthRPIDs, then pinComplexityPolicy true")
        .expects("what getInfo says of pinComplexityPolicy"),
        Case::new(
            "extensions/pin-complexity-policy/unlisted",
            "An RP that is not listed learns nothing of the rules for PINs",
            "CTAP 2.3 12.6",
            Level::Must,
            |key: &mut Key, context| {
                let request = registration(context, ID, Value::Bool(true));
                let made = make_from(key, context, &request)?;
                match told(&made.data, ID) {
                    None => Ok(Pass::plain("made, and nothing told")),
                    Some(_) => Err(Stop::fail("no pinComplexityPolicy", shown(&made.data, ID))),
                }
            },
        )
        .claims(["ctap_pin_complexity_unlisted"])
        .twin("extensions/pin-complexity-policy/listed")
        .sends("pinComplexityPolicy true for an RP ID that is on no list")
        .expects("a credential without that output"),
    ];
    // Who is on the list from the beginning or since, only a reset says.
    let cases = cases.into_iter().map(|case| case.needs([FRESH]));
    cases.map(|case| case.gate(|key, context| offered(key, context, ID))).collect()
}

/// Puts the RP on the list, which a key without a PIN lets anybody do.
fn list(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    if get_info::option(&get_info::info(key, context)?, "setMinPINLength") != Some(true) {
        return Err(Stop::skip("setMinPINLength"));
    }
    let params = map([(2, Value::Array(vec![text(RP_ID)]))]);
    key.call(context, "setMinPINLength", CONFIG, &map([(1, int(3)), (2, params)]))?.ok().map(|_| ())
}
