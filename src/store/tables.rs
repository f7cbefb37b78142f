//! A batch's strings, attributes, senders and libraries to the store's own, once per distinct entry.
use std::hash::BuildHasher;
use std::sync::Arc;

use super::resource::{self, Resource, Scope};
use super::segment::{Entry, NONE};
use super::writer::Store;
use crate::model::semconv::{self, resource as keys};
use crate::model::{DecodedResource, DecodedScope, LocalStr, SpanBatch, Symbol, Value};

/// The batch's tables as numbers of ours, filled as they are met.
pub(super) struct Mapping {
    pub strings: Vec<u32>,
    pub attributes: Vec<u32>,
    pub resources: Vec<u32>,
    pub scopes: Vec<u32>,
}

impl Mapping {
    pub fn new(batch: &SpanBatch) -> Self {
        Self {
            strings: vec![NONE; batch.strings.len()],
            attributes: vec![NONE; batch.attributes.len()],
            resources: Vec::with_capacity(batch.resources.len()),
            scopes: Vec::with_capacity(batch.scopes.len()),
        }
    }
}

impl Store {
    pub(super) fn symbol(&mut self, batch: &SpanBatch, map: &mut Mapping, s: LocalStr) -> Symbol {
        let Some(known) = map.strings.get_mut(s.0 as usize) else { return Symbol::EMPTY };
        if *known == NONE {
            *known = self.interner.intern(batch.text(s)).0;
        }
        Symbol(*known)
    }

    /// The open segment's entry for an attribute of the batch; its value moves over on first use.
    pub(super) fn entry(&mut self, batch: &mut SpanBatch, map: &mut Mapping, id: u32) -> Option<u32> {
        let known = *map.attributes.get(id as usize)?;
        if known != NONE {
            return Some(known);
        }
        let key = batch.attributes.get(id as usize)?.0;
        let key = self.symbol(batch, map, key);
        let value = std::mem::take(&mut batch.attributes.get_mut(id as usize)?.1);
        let entry = self.add_entry(key, value);
        if let Some(slot) = map.attributes.get_mut(id as usize) {
            *slot = entry;
        }
        Some(entry)
    }

    pub(super) fn add_entry(&mut self, key: Symbol, value: Value) -> u32 {
        let hash = self.hasher.hash_one((key, &value));
        let Self { dictionary, open, hasher, interner, .. } = self;
        let entries = &mut open.dictionary;
        if let Some(&e) = dictionary.find(hash, |&e| {
            entries.get(e as usize).is_some_and(|entry| entry.key == key && entry.value == value)
        }) {
            return e;
        }
        let e = entries.len() as u32;
        open.dictionary_heap += value.heap_bytes();
        let role = semconv::role(interner.symbols().text(key));
        entries.push(Entry { key, role, value });
        dictionary.insert_unique(hash, e, |&e| {
            entries.get(e as usize).map_or(0, |entry| hasher.hash_one((entry.key, &entry.value)))
        });
        e
    }

    pub(super) fn intern_resource(&mut self, batch: &SpanBatch, r: &DecodedResource) -> u32 {
        let attributes: Vec<(&str, &Value)> = batch.attributes_of(r.attributes).collect();
        let interned = self.intern_pairs(&attributes);
        let hash = self.hasher.hash_one(&interned);
        let resources = &self.published.resources;
        if let Some(&i) = self
            .resource_index
            .find(hash, |&i| resources.get(i as usize).is_some_and(|r| r.attributes == interned))
        {
            return i;
        }
        let mut name = |text: Option<String>| text.map_or(Symbol::EMPTY, |t| self.interner.intern(&t));
        let resource = Resource {
            service: name(Some(resource::service_name(&attributes))),
            namespace: name(resource::identity(&attributes, keys::NAMESPACE)),
            environment: name(resource::identity(&attributes, keys::ENVIRONMENT)),
            version: name(resource::identity(&attributes, keys::VERSION)),
            instance: name(resource::identity(&attributes, keys::INSTANCE)),
            host: name(resource::identity(&attributes, keys::HOST)),
            attributes: interned,
            dropped_attributes: r.dropped_attributes,
        };
        self.table_bytes += resource.bytes();
        let Self { resource_index, published, hasher, free: [free, _], .. } = self;
        let resources = &mut published.resources;
        let i = free.put(resources, Arc::new(resource));
        resource_index.insert_unique(hash, i, |&i| {
            resources.get(i as usize).map_or(0, |r| hasher.hash_one(&r.attributes))
        });
        i
    }

    pub(super) fn intern_scope(&mut self, batch: &SpanBatch, s: &DecodedScope) -> u32 {
        let attributes: Vec<(&str, &Value)> = batch.attributes_of(s.attributes).collect();
        let scope = Scope {
            name: self.interner.intern(batch.text(s.name)),
            version: self.interner.intern(batch.text(s.version)),
            attributes: self.intern_pairs(&attributes),
        };
        let Self { scope_index, published, hasher, table_bytes, free: [_, free], .. } = self;
        let scopes = &mut published.scopes;
        let hash_of = |s: &Scope| hasher.hash_one((s.name, s.version, &s.attributes));
        let hash = hash_of(&scope);
        let same = |i: &u32| {
            scopes.get(*i as usize).is_some_and(|s| {
                s.name == scope.name && s.version == scope.version && s.attributes == scope.attributes
            })
        };
        if let Some(&i) = scope_index.find(hash, same) {
            return i;
        }
        *table_bytes += scope.bytes();
        let i = free.put(scopes, Arc::new(scope));
        scope_index.insert_unique(hash, i, |&i| scopes.get(i as usize).map_or(0, |s| hash_of(s)));
        i
    }

    fn intern_pairs(&mut self, attributes: &[(&str, &Value)]) -> Box<[(Symbol, Value)]> {
        attributes.iter().map(|(k, v)| (self.interner.intern(k), (*v).clone())).collect()
    }

    pub(super) fn no_resource(&mut self) -> u32 {
        self.intern_resource(&SpanBatch::default(), &DecodedResource::default())
    }

    pub(super) fn no_scope(&mut self) -> u32 {
        self.intern_scope(&SpanBatch::default(), &DecodedScope::default())
    }
}
