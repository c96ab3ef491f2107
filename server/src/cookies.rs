//! Cookies in and out (RFC 6265).

use std::time::Duration;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The cookie that ties a ceremony's two requests together.
pub(crate) const CEREMONY: &str = "assay_ceremony";

/// The cookie of a signed-in session.
pub(crate) const SESSION: &str = "assay_session";

/// The value of the first cookie with this name.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// A cookie to set: always for the whole host, `HttpOnly` and `SameSite=Lax`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SetCookie<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its value; the server makes only values of the cookie alphabet.
    pub(crate) value: &'a str,
    /// How long the browser keeps it; zero removes it, `None` is until the browser closes.
    pub(crate) max_age: Option<Duration>,
    /// How the request came, which decides whether the cookie is `Secure`.
    pub(crate) wire: Wire,
}

/// How a request reached the server, as far as cookies care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// In the clear: on the loopback, as a lab is.
    Clear,
    /// Through TLS, ended by a proxy that says so.
    Tls,
}

impl Wire {
    /// What `X-Forwarded-Proto` says. A peer that lies here changes nothing but its own cookies.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match headers.get("x-forwarded-proto").map(HeaderValue::as_bytes) {
            Some(b"https") => Self::Tls,
            _ => Self::Clear,
        }
    }
}

impl SetCookie<'_> {
    /// The cookie's attributes as they stand in the header, without its lifetime.
    pub(crate) fn attributes(&self) -> &'static str {
        match self.wire {
            Wire::Clear => "Path=/; HttpOnly; SameSite=Lax",
            Wire::Tls => "Path=/; Secure; HttpOnly; SameSite=Lax",
        }
    }

    /// The header that sets it.
    pub(crate) fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let mut text = format!("{}={}; {}", self.name, self.value, self.attributes());
        if let Some(max_age) = self.max_age {
            text.push_str(&format!("; Max-Age={}", max_age.as_secs()));
        }
        HeaderValue::from_str(&text).ok().map(|value| (header::SET_COOKIE, value))
    }
}

#[cfg(test)]
mod tests;
