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
        FileStore::new(self.file())
    }
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
    let pairs: [(Box<dyn Store>, Box<dyn Store>); 2] =
        [(Box::new(place.open()), Box::new(place.open())), (Box::new(memory.clone()), Box::new(memory))];
    for (mut store, mut again) in pairs {
        assert!(store.load().unwrap().is_none());
        let mut state = fresh();
        change(store.as_mut(), &mut state, Vec::new());
        change(store.as_mut(), &mut state, vec![credential(1), Change::SignCount(1)]);
        change(store.as_mut(), &mut state, vec![credential(2), credential(3)]);
        change(store.as_mut(), &mut state, vec![Change::Count(Secret(vec![2; 32]), 7)]);
        change(store.as_mut(), &mut state, vec![Change::Remove(Secret(vec![1; 32]))]);
        change(store.as_mut(), &mut state, vec![Change::LargeBlobs(Secret(vec![1; 17]))]);
        assert_eq!(again.load().unwrap(), Some(state.clone()));
        let all = state.changes();
        change(store.as_mut(), &mut state, all);
        assert_eq!(again.load().unwrap(), Some(state.clone()));
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
    let acknowledged = fs::read(place.file()).unwrap();
    state.device.pin_retries -= 1;
    let device = Change::Device(Box::new(state.device.clone()));
    change(&mut store, &mut state, vec![device, credential(2)]);
    let whole = fs::read(place.file()).unwrap();
    assert!(whole.starts_with(&acknowledged));
    for end in acknowledged.len()..=whole.len() {
        fs::write(place.file(), &whole[..end]).unwrap();
        let mut store = place.open();
        let expected = if end == whole.len() { &state } else { &before };
        let mut loaded = store.load().unwrap().unwrap();
        assert_eq!(&loaded, expected, "{end}");
        // What comes next does not run into the rest of it.
        change(&mut store, &mut loaded, vec![credential(9)]);
        assert_eq!(place.open().load().unwrap(), Some(loaded), "{end}");
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
    assert!(fs::metadata(place.file()).unwrap().len() < 600_000);
    assert_eq!(place.open().load().unwrap(), Some(state));
}

#[test]
fn the_first_form_is_read() {
    let place = Place::new();
    fs::create_dir_all(&place.0).unwrap();
    let old = r#"{
  "format": 1,
  "secret": "AQEBAQ",
  "credentials": [
    {
      "id": "AgIC", "rp_id": "example.org", "user_id": "Aw", "user_name": "ada", "user_display_name": null,
      "alg": -7, "private_key": "BAQ", "cred_protect": 2, "sign_count": 5
    }
  ],
  "sign_count": 9,
  "pin": { "hash": "BQU", "code_points": 4 },
  "pin_retries": 6
}"#;
    fs::write(place.file(), old).unwrap();
    let mut store = place.open();
    let mut state = store.load().unwrap().unwrap();
    assert_eq!((state.format, state.sign_count, state.device.pin_retries), (2, 9, 6));
    assert_eq!(state.device.pin.as_ref().unwrap().code_points, 4);
    assert_eq!(state.credentials.find(&[2, 2, 2]).unwrap().cred_protect, 2);
    change(&mut store, &mut state, vec![credential(1)]);
    assert_eq!(place.open().load().unwrap(), Some(state));
    for (from, to) in [("\"format\": 1", "\"format\": 3"), ("\"sign_count\": 9", "\"sign_count\": \"9\"")] {
        fs::write(place.file(), old.replace(from, to)).unwrap();
        assert!(matches!(place.open().load(), Err(StoreError::Corrupt(..))), "{to}");
    }
}

#[test]
fn forms_of_the_future_and_damage_are_refused() {
    let place = Place::new();
    let mut store = place.open();
    let mut state = fresh();
    change(&mut store, &mut state, Vec::new());
    change(&mut store, &mut state, vec![credential(1)]);
    let good = String::from_utf8(fs::read(place.file()).unwrap()).unwrap();
    assert!(place.open().load().is_ok());
    for wrong in [good.replace("\"format\":2", "\"format\":3"), good.replace("[{\"put\"", "[{\"pat\""), String::new()] {
        assert_ne!(wrong, good);
        fs::write(place.file(), wrong).unwrap();
        assert!(matches!(place.open().load(), Err(StoreError::Corrupt(..))));
    }
}
