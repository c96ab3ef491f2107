//! authenticatorGetAssertion and authenticatorGetNextAssertion, whose response is the same (CTAP 2.3 6.2, 6.3).

use super::entity::{Descriptor, Extensions, Options, UserEntity};
use super::fields::{self, Fields, Members};
use super::parse::{ParseError, canonical};
use crate::tree::cbor::Node;

/// The parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// 0x01.
    pub rp_id: String,
    /// 0x02.
    pub client_data_hash: [u8; 32],
    /// 0x03.
    pub allow_list: Option<Vec<Descriptor>>,
    /// 0x04.
    pub extensions: Option<Extensions>,
    /// 0x05; absent and empty are one. `rk` has no place here, but the authenticator must see it.
    pub options: Options,
    /// 0x06.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 0x07.
    pub pin_uv_auth_protocol: Option<u64>,
}

/// The result.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// 0x01; CTAP 2.0 leaves it out where the allow list has one entry.
    pub credential: Option<Descriptor>,
    /// 0x02.
    pub auth_data: Vec<u8>,
    /// 0x03.
    pub signature: Vec<u8>,
    /// 0x04.
    pub user: Option<UserEntity>,
    /// 0x05.
    pub number_of_credentials: Option<u64>,
    /// 0x06.
    pub user_selected: Option<bool>,
    /// 0x07.
    pub large_blob_key: Option<Vec<u8>>,
    /// 0x08.
    pub unsigned_extension_outputs: Option<Extensions>,
}

impl Request {
    /// Reads the parameters, without the command byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        Self::from_node(&canonical(bytes)?)
    }

    /// The same from a tree, whose form is not looked at.
    pub fn from_node(node: &Node) -> Result<Self, ParseError> {
        let map = Fields::top(node, "authenticatorGetAssertion")?;
        Ok(Self {
            rp_id: map.required(0x01, "rpId", fields::text)?,
            client_data_hash: map.required(0x02, "clientDataHash", fields::array_of)?,
            allow_list: map.optional(0x03, "allowList", Descriptor::list)?,
            extensions: map.optional(0x04, "extensions", Extensions::from_node)?,
            options: map.optional(0x05, "options", Options::from_node)?.unwrap_or_default(),
            pin_uv_auth_param: map.optional(0x06, "pinUvAuthParam", fields::bytes)?,
            pin_uv_auth_protocol: map.optional(0x07, "pinUvAuthProtocol", fields::unsigned)?,
        })
    }

    /// The parameters in canonical form.
    pub fn to_cbor(&self) -> Vec<u8> {
        Members::default()
            .with(0x01, self.rp_id.as_str())
            .with(0x02, self.client_data_hash.as_slice())
            .with_some(0x03, self.allow_list.as_deref().map(|list| fields::array(list, Descriptor::to_value)))
            .with_some(0x04, self.extensions.as_ref().map(Extensions::to_value))
            .with_some(0x05, self.options.to_value())
            .with_some(0x06, self.pin_uv_auth_param.as_deref())
            .with_some(0x07, self.pin_uv_auth_protocol)
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
        let map = Fields::top(node, "authenticatorGetAssertion response")?;
        Ok(Self {
            credential: map.optional(0x01, "credential", Descriptor::from_node)?,
            auth_data: map.required(0x02, "authData", fields::bytes)?,
            signature: map.required(0x03, "signature", fields::bytes)?,
            user: map.optional(0x04, "user", UserEntity::from_node)?,
            number_of_credentials: map.optional(0x05, "numberOfCredentials", fields::unsigned)?,
            user_selected: map.optional(0x06, "userSelected", fields::boolean)?,
            large_blob_key: map.optional(0x07, "largeBlobKey", fields::bytes)?,
            unsigned_extension_outputs: map.optional(0x08, "unsignedExtensionOutputs", Extensions::from_node)?,
        })
    }

    /// The result in canonical form.
    pub fn to_cbor(&self) -> Vec<u8> {
        Members::default()
            .with_some(0x01, self.credential.as_ref().map(Descriptor::to_value))
            .with(0x02, self.auth_data.as_slice())
            .with(0x03, self.signature.as_slice())
            .with_some(0x04, self.user.as_ref().map(UserEntity::to_value))
            .with_some(0x05, self.number_of_credentials)
            .with_some(0x06, self.user_selected)
            .with_some(0x07, self.large_blob_key.as_deref())
            .with_some(0x08, self.unsigned_extension_outputs.as_ref().map(Extensions::to_value))
            .into_cbor()
    }
}
