//! What the options want, against what the authenticator says of itself (WebAuthn L3 5.1.3 step 22, 5.1.4.2).

use assay_protocol::ctap2::get_info;
use assay_protocol::webauthn::{ResidentKey, UserVerification};

use crate::error::Unfit;
use crate::pin;

/// How the user is verified in this ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verification {
    /// Not at all.
    Skip,
    /// By the authenticator itself.
    BuiltIn,
    /// By PIN and token.
    Pin,
}

/// The effective resident key requirement.
pub(crate) fn resident_key(info: &get_info::Response, wanted: ResidentKey) -> Result<bool, Unfit> {
    let capable = info.option("rk") == Some(true);
    match wanted {
        ResidentKey::Required if !capable => Err(Unfit::ResidentKey),
        ResidentKey::Required => Ok(true),
        ResidentKey::Preferred => Ok(capable),
        ResidentKey::Discouraged => Ok(false),
    }
}

/// Does makeCredential demand verification whatever the options say (CTAP 2.3 6.1.2 steps 6 to 8)?
pub(crate) fn make_credential_demands_uv(info: &get_info::Response, rk: bool) -> bool {
    let is = |id| info.option(id) == Some(true);
    let protected = is("clientPin") || is("uv");
    is("alwaysUv") || (protected && (rk || !is("makeCredUvNotRqd")))
}

/// Does getAssertion (CTAP 2.3 6.2.2 step 5)?
pub(crate) fn get_assertion_demands_uv(info: &get_info::Response) -> bool {
    info.option("alwaysUv") == Some(true)
}

/// The effective user verification requirement, and the way to meet it.
pub(crate) fn verification(
    info: &get_info::Response,
    wanted: UserVerification,
    demanded: bool,
) -> Result<Verification, Unfit> {
    let available = available(info);
    match wanted {
        UserVerification::Required if available == Verification::Skip => Err(Unfit::UserVerification),
        UserVerification::Required | UserVerification::Preferred => Ok(available),
        UserVerification::Discouraged if demanded => Ok(available),
        UserVerification::Discouraged => Ok(Verification::Skip),
    }
}

fn available(info: &get_info::Response) -> Verification {
    if info.option("uv") == Some(true) {
        return Verification::BuiltIn;
    }
    match can_use_pin(info) {
        true => Verification::Pin,
        false => Verification::Skip,
    }
}

/// Can a PIN give tokens for credentials?
pub(crate) fn can_use_pin(info: &get_info::Response) -> bool {
    info.option("clientPin") == Some(true)
        && info.option("noMcGaPermissionsWithClientPin") != Some(true)
        && pin::protocol(info).is_some()
}

#[cfg(test)]
mod tests;
