use assay_protocol::base64url;
use serde_json::json;

use crate::certificate::name::AttributeKind;
use crate::draft::SafetynetDraft;
use crate::keys::SigningKey;

edits! {
    /// Edits of a SafetyNet response (WebAuthn L3 8.5), before it is signed.
    pub enum SafetynetEdit on SafetynetDraft {
        KeyOther = "safetynet-key-other", Wrong, "signed by a key that nobody knows", |d| d.key = SigningKey::es256(&d.chain.seed().derive("nobody"));
        SignatureFlipped = "safetynet-signature-flipped", Wrong, "the last bit of the response's signature is flipped", |d| d.signature = Some(|mut s| { if let Some(last) = s.last_mut() { *last ^= 1; } s });
        X5cMissing = "safetynet-x5c-missing", Wrong, "the response's header has no certificates", |d| d.has_x5c = false;
        X5cUrl = "safetynet-x5c-url", Wrong, "the response's certificates in base64url", |d| d.x5c = |der| base64url::encode(der) + "_";
        PayloadNotJson = "safetynet-payload-not-json", Wrong, "a response that is not JSON", |d| d.payload_text = Some("ok".to_owned());
        PayloadNotObject = "safetynet-payload-not-object", Wrong, "a response that is no object", |d| d.payload_text = Some("true".to_owned());
        NonceMissing = "safetynet-nonce-missing", Wrong, "the response names no registration", |d| { d.payload.remove("nonce"); };
        NonceOther = "safetynet-nonce-other", Wrong, "the response is to another registration", |d| { d.payload.insert("nonce".to_owned(), json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")); };
        HostOther = "safetynet-host-other", Wrong, "the response is by another service", |d| { d.chain.leaf.spec.subject.set(AttributeKind::CommonName, "attest.example.com"); d.chain.leaf.spec.dns_names = vec!["attest.example.com".to_owned()]; };
        HostInside = "safetynet-host-inside", Wrong, "the service's name is part of another", |d| { d.chain.leaf.spec.subject.set(AttributeKind::CommonName, "attest.android.com.example.com"); d.chain.leaf.spec.dns_names = vec!["attest.android.com.example.com".to_owned()]; };
        CtsProfileFalse = "safetynet-cts-profile-false", Wrong, "the device does not match a profile", |d| { d.payload.insert("ctsProfileMatch".to_owned(), json!(false)); };
        CtsProfileMissing = "safetynet-cts-profile-missing", Wrong, "nothing is said of the device's profile", |d| { d.payload.remove("ctsProfileMatch"); };
        CtsProfileText = "safetynet-cts-profile-text", Wrong, "the device's profile is the text true", |d| { d.payload.insert("ctsProfileMatch".to_owned(), json!("true")); };
        TimeOld = "safetynet-time-old", Wrong, "the response is a day old", |d| d.shift(-86_400);
        TimeAhead = "safetynet-time-ahead", Wrong, "the response is from tomorrow", |d| d.shift(86_400);
        TimeMissing = "safetynet-time-missing", Wrong, "the response has no time", |d| { d.payload.remove("timestampMs"); };
    }
}
