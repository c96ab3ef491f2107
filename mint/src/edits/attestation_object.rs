use ciborium::Value;

use super::wire;
use crate::draft::AttestationObjectDraft;

edits! {
    /// Edits of the attestation object (WebAuthn L3 6.5.4).
    pub enum AttestationObjectEdit on AttestationObjectDraft {
        FmtMissing = "attestation-object-fmt-missing", Wrong, "`fmt` is missing", |d| d.members.remove("fmt");
        FmtNotText = "attestation-object-fmt-not-text", Wrong, "`fmt` is a number", |d| d.members.set("fmt", 1);
        FmtEmpty = "attestation-object-fmt-empty", Wrong, "`fmt` is empty", |d| d.members.set("fmt", "");
        FmtUnknown = "attestation-object-fmt-unknown", Wrong, "`fmt` is nobody's", |d| d.members.set("fmt", "banana");
        FmtCase = "attestation-object-fmt-case", Wrong, "`fmt` begins with a capital", |d| fmt(d, capital);
        FmtTrailingSpace = "attestation-object-fmt-trailing-space", Wrong, "`fmt` ends in a space", |d| fmt(d, |text| format!("{text} "));
        FmtBytes = "attestation-object-fmt-bytes", Wrong, "`fmt` is a byte string", fmt_bytes;
        AttStmtMissing = "attestation-object-att-stmt-missing", Wrong, "`attStmt` is missing", |d| d.members.remove("attStmt");
        AttStmtBytes = "attestation-object-att-stmt-bytes", Wrong, "`attStmt` is a byte string", |d| d.members.set("attStmt", vec![0xa0]);
        AttStmtArray = "attestation-object-att-stmt-array", Wrong, "`attStmt` is an array", |d| d.members.set("attStmt", Value::Array(Vec::new()));
        AttStmtNull = "attestation-object-att-stmt-null", Wrong, "`attStmt` is null", |d| d.members.set("attStmt", Value::Null);
        AuthDataMissing = "attestation-object-auth-data-missing", Wrong, "`authData` is missing", |d| d.members.remove("authData");
        AuthDataText = "attestation-object-auth-data-text", Wrong, "`authData` is a text", |d| d.members.set("authData", "authData");
        AuthDataMap = "attestation-object-auth-data-map", Wrong, "`authData` is a map", |d| d.members.set("authData", Value::Map(Vec::new()));
        DuplicateFmt = "attestation-object-duplicate-fmt", Wrong, "`fmt` twice", |d| d.members.repeat("fmt");
        DuplicateAttStmt = "attestation-object-duplicate-att-stmt", Wrong, "`attStmt` twice", |d| d.members.repeat("attStmt");
        DuplicateAuthData = "attestation-object-duplicate-auth-data", Wrong, "`authData` twice", |d| d.members.repeat("authData");
        UnknownMember = "attestation-object-unknown-member", Debated, "a member that nobody knows", |d| d.members.push("zzzzzzzzzzzz", 1);
        EnterpriseAttestation = "attestation-object-ctap-member", Debated, "a member that belongs to CTAP", |d| d.members.0.insert(0, ("epAtt".into(), true.into()));
        IntegerKeys = "attestation-object-integer-keys", Wrong, "the members under CTAP's numbers", integer_keys;
        Order = "attestation-object-order", Debated, "the members in reverse order, against the canonical form", |d| d.members.0.reverse();
        AlphabeticalOrder = "attestation-object-alphabetical-order", Debated, "the members in the order of the alphabet, against the canonical form", alphabetical;
        LongHeader = "attestation-object-long-header", Debated, "the map's length in more bytes than needed", |d| d.finish = Some(wire::long_map_header);
        Indefinite = "attestation-object-indefinite", Debated, "a map of indefinite length", |d| d.finish = Some(wire::indefinite_map);
        Tagged = "attestation-object-tagged", Wrong, "a tag around the map", |d| d.finish = Some(wire::tagged);
        TrailingByte = "attestation-object-trailing-byte", Wrong, "one byte after the end", |d| d.finish = Some(wire::one_byte_more);
        Truncated = "attestation-object-truncated", Wrong, "the last byte is missing", |d| d.finish = Some(wire::one_byte_less);
        Empty = "attestation-object-empty", Wrong, "no bytes at all", |d| d.finish = Some(|_| Vec::new());
        EmptyMap = "attestation-object-empty-map", Wrong, "an empty map", |d| d.members.0.clear();
        NotMap = "attestation-object-not-map", Wrong, "an array around the map", |d| d.finish = Some(|bytes| [vec![0x81], bytes].concat());
        NotCbor = "attestation-object-not-cbor", Wrong, "a reserved byte", |d| d.finish = Some(|_| vec![0xfc]);
        Json = "attestation-object-json", Wrong, "JSON in the place of CBOR", |d| d.finish = Some(|_| br#"{"fmt":"none"}"#.to_vec());
        Nested = "attestation-object-nested", Wrong, "a thousand arrays, one in the other", |d| d.finish = Some(|_| vec![0x81; 1000]);
        HugeLength = "attestation-object-huge-length", Wrong, "a map that claims 2^32 members", |d| d.finish = Some(|_| vec![0xba, 0xff, 0xff, 0xff, 0xff]);
    }
}

fn fmt(draft: &mut AttestationObjectDraft, edit: fn(&str) -> String) {
    if let Some(text) = draft.members.get("fmt").and_then(Value::as_text).map(edit) {
        draft.members.set("fmt", text);
    }
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

fn fmt_bytes(draft: &mut AttestationObjectDraft) {
    if let Some(bytes) = draft.members.get("fmt").and_then(Value::as_text).map(|text| text.as_bytes().to_vec()) {
        draft.members.set("fmt", bytes);
    }
}

/// CTAP 2.3 6.1.2: 1 fmt, 2 authData, 3 attStmt.
fn integer_keys(draft: &mut AttestationObjectDraft) {
    for (key, _) in &mut draft.members.0 {
        *key = match key.as_text() {
            Some("fmt") => 1.into(),
            Some("authData") => 2.into(),
            _ => 3.into(),
        };
    }
}

fn alphabetical(draft: &mut AttestationObjectDraft) {
    draft.members.0.sort_by_key(|(key, _)| key.as_text().map(str::to_owned));
}
