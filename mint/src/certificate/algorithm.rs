use assay_protocol::cose::{ParameterSet, alg};
use assay_protocol::tree::der::write;

use crate::keys::{Hash, SigningKey};

/// The signature algorithms that the lab's keys use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// ecdsa-with-SHA1
    EcdsaSha1,
    /// ecdsa-with-SHA256
    EcdsaSha256,
    /// ecdsa-with-SHA384
    EcdsaSha384,
    /// ecdsa-with-SHA512
    EcdsaSha512,
    /// sha1WithRSAEncryption
    RsaSha1,
    /// sha256WithRSAEncryption
    RsaSha256,
    /// sha384WithRSAEncryption
    RsaSha384,
    /// sha512WithRSAEncryption
    RsaSha512,
    /// RSASSA-PSS, mask and salt by the same hash
    RsaPss(Hash),
    /// Ed25519
    Ed25519,
    /// Ed448
    Ed448,
    /// ML-DSA
    MlDsa(ParameterSet),
}

impl SignatureAlgorithm {
    /// The algorithm that `key` signs certificates with.
    pub fn of(key: &SigningKey) -> Self {
        let hash = key.hash();
        match key.alg() {
            alg::PS256 | alg::PS384 | alg::PS512 => Self::RsaPss(hash.unwrap_or(Hash::Sha256)),
            alg::RS1 | alg::RS256 | alg::RS384 | alg::RS512 => match hash {
                Some(Hash::Sha1) => Self::RsaSha1,
                Some(Hash::Sha384) => Self::RsaSha384,
                Some(Hash::Sha512) => Self::RsaSha512,
                Some(Hash::Sha256) | None => Self::RsaSha256,
            },
            alg::EDDSA | alg::ED25519 => Self::Ed25519,
            alg::ED448 => Self::Ed448,
            other => match (ParameterSet::of(other), hash) {
                (Some(set), _) => Self::MlDsa(set),
                (None, Some(Hash::Sha1)) => Self::EcdsaSha1,
                (None, Some(Hash::Sha384)) => Self::EcdsaSha384,
                (None, Some(Hash::Sha512)) => Self::EcdsaSha512,
                (None, Some(Hash::Sha256) | None) => Self::EcdsaSha256,
            },
        }
    }

    pub(crate) fn to_der(self) -> Vec<u8> {
        let bare = |oid: &[u64]| write::sequence(&[write::oid(oid)]);
        let ecdsa = |last| bare(&[1, 2, 840, 10045, 4, 3, last]);
        let rsa = |last| write::sequence(&[write::oid(&[1, 2, 840, 113549, 1, 1, last]), write::null()]);
        match self {
            Self::EcdsaSha1 => bare(&[1, 2, 840, 10045, 4, 1]),
            Self::EcdsaSha256 => ecdsa(2),
            Self::EcdsaSha384 => ecdsa(3),
            Self::EcdsaSha512 => ecdsa(4),
            Self::RsaSha1 => rsa(5),
            Self::RsaSha256 => rsa(11),
            Self::RsaSha384 => rsa(12),
            Self::RsaSha512 => rsa(13),
            Self::RsaPss(hash) => pss(hash),
            Self::Ed25519 => bare(&[1, 3, 101, 112]),
            Self::Ed448 => bare(&[1, 3, 101, 113]),
            // RFC 9881 2
            Self::MlDsa(ParameterSet::MlDsa44) => bare(&[2, 16, 840, 1, 101, 3, 4, 3, 17]),
            Self::MlDsa(ParameterSet::MlDsa65) => bare(&[2, 16, 840, 1, 101, 3, 4, 3, 18]),
            Self::MlDsa(ParameterSet::MlDsa87) => bare(&[2, 16, 840, 1, 101, 3, 4, 3, 19]),
        }
    }
}

/// RSASSA-PSS-params (RFC 4055 3.1)
fn pss(hash: Hash) -> Vec<u8> {
    let oid: &[u64] = match hash {
        Hash::Sha1 => &[1, 3, 14, 3, 2, 26],
        Hash::Sha256 => &[2, 16, 840, 1, 101, 3, 4, 2, 1],
        Hash::Sha384 => &[2, 16, 840, 1, 101, 3, 4, 2, 2],
        Hash::Sha512 => &[2, 16, 840, 1, 101, 3, 4, 2, 3],
    };
    let hashed = write::sequence(&[write::oid(oid), write::null()]);
    let mask = write::sequence(&[write::oid(&[1, 2, 840, 113549, 1, 1, 8]), hashed.clone()]);
    let salt = write::small_integer(i64::try_from(hash.length()).unwrap_or(32));
    let parameters = [write::explicit(0, &hashed), write::explicit(1, &mask), write::explicit(2, &salt)];
    write::sequence(&[write::oid(&[1, 2, 840, 113549, 1, 1, 10]), write::sequence(&parameters)])
}
