use super::{AttestedCredentialData, AuthenticatorData, Flags};
use crate::aaguid::Aaguid;
use crate::cose::CoseKey;
use crate::error::{Malformed, Reason};
use crate::tree::cbor::{self, Anomaly, AnomalyKind, Node};

pub(super) fn parse(bytes: &[u8]) -> Result<AuthenticatorData, Malformed> {
    let too_short = || {
        let detail = format!("{} bytes", bytes.len());
        Malformed::new(Reason::AuthenticatorDataTooShort, detail).at(0..bytes.len())
    };
    let mut cursor = Cursor { bytes, at: 0 };
    let rp_id_hash = *cursor.array::<32>().ok_or_else(too_short)?;
    let [flags] = *cursor.array::<1>().ok_or_else(too_short)?;
    let sign_count = u32::from_be_bytes(*cursor.array::<4>().ok_or_else(too_short)?);
    let flags = Flags(flags);

    let attested = match flags.at() {
        true => Some(attested(&mut cursor)?),
        false => None,
    };
    let (extensions, anomalies) = match flags.ed() {
        true => {
            let (extensions, anomalies) = extensions(&mut cursor)?;
            (Some(extensions), anomalies)
        }
        false => (None, Vec::new()),
    };
    if cursor.at < bytes.len() {
        let detail = format!("{} bytes", bytes.len() - cursor.at);
        return Err(Malformed::new(Reason::AuthenticatorDataLeftoverBytes, detail).at(cursor.at..bytes.len()));
    }
    Ok(AuthenticatorData { rp_id_hash, flags, sign_count, attested, extensions, anomalies })
}

fn attested(cursor: &mut Cursor<'_>) -> Result<AttestedCredentialData, Malformed> {
    let start = cursor.at;
    let end = cursor.bytes.len();
    if start == end {
        return Err(Malformed::new(Reason::AuthenticatorDataAttestedMissing, "AT is set").at(start..end));
    }
    let truncated = |reason| move || Malformed::new(reason, format!("{} bytes", end - start)).at(start..end);
    let in_head = truncated(Reason::AuthenticatorDataAttestedTruncated);
    let aaguid = Aaguid::from_bytes(*cursor.array::<16>().ok_or_else(&in_head)?);
    let length = u16::from_be_bytes(*cursor.array::<2>().ok_or_else(&in_head)?);
    let credential_id =
        cursor.take(length.into()).ok_or_else(truncated(Reason::AuthenticatorDataCredentialIdTruncated))?.to_vec();
    if cursor.at == end {
        return Err(Malformed::new(Reason::AuthenticatorDataPublicKeyMissing, "").at(end..end));
    }

    let (document, key_end) = cbor::read_prefix_at(cursor.bytes, cursor.at);
    let credential_public_key = CoseKey::from_document(&document)?;
    let public_key_cbor = cursor.take(key_end - cursor.at).unwrap_or_default().to_vec();
    Ok(AttestedCredentialData {
        aaguid,
        credential_id,
        credential_public_key,
        public_key_cbor,
        public_key_anomalies: document.anomalies,
    })
}

fn extensions(cursor: &mut Cursor<'_>) -> Result<(Node, Vec<Anomaly>), Malformed> {
    let start = cursor.at;
    if start == cursor.bytes.len() {
        return Err(Malformed::new(Reason::AuthenticatorDataExtensionsMissing, "ED is set").at(start..start));
    }
    let (document, end) = cbor::read_prefix_at(cursor.bytes, start);
    if let Some(anomaly) = document.syntax_error() {
        return Err(
            Malformed::new(Reason::AuthenticatorDataExtensionsNotCbor, anomaly.to_string()).at(anomaly.range.clone())
        );
    }
    if let Some(anomaly) = document.anomaly(AnomalyKind::DuplicateKey) {
        return Err(Malformed::new(Reason::AuthenticatorDataExtensionsDuplicateKey, anomaly.path.clone())
            .at(anomaly.range.clone()));
    }
    let Some(root) = document.root else {
        return Err(Malformed::new(Reason::AuthenticatorDataExtensionsNotCbor, "").at(start..end));
    };
    let Some(entries) = root.as_map() else {
        let detail = format!("{} found", root.kind());
        return Err(Malformed::new(Reason::AuthenticatorDataExtensionsNotMap, detail).at(start..end));
    };
    if let Some((key, _)) = entries.iter().find(|(key, _)| key.as_text().is_none()) {
        let detail = format!("{} found", key.kind());
        return Err(Malformed::new(Reason::AuthenticatorDataExtensionIdNotText, detail).at(key.range.clone()));
    }
    cursor.at = end;
    Ok((root, document.anomalies))
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let array = self.bytes.get(self.at..)?.first_chunk()?;
        self.at += N;
        Some(array)
    }
}
