//! A web server that gives what it is told to, and remembers what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

/// What stands at a path.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    pub(super) body: Vec<u8>,
    /// Given with the body; who comes back with it hears 304.
    pub(super) etag: Option<&'static str>,
    pub(super) last_modified: Option<&'static str>,
    /// Instead of 200.
    pub(super) status: Option<&'static str>,
}

/// The server. Its thread ends with the process.
#[derive(Clone)]
pub(super) struct Website {
    pub(super) url: String,
    pages: Arc<Mutex<BTreeMap<String, Page>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Website {
    pub(super) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let site = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            pages: Arc::default(),
            asked: Arc::default(),
        };
        let serving = site.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream);
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).is_ok_and(|read| read > 0) {}
                let answer = serving.answer(&head);
                reader.get_mut().write_all(&answer).ok();
            }
        });
        site
    }

    pub(super) fn put(&self, path: &str, page: Page) {
        self.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    /// Every request's head since the last time.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    fn answer(&self, head: &str) -> Vec<u8> {
        self.asked.lock().unwrap().push(head.to_ascii_lowercase());
        let path = head.split(' ').nth(1).unwrap_or_default();
        let Some(page) = self.pages.lock().unwrap().get(path).cloned() else {
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec();
        };
        let known = page.etag.is_some_and(|etag| head.to_ascii_lowercase().contains(&format!("if-none-match: {etag}")));
        let status = if known { "304 Not Modified" } else { page.status.unwrap_or("200 OK") };
        let body = if known { Vec::new() } else { page.body };
        let mut answer = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in [("ETag", page.etag), ("Last-Modified", page.last_modified)] {
            if let Some(value) = value {
                answer.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        answer.push_str("\r\n");
        [answer.into_bytes(), body].concat()
    }
}
