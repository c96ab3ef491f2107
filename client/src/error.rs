//! Why a ceremony ended without a credential.

use std::fmt;

use assay_protocol::ctap2::{ReplyError, Status};
use assay_protocol::pin_uv::PinRefused;
use assay_transport::{ChannelError, Error as TransportError};

use crate::random::RandomFailed;
use crate::{origin, rp_id};

/// The cause. What a page's script sees of it is its [`name`](Self::name), and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientError {
    /// The origin may not use WebAuthn.
    Origin(origin::Invalid),
    /// The origin may not use the RP ID.
    RpId(rp_id::Refused),
    /// `user.id` is empty or longer than 64 bytes.
    UserIdLength(usize),
    /// `pubKeyCredParams` has no entry of a known type.
    NoKnownParameters,
    /// `allowCredentials` has entries, none of a known type.
    NoKnownDescriptors,
    /// The authenticator cannot do what the options ask for.
    Unfit(Unfit),
    /// No token by PIN.
    Pin(PinFailure),
    /// The person took none of the accounts.
    AccountDeclined,
    /// None of the allowed credentials can be on this authenticator.
    NoCredentials,
    /// The messages did not get through, or the caller cancelled.
    Channel(ChannelError),
    /// The authenticator refused a command, or its answer makes no sense.
    Authenticator {
        /// The command.
        command: String,
        /// What came back.
        error: ReplyError,
    },
    /// The authenticator's result contradicts the request.
    Response(String),
    /// No random bytes.
    Random(RandomFailed),
}

/// What an authenticator can lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It does not speak CTAP2.
    NotCtap2,
    /// It is attached otherwise than asked.
    Attachment,
    /// It keeps no discoverable credentials.
    ResidentKey,
    /// It cannot verify its user, at least not now.
    UserVerification,
    /// The request is longer than it takes.
    RequestTooLarge,
    /// It has no PIN.
    ClientPin,
    /// It lists no credentials.
    CredentialManagement,
    /// It keeps no large blobs.
    LargeBlobs,
    /// It cannot be configured, or not so.
    Config,
    /// It has no sensor on which fingers could be enrolled.
    BioEnrollment,
}

/// Why there is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinFailure {
    /// The person declined.
    Declined,
    /// Too many PINs that were none.
    TooManyTries,
    /// No retries are left until a reset.
    Blocked,
    /// No tries are left until the authenticator is plugged in again.
    BlockedUntilPowerCycle,
    /// The PIN must be changed first.
    ChangeRequired,
    /// The authenticator knows no PIN/UV auth protocol that the client knows.
    NoProtocol,
    /// The new PIN is none that an authenticator may take.
    NewPinRefused(PinRefused),
}

/// The names of DOM exceptions that WebAuthn uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DomName {
    /// The caller's own abort signal.
    AbortError,
    /// The authenticator cannot meet a requirement.
    ConstraintError,
    /// A credential of the exclude list is there.
    InvalidStateError,
    /// Everything that a page is not told.
    NotAllowedError,
    /// Nothing supported was asked for.
    NotSupportedError,
    /// Origin or RP ID.
    SecurityError,
    /// A value out of its range.
    TypeError,
}

impl ClientError {
    /// What the page sees (WebAuthn L3 5.1.3, 5.1.4.1): an authenticator's errors are hidden,
    /// except that an excluded credential shows after consent.
    pub fn name(&self) -> DomName {
        match self {
            Self::Origin(origin::Invalid::Opaque) => DomName::NotAllowedError,
            Self::Origin(_) | Self::RpId(_) => DomName::SecurityError,
            Self::UserIdLength(_) => DomName::TypeError,
            Self::NoKnownParameters => DomName::NotSupportedError,
            Self::Channel(ChannelError::Transport(TransportError::Cancelled)) => DomName::AbortError,
            Self::Authenticator { .. } if self.status() == Some(Status::CREDENTIAL_EXCLUDED) => {
                DomName::InvalidStateError
            }
            _ => DomName::NotAllowedError,
        }
    }

    /// What the authenticator's operation reports to the client (WebAuthn L3 6.3.2, 6.3.3), before
    /// the client hides it from the page.
    pub fn operation_name(&self) -> DomName {
        match self {
            Self::Unfit(Unfit::ResidentKey | Unfit::UserVerification) => DomName::ConstraintError,
            _ if self.status() == Some(Status::UNSUPPORTED_ALGORITHM) => DomName::NotSupportedError,
            _ => self.name(),
        }
    }

    /// The authenticator's status, where it refused.
    pub fn status(&self) -> Option<Status> {
        match self {
            Self::Authenticator { error, .. } => error.status(),
            _ => None,
        }
    }

