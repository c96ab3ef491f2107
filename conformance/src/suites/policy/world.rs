//! The session of one case with one policy engine.

use assay_mint::lab::Lab;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::context::Context;
use crate::evidence::{Exchange, Message, Role};
use crate::target::fido_rest::FidoRest;
use crate::target::file::HeaderValue;
use crate::target::http::Http;
use crate::target::{TargetError, TargetFile};
use crate::verdict::Stop;

/// How to reach the engine.
#[derive(Debug, Clone)]
pub struct PolicyTarget {
    /// The server; its headers carry the credentials.
    pub file: TargetFile,
    /// The tenant of the credentials.
    pub tenant_id: String,
    /// Whose models the metadata describe.
    pub lab: Lab,
}

/// The session of one case.
pub struct PolicyWorld {
    /// The target.
    pub target: PolicyTarget,
    http: Http,
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub(super) struct ApiAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body, null where it is no JSON.
    pub body: Value,
}

impl PolicyWorld {
    /// Opens a session.
    pub fn open(target: &PolicyTarget) -> Result<Self, Stop> {
        let http = Http::new(&target.file).map_err(broken)?;
        Ok(Self { target: target.clone(), http })
    }

    /// Leaves the tenant with a policy that refuses nobody, for whoever comes after the suite.
    pub fn reset(&self) -> Result<(), TargetError> {
        self.http.post(POLICY, &self.policy("audit", &json!({})).to_string()).map(|_| ())
    }

    /// The same server without credentials, or with these.
    pub(super) fn with_basic(&self, credentials: Option<(&str, &str)>) -> Result<Self, Stop> {
        let mut target = self.target.clone();
        target.file.headers.retain(|name, _| !name.eq_ignore_ascii_case("authorization"));
        if let Some((id, secret)) = credentials {
            let value = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
            target.file.headers.insert("authorization".to_owned(), HeaderValue::Literal(value));
        }
        Self::open(&target)
    }

    /// The same server with an API key.
    pub(super) fn with_bearer(&self, token: &str) -> Result<Self, Stop> {
        let mut target = self.target.clone();
        target.file.headers.retain(|name, _| !name.eq_ignore_ascii_case("authorization"));
        target.file.headers.insert("authorization".to_owned(), HeaderValue::Literal(format!("Bearer {token}")));
        Self::open(&target)
    }

    /// A session of its own with the server's ceremonies.
    pub(super) fn relying_party(&self) -> Result<FidoRest, Stop> {
        FidoRest::connect(&self.target.file).map_err(broken)
    }

    /// GET.
    pub(super) fn get(&self, context: &mut Context, path: &str) -> Result<ApiAnswer, Stop> {
        let response = self.http.get(path).map_err(broken)?;
        Ok(keep(context, Message::line(format!("GET {path}")), response.status, &response.text))
    }

    /// POST with JSON.
    pub(super) fn post(&self, context: &mut Context, path: &str, body: &Value) -> Result<ApiAnswer, Stop> {
        let response = self.http.post(path, &body.to_string()).map_err(broken)?;
        let sent = Message::json(format!("POST {path}"), body.clone());
        Ok(keep(context, sent, response.status, &response.text))
    }

    /// DELETE.
    pub(super) fn delete(&self, context: &mut Context, path: &str) -> Result<ApiAnswer, Stop> {
        let response = self.http.delete(path).map_err(broken)?;
        Ok(keep(context, Message::line(format!("DELETE {path}")), response.status, &response.text))
    }

    /// The tenant's policy as it is read.
    pub(super) fn read_policy(&self, context: &mut Context) -> Result<ApiAnswer, Stop> {
        self.get(context, &format!("{POLICY}?tenant_id={}", self.target.tenant_id))?.expect(200, None)
    }

    /// Saves a policy, which must succeed.
    pub(super) fn set_policy(&self, context: &mut Context, policy: &Value) -> Result<ApiAnswer, Stop> {
        self.post(context, POLICY, policy)?.expect(200, None)
    }

    /// A policy of this tenant with both flags false, and these members over it.
    pub(super) fn policy(&self, mode: &str, members: &Value) -> Value {
        let mut policy = json!({
            "tenant_id": self.target.tenant_id,
            "enforcement_mode": mode,
            "block_software_auth": false,
            "require_known_aaguids": false,
        });
        merge(&mut policy, members);
        policy
    }
}

/// The path of the policy.
pub(super) const POLICY: &str = "/v1/attestation/policy";

/// The path of the ad-hoc evaluation.
pub(super) const EVALUATE: &str = "/v1/attestation/evaluate";

impl ApiAnswer {
    /// The machine code of a refusal.
    pub(super) fn code(&self) -> Option<&str> {
        let code =
            self.body.get("code").or_else(|| self.body.pointer("/error/code")).or_else(|| self.body.get("error"));
        code.and_then(Value::as_str)
    }

    /// The status and, where given, the code must be these.
    pub(super) fn expect(self, status: u16, code: Option<&str>) -> Result<Self, Stop> {
        if self.status == status && (code.is_none() || self.code() == code) {
            return Ok(self);
        }
        let named = |code: Option<&str>| code.map_or(String::new(), |code| format!(" {code}"));
        Err(Stop::fail(format!("HTTP {status}{}", named(code)), format!("HTTP {}{}", self.status, named(self.code()))))
    }

    /// The member at this JSON pointer must be this.
    pub(super) fn expect_member(&self, pointer: &str, expected: &Value) -> Result<(), Stop> {
        let got = self.body.pointer(pointer).unwrap_or(&Value::Null);
        if got == expected {
            return Ok(());
        }
        Err(Stop::fail(format!("{pointer} {expected}"), got.to_string()))
    }
}

/// Puts the members of one object over those of another; null takes a member away.
pub(super) fn merge(object: &mut Value, members: &Value) {
    let (Some(object), Some(members)) = (object.as_object_mut(), members.as_object()) else { return };
    for (name, value) in members {
        if value == "absent" {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
}

pub(super) fn broken(error: TargetError) -> Stop {
    Stop::broken(error.to_string())
}

fn keep(context: &mut Context, sent: Message, status: u16, text: &str) -> ApiAnswer {
    let body: Value = serde_json::from_str(text).unwrap_or_default();
    let line = format!("HTTP {status}");
    let received = if body.is_null() { Message::text(line, text) } else { Message::json(line, body.clone()) };
    context.record(Exchange { label: sent.line.clone(), role: Role::Probe, sent, received: Some(received) });
    ApiAnswer { status, body }
}
