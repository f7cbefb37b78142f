//! What one span says, normalised: its part in the traffic, how it ended, how many requests it stands for.
use super::Outcome;
use super::red::WEIGHT_STEPS;
use crate::model::semconv::{self, Field};
use crate::model::{SpanKind, StatusCode, Value};
use crate::store::{Fields, SpanRef};

/// The part a span plays in the traffic between services, whatever its kind says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Serves a request.
    Entry,
    /// Sends a request and waits.
    Exit,
    /// Neither.
    #[default]
    Local,
    /// Publishes a message.
    Publish,
    /// Handles a message.
    Consume,
    /// Fetches messages, without handling them.
    Receive,
}

/// How the call travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// Nobody said.
    #[default]
    Unknown,
    /// HTTP.
    Http,
    /// Remote procedure call.
    Rpc,
    /// Database or cache.
    Database,
    /// Messaging.
    Messaging,
}

/// The facts of one span that assembly needs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    /// Its part.
    pub part: Part,
    /// How it travels.
    pub protocol: Protocol,
    /// How it ended; a timeout is told by `is_timeout` and, for failures, by the outcome too.
    pub outcome: Outcome,
    /// Whether the caller ran out of time, by what the span itself says.
    pub is_timeout: bool,
    /// Requests that it stands for.
    pub weight: f32,
    /// Whether it says whom it calls.
    pub has_peer: bool,
    /// Whether it has database, messaging, cloud or AI semantics: then it stands for the calls below it.
    pub is_logical: bool,
    /// Whether it is marked as a repetition of an earlier request.
    pub is_resend: bool,
    /// Whether it creates messages that another span sends.
    pub is_create: bool,
}

/// Highest weight that is believed.
const MOST: f32 = (1u64 << 40) as f32;

/// The facts of a span with these fields; `Part` still lacks what only the tree tells.
pub fn facts(span: SpanRef<'_>, fields: &Fields<'_>) -> Facts {
    let protocol = protocol(fields);
    let operation = fields.text(Field::MessagingOperation).unwrap_or("");
    let is_failure = is_failure(span, fields, protocol);
    let is_timeout = is_exit_kind(span.kind()) && is_timeout(span, fields, is_failure);
    let outcome = match (is_failure, is_timeout) {
        (false, _) => Outcome::Success,
        (true, true) => Outcome::Timeout,
        (true, false) => failure_class(span, fields),
    };
    let is_cloud = fields.get(Field::CloudResource).is_some()
        || fields.text(Field::RpcSystem) == Some("aws-api")
        || fields.get(Field::FaasName).is_some();
    Facts {
        part: part_by_kind(span.kind(), operation, protocol),
        protocol,
        outcome,
        is_timeout,
        weight: (weight(span, fields).min(MOST) * WEIGHT_STEPS).round() / WEIGHT_STEPS,
        has_peer: has_peer(fields, protocol),
        is_logical: matches!(protocol, Protocol::Database | Protocol::Messaging)
            || is_cloud
            || fields.get(Field::GenAi).is_some(),
        is_resend: fields.get(Field::Resend).is_some(),
        is_create: operation == "create",
    }
}

fn part_by_kind(kind: SpanKind, operation: &str, protocol: Protocol) -> Part {
    match kind {
        SpanKind::Server => Part::Entry,
        SpanKind::Consumer if operation == "receive" => Part::Receive,
        SpanKind::Consumer => Part::Consume,
        SpanKind::Producer => Part::Publish,
        SpanKind::Client if protocol == Protocol::Messaging => match operation {
            "receive" => Part::Receive,
            "settle" => Part::Local,
            "process" | "deliver" => Part::Consume,
            _ => Part::Publish,
        },
        SpanKind::Client => Part::Exit,
        SpanKind::Internal | SpanKind::Unspecified => Part::Local,
    }
}

fn is_exit_kind(kind: SpanKind) -> bool {
    matches!(kind, SpanKind::Client | SpanKind::Producer | SpanKind::Unspecified)
}

