mod old_forms;
mod sealed;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::env::SeededRng;
use crate::state::{Secret, StoredCredential};

/// A file in a folder of its own, gone when the test is over.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("assay-store-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }

    fn file(&self) -> PathBuf {
        self.0.join("key.state")
    }

    fn open(&self) -> FileStore {
        self.opened_by(secret(1))
    }

    fn opened_by(&self, secret: SealingSecret) -> FileStore {
        FileStore::new(self.file(), secret, Box::new(SeededRng::new([9; 32])))
    }

    /// What is kept now, whoever has the file open.
    fn kept(&self) -> State {
        self.open().peek().unwrap().unwrap()
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.file()).unwrap()
    }
}

fn secret(number: u8) -> SealingSecret {
    SealingSecret::new([number; 32])
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn fresh() -> State {
    State::fresh(&mut SeededRng::new([1; 32]), 8, 3)
}

fn credential(number: u8) -> Change {
    Change::Put(Box::new(StoredCredential {
        id: Secret(vec![number; 32]),
        rp_id: format!("rp-{}.example", number % 3),
        rp_name: None,
        user_id: Secret(vec![number]),
        user_name: Some("ada".to_owned()),
        user_display_name: None,
        alg: -7,
        private_key: Secret(vec![number; 32]),
        cred_protect: 1,
        sign_count: 0,
        cred_blob: None,
        large_blob_key: None,
        third_party_payment: false,
    }))
}

fn change(store: &mut dyn Store, state: &mut State, changes: Vec<Change>) {
    changes.iter().cloned().for_each(|change| state.apply(change));
    store.save(&changes, state).unwrap();
}

#[test]
fn what_was_saved_is_what_is_loaded() {
    let place = Place::new();
    let memory = MemoryStore::default();
    let openings: [Box<dyn Fn() -> Box<dyn Store>>; 2] =
        [Box::new(|| Box::new(place.open())), Box::new(move || Box::new(memory.clone()))];
    for open in &openings {
        let mut store = open();
        assert!(store.load().unwrap().is_none());
        let mut state = fresh();
        change(store.as_mut(), &mut state, Vec::new());
        change(store.as_mut(), &mut state, vec![credential(1), Change::SignCount(1)]);
        change(store.as_mut(), &mut state, vec![credential(2), credential(3)]);
        change(store.as_mut(), &mut state, vec![Change::Count(Secret(vec![2; 32]), 7)]);
        change(store.as_mut(), &mut state, vec![Change::Remove(Secret(vec![1; 32]))]);
        change(store.as_mut(), &mut state, vec![Change::LargeBlobs(Secret(vec![1; 17]))]);
        drop(store);
        let mut store = open();
        assert_eq!(store.load().unwrap(), Some(state.clone()));
        let all = state.changes();
        change(store.as_mut(), &mut state, all);
        drop(store);
        assert_eq!(open().load().unwrap(), Some(state.clone()));
        assert_eq!((state.credentials.len(), state.credentials.find(&[2; 32]).unwrap().sign_count), (2, 7));
    }
}

/// However many bytes of a line arrived, what was acknowledged before is there.
#[test]
fn a_line_that_was_never_finished_was_never_acknowledged() {
    let place = Place::new();
    let mut store = place.open();
    let mut state = fresh();
    change(&mut store, &mut state, Vec::new());
    change(&mut store, &mut state, vec![credential(1)]);
    let before = state.clone();
    let acknowledged = place.bytes();
    state.device.pin_retries -= 1;
    let device = Change::Device(Box::new(state.device.clone()));
    change(&mut store, &mut state, vec![device, credential(2)]);
    let whole = place.bytes();
    assert!(whole.starts_with(&acknowledged));
    drop(store);
    for end in acknowledged.len()..=whole.len() {
        fs::write(place.file(), &whole[..end]).unwrap();
        let mut store = place.open();
        let expected = if end == whole.len() { &state } else { &before };
        let mut loaded = store.load().unwrap().unwrap();
        assert_eq!(&loaded, expected, "{end}");
        // What comes next does not run into the rest of it.
        change(&mut store, &mut loaded, vec![credential(9)]);
        assert_eq!(place.kept(), loaded, "{end}");
    }
}

#[test]
fn lines_do_not_grow_for_ever() {
    let place = Place::new();
    let mut store = place.open();
    let mut state = fresh();
    change(&mut store, &mut state, Vec::new());
    let blob = || vec![Change::LargeBlobs(Secret(vec![7; 60_000]))];
    for _ in 0..40 {
        change(&mut store, &mut state, blob());
    }
    assert!(place.bytes().len() < 600_000);
    assert_eq!(place.kept(), state);
}

/// Two who append would spoil each other's records.
#[test]
fn a_file_is_one_stores_at_a_time() {
    let place = Place::new();
    let (mut one, mut other) = (place.open(), place.open());
    let mut state = fresh();
    assert!(one.load().unwrap().is_none());
    assert!(matches!(other.load(), Err(StoreError::InUse(..))));
    change(&mut one, &mut state, Vec::new());
    assert!(matches!(other.save(&[], &state), Err(StoreError::InUse(..))));
    assert_eq!(other.peek().unwrap(), Some(state.clone()));
    drop(one);
    assert_eq!(other.load().unwrap(), Some(state));
}
