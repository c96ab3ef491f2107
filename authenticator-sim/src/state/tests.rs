use assay_protocol::digest::sha256;

use super::*;

fn credential(id: u8, rp_id: &str, user: u8) -> StoredCredential {
    StoredCredential {
        id: Secret(vec![id; 4]),
        rp_id: rp_id.to_owned(),
        rp_name: None,
        user_id: Secret(vec![user]),
        user_name: None,
        user_display_name: None,
        alg: -7,
        private_key: Secret(vec![id; 32]),
        cred_protect: 1,
        sign_count: 0,
        cred_blob: None,
        large_blob_key: None,
        third_party_payment: false,
    }
}

fn ids(credentials: &Credentials, rp_id: &str) -> Vec<u8> {
    let rp_id_hash = sha256(rp_id.as_bytes());
    let numbers = credentials.of_rp(&rp_id_hash);
    numbers.map(|number| credentials.numbered(number).unwrap().id.0[0]).collect()
}

#[test]
fn credentials_are_found_by_id_rp_and_account() {
    let mut all = Credentials::default();
    for (id, rp_id, user) in [(1, "a", 1), (2, "b", 1), (3, "a", 2), (4, "a", 3)] {
        all.put(credential(id, rp_id, user));
    }
    assert_eq!((ids(&all, "a"), ids(&all, "b"), ids(&all, "c")), (vec![1, 3, 4], vec![2], vec![]));
    assert_eq!(all.find(&[3; 4]).unwrap().user_id.0, [2]);
    assert_eq!(all.of_account("a", &[1]), [Secret(vec![1; 4])]);
    assert_eq!(all.of_account("b", &[2]), []);
    // Another content keeps the place in the line.
    all.put(StoredCredential { sign_count: 9, ..credential(3, "a", 5) });
    assert_eq!((ids(&all, "a"), all.len()), (vec![1, 3, 4], 4));
    assert_eq!((all.of_account("a", &[2]), all.of_account("a", &[5])), (vec![], vec![Secret(vec![3; 4])]));
    assert_eq!(all.remove(&[1; 4]).unwrap().rp_id, "a");
    assert!(all.remove(&[1; 4]).is_none());
    all.remove(&[2; 4]);
    assert_eq!((ids(&all, "a"), all.rps().count()), (vec![3, 4], 1));
    let again: Credentials = serde_json::from_str(&serde_json::to_string(&all).unwrap()).unwrap();
    assert_eq!((ids(&again, "a"), &again), (vec![3, 4], &all));
    assert_eq!(all.iter().rev().map(|kept| kept.id.0[0]).collect::<Vec<_>>(), [4, 3]);
}

#[test]
fn secrets_are_not_shown() {
    assert_eq!(format!("{:?}", Secret(vec![1, 2, 3])), "Secret(3 bytes)");
}
