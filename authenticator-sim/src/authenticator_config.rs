//! authenticatorConfig (CTAP 2.3 6.11).

#[cfg(test)]
mod tests;

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::ctap2::config::{Request, SetMinPinLength, SubCommand, SubCommandParams};
use assay_protocol::ctap2::{CommandError, Params, Status};

use crate::authenticator::{Authenticator, refuse};
use crate::defect::Defect;

impl Authenticator {
    pub(crate) fn authenticator_config(&mut self, request: &Request) -> Result<(), CommandError> {
        let sub_command = request.sub_command;
        // §6.11 step 2, by the status of §8.1
        if !self.config_commands().contains(&u64::from(sub_command.number())) {
            return refuse(Status::INVALID_SUBCOMMAND, "not a subcommand of this key");
        }
        // steps 3 and 4; without user verification, alwaysUv could otherwise never be turned off.
        let escape = sub_command == SubCommand::ToggleAlwaysUv && !self.is_protected() && self.always_uv();
        let escape = escape && !self.has(Defect::ConfigEscape);
        let strict = self.always_uv() && !self.has(Defect::ConfigAlwaysUv);
        let wanted = self.is_protected() || strict || self.has(Defect::ConfigNeedsToken);
        let unguarded = request.pin_uv_auth_param.is_none() && self.has(Defect::ConfigParamMissing);
        if !escape && wanted && !unguarded {
            self.authorize_config(request)?;
        }
        // step 5
        let params = request.params.as_ref().map(Params::value);
        let always_uv = self.always_uv();
        let config = &self.config;
        let policy = &mut self.state.device.policy;
        match (sub_command, params) {
            (SubCommand::EnableEnterpriseAttestation, _) if config.has(Defect::EpEnable) => {}
            (SubCommand::EnableEnterpriseAttestation, _) => {
                policy.enterprise = !(policy.enterprise && config.has(Defect::EpTwice));
            }
            (SubCommand::ToggleAlwaysUv, _) if config.has(Defect::ConfigToggle) => {}
            (SubCommand::ToggleAlwaysUv, _) => {
                policy.always_uv = Some(!always_uv || config.has(Defect::ConfigToggleOff));
            }
            (SubCommand::EnableLongTouchForReset, _) if config.has(Defect::ConfigLongTouch) => {}
            (SubCommand::EnableLongTouchForReset, _) => policy.long_touch = Some(true),
            (SubCommand::SetMinPinLength, Some(SubCommandParams::SetMinPinLength(params))) => {
                return self.set_min_pin_length(params);
            }
            (SubCommand::SetMinPinLength, _) => return self.set_min_pin_length(&SetMinPinLength::default()),
            (SubCommand::VendorPrototype, params) => return self.vendor_prototype(params),
        }
        self.save()
    }

    /// step 4
    fn authorize_config(&mut self, request: &Request) -> Result<(), CommandError> {
        let (param, protocol) = self.need_param(request.pin_uv_auth_param.as_deref(), request.pin_uv_auth_protocol)?;
        let mut authorized = self.authorize(protocol, &request.authenticated_message(), param, permission::ACFG);
        if authorized.is_err() && self.has(Defect::ConfigTokenParams) {
            let message = Request { params: None, ..request.clone() }.authenticated_message();
            authorized = self.authorize(protocol, &message, param, permission::ACFG);
        }
        let ticket = authorized?;
        let bound = self.session.token(ticket.protocol).is_some_and(|token| token.rp_id().is_some());
        if bound && self.has(Defect::ConfigTokenRp) {
            return refuse(Status::PIN_AUTH_INVALID, "the token is one RP's");
        }
        if self.has(Defect::ConfigTokenOnce) {
            self.reset_tokens();
        }
        Ok(())
    }

    /// The subcommands that there are, as getInfo lists them.
    pub(crate) fn config_commands(&self) -> Vec<u64> {
        let commands = self.config.management.config.as_ref();
        let has = |sub_command: &SubCommand| match sub_command {
            SubCommand::EnableEnterpriseAttestation => self.config.enterprise.is_some(),
            SubCommand::ToggleAlwaysUv => commands.is_some_and(|commands| commands.toggle_always_uv),
            SubCommand::SetMinPinLength => {
                self.config.pin.supported && commands.is_some_and(|commands| commands.set_min_pin_length)
            }
            SubCommand::EnableLongTouchForReset => {
                self.config.reset.long_touch.is_some() && commands.is_some_and(|commands| commands.enable_long_touch)
            }
            SubCommand::VendorPrototype => commands.is_some_and(|commands| commands.vendor_commands.is_some()),
        };
        SubCommand::ALL.iter().copied().filter(has).map(|sub_command| sub_command.number().into()).collect()
    }

