//! authenticatorGetInfo (CTAP 2.3 6.4).

mod consistency;
pub(super) mod encrypted;

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::{self, Node};

use super::request::GET_INFO;
use super::world::Key;
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        Case::new(
            "get-info/canonical",
            "The answer is one canonical CBOR map",
            "CTAP 2.3 8",
            Level::Must,
            |key: &mut Key, context| {
                let reply = key.ctap(context, "getInfo", &[GET_INFO])?.ok()?;
                let document = cbor::read(&reply.body);
                if let Some(anomaly) = document.anomalies.first() {
                    return Err(Stop::fail(
                        "canonical CBOR",
                        format!("{} at byte {}", anomaly.kind.code(), anomaly.range.start),
                    ));
                }
                reply.map().map(|_| Pass::plain("canonical"))
            },
        )
        .claims(["ctap_info_canonical"])
        .expects("a map in canonical order without duplicates or trailing bytes"),
        Case::new(
            "get-info/unknown-command",
            "An unknown command is refused",
            "CTAP 2.3 8.1",
            Level::Must,
            |key: &mut Key, context| {
                let reply = key.ctap(context, "command 0x3f", &[0x3f])?;
                super::expect(&reply, &[Status::INVALID_COMMAND])
            },
        )
        .claims(["ctap_unknown_command"])
        .twin("get-info/canonical")
        .sends("command byte 0x3f")
        .expects("INVALID_COMMAND"),
        Case::new(
            "get-info/aaguid-as-attested",
            "getInfo and attested credential data name one AAGUID",
            "CTAP 2.3 6.1.2",
            Level::Must,
            |key: &mut Key, context| {
                let info = info(key, context)?;
                let made = super::make(key, context)?;
                match info.get(3).and_then(Node::as_bytes) {
                    Some(aaguid) if aaguid == made.attested.aaguid.as_bytes() => Ok(Pass::plain("the same AAGUID")),
                    other => Err(Stop::fail(made.attested.aaguid.to_string(), format!("{other:?}"))),
                }
            },
        )
        .claims(["ctap_info_aaguid_attested"])
        .expects("the same sixteen bytes in both places"),
        Case::new(
            "get-info/repeated",
            "getInfo says the same when it is asked again",
            "CTAP 2.3 6.4",
            Level::Must,
            |key: &mut Key, context| {
                let first = info(key, context)?;
                let second = info(key, context)?;
                match steady(&first)
                    .find(|(member, value)| second.get(*member).map(Node::to_value) != Some(value.to_value()))
                {
                    None => Ok(Pass::plain("the same twice")),
                    Some((member, value)) => Err(Stop::fail_because(
                        cbor::diagnostic(value),
                        second.get(member).map_or_else(|| "nothing".to_owned(), cbor::diagnostic),
                        format!("member {member:#04x} of the second answer"),
                    )),
                }
            },
        )
        .claims(["ctap_info_repeated"])
        .sends("getInfo, and again")
        .expects("the same members, but for those that are encrypted anew each time"),
    ];
    cases.extend(MEMBERS.iter().map(member));
    cases.extend(consistency::cases());
    cases.extend(encrypted::cases());
    cases
}

/// What the members of the answer must be.
struct Member {
    id: &'static str,
    title: &'static str,
    claim: &'static str,
    holds: fn(&Node) -> Result<(), String>,
}

const MEMBERS: &[Member] = &[
    Member {
        id: "get-info/versions",
        title: "versions is there, named, without repeats and without FIDO_2_2",
        claim: "ctap_info_versions",
        holds: versions,
    },
    Member { id: "get-info/aaguid", title: "aaguid has sixteen bytes", claim: "ctap_info_aaguid", holds: aaguid },
    Member { id: "get-info/options", title: "options are booleans", claim: "ctap_info_options", holds: options },
    Member {
        id: "get-info/max-msg-size",
        title: "maxMsgSize, if present, is at least 1024",
        claim: "ctap_info_max_msg_size",
        holds: max_msg_size,
    },
    Member {
        id: "get-info/pin-uv-auth-protocols",
        title: "pinUvAuthProtocols are listed once each where a PIN is possible",
        claim: "ctap_info_pin_protocols",
        holds: pin_protocols,
    },
    Member {
        id: "get-info/algorithms",
        title: "algorithms, if present, is not empty and has no repeats",
        claim: "ctap_info_algorithms",
        holds: algorithms,
    },
    Member {
        id: "get-info/transports",
        title: "transports, if present, is not empty and has no repeats",
        claim: "ctap_info_transports",
        holds: transports,
    },
    Member {
        id: "get-info/limits",
        title: "list limits, if present, are above zero",
        claim: "ctap_info_limits",
        holds: limits,
    },
    Member {
        id: "get-info/min-pin-length",
        title: "minPINLength is there where a PIN is possible, and at least 4",
        claim: "ctap_info_min_pin_length",
        holds: min_pin_length,
    },
];

fn member(row: &'static Member) -> Case<Key> {
    Case::new(row.id, row.title, "CTAP 2.3 6.4", Level::Must, move |key: &mut Key, context| {
        let info = info(key, context)?;
        match (row.holds)(&info) {
            Ok(()) => Ok(Pass::plain(row.title)),
            Err(got) => Err(Stop::fail(row.title, got)),
        }
    })
    .claims([row.claim])
    .sends("authenticatorGetInfo")
    .expects(row.title)
}

