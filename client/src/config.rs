//! authenticatorConfig (CTAP 2.3 6.11).

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::config::{Request, SetMinPinLength, SubCommand};
use assay_protocol::ctap2::get_info;

use crate::authenticator::Authenticator;
use crate::error::{ClientError, Unfit};
use crate::pin;

/// Enables enterprise attestation; only a reset takes that back.
pub fn enable_enterprise_attestation(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
) -> Result<(), ClientError> {
    let there = info.option("ep").is_some();
    send(key, info, there, Request::new(SubCommand::EnableEnterpriseAttestation))
}

/// Makes user verification always required, or no longer.
pub fn toggle_always_uv(key: &mut Authenticator<'_>, info: &get_info::Response) -> Result<(), ClientError> {
    let there = info.option("alwaysUv").is_some();
    send(key, info, there, Request::new(SubCommand::ToggleAlwaysUv))
}

/// Sets the rules of PINs: a length can only grow, until a reset.
pub fn set_min_pin_length(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
    rules: SetMinPinLength,
) -> Result<(), ClientError> {
    let there = info.option("setMinPINLength") == Some(true);
    send(key, info, there, Request::set_min_pin_length(rules))
}

/// Makes a reset take a long touch; only a reset takes that back.
pub fn enable_long_touch_for_reset(key: &mut Authenticator<'_>, info: &get_info::Response) -> Result<(), ClientError> {
    let there = info.long_touch_for_reset.is_some();
    send(key, info, there, Request::new(SubCommand::EnableLongTouchForReset))
}

/// §6.11 step 3: a token is needed where user verification is set up, or always required.
fn send(
    key: &mut Authenticator<'_>,
    info: &get_info::Response,
    there: bool,
    request: Request,
) -> Result<(), ClientError> {
    let is = |id| info.option(id) == Some(true);
    if !(there && is("authnrCfg")) {
        return Err(Unfit::Config.into());
    }
    if !(is("clientPin") || is("uv")) {
        return key.config(request);
    }
    let token = pin::management_token(key, info, permission::ACFG)?;
    let param = token.authenticate(&request.authenticated_message());
    key.config(Request {
        pin_uv_auth_protocol: Some(token.protocol().number()),
        pin_uv_auth_param: Some(param),
        ..request
    })
}
