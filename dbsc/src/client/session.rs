//! Instructions become a session (DBSC algo-create-session), and a session is asked whether a
//! request must wait for it (DBSC algo-identify-session-needing-refresh).

use url::{Origin, Url};

use crate::algorithm::Algorithm;
use crate::cookie::{Identity, domain_matches};
use crate::error::{Malformed, Reason};
use crate::instructions::{Credential, SessionInstructions};
use crate::scope::{HostPattern, Reach, Resolved};
use crate::site::{Secure, origin, registrable_domain, same_site, site};

/// A bound session as a browser keeps it; the key is kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The server's name for it.
    pub id: String,
    /// Its site: with the id, what names it in the browser.
    pub site: String,
    /// Where to refresh.
    pub refresh_url: Url,
    /// Which requests it is for.
    pub scope: Resolved,
    /// The cookies it keeps fresh.
    pub cravings: Vec<Craving>,
    /// Other sites whose requests may wait for it.
    pub initiators: Vec<HostPattern>,
    /// The algorithm of its key.
    pub algorithm: Algorithm,
    /// The challenge for the next proof, where one came early.
    pub challenge: Option<String>,
}

/// A cookie that a session wants to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Craving {
    /// The cookie's name.
    pub name: String,
    /// The cookie it must be.
    pub identity: Identity,
}

impl Session {
    /// Makes a session of instructions that `url` served. What only a fetch can tell,
    /// [`well_known`](Self::well_known) says.
    pub fn create(
        instructions: &SessionInstructions,
        url: &Url,
        algorithm: Algorithm,
        secure: Secure,
    ) -> Result<Self, Malformed> {
        let fault = |reason, detail: &str| Err(Malformed::new(reason, detail));
        let Some(site) = site(url) else {
            return fault(Reason::SessionOriginCrossSite, "an opaque origin");
        };
        let refresh_url = match &instructions.refresh_url {
            None => url.clone(),
            Some(text) => url
                .join(text)
                .map_err(|error| Malformed::new(Reason::InstructionsRefreshUrl, format!("{text:?}: {error}")))?,
        };
        if !secure.admits(&refresh_url) {
            return fault(Reason::SessionRefreshUrlNotSecure, refresh_url.as_str());
        }
        if !same_site(url, &refresh_url) {
            return fault(Reason::SessionRefreshUrlCrossSite, refresh_url.as_str());
        }
        let scope_origin = match &instructions.scope.origin {
            None => url.clone(),
            Some(text) => parse_origin(text)?,
        };
        if !same_site(url, &scope_origin) {
            return fault(Reason::SessionOriginCrossSite, scope_origin.as_str());
        }
        let reach = instructions.scope.reach;
        if reach == Reach::Site && !is_site_host(&scope_origin) {
            return fault(Reason::SessionOriginNotSite, scope_origin.as_str());
        }
        let cravings = instructions.credentials.iter().map(|one| craving(one, url));
        Ok(Self {
            id: instructions.session_identifier.clone(),
            site,
            scope: Resolved {
                origin: scope_origin,
                reach,
                rules: instructions.scope.rules.clone(),
                refresh_url: refresh_url.clone(),
            },
            refresh_url,
            cravings: cravings.collect::<Result<_, _>>()?,
            initiators: instructions.allowed_refresh_initiators.clone(),
            algorithm,
            challenge: None,
        })
    }

    /// The document that must name the origin of `url` before a session that `url` served may span
    /// the whole site.
    pub fn well_known(&self, url: &Url) -> Option<Url> {
        if self.scope.reach == Reach::Origin || is_site_host(url) {
            return None;
        }
        self.scope.origin.join("/.well-known/device-bound-sessions").ok()
    }

    /// May a request that `initiator` caused wait for this session? None is the browser's user.
    pub fn admits_initiator(&self, initiator: Option<&Url>) -> bool {
        let Some(initiator) = initiator else {
            return true;
        };
        same_site(initiator, &self.scope.origin)
            || initiator.host_str().is_some_and(|host| self.initiators.iter().any(|pattern| pattern.matches(host)))
    }
}

/// Does a `.well-known` document let `url` register sessions for the whole site?
pub fn authorises(document: &[u8], url: &Url) -> bool {
    let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(document) else {
        return false;
    };
    let origin = origin(url);
    members
        .get("registering_origins")
        .and_then(serde_json::Value::as_array)
        .is_some_and(|origins| origins.iter().any(|one| one.as_str() == Some(&origin)))
}

fn parse_origin(text: &str) -> Result<Url, Malformed> {
    let fault = |detail: String| Malformed::new(Reason::InstructionsOrigin, detail);
    let url = Url::parse(text).map_err(|error| fault(format!("{text:?}: {error}")))?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if matches!(url.origin(), Origin::Tuple(..)) && bare && !text.ends_with('/') {
        return Ok(url);
    }
    Err(fault(format!("{text:?} is more than an origin")))
}

/// Is the host the registrable domain itself?
fn is_site_host(url: &Url) -> bool {
    url.host_str().is_some_and(|host| registrable_domain(host).unwrap_or(host) == host)
}

fn craving(credential: &Credential, url: &Url) -> Result<Craving, Malformed> {
    let attributes = credential.cookie_attributes();
    if attributes.partitioned {
        return Err(Malformed::new(Reason::SessionPartitioned, credential.name.as_str()));
    }
    let host = url.host_str().unwrap_or_default();
    if let Some(domain) = &attributes.domain
        && (!domain_matches(host, domain) || (domain != host && registrable_domain(domain).is_none()))
    {
        return Err(Malformed::new(Reason::SessionCookieDomain, format!("{domain} for {host}")));
    }
    Ok(Craving { name: credential.name.clone(), identity: attributes.resolve(host, url.path()) })
}
