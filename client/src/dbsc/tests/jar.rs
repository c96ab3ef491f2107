use url::Url;

use crate::dbsc::{Initiated, Jar};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn who_may_set_what() {
    for (field, from, taken) in [
        ("a=1", "http://example.com/", true),
        ("a=1; Secure", "https://example.com/", true),
        ("a=1; Secure", "http://example.com/", false),
        ("a=1; Secure", "http://localhost:1/", true),
        ("a=1; Domain=example.com", "https://www.example.com/", true),
        ("a=1; Domain=www.example.com", "https://example.com/", false),
        ("a=1; Domain=com", "https://example.com/", false),
        ("a=1; Domain=github.io", "https://alice.github.io/", false),
        ("a=1; Domain=github.io", "https://github.io/", true),
        ("a=1; Domain=127.0.0.1", "http://127.0.0.1/", true),
        ("__Host-a=1; Secure; Path=/", "https://example.com/", true),
        ("__Host-a=1; Secure", "https://example.com/", false),
        ("__Host-a=1; Secure; Path=/; Domain=example.com", "https://example.com/", false),
        ("__Secure-a=1", "https://example.com/", false),
        ("a=1; SameSite=None", "https://example.com/", false),
        ("a=1; SameSite=None; Secure", "https://example.com/", true),
        ("a=1; Max-Age=0", "https://example.com/", false),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://example.com/", false),
        ("", "https://example.com/", false),
    ] {
        assert_eq!(Jar::default().set(field, &url(from), 1000), taken, "{field} {from}");
    }
}

#[test]
fn where_cookies_go() {
    let mut jar = Jar::default();
    let from = url("https://www.example.com/in/page");
    for field in [
        "host=1; Path=/",
        "wide=1; Path=/; Domain=example.com",
        "deep=1",
        "secure=1; Path=/; Secure",
        "none=1; Path=/; Secure; SameSite=None",
        "short=1; Path=/; Max-Age=10",
    ] {
        assert!(jar.set(field, &from, 1000), "{field}");
    }
    for (to, initiated, now, expected) in [
        ("https://www.example.com/in/x", Initiated::BySite, 1009, "deep=1; host=1; wide=1; secure=1; none=1; short=1"),
        ("https://www.example.com/", Initiated::BySite, 1010, "host=1; wide=1; secure=1; none=1"),
        ("http://www.example.com/", Initiated::BySite, 1010, "host=1; wide=1"),
        ("https://example.com/", Initiated::BySite, 1010, "wide=1"),
        ("https://www.example.com/", Initiated::ByOtherSite, 1010, "none=1"),
        ("https://example.org/", Initiated::BySite, 1010, ""),
    ] {
        let header = jar.header(&url(to), initiated, now);
        assert_eq!(header.unwrap_or_default(), expected, "{to}");
    }
    jar.set("host=2; Path=/", &from, 1010);
    assert_eq!(jar.named("host").map(|cookie| cookie.value.as_str()).collect::<Vec<_>>(), ["2"]);
    jar.set("host=; Path=/; Max-Age=0", &from, 1010);
    assert_eq!(jar.named("host").count(), 0);
    jar.clear_site(&url("https://example.com/"));
    assert_eq!(jar.iter().count(), 0);
}
