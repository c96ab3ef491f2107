//! Tokens by PIN or by the authenticator itself, and the PIN (CTAP 2.3 6.5.5).

use assay_protocol::ctap2::client_pin::{Request, Response, SubCommand};
use assay_protocol::ctap2::{Status, get_info};
use assay_protocol::pin_uv::{self, KeyAgreement, Protocol, PublicKey, SharedSecret, Token, pad_pin, pin_hash};

use crate::authenticator::Authenticator;
use crate::error::{ClientError, PinFailure, Unfit};
use crate::user::{PinReason, PinRequest};

/// More prompts than a person would bear.
const MAX_PROMPTS: usize = 16;

/// The shortest PIN where getInfo names none.
const DEFAULT_MIN_LENGTH: u64 = 4;

/// Both public keys have met.
struct Agreed {
    public_key: PublicKey,
    secret: SharedSecret,
}

/// The protocol to speak: two if the authenticator knows it, else one.
pub fn protocol(info: &get_info::Response) -> Option<Protocol> {
    let known = |protocol: &Protocol| info.has_pin_uv_auth_protocol(protocol.number());
    // CTAP 2.0 had but one, and needed no list.
    let unlisted = info.pin_uv_auth_protocols.is_none().then_some(Protocol::One);
    [Protocol::Two, Protocol::One].into_iter().find(known).or(unlisted)
}

/// What is left before an authenticator blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// Wrong PINs.
    pub pin: Option<u64>,
    /// Has it to be plugged in again before the next PIN?
    pub power_cycle: bool,
    /// Failures of its own verification, where it has one.
    pub uv: Option<u64>,
}

/// A token with these permissions for no RP in particular: by the PIN where one is set, else by the
/// authenticator's own verification.
pub fn management_token(
    authenticator: &mut Authenticator<'_>,
    info: &get_info::Response,
    permissions: u64,
) -> Result<Token, ClientError> {
    let is = |id| info.option(id) == Some(true);
    match is("clientPin") {
        true => token(authenticator, info, permissions, None),
        false if is("uv") && is("pinUvAuthToken") => token_by_uv(authenticator, info, permissions),
        false => Err(Unfit::UserVerification.into()),
    }
}

/// Asks for the PIN, again while it is wrong, and gets a token with these permissions, for `rp_id` where one is named.
pub fn token(
    authenticator: &mut Authenticator<'_>,
    info: &get_info::Response,
    permissions: u64,
    rp_id: Option<&str>,
) -> Result<Token, ClientError> {
    let protocol = protocol(info).ok_or(PinFailure::NoProtocol)?;
    if info.force_pin_change == Some(true) {
        return Err(PinFailure::ChangeRequired.into());
    }
    let mut sub_command = match info.option("pinUvAuthToken") {
        Some(true) => SubCommand::GetPinUvAuthTokenUsingPinWithPermissions,
        _ => SubCommand::GetPinToken,
    };
    let mut reason = PinReason::First;
    for _ in 0..MAX_PROMPTS {
        let retries = tries(authenticator)?;
        let min_length = info.min_pin_length.unwrap_or(DEFAULT_MIN_LENGTH);
        let prompt = PinRequest { reason, retries, min_length };
        let pin = authenticator.user.pin(&prompt).ok_or(PinFailure::Declined)?;
        if let Err(refused) = pad_pin(&pin) {
            reason = PinReason::Refused(refused);
            continue;
        }
        let mut outcome = token_for(authenticator, protocol, sub_command, &pin, permissions, rp_id);
        let new_is_unknown = matches!(&outcome, Err(error) if error.status() == Some(Status::INVALID_SUBCOMMAND));
        if new_is_unknown && sub_command != SubCommand::GetPinToken {
            sub_command = SubCommand::GetPinToken;
            outcome = token_for(authenticator, protocol, sub_command, &pin, permissions, rp_id);
        }
        match outcome {
            Err(error) if error.status() == Some(Status::PIN_INVALID) => reason = PinReason::Wrong,
            Err(error) if error.status() == Some(Status::PIN_POLICY_VIOLATION) => {
                return Err(PinFailure::ChangeRequired.into());
            }
            other => return other.map_err(blocked),
        }
    }
    Err(PinFailure::TooManyTries.into())
}

/// Sets the first PIN.
pub fn set_pin(authenticator: &mut Authenticator<'_>, info: &get_info::Response, pin: &str) -> Result<(), ClientError> {
    let protocol = protocol(info).ok_or(PinFailure::NoProtocol)?;
    let agreed = agree(authenticator, protocol)?;
    let new_pin_enc = seal_new_pin(authenticator, &agreed.secret, pin)?;
    authenticator
        .client_pin(Request {
            pin_uv_auth_protocol: Some(protocol.number()),
            key_agreement: Some(agreed.public_key),
            pin_uv_auth_param: Some(agreed.secret.authenticate(&new_pin_enc)),
            new_pin_enc: Some(new_pin_enc),
            ..Request::new(SubCommand::SetPin)
        })
        .map(drop)
}

/// Replaces the PIN.
pub fn change_pin(
    authenticator: &mut Authenticator<'_>,
    info: &get_info::Response,
    old: &str,
    new: &str,
) -> Result<(), ClientError> {
    let protocol = protocol(info).ok_or(PinFailure::NoProtocol)?;
    let agreed = agree(authenticator, protocol)?;
    let new_pin_enc = seal_new_pin(authenticator, &agreed.secret, new)?;
    let pin_hash_enc = seal(authenticator, &agreed.secret, &pin_hash(old))?;
    let message = [new_pin_enc.as_slice(), &pin_hash_enc].concat();
    authenticator
        .client_pin(Request {
            pin_uv_auth_protocol: Some(protocol.number()),
            key_agreement: Some(agreed.public_key),
            pin_uv_auth_param: Some(agreed.secret.authenticate(&message)),
            new_pin_enc: Some(new_pin_enc),
            pin_hash_enc: Some(pin_hash_enc),
            ..Request::new(SubCommand::ChangePin)
        })
        .map(drop)
        .map_err(blocked)
}

