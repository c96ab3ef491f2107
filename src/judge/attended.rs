//! Who is in front of a virtual key while a case runs: somebody who touches it, unless the case wants nobody, or
//! somebody else.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use assay_authenticator_sim::env::{Always, OWNER, Person, Prompt, Purpose, Scan, Touch};
use assay_authenticator_sim::operation::Operation;
use assay_conformance::case::{Header, Need};
use assay_conformance::context::Cancel;
use assay_conformance::suites::authenticator::{Connect, HELD_TOUCH, OTHER_FINGER, UNTOUCHED};
use assay_transport::Reports;

use super::Named;
use crate::keys;

/// What a case can want of whoever is there.
pub const PERSONS: [Need; 3] = [HELD_TOUCH, UNTOUCHED, OTHER_FINGER];

/// A virtual key with whom the running case wants in front of it.
pub(super) struct Attended {
    named: Named,
    needs: Mutex<Vec<Need>>,
}

impl Attended {
    pub(super) fn new(named: Named) -> Self {
        Self { named, needs: Mutex::default() }
    }

    fn needs(&self) -> MutexGuard<'_, Vec<Need>> {
        self.needs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connect for Attended {
    fn prepare(&self, header: &Header, _cancel: &Cancel) -> Result<(), String> {
        self.needs().clone_from(&header.needs);
        Ok(())
    }

    fn connect(&self) -> Result<Box<dyn Reports>, String> {
        let person = person(&self.needs());
        let Named { target, lab, state } = &self.named;
        target.connect_with(lab, state, person).map_err(|error| format!("{error:#}"))
    }
}

/// Whom a case with these needs wants in front of the key.
pub fn person(needs: &[Need]) -> Box<dyn Person> {
    if needs.contains(&HELD_TOUCH) {
        Box::new(Nobody)
    } else if needs.contains(&UNTOUCHED) {
        Box::new(Always(Touch::TimedOut))
    } else if needs.contains(&OTHER_FINGER) {
        Box::new(Stranger)
    } else {
        keys::touched()
    }
}

/// How often somebody who does nothing looks whether the key has given up.
const GLANCE: Duration = Duration::from_millis(5);

/// Touches nothing for as long as the key waits.
struct Nobody;

impl Person for Nobody {
    fn touch(&mut self, _prompt: &Prompt, operation: &Operation) -> Touch {
        while !operation.is_cancelled() {
            thread::sleep(GLANCE);
        }
        Touch::Cancelled
    }

    fn glance(&mut self, _prompt: &Prompt) -> Option<Touch> {
        None
    }
}

/// Enrols one finger, and then comes with another.
struct Stranger;

impl Person for Stranger {
    fn touch(&mut self, _prompt: &Prompt, _operation: &Operation) -> Touch {
        Touch::Given
    }

    fn glance(&mut self, _prompt: &Prompt) -> Option<Touch> {
        Some(Touch::Given)
    }

    fn scan(&mut self, prompt: &Prompt, _operation: &Operation) -> Scan {
        Scan::Finger(if prompt.purpose == Purpose::Enroll { OWNER } else { OWNER + 1 })
    }
}
