use std::fmt::Write as _;

use crate::base64url;

/// What a client knows when it writes client data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collected<'a> {
    /// The member `type`.
    pub kind: &'a str,
    /// The challenge's bytes.
    pub challenge: &'a [u8],
    /// The origin that asked.
    pub origin: &'a str,
    /// Is it not the same as that of all its ancestors?
    pub cross_origin: bool,
    /// The top-level origin, if it is to be written.
    pub top_origin: Option<&'a str>,
}

/// The client data's bytes (WebAuthn L3 5.8.1.1).
pub fn serialize(collected: &Collected<'_>) -> Vec<u8> {
    let mut out = String::with_capacity(160);
    out.push_str("{\"type\":");
    string(collected.kind, &mut out);
    out.push_str(",\"challenge\":");
    string(&base64url::encode(collected.challenge), &mut out);
    out.push_str(",\"origin\":");
    string(collected.origin, &mut out);
    out.push_str(",\"crossOrigin\":");
    out.push_str(if collected.cross_origin { "true" } else { "false" });
    if let Some(top_origin) = collected.top_origin {
        out.push_str(",\"topOrigin\":");
        string(top_origin, &mut out);
    }
    out.push('}');
    out.into_bytes()
}

/// CCDToString.
fn string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            // Writing into memory cannot fail.
            '\0'..='\u{1f}' => drop(write!(out, "\\u{:04x}", u32::from(character))),
            _ => out.push(character),
        }
    }
    out.push('"');
}
