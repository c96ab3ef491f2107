//! What a case acts upon: a session with the server, and a lab that forges what is sent to it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use assay_mint::lab::Lab;
use serde_json::Value;

use crate::context::Context;
use crate::evidence::{Exchange, Message, Part, Role};
use crate::runner::Open;
use crate::suites::dbsc::TargetClock;
use crate::target::{Answer, Dialect, RelyingPartyTarget, TargetError};
use crate::verdict::Stop;

/// A session with a server, and what is needed to forge for it.
pub struct World {
    pub(super) target: Box<dyn RelyingPartyTarget>,
    pub(super) lab: Lab,
    pub(super) origin: String,
    pub(super) rp_id: Option<String>,
    pub(super) clock: Option<Arc<dyn TargetClock>>,
}

/// Opens worlds: every case gets a session of its own with the server that `target` reaches.
/// `origin` is what client data name; `rp_id` is for servers whose options do not say it; `clock`
/// moves the server's time, where that is ours to move.
pub fn opener(
    target: Box<dyn RelyingPartyTarget>,
    lab: Lab,
    origin: String,
    rp_id: Option<String>,
    clock: Option<Arc<dyn TargetClock>>,
) -> Arc<dyn Open<World>> {
    let first = Mutex::new(World { target, lab, origin, rp_id, clock });
    Arc::new(move |_: &mut Context| first.lock().unwrap_or_else(PoisonError::into_inner).other_session())
}

impl World {
    /// A world with the same server, in a session of its own.
    pub(super) fn other_session(&self) -> Result<Self, Stop> {
        Ok(Self {
            target: self.target.new_session().map_err(|error| Stop::broken(error.to_string()))?,
            lab: self.lab,
            origin: self.origin.clone(),
            rp_id: self.rp_id.clone(),
            clock: self.clock.clone(),
        })
    }

    /// A server that states its codes and honours requirements?
    pub(super) fn is_assay(&self) -> bool {
        self.target.dialect() == Dialect::Assay
    }

    /// The RP ID: what the options say, or the target file, or the origin's host.
    pub(super) fn rp_id(&self, offered: Option<&str>) -> String {
        let host = || {
            let rest = self.origin.split_once("://").map_or(self.origin.as_str(), |(_, rest)| rest);
            rest.split([':', '/']).next().unwrap_or_default()
        };
        offered.or(self.rp_id.as_deref()).unwrap_or_else(host).to_owned()
    }
}

/// A user name that no earlier run has used on the same server.
pub(super) fn username(context: &mut Context) -> String {
    let seconds = context.now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    debug_assert!(context.now >= SystemTime::UNIX_EPOCH, "a clock before 1970");
    format!("assay-{}-{seconds:x}", context.random.word(8))
}

/// What goes into the evidence of one question.
pub(super) struct Question<'a> {
    pub(super) label: &'a str,
    pub(super) role: Role,
    pub(super) path: &'a str,
    pub(super) body: &'a str,
    pub(super) edit: Option<&'a str>,
    pub(super) parts: Vec<Part>,
}

/// Records the question and its answer, and ends the case where there is none: an unreachable
/// server breaks a case, one that falls silent at the question itself fails it.
pub(super) fn recorded(
    context: &mut Context,
    question: Question<'_>,
    answer: Result<Answer, TargetError>,
) -> Result<Answer, Stop> {
    let line = match &answer {
        Ok(answer) => answer.request_line.clone(),
        Err(_) => question.path.to_owned(),
    };
    let mut sent = match serde_json::from_str::<Value>(question.body) {
        Ok(json) if !has_repeats(question.body, &json) => Message::json(line, json),
        _ => Message::text(line, question.body),
    };
    sent.edit = question.edit.map(str::to_owned);
    sent.parts = question.parts;
    context.record(Exchange {
        label: question.label.to_owned(),
        role: question.role,
        sent,
        received: answer.as_ref().ok().map(received),
    });
    answer.map_err(|error| match (&error, question.role) {
        (TargetError::NoAnswer(why), Role::Probe) => {
            Stop::fail("an answer, whatever is wrong with the question", format!("none: {why}"))
        }
        _ => Stop::broken(error.to_string()),
    })
}

fn received(answer: &Answer) -> Message {
    let line = format!("HTTP {}", answer.status);
    match &answer.body {
        Some(body) => Message::json(line, body.clone()),
        None if answer.text.is_empty() => Message::line(line),
        None => Message::text(line, answer.text.clone()),
    }
}

/// Would a JSON value hide what is in the text: members that come twice?
fn has_repeats(text: &str, json: &Value) -> bool {
    let shorter = json.to_string().len();
    text.len() > shorter + 2
}
