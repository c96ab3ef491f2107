//! Deliberate defects: a duty that is left out spoils the answer that owes it, so that a suite
//! can be seen to notice. With every duty in force nothing here changes anything.

use assay_protocol::check::Enforced;
use serde_json::{Value, json};

use super::answer::Answer;
use crate::check::Duty;
use crate::headers::Header;

/// Which answer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The offer of a session, on any response.
    Offer,
    /// A registration that succeeded.
    Registered,
    /// A registration that was refused.
    RegistrationRefused,
    /// A refresh that is asked for a proof.
    Asked,
    /// A refresh that succeeded.
    Refreshed,
    /// The end of a session.
    Ended,
}

/// Breaks the duties of this answer that are not in force.
pub fn spoil(moment: Moment, answer: &mut Answer, enforced: &Enforced) {
    let instructs = matches!(moment, Moment::Registered | Moment::Refreshed);
    for duty in Duty::ALL.iter().filter(|duty| !enforced.has(duty.id())) {
        match (duty, moment) {
            (Duty::OfferAlgorithms, Moment::Offer) => {
                edit(answer, Header::Registration.name(), strings_for_tokens);
            }
            (Duty::OfferPath, Moment::Offer) => edit(answer, Header::Registration.name(), |value| {
                value.replace("path=\"/", "path=\"https://elsewhere.example/")
            }),
            (Duty::RefreshSessionIdentifier, Moment::Refreshed) => {
                set(answer, "/session_identifier", json!("another-session"));
            }
            (Duty::InstructionsJson, _) if instructs => answer.body = Some(json!("ok")),
            (Duty::RefreshChallengeStatus, Moment::Asked) => answer.status = 401,
            (Duty::RefreshChallengeSession, Moment::Asked) => {
                edit(answer, Header::Challenge.name(), |value| {
                    value.split(";id=").next().unwrap_or_default().to_owned()
                });
            }
            (Duty::RegistrationUnchallenged, Moment::RegistrationRefused) => {
                answer.status = 403;
                answer.headers.push((Header::Challenge.name(), "\"try again\"".to_owned()));
            }
            (Duty::RefreshCookie, Moment::Refreshed) => {
                answer.headers.retain(|(name, _)| *name != "Set-Cookie");
            }
            (Duty::CookieAttributes, _) if instructs => {
                set(answer, "/credentials/0/attributes", json!("Path=/elsewhere"));
            }
            (Duty::AttributesUnpartitioned, _) if instructs => {
                edit(answer, "Set-Cookie", |value| format!("{value}; Partitioned"));
                let found = answer.body.as_ref().and_then(|body| body.pointer("/credentials/0/attributes"));
                let attributes = found.and_then(Value::as_str).unwrap_or_default().to_owned();
                set(answer, "/credentials/0/attributes", json!(format!("{attributes}; Partitioned")));
            }
            (Duty::TerminationInstructions, Moment::Ended) => {
                answer.body = Some(json!({"continue": false}));
            }
            _ => {}
        }
    }
}

/// The challenge to issue: `fresh`, or the same for everybody where that duty is left out.
pub fn challenge(fresh: String, enforced: &Enforced) -> String {
    if enforced.has(Duty::OfferChallenge.id()) { fresh } else { "challenge".to_owned() }
}

fn edit(answer: &mut Answer, name: &str, change: impl Fn(&str) -> String) {
    for (found, value) in &mut answer.headers {
        if *found == name {
            *value = change(value);
        }
    }
}

fn set(answer: &mut Answer, pointer: &str, value: Value) {
    if let Some(member) = answer.body.as_mut().and_then(|body| body.pointer_mut(pointer)) {
        *member = value;
    }
}

fn strings_for_tokens(value: &str) -> String {
    let Some((tokens, rest)) = value.trim_start_matches('(').split_once(')') else {
        return value.to_owned();
    };
    let strings: Vec<String> = tokens.split(' ').map(|token| format!("\"{token}\"")).collect();
    format!("({}){rest}", strings.join(" "))
}
