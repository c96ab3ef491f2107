//! deleteCredential and updateUserInformation (CTAP 2.3 6.8.5, 6.8.6).

use assay_protocol::ctap2::Status;
use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::pin_uv::Token;
use assay_protocol::tree::cbor::Node;
use ciborium::Value;

use super::{DELETE, RP_ID, UPDATE, call, case, counts, entry_of, kept, list_credentials, managed, of_credential};
use crate::case::Case;
use crate::context::Context;
use crate::suites::authenticator::client_pin::Platform;
use crate::suites::authenticator::manage::{PIN, told};
use crate::suites::authenticator::request::{self, GET_ASSERTION, map, text, text_map};
use crate::suites::authenticator::world::{Key, Reply};
use crate::suites::authenticator::{Made, expect, get_assertion};
use crate::verdict::{Pass, Stop};

const DELETED: &str = "credential-management/delete/gone";
const UPDATED: &str = "credential-management/update/new-names";

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = deletions();
    cases.extend(updates());
    cases.extend(refused_updates());
    cases
}

fn deletions() -> Vec<Case<Key>> {
    vec![
        case(
            DELETED,
            "A credential that was deleted answers no longer, and is not counted",
            "CTAP 2.3 6.8.5",
            ["ctap_cm_delete"],
            |key, context| {
                let made = kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                call(key, context, &token, DELETE, Some(of_credential(&made.attested.credential_id)))?.ok()?;
                if let (existing @ 1.., _) = counts(key, context, &token)? {
                    return Err(Stop::fail("no credential", format!("{existing} credentials")));
                }
                let request = request::get_assertion(context, &[made.attested.credential_id]);
                expect(&key.call(context, "getAssertion", GET_ASSERTION, &request)?, &[Status::NO_CREDENTIALS])
            },
        )
        .sends("deleteCredential, getCredsMetadata, and a sign-in by the credential")
        .expects("OK, no credential, NO_CREDENTIALS"),
        case(
            "credential-management/delete/others-stay",
            "Other credentials of the RP outlive a deletion",
            "CTAP 2.3 6.8.5",
            ["ctap_cm_delete_others"],
            |key, context| {
                let made = kept(key, context, RP_ID)?;
                let other = kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                call(key, context, &token, DELETE, Some(of_credential(&made.attested.credential_id)))?.ok()?;
                get_assertion::assert(key, context, &other).map(|_| Pass::plain("the other one signs"))
            },
        )
        .sends("deleteCredential for one of an RP's two credentials, and a sign-in by the other")
        .expects("an assertion"),
        case(
            "credential-management/delete/own-rp-token",
            "A token of the credential's own RP deletes it",
            "CTAP 2.3 6.8.5",
            ["ctap_cm_token_own_rp"],
            |key, context| {
                let made = kept(key, context, RP_ID)?;
                let platform = Platform::set_up(key, context, PIN)?;
                let token = platform.token_for(key, context, PIN, permission::CM, Some(RP_ID))?;
                let reply = call(key, context, &token, DELETE, Some(of_credential(&made.attested.credential_id)))?;
                expect(&reply, &[Status::OK])
            },
        )
        .sends("deleteCredential by a token that is bound to the credential's RP ID")
        .expects("OK"),
        case(
            "credential-management/delete/unknown",
            "A credential that the key does not keep cannot be deleted",
            "CTAP 2.3 6.8.5",
            ["ctap_cm_unknown"],
            |key, context| {
                kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                let reply = call(key, context, &token, DELETE, Some(of_credential(&[0x55; 32])))?;
                expect(&reply, &[Status::NO_CREDENTIALS])
            },
        )
        .twin(DELETED)
        .sends("deleteCredential with the id of no credential")
        .expects("NO_CREDENTIALS"),
        case(
            "credential-management/delete/missing-id",
            "Which credential is to be deleted has to be said",
            "CTAP 2.3 6.8.5",
            ["ctap_cm_needs_id"],
            |key, context| {
                kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                expect(&call(key, context, &token, DELETE, Some(map([])))?, &[Status::MISSING_PARAMETER])
            },
        )
        .twin(DELETED)
        .sends("deleteCredential without credentialID")
        .expects("MISSING_PARAMETER"),
    ]
}

