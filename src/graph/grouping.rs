//! Which group each end of calls belongs to: by namespace or by any attribute of its resource.
use std::collections::{BTreeMap, BTreeSet};

use super::{Calls, GraphIndex, Party, PartyId, PartyKind, Snapshot};
use crate::model::NodeId;
use crate::store::{Resource, Spans};

/// What makes services a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum GroupBy {
    /// The first of [`USUAL`] that tells services apart.
    #[default]
    Usual,
    /// These attributes of the resource: groups of the first hold groups of the second, and so on.
    Keys(Vec<String>),
    /// Nothing.
    Nothing,
}

/// What services are grouped by unless somebody says otherwise, best first.
pub const USUAL: [&str; 6] = [
    "service.namespace",
    "k8s.namespace.name",
    "team",
    "service.team",
    "deployment.environment.name",
    "cloud.region",
];

/// The group of whatever lies outside and has no namespace: hosts, addresses, cloud services.
pub const EXTERNAL: &str = "external hosts";

/// Values of one service that are named before it only says that there are several.
const NAMED: usize = 3;

/// Between the name of a group and that of one inside it.
pub const INSIDE: &str = " / ";
/// What stands for an outer group where a service does not tell one.
pub const UNTOLD: &str = "(none)";

/// The groups of a snapshot. The window and the filter do not matter, so that nobody changes groups with time.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// The attribute that tells them, or several with "then" between; `None` where nothing does.
    pub key: Option<String>,
    /// The attributes one by one, the outermost first.
    pub keys: Vec<String>,
    /// In order; inner groups with the names of those around them.
    names: Vec<String>,
    /// By group: the one around it.
    around: Vec<Option<u32>>,
    /// By party: the innermost.
    of_party: Vec<Option<u32>>,
    /// By party: whether it sent spans, and so can tell itself.
    is_service: Vec<bool>,
}

impl Groups {
    /// The groups of all that was seen.
    pub fn new(snapshot: &Snapshot, by: &GroupBy) -> Self {
        let (calls, spans) = (&snapshot.calls, &snapshot.spans);
        let (keys, own) = match by {
            GroupBy::Nothing => return Self::default(),
            GroupBy::Keys(keys) => (keys.clone(), paths(calls, spans, keys)),
            GroupBy::Usual => {
                let tells = |key: &&str| {
                    let own = values(calls, spans, key);
                    let all: BTreeSet<&String> = own.values().collect();
                    let path = |(party, name): (PartyId, String)| (party, vec![name]);
                    (all.len() > 1).then(|| (vec![(*key).to_owned()], own.into_iter().map(path).collect()))
                };
                match USUAL.iter().find_map(tells) {
                    Some(found) => found,
                    None => return Self::default(),
                }
            }
        };
        let of_party = with_stores(calls, own);
        // Each group under its name, with the name of the one around it.
        let mut known: BTreeMap<String, Option<String>> = BTreeMap::new();
        for path in of_party.iter().flatten() {
            for depth in 1..=path.len() {
                let name = |depth: usize| path.get(..depth).unwrap_or_default().join(INSIDE);
                known.entry(name(depth)).or_insert_with(|| (depth > 1).then(|| name(depth - 1)));
            }
        }
        let names: Vec<String> = known.keys().cloned().collect();
        let number = |name: &String| names.binary_search(name).ok().map(|n| n as u32);
        let around = known.values().map(|outer| outer.as_ref().and_then(number)).collect();
        let of_party = of_party.iter().map(|path| number(&path.as_ref()?.join(INSIDE))).collect();
        let is_service = calls.parties().iter().map(|(_, p)| p.kind == PartyKind::Service).collect();
        Self { key: Some(keys.join(" then ")), keys, names, around, of_party, is_service }
    }

