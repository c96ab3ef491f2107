//! The relying-party suite as data: every ceremony that its cases put to a server, with what the text
//! demands of the answer, so that a library can test itself without being a server.
//!
//! The lab's own server is asked, with a clock that stands still and random numbers that come again: the same
//! seed writes the same bytes. A vector's inputs are a line of `assay verify`, which is how our own
//! relying party consumes them; `docs/vectors.schema.json` describes the form.

mod record;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use assay_conformance::case::{Header, Need};
use assay_conformance::evidence::{Exchange, Role};
use serde::Serialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub use self::record::{Ceremony, record};
use crate::cli::TestKind;
use crate::judge;

/// The form's version.
pub const SCHEMA: &str = "assay-vectors/1";

/// The lab's seed and clock: every key and certificate of the vectors is made from them.
pub const SEED: [u8; 32] = [6; 32];

/// What is written.
#[derive(Debug)]
pub struct Export {
    /// The vectors, in the suite's order.
    pub vectors: Vec<Value>,
    /// The cases whose question no vector puts, with the reason.
    pub left_out: Vec<LeftOut>,
}

/// A case that no vector speaks for.
#[derive(Debug, Serialize)]
pub struct LeftOut {
    /// Its id.
    pub case: String,
    /// Why a vector cannot say it.
    pub reason: String,
}

/// The suite under a profile: a case has as many vectors as it sends ceremonies in which its verdict lies.
pub fn export(profile: &str, now: OffsetDateTime) -> Result<Export> {
    let headers = judge::headers(TestKind::Server, profile);
    let by_id: BTreeMap<&str, &Header> = headers.iter().map(|header| (header.id.as_str(), header)).collect();
    let (mut vectors, mut told, mut reasons) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    for ceremony in record(profile, SEED, now, &[])? {
        let id = ceremony.case.as_str();
        let header = by_id.get(id).with_context(|| format!("no case {id}"))?;
        match sayable(&ceremony, header) {
            Ok(exchange) => {
                if exchange.role == Role::Probe {
                    told.insert(header.id.as_str());
                }
                vectors.push(vector(&ceremony, exchange, header, profile, now)?);
            }
            // The last that it sent is the question itself.
            Err(reason) => {
                reasons.insert(header.id.as_str(), reason);
            }
        }
    }
    let left_out = headers.iter().filter(|header| !told.contains(header.id.as_str()));
    let left_out = left_out.map(|header| LeftOut {
        case: header.id.clone(),
        reason: match area(&header.id).or(reasons.get(header.id.as_str()).copied()) {
            Some(reason) => reason.to_owned(),
            None => unsent(header),
        },
    });
    let left_out = left_out.collect();
    Ok(Export { vectors, left_out })
}

/// What the evidence says of a ceremony whose verdict lies in it; else what it lies in.
fn sayable<'c>(ceremony: &'c Ceremony, header: &Header) -> Result<&'c Exchange, &'static str> {
    if let Some(reason) = area(&header.id) {
        return Err(reason);
    }
    let Some(exchange) = &ceremony.exchange else {
        return Err("the case keeps no evidence of what it sent");
    };
    if exchange.role == Role::Setup {
        // Nothing is recorded of an answer that is nobody's, so the last is one before the question.
        return Err("its answer is of a credential that nobody has stored, so no record belongs to it");
    }
    // What no case claims a reason for was refused for what a server keeps in mind.
    if is_accepted(exchange, header) != ceremony.accepted {
        return Err("the refusal lies in what the server keeps in mind, and not in the response");
    }
    Ok(exchange)
}

/// Why a case sent nothing.
fn unsent(header: &Header) -> String {
    let needs: Vec<&str> = header.needs.iter().map(Need::feature).collect();
    format!("the server from which vectors are taken does not say that it has {}", needs.join(", "))
}

/// Areas of the suite that are about servers alone.
fn area(case: &str) -> Option<&'static str> {
    match case.split('/').next() {
        Some("session") => Some("about challenges and sessions, which a server keeps"),
        Some("options") => Some("about options, before any response"),
        _ => None,
    }
}

fn is_accepted(exchange: &Exchange, header: &Header) -> bool {
    exchange.role == Role::Twin || header.claims.is_empty()
}

fn vector(
    ceremony: &Ceremony,
    exchange: &Exchange,
    header: &Header,
    profile: &str,
    now: OffsetDateTime,
) -> Result<Value> {
    let accept = is_accepted(exchange, header);
    let mut line: Map<String, Value> = ceremony.line.as_object().cloned().unwrap_or_default();
    let ceremony_kind = line.get("ceremony").cloned().unwrap_or_default();
    let id = format!("{}#{}", header.id, ceremony.number);
    line.insert("id".to_owned(), Value::from(id.as_str()));
    line.insert("profile".to_owned(), Value::from(profile));
    line.insert("at".to_owned(), Value::from(now.format(&Rfc3339)?));
    let codes: Vec<&String> = if accept { Vec::new() } else { header.claims.iter().collect() };
    Ok(json!({
        "schema": SCHEMA,
        "id": id,
        "case": header.id,
        "title": header.title,
        "clause": header.clause,
        "level": header.level.as_str(),
        "ceremony": ceremony_kind,
        "role": if exchange.role == Role::Twin { "twin" } else { "probe" },
        "hunts": if exchange.role == Role::Twin { None } else { edit(exchange) },
        "demands": header.expects,
        "twin": header.twin,
        "expect": { "verdict": if accept { "accept" } else { "reject" }, "codes": codes },
        "inputs": Value::Object(line),
        // Text, for a hostile one may be no JSON at all.
        "response": ceremony.credential,
    }))
}

fn edit(exchange: &Exchange) -> Option<String> {
    exchange.sent.edit.clone()
}

/// The line of `assay verify` that puts a vector's ceremony.
pub fn line(vector: &Value) -> Option<String> {
    let mut members: Map<String, Value> = vector.get("inputs")?.as_object()?.clone();
    members.insert("response_text".to_owned(), vector.get("response")?.clone());
    Some(Value::Object(members).to_string())
}
