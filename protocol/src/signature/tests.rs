use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature as lc;
use aws_lc_rs::signature::KeyPair as _;

use super::{Scheme, SignatureError, Verifier, verify};
use crate::cose::{Curve, ParameterSet, PublicKey, alg};
use crate::error::Reason;
use crate::tree::der::{self, write};

const MESSAGE: &[u8] = b"message";

fn es256() -> (PublicKey, Vec<u8>) {
    let rng = SystemRandom::new();
    let key = lc::EcdsaKeyPair::generate(&lc::ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let point = key.public_key().as_ref();
    let public = PublicKey::Ec2 { curve: Curve::P256, x: point[1..33].to_vec(), y: point[33..].to_vec() };
    (public, key.sign(&rng, MESSAGE).unwrap().as_ref().to_vec())
}

/// r and s of a DER signature.
fn halves(signature: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let root = der::read(signature).root.unwrap();
    let half = |at: usize| root.children[at].unsigned_of(signature).unwrap().to_vec();
    (half(0), half(1))
}

fn malformed(result: Result<(), SignatureError>) -> Reason {
    match result {
        Err(SignatureError::Malformed(malformed)) => malformed.reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn es256_verifies_and_bit_flips_do_not() {
    let (key, mut signature) = es256();
    let check = |message: &[u8], signature: &[u8]| verify(alg::ES256, &key, message, signature);
    assert_eq!(check(MESSAGE, &signature), Ok(()));
    assert_eq!(check(b"massage", &signature), Err(SignatureError::Invalid));
    let last = signature.len() - 1;
    signature[last] ^= 1;
    assert_eq!(check(MESSAGE, &signature), Err(SignatureError::Invalid));
}

#[test]
fn high_s_is_accepted() {
    // The order of P-256.
    const N: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
        0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let (key, signature) = es256();
    let (r, s) = halves(&signature);
    let mut negated = [0; 32];
    let mut borrow = 0;
    let padded = [vec![0; 32 - s.len()], s].concat();
    for at in (0..32).rev() {
        let difference = i32::from(N[at]) - i32::from(padded[at]) - borrow;
        borrow = i32::from(difference < 0);
        negated[at] = difference.rem_euclid(256).try_into().unwrap();
    }
    let other = write::sequence(&[write::integer(&r), write::integer(&negated)]);
    assert_eq!(verify(alg::ES256, &key, MESSAGE, &other), Ok(()));
}

#[test]
fn other_forms_of_a_good_signature_are_named() {
    let (key, signature) = es256();
    let (r, s) = halves(&signature);
    let (der_r, der_s) = (write::integer(&r), write::integer(&s));
    let pad = |half: &[u8]| write::tagged(0x02, &[&[0, 0], half].concat());
    let zero = write::integer(&[]);
    let cases = [
        (Vec::new(), Reason::SignatureNotDer),
        ([&signature[..], &[0]].concat(), Reason::SignatureNotDer),
        (signature[..signature.len() - 1].to_vec(), Reason::SignatureNotDer),
        ([vec![0; 32 - r.len()], r.clone(), s.clone()].concat(), Reason::SignatureNotDer),
        (write::sequence(&[pad(&r), der_s.clone()]), Reason::SignatureNotDer),
        (write::sequence(std::slice::from_ref(&der_r)), Reason::SignatureNotDer),
        (write::sequence(&[der_r.clone(), der_s.clone(), write::null()]), Reason::SignatureNotDer),
        (write::set(&[der_r.clone(), der_s.clone()]), Reason::SignatureNotDer),
        (write::octet_string(&signature), Reason::SignatureNotDer),
        (write::sequence(&[write::octet_string(&r), der_s.clone()]), Reason::SignatureNotDer),
        (write::sequence(&[write::small_integer(-5), der_s.clone()]), Reason::SignatureNotDer),
        ([&[0x30, 0x81][..], &signature[1..]].concat(), Reason::SignatureNotDer),
        (write::sequence(&[zero.clone(), zero.clone()]), Reason::SignatureZero),
        (write::sequence(&[der_r, zero.clone()]), Reason::SignatureZero),
        (write::sequence(&[zero, der_s]), Reason::SignatureZero),
    ];
    for (form, reason) in cases {
        let result = verify(alg::ES256, &key, MESSAGE, &form);
        assert_eq!(malformed(result), reason, "{form:02x?}");
    }
}

#[test]
fn ed25519_and_rs256() {
    let rng = SystemRandom::new();
    let ed25519 = lc::Ed25519KeyPair::generate().unwrap();
    let public = PublicKey::Okp { curve: Curve::Ed25519, x: ed25519.public_key().as_ref().to_vec() };
    let signature = ed25519.sign(MESSAGE).as_ref().to_vec();
    assert_eq!(verify(alg::EDDSA, &public, MESSAGE, &signature), Ok(()));
    assert_eq!(verify(alg::EDDSA, &public, b"", &signature), Err(SignatureError::Invalid));
    let short = verify(alg::EDDSA, &public, MESSAGE, &signature[1..]);
    assert_eq!(malformed(short), Reason::SignatureWrongLength);

    let rsa = lc::RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = rsa.public_key().as_ref().to_vec();
    let root = der::read(&der).root.unwrap();
    let number = |at: usize| root.children[at].unsigned_of(&der).unwrap().to_vec();
    let public = PublicKey::Rsa { n: number(0), e: number(1) };
    assert_eq!(public.pkcs1().as_deref(), Some(der.as_slice()));
    let mut signature = vec![0; rsa.public_modulus_len()];
    rsa.sign(&lc::RSA_PKCS1_SHA256, &rng, MESSAGE, &mut signature).unwrap();
    assert_eq!(verify(alg::RS256, &public, MESSAGE, &signature), Ok(()));
    assert_eq!(verify(alg::RS256, &public, b"", &signature), Err(SignatureError::Invalid));
    let short = verify(alg::RS256, &public, MESSAGE, &[]);
    assert_eq!(malformed(short), Reason::SignatureWrongLength);
}

#[test]
fn keys_and_algorithms_that_do_not_fit() {
    let (key, signature) = es256();
    for other in alg::SIGNATURES.into_iter().filter(|alg| !matches!(*alg, alg::ES256 | alg::ESP256)).chain([0]) {
        let result = verify(other, &key, MESSAGE, &signature);
        assert_eq!(result, Err(SignatureError::Unsupported), "{other}");
    }
    let unsupported = verify(alg::ES256, &PublicKey::Unsupported, MESSAGE, &signature);
    assert_eq!(unsupported, Err(SignatureError::Unsupported));
    let mut off_curve = key.sec1().unwrap();
    off_curve[64] ^= 1;
    let small_rsa = PublicKey::Rsa { n: [vec![0xc0; 127], vec![1]].concat(), e: vec![1, 0, 1] };
    let spki = key.to_spki().unwrap();
    for result in [
        Verifier::new(Scheme::EcdsaP256Sha256, &off_curve),
        Verifier::new(Scheme::EcdsaP256Sha256, &spki),
        Verifier::new(Scheme::EcdsaP256Sha256, &[]),
        Verifier::new(Scheme::Ed25519, &[0; 31]),
        Verifier::for_cose(alg::RS256, &small_rsa),
    ] {
        assert_eq!(result.unwrap_err(), SignatureError::Key);
    }
}

#[test]
fn the_other_curves() {
    let rng = SystemRandom::new();
    for (number, curve, signing, other_hash) in [
        (alg::ES384, Curve::P384, &lc::ECDSA_P384_SHA384_ASN1_SIGNING, Some(&lc::ECDSA_P384_SHA3_384_ASN1_SIGNING)),
        (alg::ES512, Curve::P521, &lc::ECDSA_P521_SHA512_ASN1_SIGNING, Some(&lc::ECDSA_P521_SHA256_ASN1_SIGNING)),
        (alg::ES256K, Curve::Secp256k1, &lc::ECDSA_P256K1_SHA256_ASN1_SIGNING, None),
    ] {
        let pair = lc::EcdsaKeyPair::generate(signing).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(curve.length());
        let key = PublicKey::Ec2 { curve, x: x.to_vec(), y: y.to_vec() };
        let signature = pair.sign(&rng, MESSAGE).unwrap().as_ref().to_vec();
        let check = |message: &[u8], signature: &[u8]| verify(number, &key, message, signature);
        assert_eq!(check(MESSAGE, &signature), Ok(()), "{curve:?}");
        assert_eq!(check(b"", &signature), Err(SignatureError::Invalid), "{curve:?}");
        let (r, s) = halves(&signature);
        assert_eq!(malformed(check(MESSAGE, &[r, s].concat())), Reason::SignatureNotDer, "{curve:?}");
        assert_eq!(malformed(check(MESSAGE, &[&signature[..], &[0]].concat())), Reason::SignatureNotDer, "{curve:?}");
        if let Some(signing) = other_hash {
            let pkcs8 = pair.to_pkcs8v1().unwrap();
            let pair = lc::EcdsaKeyPair::from_pkcs8(signing, pkcs8.as_ref()).unwrap();
            let signature = pair.sign(&rng, MESSAGE).unwrap();
            assert_eq!(check(MESSAGE, signature.as_ref()), Err(SignatureError::Invalid), "{curve:?}");
        }
    }
}

#[test]
fn every_rsa_algorithm_is_its_own() {
    let rng = SystemRandom::new();
    let pair = lc::RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = pair.public_key().as_ref().to_vec();
    let root = der::read(&der).root.unwrap();
    let number = |at: usize| root.children[at].unsigned_of(&der).unwrap().to_vec();
    let key = PublicKey::Rsa { n: number(0), e: number(1) };
    let encodings: [(i64, &'static dyn lc::RsaEncoding); 6] = [
        (alg::RS256, &lc::RSA_PKCS1_SHA256),
        (alg::RS384, &lc::RSA_PKCS1_SHA384),
        (alg::RS512, &lc::RSA_PKCS1_SHA512),
        (alg::PS256, &lc::RSA_PSS_SHA256),
        (alg::PS384, &lc::RSA_PSS_SHA384),
        (alg::PS512, &lc::RSA_PSS_SHA512),
    ];
    for (made, encoding) in encodings {
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(encoding, &rng, MESSAGE, &mut signature).unwrap();
        for asked in [alg::RS1].into_iter().chain(encodings.map(|(asked, _)| asked)) {
            let expected = if made == asked { Ok(()) } else { Err(SignatureError::Invalid) };
            assert_eq!(verify(asked, &key, MESSAGE, &signature), expected, "{made} as {asked}");
        }
        let long = [&[0], signature.as_slice()].concat();
        assert_eq!(malformed(verify(made, &key, MESSAGE, &long)), Reason::SignatureWrongLength);
    }
}

#[test]
fn ed448_pure_and_without_a_context() {
    let pair = ed448_goldilocks::SigningKey::try_from(&[7; 57][..]).unwrap();
    let key = PublicKey::Okp { curve: Curve::Ed448, x: pair.verifying_key().to_bytes().to_vec() };
    let signature = pair.sign_raw(MESSAGE).to_bytes();
    let check = |signature: &[u8]| verify(alg::ED448, &key, MESSAGE, signature);
    assert_eq!(check(&signature), Ok(()));
    assert_eq!(verify(alg::ED448, &key, b"", &signature), Err(SignatureError::Invalid));
    let with_context = pair.sign_ctx(b"context", MESSAGE).unwrap().to_bytes();
    assert_eq!(check(&with_context), Err(SignatureError::Invalid));
    assert_eq!(malformed(check(&signature[..64])), Reason::SignatureWrongLength);
    assert_eq!(malformed(check(&[&signature[..], &[0]].concat())), Reason::SignatureWrongLength);
    // Twice the group's order or more in s: RFC 8032 5.2.7 step 1.
    assert_eq!(check(&[&signature[..57], &[0xff; 57]].concat()), Err(SignatureError::Invalid));
    assert_eq!(verify(alg::EDDSA, &key, MESSAGE, &signature), Err(SignatureError::Unsupported));
}

#[test]
fn ml_dsa() {
    for (set, signing) in [
        (ParameterSet::MlDsa44, &lc::ML_DSA_44_SIGNING),
        (ParameterSet::MlDsa65, &lc::ML_DSA_65_SIGNING),
        (ParameterSet::MlDsa87, &lc::ML_DSA_87_SIGNING),
    ] {
        let pair = lc::PqdsaKeyPair::generate(signing).unwrap();
        let key = PublicKey::Akp { set, key: pair.public_key().as_ref().to_vec() };
        let mut signature = vec![0; signing.signature_len()];
        pair.sign(MESSAGE, &mut signature).unwrap();
        let check = |signature: &[u8]| verify(set.alg(), &key, MESSAGE, signature);
        assert_eq!(check(&signature), Ok(()));
        assert_eq!(verify(set.alg(), &key, b"", &signature), Err(SignatureError::Invalid));
        assert_eq!(malformed(check(&signature[1..])), Reason::SignatureWrongLength);
        assert_eq!(malformed(check(&[&signature[..], &[0]].concat())), Reason::SignatureWrongLength);
        signature[0] ^= 1;
        assert_eq!(check(&signature), Err(SignatureError::Invalid));
    }
}

#[test]
fn certificate_curves() {
    let rng = SystemRandom::new();
    for (scheme, signing) in [
        (Scheme::EcdsaP384Sha384, &lc::ECDSA_P384_SHA384_ASN1_SIGNING),
        (Scheme::EcdsaP521Sha512, &lc::ECDSA_P521_SHA512_ASN1_SIGNING),
        (Scheme::EcdsaP384Sha384Fixed, &lc::ECDSA_P384_SHA384_FIXED_SIGNING),
        (Scheme::EcdsaP521Sha512Fixed, &lc::ECDSA_P521_SHA512_FIXED_SIGNING),
    ] {
        let key = lc::EcdsaKeyPair::generate(signing).unwrap();
        let verifier = Verifier::new(scheme, key.public_key().as_ref()).unwrap();
        let signature = key.sign(&rng, MESSAGE).unwrap();
        assert_eq!(verifier.verify(MESSAGE, signature.as_ref()), Ok(()), "{scheme:?}");
        assert_eq!(verifier.verify(b"", signature.as_ref()), Err(SignatureError::Invalid));
    }
}
