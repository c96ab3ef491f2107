//! `assay why`: finds the ceremony in whatever was pasted, and says what is the first thing wrong with it.

pub mod advice;
mod bytes;
mod console;
mod explain;
mod find;
mod har;
mod judge;
mod print;

use assay_relying_party::Profile;
use serde::Serialize;
use time::OffsetDateTime;

pub use self::explain::Place;
use self::find::{Candidate, Options};
use self::judge::Said;
pub use self::print::text;
use crate::verify::Stored;

/// What the caller knows; the rest is taken from the message.
#[derive(Debug, Default)]
pub struct Given {
    /// The RP ID.
    pub rp_id: Option<String>,
    /// The expected origins.
    pub origins: Vec<String>,
    /// The challenge issued.
    pub challenge: Option<Vec<u8>>,
    /// The profile that decides.
    pub profile: Profile,
    /// The COSE key of the credential.
    pub public_key: Option<Vec<u8>>,
    /// The record of the credential.
    pub stored: Option<Stored>,
    /// Trust anchors, DER; chains are not judged without.
    pub anchors: Option<Vec<Vec<u8>>>,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// What the input is.
    pub form: &'static str,
    /// How it was read, where that needs saying.
    pub notes: Vec<String>,
    /// How many options of a server are in it.
    pub options: usize,
    /// The ceremonies in the order of the message.
    pub ceremonies: Vec<Explained>,
}

/// One ceremony and why it fails.
#[derive(Debug, Serialize)]
pub struct Explained {
    /// Registration or authentication.
    pub ceremony: &'static str,
    /// Where it was found.
    pub source: String,
    /// `accept` or `reject`.
    pub outcome: &'static str,
    /// The stable code of the first failing clause.
    pub code: Option<&'static str>,
    /// The clause.
    pub clause: Option<&'static str>,
    /// What was found, and what was expected.
    pub detail: String,
    /// The offending bytes.
    pub place: Option<Place>,
    /// What to do.
    pub advice: Option<&'static str>,
    /// What was not given.
    pub assumed: Vec<Assumption>,
    /// What else to know.
    pub notes: Vec<String>,
}

/// Something that was taken from the message, and so could not be judged by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// Challenge, origin or RP ID.
    pub what: &'static str,
    /// Its value.
    pub value: String,
    /// Where it is from.
    pub from: String,
}

impl Answer {
    /// Does anything fail?
    pub fn fails(&self) -> bool {
        self.ceremonies.iter().any(|explained| explained.code.is_some())
    }
}

/// Certificates in PEM, as DER.
pub fn anchors(pem: &str) -> Result<Vec<Vec<u8>>, String> {
    judge::certificates(pem)
}

/// Bytes as they are pasted: base64url, base64 or hexadecimal.
pub fn pasted(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    bytes::hex(text).or_else(|| bytes::base64(text)).filter(|bytes| !bytes.is_empty())
}

/// Finds the ceremonies in `input` and judges each. An error where what was given cannot be used.
pub fn why(input: &[u8], given: &Given, now: OffsetDateTime) -> Result<Answer, String> {
    let finds = find::find(input);
    let mut ceremonies = Vec::new();
    let mut registered: Vec<Stored> = Vec::new();
    for candidate in &finds.candidates {
        let options = matching(candidate, &finds.options);
        let stored = if candidate.registration { None } else { stored(candidate, given, &registered) };
        if candidate.registration {
            registered.extend(judge::registered(candidate, options));
        }
        let judged = judge::judge(candidate, options, stored, given, now)?;
        let mut notes = candidate.notes.clone();
        notes.extend(judged.notes);
        let rejection = judged.rejection.as_ref();
        ceremonies.push(Explained {
            ceremony: if candidate.registration { "registration" } else { "authentication" },
            source: candidate.source.clone(),
            outcome: if rejection.is_some() { "reject" } else { "accept" },
            code: rejection.map(|rejection| rejection.code()),
            clause: rejection.map(|rejection| rejection.clause()),
            detail: rejection.map(|rejection| rejection.detail().to_owned()).unwrap_or_default(),
            place: rejection.and_then(|rejection| explain::place(&candidate.text, rejection.code())),
            advice: rejection.and_then(|rejection| advice::of(rejection.code())),
            assumed: judged.assumed,
            notes,
        });
    }
    Ok(Answer { form: finds.form, notes: finds.notes, options: finds.options.len(), ceremonies })
}

/// The options that were answered: by their challenge, or else the last of this kind before it.
fn matching<'o>(candidate: &Candidate, options: &'o [Options]) -> Option<&'o Options> {
    let challenge = Said::of(candidate).challenge;
    let of_kind = || options.iter().filter(|options| options.registration == candidate.registration);
    let same = of_kind().rfind(|options| Some(assay_protocol::base64url::encode(&options.challenge)) == challenge);
    let before = || of_kind().rfind(|options| options.order < candidate.order);
    same.or_else(before).or_else(|| of_kind().next())
}

/// The credential's record: as given, or from its registration in the same message.
fn stored(candidate: &Candidate, given: &Given, registered: &[Stored]) -> Option<Stored> {
    let raw_id = judge::raw_id(candidate);
    let known = given.stored.as_ref().or_else(|| {
        registered.iter().rfind(|stored| given.public_key.is_none() && Some(&stored.credential_id) == raw_id.as_ref())
    });
    if let Some(known) = known {
        return Some(Stored {
            credential_id: known.credential_id.clone(),
            public_key: known.public_key.clone(),
            user_handle: known.user_handle.clone(),
            ..*known
        });
    }
    let public_key = given.public_key.clone()?;
    Some(Stored { credential_id: raw_id.unwrap_or_default(), public_key, ..Stored::default() })
}
