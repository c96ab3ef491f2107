use super::challenge::Challenge;
use super::registration::{Provider, Registration};
use super::skipped::{SkipReason, Skipped};
use super::*;

fn offer() -> Registration {
    Registration {
        algorithms: vec!["ES256".to_owned(), "RS256".to_owned()],
        path: "/reg".to_owned(),
        challenge: Some("c".to_owned()),
        authorization: Some("a".to_owned()),
        provider: None,
    }
}

#[test]
fn names() {
    for (name, expected) in [
        ("Secure-Session-Registration", Some((Header::Registration, Spelling::Current))),
        ("secure-session-response", Some((Header::Response, Spelling::Current))),
        ("SEC-SECURE-SESSION-ID", Some((Header::SessionId, Spelling::Current))),
        ("Sec-Session-Registration", Some((Header::Registration, Spelling::Old))),
        ("sec-session-id", Some((Header::SessionId, Spelling::Old))),
        ("Sec-Session-Google-Response", None),
        ("Cookie", None),
    ] {
        assert_eq!(Header::recognise(name), expected, "{name}");
    }
    let found = Header::Response.find([
        ("sec-session-response", "old"),
        ("Secure-Session-Response", "new"),
        ("secure-session-response", "newer"),
    ]);
    assert_eq!(found, Some(Field { value: "new, newer".to_owned(), spelling: Spelling::Current }));
    let found = Header::Response.find([("sec-session-response", "old")]);
    assert_eq!(found.map(|field| field.spelling), Some(Spelling::Old));
    assert_eq!(Header::Response.find([("cookie", "x")]), None);
}

#[test]
fn registration_round_trip() {
    let text = r#"(ES256 RS256);path="/reg";challenge="c";authorization="a""#;
    assert_eq!(registration::write(&[offer()]).unwrap(), text);
    assert_eq!(registration::parse(text).unwrap(), vec![Ok(offer())]);
    let provider = Registration {
        provider: Some(Provider {
            key: "k".to_owned(),
            session_id: "sid1".to_owned(),
            url: "https://idp.test".to_owned(),
        }),
        ..offer()
    };
    let text = registration::write(&[provider.clone(), offer()]).unwrap();
    assert_eq!(registration::parse(&text).unwrap(), vec![Ok(provider), Ok(offer())]);
}

#[test]
fn registration_negatives() {
    // Each differs from the good header in one place.
    for (text, expected) in [
        (r#"(ES256);path="/reg""#, Ok(())),
        (r#"(ES256 odd);path="/reg";unknown=1"#, Ok(())),
        (r#"();path="/reg""#, Ok(())),
        (r#"("ES256");path="/reg""#, Err(Reason::RegistrationAlgorithmNotToken)),
        (r#"(1);path="/reg""#, Err(Reason::RegistrationAlgorithmNotToken)),
        (r#"ES256;path="/reg""#, Err(Reason::RegistrationNotInnerList)),
        (r"(ES256)", Err(Reason::RegistrationPathMissing)),
        (r"(ES256);path=/reg", Err(Reason::RegistrationNotList)),
        (r"(ES256);path=reg", Err(Reason::RegistrationParameterNotString)),
        (r#"(ES256);path="/reg";challenge=token"#, Err(Reason::RegistrationParameterNotString)),
        (r#"(ES256);path="/reg";authorization=1"#, Err(Reason::RegistrationParameterNotString)),
        (r#"(ES256);path="/reg";provider_key="k""#, Err(Reason::RegistrationProviderIncomplete)),
        (r#"(ES256;path="/reg""#, Err(Reason::RegistrationNotList)),
        (r#"(ES256);path="/reg"#, Err(Reason::RegistrationNotList)),
        (r#"(ES256);path="/reg","#, Err(Reason::RegistrationNotList)),
    ] {
        let result = match registration::parse(text) {
            Ok(mut members) => members.remove(0).map(drop),
            Err(error) => Err(error),
        };
        assert_eq!(result.map_err(|error| error.reason), expected, "{text}");
    }
    assert_eq!(registration::parse("").unwrap(), vec![]);
    let two = registration::parse(r#"ES256, (ES256);path="/reg""#).unwrap();
    assert!(two[0].is_err() && two[1].is_ok());
    assert!(registration::write(&[Registration { path: "/ü".to_owned(), ..offer() }]).is_err());
    assert!(registration::write(&[Registration { algorithms: vec!["E S".to_owned()], ..offer() }]).is_err());
}

#[test]
fn challenges() {
    let text = r#""c1";id="sid1", "c2";id="sid2", "c3", "c4";id="sid1""#;
    let parsed = challenge::parse(text).unwrap();
    let of = |id| challenge::for_session(&parsed, id).map(|found| found.value.as_str());
    assert_eq!((of("sid1"), of("sid2"), of("other")), (Some("c4"), Some("c2"), None));
    let written: Vec<Challenge> = parsed.iter().cloned().map(Result::unwrap).collect();
    assert_eq!(challenge::write(&written).unwrap(), text);
    for (text, expected) in [
        (r#""c";id=sid1"#, Reason::ChallengeIdNotString),
        (r#"c;id="sid1""#, Reason::ChallengeNotString),
        (r#"("c");id="sid1""#, Reason::ChallengeNotString),
    ] {
        let member = challenge::parse(text).unwrap().remove(0);
        assert_eq!(member.map_err(|error| error.reason), Err(expected), "{text}");
    }
    assert_eq!(challenge::parse(r#""c"#).map_err(|error| error.reason), Err(Reason::ChallengeNotList));
}

#[test]
fn single_values() {
    for (text, expected) in [
        (r#""sid1""#, Some(("sid1", Form::Quoted))),
        (r#""a\"b";x=1"#, Some((r#"a"b"#, Form::Quoted))),
        ("sid1", Some(("sid1", Form::Bare))),
        (" a.b-c_d ", Some(("a.b-c_d", Form::Bare))),
        ("", None),
        ("a b", None),
        ("a, b", None),
        (r#""sid1"#, None),
        (r#""sid1", "sid2""#, None),
        ("ü", None),
    ] {
        let read = read_session_id(text);
        let expected = expected.map(|(value, form)| (value.to_owned(), form));
        assert_eq!(read.ok(), expected, "{text}");
        assert_eq!(read_response(text).is_ok(), expected.is_some(), "{text}");
    }
    assert_eq!(write_single("sid1", Form::Quoted).unwrap(), r#""sid1""#);
    assert_eq!(write_single("sid1", Form::Bare).unwrap(), "sid1");
    assert!(write_single("sid\u{1}", Form::Bare).is_err());
}

#[test]
fn skips() {
    let text = r#"unreachable;session_identifier="sid1", quota_exceeded"#;
    let expected = vec![
        Skipped { reason: SkipReason::Unreachable, session_identifier: Some("sid1".to_owned()) },
        Skipped { reason: SkipReason::QuotaExceeded, session_identifier: None },
    ];
    let parsed: Vec<Skipped> = skipped::parse(text).unwrap().into_iter().map(Result::unwrap).collect();
    assert_eq!(parsed, expected);
    assert_eq!(skipped::write(&expected).unwrap(), text);
    for (text, expected) in [
        ("bored", Reason::SkippedUnknownReason),
        (r#""unreachable""#, Reason::SkippedNotToken),
        ("server_error;session_identifier=sid1", Reason::SkippedIdNotString),
    ] {
        let member = skipped::parse(text).unwrap().remove(0);
        assert_eq!(member.map_err(|error| error.reason), Err(expected), "{text}");
    }
    assert!(skipped::parse("unreachable,").is_err());
}
