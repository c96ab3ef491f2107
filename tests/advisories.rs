//! Known holes of other relying parties, by their public names: each attack is refused here for the
//! right reason, its good twin is accepted, and a case of the suite hunts it in any server.

use std::collections::BTreeSet;

use assay::judge::{self, Judged, Plan};
use assay::lab::{Lab, ServerPlan};
use assay_conformance::runner::{Filter, Silent};
use assay_conformance::suites::relying_party::suite;
use assay_conformance::verdict::Outcome;
use assay_mint::assertion::AssertionForge;
use assay_mint::edits::{AuthenticatorDataEdit, Edit, SignatureEdit, X5cEdit};
use assay_mint::lab::MODEL;
use assay_mint::registration::RegistrationForge;
use assay_protocol::authenticator_data::Flags;
use assay_protocol::base64url::encode;
use assay_relying_party::authentication::{self, Held};
use assay_relying_party::policy::{Chain, Evidence, Mode, Policy, evaluate};
use assay_relying_party::profile::{BackupEligibility, Switches};
use assay_relying_party::{CredentialRecord, Profile, RelyingParty};
use serde_json::json;
use time::OffsetDateTime;

use crate::support::lines::{CHALLENGE, Line, RP_ID, check, credential, lab, now};

const ALICE: &[u8] = b"alice";
const BOB: &[u8] = b"bob";

fn none() -> RegistrationForge {
    RegistrationForge::none(&lab(), RP_ID, &CHALLENGE)
}

fn registered(forge: RegistrationForge) -> Line {
    Line::registration(&forge)
}

fn assertion() -> AssertionForge {
    AssertionForge::new(&credential(), &CHALLENGE)
}

fn asserted(forge: AssertionForge) -> Line {
    Line::authentication(&credential(), &forge)
}

/// The cases that hunt it: in the suite, and claiming this code.
#[track_caller]
fn hunted_by(code: &str, cases: &[&str]) {
    let suite = suite("hardened");
    for case in cases {
        let header = suite.headers().find(|header| header.id == *case);
        let header = header.unwrap_or_else(|| panic!("no case {case}"));
        assert!(header.claims.iter().any(|claim| claim == code), "{case} does not claim {code}");
    }
}

/// Spomky-Labs webauthn-lib before 5.2.4 compared the host of the origin alone.
#[test]
fn cve_2026_30964_the_host_is_not_the_origin() {
    let from = |origin: &str| registered(RegistrationForge { origin: origin.into(), ..none() });
    check([
        ("the twin", from("https://example.org"), "accept"),
        ("another scheme", from("http://example.org"), "origin_mismatch"),
        ("another port", from("https://example.org:8443"), "origin_mismatch"),
        (
            "signed in from another port",
            { asserted(AssertionForge { origin: "https://example.org:8443".into(), ..assertion() }) },
            "origin_mismatch",
        ),
        ("the twin, signed in", asserted(assertion()), "accept"),
    ]);
    let ceremonies = ["registration", "authentication"];
    for case in ceremonies.map(|ceremony| format!("{ceremony}/client-data/origin-other-port")) {
        hunted_by("origin_mismatch", &[&case]);
    }
    hunted_by("origin_mismatch", &["registration/client-data/origin-other-scheme"]);
}

/// java-webauthn-server 2.8.0 and 2.8.1 did not look at whether user and credential belong together.
#[test]
fn ysa_2026_02_cve_2026_46419_another_users_credential() {
    let by = |handle: &[u8]| asserted(AssertionForge { user_handle: Some(handle.to_vec()), ..assertion() });
    let owner = encode(ALICE);
    let own = encode(&credential().id);
    check([
        ("the twin", by(ALICE).stored("user_handle", &*owner), "accept"),
        ("Alice's credential as Bob", by(BOB).stored("user_handle", &*owner), "credential_not_owned"),
        (
            "Bob was identified, Alice's credential answers",
            by(ALICE)
                .stored("user_handle", &*owner)
                .with("user_handle", encode(BOB))
                .with("allow_credentials", json!([own])),
            "user_handle_mismatch",
        ),
    ]);
    hunted_by("credential_not_owned", &["authentication/user-usernameless/handle-of-another-user"]);
    hunted_by("credential_not_allowed", &["authentication/user/credential-of-another-user"]);
}

/// Spomky-Labs webauthn-framework 215: a user handle that is absent, or nobody's, where none was identified.
#[test]
fn spomky_215_the_user_handle_says_who_it_is() {
    let owner = encode(ALICE);
    let by = |handle: Option<&[u8]>| {
        asserted(AssertionForge { user_handle: handle.map(<[u8]>::to_vec), ..assertion() })
            .stored("user_handle", &*owner)
    };
    check([
        ("the twin", by(Some(ALICE)), "accept"),
        ("no user handle", by(None), "user_handle_missing"),
        ("an empty one", by(Some(&[])), "credential_not_owned"),
    ]);
    hunted_by("user_handle_missing", &["authentication/user-usernameless/user-handle-missing"]);
}

