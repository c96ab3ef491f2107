//! Asking for a touch.

use assay_protocol::ctap2::{CommandError, Status};

use crate::authenticator::{Authenticator, refuse};
use crate::defect::Defect;
use crate::env::{Prompt, Touch};
use crate::operation::Operation;

impl Authenticator {
    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, prompt: &Prompt, operation: &Operation) -> Touch {
        self.dismiss();
        let person = &mut self.env.person;
        match operation.wait(|| person.touch(prompt, operation)) {
            Touch::TimedOut if self.has(Defect::Untouched) => Touch::Given,
            Touch::Cancelled if self.has(Defect::CancelStatus) => Touch::Denied,
            touch => touch,
        }
    }

    /// The presence step of makeCredential and getAssertion: who does not touch has declined.
    pub(crate) fn require_touch(&mut self, prompt: &Prompt, operation: &Operation) -> Result<(), CommandError> {
        match self.ask(prompt, operation) {
            Touch::Given | Touch::Held => Ok(()),
            Touch::Denied => refuse(Status::OPERATION_DENIED, "declined"),
            Touch::TimedOut => refuse(Status::OPERATION_DENIED, "nobody touched"),
            Touch::Cancelled => refuse(Status::KEEPALIVE_CANCEL, "cancelled"),
        }
    }

    /// The presence step of reset and selection, where waiting in vain has its own status.
    pub(crate) fn require_action(&mut self, prompt: &Prompt, operation: &Operation) -> Result<(), CommandError> {
        match self.ask(prompt, operation) {
            Touch::Given | Touch::Held => Ok(()),
            Touch::Denied => refuse(Status::OPERATION_DENIED, "declined"),
            Touch::TimedOut if self.has(Defect::SelectionTimeout) => refuse(Status::OPERATION_DENIED, "declined"),
            Touch::TimedOut => refuse(Status::USER_ACTION_TIMEOUT, "nobody touched"),
            Touch::Cancelled => refuse(Status::KEEPALIVE_CANCEL, "cancelled"),
        }
    }
}
