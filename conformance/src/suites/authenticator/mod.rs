//! The CTAP suite: framing, getInfo, makeCredential, getAssertion, extensions, PIN, reset, CTAP1, and the commands
//! that manage a key.

mod authenticator_config;
mod bio_enrollment;
mod built_in_uv;
mod client_pin;
mod credential_management;
mod effort;
mod extensions;
mod framing;
mod get_assertion;
mod get_info;
mod large_blobs;
mod make_credential;
mod manage;
mod request;
mod reset;
mod u2f;
mod waiting;
mod world;

use assay_attestation::{Signed, verify};
use assay_protocol::authenticator_data::{AttestedCredentialData, AuthenticatorData};
use assay_protocol::check::Enforced;
use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::{self, Node};
use ciborium::Value;

pub use self::built_in_uv::OTHER_FINGER;
use self::client_pin::Platform;
pub use self::effort::{Effort, Leaves, effort, order};
pub use self::manage::PIN;
use self::request::MAKE_CREDENTIAL;
pub use self::waiting::{HELD_TOUCH, UNTOUCHED};
pub use self::world::{Connect, Key, Reply, Sessions};

use crate::case::{Case, Level, Need, Suite};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

/// The key of every case has just been reset and powered up: what PIN and reset cases need,
/// for they would otherwise destroy what somebody keeps on the key.
pub const FRESH: Need = Need::new("fresh");

/// The suite.
pub fn suite() -> Suite<Key> {
    Suite::new("authenticator", "CTAP2 authenticator")
        .with(framing::cases())
        .with(get_info::cases())
        .with(make_credential::cases())
        .with(get_assertion::cases())
        .with(extensions::cases())
        .with(client_pin::cases())
        .with(reset::cases())
        .with(credential_management::cases())
        .with(large_blobs::cases())
        .with(authenticator_config::cases())
        .with(bio_enrollment::cases())
        .with(built_in_uv::cases())
        .with(u2f::cases())
        .with(waiting::cases())
}

/// What a case does.
type Body = fn(&mut Key, &mut Context) -> Result<Pass, Stop>;

/// A case that binds, and wants a new key.
fn case<const N: usize>(
    id: &'static str,
    title: &'static str,
    clause: &'static str,
    claims: [&'static str; N],
    body: Body,
) -> Case<Key> {
    Case::new(id, title, clause, Level::Must, body).needs([FRESH]).claims(claims).expects(title)
}

/// The status must be one of these; the first is the one of the text.
fn expect(reply: &Reply, statuses: &[Status]) -> Result<Pass, Stop> {
    if statuses.first() == Some(&reply.status) {
        return Ok(Pass::attributed(reply.status.to_string()));
    }
    if statuses.contains(&reply.status) {
        return Ok(Pass::unattributed(format!("{} stands for it here", reply.status)));
    }
    let names: Vec<String> = statuses.iter().map(Status::to_string).collect();
    Err(Stop::fail(names.join(" or "), reply.status.to_string()))
}

/// A credential that the key has made.
struct Made {
    attested: AttestedCredentialData,
    data: AuthenticatorData,
    fmt: String,
}

/// Makes a plain credential and takes its answer apart.
fn make(key: &mut Key, context: &mut Context) -> Result<Made, Stop> {
    let request = request::make_credential(context);
    make_from(key, context, &request)
}

/// Makes a credential from this request; the statement must verify.
fn make_from(key: &mut Key, context: &mut Context, request: &Value) -> Result<Made, Stop> {
    let mut reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, request)?;
    // CTAP 2.3 6.1.2 step 7: what is protected by built-in user verification alone.
    if reply.status == Status::OPERATION_DENIED && get_info::option(&get_info::info(key, context)?, "uv") == Some(true)
    {
        let verified = request::set_inside(request.clone(), 7, "uv", Some(Value::Bool(true)));
        reply = key.call(context, "makeCredential, verified by the key", MAKE_CREDENTIAL, &verified)?;
    }
    if reply.status == Status::PUAT_REQUIRED && key.has_our_pin {
        let platform = Platform::connect(key, context)?;
        let token = platform.token_for(key, context, PIN, client_pin::MC, request::rp_id(request))?;
        let verified = client_pin::with_token(request.clone(), &token, 1, 8);
        reply = key.call(context, "makeCredential, with a token", MAKE_CREDENTIAL, &verified)?;
    }
    if reply.status == Status::PUAT_REQUIRED && is_protected(&get_info::info(key, context)?) {
        return Err(Stop::skip("a key without a PIN"));
    }
    let reply = reply.ok()?;
    read_made(&reply, &request::bytes_of(request, 1))
}

/// Does the key have a reason to ask for user verification?
fn is_protected(info: &Node) -> bool {
    ["clientPin", "uv", "alwaysUv"].into_iter().any(|name| get_info::option(info, name) == Some(true))
}

fn read_made(reply: &Reply, client_data_hash: &[u8]) -> Result<Made, Stop> {
    let map = reply.map()?;
    let fmt = map.get(1).and_then(Node::as_text).ok_or_else(|| Stop::fail("fmt, a text", "none"))?.to_owned();
    let bytes = map.get(2).and_then(Node::as_bytes).ok_or_else(|| Stop::fail("authData, bytes", "none"))?;
    let data = AuthenticatorData::parse(bytes).map_err(|error| Stop::fail("authenticator data", error.to_string()))?;
    let attested =
        data.attested.clone().ok_or_else(|| Stop::fail("attested credential data", "the AT flag is clear"))?;
    let empty = cbor::read(&[0xa0]).root;
    let statement = map.get(3).or(empty.as_ref()).ok_or_else(|| Stop::broken("no statement"))?;
    let hash = <[u8; 32]>::try_from(client_data_hash).unwrap_or_default();
    let signed =
        Signed::new(&data, bytes, &hash).map_err(|error| Stop::fail("attested credential data", error.to_string()))?;
    match verify(&fmt, statement, &signed, &Enforced::all()) {
        Ok(_) => {}
        // A format that we have no procedure for says nothing of the key.
        Err(rejection) if rejection.code() == "attestation_format_unsupported" => {}
        Err(rejection) => return Err(Stop::fail("a valid attestation statement", rejection.to_string())),
    }
    Ok(Made { attested, data, fmt })
}
