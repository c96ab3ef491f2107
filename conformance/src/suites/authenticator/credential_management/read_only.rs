//! The persistent token, which reads and changes nothing (CTAP 2.3 6.5.5.7, permission pcmr).

use assay_protocol::ctap2::Status;
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::pin_uv::Token;
use ciborium::Value;

use super::{DELETE, RP_ID, UPDATE, call, case, counts, entry_of, list_credentials, list_rps, of_credential};
use crate::case::Case;
use crate::context::Context;
use crate::suites::authenticator::client_pin::Platform;
use crate::suites::authenticator::manage::{OTHER_PIN, PIN, has_option};
use crate::suites::authenticator::request::{self, map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{expect, get_assertion};
use crate::verdict::{Pass, Stop};

const READS: &str = "credential-management/read-only/reads";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let cases = vec![
        case(
            READS,
            "The persistent token reads: metadata, RPs and credentials",
            "CTAP 2.3 6.8.2",
            ["ctap_pcmr_reads"],
            |key, context| {
                let (made, _) = get_assertion::discoverable(key, context)?;
                let (_, token) = persistent(key, context)?;
                counts(key, context, &token)?;
                list_rps(key, context, &token)?;
                let listed = list_credentials(key, context, &token, RP_ID)?;
                entry_of(&listed, &made).map(|_| Pass::plain("all three"))
            },
        )
        .sends("getCredsMetadata, and both lists, by a token with the permission pcmr")
        .expects("OK each time"),
        case(
            "credential-management/read-only/cannot-delete",
            "The persistent token deletes nothing",
            "CTAP 2.3 6.8.5",
            ["ctap_pcmr_writes"],
            |key, context| {
                let (made, _) = get_assertion::discoverable(key, context)?;
                let (_, token) = persistent(key, context)?;
                let reply = call(key, context, &token, DELETE, Some(of_credential(&made.attested.credential_id)))?;
                let pass = expect(&reply, &[Status::PIN_AUTH_INVALID])?;
                get_assertion::assert(key, context, &made).map(|_| pass)
            },
        )
        .twin(READS)
        .sends("deleteCredential by a token with the permission pcmr")
        .expects("PIN_AUTH_INVALID, and the credential still answers"),
        case(
            "credential-management/read-only/cannot-update",
            "The persistent token updates nothing",
            "CTAP 2.3 6.8.6",
            ["ctap_pcmr_writes"],
            |key, context| {
                let (made, user_id) = get_assertion::discoverable(key, context)?;
                let (_, token) = persistent(key, context)?;
                let user = request::user(user_id);
                let params = map([(2, request::descriptor(&made.attested.credential_id)), (3, user)]);
                expect(&call(key, context, &token, UPDATE, Some(params))?, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin(READS)
        .sends("updateUserInformation by a token with the permission pcmr")
        .expects("PIN_AUTH_INVALID"),
        case(
            "credential-management/read-only/outlives-tokens",
            "The persistent token outlives the tokens that come after it",
            "CTAP 2.3 6.5.5.7.2",
            ["ctap_pcmr_lost"],
            |key, context| {
                get_assertion::discoverable(key, context)?;
                let (platform, token) = persistent(key, context)?;
                platform.token_for(key, context, PIN, permission::CM, None)?;
                counts(key, context, &token).map(|_| Pass::plain("it still reads"))
            },
        )
        .sends("a token with pcmr, another with cm, then getCredsMetadata by the first")
        .expects("OK"),
        case(
            "credential-management/read-only/asked-again",
            "Whoever asks again is given the persistent token that there is",
            "CTAP 2.3 6.5.5.7.2",
            ["ctap_pcmr_anew"],
            |key, context| {
                get_assertion::discoverable(key, context)?;
                let (platform, token) = persistent(key, context)?;
                let again = platform.token_for(key, context, PIN, permission::PCMR, None)?;
                for token in [&token, &again] {
                    counts(key, context, token)?;
                }
                Ok(Pass::plain("both read"))
            },
        )
        .sends("a token with pcmr twice, then getCredsMetadata by each")
        .expects("OK both times"),
        case(
            "credential-management/read-only/alone",
            "The permission of the persistent token is given alone",
            "CTAP 2.3 6.5.5.7.2 step 4",
            ["ctap_pcmr_alone"],
            |key, context| {
                let platform = Platform::set_up(key, context, PIN)?;
                let both = permission::PCMR | permission::CM;
                let reply = platform.token_for_reply(key, context, PIN, both, None)?;
                expect(&reply, &[Status::UNAUTHORIZED_PERMISSION])
            },
        )
        .twin(READS)
        .sends("a request for a token with the permissions pcmr and cm")
        .expects("UNAUTHORIZED_PERMISSION"),
        case(
            "credential-management/read-only/pin-change",
            "A new PIN ends the persistent token",
            "CTAP 2.3 6.5.5.6",
            ["ctap_pcmr_pin_change"],
            |key, context| {
                get_assertion::discoverable(key, context)?;
                let (platform, token) = persistent(key, context)?;
                platform.change_pin(key, context, PIN, OTHER_PIN)?.ok()?;
                let reply = call(key, context, &token, super::METADATA, None::<Value>)?;
                expect(&reply, &[Status::PIN_AUTH_INVALID])
            },
        )
        .twin(READS)
        .sends("a token with pcmr, changePIN, then getCredsMetadata by the token")
        .expects("PIN_AUTH_INVALID"),
    ];
    cases.into_iter().map(|case| case.gate(|key, context| has_option(key, context, "perCredMgmtRO"))).collect()
}

/// Sets a PIN, and gets the persistent token.
fn persistent(key: &mut Key, context: &mut Context) -> Result<(Platform, Token), Stop> {
    let platform = Platform::set_up(key, context, PIN)?;
    let token = platform.token_for(key, context, PIN, permission::PCMR, None)?;
    Ok((platform, token))
}
