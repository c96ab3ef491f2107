//! What a server sends: the offer, and the answers of its two endpoints.

use serde_json::Value;

use crate::algorithm::Algorithm;
use crate::cookie::{Attributes, SetCookie};
use crate::error::Malformed;
use crate::headers::Header;
use crate::headers::challenge::{self, Challenge};
use crate::headers::registration::{self, Registration};
use crate::instructions::{Credential, Instructions, SessionInstructions};
use crate::scope::{Reach, Scope};

/// An answer, or the part of one that is about bound sessions.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header fields.
    pub headers: Vec<(&'static str, String)>,
    /// The body, always JSON.
    pub body: Option<Value>,
}

/// How a server lays out its sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The path of the registration endpoint.
    pub registration_path: String,
    /// The path of the refresh endpoint.
    pub refresh_path: String,
    /// The algorithms on offer, in order of preference.
    pub algorithms: Vec<Algorithm>,
    /// The bound cookie's name.
    pub cookie: String,
    /// Its attributes, lifetime included: the cookie and its credential are both made of them.
    pub attributes: Attributes,
}

impl Layout {
    /// The header that offers a session.
    pub fn offer(&self, challenge: &str, authorization: Option<&str>) -> Result<(&'static str, String), Malformed> {
        let offer = Registration {
            algorithms: self.algorithms.iter().map(|one| one.name().to_owned()).collect(),
            path: self.registration_path.clone(),
            challenge: Some(challenge.to_owned()),
            authorization: authorization.map(str::to_owned),
            provider: None,
        };
        Ok((Header::Registration.name(), registration::write(&[offer])?))
    }

    /// The answer to a good proof, at registration and at refresh: the bound cookie, the
    /// instructions, and the challenge of the next refresh.
    pub fn session(&self, id: &str, cookie: &str, next: &str) -> Result<Answer, Malformed> {
        let instructions = Instructions::Continue(SessionInstructions {
            session_identifier: id.to_owned(),
            refresh_url: Some(self.refresh_path.clone()),
            scope: Scope { origin: None, reach: Reach::Origin, rules: Vec::new() },
            credentials: vec![Credential { name: self.cookie.clone(), attributes: self.attributes.to_string() }],
            allowed_refresh_initiators: Vec::new(),
        });
        Ok(Answer {
            status: 200,
            headers: vec![
                ("Set-Cookie", self.set_cookie(cookie, self.attributes.max_age)),
                challenge_header(id, next)?,
            ],
            body: Some(instructions.to_json()),
        })
    }

    /// The answer that ends a session, and its cookie with it.
    pub fn end(&self, id: &str) -> Answer {
        let instructions = Instructions::Terminate { session_identifier: Some(id.to_owned()) };
        Answer {
            status: 200,
            headers: vec![("Set-Cookie", self.set_cookie("", Some(0)))],
            body: Some(instructions.to_json()),
        }
    }

    fn set_cookie(&self, value: &str, max_age: Option<i64>) -> String {
        SetCookie {
            name: self.cookie.clone(),
            value: value.to_owned(),
            attributes: Attributes { max_age, ..self.attributes.clone() },
        }
        .to_string()
    }
}

/// The answer to a refresh that is not signed, or signed over a challenge that is no longer good.
pub fn ask(id: &str, challenge: &str) -> Result<Answer, Malformed> {
    Ok(Answer { status: 403, headers: vec![challenge_header(id, challenge)?], body: None })
}

fn challenge_header(id: &str, value: &str) -> Result<(&'static str, String), Malformed> {
    let challenge = Challenge { value: value.to_owned(), id: Some(id.to_owned()) };
    Ok((Header::Challenge.name(), challenge::write(&[challenge])?))
}
