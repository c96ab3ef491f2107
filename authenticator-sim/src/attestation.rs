//! How an authenticator vouches for its credentials, and the reply that carries it.

#[cfg(test)]
mod tests;

use assay_mint::chain::Chain;
use assay_mint::error::Error;
use assay_mint::keys::SigningKey;

/// What kind of attestation it gives.
#[derive(Debug, Clone)]
pub enum Attestation {
    /// None at all.
    None,
    /// Packed, by the credential itself.
    PackedSelf,
    /// Packed, by a certified key.
    Packed(Box<Batch>),
}

/// A batch's attestation key and its certificates, written once.
#[derive(Debug, Clone)]
pub struct Batch {
    key: SigningKey,
    x5c: Vec<u8>,
}

impl Attestation {
    /// By the leaf of a chain; the root stays out of the statement.
    pub fn packed(chain: &Chain) -> Result<Self, Error> {
        let certificates = chain.issue()?.x5c();
        Ok(Self::Packed(Box::new(Batch { key: chain.leaf.key.clone(), x5c: x5c(&certificates) })))
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

    /// The body of makeCredential's reply: format, authenticator data, statement, in canonical CBOR.
    pub(crate) fn reply(
        &self,
        credential_key: &SigningKey,
        auth_data: &[u8],
        client_data_hash: &[u8; 32],
    ) -> Result<Vec<u8>, Error> {
        let (key, x5c) = match self {
            Self::None => return Ok(none(auth_data)),
            Self::PackedSelf => (credential_key, None),
            Self::Packed(batch) => (&batch.key, Some(batch.x5c.as_slice())),
        };
        let signature = key.sign(&[auth_data, client_data_hash].concat())?;
        let mut out = Writer(Vec::with_capacity(auth_data.len() + x5c.map_or(0, <[u8]>::len) + 128));
        out.head(MAP, 3);
        out.head(UNSIGNED, 1);
        out.text("packed");
        out.head(UNSIGNED, 2);
        out.bytes(auth_data);
        out.head(UNSIGNED, 3);
        out.head(MAP, if x5c.is_some() { 3 } else { 2 });
        out.text("alg");
        out.head(NEGATIVE, usize::try_from(-1 - key.alg()).unwrap_or_default());
        out.text("sig");
        out.bytes(&signature);
        if let Some(x5c) = x5c {
            out.text("x5c");
            out.0.extend_from_slice(x5c);
        }
        Ok(out.0)
    }
}

/// The reply without attestation, whatever the authenticator could give.
pub(crate) fn none(auth_data: &[u8]) -> Vec<u8> {
    let mut out = Writer(Vec::with_capacity(auth_data.len() + 16));
    out.head(MAP, 3);
    out.head(UNSIGNED, 1);
    out.text("none");
    out.head(UNSIGNED, 2);
    out.bytes(auth_data);
    out.head(UNSIGNED, 3);
    out.head(MAP, 0);
    out.0
}

fn x5c(certificates: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Writer(Vec::new());
    out.head(ARRAY, certificates.len());
    for certificate in certificates {
        out.bytes(certificate);
    }
    out.0
}

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

    fn bytes(&mut self, bytes: &[u8]) {
        self.head(BYTES, bytes.len());
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.head(TEXT, text.len());
        self.0.extend_from_slice(text.as_bytes());
    }
}
