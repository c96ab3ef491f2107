//! Files of the time before they were sealed.

use super::*;
use crate::env::OldForms;

const FIRST: &str = r#"{
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

/// The whole, and two lines of changes.
fn second() -> (String, State) {
    let mut state = fresh();
    let mut text = format!("{}\n", serde_json::to_string(&state).unwrap());
    for changes in [vec![credential(1), Change::SignCount(7)], vec![Change::Count(Secret(vec![1; 32]), 3)]] {
        text += &format!("{}\n", serde_json::to_string(&changes).unwrap());
        changes.into_iter().for_each(|change| state.apply(change));
    }
    (text, state)
}

fn old(place: &Place, text: &str) -> FileStore {
    fs::create_dir_all(&place.0).unwrap();
    fs::write(place.file(), text).unwrap();
    place.open().with_old_forms(OldForms::Read)
}

#[test]
fn the_first_form_is_read() {
    let place = Place::new();
    let state = old(&place, FIRST).load().unwrap().unwrap();
    assert_eq!((state.format, state.sign_count, state.device.pin_retries), (2, 9, 6));
    assert_eq!(state.device.pin.as_ref().unwrap().code_points, 4);
    assert_eq!(state.credentials.find(&[2, 2, 2]).unwrap().cred_protect, 2);
}

#[test]
fn the_second_form_is_read_to_its_last_finished_line() {
    let place = Place::new();
    let (text, state) = second();
    assert_eq!(old(&place, &text).load().unwrap(), Some(state.clone()));
    let torn = format!("{text}[{{\"sign_count\":8}}]");
    assert_eq!(old(&place, &torn).load().unwrap(), Some(state.clone()));
    let finished = State { sign_count: 8, ..state };
    assert_eq!(old(&place, &format!("{torn}\n")).load().unwrap(), Some(finished));
}

#[test]
fn they_are_sealed_when_they_are_loaded() {
    for text in [FIRST.to_owned(), second().0] {
        let place = Place::new();
        let mut store = old(&place, &text);
        let peeked = store.peek().unwrap();
        assert_eq!(place.bytes(), text.as_bytes(), "whoever looks leaves it as it is");
        let mut state = store.load().unwrap().unwrap();
        assert_eq!(peeked.as_ref(), Some(&state));
        assert_eq!(place.kept(), state);
        change(&mut store, &mut state, vec![credential(5)]);
        drop(store);
        assert_eq!(place.open().load().unwrap(), Some(state));
        let left: Vec<_> = fs::read_dir(&place.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "the file and its lock: {left:?}");
    }
}

/// Whoever can write a file cannot make one that is taken, where only sealed ones are.
#[test]
fn they_are_refused_where_all_files_are_sealed() {
    for text in [FIRST.to_owned(), second().0] {
        let place = Place::new();
        assert!(old(&place, &text).peek().is_ok());
        assert!(matches!(place.open().load(), Err(StoreError::Corrupt(_, Damage::Header(_)))));
        assert_eq!(place.bytes(), text.as_bytes());
    }
}

#[test]
fn forms_of_the_future_and_damage_are_refused() {
    let (second, _) = second();
    let rows = [
        (FIRST, "\"format\": 1", "\"format\": 2"),
        (FIRST, "\"format\": 1", "\"format\": 3"),
        (FIRST, "\"sign_count\": 9", "\"sign_count\": \"9\""),
        (&second, "\"format\":2", "\"format\":1"),
        (&second, "\"format\":2", "\"format\":3"),
        (&second, "[{\"put\"", "[{\"pat\""),
        (&second, second.as_str(), ""),
    ];
    for (good, from, to) in rows {
        let place = Place::new();
        assert!(old(&place, good).peek().is_ok());
        let wrong = good.replacen(from, to, 1);
        assert_ne!(wrong, good);
        let refused = old(&place, &wrong).load();
        assert!(matches!(refused, Err(StoreError::Corrupt(..))), "{from} -> {to}: {refused:?}");
        assert_eq!(place.bytes(), wrong.as_bytes());
    }
}
