//! Registrations of the lab's models under one policy each: the rules in their order.

mod moment;
mod rows;
mod subject;

use assay_mint::credential::Credential;
use serde_json::Value;

use self::rows::{ROWS, Row};
use self::subject::{Enrolment, Subject};
use super::LAB_METADATA;
use super::world::{ApiAnswer, PolicyWorld, broken};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::target::{Answer, AuthenticationRequest, Begin, RelyingPartyTarget as _};
use crate::verdict::{Pass, Stop};

const CLAUSE: &str = "Attestation policy: rules";

/// The cases.
pub(super) fn cases() -> Vec<Case<PolicyWorld>> {
    ROWS.iter().map(enrolled).chain(moment::cases()).collect()
}

/// Enrols a model with its own certificates, which must succeed.
pub(super) fn enrol_genuine(world: &PolicyWorld, context: &mut Context, model: &'static str) -> Result<(), Stop> {
    let mut enrolment = Enrolment::begin(world, context)?;
    let (answer, _) = enrolment.finish(world, context, Subject::Genuine(model))?;
    if answer.accepted {
        Ok(())
    } else {
        Err(Stop::broken(format!("nobody enrolled: the server {}", answer.summary())))
    }
}

fn enrolled(row: &'static Row) -> Case<PolicyWorld> {
    let expects = match (row.refused, row.failed_rule) {
        (Some(code), _) => format!("HTTP 403 {code}, nothing stored"),
        (None, Some(rule)) => format!("accepted, with {rule} in the audit"),
        (None, None) => String::from("accepted"),
    };
    let case =
        Case::new(row.id, row.title, CLAUSE, Level::Must, move |world: &mut PolicyWorld, context: &mut Context| {
            let saved = world.set_policy(context, &world.policy(row.mode, &(row.policy)()))?;
            let mut enrolment = Enrolment::begin(world, context)?;
            let (answer, credential) = enrolment.finish(world, context, row.subject)?;
            match row.refused {
                Some(code) => refused(&mut enrolment, &answer, &credential, code),
                None => accepted(world, context, &answer, row.failed_rule, &saved),
            }
        })
        .needs([LAB_METADATA])
        .claims([row.refused.or(row.failed_rule).unwrap_or("policy_pass")])
        .given(format!("a policy in {} mode: {}", row.mode, (row.policy)()))
        .sends(row.title)
        .expects(expects);
    match row.twin() {
        Some(twin) => case.twin(twin),
        None => case,
    }
}

impl Row {
    /// What is accepted under a policy of the same rule.
    fn twin(&self) -> Option<&'static str> {
        self.refused?;
        Some(match self.id.split('/').nth(1) {
            Some("blocked") => "enrolment/blocked/another-model",
            Some("status") if self.id.ends_with("batch-named") => "enrolment/status/batch-other",
            Some("status") => "enrolment/status/not-yet",
            Some("allowed") => "enrolment/allowed/genuine",
            Some("software") => "enrolment/software/hardware",
            Some("known") => "enrolment/known/known",
            Some("order") => "enrolment/order/all-pass",
            _ => "enrolment/level/equal",
        })
    }
}

fn refused(enrolment: &mut Enrolment, answer: &Answer, credential: &Credential, code: &str) -> Result<Pass, Stop> {
    let got = answer.reason.as_ref().map(|reason| reason.code.as_str());
    if answer.accepted || got.is_some_and(|got| got != code) {
        return Err(Stop::fail(format!("refused, {code}"), answer.summary()));
    }
    let request =
        AuthenticationRequest { username: Some(enrolment.username.clone()), ..AuthenticationRequest::default() };
    if let Begin::Offered(offer) = enrolment.rp.begin_authentication(&request).map_err(broken)?
        && offer.options.allow_credentials.iter().any(|listed| listed.id == credential.id)
    {
        return Err(Stop::fail("nothing stored", "the refused credential among those that may sign in"));
    }
    Ok(match got {
        Some(_) => Pass::attributed(code),
        None => Pass::unattributed("refused without a reason that can be read"),
    })
}

fn accepted(
    world: &PolicyWorld,
    context: &mut Context,
    answer: &Answer,
    failed_rule: Option<&str>,
    saved: &ApiAnswer,
) -> Result<Pass, Stop> {
    if !answer.accepted {
        return Err(Stop::fail("accepted", answer.summary()));
    }
    let Some(rule) = failed_rule else { return Ok(Pass::plain("accepted")) };
    // By its version: an earlier policy's line about the same rule is no line of this one's.
    let version = saved.body.pointer("/data/policy/policy_version").cloned().unwrap_or_default();
    let mut after = 0;
    loop {
        let path = format!(
            "/v1/audit?event_type=attestation.evaluated&outcome=fail&failed_rule={rule}&after={after}&limit=1000"
        );
        let page = world.get(context, &path)?;
        if page.status == 404 {
            return Err(Stop::skip("an audit log at /v1/audit"));
        }
        let events = page.body.get("events").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let is_ours = |line: &&Value| {
            line.get("failed_rule").is_some_and(|failed| failed == rule) && line.get("policy_version") == Some(&version)
        };
        if events.iter().any(|line| is_ours(&line)) {
            return Ok(Pass::plain(format!("accepted, {rule} written down")));
        }
        match page.body.get("next").and_then(Value::as_u64) {
            Some(next) if next > after => after = next,
            _ => break,
        }
    }
    Err(Stop::fail(format!("an audit line with failed_rule {rule} under policy_version {version}"), "none"))
}
