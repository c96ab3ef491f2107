//! How lists are cut.

use super::*;

/// The id lengths of each batch.
fn cut(ids: &[usize], count: Option<u64>, id: Option<u64>, message: Option<u64>) -> Vec<Vec<usize>> {
    let info = get_info::Response {
        max_credential_count_in_list: count,
        max_credential_id_length: id,
        max_msg_size: message,
        ..Default::default()
    };
    let list: Vec<Descriptor> = ids.iter().map(|len| Descriptor::public_key(vec![7; *len])).collect();
    let lengths = |batch: &Vec<Descriptor>| batch.iter().map(|descriptor| descriptor.id.len()).collect();
    batches(&list, &info, 100).iter().map(lengths).collect()
}

#[test]
fn batches_respect_every_limit() {
    for (ids, count, id, message, expected) in [
        (&[][..], Some(8), None, None, vec![]),
        (&[16, 32, 64], Some(8), None, None, vec![vec![16, 32, 64]]),
        (&[16, 32, 64], None, None, None, vec![vec![16], vec![32], vec![64]]),
        (&[16, 32, 64], Some(0), None, None, vec![vec![16], vec![32], vec![64]]),
        (&[16, 32, 64], Some(2), None, None, vec![vec![16, 32], vec![64]]),
        (&[16, 65, 64], Some(8), Some(64), None, vec![vec![16, 64]]),
        (&[65], Some(8), Some(64), None, vec![]),
        // 1024 bytes, 108 taken: ids of 400 bytes need 425 each, so two fit.
        (&[400, 400, 400], Some(8), None, None, vec![vec![400, 400], vec![400]]),
        (&[400, 1000, 400], Some(8), None, None, vec![vec![400, 400]]),
        (&[400, 400, 400], Some(8), None, Some(1400), vec![vec![400, 400, 400]]),
        (&[16], Some(8), None, Some(100), vec![]),
    ] {
        assert_eq!(cut(ids, count, id, message), expected, "{ids:?} {count:?} {id:?} {message:?}");
    }
}

#[test]
fn messages_are_bounded_by_ctaphid() {
    let info = |max| get_info::Response { max_msg_size: max, ..Default::default() };
    assert_eq!(max_message(&info(None)), 1024);
    assert_eq!(max_message(&info(Some(1200))), 1200);
    assert_eq!(max_message(&info(Some(u64::MAX))), 7609);
}

#[test]
fn unknown_types_are_dropped() {
    let odd = webauthn::Descriptor { kind: "other".to_owned(), ..webauthn::Descriptor::new(vec![1], vec![]) };
    let good = webauthn::Descriptor::new(vec![2], vec!["usb".to_owned()]);
    assert_eq!(known(&[odd, good]), [Descriptor::public_key(vec![2])]);
}

#[test]
fn a_hit_must_be_one_of_the_batch() {
    let batch = |ids: &[u8]| -> Vec<Descriptor> { ids.iter().map(|id| Descriptor::public_key(vec![*id])).collect() };
    for (named, ids, expected) in [
        (Some(1), &[1][..], Some(1)),
        (Some(2), &[1, 2], Some(2)),
        (None, &[1], Some(1)),
        (None, &[1, 2], None),
        (Some(3), &[1], None),
        (Some(3), &[1, 2], None),
    ] {
        let response = get_assertion::Response {
            credential: named.map(|id| Descriptor::public_key(vec![id])),
            auth_data: vec![],
            signature: vec![],
            user: None,
            number_of_credentials: None,
            user_selected: None,
            large_blob_key: None,
            unsigned_extension_outputs: None,
        };
        let expected = expected.map(|id| Descriptor::public_key(vec![id]));
        assert_eq!(hit(response, batch(ids)).ok(), expected, "{named:?} {ids:?}");
    }
}