fn updates() -> Vec<Case<Key>> {
    vec![
        case(
            UPDATED,
            "New names of a user are told from then on",
            "CTAP 2.3 6.8.6",
            ["ctap_cm_update"],
            |key, context| {
                let (made, user_id) = get_assertion::discoverable(key, context)?;
                let (_, token) = managed(key, context)?;
                let names = [("name", text("grace")), ("displayName", text("Grace Hopper"))];
                update(key, context, &token, &made, user(&user_id, &names))?.ok()?;
                let (name, display_name) = names_of(key, context, &token, &made)?;
                if (name.as_deref(), display_name.as_deref()) != (Some("grace"), Some("Grace Hopper")) {
                    return Err(Stop::fail("grace, Grace Hopper", format!("{name:?}, {display_name:?}")));
                }
                Ok(Pass::plain("both names are new"))
            },
        )
        .sends("updateUserInformation with another name and displayName, and a list of the credentials")
        .expects("the new names"),
        case(
            "credential-management/update/absent-names",
            "Names that an update leaves out are removed",
            "CTAP 2.3 6.8.6",
            ["ctap_cm_update_merge"],
            |key, context| {
                let (made, user_id) = get_assertion::discoverable(key, context)?;
                let (_, token) = managed(key, context)?;
                update(key, context, &token, &made, user(&user_id, &[("name", text("grace"))]))?.ok()?;
                match names_of(key, context, &token, &made)? {
                    (Some(name), None) if name == "grace" => Ok(Pass::plain("the name alone")),
                    names => Err(Stop::fail("grace, and no displayName", format!("{names:?}"))),
                }
            },
        )
        .sends("updateUserInformation with a name and no displayName, and a list of the credentials")
        .expects("the new name, and no displayName"),
        case(
            "credential-management/update/still-signs",
            "A credential whose user was updated signs as before",
            "CTAP 2.3 6.8.6",
            ["ctap_cm_update_key"],
            |key, context| {
                let (made, user_id) = get_assertion::discoverable(key, context)?;
                let (_, token) = managed(key, context)?;
                update(key, context, &token, &made, user(&user_id, &[("name", text("grace"))]))?.ok()?;
                get_assertion::assert(key, context, &made).map(|_| Pass::plain("it signs"))
            },
        )
        .sends("updateUserInformation, and a sign-in by the credential")
        .expects("an assertion by the credential's key"),
    ]
}

fn refused_updates() -> Vec<Case<Key>> {
    vec![
        case(
            "credential-management/update/other-user",
            "A credential keeps its user",
            "CTAP 2.3 6.8.6",
            ["ctap_cm_update_user"],
            |key, context| {
                let (made, _) = get_assertion::discoverable(key, context)?;
                let (_, token) = managed(key, context)?;
                let reply = update(key, context, &token, &made, user(&[0x55; 16], &[("name", text("grace"))]))?;
                let pass = expect(&reply, &[Status::INVALID_PARAMETER])?;
                match names_of(key, context, &token, &made)? {
                    (Some(name), _) if name == "ada" => Ok(pass),
                    names => Err(Stop::fail("the names as they were", format!("{names:?}"))),
                }
            },
        )
        .twin(UPDATED)
        .sends("updateUserInformation with another user id")
        .expects("INVALID_PARAMETER, and the names as they were"),
        case(
            "credential-management/update/unknown",
            "A credential that the key does not keep cannot be updated",
            "CTAP 2.3 6.8.6",
            ["ctap_cm_unknown"],
            |key, context| {
                kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                let params = map([(2, request::descriptor(&[0x55; 32])), (3, user(&[0x55; 16], &[]))]);
                expect(&call(key, context, &token, UPDATE, Some(params))?, &[Status::NO_CREDENTIALS])
            },
        )
        .twin(UPDATED)
        .sends("updateUserInformation with the id of no credential")
        .expects("NO_CREDENTIALS"),
        case(
            "credential-management/update/missing-id",
            "Whose user is to be updated has to be said",
            "CTAP 2.3 6.8.6",
            ["ctap_cm_needs_id"],
            |key, context| {
                let (_, user_id) = get_assertion::discoverable(key, context)?;
                let (_, token) = managed(key, context)?;
                let params = map([(3, user(&user_id, &[("name", text("grace"))]))]);
                expect(&call(key, context, &token, UPDATE, Some(params))?, &[Status::MISSING_PARAMETER])
            },
        )
        .twin(UPDATED)
        .sends("updateUserInformation without credentialID")
        .expects("MISSING_PARAMETER"),
        case(
            "credential-management/update/missing-user",
            "To what a user is to be updated has to be said",
            "CTAP 2.3 6.8.6",
            ["ctap_cm_needs_user"],
            |key, context| {
                let made = kept(key, context, RP_ID)?;
                let (_, token) = managed(key, context)?;
                let params = of_credential(&made.attested.credential_id);
                expect(&call(key, context, &token, UPDATE, Some(params))?, &[Status::MISSING_PARAMETER])
            },
        )
        .twin(UPDATED)
        .sends("updateUserInformation without user")
        .expects("MISSING_PARAMETER"),
    ]
}

fn user(id: &[u8], names: &[(&str, Value)]) -> Value {
    let id = text_map([("id", Value::Bytes(id.to_vec()))]);
    let names = names.iter().map(|(name, value)| (text(name), value.clone()));
    Value::Map(id.into_map().unwrap_or_default().into_iter().chain(names).collect())
}

fn update(key: &mut Key, context: &mut Context, token: &Token, made: &Made, user: Value) -> Result<Reply, Stop> {
    let params = map([(2, request::descriptor(&made.attested.credential_id)), (3, user)]);
    call(key, context, token, UPDATE, Some(params))
}

/// The name and the displayName with which the credential is listed.
fn names_of(
    key: &mut Key,
    context: &mut Context,
    token: &Token,
    made: &Made,
) -> Result<(Option<String>, Option<String>), Stop> {
    let listed = list_credentials(key, context, token, RP_ID)?;
    let entry = entry_of(&listed, made)?;
    let user = entry.get(6).ok_or_else(|| Stop::fail("user", told(None)))?;
    let name = |member| user.get_text(member).and_then(Node::as_text).map(str::to_owned);
    Ok((name("name"), name("displayName")))
}