    /// §6.11.4
    fn set_min_pin_length(&mut self, params: &SetMinPinLength) -> Result<(), CommandError> {
        let current = self.min_pin_length();
        // step 1
        let made = self.config.pin.min_length;
        let absent = if self.has(Defect::ConfigMinPinAbsent) { made } else { current };
        let new = params.new_min_pin_length.unwrap_or(absent.into());
        // step 2
        let tells = self.config.has_extension("minPinLength") || self.config.has_extension("pinComplexityPolicy");
        if params.min_pin_length_rp_ids.is_some() && !tells {
            return refuse(Status::INVALID_PARAMETER, "minPinLengthRPIDs without an extension that tells");
        }
        // step 3
        let most = self.config.pin.max_length.unwrap_or(LONGEST);
        let new = match u8::try_from(new) {
            Ok(new)
                if new < current && params.new_min_pin_length.is_some() && !self.has(Defect::ConfigMinPinLowered) =>
            {
                return refuse(Status::PIN_POLICY_VIOLATION, "less than it is");
            }
            Ok(new)
                if new == current
                    && params.new_min_pin_length.is_some()
                    && self.config.has(Defect::ConfigMinPinEqual) =>
            {
                return refuse(Status::PIN_POLICY_VIOLATION, "what it is");
            }
            Ok(new) if new <= most => new,
            _ => return refuse(Status::PIN_POLICY_VIOLATION, "more than a PIN can have"),
        };
        // step 8, before anything is changed: all of it or nothing.
        let mut rp_ids = params.min_pin_length_rp_ids.clone().unwrap_or_default();
        let room = self.config.management.config.as_ref().map_or(0, |commands| commands.min_pin_length_rp_ids);
        if self.has(Defect::MplTooMany) {
            rp_ids.truncate(room.into());
        }
        if rp_ids.len() > usize::from(room) {
            return refuse(Status::KEY_STORE_FULL, "more RP IDs than there is room for");
        }
        let pin = self.state.device.pin.as_ref().map(|pin| pin.code_points);
        let config = &self.config;
        let complex = config.pin.complexity.is_some() && params.pin_complexity_policy == Some(true);
        let complex = complex && !config.has(Defect::ConfigPinComplexity);
        let policy = &mut self.state.device.policy;
        // step 4
        if params.force_change_pin == Some(true) {
            if pin.is_none() && !config.has(Defect::ForceNoPin) {
                return refuse(Status::PIN_NOT_SET, "no PIN that could be changed");
            }
            policy.force_pin_change = pin.is_some() && !config.has(Defect::ConfigForce);
        }
        // step 5: nobody knows whether a PIN that is set keeps the rules, so it has to be changed.
        if complex && policy.pin_complexity != Some(true) {
            policy.pin_complexity = Some(true);
            policy.force_pin_change |= pin.is_some();
        }
        // step 6
        let short = pin.is_some_and(|code_points| code_points < usize::from(new));
        policy.force_pin_change |= short && !config.has(Defect::ConfigForceShort);
        policy.force_pin_change |= pin.is_some() && config.has(Defect::ConfigForceAlways);
        if !config.has(Defect::ConfigMinPin) {
            policy.min_pin_length = Some(new);
        }
        if config.has(Defect::MplMerged) {
            policy.min_pin_length_rp_ids.extend(rp_ids);
        } else if !rp_ids.is_empty() || config.has(Defect::MplForgotten) {
            policy.min_pin_length_rp_ids = rp_ids;
        }
        // step 7
        if policy.force_pin_change && !config.has(Defect::ForceTokens) {
            self.reset_tokens();
            self.reset_persistent_token();
        }
        self.save()
    }

    fn vendor_prototype(&self, params: Option<&SubCommandParams>) -> Result<(), CommandError> {
        let Some(SubCommandParams::VendorPrototype { vendor_command_id: Some(id) }) = params else {
            return refuse(Status::MISSING_PARAMETER, "vendorCommandId");
        };
        let commands = self.config.management.config.as_ref().and_then(|commands| commands.vendor_commands.as_ref());
        if commands.is_some_and(|commands| commands.contains(id)) {
            Ok(())
        } else {
            refuse(Status::INVALID_PARAMETER, "not a vendor command of this key")
        }
    }

    /// May this RP learn the rules of PINs (CTAP 2.3 12.5, 12.6)?
    pub(crate) fn tells_pin_rules(&self, rp_id: &str) -> bool {
        if self.has(Defect::MplAnybody) {
            return true;
        }
        let own = self.config.management.config.iter().flat_map(|commands| &commands.own_rp_ids);
        own.chain(&self.state.device.policy.min_pin_length_rp_ids).any(|listed| listed == rp_id)
    }
}

/// The most code points that 63 bytes can have.
const LONGEST: u8 = 63;
