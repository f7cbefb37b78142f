//! The names that spans mention, and the alias of each: stable under a salt, and as telling to the graph.
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use regex::{Regex, RegexBuilder};

use super::keyed_hash::HashKey;
use super::known;
use crate::graph::telling_words;
use crate::model::semconv::{self, Field};
use crate::model::{SpanRecord, Value};
use crate::store::SpanRef;

/// What a name is a name of; the first wins where a text is several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Service,
    Queue,
    Database,
    External,
    Host,
    Namespace,
    Environment,
    Instance,
    Table,
    Operation,
    Scope,
    Event,
    Error,
    Region,
    Version,
    Product,
    Value,
}

impl Kind {
    /// Whether it is told by a hash of its own wherever it stands, and not by the alias of a name that is the same.
    pub(super) fn is_coded(self) -> bool {
        matches!(self, Self::Scope | Self::Event | Self::Error | Self::Region | Self::Version | Self::Product)
    }
    /// Whether such a text says nothing of whose it is.
    fn is_everybodys(self, text: &str) -> bool {
        match self {
            Self::Operation => known::is_verb(text),
            Self::Event => known::is_event(text),
            Self::Error => known::is_error(text),
            Self::Version => known::is_version(text),
            Self::Product => known::is_product(text),
            _ => false,
        }
    }
    fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Queue => "queue",
            Self::Database => "database",
            Self::External => "external",
            Self::Host => "host",
            Self::Namespace => "namespace",
            Self::Environment => "environment",
            Self::Instance => "instance",
            Self::Table => "table",
            Self::Operation => "operation",
            Self::Scope => "scope",
            Self::Event => "event",
            Self::Error => "error",
            Self::Region => "region",
            Self::Version => "version",
            Self::Product => "product",
            Self::Value => "value",
        }
    }
}

/// What the value of an attribute names; `None` where it is no name.
pub(super) fn kind_of(key: &str) -> Option<Kind> {
    use semconv::resource as r;
    let is = |keys: &[&str]| keys.contains(&key);
    if is(r::SERVICE) {
        return Some(Kind::Service);
    }
    if is(r::NAMESPACE) {
        return Some(Kind::Namespace);
    }
    if is(r::ENVIRONMENT) {
        return Some(Kind::Environment);
    }
    if is(r::REGION) {
        return Some(Kind::Region);
    }
    if is(r::VERSION) {
        return Some(Kind::Version);
    }
    if is(r::INSTANCE) || is(r::HOST) || is(r::PLACE) || is(r::EXECUTABLE) {
        return Some(Kind::Instance);
    }
    Some(match semconv::role(key)?.field {
        Field::PeerService => Kind::Service,
        Field::PeerHost | Field::HttpHost => Kind::Host,
        Field::DbName => Kind::Database,
        Field::DbCollection => Kind::Table,
        Field::MessagingDestination => Kind::Queue,
        Field::FaasName | Field::CloudResource => Kind::External,
        Field::RpcService | Field::RpcMethod | Field::HttpRoute | Field::UrlPath | Field::DbSummary => {
            Kind::Operation
        }
        Field::ErrorType | Field::ExceptionType => Kind::Error,
        Field::DbSystem | Field::MessagingSystem | Field::RpcSystem | Field::GenAi => Kind::Product,
        _ => return None,
    })
}

/// Names shorter than this are replaced only where they stand alone.
const SHORT: usize = 4;
/// Plain words of this many letters are hidden within texts, whatever they are names of.
const LONG: usize = 12;
/// Hexadecimal digits of an alias; more where two names would share one.
const DIGITS: [usize; 3] = [4, 8, 16];
/// Texts whose replacement is remembered.
const REMEMBERED: usize = 100_000;

/// The names seen, and what each becomes.
pub(super) struct Names {
    key: HashKey,
    kinds: BTreeMap<String, Kind>,
    aliases: BTreeMap<String, String>,
    /// The same by name in lower case.
    lower: HashMap<String, String>,
    digits: usize,
    /// Finds all names in other texts; `None` where there are too many for that.
    finder: Option<Regex>,
    memo: HashMap<String, String>,
}

