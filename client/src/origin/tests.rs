//! Origins, good and bad.

use super::*;

#[test]
fn good_origins_come_out_as_browsers_write_them() {
    for (text, written, domain) in [
        ("https://example.org", "https://example.org", "example.org"),
        ("https://EXAMPLE.org", "https://example.org", "example.org"),
        ("https://example.org:443", "https://example.org", "example.org"),
        ("https://example.org:8443", "https://example.org:8443", "example.org"),
        ("https://login.example.co.uk", "https://login.example.co.uk", "login.example.co.uk"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://localhost", "https://localhost", "localhost"),
        ("http://localhost", "http://localhost", "localhost"),
        ("http://localhost:80", "http://localhost", "localhost"),
        ("http://localhost:8080", "http://localhost:8080", "localhost"),
        ("http://app.localhost:8080", "http://app.localhost:8080", "app.localhost"),
    ] {
        let origin: Origin = text.parse().unwrap();
        assert_eq!((origin.to_string().as_str(), origin.effective_domain()), (written, domain), "{text}");
    }
}

#[test]
fn bad_origins() {
    for (text, expected) in [
        ("null", Invalid::Opaque),
        ("", Invalid::NotAnOrigin),
        ("example.org", Invalid::NotAnOrigin),
        ("https:example.org", Invalid::NotAnOrigin),
        ("https://example.org:", Invalid::NotAnOrigin),
        ("https://example.org:+443", Invalid::NotAnOrigin),
        ("https://example.org:65536", Invalid::NotAnOrigin),
        ("https://example.org:443:1", Invalid::NotAnOrigin),
        ("ftp://example.org", Invalid::Scheme),
        ("android:apk-key-hash://x", Invalid::Scheme),
        ("HTTPS://example.org", Invalid::Scheme),
        ("https://127.0.0.1", Invalid::Address),
        ("https://127.1:8080", Invalid::Address),
        ("https://0x7f.1", Invalid::Address),
        ("https://host.0x7f", Invalid::Address),
        ("https://1.2.3.4.", Invalid::Address),
        ("https://[::1]", Invalid::Address),
        ("https://", Invalid::NotADomain),
        ("https://example.org/", Invalid::NotADomain),
        ("https://user@example.org", Invalid::NotADomain),
        ("https://example.org.", Invalid::NotADomain),
        ("https://example..org", Invalid::NotADomain),
        ("https://-example.org", Invalid::NotADomain),
        ("https://bücher.example", Invalid::NotADomain),
        ("https://exa mple.org", Invalid::NotADomain),
        ("http://example.org", Invalid::NotSecure),
        ("http://localhost.example.org", Invalid::NotSecure),
        ("http://notlocalhost", Invalid::NotSecure),
    ] {
        assert_eq!(text.parse::<Origin>(), Err(expected), "{text}");
        assert!(expected.code().starts_with("origin_"));
    }
}
