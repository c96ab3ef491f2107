//! Credentials: kept ones, and those that travel inside their own id.

mod prepared;
#[cfg(test)]
mod tests;

use assay_mint::error::Error;
use assay_mint::keys::SigningKey;
use assay_mint::seed::Seed;
use assay_protocol::cose::alg;
use assay_protocol::ctap2::UserEntity;
use assay_protocol::ctap2::large_blobs;
use assay_protocol::digest::{sha256, sha256_parts};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;

pub(crate) use self::prepared::Prepared;
use crate::config::ALGORITHMS;
use crate::env::Rng;
use crate::state::{Credentials, DeviceState, PersistentToken, Policy, Secret, State, StoredCredential};

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
    pub(crate) cred_blob: Option<Vec<u8>>,
    pub(crate) large_blob_key: Option<Vec<u8>>,
    pub(crate) third_party_payment: bool,
    private_key: Vec<u8>,
}

/// A new private key, and the bytes that it is kept by: a scalar, or the seed of it.
pub(crate) struct Generated {
    pub(crate) key: SigningKey,
    pub(crate) secret: Vec<u8>,
}

/// What a new credential is made of, beside its account.
pub(crate) struct Material<'m> {
    pub(crate) generated: &'m Generated,
    pub(crate) cred_protect: CredProtect,
    pub(crate) third_party_payment: bool,
}

/// Keys derived from the authenticator's secret.
pub(crate) struct Vault {
    seal: Option<LessSafeKey>,
    random: hmac::Key,
}

/// Bytes of a kept credential's id.
const ID_LENGTH: usize = 32;

/// Beside the protection of a credential that is not kept: it may be used for payments.
const PAYMENT: u8 = 0x10;

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
    pub(crate) fn seal(
        &self,
        rp_id_hash: &[u8; 32],
        material: &Material<'_>,
        rng: &mut dyn Rng,
    ) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE_LEN];
        rng.fill(&mut nonce);
        let own = material.generated.key.alg();
        let kind = ALGORITHMS.iter().zip(0_u8..).find(|(known, _)| **known == own).map_or(0, |(_, kind)| kind);
        let payment = if material.third_party_payment { PAYMENT } else { 0 };
        let mut sealed = vec![kind, material.cred_protect.number() | payment];
        sealed.extend(&material.generated.secret);
        let key = self.seal.as_ref().ok_or(Error::KeyRejected)?;
        let aad = Aad::from(rp_id_hash);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_unspecified| Error::Signing)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The credential inside an id, if it is one of ours for this RP ID.
    pub(crate) fn open(&self, id: &[u8], rp_id_hash: &[u8; 32]) -> Option<Found> {
        let (nonce, sealed) = id.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let key = self.seal.as_ref()?;
        let opened =
            key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(rp_id_hash), &mut sealed).ok()?;
        let (&[kind, level], private_key) = opened.split_first_chunk()?;
        Some(Found {
            id: id.to_vec(),
            alg: *ALGORITHMS.get(usize::from(kind))?,
            cred_protect: CredProtect::from_number(level & !PAYMENT)?,
            user: None,
            cred_blob: None,
            large_blob_key: None,
            third_party_payment: level & PAYMENT != 0,
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
        from_secret(self.alg, &self.private_key, rng.repeats())
    }
}

/// The key that is kept by these bytes.
fn from_secret(algorithm: i64, secret: &[u8], repeats: bool) -> Result<SigningKey, Error> {
    match (algorithm, repeats) {
        (alg::EDDSA, _) => SigningKey::ed25519_from_secret(secret),
        (alg::ES256, true) => SigningKey::es256_from_secret(secret),
        (alg::ES256, false) => SigningKey::fast_es256_from_secret(secret),
        _ => {
            let seed = secret.try_into().map_err(|_length| Error::KeyRejected)?;
            SigningKey::of(algorithm, &Seed::new(seed))
        }
    }
}

