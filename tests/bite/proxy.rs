//! A reverse proxy that changes what passes: a defect in front of a good server.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::{Map, Value};

/// A request on its way in.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// An answer on its way out.
#[derive(Debug, Clone)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// The way to the server, and what a defect may know of it.
pub(super) struct Onward {
    client: Client,
    base: String,
    /// Good credentials of the tenant.
    pub(super) authorization: String,
    /// The tenant.
    pub(super) tenant_id: String,
    /// What a defect remembers from one request to the next.
    pub(super) memory: Mutex<Value>,
}

/// What stands between.
pub(super) type Between = fn(Request, &Onward) -> Response;

/// A running proxy; it ends when it is dropped.
pub(super) struct Proxy {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
}

impl Proxy {
    /// In front of the server at `base`.
    pub(super) fn start(base: &str, authorization: &str, tenant_id: &str, between: Between) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&ended);
        let onward = Arc::new(Onward {
            client: Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap(),
            base: base.trim_end_matches('/').to_owned(),
            authorization: authorization.to_owned(),
            tenant_id: tenant_id.to_owned(),
            memory: Mutex::default(),
        });
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let onward = Arc::clone(&onward);
                thread::spawn(move || {
                    // A peer who has gone away is nobody's defect.
                    let _ = stream.and_then(|stream| serve(stream, &onward, between));
                });
            }
        });
        Self { address, ended }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.address.port())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(mut stream: TcpStream, onward: &Onward, between: Between) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(()) };
    let mut request =
        Request { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() };
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body)?;
    let response = between(request, onward);
    write!(
        stream,
        "HTTP/1.1 {} .\r\ncontent-length: {}\r\nconnection: close\r\n",
        response.status,
        response.body.len()
    )?;
    for (name, value) in &response.headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    stream.write_all(b"\r\n")?;
    stream.write_all(&response.body)
}

/// Headers that belong to one connection.
const OF_THE_HOP: [&str; 5] = ["host", "connection", "content-length", "transfer-encoding", "date"];

impl Onward {
    /// What the server says to it.
    pub(super) fn send(&self, request: &Request) -> Response {
        let method: Method = request.method.parse().unwrap();
        let mut sent = self.client.request(method, format!("{}{}", self.base, request.target));
        for (name, value) in request.headers.iter().filter(|(name, _)| !OF_THE_HOP.contains(&name.as_str())) {
            sent = sent.header(name, value);
        }
        let response = sent.body(request.body.clone()).send().unwrap();
        let headers = response.headers().iter();
        let headers = headers.filter(|(name, _)| !OF_THE_HOP.contains(&name.as_str()));
        Response {
            status: response.status().as_u16(),
            headers: headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect(),
            body: response.bytes().unwrap().to_vec(),
        }
    }

    /// What the server tells the tenant itself.
    pub(super) fn get(&self, target: &str) -> Value {
        self.ask("GET", target, None).json()
    }

    /// What the server says to the tenant's own wish.
    pub(super) fn post(&self, target: &str, body: &Value) -> Response {
        self.ask("POST", target, Some(body))
    }

    fn ask(&self, method: &str, target: &str, body: Option<&Value>) -> Response {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        self.send(&Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![header("authorization", &self.authorization), header("content-type", "application/json")],
            body: body.map(Value::to_string).unwrap_or_default().into_bytes(),
        })
    }
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(super) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.target.split('?').next() == Some(path)
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The same with other members.
    pub(super) fn edit(&mut self, edit: impl FnOnce(&mut Map<String, Value>)) {
        let mut body = self.json();
        if let Some(members) = body.as_object_mut() {
            edit(members);
            self.body = body.to_string().into_bytes();
        }
    }
}

impl Response {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The same with another body.
    pub(super) fn with(mut self, status: u16, body: &Value) -> Self {
        self.status = status;
        self.body = body.to_string().into_bytes();
        self
    }

    /// The same with the JSON edited.
    pub(super) fn edited(self, edit: impl FnOnce(&mut Value)) -> Self {
        let mut body = self.json();
        edit(&mut body);
        let status = self.status;
        self.with(status, &body)
    }
}
