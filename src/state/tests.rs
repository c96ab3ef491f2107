use std::fs;
use std::sync::Barrier;
use std::thread;

use super::State;

/// Whoever is first makes it, and all have the same.
#[test]
fn a_secret_is_made_once() {
    let folder = std::env::temp_dir().join(format!("assay-state-{}", std::process::id()));
    let all_at_once = Barrier::new(8);
    let ids: Vec<_> = thread::scope(|scope| {
        let first = || {
            let state = State::open(Some(&folder)).unwrap();
            all_at_once.wait();
            (state.sealing_secret().unwrap().id(), state.seed().unwrap())
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(first)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["lab-seed", "sealing-secret"]);
    assert_ne!(fs::read(folder.join("lab-seed")).unwrap(), fs::read(folder.join("sealing-secret")).unwrap());
    #[cfg(unix)]
    for name in names {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }

    fs::write(folder.join("sealing-secret"), [1; 31]).unwrap();
    let refused = State::open(Some(&folder)).unwrap().sealing_secret().unwrap_err().to_string();
    assert!(refused.contains("has 31 bytes instead of 32"), "{refused}");
    fs::remove_dir_all(&folder).unwrap();
}