/// A new key for this algorithm. All RSA keys are one, the lab's own: making a fresh one takes seconds.
pub(crate) fn generate(algorithm: i64, rng: &mut dyn Rng) -> Result<Generated, Error> {
    if algorithm == alg::ES256 && !rng.repeats() {
        let key = SigningKey::random_es256()?;
        return Ok(Generated { secret: key.secret(), key });
    }
    let mut secret = vec![0; 32];
    // All but one in 2^32 draws are good; a generator that is broken must not hang us.
    for _ in 0..8 {
        rng.fill(&mut secret);
        if let Ok(key) = from_secret(algorithm, &secret, true) {
            return Ok(Generated { key, secret });
        }
    }
    Err(Error::KeyGeneration)
}

impl State {
    /// The state of an authenticator that was never used.
    pub(crate) fn fresh(rng: &mut dyn Rng, pin_retries: u8, uv_retries: u8) -> Self {
        let mut state = Self {
            format: Self::FORMAT,
            device: DeviceState {
                secret: Secret::default(),
                pin: None,
                pin_retries,
                uv_retries,
                uv_count: 0,
                templates: Vec::new(),
                identifier: Secret::default(),
                persistent_token: PersistentToken::default(),
                policy: Policy::default(),
            },
            sign_count: 0,
            cred_store_state: Secret::default(),
            large_blobs: Secret(large_blobs::INITIAL.to_vec()),
            credentials: Credentials::default(),
        };
        state.complete(rng);
        state
    }

    /// Draws what is random and not there yet, as in a state of an older form.
    pub(crate) fn complete(&mut self, rng: &mut dyn Rng) -> bool {
        let device = &mut self.device;
        let mut drawn = false;
        for (secret, length) in [
            (&mut device.secret, 32),
            (&mut device.identifier, 16),
            (&mut device.persistent_token.bytes, 32),
            (&mut self.cred_store_state, 16),
        ] {
            if secret.0.is_empty() {
                *secret = random(length, rng);
                drawn = true;
            }
        }
        drawn
    }

    /// The credential that an id denotes, if it is one of this authenticator's for this RP ID.
    pub(crate) fn denoted(&self, vault: &Vault, id: &[u8], rp_id: &str, rp_id_hash: &[u8; 32]) -> Option<Found> {
        match self.credentials.find(id) {
            Some(kept) => (kept.rp_id == rp_id).then(|| kept.found()),
            None => vault.open(id, rp_id_hash),
        }
    }
}

/// So many random bytes.
pub(crate) fn random(length: usize, rng: &mut dyn Rng) -> Secret {
    let mut bytes = vec![0; length];
    rng.fill(&mut bytes);
    Secret(bytes)
}

/// A new id for a credential that is kept.
pub(crate) fn new_id(rng: &mut dyn Rng) -> Secret {
    random(ID_LENGTH, rng)
}

impl StoredCredential {
    /// Is it bound to the RP ID of this hash?
    pub(crate) fn is_of(&self, rp_id_hash: &[u8; 32]) -> bool {
        sha256(self.rp_id.as_bytes()) == *rp_id_hash
    }

    /// The account.
    pub(crate) fn user(&self) -> UserEntity {
        UserEntity {
            id: self.user_id.0.clone(),
            name: self.user_name.clone(),
            display_name: self.user_display_name.clone(),
        }
    }

    /// Its protection; what cannot be read is protected best.
    pub(crate) fn protection(&self) -> CredProtect {
        CredProtect::from_number(self.cred_protect).unwrap_or(CredProtect::Required)
    }

    pub(crate) fn found(&self) -> Found {
        Found {
            id: self.id.0.clone(),
            alg: self.alg,
            cred_protect: self.protection(),
            user: Some(self.user()),
            cred_blob: self.cred_blob.as_ref().map(|blob| blob.0.clone()),
            large_blob_key: self.large_blob_key.as_ref().map(|key| key.0.clone()),
            third_party_payment: self.third_party_payment,
            private_key: self.private_key.0.clone(),
        }
    }
}
