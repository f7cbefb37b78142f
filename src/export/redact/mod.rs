//! What is hidden before something is given away: names become aliases, attributes and messages go, and the map
//! keeps its shape and figures.
mod attributes;
mod keyed_hash;
mod known;
mod measured;
mod names;
mod preview;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::names::{Kind, Names};
use crate::graph::telling_words;
use crate::graph::{EXTERNAL, INSIDE, UNTOLD};
use crate::model::{EventRecord, LinkRecord, ResourceRecord, ScopeRecord, SpanRecord, Value};
use crate::store::SpanRef;

pub use preview::{Example, Line, PREVIEWED, Preview, preview};

/// What is hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Redaction {
    /// Names of services, operations, hosts, databases, queues, scopes, events, errors become aliases such as
    /// `service-3f2a`.
    pub names: bool,
    /// All attributes go but those that the map and its answers need, and of these free texts become hashes.
    pub attributes: bool,
    /// Statements, messages, and URLs behind their host go.
    pub statements: bool,
    /// Notes of people go.
    pub notes: bool,
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
        !(self.notes || self.is_of_spans())
    }
    /// Whether notes go and nothing else.
    pub fn is_only_of_notes(&self) -> bool {
        self.notes && !self.is_of_spans()
    }
    /// Whether anything of spans is hidden.
    fn is_of_spans(&self) -> bool {
        self.names || self.attributes || self.statements || !self.drop.is_empty()
    }
    /// The words of what is hidden, as a case file and the command line know them.
    pub fn words(&self) -> Vec<String> {
        let parts = [
            ("names", self.names),
            ("attributes", self.attributes),
            ("statements", self.statements),
            ("notes", self.notes),
        ];
        let parts = parts.into_iter().filter(|p| p.1).map(|p| p.0.to_owned());
        parts.chain(self.drop.iter().cloned()).collect()
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
        let names = if rules.is_of_spans() {
            Names::new(&rules.salt, rules.names, spans)
        } else {
            Names::new(&rules.salt, false, std::iter::empty())
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
        if !(self.rules.names || self.rules.attributes) {
            return name.to_owned();
        }
        let parts = name.split(INSIDE).enumerate().map(|(depth, part)| match keys.get(depth) {
            _ if part == EXTERNAL || part == UNTOLD => part.to_owned(),
            Some(key) if self.stays(key) => self.value(key, &Value::str(part), None, false).to_string(),
            _ => self.names.alias(part, Kind::Value),
        });
        parts.collect::<Vec<_>>().join(INSIDE)
    }

    /// The attributes that the map is grouped by; `None` where one of them goes.
    pub fn group_keys(&self, keys: &[String]) -> Option<Vec<String>> {
        keys.iter().all(|k| self.stays(k)).then(|| keys.to_vec())
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
        out.trace_state = self.trace_state(&record.trace_state);
        out.status_message = self.message(&record.status_message);
        let (kept, gone) = self.attributes(&record.attributes, Place::Span);
        (out.attributes, out.dropped_attributes) = (kept, record.dropped_attributes + gone);
        for event in &mut out.events {
            self.event(event);
        }
        for link in &mut out.links {
            self.link(link);
        }
        out
    }

    fn event(&mut self, event: &mut EventRecord) {
        let (kept, gone) = self.attributes(&event.attributes, Place::Event);
        (event.attributes, event.dropped_attributes) = (kept, event.dropped_attributes + gone);
        // Programs log by events: their names may be messages.
        if self.rules.is_of_spans() {
            event.name = self.names.coded(&event.name, Kind::Event);
        }
    }

    fn link(&mut self, link: &mut LinkRecord) {
        let (kept, gone) = self.attributes(&link.attributes, Place::Other);
        (link.attributes, link.dropped_attributes) = (kept, link.dropped_attributes + gone);
        link.trace_state = self.trace_state(&link.trace_state);
    }

    fn trace_state(&self, text: &str) -> String {
        if self.hides_texts() { known::sampling(text) } else { text.to_owned() }
    }

    /// Whether texts that nobody declared to be names are hidden too.
    fn hides_texts(&self) -> bool {
        self.rules.names || self.rules.attributes
    }

    fn resource(&mut self, resource: &Arc<ResourceRecord>) -> Arc<ResourceRecord> {
        if let Some((before, after)) = self.resources.as_ref().filter(|r| r.0 == *resource) {
            let _ = before;
            return Arc::clone(after);
        }
        let (attributes, gone) = self.attributes(&resource.attributes, Place::Resource);
        let dropped_attributes = resource.dropped_attributes + gone;
        let is_told = !self.hides_texts() || known::is_schema(&resource.schema_url);
        let schema_url = if is_told { resource.schema_url.clone() } else { String::new() };
        let after = Arc::new(ResourceRecord { attributes, dropped_attributes, schema_url });
        self.resources = Some((Arc::clone(resource), Arc::clone(&after)));
        after
    }

    fn scope(&mut self, scope: &Arc<ScopeRecord>) -> Arc<ScopeRecord> {
        if let Some((_, after)) = self.scopes.as_ref().filter(|s| s.0 == *scope) {
            return Arc::clone(after);
        }
        let (attributes, gone) = self.attributes(&scope.attributes, Place::Other);
        let after = Arc::new(ScopeRecord {
            name: if self.rules.names {
                self.names.coded(&scope.name, Kind::Scope)
            } else {
                scope.name.clone()
            },
            version: if self.rules.names { String::new() } else { scope.version.clone() },
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
