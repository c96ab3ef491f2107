//! Who may manage credentials (CTAP 2.3 6.8.2 to 6.8.6).

use assay_protocol::ctap2::Status;
use assay_protocol::ctap2::client_pin::permission;
use ciborium::Value;

use super::{
    CREDENTIALS_BEGIN, DELETE, GOOD, METADATA, OTHER_RP_ID, RP_ID, RPS_BEGIN, UPDATE, call, case, list_rps, managed,
    name, of_credential, of_rp,
};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::suites::authenticator::client_pin::Platform;
use crate::suites::authenticator::manage::{Flaw, PIN, authorized, has_option, sub_command};
use crate::suites::authenticator::request::{self, CREDENTIAL_MANAGEMENT, map};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, Made, expect, get_assertion};
use crate::verdict::{Pass, Stop};

/// A subcommand that wants a token, and its parameters.
struct Guarded {
    number: i64,
    slug: &'static str,
    clause: &'static str,
    params: fn(&Made, &[u8]) -> Option<Value>,
}

const GUARDED: &[Guarded] = &[
    Guarded { number: METADATA, slug: "metadata", clause: "CTAP 2.3 6.8.2", params: |_, _| None },
    Guarded { number: RPS_BEGIN, slug: "rps", clause: "CTAP 2.3 6.8.3", params: |_, _| None },
    Guarded {
        number: CREDENTIALS_BEGIN,
        slug: "credentials",
        clause: "CTAP 2.3 6.8.4",
        params: |_, _| Some(of_rp(RP_ID)),
    },
    Guarded {
        number: DELETE,
        slug: "delete",
        clause: "CTAP 2.3 6.8.5",
        params: |made, _| Some(of_credential(&made.attested.credential_id)),
    },
    Guarded {
        number: UPDATE,
        slug: "update",
        clause: "CTAP 2.3 6.8.6",
        params: |made, user_id| {
            let user = request::user(user_id.to_vec());
            Some(map([(2, request::descriptor(&made.attested.credential_id)), (3, user)]))
        },
    },
];

/// How a request is authorized wrongly, and what the case is called.
const FLAWS: &[(Flaw, &str, &str, &str)] = &[
    (Flaw::NoParam, "no-param", "without pinUvAuthParam", "ctap_cm_param_missing"),
    (Flaw::WrongParam, "wrong-param", "by a pinUvAuthParam that does not verify", "ctap_cm_token_param"),
    (Flaw::NoProtocol, "no-protocol", "without pinUvAuthProtocol", "ctap_manage_protocol_missing"),
    (Flaw::UnknownProtocol, "unknown-protocol", "by a protocol that nobody has", "ctap_manage_protocol_unsupported"),
];

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    let mut cases = Vec::new();
    for guarded in GUARDED {
        cases.extend(FLAWS.iter().map(|flaw| flawed(guarded, flaw)));
        cases.push(without_permission(guarded));
        cases.push(of_another_rp(guarded));
    }
    cases.extend(form());
    cases
}

fn flawed(guarded: &'static Guarded, flaw: &'static (Flaw, &str, &str, &str)) -> Case<Key> {
    let (flaw, slug, how, claim) = *flaw;
    let body = move |key: &mut Key, context: &mut Context| {
        let (made, user_id) = get_assertion::discoverable(key, context)?;
        let (_, token) = managed(key, context)?;
        let request = authorized(sub_command(guarded.number, (guarded.params)(&made, &user_id)), &token, &[]);
        let reply = key.call(context, how, CREDENTIAL_MANAGEMENT, &flaw.put_into(request))?;
        let pass = expect(&reply, &[flaw.status()])?;
        get_assertion::assert(key, context, &made).map(|_| pass)
    };
    row(guarded, slug, how, claim, body).expects(flaw.status().to_string())
}

fn without_permission(guarded: &'static Guarded) -> Case<Key> {
    let how = "by a token without the permission cm";
    let body = move |key: &mut Key, context: &mut Context| {
        let (made, user_id) = get_assertion::discoverable(key, context)?;
        let platform = Platform::set_up(key, context, PIN)?;
        // It is bound to no RP, so that nothing else is wrong with it.
        let token = platform.legacy_token(key, context, PIN)?;
        let reply = call(key, context, &token, guarded.number, (guarded.params)(&made, &user_id))?;
        let pass = expect(&reply, &[Status::PIN_AUTH_INVALID])?;
        get_assertion::assert(key, context, &made).map(|_| pass)
    };
    row(guarded, "no-permission", how, "ctap_cm_token_permission", body).expects("PIN_AUTH_INVALID")
}

