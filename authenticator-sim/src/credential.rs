//! Credentials: kept ones, and those that travel inside their own id.

#[cfg(test)]
mod tests;

use assay_mint::error::Error;
use assay_mint::keys::SigningKey;
use assay_protocol::cose::alg;
use assay_protocol::ctap2::UserEntity;
use assay_protocol::digest::{sha256, sha256_parts};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;

use crate::env::Rng;
use crate::state::{Secret, State, StoredCredential};

/// Protection levels of `credProtect` (CTAP 2.3 12.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CredProtect {
    /// userVerificationOptional
    Optional,
    /// userVerificationOptionalWithCredentialIDList
    OptionalWithList,
    /// userVerificationRequired
    Required,
}

/// A credential that was found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) id: Vec<u8>,
    pub(crate) alg: i64,
    pub(crate) cred_protect: CredProtect,
    /// The account; only kept credentials know it.
    pub(crate) user: Option<UserEntity>,
    private_key: Vec<u8>,
}

/// What a new credential is made of.
pub(crate) struct Material<'m> {
    pub(crate) rp_id: &'m str,
    pub(crate) rp_id_hash: &'m [u8; 32],
    pub(crate) key: &'m SigningKey,
    pub(crate) cred_protect: CredProtect,
}

/// Keys derived from the authenticator's secret.
pub(crate) struct Vault {
    seal: Option<LessSafeKey>,
    random: hmac::Key,
}

/// Bytes of a kept credential's id.
const ID_LENGTH: usize = 32;

impl Vault {
    pub(crate) fn new(secret: &Secret) -> Self {
        let seal = sha256_parts(&[b"assay credential id", &secret.0]);
        let random = sha256_parts(&[b"assay credential random", &secret.0]);
        Self {
            seal: UnboundKey::new(&AES_256_GCM, &seal).ok().map(LessSafeKey::new),
            random: hmac::Key::new(hmac::HMAC_SHA256, &random),
        }
    }

    /// An id that holds the credential itself.
    pub(crate) fn seal(&self, material: &Material<'_>, rng: &mut dyn Rng) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE_LEN];
        rng.fill(&mut nonce);
        let kind = if material.key.alg() == alg::EDDSA { 1 } else { 0 };
        let mut sealed = vec![kind, material.cred_protect.number()];
        sealed.extend(material.key.secret());
        let key = self.seal.as_ref().ok_or(Error::KeyRejected)?;
        let aad = Aad::from(material.rp_id_hash);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_unspecified| Error::Signing)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The credential inside an id, if it is one of ours for this RP ID.
    fn open(&self, id: &[u8], rp_id_hash: &[u8; 32]) -> Option<Found> {
        let (nonce, sealed) = id.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let key = self.seal.as_ref()?;
        let opened =
            key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(rp_id_hash), &mut sealed).ok()?;
        let (&[kind, level], private_key) = opened.split_first_chunk()?;
        Some(Found {
            id: id.to_vec(),
            alg: if kind == 1 { alg::EDDSA } else { alg::ES256 },
            cred_protect: CredProtect::from_number(level)?,
            user: None,
            private_key: private_key.to_vec(),
        })
    }

    /// The two secrets behind `hmac-secret` (CTAP 2.3 12.7).
    pub(crate) fn cred_random(&self, id: &[u8], user_verified: UserVerified) -> [u8; 32] {
        let label: &[u8] = match user_verified {
            UserVerified::Yes => b"with user verification",
            UserVerified::No => b"without user verification",
        };
        sha256(hmac::sign(&self.random, &[label, id].concat()).as_ref())
    }
}

/// Was the user verified?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserVerified {
    Yes,
    No,
}

impl CredProtect {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Optional => 1,
            Self::OptionalWithList => 2,
            Self::Required => 3,
        }
    }

    pub(crate) fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Optional),
            2 => Some(Self::OptionalWithList),
            3 => Some(Self::Required),
            _ => None,
        }
    }
}

