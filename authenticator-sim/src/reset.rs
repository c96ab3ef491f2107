//! authenticatorReset and authenticatorSelection (CTAP 2.3 6.6 and 6.9).

#[cfg(test)]
mod tests;

use std::time::Duration;

use assay_protocol::ctap2::{CommandError, Status};

use crate::authenticator::{Authenticator, refuse};
use crate::credential::{Prepared, Vault};
use crate::defect::Defect;
use crate::env::{Prompt, Purpose, Touch};
use crate::operation::Operation;
use crate::state::State;

/// Without a display, a reset is taken so long after power-up.
const RESET_LIMIT: Duration = Duration::from_secs(10);

impl Authenticator {
    pub(crate) fn reset(&mut self, operation: &Operation) -> Result<Vec<u8>, CommandError> {
        // §6.6 step 1
        let allowed = self.config.reset.transports.as_ref();
        if allowed.is_some_and(|allowed| !allowed.contains(&self.config.reached_by)) {
            return refuse(Status::OPERATION_DENIED, "not over this transport");
        }
        // step 2
        if self.env.clock.now().saturating_sub(self.session.powered_at) > RESET_LIMIT {
            return refuse(Status::NOT_ALLOWED, "more than ten seconds after power-up");
        }
        // step 3
        if self.long_touch_for_reset() == Some(true) {
            match self.ask(&prompt(Purpose::ResetByLongTouch), operation) {
                Touch::Held => {}
                Touch::Denied => return refuse(Status::OPERATION_DENIED, "declined"),
                Touch::Cancelled => return refuse(Status::KEEPALIVE_CANCEL, "cancelled"),
                Touch::Given => return refuse(Status::USER_ACTION_TIMEOUT, "a short touch, and no other"),
                Touch::TimedOut => return refuse(Status::USER_ACTION_TIMEOUT, "nobody touched"),
            }
        } else {
            self.require_action(&prompt(Purpose::Reset), operation)?;
        }
        // step 4; whoever interrupts it finds all or nothing erased.
        let uv_retries = self.config.uv.as_ref().map_or(0, |uv| uv.max_retries);
        let fresh = State::fresh(self.env.rng.as_mut(), self.config.pin.max_retries, uv_retries);
        let old = std::mem::replace(&mut self.state, fresh);
        self.survive(old);
        self.commit(self.state.changes())?;
        self.vault = Vault::new(&self.state.device.secret);
        self.prepared = Prepared::default();
        let powered_at = self.session.powered_at;
        let tokens = std::mem::take(&mut self.session.tokens);
        self.power_cycle();
        self.session.powered_at = powered_at;
        if self.has(Defect::ResetToken) {
            self.session.tokens = tokens;
        }
        Ok(Vec::new())
    }

    /// What the old state leaves to the new one: nothing, as long as the key has no defect.
    fn survive(&mut self, old: State) {
        let (was, policy) = (&old.device, &mut self.state.device.policy);
        for defect in &self.config.defects {
            match defect {
                Defect::ResetMinPin => policy.min_pin_length = was.policy.min_pin_length,
                Defect::ResetAlwaysUv => policy.always_uv = was.policy.always_uv,
                Defect::ResetEnterprise => policy.enterprise = was.policy.enterprise,
                Defect::ResetForce => policy.force_pin_change = was.policy.force_pin_change,
                Defect::ResetRpIds => policy.min_pin_length_rp_ids.clone_from(&was.policy.min_pin_length_rp_ids),
                Defect::ResetPinComplexity => policy.pin_complexity = was.policy.pin_complexity,
                Defect::ResetBlobs => self.state.large_blobs = old.large_blobs.clone(),
                Defect::ResetPersistent => self.state.device.persistent_token = was.persistent_token.clone(),
                Defect::ResetFingers => self.state.device.templates.clone_from(&was.templates),
                Defect::ResetIdentifier => self.state.device.identifier = was.identifier.clone(),
                Defect::ResetPlain => self.state.device.secret = old.device.secret.clone(),
                Defect::ResetDiscoverable => self.state.credentials.clone_from(&old.credentials),
                Defect::ResetPin => self.state.device.pin.clone_from(&old.device.pin),
                Defect::ResetRetries => self.state.device.pin_retries = old.device.pin_retries,
                _ => {}
            }
        }
    }

    pub(crate) fn selection(&mut self, operation: &Operation) -> Result<Vec<u8>, CommandError> {
        if self.has(Defect::Selection) {
            return refuse(Status::INVALID_COMMAND, "authenticatorSelection");
        }
        self.require_action(&prompt(Purpose::Select), operation)?;
        Ok(Vec::new())
    }
}

fn prompt(purpose: Purpose) -> Prompt {
    Prompt { purpose, rp_id: None, account: None }
}
