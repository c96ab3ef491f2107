//! WebAuthn L3 8.5, `android-safetynet`: a service's signed answer about a device.

use ciborium::Value;

use crate::cbor::Map;
use crate::draft::SafetynetDraft;
use crate::error::Error;

/// The name in the service's certificate.
pub const HOST: &str = "attest.android.com";

/// The statement, and the certificates in its header.
pub(crate) fn statement(draft: &SafetynetDraft) -> Result<(Map, Vec<Vec<u8>>), Error> {
    let (response, certificates) = draft.response()?;
    let mut statement = Map::default();
    statement.push("ver", "14366018");
    statement.push("response", Value::Bytes(response));
    Ok((statement, certificates))
}
