//! Built-in user verification (CTAP 2.3 6.5.3).

#[cfg(test)]
mod tests;

use assay_protocol::ctap2::CommandError;

use crate::authenticator::Authenticator;
use crate::config::{Sensor, UvConfig};
use crate::defect::Defect;
use crate::env::{OWNER, Prompt, Purpose, Scan};
use crate::operation::Operation;

/// Why the user was not verified.
pub(crate) enum UvFailure {
    /// Nobody was there in time.
    TimedOut,
    /// The platform has given up.
    Cancelled,
    /// It was somebody else, or somebody who declined, or no try is left.
    Failed,
    /// Nothing could be saved.
    Store(CommandError),
}

/// May the authenticator try again by itself?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retry {
    Internal,
    ByPlatform,
}

impl Authenticator {
    /// Is there built-in user verification, and set up?
    pub(crate) fn has_uv(&self) -> bool {
        match self.config.uv.as_ref().map(|uv| &uv.sensor) {
            Some(Sensor::Owner) => true,
            Some(Sensor::Fingerprints(_)) => !self.state.device.templates.is_empty(),
            None => false,
        }
    }

    /// Is built-in user verification evidence of a person?
    pub(crate) fn uv_is_interaction(&self) -> bool {
        self.config.uv.as_ref().is_some_and(|uv| uv.interaction)
    }

    /// performBuiltInUv
    pub(crate) fn perform_built_in_uv(
        &mut self,
        retry: Retry,
        rp_id: Option<&str>,
        operation: &Operation,
    ) -> Result<(), UvFailure> {
        let Some(uv) = self.config.uv.clone() else { return Err(UvFailure::Failed) };
        let attempts = match retry {
            Retry::Internal => uv.internal_attempts.max(1),
            Retry::ByPlatform => 1,
        };
        // step 3: no way around a PIN that is blocked.
        if self.state.device.pin.is_some() && self.state.device.pin_retries == 0 {
            self.state.device.uv_retries = 0;
            self.save().map_err(UvFailure::Store)?;
            return Err(UvFailure::Failed);
        }
        let prompt = Prompt { purpose: Purpose::Verify, rp_id: rp_id.map(str::to_owned), account: None };
        for _ in 0..attempts {
            // steps 4 and 5; the try is spent before anything is compared.
            let Some(left) = self.state.device.uv_retries.checked_sub(1) else { break };
            self.state.device.uv_retries = if self.has(Defect::UvRetriesFree) { left + 1 } else { left };
            self.save().map_err(UvFailure::Store)?;
            match self.look(&prompt, operation) {
                Scan::Finger(finger) if self.knows(finger) => return self.verified(&uv),
                Scan::TimedOut => return Err(UvFailure::TimedOut),
                Scan::Cancelled => return Err(UvFailure::Cancelled),
                Scan::Denied => return Err(UvFailure::Failed),
                Scan::Finger(_) | Scan::Bad(_) => {}
            }
        }
        Err(UvFailure::Failed)
    }

    /// Waits for something on the sensor.
    pub(crate) fn look(&mut self, prompt: &Prompt, operation: &Operation) -> Scan {
        self.dismiss();
        let person = &mut self.env.person;
        operation.wait(|| person.scan(prompt, operation))
    }

    fn knows(&self, finger: u64) -> bool {
        if self.has(Defect::UvAnybody) {
            return true;
        }
        match self.config.bio() {
            Some(_) => self.state.device.templates.iter().any(|template| template.finger == finger),
            None => finger == OWNER,
        }
    }

    fn verified(&mut self, uv: &UvConfig) -> Result<(), UvFailure> {
        self.state.device.uv_retries = uv.max_retries;
        self.state.device.uv_count = self.state.device.uv_count.saturating_add(1);
        self.save().map_err(UvFailure::Store)
    }
}
