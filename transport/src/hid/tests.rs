//! What can be said without a key; the rest is for the root's tests on virtual hardware.

use super::*;

#[test]
fn listing_works_where_there_is_nothing() {
    for key in list().unwrap() {
        assert!(key.to_string().starts_with(&key.path));
    }
}

#[test]
fn what_is_no_key_does_not_open() {
    for path in ["/dev/no-such-hidraw", "/dev/null", "a\0b", ""] {
        let error = open(path).unwrap_err();
        assert_eq!(error.code(), "transport_io", "{error}");
    }
}

#[test]
fn the_hint_names_the_rule() {
    let text = Error::Permission { path: "/dev/hidraw3".to_owned() }.to_string();
    assert!(text.contains("/dev/hidraw3") && text.contains("ID_FIDO_TOKEN") && text.contains("uaccess"));
}
