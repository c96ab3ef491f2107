//! authenticatorClientPIN (CTAP 2.3 6.5).

use super::fields::{self, Fields, Members};
use super::parse::{ParseError, canonical};
use super::status::{CommandError, Status};
use crate::pin_uv::PublicKey;
use crate::tree::cbor::Node;

/// The parameters. Which of them a subcommand needs is the authenticator's to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// 0x01.
    pub pin_uv_auth_protocol: Option<u64>,
    /// 0x02.
    pub sub_command: SubCommand,
    /// 0x03.
    pub key_agreement: Option<PublicKey>,
    /// 0x04.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 0x05.
    pub new_pin_enc: Option<Vec<u8>>,
    /// 0x06.
    pub pin_hash_enc: Option<Vec<u8>>,
    /// 0x09.
    pub permissions: Option<u64>,
    /// 0x0a.
    pub rp_id: Option<String>,
}

/// What to do. There is no 0x08.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubCommand {
    /// 0x01.
    GetPinRetries,
    /// 0x02.
    GetKeyAgreement,
    /// 0x03.
    SetPin,
    /// 0x04.
    ChangePin,
    /// 0x05.
    GetPinToken,
    /// 0x06.
    GetPinUvAuthTokenUsingUvWithPermissions,
    /// 0x07.
    GetUvRetries,
    /// 0x09.
    GetPinUvAuthTokenUsingPinWithPermissions,
}

/// The result; which members there are depends on the subcommand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// 0x01.
    pub key_agreement: Option<PublicKey>,
    /// 0x02, encrypted.
    pub pin_uv_auth_token: Option<Vec<u8>>,
    /// 0x03.
    pub pin_retries: Option<u64>,
    /// 0x04.
    pub power_cycle_state: Option<bool>,
    /// 0x05.
    pub uv_retries: Option<u64>,
}

/// The permissions of a token (CTAP 2.3 6.5.5.7), as bits.
pub mod permission {
    /// makeCredential.
    pub const MC: u64 = 0x01;
    /// getAssertion.
    pub const GA: u64 = 0x02;
    /// Credential management.
    pub const CM: u64 = 0x04;
    /// Bio enrollment.
    pub const BE: u64 = 0x08;
    /// Large blob write.
    pub const LBW: u64 = 0x10;
    /// Authenticator configuration.
    pub const ACFG: u64 = 0x20;
    /// Persistent, read-only credential management.
    pub const PCMR: u64 = 0x40;
}

impl SubCommand {
    /// Every subcommand.
    pub const ALL: &'static [Self] = &[
        Self::GetPinRetries,
        Self::GetKeyAgreement,
        Self::SetPin,
        Self::ChangePin,
        Self::GetPinToken,
        Self::GetPinUvAuthTokenUsingUvWithPermissions,
        Self::GetUvRetries,
        Self::GetPinUvAuthTokenUsingPinWithPermissions,
    ];

    /// The number on the wire.
    pub const fn number(self) -> u64 {
        match self {
            Self::GetPinRetries => 0x01,
            Self::GetKeyAgreement => 0x02,
            Self::SetPin => 0x03,
            Self::ChangePin => 0x04,
            Self::GetPinToken => 0x05,
            Self::GetPinUvAuthTokenUsingUvWithPermissions => 0x06,
            Self::GetUvRetries => 0x07,
            Self::GetPinUvAuthTokenUsingPinWithPermissions => 0x09,
        }
    }

    /// The subcommand with this number.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.number() == number)
    }
}

impl Request {
    /// A subcommand with no parameters yet.
    pub fn new(sub_command: SubCommand) -> Self {
        Self {
            pin_uv_auth_protocol: None,
            sub_command,
            key_agreement: None,
            pin_uv_auth_param: None,
            new_pin_enc: None,
            pin_hash_enc: None,
            permissions: None,
            rp_id: None,
        }
    }

    /// Reads the parameters, without the command byte. An unknown subcommand has a status of its own.
    pub fn parse(bytes: &[u8]) -> Result<Self, CommandError> {
        Self::from_node(&canonical(bytes)?)
    }

    /// The same from a tree, whose form is not looked at.
    pub fn from_node(node: &Node) -> Result<Self, CommandError> {
        let map = Fields::top(node, "authenticatorClientPIN")?;
        let sub_command = map.required(0x02, "subCommand", fields::unsigned)?;
        let sub_command = SubCommand::from_number(sub_command)
            .ok_or_else(|| CommandError::new(Status::INVALID_SUBCOMMAND, format!("subCommand {sub_command:#04x}")))?;
        Ok(Self {
            pin_uv_auth_protocol: map.optional(0x01, "pinUvAuthProtocol", fields::unsigned)?,
            sub_command,
            key_agreement: map.optional(0x03, "keyAgreement", |node, _| PublicKey::from_node(node))?,
            pin_uv_auth_param: map.optional(0x04, "pinUvAuthParam", fields::bytes)?,
            new_pin_enc: map.optional(0x05, "newPinEnc", fields::bytes)?,
            pin_hash_enc: map.optional(0x06, "pinHashEnc", fields::bytes)?,
            permissions: map.optional(0x09, "permissions", fields::unsigned)?,
            rp_id: map.optional(0x0a, "rpId", fields::text)?,
        })
    }

    /// The parameters in canonical form.
    pub fn to_cbor(&self) -> Vec<u8> {
        Members::default()
            .with_some(0x01, self.pin_uv_auth_protocol)
            .with(0x02, self.sub_command.number())
            .with_some(0x03, self.key_agreement.as_ref().map(PublicKey::to_value))
            .with_some(0x04, self.pin_uv_auth_param.as_deref())
            .with_some(0x05, self.new_pin_enc.as_deref())
            .with_some(0x06, self.pin_hash_enc.as_deref())
            .with_some(0x09, self.permissions)
            .with_some(0x0a, self.rp_id.as_deref())
            .into_cbor()
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
        let map = Fields::top(node, "authenticatorClientPIN response")?;
        Ok(Self {
            key_agreement: map.optional(0x01, "keyAgreement", |node, _| PublicKey::from_node(node))?,
            pin_uv_auth_token: map.optional(0x02, "pinUvAuthToken", fields::bytes)?,
            pin_retries: map.optional(0x03, "pinRetries", fields::unsigned)?,
            power_cycle_state: map.optional(0x04, "powerCycleState", fields::boolean)?,
            uv_retries: map.optional(0x05, "uvRetries", fields::unsigned)?,
        })
    }

    /// The result in canonical form; no bytes where there is nothing to say.
    pub fn to_cbor(&self) -> Vec<u8> {
        if *self == Self::default() {
            return Vec::new();
        }
        Members::default()
            .with_some(0x01, self.key_agreement.as_ref().map(PublicKey::to_value))
            .with_some(0x02, self.pin_uv_auth_token.as_deref())
            .with_some(0x03, self.pin_retries)
            .with_some(0x04, self.power_cycle_state)
            .with_some(0x05, self.uv_retries)
            .into_cbor()
    }
}
