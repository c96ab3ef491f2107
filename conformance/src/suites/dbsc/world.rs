//! What a case acts upon: a simulated browser in front of one server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use assay_client::dbsc::{Browser, BrowserError, Clock, Request, Response, SystemClock};
use assay_client::{Random, RandomFailed};
use assay_dbsc::headers::Header;
use assay_mint::credential::Credential;
use assay_mint::lab::Lab;
use reqwest::Url;
use serde_json::Value;

use super::wire::{Between, Log, Wire};
use crate::context::Context;
use crate::evidence::{Exchange, Message, Part, Role};
use crate::runner::Open;
use crate::target::http::Http;
use crate::target::{Dialect, Reasons, TargetError, TargetFile};
use crate::verdict::Stop;

/// A server of bound sessions, and how to reach it.
#[derive(Clone)]
pub struct DbscTarget {
    /// The server. Its `dbsc` section says how a user signs in.
    pub file: TargetFile,
    /// Where the passkeys of its users come from.
    pub lab: Lab,
    /// Moves the server's clock, where the lab can.
    pub clock: Option<Arc<dyn TargetClock>>,
}

/// A target's clock that the lab can move.
pub trait TargetClock: Send + Sync {
    /// Moves it forward.
    fn advance(&self, by: Duration);
}

/// A browser in front of the server, and what is needed to sign in and to judge.
pub struct World {
    pub(super) target: DbscTarget,
    pub(super) browser: Browser,
    pub(super) reasons: Reasons,
    pub(super) passkey: Option<(String, Credential)>,
    way: Http,
    log: Log,
    moved: Arc<AtomicU64>,
    between: Option<Arc<dyn Between>>,
}

/// Opens worlds: every case gets a browser of its own.
pub fn opener(target: DbscTarget) -> Arc<dyn Open<World>> {
    Arc::new(move |context: &mut Context| World::new(&target, context, Arc::default(), None))
}

/// The same with somebody between the browser and the server.
pub fn opener_with(target: DbscTarget, between: Arc<dyn Between>) -> Arc<dyn Open<World>> {
    Arc::new(move |context: &mut Context| World::new(&target, context, Arc::default(), Some(Arc::clone(&between))))
}

impl World {
    fn new(
        target: &DbscTarget,
        context: &mut Context,
        moved: Arc<AtomicU64>,
        between: Option<Arc<dyn Between>>,
    ) -> Result<Self, Stop> {
        let way = Http::new(&target.file).map_err(broken)?;
        let log = Log::default();
        let browser = Browser::new(Wire { way: way.clone(), log: log.clone(), between: between.clone() })
            .with_clock(Moved(Arc::clone(&moved)))
            .with_random(Drawn(crate::seed::Random::new(crate::seed::Seed::new(context.random.block()))));
        Ok(Self {
            target: target.clone(),
            browser,
            reasons: Reasons::new(&target.file.answers).map_err(|error| Stop::broken(error.to_string()))?,
            passkey: None,
            way,
            log,
            moved,
            between,
        })
    }

    /// Another browser with nothing in it, at the same server and the same time.
    pub(super) fn stranger(&self, context: &mut Context) -> Result<Self, Stop> {
        Self::new(&self.target, context, Arc::clone(&self.moved), self.between.clone())
    }

    /// Does the server state its codes?
    pub(super) fn is_assay(&self) -> bool {
        self.target.file.dialect == Dialect::Assay
    }

    /// The origin that client data name.
    pub(super) fn origin(&self) -> String {
        self.target.file.origin.clone().unwrap_or_else(|| self.way.origin())
    }

    /// A path of the server as a URL.
    pub(super) fn url(&self, path: &str) -> Result<Url, Stop> {
        self.way.url(path).map_err(broken)
    }

    /// Lets time pass, at the target and in the browser: by moving clocks where the lab can, or
    /// by waiting where that is short.
    pub(super) fn wait(&mut self, context: &Context, seconds: u64) -> Result<(), Stop> {
        match &self.target.clock {
            Some(clock) => {
                clock.advance(Duration::from_secs(seconds));
                self.moved.fetch_add(seconds, Ordering::Relaxed);
            }
            None if seconds <= LONGEST_WAIT => {
                for _ in 0..seconds {
                    context.check_time()?;
                    std::thread::sleep(Duration::from_secs(1));
                }
            }
            None => return Err(Stop::skip(super::TARGET_CLOCK.feature())),
        }
        Ok(())
    }

