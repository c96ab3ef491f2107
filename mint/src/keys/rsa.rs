//! RSASSA-PKCS1-v1_5 and RSASSA-PSS with any hash and any salt; equal messages give equal bytes.

use std::sync::LazyLock;

use assay_protocol::cose::PublicKey;
use assay_protocol::tree::der::{self, write};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding};
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U2048};

use super::hash::Hash;
use crate::error::Error;

const BYTES: usize = 256;

/// The lab's only RSA key, 2048 bits and published with the source, and how it pads.
#[derive(Debug, Clone, Copy)]
pub(super) struct RsaKey {
    pub(super) padding: Padding,
}

/// RFC 8017 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    /// PKCS #1 v1.5.
    Pkcs1(Hash),
    /// PSS with this many bytes of salt; the mask is made with the same hash.
    Pss(Hash, usize),
}

struct Lab {
    pair: KeyPair,
    n: Vec<u8>,
    e: Vec<u8>,
    d: U2048,
    modulus: FixedMontyParams<{ U2048::LIMBS }>,
}

static LAB: LazyLock<Option<Lab>> = LazyLock::new(|| read(include_bytes!("../../data/rs256-public-test-key.pk8.der")));

impl RsaKey {
    pub(super) fn new(padding: Padding) -> Result<Self, Error> {
        LAB.as_ref().map(|_| Self { padding }).ok_or(Error::KeyRejected)
    }

    pub(super) fn public_key(self) -> PublicKey {
        let numbers = LAB.as_ref().map(|lab| (lab.n.clone(), lab.e.clone()));
        let (n, e) = numbers.unwrap_or_default();
        PublicKey::Rsa { n, e }
    }

    pub(super) fn hash(self) -> Hash {
        match self.padding {
            Padding::Pkcs1(hash) | Padding::Pss(hash, _) => hash,
        }
    }

    pub(super) fn sign(self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let lab = LAB.as_ref().ok_or(Error::KeyRejected)?;
        match self.padding {
            Padding::Pkcs1(Hash::Sha1) => lab.raise(&pkcs1_sha1(message)),
            Padding::Pkcs1(Hash::Sha256) => lab.sign(&RSA_PKCS1_SHA256, message),
            Padding::Pkcs1(Hash::Sha384) => lab.sign(&RSA_PKCS1_SHA384, message),
            Padding::Pkcs1(Hash::Sha512) => lab.sign(&RSA_PKCS1_SHA512, message),
            Padding::Pss(hash, salt) => lab.raise(&pss(hash, salt, message)),
        }
    }
}

impl Lab {
    fn sign(&self, encoding: &'static dyn RsaEncoding, message: &[u8]) -> Result<Vec<u8>, Error> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let signed = self.pair.sign(encoding, &SystemRandom::new(), message, &mut signature);
        signed.map(|()| signature).map_err(|_unspecified| Error::Signing)
    }

    /// RSASP1, RFC 8017 5.2.1
    fn raise(&self, encoded: &[u8]) -> Result<Vec<u8>, Error> {
        let encoded = wide(encoded).ok_or(Error::Signing)?;
        let signature = FixedMontyForm::new(&encoded, &self.modulus).pow(&self.d).retrieve();
        Ok(signature.to_be_bytes().as_ref().to_vec())
    }
}

/// RFC 5958 2, and inside it RFC 8017 A.1.2
fn read(info: &[u8]) -> Option<Lab> {
    let outer = der::read(info).root?;
    let inner = info.get(outer.children.get(2)?.content.clone())?;
    let key = der::read(inner).root?;
    let number = |at: usize| key.children.get(at)?.unsigned_of(inner).map(<[u8]>::to_vec);
    let (n, e, d) = (number(1)?, number(2)?, number(3)?);
    let modulus = Odd::new(wide(&n)?).into_option()?;
    let pair = KeyPair::from_pkcs8(info).ok()?;
    Some(Lab { pair, d: wide(&d)?, modulus: FixedMontyParams::new_vartime(modulus), n, e })
}

fn wide(digits: &[u8]) -> Option<U2048> {
    let missing = BYTES.checked_sub(digits.len())?;
    Some(U2048::from_be_slice(&[vec![0; missing].as_slice(), digits].concat()))
}

/// EMSA-PKCS1-v1_5, RFC 8017 9.2, with the hash that aws-lc-rs does not sign with any more.
fn pkcs1_sha1(message: &[u8]) -> Vec<u8> {
    let algorithm = write::sequence(&[write::oid(&[1, 3, 14, 3, 2, 26]), write::null()]);
    let info = write::sequence(&[algorithm, write::octet_string(&Hash::Sha1.of(&[message]))]);
    let padding = vec![0xff; BYTES.saturating_sub(info.len() + 3)];
    [&[0, 1], padding.as_slice(), &[0], &info].concat()
}

/// EMSA-PSS, RFC 8017 9.1.1; the salt follows from the message.
fn pss(hash: Hash, salt_length: usize, message: &[u8]) -> Vec<u8> {
    let hashed = hash.of(&[message]);
    let mut salt = mask(hash, &[b"assay salt".as_slice(), &hashed].concat(), salt_length);
    salt.truncate(salt_length);
    let h = hash.of(&[&[0; 8], &hashed, &salt]);
    let padding = vec![0; BYTES.saturating_sub(salt.len() + h.len() + 2)];
    let mut db = [padding.as_slice(), &[1], &salt].concat();
    for (byte, mask) in db.iter_mut().zip(mask(hash, &h, BYTES)) {
        *byte ^= mask;
    }
    if let Some(first) = db.first_mut() {
        *first &= 0x7f;
    }
    [db.as_slice(), &h, &[0xbc]].concat()
}

/// MGF1, RFC 8017 B.2.1; at least `length` bytes.
fn mask(hash: Hash, seed: &[u8], length: usize) -> Vec<u8> {
    let blocks = (0u32..).take(length.div_ceil(hash.length()));
    blocks.flat_map(|counter| hash.of(&[seed, &counter.to_be_bytes()])).collect()
}
