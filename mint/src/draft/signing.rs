use crate::chain::{Chain, Issued};
use crate::keys::SigningKey;
use crate::seed::Seed;

/// What is about to be signed, and by whom.
#[derive(Debug, Clone)]
pub struct SigningDraft {
    /// Who signs.
    pub key: SigningKey,
    /// The credential's own key.
    pub credential_key: SigningKey,
    /// Authenticator data as the signature covers it.
    pub auth_data: Vec<u8>,
    /// The hash of the client data as the signature covers it.
    pub client_data_hash: [u8; 32],
    /// The message that is signed in the stead of the right one.
    pub message: Option<Vec<u8>>,
    /// Where other keys may be drawn from.
    pub seed: Seed,
}

/// The certificates about to be put into a statement.
#[derive(Debug, Clone)]
pub struct X5cDraft {
    /// Leaf first.
    pub certificates: Vec<Vec<u8>>,
    /// All of the chain, the root included.
    pub issued: Issued,
    /// The chain that they were issued from.
    pub chain: Chain,
}
