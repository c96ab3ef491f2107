//! Whole ceremonies. The input's first byte chooses which; its parts are client data and
//! attestation object, or client data, authenticator data and signature.
//!
//! Nothing is believed but what the lab has signed: an attested registration, and every sign-in,
//! that is accepted under every check has the very bytes that were made for it.

use std::sync::LazyLock;

use assay_attestation::AttestationType;
use assay_mint::assertion::AssertionForge;
use assay_mint::credential::Credential;
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::{AuthenticatorData, Flags};
use assay_protocol::base64url;
use assay_protocol::cose::alg;
use assay_protocol::webauthn::{AuthenticationResponse, RegistrationResponse};
use assay_relying_party::authentication::{self, Held};
use assay_relying_party::registration::{self, Expectations, Mediation};
use assay_relying_party::{BackupPolicy, CredentialRecord, Profile, RelyingParty, Trust};

use super::{good, join, parts};

const USER: [u8; 16] = [0x22; 16];

pub(super) fn run(input: &[u8]) {
    let _ = is_accepted(input);
}

/// Under every check.
fn is_accepted(input: &[u8]) -> bool {
    let Some((kind, input)) = input.split_first() else { return false };
    match (kind % 2, parts(input).as_slice()) {
        (0, [client_data, object]) => register(client_data, object),
        (1, [client_data, auth_data, signature]) => sign_in(client_data, auth_data, signature),
        _ => false,
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let registrations = good::forges().into_iter().map(|(_, forge)| {
        let made = forge.forge().expect("a good one");
        [&[0], join(&[&made.client_data_json, &made.attestation_object]).as_slice()].concat()
    });
    let mut seeds: Vec<Vec<u8>> = registrations.collect();
    let made = AssertionForge::new(&CREDENTIAL, &good::CHALLENGE).forge().expect("a good one");
    seeds.push([&[1], join(&[&made.client_data_json, &made.auth_data, &made.signature]).as_slice()].concat());
    assert!(seeds.iter().all(|seed| is_accepted(seed)), "good ceremonies are accepted");
    seeds
}

fn rp() -> RelyingParty {
    RelyingParty::new(good::RP_ID, "Example", vec![format!("https://{}", good::RP_ID)])
}

fn register(client_data: &[u8], object: &[u8]) -> bool {
    let pending = registration::Pending {
        challenge: good::CHALLENGE.to_vec(),
        user_handle: USER.to_vec(),
        algorithms: vec![alg::ES256, alg::EDDSA, alg::RS256],
        user_verification_required: false,
        mediation: Mediation::Optional,
        exclude_credentials: Vec::new(),
        expectations: Expectations::default(),
        asked: Default::default(),
    };
    // The id is whatever the authenticator says, so that this rule stops nothing here.
    let auth_data =
        AttestationObject::parse(object).ok().and_then(|object| AuthenticatorData::parse(&object.auth_data).ok());
    let id = auth_data.and_then(|data| data.attested).map(|attested| attested.credential_id).unwrap_or_default();
    let response = RegistrationResponse::new(id, client_data.to_vec(), object.to_vec());
    let trust = Trust::anchors(good::anchors());
    let mut accepted = false;
    for profile in PROFILES.iter() {
        let verdict = registration::finish(&rp(), &pending, &response, &trust, &|_| false, profile, good::now());
        match verdict {
            Ok(registration) if profile.enforced == good::strict() => {
                accepted = true;
                let attested = registration.evidence.attestation_type != AttestationType::None;
                let known = REGISTRATIONS.iter().any(|(data, id)| data == client_data && *id == registration.record.id);
                assert!(known || !attested, "an attestation is believed that the lab has not made");
                let _ = (registration.evidence.to_json(), registration.evidence.for_policy());
            }
            Ok(_) => {}
            Err(rejection) => assert!(rejection.detail().len() < 4096, "{}", rejection.code()),
        }
    }
    accepted
}

fn sign_in(client_data: &[u8], auth_data: &[u8], signature: &[u8]) -> bool {
    let pending = authentication::Pending {
        challenge: good::CHALLENGE.to_vec(),
        user_handle: Some(USER.to_vec()),
        allow_credentials: vec![CREDENTIAL.id.clone()],
        user_verification_required: false,
        app_id: None,
        backup: BackupPolicy::Any,
        asked: Default::default(),
        payment: None,
    };
    let flags = Flags(CREDENTIAL.flags);
    let mut record = CredentialRecord::new(CREDENTIAL.id.clone(), CREDENTIAL.key.cose_key().to_cbor());
    record.backup_eligible = Some(flags.be());
    let response = AuthenticationResponse::new(
        CREDENTIAL.id.clone(),
        client_data.to_vec(),
        auth_data.to_vec(),
        signature.to_vec(),
    );
    let mut accepted = false;
    for profile in PROFILES.iter() {
        let held = Held { user_handle: &USER, record: &record };
        match authentication::finish(&rp(), &pending, &response, Some(held), profile) {
            Ok(_) if profile.enforced == good::strict() => {
                accepted = true;
                let made = AssertionForge::new(&CREDENTIAL, &good::CHALLENGE).forge().expect("a good one");
                let same = made.client_data_json == client_data && made.auth_data == auth_data;
                assert!(same, "a sign-in is believed that nobody has signed: {}", base64url::encode(auth_data));
            }
            Ok(_) => {}
            Err(rejection) => assert!(rejection.detail().len() < 4096, "{}", rejection.code()),
        }
    }
    accepted
}

/// Under every check, and under none.
static PROFILES: LazyLock<[Profile; 2]> = LazyLock::new(|| {
    let mut strict = Profile::named("hardened").expect("the profile exists");
    strict.enforced = good::strict();
    let mut lax = strict.clone();
    for listed in assay_relying_party::all_checks() {
        lax.enforced = lax.enforced.without(listed.check.id);
    }
    [strict, lax]
});

static CREDENTIAL: LazyLock<Credential> = LazyLock::new(|| {
    let (_, forge) = good::forges().swap_remove(0);
    forge.forge().expect("a good one").credential
});

/// Client data and credential id of everything that the lab has attested.
static REGISTRATIONS: LazyLock<Vec<(Vec<u8>, Vec<u8>)>> = LazyLock::new(|| {
    let made = good::forges().into_iter().map(|(_, forge)| forge.forge().expect("a good one"));
    made.map(|made| (made.client_data_json, made.credential.id)).collect()
});
