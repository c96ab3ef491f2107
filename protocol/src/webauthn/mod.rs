//! The JSON forms that pages and servers exchange (WebAuthn L3 5.1, 5.4, 5.5, 5.8).
//!
//! Byte strings are unpadded base64url. Members that are not known are tolerated, members that
//! come twice are not.

pub mod authentication_response;
pub mod capabilities;
pub mod creation_options;
pub mod descriptor;
pub mod enums;
pub mod extensions;
mod options;
pub mod registration_response;
pub mod related_origins;
pub mod request_options;
mod response;
pub mod signals;

pub use authentication_response::AuthenticationResponse;
pub use creation_options::{AuthenticatorSelection, CreationOptions, RelyingParty, User};
pub use descriptor::{Descriptor, Parameter};
pub use enums::{AttestationConveyance, AuthenticatorAttachment, Hint, ResidentKey, Transport, UserVerification};
pub use registration_response::RegistrationResponse;
pub use request_options::RequestOptions;
pub use response::Dialect;

/// The one credential type there is.
pub const PUBLIC_KEY: &str = "public-key";

/// A JSON object, such as extension inputs and outputs.
type Map = serde_json::Map<String, serde_json::Value>;

#[cfg(test)]
mod vectors;
