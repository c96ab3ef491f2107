use assay_protocol::ctap2::{Command, Status};

use crate::authenticator::Authenticator;
use crate::config::KeyConfig;
use crate::env::{Env, FileStore, SealingSecret, SeededRng, StoreError};
use crate::operation::Operation;
use crate::testing::{Bench, discoverable, good_get, good_make};

#[test]
fn commands_that_are_not_there() {
    let mut bench = Bench::new();
    for byte in [0x00, 0x03, 0x09, 0x0a, 0x0c, 0x0d, 0x40, 0xff] {
        assert_eq!(bench.raw(&[byte]), Err(Status::INVALID_COMMAND), "{byte:#x}");
    }
    assert_eq!(bench.raw(&[]), Err(Status::INVALID_LENGTH));
}

#[test]
fn replies_begin_with_their_status() {
    let mut bench = Bench::new();
    let operation = Operation::new();
    assert_eq!(bench.key.handle(&[0x04], &operation)[..2], [0x00, 0xb0 - 0x03]);
    assert_eq!(bench.key.handle(&[0x08], &operation), [Status::NOT_ALLOWED.0]);
    assert!(!operation.is_waiting());
}

#[test]
fn random_bytes_never_panic() {
    let mut bench = Bench::new();
    let good = [
        Command::MakeCredential(good_make()).to_bytes(),
        Command::GetAssertion(good_get(&[&[1; 62]])).to_bytes(),
        Command::ClientPin(bench.set_pin_request(&[1; 64], assay_protocol::pin_uv::Protocol::Two)).to_bytes(),
    ];
    let mut state: u32 = 1;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        usize::try_from(state).unwrap()
    };
    for round in 0..6_000 {
        let mut request = good[round % good.len()].clone();
        for _ in 0..=random() % 3 {
            let at = random() % request.len();
            request[at] = u8::try_from(random() % 256).unwrap();
        }
        request.truncate(1 + random() % (2 * request.len()));
        bench.key.handle(&request, &Operation::new());
    }
}

#[test]
fn a_file_keeps_it_all() {
    let directory = std::env::temp_dir().join(format!("assay-sim-test-{}", std::process::id()));
    let path = directory.join("key.json");
    let file = || FileStore::new(&path, SealingSecret::new([1; 32]), Box::new(SeededRng::new([2; 32])));
    let open = || {
        let store = Box::new(file());
        Authenticator::new(KeyConfig::security_key(), Env { store, ..Env::seeded([1; 32]) })
    };
    let mut key = open().unwrap();
    let made = key.handle(&Command::MakeCredential(discoverable(1)).to_bytes(), &Operation::new());
    assert_eq!(made[0], 0);
    let state = key.state().clone();
    drop(key);
    assert_eq!(*open().unwrap().state(), state);
    assert_eq!(file().peek().unwrap(), Some(state));
    let mut names: Vec<_> = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["key.json", "key.json.lock"]);
    std::fs::write(&path, "{}").unwrap();
    assert!(matches!(open(), Err(StoreError::Corrupt(..))));
    std::fs::remove_dir_all(&directory).unwrap();
}
