//! A policy tried on those who have enrolled.

use serde_json::{Value, json};

use super::enrolment::enrol_genuine;
use super::world::{ApiAnswer, POLICY, PolicyWorld};
use super::{DRY_RUN, LAB_METADATA};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

const CLAUSE: &str = "Attestation policy: dry run";
const COUNTS: &str = "policy/dry-run/counts";

/// YubiKey 5 Series, level L1 in the lab's metadata.
const L1_MODEL: &str = "ee882879-721c-4913-9775-3dfcce97072a";

/// The cases.
pub(super) fn cases() -> Vec<Case<PolicyWorld>> {
    let case = |id, title, run: fn(&mut PolicyWorld, &mut Context) -> Result<Pass, Stop>| {
        Case::new(id, title, CLAUSE, Level::Should, run).needs([DRY_RUN]).expects(title)
    };
    vec![
        case(COUNTS, "One more who would fail is one more in the count, under the rule that fails", counts)
            .needs([DRY_RUN, LAB_METADATA])
            .claims(["dry_run_counts"]),
        case("policy/dry-run/stores-nothing", "A dry run leaves the policy as it was", stores_nothing)
            .claims(["dry_run_stores_nothing"]),
        case("policy/dry-run/malformed", "A malformed policy is refused in a dry run too", malformed)
            .claims(["invalid_enforcement_mode"])
            .twin("policy/dry-run/stores-nothing"),
    ]
}

fn counts(world: &mut PolicyWorld, context: &mut Context) -> Result<Pass, Stop> {
    let strict = world.policy("block", &json!({"blocked_aaguids": [L1_MODEL]}));
    let before = Count::of(&tried(world, context, &strict)?)?;
    world.set_policy(context, &world.policy("audit", &json!({})))?;
    enrol_genuine(world, context, L1_MODEL)?;
    let answer = tried(world, context, &strict)?;
    let after = Count::of(&answer)?;
    let expected = Count { credentials: before.credentials + 1, failing: before.failing + 1, rule: before.rule + 1 };
    if after != expected {
        return Err(Stop::fail(format!("{expected:?}"), format!("{after:?}")));
    }
    let share = answer.body.pointer("/data/dry_run/share").and_then(Value::as_f64).unwrap_or(-1.0);
    // In whole numbers: the share of a few hundred, to a percent.
    let percent = (1..=100).find(|percent| after.failing * 100 <= percent * after.credentials).unwrap_or(100);
    let (low, high) = (f64::from(percent - 1) / 100.0 - 0.01, f64::from(percent) / 100.0 + 0.01);
    if !(low..=high).contains(&share) {
        return Err(Stop::fail(format!("a share of {} in {}", after.failing, after.credentials), share.to_string()));
    }
    Ok(Pass::plain("one more, by the right rule"))
}

#[derive(Debug, PartialEq, Eq)]
struct Count {
    credentials: u32,
    failing: u32,
    rule: u32,
}

impl Count {
    fn of(answer: &ApiAnswer) -> Result<Self, Stop> {
        let number = |pointer: &str| {
            let found = answer.body.pointer(pointer).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
            found.ok_or_else(|| Stop::fail(format!("a number at {pointer}"), "none"))
        };
        Ok(Self {
            credentials: number("/data/dry_run/credentials")?,
            failing: number("/data/dry_run/would_fail")?,
            rule: number("/data/dry_run/by_rule/blocked_aaguids/first")?,
        })
    }
}

fn stores_nothing(world: &mut PolicyWorld, context: &mut Context) -> Result<Pass, Stop> {
    world.set_policy(context, &world.policy("audit", &json!({})))?;
    let before = world.read_policy(context)?;
    tried(world, context, &world.policy("block", &json!({"block_software_auth": true})))?;
    let policy = before.body.pointer("/data/policy").cloned().unwrap_or_default();
    world.read_policy(context)?.expect_member("/data/policy", &policy)?;
    Ok(Pass::plain("the policy stands as before"))
}

fn malformed(world: &mut PolicyWorld, context: &mut Context) -> Result<Pass, Stop> {
    let answer = world.post(context, &format!("{POLICY}?dry_run=true"), &world.policy("warn", &json!({})))?;
    answer.expect(400, Some("invalid_enforcement_mode")).map(|_| Pass::attributed("invalid_enforcement_mode"))
}

fn tried(world: &PolicyWorld, context: &mut Context, policy: &Value) -> Result<ApiAnswer, Stop> {
    world.post(context, &format!("{POLICY}?dry_run=true"), policy)?.expect(200, None)
}
