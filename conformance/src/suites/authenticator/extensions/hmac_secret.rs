//! `hmac-secret` and `hmac-secret-mc`, by the PIN/UV auth protocol that the key prefers where nothing else is said
//! (CTAP 2.3 12.7, 12.8).

mod at_registration;
mod members;

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::ctap2::Status;
use assay_protocol::pin_uv::Token;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{offered, registration, shown, told};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::client_pin::{Platform, with_token};
use crate::suites::authenticator::manage::PIN;
use crate::suites::authenticator::request::{self, GET_ASSERTION, options, set, text_map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, Made, expect, get_assertion, make_from};
use crate::verdict::{Pass, Stop};

const ID: &str = "hmac-secret";

/// permission ga (CTAP 2.3 6.5.5.7).
const GA: u64 = 0x02;

const ONE: [u8; 32] = [0x11; 32];
const OTHER: [u8; 32] = [0x22; 32];

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = answered();
    cases.extend(refused());
    cases.extend(members::cases());
    cases.extend(at_registration::cases());
    cases
}

fn answered() -> Vec<Case<Key>> {
    vec![
        Case::new(
            "extensions/hmac-secret/told",
            "A credential that has secrets says so",
            "CTAP 2.3 12.7",
            Level::Must,
            |key: &mut Key, context| {
                let made = with_secret(key, context)?;
                match made.data.extensions.as_ref().and_then(|outputs| outputs.get_text(ID)).and_then(Node::as_bool) {
                    Some(true) => Ok(Pass::plain("true")),
                    other => Err(Stop::fail("true", format!("{other:?}"))),
                }
            },
        )
        .claims(["ctap_hmac_secret_output"])
        .sends("hmac-secret true")
        .expects("hmac-secret true in the authenticator data"),
        Case::new(
            "extensions/hmac-secret/same-salt",
            "One salt has one answer, and another salt another",
            "CTAP 2.3 12.7",
            Level::Must,
            |key: &mut Key, context| {
                let made = with_secret(key, context)?;
                let first = answer(key, context, &made, &ONE, None)?;
                if answer(key, context, &made, &ONE, None)? != first {
                    return Err(Stop::fail("the same 32 bytes for the same salt", "others"));
                }
                if answer(key, context, &made, &OTHER, None)? == first {
                    return Err(Stop::fail("other bytes for another salt", "the same"));
                }
                Ok(Pass::plain("the salt alone decides"))
            },
        )
        .claims(["ctap_hmac_secret_stable", "ctap_hmac_secret_salt"])
        .sends("a salt twice, then another")
        .expects("the same answer twice, then another"),
        Case::new(
            "extensions/hmac-secret/two-salts",
            "Two salts have the answers of each",
            "CTAP 2.3 12.7",
            Level::Must,
            |key: &mut Key, context| {
                let made = with_secret(key, context)?;
                let each =
                    [answer(key, context, &made, &ONE, None)?, answer(key, context, &made, &OTHER, None)?].concat();
                match answer(key, context, &made, &[ONE, OTHER].concat(), None)? {
                    both if both == each => Ok(Pass::plain("64 bytes, as those of each")),
                    both => Err(Stop::fail("the answers of each, together", format!("{} other bytes", both.len()))),
                }
            },
        )
        .claims(["ctap_hmac_secret_second"])
        .sends("two salts, each alone and then together")
        .expects("64 bytes: the answers of each"),
        Case::new(
            "extensions/hmac-secret/other-credential",
            "Another credential has another secret",
            "CTAP 2.3 12.7",
            Level::Must,
            |key: &mut Key, context| {
                let made = [with_secret(key, context)?, with_secret(key, context)?];
                let [one, other] = &made;
                if answer(key, context, one, &ONE, None)? == answer(key, context, other, &ONE, None)? {
                    return Err(Stop::fail("another answer by another credential", "the same"));
                }
                Ok(Pass::plain("different answers"))
            },
        )
        .claims(["ctap_hmac_secret_credential"])
        .sends("one salt to two credentials")
        .expects("two answers"),
        Case::new(
            "extensions/hmac-secret/user-verified",
            "A verified user has another secret than an unverified one",
            "CTAP 2.3 12.7",
            Level::Must,
            |key: &mut Key, context| {
                let made = with_secret(key, context)?;
                let unverified = answer(key, context, &made, &ONE, None)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, GA)?;
                if answer(key, context, &made, &ONE, Some(&token))? == unverified {
                    return Err(Stop::fail("another answer with user verification", "the same"));
                }
                Ok(Pass::plain("different answers"))
            },
        )
        .needs([FRESH])
        .claims(["ctap_hmac_secret_uv"])
        .sends("one salt, without and with a token")
        .expects("two answers"),
    ]
}

