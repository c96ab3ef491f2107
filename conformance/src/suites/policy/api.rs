//! The three endpoints: who may use them, what they refuse, what they save (rows P01 to P24).

use serde_json::{Value, json};

use super::TENANT_ADMIN;
use super::world::{EVALUATE, POLICY, PolicyWorld};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

const CLAUSE: &str = "Attestation policy: API";

/// YubiKey 5 Series, level L1 in the lab's metadata.
const L1_MODEL: &str = "ee882879-721c-4913-9775-3dfcce97072a";

/// The cases.
pub(super) fn cases() -> Vec<Case<PolicyWorld>> {
    let mut cases = vec![
        case("policy/auth/missing", "P01: without credentials nothing is told", "unauthorized", |world, context| {
            let answer = world.with_basic(None)?.post(context, POLICY, &world.policy("audit", &json!({})))?;
            answer.expect(401, Some("unauthorized")).map(|_| Pass::attributed("401"))
        }),
        case("policy/auth/wrong-secret", "P01: a wrong secret is refused", "unauthorized", |world, context| {
            let stranger = world.with_basic(Some(("nobody", "wrong")))?;
            let answer = stranger.get(context, &format!("{POLICY}?tenant_id={}", world.target.tenant_id))?;
            answer.expect(401, Some("unauthorized")).map(|_| Pass::attributed("401"))
        }),
        case(
            "policy/auth/no-capability",
            "P02: a client without the capability is refused",
            "forbidden",
            |world, context| {
                let made =
                    world.post(context, "/v1/clients", &json!({"capabilities": ["audit"]}))?.expect(201, None)?;
                let member = |name: &str| made.body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                let client = world.with_basic(Some((&member("client_id"), &member("client_secret"))))?;
                let answer = client.post(context, POLICY, &world.policy("audit", &json!({})))?;
                answer.expect(403, Some("forbidden")).map(|_| Pass::attributed("403"))
            },
        )
        .needs([TENANT_ADMIN]),
        case(
            "policy/auth/other-tenant",
            "P03: another tenant's policy is out of reach",
            "forbidden",
            |world, context| {
                let made = world.post(context, "/v1/tenants", &json!({"name": "other"}))?.expect(201, None)?;
                let other = made.body.get("tenant_id").cloned().unwrap_or_default();
                let answer = world.post(context, POLICY, &world.policy("audit", &json!({"tenant_id": other})))?;
                answer.expect(403, Some("forbidden")).map(|_| Pass::attributed("403"))
            },
        )
        .needs([TENANT_ADMIN]),
        case(
            "policy/save/replaces",
            "P12: saving replaces the whole policy and keeps its identity",
            "policy_replaced",
            |world, context| {
                let first =
                    world.policy("audit", &json!({"allowed_aaguids": [L1_MODEL], "min_certification_level": "L2"}));
                let first = world.set_policy(context, &first)?;
                let second = world.set_policy(context, &world.policy("block", &json!({})))?;
                for member in ["id", "created_at"] {
                    let pointer = format!("/data/policy/{member}");
                    second.expect_member(&pointer, first.body.pointer(&pointer).unwrap_or(&Value::Null))?;
                }
                second.expect_member("/data/policy/enforcement_mode", &json!("block"))?;
                let gone = second.body.pointer("/data/policy/min_certification_level").unwrap_or(&Value::Null);
                if !gone.is_null() {
                    return Err(Stop::fail("min_certification_level unset", gone.to_string()));
                }
                let list = second.body.pointer("/data/policy/allowed_aaguids").unwrap_or(&Value::Null);
                if list.as_array().is_some_and(|list| !list.is_empty()) {
                    return Err(Stop::fail("allowed_aaguids unset", list.to_string()));
                }
                let read =
                    world.get(context, &format!("{POLICY}?tenant_id={}", world.target.tenant_id))?.expect(200, None)?;
                read.expect_member("/data/policy/enforcement_mode", &json!("block"))?;
                Ok(Pass::plain("replaced whole, same id, same created_at"))
            },
        ),
        case("policy/read/none-yet", "P17: a tenant without a policy has null", "policy_null", |world, context| {
            let tenant = fresh_tenant(world, context)?;
            let answer =
                tenant.get(context, &format!("{POLICY}?tenant_id={}", tenant.target.tenant_id))?.expect(200, None)?;
            answer.expect_member("/data/policy", &Value::Null).map(|()| Pass::plain("null"))
        })
        .needs([TENANT_ADMIN]),
        case("policy/read/tenant-missing", "P18: reading needs a tenant_id", "invalid_request", |world, context| {
            world.get(context, POLICY)?.expect(400, Some("invalid_request")).map(|_| Pass::attributed("400"))
        }),
        case(
            "policy/evaluate/model",
            "P20: a model nobody has enrolled is judged as if proven",
            "evaluate_model",
            |world, context| {
                world.set_policy(context, &world.policy("block", &json!({"min_certification_level": "L1"})))?;
                let answer = evaluate(world, context, &json!(L1_MODEL))?;
                answer.expect_member("/data/passed", &json!(true))?;
                answer.expect_member("/data/basis", &json!("model"))?;
                answer.expect_member("/data/level", &json!("L1")).map(|()| Pass::plain("passed at L1, basis model"))
            },
        )
        .needs([super::LAB_METADATA]),
        case(
            "policy/evaluate/null",
            "P21: null is an authenticator that proves nothing",
            "evaluate_null",
            |world, context| {
                world.set_policy(context, &world.policy("block", &json!({"require_known_aaguids": true})))?;
                let answer = evaluate(world, context, &Value::Null)?;
                answer.expect_member("/data/passed", &json!(false))?;
                answer
                    .expect_member("/data/failed_rule", &json!("require_known_aaguids"))
                    .map(|()| Pass::plain("failed"))
            },
        )
        .needs([super::LAB_METADATA]),
        case(
            "policy/evaluate/fail-is-200",
            "P22: a bad verdict in block mode is still an answer",
            "evaluate_fail",
            |world, context| {
                world.set_policy(context, &world.policy("block", &json!({"min_certification_level": "L3"})))?;
                let answer = evaluate(world, context, &json!(L1_MODEL))?;
                answer.expect_member("/data/passed", &json!(false))?;
                answer
                    .expect_member("/data/failed_rule", &json!("min_certification_level"))
                    .map(|()| Pass::plain("200, passed false"))
            },
        )
        .needs([super::LAB_METADATA]),
        case(
            "policy/evaluate/malformed-aaguid",
            "P23: a malformed AAGUID is refused",
            "invalid_aaguid",
            |world, context| {
                let body = json!({"tenant_id": world.target.tenant_id, "user_id": "nobody", "aaguid": "not-an-aaguid"});
                world
                    .post(context, EVALUATE, &body)?
                    .expect(400, Some("invalid_aaguid"))
                    .map(|_| Pass::attributed("400"))
            },
        ),
        case(
            "policy/evaluate/no-policy",
            "P24: without a policy everything passes, and the level is told",
            "evaluate_no_policy",
            |world, context| {
                let tenant = fresh_tenant(world, context)?;
                let answer = evaluate(&tenant, context, &json!(L1_MODEL))?;
                answer.expect_member("/data/passed", &json!(true))?;
                answer.expect_member("/data/level", &json!("L1")).map(|()| Pass::plain("passed, L1"))
            },
        )
        .needs([TENANT_ADMIN, super::LAB_METADATA]),
    ];
    cases.extend(REFUSALS.iter().map(refused));
    cases
}

