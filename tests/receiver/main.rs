//! The OTLP receiver against real sockets: a test per row of the conformance checklist.
//!
//! Names start with the row: G (gRPC), H (HTTP), L (limits), S (security).
#![allow(clippy::unwrap_used, clippy::panic)]
mod grpc;
mod http;
mod limits;
mod sender;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crossbeam_channel::Receiver as Arrivals;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use spanscape::ingest::receiver::{Config, Limits, PortStatus, Receiver, Role};
use spanscape::model::{Arrival, Rejects, SourceNote};

/// A receiver on free loopback ports and the channel that an engine would read.
struct Rig {
    receiver: Receiver,
    arrivals: Arrivals<Arrival>,
    grpc: SocketAddr,
    http: SocketAddr,
}

impl Rig {
    fn new() -> Self {
        Self::with(100_000, |_| {})
    }
    /// A channel of `capacity`, of which the three opened sources take one place each.
    fn with(capacity: usize, change: impl FnOnce(&mut Config)) -> Self {
        let any = vec!["127.0.0.1:0".parse().unwrap()];
        let mut config = Config { grpc: any.clone(), http: any, ..Config::default() };
        change(&mut config);
        let (send, arrivals) = crossbeam_channel::bounded(capacity);
        let receiver = Receiver::start(config, send).unwrap();
        let address = |role| receiver.addresses().iter().find(|(r, _)| *r == role).unwrap().1;
        Self { grpc: address(Role::Grpc), http: address(Role::Http), arrivals, receiver }
    }
    /// A receiver that has no room for even one span, and does not wait for it.
    fn full() -> Self {
        Self::with(3, |c| c.limits.hold = Duration::ZERO)
    }
    /// A receiver that takes messages of up to 1 MiB.
    fn small() -> Self {
        Self::with(100_000, |c| c.limits.message_bytes = 1 << 20)
    }
    fn port(&self, role: Role) -> PortStatus {
        self.receiver.status().into_iter().find(|p| p.role == role).unwrap()
    }
    /// Everything that arrived so far: a reply is sent only after its spans were handed over.
    fn arrived(&self) -> Arrived {
        let mut all = Arrived::default();
        for arrival in self.arrivals.try_iter() {
            match arrival {
                Arrival::Spans(source, delivery) => {
                    all.spans += delivery.batch.spans.len();
                    all.measurements += delivery.measurements.points.len();
                    all.rejects.merge(&delivery.rejects);
                    all.bytes += delivery.bytes;
                    all.sources.push(source.0);
                }
                Arrival::Note(_, note) => all.notes.push(note),
                Arrival::Opened(_, _, name) => all.opened.push(name),
                _ => {}
            }
        }
        all
    }
}

#[derive(Debug, Default)]
struct Arrived {
    spans: usize,
    measurements: usize,
    rejects: Rejects,
    bytes: u64,
    sources: Vec<u32>,
    notes: Vec<SourceNote>,
    opened: Vec<String>,
}

/// A request of `good` spans, and `bad` ones without ids.
fn request(good: usize, bad: usize) -> ExportTraceServiceRequest {
    let span = |i: usize| Span {
        trace_id: vec![1; 16],
        span_id: if i < good { (i as u64 + 1).to_be_bytes().to_vec() } else { vec![0; 8] },
        name: "GET /".into(),
        start_time_unix_nano: 1_700_000_000_000_000_000,
        end_time_unix_nano: 1_700_000_000_001_000_000,
        ..Span::default()
    };
    let spans = (0..good + bad).map(span).collect();
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }],
    }
}

fn proto(good: usize, bad: usize) -> Vec<u8> {
    request(good, bad).encode_to_vec()
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut w = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    w.write_all(data).unwrap();
    w.finish().unwrap()
}

/// An HTTP/1.1 reply, as read from the wire.
#[derive(Debug)]
struct Reply {
    status: u16,
    /// Lower-case head, status line first.
    head: String,
    body: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": "))
    }
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends one HTTP/1.1 request of raw lines and bytes, and reads the reply. Adds host, close and length.
fn send(address: SocketAddr, line: &str, headers: &[&str], body: &[u8]) -> Reply {
    let mut head = format!("{line} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|h| h.starts_with("host:")) {
        head += &format!("host: {address}\r\n");
    }
    if !headers.iter().any(|h| h.starts_with("transfer-encoding:")) {
        head += &format!("content-length: {}\r\n", body.len());
    }
    for header in headers {
        head += &format!("{header}\r\n");
    }
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    // A refused body may not be read to its end.
    drop(stream.write_all(body));
    read_reply(&mut stream)
}

/// Reads one reply with its body; a head of `100 Continue` is skipped.
fn read_reply(stream: &mut TcpStream) -> Reply {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "the connection ended early: {bytes:?}");
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap().to_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut reply = Reply { status, head, body: Vec::new() };
    let length = reply.header("content-length").map_or(0, |l| l.parse().unwrap());
    reply.body.resize(length, 0);
    stream.read_exact(&mut reply.body).unwrap();
    reply
}

const PROTOBUF: &str = "content-type: application/x-protobuf";
const JSON: &str = "content-type: application/json";

/// Posts protobuf traces.
fn post(address: SocketAddr, headers: &[&str], body: &[u8]) -> Reply {
    let headers: Vec<&str> = headers.iter().copied().chain([PROTOBUF]).collect();
    send(address, "POST /v1/traces", &headers, body)
}

/// A body of `chunked` transfer encoding.
fn chunked(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in body.chunks(60_000) {
        out.extend(format!("{:x}\r\n", chunk.len()).bytes());
        out.extend_from_slice(chunk);
        out.extend(b"\r\n");
    }
    out.extend(b"0\r\n\r\n");
    out
}

fn limits(change: impl FnOnce(&mut Limits)) -> impl FnOnce(&mut Config) {
    |config| change(&mut config.limits)
}
