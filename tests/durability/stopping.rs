//! Stopping on a signal.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::command::{Lasting, assay};
use crate::support::http::{Browser, SERVE};
use crate::support::place::Place;

use super::{lab, serve};

#[test]
fn a_stop_is_graceful() {
    for name in ["TERM", "INT"] {
        let place = Place::new();
        let mut server = Lasting::start(&mut serve(&place));
        let credential = Browser::new(&server).register(&lab(), "ada");
        assert_eq!(server.signal(name), Some(0), "SIG{name}");
        assert_eq!(server.rest(), [""; 0]);
        assert_eq!(server.stderr(), "");

        let mut server = Lasting::start(&mut serve(&place));
        assert!(server.ready["client_secret"].is_null() && server.ready["client_id"].is_null(), "{}", server.ready);
        Browser::new(&server).sign_in(&credential, "ada");
        assert_eq!(server.signal(name), Some(0), "SIG{name}");
    }
}

/// Whoever was being served when the signal came is served to the end; nobody new is.
#[test]
fn what_is_under_way_is_finished() {
    let place = Place::new();
    let mut server = Lasting::start(&mut serve(&place));
    let address = server.text("address").to_owned();
    let body = r#"{"username":"ada","displayName":"Ada"}"#;
    let mut slow = TcpStream::connect(&address).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(
        slow,
        "POST /attestation/options HTTP/1.1\r\nhost: lab\r\ncontent-type: application/json\r\n\
         expect: 100-continue\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    // Once it asks for the body, it has begun with the request.
    let mut answer = BufReader::new(slow.try_clone().unwrap());
    let mut line = String::new();
    answer.read_line(&mut line).unwrap();
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");

    thread::scope(|scope| {
        let end = scope.spawn(|| server.signal("TERM"));
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(&address).is_ok() {
            assert!(Instant::now() < deadline, "it still takes connections");
            thread::sleep(Duration::from_millis(1));
        }
        slow.write_all(body.as_bytes()).unwrap();
        let mut text = String::new();
        answer.read_to_string(&mut text).unwrap();
        assert!(text.contains("HTTP/1.1 200 OK") && text.contains("\"challenge\""), "{text}");
        assert_eq!(end.join().unwrap(), Some(0));
    });
}

/// A free port that can be asked for again: below those that the system gives to whoever asks for any (from 32768 on
/// Linux), since the tests beside this one take and leave such ports all the time.
fn lasting_port() -> u16 {
    let first = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    (first..32_768).find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

/// The state directory holds the credentials of servers that run, and of databases that will be served again.
#[test]
fn what_the_lab_remembers_of_its_servers() {
    use std::os::unix::fs::PermissionsExt as _;
    for (db, remembered) in [(false, false), (true, true)] {
        let place = Place::new();
        let port = lasting_port();
        let listen = format!("127.0.0.1:{port}");
        let mut args = vec!["serve", "--listen", &listen];
        args.extend(db.then_some(["--db", "lab.sqlite"]).into_iter().flatten());
        let mut server = Lasting::start(&mut assay(&place, args.iter().copied()));
        let file = place.join("state/servers").join(format!("{port}.json"));
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it has a secret in it");
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&fs::read(&file).unwrap()).unwrap(), server.ready);
        server.signal("TERM");
        assert_eq!(file.exists(), remembered, "db: {db}");

        // Another database at the same port has other credentials, which nobody can know.
        if db {
            drop(Lasting::start(&mut assay(&place, SERVE.into_iter().chain(["--db", "other.sqlite"]))));
            let args = ["serve", "--listen", &listen, "--db", "other.sqlite"];
            drop(Lasting::start(&mut assay(&place, args)));
            assert!(!file.exists());
        }
    }
}
