use super::{configuration, device, string};
use crate::identity::Identity;

fn identity() -> Identity {
    Identity::virtual_key("SN-1")
}

/// Lengths add up all the way: every part says its own, and the whole says the sum.
#[test]
fn the_configuration_adds_up() {
    let bytes = configuration();
    assert_eq!(usize::from(u16::from_le_bytes([bytes[2], bytes[3]])), bytes.len());
    let mut parts = Vec::new();
    let mut rest = bytes.as_slice();
    while let [length, kind, ..] = rest {
        parts.push((*kind, *length));
        rest = &rest[usize::from(*length)..];
    }
    assert_eq!(parts, [(2, 9), (4, 9), (0x21, 9), (5, 7), (5, 7)]);
    assert_eq!(bytes[27..], [7, 5, 0x81, 3, 64, 0, 5, 7, 5, 0x01, 3, 64, 0, 5]);
    assert_eq!(bytes[18..27], [9, 0x21, 0x11, 0x01, 0, 1, 0x22, 34, 0]);
}

#[test]
fn the_device_has_its_numbers() {
    let expected = [18, 1, 0, 2, 0, 0, 0, 64, 0x09, 0x12, 0xd0, 0xf1, 0x00, 0x01, 1, 2, 3, 1];
    assert_eq!(device(&identity()), expected);
}

#[test]
fn strings_are_utf_16() {
    let told = |identity: &Identity, index| string(identity, index);
    assert_eq!(told(&identity(), 0), Some(vec![4, 3, 0x09, 0x04]));
    assert_eq!(told(&identity(), 3), Some(vec![10, 3, b'S', 0, b'N', 0, b'-', 0, b'1', 0]));
    assert_eq!(told(&identity(), 4), None);
    assert_eq!(told(&identity(), 0xee), None);
    let long = Identity { product: "\u{1f511}".repeat(200), ..identity() };
    let bytes = told(&long, 2).unwrap();
    assert_eq!((bytes.len(), bytes[0]), (254, 254));
}
