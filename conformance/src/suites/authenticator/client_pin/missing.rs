//! Parameters without which a subcommand is refused (CTAP 2.3 6.5.5).

use assay_protocol::ctap2::Status;

use super::{MC, Platform, call, platform};
use crate::case::{Case, Level};
use crate::suites::authenticator::manage::{OTHER_PIN, PIN};
use crate::suites::authenticator::request::{int, map, without};
use crate::suites::authenticator::world::Key;
use crate::suites::authenticator::{FRESH, expect};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    MISSING.iter().map(missing).collect()
}

/// A subcommand, and a parameter that it cannot do without.
struct Missing {
    id: &'static str,
    title: &'static str,
    clause: &'static str,
    subcommand: i64,
    member: i64,
    claim: &'static str,
}

const MISSING: &[Missing] = &[
    Missing {
        id: "client-pin/missing/subcommand",
        title: "subCommand is required",
        clause: "CTAP 2.3 6.5.5",
        subcommand: 2,
        member: 2,
        claim: "ctap_pin_needs_subcommand",
    },
    Missing {
        id: "client-pin/missing/protocol",
        title: "getKeyAgreement needs a protocol",
        clause: "CTAP 2.3 6.5.5.4",
        subcommand: 2,
        member: 1,
        claim: "ctap_agreement_needs_protocol",
    },
    Missing {
        id: "client-pin/missing/set-protocol",
        title: "setPIN needs a protocol",
        clause: "CTAP 2.3 6.5.5.5 step 1",
        subcommand: 3,
        member: 1,
        claim: "ctap_set_needs_protocol",
    },
    Missing {
        id: "client-pin/missing/set-key-agreement",
        title: "setPIN needs keyAgreement",
        clause: "CTAP 2.3 6.5.5.5 step 1",
        subcommand: 3,
        member: 3,
        claim: "ctap_set_needs_key_agreement",
    },
    Missing {
        id: "client-pin/missing/set-param",
        title: "setPIN needs pinUvAuthParam",
        clause: "CTAP 2.3 6.5.5.5 step 1",
        subcommand: 3,
        member: 4,
        claim: "ctap_set_needs_param",
    },
    Missing {
        id: "client-pin/missing/set-new-pin",
        title: "setPIN needs newPinEnc",
        clause: "CTAP 2.3 6.5.5.5 step 1",
        subcommand: 3,
        member: 5,
        claim: "ctap_set_needs_new_pin",
    },
    Missing {
        id: "client-pin/missing/change-key-agreement",
        title: "changePIN needs keyAgreement",
        clause: "CTAP 2.3 6.5.5.6 step 1",
        subcommand: 4,
        member: 3,
        claim: "ctap_change_needs_key_agreement",
    },
    Missing {
        id: "client-pin/missing/change-param",
        title: "changePIN needs pinUvAuthParam",
        clause: "CTAP 2.3 6.5.5.6 step 1",
        subcommand: 4,
        member: 4,
        claim: "ctap_change_needs_param",
    },
    Missing {
        id: "client-pin/missing/change-new-pin",
        title: "changePIN needs newPinEnc",
        clause: "CTAP 2.3 6.5.5.6 step 1",
        subcommand: 4,
        member: 5,
        claim: "ctap_change_needs_new_pin",
    },
    Missing {
        id: "client-pin/missing/change-pin-hash",
        title: "changePIN needs pinHashEnc",
        clause: "CTAP 2.3 6.5.5.6 step 1",
        subcommand: 4,
        member: 6,
        claim: "ctap_change_needs_pin_hash",
    },
    Missing {
        id: "client-pin/missing/legacy-pin-hash",
        title: "getPinToken needs pinHashEnc",
        clause: "CTAP 2.3 6.5.5.7.1 step 1",
        subcommand: 5,
        member: 6,
        claim: "ctap_legacy_needs_pin_hash",
    },
    Missing {
        id: "client-pin/missing/token-key-agreement",
        title: "A token needs keyAgreement",
        clause: "CTAP 2.3 6.5.5.7.2 step 1",
        subcommand: 9,
        member: 3,
        claim: "ctap_token_needs_key_agreement",
    },
    Missing {
        id: "client-pin/missing/token-pin-hash",
        title: "A token needs pinHashEnc",
        clause: "CTAP 2.3 6.5.5.7.2 step 1",
        subcommand: 9,
        member: 6,
        claim: "ctap_token_needs_pin_hash",
    },
    Missing {
        id: "client-pin/missing/token-permissions",
        title: "A token needs permissions",
        clause: "CTAP 2.3 6.5.5.7.2 step 1",
        subcommand: 9,
        member: 9,
        claim: "ctap_token_needs_permissions",
    },
    Missing {
        id: "client-pin/missing/token-rp-id",
        title: "A token for mc needs an RP ID",
        clause: "CTAP 2.3 6.5.5.7.2 step 1",
        subcommand: 9,
        member: 10,
        claim: "ctap_token_needs_rp_id",
    },
];

fn missing(row: &'static Missing) -> Case<Key> {
    let twin = match row.subcommand {
        3 => "client-pin/set/then-advertised",
        4 => "client-pin/change/old-dies",
        5 => "client-pin/token/legacy",
        9 => "client-pin/token/makes-uv",
        _ => "client-pin/key-agreement/shape",
    };
    Case::new(row.id, row.title, row.clause, Level::Must, move |key: &mut Key, context| {
        if row.subcommand == 9 {
            platform::permissions_offered(key, context)?;
        }
        let platform =
            if row.subcommand == 3 { Platform::connect(key, context)? } else { Platform::set_up(key, context, PIN)? };
        let good = match row.subcommand {
            3 => platform.set_pin_request(context, PIN)?,
            4 => platform.change_pin_request(context, PIN, OTHER_PIN)?,
            5 => platform.legacy_token_request(context, PIN)?,
            9 => platform.token_request(context, PIN, MC)?,
            other => map([(1, int(2)), (2, int(other))]),
        };
        let reply = call(key, context, row.title, without(good, row.member))?;
        expect(&reply, &[Status::MISSING_PARAMETER])
    })
    .needs([FRESH])
    .claims([row.claim])
    .twin(twin)
    .sends(format!("subcommand {:#04x} without member {:#04x}", row.subcommand, row.member))
    .expects("MISSING_PARAMETER")
}
