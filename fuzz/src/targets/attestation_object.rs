//! An attestation object, its authenticator data and its statement, whatever the format.

use assay_attestation::{Signed, Sufficient, Terms, verify_under};
use assay_protocol::attestation_object::AttestationObject;
use assay_protocol::authenticator_data::AuthenticatorData;
use assay_protocol::check::Enforced;
use assay_protocol::tree::cbor;

use super::good;

pub(super) fn run(input: &[u8]) {
    let Ok(object) = AttestationObject::parse(input) else { return };
    let document = cbor::read(input);
    assert!(document.syntax_error().is_none() && document.rest.is_empty(), "a strict view of what is broken");

    // Written again, it says the same.
    let written = AttestationObject::to_bytes(&object.fmt, &object.att_stmt.to_value(), &object.auth_data);
    let again = AttestationObject::parse(&written).expect("what is written can be read");
    assert_eq!((&again.fmt, &again.auth_data), (&object.fmt, &object.auth_data));

    let Ok(auth_data) = AuthenticatorData::parse(&object.auth_data) else { return };
    let Ok(signed) = Signed::new(&auth_data, &object.auth_data, &[7; 32]) else { return };
    let terms = Terms { now: Some(good::now()), compound: Sufficient::AtLeast(2) };
    for enforced in [&Enforced::all(), good::unchecked()] {
        if let Err(rejection) = verify_under(&object.fmt, &object.att_stmt, &signed, &terms, enforced) {
            assert!(!rejection.code().is_empty() && rejection.detail().len() < 4096, "{}", rejection.code());
        }
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    good::forges().iter().map(|(_, forge)| forge.forge().expect("a good one").attestation_object).collect()
}
