//! Parties to nodes: which ends of calls are the same thing, and what it is called.
//!
//! All that is said about a node follows from the set of parties, so the order of arrival does not matter.
use std::collections::{BTreeMap, BTreeSet};

use super::NodeKind;
use super::call::RawEdge;
use super::calls::{AliasVotes, Calls};
use super::party::{Party, PartyId, PartyKind, is_address};
use super::series::Series;
use crate::model::{Symbol, Symbols};

/// Paired calls before a `host[:port]` is taken for a service.
const ALIAS_VOTES: i64 = 3;
/// Share of them that must be the same service.
const ALIAS_SHARE: f64 = 0.95;
/// Bare addresses that one caller may have as nodes of their own.
const ADDRESSES: usize = 5;
/// Peers of one sort that one caller may have as nodes of their own, the most called ones.
const PEERS: usize = 200;
/// What the others are called together.
const OTHERS: &str = "other";

/// What a node is called and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `kind:name`, made unique.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// Namespace of a service.
    pub namespace: String,
    /// Environment of a service, where there are several.
    pub environment: String,
    /// Product.
    pub system: String,
}

/// The node of every party.
#[derive(Debug)]
pub struct Names<'a> {
    calls: &'a Calls,
    symbols: &'a Symbols,
    aliases: BTreeMap<Symbol, PartyId>,
    services: BTreeMap<&'a str, Vec<PartyId>>,
    /// Names of services that are in several namespaces.
    ambiguous_services: BTreeSet<Symbol>,
    has_environments: bool,
    crowded: BTreeSet<PartyId>,
    ambiguous_queues: BTreeSet<Symbol>,
    /// Ids of nodes that are shown as one.
    folded: BTreeSet<String>,
}

impl<'a> Names<'a> {
    /// Looks once at all parties that have calls now; those of calls that were corrected or removed do not count.
    pub fn new(calls: &'a Calls, symbols: &'a Symbols) -> Self {
        let mut services: BTreeMap<&str, Vec<PartyId>> = BTreeMap::new();
        let mut environments = BTreeSet::new();
        let mut namespaces: BTreeMap<Symbol, BTreeSet<Symbol>> = BTreeMap::new();
        let mut queues: BTreeMap<Symbol, BTreeSet<Symbol>> = BTreeMap::new();
        for id in live_parties(calls) {
            let party = calls.parties.get(id);
            match party.kind {
                PartyKind::Service => {
                    services.entry(symbols.text(party.name)).or_default().push(id);
                    namespaces.entry(party.name).or_default().insert(party.place);
                    environments.extend((!party.system.is_empty()).then_some(party.system));
                }
                PartyKind::Queue if !party.place.is_empty() => {
                    queues.entry(party.name).or_default().insert(party.place);
                }
                _ => {}
            }
        }
        let several = |places: BTreeMap<Symbol, BTreeSet<Symbol>>| {
            places.into_iter().filter(|(_, places)| places.len() > 1).map(|(name, _)| name).collect()
        };
        let mut this = Self {
            calls,
            symbols,
            aliases: learn_aliases(&calls.aliases),
            services,
            ambiguous_services: several(namespaces),
            has_environments: environments.len() > 1,
            crowded: crowded_addresses(calls, symbols),
            ambiguous_queues: several(queues),
            folded: BTreeSet::new(),
        };
        this.folded = this.rarely_called();
        this
    }

    /// The node of a party.
    pub fn identity(&self, id: PartyId) -> Identity {
        let own = self.own_identity(id);
        if self.folded.is_empty() || !self.folded.contains(&own.id) {
            return own;
        }
        // Brackets, since something may be called "other".
        Identity { name: OTHERS.to_owned(), ..plain(own.kind, &format!("({OTHERS})")) }
    }

