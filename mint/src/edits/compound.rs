use ciborium::Value;

use crate::draft::CompoundDraft;
use crate::statement::compound;

edits! {
    /// Edits of a compound statement (WebAuthn L3 8.9), after its parts were made. Edits of the
    /// inner layers are of its first part.
    pub enum CompoundEdit on CompoundDraft {
        NotArray = "compound-not-array", Wrong, "the first statement in the array's stead", |d| d.whole = d.parts.first().cloned();
        Empty = "compound-empty", Wrong, "no statement at all", |d| d.parts.clear();
        One = "compound-one", Wrong, "one statement alone", |d| d.parts.truncate(1);
        TooMany = "compound-too-many", Wrong, "a hundred statements", |d| if let Some(first) = d.parts.first().cloned() { d.parts.resize(100, first); };
        PartNotMap = "compound-part-not-map", Wrong, "a text among the statements", |d| if let Some(part) = d.parts.get_mut(1) { *part = "packed".into(); };
        PartFmtMissing = "compound-part-fmt-missing", Wrong, "a statement without its format", |d| d.remove(1, "fmt");
        PartFmtNotText = "compound-part-fmt-not-text", Wrong, "a statement whose format is a number", |d| if let Some(fmt) = d.member(1, "fmt") { *fmt = 1.into(); };
        PartFmtUnknown = "compound-part-fmt-unknown", Wrong, "a statement in a format that nobody knows", |d| if let Some(fmt) = d.member(1, "fmt") { *fmt = "banana".into(); };
        PartAttStmtMissing = "compound-part-att-stmt-missing", Wrong, "a format without its statement", |d| d.remove(1, "attStmt");
        PartAttStmtNotMap = "compound-part-att-stmt-not-map", Wrong, "an array in a statement's place", |d| if let Some(statement) = d.member(1, "attStmt") { *statement = Value::Array(Vec::new()); };
        Nested = "compound-nested", Wrong, "a compound statement among the statements", |d| { let inner = compound::part("compound", Value::Array(d.parts.clone())); if let Some(part) = d.parts.get_mut(1) { *part = inner; } };
        SecondSignature = "compound-second-signature", Wrong, "the last bit of the second statement's signature is flipped", second_signature;
        Duplicate = "compound-duplicate", Debated, "the first statement twice, and no other", |d| if let (Some(first), Some(second)) = (d.parts.first().cloned(), d.parts.get_mut(1)) { *second = first; };
        Reversed = "compound-reversed", Harmless, "the statements in the other order", |d| d.parts.reverse();
    }
}

fn second_signature(draft: &mut CompoundDraft) {
    let members = draft.member(1, "attStmt").and_then(Value::as_map_mut).into_iter().flatten();
    let signature = members.filter(|(key, _)| key.as_text() == Some("sig")).find_map(|(_, value)| value.as_bytes_mut());
    if let Some(last) = signature.and_then(|signature| signature.last_mut()) {
        *last ^= 1;
    }
}
