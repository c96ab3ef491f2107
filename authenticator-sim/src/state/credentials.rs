//! The credentials that are kept, found by id, by RP and by account without looking at the others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use assay_protocol::digest::{sha256, sha256_parts};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Secret;

/// A discoverable credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCredential {
    /// Its id.
    pub id: Secret,
    /// The RP ID that it is bound to.
    pub rp_id: String,
    /// The relying party's name.
    #[serde(default)]
    pub rp_name: Option<String>,
    /// The user handle.
    pub user_id: Secret,
    /// The account's name.
    pub user_name: Option<String>,
    /// The person's name.
    pub user_display_name: Option<String>,
    /// Its algorithm.
    pub alg: i64,
    /// Its private key, or the seed of it.
    pub private_key: Secret,
    /// Its protection, 1 to 3.
    pub cred_protect: u8,
    /// Its own signature counter.
    pub sign_count: u32,
    /// Its `credBlob`.
    #[serde(default)]
    pub cred_blob: Option<Secret>,
    /// Its `largeBlobKey`.
    #[serde(default)]
    pub large_blob_key: Option<Secret>,
    /// May it be used for payments that a third party starts?
    #[serde(default)]
    pub third_party_payment: bool,
}

/// All of them. Each has a number, higher than those of all that came before.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    kept: BTreeMap<u64, StoredCredential>,
    next: u64,
    by_id: HashMap<Vec<u8>, u64>,
    by_rp: BTreeMap<[u8; 32], BTreeSet<u64>>,
    by_account: HashMap<[u8; 32], BTreeSet<u64>>,
}

impl Credentials {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// All of them, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &StoredCredential> {
        self.kept.values()
    }

    /// The numbers of all, the oldest first.
    pub(crate) fn numbers(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.kept.keys().copied()
    }

    /// The one with this id.
    pub fn find(&self, id: &[u8]) -> Option<&StoredCredential> {
        self.numbered(*self.by_id.get(id)?)
    }

    /// The one with this number.
    pub(crate) fn numbered(&self, number: u64) -> Option<&StoredCredential> {
        self.kept.get(&number)
    }

    /// The numbers of those of an RP, the oldest first.
    pub(crate) fn of_rp(&self, rp_id_hash: &[u8; 32]) -> impl DoubleEndedIterator<Item = u64> {
        self.by_rp.get(rp_id_hash).into_iter().flatten().copied()
    }

    /// The hashes of the RP IDs that there are credentials of.
    pub(crate) fn rps(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.by_rp.keys()
    }

    /// The ids of those of an account; there is one at most.
    pub(crate) fn of_account(&self, rp_id: &str, user_id: &[u8]) -> Vec<Secret> {
        let numbers = self.by_account.get(&account(&sha256(rp_id.as_bytes()), user_id)).into_iter().flatten();
        numbers.filter_map(|number| self.kept.get(number)).map(|kept| kept.id.clone()).collect()
    }

    /// Keeps one; it takes the place of one with the same id.
    pub(crate) fn put(&mut self, credential: StoredCredential) {
        let again = self.by_id.get(&credential.id.0).copied();
        if again.is_some() {
            self.remove(&credential.id.0);
        }
        let number = again.unwrap_or(self.next);
        self.next = self.next.max(number.saturating_add(1));
        let rp_id_hash = sha256(credential.rp_id.as_bytes());
        self.by_id.insert(credential.id.0.clone(), number);
        self.by_rp.entry(rp_id_hash).or_default().insert(number);
        self.by_account.entry(account(&rp_id_hash, &credential.user_id.0)).or_default().insert(number);
        self.kept.insert(number, credential);
    }

    /// Counts the signatures of one.
    pub(crate) fn set_count(&mut self, id: &[u8], count: u32) {
        if let Some(kept) = self.by_id.get(id).and_then(|number| self.kept.get_mut(number)) {
            kept.sign_count = count;
        }
    }

    /// Forgets the one with this id.
    pub(crate) fn remove(&mut self, id: &[u8]) -> Option<StoredCredential> {
        let number = self.by_id.remove(id)?;
        let credential = self.kept.remove(&number)?;
        let rp_id_hash = sha256(credential.rp_id.as_bytes());
        let account = account(&rp_id_hash, &credential.user_id.0);
        if let Some(numbers) = self.by_rp.get_mut(&rp_id_hash) {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.by_rp.remove(&rp_id_hash);
            }
        }
        if let Some(numbers) = self.by_account.get_mut(&account) {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.by_account.remove(&account);
            }
        }
        Some(credential)
    }
}

/// An account of an RP, in 32 bytes.
fn account(rp_id_hash: &[u8; 32], user_id: &[u8]) -> [u8; 32] {
    sha256_parts(&[rp_id_hash, user_id])
}

impl PartialEq for Credentials {
    fn eq(&self, other: &Self) -> bool {
        self.kept.values().eq(other.kept.values())
    }
}

impl Eq for Credentials {}

impl FromIterator<StoredCredential> for Credentials {
    fn from_iter<I: IntoIterator<Item = StoredCredential>>(credentials: I) -> Self {
        let mut all = Self::default();
        credentials.into_iter().for_each(|credential| all.put(credential));
        all
    }
}

impl Serialize for Credentials {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.kept.values())
    }
}

impl<'de> Deserialize<'de> for Credentials {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<StoredCredential>::deserialize(deserializer).map(Self::from_iter)
    }
}
