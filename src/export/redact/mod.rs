//! What is hidden before something is given away: names become aliases, attributes and messages go, and the map
//! keeps its shape and figures.
mod keyed_hash;
mod measured;
mod names;
mod preview;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::names::{Kind, Names, kind_of};
use crate::graph::telling_words;
use crate::graph::{EXTERNAL, INSIDE, UNTOLD};
use crate::model::semconv::{self, Field};
use crate::model::{ResourceRecord, ScopeRecord, SpanRecord, Value};
use crate::store::SpanRef;

pub use preview::{Example, Line, PREVIEWED, Preview, preview};

/// What is hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Redaction {
    /// Names of services, operations, hosts, databases, queues become aliases such as `service-3f2a`.
    pub names: bool,
    /// All attributes go but those that the map is made of.
    pub attributes: bool,
    /// Statements, messages, and URLs behind their host go.
    pub statements: bool,
    /// Attributes that go too, by key; `*` stands for anything.
    pub drop: Vec<String>,
    /// Attributes that stay whatever else is said.
    pub keep: Vec<String>,
    /// The same salt gives the same aliases, and nobody can guess names without it.
    pub salt: String,
}

impl Redaction {
    /// Whether nothing is hidden.
    pub fn is_nothing(&self) -> bool {
        !(self.names || self.attributes || self.statements) && self.drop.is_empty()
    }
}

/// How much was hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Spans gone through.
    pub spans: u64,
    /// Attributes left out.
    pub attributes: u64,
    /// Statements, messages and URLs left out or cut.
    pub statements: u64,
    /// Different names that became aliases.
    pub names: u64,
}

/// Where an attribute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Resource,
    Span,
    Event,
    Other,
}

/// Hides what is to be hidden, span by span.
pub struct Redactor {
    rules: Redaction,
    names: Names,
    counts: Counts,
    measured: measured::Measured,
    resources: Option<(Arc<ResourceRecord>, Arc<ResourceRecord>)>,
    scopes: Option<(Arc<ScopeRecord>, Arc<ScopeRecord>)>,
}

