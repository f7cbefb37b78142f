//! One trace to its calls, by the tree of its spans.
mod nested;
mod parts;

use std::borrow::Cow;
use std::collections::BTreeSet;

use self::parts::Parts;
use super::call::{Call, Quality, RawEdge, RawEdgeInterner, Route, Served, TraceCalls};
use super::facts::{Facts, Part, Protocol, facts};
use super::party::{self, Party, PartyId, PartyInterner, PartyKind};
use super::{TraceTree, TreeSpan};
use crate::model::semconv::Field;
use crate::model::{Interner, Nanos, SpanKind, Symbol, TraceIndex};
use crate::store::{Fields, Spans};

/// A server may outlast its client by this much without the client having given up: rounding of clocks.
const OVERHANG: Nanos = Nanos::from_millis(5);

/// What assembly writes to beside its answer: names.
#[derive(Debug, Default)]
pub struct Naming {
    /// Ends of calls.
    pub parties: PartyInterner,
    /// Pairs of ends.
    pub edges: RawEdgeInterner,
}

/// Assembles traces one after the other in the same memory.
#[derive(Debug, Default)]
pub struct Assembler<'a> {
    tree: TraceTree<'a>,
    parts: Parts<'a>,
}

impl<'a> Assembler<'a> {
    /// The calls of a trace.
    pub fn assemble(
        &mut self,
        spans: &'a Spans,
        trace: TraceIndex,
        naming: &mut Naming,
        names: &mut Interner,
    ) -> TraceCalls {
        self.tree.rebuild(spans, trace);
        let mut a = Assembly { tree: &self.tree, naming, names, parts: &mut self.parts };
        a.prepare();
        for at in 0..a.tree.spans.len() as u32 {
            a.visit(at);
        }
        a.note_bystanders();
        a.parts.calls.sort_by_key(|c| (c.start, c.client, c.server));
        let quality = quality(&self.tree);
        TraceCalls {
            calls: self.parts.calls.as_slice().into(),
            served: self.parts.served.as_slice().into(),
            quality,
        }
    }
}

fn quality(tree: &TraceTree<'_>) -> Quality {
    let mut q = Quality::default();
    for s in &tree.spans {
        q.orphans += u32::from(s.marks.is_orphan);
        q.cycles += u32::from(s.marks.is_cycle || s.marks.is_self_parent);
        q.undated += u32::from(s.span.start().is_unset());
        q.negative += u32::from(!s.span.start().is_unset() && s.span.raw_length() < Nanos::ZERO);
        q.nameless += u32::from(is_nameless(s.span.service_text()));
    }
    q
}

