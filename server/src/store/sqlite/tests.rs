use std::sync::Arc;
use std::thread;

use assay_protocol::aaguid::Aaguid;
use assay_relying_party::CredentialRecord;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::*;
use crate::audit::EventType;
use crate::store::{Account, Uniqueness};

const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

fn both(name: &str, test: impl Fn(&Sqlite)) {
    test(&with_tenant(&Database::Memory));
    let folder = std::env::temp_dir().join(format!("assay-store-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    test(&with_tenant(&Database::File(folder.join("store.sqlite"))));
    std::fs::remove_dir_all(folder).unwrap();
}

fn with_tenant(database: &Database) -> Sqlite {
    let store = Sqlite::open(database).unwrap();
    let tenant = Tenant { tenant_id: "ten".to_owned(), name: String::new(), created_at: NOW };
    store.add_tenant(tenant, None, vec![event()]).unwrap();
    store
}

fn event() -> Event {
    Event::new(EventType::TenantCreated, "ten", NOW).detail("a", 1)
}

fn user(name: &str) -> User {
    User {
        user_id: format!("user_{name}"),
        tenant_id: "ten".to_owned(),
        username: name.to_owned(),
        display_name: String::new(),
        handle: vec![1],
        created_at: NOW,
    }
}

fn new_credential(name: &str, id: u8) -> NewCredential {
    NewCredential {
        account: Account::New(user(name)),
        credential: Credential {
            seq: 0,
            tenant_id: String::new(),
            user_id: String::new(),
            record: CredentialRecord::new(vec![id], vec![2]),
            algorithm: -7,
            aaguid: Aaguid::ZERO,
            evidence: json!({}),
            created_at: NOW,
            last_used_at: None,
        },
        uniqueness: Uniqueness::Required,
        standing: json!({ "outcome": "pass" }),
    }
}

fn challenge(browser: u8, ceremony: Ceremony, bytes: &[u8]) -> Challenge {
    Challenge {
        browser: Digest([browser; 32]),
        ceremony,
        tenant_id: "ten".to_owned(),
        challenge: bytes.to_vec(),
        pending: json!({ "of": bytes }),
        expires_at: NOW + Duration::seconds(60),
    }
}

fn lines(store: &Sqlite) -> usize {
    store.audit("ten", &Query { limit: 1000, ..Query::default() }).unwrap().len()
}

#[test]
fn a_change_and_its_lines_stand_or_fall_together() {
    both("together", |store| {
        assert_eq!(lines(store), 1);
        store.add_credential(new_credential("alice", 1), vec![event()]).unwrap();
        assert_eq!(lines(store), 2);
        // The id is taken: neither the user nor the line is written.
        let again = store.add_credential(new_credential("bob", 1), vec![event()]);
        assert_eq!(again, Err(Error::CredentialExists));
        assert_eq!(store.user_named("ten", "bob").unwrap(), None);
        // The name is taken: neither the credential nor the line is written.
        let again = store.add_credential(new_credential("alice", 2), vec![event()]);
        assert_eq!(again, Err(Error::UserExists));
        assert_eq!(store.credential(&[2]).unwrap(), None);
        assert_eq!(lines(store), 2);
    });
}

#[test]
fn a_second_registration_of_an_id_where_that_is_waived() {
    both("waived", |store| {
        store.add_credential(new_credential("alice", 1), Vec::new()).unwrap();
        let again = NewCredential { uniqueness: Uniqueness::Waived, ..new_credential("bob", 1) };
        store.add_credential(again, Vec::new()).unwrap();
        assert_eq!(store.credential(&[1]).unwrap().unwrap().user_id, "user_bob");
    });
}

#[test]
fn challenges_are_taken_once_by_the_one_they_were_issued_to() {
    both("challenges", |store| {
        let take = |browser: u8, ceremony, bytes: Option<&[u8]>| {
            let taken = store.take_challenge(Digest([browser; 32]), ceremony, bytes.map(<[u8]>::to_vec), NOW).unwrap();
            match taken {
                Taken::Fresh(challenge) => ("fresh", challenge.challenge),
                Taken::Reused(challenge) => ("reused", challenge.challenge),
                Taken::OtherCeremony(challenge) => ("other", challenge.challenge),
                Taken::Unknown => ("unknown", Vec::new()),
            }
        };
        for bytes in [b"a", b"b", b"c"] {
            store.add_challenge(challenge(1, Ceremony::Registration, bytes), NOW, Vec::new()).unwrap();
        }
        store.add_challenge(challenge(1, Ceremony::Authentication, b"d"), NOW, Vec::new()).unwrap();
        assert_eq!(take(2, Ceremony::Registration, Some(b"a")), ("unknown", vec![]));
        assert_eq!(take(1, Ceremony::Registration, Some(b"a")), ("fresh", b"a".to_vec()));
        assert_eq!(take(1, Ceremony::Registration, Some(b"a")), ("reused", b"a".to_vec()));
        // An answer to nothing that was issued takes the newest.
        assert_eq!(take(1, Ceremony::Registration, Some(b"x")), ("fresh", b"c".to_vec()));
        assert_eq!(take(1, Ceremony::Registration, None), ("fresh", b"b".to_vec()));
        assert_eq!(take(1, Ceremony::Registration, None), ("unknown", vec![]));
        assert_eq!(take(1, Ceremony::Registration, Some(b"d")), ("other", b"d".to_vec()));
        assert_eq!(take(1, Ceremony::Authentication, Some(b"d")), ("reused", b"d".to_vec()));
        // Forgotten in time.
        let later = NOW + Duration::seconds(61);
        store.add_challenge(challenge(3, Ceremony::Registration, b"e"), later, Vec::new()).unwrap();
        assert_eq!(take(1, Ceremony::Registration, Some(b"a")), ("unknown", vec![]));
    });
}

#[test]
fn stale_writes_are_refused() {
    both("stale", |store| {
        let policy = |version| SavedPolicy {
            policy_id: "pol".to_owned(),
            tenant_id: "ten".to_owned(),
            rules: json!({ "version": version }),
            version,
            created_at: NOW,
            updated_at: NOW,
        };
        assert!(store.put_policy(policy(1), vec![event()]).unwrap());
        assert!(!store.put_policy(policy(1), vec![event()]).unwrap());
        assert!(store.put_policy(policy(2), vec![event()]).unwrap());
        assert!(!store.put_policy(policy(2), vec![event()]).unwrap());
        assert_eq!(store.policy("ten").unwrap(), Some(policy(2)));

        let bound = |version| BoundSession {
            id: "b".to_owned(),
            tenant_id: "ten".to_owned(),
            user_id: "user_alice".to_owned(),
            session: Digest([4; 32]),
            version,
            state: json!({ "version": version }),
            expires_at: NOW,
        };
        assert!(store.put_bound_session(bound(1), vec![event()]).unwrap());
        assert!(!store.put_bound_session(bound(3), vec![event()]).unwrap());
        assert!(store.put_bound_session(bound(2), vec![event()]).unwrap());
        assert_eq!(store.bound_session("b").unwrap(), Some(bound(2)));
        assert_eq!(store.bound_sessions_of(Digest([4; 32])).unwrap(), [bound(2)]);
        // One line for each write that took place, and the tenant's.
        assert_eq!(lines(store), 5);
    });
}

#[test]
fn a_use_judged_by_an_old_counter_is_refused() {
    both("counter", |store| {
        store.add_credential(new_credential("alice", 1), Vec::new()).unwrap();
        let credential = store.credential(&[1]).unwrap().unwrap();
        let session = |id| Session {
            id: Digest([id; 32]),
            tenant_id: "ten".to_owned(),
            user_id: "user_alice".to_owned(),
            credential_id: vec![1],
            created_at: NOW,
            expires_at: NOW + Duration::seconds(1),
        };
        let mut record = credential.record.clone();
        record.sign_count = 5;
        let used = CredentialUse { seq: credential.seq, judged_by: 0, record, at: NOW };
        assert!(store.use_credential(used.clone(), session(1), vec![event()]).unwrap());
        assert!(!store.use_credential(used, session(2), vec![event()]).unwrap());
        assert!(store.session(Digest([1; 32])).unwrap().is_some());
        assert_eq!(store.session(Digest([2; 32])).unwrap(), None);
        assert!(store.end_session(Digest([1; 32]), Vec::new()).unwrap());
        assert!(!store.end_session(Digest([1; 32]), Vec::new()).unwrap());
    });
}

#[test]
fn many_writers_share_commits_and_lose_nothing() {
    both("many", |store| {
        thread::scope(|scope| {
            for writer in 0..16_u8 {
                scope.spawn(move || {
                    for one in 0..8_u8 {
                        let id = writer * 8 + one;
                        store.add_credential(new_credential(&format!("user {id}"), id), vec![event()]).unwrap();
                        assert!(store.credential(&[id]).unwrap().is_some());
                    }
                });
            }
        });
        assert_eq!(store.credentials("ten", None, 0, 1000).unwrap().len(), 128);
        assert_eq!(lines(store), 129);
    });
}

#[test]
fn the_audit_log_cannot_be_changed() {
    let store = with_tenant(&Database::Memory);
    for statement in ["UPDATE audit SET code = 'x'", "DELETE FROM audit"] {
        let tried = store.queue.run(move |connection| Ok(connection.execute_batch(statement)?));
        assert!(matches!(&tried, Err(Error::Sqlite(why)) if why.contains("append only")), "{tried:?}");
    }
    assert_eq!(lines(&store), 1);
}

#[test]
fn a_newer_file_is_left_alone() {
    let folder = std::env::temp_dir().join(format!("assay-store-newer-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("store.sqlite");
    drop(Sqlite::open(&Database::File(path.clone())).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Sqlite::open(&Database::File(path)), Err(Error::TooNew { found: 99, .. })));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn writes_after_the_end_are_refused() {
    let store = Arc::new(with_tenant(&Database::Memory));
    let other = Arc::clone(&store);
    let writer = thread::spawn(move || other.record(vec![event()]));
    writer.join().unwrap().unwrap();
    assert_eq!(lines(&store), 2);
}
