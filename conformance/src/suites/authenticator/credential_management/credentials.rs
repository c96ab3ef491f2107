//! The list of credentials (CTAP 2.3 6.8.4).

use assay_protocol::ctap2::Status;
use assay_protocol::tree::cbor::{self, Node};
use ciborium::Value;

use super::{
    CREDENTIALS_BEGIN, CREDENTIALS_NEXT, GOOD, OTHER_RP_ID, RP_ID, RPS_BEGIN, call, case, entry_of, kept, kept_request,
    list_credentials, managed, next, of_rp,
};
use crate::case::Case;
use crate::context::Context;
use crate::suites::authenticator::manage::{answer, told};
use crate::suites::authenticator::request::{MAKE_CREDENTIAL, int, map, parameter, set, text_map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{Made, expect, get_assertion, get_info, make_credential, make_from};
use crate::verdict::{Pass, Stop};

/// The case that lists credentials as it should be.
const LISTED: &str = "credential-management/credentials/each-once";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = listed();
    cases.extend(extensions());
    cases.extend(refused());
    cases
}

fn listed() -> Vec<Case<Key>> {
    vec![
        case(
            LISTED,
            "Each credential of an RP is listed once, with its user, its id and its public key",
            "CTAP 2.3 6.8.4",
            [
                "ctap_cm_total_credentials",
                "ctap_cm_other_rps",
                "ctap_cm_user",
                "ctap_cm_credential_id",
                "ctap_cm_public_key",
                "ctap_cm_total_again",
            ],
            |key, context| {
                let ours = [get_assertion::discoverable(key, context)?, get_assertion::discoverable(key, context)?];
                kept(key, context, OTHER_RP_ID)?;
                let (_, token) = managed(key, context)?;
                let listed = list_credentials(key, context, &token, RP_ID)?;
                if listed.len() != ours.len() {
                    return Err(Stop::fail("2 credentials", listed.len().to_string()));
                }
                for (made, user_id) in &ours {
                    let entry = entry_of(&listed, made)?;
                    expect_user(entry, user_id)?;
                    expect_key(entry, made)?;
                }
                Ok(Pass::plain("both credentials of this RP"))
            },
        )
        .sends("enumerateCredentialsBegin and enumerateCredentialsGetNextCredential for an RP that has two of three credentials")
        .expects("totalCredentials 2 in the first answer; each credential once, with user, credentialID and publicKey"),
        case(
            "credential-management/credentials/each-algorithm",
            "A credential of any algorithm is listed with its public key",
            "CTAP 2.3 6.8.4",
            ["ctap_cm_algorithm"],
            |key, context| {
                let algorithms = make_credential::listed_algorithms(key, context)?;
                let mut all = Vec::new();
                for algorithm in &algorithms {
                    let params = Value::Array(vec![parameter(*algorithm)]);
                    let request = set(kept_request(context, RP_ID), 4, params);
                    all.push(make_from(key, context, &request)?);
                }
                let (_, token) = managed(key, context)?;
                let listed = list_credentials(key, context, &token, RP_ID)?;
                all.iter().try_for_each(|made| expect_key(entry_of(&listed, made)?, made))?;
                Ok(Pass::plain(format!("{algorithms:?}")))
            },
        )
        .sends("a registration with rk by each algorithm that getInfo lists, and a list of the credentials")
        .expects("each credential with the public key of its registration"),
        case(
            "credential-management/credentials/past-the-end",
            "Past the last credential there is nothing to continue",
            "CTAP 2.3 6.8.4",
            ["ctap_cm_past_the_end"],
            |key, context| {
                kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                list_credentials(key, context, &token, RP_ID)?;
                expect(&next(key, context, CREDENTIALS_NEXT)?, &[Status::NOT_ALLOWED])
            },
        )
        .twin(LISTED)
        .sends("enumerateCredentialsGetNextCredential once more than there are credentials")
        .expects("NOT_ALLOWED"),
    ]
}

fn extensions() -> Vec<Case<Key>> {
    vec![
        case(
            "credential-management/credentials/protected",
            "A credential of protection level 3 is listed, with its level",
            "CTAP 2.3 6.8.4",
            ["ctap_cm_protected", "ctap_cm_cred_protect"],
            |key, context| {
                let made = with_extension(key, context, "credProtect", int(3))?;
                let entry = entry(key, context, &made)?;
                match entry.get(0x0a).and_then(Node::as_int) {
                    Some(3) => Ok(Pass::plain("level 3")),
                    _ => Err(Stop::fail("credProtect 3", told(entry.get(0x0a)))),
                }
            },
        )
        .sends("enumerateCredentialsBegin after a registration with credProtect 3")
        .expects("the credential, and credProtect 3"),
        case(
            "credential-management/credentials/large-blob-key",
            "A credential's key for large blobs is listed with it",
            "CTAP 2.3 6.8.4",
            ["ctap_cm_large_blob_key"],
            |key, context| {
                has_extension(key, context, "largeBlobKey")?;
                let request = set(kept_request(context, RP_ID), 6, text_map([("largeBlobKey", Value::Bool(true))]));
                let registered = key.call(context, "makeCredential", MAKE_CREDENTIAL, &request)?.ok()?.map()?;
                let given = registered.get(5).and_then(Node::as_bytes).map(<[u8]>::to_vec);
                let without = kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                let listed = list_credentials(key, context, &token, RP_ID)?;
                if let Some(key) = entry_of(&listed, &without)?.get(0x0b) {
                    return Err(Stop::fail("no key for the credential that has none", cbor::diagnostic(key)));
                }
                let keys: Vec<&[u8]> = listed.iter().filter_map(|entry| entry.get(0x0b)?.as_bytes()).collect();
                match given {
                    Some(given) if keys == [given.as_slice()] => Ok(Pass::plain("the key of the registration")),
                    _ => Err(Stop::fail("the largeBlobKey of the registration", format!("{} keys", keys.len()))),
                }
            },
        )
        .sends("enumerateCredentialsBegin after a registration with largeBlobKey and one without")
        .expects("the largeBlobKey that the registration gave, and none for the other credential"),
        case(
            "credential-management/credentials/third-party-payment",
            "It is listed whether a credential is one for payments",
            "CTAP 2.3 6.8.4",
            ["ctap_cm_third_party_payment"],
            |key, context| {
                let paying = with_extension(key, context, "thirdPartyPayment", Value::Bool(true))?;
                let plain = kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                let listed = list_credentials(key, context, &token, RP_ID)?;
                for (made, flag) in [(&paying, true), (&plain, false)] {
                    let entry = entry_of(&listed, made)?;
                    if entry.get(0x0c).and_then(Node::as_bool) != Some(flag) {
                        return Err(Stop::fail(format!("thirdPartyPayment {flag}"), told(entry.get(0x0c))));
                    }
                }
                Ok(Pass::plain("true and false"))
            },
        )
        .sends("enumerateCredentialsBegin after a registration with thirdPartyPayment and one without")
        .expects("thirdPartyPayment true and false"),
    ]
}

