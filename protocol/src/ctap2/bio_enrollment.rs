//! authenticatorBioEnrollment (CTAP 2.3 6.7), and its prototype under another command byte.

use ciborium::Value;

use super::fields::{self, Fields, Members};
use super::params::{Params, ToMap};
use super::parse::{ParseError, canonical};
use super::status::{CommandError, Status};
use crate::tree::cbor::Node;

/// The modality of fingerprints, the only one there is.
pub const FINGERPRINT: u64 = 0x01;

/// `fingerprintKind` of a sensor that is touched.
pub const TOUCH_SENSOR: u64 = 0x01;

/// `fingerprintKind` of a sensor that is swiped.
pub const SWIPE_SENSOR: u64 = 0x02;

/// The parameters. Which of them a subcommand needs is the authenticator's to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// 0x01.
    pub modality: Option<u64>,
    /// 0x02; there is none where the modality is asked for.
    pub sub_command: Option<SubCommand>,
    /// 0x03.
    pub params: Option<Params<SubCommandParams>>,
    /// 0x04.
    pub pin_uv_auth_protocol: Option<u64>,
    /// 0x05.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// 0x06.
    pub get_modality: Option<bool>,
}

/// `subCommandParams`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubCommandParams {
    /// 0x01.
    pub template_id: Option<Vec<u8>>,
    /// 0x02.
    pub template_friendly_name: Option<String>,
    /// 0x03.
    pub timeout_milliseconds: Option<u64>,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubCommand {
    /// 0x01.
    EnrollBegin,
    /// 0x02.
    EnrollCaptureNextSample,
    /// 0x03.
    CancelCurrentEnrollment,
    /// 0x04.
    EnumerateEnrollments,
    /// 0x05.
    SetFriendlyName,
    /// 0x06.
    RemoveEnrollment,
    /// 0x07.
    GetFingerprintSensorInfo,
}

/// What became of a sample (`lastEnrollSampleStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SampleStatus(pub u64);

/// A fingerprint that is enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateInfo {
    /// 0x01.
    pub template_id: Vec<u8>,
    /// 0x02.
    pub template_friendly_name: Option<String>,
}

/// The result; which members there are depends on the subcommand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// 0x01.
    pub modality: Option<u64>,
    /// 0x02.
    pub fingerprint_kind: Option<u64>,
    /// 0x03.
    pub max_capture_samples_required_for_enroll: Option<u64>,
    /// 0x04.
    pub template_id: Option<Vec<u8>>,
    /// 0x05.
    pub last_enroll_sample_status: Option<SampleStatus>,
    /// 0x06.
    pub remaining_samples: Option<u64>,
    /// 0x07.
    pub template_infos: Option<Vec<TemplateInfo>>,
    /// 0x08, in bytes.
    pub max_template_friendly_name: Option<u64>,
}

impl SampleStatus {
    /// A good sample.
    pub const GOOD: Self = Self(0x00);
    /// Too high on the sensor.
    pub const TOO_HIGH: Self = Self(0x01);
    /// Too low.
    pub const TOO_LOW: Self = Self(0x02);
    /// Too far to the left.
    pub const TOO_LEFT: Self = Self(0x03);
    /// Too far to the right.
    pub const TOO_RIGHT: Self = Self(0x04);
    /// Too fast.
    pub const TOO_FAST: Self = Self(0x05);
    /// Too slow.
    pub const TOO_SLOW: Self = Self(0x06);
    /// Of poor quality.
    pub const POOR_QUALITY: Self = Self(0x07);
    /// Too skewed.
    pub const TOO_SKEWED: Self = Self(0x08);
    /// Too short.
    pub const TOO_SHORT: Self = Self(0x09);
    /// It does not go with the others.
    pub const MERGE_FAILURE: Self = Self(0x0a);
    /// The finger is enrolled already.
    pub const EXISTS: Self = Self(0x0b);
    /// Nobody touched the sensor.
    pub const NO_USER_ACTIVITY: Self = Self(0x0d);
    /// The finger was never taken away.
    pub const NO_USER_PRESENCE_TRANSITION: Self = Self(0x0e);
}

impl SubCommand {
    /// Every subcommand.
    pub const ALL: &'static [Self] = &[
        Self::EnrollBegin,
        Self::EnrollCaptureNextSample,
        Self::CancelCurrentEnrollment,
        Self::EnumerateEnrollments,
        Self::SetFriendlyName,
        Self::RemoveEnrollment,
        Self::GetFingerprintSensorInfo,
    ];

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::EnrollBegin => 0x01,
            Self::EnrollCaptureNextSample => 0x02,
            Self::CancelCurrentEnrollment => 0x03,
            Self::EnumerateEnrollments => 0x04,
            Self::SetFriendlyName => 0x05,
            Self::RemoveEnrollment => 0x06,
            Self::GetFingerprintSensorInfo => 0x07,
        }
    }

    /// The subcommand with this number.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| u64::from(known.number()) == number)
    }
}