impl Redactor {
    /// Learns the names of all spans that are to be given away.
    pub fn new<'a>(rules: &Redaction, spans: impl Iterator<Item = SpanRef<'a>>) -> Self {
        let names = if rules.names {
            Names::new(&rules.salt, spans)
        } else {
            Names::new(&rules.salt, std::iter::empty())
        };
        let counts = Counts { names: names.len() as u64, ..Counts::default() };
        Self {
            rules: rules.clone(),
            names,
            counts,
            measured: measured::Measured::default(),
            resources: None,
            scopes: None,
        }
    }

    /// How much was hidden so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// A text of a person's own, such as a note or a report.
    pub fn text(&mut self, text: &str) -> String {
        if self.rules.names { self.names.scrubbed(text) } else { text.to_owned() }
    }

    /// The id of a node.
    pub fn node_id(&self, id: &str) -> String {
        if self.rules.names { self.names.node_id(id) } else { id.to_owned() }
    }

    /// The name of a group of services by these attributes of theirs, the outermost first.
    pub fn group(&mut self, keys: &[String], name: &str) -> String {
        if !self.rules.names {
            return name.to_owned();
        }
        let parts = name.split(INSIDE).enumerate().map(|(depth, part)| match keys.get(depth) {
            _ if part == EXTERNAL || part == UNTOLD => part.to_owned(),
            Some(key) => self.renamed(key, &Value::str(part), None).to_string(),
            None => self.names.alias(part, Kind::Value),
        });
        parts.collect::<Vec<_>>().join(INSIDE)
    }

    /// What is left of a span.
    pub fn record(&mut self, record: &SpanRecord) -> SpanRecord {
        self.counts.spans += 1;
        let mut out = record.clone();
        out.resource = self.resource(&record.resource);
        out.scope = self.scope(&record.scope);
        if self.rules.names {
            out.name = self.names.alias(&record.name, Kind::Operation);
        }
        if self.rules.names || self.rules.attributes {
            out.trace_state = sampling_only(&record.trace_state);
        }
        out.status_message = self.message(&record.status_message);
        let (kept, gone) = self.attributes(&record.attributes, Place::Span);
        (out.attributes, out.dropped_attributes) = (kept, record.dropped_attributes + gone);
        for event in &mut out.events {
            let (kept, gone) = self.attributes(&event.attributes, Place::Event);
            (event.attributes, event.dropped_attributes) = (kept, event.dropped_attributes + gone);
            if event.name != "exception" {
                event.name = match self.rules {
                    Redaction { statements: true, .. } | Redaction { attributes: true, .. } => {
                        self.counts.statements += 1;
                        "event".to_owned()
                    }
                    _ => self.text(&event.name),
                };
            }
        }
        for link in &mut out.links {
            let (kept, gone) = self.attributes(&link.attributes, Place::Other);
            (link.attributes, link.dropped_attributes) = (kept, link.dropped_attributes + gone);
            link.trace_state = sampling_only(&link.trace_state);
        }
        out
    }

    fn resource(&mut self, resource: &Arc<ResourceRecord>) -> Arc<ResourceRecord> {
        if let Some((before, after)) = self.resources.as_ref().filter(|r| r.0 == *resource) {
            let _ = before;
            return Arc::clone(after);
        }
        let (attributes, gone) = self.attributes(&resource.attributes, Place::Resource);
        let dropped_attributes = resource.dropped_attributes + gone;
        let after = Arc::new(ResourceRecord {
            attributes,
            dropped_attributes,
            schema_url: resource.schema_url.clone(),
        });
        self.resources = Some((Arc::clone(resource), Arc::clone(&after)));
        after
    }

    fn scope(&mut self, scope: &Arc<ScopeRecord>) -> Arc<ScopeRecord> {
        if let Some((_, after)) = self.scopes.as_ref().filter(|s| s.0 == *scope) {
            return Arc::clone(after);
        }
        let (attributes, gone) = self.attributes(&scope.attributes, Place::Other);
        let after = Arc::new(ScopeRecord {
            name: self.text(&scope.name),
            version: scope.version.clone(),
            attributes,
            dropped_attributes: scope.dropped_attributes + gone,
        });
        self.scopes = Some((Arc::clone(scope), Arc::clone(&after)));
        after
    }

    /// A message: only what decides how a failure is classed may stay.
    fn message(&mut self, text: &str) -> String {
        if (self.rules.statements || self.rules.attributes) && !text.is_empty() {
            self.counts.statements += 1;
            return telling_words(text);
        }
        self.text(text)
    }

    fn attributes(&mut self, all: &[(String, Value)], place: Place) -> (Vec<(String, Value)>, u32) {
        let mut out = Vec::with_capacity(all.len());
        for (key, value) in all {
            if let Some(value) = self.attribute(key, value, place) {
                out.push((key.clone(), value));
            }
        }
        let gone = (all.len() - out.len()) as u32;
        (out, gone)
    }

    /// What is left of an attribute; `None` where it goes.
    fn attribute(&mut self, key: &str, value: &Value, place: Place) -> Option<Value> {
        let is_kept = matches_any(&self.rules.keep, key);
        let is_dropped = !is_kept && (self.rules.attributes || matches_any(&self.rules.drop, key));
        if is_dropped && !is_needed(key, value, place) {
            self.counts.attributes += 1;
            return None;
        }
        let field = semconv::role(key).map(|r| r.field).filter(|_| place != Place::Resource);
        let hides_texts = (self.rules.statements || is_dropped) && !is_kept;
        if hides_texts && is_statement(key, field) {
            self.counts.statements += 1;
            match field {
                Some(Field::Url) => return Some(self.origin(value)),
                Some(Field::ExceptionMessage) => {
                    let words = telling_words(value.as_str().unwrap_or_default());
                    return (!words.is_empty()).then(|| Value::Str(words.into()));
                }
                _ => return None,
            }
        }
        Some(if self.rules.names { self.renamed(key, value, field) } else { value.clone() })
    }

    /// Scheme, host and port of a URL.
    fn origin(&self, value: &Value) -> Value {
        let Some((scheme, rest)) = value.as_str().and_then(|u| u.split_once("://")) else {
            return Value::Empty;
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = if self.rules.names { self.names.alias(host, Kind::Host) } else { host.to_owned() };
        Value::Str(format!("{scheme}://{host}/").into())
    }

    fn renamed(&mut self, key: &str, value: &Value, field: Option<Field>) -> Value {
        if field == Some(Field::Url) {
            return self.origin(value);
        }
        // Products and codes say what the map is made of, and are nobody's names.
        let is_product =
            matches!(
                field,
                Some(
                    Field::DbSystem
                        | Field::MessagingSystem
                        | Field::RpcSystem
                        | Field::GenAi
                        | Field::HttpMethod
                        | Field::MessagingOperation
                        | Field::SamplerType
                        | Field::RpcStatus
                        | Field::HttpStatus
                        | Field::DbStatus
                )
            ) || matches!(key, "telemetry.sdk.language" | "telemetry.sdk.name" | "service.version");
        let kind = kind_of(key);
        match value {
            _ if is_product => value.clone(),
            Value::Str(text) => Value::Str(match kind {
                Some(kind) => self.names.alias(text, kind).into(),
                None if is_personal(key) => self.names.alias(text, Kind::Value).into(),
                None => self.names.scrubbed(text).into(),
            }),
            Value::Array(items) => Value::Array(items.iter().map(|v| self.renamed(key, v, field)).collect()),
            Value::Map(items) => {
                Value::Map(items.iter().map(|(k, v)| (k.clone(), self.renamed(key, v, field))).collect())
            }
            Value::Bytes(_) => Value::Empty,
            other => other.clone(),
        }
    }
}

