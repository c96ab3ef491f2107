//! The client: where it stands, and what both ceremonies share.

use std::time::{Duration, Instant};

use assay_protocol::client_data::{Collected, serialize};
use assay_protocol::ctap2::get_info;
use assay_protocol::webauthn::AuthenticatorAttachment;
use assay_protocol::webauthn::related_origins::{Document, Fetched, LABELS};
use assay_transport::{Cancel, Channel};

use crate::authenticator::Authenticator;
use crate::error::{ClientError, Unfit};
use crate::origin::{Invalid, Origin};
use crate::random::{Random, SystemRandom};
use crate::rp_id::{self, Refused};
use crate::user::User;

/// A page in a browser.
pub struct Client {
    /// The page's origin.
    pub origin: Origin,
    /// How the page stands among others.
    pub embedding: Embedding,
    /// Who sits in front of it.
    pub user: Box<dyn User>,
    /// Where random bytes come from.
    pub random: Box<dyn Random>,
    /// How long ceremonies may take.
    pub timeouts: Timeouts,
    /// The page's abort signal.
    pub cancel: Cancel,
    /// Where documents of related origins come from; without it RP IDs of other sites are refused.
    pub well_known: Option<Box<dyn WellKnown>>,
}

/// Fetches `https://RPID/.well-known/webauthn`: without credentials, without a referrer, and by
/// https alone, redirects included (WebAuthn L3 5.11).
pub trait WellKnown: Send {
    /// What came; `None` where nothing did.
    fn fetch(&mut self, rp_id: &str) -> Option<Fetched>;
}

/// How a page stands among others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Embedding {
    /// Of the same origin as everything above it.
    #[default]
    SameOrigin,
    /// Inside a page of another origin.
    CrossOrigin {
        /// The origin of the outermost page, if the client tells it.
        top_origin: Option<Origin>,
    },
}

/// The client's limits for the `timeout` member (WebAuthn L3 15.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Where the options name none.
    pub default: Duration,
    /// Never less.
    pub shortest: Duration,
    /// Never more.
    pub longest: Duration,
}

/// What a ceremony starts from once origin and RP ID are settled.
pub(crate) struct Prepared {
    pub(crate) rp_id: String,
    pub(crate) client_data_json: Vec<u8>,
    pub(crate) deadline: Instant,
}

impl Client {
    /// A page at `origin`, as `location.origin` writes it.
    pub fn new(origin: &str, user: Box<dyn User>) -> Result<Self, Invalid> {
        Ok(Self {
            origin: origin.parse()?,
            embedding: Embedding::SameOrigin,
            user,
            random: Box::new(SystemRandom),
            timeouts: Timeouts::default(),
            cancel: Cancel::new(),
            well_known: None,
        })
    }

    /// The RP ID, the client data and the deadline (WebAuthn L3 5.1.3 steps 4 to 15, 5.1.4.1 steps 4 to 12).
    pub(crate) fn prepare(
        &mut self,
        kind: &str,
        challenge: &[u8],
        rp_id: Option<&str>,
        timeout: Option<u64>,
    ) -> Result<Prepared, ClientError> {
        let (cross_origin, top_origin) = match &self.embedding {
            Embedding::SameOrigin => (false, None),
            Embedding::CrossOrigin { top_origin } => (true, top_origin.as_ref().map(Origin::to_string)),
        };
        let origin = self.origin.to_string();
        Ok(Prepared {
            rp_id: self.rp_id(rp_id)?,
            client_data_json: serialize(&Collected {
                kind,
                challenge,
                origin: &origin,
                cross_origin,
                top_origin: top_origin.as_deref(),
            }),
            deadline: Instant::now() + self.timeouts.of(timeout),
        })
    }

    /// The RP ID that this page may use (WebAuthn L3 5.1.3 step 8): one of its own site, or one that
    /// lists the page among its related origins (5.11.1).
    fn rp_id(&mut self, requested: Option<&str>) -> Result<String, ClientError> {
        let refused = match rp_id::determine(&self.origin, requested) {
            Ok(rp_id) => return Ok(rp_id),
            Err(refused) => refused,
        };
        let (Refused::NotASuffix { requested, .. }, Some(well_known)) = (&refused, &mut self.well_known) else {
            return Err(refused.into());
        };
        let document = well_known.fetch(requested).and_then(|fetched| Document::read(&fetched).ok());
        match document.is_some_and(|document| document.lists(&self.origin.to_string(), LABELS)) {
            true => Ok(requested.clone()),
            false => Err(refused.into()),
        }
    }

    /// The authenticator at the other end of `channel`, for this client's ceremonies until `deadline`.
    pub fn authenticator<'c>(&'c mut self, channel: &'c mut Channel, deadline: Instant) -> Authenticator<'c> {
        Authenticator { channel, user: &mut *self.user, random: &mut *self.random, cancel: &self.cancel, deadline }
    }
}

impl Timeouts {
    /// The time for a ceremony whose options say `millis`.
    pub fn of(&self, millis: Option<u64>) -> Duration {
        let wanted = millis.map_or(self.default, Duration::from_millis);
        wanted.max(self.shortest).min(self.longest)
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            default: Duration::from_secs(5 * 60),
            shortest: Duration::from_secs(10),
            longest: Duration::from_secs(10 * 60),
        }
    }
}

/// CTAP2 at all?
pub(crate) fn require_ctap2(info: &get_info::Response) -> Result<(), Unfit> {
    match info.versions.iter().any(|version| version.starts_with("FIDO_2_")) {
        true => Ok(()),
        false => Err(Unfit::NotCtap2),
    }
}

/// How the authenticator is attached, by its own word.
pub(crate) fn attachment(info: &get_info::Response) -> AuthenticatorAttachment {
    match info.option("plat") {
        Some(true) => AuthenticatorAttachment::Platform,
        _ => AuthenticatorAttachment::CrossPlatform,
    }
}

#[cfg(test)]
mod tests;
