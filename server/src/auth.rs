//! Who is asking: server-to-server clients with Basic credentials (RFC 7617).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::Error;
use crate::state::AppState;
use crate::store::{Capability, Client, Digest};

/// The client that the request's Basic credentials name; `None` when there is no `Authorization`.
pub(crate) fn client(state: &AppState, headers: &HeaderMap) -> Result<Option<Client>, Error> {
    let Some(authorization) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let (client_id, secret) = authorization
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok())
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
