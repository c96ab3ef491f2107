//! An offer on a response becomes a registration request (DBSC algo-process-session-registration).

use assay_protocol::cose::PublicKey;
use url::Url;

use super::Audience;
use crate::algorithm::Algorithm;
use crate::error::{Malformed, Reason};
use crate::headers::registration::{self, Registration};
use crate::proof::{Claims, Unsigned};
use crate::site::{Secure, same_site};

/// A registration that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where to.
    pub endpoint: Url,
    /// The first offered algorithm that the browser has.
    pub algorithm: Algorithm,
    /// The challenge.
    pub challenge: Option<String>,
    /// The authorization.
    pub authorization: Option<String>,
}

/// Plans a registration for each valid member of a `Secure-Session-Registration` field on a
/// response from `url`. The others stay with their reasons.
pub fn process(
    field: &str,
    url: &Url,
    supported: &[Algorithm],
    secure: Secure,
) -> Result<Vec<Result<Plan, Malformed>>, Malformed> {
    let offers = registration::parse(field)?;
    Ok(offers.into_iter().map(|offer| plan(offer?, url, supported, secure)).collect())
}

impl Plan {
    /// The proof to sign. A browser that was given neither challenge nor authorization registers
    /// without one.
    pub fn proof(&self, key: &PublicKey, audience: Audience) -> Option<Unsigned> {
        if self.challenge.is_none() && self.authorization.is_none() {
            return None;
        }
        let claims = Claims {
            jti: self.challenge.as_deref(),
            authorization: self.authorization.as_deref(),
            audience: (audience == Audience::Endpoint).then_some(self.endpoint.as_str()),
        };
        Some(Unsigned::registration(key, self.algorithm, claims))
    }
}

fn plan(offer: Registration, url: &Url, supported: &[Algorithm], secure: Secure) -> Result<Plan, Malformed> {
    if offer.provider.is_some() {
        return Err(Malformed::new(Reason::RegistrationProviderUnsupported, "a key of another session is not shared"));
    }
    let algorithm =
        offer.algorithms.iter().find_map(|name| Algorithm::from_name(name).filter(|found| supported.contains(found)));
    let Some(algorithm) = algorithm else {
        return Err(Malformed::new(Reason::RegistrationAlgorithmUnsupported, offer.algorithms.join(" ")));
    };
    let endpoint = url
        .join(&offer.path)
        .map_err(|error| Malformed::new(Reason::RegistrationPathMissing, format!("{:?}: {error}", offer.path)))?;
    if !same_site(url, &endpoint) {
        return Err(Malformed::new(Reason::RegistrationEndpointCrossSite, endpoint.as_str()));
    }
    if !secure.admits(url) || !secure.admits(&endpoint) {
        return Err(Malformed::new(Reason::RegistrationEndpointNotSecure, endpoint.as_str()));
    }
    Ok(Plan { endpoint, algorithm, challenge: offer.challenge, authorization: offer.authorization })
}
