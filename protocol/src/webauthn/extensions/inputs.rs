//! The client inputs of extensions that have rules: what a page's call would fail for is refused
//! before it is sent to the page (WebAuthn L3 10.1; CTAP 2.3 12).

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::{Map, id};
use crate::base64url;

/// The two ceremonies, which take different inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum During<'a> {
    /// A registration.
    Registration,
    /// An authentication by one of these credentials; by any where there are none.
    Authentication(&'a [Vec<u8>]),
}

/// The inputs that the outputs are judged by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inputs {
    /// U2F AppID in the stead of the RP ID.
    pub appid: Option<String>,
    /// U2F AppID whose credentials are excluded.
    pub appid_exclude: Option<String>,
    /// Credential protection.
    pub cred_protect: Option<CredProtect>,
    /// Pseudo-random function.
    pub prf: Option<Prf>,
    /// Large blob.
    pub large_blob: Option<LargeBlob>,
}

/// The inputs for credential protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredProtect {
    /// The level wanted.
    pub level: Level,
    /// Is the registration to fail where it cannot be had?
    pub enforced: bool,
}

/// How a credential is protected (CTAP 2.3 12.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// User verification is optional.
    Optional,
    /// It is optional for whoever names the credential.
    OptionalWithList,
    /// It is required.
    Required,
}

/// The inputs of the pseudo-random function: is there a second one?
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prf {
    /// The values for any credential.
    pub eval: Option<Salts>,
    /// The values for some credentials.
    pub by_credential: Vec<(Vec<u8>, Salts)>,
}

/// The values that a pseudo-random function is evaluated at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Salts {
    /// The first value.
    pub first: Vec<u8>,
    /// The second value.
    pub second: Option<Vec<u8>>,
}

/// The inputs of the large blob.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LargeBlob {
    /// Must the new credential be able to have one? `None`: nothing was said.
    pub required: Option<bool>,
    /// Is the blob to be read?
    pub read: bool,
    /// The blob to write.
    pub write: Option<Vec<u8>>,
}

/// An input that clients reject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError {
    /// With which exception they do.
    pub name: &'static str,
    /// What is wrong, and where.
    pub detail: String,
}

impl Level {
    /// As an authenticator's output has it.
    pub const fn number(self) -> u64 {
        match self {
            Self::Optional => 1,
            Self::OptionalWithList => 2,
            Self::Required => 3,
        }
    }

    /// As a client's input has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Optional => "userVerificationOptional",
            Self::OptionalWithList => "userVerificationOptionalWithCredentialIDList",
            Self::Required => "userVerificationRequired",
        }
    }
}

impl FromStr for Level {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let known = [Self::Optional, Self::OptionalWithList, Self::Required];
        known.into_iter().find(|level| level.as_str() == text).ok_or(())
    }
}

impl Inputs {
    /// Reads the inputs that have rules; others are left to the client.
    pub fn read(inputs: &Map, during: During<'_>) -> Result<Self, InputError> {
        if inputs.is_empty() {
            return Ok(Self::default());
        }
        let read = Self {
            appid: text(inputs, id::APPID)?,
            appid_exclude: text(inputs, id::APPID_EXCLUDE)?,
            cred_protect: cred_protect(inputs)?,
            prf: object(inputs, id::PRF)?.map(|input| prf(input, during)).transpose()?,
            large_blob: object(inputs, id::LARGE_BLOB)?.map(|input| large_blob(input, during)).transpose()?,
        };
        // 9.3: an extension of the other ceremony is ignored, which nobody who asks for it can want.
        let misplaced = match during {
            During::Registration => read.appid.is_some().then_some(id::APPID),
            During::Authentication(_) => read.appid_exclude.is_some().then_some(id::APPID_EXCLUDE),
        };
        match misplaced {
            Some(name) => Err(not_supported(format!("{name} belongs to the other ceremony"))),
            None => Ok(read),
        }
    }
}

impl Prf {
    /// The values that this credential is evaluated at (WebAuthn L3 10.1.4, authentication step 4).
    pub fn chosen(&self, credential_id: &[u8]) -> Option<&Salts> {
        let own = self.by_credential.iter().find(|(id, _)| id == credential_id).map(|(_, salts)| salts);
        own.or(self.eval.as_ref())
    }
}