    /// A group and all those around it, from the inside out; nothing for a name that is none.
    pub fn chain<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let first = self.names.binary_search_by(|n| n.as_str().cmp(name)).ok();
        let outer = |n: &usize| self.around.get(*n).copied().flatten().map(|n| n as usize);
        std::iter::successors(first, outer).filter_map(|n| self.names.get(n)).map(String::as_str)
    }

    /// Whether a group is called so.
    pub fn is_group(&self, name: &str) -> bool {
        self.names.binary_search_by(|n| n.as_str().cmp(name)).is_ok()
    }

    /// Whether a group is this one or lies inside it.
    pub fn is_within(&self, name: &str, outer: &str) -> bool {
        name == outer || self.chain(name).any(|n| n == outer)
    }

    /// The groups directly inside a group, in order.
    pub fn inside(&self, name: &str) -> Vec<&str> {
        let around = |n: &&String| self.chain(n).nth(1) == Some(name);
        self.names.iter().filter(around).map(String::as_str).collect()
    }

    /// The names of all groups, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The group of each node of a graph of the same data, in order of node.
    pub fn of_nodes(&self, index: &GraphIndex) -> Vec<Option<&str>> {
        let mut out: Vec<Option<&str>> = vec![None; index.graph.nodes().len()];
        // What a service says of itself counts more than what its callers call it.
        let mut told_by = vec![None; out.len()];
        for (party, node) in index.parties() {
            let place = party.0 as usize;
            let own = self.of_party.get(place).copied().flatten();
            let own = own.and_then(|n| self.names.get(n as usize)).map(String::as_str);
            let by = self.is_service.get(place).copied().unwrap_or(false);
            let Some((slot, told)) = out.get_mut(node.0 as usize).zip(told_by.get_mut(node.0 as usize))
            else {
                continue;
            };
            match *told {
                // Ends of calls of several groups that are one node belong to none.
                Some(known) if known == by => *slot = slot.filter(|s| Some(*s) == own),
                Some(true) => {}
                _ => (*slot, *told) = (own, Some(by)),
            }
        }
        out
    }

    /// The group of a node.
    pub fn of_node(&self, index: &GraphIndex, node: NodeId) -> Option<&str> {
        self.of_nodes(index).get(node.0 as usize).copied().flatten()
    }
}

/// Groups that an attribute may make at most to be offered.
const MOST_GROUPS: usize = 200;

/// Attributes of resources by which services can be grouped: the usual ones first, then those that make few groups.
pub fn group_keys(snapshot: &Snapshot) -> Vec<String> {
    let spans = &snapshot.spans;
    let mut seen: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut add = |key, value: String| {
        let values = seen.entry(key).or_default();
        if values.len() <= MOST_GROUPS && !value.is_empty() {
            values.insert(value);
        }
    };
    for resource in spans.resources() {
        for (key, value) in &resource.attributes {
            add(spans.text(*key), value.to_string());
        }
        for (key, value) in [("service.namespace", resource.namespace), ("service.version", resource.version)]
        {
            add(key, spans.text(value).to_owned());
        }
    }
    let is_useful = |(key, values): &(&str, BTreeSet<String>)| {
        (2..=MOST_GROUPS).contains(&values.len()) && *key != "service.name"
    };
    let useful = seen.into_iter().filter(is_useful);
    let mut out: Vec<(usize, usize, String)> = useful
        .map(|(key, values)| {
            let usual = USUAL.iter().position(|u| *u == key).unwrap_or(USUAL.len());
            (usual, values.len(), key.to_owned())
        })
        .collect();
    out.sort_unstable();
    out.into_iter().map(|o| o.2).collect()
}

/// The attributes that a text names, with commas between: the outermost first. `None` where a part is empty.
pub fn parse_keys(text: &str) -> Option<Vec<String>> {
    let keys: Vec<String> = text.split(',').map(|k| k.trim().to_owned()).collect();
    keys.iter().all(|k| !k.is_empty()).then_some(keys)
}

/// The first of some attributes that no service tells.
pub fn untold_key<'a>(snapshot: &Snapshot, keys: &'a [String]) -> Option<&'a String> {
    let tells = |key: &String| !values(&snapshot.calls, &snapshot.spans, key).is_empty();
    keys.iter().find(|k| !tells(k))
}

