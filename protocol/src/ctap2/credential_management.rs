//! authenticatorCredentialManagement (CTAP 2.3 6.8), and its prototype under another command byte.

use ciborium::Value;

use super::entity::{Descriptor, RpEntity, UserEntity};
use super::fields::{self, Fields, Members};
use super::params::{Params, ToMap};
use super::parse::{ParseError, canonical};
use super::status::{CommandError, Status};
use crate::tree::cbor::Node;

/// The parameters. Which of them a subcommand needs is the authenticator's to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// 0x01.
    pub sub_command: SubCommand,
    /// 0x02.
    pub params: Option<Params<SubCommandParams>>,
    /// 0x03.
    pub pin_uv_auth_protocol: Option<u64>,
    /// 0x04.
    pub pin_uv_auth_param: Option<Vec<u8>>,
}

/// `subCommandParams`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubCommandParams {
    /// 0x01.
    pub rp_id_hash: Option<[u8; 32]>,
    /// 0x02.
    pub credential_id: Option<Descriptor>,
    /// 0x03.
    pub user: Option<UserEntity>,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubCommand {
    /// 0x01.
    GetCredsMetadata,
    /// 0x02.
    EnumerateRpsBegin,
    /// 0x03.
    EnumerateRpsGetNextRp,
    /// 0x04.
    EnumerateCredentialsBegin,
    /// 0x05.
    EnumerateCredentialsGetNextCredential,
    /// 0x06.
    DeleteCredential,
    /// 0x07.
    UpdateUserInformation,
}

/// The result; which members there are depends on the subcommand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Response {
    /// 0x01.
    pub existing_resident_credentials_count: Option<u64>,
    /// 0x02.
    pub max_possible_remaining_resident_credentials_count: Option<u64>,
    /// 0x03.
    pub rp: Option<RpEntity>,
    /// 0x04.
    pub rp_id_hash: Option<[u8; 32]>,
    /// 0x05.
    pub total_rps: Option<u64>,
    /// 0x06.
    pub user: Option<UserEntity>,
    /// 0x07.
    pub credential_id: Option<Descriptor>,
    /// 0x08, a COSE_Key.
    pub public_key: Option<Value>,
    /// 0x09.
    pub total_credentials: Option<u64>,
    /// 0x0a.
    pub cred_protect: Option<u64>,
    /// 0x0b.
    pub large_blob_key: Option<Vec<u8>>,
    /// 0x0c.
    pub third_party_payment: Option<bool>,
}

impl SubCommand {
    /// Every subcommand.
    pub const ALL: &'static [Self] = &[
        Self::GetCredsMetadata,
        Self::EnumerateRpsBegin,
        Self::EnumerateRpsGetNextRp,
        Self::EnumerateCredentialsBegin,
        Self::EnumerateCredentialsGetNextCredential,
        Self::DeleteCredential,
        Self::UpdateUserInformation,
    ];

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::GetCredsMetadata => 0x01,
            Self::EnumerateRpsBegin => 0x02,
            Self::EnumerateRpsGetNextRp => 0x03,
            Self::EnumerateCredentialsBegin => 0x04,
            Self::EnumerateCredentialsGetNextCredential => 0x05,
            Self::DeleteCredential => 0x06,
            Self::UpdateUserInformation => 0x07,
        }
    }

    /// The subcommand with this number.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| u64::from(known.number()) == number)
    }
}

impl Request {
    /// A subcommand with no parameters yet.
    pub fn new(sub_command: SubCommand) -> Self {
        Self { sub_command, params: None, pin_uv_auth_protocol: None, pin_uv_auth_param: None }
    }

    /// The same with these.
    #[must_use]
    pub fn with(self, params: SubCommandParams) -> Self {
        Self { params: Some(Params::new(params)), ..self }
    }

    /// Reads the parameters, without the command byte. An unknown subcommand has a status of its own.
    pub fn parse(bytes: &[u8]) -> Result<Self, CommandError> {
        Self::read(&canonical(bytes)?, Some(bytes))
    }

    /// The same from a tree, whose form is not looked at.
    pub fn from_node(node: &Node) -> Result<Self, CommandError> {
        Self::read(node, None)
    }

    fn read(node: &Node, message: Option<&[u8]>) -> Result<Self, CommandError> {
        let map = Fields::top(node, "authenticatorCredentialManagement")?;
        let sub_command = map.required(0x01, "subCommand", fields::unsigned)?;
        let sub_command = SubCommand::from_number(sub_command)
            .ok_or_else(|| CommandError::new(Status::INVALID_SUBCOMMAND, format!("subCommand {sub_command:#04x}")))?;
        let params = map.member(0x02).map(|node| Params::from_node(node, message, SubCommandParams::from_node));
        Ok(Self {
            sub_command,
            params: params.transpose()?,
            pin_uv_auth_protocol: map.optional(0x03, "pinUvAuthProtocol", fields::unsigned)?,
            pin_uv_auth_param: map.optional(0x04, "pinUvAuthParam", fields::bytes)?,
        })
    }

