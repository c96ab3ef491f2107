use std::collections::BTreeSet;

use super::{Malformed, Reason};

#[test]
fn codes_are_unique_snake_case_and_have_clauses() {
    let codes: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(codes.len(), Reason::ALL.len());
    for reason in Reason::ALL {
        assert!(!reason.clause().is_empty());
        assert!(reason.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
        assert_eq!(Reason::from_code(reason.code()), Some(*reason));
    }
}

#[test]
fn display_says_code_detail_and_place() {
    let bare = Malformed::new(Reason::CoseNotMap, "");
    assert_eq!(bare.to_string(), "cose_not_map");
    let full = Malformed::new(Reason::CoseXLength, "31 bytes").at(4..37);
    assert_eq!(full.to_string(), "cose_x_length: 31 bytes (bytes 4..37)");
}
