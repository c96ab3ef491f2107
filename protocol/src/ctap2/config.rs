//! authenticatorConfig (CTAP 2.3 6.11), which answers with no data.

use ciborium::Value;

use super::fields::{self, Fields, Members};
use super::params::{Params, ToMap};
use super::parse::{ParseError, canonical};
use super::status::{CommandError, Status};
use crate::tree::cbor::Node;

/// The parameters.
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

/// `subCommandParams`, whose members each subcommand reads in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubCommandParams {
    /// Of setMinPINLength.
    SetMinPinLength(SetMinPinLength),
    /// Of vendorPrototype: 0x01, and what only the vendor knows.
    VendorPrototype {
        /// 0x01.
        vendor_command_id: Option<u64>,
    },
    /// Of the others, which ignore them.
    Ignored,
}

/// What a policy on PINs may say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetMinPinLength {
    /// 0x01, in code points.
    pub new_min_pin_length: Option<u64>,
    /// 0x02.
    pub min_pin_length_rp_ids: Option<Vec<String>>,
    /// 0x03.
    pub force_change_pin: Option<bool>,
    /// 0x04.
    pub pin_complexity_policy: Option<bool>,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubCommand {
    /// 0x01.
    EnableEnterpriseAttestation,
    /// 0x02.
    ToggleAlwaysUv,
    /// 0x03.
    SetMinPinLength,
    /// 0x04.
    EnableLongTouchForReset,
    /// 0xff.
    VendorPrototype,
}

impl SubCommand {
    /// Every subcommand.
    pub const ALL: &'static [Self] = &[
        Self::EnableEnterpriseAttestation,
        Self::ToggleAlwaysUv,
        Self::SetMinPinLength,
        Self::EnableLongTouchForReset,
        Self::VendorPrototype,
    ];

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::EnableEnterpriseAttestation => 0x01,
            Self::ToggleAlwaysUv => 0x02,
            Self::SetMinPinLength => 0x03,
            Self::EnableLongTouchForReset => 0x04,
            Self::VendorPrototype => 0xff,
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

    /// setMinPINLength with these parameters.
    pub fn set_min_pin_length(policy: SetMinPinLength) -> Self {
        let params = Some(Params::new(SubCommandParams::SetMinPinLength(policy)));
        Self { params, ..Self::new(SubCommand::SetMinPinLength) }
    }

    /// vendorPrototype with this command and nothing more.
    pub fn vendor_prototype(vendor_command_id: u64) -> Self {
        let params = SubCommandParams::VendorPrototype { vendor_command_id: Some(vendor_command_id) };
        Self { params: Some(Params::new(params)), ..Self::new(SubCommand::VendorPrototype) }
    }

    /// Reads the parameters, without the command byte. An unknown subcommand is answered by the
    /// general rule of 8.1; the first steps of 6.11 name another status.
    pub fn parse(bytes: &[u8]) -> Result<Self, CommandError> {
        Self::read(&canonical(bytes)?, Some(bytes))
    }

    /// The same from a tree, whose form is not looked at.
    pub fn from_node(node: &Node) -> Result<Self, CommandError> {
        Self::read(node, None)
    }

    fn read(node: &Node, message: Option<&[u8]>) -> Result<Self, CommandError> {
        let map = Fields::top(node, "authenticatorConfig")?;
        let number = map.required(0x01, "subCommand", fields::unsigned)?;
        let sub_command = SubCommand::from_number(number)
            .ok_or_else(|| CommandError::new(Status::INVALID_SUBCOMMAND, format!("subCommand {number:#04x}")))?;
        let read = |node: &Node| SubCommandParams::from_node(node, sub_command);
        let params = map.member(0x02).map(|node| Params::from_node(node, message, read));
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

    /// What `pinUvAuthParam` authenticates.
    pub fn authenticated_message(&self) -> Vec<u8> {
        let params = self.params.as_ref().map(Params::as_bytes).unwrap_or_default();
        [&[0xff; 32][..], &[super::command::CONFIG, self.sub_command.number()], params].concat()
    }
}

impl SubCommandParams {
    fn from_node(node: &Node, sub_command: SubCommand) -> Result<Self, ParseError> {
        let map = Fields::nested(node, "subCommandParams")?;
        Ok(match sub_command {
            SubCommand::SetMinPinLength => Self::SetMinPinLength(SetMinPinLength {
                new_min_pin_length: map.optional(0x01, "newMinPINLength", fields::unsigned)?,
                min_pin_length_rp_ids: map.optional(0x02, "minPinLengthRPIDs", fields::texts)?,
                force_change_pin: map.optional(0x03, "forceChangePin", fields::boolean)?,
                pin_complexity_policy: map.optional(0x04, "pinComplexityPolicy", fields::boolean)?,
            }),
            SubCommand::VendorPrototype => {
                Self::VendorPrototype { vendor_command_id: map.optional(0x01, "vendorCommandId", fields::unsigned)? }
            }
            _ => Self::Ignored,
        })
    }
}

impl ToMap for SubCommandParams {
    fn to_map(&self) -> Value {
        let members = Members::default();
        match self {
            Self::SetMinPinLength(policy) => members
                .with_some(0x01, policy.new_min_pin_length)
                .with_some(0x02, policy.min_pin_length_rp_ids.as_deref().map(fields::text_array))
                .with_some(0x03, policy.force_change_pin)
                .with_some(0x04, policy.pin_complexity_policy),
            Self::VendorPrototype { vendor_command_id } => members.with_some(0x01, *vendor_command_id),
            Self::Ignored => members,
        }
        .into_value()
    }
}
