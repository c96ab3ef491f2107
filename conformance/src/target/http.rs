//! A blocking HTTP session with a cookie jar of its own.

use std::error::Error as _;
use std::sync::Arc;

use reqwest::blocking::Client;
use reqwest::cookie::{CookieStore as _, Jar};
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use reqwest::{Certificate, Method, Url};

use super::{TargetError, TargetFile};

/// A way to one server; sessions share its connections and nothing else.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    base: Url,
    headers: HeaderMap,
    jar: Arc<Jar>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body, as text.
    pub text: String,
    /// The headers.
    pub headers: HeaderMap,
}

/// What came back to a request that was sent as it is.
#[derive(Debug, Clone)]
pub struct Exchanged {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Http {
    /// Prepares the way that `file` describes. Must not be called inside an async runtime.
    pub fn new(file: &TargetFile) -> Result<Self, TargetError> {
        let base = Url::parse(&file.address)
            .map_err(|error| TargetError::Configuration(format!("{}: {error}", file.address)))?;
        let mut client = Client::builder()
            .timeout(file.timeout())
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("assay/", env!("CARGO_PKG_VERSION")));
        if let (Some(place), Some(host)) = (file.connect, base.host_str()) {
            client = client.resolve(host, place);
        }
        if is_loopback(&base) || file.connect.is_some() {
            client = client.no_proxy();
        }
        if let Some(pem) = file.tls_roots_pem().map_err(configuration)? {
            let roots = Certificate::from_pem_bundle(&pem).map_err(configuration)?;
            client = client.tls_certs_merge(roots);
        }
        let mut headers = HeaderMap::new();
        for (name, value) in file.resolved_headers().map_err(configuration)? {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(configuration)?;
            let mut value = HeaderValue::from_str(&value).map_err(configuration)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(Self { client: client.build().map_err(configuration)?, base, headers, jar: Arc::new(Jar::default()) })
    }

    /// Another session: the same way, an empty jar.
    #[must_use]
    pub fn new_session(&self) -> Self {
        Self { jar: Arc::new(Jar::default()), ..self.clone() }
    }

    /// The server's own origin.
    pub fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// Gets `path`.
    pub fn get(&self, path: &str) -> Result<Response, TargetError> {
        self.send(Method::GET, path, &[], None)
    }

    /// Posts JSON, or what pretends to be JSON, to `path`.
    pub fn post(&self, path: &str, body: &str) -> Result<Response, TargetError> {
        self.send(Method::POST, path, &[], Some(("application/json", body)))
    }

    /// Deletes what is at `path`.
    pub fn delete(&self, path: &str) -> Result<Response, TargetError> {
        self.send(Method::DELETE, path, &[], None)
    }

    /// The value of this session's cookie `name` for `path`.
    pub fn cookie(&self, path: &str, name: &str) -> Option<String> {
        let cookies = self.jar.cookies(&cookie_url(&self.url(path).ok()?))?;
        let mut pairs = cookies.to_str().ok()?.split("; ").filter_map(|pair| pair.split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    }

    /// Sends to `path`, with further headers, and a body with its `Content-Type`.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(String, String)],
        body: Option<(&str, &str)>,
    ) -> Result<Response, TargetError> {
        let url = self.url(path)?;
        let cookie_url = cookie_url(&url);
        let mut request =
            self.client.request(method, url).headers(self.headers.clone()).header(ACCEPT, "application/json");
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(configuration)?;
            request = request.header(name, HeaderValue::from_str(value).map_err(configuration)?);
        }
        if let Some((content_type, body)) = body {
            request = request.header(CONTENT_TYPE, content_type).body(body.to_owned());
        }
        if let Some(cookies) = self.jar.cookies(&cookie_url) {
            request = request.header(COOKIE, cookies);
        }
        let response = request.send().map_err(failed)?;
        self.jar.set_cookies(&mut response.headers().get_all(SET_COOKIE).iter(), &cookie_url);
        Ok(Response {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().map_err(failed)?,
        })
    }

    /// Sends a request as it is, without this session's jar: for callers with cookies of their own.
    pub fn exchange(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Exchanged, TargetError> {
        let request = self.client.request(method, url).headers(self.headers.clone()).headers(headers).body(body);
        let response = request.send().map_err(failed)?;
        Ok(Exchanged {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().map_err(failed)?.to_vec(),
        })
    }

    /// Joins `path` to the base, below the base's own path.
    pub fn url(&self, path: &str) -> Result<Url, TargetError> {
        let base = self.base.as_str().trim_end_matches('/');
        let path = path.trim_start_matches('/');
        Url::parse(&format!("{base}/{path}")).map_err(configuration)
    }
}

/// Browsers take Secure cookies from http://localhost; the jar only does so over https.
fn cookie_url(url: &Url) -> Url {
    let mut url = url.clone();
    if is_loopback(&url) {
        // Fails for no http URL; the jar then sees the URL as it is.
        let _ = url.set_scheme("https");
    }
    url
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.ends_with(".localhost") || host.starts_with("127."),
        None => false,
    }
}

fn configuration(error: impl std::fmt::Display) -> TargetError {
    TargetError::Configuration(error.to_string())
}

fn failed(error: reqwest::Error) -> TargetError {
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        why = format!("{why}: {cause}");
        source = cause.source();
    }
    if error.is_connect() { TargetError::Unreachable(why) } else { TargetError::NoAnswer(why) }
}
