//! authenticatorClientPIN (CTAP 2.3 6.5).

mod issue;
#[cfg(test)]
mod tests;

use assay_protocol::ctap2::client_pin::{Request, Response, SubCommand};
use assay_protocol::ctap2::{CommandError, Status};
use assay_protocol::digest::sha256;
use assay_protocol::pin_uv::{PIN_BLOCK, Protocol, SharedSecret};
use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::authenticator::{Authenticator, refuse};
use crate::defect::Defect;
use crate::operation::Operation;
use crate::state::{Secret, StoredPin};

/// Wrong PINs in a row before the authenticator wants its power taken.
const MISMATCHES: u8 = 3;

/// The longest PIN, in bytes of UTF-8.
const PIN_LENGTH: usize = PIN_BLOCK - 1;

impl Authenticator {
    pub(crate) fn client_pin(&mut self, request: &Request, operation: &Operation) -> Result<Response, CommandError> {
        let (pin, uv) = (self.config.pin.supported, self.config.uv.is_some());
        let permissions = self.config.pin.token_permissions;
        match request.sub_command {
            SubCommand::GetKeyAgreement if self.config.has_protocols() => self.get_key_agreement(request),
            SubCommand::GetPinRetries if pin => Ok(self.get_pin_retries()),
            SubCommand::SetPin if pin => self.set_pin(request),
            SubCommand::ChangePin if pin => self.change_pin(request),
            SubCommand::GetPinToken if self.has(Defect::LegacyToken) => refuse(Status::INVALID_SUBCOMMAND, "legacy"),
            SubCommand::GetPinToken if pin => self.get_pin_token(request),
            SubCommand::GetPinUvAuthTokenUsingPinWithPermissions if pin && permissions => {
                self.get_token_using_pin(request)
            }
            SubCommand::GetPinUvAuthTokenUsingUvWithPermissions if uv && permissions => {
                self.get_token_using_uv(request, operation)
            }
            SubCommand::GetUvRetries if uv => {
                let left = if self.has(Defect::UvRetriesMax) { 26 } else { self.state.device.uv_retries.into() };
                Ok(Response { uv_retries: Some(left), ..Response::default() })
            }
            _ => refuse(Status::INVALID_SUBCOMMAND, "not supported"),
        }
    }

    /// §6.5.5.2
    fn get_pin_retries(&self) -> Response {
        Response {
            pin_retries: Some(u64::from(self.state.device.pin_retries) + u64::from(self.has(Defect::PinRetriesMax))),
            power_cycle_state: self.is_paused().then_some(true),
            ..Response::default()
        }
    }

    /// §6.5.5.4
    fn get_key_agreement(&self, request: &Request) -> Result<Response, CommandError> {
        let protocol = self.protocol_of(request)?;
        let Some(agreement) = self.session.agreement(protocol) else {
            return refuse(Status::INVALID_PARAMETER, "pinUvAuthProtocol");
        };
        Ok(Response { key_agreement: Some(agreement.public_key()), ..Response::default() })
    }

    /// §6.5.5.5
    fn set_pin(&mut self, request: &Request) -> Result<Response, CommandError> {
        need(request.pin_uv_auth_protocol.as_ref(), "pinUvAuthProtocol")?;
        need(request.key_agreement.as_ref(), "keyAgreement")?;
        let param = need(request.pin_uv_auth_param.as_deref(), "pinUvAuthParam")?;
        let new_pin_enc = need(request.new_pin_enc.as_deref(), "newPinEnc")?;
        let protocol = self.protocol_of(request)?;
        if self.state.device.pin.is_some() && !self.has(Defect::SetPinTwice) {
            let first = self.config.is_of_2_0();
            return refuse(if first { Status::NOT_ALLOWED } else { Status::PIN_AUTH_INVALID }, "a PIN is set already");
        }
        let shared = self.shared(protocol, request)?;
        if shared.verify(new_pin_enc, param).is_err() && !self.has(Defect::SetPinParam) {
            return refuse(Status::PIN_AUTH_INVALID, "pinUvAuthParam does not verify");
        }
        self.state.device.pin = Some(self.new_pin(&shared, new_pin_enc)?);
        self.state.device.pin_retries = self.config.pin.max_retries;
        self.save()?;
        Ok(Response::default())
    }

