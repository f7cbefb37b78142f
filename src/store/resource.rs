//! Who sent spans and which library made them: interned whole, since most spans repeat them.
use crate::model::semconv::resource as keys;
use crate::model::{Symbol, Value};

/// What an entry of a table costs beside itself: counts, handle and index.
const PLACE_BYTES: usize = 32;

/// Attributes with interned keys, in the order sent.
pub type Attributes = Box<[(Symbol, Value)]>;

/// A sender, with the identity that the service map needs.
#[derive(Clone, Debug, Default)]
pub struct Resource {
    /// `service.name`; `unknown_service[:program]` if it was not sent.
    pub service: Symbol,
    /// `service.namespace`.
    pub namespace: Symbol,
    /// `deployment.environment.name`, or its former name.
    pub environment: Symbol,
    /// `service.version`, or the nearest thing to it.
    pub version: Symbol,
    /// `service.instance.id`, or the nearest thing to it.
    pub instance: Symbol,
    /// The machine, for clock skew.
    pub host: Symbol,
    /// Everything that was sent.
    pub attributes: Attributes,
    /// Attributes that the sender dropped.
    pub dropped_attributes: u32,
}

/// A library.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Its name.
    pub name: Symbol,
    /// Its version.
    pub version: Symbol,
    /// Everything else that was sent.
    pub attributes: Attributes,
}

impl Resource {
    /// Symbols that it mentions.
    pub(super) fn symbols(&self) -> impl Iterator<Item = Symbol> + '_ {
        let own = [self.service, self.namespace, self.environment, self.version, self.instance, self.host];
        own.into_iter().chain(self.attributes.iter().map(|(key, _)| *key))
    }
    /// Bytes held, with its place in the index.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + PLACE_BYTES + bytes_of(&self.attributes)
    }
}

impl Scope {
    /// Symbols that it mentions.
    pub(super) fn symbols(&self) -> impl Iterator<Item = Symbol> + '_ {
        [self.name, self.version].into_iter().chain(self.attributes.iter().map(|(key, _)| *key))
    }
    /// Bytes held, with its place in the index.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + PLACE_BYTES + bytes_of(&self.attributes)
    }
}

fn bytes_of(attributes: &[(Symbol, Value)]) -> usize {
    attributes.iter().map(|(_, v)| size_of::<(Symbol, Value)>() + v.heap_bytes()).sum()
}

/// The text of the first of the keys that is present, as identity text.
pub(super) fn identity(attributes: &[(&str, &Value)], field: &[&str]) -> Option<String> {
    field.iter().find_map(|key| {
        let value = attributes.iter().rev().find(|(k, _)| k == key).map(|(_, v)| *v)?;
        let text = match value {
            Value::Array(items) => items.first().map(ToString::to_string)?,
            other => other.to_string(),
        };
        (!text.is_empty()).then_some(text)
    })
}

/// The service name of a sender, or what OpenTelemetry calls one without: `unknown_service[:program]`.
pub(super) fn service_name(attributes: &[(&str, &Value)]) -> String {
    identity(attributes, keys::SERVICE).unwrap_or_else(|| match identity(attributes, keys::EXECUTABLE) {
        Some(program) => format!("unknown_service:{program}"),
        None => "unknown_service".to_owned(),
    })
}
