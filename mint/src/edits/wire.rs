//! Edits of finished CBOR that no tree can express.

/// The outer map with its length in one byte more than needed.
pub(super) fn long_map_header(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(first @ 0xa0..=0xb7) = bytes.first().copied() {
        bytes.splice(..1, [0xb8, first & 0x1f]);
    }
    bytes
}

/// The outer map with an indefinite length.
pub(super) fn indefinite_map(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(first) = bytes.first_mut() {
        *first = 0xbf;
    }
    bytes.push(0xff);
    bytes
}

/// The item inside a tag (55799, "this is CBOR").
pub(super) fn tagged(bytes: Vec<u8>) -> Vec<u8> {
    [vec![0xd9, 0xd9, 0xf7], bytes].concat()
}

/// One byte more.
pub(super) fn one_byte_more(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.push(0);
    bytes
}

/// One byte less.
pub(super) fn one_byte_less(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.pop();
    bytes
}
