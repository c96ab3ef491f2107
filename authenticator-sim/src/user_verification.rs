//! The steps about user verification that makeCredential and getAssertion share.

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::{CommandError, Options, Status};
use assay_protocol::pin_uv::Protocol;

use crate::authenticator::{Authenticator, refuse};
use crate::built_in_uv::{Retry, UvFailure};
use crate::defect::Defect;
use crate::env::Prompt;
use crate::operation::Operation;

/// `USER_VERIFY_PRESENCE_INTERNAL` of the FIDO registry.
const PRESENCE: u64 = 0x01;

/// `USER_VERIFY_PASSCODE_EXTERNAL` of the FIDO registry: a PIN that comes from the platform.
pub(crate) const CLIENT_PIN: u64 = 0x0800;

/// `pinUvAuthParam` and the protocol that it is to be verified by.
pub(crate) struct Param<'p> {
    bytes: &'p [u8],
    protocol: Protocol,
}

/// One of the two ceremonies: the permission that it needs, and the defects that it can have.
pub(crate) struct Ceremony {
    permission: u64,
    uv: Defect,
    protocol_missing: Defect,
    protocol_unsupported: Defect,
    token_param: Defect,
    token_permission: Defect,
    token_rp: Defect,
}

pub(crate) const REGISTRATION: Ceremony = Ceremony {
    permission: permission::MC,
    uv: Defect::McUv,
    protocol_missing: Defect::McPinProtocolMissing,
    protocol_unsupported: Defect::McPinProtocolUnsupported,
    token_param: Defect::McTokenParam,
    token_permission: Defect::McTokenPermission,
    token_rp: Defect::McTokenRp,
};

pub(crate) const SIGN_IN: Ceremony = Ceremony {
    permission: permission::GA,
    uv: Defect::GaUv,
    protocol_missing: Defect::GaPinProtocolMissing,
    protocol_unsupported: Defect::GaPinProtocolUnsupported,
    token_param: Defect::GaTokenParam,
    token_permission: Defect::GaTokenPermission,
    token_rp: Defect::GaTokenRp,
};

