//! `hmac-secret-mc`: salts that are answered at registration (CTAP 2.3 12.8).

use assay_protocol::ctap2::Status;
use assay_protocol::pin_uv::Token;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::super::{offered, shown, told};
use super::{GA, ID, ONE, OTHER, answer, opened};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::client_pin::{Platform, with_token};
use crate::suites::authenticator::manage::PIN;
use crate::suites::authenticator::request::{self, MAKE_CREDENTIAL, set, text_map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, Made, expect, make_from};
use crate::verdict::{Pass, Stop};

const MC_ID: &str = "hmac-secret-mc";

/// permission mc (CTAP 2.3 6.5.5.7).
const MC: u64 = 0x01;

const GOOD: &str = "extensions/hmac-secret-mc/as-at-sign-in";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = answered();
    cases.extend(refused());
    cases.into_iter().map(|case| case.gate(|key, context| offered(key, context, MC_ID))).collect()
}

fn answered() -> Vec<Case<Key>> {
    vec![
        Case::new(
            GOOD,
            "A salt is answered at registration as at every later sign-in",
            "CTAP 2.3 12.8",
            Level::Must,
            |key: &mut Key, context| {
                let (made, first) = answered_at_once(key, context, &ONE, None)?;
                if told(&made.data, ID).and_then(Node::as_bool) != Some(true) {
                    return Err(Stop::fail("hmac-secret true beside hmac-secret-mc", shown(&made.data, ID)));
                }
                if answer(key, context, &made, &ONE, None)? != first {
                    return Err(Stop::fail("the same 32 bytes at sign-in", "others"));
                }
                Ok(Pass::plain("the same answer"))
            },
        )
        .claims(["ctap_hmac_secret_mc_secret", "ctap_hmac_secret_output"])
        .sends("hmac-secret true and a salt at registration, the salt at sign-in")
        .expects("hmac-secret true, and the same answer twice"),
        Case::new(
            "extensions/hmac-secret-mc/two-salts",
            "Two salts are answered at registration",
            "CTAP 2.3 12.8",
            Level::Must,
            |key: &mut Key, context| {
                let (made, both) = answered_at_once(key, context, &[ONE, OTHER].concat(), None)?;
                let each =
                    [answer(key, context, &made, &ONE, None)?, answer(key, context, &made, &OTHER, None)?].concat();
                if both != each {
                    return Err(Stop::fail("the answers of each, together", format!("{} other bytes", both.len())));
                }
                Ok(Pass::plain("64 bytes, as those of each"))
            },
        )
        .claims(["ctap_hmac_secret_second"])
        .twin(GOOD)
        .sends("two salts at registration, then each alone at sign-in")
        .expects("64 bytes: the answers of each"),
        Case::new(
            "extensions/hmac-secret-mc/user-verified",
            "A verified user has at registration the secret of a verified user",
            "CTAP 2.3 12.8",
            Level::Must,
            |key: &mut Key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token(key, context, PIN, MC)?;
                let (made, first) = answered_at_once(key, context, &ONE, Some(&token))?;
                let token = platform.token(key, context, PIN, GA)?;
                if answer(key, context, &made, &ONE, Some(&token))? != first {
                    return Err(Stop::fail("the same 32 bytes for a verified user", "others"));
                }
                if answer(key, context, &made, &ONE, None)? == first {
                    return Err(Stop::fail("other bytes without user verification", "the same"));
                }
                Ok(Pass::plain("the secret of a verified user"))
            },
        )
        .needs([FRESH])
        .claims(["ctap_hmac_secret_mc_uv", "ctap_hmac_secret_uv"])
        .twin(GOOD)
        .sends("a salt at registration with a token, then at sign-in with a token and without")
        .expects("the same answer, then another"),
    ]
}

fn refused() -> Vec<Case<Key>> {
    let refusal = |id, title, claim, sends, edit: Edit, statuses: &'static [Status]| {
        Case::new(id, title, "CTAP 2.3 12.8", Level::Must, move |key: &mut Key, context: &mut Context| {
            let platform = Platform::connect(key, context)?;
            let inputs = edit(&platform, context)?;
            let request = set(request::make_credential(context), 6, inputs);
            let reply = key.call(context, sends, MAKE_CREDENTIAL, &request)?;
            if reply.status == Status::PUAT_REQUIRED {
                return Err(Stop::skip("a key without a PIN"));
            }
            expect(&reply, statuses)
        })
        .claims([claim])
        .twin(GOOD)
        .sends(sends)
        .expects(statuses.first().map(Status::to_string).unwrap_or_default())
    };
    vec![
        refusal(
            "extensions/hmac-secret-mc/alone",
            "A salt without hmac-secret is refused",
            "ctap_hmac_secret_mc_alone",
            "hmac-secret-mc without hmac-secret",
            |platform, context| Ok(text_map([(MC_ID, platform.salts(context, &ONE)?)])),
            &[Status::MISSING_PARAMETER],
        ),
        refusal(
            "extensions/hmac-secret-mc/wrong-salt-auth",
            "A salt whose saltAuth does not verify is refused",
            "ctap_hmac_secret_auth",
            "a salt at registration, and saltAuth of zeros",
            |platform, context| Ok(both(set(platform.salts(context, &ONE)?, 3, Value::Bytes(vec![0; 32])))),
            &[Status::PIN_AUTH_INVALID],
        ),
        refusal(
            "extensions/hmac-secret-mc/salt-length",
            "One salt and a half are refused",
            "ctap_hmac_secret_length",
            "48 bytes of salt at registration",
            |platform, context| Ok(both(platform.salts(context, &[0x33; 48])?)),
            &[Status::INVALID_PARAMETER, Status::INVALID_LENGTH],
        ),
    ]
}

type Edit = fn(&Platform, &mut Context) -> Result<Value, Stop>;

/// hmac-secret, and the salts.
fn both(salts: Value) -> Value {
    text_map([(ID, Value::Bool(true)), (MC_ID, salts)])
}

/// A credential, and its answer to these salts.
fn answered_at_once(
    key: &mut Key,
    context: &mut Context,
    salts: &[u8],
    token: Option<&Token>,
) -> Result<(Made, Vec<u8>), Stop> {
    let platform = Platform::connect(key, context)?;
    let request = set(request::make_credential(context), 6, both(platform.salts(context, salts)?));
    let request = match token {
        Some(token) => with_token(request, token, 1, 8),
        None => request,
    };
    let made = make_from(key, context, &request)?;
    let answer = opened(&platform, &made.data, MC_ID)?;
    Ok((made, answer))
}
