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

/// Answers, on a thread of its own, for as long as the process lives.
pub(super) fn serve(listener: TcpListener, ports: Arc<Vec<Port>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let router = Router::new().fallback(answer).with_state(ports);
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

async fn answer(State(ports): State<Arc<Vec<Port>>>, request: Request) -> Response {
    if !is_local_program(request.headers()) {
        return told(StatusCode::FORBIDDEN, "browsers and other hosts may not steer keys");
    }
    let Some(order) = Order::parse(request.uri().path()) else {
        return told(StatusCode::NOT_FOUND, "there are /, /usbN/touch/on|off and /usbN/power/on|off");
    };
    // Plugging in and out waits for threads.
    match tokio::task::spawn_blocking(move || obey(order, &ports)).await {
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
        let digits = port.strip_prefix("usb").filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))?;
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

fn obey(order: Order, ports: &[Port]) -> Response {
    let (number, done) = match order {
        Order::List => return list(ports),
        Order::Touch { number, on } => {
            (number, ports.iter().find(|port| port.number == number).map(|port| touch(port, on)))
        }
        Order::Power { number, on } => {
            (number, ports.iter().find(|port| port.number == number).map(|port| power(port, on)))
        }
    };
    match done {
        Some(Ok(())) => told(StatusCode::OK, "ok"),
        Some(Err((status, reason))) => told(status, &reason),
        None => told(StatusCode::NOT_FOUND, &format!("there is no usb{number}")),
    }
}

fn touch(port: &Port, on: bool) -> Result<(), (StatusCode, String)> {
    match &port.hand {
        Hand::Finger(finger) => {
            finger.press(on);
            Ok(())
        }
        Hand::None | Hand::Terminal(_) => {
            Err((StatusCode::CONFLICT, "the keys are not touched from here; --touch http lets them be".to_owned()))
        }
    }
}

fn power(port: &Port, on: bool) -> Result<(), (StatusCode, String)> {
    let done = if on { port.on() } else { port.off() };
    done.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")))
}

fn list(ports: &[Port]) -> Response {
    let word = |on| if on { "on" } else { "off" };
    let list: serde_json::Map<String, Value> = ports
        .iter()
        .map(|port| {
            let touch = match &port.hand {
                Hand::Finger(finger) => Some(word(finger.is_down())),
                Hand::None | Hand::Terminal(_) => None,
            };
            (format!("usb{}", port.number), json!({"key": port.name, "power": word(port.is_on()), "touch": touch}))
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
