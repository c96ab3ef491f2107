//! TPMS_ATTEST, what a TPM signs, as far as it certifies a key (TPM 2.0 Part 2, 10.12).

use assay_protocol::check::Enforced;

use super::number;
use super::reader::{Field, Reader, Short};
use crate::rejection::{Check, Reason, Rejection};

/// What a certification says. Signer, clock and firmware version are for risk engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertInfo {
    /// What the caller of the TPM gave it to sign along.
    pub extra_data: Vec<u8>,
    /// The name of the certified key.
    pub name: Vec<u8>,
}

impl CertInfo {
    /// Reads a certification; what is none by its first six bytes is told apart from a broken one.
    pub(super) fn judged(bytes: &[u8], enforced: &Enforced) -> Result<Self, Rejection> {
        let mut reader = Reader::new(bytes);
        let (magic, kind) = head(&mut reader).map_err(undecodable)?;
        // 8.3 verification: magic
        if magic != number::GENERATED {
            Check::TpmMagic.refuse(enforced, format!("{magic:#010x}"))?;
        }
        // 8.3 verification: type
        if kind != number::ATTEST_CERTIFY {
            Check::TpmType.refuse(enforced, format!("{kind:#06x}"))?;
        }
        let certified = body(&mut reader).map_err(undecodable)?;
        match reader.left() {
            0 => Ok(certified),
            left => Err(Reason::TpmCertInfoTrailingBytes.because(format!("{left} bytes after the structure"))),
        }
    }

    /// Every field that can be read, and why no more can. Of other kinds of attestation only the
    /// beginning is read.
    pub fn dissect(bytes: &[u8]) -> (Vec<Field>, Option<Rejection>) {
        let mut reader = Reader::new(bytes);
        let _read = head(&mut reader).and_then(|(_, kind)| match kind {
            number::ATTEST_CERTIFY => body(&mut reader).map(drop),
            _ => Ok(()),
        });
        (reader.into_fields(), Self::judged(bytes, &Enforced::all()).err())
    }
}

fn head(reader: &mut Reader<'_>) -> Result<(u32, u16), Short> {
    Ok((reader.u32("magic")?, reader.named("type", number::structure_name)?))
}

fn body(reader: &mut Reader<'_>) -> Result<CertInfo, Short> {
    reader.sized("qualifiedSigner")?;
    let extra_data = reader.sized("extraData")?.to_vec();
    reader.u64("clockInfo.clock")?;
    reader.u32("clockInfo.resetCount")?;
    reader.u32("clockInfo.restartCount")?;
    reader.u8("clockInfo.safe")?;
    reader.u64("firmwareVersion")?;
    let name = reader.sized("attested.name")?.to_vec();
    reader.sized("attested.qualifiedName")?;
    Ok(CertInfo { extra_data, name })
}

fn undecodable(short: Short) -> Rejection {
    Reason::TpmCertInfoUndecodable.because(short.detail())
}
