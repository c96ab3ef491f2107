//! A session over HTTP: by the REST contract of FIDO's conformance tools, which many servers speak
//! for testing, or as the target file describes it.

use std::collections::BTreeMap;

use assay_protocol::webauthn::{CreationOptions, RequestOptions, related_origins};
use serde_json::{Map, Value};

use super::http::{Http, Response};
use super::shape::{Ceremony, Encoding, Kept, method_and_path};
use super::template::{self, Values};
use super::{
    Answer, AuthenticationRequest, Begin, Dialect, Offer, Reasons, RegistrationRequest, RelyingPartyTarget,
    TargetError, TargetFile,
};

/// A session with a server.
#[derive(Debug, Clone)]
pub struct FidoRest {
    http: Http,
    file: TargetFile,
    reasons: Reasons,
    /// The user of the latest request for options, and what was kept of its answers.
    known: Values,
}

impl FidoRest {
    /// A session with the server that `file` describes. Must not be called inside an async runtime.
    pub fn connect(file: &TargetFile) -> Result<Self, TargetError> {
        Ok(Self {
            http: Http::new(file)?,
            reasons: Reasons::new(&file.answers).map_err(|error| TargetError::Configuration(error.to_string()))?,
            file: file.clone(),
            known: Values::new(),
        })
    }

    /// The server's own origin, as its address says.
    pub fn origin(&self) -> String {
        self.http.origin()
    }

    fn send(
        &mut self,
        endpoint: &str,
        body: Option<(Encoding, String)>,
        values: &Values,
    ) -> Result<Answer, TargetError> {
        let (method, path) = method_and_path(endpoint);
        let path = template::path(path, values);
        let headers: Vec<(String, String)> = self
            .file
            .kept_headers()
            .filter_map(|(name, value)| Some((name.to_owned(), template::header(value, values)?)))
            .collect();
        let sent = body.as_ref().map(|(encoding, text)| (encoding.content_type(), text.as_str()));
        let response = self.http.send(method.clone(), &path, &headers, sent)?;
        self.keep(&path, &response);
        let request_body = body.map(|(_, text)| text).unwrap_or_default();
        Ok(self.read(format!("{method} {path}"), request_body, response))
    }

    fn keep(&mut self, path: &str, response: &Response) {
        let body: Option<Value> = serde_json::from_str(&response.text).ok();
        for (name, source) in &self.file.keep {
            let found = match Kept::parse(source) {
                Kept::Pointer(pointer) => body.as_ref().and_then(|body| body.pointer(pointer)).cloned(),
                Kept::Header(header) => {
                    response.headers.get(header).and_then(|value| value.to_str().ok()).map(Value::from)
                }
                Kept::Cookie(cookie) => self.http.cookie(path, cookie).map(Value::from),
            };
            if let Some(found) = found {
                self.known.insert(name.clone(), found);
            }
        }
    }

    /// Success is HTTP 2xx, or what the file says, and by the contract `status: "ok"` where there is such a member.
    fn read(&self, request_line: String, request_body: String, response: Response) -> Answer {
        let body: Option<Value> = serde_json::from_str(&response.text).ok();
        let content_type = response.headers.get("content-type").and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let status_member = body.as_ref().and_then(|body| body.get("status")?.as_str());
        let by_status = match self.file.answers.statuses.as_slice() {
            [] => (200..300).contains(&response.status),
            statuses => statuses.contains(&response.status),
        };
        let by_member = self.file.dialect == Dialect::WebauthnJson || status_member.is_none_or(|status| status == "ok");
        let accepted = by_status && by_member;
        let message = self.reasons.message(body.as_ref(), &response.text);
        let reason = if accepted { None } else { self.reasons.reason(body.as_ref(), &message) };
        Answer {
            accepted,
            status: response.status,
            reason,
            message,
            content_type,
            text: if body.is_some() { String::new() } else { response.text },
            body,
            request_line,
            request_body,
        }
    }

    fn begin<T, E: ToString>(
        &mut self,
        ceremony: Ceremony,
        endpoint: &str,
        template: &Value,
        asked: Values,
        parse: impl FnOnce(&[u8]) -> Result<T, E>,
    ) -> Result<Begin<T>, TargetError> {
        let is_get = method_and_path(endpoint).0 == reqwest::Method::GET;
        for name in ["user_verification", "resident_key", "authenticator_attachment", "extensions"] {
            let has_way = template::has_place(endpoint, name) || !is_get && template::mentions(template, name);
            if asked.contains_key(name) && !has_way {
                return Err(TargetError::NoWayToAsk(name));
            }
        }
        self.known.remove("username");
        self.known.extend(asked.get("username").map(|name| ("username".to_owned(), name.clone())));
        for before in self.file.before.clone() {
            if before.only.is_some_and(|only| only != ceremony) || !asked.contains_key("username") {
                continue;
            }
            let values = with(&self.known, &asked);
            let body =
                before.body.as_ref().map(|body| (before.encoding, written(before.encoding, body, &values, None)));
            let answer = self.send(&before.request, body, &values)?;
            if !answer.accepted {
                return Ok(Begin::Refused(answer));
            }
        }
        let values = with(&self.known, &asked);
        let encoding = self.file.bodies.encoding;
        let body = (!is_get).then(|| (encoding, written(encoding, template, &values, None)));
        let answer = self.send(endpoint, body, &values)?;
        if !answer.accepted {
            return Ok(Begin::Refused(answer));
        }
        let bad = |why: String| TargetError::BadOptions(why);
        let found = answer.body.as_ref().and_then(|body| self.file.answers.options_in(body));
        let json = found.ok_or_else(|| bad(format!("no JSON at {:?}", self.file.answers.options)))?;
        let options = parse(json.to_string().as_bytes()).map_err(|error| bad(error.to_string()))?;
        Ok(Begin::Offered(Offer { options, json, answer }))
    }

