use ciborium::Value;

use crate::cbor::Map;

edits! {
    /// Edits of the attestation statement (WebAuthn L3 8), after it was made.
    pub enum StatementEdit on Map {
        Empty = "statement-empty", Wrong, "an empty statement", |m| m.0.clear();
        NotEmpty = "statement-not-empty", Wrong, "a member under `none`", |m| m.push("sig", vec![0]);
        PackedUnderNone = "statement-packed-under-none", Wrong, "a packed statement under `none`", |m| { m.push("alg", -7); m.push("sig", vec![0; 70]); };
        AlgMissing = "statement-alg-missing", Wrong, "`alg` is missing", |m| m.remove("alg");
        AlgNotInteger = "statement-alg-not-integer", Wrong, "`alg` is a text", |m| m.set("alg", "ES256");
        AlgOtherKind = "statement-alg-other-kind", Wrong, "`alg` says RS256 over an ECDSA signature", |m| m.set("alg", -257);
        AlgOtherHash = "statement-alg-other-hash", Wrong, "`alg` says ES384 over an ES256 signature", |m| m.set("alg", -35);
        AlgUnknown = "statement-alg-unknown", Wrong, "`alg` is nobody's number", |m| m.set("alg", -65_000);
        AlgZero = "statement-alg-zero", Wrong, "`alg` is zero", |m| m.set("alg", 0);
        AlgHuge = "statement-alg-huge", Wrong, "`alg` is 2^63", |m| m.set("alg", 1_u64 << 63);
        SigMissing = "statement-sig-missing", Wrong, "`sig` is missing", |m| m.remove("sig");
        SigNotBytes = "statement-sig-not-bytes", Wrong, "`sig` is a text", |m| m.set("sig", "sig");
        X5cMissing = "statement-x5c-missing", Wrong, "`x5c` is missing", |m| m.remove("x5c");
        X5cNotArray = "statement-x5c-not-array", Wrong, "`x5c` is the bare certificate", x5c_not_array;
        X5cNull = "statement-x5c-null", Wrong, "`x5c` is null", |m| m.set("x5c", Value::Null);
        X5cEmpty = "statement-x5c-empty", Wrong, "`x5c` is an empty array", |m| m.set("x5c", Value::Array(Vec::new()));
        X5cElementText = "statement-x5c-element-text", Wrong, "a text among the certificates", |m| m.set("x5c", Value::Array(vec!["certificate".into()]));
        X5cElementEmpty = "statement-x5c-element-empty", Wrong, "an empty certificate", |m| m.set("x5c", Value::Array(vec![Value::Bytes(Vec::new())]));
        X5cElementGarbage = "statement-x5c-element-garbage", Wrong, "a certificate that is not DER", |m| m.set("x5c", Value::Array(vec![Value::Bytes(vec![0xff; 64])]));
        VerMissing = "statement-ver-missing", Wrong, "`ver` is missing", |m| m.remove("ver");
        VerNotText = "statement-ver-not-text", Wrong, "`ver` is a number", |m| replace(m, "ver", 2.into());
        ResponseMissing = "statement-response-missing", Wrong, "`response` is missing", |m| m.remove("response");
        ResponseNotBytes = "statement-response-not-bytes", Wrong, "`response` is a text", |m| replace(m, "response", "response".into());
        ResponseNotText = "statement-response-not-text", Wrong, "`response` is not UTF-8", |m| replace(m, "response", Value::Bytes(vec![0xff; 32]));
        ResponseNotJws = "statement-response-not-jws", Wrong, "`response` is no JWS", |m| replace(m, "response", Value::Bytes(b"response".to_vec()));
        EcdaaKeyId = "statement-ecdaa-key-id", Debated, "a member of the withdrawn ECDAA form", |m| m.push("ecdaaKeyId", vec![1; 32]);
        UnknownMember = "statement-unknown-member", Debated, "a member that nobody knows", |m| m.push("unknown", 1);
        DuplicateAlg = "statement-duplicate-alg", Wrong, "`alg` twice", |m| m.repeat("alg");
        DuplicateSig = "statement-duplicate-sig", Wrong, "`sig` twice", |m| m.repeat("sig");
        DuplicateX5c = "statement-duplicate-x5c", Wrong, "`x5c` twice", |m| m.repeat("x5c");
        Order = "statement-order", Debated, "the members in reverse order, against the canonical form", |m| m.0.reverse();
    }
}

/// What is not there is not made.
fn replace(members: &mut Map, key: &str, value: Value) {
    if members.get(key).is_some() {
        members.set(key, value);
    }
}

fn x5c_not_array(members: &mut Map) {
    let first = members.get("x5c").and_then(Value::as_array).and_then(|array| array.first()).cloned();
    if let Some(certificate) = first {
        members.set("x5c", certificate);
    }
}
