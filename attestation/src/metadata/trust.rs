//! Whose word the metadata are (MDS 3.2).

use assay_protocol::check::Enforced;
use assay_protocol::jws::{self, Jws};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::{Reason, Rejection, fields};
use crate::certificate::Certificate;
use crate::path::{self, Anchors};
use crate::rejection::{self, Check};
use crate::revocation::{self, Demand, Revocation, Status};

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
    /// Whether revocation lists are asked about the signing certificates.
    pub revocation: Revocation,
}

impl Trust {
    /// FIDO's own service, by these roots.
    pub fn new(roots: Anchors) -> Self {
        Self { roots, leaf_name: LEAF_NAME.to_owned(), revocation: Revocation::default() }
    }

    /// FIDO's own service, by the public roots that it has been signed under: GlobalSign's R3 and R46.
    pub fn fido() -> Self {
        let roots = [
            include_bytes!("../../data/globalsign-root-r3.der").as_slice(),
            include_bytes!("../../data/globalsign-root-r46.der").as_slice(),
        ];
        // A test reads them; no roots are what a broken build would have.
        Self::new(Anchors::parse(roots).unwrap_or_default())
    }

    /// The same roots for another service.
    #[must_use]
    pub fn named(mut self, leaf_name: impl Into<String>) -> Self {
        self.leaf_name = leaf_name.into();
        self
    }
}

/// What was signed, and what is to be noted about the signature.
pub(super) struct Verified {
    pub(super) payload: Vec<u8>,
    pub(super) revocation_unknown: Vec<String>,
}

/// The certificates that have signed a BLOB, leaf first, once everything holds but revocation, which
/// is not asked about: they say where their lists are to be had.
pub fn signers(blob: &str, trust: &Trust, now: OffsetDateTime) -> Result<Vec<Certificate>, Rejection> {
    let trust = Trust { revocation: Revocation::default(), ..trust.clone() };
    verify(blob.trim(), &trust, now)?;
    x5c(&parse(blob.trim())?.header)
}

/// The payload, once everything in front of it holds.
pub(super) fn verify(blob: &str, trust: &Trust, now: OffsetDateTime) -> Result<Verified, Rejection> {
    let jws = parse(blob)?;
    if !["RS256", "ES256"].contains(&jws.alg.as_str()) {
        return Err(Rejection::new(Reason::Algorithm, format!("alg is {:?}, expected RS256 or ES256", jws.alg)));
    }
    let path = x5c(&jws.header)?;
    let leaf = path.first().ok_or_else(|| Rejection::new(Reason::X5c, "x5c is empty"))?;
    // Whether a root may stand in x5c is a question about attestation statements.
    let enforced = Enforced::all().without(Check::RootInX5c.id());
    let anchor = path::verify(&path, &trust.roots, now, &enforced).map_err(refused_path)?;
    if !leaf.bears(&trust.leaf_name) {
        return Err(Rejection::new(
            Reason::LeafName,
            format!("the signing certificate is {:?}'s, expected {:?}", leaf.common_name(), trust.leaf_name),
        ));
    }
    let (_, key) =
        leaf.key.public_key().ok_or_else(|| Rejection::new(Reason::Signature, "the signing key is of no use here"))?;
    jws.verify(&key).map_err(|error| Rejection::new(Reason::Signature, format!("{}: {error}", jws.alg)))?;
    // Last of all: lists are fetched for those alone who have signed.
    let revocation_unknown = match anchor {
        Some(anchor) => unrevoked(&path, anchor, &trust.revocation, now)?,
        None => Vec::new(),
    };
    Ok(Verified { payload: jws.payload, revocation_unknown })
}

fn parse(blob: &str) -> Result<Jws<'_>, Rejection> {
    jws::parse(blob).map_err(|malformed| Rejection::new(Reason::Jws, malformed.to_string()))
}

/// The names of those about which nothing is known, where that may be. The anchor is not asked
/// about: it is trusted as it stands.
fn unrevoked(
    path: &[Certificate],
    anchor: &Certificate,
    revocation: &Revocation,
    now: OffsetDateTime,
) -> Result<Vec<String>, Rejection> {
    let mut unknown = Vec::new();
    if revocation.demand == Demand::Off {
        return Ok(unknown);
    }
    for (at, certificate) in path.iter().enumerate() {
        if certificate.subject == anchor.subject && certificate.key.info == anchor.key.info {
            break;
        }
        let issuers: Vec<&Certificate> = path.get(at + 1).into_iter().chain([anchor]).collect();
        let name = certificate.common_name();
        match revocation::status(&revocation.lists, certificate, &issuers, now) {
            Status::Good => {}
            Status::Revoked => {
                return Err(Rejection::new(Reason::Revoked, format!("{name:?} has been revoked by its issuer")));
            }
            Status::Unknown if revocation.demand == Demand::Soft => unknown.push(name.to_owned()),
            Status::Unknown => {
                let detail = format!("no current revocation list of its issuer tells about {name:?}");
                return Err(Rejection::new(Reason::RevocationUnknown, detail));
            }
        }
        // What an anchor has issued is the path's end, whatever stands behind it.
        if certificate.issuer == anchor.subject && certificate.verify_signed_by(&anchor.key).is_ok() {
            break;
        }
    }
    Ok(unknown)
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
