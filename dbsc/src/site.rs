//! Origins, sites and the public suffix list.

use url::{Host, Url};

/// Which connections count as secure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Secure {
    /// HTTPS only: what Chromium 156 does.
    #[default]
    Https,
    /// HTTPS, and HTTP to the machine itself: for a lab without certificates.
    Loopback,
}

impl Secure {
    /// Does a URL fulfil this?
    pub fn admits(self, url: &Url) -> bool {
        match url.scheme() {
            "https" => true,
            "http" => self == Self::Loopback && is_loopback(url),
            _ => false,
        }
    }
}

/// Does a URL name the machine itself?
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The origin of an HTTP server on the machine itself, of what a request's `Host` says. None for
/// every other host: what a request says of itself proves nothing beyond the machine.
pub fn loopback_origin(host: &str) -> Option<String> {
    let url = Url::parse(&format!("http://{host}/")).ok()?;
    (is_loopback(&url) && url.path() == "/").then(|| origin(&url))
}

/// The registrable domain of a host: one label more than its public suffix. An address, a public
/// suffix itself and a single label have none.
pub fn registrable_domain(host: &str) -> Option<&str> {
    if host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[') {
        return None;
    }
    psl::domain_str(host)
}

/// The site of a URL: its scheme with the registrable domain, or with the whole host where there
/// is none. Opaque origins have no site.
pub fn site(url: &Url) -> Option<String> {
    if !url.origin().is_tuple() {
        return None;
    }
    let host = url.host_str()?;
    Some(format!("{}://{}", url.scheme(), registrable_domain(host).unwrap_or(host)))
}

/// Are two URLs of the same site, scheme included?
pub fn same_site(one: &Url, other: &Url) -> bool {
    match (site(one), site(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// Are two URLs of the same, non-opaque origin?
pub fn same_origin(one: &Url, other: &Url) -> bool {
    one.origin().is_tuple() && one.origin() == other.origin()
}

/// The serialized origin of a URL.
pub fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests;
