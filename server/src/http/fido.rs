//! The REST interface of FIDO's conformance tools. It has no notion of who asks: whoever can reach
//! it can add a credential to any account. That is its contract, and why it is for testing.

use serde_json::json;

use super::passkeys::signed_in;
use super::{Call, Reply};
use crate::ceremony::{Contract, authentication, registration};
use crate::error::Error;

/// `POST /attestation/options`: `{username, displayName, authenticatorSelection?, attestation?, extensions?, requirements?}`
/// to the creation options.
pub(super) fn attestation_options(call: &Call) -> Result<Reply, Error> {
    let begun = registration::begin(call, Contract::FidoRest)?;
    Ok(Reply::ok(begun.options.to_json()).with(begun.cookie))
}

/// `POST /attestation/result`: a registration response to nothing but success.
pub(super) fn attestation_result(call: &Call) -> Result<Reply, Error> {
    registration::finish(call, Contract::FidoRest)?;
    Ok(Reply::ok(json!({})))
}

/// `POST /assertion/options`: `{username, userVerification?, extensions?, requirements?}` to the request options.
pub(super) fn assertion_options(call: &Call) -> Result<Reply, Error> {
    let begun = authentication::begin(call, Contract::FidoRest)?;
    Ok(Reply::ok(begun.options.to_json()).with(begun.cookie))
}

/// `POST /assertion/result`: an authentication response to nothing but success, and a session.
pub(super) fn assertion_result(call: &Call) -> Result<Reply, Error> {
    let finished = authentication::finish(call, Contract::FidoRest)?;
    Ok(Reply::ok(json!({})).with(signed_in(call, &finished)?))
}
