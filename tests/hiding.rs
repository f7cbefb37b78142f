//! What is hidden of a case file is nowhere in it: a word in every field there is, and what each part hides.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by failing")]
mod opened;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use opened::snapshot;
use spanscape::app::saving::write_case;
use spanscape::engine::{Engine, EngineOptions};
use spanscape::export::case::{CaseMap, CaseNote, CaseState, NotedOn};
use spanscape::export::redact::Redaction;
use spanscape::graph::Snapshot;
use spanscape::ingest::file::{self, Input};
use spanscape::model::{
    EventRecord, LinkRecord, ResourceRecord, ScopeRecord, SourceId, SpanId, SpanKind, SpanRecord, StatusCode,
    Timestamp, TraceId, Value,
};
use spanscape::store::Lens;

/// Keys that the map, its answers or semantic conventions know.
const KNOWN: [&str; 41] = [
    "peer.service",
    "server.address",
    "http.host",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "url.path",
    "http.request.resend_count",
    "db.system",
    "db.name",
    "db.collection.name",
    "db.operation.name",
    "db.query.text",
    "db.query.summary",
    "db.response.status_code",
    "rpc.system",
    "rpc.service",
    "rpc.method",
    "rpc.status_code",
    "messaging.system",
    "messaging.destination.name",
    "messaging.operation.type",
    "messaging.batch.message_count",
    "error.type",
    "error",
    "status",
    "exception.type",
    "exception.message",
    "exception.escaped",
    "exception.stacktrace",
    "gen_ai.system",
    "faas.invoked_name",
    "aws.s3.bucket",
    "sampler.type",
    "sampler.param",
    "zipkin.shared",
    "server.port",
    "network.peer.address",
    "user.name",
    "cloud.region",
    "code.function",
];

const OF_RESOURCE: [&str; 14] = [
    "service.name",
    "service.namespace",
    "service.version",
    "service.instance.id",
    "deployment.environment",
    "host.name",
    "host.id",
    "k8s.pod.name",
    "cloud.region",
    "cloud.availability_zone",
    "container.image.tags",
    "process.executable.name",
    "telemetry.sdk.name",
    "team",
];

/// A word of its own under every key that is known, and in keys that nobody knows.
fn attributes(secret: &str) -> Vec<(String, Value)> {
    let text = |key: &str| (key.to_owned(), Value::str(format!("{secret}-{key}")));
    let own = [
        (format!("{secret}.text"), Value::str(secret)),
        (format!("{secret}.is"), Value::Bool(true)),
        (format!("{secret}.count"), Value::Int(7)),
        (format!("{secret}.share"), Value::Double(0.5)),
        (format!("{secret}.api.timeout"), Value::Bool(true)),
        (format!("{secret}.list"), Value::Array([Value::str(secret)].into())),
        (format!("{secret}.map"), Value::Map([(secret.into(), Value::str(secret))].into())),
        (format!("{secret}.bytes"), Value::Bytes(secret.as_bytes().into())),
    ];
    let mut all: Vec<(String, Value)> = own.into_iter().chain(KNOWN.map(text)).collect();
    all.push((
        "url.full".to_owned(),
        Value::str(format!("{secret}://{secret}:x@{secret}.example/{secret}?q={secret}")),
    ));
    all
}

/// A span with a word of its own in every field there is that holds text.
fn telling_all(secret: &str) -> SpanRecord {
    let text = |key: &str| (key.to_owned(), Value::str(format!("{secret}-{key}")));
    let all = attributes(secret);
    let resource = ResourceRecord {
        attributes: OF_RESOURCE.map(text).into_iter().chain(all.clone()).collect(),
        schema_url: format!("https://{secret}/1"),
        ..ResourceRecord::default()
    };
    let scope = ScopeRecord {
        name: format!("lib.{secret}"),
        version: format!("1.0-{secret}"),
        attributes: all.clone(),
        ..ScopeRecord::default()
    };
    let event =
        |name: &str| EventRecord { name: name.to_owned(), attributes: all.clone(), ..EventRecord::default() };
    SpanRecord {
        resource: Arc::new(resource),
        scope: Arc::new(scope),
        trace_id: TraceId([3; 16]),
        span_id: SpanId([4; 8]),
        start: Timestamp(1_767_348_000_000_000_000),
        end: Timestamp(1_767_348_001_000_000_000),
        name: format!("GET /{secret}"),
        kind: SpanKind::Client,
        status: StatusCode::Error,
        status_message: format!("{secret} timed out"),
        trace_state: format!("{secret}=1,ot=th:c;{secret}:x"),
        events: vec![event(&format!("{secret} happened")), event("exception")],
        links: vec![LinkRecord {
            trace_id: TraceId([5; 16]),
            span_id: SpanId([6; 8]),
            trace_state: format!("{secret}=2"),
            attributes: all.clone(),
            ..LinkRecord::default()
        }],
        attributes: all,
        ..SpanRecord::default()
    }
}