    /// §6.5.5.6
    fn change_pin(&mut self, request: &Request) -> Result<Response, CommandError> {
        need(request.pin_uv_auth_protocol.as_ref(), "pinUvAuthProtocol")?;
        need(request.key_agreement.as_ref(), "keyAgreement")?;
        let param = need(request.pin_uv_auth_param.as_deref(), "pinUvAuthParam")?;
        let new_pin_enc = need(request.new_pin_enc.as_deref(), "newPinEnc")?;
        let pin_hash_enc = need(request.pin_hash_enc.as_deref(), "pinHashEnc")?;
        let protocol = self.protocol_of(request)?;
        self.check_not_blocked()?;
        let shared = self.shared(protocol, request)?;
        let verified = shared.verify(&[new_pin_enc, pin_hash_enc].concat(), param).is_ok();
        if !verified && !self.has(Defect::ChangePinParam) {
            if self.has(Defect::ChangePinParamCost) {
                self.state.device.pin_retries = self.state.device.pin_retries.saturating_sub(1);
            }
            return refuse(Status::PIN_AUTH_INVALID, "pinUvAuthParam does not verify");
        }
        let retries = self.state.device.pin_retries;
        let checked = self.check_pin(&shared, pin_hash_enc);
        if checked.is_err() && self.has(Defect::ChangePinRetries) {
            self.state.device.pin_retries = retries;
        }
        checked?;
        let new_pin = self.new_pin(&shared, new_pin_enc)?;
        let forced = self.state.device.policy.force_pin_change;
        let forced_away = forced && !self.has(Defect::ForceSamePin);
        if forced_away && self.state.device.pin.as_ref().is_some_and(|old| old.hash == new_pin.hash) {
            return refuse(Status::PIN_POLICY_VIOLATION, "the PIN is the one that has to be changed");
        }
        if !self.has(Defect::ChangePin) {
            self.state.device.pin = Some(new_pin);
        }
        self.state.device.policy.force_pin_change = forced && self.has(Defect::ForceCleared);
        if !self.has(Defect::PcmrPinChange) {
            self.reset_persistent_token();
        }
        self.save()?;
        if !self.has(Defect::ChangePinTokens) {
            self.reset_tokens();
        }
        Ok(Response::default())
    }

    pub(crate) fn protocol_of(&self, request: &Request) -> Result<Protocol, CommandError> {
        let number = *need(request.pin_uv_auth_protocol.as_ref(), "pinUvAuthProtocol")?;
        match self.protocol(number) {
            Err(_unsupported) if self.has(Defect::PinProtocol) => Ok(Protocol::Two),
            protocol => protocol,
        }
    }

    /// decapsulate
    pub(crate) fn shared(&self, protocol: Protocol, request: &Request) -> Result<SharedSecret, CommandError> {
        let peer = need(request.key_agreement.as_ref(), "keyAgreement")?;
        let agreement = self.session.agreement(protocol);
        match agreement.map(|agreement| (agreement, agreement.agree(protocol, peer))) {
            Some((_, Ok(shared))) => Ok(shared),
            Some((agreement, Err(_off_curve))) if self.has(Defect::PlatformKey) => agreement
                .agree(protocol, &agreement.public_key())
                .map_err(|error| CommandError::new(Status::OTHER, error.to_string())),
            _ => refuse(Status::INVALID_PARAMETER, "keyAgreement"),
        }
    }

    /// May a PIN be tried at all?
    pub(crate) fn check_not_blocked(&self) -> Result<(), CommandError> {
        if self.state.device.pin.is_none() {
            let wrong = self.has(Defect::PinNotSet);
            return refuse(if wrong { Status::PIN_INVALID } else { Status::PIN_NOT_SET }, "no PIN is set");
        }
        if self.state.device.pin_retries == 0 {
            return refuse(Status::PIN_BLOCKED, "no retries are left");
        }
        if self.is_paused() && !self.has(Defect::PinAuthBlockedRight) {
            return refuse(Status::PIN_AUTH_BLOCKED, "three wrong PINs since power-up");
        }
        Ok(())
    }

    /// Does it wait for its power to be taken?
    fn is_paused(&self) -> bool {
        self.session.mismatches >= MISMATCHES && !self.has(Defect::PinAuthBlocked)
    }

