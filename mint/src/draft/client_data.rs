use assay_protocol::base64url;

use super::Finish;
use crate::json::Object;

/// The collected client data.
#[derive(Debug, Clone)]
pub struct ClientDataDraft {
    /// The members, in order.
    pub members: Object,
    /// What befalls the text.
    pub finish: Option<Finish>,
    /// The origin that is right.
    pub origin: String,
    /// The challenge that is right.
    pub challenge: Vec<u8>,
}

impl ClientDataDraft {
    /// WebAuthn L3 5.8.1.1
    pub fn new(kind: &str, challenge: &[u8], origin: &str) -> Self {
        let mut members = Object::default();
        members.push("type", kind);
        members.push("challenge", base64url::encode(challenge));
        members.push("origin", origin);
        members.push("crossOrigin", false);
        Self { members, finish: None, origin: origin.to_owned(), challenge: challenge.to_vec() }
    }

    /// Says in what frame it happened.
    pub fn frame(&mut self, cross_origin: bool, top_origin: Option<&str>) {
        self.members.set("crossOrigin", cross_origin);
        if let Some(top_origin) = top_origin {
            self.members.set("topOrigin", top_origin);
        }
    }

    /// Takes the origin apart: scheme with `://`, host, and port with its colon.
    pub fn origin_parts(&self) -> (&str, &str, &str) {
        let at = self.origin.find("://").map_or(0, |at| at + 3);
        let (scheme, rest) = self.origin.split_at(at);
        let (host, port) = rest.split_at(rest.find(':').unwrap_or(rest.len()));
        (scheme, host, port)
    }

    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = self.members.to_text().into_bytes();
        match self.finish {
            Some(finish) => finish(text),
            None => text,
        }
    }
}
