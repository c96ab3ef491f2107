//! The lab: every authority, model and signer that its ceremonies and metadata need.

#[cfg(test)]
mod tests;

use assay_protocol::aaguid::Aaguid;

use crate::certificate::extension::{AaguidExtension, KeyUsage};
use crate::certificate::name::Name;
use crate::chain::Chain;
use crate::keys::SigningKey;
use crate::seed::Seed;
use crate::statement::android_safetynet;
use crate::statement::tpm::device::certify;

/// The model that the lab's own ceremonies claim to come from, where nothing else is said.
pub const MODEL: Aaguid = Aaguid::from_bytes([0x5e, 0x57, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1]);

/// The model with a TPM in it: the real one of Windows Hello, with the lab's root in the place of its vendor's.
pub const TPM_MODEL: Aaguid = Aaguid::from_bytes([
    0x08, 0x98, 0x70, 0x58, 0xca, 0xdc, 0x4b, 0x81, 0xb6, 0xe1, 0x30, 0xde, 0x50, 0xdc, 0xbe, 0x96,
]);
/// What the lab's Android keystore calls itself.
pub const ANDROID: Aaguid = Aaguid::from_bytes([0x5e, 0x57, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0xa0, 0x0d]);

/// The host name in the certificate that signs the lab's metadata.
pub const METADATA_HOST: &str = "mds.assay.test";

/// A vendor of everything. The same seed and clock give the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lab {
    seed: Seed,
    now: i64,
}

impl Lab {
    /// A lab at this time, in Unix seconds.
    pub fn new(seed: [u8; 32], now: i64) -> Self {
        Self { seed: Seed::new(seed), now }
    }

    /// The lab's clock, in Unix seconds.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// What the lab derives everything from.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// The attestation certificates of a FIDO2 model: a root of its own, so that an anchor
    /// vouches for this model alone, an intermediate, and a leaf for the AAGUID.
    pub fn model(&self, aaguid: Aaguid) -> Chain {
        self.attestation(&format!("model {aaguid}"), &format!("Assay Model {aaguid}"), aaguid)
    }

    /// The certificates of a model below the root that all such models share.
    pub fn shared_root_model(&self, aaguid: Aaguid) -> Chain {
        let mut chain = self.attestation("shared", "Assay Shared", aaguid);
        let leaf = self.attestation(&format!("shared {aaguid}"), "Assay Shared", aaguid).leaf;
        chain.set_leaf_key(leaf.key);
        chain.leaf.spec.serial = leaf.spec.serial;
        chain
    }

    /// The certificates of a TPM's attestation key: the model's authorities, a leaf as WebAuthn L3 8.3.1 has it.
    pub fn tpm(&self, aaguid: Aaguid) -> Chain {
        let mut chain = self.model(aaguid);
        certify(&mut chain);
        chain
    }

    /// The certificates of one batch of a model: the model's authorities, a leaf of its own.
    pub fn batch(&self, aaguid: Aaguid, batch: &str) -> Chain {
        let mut chain = self.model(aaguid);
        let seed = chain.seed().derive(&format!("batch {batch}"));
        chain.set_leaf_key(SigningKey::es256(&seed));
        chain.leaf.spec.subject = Name::attestation(&format!("Assay Model {aaguid} {batch}"));
        chain.leaf.spec.serial = seed.derive("serial").stream(15);
        chain
    }

    /// The certificates of a U2F model: the root issues the leaf, and the model is named by the
    /// SHA-1 of the leaf's key, see [`Lab::u2f_key_identifier`].
    pub fn u2f(&self, label: &str) -> Chain {
        let seed = self.seed.derive(&format!("u2f {label}"));
        let subject = Name::attestation(&format!("Assay U2F {label}"));
        let mut chain = Chain::new(seed, &format!("Assay U2F {label}"), subject, self.now).direct();
        chain.leaf.spec.subject_key_identifier = Some(chain.leaf.key.key_identifier().to_vec());
        chain
    }

    /// The identifier that metadata has to list for the U2F model of this label.
    pub fn u2f_key_identifier(&self, label: &str) -> [u8; 20] {
        self.u2f(label).leaf.key.key_identifier()
    }

    /// The certificates of the lab's Android keystore; the leaf is made out for each credential.
    pub fn android_key(&self) -> Chain {
        let mut chain = self.vendor("android key", "Assay Android", Name::of("Keystore", "Android Keystore Key"));
        chain.leaf.spec.basic_constraints = None;
        chain.leaf.spec.key_usage = Some(KeyUsage::DigitalSignature);
        chain
    }

    /// The certificates of the lab's anonymization authority; the leaf is made out for each
    /// credential, and for three days.
    pub fn apple(&self) -> Chain {
        let mut chain = self.vendor("apple", "Assay Anonymous", Name::of("AAA Certification", "Anonymous"));
        chain.leaf.spec.not_before = self.now - 86_400;
        chain.leaf.spec.not_after = self.now + 2 * 86_400;
        chain
    }

    /// The certificates of the lab's double of Google's service.
    pub fn safetynet(&self) -> Chain {
        let mut chain = self.vendor("safetynet", "Assay SafetyNet", Name::of("Attestation", android_safetynet::HOST));
        chain.leaf.spec.dns_names = vec![android_safetynet::HOST.to_owned()];
        chain
    }

    /// The chain that signs the lab's metadata BLOB.
    pub fn metadata(&self) -> Chain {
        let seed = self.seed.derive("metadata");
        let subject = Name::of("Metadata", METADATA_HOST);
        let mut chain = Chain::new(seed, "Assay Metadata", subject, self.now);
        chain.leaf.spec.key_usage = Some(KeyUsage::DigitalSignature);
        chain.leaf.spec.dns_names = vec![METADATA_HOST.to_owned()];
        chain
    }

    fn vendor(&self, label: &str, title: &str, leaf: Name) -> Chain {
        Chain::new(self.seed.derive(label), title, leaf, self.now)
    }

    fn attestation(&self, label: &str, title: &str, aaguid: Aaguid) -> Chain {
        let seed = self.seed.derive(label);
        let mut chain = Chain::new(seed, title, Name::attestation(title), self.now);
        chain.leaf.spec.aaguid = Some(AaguidExtension::of(aaguid.as_bytes()));
        chain
    }
}