/// What each service says of an attribute; several values are one text.
fn values(calls: &Calls, spans: &Spans, key: &str) -> BTreeMap<PartyId, String> {
    let services: BTreeMap<_, PartyId> = calls
        .parties()
        .iter()
        .filter(|(_, p)| p.kind == PartyKind::Service)
        .map(|(id, p)| ((p.name, p.place, p.system), id))
        .collect();
    let mut found: BTreeMap<PartyId, BTreeSet<String>> = BTreeMap::new();
    for resource in spans.resources() {
        let p = Party::service(resource);
        let Some(&id) = services.get(&(p.name, p.place, p.system)) else { continue };
        found.entry(id).or_default().extend(value(spans, resource, key));
    }
    let text = |values: BTreeSet<String>| match values.len() {
        0 => None,
        n if n <= NAMED => Some(values.into_iter().collect::<Vec<_>>().join(", ")),
        n => Some(format!("{n} values")),
    };
    found.into_iter().filter_map(|(id, values)| Some((id, text(values)?))).collect()
}

/// What each service says of several attributes, the outermost first; what it does not say at the end is left out.
fn paths(calls: &Calls, spans: &Spans, keys: &[String]) -> BTreeMap<PartyId, Vec<String>> {
    let mut out: BTreeMap<PartyId, Vec<String>> = BTreeMap::new();
    for (depth, key) in keys.iter().enumerate() {
        for (party, mut value) in values(calls, spans, key) {
            if keys.len() > 1 {
                // A value must not look like a group inside another.
                value = value.replace(INSIDE, "/");
            }
            let path = out.entry(party).or_default();
            path.resize(depth, UNTOLD.to_owned());
            path.push(value);
        }
    }
    out
}

fn value(spans: &Spans, resource: &Resource, key: &str) -> Option<String> {
    let known = match key {
        "namespace" | "service.namespace" => Some(resource.namespace),
        "environment" | "deployment.environment" | "deployment.environment.name" => {
            Some(resource.environment)
        }
        "version" | "service.version" => Some(resource.version),
        _ => None,
    };
    let text = match known {
        Some(symbol) => spans.text(symbol).to_owned(),
        None => {
            let mut own = resource.attributes.iter().rev();
            own.find(|(k, _)| spans.text(*k) == key).map(|(_, v)| v.to_string())?
        }
    };
    (!text.is_empty()).then_some(text)
}

/// Adds what sent no spans: a store that one group alone uses belongs to it, a queue to the group that alone
/// publishes to it, however many listen; hosts lie outside. What several groups use that lie in one belongs to that.
fn with_stores(calls: &Calls, own: BTreeMap<PartyId, Vec<String>>) -> Vec<Option<Vec<String>>> {
    let mut users: BTreeMap<PartyId, BTreeSet<Option<&Vec<String>>>> = BTreeMap::new();
    let mut listeners = users.clone();
    for (_, edge) in calls.edges().iter() {
        for (party, other, by_caller) in [(edge.to, edge.from, true), (edge.from, edge.to, false)] {
            let kind = calls.parties().get(party).kind;
            let of = if kind == PartyKind::Queue && !by_caller { &mut listeners } else { &mut users };
            if is_kept_by_users(kind) {
                of.entry(party).or_default().insert(own.get(&other));
            }
        }
    }
    let group = |(id, party): (PartyId, Party)| match party.kind {
        PartyKind::Service => own.get(&id).cloned(),
        PartyKind::Host | PartyKind::Cloud | PartyKind::UnknownPeer => Some(vec![EXTERNAL.to_owned()]),
        PartyKind::User | PartyKind::UnknownCaller => None,
        _ => {
            let users = users.get(&id).or_else(|| listeners.get(&id))?;
            let users: Option<Vec<&Vec<String>>> = users.iter().copied().collect();
            let shared = users?.into_iter().cloned().reduce(|a, b| {
                let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
                a.into_iter().take(same).collect()
            });
            shared.filter(|path| !path.is_empty())
        }
    };
    calls.parties().iter().map(group).collect()
}

fn is_kept_by_users(kind: PartyKind) -> bool {
    matches!(kind, PartyKind::NamedPeer | PartyKind::Database | PartyKind::Cache | PartyKind::Queue)
}
