//! WebAuthn L3 8.8, `apple`: no signature, but a certificate made for this registration.

use assay_protocol::tree::der::write;

use crate::cbor::Map;
use crate::certificate::extension::Extension;
use crate::statement::x5c;

/// The extension that names the registration.
pub const ID_NONCE: &[u64] = &[1, 2, 840, 113_635, 100, 8, 2];

/// A statement: certificates alone.
pub fn statement(certificates: &[Vec<u8>]) -> Map {
    let mut statement = Map::default();
    statement.push("x5c", x5c(certificates));
    statement
}

/// The extension's value for this nonce.
pub(crate) fn value(nonce: &[u8]) -> Vec<u8> {
    write::sequence(&[write::explicit(1, &write::octet_string(nonce))])
}

/// The extension.
pub(crate) fn extension(value: Vec<u8>) -> Extension {
    Extension { oid: ID_NONCE.to_vec(), critical: false, value }
}
