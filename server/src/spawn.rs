//! A running server: its thread, its address, its first client, and the way to stop it.

use std::net::{SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use assay_protocol::webauthn::related_origins;
use serde_json::json;
use tokio::sync::oneshot;

use crate::audit::{Event, EventType};
use crate::config::{Config, Signals};
use crate::daily::daily;
use crate::error::{Error, StartError};
use crate::http;
use crate::metadata;
use crate::state::AppState;
use crate::store::sqlite::Sqlite;
use crate::store::{Capability, Client, Digest, Store as _, Tenant};

/// Starts a server. It is bound and answers when this returns; it runs on a thread of its own,
/// which owns the only runtime.
pub fn spawn(mut config: Config) -> Result<Handle, StartError> {
    let store = Sqlite::open(&config.database).map_err(|error| StartError(error.to_string()))?;
    let listener = bind(config.listen)?;
    let addr = listener.local_addr().map_err(|error| StartError(format!("no local address: {error}")))?;
    judge_related(&config.related_origins)?;
    if config.origins.is_empty() {
        config.origins = vec![format!("https://{}", config.rp_id), format!("http://{}:{}", config.rp_id, addr.port())];
    }
    let signals = config.signals;
    let (state, bootstrap) = prepare(config, store).map_err(|error| StartError(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("assay-server")
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
        .map_err(|error| StartError(format!("no runtime: {error}")))?;
    // On a thread of its own: the caller may have a runtime already, and those do not nest.
    thread::scope(|scope| scope.spawn(|| runtime.block_on(metadata::begin(&state))).join())
        .unwrap_or_else(|_panic| Err(StartError("the metadata could not be loaded".to_owned())))?;
    announce(&state, addr);
    let (stop, stopped) = oneshot::channel();
    let thread = thread::Builder::new()
        .name("assay-server".to_owned())
        .spawn(move || {
            if let Err(error) = runtime.block_on(serve(listener, state, signals, stopped)) {
                tracing::error!(%error, "the server ended");
            }
            runtime.shutdown_timeout(GRACE);
        })
        .map_err(|error| StartError(format!("no thread: {error}")))?;
    Ok(Handle { addr, bootstrap, stop: Some(stop), thread: Some(thread) })
}

/// A running server. Dropping it stops the server.
#[derive(Debug)]
pub struct Handle {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its first tenant and client.
    pub bootstrap: Bootstrap,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The tenant of requests without credentials, and the client that may do everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bootstrap {
    /// The first tenant.
    pub tenant_id: String,
    /// Its first client and the client's secret, when the database was made just now: a secret is shown once.
    pub client: Option<Credentials>,
}

/// Basic credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name of Basic.
    pub client_id: String,
    /// The password of Basic.
    pub client_secret: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl Handle {
    /// `http://` and the address.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops gracefully: takes no more connections, lets requests finish for a while, returns when it is over.
    pub fn stop(mut self) {
        self.shut_down();
    }

    /// Waits until the server ends by itself, as it does on a signal when it was told to.
    pub fn join(mut self) {
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }

    fn shut_down(&mut self) {
        if let Some(stop) = self.stop.take() {
            // A server that has ended already has dropped its end.
            stop.send(()).ok();
        }
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shut_down();
    }
}

/// Related origins are origins as clients write them; what clients will not read of them is said.
fn judge_related(origins: &[String]) -> Result<(), StartError> {
    let document = related_origins::Document { origins: origins.to_vec() };
    if let Some(wrong) = document.origins.iter().find(|origin| !related_origins::is_origin(origin)) {
        return Err(StartError(format!("the related origin {wrong:?} is no origin such as https://example.com")));
    }
    let labels = document.labels().len();
    if labels > related_origins::LABELS {
        tracing::warn!(labels, "clients need not read related origins beyond {} labels", related_origins::LABELS);
    }
    Ok(())
}

fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    let listener =
        TcpListener::bind(address).map_err(|error| StartError(format!("cannot listen on {address}: {error}")))?;
    listener.set_nonblocking(true).map_err(|error| StartError(format!("cannot listen on {address}: {error}")))?;
    Ok(listener)
}

/// Makes the first tenant and client, or finds them.
fn prepare(config: Config, store: Sqlite) -> Result<(AppState, Bootstrap), Error> {
    let decoy_key = store.server_secret("decoy", random(&config)?)?;
    if let Some(tenant) = store.first_tenant()? {
        let state = AppState::new(config, Box::new(store), tenant.tenant_id.clone(), decoy_key);
        return Ok((state, Bootstrap { tenant_id: tenant.tenant_id, client: None }));
    }
    let tenant_id = format!("ten_{}", hex(&random::<16>(&config)?));
    let state = AppState::new(config, Box::new(store), tenant_id.clone(), decoy_key);
    let now = state.now();
    let tenant = Tenant { tenant_id: tenant_id.clone(), name: "default".to_owned(), created_at: now };
    let (client, client_secret) = new_client(&state, &tenant_id, Capability::ALL.to_vec())?;
    let client_id = client.client_id.clone();
    let events =
        vec![Event::new(EventType::TenantCreated, &tenant_id, now).detail("name", "default"), client_created(&client)];
    state.store().add_tenant(tenant, Some(client), events)?;
    Ok((state, Bootstrap { tenant_id, client: Some(Credentials { client_id, client_secret }) }))
}

/// A client with a fresh secret, which is returned beside it and kept nowhere.
pub(crate) fn new_client(
    state: &AppState,
    tenant_id: &str,
    capabilities: Vec<Capability>,
) -> Result<(Client, String), Error> {
    let secret = state.secret()?;
    let client = Client {
        client_id: state.id("cli")?,
        tenant_id: tenant_id.to_owned(),
        secret: Digest::of(&secret),
        capabilities,
        created_at: state.now(),
    };
    Ok((client, secret))
}

/// The audit line of a new client.
pub(crate) fn client_created(client: &Client) -> Event {
    let capabilities: Vec<&str> = client.capabilities.iter().map(|capability| capability.as_str()).collect();
    Event::new(EventType::ClientCreated, &client.tenant_id, client.created_at)
        .detail("client_id", client.client_id.as_str())
        .detail("capabilities", json!(capabilities))
}

fn announce(state: &AppState, addr: SocketAddr) {
    let config = state.config();
    tracing::info!(%addr, rp_id = config.rp_id, profile = config.profile.name, "the server listens");
    for id in &config.without {
        tracing::warn!(check = id, "DELIBERATELY INSECURE: this check is left out");
    }
    let started = Event::new(EventType::ServerStarted, state.default_tenant(), state.now())
        .detail("version", env!("CARGO_PKG_VERSION"))
        .detail("profile", config.profile.name)
        .detail("without", json!(config.without));
    if let Err(error) = state.store().record(vec![started]) {
        tracing::error!(%error, "the audit log takes no lines");
    }
}

async fn serve(
    listener: TcpListener,
    state: AppState,
    signals: Signals,
    stopped: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let (begin, mut begun) = tokio::sync::watch::channel(());
    let stopping = async move {
        tokio::select! {
            _ = stopped => {}
            () = signal(signals) => {}
        }
        drop(begin);
    };
    let every_day = daily(state.clone());
    let serving = axum::serve(listener, http::router(state.clone())).with_graceful_shutdown(stopping);
    let keeping_up = metadata::keep_up(state, signals);
    let out_of_patience = async move {
        while begun.changed().await.is_ok() {}
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = serving => ended,
        () = out_of_patience => Ok(()),
        () = every_day => Ok(()),
        () = keeping_up => Ok(()),
    }
}

/// Ends when the process is asked to stop, if that is the server's concern.
async fn signal(signals: Signals) {
    use tokio::signal::unix::{SignalKind, signal};
    if signals == Signals::Ignored {
        return std::future::pending().await;
    }
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        },
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "signals cannot be heard");
            std::future::pending().await
        }
    }
}

fn random<const N: usize>(config: &Config) -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    config.random.fill(&mut bytes)?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How long requests under way may take when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// How many requests may wait for the store at once.
const BLOCKING_THREADS: usize = 128;
