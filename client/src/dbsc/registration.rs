//! An offer is taken: a key, a proof, a request, a session.

use assay_dbsc::client::registration::{Plan, process};
use assay_dbsc::client::session::{Session, authorises};
use assay_dbsc::headers::{Header, write_single};
use assay_dbsc::instructions::Instructions;
use assay_dbsc::site::{origin, site};
use assay_dbsc::{Malformed, Reason};
use url::Url;

use super::browser::{Bound, Browser, BrowserError, Depth, SUPPORTED};
use super::event::Event;
use super::http::{Method, Request, Response};
use super::key::SoftwareKey;

impl Browser {
    /// Registers a session for each valid offer in a field on an answer from `url`.
    pub(super) fn register(&mut self, field: &str, url: &Url) -> Result<(), BrowserError> {
        let plans = match process(field, url, SUPPORTED, self.settings.secure) {
            Ok(plans) => plans,
            Err(malformed) => {
                self.events.push(Event::OfferIgnored(malformed));
                return Ok(());
            }
        };
        for plan in plans.into_iter().take(MOST_OFFERS) {
            match plan {
                Err(malformed) => self.events.push(Event::OfferIgnored(malformed)),
                Ok(plan) => match self.take_offer(&plan, url)? {
                    Ok(id) => self.events.push(Event::Registered { id }),
                    Err(malformed) => self.events.push(Event::RegistrationFailed(malformed)),
                },
            }
        }
        Ok(())
    }

    /// Registers one session. The inner error is the server's.
    fn take_offer(&mut self, plan: &Plan, from: &Url) -> Result<Result<String, Malformed>, BrowserError> {
        let key = SoftwareKey::generate(self.random.as_mut())?;
        let mut headers = vec![("Origin".to_owned(), origin(from))];
        if let Some(proof) = plan.proof(&key.public(), self.settings.audience) {
            if !self.may_sign(&site(&plan.endpoint).unwrap_or_default()) {
                return Ok(Err(Malformed::new(Reason::RegistrationStatus, "the signing quota is used up")));
            }
            let text = key.sign_proof(&proof);
            let value = write_single(&text, self.settings.form).unwrap_or(text);
            headers.push((Header::Response.name().to_owned(), value));
        }
        let (url, response) = match self.request(&plan.endpoint, headers) {
            Ok(answer) => answer,
            Err(BrowserError::Network(error)) => {
                return Ok(Err(Malformed::new(Reason::RegistrationStatus, error.to_string())));
            }
            Err(error) => return Err(error),
        };
        let created = match self.session(plan, &url, &response) {
            Ok(session) => session,
            Err(malformed) => return Ok(Err(malformed)),
        };
        let id = created.id.clone();
        self.sessions.retain(|bound| (&bound.session.site, &bound.session.id) != (&created.site, &id));
        self.sessions.push(Bound { session: created, key });
        self.process(&url, &response, Depth::Own)?;
        Ok(Ok(id))
    }

    fn session(&mut self, plan: &Plan, url: &Url, response: &Response) -> Result<Session, Malformed> {
        if !(200..=299).contains(&response.status) {
            return Err(Malformed::new(Reason::RegistrationStatus, response.status.to_string()));
        }
        let instructions = match Instructions::parse(&response.body)? {
            Instructions::Continue(instructions) => instructions,
            Instructions::Terminate { .. } => {
                return Err(Malformed::new(Reason::SessionEnded, "at registration"));
            }
        };
        let session = Session::create(&instructions, url, plan.algorithm, self.settings.secure)?;
        if let Some(document) = session.well_known(url) {
            // Without cookies, and not through the jar.
            let answer = self.http.send(&Request::get(document));
            let authorised = answer.is_ok_and(|answer| answer.status == 200 && authorises(&answer.body, url));
            if !authorised {
                return Err(Malformed::new(Reason::SessionSubdomainUnauthorised, origin(url)));
            }
        }
        Ok(session)
    }

    /// An own request: a POST without a body, redirects followed inside the site.
    pub(super) fn request(
        &mut self,
        to: &Url,
        headers: Vec<(String, String)>,
    ) -> Result<(Url, Response), BrowserError> {
        let mut request = Request { headers, ..Request::new(Method::Post, to.clone()) };
        for (name, value) in
            [("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Site", "same-origin")]
        {
            request = request.header(name, value);
        }
        let mut response = self.send(&request)?;
        for _ in 0..MOST_REDIRECTS {
            let Some(next) = redirect(&request.url, &response, self.settings.secure) else {
                break;
            };
            if matches!(response.status, 301..=303) {
                request.method = Method::Get;
            }
            request.url = next;
            response = self.send(&request)?;
        }
        Ok((request.url, response))
    }
}

/// Where an answer sends its request, if that is of the same site.
fn redirect(from: &Url, response: &Response, secure: assay_dbsc::site::Secure) -> Option<Url> {
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let next = from.join(response.all("Location").next()?).ok()?;
    (site(&next) == site(from) && secure.admits(&next)).then_some(next)
}

/// The most offers of one answer that are taken.
const MOST_OFFERS: usize = 8;

/// The most redirects that an own request follows.
const MOST_REDIRECTS: usize = 5;
