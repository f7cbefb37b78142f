//! Attributes as OpenTelemetry's libraries send them, under the current names or those of before 2023.
use super::system::{Exit, Facts, Fault, Operation, Peer, Protocol, Service};
use super::truth::NodeKind;
use crate::model::{EventRecord, SpanKind, Timestamp, Value};

pub(super) type Attributes = Vec<(String, Value)>;

const HTTP_PORT: i64 = 8080;
const GRPC_PORT: i64 = 50051;
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:137.0) Gecko/20100101 Firefox/137.0";

/// Of a SERVER span; a request from outside also names its client.
pub(super) fn server(
    operation: &Operation,
    service: &Service,
    facts: &Facts,
    fault: Option<&Fault>,
    is_root: bool,
) -> Attributes {
    let mut out = Attributes::new();
    match &operation.protocol {
        Protocol::Http { method, route, status } => {
            text(&mut out, "http.request.method", method);
            text(&mut out, "http.route", route);
            text(&mut out, "url.path", &path(route, facts));
            text(&mut out, "url.scheme", if is_root { "https" } else { "http" });
            text(&mut out, "server.address", if is_root { "shop.example.com" } else { &service.name });
            int(&mut out, "http.response.status_code", i64::from(fault.map_or(*status, |f| f.http)));
        }
        Protocol::Grpc { method } => {
            text(&mut out, "rpc.system.name", "grpc");
            text(&mut out, "rpc.method", method);
            text(&mut out, "rpc.response.status_code", fault.map_or("OK", |f| f.grpc));
        }
        Protocol::Message => {}
    }
    if is_root {
        text(&mut out, "client.address", &format!("203.0.113.{}", 1 + facts.user % 250));
        text(&mut out, "user_agent.original", USER_AGENT);
    }
    if let Some(fault) = fault.filter(|f| f.fails_server(&operation.protocol)) {
        text(&mut out, "error.type", error_type(fault));
    }
    out
}

/// Of the CLIENT span of a call to `callee`.
pub(super) fn client(
    operation: &Operation,
    callee: &Service,
    facts: &Facts,
    fault: Option<&Fault>,
) -> Attributes {
    let mut out = Attributes::new();
    match &operation.protocol {
        Protocol::Http { method, route, status } => {
            text(&mut out, "http.request.method", method);
            let path = path(route, facts);
            text(&mut out, "url.full", &format!("http://{}:{HTTP_PORT}{path}", callee.name));
            text(&mut out, "server.address", &callee.name);
            int(&mut out, "server.port", HTTP_PORT);
            http_answer(&mut out, *status, fault);
        }
        Protocol::Grpc { method } => {
            text(&mut out, "rpc.system.name", "grpc");
            text(&mut out, "rpc.method", method);
            text(&mut out, "server.address", &callee.name);
            int(&mut out, "server.port", GRPC_PORT);
            text(&mut out, "rpc.response.status_code", fault.map_or("OK", |f| f.grpc));
            if let Some(fault) = fault {
                text(&mut out, "error.type", fault.grpc);
            }
        }
        Protocol::Message => {}
    }
    out
}

/// Of the CLIENT span of a call that leaves the traced system.
pub(super) fn exit(exit: &Exit, peer: &Peer, facts: &Facts, fault: Option<&Fault>) -> Attributes {
    let mut out = Attributes::new();
    if peer.kind == NodeKind::External {
        text(&mut out, "http.request.method", exit.verb);
        text(&mut out, "url.full", &format!("https://{}{}", peer.host, exit.target));
        text(&mut out, "server.address", &peer.host);
        int(&mut out, "server.port", peer.port);
        http_answer(&mut out, 200, fault);
        return out;
    }
    text(&mut out, "db.system.name", &peer.system);
    if !peer.namespace.is_empty() {
        text(&mut out, "db.namespace", &peer.namespace);
    }
    if !exit.target.is_empty() {
        text(&mut out, "db.collection.name", &exit.target);
    }
    text(&mut out, "db.operation.name", exit.verb);
    if !exit.text.is_empty() {
        text(&mut out, "db.query.text", &statement(&exit.text, facts));
    }
    text(&mut out, "server.address", &peer.host);
    int(&mut out, "server.port", peer.port);
    if let Some(fault) = fault {
        text(&mut out, "error.type", error_type(fault));
    }
    out
}

/// The statement with as many placeholders as the request has items, where it has a list of them.
fn statement(text: &str, facts: &Facts) -> String {
    match text.split_once("{items}") {
        Some((before, after)) => format!("{before}{}{after}", vec!["?"; facts.items as usize].join(", ")),
        None => text.to_owned(),
    }
}

