//! Whose word the metadata are (MDS 3.2).

use assay_protocol::check::Enforced;
use assay_protocol::jws;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::{Reason, Rejection, fields};
use crate::certificate::Certificate;
use crate::path::{self, Anchors};
use crate::rejection::{self, Check};

/// The name of FIDO's own service, in the certificate that signs its BLOBs.
pub const LEAF_NAME: &str = "mds.fidoalliance.org";

/// Whom the operator takes metadata from.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The roots that signing certificates must lead to. Never the system's: those vouch for
    /// web sites.
    pub roots: Anchors,
    /// The DNS name that the signing certificate must bear.
    pub leaf_name: String,
}

impl Trust {
    /// FIDO's own service, by these roots.
    pub fn new(roots: Anchors) -> Self {
        Self { roots, leaf_name: LEAF_NAME.to_owned() }
    }

    /// The same roots for another service.
    #[must_use]
    pub fn named(mut self, leaf_name: impl Into<String>) -> Self {
        self.leaf_name = leaf_name.into();
        self
    }
}

/// The payload, once everything in front of it holds.
pub(super) fn verify(blob: &str, trust: &Trust, now: OffsetDateTime) -> Result<Vec<u8>, Rejection> {
    let jws = jws::parse(blob).map_err(|malformed| Rejection::new(Reason::Jws, malformed.to_string()))?;
    if !["RS256", "ES256"].contains(&jws.alg.as_str()) {
        return Err(Rejection::new(Reason::Algorithm, format!("alg is {:?}, expected RS256 or ES256", jws.alg)));
    }
    let path = x5c(&jws.header)?;
    let leaf = path.first().ok_or_else(|| Rejection::new(Reason::X5c, "x5c is empty"))?;
    // Whether a root may stand in x5c is a question about attestation statements.
    let enforced = Enforced::all().without(Check::RootInX5c.id());
    path::verify(&path, &trust.roots, now, &enforced).map_err(refused_path)?;
    if !leaf.bears(&trust.leaf_name) {
        return Err(Rejection::new(
            Reason::LeafName,
            format!("the signing certificate is {:?}'s, expected {:?}", leaf.common_name(), trust.leaf_name),
        ));
    }
    let (_, key) =
        leaf.key.public_key().ok_or_else(|| Rejection::new(Reason::Signature, "the signing key is of no use here"))?;
    jws.verify(&key).map_err(|error| Rejection::new(Reason::Signature, format!("{}: {error}", jws.alg)))?;
    Ok(jws.payload)
}

fn x5c(header: &Map<String, Value>) -> Result<Vec<Certificate>, Rejection> {
    let Some(Value::Array(path)) = header.get("x5c") else {
        return Err(Rejection::new(Reason::X5c, "the header has no x5c"));
    };
    path.iter()
        .map(|certificate| {
            let der = certificate
                .as_str()
                .and_then(fields::base64)
                .ok_or_else(|| Rejection::new(Reason::Certificate, "x5c has no base64"))?;
            Certificate::parse(&der).map_err(|error| Rejection::new(Reason::Certificate, error.to_string()))
        })
        .collect()
}

fn refused_path(rejection: rejection::Rejection) -> Rejection {
    let reason = match &rejection {
        rejection::Rejection::Check { check, .. } => match check {
            Check::PathExpired => Reason::Expired,
            Check::PathNotYetValid => Reason::NotYetValid,
            Check::PathUntrusted => Reason::Chain,
            _ => Reason::Path,
        },
        _ => Reason::Path,
    };
    Rejection::new(reason, rejection.to_string())
}
