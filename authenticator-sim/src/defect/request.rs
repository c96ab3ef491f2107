//! What a key with defects reads into a request before anything else looks at it, and what it
//! takes amiss there.

use std::borrow::Cow;
use std::mem::discriminant;

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::{CommandError, PUBLIC_KEY, Status, command};
use assay_protocol::tree::cbor::{self, AnomalyKind};
use ciborium::Value;

use super::{Defect, Defects};

/// The request as the key reads it.
pub(crate) fn read<'r>(defects: &Defects, request: &'r [u8]) -> Result<Cow<'r, [u8]>, CommandError> {
    let as_it_is = Ok(Cow::Borrowed(request));
    let Some((&byte, parameters)) = request.split_first().filter(|_| !defects.is_empty()) else { return as_it_is };
    let Some(Value::Map(mut members)) = decode(defects, parameters) else { return as_it_is };
    take_amiss(defects, byte, &members)?;
    take_for_granted(defects, byte, &mut members);
    pass_over_types(defects, byte, &mut members);
    pass_over_items(defects, byte, &mut members);
    Ok(Cow::Owned([vec![byte], cbor::to_canonical(&Value::Map(members))].concat()))
}

type Members = Vec<(Value, Value)>;

/// So many zeros are read past the end of a request.
const ZEROS: usize = 64;

/// Maps and arrays in a member of the parameters, which are one level themselves.
const NESTING: usize = 3;

/// The parameters, if the key takes their form.
fn decode(defects: &Defects, parameters: &[u8]) -> Option<Value> {
    let mut bytes = parameters.to_vec();
    let mut document = cbor::read(&bytes);
    let zeros = if defects.contains(&Defect::CborTruncated) { ZEROS } else { 0 };
    for _ in 0..zeros {
        if document.anomaly(AnomalyKind::Truncated).is_none() {
            break;
        }
        bytes.push(0);
        document = cbor::read(&bytes);
    }
    let taken = |kind| match kind {
        AnomalyKind::NonMinimalInteger | AnomalyKind::NonMinimalLength => Some(Defect::CborMinimal),
        AnomalyKind::WrongOrder => Some(Defect::CborOrder),
        AnomalyKind::IndefiniteLength => Some(Defect::CborIndefinite),
        AnomalyKind::DuplicateKey => Some(Defect::CborDuplicate),
        AnomalyKind::TrailingBytes => Some(Defect::CborTrailing),
        AnomalyKind::InvalidUtf8 => Some(Defect::CborUtf8),
        AnomalyKind::Tag => Some(Defect::CborTag),
        _ => None,
    };
    let all = document.anomalies.iter().all(|anomaly| taken(anomaly.kind).is_some_and(|kind| defects.contains(&kind)));
    let mut value = untagged(document.root.filter(|_| all)?.to_value());
    if let Value::Map(members) = &mut value {
        if defects.contains(&Defect::CborDuplicate) {
            keep_first(members);
        }
        if defects.contains(&Defect::CborNesting) {
            members.retain(|(_, value)| nesting(value) <= NESTING);
        }
    }
    Some(value)
}

/// Without its tags: there are none left but those that the key passes over.
fn untagged(value: Value) -> Value {
    match value {
        Value::Tag(_, inner) => untagged(*inner),
        Value::Array(items) => Value::Array(items.into_iter().map(untagged).collect()),
        Value::Map(members) => {
            Value::Map(members.into_iter().map(|(key, value)| (untagged(key), untagged(value))).collect())
        }
        other => other,
    }
}

fn keep_first(members: &mut Members) {
    let mut kept: Members = Vec::new();
    for (key, value) in members.drain(..) {
        if find(&kept, &key).is_none() {
            kept.push((key, value));
        }
    }
    *members = kept;
}

fn nesting(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(nesting).max().unwrap_or(0),
        Value::Map(members) => 1 + members.iter().map(|(_, value)| nesting(value)).max().unwrap_or(0),
        _ => 0,
    }
}

