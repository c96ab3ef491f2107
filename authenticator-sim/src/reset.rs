//! authenticatorReset and authenticatorSelection (CTAP 2.3 6.6 and 6.9).

#[cfg(test)]
mod tests;

use std::time::Duration;

use assay_protocol::ctap2::{CommandError, Status};

use crate::authenticator::{Authenticator, refuse};
use crate::credential::Vault;
use crate::defect::Defect;
use crate::env::{Prompt, Purpose};
use crate::operation::Operation;
use crate::state::State;

/// Without a display, a reset is taken so long after power-up.
const RESET_LIMIT: Duration = Duration::from_secs(10);

impl Authenticator {
    pub(crate) fn reset(&mut self, operation: &Operation) -> Result<Vec<u8>, CommandError> {
        // §6.6 step 2
        if self.env.clock.now().saturating_sub(self.session.powered_at) > RESET_LIMIT {
            return refuse(Status::NOT_ALLOWED, "more than ten seconds after power-up");
        }
        // step 3
        self.require_action(&prompt(Purpose::Reset), operation)?;
        // step 4; whoever interrupts it finds all or nothing erased.
        let fresh = State::fresh(self.env.rng.as_mut(), self.config.pin.max_retries);
        let old = std::mem::replace(&mut self.state, fresh);
        self.survive(old);
        self.save()?;
        self.vault = Vault::new(&self.state.secret);
        let powered_at = self.session.powered_at;
        self.power_cycle();
        self.session.powered_at = powered_at;
        Ok(Vec::new())
    }

    /// What the old state leaves to the new one: nothing, as long as the key has no defect.
    fn survive(&mut self, old: State) {
        for defect in &self.config.defects {
            match defect {
                Defect::ResetPlain => self.state.secret = old.secret.clone(),
                Defect::ResetDiscoverable => self.state.credentials.clone_from(&old.credentials),
                Defect::ResetPin => self.state.pin.clone_from(&old.pin),
                Defect::ResetRetries => self.state.pin_retries = old.pin_retries,
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
