//! The ends of calls as spans name them, before names are made unique and aliases resolved.
use std::borrow::Cow;
use std::hash::BuildHasher;
use std::net::IpAddr;

use foldhash::quality::RandomState;
use hashbrown::HashTable;

use crate::model::semconv::{self, Field};
use crate::model::{CowVec, FreePlaces, Interner, Symbol, Value};
use crate::store::{Fields, Resource};

/// A caller or callee as named by spans; a place in [`Parties`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyId(pub u32);

/// What evidence named it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartyKind {
    /// A service that sent spans.
    Service,
    /// A service that a caller named as its peer.
    NamedPeer,
    /// A database.
    Database,
    /// A cache.
    Cache,
    /// A queue or topic.
    Queue,
    /// A host called over HTTP or RPC.
    Host,
    /// A cloud service, function or model API.
    Cloud,
    /// A callee that nothing names.
    UnknownPeer,
    /// Whoever starts traces.
    User,
    /// A caller whose span was not received.
    UnknownCaller,
}

impl PartyKind {
    /// Whether it is only what callers say of it: there may be any number.
    pub fn is_peer(self) -> bool {
        match self {
            Self::NamedPeer | Self::Database | Self::Cache | Self::Queue | Self::Host | Self::Cloud => true,
            Self::Service | Self::UnknownPeer | Self::User | Self::UnknownCaller => false,
        }
    }
}

/// Identity of a party. Which symbols are set depends on the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Party {
    /// What evidence named it.
    pub kind: PartyKind,
    /// Service name, database name, destination, host or resource.
    pub name: Symbol,
    /// Service namespace, or `host[:port]` of a database, cache, queue or host.
    pub place: Symbol,
    /// Environment of a service, or product of the others.
    pub system: Symbol,
}

impl Party {
    /// A party that only its kind tells.
    pub fn of_kind(kind: PartyKind) -> Self {
        Self { kind, name: Symbol::EMPTY, place: Symbol::EMPTY, system: Symbol::EMPTY }
    }
    /// The service of a sender.
    pub fn service(resource: &Resource) -> Self {
        Self {
            kind: PartyKind::Service,
            name: resource.service,
            place: resource.namespace,
            system: resource.environment,
        }
    }
}

/// All parties seen.
#[derive(Clone, Debug, Default)]
pub struct Parties {
    parties: CowVec<Party>,
}

impl Parties {
    /// A party.
    pub fn get(&self, id: PartyId) -> Party {
        self.parties.get(id.0 as usize).copied().unwrap_or(Party::of_kind(PartyKind::UnknownPeer))
    }
    /// All places of parties; those of parties without calls may be taken by others.
    pub fn iter(&self) -> impl Iterator<Item = (PartyId, Party)> + '_ {
        (0..).map(PartyId).zip(self.parties.iter().copied())
    }
    /// How many places there are.
    pub fn len(&self) -> usize {
        self.parties.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.parties.is_empty()
    }
}

/// Interns parties.
#[derive(Debug, Default)]
pub struct PartyInterner {
    /// The readable half.
    pub parties: Parties,
    free: FreePlaces,
    index: HashTable<u32>,
    hasher: RandomState,
}

impl PartyInterner {
    /// The handle of a party, new or known.
    pub fn intern(&mut self, party: Party) -> PartyId {
        let hash = self.hasher.hash_one(party);
        let Self { parties: Parties { parties }, free, index, hasher } = self;
        if let Some(&i) = index.find(hash, |&i| parties.get(i as usize) == Some(&party)) {
            return PartyId(i);
        }
        let i = free.put(parties, party);
        index.insert_unique(hash, i, |&i| parties.get(i as usize).map_or(0, |p| hasher.hash_one(p)));
        PartyId(i)
    }

    /// Gives back the parties that are not live; live ones keep their handles.
    pub fn sweep(&mut self, is_live: &[bool]) {
        self.index.retain(|&mut i| is_live.get(i as usize).copied().unwrap_or(false));
        self.free.set(is_live);
    }

    /// How many were not given back.
    pub fn live(&self) -> usize {
        self.index.len()
    }

    /// Symbols that those mention, in no order.
    pub fn symbols(&self) -> impl Iterator<Item = Symbol> + '_ {
        let live = self.index.iter().map(|&i| self.parties.get(PartyId(i)));
        live.flat_map(|p| [p.name, p.place, p.system])
    }
}