fn protocol(fields: &Fields<'_>) -> Protocol {
    if fields.get(Field::DbSystem).is_some() {
        Protocol::Database
    } else if fields.get(Field::MessagingSystem).is_some()
        || fields.get(Field::MessagingDestination).is_some()
    {
        Protocol::Messaging
    } else if fields.get(Field::RpcSystem).is_some() || fields.get(Field::RpcService).is_some() {
        Protocol::Rpc
    } else if [Field::HttpMethod, Field::HttpStatus, Field::Url, Field::HttpRoute]
        .iter()
        .any(|f| fields.get(*f).is_some())
    {
        Protocol::Http
    } else {
        Protocol::Unknown
    }
}

fn has_peer(fields: &Fields<'_>, protocol: Protocol) -> bool {
    let is_http_call = fields.get(Field::Url).is_some() && fields.get(Field::HttpMethod).is_some();
    protocol == Protocol::Database
        || fields.get(Field::PeerService).is_some()
        || (is_http_call && fields.get(Field::HttpRoute).is_none())
}

/// The order matters: what the sender said of the status wins over what the codes say.
fn is_failure(span: SpanRef<'_>, fields: &Fields<'_>, protocol: Protocol) -> bool {
    match span.status() {
        StatusCode::Ok => return false,
        StatusCode::Error => return true,
        StatusCode::Unset => {}
    }
    let is_client = matches!(span.kind(), SpanKind::Client | SpanKind::Producer);
    let http_limit = if is_client { 400 } else { 500 };
    if http_status(fields).is_some_and(|code| code >= http_limit) {
        return true;
    }
    if (protocol == Protocol::Rpc || fields.get(Field::RpcStatus).is_some())
        && let Some(code) = rpc_code(fields)
        && (if is_client { code != 0 } else { matches!(code, 2 | 4 | 12 | 13 | 14 | 15) })
    {
        return true;
    }
    fields.text(Field::ErrorType).is_some() || error_flag(fields) || has_escaped_exception(span)
}

fn error_flag(fields: &Fields<'_>) -> bool {
    match fields.get(Field::ErrorFlag) {
        Some(Value::Bool(b)) => *b,
        // Zipkin: the tag's presence says it, whatever its value; OpenTracing: "false" says no.
        Some(Value::Str(s)) => !s.eq_ignore_ascii_case("false"),
        Some(_) => true,
        None => false,
    }
}

fn has_escaped_exception(span: SpanRef<'_>) -> bool {
    span.events().iter().any(|e| {
        span.text_of(e.name) == "exception"
            && span.event_fields(e).get(Field::ExceptionEscaped).and_then(Value::as_bool) == Some(true)
    })
}

fn http_status(fields: &Fields<'_>) -> Option<i64> {
    fields.get(Field::HttpStatus)?.as_int()
}

const RPC_NAMES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// Whether a text is a status of gRPC by its name.
pub fn is_rpc_name(text: &str) -> bool {
    RPC_NAMES.iter().any(|n| n.eq_ignore_ascii_case(text))
}

/// The gRPC number of an RPC status that came as a number or a name.
fn rpc_code(fields: &Fields<'_>) -> Option<i64> {
    let value = fields.get(Field::RpcStatus)?;
    value.as_int().or_else(|| {
        let name = value.as_str()?;
        let at = RPC_NAMES.iter().position(|n| n.eq_ignore_ascii_case(name))?;
        Some(at as i64)
    })
}

/// All texts of a span that describe its error.
fn error_texts<'a>(span: SpanRef<'a>, fields: &Fields<'a>) -> impl Iterator<Item = &'a str> + 'a {
    let own = [fields.text(Field::ErrorType), Some(span.status_message())];
    let exceptions = span.events().iter().flat_map(move |e| {
        let fields = span.event_fields(e);
        [fields.text(Field::ExceptionType), fields.text(Field::ExceptionMessage)]
    });
    own.into_iter().chain(exceptions).flatten().filter(|t| !t.is_empty())
}

fn contains_any(text: &str, needles: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    needles.iter().any(|n| text.contains(n))
}

const TIMEOUT_WORDS: [&str; 10] = [
    "timeout",
    "time-out",
    "time_out",
    "time out",
    "timedout",
    "timed-out",
    "timed_out",
    "timed out",
    "deadline exceeded",
    "deadline_exceeded",
];

const TIMEOUT_NAMES: [&str; 3] = ["deadlineexceeded", "etimedout", "esockettimedout"];

