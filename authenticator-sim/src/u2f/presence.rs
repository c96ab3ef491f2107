//! The touch that CTAP1 wants: the platform asks again and again, and is told at once each time (CTAP 2.3 10).

#[cfg(test)]
mod tests;

use std::time::Duration;

use assay_protocol::u2f::StatusWord;

use crate::authenticator::Authenticator;
use crate::defect::Defect;
use crate::env::{Prompt, Purpose, Touch};

/// So long after it was asked for the last time, a touch still counts.
const WINDOW: Duration = Duration::from_secs(10);

/// What was asked and not answered by a touch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    purpose: Purpose,
    application: [u8; 32],
    /// When it was asked for the last time.
    at: Duration,
    /// Whoever has declined is not asked anew each time.
    declined: bool,
}

impl Authenticator {
    /// Has somebody touched the key since it asked for this? A touch is used up by one request of the same kind for the
    /// same application.
    pub(super) fn require_presence(&mut self, purpose: Purpose, application: &[u8; 32]) -> Result<(), StatusWord> {
        let at = self.env.clock.now();
        let same = |asked: &Asked| {
            asked.purpose == purpose && asked.application == *application && at.saturating_sub(asked.at) <= WINDOW
        };
        let before = self.session.asked.filter(same);
        if before.is_none() {
            self.dismiss();
        }
        let answer = if before.is_some_and(|asked| asked.declined) {
            Some(Touch::Denied)
        } else {
            self.env.person.glance(&Prompt { purpose, rp_id: None, account: None })
        };
        let asked = |declined| Some(Asked { purpose, application: *application, at, declined });
        let (asked, touched) = match answer {
            Some(Touch::Given | Touch::Held) => (None, true),
            Some(Touch::TimedOut) => (None, self.has(Defect::Untouched)),
            Some(Touch::Cancelled) => (None, false),
            Some(Touch::Denied) => (asked(true), false),
            None => (asked(false), false),
        };
        self.session.asked = asked;
        if touched { Ok(()) } else { Err(StatusWord::CONDITIONS_NOT_SATISFIED) }
    }

    /// What CTAP1 has asked is asked no longer.
    pub(crate) fn dismiss(&mut self) {
        if self.session.asked.take().is_some() {
            self.env.person.dismiss();
        }
    }
}
