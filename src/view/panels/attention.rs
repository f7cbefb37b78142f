//! What needs attention: unhealthy nodes and edges, each as one sentence made of measured facts alone.
use super::command::Item;
use crate::export::names::shown_name;
use crate::graph::{Edge, GraphIndex, Health, NodeKind, Outcome, Red, Snapshot};
use crate::model::{EdgeId, Nanos, NodeId};
use crate::texts::{fill, texts};
use crate::view::text;

/// Growth of latency below this is not worth a word.
const NOTICEABLE: Nanos = Nanos::from_millis(50);

/// One sentence, and what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Concern {
    /// About what.
    pub item: Item,
    /// How bad.
    pub health: Health,
    /// Who: `orders → orders-postgresql`.
    pub subject: String,
    /// What is wrong: `p95 2.52 s, normally 98 ms`.
    pub facts: String,
    /// Whether nothing that it calls is unhealthy: trouble starts here, as far as spans tell.
    pub is_origin: bool,
    /// Requests per second of time lost, or failed: for the order among equals.
    weight: f64,
}

impl Concern {
    /// The whole sentence.
    pub fn sentence(&self) -> String {
        format!("{} {}", self.subject, self.facts)
    }
}

/// All concerns, worst first.
///
/// A node whose calls from one caller are already told of is left out when it has nothing to add: the edge
/// says more.
pub fn concerns(snapshot: &Snapshot, index: &GraphIndex) -> Vec<Concern> {
    let graph = &index.graph;
    let is_bad = |h: Health| h >= Health::Warning;
    let mut out = Vec::new();
    for (id, from, to, edge) in graph.edges().filter(|e| is_bad(e.3.health)) {
        // What users see is told by the node that they enter.
        let is_entry = graph.node(from).is_some_and(|n| n.kind == NodeKind::User);
        if is_entry && graph.node(to).is_some_and(|n| is_bad(n.health)) {
            continue;
        }
        out.push(edge_concern(snapshot, index, id, (from, to), edge));
    }
    for (id, node) in graph.nodes().filter(|(_, n)| is_bad(n.health)) {
        let told = graph.dependents(id).iter().any(|(e, from)| {
            let is_user = graph.node(*from).is_some_and(|n| n.kind == NodeKind::User);
            !is_user && graph.edge(*e).is_some_and(|e| e.health >= node.health)
        });
        if told || node.kind == NodeKind::User {
            continue;
        }
        let (facts, weight) = facts(&node.red, || snapshot.calls.calm_p95_of_node(index, id));
        let item = Item::Node(node.id.clone());
        let subject = text::name(&shown_name(node), 40);
        let is_origin = is_origin(index, id);
        out.push(Concern { item, health: node.health, subject, facts, is_origin, weight });
    }
    // Health knows more than can be said in numbers here; a sentence without a fact is none.
    out.retain(|c: &Concern| !c.facts.is_empty());
    out.sort_by(|a, b| {
        let rank = |c: &Concern| (c.health, c.is_origin);
        rank(b).cmp(&rank(a)).then(b.weight.total_cmp(&a.weight)).then(a.subject.cmp(&b.subject))
    });
    out
}

fn edge_concern(
    snapshot: &Snapshot,
    index: &GraphIndex,
    id: EdgeId,
    (from, to): (NodeId, NodeId),
    edge: &Edge,
) -> Concern {
    let node = |n| index.graph.node(n);
    let name = |n| node(n).map_or_else(String::new, |n| text::name(&shown_name(n), 28));
    let key = |n| node(n).map_or_else(String::new, |n| n.id.clone());
    let usual = || snapshot.calls.calm_p95_of_edges(&index.raw_edges_of(id));
    let (facts, weight) = facts(&edge.red, usual);
    Concern {
        item: Item::Edge(key(from), key(to)),
        health: edge.health,
        subject: format!("{} → {}", name(from), name(to)),
        facts,
        is_origin: is_origin(index, to),
        weight,
    }
}

/// Whether all calls that a node makes are well.
fn is_origin(index: &GraphIndex, node: NodeId) -> bool {
    let graph = &index.graph;
    let well = |e: EdgeId| graph.edge(e).is_none_or(|e| e.health < Health::Warning);
    graph.dependencies(node).iter().all(|d| well(d.0))
}

/// What is wrong, in words, and how much of it there is.
fn facts(red: &Red, usual: impl FnOnce() -> Option<Nanos>) -> (String, f64) {
    let mut parts = Vec::new();
    let ratio = red.error_ratio().unwrap_or(0.0);
    let timeouts = red.timeouts();
    let mut weight = red.errors();
    if ratio >= 0.01 {
        let most = Outcome::FAILURES.into_iter().max_by(|a, b| red.count(*a).total_cmp(&red.count(*b)));
        let how = most.map_or("", |o| super::widgets::outcome_words(o));
        parts.push(fill(
            texts().side.of_calls_fail_most_as,
            &[("share", &text::percent(ratio)), ("how", &how)],
        ));
    }
    if timeouts >= 3.0 && ratio < 0.01 {
        parts.push(fill(texts().side.calls_timed_out, &[("count", &text::count(timeouts))]));
    }
    if let Some(now) = red.quantile(0.95).filter(|now| *now > NOTICEABLE)
        && let Some(usual) = usual()
        && now.0 > usual.0 * 2
        && (now - usual) > NOTICEABLE
    {
        let (now_text, usual_text) = (text::duration_ns(now.0 as f64), text::duration_ns(usual.0 as f64));
        parts.push(fill(texts().side.p95_normally, &[("now", &now_text), ("usual", &usual_text)]));
        weight += red.calls() * (now - usual).as_secs_f64() * 0.05;
    }
    if parts.is_empty() && red.apdex().is_some_and(|a| a < 0.7) {
        let p95 = red.quantile(0.95).map_or_else(|| text::NONE.to_owned(), |n| text::duration_ns(n.0 as f64));
        let apdex = red.apdex().map_or_else(|| text::NONE.to_owned(), |a| format!("{a:.2}"));
        parts.push(fill(texts().side.is_slow_p95_apdex, &[("p95", &p95), ("apdex", &apdex)]));
    }
    let mut sentence = parts.join("; ");
    if sentence.starts_with("p95") {
        sentence.insert_str(0, texts().side.is_slow_because);
    }
    (sentence, weight)
}
