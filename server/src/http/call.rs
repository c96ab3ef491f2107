//! A request as a handler sees it, and what it gives back.

use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use serde_json::Value;

use super::json::Object;
use crate::error::Error;
use crate::state::AppState;

/// A request whose body has been read.
pub(crate) struct Call {
    pub(crate) state: AppState,
    pub(crate) headers: HeaderMap,
    pub(crate) uri: Uri,
    pub(crate) body: Bytes,
}

impl Call {
    /// The body, which must be one strict JSON object.
    pub(crate) fn json(&self) -> Result<Object, Error> {
        Object::parse(self.json_bytes()?)
    }

    /// The body, which must say that it is JSON.
    pub(crate) fn json_bytes(&self) -> Result<&[u8], Error> {
        let media_type = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        // Asked for, so that no form and no other site's script can post here without a preflight.
        let essence = media_type.and_then(|text| text.split(';').next()).map(str::trim);
        if !essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
            return Err(Error::MediaType { found: media_type.map(str::to_owned) });
        }
        Ok(&self.body)
    }

    /// The query's parameters: only these names, none twice.
    pub(crate) fn query(&self, known: &[&str]) -> Result<Parameters, Error> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&self.uri)
            .map_err(|error| Error::InvalidRequest(format!("the query: {error}")))?;
        for (at, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(Error::InvalidRequest(format!("unknown query parameter {name:?}")));
            }
            if pairs.iter().skip(at + 1).any(|(other, _)| other == name) {
                return Err(Error::InvalidRequest(format!("the query parameter {name} stands twice")));
            }
        }
        Ok(Parameters(pairs))
    }
}

/// The parameters of a query.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// One parameter's value.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// One parameter's value as a number.
    pub(crate) fn number<N: std::str::FromStr>(&self, name: &str) -> Result<Option<N>, Error> {
        let not_a_number = |text: &str| {
            Error::InvalidRequest(format!("the query parameter {name} is {text:?}, not a number that it takes"))
        };
        self.text(name).map(|text| text.parse().map_err(|_error| not_a_number(text))).transpose()
    }
}

/// What a handler gives back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Option<Value>,
}

impl Reply {
    /// 200 with a body.
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), body: Some(body) }
    }

    /// 201 with a body.
    pub(crate) fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(body) }
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: None }
    }

    /// With these headers too.
    #[must_use]
    pub(crate) fn with(mut self, headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>) -> Self {
        self.headers.extend(headers);
        self
    }
}
