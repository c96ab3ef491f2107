use super::Finish;
use crate::chain::Chain;
use crate::keys::SigningKey;
use crate::seed::Seed;
use crate::statement::android_key;

/// What Android is to say of a key, WebAuthn L3 8.4.1.
#[derive(Debug, Clone)]
pub struct KeyDescriptionDraft {
    /// The key that is certified, and signs.
    pub key: SigningKey,
    /// Where other keys may be drawn from.
    pub seed: Seed,
    /// The schema, and the version of KeyMint.
    pub version: i64,
    /// 0 software, 1 trusted environment, 2 StrongBox.
    pub security_level: i64,
    /// The attestation challenge.
    pub challenge: Vec<u8>,
    /// What Android enforces: tags and values.
    pub software: Vec<(u32, Vec<u8>)>,
    /// What the trusted environment enforces.
    pub tee: Vec<(u32, Vec<u8>)>,
    /// How many of the eight members are written.
    pub members: usize,
    /// Is the extension there at all?
    pub is_there: bool,
    /// What befalls the bytes.
    pub finish: Option<Finish>,
}

impl KeyDescriptionDraft {
    pub(crate) fn new(key: SigningKey, seed: Seed, client_data_hash: &[u8; 32], now: i64) -> Self {
        use assay_protocol::tree::der::write::small_integer;
        Self {
            key,
            seed,
            version: 300,
            security_level: 1,
            challenge: client_data_hash.to_vec(),
            software: vec![(android_key::tag::CREATION_DATE_TIME, small_integer(now.saturating_mul(1000)))],
            tee: android_key::tee(),
            members: 8,
            is_there: true,
            finish: None,
        }
    }

    /// Makes the leaf the certificate of the key.
    pub(crate) fn certify(self, chain: &mut Chain) {
        chain.leaf.spec.extra_extensions.extend(android_key::extension(&self));
        chain.set_leaf_key(self.key);
    }

    /// Sets a member of the trusted environment's list.
    pub(crate) fn set_tee(&mut self, tag: u32, value: Vec<u8>) {
        set(&mut self.tee, tag, value);
    }

    /// Sets a member of Android's own list.
    pub(crate) fn set_software(&mut self, tag: u32, value: Vec<u8>) {
        set(&mut self.software, tag, value);
    }
}

/// In the order of tags.
fn set(list: &mut Vec<(u32, Vec<u8>)>, tag: u32, value: Vec<u8>) {
    list.retain(|(other, _)| *other != tag);
    list.push((tag, value));
    list.sort();
}