/// @simplewebauthn/server before 13.3.2 took a self-signed root out of `x5c` for an anchor.
#[test]
fn ghsa_6hxq_p678_4hr2_a_root_that_comes_along_is_no_anchor() {
    let packed = || RegistrationForge::packed(&lab(), RP_ID, &CHALLENGE);
    let root = encode(&packed().format.chain().unwrap().issue().unwrap().root);
    let trusting = |forge| registered(forge).with("trust_anchors", json!([root]));
    check([
        ("the twin", trusting(packed()), "accept"),
        ("a path of its own, root included", trusting(packed().edited(X5cEdit::RogueWithRoot)), "path_signature"),
        ("a stranger's", registered(packed()).with("trust_anchors", json!([])), "path_untrusted"),
    ]);
    let suite = suite("hardened");
    assert!(suite.headers().any(|header| header.id == "registration/x5c/rogue-with-root"));
}

/// Java 15 to 18 verified an ECDSA signature of r = s = 0 by any key over anything.
#[test]
fn cve_2022_21449_a_signature_of_zeros() {
    let signed = |edit: SignatureEdit| asserted(assertion().edited(edit));
    let refused: BTreeSet<String> = [SignatureEdit::ZeroRS, SignatureEdit::ZeroR, SignatureEdit::ZeroS]
        .map(|edit| signed(edit).code())
        .into_iter()
        .collect();
    assert_eq!(refused, BTreeSet::from(["signature_zero".to_owned()]));
    check([("the twin", asserted(assertion()), "accept")]);
    let cases = ["zero-r-s", "zero-r", "zero-s"].map(|name| format!("authentication/signature/{name}"));
    hunted_by("signature_zero", &cases.each_ref().map(String::as_str));
}

/// keycloak 49921: a challenge was not consumed; duo-labs/webauthn.io 28: it lived in the browser's cookie.
#[test]
fn keycloak_49921_and_webauthn_io_28_a_challenge_is_answered_once_where_it_was_issued() {
    let reused = ["session/challenge/authentication-reused", "session/challenge/authentication-reused-after-failure"];
    hunted_by("challenge_reused", &reused);
    let elsewhere = "session/challenge/authentication-of-another-session";
    let twin = "authentication/accepted/es256";
    let asked = [reused[0], reused[1], elsewhere, twin];
    let failed = |without: &[&str]| -> BTreeSet<String> {
        let lab = Lab::new([3; 32], OffsetDateTime::now_utc());
        let without = without.iter().map(|id| (*id).to_owned()).collect();
        let server = lab.serve(&ServerPlan { without, ..ServerPlan::default() }).unwrap();
        let judged = Judged::by_url(&server.url()).unwrap();
        let mut plan = Plan::new("w3c-l3", Some(&"03".repeat(32)), &[]).unwrap();
        plan.filter = Filter::exactly(asked);
        let report = judge::relying_party(&plan, &judged, &lab, &mut Silent).unwrap();
        assert_eq!(report.cases.len(), asked.len());
        let failed = report.cases.into_iter().filter(|case| !matches!(case.outcome, Outcome::Pass(_)));
        failed.map(|case| case.header.id).collect()
    };
    assert_eq!(failed(&[]), BTreeSet::new());
    assert_eq!(failed(&["challenge_reused"]), reused.map(str::to_owned).into_iter().collect());
}

/// lbuchs/WebAuthn 128: BS without BE.
#[test]
fn lbuchs_128_backed_up_though_not_eligible() {
    let flagged = |edit: AuthenticatorDataEdit| registered(none().edited(edit));
    let asserted_with = |edit: AuthenticatorDataEdit| asserted(assertion().edited(Edit::from(edit)));
    check([
        ("the twin", flagged(AuthenticatorDataEdit::BackedUp), "accept"),
        ("BS alone", flagged(AuthenticatorDataEdit::BackupStateAlone), "backup_state_without_eligibility"),
        (
            "BS alone, signed in",
            asserted_with(AuthenticatorDataEdit::BackupStateAlone),
            "backup_state_without_eligibility",
        ),
    ]);
    let cases = ["registration", "authentication"].map(|at| format!("{at}/authenticator-data/backup-state-alone"));
    hunted_by("backup_state_without_eligibility", &cases.each_ref().map(String::as_str));
}

