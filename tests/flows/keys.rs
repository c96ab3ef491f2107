//! What a key shows of itself at a registration, and what it refuses.

use assay::keys::{KeyTarget, save, touched};
use assay::state::State;
use assay_attestation::{AttestationType, Format};
use assay_authenticator_sim::attestation::Attestation;
use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::{Backup, KeyConfig};
use assay_authenticator_sim::env::{Env, Touch};
use assay_authenticator_sim::persona::Persona;
use assay_client::DomName;
use assay_client::error::Unfit;
use assay_mint::lab::MODEL;
use assay_protocol::aaguid::Aaguid;
use assay_protocol::cose::alg;
use assay_protocol::ctap2::Status;
use assay_protocol::webauthn::{AttestationConveyance, AuthenticatorAttachment, ResidentKey};
use assay_relying_party::registration::Wishes;
use assay_relying_party::trust::Chain;

use super::desk::{Desk, Failure, lab};
use crate::support::place::Place;

#[test]
fn attestation_as_far_as_it_is_asked_for() {
    use AttestationConveyance::{Direct, Indirect, None as No};
    let certified = || Attestation::packed(&lab().0.mint.model(MODEL)).unwrap();
    let rows = [
        (certified(), MODEL, No, Format::None, AttestationType::None, Chain::Absent),
        (certified(), MODEL, Indirect, Format::Packed, AttestationType::Basic, Chain::Metadata),
        (certified(), MODEL, Direct, Format::Packed, AttestationType::Basic, Chain::Metadata),
        (Attestation::None, MODEL, Direct, Format::None, AttestationType::None, Chain::Absent),
        (Attestation::None, MODEL, No, Format::None, AttestationType::None, Chain::Absent),
        // Self attestation tells nothing of whoever does not tell its model, so it may pass.
        (Attestation::PackedSelf, Aaguid::ZERO, No, Format::Packed, AttestationType::SelfAttestation, Chain::Absent),
        (Attestation::PackedSelf, MODEL, No, Format::None, AttestationType::None, Chain::Absent),
    ];
    for (attestation, aaguid, asked, fmt, kind, chain) in rows {
        let config = KeyConfig { attestation, aaguid, ..KeyConfig::security_key() };
        let wishes = Wishes { attestation: asked, ..Wishes::default() };
        let evidence = Desk::with(config, Touch::Given).register("ada", wishes).unwrap().evidence;
        assert_eq!((evidence.fmt, evidence.attestation_type, evidence.chain), (fmt, kind, chain), "{asked} {aaguid}");
        assert_eq!(evidence.aaguid, aaguid);
    }
}

#[test]
fn the_first_algorithm_that_the_key_can_do() {
    for (offered, made) in [
        (vec![alg::ES256], Ok(alg::ES256)),
        (vec![alg::EDDSA, alg::ES256], Ok(alg::EDDSA)),
        (vec![alg::RS256, alg::ES256, alg::EDDSA], Ok(alg::ES256)),
        (vec![alg::RS256], Err(Status::UNSUPPORTED_ALGORITHM)),
    ] {
        let wishes = Wishes { algorithms: offered.clone(), ..Wishes::default() };
        let outcome = Desk::new().register("ada", wishes).map(|made| made.evidence.algorithm);
        assert_eq!(outcome.map_err(|failure| status(&failure)), made.map_err(Some), "{offered:?}");
    }
}

#[test]
fn backup_flags() {
    for (backup, flags) in [(Backup::Never, "UP"), (Backup::Eligible, "UP,BE"), (Backup::BackedUp, "UP,BE,BS")] {
        let config = KeyConfig { backup, ..KeyConfig::security_key() };
        let registration = Desk::with(config, Touch::Given).register("ada", Wishes::default()).unwrap();
        let told = &registration.evidence.to_json()["flags"];
        let told: Vec<&str> = told.as_array().unwrap().iter().map(|flag| flag.as_str().unwrap()).collect();
        assert_eq!(told.join(","), format!("{flags},AT"));
        assert_eq!(registration.record.backup_eligible, Some(flags.contains("BE")));
        assert_eq!(registration.record.backup_state, flags.contains("BS"));
    }
}

#[test]
fn nobody_touches_it() {
    for touch in [Touch::Denied, Touch::TimedOut] {
        let failure = Desk::with(KeyConfig::security_key(), touch).register("ada", Wishes::default()).unwrap_err();
        assert_eq!(status(&failure), Some(Status::OPERATION_DENIED), "{touch:?}");
        // The page learns no more than that it did not come about.
        let Failure::Client(error) = failure else { panic!("{failure:?}") };
        assert_eq!(error.name(), DomName::NotAllowedError);
    }
}

#[test]
fn a_key_that_does_not_fit() {
    let plain = || KeyConfig { discoverable: false, ..KeyConfig::security_key() };
    let resident = Wishes { resident_key: ResidentKey::Required, ..Wishes::default() };
    let failure = Desk::with(plain(), Touch::Given).register("ada", resident).unwrap_err();
    assert_eq!(failure, Failure::Client(Unfit::ResidentKey.into()));
    // Where it is only preferred, a credential that is not discoverable will do.
    Desk::with(plain(), Touch::Given).register("ada", Wishes::default()).unwrap();

    let platform = AuthenticatorAttachment::Platform;
    let built_in = Wishes { authenticator_attachment: Some(platform), ..Wishes::default() };
    let failure = Desk::new().register("ada", built_in).unwrap_err();
    assert_eq!(failure, Failure::Client(Unfit::Attachment.into()));
}

/// What is saved under a name is the same key the next day.
#[test]
fn a_saved_key_remembers() {
    let place = Place::new();
    let state = State::open(Some(place.path())).unwrap();
    save(&state, "desk", &Persona::default(), None).unwrap();
    let KeyTarget::Sim(desk) = KeyTarget::parse("sim:desk").unwrap() else { panic!("sim:desk is virtual") };
    let key = || desk.authenticator(&lab().0, &state, touched()).unwrap();

    let mut desk = Desk::at(key());
    let resident = Wishes { resident_key: ResidentKey::Required, ..Wishes::default() };
    let made = desk.register("ada", resident).unwrap();
    desk.unplug();
    desk.replug(key());
    let signed_in = desk.sign_in(Default::default()).unwrap();
    assert_eq!(signed_in.record.id, made.record.id);
    assert!(signed_in.record.sign_count > made.record.sign_count);

    desk.replug(Authenticator::new(KeyConfig::security_key(), Env::seeded([3; 32])).unwrap());
    let failure = desk.sign_in(Default::default()).unwrap_err();
    assert_eq!(status(&failure), Some(Status::NO_CREDENTIALS), "another key has none of its credentials");
}

fn status(failure: &Failure) -> Option<Status> {
    match failure {
        Failure::Client(error) => error.status(),
        Failure::RelyingParty(_) => None,
    }
}
