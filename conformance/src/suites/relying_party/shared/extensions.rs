//! The authenticator's extension outputs (WebAuthn L3 6.1, 9.5; 7.1 step 28; 7.2 step 23).

use assay_mint::edits::Edit::{self, ExtensionsEdit as Extensions};
use assay_mint::edits::ExtensionsEdit as E;

use crate::suites::relying_party::rule::{Rule, need};

const fn refuse(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("extensions", codes, edits)
}

const FORM: &str = "WebAuthn L3 6.1";
const REG: &str = "WebAuthn L3 7.1 step 28; 9";
const AUTH: &str = "WebAuthn L3 7.2 step 23; 9";

pub(super) const RULES: &[Rule] = &[
    refuse(&["authenticator_data_extensions_missing"], &[Extensions(E::Missing)])
        .both(FORM, FORM)
        .demands("The ED flag promises extension outputs."),
    refuse(&["authenticator_data_leftover_bytes"], &[Extensions(E::Unflagged)])
        .both(FORM, FORM)
        .syntax()
        .demands("Without the ED flag there are no extension outputs: what follows belongs to nothing."),
    refuse(&["authenticator_data_extensions_not_map"], &[Extensions(E::NotMap)])
        .both(FORM, FORM)
        .syntax()
        .demands("Extension outputs are a CBOR map."),
    refuse(&["authenticator_data_extensions_not_cbor"], &[Extensions(E::NotCbor), Extensions(E::Truncated)])
        .both(FORM, FORM)
        .demands("Extension outputs that do not decode are none."),
    refuse(&["authenticator_data_extensions_duplicate_key"], &[Extensions(E::DuplicateKey)])
        .both("WebAuthn L3 2.4", "WebAuthn L3 2.4")
        .hardening()
        .demands("A key that comes twice can be read in two ways."),
    refuse(&["authenticator_data_extension_id_not_text"], &[Extensions(E::NotText)])
        .both("WebAuthn L3 9.5", "WebAuthn L3 9.5")
        .syntax()
        .demands("Extensions are named by texts."),
    refuse(&["extensions_not_canonical"], &[Extensions(E::Order), Extensions(E::LongInteger)])
        .both("WebAuthn L3 2.4", "WebAuthn L3 2.4")
        .hardening()
        .demands("CBOR is written in one way; whoever reads may insist on it."),
    refuse(&["authenticator_data_leftover_bytes"], &[Extensions(E::TrailingItem)])
        .both(FORM, FORM)
        .syntax()
        .demands("The extension outputs are the last of the authenticator data."),
    refuse(
        &["extension_output"],
        &[
            Extensions(E::CredProtectNotInteger),
            Extensions(E::CredProtectUnknown),
            Extensions(E::MinPinLengthNotInteger),
            Extensions(E::CredBlobText),
            Extensions(E::UvmOfTwo),
        ],
    )
    .both(REG, AUTH)
    .needs(&[need::JUDGES_EXTENSIONS])
    .demands("Whoever judges the outputs of extensions finds those of known ones to be of their types."),
    Rule::accept("extensions", &[Extensions(E::Unsolicited), Extensions(E::Unknown)]).both(REG, AUTH).should().demands(
        "Outputs that nobody asked for, or that nobody knows, do not end the ceremony unless a policy says so.",
    ),
];
