//! The good ceremonies that cases start from.

use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_protocol::aaguid::Aaguid;
use serde_json::{Value, json};

use super::rule::need;

/// A kind of good registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Base {
    /// Without attestation.
    None,
    /// With packed self attestation.
    PackedSelf,
    /// With packed attestation by one of the lab's models.
    Packed,
    /// By one of the lab's U2F models.
    FidoU2f,
    /// By the lab's model with a TPM in it.
    Tpm,
    /// By the same with RSA keys.
    TpmRsa,
    /// By the lab's Android keystore.
    AndroidKey,
    /// By the lab's double of a service of Google's.
    AndroidSafetynet,
    /// By the lab's anonymization authority.
    Apple,
    /// With two packed statements at once.
    Compound,
}

/// A model that no metadata know, for registrations that no model vouches for.
const NOBODYS: Aaguid = Aaguid::from_bytes([
    0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x43, 0x33, 0x84, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
]);

/// The U2F model that the lab's metadata list, by the name that its keys are derived from.
const U2F_MODEL: &str = "0bf590af2fe271f843122b3fa1a0c9cec368a658";

impl Base {
    /// The id of the positive case that sends it as it is.
    pub(super) fn twin(self) -> &'static str {
        match self {
            Self::None => "registration/accepted/none",
            Self::PackedSelf => "registration/accepted/packed-self",
            Self::Packed => "registration/accepted/packed",
            Self::FidoU2f => "registration/accepted/fido-u2f",
            Self::Tpm => "registration/accepted/tpm",
            Self::TpmRsa => "registration/accepted/tpm-rsa",
            Self::AndroidKey => "registration/accepted/android-key",
            Self::AndroidSafetynet => "registration/accepted/android-safetynet",
            Self::Apple => "registration/accepted/apple",
            Self::Compound => "registration/accepted/compound",
        }
    }

    /// In a few words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::None => "a registration without attestation",
            Self::PackedSelf => "a registration with packed self attestation",
            Self::Packed => "a registration with packed attestation by a model of the lab",
            Self::FidoU2f => "a registration by a U2F model of the lab",
            Self::Tpm => "a registration by a TPM of the lab",
            Self::TpmRsa => "a registration by a TPM of the lab with RSA keys",
            Self::AndroidKey => "a registration with a key attested by the lab's Android keystore",
            Self::AndroidSafetynet => "a registration from a device that the lab's double of SafetyNet attests",
            Self::Apple => "a registration with a key that the lab certifies as Apple does",
            Self::Compound => "a registration with a compound statement of two batches of a model of the lab",
        }
    }

    /// Does somebody else than the credential vouch for it?
    pub(super) fn is_attested(self) -> bool {
        !matches!(self, Self::None | Self::PackedSelf)
    }

    /// The features without which a server cannot be asked for it.
    pub(super) fn needs(self) -> Vec<&'static str> {
        let format = match self {
            Self::None | Self::PackedSelf => return Vec::new(),
            Self::Packed | Self::FidoU2f => None,
            Self::Tpm | Self::TpmRsa => Some(need::FORMAT_TPM),
            Self::AndroidKey => Some(need::FORMAT_ANDROID_KEY),
            Self::AndroidSafetynet => Some(need::FORMAT_ANDROID_SAFETYNET),
            Self::Apple => Some(need::FORMAT_APPLE),
            Self::Compound => Some(need::FORMAT_COMPOUND),
        };
        [need::LAB_ANCHORS].into_iter().chain(format).collect()
    }

    /// The attestation to ask for.
    pub(super) fn conveyance(self) -> &'static str {
        if self == Self::None { "none" } else { "direct" }
    }

    /// What a server that honours requirements is asked to demand: a path that leads to an anchor.
    pub(super) fn requirements(self) -> Option<Value> {
        let types = if self == Self::Apple { json!(["anonca"]) } else { json!(["basic", "attca"]) };
        self.is_attested().then(|| json!({ "attestation_types": types }))
    }

    /// The good registration.
    pub(super) fn forge(self, lab: &Lab, rp_id: &str, challenge: &[u8]) -> RegistrationForge {
        let mut forge = match self {
            Self::None => RegistrationForge::none(lab, rp_id, challenge),
            Self::PackedSelf => RegistrationForge::packed_self(lab, rp_id, challenge),
            Self::Packed => return RegistrationForge::packed(lab, rp_id, challenge),
            Self::FidoU2f => return RegistrationForge::fido_u2f(lab, U2F_MODEL, rp_id, challenge),
            Self::Tpm => return RegistrationForge::tpm(lab, rp_id, challenge),
            // A key that cannot be made leaves the other kind, whose cases then fail loudly.
            Self::TpmRsa => {
                return RegistrationForge::tpm_rsa(lab, rp_id, challenge)
                    .unwrap_or_else(|_no_key| RegistrationForge::none(lab, rp_id, challenge));
            }
            Self::AndroidKey => return RegistrationForge::android_key(lab, rp_id, challenge),
            Self::AndroidSafetynet => return RegistrationForge::android_safetynet(lab, rp_id, challenge),
            Self::Apple => return RegistrationForge::apple(lab, rp_id, challenge),
            Self::Compound => return RegistrationForge::compound(lab, rp_id, challenge),
        };
        forge.aaguid = NOBODYS;
        forge
    }
}
