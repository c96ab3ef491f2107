//! A key in the forms that are not CBOR.

use super::{Curve, ParameterSet, PublicKey};
use crate::tree::der::write as der;

impl PublicKey {
    /// The key as a DER SubjectPublicKeyInfo; none for kinds not read here.
    pub fn to_spki(&self) -> Option<Vec<u8>> {
        let ec = |curve: &[u64]| [der::oid(&[1, 2, 840, 10045, 2, 1]), der::oid(curve)].concat();
        let (algorithm, key) = match self {
            Self::Ec2 { curve, .. } => {
                let curve: &[u64] = match curve {
                    Curve::P256 => &[1, 2, 840, 10045, 3, 1, 7],
                    Curve::P384 => &[1, 3, 132, 0, 34],
                    Curve::P521 => &[1, 3, 132, 0, 35],
                    Curve::Secp256k1 => &[1, 3, 132, 0, 10],
                    Curve::Ed25519 | Curve::Ed448 => return None,
                };
                (ec(curve), self.sec1()?)
            }
            Self::Okp { curve, x } => match curve {
                Curve::Ed25519 => (der::oid(&[1, 3, 101, 112]), x.clone()),
                Curve::Ed448 => (der::oid(&[1, 3, 101, 113]), x.clone()),
                _ => return None,
            },
            Self::Rsa { .. } => {
                let algorithm = [der::oid(&[1, 2, 840, 113549, 1, 1, 1]), der::null()].concat();
                (algorithm, self.pkcs1()?)
            }
            // RFC 9881 2
            Self::Akp { set, key } => {
                let last = match set {
                    ParameterSet::MlDsa44 => 17,
                    ParameterSet::MlDsa65 => 18,
                    ParameterSet::MlDsa87 => 19,
                };
                (der::oid(&[2, 16, 840, 1, 101, 3, 4, 3, last]), key.clone())
            }
            Self::Unsupported => return None,
        };
        Some(der::sequence(&[der::sequence(&[algorithm]), der::bit_string(&key)]))
    }

    /// The key as a DER RSAPublicKey (RFC 8017 A.1.1), if it is an RSA key.
    pub fn pkcs1(&self) -> Option<Vec<u8>> {
        match self {
            Self::Rsa { n, e } => Some(der::sequence(&[der::integer(n), der::integer(e)])),
            _ => None,
        }
    }

    /// The point in the uncompressed form of SEC 1, `04 ‖ x ‖ y`, if the key is one.
    pub fn sec1(&self) -> Option<Vec<u8>> {
        match self {
            Self::Ec2 { x, y, .. } => Some([&[0x04], x.as_slice(), y.as_slice()].concat()),
            _ => None,
        }
    }

    /// The modulus's length in bits, if the key is an RSA key.
    pub fn modulus_bits(&self) -> Option<usize> {
        let Self::Rsa { n, .. } = self else {
            return None;
        };
        let mut significant = n.iter().copied().skip_while(|byte| *byte == 0);
        let Some(first) = significant.next() else {
            return Some(0);
        };
        let unused = usize::try_from(first.leading_zeros()).unwrap_or(0);
        Some((1 + significant.count()) * 8 - unused)
    }
}
