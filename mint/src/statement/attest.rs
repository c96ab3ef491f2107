//! The right statement of a format for a credential that somebody else has made.

use ciborium::Value;

use super::tpm::TpmDraft;
use super::{Format, android_safetynet, apple, compound, fido_u2f, none, packed};
use crate::cbor::Map;
use crate::chain::Chain;
use crate::draft::{AppleDraft, KeyDescriptionDraft, SafetynetDraft};
use crate::error::Error;
use crate::keys::SigningKey;

/// What is attested.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// The credential's key.
    pub key: &'s SigningKey,
    /// Its id.
    pub credential_id: &'s [u8],
    /// The authenticator data that it is in.
    pub auth_data: &'s [u8],
    /// The hash of the client data.
    pub client_data_hash: &'s [u8; 32],
}

impl Format {
    /// The `attStmt` of this subject.
    pub fn attest(&self, subject: &Subject<'_>) -> Result<Value, Error> {
        let message = || packed::signed_bytes(subject.auth_data, subject.client_data_hash);
        let statement: Map = match self {
            Self::None => none::statement(),
            Self::PackedSelf => packed::statement(subject.key.alg(), subject.key.sign(&message())?, &[]),
            Self::Packed(chain) => {
                let key = &chain.leaf.key;
                packed::statement(key.alg(), key.sign(&message())?, &chain.issue()?.x5c())
            }
            Self::FidoU2f(chain) => {
                let rp_id_hash = subject.auth_data.get(..32).unwrap_or_default();
                let point = subject.key.subject_public_key();
                let message =
                    fido_u2f::signed_bytes(rp_id_hash, subject.client_data_hash, subject.credential_id, &point);
                fido_u2f::statement(chain.leaf.key.sign(&message)?, &chain.issue()?.x5c())
            }
            Self::Tpm(chain) => {
                let key = &chain.leaf.key;
                let draft = TpmDraft::new(subject.key, key.alg(), message());
                draft.statement(key, &chain.issue()?.x5c(), |_signature| {})?
            }
            Self::AndroidKey(chain) => {
                let mut chain: Chain = chain.as_ref().clone();
                let key = subject.key.clone();
                KeyDescriptionDraft::new(key, *chain.seed(), subject.client_data_hash, chain.now).certify(&mut chain);
                packed::statement(subject.key.alg(), subject.key.sign(&message())?, &chain.issue()?.x5c())
            }
            Self::AndroidSafetynet(chain) => {
                let draft = SafetynetDraft::new(chain.as_ref().clone(), subject.auth_data, subject.client_data_hash);
                android_safetynet::statement(&draft)?.0
            }
            Self::Apple(chain) => {
                let mut chain: Chain = chain.as_ref().clone();
                let key = subject.key.clone();
                AppleDraft::new(key, *chain.seed(), subject.auth_data, subject.client_data_hash).certify(&mut chain);
                apple::statement(&chain.issue()?.x5c())
            }
            Self::Compound(parts) => {
                let parts = parts.iter().map(|part| Ok(compound::part(part.fmt(), part.attest(subject)?)));
                return parts.collect::<Result<_, Error>>().map(Value::Array);
            }
        };
        Ok(statement.to_value())
    }
}
