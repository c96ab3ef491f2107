//! authenticatorMakeCredential (CTAP 2.3 6.1).

mod edits;
mod encoding;

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::ctap2::{PUBLIC_KEY, Status};
use assay_protocol::digest::sha256;
use assay_protocol::tree::cbor::{self, Node};
use ciborium::Value;

use super::request::{self, MAKE_CREDENTIAL, RP_ID, int, options, set, set_inside, text, text_map};
use super::world::Key;
use super::{FRESH, expect, get_assertion, get_info, make, make_from};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

/// The good request that every edit starts from.
const GOOD: &str = "make-credential/good/minimal";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = vec![
        Case::new(
            GOOD,
            "A minimal request makes a credential whose statement verifies",
            "CTAP 2.3 6.1.2",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                if made.data.rp_id_hash != sha256(RP_ID.as_bytes()) {
                    return Err(Stop::fail("the hash of the RP ID", "another"));
                }
                if !made.data.flags.up() || made.data.flags.uv() {
                    return Err(Stop::fail("UP set, UV clear", format!("flags {:#04x}", made.data.flags.0)));
                }
                if made.attested.credential_id.is_empty() || made.attested.credential_id.len() > 1023 {
                    return Err(Stop::fail(
                        "1 to 1023 bytes of credential id",
                        made.attested.credential_id.len().to_string(),
                    ));
                }
                Ok(Pass::plain(format!("a {} statement that verifies", made.fmt)))
            },
        )
        .claims(["ctap_mc_rp_id_hash", "ctap_mc_flags", "ctap_mc_attestation", "ctap_mc_credential_id"])
        .expects("authenticator data for this RP, UP set, a statement that verifies"),
        Case::new(
            "make-credential/good/canonical-answer",
            "The answer is one canonical CBOR map",
            "CTAP 2.3 8",
            Level::Must,
            |key: &mut Key, context| {
                let request = request::make_credential(context);
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?.ok()?;
                let data = reply.map()?.get(2).and_then(Node::as_bytes).map(AuthenticatorData::parse);
                let data = data
                    .ok_or_else(|| Stop::fail("authData, bytes", "none"))?
                    .map_err(|error| Stop::fail("authenticator data", error.to_string()))?;
                let key = data.attested.map(|attested| attested.public_key_anomalies).unwrap_or_default();
                match cbor::read(&reply.body).anomalies.iter().chain(&key).chain(&data.anomalies).next() {
                    None => Ok(Pass::plain("canonical")),
                    Some(anomaly) => Err(Stop::fail("canonical CBOR", anomaly.kind.code())),
                }
            },
        )
        .claims(["ctap_mc_canonical", "ctap_mc_key_canonical"])
        .expects("canonical order, shortest forms, in the credential's key too"),
        Case::new(
            "make-credential/good/two-are-different",
            "Two equal requests make two credentials",
            "CTAP 2.3 6.1.2",
            Level::Must,
            |key: &mut Key, context| {
                let request = request::make_credential(context);
                let first = make_from(key, context, &request)?;
                let second = make_from(key, context, &request)?;
                if first.attested.credential_id == second.attested.credential_id
                    || first.attested.public_key_cbor == second.attested.public_key_cbor
                {
                    return Err(Stop::fail("another id and another key", "the same"));
                }
                Ok(Pass::plain("different ids and keys"))
            },
        )
        .claims(["ctap_mc_fresh_key"])
        .expects("another id and another key each time"),
        Case::new(
            "make-credential/exclude-list/own-credential",
            "An excluded credential of this key stops the request",
            "CTAP 2.3 6.1.2 step 12",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let request = set(
                    request::make_credential(context),
                    5,
                    Value::Array(vec![request::descriptor(&made.attested.credential_id)]),
                );
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::CREDENTIAL_EXCLUDED])
            },
        )
        .claims(["ctap_exclude_list"])
        .twin("make-credential/exclude-list/unknown-id")
        .sends("a request that excludes a credential of this key")
        .expects("CREDENTIAL_EXCLUDED"),
        Case::new(
            "make-credential/exclude-list/other-rp",
            "A credential of another RP does not exclude",
            "CTAP 2.3 6.1.2 step 12",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let request = set_inside(request::make_credential(context), 2, "id", Some(text("example.com")));
                let request = set(request, 5, Value::Array(vec![request::descriptor(&made.attested.credential_id)]));
                make_from(key, context, &request).map(|_| Pass::plain("made"))
            },
        )
        .claims(["ctap_exclude_other_rp"])
        .expects("a credential"),
        Case::new(
            "make-credential/exclude-list/unknown-type",
            "An entry of a type that nobody knows does not exclude",
            "CTAP 2.3 6.1.2 step 12",
            Level::Must,
            |key: &mut Key, context| {
                let made = make(key, context)?;
                let entry = text_map([("id", Value::Bytes(made.attested.credential_id)), ("type", text("banana"))]);
                let request = set(request::make_credential(context), 5, Value::Array(vec![entry]));
                make_from(key, context, &request).map(|_| Pass::plain("made"))
            },
        )
        .claims(["ctap_exclude_type"])
        .sends("the id of a credential of this key, as that of a banana")
        .expects("a credential"),
        Case::new(
            "make-credential/params/each-algorithm",
            "Every algorithm that getInfo lists makes a credential",
            "CTAP 2.3 6.1.2 step 3",
            Level::Must,
            |key: &mut Key, context| {
                let algorithms = listed_algorithms(key, context)?;
                for algorithm in &algorithms {
                    expect_algorithm(key, context, &[*algorithm], *algorithm)?;
                }
                Ok(Pass::plain(format!("{algorithms:?}")))
            },
        )
        .claims(["ctap_mc_params_each"])
        .sends("each algorithm alone")
        .expects("a credential of just this algorithm"),
        Case::new(
            "make-credential/params/preference",
            "The first supported algorithm is taken",
            "CTAP 2.3 6.1.2 step 3",
            Level::Must,
            |key: &mut Key, context| {
                let algorithms = listed_algorithms(key, context)?;
                let [first, second, ..] = algorithms.as_slice() else {
                    return Err(Stop::skip("a key with two algorithms"));
                };
                for [preferred, other] in [[*first, *second], [*second, *first]] {
                    expect_algorithm(key, context, &[preferred, other], preferred)?;
                }
                Ok(Pass::plain("the order of the request"))
            },
        )
        .claims(["ctap_mc_params_preference"])
        .sends("two algorithms, in either order")
        .expects("a credential of the first of them"),
        Case::new(
            "make-credential/options/up-true",
            "up true is no more than the default",
            "CTAP 2.3 6.1.2 step 5.3",
            Level::Must,
            |key: &mut Key, context| {
                // CTAP 2.0 knew no such option of makeCredential.
                if !get_info::is_past_2_0(&get_info::info(key, context)?) {
                    return Err(Stop::skip("CTAP 2.1"));
                }
                let request = set(request::make_credential(context), 7, options([("up", true)]));
                make_from(key, context, &request).map(|_| Pass::plain("made"))
            },
        )
        .claims(["ctap_mc_up_true"])
        .sends("options.up true")
        .expects("a credential"),
        Case::new(
            "make-credential/options/rk-true",
            "rk true makes a discoverable credential",
            "CTAP 2.3 6.1.2 step 17",
            Level::Must,
            |key: &mut Key, context| get_assertion::discoverable(key, context).map(|_| Pass::plain("made")),
        )
        .needs([FRESH])
        .claims(["ctap_mc_rk"])
        .sends("options.rk true, where getInfo says rk")
        .expects("a credential whose statement verifies"),
        Case::new(
            "make-credential/enterprise/not-capable",
            "Enterprise attestation is refused where the key is not capable of it",
            "CTAP 2.3 6.1.2 step 9.1",
            Level::Must,
            |key: &mut Key, context| {
                let info = get_info::info(key, context)?;
                if get_info::option(&info, "ep").is_some() || !get_info::is_past_2_0(&info) {
                    return Err(Stop::skip("a key of CTAP 2.1 without enterprise attestation"));
                }
                // Capability comes before the value, which nobody defines.
                let request = set(request::make_credential(context), 0x0a, int(3));
                let reply = key.call(context, "enterpriseAttestation 3", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::INVALID_PARAMETER])
            },
        )
        .claims(["ctap_mc_enterprise"])
        .twin(GOOD)
        .sends("enterpriseAttestation 3")
        .expects("INVALID_PARAMETER"),
        Case::new(
            "make-credential/extensions/unknown",
            "An unknown extension is ignored and not echoed",
            "CTAP 2.3 12",
            Level::Must,
            |key: &mut Key, context| {
                let request =
                    set(request::make_credential(context), 6, text_map([("org.example.unheard", Value::Bool(true))]));
                let made = make_from(key, context, &request)?;
                match made.data.extensions {
                    Some(map) if map.get_text("org.example.unheard").is_some() => {
                        Err(Stop::fail("no output", cbor::diagnostic(&map)))
                    }
                    _ => Ok(Pass::plain("ignored")),
                }
            },
        )
        .claims(["ctap_mc_unknown_extension"])
        .expects("a credential without that extension's output"),
        Case::new(
            "make-credential/options/uv-without-uv",
            "uv is refused where the key has no built-in user verification",
            "CTAP 2.3 6.1.2 step 5.1",
            Level::Must,
            |key: &mut Key, context| {
                if get_info::option(&get_info::info(key, context)?, "uv") == Some(true) {
                    return Err(Stop::skip("a key without built-in user verification"));
                }
                let request = set(request::make_credential(context), 7, options([("uv", true)]));
                let reply = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?;
                expect(&reply, &[Status::INVALID_OPTION])
            },
        )
        .claims(["ctap_mc_uv"])
        .twin(GOOD)
        .sends("options.uv true")
        .expects("INVALID_OPTION"),
    ];
    cases.extend(edits::cases());
    cases.extend(encoding::cases());
    cases
}

