//! A state file as it is sealed: a header in clear, then records, a line each, by AES-256-GCM-SIV (RFC 8452).
//!
//! The key is the file's own, derived of the sealing secret and the file's id by HKDF. A record is bound to the
//! header, to its number and to the record before it: none can be changed, moved, left out between others, or come
//! from another file. That records were cut off at the end cannot be seen in the file.

use assay_protocol::base64url;
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use serde::{Deserialize, Serialize};

use super::clear::{self, Lines};
use super::{Damage, SealingSecret, SecretId};
use crate::env::Rng;
use crate::state::{Change, State};

/// The form of the file; what is in its records has its own number.
const FORMAT: u32 = 3;

/// Bytes of an authentication tag.
const TAG: usize = 16;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: u32,
    /// 128 random bits, new ones whenever the whole is written.
    file: String,
    /// By which secret it is sealed.
    secret: SecretId,
}

/// The end of a sealed file, where the next record goes.
pub(super) struct Chain {
    key: LessSafeKey,
    header: Vec<u8>,
    /// The number of the next record.
    next: u64,
    /// The tag of the record before it.
    tag: Option<[u8; TAG]>,
}

/// What a sealed file says.
pub(super) struct Opened {
    pub(super) state: State,
    pub(super) lines: Lines,
    pub(super) chain: Chain,
}

/// Why a sealed file is not opened.
pub(super) enum Refusal {
    /// It is sealed by another secret.
    Secret,
    /// It is not what was written.
    Damage(Damage),
}

impl From<Damage> for Refusal {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

/// Does the file say that it is sealed, by this version or a later one?
pub(super) fn is_sealed(text: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Form {
        format: u32,
    }
    let form = serde_json::from_slice::<Form>(first_line(text));
    form.is_ok_and(|form| form.format >= FORMAT)
}

/// Reads a whole file. What comes after the last finished record was never acknowledged.
pub(super) fn open(text: &[u8], secret: &SealingSecret) -> Result<Opened, Refusal> {
    let header = first_line(text);
    let read: Header = serde_json::from_slice(header).map_err(Damage::Header)?;
    if read.format != FORMAT {
        return Err(Damage::Form(read.format).into());
    }
    if read.secret != secret.id() {
        return Err(Refusal::Secret);
    }
    let mut chain = Chain::new(secret, &read.file, header.to_vec()).map_err(|Unspecified| Damage::Record(0))?;
    let mut records = text.split_inclusive(|byte| *byte == b'\n').skip(1).filter(|line| line.ends_with(b"\n"));
    let first = records.next().ok_or(Damage::Unfinished)?;
    let mut state: State = serde_json::from_slice(&chain.open(first)?).map_err(Damage::Content)?;
    clear::known(state.format)?;
    let mut lines = Lines { whole: clear::length(header) + clear::length(first), changes: 0 };
    for line in records {
        let changes: Vec<Change> = serde_json::from_slice(&chain.open(line)?).map_err(Damage::Content)?;
        changes.into_iter().for_each(|change| state.apply(change));
        lines.changes += clear::length(line);
    }
    Ok(Opened { state, lines, chain })
}

impl Chain {
    /// A new file: its end, and its first line.
    pub(super) fn begin(secret: &SealingSecret, rng: &mut dyn Rng) -> Result<(Self, Vec<u8>), Unspecified> {
        let mut id = [0; 16];
        rng.fill(&mut id);
        let header = Header { format: FORMAT, file: base64url::encode(&id), secret: secret.id() };
        let mut line = serde_json::to_vec(&header).map_err(|_never| Unspecified)?;
        line.push(b'\n');
        Ok((Self::new(secret, &header.file, line.clone())?, line))
    }

    fn new(secret: &SealingSecret, file: &str, header: Vec<u8>) -> Result<Self, Unspecified> {
        let derived = Salt::new(HKDF_SHA256, file.as_bytes()).extract(secret.bytes());
        let key = UnboundKey::from(derived.expand(&[b"assay state file"], &AES_256_GCM_SIV)?);
        Ok(Self { key: LessSafeKey::new(key), header, next: 0, tag: None })
    }

    /// The next record, as a line. Its nonce is drawn, not counted: a line that was never finished may be followed by
    /// another with its number.
    pub(super) fn seal(&mut self, content: Vec<u8>, rng: &mut dyn Rng) -> Result<Vec<u8>, Unspecified> {
        let mut nonce = [0; NONCE_LEN];
        rng.fill(&mut nonce);
        let mut sealed = content;
        let aad = Aad::from(self.place());
        self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)?;
        self.advance(sealed.last_chunk().copied());
        let mut line = base64url::encode(&[nonce.as_slice(), &sealed].concat()).into_bytes();
        line.push(b'\n');
        Ok(line)
    }

    /// What the next record says.
    fn open(&mut self, line: &[u8]) -> Result<Vec<u8>, Damage> {
        let damage = || Damage::Record(self.next);
        let text = line.strip_suffix(b"\n").and_then(|text| std::str::from_utf8(text).ok()).ok_or_else(damage)?;
        let mut bytes = base64url::decode(text).map_err(|_text| damage())?;
        let (nonce, sealed) = bytes.split_first_chunk_mut::<NONCE_LEN>().ok_or_else(damage)?;
        let (nonce, aad) = (Nonce::assume_unique_for_key(*nonce), Aad::from(self.place()));
        let tag = sealed.last_chunk().copied();
        let content = self.key.open_in_place(nonce, aad, sealed).map_err(|Unspecified| damage())?.to_vec();
        self.advance(tag);
        Ok(content)
    }

    /// What the next record is bound to.
    fn place(&self) -> Vec<u8> {
        let tag = self.tag.as_ref().map_or(&[][..], <[u8; TAG]>::as_slice);
        [self.header.as_slice(), &self.next.to_be_bytes(), tag].concat()
    }

    fn advance(&mut self, tag: Option<[u8; TAG]>) {
        self.tag = tag;
        self.next += 1;
    }
}

fn first_line(text: &[u8]) -> &[u8] {
    text.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default()
}
