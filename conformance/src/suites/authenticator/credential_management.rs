//! authenticatorCredentialManagement (CTAP 2.3 6.8).

mod changing;
mod credentials;
mod read_only;
mod rps;
mod tokens;

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::digest::sha256;
use assay_protocol::pin_uv::Token;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::client_pin::Platform;
use super::manage::{OTHER_RP_ID, PIN, answer, authorized, has_option, number, sub_command};
use super::request::{self, CREDENTIAL_MANAGEMENT, RP_ID, map, options, set, set_inside, text};
use super::world::{Key, Reply};
use super::{Made, case, get_assertion, make_from};
use crate::case::Case;
use crate::context::Context;
use crate::verdict::Stop;

/// getCredsMetadata.
const METADATA: i64 = 0x01;
/// enumerateRPsBegin.
const RPS_BEGIN: i64 = 0x02;
/// enumerateRPsGetNextRP.
const RPS_NEXT: i64 = 0x03;
/// enumerateCredentialsBegin.
const CREDENTIALS_BEGIN: i64 = 0x04;
/// enumerateCredentialsGetNextCredential.
const CREDENTIALS_NEXT: i64 = 0x05;
/// deleteCredential.
const DELETE: i64 = 0x06;
/// updateUserInformation.
const UPDATE: i64 = 0x07;

/// The case that lists RPs as it should be.
const GOOD: &str = "credential-management/rps/each-once";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let cases = [rps::cases(), credentials::cases(), changing::cases(), tokens::cases(), read_only::cases()];
    cases.into_iter().flatten().map(|case| case.gate(offered)).collect()
}

fn offered(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    has_option(key, context, "credMgmt")?;
    get_assertion::offered(key, context)
}

/// Sets a PIN, and gets a token for managing the credentials of every RP.
fn managed(key: &mut Key, context: &mut Context) -> Result<(Platform, Token), Stop> {
    let platform = Platform::set_up(key, context, PIN)?;
    let token = platform.token_for(key, context, PIN, permission::CM, None)?;
    Ok((platform, token))
}

/// A discoverable credential at this RP, made before there is a PIN.
fn kept(key: &mut Key, context: &mut Context, rp_id: &str) -> Result<Made, Stop> {
    let request = kept_request(context, rp_id);
    make_from(key, context, &request)
}

/// What [`kept`] sends.
fn kept_request(context: &mut Context, rp_id: &str) -> Value {
    let request = set_inside(request::make_credential(context), 2, "id", Some(text(rp_id)));
    set(request, 7, options([("rk", true)]))
}

/// A subcommand by a token.
fn call(
    key: &mut Key,
    context: &mut Context,
    token: &Token,
    number: i64,
    params: Option<Value>,
) -> Result<Reply, Stop> {
    let request = authorized(sub_command(number, params), token, &[]);
    key.call(context, name(number), CREDENTIAL_MANAGEMENT, &request)
}

/// A subcommand that goes on with what another has begun.
fn next(key: &mut Key, context: &mut Context, number: i64) -> Result<Reply, Stop> {
    key.call(context, name(number), CREDENTIAL_MANAGEMENT, &sub_command(number, None))
}

fn name(number: i64) -> &'static str {
    match number {
        METADATA => "getCredsMetadata",
        RPS_BEGIN => "enumerateRPsBegin",
        RPS_NEXT => "enumerateRPsGetNextRP",
        CREDENTIALS_BEGIN => "enumerateCredentialsBegin",
        CREDENTIALS_NEXT => "enumerateCredentialsGetNextCredential",
        DELETE => "deleteCredential",
        UPDATE => "updateUserInformation",
        _ => "an unknown subcommand",
    }
}

/// The parameters of enumerateCredentialsBegin.
fn of_rp(rp_id: &str) -> Value {
    map([(1, Value::Bytes(sha256(rp_id.as_bytes()).to_vec()))])
}

/// The parameters of deleteCredential.
fn of_credential(id: &[u8]) -> Value {
    map([(2, request::descriptor(id))])
}

/// All RPs, as the key lists them.
fn list_rps(key: &mut Key, context: &mut Context, token: &Token) -> Result<Vec<Node>, Stop> {
    let first = answer(call(key, context, token, RPS_BEGIN, None)?)?;
    let total = number(&first, 5, "totalRPs")?;
    list_on(key, context, first, total, RPS_NEXT)
}

/// All credentials of an RP, as the key lists them.
fn list_credentials(key: &mut Key, context: &mut Context, token: &Token, rp_id: &str) -> Result<Vec<Node>, Stop> {
    let first = answer(call(key, context, token, CREDENTIALS_BEGIN, Some(of_rp(rp_id)))?)?;
    let total = number(&first, 9, "totalCredentials")?;
    list_on(key, context, first, total, CREDENTIALS_NEXT)
}

fn list_on(key: &mut Key, context: &mut Context, first: Node, total: i64, sub: i64) -> Result<Vec<Node>, Stop> {
    let mut listed = vec![first];
    for _ in 1..total {
        let entry = answer(next(key, context, sub)?)?;
        for (member, name) in [(5, "totalRPs"), (9, "totalCredentials")] {
            if entry.get(member).is_some() {
                return Err(Stop::fail(format!("{name} in the first answer only"), "again"));
            }
        }
        listed.push(entry);
    }
    Ok(listed)
}

/// The id of the credential in an entry.
fn id_of(entry: &Node) -> Option<&[u8]> {
    entry.get(7)?.get_text("id")?.as_bytes()
}

/// The entry of this credential in what was listed.
fn entry_of<'l>(listed: &'l [Node], made: &Made) -> Result<&'l Node, Stop> {
    let found = listed.iter().find(|entry| id_of(entry) == Some(made.attested.credential_id.as_slice()));
    found.ok_or_else(|| Stop::fail("an entry with the credential's id", format!("{} other entries", listed.len())))
}

/// The metadata: how many credentials are kept, and how many more there is room for.
fn counts(key: &mut Key, context: &mut Context, token: &Token) -> Result<(i64, i64), Stop> {
    let metadata = answer(call(key, context, token, METADATA, None)?)?;
    let existing = number(&metadata, 1, "existingResidentCredentialsCount")?;
    Ok((existing, number(&metadata, 2, "maxPossibleRemainingResidentCredentialsCount")?))
}
