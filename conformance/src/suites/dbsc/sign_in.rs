//! A user signs in: by the request that the target file names, or with a passkey of the lab.

use assay_client::dbsc::{Method, Request, Response};
use assay_mint::assertion::AssertionForge;
use assay_mint::json::Object;
use assay_mint::registration::RegistrationForge;
use assay_protocol::webauthn::{CreationOptions, RequestOptions};
use serde_json::{Value, json};

use super::world::{Asking, World, username};
use crate::context::Context;
use crate::target::Dialect;
use crate::target::sessions::SignIn;
use crate::verdict::Stop;

impl World {
    /// Signs a user in, always the same one in this browser. The answer carries the offer, which
    /// nobody has taken yet.
    pub(super) fn sign_in(&mut self, context: &mut Context) -> Result<Response, Stop> {
        let answer = match self.target.file.dbsc.sign_in.clone() {
            Some(how) => {
                let request = self.sign_in_request(context, &how)?;
                self.send(context, Asking::setup("sign in"), &request)?
            }
            None => self.sign_in_by_passkey(context)?,
        };
        if answer.status >= 400 {
            return Err(Stop::broken(format!("nobody can sign in: HTTP {}", answer.status)));
        }
        Ok(answer)
    }

    /// The request by which the target file says that a user signs in.
    pub(super) fn sign_in_request(&self, context: &mut Context, how: &SignIn) -> Result<Request, Stop> {
        let url = self.url(&how.path)?;
        let Some(body) = &how.body else {
            return Ok(Request::get(url));
        };
        let mut request = Request::new(Method::Post, url).header("Content-Type", how.content_type.as_str());
        request.body = body.replace("{user}", &username(context)).into_bytes();
        Ok(request)
    }

    fn sign_in_by_passkey(&mut self, context: &mut Context) -> Result<Response, Stop> {
        if self.passkey.is_none() {
            self.register_passkey(context)?;
        }
        let (path, body) = self.assertion(context)?;
        self.send(context, Asking::setup("sign in"), &self.post(&path, &body)?)
    }

    /// The last request of a sign-in with the passkey: its path and its body.
    pub(super) fn assertion(&mut self, context: &mut Context) -> Result<(String, String), Stop> {
        if self.passkey.is_none() {
            self.register_passkey(context)?;
        }
        let Some((username, credential)) = self.passkey.clone() else {
            return Err(Stop::broken("no passkey to sign in with"));
        };
        let endpoints = self.target.file.endpoints.clone();
        let begin = json!({"username": username, "userVerification": "preferred"}).to_string();
        let options = self.options(context, &endpoints.begin_authentication, &begin)?;
        let options = RequestOptions::from_json(options.to_string().as_bytes()).map_err(unread)?;
        let mut forge = AssertionForge::new(&credential, &options.challenge);
        forge.rp_id = self.rp_id(options.rp_id.as_deref());
        forge.origin = self.origin();
        let made = forge.forge().map_err(|error| Stop::broken(error.to_string()))?;
        self.passkey = Some((username, made.credential.clone()));
        Ok((endpoints.finish_authentication, self.dressed(&made.text, &made.members)))
    }

    fn register_passkey(&mut self, context: &mut Context) -> Result<(), Stop> {
        let username = username(context);
        let endpoints = self.target.file.endpoints.clone();
        let begin = json!({"username": username, "displayName": username, "attestation": "none"}).to_string();
        let options = self.options(context, &endpoints.begin_registration, &begin)?;
        let options = CreationOptions::from_json(options.to_string().as_bytes()).map_err(unread)?;
        let rp_id = self.rp_id(options.rp.id.as_deref());
        let mut forge = RegistrationForge::none(&self.target.lab, &rp_id, &options.challenge);
        forge.origin = self.origin();
        let made = forge.forge().map_err(|error| Stop::broken(error.to_string()))?;
        let body = self.dressed(&made.text, &made.members);
        let request = self.post(&endpoints.finish_registration, &body)?;
        let answer = self.send(context, Asking::setup("register a passkey"), &request)?;
        if answer.status >= 300 {
            return Err(Stop::broken(format!("no passkey can be registered: HTTP {}", answer.status)));
        }
        let mut credential = made.credential;
        credential.user_handle = Some(options.user.id);
        self.passkey = Some((username, credential));
        Ok(())
    }

    fn options(&mut self, context: &mut Context, path: &str, body: &str) -> Result<Value, Stop> {
        let request = self.post(path, body)?;
        let answer = self.send(context, Asking::setup("ask for options"), &request)?;
        let found = answer.json().and_then(|json| self.target.file.answers.options_in(&json));
        found.filter(|_| answer.status < 300).ok_or_else(|| Stop::broken(format!("no options: HTTP {}", answer.status)))
    }

    /// A POST of JSON text.
    pub(super) fn post(&self, path: &str, body: &str) -> Result<Request, Stop> {
        let mut request = Request::new(Method::Post, self.url(path)?).header("Content-Type", "application/json");
        request.body = body.as_bytes().to_vec();
        Ok(request)
    }

    fn rp_id(&self, offered: Option<&str>) -> String {
        let origin = self.origin();
        let host = origin.split_once("://").map_or(origin.as_str(), |(_, rest)| rest).split([':', '/']).next();
        offered.or(self.target.file.rp_id.as_deref()).or(host).unwrap_or_default().to_owned()
    }

    /// FIDO's contract gives the extension results another name; servers read one or the other.
    fn dressed(&self, text: &str, members: &Object) -> String {
        match (self.target.file.dialect, members.get("clientExtensionResults")) {
            (Dialect::FidoRest, Some(results)) => {
                let mut members = members.clone();
                members.push("getClientExtensionResults", results.clone());
                members.to_text()
            }
            _ => text.to_owned(),
        }
    }
}

fn unread(error: impl std::fmt::Display) -> Stop {
    Stop::broken(format!("options that cannot be read: {error}"))
}