impl Names {
    /// The names of these spans; where only texts are hidden, of those that are told by a hash.
    pub(super) fn new<'a>(salt: &str, is_all: bool, spans: impl Iterator<Item = SpanRef<'a>>) -> Self {
        let mut kinds = BTreeMap::new();
        let mut resources = BTreeSet::new();
        let mut see = |text: &str, kind: Kind| {
            if is_all || (kind.is_coded() && kind != Kind::Scope) {
                self::see(&mut kinds, text, kind);
            }
        };
        for span in spans {
            see(span.name_text(), Kind::Operation);
            if resources.insert(std::ptr::from_ref(span.resource()) as usize) {
                let all = span.resource().attributes.iter();
                all.for_each(|(k, v)| see_attribute(&mut see, span.text_of(*k), v));
            }
            see(span.text_of(span.scope().name), Kind::Scope);
            span.attributes().for_each(|(k, v)| see_attribute(&mut see, span.text_of(k), v));
            for event in span.events() {
                see(span.text_of(event.name), Kind::Event);
                let all = span.event_attributes(event);
                all.for_each(|(k, v)| see_attribute(&mut see, span.text_of(k), v));
            }
        }
        let key = HashKey::of(salt);
        let digits = DIGITS.into_iter().find(|d| {
            let mut taken = BTreeSet::new();
            kinds.keys().all(|name| taken.insert(digits_of(key, name, *d)))
        });
        let mut names = Self {
            key,
            kinds,
            aliases: BTreeMap::new(),
            lower: HashMap::new(),
            digits: digits.unwrap_or(16),
            finder: None,
            memo: HashMap::new(),
        };
        let kinds = names.kinds.iter().map(|(n, k)| (n.clone(), *k)).collect::<Vec<_>>();
        names.aliases = kinds.into_iter().map(|(n, k)| (n.clone(), names.made_up(&n, k))).collect();
        names.lower = names.aliases.iter().map(|(n, a)| (n.to_lowercase(), a.clone())).collect();
        names.finder = finder(&names.aliases, &names.kinds);
        names
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.aliases.iter().filter(|(name, alias)| name != alias).count()
    }

    /// What a name becomes.
    pub(super) fn alias(&self, name: &str, kind: Kind) -> String {
        if name.is_empty() {
            return String::new();
        }
        self.aliases.get(name).cloned().unwrap_or_else(|| self.made_up(name, kind))
    }

    fn made_up(&self, name: &str, kind: Kind) -> String {
        match kind {
            // What OpenTelemetry says where nobody gave a name.
            Kind::Service if name == "unknown_service" => name.to_owned(),
            Kind::Service if name.starts_with("unknown_service:") => {
                let program = name.trim_start_matches("unknown_service:");
                format!("unknown_service:{}", self.alias(program, Kind::Instance))
            }
            Kind::Host => self.host(name),
            Kind::Instance if name.parse::<IpAddr>().is_ok() => self.host(name),
            kind if kind.is_everybodys(name) => name.to_owned(),
            // What classes a failure is told by the name of its error too.
            Kind::Error if !telling_words(name).is_empty() => {
                format!("error-{} ({})", digits_of(self.key, name, self.digits), telling_words(name))
            }
            kind => format!("{}-{}", kind.word(), digits_of(self.key, name, self.digits)),
        }
    }

    /// What a text becomes that has a hash of its own wherever it stands.
    pub(super) fn coded(&self, text: &str, kind: Kind) -> String {
        if text.is_empty() { String::new() } else { self.made_up(text, kind) }
    }

    /// A host, with its port where it has one: an address stays an address, and a name inside a cluster whose
    /// first part is a service stays one.
    fn host(&self, text: &str) -> String {
        let host = text.trim().trim_end_matches('.');
        if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            return self.address(address);
        }
        let (host, port) = match host.rsplit_once(':') {
            Some((h, p)) if !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()) => (h, Some(p)),
            _ => (host, None),
        };
        let host = host.to_ascii_lowercase();
        let shown = match host.parse::<IpAddr>() {
            Ok(address) => self.address(address),
            Err(_) => self.host_name(&host),
        };
        port.map_or(shown.clone(), |p| format!("{shown}:{p}"))
    }

    fn host_name(&self, host: &str) -> String {
        if host == "localhost" {
            return host.to_owned();
        }
        let (first, rest) = host.split_once('.').unwrap_or((host, ""));
        let plain = |text: &str| format!("host-{}", digits_of(self.key, text, self.digits));
        let is_known = self.kinds.get(first) == Some(&Kind::Service);
        let label = |l: &str| match l {
            "svc" | "cluster" | "local" | "internal" => l.to_owned(),
            other => plain(other),
        };
        let is_inside = rest.split('.').any(|l| matches!(l, "svc" | "local" | "internal"));
        let head = if is_known && (rest.is_empty() || is_inside) {
            self.alias(first, Kind::Service)
        } else {
            plain(host)
        };
        match (rest, is_inside) {
            ("", _) => head,
            (rest, true) => rest.split('.').fold(head, |all, l| format!("{all}.{}", label(l))),
            (_, false) => format!("{head}.example"),
        }
    }

    fn address(&self, address: IpAddr) -> String {
        let hash = self.key.hash(address.to_string().as_bytes());
        match address {
            IpAddr::V4(a) if a.is_loopback() => a.to_string(),
            IpAddr::V6(a) if a.is_loopback() => a.to_string(),
            IpAddr::V4(_) => {
                let [_, b, c, d, ..] = hash.to_be_bytes();
                Ipv4Addr::new(10, b, c, d).to_string()
            }
            IpAddr::V6(_) => {
                let part = |shift: u32| (hash >> shift) as u16;
                Ipv6Addr::new(0x2001, 0xdb8, 0, 0, part(48), part(32), part(16), part(0)).to_string()
            }
        }
    }

    /// A text in which every name is replaced.
    pub(super) fn scrubbed(&mut self, text: &str) -> String {
        if let Some(alias) = self.aliases.get(text) {
            return alias.clone();
        }
        if let Some(known) = self.memo.get(text) {
            return known.clone();
        }
        let Some(finder) = &self.finder else {
            return if text.is_empty() { String::new() } else { self.alias(text, Kind::Value) };
        };
        let replaced = finder.replace_all(text, |found: &regex::Captures<'_>| {
            let name = found.get(0).map_or("", |m| m.as_str());
            let same = || self.lower.get(&name.to_lowercase());
            self.aliases.get(name).or_else(same).cloned().unwrap_or_default()
        });
        let replaced = replaced.into_owned();
        if self.memo.len() < REMEMBERED {
            self.memo.insert(text.to_owned(), replaced.clone());
        }
        replaced
    }

    /// An alias by another word than that of its kind, whatever the text may be elsewhere.
    pub(super) fn alias_of_word(&self, text: &str, word: &str) -> String {
        format!("{word}-{}", digits_of(self.key, text, self.digits))
    }

    /// What the names that a text holds become.
    pub(super) fn aliases_in(&self, text: &str) -> Vec<String> {
        let Some(finder) = &self.finder else { return Vec::new() };
        finder.find_iter(text).filter_map(|m| self.lower.get(&m.as_str().to_lowercase()).cloned()).collect()
    }

    /// The id that a node has once the names are replaced.
    pub(super) fn node_id(&self, id: &str) -> String {
        let Some((kind, rest)) = id.split_once(':').filter(|(_, rest)| *rest != "(other)") else {
            return id.to_owned();
        };
        let named = |name: &str, kind| self.alias(name, kind);
        let at = |rest: &str, first: Kind, second: Kind| match rest.split_once('@') {
            Some((name, place)) => format!("{}@{}", named(name, first), named(place, second)),
            None => named(rest, first),
        };
        // A database may be told by its number.
        let product = |rest: &str| match known::is_code(rest) {
            true => rest.to_owned(),
            false => self.coded(rest, Kind::Product),
        };
        let service = |rest: &str| {
            let (name, place) = rest.split_once('@').map_or((rest, None), |(n, p)| (n, Some(p)));
            let name = match name.split_once('/').filter(|_| !self.kinds.contains_key(name)) {
                Some((space, name)) => {
                    format!("{}/{}", named(space, Kind::Namespace), named(name, Kind::Service))
                }
                None => named(name, Kind::Service),
            };
            place.map_or(name.clone(), |p| format!("{name}@{}", named(p, Kind::Environment)))
        };
        let shown = match kind {
            "service" => service(rest),
            "unknown" if rest != "caller" => service(rest),
            "database" => match rest.split_once('@') {
                Some((name, place)) if self.kinds.get(name) != Some(&Kind::Database) => {
                    format!("{}@{}", product(name), self.host(place))
                }
                Some((name, place)) => format!("{}@{}", named(name, Kind::Database), self.host(place)),
                None if self.kinds.contains_key(rest) => named(rest, Kind::Database),
                None => product(rest),
            },
            "cache" => match rest.split_once('@') {
                Some((system, place)) if self.kinds.contains_key(place) => {
                    format!("{}@{}", product(system), named(place, Kind::Service))
                }
                Some((system, place)) => format!("{}@{}", product(system), self.host(place)),
                None => product(rest),
            },
            "queue" if self.kinds.contains_key(rest) => named(rest, Kind::Queue),
            "queue" if rest.contains('@') => at(rest, Kind::Queue, Kind::Host),
            "queue" => product(rest),
            "external" if matches!(rest, "addresses" | "(other)") => rest.to_owned(),
            "external" if self.kinds.contains_key(rest) => named(rest, Kind::External),
            "external" if known::is_product(rest) => rest.to_owned(),
            "external" => match rest.split_once('/') {
                // A cloud service and what of it.
                Some((service, part)) => {
                    format!("{}/{}", named(service, Kind::Operation), named(part, Kind::External))
                }
                None => self.host(rest),
            },
            _ => rest.to_owned(),
        };
        format!("{kind}:{shown}")
    }
}

