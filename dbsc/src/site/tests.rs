use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn registrable_domains() {
    for (host, domain) in [
        ("example.com", Some("example.com")),
        ("a.b.example.com", Some("example.com")),
        ("example.co.uk", Some("example.co.uk")),
        ("www.example.co.uk", Some("example.co.uk")),
        ("co.uk", None),
        ("com", None),
        ("dbsc.test", Some("dbsc.test")),
        ("sub.dbsc.test", Some("dbsc.test")),
        ("alice.github.io", Some("alice.github.io")),
        ("www.alice.github.io", Some("alice.github.io")),
        ("github.io", None),
        ("www.city.kawasaki.jp", Some("city.kawasaki.jp")),
        ("a.b.test.ck", Some("b.test.ck")),
        ("localhost", None),
        ("127.0.0.1", None),
        ("[::1]", None),
    ] {
        assert_eq!(registrable_domain(host), domain, "{host}");
    }
}

#[test]
fn sites() {
    for (one, other, same) in [
        ("https://example.com/", "https://example.com:8443/x", true),
        ("https://a.example.com/", "https://b.example.com/", true),
        ("https://example.com/", "http://example.com/", false),
        ("https://alice.github.io/", "https://bob.github.io/", false),
        ("https://localhost/", "https://localhost:1/", true),
        ("https://127.0.0.1/", "https://127.0.0.1:1/", true),
        ("https://127.0.0.1/", "https://127.0.0.2/", false),
        ("data:text/plain,x", "data:text/plain,x", false),
    ] {
        assert_eq!(same_site(&url(one), &url(other)), same, "{one} {other}");
    }
    assert!(!same_origin(&url("data:,x"), &url("data:,x")));
    assert_eq!(origin(&url("https://Example.com:443/x?y")), "https://example.com");
}

#[test]
fn secure_connections() {
    for (text, https, loopback) in [
        ("https://example.com/", true, true),
        ("http://example.com/", false, false),
        ("http://localhost:1/", false, true),
        ("http://a.localhost/", false, true),
        ("http://127.0.0.1:8080/", false, true),
        ("http://[::1]/", false, true),
        ("http://localhost.example.com/", false, false),
        ("wss://example.com/", false, false),
    ] {
        assert_eq!(Secure::Https.admits(&url(text)), https, "{text}");
        assert_eq!(Secure::Loopback.admits(&url(text)), loopback, "{text}");
    }
}

#[test]
fn loopback_origins() {
    for (host, expected) in [
        ("localhost:8080", Some("http://localhost:8080")),
        ("127.0.0.1:1", Some("http://127.0.0.1:1")),
        ("example.com", None),
        ("localhost@example.com", None),
        ("localhost/x", None),
        ("", None),
    ] {
        assert_eq!(loopback_origin(host).as_deref(), expected, "{host}");
    }
}
