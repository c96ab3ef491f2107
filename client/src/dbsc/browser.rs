//! The browser itself: its state, and the way of a request through it.

use std::fmt;

use assay_dbsc::Algorithm;
use assay_dbsc::client::refresh::Next;
use assay_dbsc::client::{Audience, Behaviour, Session};
use assay_dbsc::headers::skipped::{self, Skipped};
use assay_dbsc::headers::{Form, Header, Spelling, challenge};
use assay_dbsc::site::{Secure, same_site, site};
use url::Url;

use super::event::Event;
use super::http::{Http, NetworkError, Request, Response};
use super::jar::{Initiated, Jar};
use super::key::SoftwareKey;
use crate::random::{Random, RandomFailed, SystemRandom};

/// What time it is.
pub trait Clock: Send {
    /// Seconds since 1970.
    fn now(&self) -> u64;
}

/// The computer's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> u64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |since| since.as_secs())
    }
}

/// How a browser behaves where browsers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The specification, or Chromium where it differs.
    pub behaviour: Behaviour,
    /// Whether proofs name their endpoint.
    pub audience: Audience,
    /// Which connections may have bound sessions.
    pub secure: Secure,
    /// How proofs and session ids are written.
    pub form: Form,
    /// How many signatures a site gets; `None` is without limit.
    pub quota: Option<Quota>,
    /// Refresh already when a bound cookie has less than so many seconds left.
    pub early: Option<u64>,
}

/// A limit on signatures for each site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// So many,
    pub signatures: usize,
    /// in so many seconds.
    pub seconds: u64,
}

impl Settings {
    /// Chromium 156 as it was measured.
    pub const CHROMIUM_156: Self = Self {
        behaviour: Behaviour::Chromium156,
        audience: Audience::Absent,
        secure: Secure::Https,
        form: Form::Bare,
        quota: Some(Quota { signatures: 6, seconds: 9 * 60 }),
        early: Some(120),
    };
}

impl Default for Settings {
    /// The specification, on the loopback without TLS too, since a lab has no certificates.
    fn default() -> Self {
        Self {
            behaviour: Behaviour::Specification,
            audience: Audience::Absent,
            secure: Secure::Loopback,
            form: Form::Quoted,
            quota: None,
            early: None,
        }
    }
}

/// A bound session and its key.
#[derive(Debug, Clone)]
pub struct Bound {
    /// The session.
    pub session: Session,
    /// Its key.
    pub key: SoftwareKey,
}

/// A simulated browser.
pub struct Browser {
    pub(super) http: Box<dyn Http>,
    pub(super) clock: Box<dyn Clock>,
    pub(super) random: Box<dyn Random>,
    pub(super) settings: Settings,
    pub(super) sessions: Vec<Bound>,
    pub(super) signed: Vec<(String, u64)>,
    pub(super) events: Vec<Event>,
    jar: Jar,
}

/// A request that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrowserError {
    /// No answer.
    Network(NetworkError),
    /// No key.
    Random(RandomFailed),
}

impl Browser {
    /// A browser with the system's clock and random source, and nothing remembered.
    pub fn new(http: impl Http + 'static) -> Self {
        Self {
            http: Box::new(http),
            clock: Box::new(SystemClock),
            random: Box::new(SystemRandom),
            settings: Settings::default(),
            sessions: Vec::new(),
            signed: Vec::new(),
            events: Vec::new(),
            jar: Jar::default(),
        }
    }

    /// With another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// With another random source.
    #[must_use]
    pub fn with_random(mut self, random: impl Random + 'static) -> Self {
        self.random = Box::new(random);
        self
    }

    /// With other settings.
    #[must_use]
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Behaves otherwise from now on.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Its cookies.
    pub fn jar(&self) -> &Jar {
        &self.jar
    }

    /// Its cookies, to steal or to lose.
    pub fn jar_mut(&mut self) -> &mut Jar {
        &mut self.jar
    }

    /// Its bound sessions.
    pub fn sessions(&self) -> &[Bound] {
        &self.sessions
    }

    /// What happened since this was last asked.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Makes a request as a page does: waits for the sessions that must be refreshed first, and
    /// does what the answer says.
    pub fn fetch(&mut self, request: Request) -> Result<Response, BrowserError> {
        let mut request = request;
        let skips = self.refresh_for(&request)?;
        if let Ok(value) = skipped::write(&skips)
            && !skips.is_empty()
        {
            request = request.header(Header::Skipped.name(), value);
        }
        let response = self.send(&request)?;
        self.process(&request.url, &response, Depth::Page)?;
        self.refresh_early(&request)?;
        Ok(response)
    }

    /// Sends a request with its cookies and keeps the cookies that come; knows nothing of bound
    /// sessions. For a request that is made by hand.
    pub fn send(&mut self, request: &Request) -> Result<Response, BrowserError> {
        let now = self.clock.now();
        let own = request.initiator.as_ref().is_none_or(|page| same_site(page, &request.url));
        let initiated = if own { Initiated::BySite } else { Initiated::ByOtherSite };
        let mut sent = request.clone();
        if let Some(cookies) = self.jar.header(&request.url, initiated, now) {
            sent = sent.header("Cookie", cookies);
        }
        let response = self.http.send(&sent).map_err(BrowserError::Network)?;
        for field in response.all("Set-Cookie") {
            self.jar.set(field, &request.url, now);
        }
        Ok(response)
    }

