//! `assay verify`: decides ceremonies from JSON Lines, one verdict a line, same order.

mod line;

use std::io::{BufRead, Write};

use assay_attestation::{Anchors, AttestationType};
use assay_protocol::base64url;
use assay_protocol::webauthn::{AuthenticationResponse, Dialect, RegistrationResponse};
use assay_relying_party::registration::{Expectations, Mediation};
use assay_relying_party::{BackupPolicy, CredentialRecord, Profile, Rejection, RelyingParty, Trust, authentication, registration};
use serde_json::{Value, json};
use time::OffsetDateTime;

pub use self::line::{Ceremony, Line, LineError, Stored};

/// The longest line that is read; what is longer is an error, and the lines behind it are read all the same.
const LONGEST_LINE: usize = 4 << 20;

/// What a run of `verify` came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Lines accepted.
    pub accepted: usize,
    /// Lines rejected.
    pub rejected: usize,
    /// Lines that could not be decided.
    pub errors: usize,
}

/// Reads lines until the end and writes a verdict for each, flushed at once. Empty lines are passed over.
pub fn run(mut input: impl BufRead, mut output: impl Write, now: impl Fn() -> OffsetDateTime) -> std::io::Result<Tally> {
    let mut tally = Tally::default();
    let mut number = 0;
    while let Some(text) = next_line(&mut input)? {
        number += 1;
        let verdict = match text {
            Text::Line(text) if text.iter().all(u8::is_ascii_whitespace) => continue,
            Text::Line(text) => decide_text(&text, number, now()),
            Text::TooLong => error(number, &LineError {
                id: Value::Null,
                code: "line_too_long",
                detail: format!("more than {LONGEST_LINE} bytes"),
            }),
        };
        match verdict.get("outcome").and_then(Value::as_str) {
            Some("accept") => tally.accepted += 1,
            Some("reject") => tally.rejected += 1,
            _ => tally.errors += 1,
        }
        serde_json::to_writer(&mut output, &verdict)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(tally)
}

/// The verdict on one line of text.
pub fn decide_text(text: &[u8], number: usize, now: OffsetDateTime) -> Value {
    match Line::parse(text) {
        Err(offence) => error(number, &offence),
        Ok(line) => match decide(&line, now) {
            Err(offence) => error(number, &offence),
            Ok(Ok(evidence)) => json!({
                "id": line.id, "outcome": "accept", "code": null, "clause": null, "detail": "", "evidence": evidence,
            }),
            Ok(Err(rejection)) => json!({
                "id": line.id, "outcome": "reject", "code": rejection.code(), "clause": rejection.clause(),
                "detail": rejection.detail(), "evidence": null,
            }),
        },
    }
}

/// The ceremony's verdict: evidence or rejection; an error where the line itself is unusable.
pub fn decide(line: &Line, now: OffsetDateTime) -> Result<Result<Value, Rejection>, LineError> {
    let unusable = |code, detail: String| LineError { id: line.id.clone(), code, detail };
    let Some(profile) = Profile::named(&line.profile) else {
        return Err(unusable("line_member_value", format!("profile {:?} is not known", line.profile)));
    };
    let rp = RelyingParty {
        id: line.rp_id.clone(),
        name: line.rp_id.clone(),
        origins: line.origins.clone(),
        // Naming the embedding pages says that embedding is expected.
        cross_origin: line.cross_origin || !line.top_origins.is_empty(),
        top_origins: line.top_origins.clone(),
    };
    match line.ceremony {
        Ceremony::Registration => {
            let anchors = match line.trust_anchors.as_ref().map(Anchors::parse).transpose() {
                Ok(anchors) => anchors,
                Err(rejection) => return Err(unusable("line_member_value", format!("trust_anchors: {rejection}"))),
            };
            let attestation_types = attestation_types(line).map_err(|detail| unusable("line_member_value", detail))?;
            let pending = registration::Pending {
                challenge: line.challenge.clone(),
                user_handle: line.user_handle.clone().unwrap_or_default(),
                algorithms: line.algorithms.clone(),
                user_verification_required: line.user_verification == "required",
                mediation: if line.mediation.as_deref() == Some("conditional") { Mediation::Conditional } else { Mediation::Optional },
                exclude_credentials: Vec::new(),
                expectations: Expectations { attestation_types, backup: BackupPolicy::Any },
            };
            let trust = anchors.as_ref().map_or_else(Trust::unjudged, Trust::anchors);
            let outcome = RegistrationResponse::from_json(&line.credential, Dialect::WebAuthn)
                .map_err(Rejection::from)
                .and_then(|response| {
                    registration::finish(&rp, &pending, &response, &trust, &|_| false, &profile, line.at.unwrap_or(now))
                });
            Ok(outcome.map(|registration| registration_evidence(&registration)))
        }
        Ceremony::Authentication => {
            let stored = line.stored.as_ref().ok_or_else(|| unusable("line_member_missing", "stored is missing".to_owned()))?;
            let mut record = CredentialRecord::new(stored.credential_id.clone(), stored.public_key.clone());
            record.sign_count = stored.sign_count;
            record.backup_eligible = Some(stored.backup_eligible);
            record.backup_state = stored.backup_state;
            record.uv_initialized = stored.uv_initialized;
            let pending = authentication::Pending {
                challenge: line.challenge.clone(),
                user_handle: line.user_handle.clone(),
                allow_credentials: line.allow_credentials.clone(),
                user_verification_required: line.user_verification == "required",
                app_id: line.extensions.get("appid").and_then(Value::as_str).map(str::to_owned),
                backup: BackupPolicy::Any,
            };
            let outcome = AuthenticationResponse::from_json(&line.credential, Dialect::WebAuthn)
                .map_err(Rejection::from)
                .and_then(|response| {
                    // A line that names no owner asks for no ownership rules: whoever signs is the owner.
                    let named = stored.user_handle.as_ref().or(line.user_handle.as_ref()).or(response.user_handle.as_ref());
                    let owner = named.cloned().unwrap_or_default();
                    let mut pending = pending.clone();
                    if pending.user_handle.is_none() && (stored.user_handle.is_none() || !line.allow_credentials.is_empty()) {
                        pending.user_handle = Some(owner.clone());
                    }
                    let held = authentication::Held { user_handle: &owner, record: &record };
                    authentication::finish(&rp, &pending, &response, Some(held), &profile)
                });
            Ok(outcome.map(|authentication| authentication_evidence(&authentication)))
        }
    }
}

fn attestation_types(line: &Line) -> Result<Option<Vec<AttestationType>>, String> {
    if line.allow_attestation_types.is_empty() {
        return Ok(None);
    }
    line.allow_attestation_types
        .iter()
        .map(|name| {
            serde_json::from_value(Value::String(name.clone()))
                .map_err(|_error| format!("allow_attestation_types: {name:?} is none of none, self, basic, attca, anonca"))
        })
        .collect::<Result<_, _>>()
        .map(Some)
}

fn registration_evidence(registration: &registration::Registration) -> Value {
    let evidence = &registration.evidence;
    json!({
        "fmt": evidence.fmt,
        "attestation_type": evidence.attestation_type,
        "aaguid": evidence.aaguid,
        "flags": evidence.flags.0,
        "sign_count": evidence.sign_count,
        "algorithm": evidence.algorithm,
        "credential_id": base64url::encode(&registration.record.id),
        "public_key": base64url::encode(&evidence.public_key),
        "chain": evidence.chain,
        "backup_eligible": evidence.flags.be(),
        "backup_state": evidence.flags.bs(),
        "user_verified": evidence.flags.uv(),
        "transports": registration.record.transports,
        "extensions": evidence.extensions,
    })
}

fn authentication_evidence(authentication: &authentication::Authentication) -> Value {
    let evidence = &authentication.evidence;
    json!({
        "fmt": null,
        "attestation_type": null,
        "aaguid": null,
        "flags": evidence.flags.0,
        "sign_count": evidence.sign_count,
        "counter": evidence.counter,
        "credential_id": base64url::encode(&authentication.record.id),
        "public_key": base64url::encode(&authentication.record.public_key),
        "backup_eligible": evidence.flags.be(),
        "backup_state": evidence.flags.bs(),
        "user_verified": evidence.flags.uv(),
        "user_handle": base64url::encode(&authentication.user_handle),
        "extensions": evidence.extensions,
    })
}

fn error(number: usize, offence: &LineError) -> Value {
    json!({
        "id": offence.id, "line": number, "outcome": "error", "code": offence.code, "clause": null,
        "detail": offence.detail, "evidence": null,
    })
}

enum Text {
    Line(Vec<u8>),
    TooLong,
}

/// The next line without its end; memory stays bounded whatever comes.
fn next_line(input: &mut impl BufRead) -> std::io::Result<Option<Text>> {
    let mut line = Vec::new();
    let mut too_long = false;
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(match (too_long, line.is_empty()) {
                (true, _) => Some(Text::TooLong),
                (false, true) => None,
                (false, false) => Some(Text::Line(line)),
            });
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        if line.len() + part.len() > LONGEST_LINE {
            too_long = true;
            line.clear();
        }
        if !too_long {
            line.extend_from_slice(part);
        }
        let used = end.map_or(buffer.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(Some(if too_long { Text::TooLong } else { Text::Line(line) }));
        }
    }
}
