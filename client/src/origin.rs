//! The caller's origin and its effective domain (HTML 7.1.1, URL 3, WebAuthn L3 4 "RP ID").

use std::fmt;
use std::str::FromStr;

/// An origin that may use WebAuthn: https, or http on this very machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: Scheme,
    domain: String,
    port: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Scheme {
    Https,
    Http,
}

impl Origin {
    /// The domain that RP IDs are measured by.
    pub fn effective_domain(&self) -> &str {
        &self.domain
    }
}

impl FromStr for Origin {
    type Err = Invalid;

    /// Reads an origin as `location.origin` gives it; the host may have capitals, as in a URL.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "null" {
            return Err(Invalid::Opaque);
        }
        let (scheme, authority) = text.split_once("://").ok_or(Invalid::NotAnOrigin)?;
        let (scheme, default_port) = match scheme {
            "https" => (Scheme::Https, 443),
            "http" => (Scheme::Http, 80),
            _ => return Err(Invalid::Scheme),
        };
        if authority.starts_with('[') {
            return Err(Invalid::Address);
        }
        let (host, port) = match authority.split_once(':') {
            None => (authority, None),
            Some((host, digits)) => (host, Some(port(digits)?)),
        };
        let domain = host.to_ascii_lowercase();
        if ends_in_a_number(&domain) {
            return Err(Invalid::Address);
        }
        if !is_domain(&domain) {
            return Err(Invalid::NotADomain);
        }
        if scheme == Scheme::Http && domain != "localhost" && !domain.ends_with(".localhost") {
            return Err(Invalid::NotSecure);
        }
        Ok(Self { scheme, domain, port: port.filter(|port| *port != default_port) })
    }
}

/// Digits only: a sign is none.
fn port(digits: &str) -> Result<u16, Invalid> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| all_digits).ok_or(Invalid::NotAnOrigin)
}

/// Is this a domain in the form in which origins and RP IDs have it: lower case, and ASCII?
pub(crate) fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
    };
    text.len() <= 253 && text.split('.').all(label)
}

/// A URL's host is an IPv4 address if its last label is a number, in whatever notation.
pub(crate) fn ends_in_a_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hex || (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Why an origin may not use WebAuthn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// It is opaque.
    Opaque,
    /// It is no origin at all: a path, a user name, a wrong port.
    NotAnOrigin,
    /// Neither https nor http.
    Scheme,
    /// An IP address, which is no domain.
    Address,
    /// The host is no domain; names beyond ASCII are written in their ASCII form.
    NotADomain,
    /// http, and not on this machine.
    NotSecure,
}

impl Invalid {
    /// The stable machine code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Opaque => "origin_opaque",
            Self::NotAnOrigin => "origin_not_an_origin",
            Self::Scheme => "origin_scheme",
            Self::Address => "origin_address",
            Self::NotADomain => "origin_not_a_domain",
            Self::NotSecure => "origin_not_secure",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Https => "https",
            Scheme::Http => "http",
        };
        write!(f, "{scheme}://{}", self.domain)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Opaque => "the origin is opaque",
            Self::NotAnOrigin => "not an origin",
            Self::Scheme => "neither https nor http",
            Self::Address => "an IP address is no domain",
            Self::NotADomain => "the host is no domain",
            Self::NotSecure => "http is for localhost only",
        })
    }
}

impl std::error::Error for Invalid {}

#[cfg(test)]
mod tests;
