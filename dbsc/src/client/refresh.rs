//! The answers to a refresh request and what follows from each (DBSC algo-session-request).

use url::Url;

use super::session::Session;
use super::{Audience, Behaviour};
use crate::error::{Malformed, Reason};
use crate::headers::skipped::SkipReason;
use crate::instructions::Instructions;
use crate::proof::{Claims, Unsigned};
use crate::site::Secure;

/// How many signed requests a browser makes in one refresh before it gives the session up.
pub const SIGNED_ATTEMPTS: usize = 4;

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// An answer with this status, redirects followed.
    Status(u16),
    /// None.
    Unreachable,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Read the body, store the cookies.
    Apply,
    /// Sign the challenge in the answer, or the cached one, and ask again.
    Sign,
    /// Leave it; the session stays. The reason is reported on the request that waited.
    Keep(Option<SkipReason>),
    /// The session is over.
    Terminate,
}

/// The status table.
pub fn next(answered: Answered, behaviour: Behaviour) -> Next {
    let Answered::Status(status) = answered else {
        return Next::Keep(Some(SkipReason::Unreachable));
    };
    match (status, behaviour) {
        (200..=299, _) => Next::Apply,
        (403, _) => Next::Sign,
        (407, _) => Next::Keep(Some(SkipReason::Unreachable)),
        (304 | 429, Behaviour::Chromium156) => Next::Terminate,
        (300..=399 | 429, _) => Next::Keep(None),
        (400..=499, _) => Next::Terminate,
        _ => Next::Keep(Some(SkipReason::ServerError)),
    }
}

/// What the body of a good answer does to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// Nothing: the body is empty.
    Unchanged,
    /// The session as the server describes it now; its cached challenge is gone.
    Replaced(Box<Session>),
}

/// Applies a body that `url` served. A failure ends the session.
pub fn apply(session: &Session, body: &[u8], url: &Url, secure: Secure) -> Result<Applied, Malformed> {
    if body.is_empty() {
        return Ok(Applied::Unchanged);
    }
    match Instructions::parse(body)? {
        Instructions::Terminate { .. } => Err(Malformed::new(Reason::SessionEnded, session.id.as_str())),
        Instructions::Continue(new) if new.session_identifier != session.id => Err(Malformed::new(
            Reason::SessionIdentifierChanged,
            format!("{:?}, not {:?}", new.session_identifier, session.id),
        )),
        Instructions::Continue(new) => {
            let replaced = Session::create(&new, url, session.algorithm, secure)?;
            Ok(Applied::Replaced(Box::new(replaced)))
        }
    }
}

impl Session {
    /// The refresh proof to sign for `challenge`.
    pub fn proof(&self, challenge: &str, audience: Audience) -> Unsigned {
        let claims = Claims {
            jti: Some(challenge),
            authorization: None,
            audience: (audience == Audience::Endpoint).then_some(self.refresh_url.as_str()),
        };
        Unsigned::refresh(self.algorithm, claims)
    }
}
