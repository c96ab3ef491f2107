//! The file that a key keeps: as it was before such files were sealed, and as it is.

use std::fs;
use std::sync::OnceLock;

use assay_authenticator_sim::env::{FileStore, MemoryStore, SealingSecret, SeededRng, Store as _, StoreError};
use assay_authenticator_sim::operation::Operation;
use assay_authenticator_sim::state::{Change, State};

use super::managed_key::key;

/// The input is the text of a file, in clear or sealed.
pub(super) fn run(input: &[u8]) {
    let sealed = FileStore::read(input, &secret());
    assert!(sealed.is_err() || written().1.iter().any(|state| sealed.as_ref().is_ok_and(|read| read == state)));
    let Ok(state) = FileStore::read_old(input) else { return };
    let mut store = MemoryStore::default();
    store.save(&[], &state).expect("memory");
    let Some(mut key) = key(store) else { return };
    for request in [&[0x04][..], &[0x06, 0xa2, 0x01, 0x02, 0x02, 0x01], &[0x0a, 0xa1, 0x01, 0x01], &[0x07]] {
        assert!(!key.handle(request, &Operation::new()).is_empty());
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let (text, states) = written();
    let whole = serde_json::to_vec(states.first().expect("the first")).expect("a state");
    vec![[&whole, &b"\n"[..]].concat(), [&whole, &b"\n[]\n[{\"sign_count\":7}]\n"[..]].concat(), text.clone()]
}

/// The input says what becomes of a sealed file, five bytes an edit: what, where and with what. Whatever it is, the
/// file then says what it once said, or is refused.
pub(super) fn edited(input: &[u8]) {
    let (text, states) = written();
    let mut wrong = text.clone();
    for &[kind, high, low, length, byte] in input.as_chunks().0 {
        let at = usize::from(u16::from_be_bytes([high, low])) % (wrong.len() + 1);
        let end = (at + usize::from(length)).min(wrong.len());
        match kind % 4 {
            0 => wrong.iter_mut().skip(at).take(1).for_each(|old| *old = byte),
            1 => drop(wrong.drain(at..end)),
            2 => wrong.insert(at, byte),
            _ => wrong = lines_exchanged(&wrong, usize::from(length), usize::from(byte)),
        }
    }
    match FileStore::read(&wrong, &secret()) {
        Ok(state) => {
            let finished = wrong.iter().filter(|byte| **byte == b'\n').count();
            assert!(text.starts_with(up_to(&wrong, finished)), "other records are read");
            assert_eq!(Some(&state), states.get(finished - 2), "another state is read");
        }
        Err(StoreError::Corrupt(..) | StoreError::WrongSecret(..)) => {}
        Err(other) => panic!("{other}"),
    }
}

pub(super) fn edited_seeds() -> Vec<Vec<u8>> {
    vec![vec![0, 0, 100, 0, b'A'], vec![1, 4, 0, 255, 0], vec![2, 0, 200, 0, b'\n'], vec![3, 0, 0, 2, 3]]
}

/// The first lines of a text.
fn up_to(text: &[u8], lines: usize) -> &[u8] {
    let length = text.split_inclusive(|byte| *byte == b'\n').take(lines).map(<[u8]>::len).sum();
    text.get(..length).unwrap_or(text)
}

fn lines_exchanged(text: &[u8], one: usize, other: usize) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    if !lines.is_empty() {
        let count = lines.len();
        lines.swap(one % count, other % count);
    }
    lines.concat()
}

fn secret() -> SealingSecret {
    SealingSecret::new([7; 32])
}

/// A sealed file, and what it said at the end of each record.
fn written() -> &'static (Vec<u8>, Vec<State>) {
    static WRITTEN: OnceLock<(Vec<u8>, Vec<State>)> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("assay-fuzz-key-state-{}", std::process::id()));
        let path = folder.join("key.state");
        let mut store = FileStore::new(&path, secret(), Box::new(SeededRng::new([8; 32])));
        let mut state = fresh();
        let mut states = vec![state.clone()];
        store.save(&[], &state).expect("a file");
        for count in 1..4 {
            let change = Change::SignCount(count);
            state.apply(change.clone());
            store.save(&[change], &state).expect("a file");
            states.push(state.clone());
        }
        let text = fs::read(&path).expect("the file");
        drop(store);
        fs::remove_dir_all(&folder).expect("the folder");
        (text, states)
    })
}

fn fresh() -> State {
    key(MemoryStore::default()).expect("nothing is stored").state().clone()
}