fn cred_protect(inputs: &Map) -> Result<Option<CredProtect>, InputError> {
    let enforced = flag(inputs, id::CRED_PROTECT_ENFORCE)?.unwrap_or(false);
    let Some(name) = text(inputs, id::CRED_PROTECT_POLICY)? else {
        return Ok(None);
    };
    match name.parse() {
        Ok(level) => Ok(Some(CredProtect { level, enforced })),
        Err(()) => Err(type_error(format!("{} has no value {name:?}", id::CRED_PROTECT_POLICY))),
    }
}

/// WebAuthn L3 10.1.4
fn prf(input: &Map, during: During<'_>) -> Result<Prf, InputError> {
    let eval = object(input, "eval")?.map(|values| salts(values, "prf.eval")).transpose()?;
    let mut by_credential = Vec::new();
    if let Some(entries) = object(input, "evalByCredential")? {
        let During::Authentication(allowed) = during else {
            return Err(not_supported("prf.evalByCredential in a registration".to_owned()));
        };
        if allowed.is_empty() && !entries.is_empty() {
            return Err(not_supported("prf.evalByCredential without allowCredentials".to_owned()));
        }
        for (key, values) in entries {
            let place = format!("prf.evalByCredential[{key:?}]");
            let credential = base64url::decode(key).ok().filter(|id| !id.is_empty() && allowed.contains(id));
            let Some(credential) = credential else {
                return Err(InputError { name: "SyntaxError", detail: format!("{place} names no allowed credential") });
            };
            let values = values.as_object().ok_or_else(|| type_error(format!("{place} is no object")))?;
            by_credential.push((credential, salts(values, &place)?));
        }
    }
    Ok(Prf { eval, by_credential })
}

fn salts(values: &Map, place: &str) -> Result<Salts, InputError> {
    let first = bytes(values, "first")?.ok_or_else(|| type_error(format!("{place} has no first")))?;
    Ok(Salts { first, second: bytes(values, "second")? })
}

/// WebAuthn L3 10.1.5
fn large_blob(input: &Map, during: During<'_>) -> Result<LargeBlob, InputError> {
    let support = text(input, "support")?;
    let blob = LargeBlob {
        required: support.as_deref().map(|support| support == "required"),
        read: flag(input, "read")?.unwrap_or(false),
        write: bytes(input, "write")?,
    };
    match during {
        During::Registration if input.contains_key("read") || blob.write.is_some() => {
            Err(not_supported("largeBlob is read or written in a registration".to_owned()))
        }
        During::Authentication(_) if support.is_some() => {
            Err(not_supported("largeBlob.support in an authentication".to_owned()))
        }
        During::Authentication(_) if blob.read && blob.write.is_some() => {
            Err(not_supported("largeBlob is read and written at once".to_owned()))
        }
        During::Authentication(allowed) if blob.write.is_some() && allowed.len() != 1 => {
            Err(not_supported("largeBlob is written to a credential that is not named alone".to_owned()))
        }
        _ => Ok(blob),
    }
}

fn text(inputs: &Map, name: &str) -> Result<Option<String>, InputError> {
    member(inputs, name, "text", |value| value.as_str().map(str::to_owned))
}

fn flag(inputs: &Map, name: &str) -> Result<Option<bool>, InputError> {
    member(inputs, name, "boolean", Value::as_bool)
}

fn bytes(inputs: &Map, name: &str) -> Result<Option<Vec<u8>>, InputError> {
    let Some(text) = text(inputs, name)? else {
        return Ok(None);
    };
    let not_base64url =
        |error| InputError { name: "EncodingError", detail: format!("{name} is not base64url: {error}") };
    base64url::decode(&text).map(Some).map_err(not_base64url)
}

fn object<'m>(inputs: &'m Map, name: &str) -> Result<Option<&'m Map>, InputError> {
    member(inputs, name, "object", Value::as_object)
}

fn member<'m, T>(
    inputs: &'m Map,
    name: &str,
    expected: &str,
    view: impl Fn(&'m Value) -> Option<T>,
) -> Result<Option<T>, InputError> {
    match inputs.get(name).map(view) {
        None => Ok(None),
        Some(Some(value)) => Ok(Some(value)),
        Some(None) => Err(type_error(format!("{name} is no {expected}"))),
    }
}

fn type_error(detail: String) -> InputError {
    InputError { name: "TypeError", detail }
}

fn not_supported(detail: String) -> InputError {
    InputError { name: "NotSupportedError", detail }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.detail, self.name)
    }
}

impl std::error::Error for InputError {}

#[cfg(test)]
mod tests;
