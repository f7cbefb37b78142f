//! Made-up traffic of a shop with any number of services: ten attributes a span, ten spans a trace.
//!
//! One trace is a gateway that calls one service, which calls two others, which ask a database and a cache.
//! One in fifty attribute values occurs once only, as in production telemetry; the others repeat.
#![allow(dead_code, reason = "each benchmark uses its own part")]
use std::ops::Range;
use std::sync::Arc;

use spanscape::export::otlp;
use spanscape::graph::CallWriter;
use spanscape::ingest::{Decoded, otlp_protobuf::TraceDecoder};
use spanscape::model::{
    Delivery, Nanos, ResourceRecord, ScopeRecord, SpanBatch, SpanId, SpanKind, SpanRecord, StatusCode,
    Timestamp, TraceId, Value,
};
use spanscape::store::{Spans, Store};

/// Spans of one trace.
pub const TRACE: usize = 10;
/// Spans of one request, as an SDK's or Collector's batch.
pub const REQUEST: usize = 250;
/// Spans after which the engine publishes: what arrives in a tenth of a second at a million a second.
pub const PUBLISH: usize = 100_000;
/// Traces whose spans are sent together, each service in requests of its own.
const BLOCK: usize = 1_000;
const BEGIN: i64 = 1_773_111_000_000_000_000;

/// Makes the spans of a system with so many services, the same every time.
pub struct Workload {
    resources: Vec<Arc<ResourceRecord>>,
    scope: Arc<ScopeRecord>,
    random: u64,
    traces: i64,
    /// Time from one trace to the next, in ns.
    step: i64,
    /// Traces, by number, during which a tenth of the services is slow and fails.
    pub incident: Range<i64>,
}

/// One hop's numbers, drawn once for caller and callee.
struct Hop {
    route: usize,
    status: i64,
    start: i64,
    length: i64,
}

fn text(key: &str, value: impl Into<Box<str>>) -> (String, Value) {
    (key.to_owned(), Value::Str(value.into()))
}

fn int(key: &str, value: i64) -> (String, Value) {
    (key.to_owned(), Value::Int(value))
}

impl Workload {
    /// `step_ns` is the time from one trace to the next, in nanoseconds.
    pub fn new(services: usize, step_ns: i64) -> Self {
        let resource = |i: usize| {
            let attributes = vec![
                text("service.name", format!("service-{i:03}")),
                text("service.namespace", format!("team-{}", i % 12)),
                text("service.version", format!("1.{}.0", i % 7)),
                text("service.instance.id", format!("service-{i:03}-6d4cf56db6-x{i:03}")),
                text("telemetry.sdk.language", "java"),
                text("host.name", format!("node-{}", i % 20)),
            ];
            Arc::new(ResourceRecord { attributes, ..ResourceRecord::default() })
        };
        let scope = ScopeRecord {
            name: "io.opentelemetry.http".to_owned(),
            version: "2.9.0".to_owned(),
            ..ScopeRecord::default()
        };
        Self {
            resources: (0..services.max(4)).map(resource).collect(),
            scope: Arc::new(scope),
            random: 1,
            traces: 0,
            step: step_ns,
            incident: 0..0,
        }
    }

