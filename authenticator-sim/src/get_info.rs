//! authenticatorGetInfo (CTAP 2.3 6.4).

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use assay_protocol::ctap2::Parameter;
use assay_protocol::ctap2::get_info::Response;
use assay_protocol::pin_uv::Protocol;
use assay_protocol::pin_uv::persistent::Secret;

use crate::authenticator::Authenticator;
use crate::config::BioConfig;
use crate::defect::Defect;

/// CTAP1's version.
const U2F_V2: &str = "U2F_V2";

impl Authenticator {
    /// What it says of itself.
    pub fn get_info(&mut self) -> Response {
        let enc_identifier = self.encrypted(Secret::Identifier);
        let enc_cred_store_state = self.encrypted(Secret::CredStoreState);
        let config = &self.config;
        let (pin, management) = (&config.pin, &config.management);
        let policy = &self.state.device.policy;
        let commands = management.config.as_ref();
        let formats = config.formats();
        let complexity = pin.complexity.as_ref().filter(|_| pin.supported);
        let mut told = Response {
            versions: self.versions(),
            extensions: Some(config.extensions.clone()).filter(|list| !list.is_empty()),
            aaguid: config.aaguid,
            options: Some(self.options()),
            max_msg_size: Some(config.limits.message.into()),
            pin_uv_auth_protocols: config
                .has_protocols()
                .then(|| pin.protocols.iter().copied().map(Protocol::number).collect()),
            max_credential_count_in_list: Some(config.limits.credential_count_in_list.into()),
            max_credential_id_length: Some(config.limits.credential_id_length.into()),
            transports: Some(config.transports.clone()).filter(|list| !list.is_empty()),
            algorithms: Some(config.algorithms.iter().copied().map(Parameter::public_key).collect()),
            max_serialized_large_blob_array: management.large_blobs.map(u64::from),
            force_pin_change: commands
                .filter(|commands| commands.set_min_pin_length && pin.supported)
                .map(|_| policy.force_pin_change),
            min_pin_length: pin.supported.then(|| self.min_pin_length().into()),
            firmware_version: Some(config.firmware_version),
            max_cred_blob_length: config.has_extension("credBlob").then(|| config.limits.cred_blob_length.into()),
            max_rp_ids_for_set_min_pin_length: commands
                .filter(|commands| commands.set_min_pin_length)
                .map(|commands| commands.min_pin_length_rp_ids.into()),
            preferred_platform_uv_attempts: config
                .uv
                .as_ref()
                .and_then(|uv| uv.preferred_platform_attempts)
                .map(u64::from),
            uv_modality: config.uv.as_ref().map(|uv| uv.modality),
            certifications: Some(config.certifications.clone()).filter(|list| !list.is_empty()),
            remaining_discoverable_credentials: config.discoverable.then(|| self.remaining_credentials()),
            vendor_prototype_config_commands: commands.and_then(|commands| commands.vendor_commands.clone()),
            attestation_formats: Some(formats).filter(|formats| formats.len() > 1),
            uv_count_since_last_pin_entry: config.uv.as_ref().map(|_| self.state.device.uv_count),
            long_touch_for_reset: self.long_touch_for_reset(),
            enc_identifier,
            transports_for_reset: config.reset.transports.clone(),
            pin_complexity_policy: complexity.map(|rules| policy.pin_complexity.unwrap_or(rules.enforced)),
            pin_complexity_policy_url: complexity.and_then(|rules| rules.url.clone()).map(String::into_bytes),
            max_pin_length: pin.max_length.filter(|_| pin.supported).map(u64::from),
            enc_cred_store_state,
            authenticator_config_commands: commands.map(|_| self.config_commands()),
        };
        for member in &config.untold {
            told.forget(member);
        }
        told
    }

    /// §7.2: what CTAP1 makes is not protected, so that it is left out while everything must be.
    fn versions(&self) -> Vec<String> {
        let unlisted = self.has(Defect::InfoU2f) || self.always_uv() && !self.has(Defect::AlwaysUvU2f);
        let u2f = self.config.u2f.is_some() && !unlisted;
        let own = self.config.versions.iter().filter(|version| *version != U2F_V2 || u2f).cloned();
        let own: Vec<String> = own.collect();
        let added = u2f && !own.iter().any(|version| version == U2F_V2);
        added.then(|| U2F_V2.to_owned()).into_iter().chain(own).collect()
    }

