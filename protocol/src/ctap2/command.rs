//! A request as it comes: a command byte and, for some commands, a map.

use std::fmt;

use super::status::{CommandError, Status};
use super::{bio_enrollment, client_pin, config, credential_management, get_assertion, large_blobs, make_credential};

/// A command and its parameters.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// 0x01.
    MakeCredential(make_credential::Request),
    /// 0x02.
    GetAssertion(get_assertion::Request),
    /// 0x04.
    GetInfo,
    /// 0x06.
    ClientPin(client_pin::Request),
    /// 0x07.
    Reset,
    /// 0x08.
    GetNextAssertion,
    /// 0x09.
    BioEnrollment(bio_enrollment::Request),
    /// 0x0a.
    CredentialManagement(credential_management::Request),
    /// 0x0b.
    Selection,
    /// 0x0c.
    LargeBlobs(large_blobs::Request),
    /// 0x0d.
    Config(config::Request),
    /// 0x40, the prototype of 0x09.
    BioEnrollmentPreview(bio_enrollment::Request),
    /// 0x41, the prototype of 0x0a.
    CredentialManagementPreview(credential_management::Request),
}

/// authenticatorMakeCredential.
pub const MAKE_CREDENTIAL: u8 = 0x01;
/// authenticatorGetAssertion.
pub const GET_ASSERTION: u8 = 0x02;
/// authenticatorGetInfo.
pub const GET_INFO: u8 = 0x04;
/// authenticatorClientPIN.
pub const CLIENT_PIN: u8 = 0x06;
/// authenticatorReset.
pub const RESET: u8 = 0x07;
/// authenticatorGetNextAssertion.
pub const GET_NEXT_ASSERTION: u8 = 0x08;
/// authenticatorBioEnrollment.
pub const BIO_ENROLLMENT: u8 = 0x09;
/// authenticatorCredentialManagement.
pub const CREDENTIAL_MANAGEMENT: u8 = 0x0a;
/// authenticatorSelection.
pub const SELECTION: u8 = 0x0b;
/// authenticatorLargeBlobs.
pub const LARGE_BLOBS: u8 = 0x0c;
/// authenticatorConfig.
pub const CONFIG: u8 = 0x0d;
/// The prototype of authenticatorBioEnrollment, of FIDO_2_1_PRE.
pub const BIO_ENROLLMENT_PREVIEW: u8 = 0x40;
/// The prototype of authenticatorCredentialManagement, of FIDO_2_1_PRE.
pub const CREDENTIAL_MANAGEMENT_PREVIEW: u8 = 0x41;

/// The specification's name of a command byte, without `authenticator`.
pub fn name(byte: u8) -> Option<&'static str> {
    Some(match byte {
        MAKE_CREDENTIAL => "MakeCredential",
        GET_ASSERTION => "GetAssertion",
        GET_INFO => "GetInfo",
        CLIENT_PIN => "ClientPIN",
        RESET => "Reset",
        GET_NEXT_ASSERTION => "GetNextAssertion",
        BIO_ENROLLMENT => "BioEnrollment",
        CREDENTIAL_MANAGEMENT => "CredentialManagement",
        SELECTION => "Selection",
        LARGE_BLOBS => "LargeBlobs",
        CONFIG => "Config",
        BIO_ENROLLMENT_PREVIEW => "BioEnrollment (prototype)",
        CREDENTIAL_MANAGEMENT_PREVIEW => "CredentialManagement (prototype)",
        _ => return None,
    })
}

impl Command {
    /// Reads a whole request.
    pub fn parse(message: &[u8]) -> Result<Self, CommandError> {
        let Some((&byte, parameters)) = message.split_first() else {
            return Err(CommandError::new(Status::INVALID_LENGTH, "no command byte"));
        };
        let bare = |command: Self| match parameters.len() {
            0 => Ok(command),
            len => Err(CommandError::new(Status::INVALID_LENGTH, format!("{len} bytes after {command}"))),
        };
        match byte {
            MAKE_CREDENTIAL => Ok(Self::MakeCredential(make_credential::Request::parse(parameters)?)),
            GET_ASSERTION => Ok(Self::GetAssertion(get_assertion::Request::parse(parameters)?)),
            CLIENT_PIN => Ok(Self::ClientPin(client_pin::Request::parse(parameters)?)),
            GET_INFO => bare(Self::GetInfo),
            RESET => bare(Self::Reset),
            GET_NEXT_ASSERTION => bare(Self::GetNextAssertion),
            SELECTION => bare(Self::Selection),
            BIO_ENROLLMENT => Ok(Self::BioEnrollment(bio_enrollment::Request::parse(parameters)?)),
            BIO_ENROLLMENT_PREVIEW => Ok(Self::BioEnrollmentPreview(bio_enrollment::Request::parse(parameters)?)),
            CREDENTIAL_MANAGEMENT => Ok(Self::CredentialManagement(credential_management::Request::parse(parameters)?)),
            CREDENTIAL_MANAGEMENT_PREVIEW => {
                Ok(Self::CredentialManagementPreview(credential_management::Request::parse(parameters)?))
            }
            LARGE_BLOBS => Ok(Self::LargeBlobs(large_blobs::Request::parse(parameters)?)),
            CONFIG => Ok(Self::Config(config::Request::parse(parameters)?)),
            _ => Err(CommandError::new(Status::INVALID_COMMAND, format!("command {byte:#04x}"))),
        }
    }

    /// The command byte.
    pub fn byte(&self) -> u8 {
        match self {
            Self::MakeCredential(_) => MAKE_CREDENTIAL,
            Self::GetAssertion(_) => GET_ASSERTION,
            Self::GetInfo => GET_INFO,
            Self::ClientPin(_) => CLIENT_PIN,
            Self::Reset => RESET,
            Self::GetNextAssertion => GET_NEXT_ASSERTION,
            Self::Selection => SELECTION,
            Self::BioEnrollment(_) => BIO_ENROLLMENT,
            Self::CredentialManagement(_) => CREDENTIAL_MANAGEMENT,
            Self::LargeBlobs(_) => LARGE_BLOBS,
            Self::Config(_) => CONFIG,
            Self::BioEnrollmentPreview(_) => BIO_ENROLLMENT_PREVIEW,
            Self::CredentialManagementPreview(_) => CREDENTIAL_MANAGEMENT_PREVIEW,
        }
    }

    /// The whole request.
    pub fn to_bytes(&self) -> Vec<u8> {
        let parameters = match self {
            Self::MakeCredential(request) => request.to_cbor(),
            Self::GetAssertion(request) => request.to_cbor(),
            Self::ClientPin(request) => request.to_cbor(),
            Self::BioEnrollment(request) | Self::BioEnrollmentPreview(request) => request.to_cbor(),
            Self::CredentialManagement(request) | Self::CredentialManagementPreview(request) => request.to_cbor(),
            Self::LargeBlobs(request) => request.to_cbor(),
            Self::Config(request) => request.to_cbor(),
            Self::GetInfo | Self::Reset | Self::GetNextAssertion | Self::Selection => Vec::new(),
        };
        let mut message = vec![self.byte()];
        message.extend(parameters);
        message
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name(self.byte()).unwrap_or_default())
    }
}