impl Request {
    /// A subcommand on fingerprints with no parameters yet.
    pub fn new(sub_command: SubCommand) -> Self {
        Self { modality: Some(FINGERPRINT), sub_command: Some(sub_command), ..Self::default() }
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
        let map = Fields::top(node, "authenticatorBioEnrollment")?;
        let known = |number| {
            SubCommand::from_number(number)
                .ok_or_else(|| CommandError::new(Status::INVALID_SUBCOMMAND, format!("subCommand {number:#04x}")))
        };
        let params = map.member(0x03).map(|node| Params::from_node(node, message, SubCommandParams::from_node));
        Ok(Self {
            modality: map.optional(0x01, "modality", fields::unsigned)?,
            sub_command: map.optional(0x02, "subCommand", fields::unsigned)?.map(known).transpose()?,
            params: params.transpose()?,
            pin_uv_auth_protocol: map.optional(0x04, "pinUvAuthProtocol", fields::unsigned)?,
            pin_uv_auth_param: map.optional(0x05, "pinUvAuthParam", fields::bytes)?,
            get_modality: map.optional(0x06, "getModality", fields::boolean)?,
        })
    }

    /// The parameters in canonical form.
    pub fn to_cbor(&self) -> Vec<u8> {
        Members::default()
            .with_some(0x01, self.modality)
            .with_some(0x02, self.sub_command.map(|sub_command| u64::from(sub_command.number())))
            .with_some(0x03, self.params.as_ref().map(Params::to_value))
            .with_some(0x04, self.pin_uv_auth_protocol)
            .with_some(0x05, self.pin_uv_auth_param.as_deref())
            .with_some(0x06, self.get_modality)
            .into_cbor()
    }

    /// What `pinUvAuthParam` authenticates: modality, subcommand, and the parameters as they were received.
    pub fn authenticated_message(&self) -> Vec<u8> {
        let modality = self.modality.and_then(|modality| u8::try_from(modality).ok()).unwrap_or_default();
        let sub_command = self.sub_command.map(SubCommand::number).unwrap_or_default();
        let params = self.params.as_ref().map(Params::as_bytes).unwrap_or_default();
        [&[modality, sub_command], params].concat()
    }
}

impl SubCommandParams {
    fn from_node(node: &Node) -> Result<Self, ParseError> {
        let map = Fields::nested(node, "subCommandParams")?;
        Ok(Self {
            template_id: map.optional(0x01, "templateId", fields::bytes)?,
            template_friendly_name: map.optional(0x02, "templateFriendlyName", fields::text)?,
            timeout_milliseconds: map.optional(0x03, "timeoutMilliseconds", fields::unsigned)?,
        })
    }
}

impl ToMap for SubCommandParams {
    fn to_map(&self) -> Value {
        Members::default()
            .with_some(0x01, self.template_id.as_deref())
            .with_some(0x02, self.template_friendly_name.as_deref())
            .with_some(0x03, self.timeout_milliseconds)
            .into_value()
    }
}

impl TemplateInfo {
    fn from_node(node: &Node, name: &str) -> Result<Self, ParseError> {
        let map = Fields::nested(node, name)?;
        Ok(Self {
            template_id: map.required(0x01, "templateId", fields::bytes)?,
            template_friendly_name: map.optional(0x02, "templateFriendlyName", fields::text)?,
        })
    }

    fn to_value(&self) -> Value {
        Members::default()
            .with(0x01, self.template_id.as_slice())
            .with_some(0x02, self.template_friendly_name.as_deref())
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
        let map = Fields::top(node, "authenticatorBioEnrollment response")?;
        let infos = |node: &Node, name: &str| fields::list(node, name, TemplateInfo::from_node);
        Ok(Self {
            modality: map.optional(0x01, "modality", fields::unsigned)?,
            fingerprint_kind: map.optional(0x02, "fingerprintKind", fields::unsigned)?,
            max_capture_samples_required_for_enroll: map.optional(
                0x03,
                "maxCaptureSamplesRequiredForEnroll",
                fields::unsigned,
            )?,
            template_id: map.optional(0x04, "templateId", fields::bytes)?,
            last_enroll_sample_status: map
                .optional(0x05, "lastEnrollSampleStatus", fields::unsigned)?
                .map(SampleStatus),
            remaining_samples: map.optional(0x06, "remainingSamples", fields::unsigned)?,
            template_infos: map.optional(0x07, "templateInfos", infos)?,
            max_template_friendly_name: map.optional(0x08, "maxTemplateFriendlyName", fields::unsigned)?,
        })
    }

    /// The result in canonical form; no bytes where there is nothing to say.
    pub fn to_cbor(&self) -> Vec<u8> {
        if *self == Self::default() {
            return Vec::new();
        }
        Members::default()
            .with_some(0x01, self.modality)
            .with_some(0x02, self.fingerprint_kind)
            .with_some(0x03, self.max_capture_samples_required_for_enroll)
            .with_some(0x04, self.template_id.as_deref())
            .with_some(0x05, self.last_enroll_sample_status.map(|status| status.0))
            .with_some(0x06, self.remaining_samples)
            .with_some(0x07, self.template_infos.as_deref().map(|list| fields::array(list, TemplateInfo::to_value)))
            .with_some(0x08, self.max_template_friendly_name)
            .into_cbor()
    }
}
