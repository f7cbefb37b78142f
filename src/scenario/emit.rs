//! Turns drafts into span records: who sent them, under which names, by which clock, and when they arrive.
use std::collections::BTreeMap;
use std::sync::Arc;

use super::attributes::{Attributes, renamed_to_old, text};
use super::simulation::Frame;
use super::system::{Instance, Language, Service};
use crate::model::{
    EventRecord, LinkRecord, Nanos, ResourceRecord, ScopeRecord, SpanId, SpanKind, SpanRecord, StatusCode,
    Timestamp, Value,
};

/// SDKs export what has ended every five seconds.
const EXPORT_INTERVAL: i64 = Nanos::from_secs(5).0;
/// W3C "sampled", and OTLP's "remote known".
const FLAGS: u32 = 0x101;
const FLAG_REMOTE: u32 = 0x200;

/// A span before it is known who sends it; times are true, not those of the sender's clock.
pub(super) struct Draft {
    pub id: SpanId,
    pub parent: SpanId,
    pub is_parent_remote: bool,
    pub kind: SpanKind,
    pub name: String,
    pub start: Timestamp,
    pub end: Timestamp,
    pub status: StatusCode,
    pub status_message: &'static str,
    pub attributes: Attributes,
    pub events: Vec<EventRecord>,
    pub links: Vec<LinkRecord>,
}

/// When a span reaches the Collector: its sender's export, the sender, and its true end.
type Place = (i64, usize, usize, Timestamp, u64);

/// Collects the spans of all senders.
pub(super) struct Emitter<'a> {
    services: &'a [Service],
    resources: Vec<Vec<Arc<ResourceRecord>>>,
    scopes: BTreeMap<(Language, bool), Arc<ScopeRecord>>,
    emitted: Vec<(Place, SpanRecord)>,
    trace_state: String,
}

impl<'a> Emitter<'a> {
    /// One trace in `kept_one_in` is kept, and each span says so.
    pub fn new(services: &'a [Service], kept_one_in: u32) -> Self {
        let resources = services
            .iter()
            .map(|service| service.instances.iter().map(|i| Arc::new(resource(service, i))).collect())
            .collect();
        Self {
            services,
            resources,
            scopes: BTreeMap::new(),
            emitted: Vec::new(),
            trace_state: trace_state(kept_one_in),
        }
    }

    /// A span of the frame's service instance.
    pub fn emit(&mut self, frame: &Frame, draft: Draft) {
        let service = &self.services[frame.service.0];
        let skew = service.instances[frame.instance].skew;
        let attributes =
            if service.old_names { renamed_to_old(draft.attributes, draft.kind) } else { draft.attributes };
        let remote = if draft.is_parent_remote { FLAG_REMOTE } else { 0 };
        let events = draft.events.into_iter().map(|e| EventRecord { time: e.time + skew, ..e }).collect();
        let place = self.place(frame, draft.end);
        let record = SpanRecord {
            resource: self.resources[frame.service.0][frame.instance].clone(),
            scope: self.scope(service, draft.kind),
            trace_id: frame.trace,
            span_id: draft.id,
            parent_id: draft.parent,
            start: draft.start + skew,
            end: draft.end + skew,
            name: draft.name,
            kind: draft.kind,
            status: draft.status,
            status_message: draft.status_message.to_owned(),
            flags: FLAGS | remote,
            trace_state: self.trace_state.clone(),
            attributes,
            events,
            links: draft.links,
            ..SpanRecord::default()
        };
        self.emitted.push((place, record));
    }

    /// Each instance exports at its own beat, so that the spans of one trace arrive seconds apart.
    fn place(&self, frame: &Frame, end: Timestamp) -> Place {
        let (service, instance) = (frame.service.0, frame.instance);
        let beat = ((service * 7 + instance * 3) as i64 * 313_000_000) % EXPORT_INTERVAL;
        let export = (end.0 - beat).div_euclid(EXPORT_INTERVAL) * EXPORT_INTERVAL + beat;
        (export, service, instance, end, self.emitted.len() as u64)
    }

    fn scope(&mut self, service: &Service, kind: SpanKind) -> Arc<ScopeRecord> {
        let is_manual = kind == SpanKind::Internal;
        let key = (service.language, is_manual);
        self.scopes.entry(key).or_insert_with(|| Arc::new(scope(service.language, is_manual))).clone()
    }

    /// All spans in the order in which a Collector would receive them.
    pub fn received(mut self) -> Vec<SpanRecord> {
        self.emitted.sort_by_key(|(place, _)| *place);
        self.emitted.into_iter().map(|(_, record)| record).collect()
    }
}

/// OpenTelemetry's rejection threshold: the share of traces that were not kept, as a fraction in hexadecimal.
fn trace_state(kept_one_in: u32) -> String {
    if kept_one_in <= 1 {
        return String::new();
    }
    let whole = 1_u64 << 56;
    let threshold = format!("{:014x}", whole - whole / u64::from(kept_one_in));
    format!("ot=th:{}", threshold.trim_end_matches('0'))
}

fn resource(service: &Service, instance: &Instance) -> ResourceRecord {
    let (language, sdk_version) = match service.language {
        Language::Go => ("go", "1.38.0"),
        Language::Java => ("java", "1.54.1"),
        Language::Node => ("nodejs", "2.1.0"),
        Language::Python => ("python", "1.37.0"),
    };
    let mut attributes = Attributes::new();
    text(&mut attributes, "service.name", &service.name);
    if !service.namespace.is_empty() {
        text(&mut attributes, "service.namespace", &service.namespace);
    }
    text(&mut attributes, "service.version", &instance.version);
    text(&mut attributes, "service.instance.id", &instance.id);
    text(&mut attributes, "deployment.environment.name", "production");
    text(&mut attributes, "host.name", &instance.host);
    text(&mut attributes, "telemetry.sdk.name", "opentelemetry");
    text(&mut attributes, "telemetry.sdk.language", language);
    text(&mut attributes, "telemetry.sdk.version", sdk_version);
    attributes.push(("process.pid".to_owned(), Value::Int(1)));
    if service.old_names {
        attributes = renamed_to_old(attributes, SpanKind::Unspecified);
    }
    ResourceRecord { attributes, ..ResourceRecord::default() }
}

fn scope(language: Language, is_manual: bool) -> ScopeRecord {
    let (name, version) = match (language, is_manual) {
        (Language::Go, true) => ("example.com/shop/internal", ""),
        (Language::Go, false) => ("go.opentelemetry.io/auto", "0.63.0"),
        (Language::Java, true) => ("com.example.shop", ""),
        (Language::Java, false) => ("io.opentelemetry.javaagent", "2.20.1"),
        (Language::Node, true) => ("shop", ""),
        (Language::Node, false) => ("@opentelemetry/auto-instrumentations-node", "0.64.1"),
        (Language::Python, true) => ("shop", ""),
        (Language::Python, false) => ("opentelemetry.instrumentation.auto", "0.58b0"),
    };
    ScopeRecord { name: name.to_owned(), version: version.to_owned(), ..ScopeRecord::default() }
}
