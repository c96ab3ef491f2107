//! Real sessions of Chromium 156, put to our server's steps and our browser's.

use std::collections::BTreeMap;
use std::path::PathBuf;

use assay_protocol::check::Enforced;
use serde_json::Value;
use url::Url;

use crate::algorithm::Algorithm;
use crate::client::{Session, registration as offers, session::authorises};
use crate::cookie::SetCookie;
use crate::headers::{Form, Header, challenge, read_response, read_session_id};
use crate::instructions::Instructions;
use crate::proof::Proof;
use crate::server::challenge::{Issued, Purpose, Used, Window};
use crate::server::refresh::{self, Known};
use crate::server::registration::{self, Offered, Registered};
use crate::site::{Secure, origin};

const WINDOW: Window = Window { lifetime: 300, depth: 4 };

#[derive(Default)]
struct Seen {
    plans: Vec<offers::Plan>,
    issued: BTreeMap<String, Issued>,
    registered: BTreeMap<(String, String), Registered>,
    sessions: Vec<Session>,
    proofs: usize,
}

#[test]
fn every_captured_exchange_is_understood() {
    for (name, registrations, refreshes) in
        [("basic", 1, 2), ("audience", 1, 1), ("federated", 2, 0), ("subdomain-site", 1, 0)]
    {
        let Some(capture) = capture(name) else {
            eprintln!("skipped: the shared captures are not here");
            return;
        };
        let mut seen = Seen::default();
        for request in capture["requests"].as_array().unwrap() {
            seen.request(request);
        }
        assert_eq!(seen.registered.len(), registrations, "{name}");
        assert_eq!(seen.proofs, registrations + refreshes, "{name}");
        let created = capture["events"].as_array().unwrap().iter();
        let created: Vec<&Value> =
            created.filter_map(|event| event.pointer("/creationEventDetails/newSession")).collect();
        assert_eq!(seen.sessions.len(), created.len(), "{name}");
        for (ours, theirs) in seen.sessions.iter().zip(created) {
            agree(ours, theirs);
        }
    }
}

impl Seen {
    fn request(&mut self, request: &Value) {
        let url = Url::parse(request["url"].as_str().unwrap()).unwrap();
        let headers = headers(&request["headers"]);
        if let Some(field) = Header::Response.find(pairs(&headers)) {
            let (text, form) = read_response(&field.value).unwrap();
            assert_eq!(form, Form::Bare);
            let proof = Proof::parse(&text).unwrap();
            self.proofs += 1;
            match Header::SessionId.find(pairs(&headers)) {
                None => self.registration(&url, &proof),
                Some(id) => self.refresh(&url, &read_session_id(&id.value).unwrap().0, &proof),
            }
        }
        self.response(&url, &request["response"]);
    }

    fn registration(&mut self, url: &Url, proof: &Proof) {
        let plan = self.plans.iter().find(|plan| plan.endpoint == *url).unwrap().clone();
        let jti = plan.challenge.unwrap();
        let issued = Issued { session: jti, purpose: Purpose::Registration, issued_at: 0, used: Used::No, newer: 0 };
        let offered = Offered {
            session: &issued.session,
            algorithms: Algorithm::OFFERED,
            authorization: plan.authorization.as_deref(),
            endpoint: url.as_str(),
            window: WINDOW,
        };
        assert_eq!(proof.jti.as_ref(), Some(&issued.session));
        let registered = registration::verify(proof, &offered, Some(&issued), 0, &Enforced::all()).unwrap();
        self.registered.insert((origin(url), String::new()), registered);
    }

    fn refresh(&mut self, url: &Url, id: &str, proof: &Proof) {
        let issued = self.issued.remove(proof.jti.as_ref().unwrap()).unwrap();
        let registered = &self.registered[&(origin(url), String::new())];
        let known = Known { session: id, registered, endpoint: url.as_str(), window: WINDOW };
        refresh::verify(proof, &known, Some(&issued), 0, &Enforced::all()).unwrap();
    }

    fn response(&mut self, url: &Url, response: &Value) {
        let headers = headers(&response["headers"]);
        if let Some(field) = Header::Registration.find(pairs(&headers)) {
            for offer in crate::headers::registration::parse(&field.value).unwrap() {
                let offer = crate::headers::registration::Registration { provider: None, ..offer.unwrap() };
                let again = crate::headers::registration::write(&[offer]).unwrap();
                let plans = offers::process(&again, url, Algorithm::OFFERED, Secure::Https).unwrap();
                self.plans.extend(plans.into_iter().map(Result::unwrap));
            }
        }
        if let Some(field) = Header::Challenge.find(pairs(&headers)) {
            for found in challenge::parse(&field.value).unwrap() {
                let found = found.unwrap();
                let issued = Issued {
                    session: found.id.unwrap(),
                    purpose: Purpose::Refresh,
                    issued_at: 0,
                    used: Used::No,
                    newer: 0,
                };
                self.issued.insert(found.value, issued);
            }
        }
        let body = response["body"].as_str().unwrap();
        if body.contains("session_identifier") {
            self.instructions(url, &headers, body);
        } else if body.contains("registering_origins") {
            let session = self.sessions.last().unwrap();
            let endpoint = &self.plans.last().unwrap().endpoint;
            assert_eq!(session.well_known(endpoint).as_ref(), Some(url));
            assert!(authorises(body.as_bytes(), endpoint));
        }
    }

    fn instructions(&mut self, url: &Url, headers: &[(String, String)], body: &str) {
        let Instructions::Continue(instructions) = Instructions::parse(body.as_bytes()).unwrap() else {
            panic!("{body}");
        };
        let cookie = headers.iter().find(|(name, _)| name == "Set-Cookie").unwrap();
        let cookie = SetCookie::parse(&cookie.1).unwrap();
        let credential = &instructions.credentials[0];
        assert_eq!(cookie.name, credential.name);
        let host = url.host_str().unwrap();
        let named = credential.cookie_attributes();
        assert_eq!(named.differences(&cookie.attributes, host, url.path()), []);
        if url.path().ends_with("reg") {
            self.sessions.push(Session::create(&instructions, url, Algorithm::Es256, Secure::Https).unwrap());
        }
    }
}

fn agree(ours: &Session, theirs: &Value) {
    assert_eq!(ours.id, theirs["key"]["id"]);
    assert_eq!(ours.site, theirs["key"]["site"]);
    assert_eq!(ours.refresh_url.as_str(), theirs["refreshUrl"]);
    assert_eq!(origin(&ours.scope.origin), theirs["inclusionRules"]["origin"]);
    let site = ours.scope.reach == crate::scope::Reach::Site;
    assert_eq!(site, theirs["inclusionRules"]["includeSite"]);
    let craving = &theirs["cookieCravings"][0];
    let identity = &ours.cravings[0].identity;
    assert_eq!(identity.domain, craving["domain"].as_str().unwrap().trim_start_matches('.'));
    assert_eq!(identity.path, craving["path"]);
    assert_eq!(identity.secure, craving["secure"]);
    assert_eq!(identity.http_only, craving["httpOnly"]);
    assert_eq!(identity.same_site.as_str(), craving["sameSite"]);
}

fn headers(value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    value.as_array().unwrap().iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
}

fn pairs(headers: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

fn capture(name: &str) -> Option<Value> {
    let root = std::env::var_os("ASSAY_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")), PathBuf::from);
    let path = root.join("data/chromium-dbsc").join(format!("scenario-{name}.json"));
    let text = std::fs::read(path).ok()?;
    Some(serde_json::from_slice(&text).unwrap())
}