    /// How many more discoverable credentials there is room for.
    pub(crate) fn remaining_credentials(&self) -> u64 {
        let kept = u64::try_from(self.state.credentials.len()).unwrap_or(u64::MAX);
        u64::from(self.config.limits.discoverable_credentials).saturating_sub(kept)
    }

    /// Is user verification always required?
    pub(crate) fn always_uv(&self) -> bool {
        self.state.device.policy.always_uv.unwrap_or(self.config.always_uv)
    }

    /// The least number of code points of a PIN.
    pub(crate) fn min_pin_length(&self) -> u8 {
        self.state.device.policy.min_pin_length.unwrap_or(self.config.pin.min_length)
    }

    /// Does a reset take a long touch? None where it never does.
    pub(crate) fn long_touch_for_reset(&self) -> Option<bool> {
        let made = self.config.reset.long_touch?;
        Some(self.state.device.policy.long_touch.unwrap_or(made))
    }

    /// §6.4: what only the holder of the persistent token can read, under a new vector each time.
    fn encrypted(&mut self, secret: Secret) -> Option<Vec<u8>> {
        if !(self.config.management.encrypted_members && self.config.management.read_only_tokens) {
            return None;
        }
        let (plaintext, unsteady) = match secret {
            Secret::Identifier => (&self.state.device.identifier, Defect::EncIdentifier),
            Secret::CredStoreState => (&self.state.cred_store_state, Defect::EncStateIdle),
        };
        let mut plaintext: [u8; 16] = *plaintext.0.first_chunk()?;
        if self.has(unsteady) {
            self.env.rng.fill(&mut plaintext);
        }
        let mut iv = [0; 16];
        if !self.has(Defect::EncVector) {
            self.env.rng.fill(&mut iv);
        }
        secret.seal(&self.state.device.persistent_token.bytes.0, iv, &plaintext).ok()
    }

    fn options(&self) -> BTreeMap<String, bool> {
        let config = &self.config;
        let management = &config.management;
        let pin = |value: bool| config.pin.supported.then_some(value);
        let on = |there: bool| there.then_some(true);
        let half = self.session.enrollment.is_some() && self.has(Defect::BioHalf);
        let bio = |has: fn(&BioConfig) -> bool| {
            config.bio().filter(|bio| has(bio)).map(|_| !self.state.device.templates.is_empty() || half)
        };
        let commands = management.config.as_ref();
        let togglable = commands.is_some_and(|commands| commands.toggle_always_uv);
        let not_required = config.make_cred_uv_not_rqd && (!self.always_uv() || self.has(Defect::AlwaysUvNotRqd));
        let options = [
            ("rk", on(config.discoverable)),
            ("up", Some(true)),
            ("uv", config.uv.as_ref().map(|_| self.has_uv())),
            ("plat", Some(config.platform)),
            ("alwaysUv", (togglable || self.always_uv()).then(|| self.always_uv())),
            ("clientPin", pin(self.state.device.pin.is_some() && !self.has(Defect::SetPin))),
            ("pinUvAuthToken", on(config.has_protocols() && config.pin.token_permissions)),
            ("makeCredUvNotRqd", (!config.is_of_2_0()).then_some(not_required)),
            ("noMcGaPermissionsWithClientPin", pin(true).filter(|_| config.pin.no_mc_ga_permissions)),
            ("largeBlobs", on(management.large_blobs.is_some())),
            ("ep", config.enterprise.as_ref().map(|_| self.state.device.policy.enterprise)),
            ("bioEnroll", bio(|bio| bio.command)),
            ("userVerificationMgmtPreview", bio(|bio| bio.preview)),
            ("uvBioEnroll", on(config.uv.as_ref().is_some_and(|uv| config.bio().is_some() && uv.enrollment_tokens))),
            ("authnrCfg", on(commands.is_some())),
            ("uvAcfg", on(config.uv.as_ref().is_some_and(|uv| commands.is_some() && uv.config_tokens))),
            ("credMgmt", on(management.credentials)),
            ("perCredMgmtRO", on(management.read_only_tokens)),
            ("credentialMgmtPreview", on(management.credentials_preview)),
            ("setMinPINLength", pin(true).filter(|_| commands.is_some_and(|commands| commands.set_min_pin_length))),
        ];
        options.into_iter().filter_map(|(id, value)| Some((id.to_owned(), value?))).collect()
    }
}