/// Sampling is told in the trace state; the rest of it is of vendors.
fn sampling_only(state: &str) -> String {
    state.split(',').map(str::trim).find(|m| m.starts_with("ot=")).unwrap_or_default().to_owned()
}

/// Keys of people, machines and their parts: their values are names, whatever they are called.
fn is_personal(key: &str) -> bool {
    const STARTS: [&str; 16] = [
        "k8s.",
        "host.",
        "container.",
        "net.",
        "network.",
        "client.",
        "peer.",
        "cloud.",
        "aws.",
        "gcp.",
        "azure.",
        "faas.",
        "user",
        "enduser",
        "session",
        "server.",
    ];
    STARTS.iter().any(|s| key.starts_with(s))
}

/// Texts that people or programs wrote: they may hold anything.
fn is_statement(key: &str, field: Option<Field>) -> bool {
    let by_field = matches!(
        field,
        Some(Field::DbText | Field::DbSummary | Field::Url | Field::UrlPath | Field::ExceptionMessage)
    );
    let ends = ["stacktrace", "message", "statement", "query", "body", ".sql", ".document"];
    let starts =
        ["http.request.header.", "http.response.header.", "db.query.parameter.", "url.query", "log."];
    by_field || ends.iter().any(|e| key.ends_with(e)) || starts.iter().any(|s| key.starts_with(s))
}

/// Whether the map would change without it.
fn is_needed(key: &str, value: &Value, place: Place) -> bool {
    use semconv::resource as r;
    if place == Place::Resource {
        let all = [r::SERVICE, r::NAMESPACE, r::VERSION, r::INSTANCE, r::ENVIRONMENT, r::HOST, r::EXECUTABLE];
        return all.iter().any(|keys| keys.contains(&key));
    }
    if place == Place::Other {
        return false;
    }
    match semconv::role(key).map(|r| r.field) {
        None
        | Some(
            Field::DbText
            | Field::DbSummary
            | Field::DbCollection
            | Field::DbOperation
            | Field::UrlPath
            | Field::RpcMethod,
        ) => false,
        Some(Field::TimeoutFlag) => matches!(value, Value::Bool(true)),
        Some(Field::StatusText) => value.as_str() == Some("timeout"),
        Some(_) => true,
    }
}

/// Whether a key fits one of the patterns.
fn matches_any(patterns: &[String], key: &str) -> bool {
    patterns.iter().any(|p| matches_pattern(p.as_bytes(), key.as_bytes()))
}

fn matches_pattern(pattern: &[u8], key: &[u8]) -> bool {
    // Where a star took too little it takes one more.
    let (mut p, mut k, mut star) = (0, 0, None);
    while k < key.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, k));
                p += 1;
            }
            Some(c) if *c == key[k] => (p, k) = (p + 1, k + 1),
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    (p, k) = (at + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|c| *c == b'*')
}