    /// Compares the PIN, which costs a retry first, whatever happens next.
    pub(crate) fn check_pin(&mut self, shared: &SharedSecret, pin_hash_enc: &[u8]) -> Result<(), CommandError> {
        if !self.has(Defect::PinRetries) {
            self.state.device.pin_retries = self.state.device.pin_retries.saturating_sub(1);
        }
        self.save()?;
        let hash = shared.decrypt(pin_hash_enc);
        let right = match (&hash, &self.state.device.pin) {
            (Ok(hash), Some(pin)) => verify_slices_are_equal(hash, &pin.hash.0).is_ok(),
            _ => false,
        };
        if right {
            self.session.mismatches = 0;
            if !self.has(Defect::PinRetriesRestored) {
                self.state.device.pin_retries = self.config.pin.max_retries;
            }
            if !self.has(Defect::UvRestored) {
                self.state.device.uv_retries = self.config.uv.as_ref().map_or(0, |uv| uv.max_retries);
            }
            self.state.device.uv_count = 0;
            return self.save();
        }
        if !self.has(Defect::KeyAgreementRenewed) {
            self.session.regenerate(shared.protocol(), self.env.rng.as_mut());
        }
        self.session.mismatches = self.session.mismatches.saturating_add(1);
        if self.state.device.pin_retries == 0 {
            return refuse(Status::PIN_BLOCKED, "wrong PIN, no retries are left");
        }
        if self.is_paused() {
            return refuse(Status::PIN_AUTH_BLOCKED, "wrong PIN, the third since power-up");
        }
        refuse(Status::PIN_INVALID, "wrong PIN")
    }

    /// Is a complexity policy enforced?
    pub(crate) fn wants_complex_pins(&self) -> bool {
        let rules = self.config.pin.complexity.as_ref();
        rules.is_some_and(|rules| self.state.device.policy.pin_complexity.unwrap_or(rules.enforced))
    }

    /// The new PIN, judged.
    fn new_pin(&self, shared: &SharedSecret, new_pin_enc: &[u8]) -> Result<StoredPin, CommandError> {
        let Ok(padded) = shared.decrypt(new_pin_enc) else {
            return refuse(Status::PIN_AUTH_INVALID, "newPinEnc");
        };
        if padded.len() != PIN_BLOCK && !self.has(Defect::PinBlock) {
            return refuse(Status::INVALID_PARAMETER, "newPinEnc is not 64 bytes");
        }
        let length = padded.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let pin = padded.get(..length).unwrap_or_default();
        let code_points = std::str::from_utf8(pin).map(|text| match self.has(Defect::PinCodePoints) {
            false => text.chars().count(),
            true => text.len(),
        });
        let least = match &self.config {
            config if config.has(Defect::PinLength) => 0,
            config if config.has(Defect::ConfigMinPinEnforced) => usize::from(config.pin.min_length),
            _ => usize::from(self.min_pin_length()),
        };
        let most = match &self.config {
            config if config.has(Defect::PinLongest) => PIN_LENGTH - 1,
            config if config.has(Defect::PinTooLong) => PIN_BLOCK,
            _ => PIN_LENGTH,
        };
        let longest = self.config.pin.max_length.map_or(most, usize::from);
        match code_points {
            Ok(code_points)
                if (least..=most.min(longest)).contains(&code_points)
                    && length <= most
                    && !(self.wants_complex_pins() && is_simple(pin)) =>
            {
                let hash = sha256(pin).get(..16).unwrap_or_default().to_vec();
                Ok(StoredPin { hash: Secret(hash), code_points })
            }
            _ => refuse(Status::PIN_POLICY_VIOLATION, "the PIN is too short, too long, too simple or not UTF-8"),
        }
    }
}

/// A member that a subcommand cannot do without.
pub(crate) fn need<'r, T: ?Sized>(member: Option<&'r T>, name: &str) -> Result<&'r T, CommandError> {
    member.ok_or_else(|| CommandError::new(Status::MISSING_PARAMETER, name))
}

/// One character over and over, or a row of neighbours up or down: what a complexity policy refuses.
fn is_simple(pin: &[u8]) -> bool {
    let steps = pin.iter().zip(pin.iter().skip(1)).map(|(one, next)| i16::from(*next) - i16::from(*one));
    let mut steps = steps.collect::<Vec<_>>();
    steps.dedup();
    matches!(steps.as_slice(), [] | [-1..=1])
}
