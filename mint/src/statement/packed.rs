//! WebAuthn L3 8.2, `packed`.

use crate::cbor::Map;
use crate::statement::x5c;

/// What the signature covers: authenticator data, then the hash of the client data.
pub fn signed_bytes(auth_data: &[u8], client_data_hash: &[u8; 32]) -> Vec<u8> {
    [auth_data, client_data_hash].concat()
}

/// A statement with certificates, or, without any, a self attestation.
pub fn statement(alg: i64, signature: Vec<u8>, certificates: &[Vec<u8>]) -> Map {
    let mut statement = Map::default();
    statement.push("alg", alg);
    statement.push("sig", signature);
    if !certificates.is_empty() {
        statement.push("x5c", x5c(certificates));
    }
    statement
}
