//! The service graph as table, JSON, CSV and DOT.
use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::line::plain;
use crate::analysis::saturation::{Gauges, Level};
use crate::analysis::timeouts::InferredTimeout;
use crate::graph::{Edge, GraphIndex, Health, Node, NodeKind, Red, ServiceGraph, Snapshot};
use crate::model::{EdgeId, Nanos, NodeId};
use crate::texts::{fill, texts};

fn milliseconds(length: Option<Nanos>) -> Value {
    length.map_or(Value::Null, |n| rounded(n.as_millis_f64(), 1e4))
}

/// A number with at most so many decimals (as a power of ten), or null where there is none.
fn rounded(value: f64, scale: f64) -> Value {
    json!((value * scale).round() / scale)
}

fn whole_if_whole(value: f64) -> Value {
    if value.fract() == 0.0 { json!(value as i64) } else { rounded(value, 1e3) }
}

fn figures(red: &Red, length: Nanos) -> Value {
    json!({
        "calls": whole_if_whole(red.calls()),
        "errors": whole_if_whole(red.errors()),
        "timeouts": whole_if_whole(red.timeouts()),
        "rate_per_min": red.rate_per_min(length).map(|r| rounded(r, 1e3)),
        "error_ratio": red.error_ratio().map(|r| rounded(r, 1e6)),
        "latency_ms": {
            "avg": milliseconds(red.average()),
            "p50": milliseconds(red.quantile(0.5)),
            "p95": milliseconds(red.quantile(0.95)),
            "p99": milliseconds(red.quantile(0.99)),
            "max": milliseconds(red.longest()),
        },
    })
}

/// What is told of edges besides their totals.
#[derive(Default)]
pub struct EdgeAnswers {
    /// After how long callers give up.
    pub timeouts: BTreeMap<EdgeId, InferredTimeout>,
    /// How long messages waited in a queue before they were handled.
    pub in_queue: BTreeMap<EdgeId, Red>,
}

/// How many messages waited how long.
fn time_in_queue(red: &Red) -> Value {
    json!({
        "messages": red.observed,
        "p50": milliseconds(red.quantile(0.5)),
        "p95": milliseconds(red.quantile(0.95)),
        "max": milliseconds(red.longest()),
    })
}

