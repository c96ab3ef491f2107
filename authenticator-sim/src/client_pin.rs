//! authenticatorClientPIN (CTAP 2.3 6.5).

#[cfg(test)]
mod tests;

use assay_protocol::ctap2::client_pin::{Request, Response, SubCommand, permission};
use assay_protocol::ctap2::{CommandError, Status};
use assay_protocol::digest::sha256;
use assay_protocol::pin_uv::{PIN_BLOCK, Protocol, SharedSecret};
use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::authenticator::{Authenticator, refuse};
use crate::defect::Defect;
use crate::state::{Secret, StoredPin};
use crate::token::Grant;

/// Wrong PINs in a row before the authenticator wants its power taken.
const MISMATCHES: u8 = 3;

/// The longest PIN, in bytes of UTF-8.
const PIN_LENGTH: usize = PIN_BLOCK - 1;

impl Authenticator {
    pub(crate) fn client_pin(&mut self, request: &Request) -> Result<Response, CommandError> {
        if !self.config.pin.supported {
            return refuse(Status::INVALID_SUBCOMMAND, "no PIN here");
        }
        match request.sub_command {
            SubCommand::GetPinRetries => Ok(self.get_pin_retries()),
            SubCommand::GetKeyAgreement => self.get_key_agreement(request),
            SubCommand::SetPin => self.set_pin(request),
            SubCommand::ChangePin => self.change_pin(request),
            SubCommand::GetPinToken if self.has(Defect::LegacyToken) => refuse(Status::INVALID_SUBCOMMAND, "legacy"),
            SubCommand::GetPinToken => self.get_pin_token(request),
            SubCommand::GetPinUvAuthTokenUsingPinWithPermissions if self.config.pin.token_permissions => {
                self.get_token_with_permissions(request)
            }
            SubCommand::GetPinUvAuthTokenUsingPinWithPermissions
            | SubCommand::GetPinUvAuthTokenUsingUvWithPermissions
            | SubCommand::GetUvRetries => refuse(Status::INVALID_SUBCOMMAND, "not supported"),
        }
    }

