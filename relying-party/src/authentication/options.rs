//! The options of an authentication, and what must be remembered of them (WebAuthn L3 7.2 step 1).

use assay_protocol::webauthn::extensions::{id, inputs::During};
use assay_protocol::webauthn::{Descriptor, Hint, RequestOptions, UserVerification};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ceremony::BackupPolicy;
use crate::extensions::{Asked, ExtensionPolicy};
use crate::payment::Payment;
use crate::relying_party::{Misuse, RelyingParty, TIMEOUT, judge_challenge};
use crate::text;

/// What the relying party wants of an authentication.
#[derive(Debug, Clone, PartialEq)]
pub struct Wishes {
    /// The handle of the user, where it is known who is about to log in.
    pub user_handle: Option<Vec<u8>>,
    /// The credentials that will do; any discoverable one where empty.
    pub allow_credentials: Vec<Descriptor>,
    /// How long the client may take, in milliseconds.
    pub timeout: u64,
    /// Whether the user is to be verified.
    pub user_verification: UserVerification,
    /// What the user is expected to hold.
    pub hints: Vec<Hint>,
    /// The client extension inputs, in their JSON form.
    pub extensions: Map<String, Value>,
    /// What is wanted of the extensions' outputs.
    pub extension_policy: ExtensionPolicy,
    /// The payment to confirm with it.
    pub payment: Option<Payment>,
    /// What is accepted of the backup flags.
    pub backup: BackupPolicy,
}

/// What must be remembered until the response comes; once, whatever the outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The challenge.
    #[serde(with = "text")]
    pub challenge: Vec<u8>,
    /// The handle of the user who was identified before.
    #[serde(with = "text::option")]
    pub user_handle: Option<Vec<u8>>,
    /// The ids that were allowed.
    #[serde(with = "text::list")]
    pub allow_credentials: Vec<Vec<u8>>,
    /// Must the user be verified?
    pub user_verification_required: bool,
    /// The U2F AppID that was asked for in place of the RP ID.
    pub app_id: Option<String>,
    /// What is accepted of the backup flags.
    pub backup: BackupPolicy,
    /// What was asked of extensions.
    #[serde(default)]
    pub asked: Asked,
    /// The payment that was to be confirmed.
    #[serde(default)]
    pub payment: Option<Payment>,
}

impl Default for Wishes {
    /// Whoever comes, with a discoverable credential, verified if that can be had.
    fn default() -> Self {
        Self {
            user_handle: None,
            allow_credentials: Vec::new(),
            timeout: TIMEOUT,
            user_verification: UserVerification::Preferred,
            hints: Vec::new(),
            extensions: Map::new(),
            extension_policy: ExtensionPolicy::default(),
            payment: None,
            backup: BackupPolicy::Any,
        }
    }
}

/// The options for the client, and what must be remembered.
pub fn begin(rp: &RelyingParty, challenge: Vec<u8>, wishes: Wishes) -> Result<(RequestOptions, Pending), Misuse> {
    judge_challenge(&challenge)?;
    let allowed: Vec<Vec<u8>> = wishes.allow_credentials.iter().map(|allowed| allowed.id.clone()).collect();
    let mut asked = Asked::new(wishes.extensions, wishes.extension_policy);
    if let Some(payment) = &wishes.payment {
        asked.inputs.insert(id::PAYMENT.to_owned(), payment.to_input(&rp.id));
    }
    asked.validate(During::Authentication(&allowed))?;
    let extensions = asked.inputs.clone();
    let pending = Pending {
        challenge: challenge.clone(),
        user_handle: wishes.user_handle,
        allow_credentials: allowed,
        user_verification_required: wishes.user_verification == UserVerification::Required,
        app_id: extensions.get(id::APPID).and_then(Value::as_str).map(str::to_owned),
        backup: wishes.backup,
        asked,
        payment: wishes.payment,
    };
    let options = RequestOptions {
        challenge,
        timeout: Some(wishes.timeout),
        rp_id: Some(rp.id.clone()),
        allow_credentials: wishes.allow_credentials,
        user_verification: Some(wishes.user_verification.to_string()),
        hints: wishes.hints.iter().map(ToString::to_string).collect(),
        extensions,
    };
    Ok((options, pending))
}

#[cfg(test)]
mod tests;
