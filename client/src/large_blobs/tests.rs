use assay_protocol::ctap2::large_blobs::{INITIAL, sealed};
use assay_protocol::tree::cbor;
use ciborium::Value;

use super::{Array, Opened, seal};

const KEY: [u8; 32] = [7; 32];
const OTHER: [u8; 32] = [8; 32];
const NONCE: [u8; 12] = [1; 12];

#[test]
fn a_blob_is_read_by_its_key_alone() {
    let mut array = Array::empty();
    array.put(&KEY, NONCE, b"a certificate, a certificate, a certificate").unwrap();
    array.put(&OTHER, NONCE, b"").unwrap();
    let read = Array::parse(&array.serialize());
    assert_eq!(read, array);
    let content = Opened::Content(b"a certificate, a certificate, a certificate".to_vec());
    assert_eq!(read.find(&KEY), Some((0, content)));
    assert_eq!(read.find(&OTHER), Some((1, Opened::Content(Vec::new()))));
    assert_eq!(read.find(&[9; 32]), None);
    assert!(array.put(&[1; 31], NONCE, b"x").is_err());
}

/// A form that is not canonical is no damage: what others have written stays.
#[test]
fn an_array_in_another_form_is_read() {
    let read = Array::parse(&sealed(&[0x9f, 0x18, 0x01, 0xff]));
    assert_eq!((read.len(), read.was_damaged), (1, false));
    assert_eq!(read.serialize(), sealed(&[0x81, 0x01]));
}

#[test]
fn a_new_blob_takes_the_place_of_the_old() {
    let mut array = Array::empty();
    array.put(&KEY, NONCE, b"old").unwrap();
    array.put(&OTHER, NONCE, b"other").unwrap();
    array.put(&KEY, [2; 12], b"new").unwrap();
    assert_eq!((array.len(), array.find(&KEY)), (2, Some((1, Opened::Content(b"new".to_vec())))));
    assert!(array.remove(&KEY) && !array.remove(&KEY));
    assert!(array.remove(&OTHER));
    assert_eq!(array.serialize(), INITIAL);
}

#[test]
fn what_is_damaged_counts_as_empty() {
    let mut array = Array::empty();
    array.put(&KEY, NONCE, b"content").unwrap();
    let good = array.serialize();
    assert!(!Array::parse(&good).was_damaged);
    let mut spoiled = good.clone();
    spoiled[3] ^= 1;
    for bytes in [&spoiled[..], &good[1..], &[], &[0x80], &sealed(&[0xa0]), &sealed(&[0x81]), &sealed(&[0x80, 0x80])] {
        let read = Array::parse(bytes);
        assert!(read.was_damaged && read.is_empty(), "{bytes:02x?}");
    }
}

/// What others write: elements of another form stay where they are, and a size that is not the content's shows.
#[test]
fn elements_that_are_no_blobs() {
    let Value::Map(mut members) = seal(&KEY, NONCE, b"content").unwrap() else { panic!("no map") };
    let strange = Value::Array(vec![Value::Null, Value::Map(members.clone())]);
    let read = Array::parse(&sealed(&cbor::to_canonical(&strange)));
    assert_eq!((read.len(), read.find(&KEY)), (2, Some((1, Opened::Content(b"content".to_vec())))));
    // The size is authenticated, so that another one opens nothing.
    members[2].1 = Value::from(6);
    let other = Value::Array(vec![Value::Map(members)]);
    assert_eq!(Array::parse(&sealed(&cbor::to_canonical(&other))).find(&KEY), None);
}
