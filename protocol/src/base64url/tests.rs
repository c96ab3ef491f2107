use super::{Error, decode, encode, is_text_of};

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

#[test]
fn texts_are_told_from_others_whatever_their_length() {
    for length in [0, 1, 32, 95, 96, 97, 1023] {
        let bytes = vec![0xa5; length];
        let text = encode(&bytes);
        assert!(is_text_of(&text, &bytes), "{length}");
        assert!(!is_text_of(&format!("{text}="), &bytes), "{length}, padded");
        assert!(!is_text_of(&text, &[&bytes[..], &[0]].concat()), "{length}, one byte more");
    }
}
