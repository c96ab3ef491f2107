//! authenticatorConfig (CTAP 2.3 6.11), and what follows from it.

mod always_uv;
mod enterprise;
mod force_change;
mod min_pin_length;
mod tokens;

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::pin_uv::Token;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::client_pin::Platform;
use super::manage::{PIN, authorized, has_option, number, sub_command};
use super::request::{CONFIG, int, map};
use super::world::{Key, Reply};
use super::{case, get_info, is_protected};
use crate::case::Case;
use crate::context::Context;
use crate::verdict::Stop;

/// enableEnterpriseAttestation.
pub(super) const ENABLE_ENTERPRISE: i64 = 0x01;
/// toggleAlwaysUv.
pub(super) const TOGGLE_ALWAYS_UV: i64 = 0x02;
/// setMinPINLength.
pub(super) const SET_MIN_PIN_LENGTH: i64 = 0x03;
/// enableLongTouchForReset.
const LONG_TOUCH: i64 = 0x04;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let cases =
        [tokens::cases(), always_uv::cases(), min_pin_length::cases(), force_change::cases(), enterprise::cases()];
    cases.into_iter().flatten().map(|case| case.gate(offered)).collect()
}

/// The command is there, or there is nothing to ask.
pub(super) fn offered(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    has_option(key, context, "authnrCfg")
}

/// A subcommand by a token, or by none.
pub(super) fn config(
    key: &mut Key,
    context: &mut Context,
    number: i64,
    params: Option<Value>,
    token: Option<&Token>,
) -> Result<Reply, Stop> {
    let request = sub_command(number, params);
    let request = match token {
        Some(token) => authorized(request, token, &prefix()),
        None => request,
    };
    key.call(context, name(number), CONFIG, &request)
}

/// What stands before a subcommand in the message of its parameter.
fn prefix() -> Vec<u8> {
    [&[0xff; 32][..], &[CONFIG]].concat()
}

fn name(number: i64) -> &'static str {
    match number {
        ENABLE_ENTERPRISE => "enableEnterpriseAttestation",
        TOGGLE_ALWAYS_UV => "toggleAlwaysUv",
        SET_MIN_PIN_LENGTH => "setMinPINLength",
        LONG_TOUCH => "enableLongTouchForReset",
        _ => "an unknown subcommand",
    }
}

/// A token with the permission acfg.
fn token(platform: &Platform, key: &mut Key, context: &mut Context, pin: &str) -> Result<Token, Stop> {
    platform.token_for(key, context, pin, permission::ACFG, None)
}

/// Sets the PIN of the cases, and gets a token with the permission acfg.
pub(super) fn configured(key: &mut Key, context: &mut Context) -> Result<(Platform, Token), Stop> {
    let platform = Platform::set_up(key, context, PIN)?;
    let token = token(&platform, key, context, PIN)?;
    Ok((platform, token))
}

/// Nothing protects the key, so that anybody may configure it.
pub(super) fn unprotected(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    match is_protected(&get_info::info(key, context)?) {
        true => Err(Stop::skip("a key without user verification")),
        false => Ok(()),
    }
}

/// alwaysUv can be turned on.
pub(super) fn always_uv_is_off(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    match get_info::option(&get_info::info(key, context)?, "alwaysUv") {
        Some(false) => Ok(()),
        _ => Err(Stop::skip("alwaysUv, turned off")),
    }
}

/// The parameters of setMinPINLength with this length.
pub(super) fn new_length(length: i64) -> Value {
    map([(1, int(length))])
}

/// The least number of code points of a PIN, where it can be set.
pub(super) fn min_pin_length(key: &mut Key, context: &mut Context) -> Result<i64, Stop> {
    has_option(key, context, "setMinPINLength")?;
    match number(&get_info::info(key, context)?, 0x0d, "minPINLength")? {
        // The cases raise it by two, and set PINs of that length.
        length @ 0..=60 => Ok(length),
        _ => Err(Stop::skip("a minPINLength that can be raised")),
    }
}

/// A PIN of so many code points, no two neighbours of which are in a row.
fn pin_of(length: i64) -> String {
    "7392618405".chars().cycle().take(usize::try_from(length).unwrap_or_default()).collect()
}

/// Must the PIN be changed?
pub(super) fn pin_change_is_forced(key: &mut Key, context: &mut Context) -> Result<bool, Stop> {
    let info = get_info::info(key, context)?;
    Ok(info.get(0x0c).and_then(Node::as_bool) == Some(true))
}
