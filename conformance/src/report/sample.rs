//! A report with something of everything, for the tests of its renderings.

use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::base64url;
use serde_json::json;

use super::{CaseReport, Facts, Report, SuiteReport};
use crate::case::{Header, Level};
use crate::dissect;
use crate::evidence::{Exchange, Message, Role, mark_differences};
use crate::known::KnownFailure;
use crate::verdict::{Failure, Outcome, Pass};

/// Two suites, some sixty cases, every outcome, and a text that would like to be a script.
pub(crate) fn sample() -> Report {
    let facts = Facts {
        lab: String::from("Assay 0.1.0"),
        target: String::from("Example Accounts, staging"),
        kind: String::from("relying-party"),
        address: String::from("https://staging.rp.example:8443"),
        profile: String::from("hardened"),
        seed: String::from("4f1d22c07a93be5510f2"),
        started: String::from("2026-11-22T18:04:31Z"),
        duration_ms: 48_210,
        replay: String::from(
            "assay test server staging.toml --profile hardened --seed 4f1d22c07a93be5510f2 --filter {case}",
        ),
        further: [(String::from("features"), String::from("lab-anchors, usernameless"))].into(),
    };
    let mut cases = Vec::new();
    for (group, names) in GROUPS {
        for name in names.split(' ') {
            cases.push(good(&format!("{group}/{name}")));
        }
    }
    failing(&mut cases);
    let relying_party = SuiteReport {
        id: String::from("relying-party"),
        title: String::from("Relying party: registration and authentication"),
        cases,
        not_run: 0,
    };
    let policy = SuiteReport {
        id: String::from("policy"),
        title: String::from("Attestation policy engine"),
        cases: vec![good("policy/floor"), skipped("policy/metadata/rogue-list")],
        not_run: 0,
    };
    Report::new(facts, vec![relying_party, policy])
}

const GROUPS: &[(&str, &str)] = &[
    ("registration/positive", "packed-x5c packed-self none fido-u2f bom unknown-members long-id reserved-flags"),
    (
        "registration/credential-json",
        "id-missing id-not-string id-not-base64url type-missing response-missing duplicate-member",
    ),
    (
        "registration/client-data",
        "type-missing type-get type-empty challenge-other challenge-padded origin-http origin-port origin-subdomain cross-origin top-origin",
    ),
    ("registration/attestation-object", "not-a-map fmt-missing fmt-unknown trailing-byte duplicate-key not-canonical"),
    (
        "registration/authenticator-data",
        "rp-id-hash user-not-present user-not-verified backup-state leftover no-attested-data",
    ),
    ("registration/credential-key", "off-curve compressed wrong-curve private-member alg-not-offered"),
    (
        "registration/packed",
        "signature certificate-version certificate-unit certificate-ca certificate-aaguid self-algorithm",
    ),
    ("authentication/client-data", "type-create challenge-other origin-http cross-origin"),
    ("authentication/signature", "bit-flip empty raw-rs trailing-byte zero other-key"),
    ("session", "replay reuse-after-failure other-session registration-challenge cross-user duplicate-credential"),
];

fn good(id: &str) -> CaseReport {
    let mut case = CaseReport::new(header(id));
    case.duration_ms = 41;
    case.outcome = Outcome::Pass(Pass::attributed(
        "Refused with origin_mismatch, as expected; the good twin was accepted afterwards.",
    ));
    case.evidence = story(false);
    case
}

fn skipped(id: &str) -> CaseReport {
    let mut case = good(id);
    case.evidence.clear();
    case.outcome = Outcome::Skip { feature: String::from("metadata") };
    case
}

fn failing(cases: &mut [CaseReport]) {
    let fail = |expected: &str, got: &str, because: &str| {
        Outcome::Fail(Failure { expected: expected.to_owned(), got: got.to_owned(), because: because.to_owned() })
    };
    for case in cases {
        match case.header.id.as_str() {
            "registration/client-data/origin-subdomain" => {
                case.outcome = fail(
                    "refused, for origin_mismatch",
                    "accepted (HTTP 200)",
                    "The origin in the client data is a subdomain that the relying party never expected; everything else in the response is right, and the good twin is accepted as well, so the server does not look at the host as a whole.",
                );
                case.evidence = story(true);
            }
            "registration/credential-key/off-curve" => {
                case.header.level = Level::Should;
                case.outcome =
                    fail("refused, for cose_not_on_curve", "refused (HTTP 500, \"<script>alert(1)</script>\")", "");
                case.known_failure = Some(KnownFailure {
                    clause: Some(String::from("WebAuthn L3 7.1 step 20")),
                    adjudication: Some(String::from("The point is not on the curve, so that it is no key.")),
                    transcript: Some(String::from("POST /attestation/result -> HTTP 500")),
                    ..KnownFailure::new("ticket 4711, fixed in the next release")
                });
                case.evidence = story(true);
            }
            "authentication/signature/zero" => {
                case.outcome = Outcome::Broken {
                    why: String::from("the target gave no answer: error sending request: operation timed out"),
                };
            }
            "registration/positive/bom" => {
                case.known_failure = Some(KnownFailure::new("library 2.3 does not strip it"));
            }
            id if id.ends_with("duplicate-member") || id.contains("self-algorithm") => {
                case.outcome = Outcome::Pass(Pass::unattributed(
                    "Refused (HTTP 400), but the answer has no code that can be read.",
                ));
            }
            id if id.ends_with("top-origin") => *case = skipped(id),
            _ => {}
        }
    }
}

