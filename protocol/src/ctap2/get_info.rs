//! authenticatorGetInfo (CTAP 2.3 6.4).

mod members;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::entity::Parameter;
use super::fields::{self, Fields, Members};
use super::parse::{ParseError, canonical};
use crate::aaguid::Aaguid;
use crate::tree::cbor::Node;

/// What an authenticator says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// 0x01.
    pub versions: Vec<String>,
    /// 0x02.
    pub extensions: Option<Vec<String>>,
    /// 0x03.
    pub aaguid: Aaguid,
    /// 0x04.
    pub options: Option<BTreeMap<String, bool>>,
    /// 0x05.
    pub max_msg_size: Option<u64>,
    /// 0x06.
    pub pin_uv_auth_protocols: Option<Vec<u64>>,
    /// 0x07.
    pub max_credential_count_in_list: Option<u64>,
    /// 0x08.
    pub max_credential_id_length: Option<u64>,
    /// 0x09.
    pub transports: Option<Vec<String>>,
    /// 0x0a.
    pub algorithms: Option<Vec<Parameter>>,
    /// 0x0b.
    pub max_serialized_large_blob_array: Option<u64>,
    /// 0x0c.
    pub force_pin_change: Option<bool>,
    /// 0x0d.
    pub min_pin_length: Option<u64>,
    /// 0x0e.
    pub firmware_version: Option<u64>,
    /// 0x0f.
    pub max_cred_blob_length: Option<u64>,
    /// 0x10.
    pub max_rp_ids_for_set_min_pin_length: Option<u64>,
    /// 0x11.
    pub preferred_platform_uv_attempts: Option<u64>,
    /// 0x12.
    pub uv_modality: Option<u64>,
    /// 0x13.
    pub certifications: Option<BTreeMap<String, u64>>,
    /// 0x14.
    pub remaining_discoverable_credentials: Option<u64>,
    /// 0x15.
    pub vendor_prototype_config_commands: Option<Vec<u64>>,
    /// 0x16.
    pub attestation_formats: Option<Vec<String>>,
    /// 0x17.
    pub uv_count_since_last_pin_entry: Option<u64>,
    /// 0x18.
    pub long_touch_for_reset: Option<bool>,
    /// 0x19.
    pub enc_identifier: Option<Vec<u8>>,
    /// 0x1a.
    pub transports_for_reset: Option<Vec<String>>,
    /// 0x1b.
    pub pin_complexity_policy: Option<bool>,
    /// 0x1c, UTF-8 in a byte string.
    pub pin_complexity_policy_url: Option<Vec<u8>>,
    /// 0x1d.
    pub max_pin_length: Option<u64>,
    /// 0x1e.
    pub enc_cred_store_state: Option<Vec<u8>>,
    /// 0x1f.
    pub authenticator_config_commands: Option<Vec<u64>>,
}

