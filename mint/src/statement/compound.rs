//! WebAuthn L3 8.9, `compound`: several statements about one credential.

use ciborium::Value;

/// One of them.
pub fn part(fmt: &str, att_stmt: Value) -> Value {
    Value::Map(vec![("fmt".into(), fmt.into()), ("attStmt".into(), att_stmt)])
}
