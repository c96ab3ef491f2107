use super::*;

#[test]
fn reads_the_first_of_a_name() {
    let table = [
        ("a=1; assay_session=x; assay_session=y", Some("x")),
        ("assay_session=x=y", Some("x=y")),
        (" assay_session=x ", Some("x")),
        ("xassay_session=x", None),
        ("assay_session", None),
        ("", None),
    ];
    for (header, expected) in table {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static(header));
        assert_eq!(read(&headers, SESSION), expected, "{header}");
    }
}

#[test]
fn secure_only_behind_tls() {
    let cookie = SetCookie { name: "n", value: "v", max_age: Some(Duration::from_secs(5)), wire: Wire::Clear };
    assert_eq!(cookie.header().unwrap().1, "n=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=5");
    let cookie = SetCookie { wire: Wire::Tls, ..cookie };
    assert_eq!(cookie.header().unwrap().1, "n=v; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=5");
}
