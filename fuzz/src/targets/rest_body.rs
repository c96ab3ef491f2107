//! The whole server: its routes, over a socket, with the body, or the query, that the input is. The
//! first byte chooses the route, and whether the request has the administrator's credentials.

use std::cell::RefCell;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use assay_mint::assertion::AssertionForge;
use assay_protocol::digest::sha256;
use assay_relying_party::Profile;
use assay_server::{Clock, Config, Handle, Random, RandomError, spawn};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::good;

const ROUTES: &[(&str, &str)] = &[
    ("POST", "/attestation/options"),
    ("POST", "/attestation/result"),
    ("POST", "/assertion/options"),
    ("POST", "/assertion/result"),
    ("POST", "/v1/registration/options"),
    ("POST", "/v1/registration/verify"),
    ("POST", "/v1/authentication/options"),
    ("POST", "/v1/authentication/verify"),
    ("POST", "/v1/attestation/policy"),
    ("POST", "/v1/attestation/evaluate"),
    ("POST", "/v1/attestation/reevaluate"),
    ("POST", "/v1/tenants"),
    ("POST", "/v1/clients"),
    ("POST", "/v1/api-keys"),
    ("POST", "/v1/metadata"),
    ("POST", "/v1/logout"),
    ("GET", "/v1/audit"),
    ("GET", "/v1/credentials"),
    ("GET", "/v1/attestation/policy"),
];

const ADMIN: u8 = 0x80;

pub(super) fn run(input: &[u8]) {
    let Some((choice, body)) = input.split_first() else { return };
    let route = ROUTES.get(usize::from(choice & !ADMIN) % ROUTES.len());
    let Some((method, path)) = route else { return };
    BENCH.with_borrow_mut(|bench| {
        let bench = match bench {
            Some(bench) if bench.asked < LIFE => bench,
            worn => worn.insert(Bench::new()),
        };
        let answer = bench.ask(method, path, body, choice & ADMIN != 0);
        assert!(answer.status != 500, "{path}: {}", answer.body);
        if !answer.body.is_empty() {
            let value: Value = serde_json::from_str(&answer.body).expect("an answer is JSON");
            let code = value.get("code").and_then(Value::as_str).unwrap_or_default();
            assert!(answer.status < 400 || !code.is_empty(), "{path}: no code in {value}");
        }
        // What is wrong is quoted, perhaps with escapes, in message and detail.
        assert!(answer.body.len() <= 16 * body.len() + 64 * 1024, "{path}: {} bytes", answer.body.len());
    });
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let made = good::forges().swap_remove(1).1.forge().expect("a good one");
    let signed = AssertionForge::new(&made.credential, &good::CHALLENGE).forge().expect("a good one");
    let options = json!({
        "username": "ada", "displayName": "Ada", "attestation": "direct", "extensions": {"credProps": true},
        "authenticatorSelection": {"userVerification": "preferred", "residentKey": "required"},
    });
    let tenant = Bench::new().server.bootstrap.tenant_id.clone();
    let model = "5e570000-0000-4000-8000-000000000001";
    let policy = json!({
        "tenant_id": tenant, "allowed_aaguids": [model], "blocked_aaguids": [], "min_certification_level": "L1",
        "block_software_auth": true, "require_known_aaguids": false, "enforcement_mode": "block", "grace_days": 7,
        "denied_statuses": ["REVOKED"], "functional_counts_as_l1": true,
    });
    let bodies = [
        (0, options),
        (2, json!({"username": "ada", "userVerification": "required"})),
        (4, json!({"username": "bob", "hints": ["security-key"], "requirements": {"formats": ["packed"]}})),
        (6, json!({"username": "bob"})),
        (8, policy),
        (9, json!({"tenant_id": tenant, "user_id": "u", "aaguid": model})),
        (10, json!({})),
        (11, json!({"name": "other"})),
        (12, json!({"tenant_id": tenant, "capabilities": ["policy"]})),
        (13, json!({"tenant_id": tenant, "name": "key", "capabilities": ["policy"]})),
        (14, json!({"blob": "e30.e30.AAAA", "source": "lab"})),
    ];
    let mut seeds: Vec<Vec<u8>> =
        bodies.iter().map(|(route, body)| [&[ADMIN | *route], body.to_string().as_bytes()].concat()).collect();
    for (route, text) in [(16, "event_type=tenant_created&limit=10"), (17, "username=ada&limit=5"), (18, "tenant_id=x")]
    {
        seeds.push([&[ADMIN | route], text.as_bytes()].concat());
    }
    for (route, text) in [(1, &made.text), (3, &signed.text), (5, &made.text), (7, &signed.text)] {
        seeds.push([&[route], text.as_bytes()].concat());
    }
    seeds
}

