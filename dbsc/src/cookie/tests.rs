use super::*;

#[test]
fn set_cookie() {
    let cookie =
        SetCookie::parse("auth=v1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600; Domain=.Dbsc.test; Odd=1")
            .unwrap();
    assert_eq!((cookie.name.as_str(), cookie.value.as_str()), ("auth", "v1"));
    assert_eq!(
        cookie.attributes,
        Attributes {
            domain: Some("dbsc.test".to_owned()),
            path: Some("/".to_owned()),
            secure: true,
            http_only: true,
            same_site: Some(SameSite::Lax),
            max_age: Some(600),
            ..Attributes::default()
        }
    );
    assert_eq!(cookie.to_string(), "auth=v1; Domain=dbsc.test; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600");
    for bad in ["", ";", "=", " = ; Path=/", "a=b\u{1}"] {
        assert_eq!(SetCookie::parse(bad), None, "{bad:?}");
    }
    assert_eq!(SetCookie::parse("lone").unwrap().value, "lone");
}

#[test]
fn lifetimes() {
    for (text, expected) in [
        ("Max-Age=600", Some(600)),
        ("Max-Age=-1", Some(0)),
        ("Max-Age=0", Some(0)),
        ("Max-Age=99999999999999999999", Some(i64::MAX)),
        ("Max-Age=1h", None),
        ("Max-Age=", None),
    ] {
        assert_eq!(Attributes::parse(text).max_age, expected, "{text}");
    }
    for (text, expected) in [
        ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
        ("Sun Nov  6 08:49:37 1994", Some(784_111_777)),
        ("Thu, 29 Feb 2024 12:00:00 GMT", Some(1_709_208_000)),
        ("Sun, 22 Nov 2026 18:09:00 GMT", Some(1_795_370_940)),
        ("Sun, 06 Nov 1994", None),
        ("Sun, 99 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 9223372036854775807:49:37 GMT", None),
        ("never", None),
    ] {
        let attributes = Attributes::parse(&format!("Expires={text}"));
        assert_eq!(attributes.expires, expected, "{text}");
    }
}

#[test]
fn differences() {
    let base = "Path=/; Secure; HttpOnly; SameSite=Lax";
    for (other, expected) in [
        ("Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=5", None),
        ("Path=/; Secure; HttpOnly", None),
        ("path=/; secure; httponly; samesite=lax", None),
        ("Path=/x; Secure; HttpOnly", Some(Difference::Path)),
        ("Secure; HttpOnly", Some(Difference::Path)),
        ("Path=/; HttpOnly", Some(Difference::Secure)),
        ("Path=/; Secure", Some(Difference::HttpOnly)),
        ("Path=/; Secure; HttpOnly; SameSite=None", Some(Difference::SameSite)),
        ("Path=/; Secure; HttpOnly; Partitioned", Some(Difference::Partitioned)),
        ("Path=/; Secure; HttpOnly; Domain=example.com", Some(Difference::Domain)),
    ] {
        assert_eq!(
            Attributes::parse(base).differences(&Attributes::parse(other), "example.com", "/v1/dbsc/refresh"),
            Vec::from_iter(expected),
            "{other}"
        );
    }
    assert_eq!(default_path("/v1/dbsc/refresh"), "/v1/dbsc");
    assert_eq!(default_path("/x"), "/");
    assert_eq!(default_path(""), "/");
}
