//! What a reset puts back: blobs, settings, tokens (CTAP 2.3 6.6).

use assay_protocol::ctap2::Status;
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::pin_uv::Token;
use assay_protocol::pin_uv::persistent::Secret;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::authenticator_config::{
    self, ENABLE_ENTERPRISE, SET_MIN_PIN_LENGTH, TOGGLE_ALWAYS_UV, always_uv_is_off, config, configured,
    min_pin_length, new_length, pin_change_is_forced, unprotected,
};
use crate::suites::authenticator::client_pin::Platform;
use crate::suites::authenticator::get_info::encrypted::{opened, persistent};
use crate::suites::authenticator::manage::{PIN, authorized, has_option, sub_command, told};
use crate::suites::authenticator::request::{self, CREDENTIAL_MANAGEMENT, RESET, RP_ID, map, set, text, text_map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, bio_enrollment, expect, get_info, large_blobs, make_from};
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = settings();
    cases.extend(tokens());
    cases
}

fn case<const N: usize>(
    id: &'static str,
    title: &'static str,
    claims: [&'static str; N],
    body: fn(&mut Key, &mut Context) -> Result<Pass, Stop>,
) -> Case<Key> {
    Case::new(id, title, "CTAP 2.3 6.6", Level::Must, body).needs([FRESH]).claims(claims)
}

fn settings() -> Vec<Case<Key>> {
    let configures = |case: Case<Key>| case.gate(authenticator_config::offered);
    let mut cases = vec![
        case(
            "reset/min-pin-length-back",
            "After a reset the least length of a PIN is what it was",
            ["ctap_reset_min_pin"],
            |key, context| {
                unprotected(key, context)?;
                let before = min_pin_length(key, context)?;
                config(key, context, SET_MIN_PIN_LENGTH, Some(new_length(before + 2)), None)?.ok()?;
                reset(key, context)?;
                match min_pin_length(key, context)? {
                    length if length == before => Ok(Pass::plain(format!("{length}"))),
                    length => Err(Stop::fail(before.to_string(), length.to_string())),
                }
            },
        )
        .sends("setMinPINLength with two more than minPINLength, reset, and getInfo")
        .expects("minPINLength as at first"),
        case(
            "reset/always-uv-off",
            "After a reset alwaysUv is what it was",
            ["ctap_reset_always_uv"],
            |key, context| {
                always_uv_is_off(key, context)?;
                unprotected(key, context)?;
                config(key, context, TOGGLE_ALWAYS_UV, None, None)?.ok()?;
                reset(key, context)?;
                expect_option(key, context, "alwaysUv")
            },
        )
        .sends("toggleAlwaysUv, reset, and getInfo")
        .expects("alwaysUv false"),
        case(
            "reset/enterprise-off",
            "After a reset enterprise attestation is disabled",
            ["ctap_reset_enterprise"],
            |key, context| {
                unprotected(key, context)?;
                if get_info::option(&get_info::info(key, context)?, "ep") != Some(false) {
                    return Err(Stop::skip("enterprise attestation, not enabled"));
                }
                config(key, context, ENABLE_ENTERPRISE, None, None)?.ok()?;
                reset(key, context)?;
                expect_option(key, context, "ep")
            },
        )
        .sends("enableEnterpriseAttestation, reset, and getInfo")
        .expects("ep false"),
        case(
            "reset/force-pin-change-gone",
            "After a reset no PIN has to be changed",
            ["ctap_reset_force"],
            |key, context| {
                min_pin_length(key, context)?;
                let (_, token) = configured(key, context)?;
                let params = map([(3, Value::Bool(true))]);
                config(key, context, SET_MIN_PIN_LENGTH, Some(params), Some(&token))?.ok()?;
                reset(key, context)?;
                match pin_change_is_forced(key, context)? {
                    false => Ok(Pass::plain("not forced")),
                    true => Err(Stop::fail("forcePINChange not true", "true")),
                }
            },
        )
        .sends("setMinPINLength with forceChangePin true, reset, and getInfo")
        .expects("forcePINChange not true"),
        case(
            "reset/rp-ids-gone",
            "After a reset no RP is told the least length of a PIN",
            ["ctap_reset_rp_ids"],
            |key, context| {
                unprotected(key, context)?;
                min_pin_length(key, context)?;
                if !get_info::has_extension(&get_info::info(key, context)?, "minPinLength") {
                    return Err(Stop::skip("minPinLength"));
                }
                let listed = map([(2, Value::Array(vec![text(RP_ID)]))]);
                config(key, context, SET_MIN_PIN_LENGTH, Some(listed), None)?.ok()?;
                reset(key, context)?;
                let asking = text_map([("minPinLength", Value::Bool(true))]);
                let request = set(request::make_credential(context), 6, asking);
                let made = make_from(key, context, &request)?;
                match made.data.extensions.as_ref().and_then(|outputs| outputs.get_text("minPinLength")) {
                    None => Ok(Pass::plain("no output")),
                    output => Err(Stop::fail("no output", told(output))),
                }
            },
        )
        .sends("setMinPINLength with the RP ID, reset, and a registration with minPinLength true")
        .expects("a credential, and no output"),
        case(
            "reset/pin-complexity-off",
            "After a reset the rules for PINs are what they were",
            ["ctap_reset_pin_complexity"],
            |key, context| {
                unprotected(key, context)?;
                min_pin_length(key, context)?;
                let rules = |info: &Node| info.get(0x1b).and_then(Node::as_bool);
                if rules(&get_info::info(key, context)?) != Some(false) {
                    return Err(Stop::skip("pinComplexityPolicy, turned off"));
                }
                let params = map([(4, Value::Bool(true))]);
                config(key, context, SET_MIN_PIN_LENGTH, Some(params), None)?.ok()?;
                reset(key, context)?;
                match rules(&get_info::info(key, context)?) {
                    Some(false) => Ok(Pass::plain("off")),
                    other => Err(Stop::fail("pinComplexityPolicy false", format!("{other:?}"))),
                }
            },
        )
        .sends("setMinPINLength with pinComplexityPolicy true, reset, and getInfo")
        .expects("pinComplexityPolicy false"),
    ]
    .into_iter()
    .map(configures)
    .collect::<Vec<_>>();
    cases.push(
        case(
            "reset/large-blobs-gone",
            "After a reset the array of large blobs is empty",
            ["ctap_reset_blobs"],
            |key, context| {
                has_option(key, context, "largeBlobs")?;
                large_blobs::written(key, context)?;
                reset(key, context)?;
                large_blobs::expect_initial(key, context).map(|()| Pass::plain("the empty array"))
            },
        )
        .sends("an array of 80 bytes, reset, and get")
        .expects("the 17 bytes of an empty array"),
    );
    cases
}

fn tokens() -> Vec<Case<Key>> {
    vec![
        case("reset/fingers-gone", "After a reset no finger is enrolled", ["ctap_reset_fingers"], |key, context| {
            if get_info::option(&get_info::info(key, context)?, "bioEnroll") != Some(false) {
                return Err(Stop::skip("bioEnroll"));
            }
            let token = bio_enrollment::enroller(key, context)?;
            bio_enrollment::enroll(key, context, &token)?;
            reset(key, context)?;
            expect_option(key, context, "bioEnroll")
        })
        .sends("a finger enrolled to the last sample, reset, and getInfo")
        .expects("bioEnroll false"),
        case("reset/token-dead", "After a reset no token is honoured", ["ctap_reset_token"], |key, context| {
            has_option(key, context, "credMgmt")?;
            let platform = Platform::set_up(key, context, PIN)?;
            let token = platform.token_for(key, context, PIN, permission::CM, None)?;
            reset(key, context)?;
            refused(key, context, &token)
        })
        .sends("a token with the permission cm, reset, and getCredsMetadata by the token")
        .expects("PIN_AUTH_INVALID"),
        case(
            "reset/persistent-token-dead",
            "After a reset the persistent token is not honoured",
            ["ctap_reset_persistent"],
            |key, context| {
                has_option(key, context, "perCredMgmtRO")?;
                let (_, token) = persistent(key, context)?;
                reset(key, context)?;
                refused(key, context, &token)
            },
        )
        .twin("credential-management/read-only/reads")
        .sends("the persistent token, reset, and getCredsMetadata by the token")
        .expects("PIN_AUTH_INVALID"),
        case(
            "reset/identifier-new",
            "After a reset the key is another one to who reads encIdentifier",
            ["ctap_reset_identifier"],
            |key, context| {
                has_option(key, context, "perCredMgmtRO")?;
                let (_, token) = persistent(key, context)?;
                let before = opened(key, context, &token, Secret::Identifier)?;
                reset(key, context)?;
                let (_, token) = persistent(key, context)?;
                match opened(key, context, &token, Secret::Identifier)? {
                    after if after != before => Ok(Pass::plain("another identifier")),
                    _ => Err(Stop::fail("another identifier", "the one of before")),
                }
            },
        )
        .sends("getInfo, reset, and getInfo, each opened by the persistent token of its time")
        .expects("other 16 bytes"),
    ]
}

fn reset(key: &mut Key, context: &mut Context) -> Result<(), Stop> {
    key.ctap(context, "reset", &[RESET])?.ok().map(|_| ())
}

fn expect_option(key: &mut Key, context: &mut Context, name: &str) -> Result<Pass, Stop> {
    match get_info::option(&get_info::info(key, context)?, name) {
        Some(false) => Ok(Pass::plain(format!("{name} false"))),
        other => Err(Stop::fail(format!("{name} false"), format!("{other:?}"))),
    }
}

/// A token of the time before must read nothing.
fn refused(key: &mut Key, context: &mut Context, token: &Token) -> Result<Pass, Stop> {
    let request = authorized(sub_command(0x01, None), token, &[]);
    let reply = key.call(context, "getCredsMetadata", CREDENTIAL_MANAGEMENT, &request)?;
    expect(&reply, &[Status::PIN_AUTH_INVALID])
}
