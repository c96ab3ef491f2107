use ciborium::Value;
use ciborium_ll::{Encoder, Header};

/// The CTAP2 canonical bytes: keys in canonical order, shortest forms, definite lengths. Duplicate
/// keys stay, and so do tags.
pub fn to_canonical(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, KeyOrder::Canonical, &mut out);
    out
}

/// The bytes with the keys in the order given, for messages that are wrong on purpose.
pub fn to_bytes(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, KeyOrder::AsGiven, &mut out);
    out
}

#[derive(Clone, Copy)]
enum KeyOrder {
    Canonical,
    AsGiven,
}

fn write(value: &Value, order: KeyOrder, out: &mut Vec<u8>) {
    match value {
        Value::Integer(integer) => {
            let integer = i128::from(*integer);
            match u64::try_from(integer) {
                Ok(value) => push(Header::Positive(value), out),
                // ciborium holds no integer that CBOR cannot write.
                Err(_) => push(Header::Negative(u64::try_from(-1 - integer).unwrap_or(u64::MAX)), out),
            }
        }
        Value::Bytes(bytes) => {
            push(Header::Bytes(Some(bytes.len())), out);
            out.extend_from_slice(bytes);
        }
        Value::Text(text) => {
            push(Header::Text(Some(text.len())), out);
            out.extend_from_slice(text.as_bytes());
        }
        Value::Array(items) => {
            push(Header::Array(Some(items.len())), out);
            for item in items {
                write(item, order, out);
            }
        }
        Value::Map(entries) => {
            push(Header::Map(Some(entries.len())), out);
            match order {
                KeyOrder::Canonical => write_sorted(entries, out),
                KeyOrder::AsGiven => {
                    for (key, value) in entries {
                        write(key, order, out);
                        write(value, order, out);
                    }
                }
            }
        }
        Value::Tag(tag, item) => {
            push(Header::Tag(*tag), out);
            write(item, order, out);
        }
        Value::Float(value) => push(Header::Float(*value), out),
        Value::Bool(false) => push(Header::Simple(ciborium_ll::simple::FALSE), out),
        Value::Bool(true) => push(Header::Simple(ciborium_ll::simple::TRUE), out),
        _ => push(Header::Simple(ciborium_ll::simple::NULL), out),
    }
}

fn write_sorted(entries: &[(Value, Value)], out: &mut Vec<u8>) {
    let mut encoded: Vec<(Vec<u8>, &Value)> = entries.iter().map(|(key, value)| (to_canonical(key), value)).collect();
    encoded.sort_by(|(a, _), (b, _)| {
        let major = |bytes: &[u8]| bytes.first().map(|first| first >> 5);
        major(a).cmp(&major(b)).then_with(|| a.len().cmp(&b.len())).then_with(|| a.cmp(b))
    });
    for (key, value) in encoded {
        out.extend_from_slice(&key);
        write(value, KeyOrder::Canonical, out);
    }
}

fn push(header: Header, out: &mut Vec<u8>) {
    // Writing into memory cannot fail.
    let _ = Encoder::from(out).push(header);
}
