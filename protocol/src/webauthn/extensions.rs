//! Extensions: their identifiers and the JSON form of the client outputs (WebAuthn L3 9, 10; CTAP 2.3 12).

use serde_json::Value;

use super::Map;
use crate::base64url;
use crate::error::{Malformed, Reason};

pub mod inputs;

pub use inputs::{CredProtect, InputError, Inputs, Level};

/// Extension identifiers.
pub mod id {
    /// U2F AppID in an authentication (WebAuthn L3 10.1.1).
    pub const APPID: &str = "appid";
    /// U2F AppID in a registration (WebAuthn L3 10.1.2).
    pub const APPID_EXCLUDE: &str = "appidExclude";
    /// Properties of the new credential (WebAuthn L3 10.1.3).
    pub const CRED_PROPS: &str = "credProps";
    /// Pseudo-random function (WebAuthn L3 10.1.4).
    pub const PRF: &str = "prf";
    /// Large blob (WebAuthn L3 10.1.5).
    pub const LARGE_BLOB: &str = "largeBlob";
    /// Credential protection (CTAP 2.3 12.1).
    pub const CRED_PROTECT: &str = "credProtect";
    /// Minimum PIN length (CTAP 2.3 12.5).
    pub const MIN_PIN_LENGTH: &str = "minPinLength";
    /// HMAC secret (CTAP 2.3 12.7).
    pub const HMAC_SECRET: &str = "hmac-secret";
    /// The client's input for credential protection.
    pub const CRED_PROTECT_POLICY: &str = "credentialProtectionPolicy";
    /// Whether a client must fail where the authenticator does not know credential protection.
    pub const CRED_PROTECT_ENFORCE: &str = "enforceCredentialProtectionPolicy";
    /// A small blob beside the credential (CTAP 2.3 12.2).
    pub const CRED_BLOB: &str = "credBlob";
    /// The same, read.
    pub const GET_CRED_BLOB: &str = "getCredBlob";
    /// HMAC secret as some clients put it, in a registration.
    pub const HMAC_CREATE_SECRET: &str = "hmacCreateSecret";
    /// HMAC secret as some clients put it, in an authentication.
    pub const HMAC_GET_SECRET: &str = "hmacGetSecret";
    /// User verification methods (WebAuthn L2 10.3).
    pub const UVM: &str = "uvm";
    /// Secure Payment Confirmation.
    pub const PAYMENT: &str = "payment";
    /// The authenticator's half of it (CTAP 2.3 12.8).
    pub const THIRD_PARTY_PAYMENT: &str = "thirdPartyPayment";
}

/// The client outputs this crate knows; others are in the response's map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outputs {
    /// Was the AppID used in place of the RP ID?
    pub appid: Option<bool>,
    /// Was the AppID considered?
    pub appid_exclude: Option<bool>,
    /// Properties of the new credential.
    pub cred_props: Option<CredProps>,
    /// Pseudo-random outputs.
    pub prf: Option<Prf>,
    /// Large blob.
    pub large_blob: Option<LargeBlob>,
    /// Was the small blob stored?
    pub cred_blob: Option<bool>,
    /// The small blob that was read.
    pub get_cred_blob: Option<Vec<u8>>,
    /// Can the new credential be used with `hmac-secret`?
    pub hmac_create_secret: Option<bool>,
    /// How the user was verified: method, key protection and matcher protection of each factor.
    pub uvm: Option<Vec<[u64; 3]>>,
    /// Secure Payment Confirmation: the signature by the key that is bound to the browser.
    pub browser_bound_signature: Option<Vec<u8>>,
}

/// Output of `credProps`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CredProps {
    /// Is the credential discoverable? Absent is unknown.
    pub rk: Option<bool>,
}

/// Output of `prf`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prf {
    /// Can the new credential be used with it?
    pub enabled: Option<bool>,
    /// The first output.
    pub first: Option<Vec<u8>>,
    /// The second output.
    pub second: Option<Vec<u8>>,
}

/// Output of `largeBlob`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LargeBlob {
    /// Can the new credential have one?
    pub supported: Option<bool>,
    /// The blob that was read.
    pub blob: Option<Vec<u8>>,
    /// Was it written?
    pub written: Option<bool>,
}

impl Outputs {
    /// Reads the known outputs; one of another type is malformed.
    pub fn from_results(results: &Map) -> Result<Self, Malformed> {
        let results = Scope { members: results, path: "" };
        Ok(Self {
            appid: results.flag(id::APPID)?,
            appid_exclude: results.flag(id::APPID_EXCLUDE)?,
            cred_props: match results.scope(id::CRED_PROPS)? {
                None => None,
                Some(output) => Some(CredProps { rk: output.flag("rk")? }),
            },
            prf: match results.scope(id::PRF)? {
                None => None,
                Some(output) => Some(prf(&output)?),
            },
            large_blob: match results.scope(id::LARGE_BLOB)? {
                None => None,
                Some(output) => Some(LargeBlob {
                    supported: output.flag("supported")?,
                    blob: output.bytes("blob")?,
                    written: output.flag("written")?,
                }),
            },
            cred_blob: results.flag(id::CRED_BLOB)?,
            get_cred_blob: results.bytes(id::GET_CRED_BLOB)?,
            hmac_create_secret: results.flag(id::HMAC_CREATE_SECRET)?,
            uvm: results.read(id::UVM, uvm)?,
            browser_bound_signature: match results.scope(id::PAYMENT)? {
                None => None,
                Some(output) => match output.scope("browserBoundSignature")? {
                    None => None,
                    Some(bound) => bound.bytes("signature")?,
                },
            },
        })
    }
}

/// One to three factors, each of three numbers.
fn uvm(output: &Value) -> Option<Vec<[u64; 3]>> {
    let factors = output.as_array().filter(|factors| (1..=3).contains(&factors.len()))?;
    let factor = |factor: &Value| match factor.as_array()?.as_slice() {
        [method, key, matcher] => Some([method.as_u64()?, key.as_u64()?, matcher.as_u64()?]),
        _ => None,
    };
    factors.iter().map(factor).collect()
}

fn prf(output: &Scope<'_>) -> Result<Prf, Malformed> {
    let results = output.scope("results")?;
    let value = |name| match &results {
        None => Ok(None),
        Some(results) => results.bytes(name),
    };
    Ok(Prf { enabled: output.flag("enabled")?, first: value("first")?, second: value("second")? })
}

/// An object of the results.
struct Scope<'m> {
    members: &'m Map,
    path: &'m str,
}

impl<'m> Scope<'m> {
    fn flag(&self, name: &str) -> Result<Option<bool>, Malformed> {
        self.read(name, Value::as_bool)
    }

    fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, Malformed> {
        self.read(name, |value| base64url::decode(value.as_str()?).ok())
    }

    fn scope(&self, name: &'m str) -> Result<Option<Self>, Malformed> {
        let members = self.read(name, Value::as_object)?;
        Ok(members.map(|members| Self { members, path: name }))
    }

    fn read<T>(&self, name: &str, view: impl Fn(&'m Value) -> Option<T>) -> Result<Option<T>, Malformed> {
        match self.members.get(name).map(view) {
            None => Ok(None),
            Some(Some(value)) => Ok(Some(value)),
            Some(None) => {
                Err(Malformed::new(Reason::CredentialExtensionOutputWrongType, format!("{}/{name}", self.path)))
            }
        }
    }
}

#[cfg(test)]
mod tests;
