//! authenticatorGetInfo (CTAP 2.3 6.4).

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use assay_protocol::ctap2::Parameter;
use assay_protocol::ctap2::get_info::Response;
use assay_protocol::pin_uv::Protocol;

use crate::authenticator::Authenticator;
use crate::defect::Defect;

impl Authenticator {
    /// What it says of itself.
    pub fn get_info(&self) -> Response {
        let config = &self.config;
        let has_pin = config.pin.supported;
        let kept = u64::try_from(self.state.credentials.len()).unwrap_or(u64::MAX);
        Response {
            versions: config.versions.clone(),
            extensions: Some(config.extensions.clone()).filter(|list| !list.is_empty()),
            aaguid: config.aaguid,
            options: Some(self.options()),
            max_msg_size: Some(config.limits.message.into()),
            pin_uv_auth_protocols: has_pin
                .then(|| config.pin.protocols.iter().copied().map(Protocol::number).collect()),
            max_credential_count_in_list: Some(config.limits.credential_count_in_list.into()),
            max_credential_id_length: Some(config.limits.credential_id_length.into()),
            transports: Some(config.transports.clone()).filter(|list| !list.is_empty()),
            algorithms: Some(config.algorithms.iter().copied().map(Parameter::public_key).collect()),
            min_pin_length: has_pin.then(|| config.pin.min_length.into()),
            firmware_version: Some(config.firmware_version),
            remaining_discoverable_credentials: config
                .discoverable
                .then(|| u64::from(config.limits.discoverable_credentials).saturating_sub(kept)),
            ..Response::default()
        }
    }

    fn options(&self) -> BTreeMap<String, bool> {
        let config = &self.config;
        let pin = |value: bool| config.pin.supported.then_some(value);
        let options = [
            ("rk", config.discoverable.then_some(true)),
            ("up", Some(true)),
            ("plat", Some(false)),
            ("alwaysUv", config.always_uv.then_some(true)),
            ("clientPin", pin(self.state.pin.is_some() && !self.has(Defect::SetPin))),
            ("pinUvAuthToken", pin(true).filter(|_| config.pin.token_permissions)),
            ("makeCredUvNotRqd", Some(config.make_cred_uv_not_rqd && !config.always_uv)),
            ("noMcGaPermissionsWithClientPin", pin(true).filter(|_| config.pin.no_mc_ga_permissions)),
        ];
        options.into_iter().filter_map(|(id, value)| Some((id.to_owned(), value?))).collect()
    }
}