    /// Sends a request by hand: cookies, and nothing else, are the browser's.
    pub(super) fn send(
        &mut self,
        context: &mut Context,
        asking: Asking<'_>,
        request: &Request,
    ) -> Result<Response, Stop> {
        context.check_time()?;
        let answer = self.browser.send(request);
        self.keep(context, asking);
        answer.map_err(|error| silent(&error, asking.role))
    }

    /// Lets the browser make a request, with all that it does of itself.
    pub(super) fn fetch(
        &mut self,
        context: &mut Context,
        asking: Asking<'_>,
        request: Request,
    ) -> Result<Response, Stop> {
        context.check_time()?;
        let answer = self.browser.fetch(request);
        self.keep(context, asking);
        answer.map_err(|error| silent(&error, asking.role))
    }

    /// Puts what went over the wire into the evidence.
    fn keep(&self, context: &mut Context, asking: Asking<'_>) {
        for (request, answer) in self.log.take() {
            context.record(Exchange {
                label: asking.label.to_owned(),
                role: asking.role,
                sent: sent(&request, asking.edit),
                received: answer.ok().map(|response| received(&response)),
            });
        }
    }
}

/// What a request is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) label: &'a str,
    pub(super) role: Role,
    pub(super) edit: Option<&'a str>,
}

impl<'a> Asking<'a> {
    pub(super) fn setup(label: &'a str) -> Self {
        Self { label, role: Role::Setup, edit: None }
    }

    pub(super) fn probe(label: &'a str) -> Self {
        Self { label, role: Role::Probe, edit: None }
    }

    pub(super) fn twin(label: &'a str) -> Self {
        Self { label, role: Role::Twin, edit: None }
    }

    pub(super) fn edited(label: &'a str, edit: &'a str) -> Self {
        Self { edit: Some(edit), ..Self::probe(label) }
    }
}

/// The system's time, and what the lab moved it by.
struct Moved(Arc<AtomicU64>);

impl Clock for Moved {
    fn now(&self) -> u64 {
        SystemClock.now().saturating_add(self.0.load(Ordering::Relaxed))
    }
}

/// The case's own randomness.
struct Drawn(crate::seed::Random);

impl Random for Drawn {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        bytes.copy_from_slice(&self.0.bytes(bytes.len()));
        Ok(())
    }
}

/// A name that no earlier run has used on the same server.
pub(super) fn username(context: &mut Context) -> String {
    let seconds = context.now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    format!("assay-{}-{seconds:x}", context.random.word(8))
}

fn sent(request: &Request, edit: Option<&str>) -> Message {
    let line = format!("{} {}", request.method.as_str(), request.url.path());
    let mut message = match serde_json::from_slice::<Value>(&request.body) {
        Ok(json) => Message::json(line, json),
        Err(_) => Message::line(line),
    };
    message.edit = edit.map(str::to_owned);
    message.parts = vec![fields(request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())))];
    let proof = Header::Response.find(request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    if let Some(proof) = proof {
        message.parts.push(super::draft::taken_apart(&proof.value));
    }
    message
}

fn received(response: &Response) -> Message {
    let line = format!("HTTP {}", response.status);
    let message = match response.json() {
        Some(json) => Message::json(line, json),
        None if response.body.is_empty() => Message::line(line),
        None => Message::text(line, String::from_utf8_lossy(&response.body)),
    };
    message.with_parts(vec![fields(response.pairs())])
}

/// The header fields that sessions are made of.
fn fields<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Part {
    let mut part = Part::new("header fields");
    for (name, value) in pairs {
        let cookie = name.eq_ignore_ascii_case("cookie") || name.eq_ignore_ascii_case("set-cookie");
        if cookie || Header::recognise(name).is_some() {
            part.push(name, value, None);
        }
    }
    part
}

fn silent(error: &BrowserError, role: Role) -> Stop {
    match (error, role) {
        (BrowserError::Network(why), Role::Probe) => {
            Stop::fail("an answer, whatever is wrong with the question", why.to_string())
        }
        _ => Stop::broken(error.to_string()),
    }
}

fn broken(error: TargetError) -> Stop {
    Stop::broken(error.to_string())
}

/// The longest that a case waits by itself, in seconds.
const LONGEST_WAIT: u64 = 15;
