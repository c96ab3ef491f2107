use super::scheme::Encoding;
use crate::error::{Malformed, Reason};
use crate::tree::der::{self, tag};

/// Has the signature the form that its scheme demands, which is `encoding`? High s values have it.
pub(super) fn check(encoding: Encoding, signature: &[u8]) -> Result<(), Malformed> {
    match encoding {
        Encoding::Der => ecdsa_sig_value(signature),
        Encoding::Fixed(length) => {
            exactly(length * 2, signature)?;
            let (r, s) = signature.split_at_checked(length).unwrap_or_default();
            not_zero(r, s)
        }
        Encoding::Exactly(length) => exactly(length, signature),
    }
}

/// The bytes of an RSA key's modulus, if `key` is a DER RSAPublicKey of a length that is safe and
/// still quick.
pub(super) fn modulus_length(key: &[u8]) -> Option<usize> {
    let document = der::read(key);
    let root = document.root.filter(|root| root.is(tag::SEQUENCE))?;
    let [n, _] = root.children.as_slice() else {
        return None;
    };
    let n = n.unsigned_of(key)?;
    let unused = usize::try_from(n.first()?.leading_zeros()).ok()?;
    let bits = n.len() * 8 - unused;
    (document.anomalies.is_empty() && (2048..=8192).contains(&bits)).then_some(n.len())
}

/// ECDSA-Sig-Value (RFC 3279 2.2.3) in strict DER: a SEQUENCE of two positive INTEGERs, nothing else.
fn ecdsa_sig_value(signature: &[u8]) -> Result<(), Malformed> {
    let not_der = |detail: String| Malformed::new(Reason::SignatureNotDer, detail);
    let document = der::read(signature);
    if let Some(anomaly) = document.anomalies.first() {
        return Err(not_der(anomaly.to_string()).at(anomaly.range.clone()));
    }
    let root = document.root.filter(|root| root.is(tag::SEQUENCE));
    let Some(root) = root else {
        return Err(not_der("not a SEQUENCE".into()));
    };
    let [r, s] = root.children.as_slice() else {
        return Err(not_der(format!("{} parts", root.children.len())));
    };
    match (r.unsigned_of(signature), s.unsigned_of(signature)) {
        (Some(r), Some(s)) => not_zero(r, s),
        _ => Err(not_der("not two positive INTEGERs".into())),
    }
}

fn not_zero(r: &[u8], s: &[u8]) -> Result<(), Malformed> {
    let zero = |number: &[u8]| number.iter().all(|byte| *byte == 0);
    match (zero(r), zero(s)) {
        (false, false) => Ok(()),
        (true, true) => Err(Malformed::new(Reason::SignatureZero, "r and s")),
        (true, false) => Err(Malformed::new(Reason::SignatureZero, "r")),
        (false, true) => Err(Malformed::new(Reason::SignatureZero, "s")),
    }
}

fn exactly(length: usize, signature: &[u8]) -> Result<(), Malformed> {
    if signature.len() == length {
        return Ok(());
    }
    let detail = format!("{} bytes, not {length}", signature.len());
    Err(Malformed::new(Reason::SignatureWrongLength, detail))
}