impl Authenticator {
    /// §6.1.2 and §6.2.2 steps 1 and 2.
    pub(crate) fn param<'p>(
        &mut self,
        param: Option<&'p [u8]>,
        protocol: Option<u64>,
        ceremony: &Ceremony,
        prompt: &Prompt,
        operation: &Operation,
    ) -> Result<Option<Param<'p>>, CommandError> {
        let Some(bytes) = param else { return Ok(None) };
        if bytes.is_empty() && self.config.has_protocols() {
            self.require_touch(prompt, operation)?;
            return match self.state.device.pin {
                Some(_) if self.config.is_of_2_0() => refuse(Status::PIN_AUTH_INVALID, "pinAuth is empty"),
                Some(_) if self.has(Defect::EmptyParamPinSet) => refuse(Status::PIN_AUTH_INVALID, "as CTAP 2.0 has it"),
                Some(_) => refuse(Status::PIN_INVALID, "pinUvAuthParam is empty"),
                None if self.has(Defect::EmptyParamNoPin) => Ok(None),
                None => refuse(Status::PIN_NOT_SET, "pinUvAuthParam is empty"),
            };
        }
        let Some(number) = protocol.or(self.has(ceremony.protocol_missing).then_some(2)) else {
            return refuse(Status::MISSING_PARAMETER, "pinUvAuthProtocol");
        };
        match self.protocol(number) {
            Err(_unsupported) if self.has(ceremony.protocol_unsupported) => {
                Ok(Some(Param { bytes, protocol: Protocol::Two }))
            }
            protocol => Ok(Some(Param { bytes, protocol: protocol? })),
        }
    }

    /// A protocol that this authenticator has.
    pub(crate) fn protocol(&self, number: u64) -> Result<Protocol, CommandError> {
        match Protocol::from_number(number).filter(|known| self.config.pin.protocols.contains(known)) {
            Some(protocol) if self.config.has_protocols() => Ok(protocol),
            _ => refuse(Status::INVALID_PARAMETER, "pinUvAuthProtocol is not supported"),
        }
    }

    /// Is built-in user verification asked for? The parameter outdoes the option `uv`.
    pub(crate) fn wants_uv(
        &self,
        options: Options,
        param: Option<&Param<'_>>,
        ceremony: &Ceremony,
    ) -> Result<bool, CommandError> {
        match (options.uv, param) {
            (Some(true), None) if self.has_uv() => Ok(true),
            (Some(true), None) if !self.has(ceremony.uv) => {
                refuse(Status::INVALID_OPTION, "uv without built-in user verification that is set up")
            }
            _ => Ok(false),
        }
    }

    /// Is some form of user verification set up?
    pub(crate) fn is_protected(&self) -> bool {
        self.state.device.pin.is_some() || self.has_uv()
    }

    /// What a request is told that needs user verification and brings none.
    pub(crate) fn uv_wanted<T>(&self) -> Result<T, CommandError> {
        self.puat_or_denied(self.config.pin.supported)
    }

    /// The same where the PIN must be set for a token to be of use.
    pub(crate) fn puat_wanted<T>(&self) -> Result<T, CommandError> {
        self.puat_or_denied(self.state.device.pin.is_some())
    }

    fn puat_or_denied<T>(&self, by_pin: bool) -> Result<T, CommandError> {
        if by_pin && !self.config.pin.no_mc_ga_permissions {
            refuse(Status::PUAT_REQUIRED, "user verification is required")
        } else {
            refuse(Status::OPERATION_DENIED, "user verification is required")
        }
    }

    /// §6.1.2 step 11.2 and §6.2.2 step 6.2: built-in user verification, with its errors.
    pub(crate) fn verify_built_in(
        &mut self,
        ceremony: &Ceremony,
        rp_id: &str,
        operation: &Operation,
    ) -> Result<(), CommandError> {
        match self.perform_built_in_uv(Retry::Internal, Some(rp_id), operation) {
            Ok(()) => Ok(()),
            Err(UvFailure::Store(error)) => Err(error),
            Err(UvFailure::TimedOut) => refuse(Status::USER_ACTION_TIMEOUT, "nobody was verified"),
            Err(UvFailure::Cancelled) => refuse(Status::KEEPALIVE_CANCEL, "cancelled"),
            Err(UvFailure::Failed) if ceremony.permission == permission::GA && self.token_is_of_use() => {
                self.puat_wanted()
            }
            Err(UvFailure::Failed) if self.state.device.uv_retries == 0 => {
                refuse(Status::PIN_BLOCKED, "built-in user verification is blocked")
            }
            Err(UvFailure::Failed) => refuse(Status::OPERATION_DENIED, "the user was not verified"),
        }
    }

    /// How the user was verified, or that somebody was there, as a bit of the FIDO registry.
    pub(crate) fn method(&self, by_token: bool, by_built_in: bool) -> u64 {
        match (by_token, by_built_in) {
            (true, _) => self.session.token_method,
            (false, true) => self.config.uv.as_ref().map_or(PRESENCE, |uv| uv.modality),
            (false, false) => PRESENCE,
        }
    }

    fn token_is_of_use(&self) -> bool {
        self.state.device.pin.is_some() && !self.config.pin.no_mc_ga_permissions
    }

    /// Verifies the parameter over the client data's hash, and what its token may be used for.
    pub(crate) fn verify_param(
        &mut self,
        param: &Param<'_>,
        client_data_hash: &[u8; 32],
        ceremony: &Ceremony,
        rp_id: &str,
    ) -> Result<(), CommandError> {
        let config = &self.config;
        let Some(token) = self.session.token(param.protocol) else {
            return refuse(Status::PIN_AUTH_INVALID, "no token");
        };
        if !token.verify(client_data_hash, param.bytes) && !config.has(ceremony.token_param) {
            return refuse(Status::PIN_AUTH_INVALID, "pinUvAuthParam does not verify");
        }
        let needed = if config.has(ceremony.token_permission) { 0 } else { ceremony.permission };
        let bound = token.rp_id().map(str::to_owned);
        let own = bound.as_deref().filter(|_| config.has(ceremony.token_rp));
        if !token.permits(needed, own.unwrap_or(rp_id)) {
            return refuse(Status::PIN_AUTH_INVALID, "the token does not permit this");
        }
        if bound.is_none() && config.has(Defect::TokenBinding) {
            token.unbind();
        }
        Ok(())
    }

    /// Did the touch come with the token of the parameter?
    pub(crate) fn token_has_presence(&mut self, param: Option<&Param<'_>>) -> bool {
        let token = param.and_then(|param| self.session.token(param.protocol));
        token.is_some_and(|token| token.user_present())
    }

    /// A touch was tested: all protocols' tokens are spent.
    pub(crate) fn spend_tokens(&mut self) {
        for token in &mut self.session.tokens {
            token.spend();
            if self.config.has(Defect::LbwSpent) {
                token.disarm();
            }
        }
    }
}

impl Param<'_> {
    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }
}
