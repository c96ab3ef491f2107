//! A cookie jar that honours attributes (RFC 6265bis 5.7, 5.8).

use assay_dbsc::client::session::Craving;
use assay_dbsc::cookie::{Hosts, Identity, SameSite, SetCookie, domain_matches};
use assay_dbsc::site::{Secure, registrable_domain};
use url::Url;

/// A browser's cookies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Jar {
    cookies: Vec<Cookie>,
}

/// A cookie as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Where it goes and how it is protected.
    pub identity: Identity,
    /// When it goes stale, in seconds since 1970; `None` is with the browser.
    pub expires: Option<u64>,
}

/// Who caused a request, as far as `SameSite` cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initiated {
    /// The person, or a page of the same site.
    BySite,
    /// A page of another site, inside its own.
    ByOtherSite,
}

impl Jar {
    /// Takes a `Set-Cookie` from `url`; false if it may not be set or was removed by it.
    pub fn set(&mut self, field: &str, url: &Url, now: u64) -> bool {
        let Some(cookie) = SetCookie::parse(field).and_then(|set| accept(&set, url, now)) else {
            return false;
        };
        let place = |identity: &Identity| (identity.domain.clone(), identity.hosts, identity.path.clone());
        self.cookies.retain(|kept| kept.name != cookie.name || place(&kept.identity) != place(&cookie.identity));
        let alive = !cookie.is_stale(now);
        if alive {
            self.cookies.push(cookie);
        }
        let surplus = self.cookies.len().saturating_sub(MOST);
        self.cookies.drain(..surplus);
        alive
    }

    /// The `Cookie` field of a request, longest paths first.
    pub fn header(&self, url: &Url, initiated: Initiated, now: u64) -> Option<String> {
        let mut found: Vec<&Cookie> = self
            .cookies
            .iter()
            .filter(|cookie| !cookie.is_stale(now) && cookie.identity.reaches(url))
            .filter(|cookie| initiated == Initiated::BySite || cookie.identity.same_site == SameSite::None)
            .collect();
        found.sort_by_key(|cookie| std::cmp::Reverse(cookie.identity.path.len()));
        let pairs: Vec<String> = found.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The cookie that a session wants, if it is here as it wants it.
    pub fn meets(&self, craving: &Craving, now: u64) -> Option<&Cookie> {
        self.cookies
            .iter()
            .find(|cookie| cookie.name == craving.name && cookie.identity == craving.identity && !cookie.is_stale(now))
    }

    /// The cookies with this name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Cookie> {
        self.cookies.iter().filter(move |cookie| cookie.name == name)
    }

    /// Every cookie.
    pub fn iter(&self) -> impl Iterator<Item = &Cookie> {
        self.cookies.iter()
    }

    /// Removes the cookies with this name.
    pub fn remove(&mut self, name: &str) {
        self.cookies.retain(|cookie| cookie.name != name);
    }

    /// Removes what a site may have set.
    pub fn clear_site(&mut self, url: &Url) {
        let host = url.host_str().unwrap_or_default();
        let domain = registrable_domain(host).unwrap_or(host).to_owned();
        self.cookies.retain(|cookie| !domain_matches(&cookie.identity.domain, &domain));
    }
}

impl Cookie {
    /// Is its time over?
    pub fn is_stale(&self, now: u64) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// The cookie, if `url` may set it.
fn accept(set: &SetCookie, url: &Url, now: u64) -> Option<Cookie> {
    let host = url.host_str()?;
    let attributes = &set.attributes;
    let secure = Secure::Loopback.admits(url);
    let mut identity = attributes.resolve(host, url.path());
    if let Some(domain) = &attributes.domain {
        if !domain_matches(host, domain) {
            return None;
        }
        if domain != host && registrable_domain(domain).is_none() {
            return None;
        }
        if registrable_domain(domain).is_none() {
            // A public suffix, or an address, may keep a cookie for itself.
            identity.hosts = Hosts::Only;
        }
    }
    let name = set.name.to_ascii_lowercase();
    let host_prefix = name.starts_with("__host-");
    let needs_secure = host_prefix || name.starts_with("__secure-") || attributes.same_site == Some(SameSite::None);
    let refused = (attributes.secure && !secure)
        || (needs_secure && !attributes.secure)
        || (host_prefix && (attributes.domain.is_some() || attributes.path.as_deref() != Some("/")))
        || set.name.len() + set.value.len() > LONGEST;
    if refused {
        return None;
    }
    let lasting = |seconds: u64| now.saturating_add(seconds.min(LONGEST_LIFE));
    let expires = match (attributes.max_age, attributes.expires) {
        (Some(seconds), _) => Some(lasting(u64::try_from(seconds).unwrap_or(0))),
        (None, Some(at)) => Some(lasting(u64::try_from(at).unwrap_or(0).saturating_sub(now))),
        (None, None) => None,
    };
    Some(Cookie { name: set.name.clone(), value: set.value.clone(), identity, expires })
}

/// The most cookies that are kept.
const MOST: usize = 3000;

/// The longest name and value together.
const LONGEST: usize = 4096;

/// 400 days.
const LONGEST_LIFE: u64 = 400 * 86_400;
