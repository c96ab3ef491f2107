use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature as lc;
use aws_lc_rs::signature::KeyPair as _;

use super::{Scheme, SignatureError, Verifier, verify};
use crate::cose::{Curve, PublicKey, alg};
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
    for other in [alg::EDDSA, alg::RS256, alg::ES384, alg::ES256K, 0] {
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
