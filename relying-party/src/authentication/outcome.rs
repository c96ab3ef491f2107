//! What an authentication has shown, and what becomes of the record (WebAuthn L3 7.2 step 24).

use assay_protocol::authenticator_data::{AuthenticatorData, Flags};
use assay_protocol::webauthn::extensions::Outputs;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::extension_outputs;
use crate::record::CredentialRecord;
use crate::registration::flags;

/// An authentication that succeeded.
#[derive(Debug, Clone, PartialEq)]
pub struct Authentication {
    /// The handle of the user who has logged in.
    pub user_handle: Vec<u8>,
    /// The record as it is to be stored now.
    pub record: CredentialRecord,
    /// What there is to know besides.
    pub evidence: Evidence,
}

/// What an authentication has shown, for risk engines and the audit.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The flags.
    pub flags: Flags,
    /// The signature counter received.
    pub sign_count: u32,
    /// How it compares with the one stored.
    pub counter: Counter,
    /// May the verification of the user count as a factor? Not before it was initialized.
    pub user_verification_counts: bool,
    /// Could it count from now on, if a factor as good vouches for it?
    pub user_verification_may_begin: bool,
    /// Has the credential come to be backed up, or ceased to be?
    pub backup_state_changed: bool,
    /// Was the record from before backup eligibility was kept, or has the credential gained it?
    pub backup_eligibility_learnt: bool,
    /// The client's extension outputs that are known here.
    pub client_outputs: Outputs,
    /// The authenticator's extension outputs.
    pub extensions: Map<String, Value>,
}

/// How a signature counter compares with the one stored (WebAuthn L3 7.2 step 22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counter {
    /// Both are zero: the authenticator has none.
    Unsupported,
    /// It has increased.
    Increased,
    /// It has not: a clone, a fault, or a race.
    NotIncreased,
}

impl Counter {
    pub(super) fn compare(stored: u32, received: u32) -> Self {
        match (stored, received) {
            (0, 0) => Self::Unsupported,
            _ if received > stored => Self::Increased,
            _ => Self::NotIncreased,
        }
    }
}

/// The record after this authentication. A counter that did not increase is not taken over, lest
/// a clone reset the alarm; whether verification counts from now on is the caller's decision.
pub(super) fn update(record: &CredentialRecord, auth_data: &AuthenticatorData, counter: Counter) -> CredentialRecord {
    let mut record = record.clone();
    if counter == Counter::Increased {
        record.sign_count = auth_data.sign_count;
    }
    record.backup_state = auth_data.flags.bs();
    record.backup_eligible = Some(auth_data.flags.be());
    record
}

impl Evidence {
    pub(super) fn new(
        auth_data: &AuthenticatorData,
        before: &CredentialRecord,
        counter: Counter,
        client_outputs: Outputs,
    ) -> Self {
        let flags = auth_data.flags;
        Self {
            flags,
            sign_count: auth_data.sign_count,
            counter,
            user_verification_counts: flags.uv() && before.uv_initialized,
            user_verification_may_begin: flags.uv() && !before.uv_initialized,
            backup_state_changed: flags.bs() != before.backup_state,
            backup_eligibility_learnt: before.backup_eligible != Some(flags.be()),
            client_outputs,
            extensions: extension_outputs::to_json(auth_data.extensions.as_ref()),
        }
    }

    /// The JSON form for the audit.
    pub fn to_json(&self) -> Value {
        json!({
            "flags": flags(self.flags),
            "sign_count": self.sign_count,
            "counter": self.counter,
            "user_verification_counts": self.user_verification_counts,
            "user_verification_may_begin": self.user_verification_may_begin,
            "backup_state_changed": self.backup_state_changed,
            "backup_eligibility_learnt": self.backup_eligibility_learnt,
            "extensions": self.extensions,
        })
    }
}
