//! TPMT_PUBLIC, a key as its TPM describes it (TPM 2.0 Part 2, 12.2).

use assay_protocol::cose::PublicKey;
use aws_lc_rs::digest::digest;

use super::number;
use super::reader::{Field, Reader, Short};
use crate::rejection::{Reason, Rejection};

/// The public area of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PubArea {
    /// The hash that makes its name, a TPM_ALG_ID.
    pub name_alg: u16,
    /// What the TPM does with it and what not, TPMA_OBJECT.
    pub object_attributes: u32,
    /// `parameters` and `unique`, as far as they are the key.
    pub key: PublicId,
}

/// The key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicId {
    /// An RSA key.
    Rsa {
        /// Its length.
        key_bits: u16,
        /// Its exponent; zero stands for 65537.
        exponent: u32,
        /// Its modulus.
        modulus: Vec<u8>,
    },
    /// A point on a curve.
    Ecc {
        /// The curve, a TPM_ECC_CURVE.
        curve: u16,
        /// The x coordinate.
        x: Vec<u8>,
        /// The y coordinate.
        y: Vec<u8>,
    },
}

impl PubArea {
    /// Reads a public area that is all of `bytes`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Rejection> {
        let mut reader = Reader::new(bytes);
        let read = read(&mut reader)?;
        match reader.left() {
            0 => Ok(read),
            left => Err(Reason::TpmPubAreaTrailingBytes.because(format!("{left} bytes after the structure"))),
        }
    }

    /// Every field that can be read, and why no more can.
    pub fn dissect(bytes: &[u8]) -> (Vec<Field>, Option<Rejection>) {
        let mut reader = Reader::new(bytes);
        let _read = read(&mut reader);
        (reader.into_fields(), Self::parse(bytes).err())
    }

    /// How this key differs from the credential's, if it does. COSE has numbers without leading
    /// zeros (RFC 8230 4) and coordinates with all of them; TPMs need not.
    pub(super) fn compare(&self, credential: &PublicKey) -> Result<(), &'static str> {
        match (&self.key, credential) {
            (PublicId::Rsa { key_bits, exponent, modulus }, PublicKey::Rsa { n, e }) => {
                if significant(modulus) != n {
                    return Err("another modulus");
                }
                if credential.modulus_bits() != Some(usize::from(*key_bits)) {
                    return Err("another length");
                }
                let exponent = if *exponent == 0 { 65_537 } else { *exponent };
                if significant(&exponent.to_be_bytes()) != e {
                    return Err("another exponent");
                }
                Ok(())
            }
            (PublicId::Ecc { curve, x, y }, PublicKey::Ec2 { curve: of_credential, x: right_x, y: right_y }) => {
                if number::curve(*curve) != Some(*of_credential) {
                    return Err("another curve");
                }
                if !is_coordinate(x, right_x) || !is_coordinate(y, right_y) {
                    return Err("another point");
                }
                Ok(())
            }
            _ => Err("a key of another kind"),
        }
    }

    /// nameAlg, and the hash by it of the public area's bytes (TPM 2.0 Part 1, 16).
    pub(super) fn name(&self, bytes: &[u8]) -> Result<Vec<u8>, Rejection> {
        let hash = number::hash(self.name_alg)
            .ok_or_else(|| Reason::TpmNameAlgorithmUnsupported.because(format!("{:#06x}", self.name_alg)))?;
        Ok([&self.name_alg.to_be_bytes(), digest(hash, bytes).as_ref()].concat())
    }

    /// Which attribute it lacks of those that keep a signing key in the TPM that made it.
    pub(super) fn lacking_attributes(&self) -> Option<String> {
        let lacking = number::ATTRIBUTES.iter().filter(|(bit, _)| self.object_attributes & bit == 0);
        let lacking: Vec<&str> = lacking.map(|(_, name)| *name).collect();
        (!lacking.is_empty()).then(|| format!("without {}", lacking.join(", ")))
    }
}

fn read(reader: &mut Reader<'_>) -> Result<PubArea, Rejection> {
    let kind = reader.named("type", number::algorithm_name).map_err(undecodable)?;
    if kind != number::RSA && kind != number::ECC {
        return Err(Reason::TpmPubAreaUnsupported.because(format!("a key of type {kind:#06x}")));
    }
    let name_alg = reader.named("nameAlg", number::algorithm_name).map_err(undecodable)?;
    let object_attributes = reader.u32("objectAttributes").map_err(undecodable)?;
    reader.sized("authPolicy").map_err(undecodable)?;
    details(reader, "parameters.symmetric")?;
    details(reader, "parameters.scheme")?;
    let key = if kind == number::RSA {
        rsa(reader).map_err(undecodable)?
    } else {
        let curve = reader.named("parameters.curveID", number::curve_name).map_err(undecodable)?;
        details(reader, "parameters.kdf")?;
        ecc(reader, curve).map_err(undecodable)?
    };
    Ok(PubArea { name_alg, object_attributes, key })
}

fn rsa(reader: &mut Reader<'_>) -> Result<PublicId, Short> {
    let key_bits = reader.u16("parameters.keyBits")?;
    let exponent = reader.u32("parameters.exponent")?;
    let modulus = reader.sized("unique.rsa")?.to_vec();
    Ok(PublicId::Rsa { key_bits, exponent, modulus })
}

fn ecc(reader: &mut Reader<'_>, curve: u16) -> Result<PublicId, Short> {
    let x = reader.sized("unique.ecc.x")?.to_vec();
    let y = reader.sized("unique.ecc.y")?.to_vec();
    Ok(PublicId::Ecc { curve, x, y })
}

/// An algorithm and what goes with it: nothing, a hash, or the length and mode of a cipher.
fn details(reader: &mut Reader<'_>, name: &'static str) -> Result<(), Rejection> {
    let algorithm = reader.named(name, number::algorithm_name).map_err(undecodable)?;
    let rest: &[&'static str] = match algorithm {
        number::NULL | 0x0015 => &[],
        0x0006 | 0x0013 | 0x0026 => &["keyBits", "mode"],
        0x0007 | 0x0014 | 0x0016..=0x0019 | 0x001b..=0x0022 => &["hashAlg"],
        0x001a => &["hashAlg", "count"],
        _ => return Err(Reason::TpmPubAreaUnsupported.because(format!("{name} {algorithm:#06x}"))),
    };
    for name in rest {
        reader.named(name, number::algorithm_name).map_err(undecodable)?;
    }
    Ok(())
}

fn undecodable(short: Short) -> Rejection {
    Reason::TpmPubAreaUndecodable.because(short.detail())
}

fn is_coordinate(of_tpm: &[u8], of_credential: &[u8]) -> bool {
    of_tpm.len() <= of_credential.len() && significant(of_tpm) == significant(of_credential)
}

fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}