/// The answer's map.
pub(super) fn info(key: &mut Key, context: &mut Context) -> Result<Node, Stop> {
    key.ctap(context, "getInfo", &[GET_INFO])?.ok()?.map()
}

/// The members that have no reason to change: all but encIdentifier and encCredStoreState.
fn steady(info: &Node) -> impl Iterator<Item = (i64, &Node)> {
    let members = info.as_map().unwrap_or_default().iter();
    members.filter_map(|(key, value)| Some((key.as_int()?, value))).filter(|(key, _)| ![0x19, 0x1e].contains(key))
}

/// The value of an option, where it is listed.
pub(super) fn option(info: &Node, name: &str) -> Option<bool> {
    info.get(4)?.get_text(name)?.as_bool()
}

fn versions(info: &Node) -> Result<(), String> {
    let versions = texts(info, 1)?.ok_or("absent")?;
    if versions.is_empty() || repeats(&versions) {
        return Err(format!("{versions:?}"));
    }
    match versions.iter().find(|version| version.as_str() == "FIDO_2_2") {
        Some(_) => Err("FIDO_2_2, which was never defined".to_owned()),
        None => Ok(()),
    }
}

fn aaguid(info: &Node) -> Result<(), String> {
    match info.get(3).and_then(Node::as_bytes) {
        Some(bytes) if bytes.len() == 16 => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

fn options(info: &Node) -> Result<(), String> {
    let Some(options) = info.get(4) else { return Ok(()) };
    let members = options.as_map().ok_or("options is no map")?;
    for (name, value) in members {
        if name.as_text().is_none() || value.as_bool().is_none() {
            return Err(format!("{} : {}", cbor::diagnostic(name), cbor::diagnostic(value)));
        }
    }
    Ok(())
}

fn max_msg_size(info: &Node) -> Result<(), String> {
    match info.get(5) {
        None => Ok(()),
        Some(size) if size.as_int().is_some_and(|size| size >= 1024) => Ok(()),
        Some(size) => Err(cbor::diagnostic(size)),
    }
}

fn pin_protocols(info: &Node) -> Result<(), String> {
    let possible = option(info, "clientPin").is_some() || option(info, "pinUvAuthToken") == Some(true);
    match info.get(6) {
        None if possible => Err("absent although a PIN is possible".to_owned()),
        None => Ok(()),
        Some(list) => {
            let numbers: Option<Vec<i64>> = list.as_array().and_then(|items| items.iter().map(Node::as_int).collect());
            match numbers {
                Some(numbers) if !numbers.is_empty() && !repeats(&numbers) => Ok(()),
                _ => Err(cbor::diagnostic(list)),
            }
        }
    }
}

fn algorithms(info: &Node) -> Result<(), String> {
    let Some(list) = info.get(0x0a) else { return Ok(()) };
    let pairs: Option<Vec<(i64, String)>> = list.as_array().and_then(|items| {
        items
            .iter()
            .map(|item| Some((item.get_text("alg")?.as_int()?, item.get_text("type")?.as_text()?.to_owned())))
            .collect()
    });
    match pairs {
        Some(pairs) if !pairs.is_empty() && !repeats(&pairs) => Ok(()),
        _ => Err(cbor::diagnostic(list)),
    }
}

fn transports(info: &Node) -> Result<(), String> {
    match texts(info, 9)? {
        Some(names) if names.is_empty() || repeats(&names) => Err(format!("{names:?}")),
        _ => Ok(()),
    }
}

fn limits(info: &Node) -> Result<(), String> {
    for key in [7, 8] {
        if let Some(limit) = info.get(key)
            && limit.as_int().is_none_or(|limit| limit <= 0)
        {
            return Err(format!("member {key}: {}", cbor::diagnostic(limit)));
        }
    }
    Ok(())
}

fn min_pin_length(info: &Node) -> Result<(), String> {
    let needed = option(info, "clientPin").is_some()
        && texts(info, 1)?.unwrap_or_default().iter().any(|version| version != "FIDO_2_0" && version != "U2F_V2");
    match info.get(0x0d) {
        None if needed => Err("absent".to_owned()),
        None => Ok(()),
        Some(length) if length.as_int().is_some_and(|length| length >= 4) => Ok(()),
        Some(length) => Err(cbor::diagnostic(length)),
    }
}

/// Does it list this extension?
pub(super) fn has_extension(info: &Node, id: &str) -> bool {
    matches!(texts(info, 2), Ok(Some(ids)) if ids.iter().any(|listed| listed == id))
}

/// Does it list a version after CTAP 2.0?
pub(super) fn is_past_2_0(info: &Node) -> bool {
    matches!(texts(info, 1), Ok(Some(versions)) if versions.iter().any(|version| version.starts_with("FIDO_2_") && version != "FIDO_2_0" && version != "FIDO_2_1_PRE"))
}

fn texts(info: &Node, key: i64) -> Result<Option<Vec<String>>, String> {
    let Some(list) = info.get(key) else { return Ok(None) };
    let texts: Option<Vec<String>> =
        list.as_array().and_then(|items| items.iter().map(|item| item.as_text().map(str::to_owned)).collect());
    texts.map(Some).ok_or_else(|| cbor::diagnostic(list))
}

fn repeats<T: PartialEq>(items: &[T]) -> bool {
    items.iter().enumerate().any(|(at, item)| items.iter().skip(at + 1).any(|other| other == item))
}
