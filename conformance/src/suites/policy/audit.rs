//! What the audit log keeps of evaluations, how it is filtered and counted.

use serde_json::{Value, json};

use super::world::{ApiAnswer, EVALUATE, PolicyWorld};
use super::{AUDIT_LOG, LAB_METADATA};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

const CLAUSE: &str = "Attestation policy: audit";

/// YubiKey 5 Series: the metadata know it.
const KNOWN: &str = "ee882879-721c-4913-9775-3dfcce97072a";
const UNKNOWN: &str = "11111111-2222-4333-8444-555555555555";
const RULE: &str = "require_known_aaguids";

/// The cases.
pub(super) fn cases() -> Vec<Case<PolicyWorld>> {
    let case = |id, title, claim: &'static str, run: fn(&mut PolicyWorld, &mut Context) -> Result<Pass, Stop>| {
        Case::new(id, title, CLAUSE, Level::Must, run).needs([AUDIT_LOG, LAB_METADATA]).claims([claim]).expects(title)
    };
    vec![
        case(
            "policy/audit/line",
            "Every evaluation is a line that says what was judged, by what, and how",
            "audit_line",
            line,
        ),
        case("policy/audit/filters", "Lines are found by outcome, rule, model and source", "audit_filters", filters),
        case("policy/audit/grouped", "Lines are counted by the rule that failed", "audit_grouped", grouped),
        case(
            "policy/audit/replaced",
            "A new policy is a line with the hash of the old and the new",
            "audit_replaced",
            replaced,
        ),
    ]
}

/// Two evaluations that fail and one that passes, of a user nobody else asks about.
fn evaluated(world: &PolicyWorld, context: &mut Context) -> Result<String, Stop> {
    world.set_policy(context, &world.policy("block", &json!({"require_known_aaguids": true})))?;
    let user = format!("user-{}", context.random.word(12));
    for aaguid in [UNKNOWN, KNOWN, UNKNOWN] {
        let body = json!({"tenant_id": world.target.tenant_id, "user_id": user, "aaguid": aaguid});
        world.post(context, EVALUATE, &body)?.expect(200, None)?;
    }
    Ok(user)
}

fn lines(world: &PolicyWorld, context: &mut Context, query: &str) -> Result<(ApiAnswer, usize), Stop> {
    let answer =
        world.get(context, &format!("/v1/audit?event_type=attestation.evaluated&{query}"))?.expect(200, None)?;
    let count = answer.body.get("events").and_then(Value::as_array).map_or(0, Vec::len);
    Ok((answer, count))
}

fn line(world: &mut PolicyWorld, context: &mut Context) -> Result<Pass, Stop> {
    let user = evaluated(world, context)?;
    let (answer, count) = lines(world, context, &format!("user_id={user}"))?;
    if count != 3 {
        return Err(Stop::fail("3 lines", format!("{count}")));
    }
    let expected = [
        ("user_id", json!(user)),
        ("tenant_id", json!(world.target.tenant_id)),
        ("aaguid", json!(UNKNOWN)),
        ("enforcement_mode", json!("block")),
        ("outcome", json!("fail")),
        ("failed_rule", json!(RULE)),
        ("failed_rules", json!([RULE])),
        ("reason", json!("not_in_mds")),
        ("source", json!("adhoc")),
        ("http", json!(200)),
    ];
    for (member, value) in expected {
        answer.expect_member(&format!("/events/0/{member}"), &value)?;
    }
    answer.expect_member("/events/1/outcome", &json!("pass"))?;
    for member in ["ts", "policy_id", "policy_version", "mds_no", "mds_next_update", "level"] {
        if answer.body.pointer(&format!("/events/1/{member}")).is_none_or(Value::is_null) {
            return Err(Stop::fail(format!("a member {member}"), "none"));
        }
    }
    Ok(Pass::plain("three lines, every member"))
}

fn filters(world: &mut PolicyWorld, context: &mut Context) -> Result<Pass, Stop> {
    let user = evaluated(world, context)?;
    let table = [
        (String::from("outcome=fail"), 2),
        (String::from("outcome=pass"), 1),
        (format!("failed_rule={RULE}"), 2),
        (format!("aaguid={KNOWN}"), 1),
        (String::from("source=adhoc"), 3),
        (String::from("source=registration"), 0),
        (String::from("until=2001-01-01T00:00:00Z"), 0),
        (String::from("since=2001-01-01T00:00:00Z"), 3),
    ];
    for (filter, expected) in table {
        let (_, count) = lines(world, context, &format!("user_id={user}&{filter}"))?;
        if count != expected {
            return Err(Stop::fail(format!("{expected} lines with {filter}"), format!("{count}")));
        }
    }
    Ok(Pass::plain("eight filters"))
}

fn grouped(world: &mut PolicyWorld, context: &mut Context) -> Result<Pass, Stop> {
    let user = evaluated(world, context)?;
    let answer = world.get(context, &format!("/v1/audit?group_by=failed_rule&user_id={user}"))?.expect(200, None)?;
    let expected = [
        ("/total", json!(3)),
        ("/groups/0/failed_rule", json!(RULE)),
        ("/groups/0/count", json!(2)),
        ("/groups/0/users", json!(1)),
        ("/groups/1/failed_rule", Value::Null),
        ("/groups/1/count", json!(1)),
    ];
    for (pointer, value) in expected {
        answer.expect_member(pointer, &value)?;
    }
    Ok(Pass::plain("two by the rule, one by none"))
}

fn replaced(world: &mut PolicyWorld, context: &mut Context) -> Result<Pass, Stop> {
    let first = world.set_policy(context, &world.policy("audit", &json!({})))?;
    let second = world.set_policy(context, &world.policy("block", &json!({})))?;
    let version = |saved: &ApiAnswer| saved.body.pointer("/data/policy/policy_version").cloned().unwrap_or_default();
    let (first, second) = (version(&first), version(&second));
    let mut after = 0;
    let mut found: Vec<(Value, Value)> = Vec::new();
    loop {
        let page =
            world.get(context, &format!("/v1/audit?event_type=attestation.policy_updated&limit=1000&after={after}"))?;
        let page = page.expect(200, None)?;
        for event in page.body.get("events").and_then(Value::as_array).into_iter().flatten() {
            let member = |name: &str| event.get(name).cloned().unwrap_or_default();
            if [&first, &second].contains(&&member("policy_version")) {
                found.push((member("old_hash"), member("new_hash")));
            }
        }
        match page.body.get("next").and_then(Value::as_u64) {
            Some(next) if next > after => after = next,
            _ => break,
        }
    }
    match found.as_slice() {
        [(_, new), (old, newest)] if old == new && !old.is_null() && newest != old => {
            Ok(Pass::plain("one follows the other"))
        }
        found => Err(Stop::fail("two lines, the second with the hash of the first", format!("{found:?}"))),
    }
}