/// The contract of `docs/commands`: window, totals, nodes, edges.
///
/// A node that stands for a group lists its `members` by id. A queue, and the edges from it, tell for how long messages
/// waited in it, where their senders are known.
pub fn json(
    snapshot: &Snapshot,
    index: &GraphIndex,
    members: &BTreeMap<NodeId, Vec<String>>,
    answers: &EdgeAnswers,
) -> String {
    let graph = &index.graph;
    let length = graph.length();
    let mut queues: BTreeMap<NodeId, Red> = BTreeMap::new();
    for (queue, red) in answers.in_queue.iter().filter_map(|(e, red)| Some((graph.ends(*e)?.0, red))) {
        queues.entry(queue).or_default().merge(red);
    }
    let gauges = Gauges::new(snapshot, index);
    let nodes = Written(|| {
        graph.nodes().map(|(id, n)| {
            let busy = graph.window.map(|w| gauges.of(id, w)).unwrap_or_default();
            let ratio = |l: Option<Level>| l.map_or(Value::Null, |l| rounded(l.ratio, 1e4));
            let mut v = node_json(n, length);
            v["cpu_ratio"] = ratio(busy.cpu);
            v["memory_ratio"] = ratio(busy.memory);
            v["pool_ratio"] = ratio(busy.pool());
            if let Some(members) = members.get(&id) {
                v["members"] = json!(members);
            }
            if let Some(red) = queues.get(&id).filter(|_| n.kind == NodeKind::Queue) {
                v["time_in_queue_ms"] = time_in_queue(red);
            }
            v
        })
    });
    let edges = Written(|| {
        graph.edges().map(|(id, a, b, e)| {
            let mut v = figures(&e.red, length);
            v["from"] = json!(id_of(graph, a));
            v["to"] = json!(id_of(graph, b));
            v["kind"] = json!(e.kind.name());
            v["health"] = json!(e.health.name());
            if let Some(timeout) = answers.timeouts.get(&id) {
                v["inferred_timeout_ms"] = milliseconds(Some(timeout.limit));
            }
            if let Some(red) = answers.in_queue.get(&id) {
                v["time_in_queue_ms"] = time_in_queue(red);
            }
            v
        })
    });
    let window = json!({
        "start_unix_nano": graph.window.map(|w| w.start.0.to_string()),
        "end_unix_nano": graph.window.map(|w| w.end.0.to_string()),
    });
    let all = MapJson { window, totals: totals(snapshot), nodes, edges };
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct MapJson<N: Serialize, E: Serialize> {
    window: Value,
    totals: Value,
    nodes: N,
    edges: E,
}

/// A list of which each item is made when it is written: a map of 100 000 nodes is a gigabyte of values.
struct Written<F>(F);

impl<F: Fn() -> I, I: Iterator<Item = Value>> Serialize for Written<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

fn node_json(n: &Node, length: Nanos) -> Value {
    let mut v = figures(&n.red, length);
    v["id"] = json!(n.id);
    v["name"] = json!(n.name);
    v["kind"] = json!(n.kind.name());
    v["namespace"] = json!(n.namespace);
    v["environment"] = json!(n.environment);
    v["apdex"] = if n.kind.has_apdex() { json!(n.red.apdex().map(|a| rounded(a, 1e4))) } else { Value::Null };
    v["health"] = json!(n.health.name());
    v["versions"] = json!(n.versions);
    v["instances"] = json!(n.instances.len());
    v["instrumented"] = json!(n.is_instrumented);
    v["self_calls"] = whole_if_whole(n.self_calls.calls());
    v
}

/// What arrived and what became of it: `received = stored + duplicates + rejected`,
/// `stored = in_store + evicted + cleared`.
pub fn totals(snapshot: &Snapshot) -> Value {
    let c = &snapshot.counters;
    let total = c.total();
    let rejected: serde_json::Map<String, Value> =
        total.rejects.spans.iter().map(|(r, n)| (r.name().to_owned(), json!(n))).collect();
    let quality = snapshot.calls.quality();
    let metrics = &snapshot.measurements.counters;
    let sources: Vec<Value> = c
        .sources
        .values()
        .map(|s| {
            json!({
                "name": s.name,
                "received": s.counters.received,
                "stored": s.counters.stored,
                "duplicates": s.counters.duplicates,
                "rejected": s.counters.rejects.total_spans(),
                "notes": s.notes.iter().map(|n| n.text.english()).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "spans": c.in_store,
        "traces": snapshot.trace_count(),
        "received": total.received,
        "stored": total.stored,
        "duplicates": total.duplicates,
        "rejected": rejected,
        "in_store": c.in_store,
        "evicted": c.evicted,
        "cleared": c.cleared,
        "values_truncated": total.rejects.values_truncated,
        "invalid_utf8": total.rejects.invalid_utf8,
        "metrics_ignored": total.rejects.metrics,
        "metrics": {
            "received": metrics.received,
            "kept": metrics.kept,
            "duplicates": metrics.duplicates,
            "refused": metrics.refused,
            "in_store": metrics.in_store,
            "evicted": metrics.evicted,
            "cleared": metrics.cleared,
            "unusable": total.rejects.unusable_points,
        },
        "logs_ignored": total.rejects.logs,
        "quality": {
            "orphans": quality.orphans,
            "cycles": quality.cycles,
            "negative_durations": quality.negative,
            "undated": quality.undated,
            "without_service_name": quality.nameless,
        },
        "sources": sources,
    })
}

pub(super) fn id_of(graph: &ServiceGraph, node: NodeId) -> &str {
    graph.node(node).map_or("", |n| &n.id)
}

/// A length with three significant digits and the unit that fits; from two minutes on in two units.
pub fn length_text(length: Option<Nanos>) -> String {
    let Some(Nanos(ns)) = length else { return "-".to_owned() };
    let (value, unit) = match ns {
        ..1_000 => return format!("{ns} ns"),
        1_000..1_000_000 => (ns as f64 / 1e3, "µs"),
        1_000_000..1_000_000_000 => (ns as f64 / 1e6, "ms"),
        1_000_000_000..120_000_000_000 => (ns as f64 / 1e9, "s"),
        120_000_000_000..3_600_000_000_000 => {
            return format!("{} m {:02} s", ns / 60_000_000_000, ns / 1_000_000_000 % 60);
        }
        3_600_000_000_000..86_400_000_000_000 => {
            return format!("{} h {:02} m", ns / 3_600_000_000_000, ns / 60_000_000_000 % 60);
        }
        _ => {
            return format!("{} d {:02} h", ns / 86_400_000_000_000, ns / 3_600_000_000_000 % 24);
        }
    };
    let decimals = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.decimals$} {unit}")
}

/// What an inferred limit says: `timeout ≈ 5 s (inferred)`.
pub fn timeout_text(timeout: &InferredTimeout) -> String {
    let Nanos(ns) = timeout.limit;
    let whole = (ns % 1_000_000_000 == 0).then(|| format!("{} s", ns / 1_000_000_000));
    let limit = whole.unwrap_or_else(|| length_text(Some(timeout.limit)));
    fill(texts().side.inferred_timeout, &[("limit", &limit)])
}

/// A share as percent; "-" where there is none.
pub fn percent_text(share: Option<f64>) -> String {
    match share {
        None => "-".to_owned(),
        Some(0.0) => "0 %".to_owned(),
        Some(s) if s < 0.0095 => format!("{:.2} %", s * 100.0),
        Some(s) => format!("{:.1} %", s * 100.0),
    }
}

pub(super) fn rate_text(red: &Red, length: Nanos) -> String {
    let about = if red.is_estimate() { "~" } else { "" };
    match red.rate_per_min(length) {
        None => "-".to_owned(),
        Some(r) if r >= 100.0 => format!("{about}{r:.0}"),
        Some(r) => format!("{about}{r:.1}"),
    }
}

fn health_mark(health: Health) -> &'static str {
    match health {
        Health::Critical => "✖ critical",
        Health::Warning => "▲ warning",
        Health::Healthy => "● healthy",
        Health::Unknown => "○ few data",
    }
}

/// Characters of a table's cell, at most.
pub(super) const CELL: usize = 80;
const HEADINGS: [&str; 8] = ["calls", "per min", "errors", "timeouts", "avg", "p50", "p95", "health"];

fn columns(red: &Red, length: Nanos, health: Health) -> [String; 8] {
    [
        format!("{:.0}", red.calls()),
        rate_text(red, length),
        percent_text(red.error_ratio()),
        format!("{:.0}", red.timeouts()),
        length_text(red.average()),
        length_text(red.quantile(0.5)),
        length_text(red.quantile(0.95)),
        health_mark(health).to_owned(),
    ]
}

/// Two tables, nodes and edges, worst first.
pub fn table(graph: &ServiceGraph) -> String {
    let length = graph.length();
    let mut nodes: Vec<&Node> = graph.nodes().map(|(_, n)| n).collect();
    nodes.sort_by(|a, b| (b.health, &a.id).cmp(&(a.health, &b.id)));
    let node_rows: Vec<Vec<String>> = nodes
        .into_iter()
        .map(|n| {
            let mut row = vec![n.name.clone(), n.kind.name().to_owned()];
            row.extend(columns(&n.red, length, n.health));
            row
        })
        .collect();
    let mut edges: Vec<(String, String, &Edge)> =
        graph.edges().map(|(_, a, b, e)| (name_of(graph, a), name_of(graph, b), e)).collect();
    edges.sort_by(|a, b| (b.2.health, &a.0, &a.1).cmp(&(a.2.health, &b.0, &b.1)));
    let edge_rows: Vec<Vec<String>> = edges
        .into_iter()
        .map(|(from, to, e)| {
            let mut row = vec![format!("{from} → {to}"), e.kind.name().to_owned()];
            row.extend(columns(&e.red, length, e.health));
            row
        })
        .collect();
    let headings = |first: &str| -> Vec<String> {
        [first, "kind"].iter().chain(&HEADINGS).map(|h| (*h).to_owned()).collect()
    };
    let node_table = aligned(&headings("node"), &node_rows);
    format!("{node_table}\n{}", aligned(&headings("edge"), &edge_rows))
}

fn name_of(graph: &ServiceGraph, node: NodeId) -> String {
    graph.node(node).map_or(String::new(), |n| n.name.clone())
}

/// Columns padded to their widest cell; numbers (all but the first two and the last column) to the right.
///
/// A cell is one short line whatever its text is, so that one name cannot widen every row, or move the cursor.
pub fn aligned(headings: &[String], rows: &[Vec<String>]) -> String {
    let width = |text: &str| text.chars().count();
    let cells = |row: &[String]| row.iter().map(|cell| plain(cell, CELL)).collect::<Vec<String>>();
    let rows: Vec<Vec<String>> =
        std::iter::once(cells(headings)).chain(rows.iter().map(|r| cells(r))).collect();
    let widths: Vec<usize> = (0..headings.len())
        .map(|i| rows.iter().filter_map(|r| r.get(i)).map(|c| width(c)).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    for row in &rows {
        let last = row.len().saturating_sub(1);
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(i, (cell, w))| {
                let pad = " ".repeat(w.saturating_sub(width(cell)));
                if i < 2 || i == last { format!("{cell}{pad}") } else { format!("{pad}{cell}") }
            })
            .collect();
        let _ = writeln!(out, "{}", cells.join("  ").trim_end());
    }
    out
}

fn csv_cell(text: &str) -> String {
    let text = plain(text, usize::MAX);
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// The figures of a node or edge in the forms that have a column for each, from calls to the longest; empty where one
/// is not known. Lengths are in milliseconds.
pub(super) fn cells(red: &Red, length: Nanos) -> [String; 10] {
    let ms = |n: Option<Nanos>| n.map_or(String::new(), |n| format!("{:.3}", n.as_millis_f64()));
    let number = |n: Option<f64>| n.map_or(String::new(), |n| format!("{n:.6}"));
    [
        red.calls().to_string(),
        red.errors().to_string(),
        red.timeouts().to_string(),
        number(red.rate_per_min(length)),
        number(red.error_ratio()),
        ms(red.average()),
        ms(red.quantile(0.5)),
        ms(red.quantile(0.95)),
        ms(red.quantile(0.99)),
        ms(red.longest()),
    ]
}

/// One row an edge, then one a node without `from` and `to`, which has its own columns at the end.
pub fn csv(graph: &ServiceGraph) -> String {
    let length = graph.length();
    let mut out = String::from(
        "type,from,to,kind,calls,errors,timeouts,rate_per_min,error_ratio,avg_ms,p50_ms,p95_ms,p99_ms,max_ms,health,id,name,namespace,environment\n",
    );
    let mut row = |[kind, from, to, how]: [&str; 4], red: &Red, health: Health, own: [&str; 4]| {
        let ends = [kind.to_owned(), csv_cell(from), csv_cell(to), how.to_owned()];
        let state = [health.name().to_owned()];
        let figures = cells(red, length);
        let cells = ends.into_iter().chain(figures).chain(state).chain(own.map(csv_cell));
        let cells: Vec<String> = cells.collect();
        let _ = writeln!(out, "{}", cells.join(","));
    };
    for (_, a, b, e) in graph.edges() {
        let ends = ["edge", id_of(graph, a), id_of(graph, b), e.kind.name()];
        row(ends, &e.red, e.health, [""; 4]);
    }
    for (_, n) in graph.nodes() {
        let own = [&*n.id, &n.name, &n.namespace, &n.environment];
        row(["node", "", "", n.kind.name()], &n.red, n.health, own);
    }
    out
}

pub(super) fn edge_label(e: &Edge, length: Nanos) -> String {
    let errors = e
        .red
        .error_ratio()
        .filter(|r| *r > 0.0)
        .map_or(String::new(), |r| format!(" {}", percent_text(Some(r))));
    format!("{}/min p95 {}{errors}", rate_text(&e.red, length), length_text(e.red.quantile(0.95)))
}

pub(super) fn colour(health: Health) -> &'static str {
    match health {
        Health::Critical => "#d64545",
        Health::Warning => "#c98a1b",
        Health::Healthy => "#5b6b82",
        Health::Unknown => "#9aa5b4",
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", plain(text, usize::MAX).replace('\\', "\\\\").replace('"', "\\\""))
}

/// Graphviz reads entities of HTML in labels, and nowhere else.
fn label(text: &str) -> String {
    quoted(text).replace('&', "&amp;")
}

/// Nodes by the box that they stand in, first those in none.
pub(super) fn by_box<'g>(
    graph: &'g ServiceGraph,
    boxes: &'g [Option<String>],
) -> BTreeMap<Option<&'g str>, Vec<(NodeId, &'g Node)>> {
    let mut out: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (id, node) in graph.nodes() {
        let name = boxes.get(id.0 as usize).and_then(Option::as_deref);
        out.entry(name).or_default().push((id, node));
    }
    out
}