fn digits_of(key: HashKey, name: &str, digits: usize) -> String {
    let mut text = format!("{:016x}", key.hash(name.as_bytes()));
    text.truncate(digits);
    text
}

fn see(kinds: &mut BTreeMap<String, Kind>, name: &str, kind: Kind) {
    if name.is_empty() {
        return;
    }
    match kinds.get_mut(name) {
        Some(known) => *known = (*known).min(kind),
        None => _ = kinds.insert(name.to_owned(), kind),
    }
}

fn see_attribute(see: &mut impl FnMut(&str, Kind), key: &str, value: &Value) {
    let Some(kind) = kind_of(key) else { return };
    match value {
        Value::Str(text) => see(text, kind),
        Value::Array(items) => items.iter().filter_map(Value::as_str).for_each(|t| see(t, kind)),
        _ => {}
    }
}

/// Finds names in texts, in any case; the longest first. A plain word of an event or an error is no name elsewhere.
fn finder(aliases: &BTreeMap<String, String>, kinds: &BTreeMap<String, Kind>) -> Option<Regex> {
    let is_word = |name: &str| {
        let is_coded = kinds.get(name).is_some_and(|k| k.is_coded());
        is_coded && name.len() < LONG && name.bytes().all(|b| b.is_ascii_lowercase())
    };
    let found = aliases.iter().filter(|(n, a)| n != a && !is_word(n));
    let mut names: Vec<&str> = found.map(|(n, _)| n.as_str()).collect();
    names.sort_by_key(|n| (std::cmp::Reverse(n.len()), *n));
    let one = |n: &&str| {
        let text = regex::escape(n);
        if n.chars().count() < SHORT { format!(r"\b{text}\b") } else { text }
    };
    let all: Vec<String> = names.iter().map(one).collect();
    let pattern = if all.is_empty() { r"[^\s\S]".to_owned() } else { all.join("|") };
    RegexBuilder::new(&pattern).case_insensitive(true).size_limit(64 << 20).build().ok()
}

/// Whether a span's own service has a name.
pub(super) fn service_of(record: &SpanRecord) -> &str {
    let found = record.resource.attributes.iter().rev().find(|(k, _)| k == "service.name");
    found.and_then(|(_, v)| v.as_str()).unwrap_or("unknown_service")
}
