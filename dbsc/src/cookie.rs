//! Cookies as far as bound sessions need them: `Set-Cookie` and the attributes of a credential.

mod date;
mod identity;

use std::fmt;

pub use identity::{Difference, Hosts, Identity, domain_matches};

/// One `Set-Cookie` field, RFC 6265bis 5.6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetCookie {
    /// The cookie's name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// What is said about it.
    pub attributes: Attributes,
}

/// The attributes of a cookie; those that are absent or unusable have their defaults.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes {
    /// `Domain`, without a leading dot, in lower case.
    pub domain: Option<String>,
    /// `Path`, where it begins with a slash.
    pub path: Option<String>,
    /// `Secure`.
    pub secure: bool,
    /// `HttpOnly`.
    pub http_only: bool,
    /// `SameSite`.
    pub same_site: Option<SameSite>,
    /// `Max-Age` in seconds.
    pub max_age: Option<i64>,
    /// `Expires` in seconds since 1970.
    pub expires: Option<i64>,
    /// `Partitioned`.
    pub partitioned: bool,
}

/// `SameSite`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Only with requests that the site itself makes.
    Strict,
    /// Also with top-level navigations by safe methods.
    Lax,
    /// Always.
    None,
}

impl SetCookie {
    /// Reads the field's value. Control characters and an empty pair make it unusable.
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains(|c: char| c.is_control() && c != '\t') {
            return None;
        }
        let (pair, attributes) = match text.split_once(';') {
            Some((pair, rest)) => (pair, rest),
            None => (text, ""),
        };
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let (name, value) = (trim(name), trim(value));
        if name.is_empty() && value.is_empty() {
            return None;
        }
        Some(Self { name: name.to_owned(), value: value.to_owned(), attributes: Attributes::parse(attributes) })
    }
}

impl Attributes {
    /// Reads a list of attributes as in `Set-Cookie` after the first semicolon.
    pub fn parse(text: &str) -> Self {
        let mut attributes = Self::default();
        for part in text.split(';') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (trim(name).to_ascii_lowercase(), trim(value));
            match name.as_str() {
                "domain" => {
                    let domain = value.strip_prefix('.').unwrap_or(value);
                    attributes.domain = (!domain.is_empty()).then(|| domain.to_ascii_lowercase());
                }
                "path" => attributes.path = value.starts_with('/').then(|| value.to_owned()),
                "secure" => attributes.secure = true,
                "httponly" => attributes.http_only = true,
                "samesite" => attributes.same_site = SameSite::parse(value),
                "max-age" => attributes.max_age = max_age(value).or(attributes.max_age),
                "expires" => attributes.expires = date::parse(value).or(attributes.expires),
                "partitioned" => attributes.partitioned = true,
                _ => {}
            }
        }
        attributes
    }

    /// What a cookie with these attributes is when a response from `host` at `path` sets it.
    pub fn resolve(&self, host: &str, path: &str) -> Identity {
        Identity {
            domain: self.domain.clone().unwrap_or_else(|| host.to_owned()),
            hosts: match self.domain {
                Some(_) => Hosts::Below,
                None => Hosts::Only,
            },
            path: self.path.clone().unwrap_or_else(|| default_path(path).to_owned()),
            secure: self.secure,
            http_only: self.http_only,
            same_site: self.same_site.unwrap_or(SameSite::Lax),
            partitioned: self.partitioned,
        }
    }

    /// Where two sets of attributes, each for a response from `host` at `path`, name different
    /// cookies or cookies of different protection. Lifetimes do not count.
    pub fn differences(&self, other: &Self, host: &str, path: &str) -> Vec<Difference> {
        self.resolve(host, path).differences(&other.resolve(host, path))
    }
}

impl SameSite {
    fn parse(text: &str) -> Option<Self> {
        [Self::Strict, Self::Lax, Self::None].into_iter().find(|value| text.eq_ignore_ascii_case(value.as_str()))
    }

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

/// Writes the attributes as they stand after a cookie's pair, without `Max-Age` and `Expires`:
/// the form in which a credential carries them.
impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(domain) = &self.domain {
            parts.push(format!("Domain={domain}"));
        }
        if let Some(path) = &self.path {
            parts.push(format!("Path={path}"));
        }
        if self.secure {
            parts.push("Secure".to_owned());
        }
        if self.http_only {
            parts.push("HttpOnly".to_owned());
        }
        if let Some(same_site) = self.same_site {
            parts.push(format!("SameSite={}", same_site.as_str()));
        }
        if self.partitioned {
            parts.push("Partitioned".to_owned());
        }
        f.write_str(&parts.join("; "))
    }
}

impl fmt::Display for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.value)?;
        let attributes = self.attributes.to_string();
        if !attributes.is_empty() {
            write!(f, "; {attributes}")?;
        }
        match self.attributes.max_age {
            Some(seconds) => write!(f, "; Max-Age={seconds}"),
            None => Ok(()),
        }
    }
}

/// The path of a cookie that names none: the directory of the request's path.
pub fn default_path(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((directory, _)) => directory,
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Digits with an optional minus sign; a number beyond the type is as good as its largest value.
fn max_age(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(match digits.parse::<i64>() {
        _ if text.starts_with('-') => 0,
        Ok(seconds) => seconds,
        Err(_) => i64::MAX,
    })
}

#[cfg(test)]
mod tests;
