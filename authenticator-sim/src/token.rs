//! The state of a pinUvAuthToken (CTAP 2.3 6.5.2.1).

#[cfg(test)]
mod tests;

use std::time::Duration;

use assay_protocol::ctap2::client_pin::permission;
use assay_protocol::pin_uv::{Protocol, Token};

use crate::env::Rng;

/// A token that is not used by then is void.
const INITIAL_USAGE_LIMIT: Duration = Duration::from_secs(30);
/// For so long the touch that came with a token counts.
const USER_PRESENT_LIMIT: Duration = Duration::from_secs(30);
/// No token lives longer.
const MAX_USAGE_PERIOD: Duration = Duration::from_secs(600);

/// A protocol's token.
#[derive(Debug)]
pub(crate) struct PinUvAuthToken {
    protocol: Protocol,
    token: Option<Token>,
    in_use: Option<InUse>,
    /// How often it was renewed.
    generation: u64,
}

/// What a token may be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) permissions: u64,
    pub(crate) rp_id: Option<String>,
}

#[derive(Debug)]
struct InUse {
    since: Duration,
    used: bool,
    grant: Grant,
    user_verified: bool,
    user_present: bool,
}

/// A token as somebody remembers it; void when it was renewed or stopped since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) protocol: Protocol,
    generation: u64,
}

impl PinUvAuthToken {
    /// resetPinUvAuthToken on power-up.
    pub(crate) fn new(protocol: Protocol, rng: &mut dyn Rng) -> Self {
        let mut token = Self { protocol, token: None, in_use: None, generation: 0 };
        token.reset(rng);
        token
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// resetPinUvAuthToken
    pub(crate) fn reset(&mut self, rng: &mut dyn Rng) {
        let mut bytes = vec![0; 32];
        rng.fill(&mut bytes);
        self.token = Token::new(self.protocol, bytes).ok();
        self.in_use = None;
        self.generation += 1;
    }

    /// beginUsingPinUvAuthToken, permissions and RP ID; the bytes to hand out.
    pub(crate) fn begin(&mut self, now: Duration, grant: Grant, user_present: bool) -> &[u8] {
        self.in_use = Some(InUse { since: now, used: false, grant, user_verified: true, user_present });
        self.token.as_ref().map(Token::as_bytes).unwrap_or_default()
    }

    /// pinUvAuthTokenUsageTimerObserver
    pub(crate) fn observe(&mut self, now: Duration) {
        let Some(in_use) = &mut self.in_use else { return };
        let age = now.saturating_sub(in_use.since);
        if age > USER_PRESENT_LIMIT {
            in_use.user_present = false;
        }
        if age > MAX_USAGE_PERIOD || (!in_use.used && age > INITIAL_USAGE_LIMIT) {
            self.in_use = None;
        }
    }

    /// verify; a token that is not in use verifies nothing.
    pub(crate) fn verify(&mut self, message: &[u8], param: &[u8]) -> bool {
        let Some(in_use) = &mut self.in_use else { return false };
        let verified = self.token.as_ref().is_some_and(|token| token.verify(message, param).is_ok());
        in_use.used |= verified;
        verified
    }

    /// Does it have the permission for this RP ID, and is the user still verified? An unbound token
    /// is bound by this.
    pub(crate) fn permits(&mut self, needed: u64, rp_id: &str) -> bool {
        let Some(in_use) = &mut self.in_use else { return false };
        let bound = in_use.grant.rp_id.as_deref();
        let permitted = in_use.grant.permissions & needed == needed
            && bound.is_none_or(|bound| bound == rp_id)
            && in_use.user_verified;
        if permitted && bound.is_none() {
            in_use.grant.rp_id = Some(rp_id.to_owned());
        }
        permitted
    }

    /// Does it have the permission, whatever the RP?
    pub(crate) fn allows(&self, needed: u64) -> bool {
        self.in_use.as_ref().is_some_and(|in_use| in_use.grant.permissions & needed == needed)
    }

    /// The RP ID that it is bound to.
    pub(crate) fn rp_id(&self) -> Option<&str> {
        self.in_use.as_ref()?.grant.rp_id.as_deref()
    }

    /// Unbinds it, which only a key with a defect does.
    pub(crate) fn unbind(&mut self) {
        if let Some(in_use) = &mut self.in_use {
            in_use.grant.rp_id = None;
        }
    }

    /// getUserPresentFlagValue
    pub(crate) fn user_present(&self) -> bool {
        self.in_use.as_ref().is_some_and(|in_use| in_use.user_present)
    }

    /// clearUserPresentFlag, clearUserVerifiedFlag, clearPinUvAuthTokenPermissionsExceptLbw
    pub(crate) fn spend(&mut self) {
        if let Some(in_use) = &mut self.in_use {
            in_use.user_present = false;
            in_use.user_verified = false;
            in_use.grant.permissions &= permission::LBW;
        }
    }

    /// Takes all permissions from it, which only a key with a defect does.
    pub(crate) fn disarm(&mut self) {
        if let Some(in_use) = &mut self.in_use {
            in_use.grant.permissions = 0;
        }
    }

    /// What to remember it by.
    pub(crate) fn ticket(&self) -> Ticket {
        Ticket { protocol: self.protocol, generation: self.generation }
    }

    /// Is it still the token of the ticket, and in use?
    pub(crate) fn honours(&self, ticket: Ticket) -> bool {
        self.ticket() == ticket && self.in_use.is_some()
    }
}
