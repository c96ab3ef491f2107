//! The simulated browser's way to the target, and what went over it.

use std::sync::{Arc, Mutex, PoisonError};

use assay_client::dbsc::{Http, NetworkError, Request, Response};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::target::http::Http as Way;

/// One exchange as it went over the wire.
pub(super) type Seen = (Request, Result<Response, NetworkError>);

/// What went over the wire and was not asked for yet.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<Seen>>>);

impl Log {
    pub(super) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, seen: Seen) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }
}

/// Somebody between the browser and the server, who changes what the server says: a deliberate
/// defect, which the suite must notice.
pub trait Between: Send + Sync {
    /// The answer that the browser gets in the place of `answer`.
    fn answer(&self, request: &Request, answer: Response) -> Response;
}

/// Blocking HTTP, logged.
pub(super) struct Wire {
    pub(super) way: Way,
    pub(super) log: Log,
    pub(super) between: Option<Arc<dyn Between>>,
}

impl Http for Wire {
    fn send(&mut self, request: &Request) -> Result<Response, NetworkError> {
        let mut answer = self.exchange(request);
        if let Some(between) = &self.between {
            answer = answer.map(|answer| between.answer(request, answer));
        }
        self.log.push((request.clone(), answer.clone()));
        answer
    }
}

impl Wire {
    fn exchange(&self, request: &Request) -> Result<Response, NetworkError> {
        let failed = |error: &dyn std::fmt::Display| NetworkError(error.to_string());
        let method = Method::from_bytes(request.method.as_str().as_bytes()).map_err(|error| failed(&error))?;
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| failed(&error))?;
            headers.append(name, HeaderValue::from_str(value).map_err(|error| failed(&error))?);
        }
        let answer = self
            .way
            .exchange(method, request.url.clone(), headers, request.body.clone())
            .map_err(|error| failed(&error))?;
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Ok(Response {
            status: answer.status,
            headers: answer.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
            body: answer.body,
        })
    }
}
