//! Members that need one another, and what CTAP 2.3 makes mandatory (CTAP 2.3 6.4, 9).

use assay_protocol::tree::cbor::{self, Node};

use super::{has_extension, info, option, repeats, texts};
use crate::case::{Case, Level};
use crate::suites::authenticator::client_pin::Platform;
use crate::suites::authenticator::manage::PIN;
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, get_assertion};
use crate::verdict::{Pass, Stop};

/// A rule about an answer.
struct Rule {
    id: &'static str,
    title: &'static str,
    clause: &'static str,
    level: Level,
    claim: &'static str,
    /// What the answer must have for the rule to say anything, and its name.
    asks: (fn(&Node) -> bool, &'static str),
    holds: fn(&Node) -> Result<(), String>,
}

/// A rule about members, which binds.
const fn rule(
    id: &'static str,
    title: &'static str,
    claim: &'static str,
    asks: (fn(&Node) -> bool, &'static str),
    holds: fn(&Node) -> Result<(), String>,
) -> Rule {
    Rule { id, title, clause: "CTAP 2.3 6.4", level: Level::Must, claim, asks, holds }
}

const RULES: &[Rule] = &[
    rule(
        "get-info/force-pin-change",
        "forcePINChange is a boolean",
        "ctap_info_force_pin_change",
        (|info| info.get(0x0c).is_some(), "forcePINChange"),
        |info| boolean(info, 0x0c),
    ),
    rule(
        "get-info/large-blob-array",
        "maxSerializedLargeBlobArray is there where large blobs are, and at least 1024",
        "ctap_info_large_blob_array",
        (|info| is(info, "largeBlobs") || info.get(0x0b).is_some(), "largeBlobs"),
        |info| exactly_where(info, 0x0b, is(info, "largeBlobs"), 1024),
    ),
    rule(
        "get-info/cred-blob-length",
        "maxCredBlobLength is there where credBlob is, and at least 32",
        "ctap_info_cred_blob_length",
        (|info| has_extension(info, "credBlob") || info.get(0x0f).is_some(), "credBlob"),
        |info| exactly_where(info, 0x0f, has_extension(info, "credBlob"), 32),
    ),
    rule(
        "get-info/rp-ids",
        "maxRPIDsForSetMinPINLength is there where RP IDs can be listed",
        "ctap_info_rp_ids",
        (|info| is(info, "setMinPINLength") && has_extension(info, "minPinLength"), "minPinLength"),
        |info| exactly_where(info, 0x10, true, 0),
    ),
    rule(
        "get-info/preferred-uv-attempts",
        "preferredPlatformUvAttempts is above zero, and there is built-in user verification",
        "ctap_info_uv_attempts",
        (|info| info.get(0x11).is_some(), "preferredPlatformUvAttempts"),
        |info| exactly_where(info, 0x11, option(info, "uv").is_some(), 1),
    ),
    Rule {
        level: Level::Should,
        ..rule(
            "get-info/uv-modality",
            "uvModality names a method, and there is built-in user verification",
            "ctap_info_uv_modality",
            (|info| info.get(0x12).is_some(), "uvModality"),
            |info| exactly_where(info, 0x12, option(info, "uv").is_some(), 1),
        )
    },
    rule(
        "get-info/remaining-credentials",
        "remainingDiscoverableCredentials is a number, and credentials can be discoverable",
        "ctap_info_remaining",
        (|info| info.get(0x14).is_some(), "remainingDiscoverableCredentials"),
        |info| exactly_where(info, 0x14, is(info, "rk"), 0),
    ),
    rule(
        "get-info/uv-count",
        "uvCountSinceLastPinEntry is a number, and there is built-in user verification",
        "ctap_info_uv_count",
        (|info| info.get(0x17).is_some(), "uvCountSinceLastPinEntry"),
        |info| exactly_where(info, 0x17, option(info, "uv").is_some(), 0),
    ),
    rule(
        "get-info/long-touch",
        "longTouchForReset is a boolean",
        "ctap_info_long_touch",
        (|info| info.get(0x18).is_some(), "longTouchForReset"),
        |info| boolean(info, 0x18),
    ),
    rule(
        "get-info/encrypted-members",
        "encIdentifier and encCredStoreState have 32 bytes, and there is a token that opens them",
        "ctap_info_encrypted",
        (|info| info.get(0x19).is_some() || info.get(0x1e).is_some(), "encIdentifier or encCredStoreState"),
        |info| {
            for member in [0x19, 0x1e] {
                let length = info.get(member).map(|value| value.as_bytes().map_or(0, <[u8]>::len));
                if length.is_some_and(|length| length != 32) {
                    return Err(shown(info, member));
                }
            }
            if is(info, "perCredMgmtRO") { Ok(()) } else { Err("no perCredMgmtRO".to_owned()) }
        },
    ),
    rule(
        "get-info/transports-for-reset",
        "transportsForReset is not empty and has no repeats",
        "ctap_info_reset_transports",
        (|info| info.get(0x1a).is_some(), "transportsForReset"),
        |info| match texts(info, 0x1a)?.unwrap_or_default() {
            names if names.is_empty() || repeats(&names) => Err(format!("{names:?}")),
            _ => Ok(()),
        },
    ),
    rule(
        "get-info/pin-complexity",
        "pinComplexityPolicy is a boolean, its URL is bytes of UTF-8, and a PIN is possible",
        "ctap_info_pin_complexity",
        (|info| info.get(0x1b).is_some() || info.get(0x1c).is_some(), "pinComplexityPolicy"),
        |info| {
            boolean(info, 0x1b)?;
            if let Some(url) = info.get(0x1c)
                && url.as_bytes().is_none_or(|url| std::str::from_utf8(url).is_err())
            {
                return Err(cbor::diagnostic(url));
            }
            option(info, "clientPin").map(|_| ()).ok_or_else(|| "no clientPin".to_owned())
        },
    ),
    rule(
        "get-info/max-pin-length",
        "maxPINLength is 8 to 63, no less than minPINLength, and a PIN is possible",
        "ctap_info_max_pin_length",
        (|info| info.get(0x1d).is_some(), "maxPINLength"),
        |info| {
            exactly_where(info, 0x1d, option(info, "clientPin").is_some(), 8)?;
            let number = |member| info.get(member).and_then(Node::as_int).unwrap_or_default();
            if number(0x1d) <= 63 && number(0x1d) >= number(0x0d) { Ok(()) } else { Err(shown(info, 0x1d)) }
        },
    ),
    rule(
        "get-info/config-commands",
        "authenticatorConfigCommands lists the subcommands that the other members speak of",
        "ctap_info_config_commands",
        (|info| info.get(0x1f).is_some() || (is_of_2_3(info) && is(info, "authnrCfg")), "authenticatorConfigCommands"),
        config_commands,
    ),
    rule(
        "get-info/option-dependencies",
        "No option is there without the one that it is about",
        "ctap_info_option_dependency",
        (|info| DEPENDENT.iter().any(|(one, _)| option(info, one).is_some()), "an option that needs another"),
        |info| match DEPENDENT.iter().find(|(one, other)| is(info, one) && option(info, other).is_none()) {
            None => Ok(()),
            Some((one, other)) => Err(format!("{one} without {other}")),
        },
    ),
    Rule {
        clause: "CTAP 2.3 12",
        ..rule(
            "get-info/extension-dependencies",
            "No extension is there without what it needs",
            "ctap_info_extension_dependency",
            (|info| needs().any(|(id, ..)| has_extension(info, id)), "an extension that needs something"),
            |info| match needs().find(|(id, _, there)| has_extension(info, id) && !there(info)) {
                None => Ok(()),
                Some((id, needed, _)) => Err(format!("{id} without {needed}")),
            },
        )
    },
    mandatory(
        "get-info/fido-2-3/hmac-secret",
        "A key of CTAP 2.3 has hmac-secret",
        "ctap_info_no_hmac_secret",
        |info| if has_extension(info, "hmac-secret") { Ok(()) } else { Err("none".to_owned()) },
    ),
    mandatory(
        "get-info/fido-2-3/user-verification",
        "A key of CTAP 2.3 that keeps credentials can verify its user",
        "ctap_info_no_verification",
        |info| {
            let there = option(info, "clientPin").or(option(info, "uv")).is_some();
            if there || !is(info, "rk") { Ok(()) } else { Err("rk, and neither clientPin nor uv".to_owned()) }
        },
    ),
    mandatory(
        "get-info/fido-2-3/protocol-two",
        "A key of CTAP 2.3 has PIN/UV auth protocol two, if any",
        "ctap_info_protocol_two",
        |info| match info.get(6).and_then(Node::as_array) {
            Some(list) if list.iter().all(|number| number.as_int() != Some(2)) => Err(shown(info, 6)),
            _ => Ok(()),
        },
    ),
    mandatory(
        "get-info/fido-2-3/min-pin-length",
        "A key of CTAP 2.3 whose least length of a PIN can be set tells RPs of it",
        "ctap_info_no_min_pin_length",
        |info| {
            let told = has_extension(info, "minPinLength") || !is(info, "setMinPINLength");
            if told { Ok(()) } else { Err("setMinPINLength without minPinLength".to_owned()) }
        },
    ),
    Rule {
        // One that protects every credential best needs no extension for it.
        level: Level::Should,
        ..mandatory(
            "get-info/fido-2-3/cred-protect",
            "A key of CTAP 2.3 that can verify its user has credProtect",
            "ctap_info_no_cred_protect",
            |info| {
                let verifies = option(info, "clientPin").or(option(info, "uv")).is_some();
                if has_extension(info, "credProtect") || !verifies { Ok(()) } else { Err("none".to_owned()) }
            },
        )
    },
];

/// A rule that binds who says that it is of CTAP 2.3.
const fn mandatory(
    id: &'static str,
    title: &'static str,
    claim: &'static str,
    holds: fn(&Node) -> Result<(), String>,
) -> Rule {
    Rule { clause: "CTAP 2.3 9", ..rule(id, title, claim, (is_of_2_3, "FIDO_2_3"), holds) }
}

/// Options, and those without which they say nothing.
const DEPENDENT: &[(&str, &str)] = &[
    ("uvBioEnroll", "bioEnroll"),
    ("uvAcfg", "authnrCfg"),
    ("noMcGaPermissionsWithClientPin", "clientPin"),
    ("setMinPINLength", "clientPin"),
    ("setMinPINLength", "authnrCfg"),
];

type Needed = (&'static str, &'static str, fn(&Node) -> bool);

/// Extensions, and what they need.
fn needs() -> impl Iterator<Item = Needed> {
    let needs: [Needed; 6] = [
        ("credBlob", "credProtect", |info| has_extension(info, "credProtect")),
        ("hmac-secret-mc", "hmac-secret", |info| has_extension(info, "hmac-secret")),
        ("largeBlobKey", "largeBlobs", |info| is(info, "largeBlobs")),
        ("minPinLength", "setMinPINLength", |info| is(info, "setMinPINLength")),
        ("pinComplexityPolicy", "setMinPINLength", |info| is(info, "setMinPINLength")),
        ("largeBlob", "no largeBlobs", |info| !is(info, "largeBlobs")),
    ];
    needs.into_iter()
}

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases: Vec<Case<Key>> = RULES.iter().map(case).collect();
    cases.push(
        Case::new(
            "get-info/fido-2-3/token",
            "A key of CTAP 2.3 with a PIN gives tokens with permissions",
            "CTAP 2.3 6.4",
            Level::Must,
            |key: &mut Key, context| {
                if !is_of_2_3(&info(key, context)?) {
                    return Err(Stop::skip("FIDO_2_3"));
                }
                Platform::set_up(key, context, PIN)?;
                match option(&info(key, context)?, "pinUvAuthToken") {
                    Some(true) => Ok(Pass::plain("pinUvAuthToken true")),
                    other => Err(Stop::fail("pinUvAuthToken true", format!("{other:?}"))),
                }
            },
        )
        .needs([FRESH])
        .claims(["ctap_info_no_token"])
        .sends("setPIN, and getInfo")
        .expects("pinUvAuthToken true"),
    );
    cases.push(
        Case::new(
            "get-info/remaining-credentials-fall",
            "With each discoverable credential there is room for less",
            "CTAP 2.3 6.4",
            Level::Should,
            |key: &mut Key, context| {
                let remaining = |info: &Node| info.get(0x14).and_then(Node::as_int);
                let Some(before) = remaining(&info(key, context)?) else {
                    return Err(Stop::skip("remainingDiscoverableCredentials"));
                };
                get_assertion::discoverable(key, context)?;
                match remaining(&info(key, context)?) {
                    Some(after) if after < before => Ok(Pass::plain(format!("{before}, then {after}"))),
                    after => Err(Stop::fail(format!("less than {before}"), format!("{after:?}"))),
                }
            },
        )
        .needs([FRESH])
        .claims(["ctap_info_remaining_falls"])
        .sends("getInfo, a registration with rk, getInfo")
        .expects("a smaller remainingDiscoverableCredentials the second time"),
    );
    cases
}

fn case(rule: &'static Rule) -> Case<Key> {
    Case::new(rule.id, rule.title, rule.clause, rule.level, move |key: &mut Key, context| {
        let info = info(key, context)?;
        let (asks, feature) = rule.asks;
        if !asks(&info) {
            return Err(Stop::skip(feature));
        }
        match (rule.holds)(&info) {
            Ok(()) => Ok(Pass::plain(rule.title)),
            Err(got) => Err(Stop::fail(rule.title, got)),
        }
    })
    .claims([rule.claim])
    .sends("authenticatorGetInfo")
    .expects(rule.title)
}

fn config_commands(info: &Node) -> Result<(), String> {
    let listed = info.get(0x1f).and_then(Node::as_array).ok_or_else(|| shown(info, 0x1f))?;
    if !is(info, "authnrCfg") {
        return Err("no authnrCfg".to_owned());
    }
    let there = [
        (0x01, option(info, "ep").is_some(), "ep"),
        (0x02, option(info, "alwaysUv").is_some(), "alwaysUv"),
        (0x03, is(info, "setMinPINLength"), "setMinPINLength"),
        (0xff, info.get(0x15).is_some(), "vendorPrototypeConfigCommands"),
    ];
    let contains = |number: i64| listed.iter().any(|own| own.as_int() == Some(number));
    // An authenticator whose alwaysUv never changes needs no subcommand for it.
    let fixed = |number: i64| number == 0x02 && is(info, "alwaysUv");
    match there.into_iter().find(|(number, there, _)| contains(*number) != *there && !fixed(*number)) {
        None => Ok(()),
        Some((number, _, name)) => Err(format!("{} and {number:#04x} is about {name}", shown(info, 0x1f))),
    }
}

fn is_of_2_3(info: &Node) -> bool {
    matches!(texts(info, 1), Ok(Some(versions)) if versions.iter().any(|version| version == "FIDO_2_3"))
}

fn is(info: &Node, name: &str) -> bool {
    option(info, name) == Some(true)
}

/// A number of at least so much where it belongs, and no member where it does not.
fn exactly_where(info: &Node, member: i64, belongs: bool, least: i64) -> Result<(), String> {
    match info.get(member) {
        None if !belongs => Ok(()),
        Some(value) if belongs && value.as_int().is_some_and(|number| number >= least) => Ok(()),
        _ => Err(shown(info, member)),
    }
}

fn boolean(info: &Node, member: i64) -> Result<(), String> {
    match info.get(member) {
        Some(value) if value.as_bool().is_some() => Ok(()),
        _ => Err(shown(info, member)),
    }
}

fn shown(info: &Node, member: i64) -> String {
    info.get(member).map_or_else(|| "absent".to_owned(), cbor::diagnostic)
}