fn of_another_rp(guarded: &'static Guarded) -> Case<Key> {
    let how = "by a token that is bound to another RP ID";
    let body = move |key: &mut Key, context: &mut Context| {
        let (made, user_id) = get_assertion::discoverable(key, context)?;
        let platform = Platform::set_up(key, context, PIN)?;
        let token = platform.token_for(key, context, PIN, permission::CM, Some(OTHER_RP_ID))?;
        let reply = call(key, context, &token, guarded.number, (guarded.params)(&made, &user_id))?;
        let pass = expect(&reply, &[Status::PIN_AUTH_INVALID])?;
        get_assertion::assert(key, context, &made).map(|_| pass)
    };
    // What tells of all RPs wants a token of none.
    let claim = if guarded.number <= RPS_BEGIN { "ctap_cm_token_unbound" } else { "ctap_cm_token_rp" };
    row(guarded, "other-rp", how, claim, body).expects("PIN_AUTH_INVALID")
}

/// A case about one subcommand and one thing that is wrong with its authorization.
fn row(
    guarded: &Guarded,
    slug: &str,
    how: &str,
    claim: &'static str,
    body: impl Fn(&mut Key, &mut Context) -> Result<Pass, Stop> + Send + Sync + 'static,
) -> Case<Key> {
    let id = format!("credential-management/token-{}/{slug}", guarded.slug);
    let title = format!("{} is refused {how}", name(guarded.number));
    Case::new(id, title, guarded.clause, Level::Must, body)
        .needs([FRESH])
        .claims([claim])
        .twin(GOOD)
        .sends(format!("{} {how}", name(guarded.number)))
}

fn form() -> Vec<Case<Key>> {
    vec![
        case(
            "credential-management/token-metadata/no-pin",
            "Where no PIN is set, credentials are managed by nobody",
            "CTAP 2.3 6.8.2",
            ["ctap_cm_param_no_pin"],
            |key, context| {
                let request = sub_command(METADATA, None);
                let reply = key.call(context, "getCredsMetadata", CREDENTIAL_MANAGEMENT, &request)?;
                expect(&reply, &[Status::PUAT_REQUIRED])
            },
        )
        .twin(GOOD)
        .sends("getCredsMetadata without pinUvAuthParam to a key without a PIN")
        .expects("PUAT_REQUIRED"),
        case(
            "credential-management/subcommand/missing",
            "What is to be done has to be said",
            "CTAP 2.3 6.8",
            ["ctap_cm_needs_subcommand"],
            |key, context| {
                get_assertion::discoverable(key, context)?;
                let (_, token) = managed(key, context)?;
                let request = request::without(authorized(sub_command(RPS_BEGIN, None), &token, &[]), 1);
                let reply = key.call(context, "no subcommand", CREDENTIAL_MANAGEMENT, &request)?;
                expect(&reply, &[Status::MISSING_PARAMETER])
            },
        )
        .twin(GOOD)
        .sends("a request without subCommand")
        .expects("MISSING_PARAMETER"),
        case(
            "credential-management/subcommand/unassigned",
            "A subcommand that does not exist is refused",
            "CTAP 2.3 8.1",
            ["ctap_cm_subcommand"],
            |key, context| {
                let (_, token) = managed(key, context)?;
                expect(&call(key, context, &token, 0x7f, None)?, &[Status::INVALID_SUBCOMMAND])
            },
        )
        .twin(GOOD)
        .sends("subCommand 0x7f")
        .expects("INVALID_SUBCOMMAND"),
        Case::new(
            "credential-management/preview/works",
            "The prototype of the command works where it is offered",
            "CTAP 2.3 6.8",
            Level::Must,
            |key: &mut Key, context| {
                has_option(key, context, "credentialMgmtPreview")?;
                let (made, _) = get_assertion::discoverable(key, context)?;
                let (_, token) = managed(key, context)?;
                let listed = list_rps(key, context, &token)?.len();
                let begun = authorized(sub_command(RPS_BEGIN, None), &token, &[]);
                let first = key.call(context, "enumerateRPsBegin by 0x41", PREVIEW, &begun)?.ok()?.map()?;
                if first.get(4).is_none() || listed != 1 {
                    return Err(Stop::fail("the RP, with rpIDHash", "another answer"));
                }
                let params = of_credential(&made.attested.credential_id);
                let deleted = authorized(sub_command(DELETE, Some(params)), &token, &[]);
                key.call(context, "deleteCredential by 0x41", PREVIEW, &deleted)?.ok()?;
                let gone = call(key, context, &token, RPS_BEGIN, None)?;
                expect(&gone, &[Status::NO_CREDENTIALS])
            },
        )
        .needs([FRESH])
        .claims(["ctap_cm_preview"])
        .sends("enumerateRPsBegin and deleteCredential under the command byte 0x41")
        .expects("the RP, and then none"),
    ]
}

/// The command byte of the prototype.
const PREVIEW: u8 = 0x41;
