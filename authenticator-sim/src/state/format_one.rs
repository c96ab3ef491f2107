//! The first form of a state, which is read and never written.

use serde::Deserialize;

use super::{Credentials, DeviceState, PersistentToken, Policy, Secret, State, StoredCredential, StoredPin, no_blobs};

/// The whole of it.
#[derive(Deserialize)]
pub(crate) struct FormatOne {
    pub(crate) format: u32,
    secret: Secret,
    credentials: Vec<StoredCredential>,
    sign_count: u32,
    pin: Option<StoredPin>,
    pin_retries: u8,
}

impl FormatOne {
    /// The version of this form.
    pub(crate) const FORMAT: u32 = 1;
}

impl From<FormatOne> for State {
    /// What that form did not know is empty, to be drawn when power comes.
    fn from(old: FormatOne) -> Self {
        Self {
            format: Self::FORMAT,
            device: DeviceState {
                secret: old.secret,
                pin: old.pin,
                pin_retries: old.pin_retries,
                uv_retries: 0,
                uv_count: 0,
                templates: Vec::new(),
                identifier: Secret::default(),
                persistent_token: PersistentToken::default(),
                policy: Policy::default(),
            },
            sign_count: old.sign_count,
            cred_store_state: Secret::default(),
            large_blobs: no_blobs(),
            credentials: Credentials::from_iter(old.credentials),
        }
    }
}