fn refused() -> Vec<Case<Key>> {
    vec![
        case(
            "credential-management/credentials/none",
            "An RP without credentials has none to list",
            "CTAP 2.3 6.8.4",
            ["ctap_cm_credentials_none"],
            |key, context| {
                kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                let reply = call(key, context, &token, CREDENTIALS_BEGIN, Some(of_rp(OTHER_RP_ID)))?;
                expect(&reply, &[Status::NO_CREDENTIALS])
            },
        )
        .twin(LISTED)
        .sends("enumerateCredentialsBegin with the hash of an RP ID that has no credential")
        .expects("NO_CREDENTIALS"),
        case(
            "credential-management/credentials/missing-hash",
            "Which RP's credentials are to be listed has to be said",
            "CTAP 2.3 6.8.4",
            ["ctap_cm_needs_rp_id_hash"],
            |key, context| {
                kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                let reply = call(key, context, &token, CREDENTIALS_BEGIN, Some(map([])))?;
                expect(&reply, &[Status::MISSING_PARAMETER])
            },
        )
        .twin(LISTED)
        .sends("enumerateCredentialsBegin without rpIDHash")
        .expects("MISSING_PARAMETER"),
        case(
            "credential-management/credentials/without-begin",
            "A list of credentials that was not begun is not continued",
            "CTAP 2.3 6.8.4",
            ["ctap_cm_without_begin"],
            |key, context| {
                kept(key, context, RP_ID)?;
                managed(key, context)?;
                expect(&next(key, context, CREDENTIALS_NEXT)?, &[Status::NOT_ALLOWED])
            },
        )
        .twin(LISTED)
        .sends("enumerateCredentialsGetNextCredential alone")
        .expects("NOT_ALLOWED"),
        case(
            "credential-management/credentials/after-rps",
            "A list of RPs does not go on with credentials",
            "CTAP 2.3 6.8.4",
            ["ctap_cm_kinds"],
            |key, context| {
                kept(key, context, RP_ID)?;
                kept(key, context, OTHER_RP_ID)?;
                let (_, token) = managed(key, context)?;
                answer(call(key, context, &token, RPS_BEGIN, None)?)?;
                expect(&next(key, context, CREDENTIALS_NEXT)?, &[Status::NOT_ALLOWED])
            },
        )
        .twin(GOOD)
        .sends("enumerateRPsBegin, then enumerateCredentialsGetNextCredential")
        .expects("NOT_ALLOWED"),
    ]
}

fn has_extension(key: &mut Key, context: &mut Context, id: &str) -> Result<(), Stop> {
    match get_info::has_extension(&get_info::info(key, context)?, id) {
        true => Ok(()),
        false => Err(Stop::skip(id.to_owned())),
    }
}

/// A discoverable credential that was registered with one extension.
fn with_extension(key: &mut Key, context: &mut Context, id: &str, input: Value) -> Result<Made, Stop> {
    has_extension(key, context, id)?;
    let request = set(kept_request(context, RP_ID), 6, text_map([(id, input)]));
    make_from(key, context, &request)
}

/// The entry of this credential of ours.
fn entry(key: &mut Key, context: &mut Context, made: &Made) -> Result<Node, Stop> {
    let (_, token) = managed(key, context)?;
    let listed = list_credentials(key, context, &token, RP_ID)?;
    entry_of(&listed, made).cloned()
}

fn expect_user(entry: &Node, id: &[u8]) -> Result<(), Stop> {
    let user = entry.get(6);
    if user.and_then(|user| user.get_text("id")).and_then(Node::as_bytes) != Some(id) {
        return Err(Stop::fail("the user's id", told(user)));
    }
    for (member, name) in [("name", "ada"), ("displayName", "Ada Lovelace")] {
        if user.and_then(|user| user.get_text(member)).and_then(Node::as_text) != Some(name) {
            return Err(Stop::fail(format!("{member} {name:?}"), told(user)));
        }
    }
    Ok(())
}

fn expect_key(entry: &Node, made: &Made) -> Result<(), Stop> {
    let listed = entry.get(8).map(|key| cbor::to_canonical(&key.to_value()));
    match listed {
        Some(listed) if listed == made.attested.public_key_cbor => Ok(()),
        _ => Err(Stop::fail("the public key of the registration", told(entry.get(8)))),
    }
}
