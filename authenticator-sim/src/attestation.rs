//! How an authenticator vouches for its credentials, and the reply that carries it.

#[cfg(test)]
mod tests;

use assay_mint::chain::Chain;
use assay_mint::error::Error;
use assay_mint::keys::SigningKey;
use assay_mint::statement::{Format, Subject};
use assay_protocol::tree::cbor;

use crate::config::KeyConfig;

/// What kind of attestation it gives.
#[derive(Debug, Clone)]
pub enum Attestation {
    /// None at all.
    None,
    /// Packed, by the credential itself.
    PackedSelf,
    /// Packed, by a certified key.
    Packed(Box<Batch>),
    /// Any other format, as the vendor of it would make it.
    Minted(Box<Format>),
}

/// A batch's attestation key and its certificates, written once.
#[derive(Debug, Clone)]
pub struct Batch {
    key: SigningKey,
    x5c: Vec<u8>,
}

/// The key and the certificate that attest what CTAP1 makes.
#[derive(Debug, Clone)]
pub struct U2fAttestation {
    pub(crate) key: SigningKey,
    pub(crate) certificate: Vec<u8>,
}

/// What else is in makeCredential's reply.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extras {
    pub(crate) enterprise: bool,
    pub(crate) large_blob_key: Option<Vec<u8>>,
}

impl U2fAttestation {
    /// By the leaf of a chain.
    pub fn new(chain: &Chain) -> Result<Self, Error> {
        Ok(Self { key: chain.leaf.key.clone(), certificate: chain.issue()?.leaf })
    }
}

impl Attestation {
    /// By the leaf of a chain; the root stays out of the statement.
    pub fn packed(chain: &Chain) -> Result<Self, Error> {
        let certificates = chain.issue()?.x5c();
        Ok(Self::Packed(Box::new(Batch { key: chain.leaf.key.clone(), x5c: x5c(&certificates) })))
    }

    /// In any format; which algorithms go with it is up to whoever chooses. A compound statement is an
    /// array where CTAP2 has a map (6.1.3), so that strict platforms refuse it.
    pub fn of(format: Format) -> Result<Self, Error> {
        match format {
            Format::None => Ok(Self::None),
            Format::PackedSelf => Ok(Self::PackedSelf),
            Format::Packed(chain) => Self::packed(&chain),
            other => Ok(Self::Minted(Box::new(other))),
        }
    }

    /// The format's identifier.
    pub fn fmt(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PackedSelf | Self::Packed(_) => "packed",
            Self::Minted(format) => format.fmt(),
        }
    }

    /// The same with its key by the fast engine.
    pub fn into_fast(self) -> Result<Self, Error> {
        match self {
            Self::Packed(batch) => {
                let key = batch.key.into_fast()?;
                Ok(Self::Packed(Box::new(Batch { key, x5c: batch.x5c })))
            }
            other => Ok(other),
        }
    }

    /// The body of makeCredential's reply: format, authenticator data, statement and the rest, in canonical CBOR.
    pub(crate) fn reply(&self, subject: &Subject<'_>, extras: &Extras) -> Result<Vec<u8>, Error> {
        let auth_data = subject.auth_data;
        let (key, x5c) = match self {
            Self::None => return Ok(none(auth_data, extras)),
            Self::PackedSelf => (subject.key, None),
            Self::Packed(batch) => (&batch.key, Some(batch.x5c.as_slice())),
            Self::Minted(format) => {
                let statement = cbor::to_canonical(&format.attest(subject)?);
                let mut out = begin(format.fmt(), auth_data, extras, statement.len());
                out.0.extend_from_slice(&statement);
                return Ok(out.end(extras));
            }
        };
        let signature = key.sign(&[auth_data, subject.client_data_hash].concat())?;
        let mut out = begin("packed", auth_data, extras, x5c.map_or(0, <[u8]>::len) + signature.len());
        out.head(MAP, if x5c.is_some() { 3 } else { 2 });
        out.text("alg");
        out.head(NEGATIVE, usize::try_from(-1 - key.alg()).unwrap_or_default());
        out.text("sig");
        out.bytes(&signature);
        if let Some(x5c) = x5c {
            out.text("x5c");
            out.0.extend_from_slice(x5c);
        }
        Ok(out.end(extras))
    }
}

impl KeyConfig {
    /// The formats that there are, `none` left out.
    pub(crate) fn formats(&self) -> Vec<String> {
        let mut formats: Vec<String> = Vec::new();
        for attestation in std::iter::once(&self.attestation).chain(&self.other_attestations) {
            let fmt = attestation.fmt();
            if fmt != "none" && !formats.iter().any(|known| known == fmt) {
                formats.push(fmt.to_owned());
            }
        }
        formats
    }

    /// §6.1.2 step 19
    pub(crate) fn choose_attestation(&self, preference: &[String]) -> &Attestation {
        if preference == ["none"] {
            return &Attestation::None;
        }
        let own = || std::iter::once(&self.attestation).chain(&self.other_attestations);
        let wanted = preference.iter().filter(|wanted| *wanted != "none");
        let chosen = wanted.filter_map(|wanted| own().find(|attestation| attestation.fmt() == wanted)).next();
        chosen.unwrap_or(&self.attestation)
    }
}

/// The reply without attestation, whatever the authenticator could give.
fn none(auth_data: &[u8], extras: &Extras) -> Vec<u8> {
    let mut out = begin("none", auth_data, extras, 0);
    out.head(MAP, 0);
    out.end(extras)
}

/// All that comes before the statement.
fn begin(fmt: &str, auth_data: &[u8], extras: &Extras, rest: usize) -> Writer {
    let mut out = Writer(Vec::with_capacity(auth_data.len() + rest + 128));
    out.head(MAP, 3 + usize::from(extras.enterprise) + usize::from(extras.large_blob_key.is_some()));
    out.head(UNSIGNED, 1);
    out.text(fmt);
    out.head(UNSIGNED, 2);
    out.bytes(auth_data);
    out.head(UNSIGNED, 3);
    out
}

fn x5c(certificates: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Writer(Vec::new());
    out.head(ARRAY, certificates.len());
    for certificate in certificates {
        out.bytes(certificate);
    }
    out.0
}

const TRUE: u8 = 0xf5;
const UNSIGNED: u8 = 0x00;
const NEGATIVE: u8 = 0x20;
const BYTES: u8 = 0x40;
const TEXT: u8 = 0x60;
const ARRAY: u8 = 0x80;
const MAP: u8 = 0xa0;

/// Just enough CBOR for one reply: building trees of it costs as much as half a signature.
struct Writer(Vec<u8>);

impl Writer {
    fn head(&mut self, major: u8, argument: usize) {
        match (u8::try_from(argument), u16::try_from(argument)) {
            (Ok(small @ 0..24), _) => self.0.push(major | small),
            (Ok(byte), _) => self.0.extend([major | 24, byte]),
            (_, Ok(word)) => {
                self.0.push(major | 25);
                self.0.extend(word.to_be_bytes());
            }
            // Nothing here is longer than a message.
            _ => self.0.push(major),
        }
    }

    /// All that comes after the statement.
    fn end(mut self, extras: &Extras) -> Vec<u8> {
        if extras.enterprise {
            self.head(UNSIGNED, 4);
            self.0.push(TRUE);
        }
        if let Some(key) = &extras.large_blob_key {
            self.head(UNSIGNED, 5);
            self.bytes(key);
        }
        self.0
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.head(BYTES, bytes.len());
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.head(TEXT, text.len());
        self.0.extend_from_slice(text.as_bytes());
    }
}
