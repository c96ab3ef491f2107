//! HTTP by reqwest, for the simulated browser.

use assay_client::dbsc::{Http, Method, NetworkError, Request, Response};

/// One request, one answer; no cookies, no redirects.
#[derive(Debug, Clone)]
pub struct Direct(reqwest::blocking::Client);

impl Direct {
    /// A way to any address. Must not be called inside an async runtime.
    pub fn new() -> Result<Self, NetworkError> {
        let client =
            reqwest::blocking::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
        client.map(Self).map_err(|error| NetworkError(error.to_string()))
    }
}

impl Http for Direct {
    fn send(&mut self, request: &Request) -> Result<Response, NetworkError> {
        let failed = |error: reqwest::Error| NetworkError(error.to_string());
        let mut builder = match request.method {
            Method::Get => self.0.get(request.url.as_str()),
            Method::Post => self.0.post(request.url.as_str()).body(request.body.clone()),
        };
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let response = builder.send().map_err(failed)?;
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        Ok(Response { status: response.status().as_u16(), headers, body: response.bytes().map_err(failed)?.to_vec() })
    }
}
