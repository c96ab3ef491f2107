use super::*;

fn chromium() -> Value {
    json!({
        "crv": "P-256",
        "kty": "EC",
        "x": "CIs8lDaiL675NB5QCQ4I6-yVFo4iV0_LBaRBnuWwLxI",
        "y": "F_H7oIt5ZeHt7RBfrMa6bRUGK5O6Azg3spXnNJsfzQw",
    })
}

fn rsa(bytes: usize) -> Value {
    json!({"kty": "RSA", "n": base64url::encode(&vec![0x9f; bytes]), "e": "AQAB"})
}

fn read(value: &Value) -> Result<PublicKey, Reason> {
    parse(value.as_object().unwrap()).map_err(|error| error.reason)
}

#[test]
fn the_thumbprint_of_a_chromium_key_is_the_one_its_provider_named() {
    let key = read(&chromium()).unwrap();
    assert_eq!(thumbprint(&key), "tX5Fw1NEyYFXqAZhnJm94R50tG1FWR8qI-YzofF8L34");
    assert_eq!(Value::Object(to_json(&key)), chromium());
}

#[test]
fn the_thumbprint_of_rfc_7638() {
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    let key = read(&json!({"kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}));
    assert_eq!(thumbprint(&key.unwrap()), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn refused() {
    for (member, value, expected) in [
        ("kty", json!("oct"), Reason::JwkKeyType),
        ("kty", json!(1), Reason::JwkKeyType),
        ("kty", Value::Null, Reason::JwkKeyType),
        ("crv", json!("P-384"), Reason::JwkCurve),
        ("crv", Value::Null, Reason::JwkCurve),
        ("x", Value::Null, Reason::JwkMember),
        ("x", json!("not base64url!"), Reason::JwkMember),
        ("x", json!("CIs8lDaiL675NB5QCQ4I6-yVFo4iV0_LBaRBnuWwLxI="), Reason::JwkMember),
        ("y", json!("AAAA"), Reason::JwkCoordinateLength),
        ("y", json!("CIs8lDaiL675NB5QCQ4I6-yVFo4iV0_LBaRBnuWwLxI"), Reason::JwkNotOnCurve),
    ] {
        let mut jwk = chromium();
        match value {
            Value::Null => drop(jwk.as_object_mut().unwrap().remove(member)),
            value => jwk[member] = value,
        }
        assert_eq!(read(&jwk), Err(expected), "{jwk}");
    }
    assert!(read(&rsa(256)).is_ok());
    assert_eq!(read(&rsa(128)), Err(Reason::JwkModulus));
    assert_eq!(read(&rsa(2048)), Err(Reason::JwkModulus));
    for e in ["AQ", "AAEAAQ", "AQAA", "", "AQABAAEAAQ"] {
        let mut jwk = rsa(256);
        jwk["e"] = json!(e);
        assert_eq!(read(&jwk), Err(Reason::JwkExponent), "{e}");
    }
}

#[test]
fn private_members() {
    assert_eq!(private_member(chromium().as_object().unwrap()), None);
    let mut jwk = chromium();
    jwk["d"] = json!("AA");
    assert_eq!(private_member(jwk.as_object().unwrap()), Some("d"));
}
