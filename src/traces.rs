//! Four short stories, told while they happen: a registration, a sign-in, a policy's refusal, and a
//! bound session whose stolen cookie dies.

mod http;
mod stage;

use std::time::Duration;

use anyhow::{Result, bail};
use assay_client::dbsc::{Event, Request};
use serde::Serialize;
use serde_json::{Value, json};

pub use self::http::Direct;
pub use self::stage::Stage;
use crate::lab::Lab;

/// One story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// What it tells.
    pub title: String,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

/// One step of a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Who acts.
    pub who: &'static str,
    /// What happened.
    pub what: String,
}

/// Tells all four. An error means that a story did not end as it must.
pub fn all(lab: &Lab) -> Result<Vec<Trace>> {
    let mut stage = Stage::set(lab)?;
    Ok(vec![registration(&mut stage)?, sign_in(&mut stage)?, refusal(&mut stage)?, theft(&mut stage)?])
}

fn registration(stage: &mut Stage) -> Result<Trace> {
    let mut trace = Trace::new("A registration");
    let options = stage.post("/v1/registration/options", &json!({"username": "ada", "attestation": "direct"}))?;
    trace.step(
        "server",
        format!("options for {}: a challenge, three algorithms, attestation direct", text(&options, "/user/name")),
    );
    let response = stage.create(&options)?;
    trace.step("key", format!("a key pair, attested by a {} certificate", stage.model_name()));
    let verdict = stage.post("/v1/registration/verify", &response)?;
    trace.step(
        "server",
        format!(
            "{} attestation ({}), model {}",
            text(&verdict, "/fmt"),
            text(&verdict, "/attestation_type"),
            text(&verdict, "/aaguid")
        ),
    );
    trace.step("policy", format!("outcome {}", text(&verdict, "/attestation/outcome")));
    Ok(trace)
}

fn sign_in(stage: &mut Stage) -> Result<Trace> {
    let mut trace = Trace::new("A sign-in");
    stage.sign_in()?;
    trace.step("server", "options without a user name".to_owned());
    trace.step("key", "found the passkey by the RP ID, and signed".to_owned());
    let me = stage.get("/v1/whoami")?;
    trace.step("server", format!("signed in as {}", text(&me, "/username")));
    Ok(trace)
}

fn refusal(stage: &mut Stage) -> Result<Trace> {
    let mut trace = Trace::new("A policy's refusal");
    stage.set_policy(&json!({"enforcement_mode": "block", "min_certification_level": "L3"}))?;
    trace.step("policy", "block whatever is certified below L3".to_owned());
    // Not discoverable: a passkey that the server refused must not answer the next sign-in.
    let wishes = json!({"username": "grace", "authenticatorSelection": {"residentKey": "discouraged"}});
    let options = stage.post("/v1/registration/options", &wishes)?;
    let response = stage.create(&options)?;
    let (status, verdict) = stage.post_any("/v1/registration/verify", &response)?;
    if status != 403 {
        bail!("the policy should have refused, not answered {status}: {verdict}");
    }
    trace.step("server", format!("HTTP 403 {}: {}", text(&verdict, "/code"), text(&verdict, "/detail")));
    stage.set_policy(&json!({"enforcement_mode": "audit"}))?;
    Ok(trace)
}

fn theft(stage: &mut Stage) -> Result<Trace> {
    let mut trace = Trace::new("A bound session, and a thief");
    stage.sign_in()?;
    let bound = stage.browser.take_events().into_iter().any(|event| matches!(event, Event::Registered { .. }));
    if !bound {
        bail!("the sign-in was not bound to the device");
    }
    trace.step("browser", "signed in; bound the session to a key of its own".to_owned());
    let stolen =
        stage.browser.jar().header(&stage.url("/v1/whoami")?, assay_client::dbsc::Initiated::BySite, stage.now());
    let stolen = stolen.unwrap_or_default();
    trace.step("thief", format!("copied {} cookies, but not the key", stolen.split("; ").count()));
    expect(stage.with_cookies("/v1/whoami", &stolen)?, true)?;
    trace.step("server", "takes the stolen cookie, as long as it lives: that is all that cookies can do".to_owned());
    stage.pass(Duration::from_secs(11 * 60));
    trace.step("clock", "eleven minutes later the bound cookie has expired".to_owned());
    let me = stage.get("/v1/whoami")?;
    if me.get("bound") != Some(&Value::Bool(true)) {
        bail!("the browser lost its bound session: {me}");
    }
    trace.step("browser", "asked for a challenge, signed it, got the next cookie; nobody noticed".to_owned());
    expect(stage.with_cookies("/v1/whoami", &stolen)?, false)?;
    trace.step("server", "refuses the stolen cookie".to_owned());
    let forged = stage.forge_refresh(&stolen)?;
    if forged < 400 {
        bail!("a refresh with another key was answered {forged}");
    }
    trace.step("thief", format!("tried to refresh with a key of his own: HTTP {forged}, the session is terminated"));
    if stage.with_cookies("/v1/whoami", &stolen)? == 200 {
        bail!("the session outlived the theft");
    }
    trace.step("server", "the session is dead for everybody: sign in again".to_owned());
    Ok(trace)
}

fn expect(status: u16, accepted: bool) -> Result<()> {
    if (status == 200) != accepted {
        bail!("the stolen cookie was answered {status}");
    }
    Ok(())
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("?")
}

impl Trace {
    fn new(title: &str) -> Self {
        Self { title: title.to_owned(), steps: Vec::new() }
    }

    fn step(&mut self, who: &'static str, what: String) {
        self.steps.push(Step { who, what });
    }
}

impl Stage {
    /// A request with these cookies and nothing else, as a thief makes it.
    fn with_cookies(&mut self, path: &str, cookies: &str) -> Result<u16> {
        use assay_client::dbsc::Http as _;
        let request = Request::get(self.url(path)?).header("Cookie", cookies);
        Ok(self.direct().send(&request)?.status)
    }
}
