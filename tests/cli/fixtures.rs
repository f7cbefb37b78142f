//! Small inputs made on the spot: a shop in OTLP JSON, and the pieces of OTLP protobuf.
use serde_json::{Value, json};

/// When the first span starts, in nanoseconds.
pub(crate) const START: u64 = 1_770_000_000_000_000_000;
const MILLISECOND: u64 = 1_000_000;

/// A span of OTLP JSON; ids are numbers, 0 is no parent; times are milliseconds after [`START`].
pub(crate) fn span(trace: u64, id: u64, parent: u64, kind: u8, name: &str, from: u64, to: u64) -> Value {
    let parent = if parent == 0 { String::new() } else { format!("{parent:016x}") };
    json!({
        "traceId": format!("{trace:032x}"), "spanId": format!("{id:016x}"), "parentSpanId": parent,
        "kind": kind, "name": name,
        "startTimeUnixNano": (START + from * MILLISECOND).to_string(),
        "endTimeUnixNano": (START + to * MILLISECOND).to_string(),
    })
}

/// A request of one service; one line of OTLP JSON Lines.
pub(crate) fn line(service: &str, spans: &[Value]) -> String {
    let name = json!([
        {"key": "service.name", "value": {"stringValue": service}},
        {"key": "service.version", "value": {"stringValue": "1.2.3"}},
    ]);
    json!({"resourceSpans": [{"resource": {"attributes": name}, "scopeSpans": [{"spans": spans}]}]})
        .to_string()
        + "\n"
}

/// One request a second for this many seconds: gateway calls cart, cart asks its database; the last one fails.
pub(crate) fn shop(seconds: u64) -> String {
    let mut text = String::new();
    for i in 0..seconds {
        let (trace, id, at) = (i + 1, (i + 1) * 10, i * 1_000);
        let mut call = span(trace, id + 1, id, 3, "GET /cart", at + 10, at + 90);
        call["attributes"] = json!([{"key": "http.request.method", "value": {"stringValue": "GET"}}]);
        let mut serve = span(trace, id + 2, id + 1, 2, "GET /cart", at + 20, at + 80);
        let mut query = span(trace, id + 3, id + 2, 3, "SELECT items", at + 30, at + 70);
        query["attributes"] = json!([
            {"key": "db.system.name", "value": {"stringValue": "postgresql"}},
            {"key": "db.namespace", "value": {"stringValue": "carts"}},
            {"key": "server.address", "value": {"stringValue": "carts-db"}},
            {"key": "db.rows", "value": {"intValue": i.to_string()}},
        ]);
        if i + 1 == seconds {
            let failed = json!({"code": 2, "message": "out of stock"});
            [&mut call, &mut serve].into_iter().for_each(|s| s["status"] = failed.clone());
        }
        let root = span(trace, id, 0, 2, "GET /", at, at + 100);
        text += &line("gateway", &[root, call]);
        text += &line("cart", &[serve, query]);
    }
    text
}

/// What the cart measures of itself every 10 s while [`shop`] goes on: CPU, memory, a pool by name, and how long
/// requests wait for it; a line of OTLP JSON for each time.
pub(crate) fn measured(seconds: u64) -> Vec<String> {
    (0..seconds / 10).map(|i| measured_at(START + i * 10_000 * MILLISECOND, i)).collect()
}

fn measured_at(nanos: u64, i: u64) -> String {
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let gauge = |name: &str, value: f64, attributes: &[Value]| {
        let point = json!({"timeUnixNano": nanos.to_string(), "asDouble": value, "attributes": attributes});
        json!({"name": name, "gauge": {"dataPoints": [point]}})
    };
    let pool = text("db.client.connection.pool.name", "secret-carts-db");
    let state = text("db.client.connection.state", "used");
    let wait = json!({
        "startTimeUnixNano": START.to_string(), "timeUnixNano": nanos.to_string(),
        "count": (i * 100).to_string(), "sum": i as f64 * 0.7, "attributes": [pool],
    });
    let histogram = json!({"dataPoints": [wait], "aggregationTemporality": 2});
    let metrics = [
        gauge("process.cpu.utilization", 0.31 + i as f64 / 70.0, &[]),
        gauge("process.memory.usage", 1e9 + i as f64, &[]),
        gauge("container.memory.limit", 3e9, &[]),
        gauge("db.client.connection.count", 3.0 + (i % 3) as f64 / 3.0, &[pool.clone(), state]),
        gauge("db.client.connection.max", 7.0, std::slice::from_ref(&pool)),
        json!({"name": "db.client.connection.wait_time", "histogram": histogram}),
        gauge("orders_total", 1.0, &[]),
    ];
    let sender = json!({"attributes": [text("service.name", "cart"), text("host.name", "box-7")]});
    let nobody = json!({"attributes": [text("service.name", "somebody-else")]});
    let other = [gauge("process.cpu.utilization", 0.9, &[])];
    json!({"resourceMetrics": [
        {"resource": sender, "scopeMetrics": [{"metrics": metrics}]},
        {"resource": nobody, "scopeMetrics": [{"metrics": other}]},
    ]})
    .to_string()
}

/// A single good line.
pub(crate) fn good() -> String {
    line("cart", &[span(900, 1, 0, 2, "GET /cart", 0, 5)])
}

/// A field of protobuf with these bytes: the tag (field number × 8 + 2), the length, the bytes.
pub(crate) fn field(tag: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    out.extend(varint(bytes.len() as u64));
    out.extend_from_slice(bytes);
    out
}

fn varint(mut n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

/// `ResourceSpans` as the only field of a request: a service with spans, each given as its bytes.
pub(crate) fn request(service: &[u8], spans: &[Vec<u8>]) -> Vec<u8> {
    let name = [field(0x0a, b"service.name"), field(0x12, &field(0x0a, service))].concat();
    let spans: Vec<u8> = spans.iter().flat_map(|s| field(0x12, s)).collect();
    field(0x0a, &[field(0x0a, &field(0x0a, &name)), field(0x12, &spans)].concat())
}

/// A server span of 5 ms as protobuf.
pub(crate) fn span_bytes(trace_id: &[u8], span_id: &[u8], name: &[u8]) -> Vec<u8> {
    let time = |tag: u8, nanos: u64| [vec![tag], nanos.to_le_bytes().to_vec()].concat();
    [
        field(0x0a, trace_id),
        field(0x12, span_id),
        field(0x2a, name),
        vec![0x30, 2],
        time(0x39, START),
        time(0x41, START + 5 * MILLISECOND),
    ]
    .concat()
}

/// An `AnyValue` of this many lists within each other.
pub(crate) fn nested(levels: usize) -> Vec<u8> {
    // Built from its end, since each length stands before what it counts.
    let mut reversed = vec![1, 0x18];
    for _ in 0..levels {
        for tag in [0x0a, 0x2a] {
            let length = varint(reversed.len() as u64);
            reversed.extend(length.iter().rev());
            reversed.push(tag);
        }
    }
    reversed.reverse();
    reversed
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}
