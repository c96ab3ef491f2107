//! What the client itself looks at in an authenticator's result.

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::digest::sha256;
use assay_protocol::webauthn::UserVerification;

use crate::error::ClientError;

/// Authenticator data for this RP ID, with the user present, and verified if that was required.
pub(crate) fn read(
    auth_data: &[u8],
    rp_id: &str,
    user_verification: UserVerification,
) -> Result<AuthenticatorData, ClientError> {
    let data = AuthenticatorData::parse(auth_data).map_err(|malformed| contradiction(malformed.to_string()))?;
    if data.rp_id_hash != sha256(rp_id.as_bytes()) {
        return Err(contradiction("authData is for another RP ID"));
    }
    if !data.flags.up() {
        return Err(contradiction("authData says the user was not present"));
    }
    if user_verification == UserVerification::Required && !data.flags.uv() {
        return Err(contradiction("authData says the user was not verified"));
    }
    Ok(data)
}

pub(crate) fn contradiction(detail: impl Into<String>) -> ClientError {
    ClientError::Response(detail.into())
}