/// Refuses what every key must pass over.
fn take_amiss(defects: &Defects, byte: u8, members: &Members) -> Result<(), CommandError> {
    let has = |defect| defects.contains(&defect);
    let unknown = |key: i64, known: &[&str]| {
        let inner = find(members, &Value::from(key)).and_then(Value::as_map);
        inner.is_some_and(|inner| {
            inner.iter().any(|(name, _)| !name.as_text().is_some_and(|name| known.contains(&name)))
        })
    };
    let refused = match byte {
        command::MAKE_CREDENTIAL if has(Defect::UnknownParameter) && members.iter().any(|(key, _)| past(key, 0x0b)) => {
            Status::INVALID_PARAMETER
        }
        command::MAKE_CREDENTIAL if has(Defect::McUnknownOption) && unknown(7, OPTIONS) => Status::INVALID_OPTION,
        command::GET_ASSERTION if has(Defect::GaUnknownOption) && unknown(5, OPTIONS) => Status::UNSUPPORTED_OPTION,
        command::GET_ASSERTION if has(Defect::GaUnknownExtension) && unknown(4, EXTENSIONS) => {
            Status::UNSUPPORTED_EXTENSION
        }
        command::CLIENT_PIN if has(Defect::PinSubcommand) && sub_command(members) == Some(8) => {
            Status::INVALID_PARAMETER
        }
        command::BIO_ENROLLMENT if has(Defect::BioSubcommand) && sub_command(members).is_some_and(|sub| sub > 7) => {
            Status::INVALID_PARAMETER
        }
        command::CREDENTIAL_MANAGEMENT if has(Defect::CmSubcommand) && unassigned(members, 7) => {
            Status::INVALID_PARAMETER
        }
        command::CONFIG if has(Defect::ConfigSubcommand) && unassigned(members, 4) => Status::INVALID_COMMAND,
        _ => return Ok(()),
    };
    Err(CommandError::new(refused, "taken amiss"))
}

const OPTIONS: &[&str] = &["rk", "up", "uv"];
const EXTENSIONS: &[&str] = &["credProtect", "hmac-secret"];

/// Is subCommand, where it is the first parameter, past the last one that there is?
fn unassigned(members: &Members, last: i128) -> bool {
    find(members, &Value::from(1)).is_some_and(|sub_command| past(sub_command, last))
}

fn past(key: &Value, last: i128) -> bool {
    key.as_integer().is_some_and(|key| i128::from(key) > last)
}

/// A parameter, and the value that a defect puts in its place.
struct Supposed {
    defect: Defect,
    command: u8,
    /// The only subcommand concerned, if there is one.
    sub_command: Option<i128>,
    key: i64,
    value: fn() -> Value,
}

const fn supposed(defect: Defect, command: u8, key: i64, value: fn() -> Value) -> Supposed {
    Supposed { defect, command, sub_command: None, key, value }
}

impl Supposed {
    const fn of(self, sub_command: i128) -> Self {
        Self { sub_command: Some(sub_command), ..self }
    }
}

/// What is taken for granted where it is absent.
const ABSENT: &[Supposed] = &[
    supposed(Defect::McClientDataHash, command::MAKE_CREDENTIAL, 1, hash),
    supposed(Defect::McRp, command::MAKE_CREDENTIAL, 2, rp),
    supposed(Defect::McUser, command::MAKE_CREDENTIAL, 3, user),
    supposed(Defect::McParams, command::MAKE_CREDENTIAL, 4, es256),
    supposed(Defect::GaRpId, command::GET_ASSERTION, 1, rp_id),
    supposed(Defect::GaClientDataHash, command::GET_ASSERTION, 2, hash),
    supposed(Defect::PinNeedsSubcommand, command::CLIENT_PIN, 2, || Value::from(1)),
    supposed(Defect::AgreementNeedsProtocol, command::CLIENT_PIN, 1, || Value::from(1)).of(2),
    supposed(Defect::SetNeedsProtocol, command::CLIENT_PIN, 1, || Value::from(2)).of(3),
    supposed(Defect::SetNeedsKeyAgreement, command::CLIENT_PIN, 3, key_agreement).of(3),
    supposed(Defect::SetNeedsParam, command::CLIENT_PIN, 4, || zeros(32)).of(3),
    supposed(Defect::SetNeedsNewPin, command::CLIENT_PIN, 5, || zeros(80)).of(3),
    supposed(Defect::ChangeNeedsKeyAgreement, command::CLIENT_PIN, 3, key_agreement).of(4),
    supposed(Defect::ChangeNeedsParam, command::CLIENT_PIN, 4, || zeros(32)).of(4),
    supposed(Defect::ChangeNeedsNewPin, command::CLIENT_PIN, 5, || zeros(80)).of(4),
    supposed(Defect::ChangeNeedsPinHash, command::CLIENT_PIN, 6, || zeros(32)).of(4),
    supposed(Defect::LegacyNeedsPinHash, command::CLIENT_PIN, 6, || zeros(32)).of(5),
    supposed(Defect::TokenNeedsKeyAgreement, command::CLIENT_PIN, 3, key_agreement).of(9),
    supposed(Defect::TokenNeedsPinHash, command::CLIENT_PIN, 6, || zeros(32)).of(9),
    supposed(Defect::TokenNeedsPermissions, command::CLIENT_PIN, 9, || Value::from(permission::MC | permission::GA))
        .of(9),
    supposed(Defect::UvTokenNeedsProtocol, command::CLIENT_PIN, 1, || Value::from(2)).of(6),
    supposed(Defect::UvTokenNeedsKeyAgreement, command::CLIENT_PIN, 3, key_agreement).of(6),
    supposed(Defect::UvTokenNeedsPermissions, command::CLIENT_PIN, 9, || Value::from(permission::MC | permission::GA))
        .of(6),
    supposed(Defect::BioModalityMissing, command::BIO_ENROLLMENT, 1, || Value::from(1)),
    supposed(Defect::CmNeedsSubcommand, command::CREDENTIAL_MANAGEMENT, 1, || Value::from(2)),
    supposed(Defect::ConfigNeedsSubcommand, command::CONFIG, 1, || Value::from(3)),
];