/// For Graphviz; a cluster for each box.
pub fn dot(graph: &ServiceGraph, boxes: &[Option<String>]) -> String {
    let mut out = String::from("digraph services {\n  rankdir=LR;\n  node [style=rounded];\n");
    for (name, nodes) in by_box(graph, boxes) {
        if let Some(name) = name {
            let id = quoted(&format!("cluster_{name}"));
            let _ = writeln!(
                out,
                "  subgraph {id} {{\n  label={}; style=rounded; color=\"#9aa5b4\";",
                label(name)
            );
        }
        for (_, n) in nodes {
            let shape = match n.kind.name() {
                "database" | "cache" => "cylinder",
                "queue" => "cds",
                "user" => "oval",
                _ => "box",
            };
            let _ = writeln!(
                out,
                "  {} [label={}, shape={shape}, color={}];",
                quoted(&n.id),
                label(&n.name),
                quoted(colour(n.health))
            );
        }
        if name.is_some() {
            out.push_str("  }\n");
        }
    }
    for (_, a, b, e) in graph.edges() {
        let (from, to) = (quoted(id_of(graph, a)), quoted(id_of(graph, b)));
        let label = label(&edge_label(e, graph.length()));
        let _ = writeln!(out, "  {from} -> {to} [label={label}, color={}];", quoted(colour(e.health)));
    }
    out + "}\n"
}
