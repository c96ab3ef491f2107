use assay_protocol::cose::alg;
use assay_protocol::digest::sha256;

use super::{CredProtect, Material, UserVerified, Vault, generate};
use crate::env::{SeededRng, SystemRng};
use crate::state::Secret;

#[test]
fn a_sealed_id_opens_for_its_rp_and_authenticator_alone() {
    let mut rng = SystemRng;
    for algorithm in [alg::ES256, alg::EDDSA] {
        let key = generate(algorithm, &mut rng).unwrap();
        let vault = Vault::new(&Secret(vec![1; 32]));
        let hash = sha256(b"example.org");
        let material =
            Material { rp_id: "example.org", rp_id_hash: &hash, key: &key, cred_protect: CredProtect::Required };
        let id = vault.seal(&material, &mut rng).unwrap();
        let found = vault.open(&id, &hash).unwrap();
        assert_eq!(found.cred_protect, CredProtect::Required);
        assert_eq!(found.key(&rng).unwrap().spki(), key.spki());
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
    for algorithm in [alg::ES256, alg::EDDSA] {
        let make = || generate(algorithm, &mut SeededRng::new([1; 32])).unwrap().spki();
        assert_eq!(make(), make());
    }
}

#[test]
fn the_two_credential_secrets_differ() {
    let vault = Vault::new(&Secret(vec![1; 32]));
    let with = vault.cred_random(b"id", UserVerified::Yes);
    assert_ne!(with, vault.cred_random(b"id", UserVerified::No));
    assert_ne!(with, vault.cred_random(b"di", UserVerified::Yes));
}