    /// Peers beyond the first 200 of one sort that a caller has, by calls and then by id, unless they are
    /// among the first of another caller.
    fn rarely_called(&self) -> BTreeSet<String> {
        let mut by_caller: BTreeMap<(PartyId, PartyKind), Vec<(PartyId, &Series)>> = BTreeMap::new();
        for (edge, series) in live_edges(self.calls) {
            for (caller, peer) in [(edge.from, edge.to), (edge.to, edge.from)] {
                let kind = self.calls.parties.get(peer).kind;
                // Only queues are at the calling end too.
                if kind.is_peer() && (caller == edge.from || kind == PartyKind::Queue) {
                    by_caller.entry((caller, kind)).or_default().push((peer, series));
                }
            }
        }
        if by_caller.values().all(|peers| peers.len() <= PEERS) {
            return BTreeSet::new();
        }
        let (mut kept, mut folded) = (BTreeSet::new(), BTreeSet::new());
        for peers in by_caller.into_values() {
            let mut ids: BTreeMap<String, f64> = BTreeMap::new();
            for (peer, series) in peers {
                let identity = self.own_identity(peer);
                if !self.is_known(&identity) {
                    *ids.entry(identity.id).or_default() += series.calls();
                }
            }
            let mut ids: Vec<(String, f64)> = ids.into_iter().collect();
            ids.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            let rest = ids.split_off(ids.len().min(PEERS));
            kept.extend(ids.into_iter().map(|i| i.0));
            folded.extend(rest.into_iter().map(|i| i.0));
        }
        folded.retain(|id| !kept.contains(id));
        folded
    }

    /// Whether it is a service that sent spans.
    fn is_known(&self, identity: &Identity) -> bool {
        identity.kind == NodeKind::Service
            && self.services.get(identity.name.as_str()).is_some_and(|ids| {
                ids.iter().any(|id| self.service(&self.calls.parties.get(*id)).id == identity.id)
            })
    }

    fn own_identity(&self, id: PartyId) -> Identity {
        let party = self.calls.parties.get(id);
        match party.kind {
            PartyKind::Service => self.service(&party),
            PartyKind::NamedPeer => self.named_peer(self.symbols.text(party.name)),
            PartyKind::Host => self.host(id, &party),
            PartyKind::Database => self.database(&party),
            PartyKind::Cache => self.cache(&party),
            PartyKind::Queue => self.queue(&party),
            PartyKind::Cloud => plain(NodeKind::External, self.symbols.text(party.name)),
            PartyKind::User => plain(NodeKind::User, "user"),
            PartyKind::UnknownCaller => Identity {
                id: "unknown:caller".to_owned(),
                name: "unknown caller".to_owned(),
                ..plain(NodeKind::Unknown, "")
            },
            PartyKind::UnknownPeer => {
                let caller = self.service(&Party { kind: PartyKind::Service, ..party });
                let id = format!("unknown:{}", caller.id.trim_start_matches("service:"));
                Identity { id, name: format!("unknown ({})", caller.name), ..plain(NodeKind::Unknown, "") }
            }
        }
    }

    fn service(&self, party: &Party) -> Identity {
        let name = self.symbols.text(party.name);
        let namespace = self.symbols.text(party.place);
        let environment = if self.has_environments { self.symbols.text(party.system) } else { "" };
        let is_ambiguous = self.ambiguous_services.contains(&party.name);
        let mut id = if is_ambiguous && !namespace.is_empty() {
            format!("service:{namespace}/{name}")
        } else {
            format!("service:{name}")
        };
        if !environment.is_empty() {
            id = format!("{id}@{environment}");
        }
        Identity {
            id,
            name: name.to_owned(),
            kind: NodeKind::Service,
            namespace: namespace.to_owned(),
            environment: environment.to_owned(),
            system: String::new(),
        }
    }

    /// A service that a caller names: the known one, if exactly one has that name.
    fn named_peer(&self, name: &str) -> Identity {
        self.known_service(name).unwrap_or_else(|| plain(NodeKind::Service, name))
    }

    fn known_service(&self, name: &str) -> Option<Identity> {
        let mut found = self.services.get(name)?.iter().map(|id| self.own_identity(*id));
        let first = found.next()?;
        found.all(|f| f.id == first.id).then_some(first)
    }

    fn host(&self, id: PartyId, party: &Party) -> Identity {
        if let Some(service) = self.aliases.get(&party.place) {
            return self.own_identity(*service);
        }
        let (host, place) = (self.symbols.text(party.name), self.symbols.text(party.place));
        if let Some(known) = internal_name(host).and_then(|name| self.known_service(name)) {
            return known;
        }
        if self.crowded.contains(&id) {
            return Identity { name: "addresses".to_owned(), ..plain(NodeKind::External, "addresses") };
        }
        plain(NodeKind::External, place)
    }

