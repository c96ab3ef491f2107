//! A simulated key in a test of one's own: this crate and `assay-protocol` among the dev-dependencies.

use assay_authenticator_sim::authenticator::Authenticator;
use assay_authenticator_sim::config::KeyConfig;
use assay_authenticator_sim::defect::Defect;
use assay_authenticator_sim::env::{Env, Script, Touch};
use assay_authenticator_sim::operation::Operation;
use assay_protocol::ctap2::Status;

/// authenticatorSelection: a touch and nothing else.
const SELECTION: [u8; 1] = [0x0b];

#[test]
fn a_key_is_touched_and_then_is_not() {
    let person = Script::new([Touch::Given, Touch::Denied], Touch::TimedOut);
    let env = Env { person: Box::new(person), ..Env::seeded([7; 32]) };
    let mut key = Authenticator::new(KeyConfig::ctap_2_3(), env).unwrap();
    let mut select = || Status(key.handle(&SELECTION, &Operation::new())[0]);
    assert_eq!([select(), select(), select()], [Status::OK, Status::OPERATION_DENIED, Status::USER_ACTION_TIMEOUT]);
}

#[test]
fn a_key_does_one_thing_wrong() {
    let config = KeyConfig { defects: [Defect::Selection].into(), ..KeyConfig::security_key() };
    let mut key = Authenticator::new(config, Env::seeded([7; 32])).unwrap();
    assert_eq!(key.handle(&SELECTION, &Operation::new()), [Status::INVALID_COMMAND.0]);
}
