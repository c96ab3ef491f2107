mod jar;
mod sessions;

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use serde_json::json;
use url::Url;

use super::*;
use crate::random::{Random, RandomFailed};

/// A server of closures: what each request gets, in order.
type Answers = Vec<Result<Response, NetworkError>>;

/// The requests that were sent and the answers still to give.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<(Vec<Request>, Answers)>>);

impl Http for Wire {
    fn send(&mut self, request: &Request) -> Result<Response, NetworkError> {
        let mut wire = self.0.lock().unwrap();
        wire.0.push(request.clone());
        assert!(!wire.1.is_empty(), "nothing to answer {} with", request.url);
        wire.1.remove(0)
    }
}

impl Wire {
    fn answers(&self, answers: impl IntoIterator<Item = Response>) {
        self.0.lock().unwrap().1.extend(answers.into_iter().map(Ok));
    }

    fn drops(&self) {
        self.0.lock().unwrap().1.push(Err(NetworkError("reset".to_owned())));
    }

    fn sent(&self) -> Vec<Request> {
        std::mem::take(&mut self.0.lock().unwrap().0)
    }
}

#[derive(Clone)]
struct Manual(Arc<Mutex<u64>>);

impl Clock for Manual {
    fn now(&self) -> u64 {
        *self.0.lock().unwrap()
    }
}

struct Counter(RefCell<u8>);

impl Random for Counter {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        *self.0.borrow_mut() += 1;
        bytes.fill(*self.0.borrow());
        Ok(())
    }
}

fn url(path: &str) -> Url {
    Url::parse("https://example.com").unwrap().join(path).unwrap()
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    Response {
        status,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.as_bytes().to_vec(),
    }
}

const COOKIE: &str = "auth=v1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600";

fn instructions() -> String {
    json!({
        "session_identifier": "sid1",
        "refresh_url": "/refresh",
        "scope": {"include_site": false},
        "credentials": [
            {"type": "cookie", "name": "auth", "attributes": "Path=/; Secure; HttpOnly; SameSite=Lax"},
        ],
    })
    .to_string()
}
