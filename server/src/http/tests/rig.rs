//! A server with a clock of its own, browsers, and keys that answer their options.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use assay_attestation::Anchors;
use assay_attestation::metadata::{Metadata, Trust};
use assay_mint::assertion::AssertionForge;
use assay_mint::credential::Credential;
use assay_mint::lab::Lab;
use assay_mint::metadata::{Issue, Overdue};
use assay_mint::registration::RegistrationForge;
use assay_protocol::base64url;
use assay_relying_party::Profile;
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::{Clock, Config, Handle, spawn};

/// 2027-03-05T12:00:00Z.
pub(super) const NOW: i64 = 1_804_248_000;
pub(super) const RP_ID: &str = "example.org";

/// A clock that moves when it is told to.
#[derive(Debug)]
pub(super) struct Hands(Mutex<OffsetDateTime>);

impl Hands {
    pub(super) fn at(now: OffsetDateTime) -> Self {
        Self(Mutex::new(now))
    }

    pub(super) fn forward(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for Hands {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }
}

pub(super) struct Rig {
    pub(super) handle: Handle,
    pub(super) clock: Arc<Hands>,
}

pub(super) fn lab() -> Lab {
    Lab::new([7; 32], NOW)
}

pub(super) fn metadata(overdue: Overdue) -> Metadata {
    let roots = Anchors::parse([lab().metadata_root().unwrap()]).unwrap();
    let trust = Trust::new(roots).named("mds.assay.test");
    let blob = lab().metadata_blob(&Issue { overdue, ..Issue::new(7) }).unwrap();
    Metadata::load(&blob, &trust, None, OffsetDateTime::from_unix_timestamp(NOW).unwrap()).unwrap()
}

impl Rig {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let clock = Arc::new(Hands::at(OffsetDateTime::from_unix_timestamp(NOW).unwrap()));
        let mut config = Config::new(RP_ID, vec![format!("https://{RP_ID}")], Profile::named("hardened").unwrap());
        config.clock = clock.clone();
        config.metadata = vec![metadata(Overdue::No)];
        change(&mut config);
        Self { handle: spawn(config).unwrap(), clock }
    }

    pub(super) fn browser(&self) -> Browser {
        let client = Client::builder().cookie_store(true).no_proxy().build().unwrap();
        Browser { client, base: self.handle.url(), basic: None, bearer: None }
    }

    /// The client that may do everything.
    pub(super) fn admin(&self) -> Browser {
        let credentials = self.handle.bootstrap.client.clone().unwrap();
        Browser { basic: Some((credentials.client_id, credentials.client_secret)), ..self.browser() }
    }

    pub(super) fn tenant(&self) -> &str {
        &self.handle.bootstrap.tenant_id
    }

    /// Every audit line of this type, oldest first.
    pub(super) fn audit(&self, event_type: &str) -> Vec<Value> {
        let answer = self.admin().get(&format!("/v1/audit?event_type={event_type}&limit=1000"));
        answer.body["events"].as_array().unwrap().clone()
    }
}

#[derive(Clone)]
pub(super) struct Browser {
    client: Client,
    base: String,
    basic: Option<(String, String)>,
    bearer: Option<String>,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub(super) fn expect(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.body);
        if self.status >= 400 {
            let text = self.body.get("message").or(self.body.get("errorMessage")).and_then(Value::as_str);
            assert!(text.is_some_and(|text| !text.is_empty()), "{}", self.body);
        }
        self
    }
}

impl Browser {
    pub(super) fn with_basic(&self, client_id: &str, secret: &str) -> Self {
        Self { basic: Some((client_id.to_owned(), secret.to_owned())), ..self.clone() }
    }

    pub(super) fn with_bearer(&self, token: &str) -> Self {
        Self { bearer: Some(token.to_owned()), ..self.clone() }
    }

    pub(super) fn delete(&self, path: &str) -> Answer {
        self.send(self.client.delete(format!("{}{path}", self.base)))
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(format!("{}{path}", self.base)))
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, body.to_string())
    }

    pub(super) fn post_text(&self, path: &str, body: impl Into<reqwest::blocking::Body>) -> Answer {
        self.post_as(path, "application/json", body)
    }

    pub(super) fn post_as(&self, path: &str, media_type: &str, body: impl Into<reqwest::blocking::Body>) -> Answer {
        let request = self.client.post(format!("{}{path}", self.base));
        self.send(request.header("content-type", media_type).body(body))
    }

    fn send(&self, request: RequestBuilder) -> Answer {
        let request = match &self.basic {
            Some((client_id, secret)) => request.basic_auth(client_id, Some(secret)),
            None => request,
        };
        let request = match &self.bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let text = response.text().unwrap();
        Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::Null), headers, text }
    }

    /// The options of a registration, and a forge that answers them without attestation.
    pub(super) fn registration(&self, path: &str, request: &Value) -> (Value, RegistrationForge) {
        let options = self.post(path, request).expect(200, "").body;
        let challenge = base64url::decode(options["challenge"].as_str().unwrap()).unwrap();
        let forge = RegistrationForge::none(&lab(), RP_ID, &challenge);
        (options, forge)
    }

    /// The options of an authentication, and a forge that answers them with this credential.
    pub(super) fn authentication(
        &self,
        path: &str,
        request: &Value,
        credential: &Credential,
    ) -> (Value, AssertionForge) {
        let options = self.post(path, request).expect(200, "").body;
        let challenge = base64url::decode(options["challenge"].as_str().unwrap()).unwrap();
        (options, AssertionForge::new(credential, &challenge))
    }

    /// A whole registration by the server's own interface.
    #[track_caller]
    pub(super) fn register(&self, username: &str) -> (Value, Credential) {
        let (options, forge) = self.registration("/v1/registration/options", &json!({ "username": username }));
        let forged = forge.forge().unwrap();
        let answer = self.post_text("/v1/registration/verify", forged.text).expect(201, "");
        (answer.body, owned(forged.credential, &options))
    }

    /// A whole authentication by the server's own interface.
    #[track_caller]
    pub(super) fn sign_in(&self, username: &str, credential: &Credential) -> (Answer, Credential) {
        let request = json!({ "username": username });
        let (_, forge) = self.authentication("/v1/authentication/options", &request, credential);
        let forged = forge.forge().unwrap();
        let answer = self.post_text("/v1/authentication/verify", forged.text).expect(200, "");
        (answer, forged.credential)
    }
}

/// The credential as the authenticator keeps it: with the user it belongs to.
pub(super) fn owned(credential: Credential, options: &Value) -> Credential {
    let handle = base64url::decode(options["user"]["id"].as_str().unwrap()).unwrap();
    Credential { user_handle: Some(handle), ..credential }
}
