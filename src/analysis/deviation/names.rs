//! Names that mean the same in two stores: services, operations, instances and steps as small numbers.
use std::hash::Hash;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::ServiceName;
use crate::model::Symbol;
use crate::store::{SpanRef, Spans};

/// A table of values without repeats.
#[derive(Debug)]
struct Numbered<T> {
    values: Vec<T>,
    numbers: HashMap<T, u32, FixedState>,
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    fn new() -> Self {
        Self { values: Vec::new(), numbers: HashMap::default() }
    }
    fn number(&mut self, value: T) -> u32 {
        let Self { values, numbers } = self;
        *numbers.entry(value.clone()).or_insert_with(|| {
            values.push(value);
            (values.len() - 1) as u32
        })
    }
    fn get(&self, number: u32) -> Option<&T> {
        self.values.get(number as usize)
    }
}

/// What a span did next: a call of another process where it is one, or else work of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Label {
    /// Operation of the step's own span.
    pub operation: u32,
    /// Service and operation that answered, where another process did.
    pub callee: Option<(u32, u32)>,
}

/// The start of a sequence of steps, as well as its end.
pub(super) const EDGE: u32 = 0;

/// All names of both sets of traces.
#[derive(Debug)]
pub(super) struct Names {
    texts: Numbered<Arc<str>>,
    services: Numbered<(u32, u32, u32)>,
    labels: Numbered<Option<Label>>,
}

impl Names {
    pub fn new() -> Self {
        let mut this = Self { texts: Numbered::new(), services: Numbered::new(), labels: Numbered::new() };
        this.labels.number(None);
        this
    }
    pub fn label(&mut self, label: Label) -> u32 {
        self.labels.number(Some(label))
    }
    /// The step with a number; `None` for [`EDGE`].
    pub fn label_of(&self, number: u32) -> Option<Label> {
        self.labels.get(number).copied().flatten()
    }
    pub fn text(&self, number: u32) -> Arc<str> {
        self.texts.get(number).cloned().unwrap_or_default()
    }
    pub fn service(&self, number: u32) -> ServiceName {
        let (name, namespace, environment) = self.services.get(number).copied().unwrap_or_default();
        ServiceName {
            name: self.text(name),
            namespace: self.text(namespace),
            environment: self.text(environment),
        }
    }
    fn number(&mut self, text: &str) -> u32 {
        match self.texts.numbers.get(text) {
            Some(&n) => n,
            None => self.texts.number(Arc::from(text)),
        }
    }
}

/// Who sent a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sender {
    pub service: u32,
    pub instance: u32,
}

/// The symbols and senders of one store as numbers of [`Names`]; each is looked up once.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub names: &'a mut Names,
    spans: &'a Spans,
    symbols: HashMap<Symbol, u32, FixedState>,
    senders: HashMap<u32, Sender, FixedState>,
}

impl<'a> Reader<'a> {
    pub fn new(names: &'a mut Names, spans: &'a Spans) -> Self {
        Self { names, spans, symbols: HashMap::default(), senders: HashMap::default() }
    }
    pub fn text(&mut self, symbol: Symbol) -> u32 {
        let Self { names, spans, symbols, .. } = self;
        *symbols.entry(symbol).or_insert_with(|| names.number(spans.text(symbol)))
    }
    pub fn sender(&mut self, span: SpanRef<'_>) -> Sender {
        if let Some(sender) = self.senders.get(&span.resource_index()) {
            return *sender;
        }
        let resource = span.resource();
        let parts =
            (self.text(resource.service), self.text(resource.namespace), self.text(resource.environment));
        let sender =
            Sender { service: self.names.services.number(parts), instance: self.text(resource.instance) };
        self.senders.insert(span.resource_index(), sender);
        sender
    }
}