/// How many failures are left.
pub fn retries(authenticator: &mut Authenticator<'_>, info: &get_info::Response) -> Result<Retries, ClientError> {
    let mut retries = Retries { pin: None, power_cycle: false, uv: None };
    if info.option("clientPin").is_some() {
        let response = authenticator.client_pin(Request::new(SubCommand::GetPinRetries))?;
        retries.pin = response.pin_retries;
        retries.power_cycle = response.power_cycle_state == Some(true);
    }
    // CTAP 2.0 had no such subcommand, and no tokens either.
    if info.option("uv").is_some() && info.option("pinUvAuthToken") == Some(true) {
        retries.uv = authenticator.client_pin(Request::new(SubCommand::GetUvRetries))?.uv_retries;
    }
    Ok(retries)
}

/// Retries left, or why there is no use in asking.
fn tries(authenticator: &mut Authenticator<'_>) -> Result<Option<u64>, ClientError> {
    let response = authenticator.client_pin(Request::new(SubCommand::GetPinRetries))?;
    match (response.pin_retries, response.power_cycle_state) {
        (Some(0), _) => Err(PinFailure::Blocked.into()),
        (_, Some(true)) => Err(PinFailure::BlockedUntilPowerCycle.into()),
        (retries, _) => Ok(retries),
    }
}

fn token_for(
    authenticator: &mut Authenticator<'_>,
    protocol: Protocol,
    sub_command: SubCommand,
    pin: &str,
    permissions: u64,
    rp_id: Option<&str>,
) -> Result<Token, ClientError> {
    let agreed = agree(authenticator, protocol)?;
    let pin_hash_enc = seal(authenticator, &agreed.secret, &pin_hash(pin))?;
    let with_permissions = sub_command != SubCommand::GetPinToken;
    let response = authenticator.client_pin(Request {
        pin_uv_auth_protocol: Some(protocol.number()),
        key_agreement: Some(agreed.public_key.clone()),
        pin_hash_enc: Some(pin_hash_enc),
        permissions: with_permissions.then_some(permissions),
        rp_id: rp_id.filter(|_| with_permissions).map(str::to_owned),
        ..Request::new(sub_command)
    })?;
    opened(&agreed, response)
}

/// §6.5.5.7.3: the authenticator verifies its user itself.
fn token_by_uv(
    authenticator: &mut Authenticator<'_>,
    info: &get_info::Response,
    permissions: u64,
) -> Result<Token, ClientError> {
    let protocol = protocol(info).ok_or(PinFailure::NoProtocol)?;
    let agreed = agree(authenticator, protocol)?;
    let response = authenticator.client_pin(Request {
        pin_uv_auth_protocol: Some(protocol.number()),
        key_agreement: Some(agreed.public_key.clone()),
        permissions: Some(permissions),
        ..Request::new(SubCommand::GetPinUvAuthTokenUsingUvWithPermissions)
    })?;
    opened(&agreed, response)
}

fn opened(agreed: &Agreed, response: Response) -> Result<Token, ClientError> {
    let sealed = response.pin_uv_auth_token.ok_or_else(|| missing("pinUvAuthToken"))?;
    let token = agreed.secret.decrypt(&sealed).map_err(unusable)?;
    Token::new(agreed.secret.protocol(), token).map_err(unusable)
}

/// Key agreement with a fresh key.
fn agree(authenticator: &mut Authenticator<'_>, protocol: Protocol) -> Result<Agreed, ClientError> {
    let response = authenticator.client_pin(Request {
        pin_uv_auth_protocol: Some(protocol.number()),
        ..Request::new(SubCommand::GetKeyAgreement)
    })?;
    let peer = response.key_agreement.ok_or_else(|| missing("keyAgreement"))?;
    let own = KeyAgreement::from_secret(&authenticator.random()?).map_err(unusable)?;
    let secret = own.agree(protocol, &peer).map_err(unusable)?;
    Ok(Agreed { public_key: own.public_key(), secret })
}

fn seal_new_pin(
    authenticator: &mut Authenticator<'_>,
    secret: &SharedSecret,
    pin: &str,
) -> Result<Vec<u8>, ClientError> {
    let padded = pad_pin(pin).map_err(PinFailure::NewPinRefused)?;
    seal(authenticator, secret, &padded)
}

fn seal(authenticator: &mut Authenticator<'_>, secret: &SharedSecret, plain: &[u8]) -> Result<Vec<u8>, ClientError> {
    secret.encrypt(authenticator.random()?, plain).map_err(unusable)
}

/// Statuses that no other PIN helps against.
fn blocked(error: ClientError) -> ClientError {
    match error.status() {
        Some(Status::PIN_BLOCKED) => PinFailure::Blocked.into(),
        Some(Status::PIN_AUTH_BLOCKED) => PinFailure::BlockedUntilPowerCycle.into(),
        _ => error,
    }
}

fn missing(member: &str) -> ClientError {
    ClientError::Response(format!("authenticatorClientPIN gave no {member}"))
}

fn unusable(error: pin_uv::Error) -> ClientError {
    ClientError::Response(format!("PIN/UV auth protocol: {error}"))
}
