//! authenticatorClientPIN (CTAP 2.3 6.5), by the PIN/UV auth protocol that the key prefers where nothing else is said.

mod missing;
mod param;
mod platform;
mod retries;
mod setting;
mod tokens;

use assay_protocol::pin_uv::Token;
use ciborium::Value;

pub(super) use self::platform::{Platform, lists, permissions_offered, tries};
use super::request::{self, CLIENT_PIN, set};
use super::world::{Key, Reply};
use super::{case, get_info};
use crate::case::Case;
use crate::context::Context;
use crate::verdict::Stop;

/// permission mc (CTAP 2.3 6.5.5.7).
pub(super) const MC: u64 = 0x01;
/// permission ga.
const GA: u64 = 0x02;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let by_pin = [setting::cases(), retries::cases(), tokens::cases(), missing::cases()].into_iter().flatten();
    let mut cases: Vec<Case<Key>> = by_pin.map(|case| case.gate(offered)).collect();
    cases.splice(0..0, setting::key_agreement());
    cases.extend(param::cases().into_iter().map(|case| case.gate(protocol_offered)));
    cases
}

/// There is a PIN/UV auth protocol that we know, or there is nothing to ask.
fn protocol_offered(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    platform::preferred(key, context).map(drop)
}

/// A PIN is offered, or there is nothing to ask.
pub(super) fn offered(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    is_set(key, context).map(drop)
}

/// Has the key a PIN? Skips one that cannot have one.
fn is_set(key: &mut Key, context: &mut Context) -> Result<bool, Stop> {
    get_info::option(&get_info::info(key, context)?, "clientPin").ok_or_else(|| Stop::skip("clientPin"))
}

fn call(key: &mut Key, context: &mut Context, label: &str, request: Value) -> Result<Reply, Stop> {
    key.call(context, label, CLIENT_PIN, &request)
}

/// The request with the param of its client data hash (member `hash`) at `param`, protocol behind it.
pub(super) fn with_token(request: Value, token: &Token, hash: i64, param: i64) -> Value {
    let tag = token.authenticate(&request::bytes_of(&request, hash));
    set(set(request, param, Value::Bytes(tag)), param + 1, Value::from(token.protocol().number()))
}

fn same_retries(key: &mut Key, context: &mut Context, expected: i64) -> Result<(), Stop> {
    match tries(key, context)? {
        left if left == expected => Ok(()),
        left => Err(Stop::fail(format!("{expected} tries left"), left.to_string())),
    }
}
