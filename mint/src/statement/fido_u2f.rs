//! WebAuthn L3 8.6, `fido-u2f`.

use crate::cbor::Map;
use crate::statement::x5c;

/// What the signature covers.
pub fn signed_bytes(
    rp_id_hash: &[u8],
    client_data_hash: &[u8; 32],
    credential_id: &[u8],
    public_key: &[u8],
) -> Vec<u8> {
    [&[0], rp_id_hash, client_data_hash, credential_id, public_key].concat()
}

/// A statement with its one certificate.
pub fn statement(signature: Vec<u8>, certificate: &[Vec<u8>]) -> Map {
    let mut statement = Map::default();
    statement.push("sig", signature);
    statement.push("x5c", x5c(certificate));
    statement
}