/// Whom an exit span calls, by its own words. `caller` names the peer that nothing else names.
pub fn peer(fields: &Fields<'_>, caller: &Party, is_rpc: bool, names: &mut Interner) -> Party {
    if let Some(name) = fields.text(Field::PeerService) {
        let name = names.intern(name);
        if let Some(system) = fields.text(Field::DbSystem) {
            let (kind, system) = database_kind(system, names);
            return Party { kind, name, place: Symbol::EMPTY, system };
        }
        return Party { kind: PartyKind::NamedPeer, name, ..Party::of_kind(PartyKind::NamedPeer) };
    }
    if let Some(system) = fields.text(Field::DbSystem) {
        return database(fields, system, names);
    }
    if let Some(provider) = fields.text(Field::GenAi) {
        let name = names.intern(provider);
        return Party { kind: PartyKind::Cloud, name, ..Party::of_kind(PartyKind::Cloud) };
    }
    if let Some(cloud) = cloud_name(fields) {
        let name = names.intern(&cloud);
        return Party { kind: PartyKind::Cloud, name, ..Party::of_kind(PartyKind::Cloud) };
    }
    if let Some(host) = host(fields, true) {
        let port = port(fields).filter(|p| *p != 80 && *p != 443);
        let text = with_port(&host, port);
        let system = names.intern(if is_rpc { "rpc" } else { "http" });
        return Party {
            kind: PartyKind::Host,
            name: names.intern(&host),
            place: names.intern(&text),
            system,
        };
    }
    Party { kind: PartyKind::UnknownPeer, name: caller.name, place: caller.place, system: caller.system }
}

fn database_kind(system: &str, names: &mut Interner) -> (PartyKind, Symbol) {
    let system = semconv::db_system(system);
    let kind = if semconv::is_cache(system) { PartyKind::Cache } else { PartyKind::Database };
    (kind, names.intern(system))
}

fn database(fields: &Fields<'_>, system: &str, names: &mut Interner) -> Party {
    let (kind, symbol) = database_kind(system, names);
    let place = host(fields, true).map(|host| {
        let port = port(fields).filter(|p| default_port(semconv::db_system(system)) != Some(*p));
        with_port(&host, port).into_owned()
    });
    let name = match kind {
        PartyKind::Cache => Symbol::EMPTY,
        _ => fields.get(Field::DbName).map_or(Symbol::EMPTY, |v| names.intern(&v.to_string())),
    };
    Party { kind, name, place: place.map_or(Symbol::EMPTY, |p| names.intern(&p)), system: symbol }
}

fn default_port(system: &str) -> Option<i64> {
    Some(match system {
        "postgresql" | "cockroachdb" => 5432,
        "mysql" | "mariadb" => 3306,
        "redis" | "valkey" => 6379,
        "memcached" => 11211,
        "mongodb" => 27017,
        "microsoft.sql_server" => 1433,
        "oracle.db" => 1521,
        "cassandra" => 9042,
        "elasticsearch" | "opensearch" => 9200,
        "clickhouse" => 9000,
        _ => return None,
    })
}

/// The queue or topic of a messaging span; `None` where it names neither a destination nor a system.
pub fn queue(fields: &Fields<'_>, names: &mut Interner) -> Option<Party> {
    let system = fields.text(Field::MessagingSystem).unwrap_or("");
    let is_temporary = fields.get(Field::MessagingTemporary).and_then(Value::as_bool) == Some(true);
    let named = fields.text(Field::MessagingDestination).filter(|_| !is_temporary);
    // Zipkin names the broker as the remote endpoint.
    let name = named.or_else(|| fields.text(Field::PeerService)).unwrap_or(system);
    if name.is_empty() {
        return None;
    }
    let host = host(fields, false).unwrap_or_default();
    let (name, place, system) = (names.intern(name), names.intern(&host), names.intern(system));
    Some(Party { kind: PartyKind::Queue, name, place, system })
}

/// Which values of the store alone decide whom a call to a database goes to: whoever has the same ones calls the
/// same. `None` where others have a say.
pub fn database_key(fields: &Fields<'_>) -> Option<[usize; 4]> {
    let system = fields.get(Field::DbSystem).filter(|_| fields.get(Field::PeerService).is_none())?;
    let [host, port] = alias_key(fields)?;
    Some([place_of(system), fields.get(Field::DbName).map_or(0, place_of), host, port])
}