/// The algorithms of public keys that getInfo lists, in its order.
pub(super) fn listed_algorithms(key: &mut Key, context: &mut Context) -> Result<Vec<i64>, Stop> {
    let info = get_info::info(key, context)?;
    let listed = info.get(0x0a).and_then(Node::as_array).unwrap_or_default().iter();
    let known = listed.filter(|entry| entry.get_text("type").and_then(Node::as_text) == Some(PUBLIC_KEY));
    let algorithms: Vec<i64> = known.filter_map(|entry| entry.get_text("alg")?.as_int()).collect();
    if algorithms.is_empty() {
        return Err(Stop::skip("a key that lists its algorithms"));
    }
    Ok(algorithms)
}

/// Of the algorithms offered, the key must take this one.
fn expect_algorithm(key: &mut Key, context: &mut Context, offered: &[i64], wanted: i64) -> Result<(), Stop> {
    let offered = offered.iter().copied().map(request::parameter).collect();
    let request = set(request::make_credential(context), 4, Value::Array(offered));
    match make_from(key, context, &request)?.attested.credential_public_key.alg {
        alg if alg == wanted => Ok(()),
        alg => Err(Stop::fail(format!("a key for algorithm {wanted}"), alg.to_string())),
    }
}

/// A key that refused must still do its work.
fn twin(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    make(key, context).map(|_| ())
}

fn described(statuses: &[Status]) -> String {
    match statuses {
        [] => "a credential whose statement verifies".to_owned(),
        list => list.iter().map(Status::to_string).collect::<Vec<_>>().join(" or "),
    }
}