impl Response {
    /// Reads the result, without the status byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        Self::from_node(&canonical(bytes)?)
    }

    /// The same from a tree, whose form is not looked at.
    pub fn from_node(node: &Node) -> Result<Self, ParseError> {
        let map = Fields::top(node, "authenticatorGetInfo response")?;
        Ok(Self {
            versions: map.required(0x01, "versions", fields::texts)?,
            extensions: map.optional(0x02, "extensions", fields::texts)?,
            aaguid: Aaguid::from_bytes(map.required(0x03, "aaguid", fields::array_of)?),
            options: map.optional(0x04, "options", |node, name| fields::text_map(node, name, fields::boolean))?,
            max_msg_size: map.optional(0x05, "maxMsgSize", fields::unsigned)?,
            pin_uv_auth_protocols: map.optional(0x06, "pinUvAuthProtocols", fields::unsigneds)?,
            max_credential_count_in_list: map.optional(0x07, "maxCredentialCountInList", fields::unsigned)?,
            max_credential_id_length: map.optional(0x08, "maxCredentialIdLength", fields::unsigned)?,
            transports: map.optional(0x09, "transports", fields::texts)?,
            algorithms: map
                .optional(0x0a, "algorithms", |node, name| fields::list(node, name, Parameter::from_node))?,
            max_serialized_large_blob_array: map.optional(0x0b, "maxSerializedLargeBlobArray", fields::unsigned)?,
            force_pin_change: map.optional(0x0c, "forcePINChange", fields::boolean)?,
            min_pin_length: map.optional(0x0d, "minPINLength", fields::unsigned)?,
            firmware_version: map.optional(0x0e, "firmwareVersion", fields::unsigned)?,
            max_cred_blob_length: map.optional(0x0f, "maxCredBlobLength", fields::unsigned)?,
            max_rp_ids_for_set_min_pin_length: map.optional(0x10, "maxRPIDsForSetMinPINLength", fields::unsigned)?,
            preferred_platform_uv_attempts: map.optional(0x11, "preferredPlatformUvAttempts", fields::unsigned)?,
            uv_modality: map.optional(0x12, "uvModality", fields::unsigned)?,
            certifications: map
                .optional(0x13, "certifications", |node, name| fields::text_map(node, name, fields::unsigned))?,
            remaining_discoverable_credentials: map.optional(
                0x14,
                "remainingDiscoverableCredentials",
                fields::unsigned,
            )?,
            vendor_prototype_config_commands: map.optional(0x15, "vendorPrototypeConfigCommands", fields::unsigneds)?,
            attestation_formats: map.optional(0x16, "attestationFormats", fields::texts)?,
            uv_count_since_last_pin_entry: map.optional(0x17, "uvCountSinceLastPinEntry", fields::unsigned)?,
            long_touch_for_reset: map.optional(0x18, "longTouchForReset", fields::boolean)?,
            enc_identifier: map.optional(0x19, "encIdentifier", fields::bytes)?,
            transports_for_reset: map.optional(0x1a, "transportsForReset", fields::texts)?,
            pin_complexity_policy: map.optional(0x1b, "pinComplexityPolicy", fields::boolean)?,
            pin_complexity_policy_url: map.optional(0x1c, "pinComplexityPolicyURL", fields::bytes)?,
            max_pin_length: map.optional(0x1d, "maxPINLength", fields::unsigned)?,
            enc_cred_store_state: map.optional(0x1e, "encCredStoreState", fields::bytes)?,
            authenticator_config_commands: map.optional(0x1f, "authenticatorConfigCommands", fields::unsigneds)?,
        })
    }

    /// The result in canonical form.
    pub fn to_cbor(&self) -> Vec<u8> {
        Members::default()
            .with(0x01, fields::text_array(&self.versions))
            .with_some(0x02, self.extensions.as_deref().map(fields::text_array))
            .with(0x03, self.aaguid.as_bytes().as_slice())
            .with_some(0x04, self.options.as_ref().map(fields::from_text_map))
            .with_some(0x05, self.max_msg_size)
            .with_some(0x06, self.pin_uv_auth_protocols.as_deref().map(fields::unsigned_array))
            .with_some(0x07, self.max_credential_count_in_list)
            .with_some(0x08, self.max_credential_id_length)
            .with_some(0x09, self.transports.as_deref().map(fields::text_array))
            .with_some(0x0a, self.algorithms.as_deref().map(|list| fields::array(list, Parameter::to_value)))
            .with_some(0x0b, self.max_serialized_large_blob_array)
            .with_some(0x0c, self.force_pin_change)
            .with_some(0x0d, self.min_pin_length)
            .with_some(0x0e, self.firmware_version)
            .with_some(0x0f, self.max_cred_blob_length)
            .with_some(0x10, self.max_rp_ids_for_set_min_pin_length)
            .with_some(0x11, self.preferred_platform_uv_attempts)
            .with_some(0x12, self.uv_modality)
            .with_some(0x13, self.certifications.as_ref().map(fields::from_text_map))
            .with_some(0x14, self.remaining_discoverable_credentials)
            .with_some(0x15, self.vendor_prototype_config_commands.as_deref().map(fields::unsigned_array))
            .with_some(0x16, self.attestation_formats.as_deref().map(fields::text_array))
            .with_some(0x17, self.uv_count_since_last_pin_entry)
            .with_some(0x18, self.long_touch_for_reset)
            .with_some(0x19, self.enc_identifier.as_deref())
            .with_some(0x1a, self.transports_for_reset.as_deref().map(fields::text_array))
            .with_some(0x1b, self.pin_complexity_policy)
            .with_some(0x1c, self.pin_complexity_policy_url.as_deref())
            .with_some(0x1d, self.max_pin_length)
            .with_some(0x1e, self.enc_cred_store_state.as_deref())
            .with_some(0x1f, self.authenticator_config_commands.as_deref().map(fields::unsigned_array))
            .into_cbor()
    }

    /// The value of an option; none where it is absent.
    pub fn option(&self, id: &str) -> Option<bool> {
        self.options.as_ref()?.get(id).copied()
    }

    /// Is the extension listed?
    pub fn has_extension(&self, id: &str) -> bool {
        self.extensions.iter().flatten().any(|known| known == id)
    }

    /// Is the version listed?
    pub fn has_version(&self, version: &str) -> bool {
        self.versions.iter().any(|known| known == version)
    }

    /// Is this number among the PIN/UV auth protocols?
    pub fn has_pin_uv_auth_protocol(&self, number: u64) -> bool {
        self.pin_uv_auth_protocols.iter().flatten().any(|known| *known == number)
    }
}
