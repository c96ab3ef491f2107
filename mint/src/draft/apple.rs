use crate::chain::Chain;
use crate::keys::SigningKey;
use crate::seed::Seed;
use crate::statement::apple;

/// What Apple is to certify, WebAuthn L3 8.8.
#[derive(Debug, Clone)]
pub struct AppleDraft {
    /// The key that is certified.
    pub key: SigningKey,
    /// Where other keys may be drawn from.
    pub seed: Seed,
    /// Authenticator data and the client data's hash, from which the nonce is made.
    pub auth_data: Vec<u8>,
    /// The client data's hash.
    pub client_data_hash: [u8; 32],
    /// The nonce.
    pub nonce: Vec<u8>,
    /// The extension's value in the stead of the right one.
    pub value: Option<Vec<u8>>,
    /// Is the extension there at all?
    pub is_there: bool,
}

impl AppleDraft {
    pub(crate) fn new(key: SigningKey, seed: Seed, auth_data: &[u8], client_data_hash: &[u8; 32]) -> Self {
        Self {
            key,
            seed,
            auth_data: auth_data.to_vec(),
            client_data_hash: *client_data_hash,
            nonce: assay_protocol::digest::sha256_parts(&[auth_data, client_data_hash]).to_vec(),
            value: None,
            is_there: true,
        }
    }

    /// Makes the leaf the certificate of the key.
    pub(crate) fn certify(self, chain: &mut Chain) {
        if self.is_there {
            let value = self.value.unwrap_or_else(|| apple::value(&self.nonce));
            chain.leaf.spec.extra_extensions.push(apple::extension(value));
        }
        chain.set_leaf_key(self.key);
    }
}
