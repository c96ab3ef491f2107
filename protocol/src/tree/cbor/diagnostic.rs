use std::fmt::Write as _;

use super::{Node, Value};

/// The item in diagnostic notation (RFC 8949 8), on one line.
pub fn diagnostic(node: &Node) -> String {
    let mut out = String::new();
    write(node, &mut out);
    out
}

fn write(node: &Node, out: &mut String) {
    match &node.value {
        Value::Unsigned(value) => append(out, value),
        Value::Negative(value) => append(out, -1 - i128::from(*value)),
        Value::Bytes(bytes) => {
            out.push_str("h'");
            for byte in bytes {
                append(out, format_args!("{byte:02x}"));
            }
            out.push('\'');
        }
        Value::Text(text) => append(out, serde_json::Value::from(text.as_str())),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                separate(at, out);
                write(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                separate(at, out);
                write(key, out);
                out.push_str(": ");
                write(value, out);
            }
            out.push('}');
        }
        Value::Tag(tag, item) => {
            append(out, format_args!("{tag}("));
            write(item, out);
            out.push(')');
        }
        Value::Bool(value) => append(out, value),
        Value::Null => out.push_str("null"),
        Value::Undefined => out.push_str("undefined"),
        Value::Simple(value) => append(out, format_args!("simple({value})")),
        Value::Float(value) if value.is_nan() => out.push_str("NaN"),
        Value::Float(value) if value.is_infinite() => {
            out.push_str(if *value > 0.0 { "Infinity" } else { "-Infinity" });
        }
        Value::Float(value) => append(out, format_args!("{value:?}")),
        Value::Invalid => out.push_str("/invalid/"),
    }
}

fn separate(at: usize, out: &mut String) {
    if at > 0 {
        out.push_str(", ");
    }
}

fn append(out: &mut String, what: impl std::fmt::Display) {
    // Writing into memory cannot fail.
    let _ = write!(out, "{what}");
}
