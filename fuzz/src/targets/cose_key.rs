//! A credential public key.

use assay_mint::keys::SigningKey;
use assay_protocol::cose::{CoseKey, PublicKey, alg};
use assay_protocol::signature;

use super::good;

pub(super) fn run(input: &[u8]) {
    let Ok(key) = CoseKey::parse(input) else { return };
    let _ = (key.to_spki(), key.sec1(), key.modulus_bits());
    // Whatever was read can be written, and is the same.
    if key.key != PublicKey::Unsupported {
        assert_eq!(CoseKey::parse(&key.to_cbor()).as_ref(), Ok(&key));
    }
    let _ = signature::verify(key.alg, &key.key, b"message", &[0; 64]);
}

/// A key of every algorithm.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let lab = good::lab();
    let keys = alg::SIGNATURES.iter().filter_map(|alg| SigningKey::of(*alg, lab.seed()).ok());
    keys.map(|key| key.cose_key().to_cbor()).collect()
}
