//! The HTTP API that robots use in place of fingers and hubs: `GET /`, `/usbN/touch/on|off`,
//! `/usbN/power/on|off`. Loopback only, and no browser: a website must not touch a key.

#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::port::Port;
use super::touch::Hand;

/// Binds the API. Any address but a loopback one is refused.
pub(super) fn bind(address: SocketAddr) -> Result<TcpListener> {
    if !address.ip().is_loopback() {
        bail!("--control {address}: whoever reaches it can use the keys, so it listens on loopback only");
    }
    let listener = TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// A key, as far as robots can steer it.
pub trait Steered: Send + Sync + 'static {
    /// Its number, from 1.
    fn number(&self) -> usize;
    /// What people call it.
    fn name(&self) -> &str;
    /// Is it plugged in?
    fn is_on(&self) -> bool;
    /// Plugs it in, or out.
    fn power(&self, on: bool) -> Result<()>;
    /// Is the finger on it? None where it is not touched from here.
    fn is_touched(&self) -> Option<bool>;
    /// Puts the finger on it, or lifts it, where it is touched from here.
    fn touch(&self, on: bool);
}

impl Steered for Port {
    fn number(&self) -> usize {
        self.number
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn is_on(&self) -> bool {
        self.is_on()
    }

    fn power(&self, on: bool) -> Result<()> {
        if on { self.on() } else { self.off() }
    }

    fn is_touched(&self) -> Option<bool> {
        match &self.hand {
            Hand::Finger(finger) => Some(finger.is_down()),
            Hand::None | Hand::Terminal(_) => None,
        }
    }

    fn touch(&self, on: bool) {
        if let Hand::Finger(finger) = &self.hand {
            finger.press(on);
        }
    }
}

/// Answers, on a thread of its own, for as long as the process lives.
pub(super) fn serve(listener: TcpListener, ports: Arc<Vec<Port>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let router = Router::new().fallback(answer::<Port>).with_state(ports);
    thread::Builder::new().name("assay-control".to_owned()).spawn(move || {
        let served = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, router).await
        });
        if let Err(error) = served {
            eprintln!("--control ended: {error}");
        }
    })?;
    Ok(())
}

/// Does what a request asks for.
pub async fn answer<K: Steered>(State(keys): State<Arc<Vec<K>>>, request: Request) -> Response {
    if !is_local_program(request.headers()) {
        return told(StatusCode::FORBIDDEN, "browsers and other hosts may not steer keys");
    }
    let Some(order) = Order::parse(request.uri().path()) else {
        return told(StatusCode::NOT_FOUND, "there are /, /usbN/touch/on|off and /usbN/power/on|off");
    };
    // Plugging in and out waits for threads.
    match tokio::task::spawn_blocking(move || obey(order, &keys)).await {
        Ok(response) => response,
        Err(_panic) => told(StatusCode::INTERNAL_SERVER_ERROR, "failed"),
    }
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    List,
    Touch { number: usize, on: bool },
    Power { number: usize, on: bool },
}

impl Order {
    fn parse(path: &str) -> Option<Self> {
        let words: Vec<&str> = path.split('/').skip(1).collect();
        let (port, what, state) = match words.as_slice() {
            [""] => return Some(Self::List),
            [port, what, state] => (port, *what, *state),
            _ => return None,
        };
        // A number is written in one way.
        let plain = |digits: &&str| !digits.starts_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit());
        let digits = port.strip_prefix("usb").filter(plain)?;
        let (number, on) = (digits.parse().ok()?, on(state)?);
        match what {
            "touch" => Some(Self::Touch { number, on }),
            "power" => Some(Self::Power { number, on }),
            _ => None,
        }
    }
}

fn on(state: &str) -> Option<bool> {
    match state {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn obey<K: Steered>(order: Order, keys: &[K]) -> Response {
    let with = |number| keys.iter().find(|key| key.number() == number);
    let (number, done) = match order {
        Order::List => return list(keys),
        Order::Touch { number, on } => (number, with(number).map(|key| touch(key, on))),
        Order::Power { number, on } => (number, with(number).map(|key| power(key, on))),
    };
    match done {
        Some(Ok(())) => told(StatusCode::OK, "ok"),
        Some(Err((status, reason))) => told(status, &reason),
        None => told(StatusCode::NOT_FOUND, &format!("there is no usb{number}")),
    }
}

fn touch(key: &impl Steered, on: bool) -> Result<(), (StatusCode, String)> {
    if key.is_touched().is_none() {
        return Err((StatusCode::CONFLICT, "the keys are not touched from here; --touch http lets them be".to_owned()));
    }
    key.touch(on);
    Ok(())
}

fn power(key: &impl Steered, on: bool) -> Result<(), (StatusCode, String)> {
    key.power(on).map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")))
}

fn list<K: Steered>(keys: &[K]) -> Response {
    let word = |on| if on { "on" } else { "off" };
    let list: serde_json::Map<String, Value> = keys
        .iter()
        .map(|key| {
            let told = json!({"key": key.name(), "power": word(key.is_on()), "touch": key.is_touched().map(word)});
            (format!("usb{}", key.number()), told)
        })
        .collect();
    axum::Json(Value::Object(list)).into_response()
}

fn told(status: StatusCode, text: &str) -> Response {
    (status, format!("{text}\n")).into_response()
}

/// A program on this machine, by what browsers cannot help saying: the page that asks (`Origin`,
/// `Sec-Fetch-Site`), and the name under which a page has found us (`Host`).
fn is_local_program(headers: &HeaderMap) -> bool {
    let from_a_page = headers.contains_key(ORIGIN)
        || headers.get("sec-fetch-site").is_some_and(|site| site != "none" && site != "same-origin");
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    !from_a_page && host.is_none_or(is_loopback)
}

fn is_loopback(host: &str) -> bool {
    if let Ok(address) = host.parse::<SocketAddr>() {
        return address.ip().is_loopback();
    }
    if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return address.is_loopback();
    }
    host.split_once(':').map_or(host, |(name, _port)| name) == "localhost"
}
