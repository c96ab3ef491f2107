//! What is remembered of one bound session.

use assay_dbsc::server::challenge::{Issued, Purpose, Used};
use assay_dbsc::server::registration::Registered;
use assay_dbsc::{Algorithm, jwk};
use assay_protocol::base64url;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::store::Digest;
use crate::store::Error as StoreError;

/// How many of the latest challenges stay good beside each other.
pub(super) const DEPTH: usize = 4;

/// How many challenges are remembered, so that an old one is known for what it is.
const REMEMBERED_CHALLENGES: usize = 64;

/// How many bound cookies are remembered, for the same reason.
const REMEMBERED_COOKIES: usize = 16;

/// One bound session, or the offer of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) phase: Phase,
    key: Option<Map<String, Value>>,
    challenges: Vec<Kept>,
    cookies: Vec<Cookie>,
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    /// Offered; nobody has answered.
    Offered { authorization: String },
    /// A device's key is registered.
    Bound,
    /// Over.
    Ended { reason: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    value: String,
    registration: bool,
    issued_at: u64,
    used: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Cookie {
    digest: String,
    expires_at: u64,
}

impl State {
    pub(super) fn offered(authorization: String) -> Self {
        Self { phase: Phase::Offered { authorization }, key: None, challenges: Vec::new(), cookies: Vec::new() }
    }

    pub(super) fn from_json(value: &Value) -> Result<Self, Error> {
        Self::deserialize(value).map_err(corrupt)
    }

    pub(super) fn to_json(&self) -> Result<Value, Error> {
        serde_json::to_value(self).map_err(corrupt)
    }

    /// Remembers the key that all later proofs must be signed by.
    pub(super) fn bind(&mut self, registered: &Registered) {
        self.phase = Phase::Bound;
        self.key = Some(jwk::to_json(&registered.key));
        self.cookies.clear();
    }

    /// The registered key, which outlives the session so that its end can be told apart.
    pub(super) fn registered(&self) -> Result<Option<Registered>, Error> {
        let Some(key) = &self.key else {
            return Ok(None);
        };
        let key = jwk::parse(key).map_err(corrupt)?;
        Ok(Algorithm::of_key(&key).map(|algorithm| Registered { algorithm, key }))
    }

    pub(super) fn issue(&mut self, value: String, purpose: Purpose, now: u64) {
        let registration = purpose == Purpose::Registration;
        self.challenges.push(Kept { value, registration, issued_at: now, used: false });
        keep_last(&mut self.challenges, REMEMBERED_CHALLENGES);
    }

    /// What is known of a challenge, the latest of that value.
    pub(super) fn issued(&self, session: &str, value: &str) -> Option<Issued> {
        let at = self.challenges.iter().rposition(|kept| kept.value == value)?;
        let kept = self.challenges.get(at)?;
        // One that was answered leaves its place to the others.
        let newer = |other: &&Kept| other.registration == kept.registration && !other.used;
        Some(Issued {
            session: session.to_owned(),
            purpose: if kept.registration { Purpose::Registration } else { Purpose::Refresh },
            issued_at: kept.issued_at,
            used: if kept.used { Used::Yes } else { Used::No },
            newer: self.challenges.iter().skip(at + 1).filter(newer).count(),
        })
    }

    pub(super) fn consume(&mut self, value: &str) {
        if let Some(kept) = self.challenges.iter_mut().rev().find(|kept| kept.value == value) {
            kept.used = true;
        }
    }

    pub(super) fn give_cookie(&mut self, digest: Digest, expires_at: u64) {
        self.cookies.push(Cookie { digest: base64url::encode(&digest.0), expires_at });
        keep_last(&mut self.cookies, REMEMBERED_COOKIES);
    }

    /// When a bound cookie expires, if it is one of this session's.
    pub(super) fn cookie_expiry(&self, digest: Digest) -> Option<u64> {
        let digest = base64url::encode(&digest.0);
        self.cookies.iter().find(|cookie| cookie.digest == digest).map(|cookie| cookie.expires_at)
    }
}

fn keep_last<T>(items: &mut Vec<T>, count: usize) {
    items.drain(..items.len().saturating_sub(count));
}

fn corrupt(error: impl std::fmt::Display) -> Error {
    Error::Store(StoreError::Corrupt(format!("a bound session: {error}")))
}