/// A server is asked so often, and then gives way to a fresh one, so that its memory stays small.
const LIFE: usize = 2_000;

thread_local! {
    static BENCH: RefCell<Option<Bench>> = const { RefCell::new(None) };
}

struct Bench {
    server: Handle,
    line: TcpStream,
    admin: String,
    cookie: String,
    asked: usize,
}

struct Answer {
    status: u16,
    body: String,
}

impl Bench {
    fn new() -> Self {
        let profile = Profile::named("hardened").expect("the profile exists");
        let mut config = Config::new(good::RP_ID, vec![format!("https://{}", good::RP_ID)], profile);
        config.clock = Arc::new(Still);
        config.random = Arc::new(Counted::default());
        config.body_limit = 64 * 1024;
        let server = spawn(config).expect("a server starts");
        let line = connect(&server);
        let client = server.bootstrap.client.clone().expect("a new server has a client");
        let admin = STANDARD.encode(format!("{}:{}", client.client_id, client.client_secret));
        let mut bench = Self { server, line, admin, cookie: String::new(), asked: 0 };
        // A ceremony that waits, so that results find one.
        bench.ask("POST", "/attestation/options", br#"{"username":"eve","displayName":"Eve"}"#, false);
        bench
    }

    fn ask(&mut self, method: &str, path: &str, body: &[u8], admin: bool) -> Answer {
        self.asked += 1;
        let (query, body) = match method {
            "GET" => {
                (body.iter().filter(|byte| byte.is_ascii_graphic()).map(|byte| char::from(*byte)).collect(), &[][..])
            }
            _ => (String::new(), body),
        };
        let path = format!("{path}?{query}");
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        );
        if admin {
            request += &format!("authorization: Basic {}\r\n", self.admin);
        }
        if !self.cookie.is_empty() {
            request += &format!("cookie: {}\r\n", self.cookie);
        }
        request += "\r\n";
        self.line.write_all(request.as_bytes()).expect("the server takes a request");
        self.line.write_all(body).expect("the server takes a body");
        self.answer()
    }

    /// libFuzzer's clock interrupts.
    fn read(&mut self, buffer: &mut [u8]) -> usize {
        loop {
            match self.line.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read.expect("the server answers in time"),
            }
        }
    }

    /// Reads one answer; a server that fell over has closed the line.
    fn answer(&mut self) -> Answer {
        let mut bytes = Vec::new();
        let mut buffer = [0; 8192];
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            let read = self.read(&mut buffer);
            assert!(read > 0, "the server has hung up");
            bytes.extend_from_slice(&buffer[..read]);
        };
        let head = String::from_utf8(bytes[..end].to_vec()).expect("the head is text").to_ascii_lowercase();
        let header =
            |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned));
        let length = header("content-length").map_or(0, |length| length.parse().expect("a length is a number"));
        while bytes.len() < end + length {
            let read = self.read(&mut buffer);
            assert!(read > 0, "the server has hung up");
            bytes.extend_from_slice(&buffer[..read]);
        }
        // Cookies are told apart by case.
        let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
        for line in text.lines().filter(|line| line.to_ascii_lowercase().starts_with("set-cookie: ")) {
            let cookie = line.get(12..).and_then(|cookie| cookie.split(';').next()).unwrap_or_default();
            self.cookie = cookie.to_owned();
        }
        // As after a request that is no HTTP.
        if header("connection").is_some_and(|word| word == "close") {
            self.line = connect(&self.server);
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
        let body = String::from_utf8(bytes[end..].to_vec()).expect("an answer is text");
        Answer { status, body }
    }
}

fn connect(server: &Handle) -> TcpStream {
    let line = TcpStream::connect(server.addr).expect("a server listens");
    line.set_nodelay(true).expect("a socket can be set");
    line.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket can be set");
    line
}

/// The lab's clock, which stands still.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> OffsetDateTime {
        good::now()
    }
}

/// Bytes that differ each time, and are the same in each run.
#[derive(Debug, Default)]
struct Counted(AtomicU64);

impl Random for Counted {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for chunk in bytes.chunks_mut(32) {
            let block = sha256(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.iter_mut().zip(block).for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}