    /// The parameters in canonical form.
    pub fn to_cbor(&self) -> Vec<u8> {
        Members::default()
            .with(0x01, u64::from(self.sub_command.number()))
            .with_some(0x02, self.params.as_ref().map(Params::to_value))
            .with_some(0x03, self.pin_uv_auth_protocol)
            .with_some(0x04, self.pin_uv_auth_param.as_deref())
            .into_cbor()
    }

    /// What `pinUvAuthParam` authenticates: the subcommand, and the parameters as they were received.
    pub fn authenticated_message(&self) -> Vec<u8> {
        let params = self.params.as_ref().map(Params::as_bytes).unwrap_or_default();
        [&[self.sub_command.number()], params].concat()
    }
}

impl SubCommandParams {
    fn from_node(node: &Node) -> Result<Self, ParseError> {
        let map = Fields::nested(node, "subCommandParams")?;
        Ok(Self {
            rp_id_hash: map.optional(0x01, "rpIDHash", fields::array_of)?,
            credential_id: map.optional(0x02, "credentialID", Descriptor::from_node)?,
            user: map.optional(0x03, "user", UserEntity::from_node)?,
        })
    }
}

impl ToMap for SubCommandParams {
    fn to_map(&self) -> Value {
        Members::default()
            .with_some(0x01, self.rp_id_hash.as_ref().map(<[u8; 32]>::as_slice))
            .with_some(0x02, self.credential_id.as_ref().map(Descriptor::to_value))
            .with_some(0x03, self.user.as_ref().map(UserEntity::to_value))
            .into_value()
    }
}

impl Response {
    /// Reads the result, without the status byte; some subcommands answer with no bytes at all.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        Self::from_node(&canonical(bytes)?)
    }

    /// The same from a tree, whose form is not looked at.
    pub fn from_node(node: &Node) -> Result<Self, ParseError> {
        let map = Fields::top(node, "authenticatorCredentialManagement response")?;
        Ok(Self {
            existing_resident_credentials_count: map.optional(
                0x01,
                "existingResidentCredentialsCount",
                fields::unsigned,
            )?,
            max_possible_remaining_resident_credentials_count: map.optional(
                0x02,
                "maxPossibleRemainingResidentCredentialsCount",
                fields::unsigned,
            )?,
            rp: map.optional(0x03, "rp", RpEntity::from_node)?,
            rp_id_hash: map.optional(0x04, "rpIDHash", fields::array_of)?,
            total_rps: map.optional(0x05, "totalRPs", fields::unsigned)?,
            user: map.optional(0x06, "user", UserEntity::from_node)?,
            credential_id: map.optional(0x07, "credentialID", Descriptor::from_node)?,
            public_key: map.optional(0x08, "publicKey", fields::map_value)?,
            total_credentials: map.optional(0x09, "totalCredentials", fields::unsigned)?,
            cred_protect: map.optional(0x0a, "credProtect", fields::unsigned)?,
            large_blob_key: map.optional(0x0b, "largeBlobKey", fields::bytes)?,
            third_party_payment: map.optional(0x0c, "thirdPartyPayment", fields::boolean)?,
        })
    }

    /// The result in canonical form; no bytes where there is nothing to say.
    pub fn to_cbor(&self) -> Vec<u8> {
        if *self == Self::default() {
            return Vec::new();
        }
        Members::default()
            .with_some(0x01, self.existing_resident_credentials_count)
            .with_some(0x02, self.max_possible_remaining_resident_credentials_count)
            .with_some(0x03, self.rp.as_ref().map(RpEntity::to_value))
            .with_some(0x04, self.rp_id_hash.as_ref().map(<[u8; 32]>::as_slice))
            .with_some(0x05, self.total_rps)
            .with_some(0x06, self.user.as_ref().map(UserEntity::to_value))
            .with_some(0x07, self.credential_id.as_ref().map(Descriptor::to_value))
            .with_some(0x08, self.public_key.clone())
            .with_some(0x09, self.total_credentials)
            .with_some(0x0a, self.cred_protect)
            .with_some(0x0b, self.large_blob_key.as_deref())
            .with_some(0x0c, self.third_party_payment)
            .into_cbor()
    }
}
