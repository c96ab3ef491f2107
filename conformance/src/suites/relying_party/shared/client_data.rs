//! The collected client data (WebAuthn L3 5.8.1; 7.1 steps 5 to 11; 7.2 steps 8 to 14).

use assay_mint::edits::ClientDataEdit as E;
use assay_mint::edits::Edit::{self, ClientDataEdit as ClientData};

use crate::suites::relying_party::basis::Basis;
use crate::suites::relying_party::rule::Rule;

const fn refuse(codes: &'static [&'static str], edits: &'static [Edit]) -> Rule {
    Rule::refuse("client-data", codes, edits)
}

const fn accept(edits: &'static [Edit]) -> Rule {
    Rule::accept("client-data", edits)
}

const REG_TYPE: &str = "WebAuthn L3 7.1 step 7";
const AUTH_TYPE: &str = "WebAuthn L3 7.2 step 10";
const REG_CHALLENGE: &str = "WebAuthn L3 7.1 step 8; 13.5.3";
const AUTH_CHALLENGE: &str = "WebAuthn L3 7.2 step 11; 13.5.3";
const REG_ORIGIN: &str = "WebAuthn L3 7.1 step 9; 13.5.9";
const AUTH_ORIGIN: &str = "WebAuthn L3 7.2 step 12; 13.5.9";