/// Of a PRODUCER or CONSUMER span.
pub(super) fn messaging(queue: &Peer, kind: SpanKind, offset: i64) -> Attributes {
    let mut out = Attributes::new();
    let operation = if kind == SpanKind::Producer { "send" } else { "process" };
    text(&mut out, "messaging.system", &queue.system);
    text(&mut out, "messaging.destination.name", &queue.namespace);
    text(&mut out, "messaging.operation.type", operation);
    text(&mut out, "messaging.operation.name", operation);
    text(&mut out, "messaging.destination.partition.id", if offset % 2 == 0 { "0" } else { "1" });
    int(&mut out, "messaging.kafka.offset", offset);
    out
}

/// The event that SDKs record for an exception.
pub(super) fn exception(fault: &Fault, time: Timestamp) -> EventRecord {
    let mut attributes = Attributes::new();
    text(&mut attributes, "exception.type", fault.exception);
    text(&mut attributes, "exception.message", fault.message);
    if !fault.stacktrace.is_empty() {
        text(&mut attributes, "exception.stacktrace", fault.stacktrace);
    }
    EventRecord { time, name: "exception".to_owned(), attributes, dropped_attributes: 0 }
}

/// The same attributes under the names of before 2023.
pub(super) fn renamed_to_old(attributes: Attributes, kind: SpanKind) -> Attributes {
    let system = attributes.iter().find(|(key, _)| key == "db.system.name").and_then(|(_, v)| v.as_str());
    let is_mongo = system == Some("mongodb");
    attributes.into_iter().flat_map(|(key, value)| old(key, value, kind, is_mongo)).collect()
}

/// What one attribute was then: mostly the same value under another name, sometimes two, sometimes none.
fn old(key: String, value: Value, kind: SpanKind, is_mongo: bool) -> Attributes {
    match (key.as_str(), value.as_str()) {
        ("error.type", _) => Attributes::new(),
        ("rpc.response.status_code", Some(code)) => {
            vec![("rpc.grpc.status_code".to_owned(), Value::Int(grpc_number(code)))]
        }
        ("rpc.method", Some(full)) => {
            let (service, method) = full.split_once('/').unwrap_or(("", full));
            let pair = [("rpc.service", service), ("rpc.method", method)];
            pair.map(|(key, text)| (key.to_owned(), Value::str(text))).to_vec()
        }
        (key, _) => vec![(old_name(key, kind, is_mongo).to_owned(), value)],
    }
}

fn old_name(key: &str, kind: SpanKind, is_mongo: bool) -> &str {
    let is_client = kind == SpanKind::Client;
    match key {
        "http.request.method" => "http.method",
        "http.response.status_code" => "http.status_code",
        "url.full" => "http.url",
        "url.path" => "http.target",
        "url.scheme" => "http.scheme",
        "server.address" if is_client => "net.peer.name",
        "server.port" if is_client => "net.peer.port",
        "server.address" => "net.host.name",
        "server.port" => "net.host.port",
        "db.system.name" => "db.system",
        "db.namespace" => "db.name",
        "db.collection.name" if is_mongo => "db.mongodb.collection",
        "db.collection.name" => "db.sql.table",
        "db.operation.name" => "db.operation",
        "db.query.text" => "db.statement",
        "rpc.system.name" => "rpc.system",
        "deployment.environment.name" => "deployment.environment",
        other => other,
    }
}

fn grpc_number(code: &str) -> i64 {
    match code {
        "OK" => 0,
        "DEADLINE_EXCEEDED" => 4,
        "FAILED_PRECONDITION" => 9,
        "INTERNAL" => 13,
        "UNAVAILABLE" => 14,
        "UNAUTHENTICATED" => 16,
        // UNKNOWN
        _ => 2,
    }
}

/// The route with the id that this request asks for.
fn path(route: &str, facts: &Facts) -> String {
    route.replace("{id}", &(1_000 + facts.order % 60).to_string())
}

fn http_answer(out: &mut Attributes, good: u16, fault: Option<&Fault>) {
    let Some(fault) = fault else {
        int(out, "http.response.status_code", i64::from(good));
        return;
    };
    if fault.timed_out {
        text(out, "error.type", "timeout");
    } else {
        int(out, "http.response.status_code", i64::from(fault.http));
        text(out, "error.type", &fault.http.to_string());
    }
}

fn error_type(fault: &Fault) -> &'static str {
    if fault.timed_out { "timeout" } else { fault.exception }
}

/// Adds a text.
pub(super) fn text(out: &mut Attributes, key: &str, value: &str) {
    out.push((key.to_owned(), Value::str(value)));
}

fn int(out: &mut Attributes, key: &str, value: i64) {
    out.push((key.to_owned(), Value::Int(value)));
}
