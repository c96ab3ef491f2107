use assay_protocol::cose::alg;
use assay_protocol::digest::sha256;

use super::{CredProtect, Material, UserVerified, Vault, generate};
use crate::config::ALGORITHMS;
use crate::env::{SeededRng, SystemRng};
use crate::state::Secret;

#[test]
fn a_sealed_id_opens_for_its_rp_and_authenticator_alone() {
    let mut rng = SystemRng;
    for algorithm in [alg::ES256, alg::EDDSA, alg::ES384, alg::ML_DSA_44] {
        let generated = generate(algorithm, &mut rng).unwrap();
        let vault = Vault::new(&Secret(vec![1; 32]));
        let hash = sha256(b"example.org");
        let material =
            Material { generated: &generated, cred_protect: CredProtect::Required, third_party_payment: true };
        let id = vault.seal(&hash, &material, &mut rng).unwrap();
        let found = vault.open(&id, &hash).unwrap();
        assert_eq!((found.cred_protect, found.third_party_payment), (CredProtect::Required, true));
        assert_eq!(found.key(&rng).unwrap().spki(), generated.key.spki());
        assert!(vault.open(&id, &sha256(b"example.com")).is_none());
        assert!(Vault::new(&Secret(vec![2; 32])).open(&id, &hash).is_none());
        for at in 0..id.len() {
            let mut other = id.clone();
            other[at] ^= 1;
            assert!(vault.open(&other, &hash).is_none());
            assert!(vault.open(&id[..at], &hash).is_none());
        }
    }
}

#[test]
fn seeded_generators_repeat() {
    for algorithm in ALGORITHMS {
        let make = |seed| generate(algorithm, &mut SeededRng::new([seed; 32])).unwrap().key.spki();
        assert_eq!(make(1), make(1));
        // There is but one RSA key.
        assert_eq!(make(1) == make(2), algorithm == alg::RS256);
    }
}

#[test]
fn the_two_credential_secrets_differ() {
    let vault = Vault::new(&Secret(vec![1; 32]));
    let with = vault.cred_random(b"id", UserVerified::Yes);
    assert_ne!(with, vault.cred_random(b"id", UserVerified::No));
    assert_ne!(with, vault.cred_random(b"di", UserVerified::Yes));
}
