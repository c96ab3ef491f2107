//! The subcommands of authenticatorClientPIN that give out tokens (CTAP 2.3 6.5.5.7).

#[cfg(test)]
mod tests;

use assay_protocol::ctap2::client_pin::{Request, Response, permission};
use assay_protocol::ctap2::{CommandError, Status};
use assay_protocol::pin_uv::{Protocol, SharedSecret};

use super::need;
use crate::authenticator::{Authenticator, refuse};
use crate::built_in_uv::{Retry, UvFailure};
use crate::credential::random;
use crate::defect::Defect;
use crate::operation::Operation;
use crate::token::Grant;
use crate::user_verification::CLIENT_PIN;

/// Permissions that are for one RP.
const FOR_RP: u64 = permission::MC | permission::GA;

/// Every permission that has a meaning; other bits are ignored.
const KNOWN: u64 = FOR_RP | permission::CM | permission::BE | permission::LBW | permission::ACFG | permission::PCMR;

/// How the user was verified who gets a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Pin,
    BuiltIn,
}

impl Authenticator {
    /// §6.5.5.7.1
    pub(super) fn get_pin_token(&mut self, request: &Request) -> Result<Response, CommandError> {
        need(request.pin_uv_auth_protocol.as_ref(), "pinUvAuthProtocol")?;
        need(request.key_agreement.as_ref(), "keyAgreement")?;
        let pin_hash_enc = need(request.pin_hash_enc.as_deref(), "pinHashEnc")?;
        let protocol = self.protocol_of(request)?;
        let extended = request.permissions.is_some() || request.rp_id.is_some();
        if extended && !self.has(Defect::LegacyPermissions) {
            return refuse(Status::INVALID_PARAMETER, "permissions or rpId");
        }
        self.check_not_blocked()?;
        let shared = self.shared(protocol, request)?;
        self.check_pin(&shared, pin_hash_enc)?;
        if self.state.device.policy.force_pin_change && !self.has(Defect::ForceLegacyToken) {
            return refuse(Status::PIN_INVALID, "the PIN has to be changed");
        }
        let permissions = if self.config.pin.no_mc_ga_permissions { 0 } else { FOR_RP };
        self.give(&shared, Grant { permissions, rp_id: None }, false)
    }

    /// §6.5.5.7.2
    pub(super) fn get_token_using_pin(&mut self, request: &Request) -> Result<Response, CommandError> {
        need(request.pin_uv_auth_protocol.as_ref(), "pinUvAuthProtocol")?;
        need(request.key_agreement.as_ref(), "keyAgreement")?;
        let pin_hash_enc = need(request.pin_hash_enc.as_deref(), "pinHashEnc")?;
        let (protocol, grant) = self.wanted(request, By::Pin)?;
        self.check_not_blocked()?;
        let shared = self.shared(protocol, request)?;
        self.check_pin(&shared, pin_hash_enc)?;
        if self.state.device.policy.force_pin_change && !self.has(Defect::ForceToken) {
            return refuse(Status::PIN_POLICY_VIOLATION, "the PIN has to be changed");
        }
        if grant.permissions == permission::PCMR {
            return self.give_persistent(&shared);
        }
        self.give(&shared, grant, false)
    }

    /// §6.5.5.7.3
    pub(super) fn get_token_using_uv(
        &mut self,
        request: &Request,
        operation: &Operation,
    ) -> Result<Response, CommandError> {
        need(request.pin_uv_auth_protocol.as_ref(), "pinUvAuthProtocol")?;
        need(request.key_agreement.as_ref(), "keyAgreement")?;
        let (protocol, grant) = self.wanted(request, By::BuiltIn)?;
        if !self.has_uv() && !self.has(Defect::UvNotSetUp) {
            return refuse(Status::NOT_ALLOWED, "built-in user verification is not set up");
        }
        let preferred = self.config.uv.as_ref().and_then(|uv| uv.preferred_platform_attempts);
        let retry = if preferred.is_some_and(|attempts| attempts > 1) { Retry::ByPlatform } else { Retry::Internal };
        let blocked = if self.has(Defect::UvBlocked) { Status::UV_INVALID } else { Status::UV_BLOCKED };
        if self.state.device.uv_retries == 0 {
            return refuse(blocked, "built-in user verification is blocked");
        }
        // Its place is not told; a key that is none shall cost no try.
        let shared = self.shared(protocol, request)?;
        match self.perform_built_in_uv(retry, grant.rp_id.as_deref(), operation) {
            Ok(()) => {}
            Err(UvFailure::Store(error)) => return Err(error),
            Err(UvFailure::TimedOut) => return refuse(Status::USER_ACTION_TIMEOUT, "nobody was verified"),
            Err(UvFailure::Cancelled) => return refuse(Status::KEEPALIVE_CANCEL, "cancelled"),
            Err(UvFailure::Failed) if self.state.device.uv_retries == 0 => {
                return refuse(blocked, "the last try has failed");
            }
            Err(UvFailure::Failed) => return refuse(Status::UV_INVALID, "the user was not verified"),
        }
        if grant.permissions == permission::PCMR {
            return self.give_persistent(&shared);
        }
        let present = self.uv_is_interaction();
        let given = self.give(&shared, grant, present)?;
        self.session.token_method = self.method(false, true);
        Ok(given)
    }

