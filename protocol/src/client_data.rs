//! Collected client data: what the client says of the ceremony (WebAuthn L3 5.8.1).

pub mod payment;
mod read;
mod write;

use crate::error::Malformed;
use crate::tree::json;

pub use payment::Payment;
pub use write::{Collected, serialize};

/// The parsed client data. The bytes themselves are what is hashed and signed; keep them too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientData {
    /// The member `type`.
    pub kind: String,
    /// The challenge, base64url; it is compared as text.
    pub challenge: String,
    /// The origin that asked.
    pub origin: String,
    /// Is that origin not the same as that of all its ancestors?
    pub cross_origin: Option<bool>,
    /// The top-level origin.
    pub top_origin: Option<String>,
    /// The reserved member `tokenBinding`.
    pub token_binding: TokenBinding,
    /// The member `payment`, of Secure Payment Confirmation.
    pub payment: Payment,
    /// The names of all other members, in their order.
    pub unknown: Vec<String>,
}

/// The member `tokenBinding`: reserved in Level 3, and malformed ones are of interest to some profiles only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenBinding {
    /// Not there.
    Absent,
    /// As Level 1 defined it.
    WellFormed(TokenBindingStatus),
    /// There, and something else; the text says what.
    Ill(String),
}

/// What a well-formed `tokenBinding` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenBindingStatus {
    /// Used, with this id.
    Present(String),
    /// The client knows it, but it was not used.
    Supported,
    /// The client does not know it (drafts of Level 1).
    NotSupported,
}

impl ClientData {
    /// The type of a registration.
    pub const CREATE: &'static str = "webauthn.create";
    /// The type of an authentication.
    pub const GET: &'static str = "webauthn.get";
    /// The type of the confirmation of a payment (Secure Payment Confirmation).
    pub const PAYMENT: &'static str = "payment.get";

    /// Reads client data that is all of `bytes`. A byte order mark is tolerated; members may come
    /// in any order, and unknown ones are listed.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        read::parse(json::read(bytes))
    }
}

#[cfg(test)]
mod tests;