    /// §6.5.5.2
    fn get_pin_retries(&self) -> Response {
        Response {
            pin_retries: Some(u64::from(self.state.pin_retries) + u64::from(self.has(Defect::PinRetriesMax))),
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
        if self.state.pin.is_some() && !self.has(Defect::SetPinTwice) {
            return refuse(Status::PIN_AUTH_INVALID, "a PIN is set already");
        }
        let shared = self.shared(protocol, request)?;
        if shared.verify(new_pin_enc, param).is_err() && !self.has(Defect::SetPinParam) {
            return refuse(Status::PIN_AUTH_INVALID, "pinUvAuthParam does not verify");
        }
        self.state.pin = Some(self.new_pin(&shared, new_pin_enc)?);
        self.state.pin_retries = self.config.pin.max_retries;
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
                self.state.pin_retries = self.state.pin_retries.saturating_sub(1);
            }
            return refuse(Status::PIN_AUTH_INVALID, "pinUvAuthParam does not verify");
        }
        let retries = self.state.pin_retries;
        let checked = self.check_pin(&shared, pin_hash_enc);
        if checked.is_err() && self.has(Defect::ChangePinRetries) {
            self.state.pin_retries = retries;
        }
        checked?;
        let new_pin = self.new_pin(&shared, new_pin_enc)?;
        if !self.has(Defect::ChangePin) {
            self.state.pin = Some(new_pin);
        }
        self.save()?;
        if !self.has(Defect::ChangePinTokens) {
            self.reset_tokens();
        }
        Ok(Response::default())
    }

    /// §6.5.5.7.1
    fn get_pin_token(&mut self, request: &Request) -> Result<Response, CommandError> {
        need(request.pin_uv_auth_protocol.as_ref(), "pinUvAuthProtocol")?;
        need(request.key_agreement.as_ref(), "keyAgreement")?;
        let pin_hash_enc = need(request.pin_hash_enc.as_deref(), "pinHashEnc")?;
        let protocol = self.protocol_of(request)?;
        let extended = request.permissions.is_some() || request.rp_id.is_some();
        if extended && !self.has(Defect::LegacyPermissions) {
            return refuse(Status::INVALID_PARAMETER, "permissions or rpId");
        }
        let permissions = match self.config.pin.no_mc_ga_permissions {
            true => 0,
            false => permission::MC | permission::GA,
        };
        self.issue_token(protocol, request, pin_hash_enc, Grant { permissions, rp_id: None })
    }

    /// §6.5.5.7.2
    fn get_token_with_permissions(&mut self, request: &Request) -> Result<Response, CommandError> {
        need(request.pin_uv_auth_protocol.as_ref(), "pinUvAuthProtocol")?;
        need(request.key_agreement.as_ref(), "keyAgreement")?;
        let pin_hash_enc = need(request.pin_hash_enc.as_deref(), "pinHashEnc")?;
        let permissions = *need(request.permissions.as_ref(), "permissions")?;
        let for_rp = permission::MC | permission::GA;
        if permissions & for_rp != 0 && !self.has(Defect::TokenNeedsRpId) {
            need(request.rp_id.as_ref(), "rpId")?;
        }
        let protocol = self.protocol_of(request)?;
        if permissions == 0 && !self.has(Defect::PermissionsZero) {
            return refuse(Status::INVALID_PARAMETER, "no permissions");
        }
        let known = for_rp | permission::CM | permission::BE | permission::LBW | permission::ACFG | permission::PCMR;
        let granted = if self.config.pin.no_mc_ga_permissions { 0 } else { for_rp };
        if permissions & known & !granted != 0 && !self.has(Defect::PermissionsUnknown) {
            return refuse(Status::UNAUTHORIZED_PERMISSION, "a permission that is never given");
        }
        let grant = Grant { permissions: permissions & granted, rp_id: request.rp_id.clone() };
        self.issue_token(protocol, request, pin_hash_enc, grant)
    }

    /// The steps that 0x05 and 0x09 share, from the retries on.
    fn issue_token(
        &mut self,
        protocol: Protocol,
        request: &Request,
        pin_hash_enc: &[u8],
        grant: Grant,
    ) -> Result<Response, CommandError> {
        self.check_not_blocked()?;
        let shared = self.shared(protocol, request)?;
        self.check_pin(&shared, pin_hash_enc)?;
        if !self.has(Defect::TokenReset) {
            self.reset_tokens();
        }
        let mut iv = [0; 16];
        self.env.rng.fill(&mut iv);
        let now = self.env.clock.now();
        let Some(token) = self.session.token(protocol) else {
            return refuse(Status::INVALID_PARAMETER, "pinUvAuthProtocol");
        };
        match shared.encrypt(iv, token.begin(now, grant)) {
            Ok(mut sealed) => {
                if protocol == Protocol::One && self.config.has(Defect::PinProtocolOne) {
                    sealed.reverse();
                }
                Ok(Response { pin_uv_auth_token: Some(sealed), ..Response::default() })
            }
            Err(_whole_blocks) => refuse(Status::OTHER, "encryption of the token"),
        }
    }

    fn protocol_of(&self, request: &Request) -> Result<Protocol, CommandError> {
        let number = *need(request.pin_uv_auth_protocol.as_ref(), "pinUvAuthProtocol")?;
        match self.protocol(number) {
            Err(_unsupported) if self.has(Defect::PinProtocol) => Ok(Protocol::Two),
            protocol => protocol,
        }
    }

    /// decapsulate
    fn shared(&self, protocol: Protocol, request: &Request) -> Result<SharedSecret, CommandError> {
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
    fn check_not_blocked(&self) -> Result<(), CommandError> {
        if self.state.pin.is_none() {
            let wrong = self.has(Defect::PinNotSet);
            return refuse(if wrong { Status::PIN_INVALID } else { Status::PIN_NOT_SET }, "no PIN is set");
        }
        if self.state.pin_retries == 0 {
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
    fn check_pin(&mut self, shared: &SharedSecret, pin_hash_enc: &[u8]) -> Result<(), CommandError> {
        if !self.has(Defect::PinRetries) {
            self.state.pin_retries = self.state.pin_retries.saturating_sub(1);
        }
        self.save()?;
        let hash = shared.decrypt(pin_hash_enc);
        let right = match (&hash, &self.state.pin) {
            (Ok(hash), Some(pin)) => verify_slices_are_equal(hash, &pin.hash.0).is_ok(),
            _ => false,
        };
        if right {
            self.session.mismatches = 0;
            if !self.has(Defect::PinRetriesRestored) {
                self.state.pin_retries = self.config.pin.max_retries;
            }
            return self.save();
        }
        if !self.has(Defect::KeyAgreementRenewed) {
            self.session.regenerate(shared.protocol(), self.env.rng.as_mut());
        }
        self.session.mismatches = self.session.mismatches.saturating_add(1);
        if self.state.pin_retries == 0 {
            return refuse(Status::PIN_BLOCKED, "wrong PIN, no retries are left");
        }
        if self.is_paused() {
            return refuse(Status::PIN_AUTH_BLOCKED, "wrong PIN, the third since power-up");
        }
        refuse(Status::PIN_INVALID, "wrong PIN")
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
        let least = if self.has(Defect::PinLength) { 0 } else { usize::from(self.config.pin.min_length) };
        let most = match &self.config {
            config if config.has(Defect::PinLongest) => PIN_LENGTH - 1,
            config if config.has(Defect::PinTooLong) => PIN_BLOCK,
            _ => PIN_LENGTH,
        };
        match code_points {
            Ok(code_points) if (least..=most).contains(&code_points) && length <= most => {
                let hash = sha256(pin).get(..16).unwrap_or_default().to_vec();
                Ok(StoredPin { hash: Secret(hash), code_points })
            }
            _ => refuse(Status::PIN_POLICY_VIOLATION, "the PIN is too short, too long or not UTF-8"),
        }
    }

    fn reset_tokens(&mut self) {
        for token in &mut self.session.tokens {
            token.reset(self.env.rng.as_mut());
        }
    }
}

fn need<'r, T: ?Sized>(member: Option<&'r T>, name: &str) -> Result<&'r T, CommandError> {
    member.ok_or_else(|| CommandError::new(Status::MISSING_PARAMETER, name))
}