/// The same for [`alias`].
pub fn alias_key(fields: &Fields<'_>) -> Option<[usize; 2]> {
    let (rank, host) = fields.get_ranked(Field::PeerHost)?;
    let port = fields.get(Field::PeerPort).filter(|p| p.as_int().is_some())?;
    let is_named = rank <= 1 && host.as_str().is_some_and(|h| !h.is_empty());
    is_named.then(|| [place_of(host), place_of(port)])
}

fn place_of(value: &Value) -> usize {
    std::ptr::from_ref(value) as usize
}

fn cloud_name(fields: &Fields<'_>) -> Option<String> {
    if let Some(function) = fields.text(Field::FaasName) {
        return Some(function.to_owned());
    }
    let resource = fields.get(Field::CloudResource).map(|v| match v {
        Value::Array(items) => items.first().map(ToString::to_string).unwrap_or_default(),
        other => other.to_string(),
    });
    let service = fields.text(Field::RpcService).filter(|_| fields.text(Field::RpcSystem) == Some("aws-api"));
    match (service, resource.filter(|r| !r.is_empty())) {
        (Some(s), Some(r)) => Some(format!("{s}/{r}")),
        (Some(s), None) => Some(s.to_owned()),
        (None, r) => r,
    }
}

/// The host that a caller names: the address, or the host of its URL. Lower case.
pub fn host<'a>(fields: &Fields<'a>, with_url: bool) -> Option<Cow<'a, str>> {
    let (rank, from_peer) = match fields.get_ranked(Field::PeerHost) {
        Some((rank, Value::Str(s))) if !s.is_empty() => (rank, Some(&**s)),
        _ => (u8::MAX, None),
    };
    if let Some(host) = from_peer.filter(|_| rank <= 1) {
        return Some(clean_host(host));
    }
    let from_url = if with_url { fields.text(Field::Url).and_then(host_of_url) } else { None };
    from_url.or_else(|| fields.text(Field::HttpHost).map(clean_host)).or_else(|| from_peer.map(clean_host))
}

fn clean_host(host: &str) -> Cow<'_, str> {
    // Most names are clean already.
    let is_plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    if host.bytes().all(is_plain) && !host.ends_with('.') {
        return Cow::Borrowed(host);
    }
    let host = host.trim().trim_end_matches('.');
    // A trailing :port belongs to the port, unless it is a bare IPv6 address.
    let host = match host.rsplit_once(':') {
        Some((h, p)) if !h.contains(':') && p.bytes().all(|b| b.is_ascii_digit()) => h,
        _ => host,
    };
    lower_case(host.trim_start_matches('[').trim_end_matches(']'))
}

fn lower_case(text: &str) -> Cow<'_, str> {
    let is_lower = !text.bytes().any(|b| b.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(text) } else { Cow::Owned(text.to_ascii_lowercase()) }
}

fn authority(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, h)| h);
    (!host.is_empty()).then_some(host)
}

fn host_of_url(url: &str) -> Option<Cow<'_, str>> {
    let authority = authority(url)?;
    match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().map(lower_case),
        None => Some(clean_host(authority)),
    }
}

/// The port that a caller names.
pub fn port(fields: &Fields<'_>) -> Option<i64> {
    let named = fields.get(Field::PeerPort).and_then(Value::as_int);
    named.or_else(|| {
        let authority = authority(fields.text(Field::Url)?)?;
        let port = authority.rsplit_once(':')?.1;
        port.parse().ok()
    })
}

fn join_port(host: &str, port: i64) -> String {
    let port = port.to_string();
    if host.contains(':') { ["[", host, "]:", &port].concat() } else { [host, ":", &port].concat() }
}

fn with_port<'a>(host: &'a str, port: Option<i64>) -> Cow<'a, str> {
    port.map_or(Cow::Borrowed(host), |p| Cow::Owned(join_port(host, p)))
}

/// Whether a host is a bare address.
pub fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}

/// `host[:port]` under which a service may be known to its callers; `None` where that says nothing.
pub fn alias(fields: &Fields<'_>, names: &mut Interner) -> Option<Symbol> {
    let host = host(fields, true)?;
    let port = port(fields).filter(|p| *p != 80 && *p != 443);
    if port.is_none() && (host == "localhost" || is_address(&host)) {
        return None;
    }
    Some(names.intern(&with_port(&host, port)))
}
