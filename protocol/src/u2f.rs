//! CTAP1/U2F: ISO 7816 commands and their answers (CTAP 2.3 10; FIDO U2F Raw Message Formats).

pub mod apdu;
pub mod request;
pub mod response;
#[cfg(test)]
mod tests;

pub use apdu::{Apdu, StatusWord};
pub use request::{Control, Request};
pub use response::{Authentication, Registration};

/// The answer to VERSION.
pub const VERSION: &[u8] = b"U2F_V2";

/// What a REGISTER signature covers.
pub fn registration_message(
    application: &[u8; 32],
    challenge: &[u8; 32],
    key_handle: &[u8],
    public_key: &[u8],
) -> Vec<u8> {
    [&[0x00][..], application, challenge, key_handle, public_key].concat()
}

/// What an AUTHENTICATE signature covers.
pub fn authentication_message(application: &[u8; 32], presence: u8, counter: u32, challenge: &[u8; 32]) -> Vec<u8> {
    [&application[..], &[presence], &counter.to_be_bytes(), challenge].concat()
}
