//! The PIN, by way of the browser.

use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::env::Touch;
use assay_client::error::{PinFailure, Unfit};
use assay_client::{ClientError, PinReason};
use assay_protocol::ctap2::Status;
use assay_protocol::webauthn::{ResidentKey, UserVerification};
use assay_relying_party::authentication;
use assay_relying_party::registration::Wishes;

use super::desk::{Desk, Failure, Person};

fn verified(user_verification: UserVerification) -> Wishes {
    Wishes { user_verification, resident_key: ResidentKey::Required, ..Wishes::default() }
}

fn with_pin(pin: &str) -> Desk {
    let mut desk = Desk::new();
    desk.set_pin(pin).unwrap();
    desk
}

#[test]
fn verification_where_it_is_wanted() {
    use UserVerification::{Discouraged, Preferred, Required};
    for (pin, wanted, typed, expected) in [
        (Some("2580"), Required, 1, Ok(true)),
        (Some("2580"), Preferred, 1, Ok(true)),
        // A discoverable credential is not made on a protected key without it.
        (Some("2580"), Discouraged, 1, Ok(true)),
        (None, Preferred, 0, Ok(false)),
        (None, Discouraged, 0, Ok(false)),
        (None, Required, 0, Err(ClientError::Unfit(Unfit::UserVerification))),
    ] {
        let mut desk = pin.map_or_else(Desk::new, with_pin);
        let person = Person::typing(pin);
        desk.seat(&person);
        let outcome = desk.register("ada", verified(wanted)).map(|made| made.evidence.flags.uv());
        assert_eq!(outcome, expected.map_err(Failure::Client), "{pin:?} {wanted}");
        assert_eq!(person.asked().len(), typed, "{pin:?} {wanted}");
    }
}

#[test]
fn a_wrong_pin_costs_a_try_and_the_right_one_gives_it_back() {
    let mut desk = with_pin("2580");
    let person = Person::typing(["1111", "2580"]);
    desk.seat(&person);
    let made = desk.register("ada", verified(UserVerification::Required)).unwrap();
    assert!(made.evidence.flags.uv() && made.record.uv_initialized);
    assert_eq!(person.asked(), [(PinReason::First, Some(8)), (PinReason::Wrong, Some(7))]);

    let person = Person::typing(["2580"]);
    desk.seat(&person);
    let wishes =
        authentication::Wishes { user_verification: UserVerification::Required, ..authentication::Wishes::default() };
    assert!(desk.sign_in(wishes).unwrap().evidence.user_verification_counts);
    assert_eq!(person.asked(), [(PinReason::First, Some(8))]);
}

#[test]
fn whoever_does_not_type_gets_nothing() {
    let mut desk = with_pin("2580");
    desk.seat(&Person::typing([]));
    let failure = desk.register("ada", verified(UserVerification::Required)).unwrap_err();
    assert_eq!(failure, Failure::Client(PinFailure::Declined.into()));
}

/// Three wrong ones want the key unplugged, eight in all block the PIN for good.
#[test]
fn guessing_comes_to_an_end() {
    let mut desk = with_pin("2580");
    for (round, failure) in
        [(1, PinFailure::BlockedUntilPowerCycle), (2, PinFailure::BlockedUntilPowerCycle), (3, PinFailure::Blocked)]
    {
        desk.seat(&Person::typing(["1111"; 8]));
        let outcome = desk.register("ada", verified(UserVerification::Required)).unwrap_err();
        assert_eq!(outcome, Failure::Client(failure.into()), "round {round}");
        let again = desk.register("ada", verified(UserVerification::Required)).unwrap_err();
        assert_eq!(again, Failure::Client(failure.into()), "round {round}, the right PIN or not");
        desk.unplug_and_plug();
    }
    desk.seat(&Person::typing(["2580"]));
    let failure = desk.register("ada", verified(UserVerification::Required)).unwrap_err();
    assert_eq!(failure, Failure::Client(PinFailure::Blocked.into()));
}

#[test]
fn a_pin_is_changed() {
    let mut desk = with_pin("2580");
    assert_eq!(desk.set_pin("1234").unwrap_err().status(), Some(Status::PIN_AUTH_INVALID), "there is one already");
    assert_eq!(desk.change_pin("1111", "1234").unwrap_err().status(), Some(Status::PIN_INVALID));
    desk.change_pin("2580", "correct horse").unwrap();
    for (pin, outcome) in [("2580", false), ("correct horse", true)] {
        desk.seat(&Person::typing([pin]));
        assert_eq!(desk.register("ada", verified(UserVerification::Required)).is_ok(), outcome, "{pin}");
    }
}

#[test]
fn pins_that_are_none() {
    for (pin, accepted) in [
        ("", false),
        ("123", false),
        ("1234", true),
        ("äöü", false),
        ("äöüß", true),
        (&"1".repeat(63), true),
        (&"1".repeat(64), false),
    ] {
        assert_eq!(Desk::new().set_pin(pin).is_ok(), accepted, "{} bytes", pin.len());
    }
}

#[test]
fn a_key_that_always_asks() {
    let config = KeyConfig { always_uv: true, ..KeyConfig::security_key() };
    let mut desk = Desk::with(config, Touch::Given);
    desk.set_pin("2580").unwrap();
    let person = Person::typing(["2580"; 2]);
    desk.seat(&person);
    let discouraged = UserVerification::Discouraged;
    assert!(desk.register("ada", verified(discouraged)).unwrap().evidence.flags.uv());
    let wishes = authentication::Wishes { user_verification: discouraged, ..authentication::Wishes::default() };
    assert!(desk.sign_in(wishes).unwrap().evidence.flags.uv());
    assert_eq!(person.asked().len(), 2);
}
