//! What becomes of attributes: which go, and what the values of the others are told as.
use super::names::{Kind, kind_of};
use super::{Place, Redactor, known, matches_any};
use crate::graph::telling_words;
use crate::model::Value;
use crate::model::semconv::{self, Field};

/// The key of what only says that time ran out.
const TIMEOUT: &str = "timeout";

impl Redactor {
    pub(super) fn attributes(
        &mut self,
        all: &[(String, Value)],
        place: Place,
    ) -> (Vec<(String, Value)>, u32) {
        let told = all.iter().filter_map(|(key, value)| self.attribute(key, value, place));
        let out: Vec<(String, Value)> = told.collect();
        let gone = (all.len() - out.len()) as u32;
        (out, gone)
    }

    /// What is left of an attribute; `None` where it goes.
    pub(super) fn attribute(&mut self, key: &str, value: &Value, place: Place) -> Option<(String, Value)> {
        let is_kept = matches_any(&self.rules.keep, key);
        let is_dropped = !is_kept && (self.rules.attributes || matches_any(&self.rules.drop, key));
        if is_dropped && !is_needed(key, value, place) {
            self.counts.attributes += 1;
            return None;
        }
        let field = semconv::role(key).map(|r| r.field).filter(|_| place != Place::Resource);
        let hides_texts = (self.rules.statements || is_dropped) && !is_kept;
        if hides_texts && let Some(left) = self.cut(key, value, field) {
            return left.map(|value| (key.to_owned(), value));
        }
        if !(self.rules.names || is_dropped) {
            return Some((key.to_owned(), value.clone()));
        }
        let value = self.value(key, value, field, is_dropped);
        Some((self.key(key, is_dropped), value))
    }

    /// What is left of a text that people or programs wrote, if anything; `None` where it is none.
    fn cut(&mut self, key: &str, value: &Value, field: Option<Field>) -> Option<Option<Value>> {
        if field == Some(Field::ErrorFlag) && value.as_bool().is_none() && value.as_str().is_some() {
            // Zipkin's tag holds a message, and says by being there that there was an error.
            self.counts.statements += 1;
            return Some(Some(Value::str("true")));
        }
        if !is_statement(key, field) {
            return None;
        }
        self.counts.statements += 1;
        Some(match field {
            Some(Field::Url) => Some(self.origin(value)),
            Some(Field::ExceptionMessage) => {
                let words = telling_words(value.as_str().unwrap_or_default());
                (!words.is_empty()).then(|| Value::Str(words.into()))
            }
            _ => None,
        })
    }

    /// Whether an attribute of a sender stays, by its key.
    pub(super) fn stays(&self, key: &str) -> bool {
        let is_dropped = self.rules.attributes || matches_any(&self.rules.drop, key);
        matches_any(&self.rules.keep, key) || !is_dropped || is_needed(key, &Value::Empty, Place::Resource)
    }

    /// A key: one of nobody's conventions may hold names.
    fn key(&mut self, key: &str, is_dropped: bool) -> String {
        let is_timeout = semconv::role(key).is_some_and(|r| r.is_of_ending());
        if is_timeout && (is_dropped || !known::is_key(key)) {
            return TIMEOUT.to_owned();
        }
        if known::is_key(key) || !self.rules.names { key.to_owned() } else { self.names.scrubbed(key) }
    }

    /// Scheme, host and port of a URL.
    fn origin(&self, value: &Value) -> Value {
        let Some((scheme, rest)) = value.as_str().and_then(|u| u.split_once("://")) else {
            return Value::Empty;
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = if self.rules.names { self.names.alias(host, Kind::Host) } else { host.to_owned() };
        Value::Str(format!("{}://{host}/", known::scheme(scheme)).into())
    }

    /// A value that stays, as it is told; `is_dropped` where it would go if it were not needed.
    pub(super) fn value(
        &mut self,
        key: &str,
        value: &Value,
        field: Option<Field>,
        is_dropped: bool,
    ) -> Value {
        if field == Some(Field::Url) {
            return self.origin(value);
        }
        match value {
            Value::Str(text) => Value::Str(self.told(key, text, field, is_dropped).into()),
            Value::Array(items) => {
                Value::Array(items.iter().map(|v| self.value(key, v, field, is_dropped)).collect())
            }
            // Whoever sent a list of keys for a name meant something else.
            Value::Map(_) if is_dropped => Value::Empty,
            Value::Map(items) => {
                let of = |(k, v): &(Box<str>, Value)| {
                    (self.key(k, false).into(), self.value(key, v, field, is_dropped))
                };
                Value::Map(items.iter().map(of).collect())
            }
            Value::Bytes(_) => Value::Empty,
            other => other.clone(),
        }
    }

    fn told(&mut self, key: &str, text: &str, field: Option<Field>, is_dropped: bool) -> String {
        if let Some(kind) = kind_of(key) {
            return match kind.is_coded() {
                true => self.names.coded(text, kind),
                false if self.rules.names => self.names.alias(text, kind),
                // Names are hidden where it is asked for.
                false => text.to_owned(),
            };
        }
        let is_everybodys = match field {
            Some(Field::HttpMethod) => known::is_verb(text),
            Some(Field::MessagingOperation | Field::SamplerType) => known::is_operation(text),
            Some(Field::StatusText) => text == TIMEOUT,
            None => matches!(key, "telemetry.sdk.language" | "telemetry.sdk.name"),
            Some(_) => known::is_code(text),
        };
        // What people wrote stays but for the names that are known.
        let is_free = match field {
            Some(Field::StatusText | Field::ErrorFlag | Field::ExceptionMessage) | None => true,
            other => matches!(other, Some(Field::DbText | Field::DbOperation | Field::TimeoutFlag)),
        };
        match is_free && !is_dropped {
            _ if is_everybodys => text.to_owned(),
            true if is_personal(key) => self.names.alias(text, Kind::Value),
            true => self.names.scrubbed(text),
            _ => self.names.coded(text, Kind::Value),
        }
    }
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

/// Whether the map or its answers would change without it.
fn is_needed(key: &str, value: &Value, place: Place) -> bool {
    use semconv::resource as r;
    let field = semconv::role(key).map(|r| r.field);
    match place {
        Place::Resource => {
            let all = [
                r::SERVICE,
                r::NAMESPACE,
                r::VERSION,
                r::INSTANCE,
                r::ENVIRONMENT,
                r::HOST,
                r::EXECUTABLE,
                r::REGION,
            ];
            all.iter().any(|keys| keys.contains(&key))
        }
        Place::Other => false,
        Place::Event => {
            matches!(field, Some(Field::ExceptionType | Field::ExceptionMessage | Field::ExceptionEscaped))
        }
        Place::Span => match field {
            None
            | Some(
                Field::DbText
                | Field::DbSummary
                | Field::DbCollection
                | Field::DbOperation
                | Field::UrlPath
                | Field::RpcMethod
                | Field::ExceptionType
                | Field::ExceptionMessage
                | Field::ExceptionEscaped,
            ) => false,
            Some(Field::TimeoutFlag) => value.as_bool() == Some(true),
            Some(Field::StatusText) => value.as_str() == Some(TIMEOUT),
            Some(_) => true,
        },
    }
}
