//! Receives OTLP over gRPC and HTTP, both on every port, and hands spans to the engine.
//!
//! It owns its threads. A full engine first slows clients down, and refuses only after some seconds.
mod access;
mod body;
mod connection;
mod grpc_api;
mod http_api;
mod inflate;
mod intake;
mod ports;
mod refusal;
mod wire;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use crossbeam_channel::Sender;
use tokio::sync::watch;

use crate::model::{Arrival, SourceId, SourceKind};
use crate::texts::{Sentence, say};
use access::Access;
use intake::Intake;
use ports::Port;
pub use ports::{PortStatus, Role};

/// Where to listen and whom to listen to.
#[derive(Clone, Debug)]
pub struct Config {
    /// Addresses meant for OTLP over gRPC; port 0 is any free one.
    pub grpc: Vec<SocketAddr>,
    /// Addresses meant for OTLP over HTTP; port 0 is any free one.
    pub http: Vec<SocketAddr>,
    /// Pages that may send: an origin, an origin with `:*` for any port, or `*`. Local pages by default.
    pub allow_origins: Vec<String>,
    /// Headers that pages may send besides those that exporters are known to send.
    pub allow_headers: Vec<String>,
    /// Host names that clients may use for a loopback address besides `localhost` and its like.
    pub allow_hosts: Vec<String>,
    /// Id of the gRPC source; the next two are HTTP with protobuf and HTTP with JSON.
    pub first_source: u32,
    /// Bounds on size and time.
    pub limits: Limits,
}

impl Default for Config {
    /// Loopback only, over IPv4 and IPv6: clients say `localhost`, which may be either.
    fn default() -> Self {
        let both = |port| vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()];
        Self {
            grpc: both(4317),
            http: both(4318),
            allow_origins: access::LOCAL_ORIGINS.map(str::to_owned).to_vec(),
            allow_headers: Vec::new(),
            allow_hosts: Vec::new(),
            first_source: 0,
            limits: Limits::default(),
        }
    }
}

/// Bounds that keep a hostile or broken client from harming the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one message, both on the wire and inflated.
    pub message_bytes: usize,
    /// Bytes of all messages being read and decoded at a time.
    pub in_flight_bytes: usize,
    /// How long a reply is held back for want of room, before the request is refused.
    pub hold: Duration,
    /// How long a request's head may take.
    pub header: Duration,
    /// How long a request's body may take.
    pub body: Duration,
    /// How long a connection may be idle.
    pub idle: Duration,
    /// Connections at a time; more wait.
    pub connections: usize,
    /// Requests at a time on one HTTP/2 connection.
    pub streams: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: super::limits::MESSAGE_BYTES,
            in_flight_bytes: 256 * 1024 * 1024,
            hold: Duration::from_secs(5),
            header: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            connections: 512,
            streams: 32,
        }
    }
}

/// Not one port could be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", problems.iter().map(Sentence::to_string).collect::<Vec<_>>().join("; "))]
pub struct BindError {
    /// A sentence per port that says why not and what to do.
    pub problems: Vec<Sentence>,
}

/// A running receiver; stops when dropped, after it has answered the requests that it is reading.
#[derive(Debug)]
pub struct Receiver {
    ports: Vec<Arc<Port>>,
    stop: watch::Sender<bool>,
    finished: mpsc::Receiver<()>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Receiver {
    /// Listens on all addresses that can be opened; fails only if there is none.
    ///
    /// Each protocol's source is opened first. Why a port is missing is in [`Self::status`].
    pub fn start(config: Config, arrivals: Sender<Arrival>) -> Result<Self, BindError> {
        let bound = ports::bind(&config);
        let ports: Vec<Arc<Port>> = bound.iter().map(|(p, _)| p.clone()).collect();
        if bound.iter().all(|(_, listener)| listener.is_none()) {
            let problems: Vec<Sentence> = ports.iter().filter_map(|p| p.listening.clone().err()).collect();
            let none = || vec![say(|t| t.receiving.no_address)];
            return Err(BindError { problems: if problems.is_empty() { none() } else { problems } });
        }
        let runtime = runtime().map_err(|e| {
            let cannot = say(|t| t.receiving.threads_cannot_start).with("error", e.to_string());
            BindError { problems: vec![cannot] }
        })?;
        let (stop, stopping) = watch::channel(false);
        let (finish, finished) = mpsc::channel();
        let intake = Arc::new(Intake::new(config, arrivals, stopping));
        runtime.spawn(run(intake, bound, finish));
        Ok(Self { ports, stop, finished, runtime: Some(runtime) })
    }

    /// Where it listens, gRPC ports first.
    pub fn addresses(&self) -> Vec<(Role, SocketAddr)> {
        self.ports.iter().filter_map(|p| Some((p.role, *p.listening.as_ref().ok()?))).collect()
    }

    /// How each wanted port is doing; an IPv6 port on a machine without IPv6 is left out.
    pub fn status(&self) -> Vec<PortStatus> {
        self.ports.iter().map(|p| p.status()).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        // The sender is dropped when all connections have ended; a stuck one must not hold up the program.
        let _ = self.finished.recv_timeout(Duration::from_secs(3));
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(cores.clamp(2, 8))
        .thread_name("otlp-receiver")
        .enable_all()
        .build()
}

/// Serves all ports until told to stop; then closes the sources.
async fn run(
    intake: Arc<Intake>,
    bound: Vec<(Arc<Port>, Option<std::net::TcpListener>)>,
    finish: mpsc::Sender<()>,
) {
    const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);
    let kinds = [SourceKind::Grpc, SourceKind::HttpProtobuf, SourceKind::HttpJson];
    for kind in kinds {
        let opened = Arrival::Opened(source_of(&intake, kind), kind, name(kind, &bound));
        if intake.deliver(opened, FOREVER).await.is_err() {
            return;
        }
    }
    let mut listeners = tokio::task::JoinSet::new();
    for (port, listener) in bound {
        // `from_std` fails only outside of a runtime.
        if let Some(Ok(listener)) = listener.map(tokio::net::TcpListener::from_std) {
            listeners.spawn(connection::accept(intake.clone(), port, listener));
        }
    }
    while listeners.join_next().await.is_some() {}
    for kind in kinds {
        let closed = Arrival::Closed(source_of(&intake, kind), Ok(()));
        if intake.deliver(closed, Duration::ZERO).await.is_err() {
            break;
        }
    }
    drop(finish);
}

/// The id of a protocol's source.
fn source_of(intake: &Intake, kind: SourceKind) -> SourceId {
    let offset = match kind {
        SourceKind::HttpProtobuf => 1,
        SourceKind::HttpJson => 2,
        _ => 0,
    };
    SourceId(intake.first_source + offset)
}

/// A source's name for people: its protocol and the first address that is meant for it.
fn name(kind: SourceKind, bound: &[(Arc<Port>, Option<std::net::TcpListener>)]) -> String {
    let (role, protocol) = match kind {
        SourceKind::HttpProtobuf => (Role::Http, "OTLP/HTTP protobuf"),
        SourceKind::HttpJson => (Role::Http, "OTLP/HTTP JSON"),
        _ => (Role::Grpc, "OTLP/gRPC"),
    };
    let open = || bound.iter().filter_map(|(p, _)| Some((p.role, p.listening.as_ref().ok()?)));
    let address = open().find(|(r, _)| *r == role).or_else(|| open().next());
    address.map_or_else(|| protocol.to_owned(), |(_, address)| format!("{protocol} {address}"))
}
