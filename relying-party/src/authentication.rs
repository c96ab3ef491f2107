//! Verifying an authentication assertion (WebAuthn L3 7.2).

mod options;
mod outcome;

use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::client_data::ClientData;
use assay_protocol::cose::CoseKey;
use assay_protocol::digest::sha256;
use assay_protocol::signature::{self, SignatureError};
use assay_protocol::webauthn::AuthenticationResponse;

pub use self::options::{Pending, Wishes, begin};
pub use self::outcome::{Authentication, Counter, Evidence};
use crate::ceremony::{self, Expected};
use crate::extension_outputs;
use crate::extensions::Answers;
use crate::payment;
use crate::profile::{BackupEligibility, Profile};
use crate::record::CredentialRecord;
use crate::rejection::{Check, Reason, Rejection};
use crate::relying_party::RelyingParty;

/// A credential and whose it is, as the caller's store has it.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// The handle of the user whose account holds the credential.
    pub user_handle: &'a [u8],
    /// The credential record.
    pub record: &'a CredentialRecord,
}

/// Judges the response to the options that `pending` belongs to. `held` is what the caller's
/// store has under the response's raw id.
pub fn finish(
    rp: &RelyingParty,
    pending: &Pending,
    response: &AuthenticationResponse,
    held: Option<Held<'_>>,
    profile: &Profile,
) -> Result<Authentication, Rejection> {
    let enforced = &profile.enforced;

    // 7.2 step 3
    ceremony::judge_envelope(&response.kind, &response.id, &response.raw_id, enforced)?;

    // 7.2 step 4
    let client_outputs = extension_outputs::client(&response.client_extension_results, enforced);

    // 7.2 step 5
    let allowed = &pending.allow_credentials;
    if !allowed.is_empty() && !allowed.contains(&response.raw_id) {
        Check::CredentialNotAllowed.refuse(enforced, "the credential id is not in allowCredentials")?;
    }

    // 7.2 step 6
    let Some(Held { user_handle, record }) = held.filter(|held| held.record.id == response.raw_id) else {
        return Err(Reason::CredentialUnknown.because("no account holds the credential"));
    };
    let account = match (&pending.user_handle, &response.user_handle) {
        (Some(identified), given) => {
            if given.as_ref().is_some_and(|given| given != identified) {
                Check::UserHandleMismatch.refuse(enforced, "the user handle is another user's")?;
            }
            identified.as_slice()
        }
        (None, Some(given)) => given.as_slice(),
        (None, None) => {
            Check::UserHandleMissing.refuse(enforced, "the response names no user")?;
            user_handle
        }
    };
    if account != user_handle {
        Check::CredentialNotOwned.refuse(enforced, "another account holds the credential")?;
    }

    // 7.2 steps 7 to 9
    let client_data = ClientData::parse(&response.client_data_json)?;

    // 7.2 steps 10 to 14
    let confirmed = pending.payment.as_ref();
    let kind = if confirmed.is_some() { ClientData::PAYMENT } else { ClientData::GET };
    let expected = Expected { kind, challenge: &pending.challenge, payment: confirmed };
    ceremony::judge_client_data(rp, &expected, &client_data, enforced)?;

    // 7.2 step 15
    let auth_data = AuthenticatorData::parse(&response.authenticator_data)?;
    if auth_data.attested.is_some() {
        Check::AssertionAttestedData.refuse(enforced, "AT is set")?;
    }
    ceremony::judge_extension_form(&auth_data, enforced)?;
    let app_id = match &client_outputs {
        Ok(outputs) if outputs.appid == Some(true) => pending.app_id.as_deref(),
        _ => None,
    };
    ceremony::judge_rp_id_hash(app_id.unwrap_or(&rp.id), &auth_data, enforced)?;

    // 7.2 step 16
    let flags = auth_data.flags;
    if !flags.up() {
        Check::UserNotPresent.refuse(enforced, "UP is clear")?;
    }

    // 7.2 step 17
    if pending.user_verification_required && !flags.uv() {
        Check::UserNotVerified.refuse(enforced, "UV is clear")?;
    }

    // 7.2 step 18
    if flags.bs() && !flags.be() {
        Check::BackupStateWithoutEligibility.refuse(enforced, "BS is set, BE is clear")?;
    }

    // 7.2 step 19
    let has_changed = match (record.backup_eligible, profile.switches.backup_eligibility) {
        (None, _) => false,
        (Some(before), BackupEligibility::Immutable) => before != flags.be(),
        (Some(before), BackupEligibility::Gainable) => before && !flags.be(),
    };
    if has_changed {
        Check::BackupEligibilityChanged.refuse(enforced, format!("BE is {}, the record says otherwise", flags.be()))?;
    }
    ceremony::judge_backup(pending.backup, &auth_data, enforced)?;

    // 7.2 step 20
    let client_data_hash = sha256(&response.client_data_json);

    // 7.2 step 21
    let key = CoseKey::parse(&record.public_key)?;
    let message = [response.authenticator_data.as_slice(), &client_data_hash].concat();
    match signature::verify(key.alg, &key.key, &message, &response.signature) {
        Ok(()) => {}
        Err(SignatureError::Malformed(malformed)) => return Err(malformed.into()),
        Err(SignatureError::Invalid) => {
            Check::SignatureInvalid.refuse(enforced, "the signature is not by this key over these bytes")?;
        }
        Err(SignatureError::Key | SignatureError::Unsupported) => {
            return Err(Reason::CredentialAlgorithmUnsupported.because(format!("COSE algorithm {}", key.alg)));
        }
    }

    // 7.2 step 22
    let counter = Counter::compare(record.sign_count, auth_data.sign_count);
    if counter == Counter::NotIncreased {
        let detail = format!("{} after {}", auth_data.sign_count, record.sign_count);
        Check::SignCountNotIncreased.refuse(enforced, detail)?;
    }

    // 7.2 step 23
    let client_outputs = client_outputs?;
    extension_outputs::authenticator(auth_data.extensions.as_ref(), enforced)?;
    let answers = Answers::new(&response.client_extension_results, &client_outputs, auth_data.extensions.as_ref());
    pending.asked.judge_authentication(&answers, &response.raw_id, &pending.allow_credentials, profile)?;
    if confirmed.is_some() {
        payment::judge_browser_bound(&client_data.payment, &client_outputs, &response.client_data_json, enforced)?;
    }

    // 7.2 step 24
    let evidence = Evidence::new(&auth_data, record, counter, client_outputs);
    Ok(Authentication { user_handle: account.to_vec(), record: outcome::update(record, &auth_data, counter), evidence })
}

#[cfg(test)]
mod tests;