    fn finish(&mut self, endpoint: &str, template: &Value, credential: &str) -> Result<Answer, TargetError> {
        let (encoding, values) = (self.file.bodies.encoding, self.known.clone());
        let body = written(encoding, template, &values, Some(credential));
        let mut answer = self.send(endpoint, Some((encoding, body)), &values)?;
        if answer.accepted && !self.file.answers.verifies(answer.body.as_ref()) {
            answer.accepted = false;
            answer.reason = self.reasons.reason(answer.body.as_ref(), &answer.message);
        }
        Ok(answer)
    }
}

impl RelyingPartyTarget for FidoRest {
    fn begin_registration(&mut self, request: &RegistrationRequest) -> Result<Begin<CreationOptions>, TargetError> {
        let mut asked = further(&request.extensions, request.requirements.as_ref());
        let mut put = |name: &str, value: Option<&str>| {
            asked.extend(value.map(|value| (name.to_owned(), Value::from(value))));
        };
        put("username", Some(&request.username));
        put("display_name", Some(&request.display_name));
        put("user_verification", request.user_verification.as_deref());
        put("resident_key", request.resident_key.as_deref());
        put("authenticator_attachment", request.authenticator_attachment.as_deref());
        put("attestation", request.attestation.as_deref());
        put("mediation", request.mediation.as_deref());
        if let Some(resident_key) = &request.resident_key {
            asked.insert(String::from("require_resident_key"), Value::from(resident_key == "required"));
        }
        list(&mut asked, "hints", &request.hints);
        list(&mut asked, "attestation_formats", &request.attestation_formats);
        let (endpoint, body) =
            (self.file.endpoints.begin_registration.clone(), self.file.bodies.begin_registration.clone());
        self.begin(Ceremony::Registration, &endpoint, &body, asked, CreationOptions::from_json)
    }

    fn finish_registration(&mut self, body: &str) -> Result<Answer, TargetError> {
        let (endpoint, template) =
            (self.file.endpoints.finish_registration.clone(), self.file.bodies.finish_registration.clone());
        self.finish(&endpoint, &template, body)
    }

    fn begin_authentication(&mut self, request: &AuthenticationRequest) -> Result<Begin<RequestOptions>, TargetError> {
        let mut asked = further(&request.extensions, request.requirements.as_ref());
        let mut put = |name: &str, value: Option<&str>| {
            asked.extend(value.map(|value| (name.to_owned(), Value::from(value))));
        };
        put("username", request.username.as_deref());
        put("user_verification", request.user_verification.as_deref());
        list(&mut asked, "hints", &request.hints);
        let (endpoints, bodies) = (&self.file.endpoints, &self.file.bodies);
        let (endpoint, body) = match (&request.username, &endpoints.begin_usernameless) {
            (Some(_), _) => (endpoints.begin_authentication.clone(), bodies.begin_authentication.clone()),
            (None, Some(path)) => (path.clone(), bodies.begin_usernameless.clone()),
            (None, None) => {
                return Err(TargetError::Configuration(String::from(
                    "no endpoint for an authentication without a user name",
                )));
            }
        };
        self.begin(Ceremony::Authentication, &endpoint, &body, asked, RequestOptions::from_json)
    }

    fn finish_authentication(&mut self, body: &str) -> Result<Answer, TargetError> {
        let (endpoint, template) =
            (self.file.endpoints.finish_authentication.clone(), self.file.bodies.finish_authentication.clone());
        self.finish(&endpoint, &template, body)
    }

    fn related_origins(&mut self) -> Result<Answer, TargetError> {
        let response = self.http.get(related_origins::PATH)?;
        Ok(self.read(format!("GET {}", related_origins::PATH), String::new(), response))
    }

    fn new_session(&self) -> Result<Box<dyn RelyingPartyTarget>, TargetError> {
        Ok(Box::new(Self { http: self.http.new_session(), known: BTreeMap::new(), ..self.clone() }))
    }

    fn dialect(&self) -> Dialect {
        self.file.dialect
    }
}

fn list(asked: &mut Values, name: &str, values: &[String]) {
    if !values.is_empty() {
        asked.insert(name.to_owned(), values.to_vec().into());
    }
}

fn further(extensions: &Map<String, Value>, requirements: Option<&Value>) -> Values {
    let mut asked = Values::new();
    if !extensions.is_empty() {
        asked.insert(String::from("extensions"), Value::Object(extensions.clone()));
    }
    asked.extend(requirements.map(|requirements| (String::from("requirements"), requirements.clone())));
    asked
}

fn with(known: &Values, asked: &Values) -> Values {
    known.iter().chain(asked).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn written(encoding: Encoding, template: &Value, values: &Values, credential: Option<&str>) -> String {
    match encoding {
        Encoding::Json => template::json(template, values, credential),
        Encoding::Form => template::form(template, values, credential),
    }
}
