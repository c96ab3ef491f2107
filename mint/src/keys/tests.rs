use assay_protocol::cose::CoseKey;
use assay_protocol::signature::{Scheme, Verifier};

use super::SigningKey;
use crate::seed::Seed;

const SEED: Seed = Seed::new([1; 32]);

fn all() -> Vec<SigningKey> {
    vec![
        SigningKey::es256(&SEED),
        SigningKey::random_es256().unwrap(),
        SigningKey::es256(&SEED).into_fast().unwrap(),
        SigningKey::ed25519(&SEED).unwrap(),
        SigningKey::rs256().unwrap(),
        SigningKey::p384(&SEED),
    ]
}

#[test]
fn signatures_verify() {
    for key in all() {
        let signature = key.sign(b"message").unwrap();
        let scheme = match key {
            SigningKey::EcdsaP384(_) => Scheme::EcdsaP384Sha384,
            _ => Scheme::for_cose(key.alg(), &key.public_key()).unwrap(),
        };
        let verifier = Verifier::for_key(scheme, &key.public_key()).unwrap();
        verifier.verify(b"message", &signature).unwrap();
        assert!(verifier.verify(b"massage", &signature).is_err(), "{key:?}");
    }
}

#[test]
fn public_keys_read_back() {
    for key in all().into_iter().filter(|key| !matches!(key, SigningKey::EcdsaP384(_))) {
        assert_eq!(CoseKey::parse(&key.cose_key().to_cbor()).unwrap(), key.cose_key());
    }
}

#[test]
fn seeded_keys_and_their_signatures_repeat() {
    for make in [SigningKey::es256, |seed: &Seed| SigningKey::ed25519(seed).unwrap(), SigningKey::p384] {
        assert_eq!(make(&SEED).sign(b"m").unwrap(), make(&SEED).sign(b"m").unwrap());
        assert_ne!(make(&SEED).spki(), make(&Seed::new([2; 32])).spki());
    }
}

#[test]
fn engines_agree_on_the_key() {
    let slow = SigningKey::es256(&SEED);
    let fast = slow.clone().into_fast().unwrap();
    assert_eq!(slow.spki(), fast.spki());
    assert_eq!(slow.secret(), fast.secret());
    assert_eq!(SigningKey::es256_from_secret(&fast.secret()).unwrap().spki(), slow.spki());
    let edwards = SigningKey::ed25519(&SEED).unwrap();
    assert_eq!(SigningKey::ed25519_from_secret(&edwards.secret()).unwrap().spki(), edwards.spki());
}

#[test]
fn a_key_out_of_range_is_refused() {
    assert!(SigningKey::es256_from_secret(&[0; 32]).is_err());
    assert!(SigningKey::fast_es256_from_secret(&[0xff; 32]).is_err());
}

#[test]
fn rfc_6979_a_2_5() {
    let secret: Vec<u8> = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let signature = SigningKey::es256_from_secret(&secret).unwrap().sign(b"sample").unwrap();
    let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(hex.contains("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"), "{hex}");
}