fn header(id: &str) -> Header {
    Header {
        id: id.to_owned(),
        title: format!("{} is noticed", id.rsplit('/').next().unwrap_or_default().replace('-', " ")),
        clause: String::from("WebAuthn L3 7.1 step 9; 13.5.9"),
        level: Level::Must,
        needs: Vec::new(),
        claims: vec![String::from("origin_mismatch")],
        given: String::from("a user with no credential, and creation options just issued"),
        sends: String::from("a packed registration whose client data name https://evil.staging.rp.example:8443"),
        expects: String::from(
            "An origin that the relying party does not expect ends the ceremony: scheme, host and port are compared as a whole.",
        ),
        twin: Some(String::from("registration/positive/packed-self")),
    }
}

fn story(accepted: bool) -> Vec<Exchange> {
    let good = registration("https://staging.rp.example:8443");
    let bad = registration("https://evil.staging.rp.example:8443");
    let good_parts = dissect::registration(&good);
    let mut parts = dissect::registration(&bad);
    mark_differences(&mut parts, &good_parts);
    let answer = if accepted {
        Message::json("HTTP 200", json!({ "status": "ok", "errorMessage": "" }))
    } else {
        Message::json(
            "HTTP 400",
            json!({ "status": "failed", "errorMessage": "origin not expected", "code": "origin_mismatch" }),
        )
    };
    vec![
        Exchange {
            label: String::from("ask for creation options"),
            role: Role::Setup,
            sent: Message::json("POST /attestation/options", json!({ "username": "k3mv9" })),
            received: Some(Message::json("HTTP 200", json!({ "status": "ok", "challenge": "uY0c6c0yQh7o9R0eN2sFJw" }))),
        },
        Exchange {
            label: String::from("register with another origin"),
            role: Role::Probe,
            sent: Message::json("POST /attestation/result", serde_json::from_str(&bad).unwrap_or_default())
                .edited("The origin in the client data is a subdomain of the relying party's; hashed and signed again.")
                .with_parts(parts),
            received: Some(answer),
        },
        Exchange {
            label: String::from("register with the good twin"),
            role: Role::Twin,
            sent: Message::json("POST /attestation/result", serde_json::from_str(&good).unwrap_or_default())
                .with_parts(good_parts),
            received: Some(Message::json("HTTP 200", json!({ "status": "ok", "errorMessage": "" }))),
        },
    ]
}

fn registration(origin: &str) -> String {
    let client_data = json!({
        "type": "webauthn.create", "challenge": "uY0c6c0yQh7o9R0eN2sFJw", "origin": origin, "crossOrigin": false,
    });
    let mut data = vec![0x49; 32];
    data.extend([0x45, 0, 0, 0, 1]);
    data.extend([0x11; 16]);
    data.extend([0, 16]);
    data.extend([0x77; 16]);
    data.extend(*b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20");
    data.extend([0xaa; 32]);
    data.extend(*b"\x22\x58\x20");
    data.extend([0xbb; 32]);
    let statement = ciborium::Value::Map(vec![
        (ciborium::Value::from("alg"), ciborium::Value::from(-7)),
        (
            ciborium::Value::from("sig"),
            ciborium::Value::Bytes(vec![0x30, 6, 2, 1, 1, 2, 1, u8::try_from(origin.len()).unwrap_or(0)]),
        ),
    ]);
    json!({
        "id": base64url::encode(&[0x77; 16]),
        "type": "public-key",
        "response": {
            "clientDataJSON": base64url::encode(client_data.to_string().as_bytes()),
            "attestationObject": base64url::encode(&AttestationObject::to_bytes("packed", &statement, &data)),
        },
        "getClientExtensionResults": {},
    })
    .to_string()
}
