//! What a store is told: a change, small enough to be written each time.

use serde::{Deserialize, Serialize};

use super::{DeviceState, Secret, StoredCredential};

/// One change of a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The device is now like this.
    Device(Box<DeviceState>),
    /// The global signature counter is now this.
    SignCount(u32),
    /// The credential store state is now this.
    CredStoreState(Secret),
    /// The serialized large-blob array is now this.
    LargeBlobs(Secret),
    /// This credential is kept; it takes the place of one with the same id.
    Put(Box<StoredCredential>),
    /// The signature counter of the credential with this id is now this.
    Count(Secret, u32),
    /// The credential with this id is kept no longer.
    Remove(Secret),
    /// No credential is kept any longer.
    Clear,
}
