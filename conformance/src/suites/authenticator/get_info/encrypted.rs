//! encIdentifier and encCredStoreState, which the persistent token opens (CTAP 2.3 6.4).

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::pin_uv::Token;
use assay_protocol::pin_uv::persistent::Secret;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::info;
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::client_pin::{Platform, with_token};
use crate::suites::authenticator::manage::{PIN, authorized, has_option, sub_command, told};
use crate::suites::authenticator::request::{self, CREDENTIAL_MANAGEMENT, MAKE_CREDENTIAL, RP_ID, map, options, set};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, get_assertion};
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let cases = vec![
        case(
            "get-info/encrypted/vector",
            "The encrypted members are encrypted anew each time",
            ["ctap_enc_vector"],
            |key, context| {
                let (first, second) = (info(key, context)?, info(key, context)?);
                for secret in SECRETS {
                    let name = name(secret);
                    let of = |info: &Node| info.get(member(secret)).and_then(Node::as_bytes).map(<[u8]>::to_vec);
                    if of(&first).is_some() && of(&first) == of(&second) {
                        return Err(Stop::fail(format!("another {name}"), "the same"));
                    }
                }
                Ok(Pass::plain("no member twice"))
            },
        )
        .sends("getInfo twice")
        .expects("other bytes the second time"),
        case(
            "get-info/encrypted/identifier",
            "What encIdentifier encrypts stays the same",
            ["ctap_enc_identifier"],
            |key, context| {
                let (platform, token) = persistent(key, context)?;
                let before = opened(key, context, &token, Secret::Identifier)?;
                register(key, context, &platform)?;
                match opened(key, context, &token, Secret::Identifier)? {
                    after if after == before => Ok(Pass::plain("one identifier")),
                    _ => Err(Stop::fail("the identifier of before", "another")),
                }
            },
        )
        .sends("getInfo, a registration, and getInfo, opened by the persistent token")
        .expects("the same 16 bytes"),
        case(
            "get-info/encrypted/store-state-idle",
            "What encCredStoreState encrypts stays the same as long as the credentials do",
            ["ctap_enc_state_idle"],
            |key, context| {
                let (_, token) = persistent(key, context)?;
                let before = opened(key, context, &token, Secret::CredStoreState)?;
                match opened(key, context, &token, Secret::CredStoreState)? {
                    after if after == before => Ok(Pass::plain("one state")),
                    _ => Err(Stop::fail("the state of before", "another")),
                }
            },
        )
        .sends("getInfo twice, opened by the persistent token")
        .expects("the same 16 bytes"),
        case(
            "get-info/encrypted/store-state-registration",
            "A new discoverable credential changes what encCredStoreState encrypts",
            ["ctap_enc_state_registration"],
            |key, context| {
                let (platform, token) = persistent(key, context)?;
                let before = opened(key, context, &token, Secret::CredStoreState)?;
                register(key, context, &platform)?;
                expect_another(key, context, &token, before)
            },
        )
        .sends("getInfo, a registration with rk, and getInfo, opened by the persistent token")
        .expects("other 16 bytes"),
        case(
            "get-info/encrypted/store-state-update",
            "An update of a user changes what encCredStoreState encrypts",
            ["ctap_enc_state_update"],
            |key, context| {
                let (made, user_id) = get_assertion::discoverable(key, context)?;
                let id = request::descriptor(&made.attested.credential_id);
                changed(key, context, 0x07, map([(2, id), (3, request::user(user_id))]))
            },
        )
        .sends("getInfo, updateUserInformation, and getInfo, opened by the persistent token")
        .expects("other 16 bytes"),
        case(
            "get-info/encrypted/store-state-deletion",
            "A deletion changes what encCredStoreState encrypts",
            ["ctap_enc_state_deletion"],
            |key, context| {
                let (made, _) = get_assertion::discoverable(key, context)?;
                changed(key, context, 0x06, map([(2, request::descriptor(&made.attested.credential_id))]))
            },
        )
        .sends("getInfo, deleteCredential, and getInfo, opened by the persistent token")
        .expects("other 16 bytes"),
    ];
    cases.into_iter().map(|case| case.gate(|key, context| has_option(key, context, "perCredMgmtRO"))).collect()
}

fn case<const N: usize>(
    id: &'static str,
    title: &'static str,
    claims: [&'static str; N],
    body: fn(&mut Key, &mut Context) -> Result<Pass, Stop>,
) -> Case<Key> {
    Case::new(id, title, "CTAP 2.3 6.4", Level::Must, body).needs([FRESH]).claims(claims)
}

const SECRETS: [Secret; 2] = [Secret::Identifier, Secret::CredStoreState];

fn member(secret: Secret) -> i64 {
    match secret {
        Secret::Identifier => 0x19,
        Secret::CredStoreState => 0x1e,
    }
}

fn name(secret: Secret) -> &'static str {
    match secret {
        Secret::Identifier => "encIdentifier",
        Secret::CredStoreState => "encCredStoreState",
    }
}

/// Sets a PIN, and gets the persistent token.
pub(in super::super) fn persistent(key: &mut Key, context: &mut Context) -> Result<(Platform, Token), Stop> {
    let platform = Platform::set_up(key, context, PIN)?;
    let token = platform.token_for(key, context, PIN, permission::PCMR, None)?;
    Ok((platform, token))
}

/// What a member encrypts.
pub(in super::super) fn opened(
    key: &mut Key,
    context: &mut Context,
    token: &Token,
    secret: Secret,
) -> Result<[u8; 16], Stop> {
    let info = info(key, context)?;
    let Some(sealed) = info.get(member(secret)) else {
        return Err(Stop::skip(name(secret)));
    };
    let opened = sealed.as_bytes().and_then(|sealed| secret.open(token.as_bytes(), sealed).ok());
    opened.ok_or_else(|| Stop::fail(format!("{}, a vector and one block", name(secret)), told(Some(sealed))))
}

fn register(key: &mut Key, context: &mut Context, platform: &Platform) -> Result<(), Stop> {
    get_assertion::offered(key, context)?;
    let token = platform.token_for(key, context, PIN, permission::MC, Some(RP_ID))?;
    let request = set(request::make_credential(context), 7, options([("rk", true)]));
    key.call(context, "makeCredential", MAKE_CREDENTIAL, &with_token(request, &token, 1, 8))?.ok().map(|_| ())
}

/// A change by credential management must change the state.
fn changed(key: &mut Key, context: &mut Context, number: i64, params: Value) -> Result<Pass, Stop> {
    has_option(key, context, "credMgmt")?;
    let (platform, token) = persistent(key, context)?;
    let before = opened(key, context, &token, Secret::CredStoreState)?;
    let managing = platform.token_for(key, context, PIN, permission::CM, None)?;
    let request = authorized(sub_command(number, Some(params)), &managing, &[]);
    key.call(context, "a change of the credential", CREDENTIAL_MANAGEMENT, &request)?.ok()?;
    expect_another(key, context, &token, before)
}

fn expect_another(key: &mut Key, context: &mut Context, token: &Token, before: [u8; 16]) -> Result<Pass, Stop> {
    match opened(key, context, token, Secret::CredStoreState)? {
        after if after != before => Ok(Pass::plain("another state")),
        _ => Err(Stop::fail("another state than before", "the same")),
    }
}
