//! What the commands that manage a key have in common: subcommands, and the parameter over them.

use assay_protocol::ctap2::Status;
use assay_protocol::pin_uv::Token;
use assay_protocol::tree::cbor::{self, Node};
use ciborium::Value;

use super::get_info;
use super::request::{self, int, map, set, without};
use super::world::{Key, Reply};
use crate::context::Context;
use crate::verdict::Stop;

/// The PIN that the cases set: as long as a key may want it by itself, and none that a list of bad ones has.
pub const PIN: &str = "73915820";

/// The PIN that takes its place.
pub(super) const OTHER_PIN: &str = "26840915";

/// The RP ID that has nothing to do with that of the good requests.
pub(super) const OTHER_RP_ID: &str = "example.com";

/// A subcommand, and its parameters if it has any.
pub(super) fn sub_command(number: i64, params: Option<Value>) -> Value {
    let request = map([(1, int(number))]);
    match params {
        Some(params) => set(request, 2, params),
        None => request,
    }
}

/// The request with the parameter over its subcommand and their parameters, behind what the command puts before them.
pub(super) fn authorized(request: Value, token: &Token, prefix: &[u8]) -> Value {
    let number = request::member(&request, 1).and_then(Value::as_integer).and_then(|number| u8::try_from(number).ok());
    let params = request::member(&request, 2).map(cbor::to_canonical).unwrap_or_default();
    let message = [prefix, &[number.unwrap_or_default()], &params].concat();
    with_param(request, token.authenticate(&message), token)
}

/// The request with this parameter, and the protocol of the token.
pub(super) fn with_param(request: Value, param: Vec<u8>, token: &Token) -> Value {
    set(set(request, 3, Value::from(token.protocol().number())), 4, Value::Bytes(param))
}

/// What is wrong with the authorization of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// There is no parameter.
    NoParam,
    /// The parameter does not verify.
    WrongParam,
    /// The parameter has no protocol.
    NoProtocol,
    /// The protocol is one that nobody has.
    UnknownProtocol,
}

impl Flaw {
    /// The same request with the flaw.
    pub(super) fn put_into(self, request: Value) -> Value {
        match self {
            Self::NoParam => without(without(request, 3), 4),
            Self::WrongParam => {
                let mut param = request::bytes_of(&request, 4);
                if let Some(first) = param.first_mut() {
                    *first ^= 1;
                }
                set(request, 4, Value::Bytes(param))
            }
            Self::NoProtocol => without(request, 3),
            Self::UnknownProtocol => set(request, 3, int(99)),
        }
    }

    /// What the key must say.
    pub(super) fn status(self) -> Status {
        match self {
            Self::NoParam => Status::PUAT_REQUIRED,
            Self::WrongParam => Status::PIN_AUTH_INVALID,
            Self::NoProtocol => Status::MISSING_PARAMETER,
            Self::UnknownProtocol => Status::INVALID_PARAMETER,
        }
    }
}

/// The key has this option, true, or there is nothing to ask.
pub(super) fn has_option(key: &mut Key, context: &mut Context, name: &str) -> Result<(), Stop> {
    match get_info::option(&get_info::info(key, context)?, name) {
        Some(true) => Ok(()),
        _ => Err(Stop::skip(name.to_owned())),
    }
}

/// The map of an answer that must be OK.
pub(super) fn answer(reply: Reply) -> Result<Node, Stop> {
    reply.ok()?.map()
}

/// The unsigned integer at `member`, by the name that the text gives it.
pub(super) fn number(answer: &Node, member: i64, name: &str) -> Result<i64, Stop> {
    let number = answer.get(member).and_then(Node::as_int).filter(|number| *number >= 0);
    number.ok_or_else(|| Stop::fail(format!("{name}, a number"), told(answer.get(member))))
}

/// What an answer says, for people.
pub(super) fn told(node: Option<&Node>) -> String {
    node.map_or_else(|| "none".to_owned(), cbor::diagnostic)
}