const UNREACHABLE: [&str; 10] = [
    "connection refused",
    "connectionrefused",
    "econnrefused",
    "connection reset",
    "econnreset",
    "enotfound",
    "no such host",
    "no route to host",
    "unavailable",
    "connecterror",
];

const CANCELLED: [&str; 3] = ["context canceled", "cancelled", "canceled"];

/// What of a text about an error decides its class: all that may stay where nothing is to be told.
pub fn telling_words(text: &str) -> String {
    let is_timeout = contains_any(text, &TIMEOUT_WORDS) || contains_any(text, &TIMEOUT_NAMES);
    let all = [
        (is_timeout, "timed out"),
        (contains_any(text, &UNREACHABLE), "connection refused"),
        (contains_any(text, &CANCELLED), "cancelled"),
    ];
    all.into_iter().filter(|w| w.0).map(|w| w.1).collect::<Vec<_>>().join(", ")
}

fn is_timeout(span: SpanRef<'_>, fields: &Fields<'_>, is_failure: bool) -> bool {
    if http_status(fields).is_some_and(|c| matches!(c, 408 | 504 | 524 | 598 | 599))
        || rpc_code(fields) == Some(4)
    {
        return true;
    }
    if fields.get(Field::TimeoutFlag).and_then(Value::as_bool) == Some(true)
        || fields.text(Field::StatusText) == Some("timeout")
    {
        return true;
    }
    is_failure
        && (is_db_timeout(fields)
            || error_texts(span, fields)
                .any(|t| contains_any(t, &TIMEOUT_WORDS) || contains_any(t, &TIMEOUT_NAMES)))
}

fn is_db_timeout(fields: &Fields<'_>) -> bool {
    let Some(code) = fields.get(Field::DbStatus) else { return false };
    let code = code.to_string();
    let system = fields.text(Field::DbSystem).unwrap_or("");
    match semconv::db_system(system) {
        "mysql" | "mariadb" => matches!(code.as_str(), "1205" | "3024"),
        "mongodb" => code == "50",
        _ => code == "57014",
    }
}

fn failure_class(span: SpanRef<'_>, fields: &Fields<'_>) -> Outcome {
    let http = http_status(fields).unwrap_or(0);
    let rpc = rpc_code(fields).unwrap_or(-1);
    let says = |needles: &[&str]| error_texts(span, fields).any(|t| contains_any(t, needles));
    if matches!(http, 502 | 503) || rpc == 14 || says(&UNREACHABLE) {
        Outcome::Unavailable
    } else if http == 429 || rpc == 8 {
        Outcome::Throttled
    } else if http == 499 || rpc == 1 || says(&CANCELLED) {
        Outcome::Cancelled
    } else if http >= 500 || matches!(rpc, 2 | 13 | 15) {
        Outcome::ServerError
    } else if http >= 400 || rpc > 0 {
        Outcome::ClientError
    } else if fields.get(Field::DbSystem).is_some() {
        Outcome::DbError
    } else {
        Outcome::AppError
    }
}

/// Adjusted count: OpenTelemetry's `ot=th`, its former `ot=p`, Jaeger's probabilistic sampler; else 1.
fn weight(span: SpanRef<'_>, fields: &Fields<'_>) -> f32 {
    let state = span.trace_state();
    if !state.is_empty()
        && let Some(weight) = state
            .split(',')
            .find_map(|m| m.trim().strip_prefix("ot="))
            .and_then(|ot| ot.split(';').find_map(weight_of_member))
    {
        return weight;
    }
    if fields.text(Field::SamplerType) == Some("probabilistic")
        && let Some(p) = fields.get(Field::SamplerParam).and_then(Value::as_f64)
        && p > 0.0
        && p <= 1.0
    {
        return (1.0 / p) as f32;
    }
    1.0
}

fn weight_of_member(member: &str) -> Option<f32> {
    if let Some(hex) = member.strip_prefix("th:") {
        if hex.is_empty() || hex.len() > 14 {
            return None;
        }
        let threshold = u64::from_str_radix(&format!("{hex:0<14}"), 16).ok()?;
        let all = (1u64 << 56) as f64;
        return Some((all / (all - threshold as f64)) as f32);
    }
    let k: u32 = member.strip_prefix("p:")?.parse().ok()?;
    match k {
        0..=62 => Some((1u64 << k) as f32),
        63 => Some(0.0),
        _ => None,
    }
}
