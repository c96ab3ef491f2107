//! Bearer keys and the shape that they come with (rows P13 to P16).

use serde_json::{Value, json};

use super::API_KEYS;
use super::world::{POLICY, PolicyWorld};
use crate::case::{Case, Level};
use crate::context::Context;
use crate::verdict::{Pass, Stop};

const CLAUSE: &str = "Attestation policy: legacy shape";
const TWIN: &str = "policy/legacy/block";

/// The cases.
pub(super) fn cases() -> Vec<Case<PolicyWorld>> {
    vec![
        case(TWIN, "P13: block is stored canonically, for the key's tenant", "legacy_block", |world, context| {
            let legacy = json!({
                "enforcement_mode": "block", "minimum_certification_level": "L1", "allowed_aaguids": [],
            });
            stored(world, context, &legacy, &json!("block"), &json!("L1"))
        }),
        case("policy/legacy/warn", "P14: warn is stored as audit", "legacy_warn", |world, context| {
            let legacy = json!({"enforcement_mode": "warn", "minimum_certification_level": "L2"});
            stored(world, context, &legacy, &json!("audit"), &json!("L2"))
        }),
        case("policy/legacy/off", "P15: off is stored, and read as off", "legacy_off", |world, context| {
            let legacy = json!({"enforcement_mode": "off"});
            stored(world, context, &legacy, &json!("off"), &Value::Null)
        }),
        case(
            "policy/legacy/level-missing",
            "Without a level every certified model is meant: the minimum is L1",
            "legacy_level_missing",
            |world, context| {
                stored(world, context, &json!({"enforcement_mode": "block"}), &json!("block"), &json!("L1"))
            },
        ),
        case(
            "policy/legacy/other-tenant",
            "P16: a tenant that is not the key's is out of reach",
            "forbidden",
            |world, context| {
                let legacy = json!({"enforcement_mode": "block", "tenant_id": "ten_of_somebody_else"});
                refused(world, context, &legacy, 403, "forbidden")
            },
        ),
        case("policy/legacy/mixed", "A body of both shapes is refused", "invalid_request", |world, context| {
            let mixed = json!({
                "enforcement_mode": "block", "minimum_certification_level": "L1", "block_software_auth": true,
            });
            refused(world, context, &mixed, 400, "invalid_request")
        }),
        case(
            "policy/legacy/mode-audit",
            "The canonical mode is none of the legacy shape's",
            "invalid_enforcement_mode",
            |world, context| {
                refused(world, context, &json!({"enforcement_mode": "audit"}), 400, "invalid_enforcement_mode")
            },
        ),
        case(
            "policy/legacy/by-client",
            "The legacy shape from a client with Basic credentials is refused",
            "invalid_request",
            |world, context| {
                let before = world.set_policy(context, &world.policy("audit", &json!({})))?;
                let legacy = json!({
                    "tenant_id": world.target.tenant_id, "enforcement_mode": "block",
                    "minimum_certification_level": "L1", "allowed_aaguids": [],
                });
                world.post(context, POLICY, &legacy)?.expect(400, Some("invalid_request"))?;
                unchanged(world, context, &before.body)?;
                Ok(Pass::attributed("invalid_request"))
            },
        ),
        case("policy/legacy/key-wrong", "A key with a wrong secret opens nothing", "unauthorized", |world, context| {
            let (token, _) = key(world, context)?;
            let legacy = json!({"enforcement_mode": "warn"});
            let answer = world.with_bearer(&format!("{token}x"))?.post(context, POLICY, &legacy)?;
            answer.expect(401, Some("unauthorized")).map(|_| Pass::attributed("401"))
        }),
        case("policy/legacy/key-revoked", "A revoked key opens nothing", "unauthorized", |world, context| {
            let (token, key_id) = key(world, context)?;
            let legacy = json!({"enforcement_mode": "warn"});
            let bearer = world.with_bearer(&token)?;
            bearer.post(context, POLICY, &legacy)?.expect(200, None)?;
            world.delete(context, &format!("/v1/api-keys/{key_id}"))?.expect(204, None)?;
            let answer = bearer.post(context, POLICY, &legacy)?;
            answer.expect(401, Some("unauthorized")).map(|_| Pass::attributed("401"))
        }),
    ]
}

fn case(
    id: &'static str,
    title: &'static str,
    claim: &'static str,
    run: fn(&mut PolicyWorld, &mut Context) -> Result<Pass, Stop>,
) -> Case<PolicyWorld> {
    let case = Case::new(id, title, CLAUSE, Level::Must, run).needs([API_KEYS]).claims([claim]).expects(title);
    match claim {
        "forbidden" | "invalid_request" | "invalid_enforcement_mode" | "unauthorized" => case.twin(TWIN),
        _ => case,
    }
}

/// A new key of the tenant, and its id.
fn key(world: &PolicyWorld, context: &mut Context) -> Result<(String, String), Stop> {
    let made = world.post(context, "/v1/api-keys", &json!({"name": "legacy"}))?.expect(201, None)?;
    let member = |name: &str| made.body.get(name).and_then(Value::as_str).map(str::to_owned);
    match (member("api_key"), member("key_id")) {
        (Some(token), Some(key_id)) => Ok((token, key_id)),
        _ => Err(Stop::broken("no api_key and key_id in the answer")),
    }
}

/// Saves by a key what a client then reads in the canonical shape.
fn stored(
    world: &PolicyWorld,
    context: &mut Context,
    legacy: &Value,
    mode: &Value,
    minimum: &Value,
) -> Result<Pass, Stop> {
    // Something else before, so that what is read is what the key has saved.
    world.set_policy(context, &world.policy("audit", &json!({"block_software_auth": true})))?;
    let (token, _) = key(world, context)?;
    world.with_bearer(&token)?.post(context, POLICY, legacy)?.expect(200, None)?;
    let read = world.read_policy(context)?;
    read.expect_member("/data/policy/enforcement_mode", mode)?;
    read.expect_member("/data/policy/min_certification_level", minimum)?;
    read.expect_member("/data/policy/block_software_auth", &json!(false))?;
    read.expect_member("/data/policy/require_known_aaguids", &json!(false))?;
    Ok(Pass::plain("read canonically"))
}

/// What a key may not save, and what then stands as before.
fn refused(
    world: &PolicyWorld,
    context: &mut Context,
    legacy: &Value,
    status: u16,
    code: &'static str,
) -> Result<Pass, Stop> {
    let before = world.set_policy(context, &world.policy("audit", &json!({})))?;
    let (token, _) = key(world, context)?;
    world.with_bearer(&token)?.post(context, POLICY, legacy)?.expect(status, Some(code))?;
    unchanged(world, context, &before.body)?;
    Ok(Pass::attributed(code))
}

fn unchanged(world: &PolicyWorld, context: &mut Context, before: &Value) -> Result<(), Stop> {
    let pointer = "/data/policy/policy_version";
    world.read_policy(context)?.expect_member(pointer, before.pointer(pointer).unwrap_or(&Value::Null))
}
