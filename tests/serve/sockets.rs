//! What is no HTTP, or only half of it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use assay_mint::lab::Lab;

use super::serve;
use crate::support::http::Browser;
use crate::support::place::Place;

#[test]
fn noise() {
    let place = Place::new();
    let mut server = serve(&place);
    let address = server.text("address").to_owned();
    let many_headers: String = (0..2000).map(|at| format!("x-{at}: {at}\r\n")).collect();
    let rows: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("noise", (0..=255_u8).cycle().take(4096).map(|byte| byte.wrapping_mul(31)).collect()),
        ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        ("half a line", b"POST /attestation/opt".to_vec()),
        ("half the headers", b"POST /attestation/options HTTP/1.1\r\nhost: lab\r\ncontent-le".to_vec()),
        (
            "half a body",
            b"POST /attestation/options HTTP/1.1\r\nhost: lab\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{".to_vec(),
        ),
        ("no length that is one", b"POST / HTTP/1.1\r\nhost: lab\r\ncontent-length: -1\r\n\r\n".to_vec()),
        (
            "two lengths",
            b"POST / HTTP/1.1\r\nhost: lab\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}".to_vec(),
        ),
        ("a chunk that is none", b"POST / HTTP/1.1\r\nhost: lab\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec()),
        ("no such version", b"GET / HTTP/9.9\r\n\r\n".to_vec()),
        ("a header without end", [b"GET / HTTP/1.1\r\nx: ".to_vec(), vec![b'a'; 1 << 20]].concat()),
        ("headers without end", format!("GET / HTTP/1.1\r\nhost: lab\r\n{many_headers}\r\n").into_bytes()),
        ("zeros in a header", b"GET / HTTP/1.1\r\nhost: lab\r\nx: a\0b\r\n\r\n".to_vec()),
        ("a path of noise", b"GET /%ff%00%zz?%%%=\xff HTTP/1.1\r\nhost: lab\r\n\r\n".to_vec()),
    ];
    for (what, bytes) in rows {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // It may hang up in the middle.
        stream.write_all(&bytes).and_then(|()| stream.shutdown(Shutdown::Write)).ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{what}: {answer}");
        Browser::new(&server).get("/healthz").expect(200);
    }
    Browser::new(&server).register(&Lab::new([4; 32], 1_795_305_600), "ada");
    assert!(server.lives());
}

/// Connections that say nothing keep nobody else out.
#[test]
fn silence() {
    let place = Place::new();
    let server = serve(&place);
    let silent: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(server.text("address")).unwrap()).collect();
    Browser::new(&server).get("/healthz").expect(200);
    drop(silent);
}
