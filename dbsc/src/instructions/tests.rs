use super::*;

fn good() -> Value {
    json!({
        "session_identifier": "sid1",
        "refresh_url": "/refresh",
        "scope": {
            "origin": "https://example.com",
            "include_site": false,
            "scope_specification": [{"type": "exclude", "domain": "*.example.com", "path": "/a"}],
        },
        "credentials": [{"type": "cookie", "name": "auth", "attributes": "Path=/; Secure"}],
        "allowed_refresh_initiators": ["*.partner.example"],
    })
}

/// The good instructions with the member at a path replaced, or removed where the value is null.
fn edited(path: &str, value: Value) -> Vec<u8> {
    let mut document = good();
    let (parent, name) = path.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(members) if value == Value::Null => drop(members.remove(name)),
        Value::Object(members) => drop(members.insert(name.to_owned(), value)),
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        _ => unreachable!(),
    }
    document.to_string().into_bytes()
}

#[test]
fn round_trip() {
    let parsed = Instructions::parse(good().to_string().as_bytes()).unwrap();
    assert_eq!(parsed.to_json(), good());
    let Instructions::Continue(session) = parsed else {
        panic!("continues");
    };
    assert!(session.credentials[0].cookie_attributes().secure);
    let end = Instructions::Terminate { session_identifier: Some("sid1".to_owned()) };
    assert_eq!(Instructions::parse(end.to_json().to_string().as_bytes()), Ok(end));
}

#[test]
fn tolerated() {
    for (path, value) in [
        ("/refresh_url", Value::Null),
        ("/allowed_refresh_initiators", Value::Null),
        ("/unknown", json!(1)),
        ("/continue", json!(true)),
        ("/scope/origin", Value::Null),
        ("/scope/origin", json!("")),
        ("/scope/scope_specification", Value::Null),
        ("/scope/scope_specification/0/domain", Value::Null),
        ("/scope/scope_specification/0/path", Value::Null),
        ("/credentials/0/attributes", Value::Null),
    ] {
        let result = Instructions::parse(&edited(path, value.clone()));
        assert!(result.is_ok(), "{path} {value}: {result:?}");
    }
    assert_eq!(Instructions::parse(br#"{"continue":false}"#), Ok(Instructions::Terminate { session_identifier: None }));
}

#[test]
fn refused() {
    for (path, value, expected) in [
        ("/session_identifier", Value::Null, Reason::InstructionsSessionIdentifier),
        ("/session_identifier", json!(""), Reason::InstructionsSessionIdentifier),
        ("/session_identifier", json!(7), Reason::InstructionsSessionIdentifier),
        ("/continue", json!("false"), Reason::InstructionsContinue),
        ("/refresh_url", json!(1), Reason::InstructionsRefreshUrl),
        ("/scope", Value::Null, Reason::InstructionsScope),
        ("/scope", json!([]), Reason::InstructionsScope),
        ("/scope/include_site", Value::Null, Reason::InstructionsIncludeSite),
        ("/scope/include_site", json!("false"), Reason::InstructionsIncludeSite),
        ("/scope/origin", json!(1), Reason::InstructionsOrigin),
        ("/scope/scope_specification", json!({}), Reason::InstructionsRules),
        ("/scope/scope_specification/0", json!("x"), Reason::InstructionsRules),
        ("/scope/scope_specification/0/type", Value::Null, Reason::InstructionsRuleType),
        ("/scope/scope_specification/0/type", json!("Include"), Reason::InstructionsRuleType),
        ("/scope/scope_specification/0/path", json!("a"), Reason::InstructionsRulePath),
        ("/scope/scope_specification/0/domain", json!(""), Reason::InstructionsRuleDomain),
        ("/credentials", Value::Null, Reason::InstructionsCredentials),
        ("/credentials", json!([]), Reason::InstructionsCredentials),
        ("/credentials/0", json!("auth"), Reason::InstructionsCredentials),
        ("/credentials/0/type", Value::Null, Reason::InstructionsCredentialType),
        ("/credentials/0/type", json!("header"), Reason::InstructionsCredentialType),
        ("/credentials/0/name", Value::Null, Reason::InstructionsCredentialName),
        ("/credentials/0/name", json!(""), Reason::InstructionsCredentialName),
        ("/credentials/0/attributes", json!(1), Reason::InstructionsCredentialAttributes),
        ("/allowed_refresh_initiators", json!("x"), Reason::InstructionsInitiators),
        ("/allowed_refresh_initiators/0", json!(1), Reason::InstructionsInitiators),
    ] {
        let result = Instructions::parse(&edited(path, value.clone()));
        assert_eq!(result.map_err(|error| error.reason), Err(expected), "{path} {value}");
    }
}

#[test]
fn not_objects() {
    for (body, expected) in [
        (&b""[..], Reason::InstructionsNotJson),
        (b"ok", Reason::InstructionsNotJson),
        (b"{}x", Reason::InstructionsNotJson),
        (b"[]", Reason::InstructionsNotObject),
        (b"null", Reason::InstructionsNotObject),
        (b"{}", Reason::InstructionsSessionIdentifier),
        (br#"{"session_identifier":"a","session_identifier":"b"}"#, Reason::InstructionsDuplicateMember),
        (b"{\"a\":\"\xff\"}", Reason::InstructionsNotJson),
    ] {
        let result = Instructions::parse(body);
        assert_eq!(result.map_err(|error| error.reason), Err(expected), "{body:?}");
    }
}
