use super::{Error, decode, encode};

#[test]
fn known_pairs_both_ways() {
    for (bytes, text) in [(&b""[..], ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (&[0xfb, 0xff, 0xfe], "-__-")]
    {
        assert_eq!(encode(bytes), text);
        assert_eq!(decode(text).unwrap(), bytes);
    }
}

#[test]
fn everything_else_is_refused_by_name() {
    for (text, expected) in [
        ("Zg==", Error::Padding),
        ("Zg=", Error::Padding),
        ("=", Error::Padding),
        ("Zh", Error::UnusedBits),
        ("Zm9vZ", Error::Length(5)),
        ("+__-", Error::Byte { at: 0, byte: b'+' }),
        ("-__/", Error::Byte { at: 3, byte: b'/' }),
        ("Zm9v ", Error::Byte { at: 4, byte: b' ' }),
        ("Zm\n9v", Error::Byte { at: 2, byte: b'\n' }),
        ("Zmé", Error::Byte { at: 2, byte: 0xc3 }),
    ] {
        assert_eq!(decode(text), Err(expected), "{text:?}");
    }
}
