//! Registering a new credential (WebAuthn L3 7.1).

mod evidence;
mod options;

use assay_attestation::{Signed, Terms, verify_under};
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::client_data::ClientData;
use assay_protocol::cose::PublicKey;
use assay_protocol::digest::sha256;
use assay_protocol::webauthn::{PUBLIC_KEY, RegistrationResponse};
use time::OffsetDateTime;

pub use self::evidence::Evidence;
pub(crate) use self::evidence::flags;
pub use self::options::{Expectations, Mediation, Pending, Wishes, begin};
use crate::ceremony::{self, Expected};
use crate::extension_outputs;
use crate::extensions::Answers;
use crate::profile::Profile;
use crate::record::CredentialRecord;
use crate::rejection::{Check, Reason, Rejection};
use crate::relying_party::RelyingParty;
use crate::trust::Trust;

/// A registration that succeeded.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    /// What to store, in the account that the ceremony was begun for.
    pub record: CredentialRecord,
    /// What is known of the authenticator, for policies and the audit.
    pub evidence: Evidence,
}

/// The longest credential id (WebAuthn L3 7.1 step 25).
pub const LONGEST_CREDENTIAL_ID: usize = 1023;

/// Judges the response to the options that `pending` belongs to. `known` tells whether a
/// credential id is registered already, for any user.
pub fn finish(
    rp: &RelyingParty,
    pending: &Pending,
    response: &RegistrationResponse,
    trust: &Trust<'_>,
    known: &dyn Fn(&[u8]) -> bool,
    profile: &Profile,
    now: OffsetDateTime,
) -> Result<Registration, Rejection> {
    let enforced = &profile.enforced;

    // 7.1 step 3
    ceremony::judge_envelope(&response.kind, &response.id, &response.raw_id, enforced)?;

    // 7.1 step 4
    let client_outputs = extension_outputs::client(&response.client_extension_results, enforced);

    // 7.1 steps 5 and 6
    let client_data = ClientData::parse(&response.client_data_json)?;

    // 7.1 steps 7 to 11
    let expected = Expected { kind: ClientData::CREATE, challenge: &pending.challenge, payment: None };
    ceremony::judge_client_data(rp, &expected, &client_data, enforced)?;

    // 7.1 step 12
    let client_data_hash = sha256(&response.client_data_json);

    // 7.1 step 13
    let object = AttestationObject::parse(&response.attestation_object)?;
    if let Some(anomaly) = object.anomalies.first() {
        Check::AttestationObjectNotCanonical.refuse(enforced, anomaly.to_string())?;
    }
    let auth_data = AuthenticatorData::parse(&object.auth_data)?;
    let signed = Signed::new(&auth_data, &object.auth_data, &client_data_hash)?.remembering(trust.cache);
    let attested = signed.attested;
    if let Some(anomaly) = attested.public_key_anomalies.first() {
        Check::CredentialPublicKeyNotCanonical.refuse(enforced, anomaly.to_string())?;
    }
    ceremony::judge_extension_form(&auth_data, enforced)?;

    // 7.1 step 14
    ceremony::judge_rp_id_hash(&rp.id, &auth_data, enforced)?;

    // 7.1 step 15
    let flags = auth_data.flags;
    if pending.mediation != Mediation::Conditional && !flags.up() {
        Check::UserNotPresent.refuse(enforced, "UP is clear")?;
    }

    // 7.1 step 16
    if pending.user_verification_required && !flags.uv() {
        Check::UserNotVerified.refuse(enforced, "UV is clear")?;
    }

    // 7.1 step 17
    if flags.bs() && !flags.be() {
        Check::BackupStateWithoutEligibility.refuse(enforced, "BS is set, BE is clear")?;
    }

    // 7.1 steps 18 and 19
    ceremony::judge_backup(pending.expectations.backup, &auth_data, enforced)?;

    // 7.1 step 20
    let key = &attested.credential_public_key;
    if !pending.algorithms.contains(&key.alg) {
        Check::AlgorithmNotOffered
            .refuse(enforced, format!("COSE algorithm {}, offered {:?}", key.alg, pending.algorithms))?;
    }
    if key.key == PublicKey::Unsupported {
        return Err(Reason::CredentialAlgorithmUnsupported.because(format!("COSE algorithm {}", key.alg)));
    }
    if let Some(bits) = key.modulus_bits().filter(|bits| *bits < 2048) {
        Check::RsaKeyTooShort.refuse(enforced, format!("{bits} bits"))?;
    }

    // 7.1 steps 21 and 22
    let terms = Terms { compound: profile.switches.compound, now: Some(now) };
    let statement = verify_under(&object.fmt, &object.att_stmt, &signed, &terms, enforced)?;

    // 7.1 steps 23 and 24
    let accepted = pending.expectations.attestation_types.as_deref();
    let vouched = trust.judge(statement, attested, accepted, now, profile)?;

    // 7.1 step 25
    if attested.credential_id.len() > LONGEST_CREDENTIAL_ID {
        Check::CredentialIdTooLong.refuse(enforced, format!("{} bytes", attested.credential_id.len()))?;
    }
    if attested.credential_id != response.raw_id {
        Check::IdNotInAuthenticatorData.refuse(enforced, "the raw id is another")?;
    }

    // 7.1 step 26
    if pending.exclude_credentials.contains(&attested.credential_id) || known(&attested.credential_id) {
        Check::CredentialAlreadyRegistered.refuse(enforced, "the credential id is taken")?;
    }

    // 7.1 step 28
    let client_outputs = client_outputs?;
    extension_outputs::authenticator(auth_data.extensions.as_ref(), enforced)?;
    let answers = Answers::new(&response.client_extension_results, &client_outputs, auth_data.extensions.as_ref());
    pending.asked.judge_registration(&answers, profile)?;

    // 7.1 step 27
    let evidence = Evidence::new(&auth_data, attested, vouched, client_outputs);
    let record = CredentialRecord {
        kind: PUBLIC_KEY.into(),
        id: attested.credential_id.clone(),
        public_key: attested.public_key_cbor.clone(),
        sign_count: auth_data.sign_count,
        uv_initialized: flags.uv(),
        transports: response.transports.clone(),
        backup_eligible: Some(flags.be()),
        backup_state: flags.bs(),
        attestation_object: Some(response.attestation_object.clone()),
        attestation_client_data_json: Some(response.client_data_json.clone()),
        rp_id: Some(rp.id.clone()),
    };
    Ok(Registration { record, evidence })
}

#[cfg(test)]
mod tests;