/// What a case file gives when it is read.
fn read(path: &Path) -> Arc<Snapshot> {
    let engine = Engine::start(EngineOptions::default()).unwrap();
    let arrivals = engine.arrivals().unwrap();
    let input = Input::Path(path.to_path_buf());
    file::read(&input, SourceId(1000), &AtomicBool::new(false), &mut |a| arrivals.send(a).is_ok());
    drop(arrivals);
    engine.finish()
}

/// What a case file unpacks to, as text.
fn unpacked(path: &Path) -> String {
    let bytes = zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_word_in_every_field_there_is_is_nowhere_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.spanscape");
    let secret = "zanzibar";
    let mut other = telling_all(secret);
    (other.span_id, other.parent_id, other.kind) = (SpanId([9; 8]), SpanId([4; 8]), SpanKind::Server);
    other.attributes.retain(|(k, _)| !k.starts_with("messaging") && !k.starts_with("peer"));
    let snapshot = snapshot(&[telling_all(secret), other]);
    let index = snapshot.graph(&Lens::default());
    let ids: Vec<String> = index.graph.nodes().map(|(_, n)| n.id.clone()).collect();
    let note = |on: NotedOn| CaseNote { on, text: format!("{secret} is down") };
    let notes = ids.iter().map(|id| note(NotedOn::Node(id.clone()))).collect();
    let state = CaseState {
        filter: secret.to_owned(),
        positions: ids.iter().map(|id| (id.clone(), (1.0, 2.0))).collect(),
        map: CaseMap { group_by: Some(vec![format!("{secret}.text")]), ..CaseMap::default() },
        notes,
        ..CaseState::default()
    };
    write_case(&path, &snapshot, &Lens::default(), &state, &Redaction::default()).unwrap();
    assert!(unpacked(&path).matches(secret).count() > 200, "it was everywhere");
    let salt = "s".to_owned();
    let rules = Redaction {
        names: true,
        attributes: true,
        statements: true,
        notes: true,
        salt,
        ..Redaction::default()
    };
    write_case(&path, &snapshot, &Lens::default(), &state, &rules).unwrap();
    let left = unpacked(&path);
    let places: Vec<String> = left
        .match_indices(secret)
        .map(|(at, _)| {
            let from = left.floor_char_boundary(at.saturating_sub(60));
            left[from..].chars().take(120).collect()
        })
        .collect();
    assert_eq!(places, Vec::<String>::new());
    assert!(left.contains("timeout") && left.contains("timed out") && left.contains("ot=th:c"));
    let after = read(&path);
    let nodes = after.graph(&Lens::default()).graph.nodes().count();
    assert_eq!(nodes, ids.len(), "the map keeps its shape");
    // Each part hides what is its own.
    let is_left = |rules: &Redaction, texts: &[&str]| {
        write_case(&path, &snapshot, &Lens::default(), &state, rules).unwrap();
        let left = unpacked(&path);
        texts.iter().map(|t| left.contains(*t)).collect::<Vec<_>>()
    };
    let telling = [
        "zanzibar-error.type",
        "zanzibar-exception.type",
        "lib.zanzibar",
        "zanzibar happened",
        "zanzibar.api.timeout",
    ];
    let names = Redaction { names: true, ..Redaction::default() };
    assert_eq!(is_left(&names, &telling), [false; 5]);
    let attributes = Redaction { attributes: true, ..Redaction::default() };
    assert_eq!(is_left(&attributes, &telling), [false, false, true, false, false], "a library is a name");
    assert_eq!(
        is_left(&attributes, &["zanzibar-cloud.region", "zanzibar.count", "zanzibar is down"]),
        [false, false, true]
    );
}
