//! Private keys that were used lately, ready to sign: making one ready costs as much as its signature.

use std::collections::{HashMap, VecDeque};

use assay_mint::error::Error;
use assay_mint::keys::SigningKey;

use super::Found;
use crate::env::Rng;

/// So many are kept ready, a kilobyte each.
const LIMIT: usize = 1024;

/// The keys, by algorithm and private bytes; of those that are ready, the oldest makes room.
#[derive(Default)]
pub(crate) struct Prepared {
    ready: HashMap<(i64, Vec<u8>), SigningKey>,
    order: VecDeque<(i64, Vec<u8>)>,
}

impl Prepared {
    /// The private key of this credential, by the engine that the generator calls for.
    pub(crate) fn key(&mut self, credential: &Found, rng: &dyn Rng) -> Result<SigningKey, Error> {
        let name = (credential.alg, credential.private_key.clone());
        if let Some(key) = self.ready.get(&name) {
            return Ok(key.clone());
        }
        let key = credential.key(rng)?;
        if self.order.len() >= LIMIT
            && let Some(oldest) = self.order.pop_front()
        {
            self.ready.remove(&oldest);
        }
        self.order.push_back(name.clone());
        self.ready.insert(name, key.clone());
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, Prepared};
    use crate::credential::{CredProtect, Found};
    use crate::env::SystemRng;

    fn found(number: usize) -> Found {
        let mut private_key = vec![0x11; 32];
        private_key.splice(24.., number.to_be_bytes());
        Found {
            id: Vec::new(),
            alg: -7,
            cred_protect: CredProtect::Optional,
            user: None,
            cred_blob: None,
            large_blob_key: None,
            third_party_payment: false,
            private_key,
        }
    }

    #[test]
    fn each_credential_has_its_own_and_not_all_are_kept() {
        let mut prepared = Prepared::default();
        for number in (0..LIMIT + 2).chain([0, LIMIT]) {
            let key = prepared.key(&found(number), &SystemRng).unwrap();
            assert_eq!(key.spki(), found(number).key(&SystemRng).unwrap().spki(), "{number}");
        }
        assert_eq!((prepared.ready.len(), prepared.order.len()), (LIMIT, LIMIT));
    }
}