    fn database(&self, party: &Party) -> Identity {
        let (name, place, system) = self.texts(party);
        let text = match (name, place) {
            ("", "") => system.to_owned(),
            (name, "") => name.to_owned(),
            ("", place) => format!("{system}@{place}"),
            (name, place) => format!("{name}@{place}"),
        };
        // A host that already says which database it is needs no prefix on screen.
        let shown = if !name.is_empty() && place.contains(name) { place.to_owned() } else { text.clone() };
        Identity { name: shown, system: system.to_owned(), ..plain(NodeKind::Database, &text) }
    }

    fn cache(&self, party: &Party) -> Identity {
        let (name, place, system) = self.texts(party);
        let place = if place.is_empty() { name } else { place };
        let text = if place.is_empty() { system.to_owned() } else { format!("{system}@{place}") };
        let shown = if place.is_empty() { system } else { place };
        Identity { name: shown.to_owned(), system: system.to_owned(), ..plain(NodeKind::Cache, &text) }
    }

    fn queue(&self, party: &Party) -> Identity {
        let (name, place, system) = self.texts(party);
        let is_ambiguous = self.ambiguous_queues.contains(&party.name) && !place.is_empty();
        let text = if is_ambiguous { format!("{name}@{place}") } else { name.to_owned() };
        Identity { system: system.to_owned(), ..plain(NodeKind::Queue, &text) }
    }

    fn texts(&self, party: &Party) -> (&str, &str, &str) {
        (self.symbols.text(party.name), self.symbols.text(party.place), self.symbols.text(party.system))
    }
}

fn plain(kind: NodeKind, name: &str) -> Identity {
    Identity {
        id: format!("{}:{name}", kind.name()),
        name: name.to_owned(),
        kind,
        namespace: String::new(),
        environment: String::new(),
        system: String::new(),
    }
}

/// The name under which a cluster's own DNS knows a service: a single label, or the first of `x.ns.svc…`.
fn internal_name(host: &str) -> Option<&str> {
    let (first, rest) = host.split_once('.').unwrap_or((host, ""));
    let is_internal = rest.is_empty()
        || rest.split('.').any(|l| l == "svc")
        || ["local", "internal"].iter().any(|end| rest.ends_with(end));
    (is_internal && !is_address(host)).then_some(first)
}

fn learn_aliases(votes: &AliasVotes) -> BTreeMap<Symbol, PartyId> {
    let mut totals: BTreeMap<Symbol, i64> = BTreeMap::new();
    votes.iter().for_each(|((alias, _), n)| *totals.entry(*alias).or_default() += n);
    let enough = |alias: &Symbol, n: i64| {
        n >= ALIAS_VOTES && n as f64 >= ALIAS_SHARE * totals.get(alias).copied().unwrap_or(0) as f64
    };
    votes
        .iter()
        .filter(|((alias, _), n)| enough(alias, **n))
        .map(|((alias, party), _)| (*alias, *party))
        .collect()
}

/// Edges that have calls now.
fn live_edges(calls: &Calls) -> impl Iterator<Item = (RawEdge, &Series)> + '_ {
    calls
        .edges
        .iter()
        .zip(calls.by_edge.iter())
        .filter(|(_, s)| !s.is_empty())
        .map(|((_, edge), s)| (edge, s))
}

/// Ends of calls that have some now, and those that served requests.
fn live_parties(calls: &Calls) -> BTreeSet<PartyId> {
    let served = (0..).map(PartyId).zip(calls.by_party.iter()).filter(|(_, s)| !s.is_empty()).map(|(p, _)| p);
    live_edges(calls).flat_map(|(e, _)| [e.from, e.to]).chain(served).collect()
}

/// Bare addresses of callers that have many of them: one node for all, or the map drowns.
fn crowded_addresses(calls: &Calls, symbols: &Symbols) -> BTreeSet<PartyId> {
    let mut by_caller: BTreeMap<PartyId, BTreeSet<PartyId>> = BTreeMap::new();
    for (edge, _) in live_edges(calls) {
        let callee = calls.parties.get(edge.to);
        if callee.kind == PartyKind::Host && is_address(symbols.text(callee.name)) {
            by_caller.entry(edge.from).or_default().insert(edge.to);
        }
    }
    by_caller.into_values().filter(|c| c.len() > ADDRESSES).flatten().collect()
}