/// A good policy with members replaced, and the code that refuses it.
struct Refusal {
    id: &'static str,
    title: &'static str,
    members: fn() -> Value,
    code: &'static str,
}

const REFUSALS: &[Refusal] = &[
    Refusal {
        id: "policy/save/malformed-allowed",
        title: "P05: a malformed AAGUID in allowed_aaguids",
        members: || json!({"allowed_aaguids": ["ee882879"]}),
        code: "invalid_aaguid",
    },
    Refusal {
        id: "policy/save/malformed-blocked",
        title: "P05: a malformed AAGUID in blocked_aaguids",
        members: || json!({"blocked_aaguids": ["ee882879-721c-4913-9775-3dfcce97072z"]}),
        code: "invalid_aaguid",
    },
    Refusal {
        id: "policy/save/zero-allowed",
        title: "P06: the zero AAGUID would allow whatever proves nothing",
        members: || json!({"allowed_aaguids": ["00000000-0000-0000-0000-000000000000"]}),
        code: "invalid_aaguid",
    },
    Refusal {
        id: "policy/save/mode-warn",
        title: "P07: mode warn belongs to another shape",
        members: || json!({"enforcement_mode": "warn"}),
        code: "invalid_enforcement_mode",
    },
    Refusal {
        id: "policy/save/mode-off",
        title: "P07: mode off belongs to another shape",
        members: || json!({"enforcement_mode": "off"}),
        code: "invalid_enforcement_mode",
    },
    Refusal {
        id: "policy/save/mode-upper-case",
        title: "P07: modes are spelled in lower case",
        members: || json!({"enforcement_mode": "BLOCK"}),
        code: "invalid_enforcement_mode",
    },
    Refusal {
        id: "policy/save/mode-missing",
        title: "P08: a policy has a mode",
        members: || json!({"enforcement_mode": "absent"}),
        code: "invalid_enforcement_mode",
    },
    Refusal {
        id: "policy/save/level-l4",
        title: "P09: there is no level L4",
        members: || json!({"min_certification_level": "L4"}),
        code: "invalid_certification_level",
    },
    Refusal {
        id: "policy/save/level-lower-case",
        title: "P09: levels are spelled as FIDO spells them",
        members: || json!({"min_certification_level": "l2"}),
        code: "invalid_certification_level",
    },
    Refusal {
        id: "policy/save/level-plus-sign",
        title: "P09: plus is a word",
        members: || json!({"min_certification_level": "L2+"}),
        code: "invalid_certification_level",
    },
    Refusal {
        id: "policy/save/flag-missing",
        title: "P10: block_software_auth is required",
        members: || json!({"block_software_auth": "absent"}),
        code: "invalid_request",
    },
    Refusal {
        id: "policy/save/flag-not-boolean",
        title: "P10: require_known_aaguids is a boolean",
        members: || json!({"require_known_aaguids": 1}),
        code: "invalid_request",
    },
    Refusal {
        id: "policy/save/unknown-field",
        title: "P11: a field that the engine does not know is refused, not ignored",
        members: || json!({"block_sofware_auth": true}),
        code: "invalid_request",
    },
];