/// The verdict on an authentication with BE, by a record that says this, under this switch.
fn with_be(recorded: Option<bool>, backup_eligibility: BackupEligibility) -> Result<Option<bool>, &'static str> {
    let credential = credential();
    let mut record = CredentialRecord::new(credential.id.clone(), credential.key.cose_key().to_cbor());
    record.sign_count = credential.sign_count;
    record.backup_eligible = recorded;
    let w3c = Profile::named("w3c-l3").unwrap();
    let profile = Profile::with_switches("w3c-l3", Switches { backup_eligibility, ..w3c.switches }).unwrap();
    let rp = RelyingParty::new(RP_ID, "Example", vec![format!("https://{RP_ID}")]);
    let wishes = authentication::Wishes { user_handle: Some(ALICE.to_vec()), ..authentication::Wishes::default() };
    let (_, pending) = authentication::begin(&rp, CHALLENGE.to_vec(), wishes).unwrap();
    let text = AssertionForge { flags: Flags::UP | Flags::BE, ..assertion() }.forge().unwrap().text;
    let response = assay_protocol::webauthn::AuthenticationResponse::from_json(
        text.as_bytes(),
        assay_protocol::webauthn::Dialect::WebAuthn,
    );
    let held = Some(Held { user_handle: ALICE, record: &record });
    match authentication::finish(&rp, &pending, &response.unwrap(), held, &profile) {
        Ok(authentication) => Ok(authentication.record.backup_eligible),
        Err(rejection) => Err(rejection.code()),
    }
}

/// w3c/webauthn 1791: a platform made credentials eligible that had not been; strictness needs a switch.
#[test]
fn w3c_webauthn_1791_eligibility_that_is_gained() {
    use BackupEligibility::{Gainable, Immutable};
    assert_eq!(with_be(Some(true), Immutable), Ok(Some(true)), "the twin");
    assert_eq!(with_be(Some(false), Immutable), Err("backup_eligibility_changed"));
    assert_eq!(with_be(Some(false), Gainable), Ok(Some(true)), "gained, and kept from now on");
    let lost = asserted(assertion()).stored("backup_eligible", true);
    check([("lost", lost, "backup_eligibility_changed")]);
    hunted_by("backup_eligibility_changed", &["authentication/authenticator-data/backup-eligible"]);
}

/// go-webauthn 335: records from before BE was kept locked their owners out.
#[test]
fn go_webauthn_335_records_that_do_not_know() {
    use BackupEligibility::{Gainable, Immutable};
    for switch in [Immutable, Gainable] {
        assert_eq!(with_be(None, switch), Ok(Some(true)), "what is seen first is taken over");
    }
    assert_eq!(with_be(Some(false), Immutable), Err("backup_eligibility_changed"), "a record that knows");
}

/// keycloak: with an allow list of models and attestation asked for, `none` was accepted.
#[test]
fn cve_2025_12150_no_attestation_where_one_was_asked_for() {
    let packed = RegistrationForge::packed(&lab(), RP_ID, &CHALLENGE);
    let basic = |forge| registered(forge).with("allow_attestation_types", json!(["basic"]));
    check([("the twin", basic(packed), "accept"), ("none", basic(none()), "attestation_type_not_allowed")]);
    assert_eq!(admitted(Evidence::none(MODEL)), Err("not admitted"), "a claim is no proof");
    hunted_by("attestation_type_not_allowed", &["registration/policy/none-where-basic-is-required"]);
}

/// keycloak: a self attestation that claims a listed model was accepted.
#[test]
fn cve_2026_6856_self_attestation_proves_no_model() {
    let own = || RegistrationForge::packed_self(&lab(), RP_ID, &CHALLENGE);
    let basic = |forge| registered(forge).with("allow_attestation_types", json!(["basic"]));
    check([
        ("the twin", registered(own()).with("allow_attestation_types", json!(["self"])), "accept"),
        ("self", basic(own()), "attestation_type_not_allowed"),
    ]);
    let claimed = Evidence {
        fmt: assay_attestation::Format::Packed,
        attestation: assay_attestation::AttestationType::SelfAttestation,
        ..Evidence::none(MODEL)
    };
    assert_eq!(admitted(claimed.clone()), Err("not admitted"));
    let proven = Evidence { attestation: assay_attestation::AttestationType::Basic, chain: Chain::Metadata, ..claimed };
    assert_eq!(admitted(proven), Ok(()), "the twin");
    hunted_by("attestation_type_not_allowed", &["registration/policy/self-where-basic-is-required"]);
}

/// Does a policy that lists the lab's model admit this?
fn admitted(evidence: Evidence) -> Result<(), &'static str> {
    let listed = json!({ "allowed_aaguids": [MODEL.to_string()], "enforcement_mode": "block" });
    let policy = Policy { allowed_aaguids: policy(&listed).allowed_aaguids, ..Policy::new(Mode::Block) };
    let lab = Lab::new([9; 32], now());
    let metadata = lab.metadata().unwrap();
    let decision = evaluate(&policy, &evidence, Some(&metadata), now().date());
    if decision.is_admitted() { Ok(()) } else { Err("not admitted") }
}

fn policy(listed: &serde_json::Value) -> Policy {
    let whole = json!({
        "tenant_id": "ten_01",
        "allowed_aaguids": listed["allowed_aaguids"],
        "blocked_aaguids": [],
        "min_certification_level": null,
        "block_software_auth": false,
        "require_known_aaguids": false,
        "enforcement_mode": listed["enforcement_mode"],
    });
    Policy::from_json(&whole).unwrap()
}
