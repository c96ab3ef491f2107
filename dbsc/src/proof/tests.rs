use super::*;

fn parts(header: &str, payload: &str) -> String {
    use assay_protocol::base64url::encode;
    format!("{}.{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()), encode(&[0; 64]))
}

#[test]
fn what_a_proof_says() {
    let proof = Proof::parse(&parts(
        r#"{"alg":"ES256","typ":"dbsc+jwt","jwk":{"kty":"EC"}}"#,
        r#"{"jti":"c","authorization":"a","aud":"https://a.test/r","iat":1}"#,
    ))
    .unwrap();
    assert_eq!(proof.typ.as_deref(), Some(TYPE));
    assert_eq!((proof.alg.as_str(), proof.jti.as_deref()), ("ES256", Some("c")));
    assert_eq!(proof.authorization.as_deref(), Some("a"));
    assert_eq!(proof.audience.as_deref(), Some("https://a.test/r"));
    assert!(proof.jwk.is_some() && proof.payload_jwk.is_none());
}

#[test]
fn malformed() {
    let good = (r#"{"alg":"ES256"}"#, "{}");
    assert!(Proof::parse(&parts(good.0, good.1)).is_ok());
    for (header, payload, expected) in [
        ("{}", "{}", Reason::ProofAlgMissing),
        (r#"{"alg":7}"#, "{}", Reason::ProofAlgMissing),
        (r#"{"alg":"ES256","crit":["b64"]}"#, "{}", Reason::ProofCritical),
        (r#"{"alg":"ES256","alg":"ES256"}"#, "{}", Reason::ProofDuplicateMember),
        (r#"{"alg":"ES256","typ":1}"#, "{}", Reason::ProofMemberNotString),
        (r#"{"alg":"ES256","jwk":"x"}"#, "{}", Reason::JwkNotObject),
        ("[]", "{}", Reason::ProofNotJws),
        ("", "{}", Reason::ProofNotJws),
        (good.0, "", Reason::ProofPayloadNotObject),
        (good.0, "[]", Reason::ProofPayloadNotObject),
        (good.0, "{}x", Reason::ProofPayloadNotObject),
        (good.0, r#"{"jti":"a","jti":"b"}"#, Reason::ProofDuplicateMember),
        (good.0, r#"{"jti":1}"#, Reason::ProofMemberNotString),
        (good.0, r#"{"authorization":null}"#, Reason::ProofMemberNotString),
        (good.0, r#"{"aud":["x"]}"#, Reason::ProofMemberNotString),
    ] {
        let result = Proof::parse(&parts(header, payload));
        assert_eq!(result.map_err(|error| error.reason).err(), Some(expected), "{header} {payload}");
    }
    for text in ["", "a.b", "a.b.c.d", "!.e30.", "eyJhbGciOiJFUzI1NiJ9.!.", "eyJhbGciOiJFUzI1NiJ9.e30.!"] {
        let result = Proof::parse(text);
        assert_eq!(result.map_err(|error| error.reason).err(), Some(Reason::ProofNotJws), "{text}");
    }
    let long = "a".repeat(LONGEST + 1);
    assert_eq!(Proof::parse(&long).map_err(|error| error.reason).err(), Some(Reason::ProofTooLarge));
}
