//! Which cookie a cookie is, and where it is sent.

use url::Url;

use super::SameSite;
use crate::scope::path_matches;
use crate::site::Secure;

/// A cookie but for its name, value and lifetime: where it goes and how it is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The host, or the domain above the hosts, that it is sent to.
    pub domain: String,
    /// To that host alone, or to those below it too.
    pub hosts: Hosts,
    /// The path below which it is sent.
    pub path: String,
    /// Sent over secure connections only.
    pub secure: bool,
    /// Kept from scripts.
    pub http_only: bool,
    /// Sent with requests of other sites or not.
    pub same_site: SameSite,
    /// Kept apart for each top-level site.
    pub partitioned: bool,
}

/// Which hosts a cookie is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosts {
    /// The domain itself alone.
    Only,
    /// The domain and all hosts below it.
    Below,
}

impl Identity {
    /// Would the cookie be sent to this URL, its site aside?
    pub fn reaches(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else {
            return false;
        };
        let domain = match self.hosts {
            Hosts::Only => host == self.domain,
            Hosts::Below => domain_matches(host, &self.domain),
        };
        domain && path_matches(&self.path, url.path()) && (!self.secure || Secure::Loopback.admits(url))
    }

    /// Where two cookies differ.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        [
            ((&self.domain, self.hosts) == (&other.domain, other.hosts), Difference::Domain),
            (self.path == other.path, Difference::Path),
            (self.secure == other.secure, Difference::Secure),
            (self.http_only == other.http_only, Difference::HttpOnly),
            (self.same_site == other.same_site, Difference::SameSite),
            (self.partitioned == other.partitioned, Difference::Partitioned),
        ]
        .into_iter()
        .filter_map(|(same, difference)| (!same).then_some(difference))
        .collect()
    }
}

/// Is `host` the domain or below it? An address has nothing below it.
pub fn domain_matches(host: &str, domain: &str) -> bool {
    host == domain
        || (host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
            && host.parse::<std::net::IpAddr>().is_err())
}

/// The attribute in which a cookie differs from what its credential says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// `Domain`.
    Domain,
    /// `Path`.
    Path,
    /// `Secure`.
    Secure,
    /// `HttpOnly`.
    HttpOnly,
    /// `SameSite`.
    SameSite,
    /// `Partitioned`.
    Partitioned,
}
