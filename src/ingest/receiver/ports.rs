//! Listening sockets and what is known about each: address, requests, clients, hints.
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;

use crate::texts::{Sentence, say};

/// Which protocol a port is meant for. Both are taken on either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// OTLP over gRPC, port 4317.
    Grpc,
    /// OTLP over HTTP, port 4318.
    Http,
}

impl Role {
    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grpc => "gRPC",
            Self::Http => "HTTP",
        }
    }
    fn option(self) -> &'static str {
        match self {
            Self::Grpc => "--listen-grpc",
            Self::Http => "--listen-http",
        }
    }
}

/// How a port is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortStatus {
    /// What it is meant for.
    pub role: Role,
    /// Where it was asked to listen; port 0 means any free one.
    pub wanted: SocketAddr,
    /// Where it listens, or a sentence that says why not and what to do.
    pub listening: Result<SocketAddr, Sentence>,
    /// Requests so far, taken or not.
    pub requests: u64,
    /// Requests that were not taken.
    pub refused: u64,
    /// The last client's `User-Agent`.
    pub client: Option<String>,
    /// The last thing that a client does oddly, such as OTLP/HTTP on the gRPC port.
    pub hint: Option<Sentence>,
    /// Why the last refused request was refused.
    pub last_refusal: Option<Sentence>,
}

/// The live side of [`PortStatus`]: written by connections, read by anyone, without a lock.
#[derive(Debug)]
pub(super) struct Port {
    pub role: Role,
    wanted: SocketAddr,
    pub listening: Result<SocketAddr, Sentence>,
    requests: AtomicU64,
    refused: AtomicU64,
    client: ArcSwapOption<String>,
    hint: ArcSwapOption<Sentence>,
    last_refusal: ArcSwapOption<Sentence>,
}

impl Port {
    fn new(role: Role, wanted: SocketAddr, listening: Result<SocketAddr, Sentence>) -> Arc<Self> {
        Arc::new(Self {
            role,
            wanted,
            listening,
            requests: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            client: ArcSwapOption::empty(),
            hint: ArcSwapOption::empty(),
            last_refusal: ArcSwapOption::empty(),
        })
    }
    /// Counts a request.
    pub fn request(&self, user_agent: Option<&str>) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if let Some(agent) = user_agent {
            let agent = &agent[..agent.floor_char_boundary(200)];
            if self.client.load().as_ref().is_none_or(|old| old.as_str() != agent) {
                self.client.store(Some(Arc::new(agent.to_owned())));
            }
        }
    }
    /// Counts a refused request.
    pub fn refused(&self, why: &Sentence) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        set(&self.last_refusal, why);
    }
    /// Remembers what a client does oddly.
    pub fn hint(&self, text: &Sentence) {
        set(&self.hint, text);
    }
    /// The last client's `User-Agent`.
    pub fn client(&self) -> Option<Arc<String>> {
        self.client.load_full()
    }
    /// Whether only this machine can reach it.
    pub fn is_loopback(&self) -> bool {
        self.wanted.ip().is_loopback()
    }
    /// A copy for people.
    pub fn status(&self) -> PortStatus {
        let told = |t: &ArcSwapOption<Sentence>| t.load_full().map(|t| Sentence::clone(&t));
        PortStatus {
            role: self.role,
            wanted: self.wanted,
            listening: self.listening.clone(),
            requests: self.requests.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            client: self.client().map(|c| c.to_string()),
            hint: told(&self.hint),
            last_refusal: told(&self.last_refusal),
        }
    }
}

fn set(slot: &ArcSwapOption<Sentence>, text: &Sentence) {
    if slot.load().as_ref().is_none_or(|old| **old != *text) {
        slot.store(Some(Arc::new(text.clone())));
    }
}

/// Opens all wanted addresses; a port that could not be opened has no listener and says why.
pub(super) fn bind(config: &super::Config) -> Vec<(Arc<Port>, Option<TcpListener>)> {
    let grpc = config.grpc.iter().map(|a| (Role::Grpc, *a));
    let http = config.http.iter().map(|a| (Role::Http, *a));
    let mut ports: Vec<(Arc<Port>, Option<TcpListener>)> = Vec::new();
    for (role, wanted) in grpc.chain(http) {
        // Both protocols are taken on every port, so an address given for both needs to be opened only once.
        if wanted.port() != 0 && ports.iter().any(|(p, l)| p.wanted == wanted && l.is_some()) {
            continue;
        }
        match listen(wanted) {
            Ok((listener, address)) => ports.push((Port::new(role, wanted, Ok(address)), Some(listener))),
            Err(e)
                if is_ipv6_missing(wanted, &e)
                    && ports.iter().any(|(p, l)| p.role == role && l.is_some()) => {}
            Err(e) => ports.push((Port::new(role, wanted, Err(why_not(role, wanted, &e))), None)),
        }
    }
    ports
}

fn listen(wanted: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(wanted)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Many containers have no IPv6; where IPv4 listens that is not worth a word.
fn is_ipv6_missing(wanted: SocketAddr, error: &io::Error) -> bool {
    let has_no_family = matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported)
        || matches!(error.raw_os_error(), Some(97 | 47 | 10047));
    wanted.is_ipv6() && has_no_family
}

fn why_not(role: Role, wanted: SocketAddr, error: &io::Error) -> Sentence {
    let port = wanted.port().to_string();
    let sentence = match error.kind() {
        io::ErrorKind::AddrInUse => say(|t| t.receiving.port_in_use).with("port", port),
        io::ErrorKind::PermissionDenied => say(|t| t.receiving.port_not_permitted).with("port", port),
        io::ErrorKind::AddrNotAvailable => say(|t| t.receiving.not_this_machine),
        _ => say(|t| t.receiving.port_cannot_be_opened).with("port", port).with("error", error.to_string()),
    };
    sentence.with("ip", wanted.ip().to_string()).with("option", role.option())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_cannot_be_opened_says_what_to_do() {
        let wanted = "127.0.0.1:4317".parse().unwrap();
        let say = |role, kind| why_not(role, wanted, &io::Error::from(kind));
        expect_test::expect![[r#"
            port 4317 on 127.0.0.1 is in use by another program (maybe a Collector): stop it or use --listen-grpc
            port 4317 on 127.0.0.1 may not be opened by this user: choose one above 1023 with --listen-http
            127.0.0.1 is not an address of this machine: choose another with --listen-http
        "#]]
        .assert_eq(&format!(
            "{}\n{}\n{}\n",
            say(Role::Grpc, io::ErrorKind::AddrInUse),
            say(Role::Http, io::ErrorKind::PermissionDenied),
            say(Role::Http, io::ErrorKind::AddrNotAvailable),
        ));
    }

    #[test]
    fn a_missing_ipv6_stack_is_known_by_its_error() {
        let (v4, v6) = ("127.0.0.1:1".parse().unwrap(), "[::1]:1".parse().unwrap());
        let missing = io::Error::from_raw_os_error(97);
        assert!(is_ipv6_missing(v6, &missing));
        assert!(!is_ipv6_missing(v4, &missing));
        assert!(!is_ipv6_missing(v6, &io::Error::from(io::ErrorKind::AddrInUse)));
    }
}
