//! Origins and RP IDs, pair by pair.

use super::*;

#[test]
fn allowed_and_refused_pairs() {
    const OK: &str = "";
    for (origin, requested, expected) in [
        ("https://example.org", "example.org", OK),
        ("https://login.example.org", "login.example.org", OK),
        ("https://login.example.org", "example.org", OK),
        ("https://a.b.example.org:8443", "b.example.org", OK),
        ("https://example.org", "login.example.org", "rp_id_not_a_suffix"),
        ("https://example.org", "example.com", "rp_id_not_a_suffix"),
        ("https://badexample.org", "example.org", "rp_id_not_a_suffix"),
        ("https://example.org", "ample.org", "rp_id_not_a_suffix"),
        ("https://example.org", "org", "rp_id_public_suffix"),
        ("https://example.co.uk", "co.uk", "rp_id_public_suffix"),
        ("https://example.co.uk", "uk", "rp_id_public_suffix"),
        ("https://www.example.co.uk", "example.co.uk", OK),
        // Rules of private operators, wildcards and their exceptions.
        ("https://me.github.io", "github.io", "rp_id_public_suffix"),
        ("https://www.me.github.io", "me.github.io", OK),
        ("https://github.io", "github.io", OK),
        ("https://foo.kawasaki.jp", "kawasaki.jp", "rp_id_public_suffix"),
        ("https://www.foo.kawasaki.jp", "foo.kawasaki.jp", "rp_id_public_suffix"),
        ("https://a.city.kawasaki.jp", "city.kawasaki.jp", OK),
        // A single label counts as a public suffix.
        ("http://localhost:8080", "localhost", OK),
        ("http://app.localhost", "localhost", "rp_id_public_suffix"),
        ("http://app.localhost", "app.localhost", OK),
        ("https://intranet", "intranet", OK),
        // No domains.
        ("https://example.org", "", "rp_id_not_a_domain"),
        ("https://example.org", "Example.org", "rp_id_not_a_domain"),
        ("https://example.org", "example.org.", "rp_id_not_a_domain"),
        ("https://example.org", ".example.org", "rp_id_not_a_domain"),
        ("https://example.org", "https://example.org", "rp_id_not_a_domain"),
        ("https://example.org", "example.org:443", "rp_id_not_a_domain"),
        ("https://example.org", "127.0.0.1", "rp_id_not_a_domain"),
        ("https://example.org", "bücher.example", "rp_id_not_a_domain"),
    ] {
        let outcome = determine(&origin.parse().unwrap(), Some(requested));
        match outcome {
            Ok(rp_id) => assert_eq!((rp_id.as_str(), OK), (requested, expected), "{origin}"),
            Err(refused) => assert_eq!(refused.code(), expected, "{origin} {requested}: {refused}"),
        }
    }
}

#[test]
fn the_default_is_the_effective_domain() {
    let origin = "https://login.example.org:8443".parse().unwrap();
    assert_eq!(determine(&origin, None), Ok("login.example.org".to_owned()));
}
