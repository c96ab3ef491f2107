use serde_json::{Value, json};

use crate::draft::EnvelopeDraft;
use crate::json::{Json, Object};

edits! {
    /// Edits of RegistrationResponseJSON and AuthenticationResponseJSON (WebAuthn L3 5.1).
    pub enum EnvelopeEdit on EnvelopeDraft {
        IdMissing = "envelope-id-missing", Wrong, "`id` is missing", |d| d.members.remove("id");
        IdNotString = "envelope-id-not-string", Wrong, "`id` is a number", |d| d.members.set("id", 1);
        IdNull = "envelope-id-null", Wrong, "`id` is null", |d| d.members.set("id", Value::Null);
        IdEmpty = "envelope-id-empty", Wrong, "`id` is empty", |d| d.members.set("id", "");
        IdPadded = "envelope-id-padded", Wrong, "`id` is padded with `=`", |d| padded(&mut d.members, "id");
        IdNotBase64url = "envelope-id-not-base64url", Wrong, "`id` is not base64url", |d| d.members.set("id", "*** not base64url ***");
        IdOther = "envelope-id-other", Wrong, "`id` is not `rawId`", |d| { let id = other(d); d.members.set("id", id); };
        RawIdMissing = "envelope-raw-id-missing", Wrong, "`rawId` is missing", |d| d.members.remove("rawId");
        RawIdNotString = "envelope-raw-id-not-string", Wrong, "`rawId` is a number", |d| d.members.set("rawId", 1);
        RawIdNotBase64url = "envelope-raw-id-not-base64url", Wrong, "`rawId` is not base64url", |d| d.members.set("rawId", "*** not base64url ***");
        RawIdPadded = "envelope-raw-id-padded", Wrong, "`rawId` is padded with `=`", |d| padded(&mut d.members, "rawId");
        RawIdOther = "envelope-raw-id-other", Wrong, "`rawId` is not `id`", |d| { let id = other(d); d.members.set("rawId", id); };
        BothIdsOther = "envelope-both-ids-other", Wrong, "`id` and `rawId` agree on another credential", |d| { let id = other(d); d.members.set("id", id.clone()); d.members.set("rawId", id); };
        TypeMissing = "envelope-type-missing", Wrong, "`type` is missing", |d| d.members.remove("type");
        TypeNotString = "envelope-type-not-string", Wrong, "`type` is a number", |d| d.members.set("type", 1);
        TypeEmpty = "envelope-type-empty", Wrong, "`type` is empty", |d| d.members.set("type", "");
        TypeOther = "envelope-type-other", Wrong, "`type` is `private-key`", |d| d.members.set("type", "private-key");
        ResponseMissing = "envelope-response-missing", Wrong, "`response` is missing", |d| d.members.remove("response");
        ResponseNotObject = "envelope-response-not-object", Wrong, "`response` is a text", |d| d.members.set("response", "response");
        ResponseArray = "envelope-response-array", Wrong, "`response` is an array", |d| d.members.set("response", json!([]));
        ResponseEmpty = "envelope-response-empty", Wrong, "`response` is an empty object", |d| d.members.set("response", Object::default());
        OtherKind = "envelope-other-kind", Wrong, "`response` is that of the other ceremony", other_kind;
        ClientDataMissing = "envelope-client-data-missing", Wrong, "`clientDataJSON` is missing", |d| inner(d, |r| r.remove("clientDataJSON"));
        ClientDataNotString = "envelope-client-data-not-string", Wrong, "`clientDataJSON` is an object", |d| inner(d, |r| r.set("clientDataJSON", json!({})));
        ClientDataEmpty = "envelope-client-data-empty", Wrong, "`clientDataJSON` is empty", |d| inner(d, |r| r.set("clientDataJSON", ""));
        ClientDataPadded = "envelope-client-data-padded", Wrong, "`clientDataJSON` is padded with `=`", |d| inner(d, |r| padded(r, "clientDataJSON"));
        ClientDataNotBase64url = "envelope-client-data-not-base64url", Wrong, "`clientDataJSON` is not base64url", |d| d.append("clientDataJSON", "*");
        AttestationObjectMissing = "envelope-attestation-object-missing", Wrong, "`attestationObject` is missing", |d| inner(d, |r| r.remove("attestationObject"));
        AttestationObjectNotString = "envelope-attestation-object-not-string", Wrong, "`attestationObject` is an object", |d| replace(d, "attestationObject", json!({}));
        AttestationObjectEmpty = "envelope-attestation-object-empty", Wrong, "`attestationObject` is empty", |d| replace(d, "attestationObject", json!(""));
        AttestationObjectPadded = "envelope-attestation-object-padded", Wrong, "`attestationObject` is padded with `=`", |d| inner(d, |r| padded(r, "attestationObject"));
        AttestationObjectNotBase64url = "envelope-attestation-object-not-base64url", Wrong, "`attestationObject` is not base64url", |d| d.append("attestationObject", "*");
        AuthenticatorDataMissing = "envelope-authenticator-data-missing", Wrong, "an assertion's `authenticatorData` is missing", |d| assertion(d, |r| r.remove("authenticatorData"));
        AuthenticatorDataNotString = "envelope-authenticator-data-not-string", Wrong, "an assertion's `authenticatorData` is an object", |d| assertion(d, |r| r.set("authenticatorData", json!({})));
        AuthenticatorDataEmpty = "envelope-authenticator-data-empty", Wrong, "an assertion's `authenticatorData` is empty", |d| assertion(d, |r| r.set("authenticatorData", ""));
        AuthenticatorDataPadded = "envelope-authenticator-data-padded", Wrong, "an assertion's `authenticatorData` is padded with `=`", |d| assertion(d, |r| padded(r, "authenticatorData"));
        AuthenticatorDataNotBase64url = "envelope-authenticator-data-not-base64url", Wrong, "an assertion's `authenticatorData` is not base64url", |d| assertion(d, |r| r.set("authenticatorData", "*** not base64url ***"));
        SignatureMissing = "envelope-signature-missing", Wrong, "`signature` is missing", |d| inner(d, |r| r.remove("signature"));
        SignatureNotString = "envelope-signature-not-string", Wrong, "`signature` is an object", |d| replace(d, "signature", json!({}));
        SignatureEmpty = "envelope-signature-empty", Wrong, "`signature` is empty", |d| replace(d, "signature", json!(""));
        SignaturePadded = "envelope-signature-padded", Wrong, "`signature` is padded with `=`", |d| inner(d, |r| padded(r, "signature"));
        SignatureNotBase64url = "envelope-signature-not-base64url", Wrong, "`signature` is not base64url", |d| d.append("signature", "*");
        UserHandleMissing = "envelope-user-handle-missing", Debated, "`userHandle` is missing", |d| inner(d, |r| r.remove("userHandle"));
        UserHandleNull = "envelope-user-handle-null", Debated, "`userHandle` is null", |d| assertion(d, |r| r.set("userHandle", Value::Null));
        UserHandleEmpty = "envelope-user-handle-empty", Debated, "`userHandle` is empty", |d| assertion(d, |r| r.set("userHandle", ""));
        UserHandleNotString = "envelope-user-handle-not-string", Wrong, "`userHandle` is an object", |d| assertion(d, |r| r.set("userHandle", json!({})));
        UserHandleNotBase64url = "envelope-user-handle-not-base64url", Wrong, "`userHandle` is not base64url", |d| assertion(d, |r| r.set("userHandle", "*** not base64url ***"));
        UserHandleOther = "envelope-user-handle-other", Wrong, "`userHandle` is somebody else's", |d| { let handle = other(d); assertion_with(d, "userHandle", handle); };
        TransportsMissing = "envelope-transports-missing", Debated, "`transports` is missing", |d| inner(d, |r| r.remove("transports"));
        TransportsNotArray = "envelope-transports-not-array", Wrong, "`transports` is a text", |d| replace(d, "transports", json!("usb"));
        TransportsNotStrings = "envelope-transports-not-strings", Wrong, "`transports` holds a number", |d| replace(d, "transports", json!([1]));
        TransportsUnknown = "envelope-transports-unknown", Harmless, "`transports` holds a name that nobody knows", |d| replace(d, "transports", json!(["carrier-pigeon"]));
        AttachmentNotString = "envelope-attachment-not-string", Wrong, "`authenticatorAttachment` is a number", |d| d.members.set("authenticatorAttachment", 1);
        AttachmentUnknown = "envelope-attachment-unknown", Harmless, "`authenticatorAttachment` is a word that nobody knows", |d| d.members.set("authenticatorAttachment", "glued-on");
        ExtensionResultsMissing = "envelope-extension-results-missing", Wrong, "`clientExtensionResults` is missing", |d| d.members.remove("clientExtensionResults");
        ExtensionResultsNotObject = "envelope-extension-results-not-object", Wrong, "`clientExtensionResults` is an array", |d| d.members.set("clientExtensionResults", json!([]));
        ExtensionResultUnknown = "envelope-extension-result-unknown", Harmless, "an extension result that nobody knows", |d| d.members.set("clientExtensionResults", json!({"example.test": true}));
        ExtensionResultAppId = "envelope-extension-result-app-id", Debated, "`appid` is true though nobody asked", |d| d.members.set("clientExtensionResults", json!({"appid": true}));
        ExtensionResultWrongType = "envelope-extension-result-wrong-type", Debated, "`credProps` is a text", |d| d.members.set("clientExtensionResults", json!({"credProps": "rk"}));
        ExtensionResultAppIdExcludeText = "envelope-extension-result-app-id-exclude-text", Debated, "`appidExclude` is a text", |d| d.members.set("clientExtensionResults", json!({"appidExclude": "true"}));
        ExtensionResultPrf = "envelope-extension-result-prf", Debated, "`prf` results that nobody asked for", |d| d.members.set("clientExtensionResults", json!({"prf": {"results": {"first": "AAAA"}}}));
        PublicKeyLies = "envelope-public-key-lies", Debated, "the copy in `publicKey` is another key", |d| replace(d, "publicKey", json!("AAAA"));
        PublicKeyAlgorithmLies = "envelope-public-key-algorithm-lies", Debated, "the copy in `publicKeyAlgorithm` is another number", |d| replace(d, "publicKeyAlgorithm", json!(-257));
        AuthenticatorDataLies = "envelope-authenticator-data-lies", Debated, "a registration's copy in `authenticatorData` is other bytes", |d| if d.is_registration() { replace(d, "authenticatorData", json!("AAAA")); };
        DuplicateId = "envelope-duplicate-id", Wrong, "`id` twice, another one first", |d| { let id = other(d); d.members.push_front("id", id); };
        DuplicateRawId = "envelope-duplicate-raw-id", Wrong, "`rawId` twice, another one first", |d| { let id = other(d); d.members.push_front("rawId", id); };
        DuplicateType = "envelope-duplicate-type", Wrong, "`type` twice, a wrong one first", |d| d.members.push_front("type", "private-key");
        DuplicateResponse = "envelope-duplicate-response", Wrong, "`response` twice, an empty one first", |d| d.members.push_front("response", Object::default());
        DuplicateClientData = "envelope-duplicate-client-data", Wrong, "`clientDataJSON` twice, a wrong one first", |d| inner(d, |r| r.push_front("clientDataJSON", "e30"));
        UnknownMember = "envelope-unknown-member", Harmless, "a member that nobody knows", |d| d.members.push("unknown", json!({"anything": [1, 2, 3]}));
        Reordered = "envelope-reordered", Harmless, "the members in reverse order", |d| d.members.0.reverse();
        Empty = "envelope-empty", Wrong, "an empty object", |d| d.members.0.clear();
        NotObject = "envelope-not-object", Wrong, "an array around the object", |d| d.raw = Some(format!("[{}]", d.members.to_text()));
        NotJson = "envelope-not-json", Wrong, "not JSON", |d| d.raw = Some("id=AAAA&type=public-key".to_owned());
        Truncated = "envelope-truncated", Wrong, "the last brace is missing", |d| d.raw = d.members.to_text().strip_suffix('}').map(str::to_owned);
        TrailingText = "envelope-trailing-text", Wrong, "a second object follows", |d| d.raw = Some(format!("{}{{}}", d.members.to_text()));
        EmptyText = "envelope-empty-text", Wrong, "no text at all", |d| d.raw = Some(String::new());
        Nested = "envelope-nested", Debated, "a member nested ten thousand levels deep", |d| d.members.push("deep", Json::Raw(format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))));
    }
}

