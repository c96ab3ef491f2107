//! A session is refreshed: ask, sign what is asked, take the new cookie.

use assay_dbsc::client::Behaviour;
use assay_dbsc::client::refresh::{Answered, Applied, Next, SIGNED_ATTEMPTS, apply, next};
use assay_dbsc::headers::skipped::SkipReason;
use assay_dbsc::headers::{Header, challenge, write_single};
use assay_dbsc::site::origin;
use assay_dbsc::{Malformed, Reason};
use url::Url;

use super::browser::{Bound, Browser, BrowserError, Depth};
use super::event::Event;
use super::http::Response;

impl Browser {
    /// Refreshes the session of this site and id. What comes back is the last step: applied, kept
    /// or terminated.
    pub fn refresh(&mut self, site: &str, id: &str) -> Result<Next, BrowserError> {
        let mut signed = 0;
        loop {
            let Some(bound) = self.find(site, id) else {
                return Ok(Next::Terminate);
            };
            let signs = bound.session.challenge.is_some();
            if signs && !self.may_sign(site) {
                return Ok(self.skip(id, Some(SkipReason::QuotaExceeded)));
            }
            let Some(bound) = self.find(site, id).cloned() else {
                return Ok(Next::Terminate);
            };
            let (answered, answer) = match self.request(&bound.session.refresh_url, self.headers(&bound)) {
                Ok((url, response)) => (Answered::Status(response.status), Some((url, response))),
                Err(BrowserError::Network(_)) => (Answered::Unreachable, None),
                Err(error) => return Err(error),
            };
            signed += usize::from(signs);
            match (next(answered, self.settings.behaviour), answer) {
                (Next::Apply, Some((url, response))) => return self.apply(&bound, &url, &response),
                (Next::Sign, Some((url, response))) => {
                    if let Some(reason) = self.unusable(&bound, &response, signed) {
                        return Ok(self.terminate(site, id, reason));
                    }
                    self.keep_challenges(&url, &response);
                }
                (Next::Keep(reason), _) => return Ok(self.skip(id, reason)),
                (_, answer) => {
                    let status = answer.map(|(_, response)| response.status).unwrap_or_default();
                    let reason = Malformed::new(Reason::SessionRefused, status.to_string());
                    return Ok(self.terminate(site, id, reason));
                }
            }
        }
    }

    fn find(&self, site: &str, id: &str) -> Option<&Bound> {
        self.sessions.iter().find(|bound| bound.session.site == site && bound.session.id == id)
    }

    fn headers(&self, bound: &Bound) -> Vec<(String, String)> {
        let session = &bound.session;
        let single = |value: &str| write_single(value, self.settings.form).unwrap_or_else(|_| value.to_owned());
        let mut headers = vec![
            ("Origin".to_owned(), origin(&session.scope.origin)),
            (Header::SessionId.name().to_owned(), single(&session.id)),
        ];
        if let Some(challenge) = &session.challenge {
            let proof = session.proof(challenge, self.settings.audience);
            headers.push((Header::Response.name().to_owned(), single(&bound.key.sign_proof(&proof))));
        }
        headers
    }

    /// Why a challenge cannot be answered, if it cannot.
    fn unusable(&self, bound: &Bound, response: &Response, signed: usize) -> Option<Malformed> {
        if signed >= SIGNED_ATTEMPTS {
            return Some(Malformed::new(Reason::ChallengeLimit, format!("{signed} signed requests")));
        }
        let field = Header::Challenge.find(response.pairs());
        let challenges = field.and_then(|field| challenge::parse(&field.value).ok()).unwrap_or_default();
        let usable = challenge::for_session(&challenges, &bound.session.id).is_some();
        let cached = bound.session.challenge.is_some() && self.settings.behaviour == Behaviour::Specification;
        (!usable && !cached)
            .then(|| Malformed::new(Reason::ChallengeUnusable, "a 403 without a challenge for this session"))
    }

    fn apply(&mut self, bound: &Bound, url: &Url, response: &Response) -> Result<Next, BrowserError> {
        let session = &bound.session;
        match apply(session, &response.body, url, self.settings.secure) {
            Err(reason) => return Ok(self.terminate(&session.site, &session.id, reason)),
            Ok(Applied::Unchanged) => {}
            Ok(Applied::Replaced(replaced)) => {
                let kept = self
                    .sessions
                    .iter_mut()
                    .find(|kept| kept.session.site == session.site && kept.session.id == session.id);
                if let Some(kept) = kept {
                    kept.session = *replaced;
                }
            }
        }
        self.events.push(Event::Refreshed { id: session.id.clone() });
        self.process(url, response, Depth::Own)?;
        Ok(Next::Apply)
    }

    fn skip(&mut self, id: &str, reason: Option<SkipReason>) -> Next {
        self.events.push(Event::Skipped { id: id.to_owned(), reason });
        Next::Keep(reason)
    }

    fn terminate(&mut self, site: &str, id: &str, reason: Malformed) -> Next {
        self.sessions.retain(|bound| bound.session.site != site || bound.session.id != id);
        self.events.push(Event::Terminated { id: id.to_owned(), reason });
        Next::Terminate
    }
}