/// Adds what is not there.
fn take_for_granted(defects: &Defects, byte: u8, members: &mut Members) {
    let sub_command = sub_command(members);
    for row in ABSENT {
        let concerned = row.command == byte && row.sub_command.is_none_or(|sub| sub_command == Some(sub));
        let key = Value::from(row.key);
        if concerned && defects.contains(&row.defect) && find(members, &key).is_none() {
            members.push((key, (row.value)()));
        }
    }
    for (defect, key, value) in [(Defect::McRpId, 2, rp_id()), (Defect::McUserId, 3, zeros(16))] {
        if byte == command::MAKE_CREDENTIAL && defects.contains(&defect) {
            let inner = find_mut(members, &Value::from(key)).and_then(Value::as_map_mut);
            if let Some(inner) = inner.filter(|inner| find(inner, &Value::from("id")).is_none()) {
                inner.push((Value::from("id"), value));
            }
        }
    }
}

/// What is put in the place of a value of another type.
const TYPES: &[Supposed] = &[
    supposed(Defect::McTypeClientDataHash, command::MAKE_CREDENTIAL, 1, hash),
    supposed(Defect::McTypeRp, command::MAKE_CREDENTIAL, 2, rp),
    supposed(Defect::McTypeUser, command::MAKE_CREDENTIAL, 3, user),
    supposed(Defect::McTypeParams, command::MAKE_CREDENTIAL, 4, es256),
    supposed(Defect::GaTypeRpId, command::GET_ASSERTION, 1, rp_id),
    supposed(Defect::GaTypeClientDataHash, command::GET_ASSERTION, 2, hash),
    supposed(Defect::GaTypeAllowList, command::GET_ASSERTION, 3, || Value::Array(Vec::new())),
];

/// Puts a value of the right type in the place of another.
fn pass_over_types(defects: &Defects, byte: u8, members: &mut Members) {
    for row in TYPES.iter().filter(|row| row.command == byte && defects.contains(&row.defect)) {
        let right = (row.value)();
        if let Some(value) = find_mut(members, &Value::from(row.key))
            && discriminant(value) != discriminant(&right)
        {
            *value = right;
        }
    }
}

/// Leaves out of lists and options what is not whole.
fn pass_over_items(defects: &Defects, byte: u8, members: &mut Members) {
    let lists =
        [(Defect::ExcludeMembers, command::MAKE_CREDENTIAL, 5), (Defect::AllowMembers, command::GET_ASSERTION, 3)];
    for (defect, command, key) in lists {
        let list = find_mut(members, &Value::from(key)).and_then(Value::as_array_mut);
        if let Some(list) = list.filter(|_| command == byte && defects.contains(&defect)) {
            let whole = |entry: &Value| entry.as_map().is_some_and(|entry| find(entry, &Value::from("id")).is_some());
            list.retain(whole);
        }
    }
    let options = find_mut(members, &Value::from(7)).and_then(Value::as_map_mut);
    let read = byte == command::MAKE_CREDENTIAL && defects.contains(&Defect::McTypeOption);
    if let Some(options) = options.filter(|_| read) {
        options.retain(|(_, value)| value.is_bool());
    }
}

fn sub_command(members: &Members) -> Option<i128> {
    find(members, &Value::from(2)).and_then(Value::as_integer).map(i128::from)
}

fn find<'m>(members: &'m Members, key: &Value) -> Option<&'m Value> {
    members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

fn find_mut<'m>(members: &'m mut Members, key: &Value) -> Option<&'m mut Value> {
    members.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
}

fn zeros(length: usize) -> Value {
    Value::Bytes(vec![0; length])
}

fn hash() -> Value {
    zeros(32)
}

fn rp_id() -> Value {
    Value::from("example.org")
}

fn rp() -> Value {
    Value::Map(vec![(Value::from("id"), rp_id())])
}

fn user() -> Value {
    Value::Map(vec![(Value::from("id"), zeros(16))])
}

fn es256() -> Value {
    Value::Array(vec![Value::Map(vec![
        (Value::from("alg"), Value::from(-7)),
        (Value::from("type"), Value::from(PUBLIC_KEY)),
    ])])
}

fn key_agreement() -> Value {
    Value::Map(vec![
        (Value::from(1), Value::from(2)),
        (Value::from(3), Value::from(-25)),
        (Value::from(-1), Value::from(1)),
        (Value::from(-2), hash()),
        (Value::from(-3), hash()),
    ])
}
