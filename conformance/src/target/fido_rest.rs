//! The REST contract of FIDO's conformance tools, which many servers speak for testing.

use assay_protocol::webauthn::{CreationOptions, RequestOptions};
use serde_json::{Map, Value, json};

use super::http::{Http, Response};
use super::{
    Answer, AuthenticationRequest, Begin, Dialect, Offer, Reasons, RegistrationRequest, RelyingPartyTarget,
    TargetError, TargetFile,
};

/// A session with a server that speaks the contract, in either dialect.
#[derive(Debug, Clone)]
pub struct FidoRest {
    http: Http,
    file: TargetFile,
    reasons: Reasons,
}

impl FidoRest {
    /// A session with the server that `file` describes. Must not be called inside an async runtime.
    pub fn connect(file: &TargetFile) -> Result<Self, TargetError> {
        Ok(Self {
            http: Http::new(file)?,
            reasons: Reasons::new(&file.answers).map_err(|error| TargetError::Configuration(error.to_string()))?,
            file: file.clone(),
        })
    }

    /// The server's own origin, as its address says.
    pub fn origin(&self) -> String {
        self.http.origin()
    }

    fn post(&self, path: &str, body: &str) -> Result<Answer, TargetError> {
        let response = self.http.post(path, body)?;
        Ok(self.read(format!("POST {path}"), body.to_owned(), response))
    }

    /// Success is HTTP 2xx, and `status: "ok"` where there is such a member.
    fn read(&self, request_line: String, request_body: String, response: Response) -> Answer {
        let body: Option<Value> = serde_json::from_str(&response.text).ok();
        let status_member = body.as_ref().and_then(|body| body.get("status")?.as_str());
        let accepted = (200..300).contains(&response.status) && status_member.is_none_or(|status| status == "ok");
        let message = self.reasons.message(body.as_ref(), &response.text);
        let reason = if accepted { None } else { self.reasons.reason(body.as_ref(), &message) };
        Answer {
            accepted,
            status: response.status,
            reason,
            message,
            text: if body.is_some() { String::new() } else { response.text },
            body,
            request_line,
            request_body,
        }
    }

    fn begin<T, E: ToString>(
        &self,
        path: &str,
        body: &Value,
        parse: impl FnOnce(&[u8]) -> Result<T, E>,
    ) -> Result<Begin<T>, TargetError> {
        let answer = self.post(path, &body.to_string())?;
        if !answer.accepted {
            return Ok(Begin::Refused(answer));
        }
        let bad = |why: String| TargetError::BadOptions(why);
        let json = answer
            .body
            .as_ref()
            .and_then(|body| body.pointer(&self.file.answers.options))
            .cloned()
            .ok_or_else(|| bad(format!("no JSON at {:?}", self.file.answers.options)))?;
        let options = parse(json.to_string().as_bytes()).map_err(|error| bad(error.to_string()))?;
        Ok(Begin::Offered(Offer { options, json, answer }))
    }
}

impl RelyingPartyTarget for FidoRest {
    fn begin_registration(&mut self, request: &RegistrationRequest) -> Result<Begin<CreationOptions>, TargetError> {
        let mut selection = Map::new();
        put(&mut selection, "userVerification", request.user_verification.as_deref());
        put(&mut selection, "residentKey", request.resident_key.as_deref());
        if let Some(resident_key) = &request.resident_key {
            selection.insert(String::from("requireResidentKey"), json!(resident_key == "required"));
        }
        put(&mut selection, "authenticatorAttachment", request.authenticator_attachment.as_deref());
        let mut body = Map::new();
        put(&mut body, "username", Some(&request.username));
        put(&mut body, "displayName", Some(&request.display_name));
        if !selection.is_empty() {
            body.insert(String::from("authenticatorSelection"), Value::Object(selection));
        }
        put(&mut body, "attestation", request.attestation.as_deref());
        further(&mut body, &request.extensions, request.requirements.as_ref());
        self.begin(&self.file.endpoints.begin_registration, &Value::Object(body), CreationOptions::from_json)
    }

    fn finish_registration(&mut self, body: &str) -> Result<Answer, TargetError> {
        self.post(&self.file.endpoints.finish_registration, body)
    }

    fn begin_authentication(&mut self, request: &AuthenticationRequest) -> Result<Begin<RequestOptions>, TargetError> {
        let mut body = Map::new();
        put(&mut body, "username", request.username.as_deref());
        put(&mut body, "userVerification", request.user_verification.as_deref());
        further(&mut body, &request.extensions, request.requirements.as_ref());
        let endpoints = &self.file.endpoints;
        let path = match (&request.username, &endpoints.begin_usernameless) {
            (Some(_), _) => &endpoints.begin_authentication,
            (None, Some(path)) => path,
            (None, None) => {
                return Err(TargetError::Configuration(String::from(
                    "no endpoint for an authentication without a user name",
                )));
            }
        };
        self.begin(path, &Value::Object(body), RequestOptions::from_json)
    }

    fn finish_authentication(&mut self, body: &str) -> Result<Answer, TargetError> {
        self.post(&self.file.endpoints.finish_authentication, body)
    }

    fn new_session(&self) -> Result<Box<dyn RelyingPartyTarget>, TargetError> {
        Ok(Box::new(Self { http: self.http.new_session(), ..self.clone() }))
    }

    fn dialect(&self) -> Dialect {
        self.file.dialect
    }
}

fn put(object: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        object.insert(name.to_owned(), Value::from(value));
    }
}

fn further(object: &mut Map<String, Value>, extensions: &Map<String, Value>, requirements: Option<&Value>) {
    if !extensions.is_empty() {
        object.insert(String::from("extensions"), Value::Object(extensions.clone()));
    }
    if let Some(requirements) = requirements {
        object.insert(String::from("requirements"), requirements.clone());
    }
}
