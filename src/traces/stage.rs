//! The stage of the stories: a server whose clock can be moved, a browser, a key.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use assay_authenticator_sim::serve::Simulator;
use assay_client::dbsc::{Browser, Clock as BrowserClock, Http as _, Method, Request, SoftwareKey};
use assay_client::{Client, SystemRandom, user::Nobody};
use assay_dbsc::Algorithm;
use assay_dbsc::headers::Header;
use assay_dbsc::proof::{Claims, Unsigned};
use assay_mint::lab::MODEL;
use assay_protocol::webauthn::{CreationOptions, RequestOptions};
use assay_transport::Channel;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use url::Url;

use super::http::Direct;
use crate::clock::MovableClock;
use crate::keys;
use crate::lab::{Lab, ServerPlan};

/// Everything that plays in the stories.
pub struct Stage {
    /// The simulated browser.
    pub browser: Browser,
    server: assay_server::Handle,
    client: Client,
    channel: Channel,
    clock: MovableClock,
    direct: Direct,
    _simulator: Simulator,
}

impl Stage {
    /// A fresh server in memory, a fresh key, a browser without a cookie.
    pub fn set(lab: &Lab) -> Result<Self> {
        let clock = MovableClock::default();
        let plan = ServerPlan { clock: Some(Arc::new(clock.clone())), ..ServerPlan::default() };
        let server = lab.serve(&plan)?;
        let (reports, simulator) = Simulator::spawn(keys::fresh(lab, keys::touched())?)?;
        let direct = Direct::new()?;
        Ok(Self {
            browser: Browser::new(direct.clone()).with_clock(clock.clone()),
            client: Client::new(&format!("http://localhost:{}", server.addr.port()), Box::new(Nobody))?,
            channel: keys::channel(Box::new(reports))?,
            server,
            clock,
            direct,
            _simulator: simulator,
        })
    }

    /// The model of the key.
    pub fn model_name(&self) -> String {
        MODEL.to_string()
    }

    /// Lets time pass for server and browser.
    pub fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// The time on the stage.
    pub fn now(&self) -> u64 {
        BrowserClock::now(&self.clock)
    }

    /// A path of the server, as the browser names it.
    pub fn url(&self, path: &str) -> Result<Url> {
        Ok(Url::parse(&format!("http://localhost:{}{path}", self.server.addr.port()))?)
    }

    /// A way around the browser.
    pub fn direct(&self) -> Direct {
        self.direct.clone()
    }

    /// A GET by the browser that must succeed.
    pub fn get(&mut self, path: &str) -> Result<Value> {
        let url = self.url(path)?;
        let answer = self.browser.fetch(Request::get(url)).map_err(|error| anyhow!("{path}: {error}"))?;
        let body = answer.json().unwrap_or_default();
        if answer.status != 200 {
            bail!("{path} answered {}: {body}", answer.status);
        }
        Ok(body)
    }

    /// A POST by the browser that must succeed.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        let (status, answer) = self.post_any(path, body)?;
        if !(200..300).contains(&status) {
            bail!("{path} answered {status}: {answer}");
        }
        Ok(answer)
    }

    /// A POST by the browser, whatever comes.
    pub fn post_any(&mut self, path: &str, body: &Value) -> Result<(u16, Value)> {
        let url = self.url(path)?;
        let answer = self.browser.fetch(Request::post_json(url, body)).map_err(|error| anyhow!("{path}: {error}"))?;
        Ok((answer.status, answer.json().unwrap_or_default()))
    }

    /// A credential by the key for these options.
    pub fn create(&mut self, options: &Value) -> Result<Value> {
        let options = CreationOptions::from_json(options.to_string().as_bytes())?;
        Ok(self.client.create(&options, &mut self.channel)?.to_json())
    }

    /// A sign-in by whatever passkey the key has.
    pub fn sign_in(&mut self) -> Result<()> {
        let options = self.post("/v1/authentication/options", &json!({}))?;
        let options = RequestOptions::from_json(options.to_string().as_bytes())?;
        let response = self.client.get(&options, &mut self.channel)?.to_json();
        self.post("/v1/authentication/verify", &response).map(|_| ())
    }

    /// Replaces the tenant's policy.
    pub fn set_policy(&mut self, members: &Value) -> Result<()> {
        let bootstrap = &self.server.bootstrap;
        let client = bootstrap.client.as_ref().context("the server kept its credentials to itself")?;
        let basic = STANDARD.encode(format!("{}:{}", client.client_id, client.client_secret));
        let mut policy =
            json!({"tenant_id": bootstrap.tenant_id, "block_software_auth": false, "require_known_aaguids": false});
        if let (Some(policy), Some(members)) = (policy.as_object_mut(), members.as_object()) {
            policy.extend(members.clone());
        }
        let request = Request::post_json(self.url("/v1/attestation/policy")?, &policy)
            .header("Authorization", format!("Basic {basic}"));
        let answer = self.direct.send(&request)?;
        if answer.status != 200 {
            bail!("the policy was answered {}", answer.status);
        }
        Ok(())
    }

    /// A refresh by somebody who has the cookies and makes up a key; gives the status.
    pub fn forge_refresh(&mut self, cookies: &str) -> Result<u16> {
        let bound = self.browser.sessions().first().context("there is no bound session")?;
        let id = bound.session.id.clone();
        let path = "/v1/dbsc/refresh";
        let ask = |proof: Option<String>, url: Url| {
            let request = Request::new(Method::Post, url)
                .header("Cookie", cookies)
                .header(Header::SessionId.name(), format!("\"{id}\""));
            match proof {
                Some(proof) => request.header(Header::Response.name(), format!("\"{proof}\"")),
                None => request,
            }
        };
        let challenge = self.direct.send(&ask(None, self.url(path)?))?;
        let field = Header::Challenge.find(challenge.pairs()).context("no challenge came")?;
        let challenges = assay_dbsc::headers::challenge::parse(&field.value)?;
        let value = challenges.into_iter().next().context("no challenge came")??.value;
        let key = SoftwareKey::generate(&mut SystemRandom)?;
        let proof =
            key.sign_proof(&Unsigned::refresh(Algorithm::Es256, Claims { jti: Some(&value), ..Claims::default() }));
        Ok(self.direct.send(&ask(Some(proof), self.url(path)?))?.status)
    }
}
