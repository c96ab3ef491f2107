//! Signing in with what was registered.

use assay_authenticator_sim::config::{Counter as Counting, KeyConfig};
use assay_authenticator_sim::env::Touch;
use assay_protocol::ctap2::Status;
use assay_protocol::webauthn::{Descriptor, ResidentKey};
use assay_relying_party::authentication::{Counter, Wishes};
use assay_relying_party::registration;

use super::desk::{Desk, Failure, user};

fn discoverable(resident_key: ResidentKey) -> registration::Wishes {
    registration::Wishes { resident_key, ..registration::Wishes::default() }
}

fn allowing(ids: &[&[u8]]) -> Wishes {
    let allow_credentials = ids.iter().map(|id| Descriptor::new(id.to_vec(), Vec::new())).collect();
    Wishes { allow_credentials, user_handle: Some(user("ada").id), ..Wishes::default() }
}

#[test]
fn by_name_and_by_passkey() {
    for (resident_key, by_passkey) in [(ResidentKey::Required, true), (ResidentKey::Discouraged, false)] {
        let mut desk = Desk::new();
        let made = desk.register("ada", discoverable(resident_key)).unwrap();
        let by_name = desk.sign_in(allowing(&[&made.record.id])).unwrap();
        assert_eq!(by_name.user_handle, user("ada").id);
        assert_eq!(by_name.evidence.counter, Counter::Increased);
        match desk.sign_in(Wishes::default()) {
            Ok(found) => {
                assert!(by_passkey, "nobody asked for a discoverable credential");
                assert_eq!(found.user_handle, user("ada").id);
            }
            Err(Failure::Client(error)) => {
                assert_eq!((by_passkey, error.status()), (false, Some(Status::NO_CREDENTIALS)));
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_key_finds_its_own_in_the_list() {
    let mut desk = Desk::new();
    let made = desk.register("ada", discoverable(ResidentKey::Discouraged)).unwrap();
    let foreign: Vec<Vec<u8>> = (0..40).map(|at| vec![at; 64]).collect();
    for place in [0, 20, 40] {
        let mut ids: Vec<&[u8]> = foreign.iter().map(Vec::as_slice).collect();
        ids.insert(place, &made.record.id);
        assert_eq!(desk.sign_in(allowing(&ids)).unwrap().record.id, made.record.id, "at {place}");
    }
    let ids: Vec<&[u8]> = foreign.iter().map(Vec::as_slice).collect();
    let Err(Failure::Client(error)) = desk.sign_in(allowing(&ids)) else { panic!("with none of its own") };
    assert_eq!(error.name(), assay_client::DomName::NotAllowedError);
}

#[test]
fn counters() {
    for (counter, expected) in [
        (Counting::Global, Counter::Increased),
        (Counting::PerCredential, Counter::Increased),
        (Counting::Zero, Counter::Unsupported),
    ] {
        let config = KeyConfig { counter, ..KeyConfig::security_key() };
        let mut desk = Desk::with(config, Touch::Given);
        let made = desk.register("ada", discoverable(ResidentKey::Required)).unwrap();
        let mut last = made.record.sign_count;
        for _ in 0..3 {
            let signed_in = desk.sign_in(Wishes::default()).unwrap();
            assert_eq!(signed_in.evidence.counter, expected, "{counter:?}");
            assert!(signed_in.record.sign_count > last || counter == Counting::Zero);
            last = signed_in.record.sign_count;
        }
    }
}

/// Somebody has copied the key: of two counters one is behind.
#[test]
fn a_clone_is_noticed() {
    let mut desk = Desk::new();
    desk.register("ada", discoverable(ResidentKey::Required)).unwrap();
    desk.stored[0].registration.record.sign_count = 1000;
    let Err(Failure::RelyingParty(rejection)) = desk.sign_in(Wishes::default()) else { panic!("a clone signed in") };
    assert_eq!(rejection.code(), "sign_count_not_increased");
    assert_eq!(desk.stored[0].registration.record.sign_count, 1000);
}

#[test]
fn a_credential_that_the_relying_party_has_forgotten() {
    let mut desk = Desk::new();
    desk.register("ada", discoverable(ResidentKey::Required)).unwrap();
    desk.stored.clear();
    let Err(Failure::RelyingParty(rejection)) = desk.sign_in(Wishes::default()) else { panic!("nobody knows it") };
    assert_eq!(rejection.code(), "credential_unknown");
}