fn refused(row: &'static Refusal) -> Case<PolicyWorld> {
    Case::new(row.id, row.title, CLAUSE, Level::Must, move |world: &mut PolicyWorld, context: &mut Context| {
        let good = world.policy("audit", &json!({}));
        let before = world.set_policy(context, &good)?;
        world.post(context, POLICY, &world.policy("audit", &(row.members)()))?.expect(400, Some(row.code))?;
        // What was refused has changed nothing.
        let after = world.get(context, &format!("{POLICY}?tenant_id={}", world.target.tenant_id))?;
        let pointer = "/data/policy/policy_version";
        after.expect_member(pointer, before.body.pointer(pointer).unwrap_or(&Value::Null))?;
        Ok(Pass::attributed(row.code))
    })
    .claims([row.code])
    .twin("policy/save/replaces")
    .sends("a good policy with one member changed")
    .expects(format!("HTTP 400 {}, the old policy untouched", row.code))
}

fn case(
    id: &'static str,
    title: &'static str,
    claim: &'static str,
    body: fn(&mut PolicyWorld, &mut Context) -> Result<Pass, Stop>,
) -> Case<PolicyWorld> {
    let case = Case::new(id, title, CLAUSE, Level::Must, body).claims([claim]).expects(title);
    match id {
        "policy/evaluate/null" | "policy/evaluate/fail-is-200" | "policy/evaluate/malformed-aaguid" => {
            case.twin("policy/evaluate/model")
        }
        _ if id.starts_with("policy/auth/") || id.ends_with("-missing") => case.twin("policy/save/replaces"),
        _ => case,
    }
}

fn evaluate(world: &PolicyWorld, context: &mut Context, aaguid: &Value) -> Result<super::world::ApiAnswer, Stop> {
    let body = json!({"tenant_id": world.target.tenant_id, "user_id": "nobody", "aaguid": aaguid});
    world.post(context, EVALUATE, &body)?.expect(200, None)
}

/// A session as a client of a tenant that has just been made.
fn fresh_tenant(world: &PolicyWorld, context: &mut Context) -> Result<PolicyWorld, Stop> {
    let made = world.post(context, "/v1/tenants", &json!({"name": "fresh"}))?.expect(201, None)?;
    let tenant_id = made.body.get("tenant_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let made = world
        .post(context, "/v1/clients", &json!({"tenant_id": tenant_id, "capabilities": ["attestation"]}))?
        .expect(201, None)?;
    let member = |name: &str| made.body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut tenant = world.with_basic(Some((&member("client_id"), &member("client_secret"))))?;
    tenant.target.tenant_id = tenant_id;
    Ok(tenant)
}
