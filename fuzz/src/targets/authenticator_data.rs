//! Authenticator data, with and without a credential and extensions.

use assay_mint::assertion::AssertionForge;
use assay_mint::cbor::Map;
use assay_protocol::authenticator_data::AuthenticatorData;

use super::good;

pub(super) fn run(input: &[u8]) {
    let Ok(data) = AuthenticatorData::parse(input) else { return };
    assert_eq!(data.flags.at(), data.attested.is_some());
    assert_eq!(data.flags.ed(), data.extensions.is_some());
    let written = data.to_bytes();
    if data.extensions.is_none() {
        assert_eq!(written, input, "all but the extensions is written as it was read");
    }
    let again = AuthenticatorData::parse(&written).expect("what is written can be read");
    assert_eq!((again.rp_id_hash, again.flags, again.sign_count), (data.rp_id_hash, data.flags, data.sign_count));
    assert_eq!(
        again.attested.map(|attested| attested.credential_public_key),
        data.attested.map(|attested| attested.credential_public_key)
    );
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (_, forge) in good::forges() {
        let made = forge.forge().expect("a good one");
        let mut assertion = AssertionForge::new(&made.credential, &good::CHALLENGE);
        seeds.push(made.auth_data);
        let mut extensions = Map::default();
        extensions.push("credProtect", 2);
        assertion.extensions = Some(extensions);
        seeds.push(assertion.forge().expect("a good one").auth_data);
    }
    seeds
}