impl Found {
    /// Its private key, by the engine that the generator calls for.
    pub(crate) fn key(&self, rng: &dyn Rng) -> Result<SigningKey, Error> {
        match (self.alg, rng.repeats()) {
            (alg::EDDSA, _) => SigningKey::ed25519_from_secret(&self.private_key),
            (_, true) => SigningKey::es256_from_secret(&self.private_key),
            (_, false) => SigningKey::fast_es256_from_secret(&self.private_key),
        }
    }
}

/// A new key for this algorithm.
pub(crate) fn generate(algorithm: i64, rng: &mut dyn Rng) -> Result<SigningKey, Error> {
    if algorithm != alg::EDDSA && !rng.repeats() {
        return SigningKey::random_es256();
    }
    let mut secret = [0; 32];
    // All but one in 2^32 draws are good; a generator that is broken must not hang us.
    for _ in 0..8 {
        rng.fill(&mut secret);
        let key = match algorithm {
            alg::EDDSA => SigningKey::ed25519_from_secret(&secret),
            _ => SigningKey::es256_from_secret(&secret),
        };
        if key.is_ok() {
            return key;
        }
    }
    Err(Error::KeyGeneration)
}

impl State {
    /// The state of an authenticator that was never used.
    pub(crate) fn fresh(rng: &mut dyn Rng, pin_retries: u8) -> Self {
        let mut secret = vec![0; 32];
        rng.fill(&mut secret);
        Self {
            format: Self::FORMAT,
            secret: Secret(secret),
            credentials: Vec::new(),
            sign_count: 0,
            pin: None,
            pin_retries,
        }
    }

    /// The credential that an id denotes, if it is one of this authenticator's for this RP ID.
    pub(crate) fn denoted(&self, vault: &Vault, id: &[u8], rp_id: &str, rp_id_hash: &[u8; 32]) -> Option<Found> {
        match self.credentials.iter().find(|kept| kept.id.0 == id) {
            Some(kept) => (kept.rp_id == rp_id).then(|| kept.found()),
            None => vault.open(id, rp_id_hash),
        }
    }

    /// All that are kept for an RP ID, the newest first.
    pub(crate) fn discoverable(&self, rp_id: &str) -> Vec<Found> {
        let kept = self.credentials.iter().rev().filter(|kept| kept.rp_id == rp_id);
        kept.map(StoredCredential::found).collect()
    }

    /// Is there one of this account already?
    pub(crate) fn has_account(&self, rp_id: &str, user_id: &[u8]) -> bool {
        self.credentials.iter().any(|kept| kept.is_of(rp_id, user_id))
    }

    /// Forgets the credentials of an account, which a new one replaces (CTAP 2.3 6.1.2 step 17).
    pub(crate) fn forget(&mut self, rp_id: &str, user_id: &[u8]) {
        self.credentials.retain(|kept| !kept.is_of(rp_id, user_id));
    }

    /// Keeps a new credential.
    pub(crate) fn keep(&mut self, material: &Material<'_>, user: &UserEntity, rng: &mut dyn Rng) -> Vec<u8> {
        let mut id = vec![0; ID_LENGTH];
        rng.fill(&mut id);
        self.credentials.push(StoredCredential {
            id: Secret(id.clone()),
            rp_id: material.rp_id.to_owned(),
            user_id: Secret(user.id.clone()),
            user_name: user.name.clone(),
            user_display_name: user.display_name.clone(),
            alg: material.key.alg(),
            private_key: Secret(material.key.secret()),
            cred_protect: material.cred_protect.number(),
            sign_count: 0,
        });
        id
    }
}

impl StoredCredential {
    fn is_of(&self, rp_id: &str, user_id: &[u8]) -> bool {
        self.rp_id == rp_id && self.user_id.0 == user_id
    }

    pub(crate) fn found(&self) -> Found {
        Found {
            id: self.id.0.clone(),
            alg: self.alg,
            // What cannot be read is protected best.
            cred_protect: CredProtect::from_number(self.cred_protect).unwrap_or(CredProtect::Required),
            user: Some(UserEntity {
                id: self.user_id.0.clone(),
                name: self.user_name.clone(),
                display_name: self.user_display_name.clone(),
            }),
            private_key: self.private_key.0.clone(),
        }
    }
}