    /// The protocol and the permissions of a request, judged.
    fn wanted(&self, request: &Request, by: By) -> Result<(Protocol, Grant), CommandError> {
        let permissions = *need(request.permissions.as_ref(), "permissions")?;
        if permissions & FOR_RP != 0 && !self.has(Defect::TokenNeedsRpId) {
            need(request.rp_id.as_ref(), "rpId")?;
        }
        let protocol = self.protocol_of(request)?;
        if permissions == 0 && !self.has(Defect::PermissionsZero) {
            return refuse(Status::INVALID_PARAMETER, "no permissions");
        }
        let granted = self.granted(by);
        let alone = permissions & permission::PCMR == 0
            || permissions & KNOWN == permission::PCMR
            || self.has(Defect::PcmrAlone);
        if (permissions & KNOWN & !granted != 0 || !alone) && !self.has(Defect::PermissionsUnknown) {
            return refuse(Status::UNAUTHORIZED_PERMISSION, "a permission that is never given");
        }
        let permissions = permissions & granted;
        let for_rp = permissions & (FOR_RP | permission::CM) != 0;
        Ok((protocol, Grant { permissions, rp_id: request.rp_id.clone().filter(|_| for_rp) }))
    }

    /// What a token can be given for.
    fn granted(&self, by: By) -> u64 {
        let management = &self.config.management;
        let uv = self.config.uv.as_ref();
        let enrols = !self.has(Defect::UvEnrollmentToken);
        let built_in = |allowed: Option<bool>| by == By::Pin || allowed.unwrap_or(false);
        [
            (FOR_RP, by == By::BuiltIn || !self.config.pin.no_mc_ga_permissions),
            (permission::CM, management.credentials || management.credentials_preview),
            (permission::BE, self.config.bio().is_some() && built_in(uv.map(|uv| enrols && uv.enrollment_tokens))),
            (permission::LBW, management.large_blobs.is_some()),
            (permission::ACFG, management.config.is_some() && built_in(uv.map(|uv| uv.config_tokens))),
            (permission::PCMR, management.read_only_tokens),
        ]
        .into_iter()
        .filter(|(_, given)| *given)
        .fold(0, |all, (permission, _)| all | permission)
    }

    /// Gives a new token; all others are void.
    fn give(&mut self, shared: &SharedSecret, grant: Grant, user_present: bool) -> Result<Response, CommandError> {
        if !self.has(Defect::TokenReset) {
            self.reset_tokens();
        }
        if self.has(Defect::PcmrLost) {
            self.reset_persistent_token();
        }
        let now = self.env.clock.now();
        let Some(token) = self.session.token(shared.protocol()) else {
            return refuse(Status::INVALID_PARAMETER, "pinUvAuthProtocol");
        };
        let token = token.begin(now, grant, user_present).to_vec();
        self.session.token_method = CLIENT_PIN;
        self.seal_token(shared, &token)
    }

    /// Gives the persistent token, with the one permission that it can have.
    fn give_persistent(&mut self, shared: &SharedSecret) -> Result<Response, CommandError> {
        if self.has(Defect::PcmrAnew) {
            self.reset_persistent_token();
        }
        self.state.device.persistent_token.permitted = true;
        self.save()?;
        let token = self.state.device.persistent_token.bytes.0.clone();
        self.seal_token(shared, &token)
    }

    fn seal_token(&mut self, shared: &SharedSecret, token: &[u8]) -> Result<Response, CommandError> {
        let mut iv = [0; 16];
        self.env.rng.fill(&mut iv);
        match shared.encrypt(iv, token) {
            Ok(mut sealed) => {
                if shared.protocol() == Protocol::One && self.config.has(Defect::PinProtocolOne) {
                    sealed.reverse();
                }
                Ok(Response { pin_uv_auth_token: Some(sealed), ..Response::default() })
            }
            Err(_whole_blocks) => refuse(Status::OTHER, "encryption of the token"),
        }
    }

    /// resetPinUvAuthToken, for all protocols.
    pub(crate) fn reset_tokens(&mut self) {
        for token in &mut self.session.tokens {
            token.reset(self.env.rng.as_mut());
        }
    }

    /// resetPersistentPinUvAuthToken; saving it is the caller's.
    pub(crate) fn reset_persistent_token(&mut self) {
        let persistent = &mut self.state.device.persistent_token;
        persistent.bytes = random(32, self.env.rng.as_mut());
        persistent.permitted = false;
    }
}