fn refused() -> Vec<Case<Key>> {
    let refusal = |id, title, claim, sends, edit: Edit, statuses: &'static [Status]| {
        Case::new(id, title, "CTAP 2.3 12.7", Level::Must, move |key: &mut Key, context: &mut Context| {
            let made = with_secret(key, context)?;
            let platform = Platform::connect(key, context)?;
            let request = edit(&platform, context, &made)?;
            expect(&key.call(context, sends, GET_ASSERTION, &request)?, statuses)
        })
        .claims([claim])
        .twin("extensions/hmac-secret/same-salt")
        .sends(sends)
        .expects(statuses.first().map(Status::to_string).unwrap_or_default())
    };
    vec![
        refusal(
            "extensions/hmac-secret/without-touch",
            "A salt is not answered without a touch",
            "ctap_hmac_secret_up",
            "a salt, and options.up false",
            |platform, context, made| {
                let input = platform.salts(context, &ONE)?;
                Ok(set(asking(context, made, input), 5, options([("up", false)])))
            },
            &[Status::UNSUPPORTED_OPTION],
        ),
        refusal(
            "extensions/hmac-secret/wrong-salt-auth",
            "A salt whose saltAuth does not verify is refused",
            "ctap_hmac_secret_auth",
            "a salt, and saltAuth of zeros",
            |platform, context, made| {
                let input = set(platform.salts(context, &ONE)?, 3, Value::Bytes(vec![0; 32]));
                Ok(asking(context, made, input))
            },
            &[Status::PIN_AUTH_INVALID],
        ),
        refusal(
            "extensions/hmac-secret/salt-length",
            "One salt and a half are refused",
            "ctap_hmac_secret_length",
            "48 bytes of salt",
            |platform, context, made| {
                let input = platform.salts(context, &[0x33; 48])?;
                Ok(asking(context, made, input))
            },
            &[Status::INVALID_PARAMETER, Status::INVALID_LENGTH],
        ),
    ]
}

type Edit = fn(&Platform, &mut Context, &Made) -> Result<Value, Stop>;

/// A credential with secrets.
fn with_secret(key: &mut Key, context: &mut Context) -> Result<Made, Stop> {
    offered(key, context, ID)?;
    let request = registration(context, ID, Value::Bool(true));
    make_from(key, context, &request)
}

/// A sign-in by this credential with this input.
fn asking(context: &mut Context, made: &Made, input: Value) -> Value {
    let request = request::get_assertion(context, std::slice::from_ref(&made.attested.credential_id));
    set(request, 4, text_map([(ID, input)]))
}

/// What the credential answers to these salts.
fn answer(
    key: &mut Key,
    context: &mut Context,
    made: &Made,
    salts: &[u8],
    token: Option<&Token>,
) -> Result<Vec<u8>, Stop> {
    let platform = Platform::connect(key, context)?;
    let input = platform.salts(context, salts)?;
    answer_to(key, context, made, &platform, input, token)
}

/// What the credential answers to this input, which is of this platform.
fn answer_to(
    key: &mut Key,
    context: &mut Context,
    made: &Made,
    platform: &Platform,
    input: Value,
    token: Option<&Token>,
) -> Result<Vec<u8>, Stop> {
    let request = asking(context, made, input);
    let request = match token {
        Some(token) => with_token(request, token, 2, 6),
        None => request,
    };
    let assertion = get_assertion::assert_from(key, context, &request, made)?;
    opened(platform, &assertion.data, ID)
}

/// The output of this id, decrypted.
fn opened(platform: &Platform, data: &AuthenticatorData, id: &str) -> Result<Vec<u8>, Stop> {
    let sealed = told(data, id).and_then(Node::as_bytes);
    platform.open(sealed.ok_or_else(|| Stop::fail(format!("{id}, bytes"), shown(data, id)))?)
}