    /// Does what the headers of an answer say of sessions.
    pub(super) fn process(&mut self, url: &Url, response: &Response, depth: Depth) -> Result<(), BrowserError> {
        if response.all("Clear-Site-Data").any(|value| CLEARS.iter().any(|word| value.contains(word))) {
            self.clear_site(url);
        }
        if let Some(field) = Header::Registration.find(response.pairs()) {
            match (field.spelling, depth) {
                (Spelling::Old, _) => self.events.push(Event::OldName(Spelling::Old)),
                (Spelling::Current, Depth::Own) => {}
                (Spelling::Current, Depth::Page) => self.register(&field.value, url)?,
            }
        }
        self.keep_challenges(url, response);
        Ok(())
    }

    /// Keeps the challenges for sessions of this site.
    pub(super) fn keep_challenges(&mut self, url: &Url, response: &Response) {
        let Some(field) = Header::Challenge.find(response.pairs()).filter(|field| field.spelling == Spelling::Current)
        else {
            return;
        };
        let challenges = challenge::parse(&field.value).unwrap_or_default();
        let here = site(url);
        for bound in &mut self.sessions {
            let session = &mut bound.session;
            if Some(&session.site) != here.as_ref() {
                continue;
            }
            if let Some(found) = challenge::for_session(&challenges, &session.id) {
                session.challenge = Some(found.value.clone());
                self.events.push(Event::ChallengeKept { id: session.id.clone() });
            }
        }
    }

    /// Forgets the cookies, sessions and keys of a site, as a person may ask at any time.
    pub fn clear_site(&mut self, url: &Url) {
        self.jar.clear_site(url);
        let here = site(url);
        self.sessions.retain(|bound| Some(&bound.session.site) != here.as_ref());
    }

    /// May another proof be signed for this site?
    pub(super) fn may_sign(&mut self, site: &str) -> bool {
        let now = self.clock.now();
        let Some(quota) = self.settings.quota else {
            return true;
        };
        self.signed.retain(|(_, at)| at.saturating_add(quota.seconds) > now);
        if self.signed.iter().filter(|(signed, _)| signed == site).count() >= quota.signatures {
            return false;
        }
        self.signed.push((site.to_owned(), now));
        true
    }

    /// Refreshes the sessions that the request must wait for, each once.
    fn refresh_for(&mut self, request: &Request) -> Result<Vec<Skipped>, BrowserError> {
        let now = self.clock.now();
        let waiting = self.wanting(request, |jar, craving| jar.meets(craving, now).is_none());
        let mut skips = Vec::new();
        for (site, id) in waiting {
            if let Next::Keep(Some(reason)) = self.refresh(&site, &id)? {
                skips.push(Skipped { reason, session_identifier: Some(id) });
            }
        }
        Ok(skips)
    }

    /// Refreshes the sessions of which a cookie will soon be gone.
    fn refresh_early(&mut self, request: &Request) -> Result<(), BrowserError> {
        let Some(early) = self.settings.early else {
            return Ok(());
        };
        let soon = self.clock.now().saturating_add(early);
        let now = self.clock.now();
        let waiting = self
            .wanting(request, |jar, craving| jar.meets(craving, now).is_some() && jar.meets(craving, soon).is_none());
        for (site, id) in waiting {
            self.refresh(&site, &id)?;
        }
        Ok(())
    }

    fn wanting(
        &self,
        request: &Request,
        wants: impl Fn(&Jar, &assay_dbsc::client::session::Craving) -> bool,
    ) -> Vec<(String, String)> {
        self.sessions
            .iter()
            .map(|bound| &bound.session)
            .filter(|session| session.scope.includes(&request.url))
            .filter(|session| session.admits_initiator(request.initiator.as_ref()))
            .filter(|session| {
                let mut cravings = session.cravings.iter();
                cravings.any(|craving| craving.identity.reaches(&request.url) && wants(&self.jar, craving))
            })
            .map(|session| (session.site.clone(), session.id.clone()))
            .collect()
    }
}

/// Whose answer is processed: an offer on the answer to an own request is not taken again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// A page's request.
    Page,
    /// A request of registration or refresh.
    Own,
}

/// The types of `Clear-Site-Data` that end bound sessions.
const CLEARS: &[&str] = &["\"cookies\"", "\"storage\"", "\"*\""];

/// The algorithms that the software keys have.
pub(super) const SUPPORTED: &[Algorithm] = &[SoftwareKey::ALGORITHM];

impl fmt::Display for BrowserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(error) => error.fmt(f),
            Self::Random(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BrowserError {}

impl From<RandomFailed> for BrowserError {
    fn from(error: RandomFailed) -> Self {
        Self::Random(error)
    }
}

// By hand: the injected parts have nothing to show.
impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").field("sessions", &self.sessions).field("jar", &self.jar).finish_non_exhaustive()
    }
}
