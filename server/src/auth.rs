//! Who is asking: server-to-server clients with Basic credentials (RFC 7617), and API keys as
//! Bearer tokens (RFC 6750) where a route takes them.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Error, Problem};
use crate::state::AppState;
use crate::store::{ApiKey, Capability, Client, Digest};

/// Whoever may speak for a tenant.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// A client with Basic credentials.
    Client(Client),
    /// An API key.
    Key(ApiKey),
}

impl Caller {
    /// The tenant that it speaks for.
    pub(crate) fn tenant_id(&self) -> &str {
        match self {
            Self::Client(client) => &client.tenant_id,
            Self::Key(key) => &key.tenant_id,
        }
    }

    /// The name and value by which the audit log knows it.
    pub(crate) fn audited(&self) -> (&'static str, &str) {
        match self {
            Self::Client(client) => ("client_id", &client.client_id),
            Self::Key(key) => ("key_id", &key.key_id),
        }
    }

    /// Is it allowed this?
    pub(crate) fn allow(&self, capability: Capability) -> Result<(), Error> {
        match self {
            Self::Client(client) => allow(client, capability),
            Self::Key(key) if key.capabilities.contains(&capability) => Ok(()),
            Self::Key(_) => Err(Error::Forbidden(format!("the key lacks the capability {}", capability.as_str()))),
        }
    }
}

/// The client or the key that must be there, whatever it is allowed.
pub(crate) fn caller(state: &AppState, headers: &HeaderMap) -> Result<Caller, Error> {
    match scheme(headers)? {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => key(state, token.trim()).map(Caller::Key),
        _ => require_any(state, headers).map(Caller::Client),
    }
}

/// The client that the request's Basic credentials name; `None` when there is no `Authorization`.
pub(crate) fn client(state: &AppState, headers: &HeaderMap) -> Result<Option<Client>, Error> {
    let Some((scheme, encoded)) = scheme(headers)? else {
        return Ok(None);
    };
    let (client_id, secret) = Some(encoded)
        .filter(|_| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|encoded| STANDARD.decode(encoded.trim()).ok())
        .and_then(|pair| String::from_utf8(pair).ok())
        .and_then(|pair| pair.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned())))
        .ok_or(Error::Unauthorized("the Authorization header does not hold Basic credentials"))?;
    // An unknown client and a wrong secret look alike and take alike long.
    let found = state.store().client(&client_id)?;
    let expected = found.as_ref().map_or(Digest([0; 32]), |client| client.secret);
    match (found, verify_slices_are_equal(&Digest::of(&secret).0, &expected.0)) {
        (Some(client), Ok(())) => Ok(Some(client)),
        _ => Err(Error::Unauthorized("the client is unknown or its secret is wrong")),
    }
}

/// The client that must be there, and must be allowed this.
pub(crate) fn require(state: &AppState, headers: &HeaderMap, capability: Capability) -> Result<Client, Error> {
    let client = require_any(state, headers)?;
    allow(&client, capability)?;
    Ok(client)
}

/// The client that must be there, whatever it is allowed.
pub(crate) fn require_any(state: &AppState, headers: &HeaderMap) -> Result<Client, Error> {
    client(state, headers)?.ok_or(Error::Unauthorized("this route takes Basic credentials"))
}

/// Is this client allowed this?
pub(crate) fn allow(client: &Client, capability: Capability) -> Result<(), Error> {
    if client.capabilities.contains(&capability) {
        return Ok(());
    }
    Err(Error::Forbidden(format!("the client lacks the capability {}", capability.as_str())))
}

/// A key as its owner keeps it: its name, a dot, its secret.
pub(crate) fn token(key_id: &str, secret: &str) -> String {
    format!("{key_id}.{secret}")
}

/// The key that a token names. An unknown one, a wrong secret and a revoked key look alike.
fn key(state: &AppState, token: &str) -> Result<ApiKey, Error> {
    let (key_id, secret) = token.split_once('.').unwrap_or((token, ""));
    let found = state.store().api_key(key_id)?;
    let expected = found.as_ref().map_or(Digest([0; 32]), |key| key.secret);
    match (found, verify_slices_are_equal(&Digest::of(secret).0, &expected.0)) {
        (Some(key), Ok(())) if key.revoked_at.is_none() => Ok(key),
        _ => Err(Problem {
            // RFC 6750 3.1
            headers: vec![(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"assay\", error=\"invalid_token\""),
            )],
            ..Problem::new(401, "unauthorized", "the API key is unknown, wrong or revoked")
        }
        .into()),
    }
}

/// The scheme of the credentials, and what follows it. Two sets of credentials are none: readers
/// differ in which of them they take.
fn scheme(headers: &HeaderMap) -> Result<Option<(&str, &str)>, Error> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let Some(authorization) = all.next() else {
        return Ok(None);
    };
    if all.next().is_some() {
        return Err(Error::Unauthorized("there are two Authorization headers"));
    }
    let text = authorization.to_str().ok().and_then(|text| text.split_once(' '));
    text.map(Some).ok_or(Error::Unauthorized("the Authorization header does not hold Basic credentials"))
}
