//! WebAuthn L3 8.7, `none`.

use crate::cbor::Map;

/// The empty statement.
pub fn statement() -> Map {
    Map::default()
}
