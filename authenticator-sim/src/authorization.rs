//! What the commands that manage an authenticator ask of a pinUvAuthParam.

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::{CommandError, Status};
use assay_protocol::pin_uv::{Protocol, Token};

use crate::authenticator::{Authenticator, refuse};
use crate::defect::Defect;
use crate::token::Ticket;

/// The defects of who takes a parameter that does not verify, by the permission that is needed.
const PARAM: &[(u64, Defect)] = &[
    (permission::CM, Defect::CmTokenParam),
    (permission::BE, Defect::BioTokenParam),
    (permission::LBW, Defect::LbTokenParam),
    (permission::ACFG, Defect::ConfigTokenParam),
];

/// The defects of who takes a token without the permission.
const PERMISSION: &[(u64, Defect)] = &[
    (permission::CM, Defect::CmTokenPermission),
    (permission::BE, Defect::BioTokenPermission),
    (permission::LBW, Defect::LbTokenPermission),
    (permission::ACFG, Defect::ConfigTokenPermission),
];

impl Authenticator {
    /// `pinUvAuthParam`, without which there is nothing to be done, and the protocol that it needs.
    pub(crate) fn need_param<'p>(
        &self,
        param: Option<&'p [u8]>,
        protocol: Option<u64>,
    ) -> Result<(&'p [u8], Protocol), CommandError> {
        let Some(param) = param else {
            return refuse(Status::PUAT_REQUIRED, "pinUvAuthParam");
        };
        match protocol.map(|protocol| self.protocol(protocol)) {
            Some(Err(_unsupported)) if self.has(Defect::ManageProtocolUnsupported) => Ok((param, Protocol::Two)),
            Some(protocol) => Ok((param, protocol?)),
            None if self.has(Defect::ManageProtocolMissing) => Ok((param, Protocol::Two)),
            None => refuse(Status::MISSING_PARAMETER, "pinUvAuthProtocol"),
        }
    }

    /// verify(pinUvAuthToken, message, param), and the permission.
    pub(crate) fn authorize(
        &mut self,
        protocol: Protocol,
        message: &[u8],
        param: &[u8],
        permission: u64,
    ) -> Result<Ticket, CommandError> {
        let config = &self.config;
        let passed_over = |defects: &[(u64, Defect)]| {
            defects.iter().any(|(concerned, defect)| *concerned == permission && config.has(*defect))
        };
        let Some(token) = self.session.token(protocol) else {
            return refuse(Status::PIN_AUTH_INVALID, "no token");
        };
        if !token.verify(message, param) && !passed_over(PARAM) {
            return refuse(Status::PIN_AUTH_INVALID, "pinUvAuthParam does not verify");
        }
        if !token.allows(permission) && !passed_over(PERMISSION) {
            return refuse(Status::PIN_AUTH_INVALID, "the token does not permit this");
        }
        Ok(token.ticket())
    }

    /// Does the persistent token verify this, and was it given to anybody?
    pub(crate) fn persistent_verifies(&self, protocol: Protocol, message: &[u8], param: &[u8]) -> bool {
        let persistent = &self.state.device.persistent_token;
        let token = Token::new(protocol, persistent.bytes.0.clone());
        persistent.permitted && token.is_ok_and(|token| token.verify(message, param).is_ok())
    }

    /// Is it a token that may still be used? None at all is as good.
    pub(crate) fn is_honoured(&mut self, ticket: Option<Ticket>) -> bool {
        ticket.is_none_or(|ticket| self.session.token(ticket.protocol).is_some_and(|token| token.honours(ticket)))
    }
}
