//! U2F_REGISTER.

use super::wire;
use crate::case::{Case, Level};
use crate::suites::authenticator::world::Key;
use crate::verdict::{Pass, Stop};

/// The cases.
pub(super) fn cases() -> Vec<Case<Key>> {
    vec![
        Case::new(
            "u2f/register/verifies",
            "A registration is whole, and its certificate has signed it",
            "CTAP 2.3 10",
            Level::Must,
            |key: &mut Key, context| wire::register(key, context).map(|_| Pass::plain("a registration that verifies")),
        )
        .claims(["ctap_u2f_reserved", "ctap_u2f_attestation"])
        .sends("REGISTER")
        .expects("0x05, a point of P-256, a key handle, a certificate, and its signature over them, challenge and application"),
        Case::new(
            "u2f/register/anew",
            "Each registration has a key of its own",
            "CTAP 2.3 10",
            Level::Must,
            |key: &mut Key, context| {
                let [one, other] = [wire::register(key, context)?.attested, wire::register(key, context)?.attested];
                if one.public_key_cbor == other.public_key_cbor {
                    return Err(Stop::fail("another key", "the same point"));
                }
                if one.credential_id == other.credential_id {
                    return Err(Stop::fail("another key handle", "the same"));
                }
                Ok(Pass::plain("two keys, two handles"))
            },
        )
        .claims(["ctap_u2f_fresh_key"])
        .twin("u2f/register/verifies")
        .sends("REGISTER, twice")
        .expects("two points and two key handles"),
    ]
}
