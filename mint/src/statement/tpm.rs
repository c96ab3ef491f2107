//! WebAuthn L3 8.3, `tpm`: what a TPM and the attestation key in it would make.

pub mod cert_info;
pub mod device;
pub mod pub_area;

use assay_protocol::cose::alg;
use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512, digest};
use ciborium::Value;

use crate::cbor::Map;
use crate::error::Error;
use crate::keys::SigningKey;
use crate::statement::x5c;
use cert_info::CertInfoDraft;
use pub_area::PubAreaDraft;

/// A statement while it can still be edited: the name is made, and certInfo signed, after the edits.
#[derive(Debug, Clone)]
pub struct TpmDraft {
    /// The credential's key as the TPM describes it.
    pub pub_area: PubAreaDraft,
    /// What the TPM says of it.
    pub cert_info: CertInfoDraft,
    /// The bytes that `extraData` is the hash of.
    pub to_be_attested: Vec<u8>,
    /// What befalls the finished statement.
    pub finish: Option<fn(&mut Map)>,
}

impl TpmDraft {
    /// The right statement for this credential by an attestation key of this algorithm.
    pub fn new(credential: &SigningKey, attestation_alg: i64, to_be_attested: Vec<u8>) -> Self {
        let extra_data = digest(hash_of(attestation_alg), &to_be_attested).as_ref().to_vec();
        Self {
            pub_area: PubAreaDraft::new(credential),
            cert_info: CertInfoDraft::new(extra_data),
            to_be_attested,
            finish: None,
        }
    }

    /// Certifies, signs, and puts it all together; `spoil` is for the signature's bytes.
    pub(crate) fn statement(
        &self,
        key: &SigningKey,
        certificates: &[Vec<u8>],
        spoil: impl FnOnce(&mut Vec<u8>),
    ) -> Result<Map, Error> {
        let pub_area = self.pub_area.to_bytes();
        let cert_info = self.cert_info.to_bytes(&self.pub_area.name());
        let mut signature = key.sign(&cert_info)?;
        spoil(&mut signature);
        let mut statement = Map::default();
        statement.push("alg", key.alg());
        statement.push("sig", signature);
        statement.push("ver", "2.0");
        statement.push("x5c", x5c(certificates));
        statement.push("pubArea", Value::Bytes(pub_area));
        statement.push("certInfo", Value::Bytes(cert_info));
        if let Some(finish) = self.finish {
            finish(&mut statement);
        }
        Ok(statement)
    }
}

/// The hash that a signature algorithm employs; Ed25519 signs no certInfo, and gets what it gets.
pub(crate) fn hash_of(algorithm: i64) -> &'static Algorithm {
    match algorithm {
        alg::RS1 => &SHA1_FOR_LEGACY_USE_ONLY,
        alg::ES384 | alg::RS384 | alg::PS384 => &SHA384,
        alg::ES512 | alg::RS512 | alg::PS512 => &SHA512,
        _ => &SHA256,
    }
}