pub(super) const RULES: &[Rule] = &[
    refuse(
        &["client_data_type"],
        &[
            ClientData(E::TypeEmpty),
            ClientData(E::TypeOtherCeremony),
            ClientData(E::TypeUnknown),
            ClientData(E::TypePayment),
            ClientData(E::TypeCase),
        ],
    )
    .both(REG_TYPE, AUTH_TYPE)
    .demands("The type names this kind of ceremony and no other, letter by letter."),
    refuse(&["client_data_type_missing"], &[ClientData(E::TypeMissing)])
        .both(REG_TYPE, AUTH_TYPE)
        .demands("Client data without a type belong to no ceremony."),
    refuse(&["client_data_type_not_string"], &[ClientData(E::TypeNotString)])
        .both(REG_TYPE, AUTH_TYPE)
        .demands("The type is a text."),
    refuse(
        &["challenge_mismatch"],
        &[
            ClientData(E::ChallengeEmpty),
            ClientData(E::ChallengeOther),
            ClientData(E::ChallengeTruncated),
            ClientData(E::ChallengeExtended),
            ClientData(E::ChallengePadded),
            ClientData(E::ChallengeNotBase64url),
            ClientData(E::ChallengeHex),
        ],
    )
    .both(REG_CHALLENGE, AUTH_CHALLENGE)
    .demands("The challenge is exactly the base64url text, without padding, of the one that was issued."),
    refuse(&["client_data_challenge_missing"], &[ClientData(E::ChallengeMissing)])
        .both(REG_CHALLENGE, AUTH_CHALLENGE)
        .demands("Client data without a challenge answer none."),
    refuse(&["client_data_challenge_not_string"], &[ClientData(E::ChallengeNotString)])
        .both(REG_CHALLENGE, AUTH_CHALLENGE)
        .demands("The challenge is a text."),
    refuse(
        &["origin_mismatch"],
        &[
            ClientData(E::OriginEmpty),
            ClientData(E::OriginOther),
            ClientData(E::OriginOpaque),
            ClientData(E::OriginOtherScheme),
            ClientData(E::OriginOtherPort),
            ClientData(E::OriginParent),
            ClientData(E::OriginSuffix),
            ClientData(E::OriginPrefix),
            ClientData(E::OriginUserInfo),
            ClientData(E::OriginTrailingDot),
            ClientData(E::OriginTrailingSlash),
            ClientData(E::OriginPath),
            ClientData(E::OriginUpperCase),
            ClientData(E::OriginWithoutScheme),
        ],
    )
    .both(REG_ORIGIN, AUTH_ORIGIN)
    .demands("The origin is one that the relying party expects: scheme, host and port as a whole, and nothing more."),
    refuse(&["origin_mismatch"], &[ClientData(E::OriginSubdomain)])
        .both("WebAuthn L3 7.1 step 9; 13.5.8", "WebAuthn L3 7.2 step 12; 13.5.8")
        .should()
        .demands("Subdomains are not accepted unless the relying party has chosen to."),
    refuse(&["client_data_origin_missing"], &[ClientData(E::OriginMissing)])
        .both(REG_ORIGIN, AUTH_ORIGIN)
        .demands("Client data without an origin come from nowhere."),
    refuse(&["client_data_origin_not_string"], &[ClientData(E::OriginNotString)])
        .both(REG_ORIGIN, AUTH_ORIGIN)
        .demands("The origin is a text."),
    refuse(&["cross_origin_unexpected"], &[ClientData(E::CrossOriginTrue)])
        .both("WebAuthn L3 7.1 step 10", "WebAuthn L3 7.2 step 13")
        .demands("A ceremony inside a frame of another origin ends, unless the relying party expects such frames."),
    refuse(&["client_data_cross_origin_not_boolean"], &[ClientData(E::CrossOriginNotBoolean)])
        .both("WebAuthn L3 5.8.1", "WebAuthn L3 5.8.1")
        .syntax()
        .demands("crossOrigin is true, false or absent."),
    refuse(&["top_origin_unexpected"], &[ClientData(E::TopOriginAlone)])
        .both("WebAuthn L3 7.1 step 11; 13.5.9", "WebAuthn L3 7.2 step 14; 13.5.9")
        .demands("A topOrigin is looked at wherever there is one, whatever crossOrigin says."),
    refuse(&["cross_origin_unexpected", "top_origin_unexpected"], &[ClientData(E::TopOriginUnexpected)])
        .both("WebAuthn L3 7.1 steps 10 and 11; 13.5.9", "WebAuthn L3 7.2 steps 13 and 14; 13.5.9")
        .demands("A page around the frame that nobody expects ends the ceremony."),
    refuse(&["client_data_top_origin_not_string"], &[ClientData(E::TopOriginNotString)])
        .both("WebAuthn L3 5.8.1", "WebAuthn L3 5.8.1")
        .syntax()
        .demands("topOrigin is a text."),
    refuse(
        &["token_binding"],
        &[
            ClientData(E::TokenBindingNotObject),
            ClientData(E::TokenBindingStatusMissing),
            ClientData(E::TokenBindingStatusUnknown),
        ],
    )
    .both("WebAuthn L3 5.8.1; FIDO server requirements", "WebAuthn L3 5.8.1; FIDO server requirements")
    .basis(Basis::Tool)
    .demands("A tokenBinding is an object with a known status, though nothing is done with it any more."),
    refuse(
        &["client_data_duplicate_member"],
        &[
            ClientData(E::DuplicateType),
            ClientData(E::DuplicateChallenge),
            ClientData(E::DuplicateOrigin),
            ClientData(E::DuplicateEscaped),
        ],
    )
    .both("RFC 8259 4", "RFC 8259 4")
    .hardening()
    .demands(
        "A member that comes twice can be read in two ways; whoever checks one and another uses the other is fooled.",
    ),
    refuse(&["client_data_not_json"], &[ClientData(E::NotJson), ClientData(E::Empty), ClientData(E::Truncated)])
        .both("WebAuthn L3 7.1 step 6", "WebAuthn L3 7.2 step 9")
        .demands("Client data that are no JSON end the ceremony."),
    refuse(&["client_data_not_json", "client_data_invalid_utf8"], &[ClientData(E::Utf16)])
        .both("WebAuthn L3 7.1 steps 5 and 6", "WebAuthn L3 7.2 steps 8 and 9")
        .demands("Client data are read as UTF-8 and nothing else."),
    refuse(&["client_data_invalid_utf8"], &[ClientData(E::InvalidUtf8)])
        .both("WebAuthn L3 7.1 step 5", "WebAuthn L3 7.2 step 8")
        .hardening()
        .demands("Client data that are no UTF-8 end the ceremony, rather than being mended."),
    refuse(&["client_data_not_json"], &[ClientData(E::Nested)])
        .both("WebAuthn L3 5.8.1", "WebAuthn L3 5.8.1")
        .hardening()
        .demands("JSON that is nested beyond all reason is refused, and does not exhaust the server."),
    refuse(&["client_data_trailing_bytes"], &[ClientData(E::TrailingText)])
        .both("WebAuthn L3 7.1 step 6", "WebAuthn L3 7.2 step 9")
        .demands("Client data are one JSON text; what goes on behind it is none."),
    refuse(&["client_data_not_object"], &[ClientData(E::NotObject)])
        .both("WebAuthn L3 7.1 step 6", "WebAuthn L3 7.2 step 9")
        .demands("Client data are an object."),
    accept(&[ClientData(E::Bom)])
        .both("WebAuthn L3 7.1 steps 5 and 12", "WebAuthn L3 7.2 steps 8 and 20")
        .demands("A byte order mark is taken off before the text is read, and hashed all the same."),
    accept(&[
        ClientData(E::UnknownMember),
        ClientData(E::Reordered),
        ClientData(E::WhiteSpace),
        ClientData(E::Escaped),
    ])
    .both("WebAuthn L3 7.1 step 6; 5.8.1", "WebAuthn L3 7.2 step 9; 5.8.1")
    .demands("Any JSON with these values will do: members that are not known, and how it is written, change nothing."),
    accept(&[ClientData(E::CrossOriginMissing)])
        .both("WebAuthn L3 7.1 step 10; 5.8.1", "WebAuthn L3 7.2 step 13; 5.8.1")
        .demands("crossOrigin may be absent, which older clients mean by false."),
    accept(&[ClientData(E::TokenBindingSupported)])
        .both("WebAuthn L3 5.8.1", "WebAuthn L3 5.8.1")
        .should()
        .demands("A well-formed tokenBinding from an older client changes nothing."),
];
