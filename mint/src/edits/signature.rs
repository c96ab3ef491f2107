use assay_protocol::cose::{Curve, PublicKey};
use assay_protocol::tree::der;
use p256::ecdsa::Signature;

use crate::draft::SigningDraft;
use crate::keys::SigningKey;

edits! {
    /// Edits of what is signed, and by whom; the signature itself is a good one.
    pub enum SigningEdit on SigningDraft {
        OtherKey = "signing-other-key", Wrong, "signed by a key that nobody knows", other_key;
        OtherCurve = "signing-other-curve", Wrong, "signed by a key on another curve, under the same algorithm", other_curve;
        CredentialKey = "signing-credential-key", Wrong, "signed by the credential in the attestation key's place", |d| d.key = d.credential_key.clone();
        AuthDataOnly = "signing-auth-data-only", Wrong, "only the authenticator data is signed", |d| d.message = Some(d.auth_data.clone());
        HashOnly = "signing-hash-only", Wrong, "only the client data's hash is signed", |d| d.message = Some(d.client_data_hash.to_vec());
        HashFirst = "signing-hash-first", Wrong, "the client data's hash is signed before the authenticator data", |d| d.message = Some([d.client_data_hash.as_slice(), &d.auth_data].concat());
        OtherHash = "signing-other-hash", Wrong, "other client data is signed", |d| d.client_data_hash[0] ^= 1;
        OtherAuthData = "signing-other-auth-data", Wrong, "other authenticator data is signed", |d| if let Some(last) = d.auth_data.last_mut() { *last ^= 1; };
        OtherFlags = "signing-other-flags", Wrong, "the flags were changed after signing", |d| if let Some(flags) = d.auth_data.get_mut(32) { *flags ^= 0x04; };
        OtherCounter = "signing-other-counter", Wrong, "the counter was changed after signing", |d| if let Some(counter) = d.auth_data.get_mut(36) { *counter ^= 1; };
        PackedMessage = "signing-packed-message", Wrong, "a U2F statement over what packed would sign", |d| d.message = Some([d.auth_data.as_slice(), &d.client_data_hash].concat());
        Hashed = "signing-hashed", Wrong, "the right message was hashed once too often", |d| d.message = Some(assay_protocol::digest::sha256_parts(&[&d.auth_data, &d.client_data_hash]).to_vec());
        OtherDigest = "signing-other-digest", Wrong, "hashed with another hash than the algorithm's", |d| d.key = d.key.clone().with_other_hash();
        OtherPadding = "signing-other-padding", Wrong, "padded as the other kind of RSA signature is", |d| d.key = d.key.clone().with_other_padding();
        ShortSalt = "signing-short-salt", Wrong, "a PSS signature with 20 bytes of salt", |d| d.key = d.key.clone().with_salt(20);
        NoSalt = "signing-no-salt", Wrong, "a PSS signature without salt", |d| d.key = d.key.clone().with_salt(0);
        EmptyMessage = "signing-empty-message", Wrong, "nothing was signed", |d| d.message = Some(Vec::new());
    }
}

edits! {
    /// Edits of the signature's bytes (WebAuthn L3 6.5.5).
    pub enum SignatureEdit on Vec<u8> {
        BitFlipped = "signature-bit-flipped", Wrong, "the last bit is flipped", |s| if let Some(last) = s.last_mut() { *last ^= 1; };
        Empty = "signature-empty", Wrong, "no bytes at all", Vec::clear;
        Raw = "signature-raw", Wrong, "r and s side by side in the place of DER", raw;
        CutTo64 = "signature-cut-to-64", Wrong, "the first 64 bytes", |s| if s.len() > 72 { s.truncate(64); };
        TrailingByte = "signature-trailing-byte", Wrong, "one byte after the end", |s| s.push(0);
        TrailingInside = "signature-trailing-inside", Wrong, "one byte after s, inside the sequence", |s| { s.push(0); lengthen(s); };
        Truncated = "signature-truncated", Wrong, "the last byte is missing", |s| { s.pop(); };
        LongLength = "signature-long-length", Wrong, "the sequence's length in two bytes, against DER", |s| if s.get(1).is_some_and(|length| *length < 0x80) { s.insert(1, 0x81); };
        PaddedInteger = "signature-padded-integer", Wrong, "r with a zero byte more than DER allows", padded_integer;
        NegativeInteger = "signature-negative-integer", Wrong, "r is written as a negative number", |s| *s = sig_value(&minus_one(), &[1]);
        ZeroRS = "signature-zero-r-s", Wrong, "r and s are zero", |s| *s = sig_value(&[0], &[0]);
        ZeroR = "signature-zero-r", Wrong, "r is zero", |s| *s = sig_value(&[0], &[1]);
        ZeroS = "signature-zero-s", Wrong, "s is zero", |s| *s = sig_value(&[1], &[0]);
        OneOne = "signature-one-one", Wrong, "r and s are one", |s| *s = sig_value(&[1], &[1]);
        Order = "signature-order", Wrong, "r and s are the group's order", |s| *s = sig_value(&positive(&ORDER), &positive(&ORDER));
        Zeros = "signature-zeros", Wrong, "as many zero bytes", |s| s.fill(0);
        Indefinite = "signature-indefinite", Wrong, "a sequence of indefinite length", |s| if let Some(length) = s.get_mut(1) { *length = 0x80; s.extend([0, 0]); };
        Huge = "signature-huge", Wrong, "64 KiB of it", |s| s.resize(65_536, 0x30);
        HighS = "signature-high-s", Harmless, "s is the larger of the two that verify, or the smaller", |s| ecdsa(s, other_s);
    }
}

