//! authenticatorMakeCredential (CTAP 2.3 6.1).

use ciborium::Value;

use super::entity::{Descriptor, Extensions, Options, Parameters, RpEntity, UserEntity};
use super::fields::{self, Fields, Members};
use super::parse::{ParseError, canonical};
use crate::tree::cbor::Node;

/// The parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// 0x01.
    pub client_data_hash: [u8; 32],
    /// 0x02.
    pub rp: RpEntity,
    /// 0x03.
    pub user: UserEntity,
    /// 0x04.
    pub pub_key_cred_params: Parameters,
    /// 0x05.
    pub exclude_list: Option<Vec<Descriptor>>,
    /// 0x06.
    pub extensions: Option<Extensions>,
    /// 0x07; absent and empty are one.
    pub options: Options,
    /// 0x08.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 0x09.
    pub pin_uv_auth_protocol: Option<u64>,
    /// 0x0a.
    pub enterprise_attestation: Option<u64>,
    /// 0x0b.
    pub attestation_formats_preference: Option<Vec<String>>,
}

/// The result.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// 0x01.
    pub fmt: String,
    /// 0x02.
    pub auth_data: Vec<u8>,
    /// 0x03, a map; may be left out since CTAP 2.2.
    pub att_stmt: Option<Value>,
    /// 0x04.
    pub ep_att: Option<bool>,
    /// 0x05.
    pub large_blob_key: Option<Vec<u8>>,
    /// 0x06.
    pub unsigned_extension_outputs: Option<Extensions>,
}

impl Request {
    /// Reads the parameters, without the command byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        Self::from_node(&canonical(bytes)?)
    }

    /// The same from a tree, whose form is not looked at.
    pub fn from_node(node: &Node) -> Result<Self, ParseError> {
        let map = Fields::top(node, "authenticatorMakeCredential")?;
        Ok(Self {
            client_data_hash: map.required(0x01, "clientDataHash", fields::array_of)?,
            rp: map.required(0x02, "rp", RpEntity::from_node)?,
            user: map.required(0x03, "user", UserEntity::from_node)?,
            pub_key_cred_params: map.required(0x04, "pubKeyCredParams", Parameters::from_node)?,
            exclude_list: map.optional(0x05, "excludeList", Descriptor::list)?,
            extensions: map.optional(0x06, "extensions", Extensions::from_node)?,
            options: map.optional(0x07, "options", Options::from_node)?.unwrap_or_default(),
            pin_uv_auth_param: map.optional(0x08, "pinUvAuthParam", fields::bytes)?,
            pin_uv_auth_protocol: map.optional(0x09, "pinUvAuthProtocol", fields::unsigned)?,
            enterprise_attestation: map.optional(0x0a, "enterpriseAttestation", fields::unsigned)?,
            attestation_formats_preference: map.optional(0x0b, "attestationFormatsPreference", fields::texts)?,
        })
    }

    /// The parameters in canonical form.
    pub fn to_cbor(&self) -> Vec<u8> {
        Members::default()
            .with(0x01, self.client_data_hash.as_slice())
            .with(0x02, self.rp.to_value())
            .with(0x03, self.user.to_value())
            .with(0x04, self.pub_key_cred_params.to_value())
            .with_some(0x05, self.exclude_list.as_deref().map(|list| fields::array(list, Descriptor::to_value)))
            .with_some(0x06, self.extensions.as_ref().map(Extensions::to_value))
            .with_some(0x07, self.options.to_value())
            .with_some(0x08, self.pin_uv_auth_param.as_deref())
            .with_some(0x09, self.pin_uv_auth_protocol)
            .with_some(0x0a, self.enterprise_attestation)
            .with_some(0x0b, self.attestation_formats_preference.as_deref().map(fields::text_array))
            .into_cbor()
    }
}

impl Response {
    /// Reads the result, without the status byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        Self::from_node(&canonical(bytes)?)
    }

    /// The same from a tree, whose form is not looked at.
    pub fn from_node(node: &Node) -> Result<Self, ParseError> {
        let map = Fields::top(node, "authenticatorMakeCredential response")?;
        Ok(Self {
            fmt: map.required(0x01, "fmt", fields::text)?,
            auth_data: map.required(0x02, "authData", fields::bytes)?,
            att_stmt: map.optional(0x03, "attStmt", fields::map_value)?,
            ep_att: map.optional(0x04, "epAtt", fields::boolean)?,
            large_blob_key: map.optional(0x05, "largeBlobKey", fields::bytes)?,
            unsigned_extension_outputs: map.optional(0x06, "unsignedExtensionOutputs", Extensions::from_node)?,
        })
    }

    /// The result in canonical form.
    pub fn to_cbor(&self) -> Vec<u8> {
        Members::default()
            .with(0x01, self.fmt.as_str())
            .with(0x02, self.auth_data.as_slice())
            .with_some(0x03, self.att_stmt.clone())
            .with_some(0x04, self.ep_att)
            .with_some(0x05, self.large_blob_key.as_deref())
            .with_some(0x06, self.unsigned_extension_outputs.as_ref().map(Extensions::to_value))
            .into_cbor()
    }
}