fn inner(draft: &mut EnvelopeDraft, edit: fn(&mut Object)) {
    if let Some(response) = draft.response() {
        edit(response);
    }
}

fn assertion(draft: &mut EnvelopeDraft, edit: fn(&mut Object)) {
    if !draft.is_registration() {
        inner(draft, edit);
    }
}

fn assertion_with(draft: &mut EnvelopeDraft, key: &str, value: String) {
    if let Some(response) = draft.response().filter(|response| response.get("signature").is_some()) {
        response.set(key, value);
    }
}

/// Replaces a member of `response` that is there.
fn replace(draft: &mut EnvelopeDraft, key: &str, value: Value) {
    if let Some(response) = draft.response().filter(|response| response.get(key).is_some()) {
        response.set(key, value);
    }
}

fn padded(members: &mut Object, key: &str) {
    if let Some(text) = members.text(key) {
        let padding = (4 - text.len() % 4) % 4;
        let text = format!("{text}{}", "=".repeat(padding.max(1)));
        members.set(key, text);
    }
}

/// An identifier that nobody knows.
fn other(draft: &EnvelopeDraft) -> String {
    assay_protocol::base64url::encode(&draft.seed.derive("another identifier").stream(32))
}

fn other_kind(draft: &mut EnvelopeDraft) {
    let registration = draft.is_registration();
    let Some(response) = draft.response() else {
        return;
    };
    let moved: &[&str] = if registration { &["attestationObject"] } else { &["authenticatorData", "signature"] };
    for key in moved {
        response.remove(key);
    }
    if registration {
        response.set("authenticatorData", "AAAA");
        response.set("signature", "AAAA");
    } else {
        response.set("attestationObject", "oA");
    }
}
