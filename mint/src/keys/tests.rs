use assay_protocol::cose::{CoseKey, alg};
use assay_protocol::signature::{Scheme, SignatureError, Verifier, verify};

use super::SigningKey;
use crate::seed::Seed;

const SEED: Seed = Seed::new([1; 32]);

fn all() -> Vec<SigningKey> {
    let seeded = alg::SIGNATURES.into_iter().map(|number| SigningKey::of(number, &SEED).unwrap());
    let fast = [SigningKey::random_es256().unwrap(), SigningKey::es256(&SEED).into_fast().unwrap()];
    seeded.chain(fast).collect()
}

#[test]
fn signatures_verify() {
    for key in all() {
        let signature = key.sign(b"message").unwrap();
        let verifier = Verifier::for_cose(key.alg(), &key.public_key()).unwrap();
        verifier.verify(b"message", &signature).unwrap();
        assert!(verifier.verify(b"massage", &signature).is_err(), "{key:?}");
    }
}

#[test]
fn public_keys_read_back() {
    for key in all() {
        assert_eq!(CoseKey::parse(&key.cose_key().to_cbor()).unwrap(), key.cose_key());
    }
}

#[test]
fn seeded_keys_and_their_signatures_repeat() {
    for number in alg::SIGNATURES {
        let make = |seed: [u8; 32]| SigningKey::of(number, &Seed::new(seed)).unwrap();
        assert_eq!(make([1; 32]).sign(b"m").unwrap(), make([1; 32]).sign(b"m").unwrap());
        // There is but one RSA key.
        let differs = make([1; 32]).spki() != make([2; 32]).spki();
        assert_eq!(differs, !make([1; 32]).secret().is_empty(), "{number}");
    }
    assert!(SigningKey::of(alg::ECDH_ES_HKDF_256, &SEED).is_err());
}

/// A signature that is good, for another algorithm: it has the right form, and only the engine
/// can tell.
#[test]
fn other_hashes_paddings_and_salts_are_right_in_form_only() {
    let judge = |key: &SigningKey| verify(key.alg(), &key.public_key(), b"m", &key.sign(b"m").unwrap());
    let mut changed = 0;
    for number in alg::SIGNATURES {
        let key = || SigningKey::of(number, &SEED).unwrap();
        assert_eq!(judge(&key()), Ok(()), "{number}");
        for other in [key().with_other_hash(), key().with_other_padding(), key().with_salt(20), key().with_salt(0)] {
            let same = other.sign(b"m").unwrap() == key().sign(b"m").unwrap();
            let expected = if same { Ok(()) } else { Err(SignatureError::Invalid) };
            assert_eq!(judge(&other), expected, "{number}");
            changed += usize::from(!same);
        }
    }
    // Seven names of ECDSA, seven of RSA by hash and by padding, three of those by two salts.
    assert_eq!(changed, 7 + 7 + 7 + 3 * 2);
}

#[test]
fn the_other_hash_is_one_that_is_asked_elsewhere() {
    let key = SigningKey::p384(&SEED).with_other_hash();
    let verifier = Verifier::for_key(Scheme::EcdsaP384Sha256, &key.public_key()).unwrap();
    verifier.verify(b"m", &key.sign(b"m").unwrap()).unwrap();
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