/// What OpenTelemetry calls a service that nobody named: `unknown_service`, or that and the program.
fn is_nameless(service: &str) -> bool {
    service.strip_prefix("unknown_service").is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

struct Assembly<'t, 'a> {
    tree: &'t TraceTree<'a>,
    naming: &'t mut Naming,
    names: &'t mut Interner,
    parts: &'t mut Parts<'a>,
}

impl<'a> Assembly<'_, 'a> {
    fn prepare(&mut self) {
        let Self { tree, naming, parts, .. } = self;
        parts.clear();
        let mut last: Option<(u32, PartyId)> = None;
        for s in &tree.spans {
            let resource = s.span.resource_index();
            let party = match last {
                Some((same, party)) if same == resource => party,
                _ => naming.parties.intern(Party::service(s.span.resource())),
            };
            last = Some((resource, party));
            parts.service.push(party);
            // Read in place: fields are large.
            if tree.spans.len() > Parts::MOST_KEPT {
                parts.fields.clear();
            }
            parts.fields.push(Fields::default());
            if let Some(fields) = parts.fields.last_mut() {
                s.read_fields(fields);
                parts.facts.push(facts(s.span, fields));
            }
        }
        if tree.spans.len() > Parts::MOST_KEPT {
            parts.fields.clear();
        }
        parts.absorbed.resize(tree.spans.len(), false);
        self.refine_parts();
        self.parts.senders = self.senders();
        self.absorb_nested();
    }

    fn fields(&self, at: u32) -> Cow<'_, Fields<'a>> {
        self.parts.fields(self.tree, at)
    }
    fn service(&self, at: u32) -> PartyId {
        self.parts.service[at as usize]
    }
    fn facts(&self, at: u32) -> &Facts {
        &self.parts.facts[at as usize]
    }
    fn is_absorbed(&self, at: u32) -> bool {
        self.parts.absorbed[at as usize]
    }
    fn span(&self, at: u32) -> &TreeSpan<'a> {
        &self.tree.spans[at as usize]
    }
    fn part(&self, at: u32) -> Part {
        self.facts(at).part
    }

    /// What only the tree tells of a part: nested servers, and kindless spans.
    fn refine_parts(&mut self) {
        for at in 0..self.tree.spans.len() as u32 {
            let parent = self.span(at).parent;
            let other_service = parent.is_some_and(|p| self.service(p) != self.service(at));
            let kind = self.span(at).span.kind();
            let part = match kind {
                SpanKind::Server => {
                    let nested = parent
                        .is_some_and(|p| !other_service && self.span(p).span.kind() == SpanKind::Server);
                    if nested { Part::Local } else { Part::Entry }
                }
                SpanKind::Internal | SpanKind::Unspecified => {
                    let is_root = parent.is_none() && !self.span(at).marks.is_orphan;
                    let is_leaf = self.tree.children(at).is_empty();
                    if other_service || (is_root && !(is_leaf && self.facts(at).has_peer)) {
                        Part::Entry
                    } else if is_leaf && self.facts(at).has_peer {
                        Part::Exit
                    } else {
                        Part::Local
                    }
                }
                _ => continue,
            };
            self.parts.facts[at as usize].part = part;
        }
    }

    /// Whether the child is another hop: in another service, or an entry below an exit.
    fn crosses(&self, parent: u32, child: u32) -> bool {
        self.service(parent) != self.service(child)
            || (matches!(self.part(parent), Part::Exit | Part::Publish)
                && matches!(self.part(child), Part::Entry | Part::Consume | Part::Receive))
    }
    fn has_remote_child(&self, at: u32) -> bool {
        self.tree.children(at).iter().any(|&c| self.crosses(at, c))
    }
    fn is_outgoing(&self, at: u32) -> bool {
        matches!(self.part(at), Part::Exit | Part::Publish)
    }

    fn visit(&mut self, at: u32) {
        if self.is_outgoing(at) && !self.is_absorbed(at) {
            self.outgoing(at);
        }
        let crossed = self.span(at).parent.filter(|&p| self.crosses(p, at));
        if let Some(parent) = crossed
            && (!self.is_outgoing(parent) || self.is_absorbed(parent))
        {
            self.inferred_call(parent, at);
        }
        if matches!(self.part(at), Part::Consume | Part::Receive) {
            self.consume(at, crossed);
        }
        let is_root_entry = self.span(at).parent.is_none() && self.part(at) == Part::Entry;
        if is_root_entry {
            self.entry(at);
        }
        if crossed.is_some() || self.is_served(at) {
            self.serve(at);
        }
    }

    fn is_served(&self, at: u32) -> bool {
        match self.part(at) {
            Part::Entry => !self.span(at).marks.is_orphan || self.has_remote_caller(at),
            Part::Consume => true,
            _ => false,
        }
    }

    /// A client or producer span: one call to each service below it, or one to the peer that it names.
    fn outgoing(&mut self, at: u32) {
        if self.part(at) == Part::Publish {
            self.publish(at);
            return;
        }
        let mut callees = std::mem::take(&mut self.parts.callees);
        callees.clear();
        let remote = self.tree.children(at).iter().filter(|&&c| self.crosses(at, c));
        callees.extend(remote.map(|&c| (self.service(c), c)));
        callees.sort_unstable();
        callees.dedup_by_key(|c| c.0);
        if callees.is_empty() {
            let (to, route) = self.peer(at);
            self.push_call(at, Some(at), None, self.service(at), to, route);
        }
        for &(to, server) in &callees {
            let route = self.route(at, Some(server));
            self.push_call(at, Some(at), Some(server), self.service(at), to, route);
        }
        self.parts.callees = callees;
    }

    /// Whom a call without a server span goes to, and how.
    fn peer(&mut self, at: u32) -> (PartyId, Route) {
        let caller = self.naming.parties.parties.get(self.service(at));
        let is_rpc = self.facts(at).protocol == Protocol::Rpc;
        let Self { parts, tree, naming, names } = self;
        let fields = parts.fields(tree, at);
        let key = party::database_key(&fields);
        if let Some(known) = key.and_then(|key| parts.databases.get(&key)) {
            return (*known, Route::Database);
        }
        let peer = party::peer(&fields, &caller, is_rpc, names);
        let to = naming.parties.intern(peer);
        if !matches!(peer.kind, PartyKind::Database | PartyKind::Cache) {
            return (to, self.route(at, None));
        }
        if let Some(key) = key {
            self.parts.databases.insert(key, to);
        }
        (to, Route::Database)
    }

    /// By which name a client span knows the service that it calls.
    fn alias(&mut self, client: u32) -> Option<Symbol> {
        let Self { parts, tree, names, .. } = self;
        let fields = parts.fields(tree, client);
        let Some(key) = party::alias_key(&fields) else { return party::alias(&fields, names) };
        if let Some(known) = parts.aliases.get(&key) {
            return *known;
        }
        let alias = party::alias(&fields, names);
        self.parts.aliases.insert(key, alias);
        alias
    }

    fn route(&self, client: u32, server: Option<u32>) -> Route {
        let of = |at: u32| match self.facts(at).protocol {
            Protocol::Http => Some(Route::Http),
            Protocol::Rpc => Some(Route::Rpc),
            Protocol::Database => Some(Route::Database),
            Protocol::Messaging => Some(Route::Handover),
            Protocol::Unknown => None,
        };
        // A database client with a server span behind it is a service after all.
        let server = server.and_then(of);
        of(client).or(server).unwrap_or(if server.is_some() { Route::Rpc } else { Route::Other })
    }

    /// A hop whose caller sent no client span.
    fn inferred_call(&mut self, parent: u32, at: u32) {
        if matches!(self.part(at), Part::Consume | Part::Receive) {
            return;
        }
        let route = self.route(at, None);
        let route = if route == Route::Other { Route::Rpc } else { route };
        self.push_call(at, None, Some(at), self.service(parent), self.service(at), route);
    }

    fn publish(&mut self, at: u32) {
        let fields = self.fields(at).into_owned();
        // The span that sends what this one creates stands for it.
        if self.facts(at).is_create && self.parts.senders.contains(&self.service(at)) {
            return;
        }
        let from = self.service(at);
        if let Some(queue) = party::queue(&fields, self.names) {
            let to = self.naming.parties.intern(queue);
            self.push_call(at, Some(at), None, from, to, Route::Publish);
            return;
        }
        let consumers: Vec<u32> =
            self.tree.children(at).iter().copied().filter(|&c| self.crosses(at, c)).collect();
        for c in consumers {
            self.push_call(at, Some(at), Some(c), from, self.service(c), Route::Handover);
        }
    }

    /// Services that send messages in this trace, not only create them.
    fn senders(&self) -> BTreeSet<PartyId> {
        let sends = |f: &Facts| f.part == Part::Publish && !f.is_create;
        self.parts.facts.iter().zip(&self.parts.service).filter(|(f, _)| sends(f)).map(|(_, s)| *s).collect()
    }

    fn consume(&mut self, at: u32, producer: Option<u32>) {
        let fields = self.fields(at).into_owned();
        let is_receive = self.part(at) == Part::Receive;
        if is_receive && self.is_empty_receive(at, &fields) {
            return;
        }
        let own = party::queue(&fields, self.names);
        let queue = own.or_else(|| {
            let producer = producer?;
            party::queue(&self.parts.fields(self.tree, producer), self.names)
        });
        let Some(queue) = queue else { return };
        let from = self.naming.parties.intern(queue);
        let route = if is_receive { Route::Receive } else { Route::Consume };
        self.push_call(at, None, Some(at), from, self.service(at), route);
    }

    fn is_empty_receive(&self, at: u32, fields: &Fields<'_>) -> bool {
        match fields.get(Field::MessagingBatch).and_then(crate::model::Value::as_int) {
            Some(n) => n == 0,
            None => self.span(at).span.links().is_empty() && self.span(at).parent.is_none(),
        }
    }

    /// Whether an orphan's missing caller was another process: by its flags, else by its kind.
    fn has_remote_caller(&self, at: u32) -> bool {
        let flags = self.span(at).span.flags();
        if flags & 0x100 != 0 {
            return flags & 0x200 != 0;
        }
        matches!(self.span(at).span.kind(), SpanKind::Server | SpanKind::Consumer)
    }

    /// The start of a trace, or of what was received of it.
    fn entry(&mut self, at: u32) {
        let marks = self.span(at).marks;
        let caller = if marks.is_orphan || marks.is_cycle {
            if !self.has_remote_caller(at) {
                return;
            }
            PartyKind::UnknownCaller
        } else if self.span(at).span.kind() == SpanKind::Internal {
            return; // A job that starts by itself has no user.
        } else {
            PartyKind::User
        };
        let from = self.naming.parties.intern(Party::of_kind(caller));
        self.push_call(at, None, Some(at), from, self.service(at), Route::Entry);
    }

    /// Services whose spans are neither requests nor calls, as far as this trace tells, are there all the same.
    fn note_bystanders(&mut self) {
        self.parts.busy.sort_unstable();
        self.parts.busy.dedup();
        let mut last = None;
        let mut found: Vec<(PartyId, u32)> = Vec::new();
        for (at, service) in self.parts.service.iter().enumerate() {
            if last.replace(*service) != Some(*service) && self.parts.busy.binary_search(service).is_err() {
                found.push((*service, at as u32));
            }
        }
        if found.is_empty() {
            return;
        }
        found.sort_unstable();
        found.dedup_by_key(|f| f.0);
        for (service, at) in found {
            let span = self.span(at).span;
            self.parts.served.push(Served {
                service,
                row: span.row(),
                is_root: false,
                operation: span.name(),
                start: span.start(),
                duration: Nanos::ZERO,
                is_timed: false,
                outcome: super::Outcome::Success,
                weight: 0.0,
            });
        }
        self.parts.served.sort_by_key(|s| s.start);
    }

    fn serve(&mut self, at: u32) {
        self.parts.busy.push(self.service(at));
        let span = self.span(at).span;
        let facts = *self.facts(at);
        self.parts.served.push(Served {
            service: self.service(at),
            row: span.row(),
            is_root: self.span(at).parent.is_none(),
            operation: span.name(),
            start: span.start(),
            duration: span.duration(),
            is_timed: span.is_timed(),
            outcome: facts.outcome,
            weight: facts.weight,
        });
    }

    /// Whether a client span tells the status of a reply: then it did not give up, and a server that worked
    /// on had answered before.
    fn has_reply(&self, at: u32) -> bool {
        let fields = self.fields(at);
        [Field::HttpStatus, Field::RpcStatus].iter().any(|f| fields.get(*f).is_some())
    }

    fn push_call(
        &mut self,
        main: u32,
        client: Option<u32>,
        server: Option<u32>,
        from: PartyId,
        to: PartyId,
        route: Route,
    ) {
        self.parts.busy.extend([from, to]);
        let edge = self.naming.edges.intern(RawEdge { from, to, route });
        let facts = *self.facts(main);
        let span = self.span(main).span;
        let is_outlasted = client.is_some()
            && server.is_some_and(|s| self.span(s).span.duration() > span.duration() + OVERHANG)
            && !matches!(route, Route::Handover)
            && span.status() != crate::model::StatusCode::Ok
            && self.part(main) == Part::Exit
            && !self.has_reply(main);
        let named = server.unwrap_or(main);
        let alias = match (client, server) {
            (Some(c), Some(_)) if from != to => self.alias(c),
            _ => None,
        };
        let is_timeout = facts.is_timeout || is_outlasted;
        let outcome =
            if is_outlasted && facts.outcome.is_failure() { super::Outcome::Timeout } else { facts.outcome };
        self.parts.calls.push(Call {
            edge,
            client: client.map(|c| self.span(c).span.row()),
            server: server.map(|s| self.span(s).span.row()),
            operation: self.span(named).span.name(),
            start: span.start(),
            duration: span.duration(),
            is_timed: span.is_timed(),
            outcome,
            is_timeout: is_timeout && client.is_some(),
            weight: facts.weight,
            alias: alias.unwrap_or(Symbol::EMPTY),
        });
    }
}
