//! Proofs of possession: a compact JWS with `typ` `dbsc+jwt` (DBSC format-jwt).

use assay_protocol::cose::PublicKey;
use assay_protocol::error::Reason as JwsReason;
use assay_protocol::jws;
use assay_protocol::signature::{Scheme, Verifier};
use serde_json::{Map, Value, json};

use crate::algorithm::Algorithm;
use crate::error::{Malformed, Reason};
use crate::json::{Reasons, kind, object};
use crate::jwk;

/// The `typ` of every proof.
pub const TYPE: &str = "dbsc+jwt";

/// The longest proof that is read, in characters: an RSA key of 8192 bits and its signature fit.
pub const LONGEST: usize = 8192;

/// A proof as it was sent. Nothing in it is to be believed before its signature has been verified.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The header's `typ`.
    pub typ: Option<String>,
    /// The header's `alg`.
    pub alg: String,
    /// The header's `jwk`.
    pub jwk: Option<Map<String, Value>>,
    /// The challenge.
    pub jti: Option<String>,
    /// The authorization of the offer.
    pub authorization: Option<String>,
    /// The endpoint's URL, where the browser names it.
    pub audience: Option<String>,
    /// A key in the payload, where drafts before 2026 had it.
    pub payload_jwk: Option<Map<String, Value>>,
    signing_input: String,
    signature: Vec<u8>,
}

impl Proof {
    /// Reads a proof.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.len() > LONGEST {
            return Err(Malformed::new(Reason::ProofTooLarge, format!("{} characters", text.len())));
        }
        let jws = jws::parse(text).map_err(|error| {
            let reason = match error.reason {
                JwsReason::JwsHeaderDuplicateMember => Reason::ProofDuplicateMember,
                JwsReason::JwsHeaderCritical => Reason::ProofCritical,
                JwsReason::JwsAlgMissing | JwsReason::JwsAlgNotString => Reason::ProofAlgMissing,
                _ => Reason::ProofNotJws,
            };
            Malformed::new(reason, error.to_string())
        })?;
        let header = &jws.header;
        let payload = object(
            &jws.payload,
            &Reasons {
                not_json: Reason::ProofPayloadNotObject,
                duplicate: Reason::ProofDuplicateMember,
                not_object: Reason::ProofPayloadNotObject,
            },
        )?;
        let payload_jwk = match members(&payload, "jwk")? {
            Some(key) => Some(key),
            None => members(&payload, "key")?,
        };
        Ok(Self {
            typ: string(header, "typ")?,
            jwk: members(header, "jwk")?,
            jti: string(&payload, "jti")?,
            authorization: string(&payload, "authorization")?,
            audience: string(&payload, "aud")?,
            payload_jwk,
            alg: jws.alg,
            signing_input: jws.signing_input.to_owned(),
            signature: jws.signature,
        })
    }

    /// Was this proof signed by the holder of `key`? The key decides the algorithm, never the header.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let scheme = match Algorithm::of_key(key) {
            Some(Algorithm::Es256) => Scheme::EcdsaP256Sha256Fixed,
            Some(Algorithm::Rs256) => Scheme::RsaPkcs1Sha256,
            Some(Algorithm::EdDsa) => Scheme::Ed25519,
            None => return false,
        };
        Verifier::for_key(scheme, key).is_ok_and(|verifier| {
            let message = self.signing_input.as_bytes();
            verifier.verify(message, &self.signature).is_ok()
        })
    }
}

/// What a browser states in a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Claims<'a> {
    /// The challenge, if there was one.
    pub jti: Option<&'a str>,
    /// The offer's authorization, at registration.
    pub authorization: Option<&'a str>,
    /// The endpoint's URL, if the browser names it.
    pub audience: Option<&'a str>,
}

/// A proof before it is signed: two JSON objects that a suite may edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    /// The protected header.
    pub header: Map<String, Value>,
    /// The payload.
    pub payload: Map<String, Value>,
}

impl Unsigned {
    /// A registration proof, which carries its key.
    pub fn registration(key: &PublicKey, algorithm: Algorithm, claims: Claims<'_>) -> Self {
        let mut proof = Self::refresh(algorithm, claims);
        proof.header.insert("jwk".to_owned(), Value::Object(jwk::to_json(key)));
        proof
    }

    /// A refresh proof.
    pub fn refresh(algorithm: Algorithm, claims: Claims<'_>) -> Self {
        let mut header = Map::new();
        header.insert("alg".to_owned(), json!(algorithm.name()));
        header.insert("typ".to_owned(), json!(TYPE));
        let mut payload = Map::new();
        for (name, value) in [("aud", claims.audience), ("authorization", claims.authorization), ("jti", claims.jti)] {
            if let Some(value) = value {
                payload.insert(name.to_owned(), json!(value));
            }
        }
        Self { header, payload }
    }

    /// Signs it. `sign` gets the signing input and returns the signature as JWS has it.
    pub fn sign(&self, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
        let payload = Value::Object(self.payload.clone()).to_string();
        jws::encode(&self.header, payload.as_bytes(), sign)
    }
}

fn string(members: &Map<String, Value>, name: &str) -> Result<Option<String>, Malformed> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(Malformed::new(Reason::ProofMemberNotString, format!("{name} is {}", kind(other)))),
    }
}

fn members(parent: &Map<String, Value>, name: &str) -> Result<Option<Map<String, Value>>, Malformed> {
    match parent.get(name) {
        None => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members.clone())),
        Some(other) => Err(Malformed::new(Reason::JwkNotObject, format!("{name} is {}", kind(other)))),
    }
}

#[cfg(test)]
mod tests;
