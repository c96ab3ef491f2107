//! Attestation statements, WebAuthn L3 8: one file a format.

pub mod android_key;
pub mod android_safetynet;
pub mod apple;
mod attest;
pub mod compound;
pub mod fido_u2f;
pub mod none;
pub mod packed;
pub mod tpm;

use ciborium::Value;

use crate::chain::Chain;

pub use attest::Subject;

/// The attestation that a forged registration carries.
#[derive(Debug, Clone)]
pub enum Format {
    /// `none`.
    None,
    /// `packed`, signed by the credential itself.
    PackedSelf,
    /// `packed` with certificates.
    Packed(Box<Chain>),
    /// `fido-u2f`.
    FidoU2f(Box<Chain>),
    /// `tpm`; the leaf is the certificate of an attestation key.
    Tpm(Box<Chain>),
    /// `android-key`; the leaf's key gives way to the credential's.
    AndroidKey(Box<Chain>),
    /// `android-safetynet`.
    AndroidSafetynet(Box<Chain>),
    /// `apple`; the leaf's key gives way to the credential's.
    Apple(Box<Chain>),
    /// `compound` of these.
    Compound(Vec<Self>),
}

impl Format {
    /// The attestation statement format identifier.
    pub fn fmt(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PackedSelf | Self::Packed(_) => "packed",
            Self::FidoU2f(_) => "fido-u2f",
            Self::Tpm(_) => "tpm",
            Self::AndroidKey(_) => "android-key",
            Self::AndroidSafetynet(_) => "android-safetynet",
            Self::Apple(_) => "apple",
            Self::Compound(_) => "compound",
        }
    }

    /// The certificates behind it; of several statements those of the first that has some.
    pub fn chain(&self) -> Option<&Chain> {
        match self {
            Self::None | Self::PackedSelf => None,
            Self::Packed(chain) | Self::FidoU2f(chain) | Self::Tpm(chain) => Some(chain),
            Self::AndroidKey(chain) | Self::AndroidSafetynet(chain) | Self::Apple(chain) => Some(chain),
            Self::Compound(parts) => parts.iter().find_map(Self::chain),
        }
    }
}

/// An x5c member.
pub(crate) fn x5c(certificates: &[Vec<u8>]) -> Value {
    Value::Array(certificates.iter().cloned().map(Value::Bytes).collect())
}
