//! What a statement says of a model beside what a key says of itself.

use std::collections::BTreeSet;

use assay_protocol::aaguid::Aaguid;
use serde_json::{Map, Value};

use super::LeftOut;
use super::read::Info;
use crate::persona::{AttestationKind, Persona};

/// Every extension that the simulator has.
const EXTENSIONS: [&str; 9] = [
    "credBlob",
    "credProtect",
    "hmac-secret",
    "hmac-secret-mc",
    "largeBlobKey",
    "minPinLength",
    "pinComplexityPolicy",
    "thirdPartyPayment",
    "uvm",
];

/// Options whose value says what somebody has done with a key, not what it is: that they are there is compared.
const OF_STATE: [&str; 5] = ["bioEnroll", "clientPin", "ep", "userVerificationMgmtPreview", "uv"];

/// Members whose value is one key's own, or of its state.
const OWN: [&str; 4] = ["encCredStoreState", "encIdentifier", "forcePINChange", "uvCountSinceLastPinEntry"];

/// Those that the simulator has, in their order.
pub(super) fn known_extensions(listed: &[String]) -> Vec<String> {
    listed.iter().filter(|id| EXTENSIONS.contains(&id.as_str())).cloned().collect()
}

/// Everything in which they differ; algorithms that the simulator lacks are told before.
pub(super) fn differences(info: Info<'_>, key: &Map<String, Value>, persona: &Persona) -> Vec<LeftOut> {
    let missing = |name: &str| {
        let told = Info(key).texts(name);
        info.texts(name).into_iter().filter(move |item| !told.contains(item))
    };
    let mut differences: Vec<LeftOut> = missing("extensions").map(LeftOut::Extension).collect();
    differences.extend(options(info, Info(key)));
    let names: BTreeSet<&String> = info.0.keys().chain(key.keys()).collect();
    for name in names {
        // Nothing in a list is no more than no list.
        let (statement, told) = (info.0.get(name).filter(|value| !is_empty(value)), key.get(name));
        let alike = match name.as_str() {
            "extensions" | "options" | "algorithms" => true,
            "aaguid" => statement.is_none() || aaguid(statement) == aaguid(told),
            "versions" | "transports" | "transportsForReset" | "pinUvAuthProtocols" | "authenticatorConfigCommands" => {
                as_set(statement) == as_set(told)
            }
            "attestationFormats" => {
                differences.extend(formats(info, persona));
                true
            }
            name if OWN.contains(&name) => statement.is_some() == told.is_some(),
            _ => statement == told,
        };
        if !alike {
            let value = |side: Option<&Value>| side.cloned().unwrap_or_default();
            differences.push(LeftOut::Member { name: name.clone(), statement: value(statement), key: value(told) });
        }
    }
    differences
}

fn options<'i>(info: Info<'i>, key: Info<'i>) -> impl Iterator<Item = LeftOut> + use<'i> {
    let ids = |side: Info<'i>| side.0.get("options").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    let all: BTreeSet<&String> = ids(info).chain(ids(key)).collect();
    all.into_iter().filter_map(move |id| {
        let (statement, told) = (info.option(id), key.option(id));
        // CTAP 2.3 6.4: what an option is where it is not there.
        let default = id == "up";
        let alike = if OF_STATE.contains(&id.as_str()) {
            statement.is_some() == told.is_some()
        } else {
            statement.unwrap_or(default) == told.unwrap_or(default)
        };
        (!alike).then(|| LeftOut::Option { id: id.clone(), statement, key: told })
    })
}

fn formats(info: Info<'_>, persona: &Persona) -> Vec<LeftOut> {
    let own: Vec<&str> = persona.attestation.iter().copied().map(AttestationKind::fmt).collect();
    let wanted = info.texts("attestationFormats").into_iter();
    wanted.filter(|fmt| !own.contains(&fmt.as_str())).map(LeftOut::Attestation).collect()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn aaguid(value: Option<&Value>) -> Option<Aaguid> {
    let digits: String = value?.as_str()?.chars().filter(|c| *c != '-').collect();
    let parts = [digits.get(..8)?, digits.get(8..12)?, digits.get(12..16)?, digits.get(16..20)?, digits.get(20..)?];
    parts.join("-").parse().ok()
}

fn as_set(value: Option<&Value>) -> BTreeSet<String> {
    value.and_then(Value::as_array).into_iter().flatten().map(Value::to_string).collect()
}