/// Of the same algorithm; but there is one RSA key alone.
fn other_key(draft: &mut SigningDraft) {
    let seed = draft.seed.derive("other signer");
    draft.key = match (draft.key.public_key(), SigningKey::of(draft.key.alg(), &seed)) {
        (PublicKey::Rsa { .. }, _) | (_, Err(_)) => SigningKey::es256(&seed),
        (_, Ok(other)) => other,
    };
}

/// What is on no curve of ECDSA's stays as it is.
fn other_curve(draft: &mut SigningDraft) {
    let seed = draft.seed.derive("other signer");
    let other = match draft.key.public_key() {
        PublicKey::Ec2 { curve: Curve::P256, .. } => SigningKey::p384(&seed),
        PublicKey::Ec2 { .. } => SigningKey::es256(&seed),
        _ => return,
    };
    draft.key = other.called(draft.key.alg());
}

/// The order of P-256's group.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

fn ecdsa(bytes: &mut Vec<u8>, edit: fn(&Signature) -> Vec<u8>) {
    if let Ok(signature) = Signature::from_der(bytes) {
        *bytes = edit(&signature);
    }
}

/// r and s as long as the curve's order, which is told by how long they are.
fn raw(bytes: &mut Vec<u8>) {
    let document = der::read(bytes);
    let halves = document.root.as_ref().map(|root| root.children.iter().filter_map(|half| half.unsigned_of(bytes)));
    let halves: Vec<&[u8]> = halves.into_iter().flatten().collect();
    if let [r, s] = halves.as_slice() {
        let longest = r.len().max(s.len());
        let length = [32, 48, 66].into_iter().find(|length| longest <= *length).unwrap_or(longest);
        let padded = |half: &[u8]| [vec![0; length.saturating_sub(half.len())].as_slice(), half].concat();
        *bytes = [padded(r), padded(s)].concat();
    }
}

fn other_s(signature: &Signature) -> Vec<u8> {
    let (r, s) = signature.split_scalars();
    match Signature::from_scalars(r.to_bytes(), (-*s).to_bytes()) {
        Ok(other) => other.to_der().as_bytes().to_vec(),
        Err(_zero) => Vec::new(),
    }
}

fn padded_integer(bytes: &mut Vec<u8>) {
    let length_of_r = header(bytes) + 1;
    if bytes.len() > length_of_r + 1 {
        bytes.insert(length_of_r + 1, 0);
        if let Some(length) = bytes.get_mut(length_of_r) {
            *length += 1;
        }
        lengthen(bytes);
    }
}

fn lengthen(bytes: &mut [u8]) {
    let last = header(bytes) - 1;
    if let Some(length) = bytes.get_mut(last).filter(|length| ![0x7f, 0xff].contains(*length)) {
        *length += 1;
    }
}

/// The bytes of the sequence's header: P-521's signatures need a longer one.
fn header(bytes: &[u8]) -> usize {
    if bytes.get(1) == Some(&0x81) { 3 } else { 2 }
}

fn minus_one() -> [u8; 32] {
    [0xff; 32]
}

fn positive(magnitude: &[u8]) -> Vec<u8> {
    [&[0], magnitude].concat()
}

/// Ecdsa-Sig-Value with the contents of its INTEGERs as given; all lengths are short.
fn sig_value(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |content: &[u8]| [&[0x02, short(content.len())], content].concat();
    let content = [integer(r), integer(s)].concat();
    [&[0x30, short(content.len())], content.as_slice()].concat()
}

fn short(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(0x7f)
}
