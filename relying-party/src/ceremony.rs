//! The steps that both ceremonies have.

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::base64url;
use assay_protocol::check::Enforced;
use assay_protocol::client_data::{ClientData, TokenBinding};
use assay_protocol::digest::sha256;
use assay_protocol::webauthn::PUBLIC_KEY;
use serde::{Deserialize, Serialize};

use crate::payment::Payment;
use crate::rejection::{Check, Rejection};
use crate::relying_party::RelyingParty;

/// What the relying party wants of a credential's backup flags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackupPolicy {
    /// Anything.
    #[default]
    Any,
    /// Only credentials that cannot leave their authenticator.
    DeviceBound,
    /// Only credentials that may be backed up.
    Eligible,
    /// Only credentials that are backed up.
    BackedUp,
}

/// The credential's outer form: the type, and the two forms of the id.
pub(crate) fn judge_envelope(kind: &str, id: &str, raw_id: &[u8], enforced: &Enforced) -> Result<(), Rejection> {
    if kind != PUBLIC_KEY {
        Check::CredentialType.refuse(enforced, format!("type is {}", short(kind)))?;
    }
    if !base64url::is_text_of(id, raw_id) {
        Check::IdNotRawId.refuse(enforced, format!("id is {}", short(id)))?;
    }
    Ok(())
}

/// What client data are held against, beside the relying party.
pub(crate) struct Expected<'a> {
    /// The type.
    pub(crate) kind: &'static str,
    /// The challenge that was issued.
    pub(crate) challenge: &'a [u8],
    /// The payment that was to be confirmed.
    pub(crate) payment: Option<&'a Payment>,
}

/// 7.1 steps 7 to 11, 7.2 steps 10 to 14.
pub(crate) fn judge_client_data(
    rp: &RelyingParty,
    expected: &Expected<'_>,
    client_data: &ClientData,
    enforced: &Enforced,
) -> Result<(), Rejection> {
    let Expected { kind, challenge, payment } = *expected;
    // 7.1 step 7; 7.2 step 10
    if client_data.kind != kind {
        Check::ClientDataType.refuse(enforced, format!("type is {}, expected {kind:?}", short(&client_data.kind)))?;
    }
    // 7.1 step 8; 7.2 step 11
    if !base64url::is_text_of(&client_data.challenge, challenge) {
        let expected = base64url::encode(challenge);
        Check::ChallengeMismatch
            .refuse(enforced, format!("challenge is {}, expected {expected:?}", short(&client_data.challenge)))?;
    }
    // 7.1 step 9; 7.2 step 12
    let origins = payment.map_or(&rp.origins, |payment| payment.origins(rp));
    if !origins.contains(&client_data.origin) {
        Check::OriginMismatch
            .refuse(enforced, format!("origin is {}, expected one of {origins:?}", short(&client_data.origin)))?;
    }
    // 7.1 step 10; 7.2 step 13
    if client_data.cross_origin == Some(true) && !rp.cross_origin {
        Check::CrossOriginUnexpected.refuse(enforced, "crossOrigin is true")?;
    }
    // 7.1 step 11; 7.2 step 14
    if let Some(top_origin) = &client_data.top_origin
        && !(rp.cross_origin && rp.top_origins.contains(top_origin))
    {
        Check::TopOriginUnexpected.refuse(enforced, format!("topOrigin is {}", short(top_origin)))?;
    }
    if let Some(payment) = payment {
        payment.judge(&rp.id, &client_data.payment, enforced)?;
    }
    if let TokenBinding::Ill(what) = &client_data.token_binding {
        Check::TokenBinding.refuse(enforced, what.as_str())?;
    }
    Ok(())
}

/// The authenticator data's relying party: 7.1 step 14, 7.2 step 15.
pub(crate) fn judge_rp_id_hash(id: &str, data: &AuthenticatorData, enforced: &Enforced) -> Result<(), Rejection> {
    if data.rp_id_hash != sha256(id.as_bytes()) {
        Check::RpIdHashMismatch.refuse(enforced, format!("not SHA-256 of {id:?}"))?;
    }
    Ok(())
}

/// The authenticator data's extension outputs, as far as their form goes.
pub(crate) fn judge_extension_form(data: &AuthenticatorData, enforced: &Enforced) -> Result<(), Rejection> {
    if let Some(anomaly) = data.anomalies.first() {
        Check::ExtensionsNotCanonical.refuse(enforced, anomaly.to_string())?;
    }
    Ok(())
}

/// Backup state: 7.1 steps 18 and 19, 7.2 step 19.3.
pub(crate) fn judge_backup(
    policy: BackupPolicy,
    data: &AuthenticatorData,
    enforced: &Enforced,
) -> Result<(), Rejection> {
    let flags = data.flags;
    let is_right = match policy {
        BackupPolicy::Any => true,
        BackupPolicy::DeviceBound => !flags.be(),
        BackupPolicy::Eligible => flags.be(),
        BackupPolicy::BackedUp => flags.bs(),
    };
    if !is_right {
        Check::BackupPolicy.refuse(enforced, format!("BE {}, BS {}, wanted {policy:?}", flags.be(), flags.bs()))?;
    }
    Ok(())
}

/// A received text, fit for a message.
pub(crate) fn short(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
    }
}
