//! Registrations of the lab's models under one policy each: the rules in their order.

use assay_mint::metadata::{Model, ModelId, models};
use assay_mint::registration::{Registration, RegistrationForge};
use assay_mint::statement::Format;
use assay_protocol::aaguid::Aaguid;
use serde_json::{Value, json};

use super::world::{PolicyWorld, broken};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::evidence::{Exchange, Message, Role};
use crate::target::{Answer, Begin, RegistrationRequest, RelyingPartyTarget as _};
use crate::verdict::{Pass, Stop};

const CLAUSE: &str = "Attestation policy: rules";

/// What comes to be registered.
#[derive(Clone, Copy)]
enum Subject {
    /// The model with its own certificates.
    Genuine(&'static str),
    /// The same, backup eligible.
    Synced(&'static str),
    /// A batch of the model.
    Batch(&'static str, &'static str),
    /// The model's AAGUID over packed self attestation.
    SelfClaimed(&'static str),
    /// The model's AAGUID without attestation.
    Unattested(&'static str),
    /// Certificates that name the model but lead to another model's root.
    Impostor(&'static str),
    /// The U2F model of the lab's metadata.
    U2f,
}

/// One row: policy, subject, and what must come of it (`None`: accepted).
struct Row {
    id: &'static str,
    title: &'static str,
    mode: &'static str,
    policy: fn() -> Value,
    subject: Subject,
    refused: Option<&'static str>,
    failed_rule: Option<&'static str>,
}

const ZERO: &str = "00000000-0000-0000-0000-000000000000";
const YUBIKEY_5: &str = "ee882879-721c-4913-9775-3dfcce97072a";
const GOOGLE: &str = "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4";
const REVOKED: &str = "ba86dc56-635f-4141-aef6-00227b1b9af6";
const SOFTWARE: &str = "2cd2f727-f6ca-44da-8f48-5c2e5da000a2";
const UNCERTIFIED: &str = "31c3f7ff-bf15-4327-83ec-9336abcbcd34";
const UNKNOWN: &str = "11111111-2222-4333-8444-555555555555";
const L1_PLUS: &str = "5e570000-0000-4000-8000-000000000001";
const L2: &str = "9eb7eabc-9db5-49a1-b6c3-555a802093f4";
const L3: &str = "5e570000-0000-4000-8000-000000000003";
const FUNCTIONAL: &str = "0acf3011-bc60-f375-fb53-6f05f43154e0";
const BYPASS: &str = "5e570000-0000-4000-8000-000000000004";
const BATCHES: &str = "5e570000-0000-4000-8000-000000000005";
const REVOKED_LATER: &str = "5e570000-0000-4000-8000-000000000009";
const TEE: &str = "5e570000-0000-4000-8000-00000000000f";
const NO_PROTECTION: &str = "5e570000-0000-4000-8000-000000000010";
const SOFTWARE_AND_TEE: &str = "5e570000-0000-4000-8000-000000000011";

const BLOCKED: Option<&str> = Some("attestation_blocked_aaguid");
const COMPROMISED: Option<&str> = Some("attestation_authenticator_compromised");
const NOT_ALLOWED: Option<&str> = Some("attestation_aaguid_not_allowed");
const IS_SOFTWARE: Option<&str> = Some("attestation_software_auth_blocked");
const IS_UNKNOWN: Option<&str> = Some("attestation_unknown_aaguid");
const TOO_LOW: Option<&str> = Some("attestation_certification_level_below_minimum");

macro_rules! rows {
    ($($id:literal, $title:literal, $mode:literal, $policy:tt, $subject:expr, $refused:expr, $rule:expr;)*) => {
        const ROWS: &[Row] = &[$(Row {
            id: $id, title: $title, mode: $mode, policy: || json!($policy), subject: $subject, refused: $refused, failed_rule: $rule,
        },)*];
    };
}

rows! {
    "enrolment/blocked/genuine", "E05: a blocked model is refused", "block", {"blocked_aaguids": [YUBIKEY_5]}, Subject::Genuine(YUBIKEY_5), BLOCKED, Some("blocked_aaguids");
    "enrolment/blocked/beats-allowed", "E06: the block list beats the allow list", "block", {"blocked_aaguids": [YUBIKEY_5], "allowed_aaguids": [YUBIKEY_5]}, Subject::Genuine(YUBIKEY_5), BLOCKED, Some("blocked_aaguids");
    "enrolment/blocked/claim-is-enough", "E07: blocking needs no proof of the model", "block", {"blocked_aaguids": [GOOGLE]}, Subject::Unattested(GOOGLE), BLOCKED, Some("blocked_aaguids");
    "enrolment/blocked/zero", "E09: the zero AAGUID can be blocked", "block", {"blocked_aaguids": [ZERO]}, Subject::Unattested(ZERO), BLOCKED, Some("blocked_aaguids");
    "enrolment/blocked/another-model", "E10: a block list without the model lets it in", "block", {"blocked_aaguids": [GOOGLE]}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/status/revoked", "E04: a revoked model is refused whatever the policy", "block", {}, Subject::Genuine(REVOKED), COMPROMISED, Some("mds_status");
    "enrolment/status/revoked-claim", "E79: a revoked model is refused on its claim alone", "block", {}, Subject::SelfClaimed(REVOKED), COMPROMISED, Some("mds_status");
    "enrolment/status/beats-allowed", "E19: a denied status beats the allow list", "block", {"allowed_aaguids": [REVOKED]}, Subject::Genuine(REVOKED), COMPROMISED, Some("mds_status");
    "enrolment/status/bypass", "E67: a bypass of user verification is a denied status", "block", {"min_certification_level": "L1"}, Subject::Genuine(BYPASS), COMPROMISED, Some("mds_status");
    "enrolment/status/batch-named", "E69: a compromised batch is refused", "block", {}, Subject::Batch(BATCHES, "BATCH-A"), COMPROMISED, Some("mds_status");
    "enrolment/status/batch-other", "E70: another batch of the same model is not", "block", {"min_certification_level": "L2"}, Subject::Batch(BATCHES, "BATCH-B"), None, None;
    "enrolment/status/not-yet", "E74: a revocation dated in the future waits", "block", {"min_certification_level": "L2"}, Subject::Genuine(REVOKED_LATER), None, None;
    "enrolment/allowed/genuine", "E11: an allowed model with its certificates comes in", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/allowed/upper-case", "E12: AAGUIDs compare without regard to case", "block", {"allowed_aaguids": ["EE882879-721C-4913-9775-3DFCCE97072A"]}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/allowed/another-model", "E13: a model that is not listed is refused", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::Genuine(L2), NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/allowed/self-claimed", "E14: self attestation proves no model", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::SelfClaimed(YUBIKEY_5), NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/allowed/unattested", "E15: no attestation proves no model", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::Unattested(YUBIKEY_5), NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/allowed/impostor", "E16: certificates of another root prove no model", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::Impostor(YUBIKEY_5), NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/allowed/empty-list", "E18: an empty list is no list", "block", {"allowed_aaguids": []}, Subject::Unattested(ZERO), None, None;
    "enrolment/allowed/not-in-metadata", "E20: a listed model that nobody vouches for is refused", "block", {"allowed_aaguids": [UNKNOWN]}, Subject::Genuine(UNKNOWN), NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/allowed/u2f", "E21: a U2F key has no AAGUID to be allowed by", "block", {"allowed_aaguids": [YUBIKEY_5]}, Subject::U2f, NOT_ALLOWED, Some("allowed_aaguids");
    "enrolment/software/hardware", "E22: hardware with proof comes in", "block", {"block_software_auth": true}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/software/tee", "E25: a trusted execution environment counts as hardware", "block", {"block_software_auth": true}, Subject::Genuine(TEE), None, None;
    "enrolment/software/software", "E27: certificates do not make software hardware", "block", {"block_software_auth": true}, Subject::Genuine(SOFTWARE), IS_SOFTWARE, Some("block_software_auth");
    "enrolment/software/worst-counts", "E28: of several protections the worst counts", "block", {"block_software_auth": true}, Subject::Genuine(SOFTWARE_AND_TEE), IS_SOFTWARE, Some("block_software_auth");
    "enrolment/software/none-listed", "E29: no listed protection is none", "block", {"block_software_auth": true}, Subject::Genuine(NO_PROTECTION), IS_SOFTWARE, Some("block_software_auth");
    "enrolment/software/unattested", "E33: a key that proves nothing is software", "block", {"block_software_auth": true}, Subject::Unattested(YUBIKEY_5), IS_SOFTWARE, Some("block_software_auth");
    "enrolment/software/synced", "E32: what may be copied is not bound to hardware", "block", {"block_software_auth": true}, Subject::Synced(YUBIKEY_5), IS_SOFTWARE, Some("block_software_auth");
    "enrolment/software/u2f", "E34: a U2F key is found by its certificate's key", "block", {"block_software_auth": true}, Subject::U2f, None, None;
    "enrolment/known/known", "E35: a model of the metadata comes in", "block", {"require_known_aaguids": true}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/known/uncertified", "E36: known is not certified", "block", {"require_known_aaguids": true}, Subject::Genuine(UNCERTIFIED), None, None;
    "enrolment/known/unknown", "E37: a model outside the metadata is refused", "block", {"require_known_aaguids": true}, Subject::Genuine(UNKNOWN), IS_UNKNOWN, Some("require_known_aaguids");
    "enrolment/known/self-claimed", "E39: a known AAGUID without proof is unknown", "block", {"require_known_aaguids": true}, Subject::SelfClaimed(YUBIKEY_5), IS_UNKNOWN, Some("require_known_aaguids");
    "enrolment/known/audit", "E42: in audit mode it comes in, and is written down", "audit", {"require_known_aaguids": true}, Subject::Genuine(UNKNOWN), None, Some("require_known_aaguids");
    "enrolment/level/equal", "E44: the minimum itself is enough", "block", {"min_certification_level": "L1"}, Subject::Genuine(YUBIKEY_5), None, None;
    "enrolment/level/below-plus", "E45: L1 is below L1plus", "block", {"min_certification_level": "L1plus"}, Subject::Genuine(YUBIKEY_5), TOO_LOW, Some("min_certification_level");
    "enrolment/level/plus-above", "E47: L1plus is above L1", "block", {"min_certification_level": "L1"}, Subject::Genuine(L1_PLUS), None, None;
    "enrolment/level/plus-below", "E49: L1plus is below L2", "block", {"min_certification_level": "L2"}, Subject::Genuine(L1_PLUS), TOO_LOW, Some("min_certification_level");
    "enrolment/level/two", "E51: L2 is L2", "block", {"min_certification_level": "L2"}, Subject::Genuine(L2), None, None;
    "enrolment/level/three-below-plus", "E56: L3 is below L3plus", "block", {"min_certification_level": "L3plus"}, Subject::Genuine(L3), TOO_LOW, Some("min_certification_level");
    "enrolment/level/functional", "E59: certified once is not L1", "block", {"min_certification_level": "L1"}, Subject::Genuine(FUNCTIONAL), TOO_LOW, Some("min_certification_level");
    "enrolment/level/self-claimed", "E62: an unproven model has no level", "block", {"min_certification_level": "L1"}, Subject::SelfClaimed(YUBIKEY_5), TOO_LOW, Some("min_certification_level");
    "enrolment/level/audit", "E66: in audit mode the failing rule is written down", "audit", {"min_certification_level": "L2"}, Subject::Genuine(YUBIKEY_5), None, Some("min_certification_level");
    "enrolment/order/first-rule-reported", "E43: of several failing rules the first is reported", "block", {"block_software_auth": true, "require_known_aaguids": true}, Subject::Genuine(UNKNOWN), IS_SOFTWARE, Some("block_software_auth");
}

/// The cases.
pub(super) fn cases() -> Vec<Case<PolicyWorld>> {
    ROWS.iter().map(enrolled).collect()
}

fn enrolled(row: &'static Row) -> Case<PolicyWorld> {
    let expects = match (row.refused, row.failed_rule) {
        (Some(code), _) => format!("HTTP 403 {code}, nothing stored"),
        (None, Some(rule)) => format!("accepted, with {rule} in the answer and the audit"),
        (None, None) => "accepted".to_owned(),
    };
    let case = Case::new(row.id, row.title, CLAUSE, Level::Must, move |world: &mut PolicyWorld, context: &mut Context| {
        world.set_policy(context, &world.policy(row.mode, &(row.policy)()))?;
        let answer = register(world, context, row.subject)?;
        match row.refused {
            Some(code) => refused(&answer, code),
            None => accepted(world, context, &answer, row.failed_rule),
        }
    })
    .needs([super::LAB_METADATA])
    .claims([row.refused.or(row.failed_rule).unwrap_or("policy_pass")])
    .given("a policy of one rule")
    .sends(row.title)
    .expects(expects);
    if row.refused.is_some() { case.twin("enrolment/level/equal") } else { case }
}

fn refused(answer: &Answer, code: &str) -> Result<Pass, Stop> {
    let got = answer.reason.as_ref().map(|reason| reason.code.as_str());
    if answer.accepted {
        return Err(Stop::fail(format!("refused, {code}"), answer.summary()));
    }
    match got {
        Some(got) if got == code => Ok(Pass::attributed(code)),
        Some(_) => Err(Stop::fail(format!("refused, {code}"), answer.summary())),
        None => Ok(Pass::unattributed("refused without a reason that can be read")),
    }
}

fn accepted(world: &PolicyWorld, context: &mut Context, answer: &Answer, failed_rule: Option<&str>) -> Result<Pass, Stop> {
    if !answer.accepted {
        return Err(Stop::fail("accepted", answer.summary()));
    }
    let Some(rule) = failed_rule else { return Ok(Pass::plain("accepted")) };
    let lines = world.get(context, "/v1/audit?event_type=attestation.evaluated&outcome=fail")?;
    if lines.status == 404 {
        return Err(Stop::skip("an audit log at /v1/audit"));
    }
    let noted = lines.body.to_string().contains(&format!("\"failed_rule\":\"{rule}\""));
    if !noted {
        return Err(Stop::fail(format!("an audit line with failed_rule {rule}"), lines.body.to_string()));
    }
    Ok(Pass::plain(format!("accepted, {rule} written down")))
}

fn register(world: &PolicyWorld, context: &mut Context, subject: Subject) -> Result<Answer, Stop> {
    let mut rp = world.relying_party()?;
    let origin = world.target.file.origin.clone().unwrap_or_else(|| rp.origin());
    let username = format!("policy-{}", context.random.word(12));
    let request = RegistrationRequest {
        username: username.clone(),
        display_name: username,
        attestation: Some("direct".to_owned()),
        ..RegistrationRequest::default()
    };
    let offer = match rp.begin_registration(&request).map_err(broken)? {
        Begin::Offered(offer) => offer,
        Begin::Refused(answer) => return Err(Stop::broken(format!("no options: {}", answer.summary()))),
    };
    let options = &offer.options;
    let rp_id = options.rp.id.clone().or_else(|| world.target.file.rp_id.clone()).unwrap_or_default();
    let made = forge(world, subject, &rp_id, &origin, &options.challenge)?;
    let answer = rp.finish_registration(&made.text).map_err(broken)?;
    context.record(Exchange {
        label: "registration".to_owned(),
        role: Role::Probe,
        sent: Message::json(answer.request_line.clone(), serde_json::from_str(&made.text).unwrap_or_default()),
        received: Some(Message::json(answer.summary(), answer.body.clone().unwrap_or_default())),
    });
    Ok(answer)
}

fn forge(world: &PolicyWorld, subject: Subject, rp_id: &str, origin: &str, challenge: &[u8]) -> Result<Registration, Stop> {
    let lab = &world.target.lab;
    let parse = |text: &str| text.parse::<Aaguid>().map_err(|error| Stop::broken(error.to_string()));
    let mut forge = match subject {
        Subject::Genuine(model) | Subject::Synced(model) => RegistrationForge::packed_model(lab, parse(model)?, rp_id, challenge),
        Subject::Batch(model, batch) => {
            let aaguid = parse(model)?;
            let mut forge = RegistrationForge::packed_model(lab, aaguid, rp_id, challenge);
            forge.format = Format::Packed(Box::new(lab.batch(aaguid, batch)));
            forge
        }
        Subject::SelfClaimed(model) => {
            let mut forge = RegistrationForge::packed_self(lab, rp_id, challenge);
            forge.aaguid = parse(model)?;
            forge
        }
        Subject::Unattested(model) => {
            let mut forge = RegistrationForge::none(lab, rp_id, challenge);
            forge.aaguid = parse(model)?;
            forge
        }
        Subject::Impostor(model) => {
            let mut forge = RegistrationForge::packed_model(lab, parse(model)?, rp_id, challenge);
            forge.format = Format::Packed(Box::new(lab.shared_root_model(parse(model)?)));
            forge
        }
        Subject::U2f => RegistrationForge::fido_u2f(lab, &u2f_label()?, rp_id, challenge),
    };
    if matches!(subject, Subject::Synced(_)) {
        forge.flags |= 0x08;
    }
    forge.origin = origin.to_owned();
    forge.forge().map_err(|error| Stop::broken(error.to_string()))
}

/// The U2F model of the lab's metadata is labelled with the identifier that it stands for.
fn u2f_label() -> Result<String, Stop> {
    let is_u2f = |model: &&Model| model.in_metadata && matches!(model.id, ModelId::KeyIdentifier(_));
    models().iter().find(is_u2f).map(|model| model.id.to_string()).ok_or_else(|| Stop::broken("no U2F model"))
}
