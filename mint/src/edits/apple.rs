use assay_protocol::digest::sha256;
use assay_protocol::tree::der::write;

use crate::draft::AppleDraft;
use crate::keys::SigningKey;
use crate::statement::apple;

edits! {
    /// Edits of what Apple certifies (WebAuthn L3 8.8), before the certificate is issued.
    pub enum AppleEdit on AppleDraft {
        KeyOther = "apple-key-other", Wrong, "the certificate is for another key than the credential's", |d| d.key = SigningKey::es256(&d.seed.derive("another key of the enclave"));
        NonceMissing = "apple-nonce-missing", Wrong, "the certificate names no registration", |d| d.is_there = false;
        NonceOther = "apple-nonce-other", Wrong, "the last bit of the nonce is flipped", |d| if let Some(last) = d.nonce.last_mut() { *last ^= 1; };
        NonceOfClientData = "apple-nonce-of-client-data", Wrong, "the nonce is the client data's hash alone", |d| d.nonce = d.client_data_hash.to_vec();
        NonceOfAuthData = "apple-nonce-of-auth-data", Wrong, "the nonce is the authenticator data's hash alone", |d| d.nonce = sha256(&d.auth_data).to_vec();
        NonceOtherOrder = "apple-nonce-other-order", Wrong, "the nonce is made of client data's hash and authenticator data, in this order", |d| d.nonce = sha256(&[d.client_data_hash.as_slice(), &d.auth_data].concat()).to_vec();
        NonceShort = "apple-nonce-short", Wrong, "the nonce's last byte is missing", |d| { d.nonce.pop(); };
        NonceEmpty = "apple-nonce-empty", Wrong, "an empty nonce", |d| d.nonce.clear();
        NonceBare = "apple-nonce-bare", Wrong, "the nonce's bytes without any wrapping", |d| d.value = Some(d.nonce.clone());
        NonceUntagged = "apple-nonce-untagged", Wrong, "the nonce without its tag", |d| d.value = Some(write::sequence(&[write::octet_string(&d.nonce)]));
        NonceOtherTag = "apple-nonce-other-tag", Wrong, "the nonce under the tag 0", |d| d.value = Some(write::sequence(&[write::explicit(0, &write::octet_string(&d.nonce))]));
        NonceTrailing = "apple-nonce-trailing", Wrong, "a byte after the nonce's wrapping", |d| { let mut value = apple::value(&d.nonce); value.push(0); d.value = Some(value); };
    }
}