    /// The stable machine code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Origin(invalid) => invalid.code(),
            Self::RpId(refused) => refused.code(),
            Self::UserIdLength(_) => "client_user_id_length",
            Self::NoKnownParameters => "client_no_known_parameters",
            Self::NoKnownDescriptors => "client_no_known_descriptors",
            Self::Unfit(Unfit::NotCtap2) => "client_authenticator_not_ctap2",
            Self::Unfit(Unfit::Attachment) => "client_authenticator_attachment",
            Self::Unfit(Unfit::ResidentKey) => "client_authenticator_resident_key",
            Self::Unfit(Unfit::UserVerification) => "client_authenticator_user_verification",
            Self::Unfit(Unfit::RequestTooLarge) => "client_request_too_large",
            Self::Unfit(Unfit::ClientPin) => "client_authenticator_client_pin",
            Self::Unfit(Unfit::CredentialManagement) => "client_authenticator_credential_management",
            Self::Unfit(Unfit::LargeBlobs) => "client_authenticator_large_blobs",
            Self::Unfit(Unfit::Config) => "client_authenticator_config",
            Self::Unfit(Unfit::BioEnrollment) => "client_authenticator_bio_enrollment",
            Self::Pin(PinFailure::Declined) => "client_pin_declined",
            Self::Pin(PinFailure::TooManyTries) => "client_pin_too_many_tries",
            Self::Pin(PinFailure::Blocked) => "client_pin_blocked",
            Self::Pin(PinFailure::BlockedUntilPowerCycle) => "client_pin_blocked_until_power_cycle",
            Self::Pin(PinFailure::ChangeRequired) => "client_pin_change_required",
            Self::Pin(PinFailure::NoProtocol) => "client_pin_no_protocol",
            Self::Pin(PinFailure::NewPinRefused(_)) => "client_pin_new_refused",
            Self::AccountDeclined => "client_account_declined",
            Self::NoCredentials => "client_no_credentials",
            Self::Channel(error) => error.code(),
            Self::Authenticator { error: ReplyError::Refused { .. }, .. } => "client_authenticator_refused",
            Self::Authenticator { .. } => "client_authenticator_malformed",
            Self::Response(_) => "client_response_contradiction",
            Self::Random(_) => "client_random",
        }
    }
}

impl DomName {
    /// The name as scripts see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AbortError => "AbortError",
            Self::ConstraintError => "ConstraintError",
            Self::InvalidStateError => "InvalidStateError",
            Self::NotAllowedError => "NotAllowedError",
            Self::NotSupportedError => "NotSupportedError",
            Self::SecurityError => "SecurityError",
            Self::TypeError => "TypeError",
        }
    }
}

impl From<origin::Invalid> for ClientError {
    fn from(invalid: origin::Invalid) -> Self {
        Self::Origin(invalid)
    }
}

impl From<rp_id::Refused> for ClientError {
    fn from(refused: rp_id::Refused) -> Self {
        Self::RpId(refused)
    }
}

impl From<Unfit> for ClientError {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}

impl From<PinFailure> for ClientError {
    fn from(failure: PinFailure) -> Self {
        Self::Pin(failure)
    }
}

impl From<ChannelError> for ClientError {
    fn from(error: ChannelError) -> Self {
        Self::Channel(error)
    }
}

impl From<RandomFailed> for ClientError {
    fn from(failed: RandomFailed) -> Self {
        Self::Random(failed)
    }
}

impl fmt::Display for DomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotCtap2 => "the authenticator does not speak CTAP2",
            Self::Attachment => "the authenticator is attached otherwise than asked",
            Self::ResidentKey => "the authenticator keeps no discoverable credentials",
            Self::UserVerification => "the authenticator cannot verify its user",
            Self::RequestTooLarge => "the request is longer than the authenticator takes",
            Self::ClientPin => "the authenticator has no PIN",
            Self::CredentialManagement => "the authenticator does not list its credentials",
            Self::LargeBlobs => "the authenticator keeps no large blobs",
            Self::Config => "the authenticator cannot be configured so",
            Self::BioEnrollment => "the authenticator has no sensor to enroll fingers on",
        })
    }
}

impl fmt::Display for PinFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NewPinRefused(refused) => return refused.fmt(f),
            Self::Declined => "no PIN was given",
            Self::TooManyTries => "too many PINs that can be none",
            Self::Blocked => "the PIN is blocked until a reset",
            Self::BlockedUntilPowerCycle => "the PIN is blocked until the authenticator is plugged in again",
            Self::ChangeRequired => "the PIN must be changed first",
            Self::NoProtocol => "no PIN/UV auth protocol in common",
        })
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name())?;
        match self {
            Self::Origin(invalid) => invalid.fmt(f),
            Self::RpId(refused) => refused.fmt(f),
            Self::UserIdLength(len) => write!(f, "user.id has {len} bytes, and 1 to 64 are allowed"),
            Self::NoKnownParameters => f.write_str("pubKeyCredParams has no known type"),
            Self::NoKnownDescriptors => f.write_str("allowCredentials has no known type"),
            Self::Unfit(unfit) => unfit.fmt(f),
            Self::Pin(failure) => failure.fmt(f),
            Self::AccountDeclined => f.write_str("no account was taken"),
            Self::NoCredentials => f.write_str("none of the allowed credentials is on this authenticator"),
            Self::Channel(error) => error.fmt(f),
            Self::Authenticator { command, error } => write!(f, "{command}: {error}"),
            Self::Response(detail) => f.write_str(detail),
            Self::Random(failed) => failed.fmt(f),
        }
    }
}

impl std::error::Error for ClientError {}
