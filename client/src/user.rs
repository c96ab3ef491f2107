//! The person in front of the client.

use assay_protocol::ctap2::UserEntity;
use assay_protocol::pin_uv::PinRefused;

/// What the client asks of the person. Every answer has a default: decline, take the first, do nothing.
pub trait User: Send {
    /// The PIN, in Unicode Normalization Form C, or none to decline.
    fn pin(&mut self, _request: &PinRequest) -> Option<String> {
        None
    }

    /// Which of several accounts, by its place in the list, or none to decline.
    fn choose(&mut self, _accounts: &[Account]) -> Option<usize> {
        Some(0)
    }

    /// The authenticator waits for a touch; told again as long as it waits.
    fn presence_needed(&mut self) {}
}

/// Nobody: declines every PIN.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl User for Nobody {}

/// What a prompt for a PIN should say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinRequest {
    /// Why it is asked.
    pub reason: PinReason,
    /// Tries left before the authenticator blocks, where it tells.
    pub retries: Option<u64>,
    /// The shortest PIN that the authenticator takes, in code points.
    pub min_length: u64,
}

/// Why a PIN is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinReason {
    /// For the first time.
    First,
    /// The one before was wrong.
    Wrong,
    /// The one before can be nobody's PIN, and the authenticator was not bothered with it.
    Refused(PinRefused),
}

/// One of several accounts with a credential for this relying party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Credential id.
    pub credential_id: Vec<u8>,
    /// The account; names are there only if the user was verified.
    pub user: Option<UserEntity>,
}
