//! What is sealed, and what cannot be done to it.

use assay_protocol::base64url;

use super::*;
use crate::state::StoredPin;

/// A file of a whole and three records, and the states after each of them.
fn written(place: &Place) -> (Vec<u8>, Vec<State>) {
    let mut store = place.open();
    let mut state = fresh();
    let mut states = Vec::new();
    let mut step = |changes: Vec<Change>| {
        change(&mut store, &mut state, changes);
        states.push(state.clone());
    };
    step(Vec::new());
    step(vec![credential(1), Change::SignCount(1)]);
    step(vec![credential(2)]);
    step(vec![Change::Remove(Secret(vec![1; 32]))]);
    (place.bytes(), states)
}

fn read(text: &[u8]) -> Result<State, StoreError> {
    FileStore::read(text, &secret(1))
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// A file of this version, which later ones have to read.
#[test]
fn the_third_form_is_read() {
    let place = Place::new();
    let (_, states) = written(&place);
    assert_eq!(&read(include_bytes!("third_form.state")).unwrap(), states.last().unwrap());
}

/// A byte that is not what it was is an error, but for the last: what is not finished was never acknowledged.
#[test]
fn no_byte_can_be_changed() {
    let place = Place::new();
    let (text, states) = written(&place);
    assert_eq!(&read(&text).unwrap(), &states[3]);
    for at in 0..text.len() {
        let own = text[at];
        let others = (0..8).map(|bit| own ^ (1 << bit)).chain([b'\n', b'\r', b'=', b' ', 0, b'A']);
        for byte in others.filter(|byte| *byte != own) {
            let mut wrong = text.clone();
            wrong[at] = byte;
            match read(&wrong) {
                Ok(state) => assert!(at == text.len() - 1 && state == states[2], "{at}: {byte:#x}"),
                Err(StoreError::Corrupt(..)) => {}
                Err(StoreError::WrongSecret(..)) => {
                    let header = lines(&text)[0];
                    let id = String::from_utf8_lossy(header).find("\"secret\"").unwrap();
                    assert!((id..header.len()).contains(&at), "{at}: {byte:#x}");
                }
                Err(other) => panic!("{at}: {byte:#x}: {other}"),
            }
        }
    }
}

/// However much of the end is gone, the rest says what was kept at that time, or is refused. That whole records are
/// gone is not seen.
#[test]
fn a_file_that_is_cut_off_is_an_earlier_one() {
    let place = Place::new();
    let (text, states) = written(&place);
    let finished = |end: usize| text[..end].iter().filter(|byte| **byte == b'\n').count();
    for end in 0..=text.len() {
        match (finished(end).checked_sub(2), read(&text[..end])) {
            (Some(records), Ok(state)) => assert!(state == states[records], "{end}"),
            (None, Err(StoreError::Corrupt(..))) => {}
            (_, other) => panic!("{end}: {other:?}"),
        }
    }
}

#[test]
fn records_stay_in_their_places() {
    let place = Place::new();
    let (text, _) = written(&place);
    let other_place = Place::new();
    let other = {
        // Of the same secret and the same state, by other random numbers.
        let rng = Box::new(SeededRng::new([8; 32]));
        let mut store = FileStore::new(other_place.file(), secret(1), rng);
        let mut state = fresh();
        change(&mut store, &mut state, Vec::new());
        change(&mut store, &mut state, vec![credential(1), Change::SignCount(1)]);
        other_place.bytes()
    };
    assert!(read(&other).is_ok());
    let (own, other) = (lines(&text), lines(&other));
    let rows: [(&str, Vec<&[u8]>, u64); 10] = [
        ("two change places", vec![own[0], own[1], own[3], own[2], own[4]], 1),
        ("one is left out", vec![own[0], own[1], own[3], own[4]], 1),
        ("the whole is left out", vec![own[0], own[2], own[3], own[4]], 0),
        ("one comes twice", vec![own[0], own[1], own[2], own[2], own[3], own[4]], 2),
        ("the last comes twice", vec![own[0], own[1], own[2], own[3], own[4], own[4]], 4),
        ("an empty one", vec![own[0], own[1], b"\n", own[2]], 1),
        ("one of another file", vec![own[0], own[1], other[2]], 1),
        ("the whole of another file", vec![own[0], other[1]], 0),
        ("the header of another file", vec![other[0], own[1], own[2]], 0),
        ("all of another file after its whole", vec![other[0], other[1], own[2], own[3], own[4]], 1),
    ];
    for (what, wrong, number) in rows {
        let refused = read(&wrong.concat());
        let at = |error: &StoreError| matches!(error, StoreError::Corrupt(_, Damage::Record(at)) if *at == number);
        assert!(refused.as_ref().is_err_and(at), "{what}: {refused:?}");
    }
}

/// The record that takes the place of one that was torn off does not fit what came after that one.
#[test]
fn what_was_torn_off_cannot_come_back() {
    let place = Place::new();
    let (text, _) = written(&place);
    let old = lines(&text).concat();
    let torn = text.len() - 5;
    fs::write(place.file(), &text[..torn]).unwrap();
    let rng = Box::new(SeededRng::new([7; 32]));
    let mut store = FileStore::new(place.file(), secret(1), rng);
    let mut state = store.load().unwrap().unwrap();
    change(&mut store, &mut state, vec![Change::SignCount(9)]);
    change(&mut store, &mut state, vec![Change::SignCount(10)]);
    let new = place.bytes();
    assert_eq!(read(&new).unwrap(), state);
    let (old, new) = (lines(&old), lines(&new));
    assert_eq!(old[..4], new[..4]);
    let mixed = [&new[..4], &old[4..5], &new[5..]].concat().concat();
    assert!(matches!(read(&mixed), Err(StoreError::Corrupt(_, Damage::Record(4)))));
}

#[test]
fn another_secret_is_told_from_damage() {
    let place = Place::new();
    let (text, states) = written(&place);
    let mut store = place.opened_by(secret(2));
    assert!(matches!(store.peek(), Err(StoreError::WrongSecret(..))));
    let refused = store.load().unwrap_err();
    assert_eq!((refused.code(), place.bytes() == text), ("store_wrong_secret", true));
    drop(store);
    assert_eq!(place.open().load().unwrap().as_ref(), states.last());
}

/// An error leaves the file to whoever can mend it.
#[test]
fn nothing_is_written_over_what_is_damaged() {
    let place = Place::new();
    let (text, _) = written(&place);
    let mut wrong = text.clone();
    wrong[text.len() - 10] ^= 1;
    for (what, wrong) in [("a byte", wrong), ("the whole", text[..200].to_vec()), ("all", Vec::new())] {
        fs::write(place.file(), &wrong).unwrap();
        let refused = place.open().load().unwrap_err();
        assert_eq!((refused.code(), place.bytes() == wrong), ("store_corrupt", true), "{what}");
    }
    fs::write(place.file(), &text).unwrap();
    assert!(place.open().load().is_ok());
}

#[test]
fn nothing_is_there_in_clear() {
    let place = Place::new();
    let mut store = place.open();
    let mut state = fresh();
    change(&mut store, &mut state, vec![credential(0x61), credential(0x62)]);
    state.device.pin = Some(StoredPin { hash: Secret(b"a PIN's hash, 16".to_vec()), code_points: 4 });
    let device = Change::Device(Box::new(state.device.clone()));
    change(&mut store, &mut state, vec![device, credential(0x63)]);
    let clear = serde_json::to_vec(&state).unwrap();
    let text = place.bytes();
    let records: Vec<u8> = lines(&text)[1..]
        .iter()
        .flat_map(|line| base64url::decode(std::str::from_utf8(line).unwrap().trim_end()).unwrap())
        .collect();
    let keys = [0x61_u8, 0x62, 0x63].map(|number| base64url::encode(&[number; 32]));
    let hash = base64url::encode(b"a PIN's hash, 16");
    let secret = base64url::encode(&state.device.secret.0);
    let words = ["rp-", ".example", "\"ada\"", "private_key", "\"put\"", "pin_retries", &hash, &secret];
    for word in words.into_iter().chain(keys.iter().map(String::as_str)) {
        let is_in = |bytes: &[u8]| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        assert!(is_in(&clear) || word == "\"put\"", "{word} is not what is kept");
        assert!(!is_in(&text) && !is_in(&records), "{word}");
    }
    for raw in [[0x61; 32], [0x62; 32], [0x63; 32]] {
        assert!(!text.windows(32).chain(records.windows(32)).any(|window| window == raw));
    }
}

/// The same content is sealed otherwise each time.
#[test]
fn records_do_not_repeat() {
    let place = Place::new();
    let mut store = place.open();
    let mut state = fresh();
    for _ in 0..20 {
        change(&mut store, &mut state, vec![Change::SignCount(1)]);
    }
    let text = place.bytes();
    let mut all = lines(&text);
    assert_eq!(all.len(), 21);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 21);
}
