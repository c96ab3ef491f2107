//! authenticatorBioEnrollment (CTAP 2.3 6.7).

mod enroll;
mod missing;
mod sensor;
mod templates;
mod token;

use assay_protocol::pin_uv::Token;
use assay_protocol::tree::cbor::{self, Node};
use ciborium::Value;

use super::client_pin::Platform;
use super::manage::{self, PIN};
use super::request::{self, BIO_ENROLLMENT, int, map, set};
use super::world::{Key, Reply};
use super::{Body, FRESH, get_info};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::Stop;

/// permission be (CTAP 2.3 6.5.5.7).
pub(super) const BE: u64 = 0x08;

/// The modality of fingerprints.
const FINGERPRINT: i64 = 1;

const ENROLL_BEGIN: i64 = 1;
const CAPTURE_NEXT: i64 = 2;
const CANCEL: i64 = 3;
const ENUMERATE: i64 = 4;
const SET_NAME: i64 = 5;
const REMOVE: i64 = 6;
const SENSOR_INFO: i64 = 7;

/// A good sample.
const GOOD: i64 = 0;

/// Far more samples than any sensor asks for, bad ones among them.
const SAMPLES: usize = 40;

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let parts = [sensor::cases(), enroll::cases(), templates::cases(), missing::cases(), token::cases()];
    parts.into_iter().flatten().map(|case| case.gate(offered)).collect()
}

fn case<const N: usize>(
    id: &'static str,
    title: &'static str,
    claims: [&'static str; N],
    sends: &'static str,
    expects: &'static str,
    body: Body,
) -> Case<Key> {
    Case::new(id, title, "CTAP 2.3 6.7", Level::Must, body).needs([FRESH]).claims(claims).sends(sends).expects(expects)
}

/// There is a sensor to enrol fingers with, or there is nothing to ask.
fn offered(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    match get_info::option(&get_info::info(key, context)?, "bioEnroll") {
        Some(_) => Ok(()),
        None => Err(Stop::skip("bioEnroll")),
    }
}

/// A subcommand about fingerprints, and its parameters if it has any.
fn sub_command(number: i64, params: Option<Value>) -> Value {
    let request = map([(1, int(FINGERPRINT)), (2, int(number))]);
    match params {
        Some(params) => set(request, 3, params),
        None => request,
    }
}

/// The request with the parameter over its modality, its subcommand and their parameters.
fn authorized(request: Value, token: &Token) -> Value {
    let byte = |member| {
        let number = request::member(&request, member).and_then(Value::as_integer);
        number.and_then(|number| u8::try_from(number).ok()).unwrap_or_default()
    };
    let params = request::member(&request, 3).map(cbor::to_canonical).unwrap_or_default();
    let tag = token.authenticate(&[&[byte(1), byte(2)], params.as_slice()].concat());
    set(set(request, 4, Value::from(token.protocol().number())), 5, Value::Bytes(tag))
}

fn call(key: &mut Key, context: &mut Context, label: &str, request: &Value) -> Result<Reply, Stop> {
    key.call(context, label, BIO_ENROLLMENT, request)
}

/// A token that may enrol, got by a PIN that is set for it.
pub(super) fn enroller(key: &mut Key, context: &mut Context) -> Result<Token, Stop> {
    Platform::set_up(key, context, PIN)?.token(key, context, PIN, BE)
}

/// enrollBegin: the template's id, and the answer.
fn begin(key: &mut Key, context: &mut Context, token: &Token) -> Result<(Vec<u8>, Node), Stop> {
    let request = authorized(sub_command(ENROLL_BEGIN, None), token);
    let answer = manage::answer(call(key, context, "enrollBegin", &request)?)?;
    let id = answer.get(4).and_then(Node::as_bytes).ok_or_else(|| Stop::fail("templateId, bytes", "none"))?;
    Ok((id.to_vec(), answer))
}

/// enrollCaptureNextSample.
fn capture(key: &mut Key, context: &mut Context, token: &Token, id: &[u8]) -> Result<Reply, Stop> {
    let params = map([(1, Value::Bytes(id.to_vec()))]);
    let request = authorized(sub_command(CAPTURE_NEXT, Some(params)), token);
    call(key, context, "enrollCaptureNextSample", &request)
}

/// remainingSamples of an answer, where the sample was as this says: good, or not.
fn remaining(answer: &Node) -> Result<(bool, i64), Stop> {
    let status = manage::number(answer, 5, "lastEnrollSampleStatus")?;
    Ok((status == GOOD, manage::number(answer, 6, "remainingSamples")?))
}

/// Enrols a finger to its last sample; each good one must leave one less to be taken.
pub(super) fn enroll(key: &mut Key, context: &mut Context, token: &Token) -> Result<Vec<u8>, Stop> {
    let (id, answer) = begin(key, context, token)?;
    let (_, mut left) = remaining(&answer)?;
    for _ in 0..SAMPLES {
        if left == 0 {
            return Ok(id);
        }
        let answer = manage::answer(capture(key, context, token, &id)?)?;
        let (good, now) = remaining(&answer)?;
        let due = if good { left - 1 } else { left };
        if now != due {
            return Err(Stop::fail(format!("{due} remaining samples"), now.to_string()));
        }
        left = now;
    }
    Err(Stop::fail("a template", format!("{left} remaining samples after {SAMPLES}")))
}

/// enumerateEnrollments.
fn enumerate(key: &mut Key, context: &mut Context, token: &Token) -> Result<Reply, Stop> {
    let request = authorized(sub_command(ENUMERATE, None), token);
    call(key, context, "enumerateEnrollments", &request)
}

/// A finger that is enrolled.
pub(super) struct Template {
    id: Vec<u8>,
    name: Option<String>,
}

/// The fingers that are enrolled.
pub(super) fn listed(key: &mut Key, context: &mut Context, token: &Token) -> Result<Vec<Template>, Stop> {
    let answer = manage::answer(enumerate(key, context, token)?)?;
    let infos = answer.get(7).and_then(Node::as_array).ok_or_else(|| Stop::fail("templateInfos, an array", "none"))?;
    let read = |info: &Node| {
        let id = info.get(1).and_then(Node::as_bytes)?;
        Some(Template { id: id.to_vec(), name: info.get(2).and_then(Node::as_text).map(str::to_owned) })
    };
    infos.iter().map(|info| read(info).ok_or_else(|| Stop::fail("templateId, bytes", cbor::diagnostic(info)))).collect()
}