    fn bits(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.bits() % n as u64) as usize
    }

    fn id(&mut self) -> SpanId {
        SpanId((self.bits() | 1).to_be_bytes())
    }

    /// Requests of at most [`REQUEST`] spans, in the order of their arrival, with about so many spans in all.
    pub fn requests(&mut self, spans: usize) -> Vec<Vec<SpanRecord>> {
        let mut out = Vec::new();
        let mut left = spans / TRACE;
        while left > 0 {
            let traces = left.min(BLOCK);
            left -= traces;
            let mut block: Vec<SpanRecord> = (0..traces).flat_map(|_| self.trace()).collect();
            block.sort_by_key(|s| Arc::as_ptr(&s.resource) as usize);
            out.extend(block.chunks(REQUEST).map(<[SpanRecord]>::to_vec));
        }
        out
    }

    /// The same, encoded as OTLP protobuf.
    pub fn protobuf(&mut self, spans: usize) -> Vec<Vec<u8>> {
        self.requests(spans).iter().map(|r| otlp::protobuf(r)).collect()
    }

    /// The same, encoded as OTLP JSON.
    pub fn json(&mut self, spans: usize) -> Vec<String> {
        self.requests(spans).iter().map(|r| otlp::json_line(r)).collect()
    }

    fn trace(&mut self) -> Vec<SpanRecord> {
        let trace = TraceId(((u128::from(self.bits()) << 64) | u128::from(self.bits())).to_be_bytes());
        let start = BEGIN + self.traces * self.step;
        self.traces += 1;
        let n = self.resources.len();
        // Hubs first: a service calls a few of those after it.
        let first = self.below(n / 4);
        let second = (first * 3 + 1 + self.below(3)) % n;
        let third = (second * 3 + 2 + self.below(3)) % n;
        let fourth = (second * 5 + 3 + self.below(2)) % n;
        let mut out = Vec::with_capacity(TRACE);
        let is_hit = self.incident.contains(&(self.traces - 1)) && second % 10 == 3;
        let root = Self::hit(is_hit, self.hop(start, 100_000_000));
        let s0 = self.server(&mut out, trace, SpanId::default(), first, &root);
        let hop = Self::hit(is_hit, self.hop(start + 1_000_000, 60_000_000));
        let s1 = self.call(&mut out, trace, s0, (first, second), &hop);
        let hop = self.hop(start + 2_000_000, 20_000_000);
        let s2 = self.call(&mut out, trace, s1, (second, third), &hop);
        let hop = self.hop(start + 3_000_000, 9_000_000);
        let inner = self.inner(&mut out, trace, s2, third, &hop);
        self.store(&mut out, trace, inner, third, "postgresql", &hop);
        let hop = self.hop(start + 30_000_000, 20_000_000);
        let s3 = self.call(&mut out, trace, s1, (second, fourth), &hop);
        self.store(&mut out, trace, s3, fourth, "redis", &hop);
        out
    }

    fn hop(&mut self, start: i64, up_to: i64) -> Hop {
        let status = if self.below(100) == 0 { 500 } else { 200 };
        let length = up_to / 2 + self.below(up_to as usize / 2) as i64;
        Hop { route: self.below(12), status, start, length }
    }

    /// In an incident hops take eight times as long, and those of an even route fail.
    fn hit(is_hit: bool, hop: Hop) -> Hop {
        let status = if is_hit && hop.route.is_multiple_of(2) { 500 } else { hop.status };
        Hop { length: if is_hit { hop.length * 8 } else { hop.length }, status, ..hop }
    }

    fn call(
        &mut self,
        out: &mut Vec<SpanRecord>,
        trace: TraceId,
        parent: SpanId,
        (from, to): (usize, usize),
        hop: &Hop,
    ) -> SpanId {
        let mut attributes = self.shared(hop);
        attributes.extend([
            text("server.address", format!("service-{to:03}")),
            int("server.port", 8080),
            text("url.full", format!("http://service-{to:03}:8080/v1/things/{}", hop.route)),
            int("http.request.resend_count", 0),
        ]);
        let name = format!("GET /v1/things/{}", hop.route);
        let client = self.push(out, trace, parent, from, (SpanKind::Client, &name), hop, attributes);
        let inside = Hop { start: hop.start + 400_000, length: hop.length - 800_000, ..*hop };
        self.server(out, trace, client, to, &inside)
    }

    fn server(
        &mut self,
        out: &mut Vec<SpanRecord>,
        trace: TraceId,
        parent: SpanId,
        at: usize,
        hop: &Hop,
    ) -> SpanId {
        let mut attributes = self.shared(hop);
        let agent = self.below(20);
        let client = self.below(200);
        attributes.extend([
            text("http.route", format!("/v1/things/{}", hop.route)),
            text("url.path", format!("/v1/things/{}", hop.route)),
            text("user_agent.original", format!("okhttp/4.{agent}.0 (service mesh; linux; amd64)")),
            text("client.address", format!("10.12.{}.{}", client % 8, client)),
        ]);
        let name = format!("GET /v1/things/{}", hop.route);
        self.push(out, trace, parent, at, (SpanKind::Server, &name), hop, attributes)
    }

    /// Six attributes, one in 8.3 of them unique to the span: with four others 2 % of all values.
    fn shared(&mut self, hop: &Hop) -> Vec<(String, Value)> {
        let thread = self.below(64) as i64;
        vec![
            text("http.request.method", "GET"),
            int("http.response.status_code", hop.status),
            text("url.scheme", "http"),
            text("network.protocol.version", "1.1"),
            int("thread.id", thread),
            self.tenant(),
        ]
    }

    fn tenant(&mut self) -> (String, Value) {
        match self.below(5) {
            0 => text("app.order.id", format!("{:016x}", self.bits())),
            _ => text("app.tenant", format!("tenant-{}", self.below(500))),
        }
    }

    fn inner(
        &mut self,
        out: &mut Vec<SpanRecord>,
        trace: TraceId,
        parent: SpanId,
        at: usize,
        hop: &Hop,
    ) -> SpanId {
        let mut attributes: Vec<_> =
            (0..8).map(|i| text(&format!("code.detail.{i}"), format!("value-{}", hop.route))).collect();
        attributes.extend([int("thread.id", self.below(64) as i64), self.tenant()]);
        self.push(out, trace, parent, at, (SpanKind::Internal, "load things"), hop, attributes)
    }

    fn store(
        &mut self,
        out: &mut Vec<SpanRecord>,
        trace: TraceId,
        parent: SpanId,
        at: usize,
        system: &str,
        hop: &Hop,
    ) {
        let attributes = vec![
            text("db.system.name", system),
            text("db.namespace", format!("things_{at:03}")),
            text("db.operation.name", "SELECT"),
            text("db.collection.name", "things"),
            text(
                "db.query.text",
                format!("SELECT id, name, price FROM things WHERE kind = $1 LIMIT {}", hop.route),
            ),
            text("server.address", format!("{system}-{at:03}.internal")),
            int("server.port", 5432),
            text("network.transport", "tcp"),
            int("thread.id", self.below(64) as i64),
            self.tenant(),
        ];
        let inside = Hop { start: hop.start + 500_000, length: hop.length / 2, ..*hop };
        self.push(out, trace, parent, at, (SpanKind::Client, "SELECT things"), &inside, attributes);
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one span")]
    fn push(
        &mut self,
        out: &mut Vec<SpanRecord>,
        trace_id: TraceId,
        parent_id: SpanId,
        at: usize,
        (kind, name): (SpanKind, &str),
        hop: &Hop,
        attributes: Vec<(String, Value)>,
    ) -> SpanId {
        let span_id = self.id();
        let failed = hop.status >= 500 && kind != SpanKind::Internal;
        out.push(SpanRecord {
            resource: self.resources[at].clone(),
            scope: self.scope.clone(),
            trace_id,
            span_id,
            parent_id,
            start: Timestamp(hop.start),
            end: Timestamp(hop.start) + Nanos(hop.length),
            name: name.to_owned(),
            kind,
            status: if failed { StatusCode::Error } else { StatusCode::Unset },
            flags: 0x101,
            attributes,
            ..SpanRecord::default()
        });
        span_id
    }
}

