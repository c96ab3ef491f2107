//! Several accounts on one key, and keys that are registered already.

use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::env::Env;
use assay_client::DomName;
use assay_protocol::webauthn::{Descriptor, ResidentKey, UserVerification};
use assay_relying_party::{authentication, registration};

use super::desk::{Desk, Failure, Person, user};

fn passkey() -> registration::Wishes {
    registration::Wishes { resident_key: ResidentKey::Required, ..registration::Wishes::default() }
}

#[test]
fn the_person_chooses_newest_first() {
    let mut desk = Desk::new();
    for name in ["ada", "grace", "mary"] {
        desk.register(name, passkey()).unwrap();
    }
    for (account, name) in [(0, "mary"), (1, "grace"), (2, "ada")] {
        let person = Person::taking(account);
        desk.seat(&person);
        let signed_in = desk.sign_in(authentication::Wishes::default()).unwrap();
        assert_eq!(signed_in.user_handle, user(name).id);
        // Whoever was not verified gets no names to see.
        assert!(person.shown().iter().all(|account| account.user.as_ref().unwrap().name.is_none()));
    }
    desk.seat(&Person::taking(3));
    let Err(Failure::Client(error)) = desk.sign_in(authentication::Wishes::default()) else {
        panic!("no such account")
    };
    assert_eq!(error.name(), DomName::NotAllowedError);
}

#[test]
fn names_are_for_those_who_were_verified() {
    let mut desk = Desk::new();
    desk.set_pin("2580").unwrap();
    desk.seat(&Person::typing(["2580"; 2]));
    desk.register("ada", passkey()).unwrap();
    desk.register("grace", passkey()).unwrap();
    let person = Person::typing(["2580"]);
    desk.seat(&person);
    let verified =
        authentication::Wishes { user_verification: UserVerification::Required, ..authentication::Wishes::default() };
    desk.sign_in(verified).unwrap();
    let names: Vec<String> = person.shown().into_iter().map(|account| account.user.unwrap().name.unwrap()).collect();
    assert_eq!(names, ["grace", "ada"]);
}

/// A discoverable credential replaces the one of the same account.
#[test]
fn one_passkey_an_account() {
    let mut desk = Desk::new();
    let old = desk.register("ada", passkey()).unwrap();
    let new = desk.register("ada", passkey()).unwrap();
    assert_ne!(old.record.id, new.record.id);
    let person = Person::taking(0);
    desk.seat(&person);
    assert_eq!(desk.sign_in(authentication::Wishes::default()).unwrap().record.id, new.record.id);
    assert!(person.shown().is_empty(), "there was nothing to choose");
}

#[test]
fn excluded_keys() {
    let mut desk = Desk::new();
    let first = desk.register("ada", passkey()).unwrap();
    let excluding = |ids: &[&[u8]]| registration::Wishes {
        exclude_credentials: ids.iter().map(|id| Descriptor::new(id.to_vec(), vec!["usb".to_owned()])).collect(),
        ..passkey()
    };
    let foreign = [0x55; 64];
    for ids in [&[first.record.id.as_slice()][..], &[&foreign, &first.record.id]] {
        let Err(Failure::Client(error)) = desk.register("ada", excluding(ids)) else { panic!("it is excluded") };
        // This much the page may know, since the person has agreed by touching the key.
        assert_eq!(error.name(), DomName::InvalidStateError);
    }
    desk.register("grace", excluding(&[&foreign])).unwrap();

    desk.replug(Authenticator::new(KeyConfig::security_key(), Env::seeded([9; 32])).unwrap());
    desk.register("ada", excluding(&[&first.record.id])).unwrap();
}
