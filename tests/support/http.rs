//! A browser for a server in another process: cookies, JSON, no redirects.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use assay_mint::assertion::AssertionForge;
use assay_mint::credential::Credential;
use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::base64url;
use reqwest::blocking::{Body, Client, RequestBuilder};
use serde_json::{Value, json};

use super::command::Lasting;

/// One browser session.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    base: String,
    basic: Option<(String, String)>,
    seen: Arc<Mutex<BTreeSet<String>>>,
}

/// A status, and a body where it was JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// The RP ID and the origin of every server that is asked here.
pub(crate) const RP_ID: &str = "example.org";
pub(crate) const ORIGIN: &str = "https://example.org";

/// What makes a server answer for them.
pub(crate) const SERVE: [&str; 7] = ["serve", "--listen", "127.0.0.1:0", "--rp-id", RP_ID, "--origin", ORIGIN];

impl Browser {
    /// At this server.
    pub(crate) fn new(server: &Lasting) -> Self {
        let client = Client::builder().cookie_store(true).no_proxy().build().unwrap();
        Self { client, base: server.text("url").to_owned(), basic: None, seen: Arc::default() }
    }

    /// The same browser, cookies and all, at the server that has taken the other's place.
    pub(crate) fn at(&self, server: &Lasting) -> Self {
        Self { base: server.text("url").to_owned(), ..self.clone() }
    }

    /// With the credentials of a ready line.
    pub(crate) fn signed_by(mut self, ready: &Value) -> Self {
        let member = |name: &str| ready[name].as_str().unwrap().to_owned();
        self.basic = Some((member("client_id"), member("client_secret")));
        self
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.try_send(self.client.get(format!("{}{path}", self.base))).unwrap()
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, body.to_string())
    }

    pub(crate) fn post_text(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.try_post(path, body).unwrap()
    }

    /// The same where the server may be gone.
    pub(crate) fn try_post(&self, path: &str, body: impl Into<Body>) -> reqwest::Result<Answer> {
        let request = self.client.post(format!("{}{path}", self.base));
        self.try_send(request.header("content-type", "application/json").body(body))
    }

    fn try_send(&self, request: RequestBuilder) -> reqwest::Result<Answer> {
        let request = match &self.basic {
            Some((id, secret)) => request.basic_auth(id, Some(secret)),
            None => request,
        };
        let response = request.send()?;
        let status = response.status().as_u16();
        let cookies = response.cookies().map(|cookie| cookie.value().to_owned());
        self.seen.lock().unwrap().extend(cookies.filter(|value| !value.is_empty()));
        Ok(Answer { status, body: serde_json::from_str(&response.text()?).unwrap_or(Value::Null) })
    }

    /// The values of all cookies that were ever set.
    pub(crate) fn cookies(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().cloned().collect()
    }

    /// A registration by FIDO's interface up to the answer: what to send, and the credential that it makes.
    pub(crate) fn forge(&self, lab: &Lab, username: &str) -> reqwest::Result<(String, Credential)> {
        let wish = json!({ "username": username, "displayName": username });
        let options = self.try_post("/attestation/options", wish.to_string())?;
        assert_eq!(options.status, 200, "{options:?}");
        let challenge = base64url::decode(options.body["challenge"].as_str().unwrap()).unwrap();
        let made = RegistrationForge::none(lab, RP_ID, &challenge).forge().unwrap();
        let handle = base64url::decode(options.body["user"]["id"].as_str().unwrap()).unwrap();
        Ok((made.text, Credential { user_handle: Some(handle), ..made.credential }))
    }

    /// The whole of it.
    #[track_caller]
    pub(crate) fn register(&self, lab: &Lab, username: &str) -> Credential {
        let (text, credential) = self.forge(lab, username).unwrap();
        self.post_text("/attestation/result", text).expect(200);
        credential
    }

    /// A sign-in by FIDO's interface.
    #[track_caller]
    pub(crate) fn try_sign_in(&self, credential: &Credential, username: &str) -> Answer {
        let options = self.post("/assertion/options", &json!({ "username": username })).expect(200);
        let challenge = base64url::decode(options["challenge"].as_str().unwrap()).unwrap();
        let made = AssertionForge::new(credential, &challenge).forge().unwrap();
        self.post_text("/assertion/result", made.text)
    }

    /// One that succeeds; the credential is given back with its new counter.
    #[track_caller]
    pub(crate) fn sign_in(&self, credential: &Credential, username: &str) -> Credential {
        self.try_sign_in(credential, username).expect(200);
        Credential { sign_count: credential.sign_count + 1, ..credential.clone() }
    }
}

impl Answer {
    /// The body, after a look at the status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The code of a problem.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}