/// Store and calls as the engine keeps them, without its thread.
#[derive(Default)]
pub struct Desk {
    /// The rows.
    pub store: Store,
    /// The calls.
    pub calls: CallWriter,
    waiting: usize,
}

impl Desk {
    /// Stores a batch, and publishes every [`PUBLISH`] spans.
    pub fn take(&mut self, batch: SpanBatch) {
        self.waiting += batch.spans.len();
        self.store.append(batch);
        if self.waiting >= PUBLISH {
            self.publish();
        }
    }

    /// Assembles what came, as the engine does ten times a second.
    pub fn publish(&mut self) -> Spans {
        self.waiting = 0;
        let spans = self.store.publish();
        let dirty = self.store.take_dirty();
        self.calls.update(&spans, &dirty, self.store.interner());
        self.store.publish()
    }

    /// A system with so many spans, loaded from OTLP protobuf.
    pub fn loaded(spans: usize, services: usize, step_ns: i64) -> Self {
        Self::loaded_from(Workload::new(services, step_ns), spans)
    }

    /// So many spans of a workload, loaded from OTLP protobuf.
    pub fn loaded_from(mut load: Workload, spans: usize) -> Self {
        let mut desk = Self::default();
        let mut intake = Intake::default();
        let mut left = spans;
        while left > 0 {
            let part = left.min(BLOCK * TRACE);
            left -= part;
            for request in load.protobuf(part) {
                desk.take(intake.take(&request).batch);
            }
        }
        desk.publish();
        desk
    }
}

/// Decodes OTLP protobuf requests one by one, as the receiver does.
#[derive(Default)]
pub struct Intake {
    decoder: TraceDecoder,
    decoded: Decoded,
}

impl Intake {
    /// One request.
    pub fn take(&mut self, request: &[u8]) -> Delivery {
        assert!(self.decoder.decode(request, &mut self.decoded).is_ok());
        self.decoder.deliver(&mut self.decoded, request.len() as u64)
    }
}
