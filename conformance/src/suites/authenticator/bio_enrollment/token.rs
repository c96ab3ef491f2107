//! Who may enrol, list, name and remove fingers.

use assay_protocol::ctap2::Status;
use ciborium::Value;

use super::{BE, ENROLL_BEGIN, ENUMERATE, REMOVE, SET_NAME, authorized, call, enroll, sub_command};
use crate::case::{Case, Level};
use crate::suites::authenticator::client_pin::Platform;
use crate::suites::authenticator::manage::PIN;
use crate::suites::authenticator::request::{self, int, map, set, text, without};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, expect};

/// permission ga (CTAP 2.3 6.5.5.7).
const GA: u64 = 0x02;

/// A subcommand that wants a token, and the case that shows that it works with one.
struct Gated {
    name: &'static str,
    twin: &'static str,
    request: fn(&[u8]) -> Value,
}

const GATED: &[Gated] = &[
    Gated { name: "enroll", twin: "bio-enrollment/enroll/to-the-end", request: |_| sub_command(ENROLL_BEGIN, None) },
    Gated { name: "enumerate", twin: "bio-enrollment/templates/listed", request: |_| sub_command(ENUMERATE, None) },
    Gated {
        name: "name",
        twin: "bio-enrollment/templates/named",
        request: |id| sub_command(SET_NAME, Some(map([(1, Value::Bytes(id.to_vec())), (2, text("thumb"))]))),
    },
    Gated {
        name: "remove",
        twin: "bio-enrollment/templates/removed",
        request: |id| sub_command(REMOVE, Some(map([(1, Value::Bytes(id.to_vec()))]))),
    },
];

/// What is wrong with the authorization of a request.
struct Flaw {
    name: &'static str,
    title: &'static str,
    sends: &'static str,
    claim: &'static str,
    /// Which permission the token has.
    permission: u64,
    put_into: fn(Value) -> Value,
    status: Status,
}

const FLAWS: &[Flaw] = &[
    Flaw {
        name: "no-param",
        title: "is refused without pinUvAuthParam",
        sends: "no pinUvAuthParam",
        claim: "ctap_bio_param_missing",
        permission: BE,
        put_into: |request| without(without(request, 4), 5),
        status: Status::PUAT_REQUIRED,
    },
    Flaw {
        name: "wrong-param",
        title: "is refused where pinUvAuthParam does not verify",
        sends: "pinUvAuthParam with one bit changed",
        claim: "ctap_bio_token_param",
        permission: BE,
        put_into: |request| {
            let mut param = request::bytes_of(&request, 5);
            param.iter_mut().take(1).for_each(|first| *first ^= 1);
            set(request, 5, Value::Bytes(param))
        },
        status: Status::PIN_AUTH_INVALID,
    },
    Flaw {
        name: "no-permission",
        title: "is refused by a token without that permission",
        sends: "a token with the permission ga",
        claim: "ctap_bio_token_permission",
        permission: GA,
        put_into: |request| request,
        status: Status::PIN_AUTH_INVALID,
    },
    Flaw {
        name: "no-protocol",
        title: "is refused by a parameter of no protocol",
        sends: "no pinUvAuthProtocol",
        claim: "ctap_manage_protocol_missing",
        permission: BE,
        put_into: |request| without(request, 4),
        status: Status::MISSING_PARAMETER,
    },
    Flaw {
        name: "unknown-protocol",
        title: "is refused by a parameter of a protocol that there is not",
        sends: "pinUvAuthProtocol 99",
        claim: "ctap_manage_protocol_unsupported",
        permission: BE,
        put_into: |request| set(request, 4, int(99)),
        status: Status::INVALID_PARAMETER,
    },
];

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    GATED.iter().flat_map(|gated| FLAWS.iter().map(move |flaw| case(gated, flaw))).collect()
}

fn case(gated: &'static Gated, flaw: &'static Flaw) -> Case<Key> {
    let id = format!("bio-enrollment/token-{}/{}", gated.name, flaw.name);
    let title = format!("{} {}", what(gated), flaw.title);
    Case::new(id, title, "CTAP 2.3 6.7", Level::Must, |key: &mut Key, context| {
        let platform = Platform::set_up(key, context, PIN)?;
        let token = platform.token(key, context, PIN, BE)?;
        let id = enroll(key, context, &token)?;
        let token = platform.token(key, context, PIN, flaw.permission)?;
        let request = (flaw.put_into)(authorized((gated.request)(&id), &token));
        expect(&call(key, context, flaw.sends, &request)?, &[flaw.status])
    })
    .needs([FRESH])
    .claims([flaw.claim])
    .twin(gated.twin)
    .sends(flaw.sends)
    .expects(flaw.status.to_string())
}

fn what(gated: &Gated) -> &'static str {
    match gated.name {
        "enroll" => "An enrolment",
        "enumerate" => "A list of fingers",
        "name" => "A name",
        _ => "A removal",
    }
}
