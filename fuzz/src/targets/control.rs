//! The HTTP API that robots steer served keys by: nothing moves a key but its exact path, from a program on this machine.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Result, bail};
use assay::commands::key::control::{Steered, answer};
use axum::body::Body;
use axum::extract::{Request, State};
use tokio::runtime::{Builder, Runtime};

/// A key that tells what was done to it.
struct Key {
    number: usize,
    touched: Option<bool>,
    done: Arc<Mutex<Vec<String>>>,
}

impl Key {
    fn note(&self, what: &str, on: bool) {
        let path = format!("/usb{}/{what}/{}", self.number, if on { "on" } else { "off" });
        self.done.lock().unwrap_or_else(PoisonError::into_inner).push(path);
    }
}

impl Steered for Key {
    fn number(&self) -> usize {
        self.number
    }

    fn name(&self) -> &str {
        "sim"
    }

    fn is_on(&self) -> bool {
        true
    }

    fn power(&self, on: bool) -> Result<()> {
        self.note("power", on);
        if self.number == 2 {
            bail!("it has crashed");
        }
        Ok(())
    }

    fn is_touched(&self) -> Option<bool> {
        self.touched
    }

    fn touch(&self, on: bool) {
        self.note("touch", on);
    }
}

/// What moves something, and the status that tells of it; the second key is not touched from here, and has crashed.
const MOVES: [(&str, u16); 6] = [
    ("/usb1/touch/on", 200),
    ("/usb1/touch/off", 200),
    ("/usb1/power/on", 200),
    ("/usb1/power/off", 200),
    ("/usb2/power/on", 500),
    ("/usb2/power/off", 500),
];

/// Headers by which a request is from a website, or may be.
const OF_BROWSERS: [&str; 3] = ["origin", "sec-fetch-site", "host"];

/// The input is a request: a line of method and URI, lines of headers, an empty one, the body.
pub(super) fn run(input: &[u8]) {
    let Some(request) = request(input) else { return };
    let path = request.uri().path().to_owned();
    let has = |name: &str| request.headers().contains_key(name);
    let (from_a_page, from_anybody) = (has("origin"), OF_BROWSERS.iter().any(|name| has(name)));
    let done: Arc<Mutex<Vec<String>>> = Arc::default();
    let key = |number, touched| Key { number, touched, done: Arc::clone(&done) };
    let keys = Arc::new(vec![key(1, Some(false)), key(2, None)]);
    let response = runtime().block_on(answer(State(keys), request));
    let status = response.status().as_u16();
    let done = done.lock().unwrap_or_else(PoisonError::into_inner);
    let moves = MOVES.iter().find(|(own, _)| *own == path);
    match (moves, done.as_slice()) {
        (Some((own, told)), [one]) => {
            assert!(own == one && *told == status && !from_a_page, "{path}: {one} was done, and {status} told");
        }
        (Some(_), []) => assert!(from_anybody && status == 403, "{path}: nothing was done, and {status} told"),
        (None, []) => {
            let expected: &[u16] = if path == "/" { &[200, 403] } else { &[403, 404, 409] };
            assert!(expected.contains(&status), "{path}: {status}");
        }
        (_, done) => panic!("{path}: {done:?}"),
    }
}

/// The request, if HTTP has one such.
fn request(input: &[u8]) -> Option<Request> {
    let end = input.windows(2).position(|window| window == b"\n\n").unwrap_or(input.len());
    let (head, body) = input.split_at(end);
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next()?;
    let (method, uri) = first.split_at(first.iter().position(|byte| *byte == b' ')?);
    let mut request = Request::builder().method(method).uri(uri.get(1..)?);
    for line in lines {
        let (name, value) = line.split_at(line.iter().position(|byte| *byte == b':')?);
        request = request.header(name, value.get(1..)?.trim_ascii());
    }
    request.body(Body::from(body.to_vec())).ok()
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_current_thread().build().expect("a runtime"))
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let plain = ["/", "/usb1/touch/off", "/usb2/touch/on", "/usb2/power/off", "/usb3/power/on", "/usb1/touch/on/"];
    let plain = plain.iter().chain(MOVES.iter().map(|(path, _)| path)).map(|path| format!("GET {path}"));
    let others = [
        "POST http://localhost:8000/usb1/touch/on?x#y\nhost: localhost:8000\n\nabc",
        "GET /usb1/touch/on\norigin: https://evil.example",
        "GET /usb1/touch/on\nhost: evil.example:8000\nsec-fetch-site: none",
        "GET /usb1/touch/on\nhost: [::1]:8000\nsec-fetch-site: cross-site",
        "GET /usb%31/touch/on",
        "GET /usb01/power/on",
    ];
    plain.chain(others.map(str::to_owned)).map(String::into_bytes).collect()
}
