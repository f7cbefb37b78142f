//! Totals to the service graph of a lens: buckets merged, ragged ends read call by call.
use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::call::Route;
use super::calls::Calls;
use super::health::{edge_health, node_health};
use super::naming::{Identity, Names};
use super::series::{BUCKET, Series, bucket_of};
use super::{
    Accumulator, Edge, EdgeKind, Health, Node, NodeKind, PartyId, PartyKind, RawEdgeId, Red, ServiceGraph,
};
use crate::model::{Nanos, TimeRange, Timestamp, TraceIndex};
use crate::store::{Lens, Spans};

/// A moment further than this from the middle of the data is an outlier, not part of its extent.
const OUTLIER: Nanos = Nanos::from_secs(366 * 24 * 3600);
/// A window's 95th percentile above this is held against the calm one.
const SLOW_ENOUGH: Nanos = Nanos::from_millis(100);

/// The service graph, and which of its nodes and edges the raw ends belong to.
#[derive(Clone, Debug, Default)]
pub struct GraphIndex {
    /// The graph.
    pub graph: ServiceGraph,
    nodes: BTreeMap<PartyId, crate::model::NodeId>,
    edges: BTreeMap<RawEdgeId, crate::model::EdgeId>,
}

impl GraphIndex {
    /// The node of an end of calls.
    pub fn node_of(&self, party: PartyId) -> Option<crate::model::NodeId> {
        self.nodes.get(&party).copied()
    }
    /// The edge of a call.
    pub fn edge_of(&self, raw: RawEdgeId) -> Option<crate::model::EdgeId> {
        self.edges.get(&raw).copied()
    }
    /// The ends of calls that make up a node.
    pub fn parties_of(&self, node: crate::model::NodeId) -> Vec<PartyId> {
        self.nodes.iter().filter(|(_, n)| **n == node).map(|(p, _)| *p).collect()
    }
    /// The raw edges that make up an edge.
    pub fn raw_edges_of(&self, edge: crate::model::EdgeId) -> Vec<RawEdgeId> {
        self.edges.iter().filter(|(_, e)| **e == edge).map(|(r, _)| *r).collect()
    }
}

/// Requests over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// In order of time, none empty.
    pub buckets: Vec<TimelineBucket>,
}

/// Requests of one stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineBucket {
    /// From when to when.
    pub range: TimeRange,
    /// What was requested then.
    pub red: Red,
}

impl Calls {
    /// From the first start to the last end of all stored spans, without undated ones and outliers.
    pub fn extent(&self, spans: &Spans) -> Option<TimeRange> {
        let dated = || spans.traces().map(|(_, t)| t).filter(|t| t.start != Timestamp::MAX);
        let count = dated().count();
        let step = count / 1000 + 1;
        let mut sample: Vec<Timestamp> = dated().step_by(step).map(|t| t.start).collect();
        sample.sort_unstable();
        let middle = *sample.get(sample.len() / 2)?;
        let near = |t: Timestamp| (t - middle).0.unsigned_abs() <= OUTLIER.0.unsigned_abs();
        let mut range: Option<TimeRange> = None;
        for t in dated().filter(|t| near(t.start)) {
            let end = if near(t.end) { t.end } else { t.start };
            let own = TimeRange::new(t.start, end);
            range = Some(range.map_or(own, |r| r.union(own)));
        }
        range.map(|r| TimeRange::new(r.start, r.end + Nanos(1)))
    }

    /// The service graph under a lens.
    pub fn graph(&self, spans: &Spans, lens: &Lens) -> GraphIndex {
        let extent = self.extent(spans);
        let (edges, parties) = match &lens.filter {
            Some(_) => self.scan(spans, lens),
            None => self.fold(spans, lens.window, extent),
        };
        let window = match (lens.window, extent) {
            (Some(w), Some(e)) => Some(TimeRange::new(w.start.max(e.start), w.end.min(e.end))),
            (w, e) => w.or(e),
        };
        Builder::new(self, spans).build(edges, parties, window)
    }

    /// Requests that start traces, in about `count` equal stretches of a range.
    pub fn timeline(&self, range: TimeRange, count: usize) -> Timeline {
        let wanted = range.length().0 / (count.max(1) as i64);
        let step = ((wanted + BUCKET.0 - 1) / BUCKET.0).max(1) * BUCKET.0;
        timeline_of([&self.requests].into_iter(), range, step)
    }

    /// The same for some edges and nodes, for sparklines.
    pub fn timeline_of_edges(&self, edges: &[RawEdgeId], range: TimeRange, count: usize) -> Timeline {
        let step = (range.length().0 / (count.max(1) as i64)).max(BUCKET.0);
        let step = (step + BUCKET.0 - 1) / BUCKET.0 * BUCKET.0;
        timeline_of(edges.iter().filter_map(|e| self.by_edge.get(e.0 as usize)), range, step)
    }

    /// What these parties served over time, for sparklines.
    pub fn timeline_of_parties(&self, parties: &[PartyId], range: TimeRange, count: usize) -> Timeline {
        let step = (range.length().0 / (count.max(1) as i64)).max(BUCKET.0);
        let step = (step + BUCKET.0 - 1) / BUCKET.0 * BUCKET.0;
        timeline_of(parties.iter().filter_map(|p| self.by_party.get(p.0 as usize)), range, step)
    }

    fn fold(
        &self,
        spans: &Spans,
        window: Option<TimeRange>,
        extent: Option<TimeRange>,
    ) -> (Vec<Red>, Vec<Red>) {
        let mut histograms = Accumulator::default();
        let whole = window.map(|w| whole_buckets(w, extent));
        let mut fold = |series: &Series| {
            let mut red = Red::default();
            match whole {
                None => series.fold_all(&mut red, &mut histograms),
                Some((from, to)) => series.fold_buckets(from, to, &mut red, &mut histograms),
            }
            red.set_histogram(&mut histograms);
            red
        };
        let mut edges: Vec<Red> = self.by_edge.iter().map(&mut fold).collect();
        let mut parties: Vec<Red> = self.by_party.iter().map(&mut fold).collect();
        if let (Some(window), Some((from, to))) = (window, whole) {
            for ragged in ragged_ends(window, from, to).into_iter().filter(|r| !r.is_empty()) {
                for (index, slot) in spans.traces() {
                    if slot.start < ragged.end && slot.end >= ragged.start {
                        self.add_trace(index, Some(ragged), &mut edges, &mut parties);
                    }
                }
            }
        }
        (edges, parties)
    }

    fn scan(&self, spans: &Spans, lens: &Lens) -> (Vec<Red>, Vec<Red>) {
        let mut edges = vec![Red::default(); self.by_edge.len()];
        let mut parties = vec![Red::default(); self.by_party.len()];
        for index in matching_traces(spans, lens) {
            self.add_trace(index, lens.window, &mut edges, &mut parties);
        }
        (edges, parties)
    }

    fn add_trace(
        &self,
        trace: TraceIndex,
        within: Option<TimeRange>,
        edges: &mut [Red],
        parties: &mut [Red],
    ) {
        let Some(calls) = self.of_trace(trace) else { return };
        let inside = |t: Timestamp| within.is_none_or(|w| w.contains(t));
        for call in calls.calls.iter().filter(|c| inside(c.start)) {
            if let Some(red) = edges.get_mut(call.edge.0 as usize) {
                red.add(&call.observation());
            }
        }
        for served in calls.served.iter().filter(|s| inside(s.start)) {
            if let Some(red) = parties.get_mut(served.service.0 as usize) {
                red.add(&served.observation());
            }
        }
    }
}

/// Traces with a span in the window that matches the filter, in order; all of them without either.
pub fn matching_traces(spans: &Spans, lens: &Lens) -> Vec<TraceIndex> {
    let candidates: Vec<TraceIndex> = spans
        .traces()
        .filter(|(_, t)| lens.window.is_none_or(|w| t.start < w.end && t.end >= w.start))
        .map(|(i, _)| i)
        .collect();
    match &lens.filter {
        None => candidates,
        Some(filter) => {
            candidates.into_par_iter().filter(|t| spans.rows_of(*t).any(|s| filter.matches(s))).collect()
        }
    }
}

/// The whole buckets inside a window; an end beyond the data counts as whole.
fn whole_buckets(window: TimeRange, extent: Option<TimeRange>) -> (i64, i64) {
    let floor = bucket_of(window.start);
    let starts_whole =
        window.start.0.rem_euclid(BUCKET.0) == 0 || extent.is_some_and(|e| window.start <= e.start);
    let from = if starts_whole { floor } else { floor + 1 };
    let ends_whole = window.end.0.rem_euclid(BUCKET.0) == 0;
    let past_all = extent.is_some_and(|e| window.end >= e.end);
    let to = if past_all && !ends_whole { bucket_of(window.end) + 1 } else { bucket_of(window.end) };
    (from, to.max(from))
}

/// What of a window the whole buckets leave over.
fn ragged_ends(window: TimeRange, from: i64, to: i64) -> [TimeRange; 2] {
    let (from, to) = (Timestamp(from.saturating_mul(BUCKET.0)), Timestamp(to.saturating_mul(BUCKET.0)));
    if to <= from {
        return [window, TimeRange::new(window.end, window.end)];
    }
    [TimeRange::new(window.start, from.max(window.start)), TimeRange::new(to.min(window.end), window.end)]
}

fn timeline_of<'a>(series: impl Iterator<Item = &'a Series>, range: TimeRange, step: i64) -> Timeline {
    let mut reds: BTreeMap<i64, Vec<&Red>> = BTreeMap::new();
    let all: Vec<&Series> = series.collect();
    for s in all {
        for (start, red) in s.buckets(range) {
            reds.entry(start.0.div_euclid(step)).or_default().push(red);
        }
    }
    let mut histograms = Accumulator::default();
    let bucket = |(index, parts): (i64, Vec<&Red>)| {
        let mut red = Red::default();
        parts.iter().for_each(|p| red.merge_counts(p, &mut histograms));
        red.set_histogram(&mut histograms);
        let start = Timestamp(index * step);
        TimelineBucket { range: TimeRange::new(start, start + Nanos(step)), red }
    };
    Timeline { buckets: reds.into_iter().map(bucket).collect() }
}

struct Builder<'a> {
    calls: &'a Calls,
    spans: &'a Spans,
    names: Names<'a>,
    nodes: Vec<Node>,
    by_id: BTreeMap<String, usize>,
    by_party: BTreeMap<PartyId, usize>,
    histograms: Accumulator,
}

struct EdgeParts {
    red: Red,
    parts: Vec<(RawEdgeId, EdgeKind, Red)>,
}

impl<'a> Builder<'a> {
    fn new(calls: &'a Calls, spans: &'a Spans) -> Self {
        Self {
            calls,
            spans,
            names: Names::new(calls, spans.symbols()),
            nodes: Vec::new(),
            by_id: BTreeMap::new(),
            by_party: BTreeMap::new(),
            histograms: Accumulator::default(),
        }
    }

    fn node(&mut self, party: PartyId) -> usize {
        if let Some(&at) = self.by_party.get(&party) {
            return at;
        }
        let Identity { id, name, kind, namespace, environment, system } = self.names.identity(party);
        let at = *self.by_id.entry(id.clone()).or_insert(self.nodes.len());
        if at == self.nodes.len() {
            self.nodes.push(Node {
                id,
                name,
                kind,
                namespace,
                environment,
                system,
                red: Red::default(),
                versions: Vec::new(),
                instances: Vec::new(),
                is_instrumented: false,
                self_calls: Red::default(),
                health: Health::Unknown,
            });
        }
        self.by_party.insert(party, at);
        at
    }

    fn merge(&mut self, into: &mut Red, more: &Red) {
        if into.is_empty() {
            *into = more.clone();
            return;
        }
        let old = std::mem::take(into);
        into.merge_counts(&old, &mut self.histograms);
        into.merge_counts(more, &mut self.histograms);
        into.set_histogram(&mut self.histograms);
    }

    fn build(mut self, edges: Vec<Red>, parties: Vec<Red>, window: Option<TimeRange>) -> GraphIndex {
        self.add_served(&parties);
        let mut pairs = self.collect_pairs(edges);
        let mut raw_places: Vec<(RawEdgeId, (usize, usize))> = Vec::new();
        let mut out = Vec::new();
        for ((from, to), parts) in &mut pairs {
            raw_places.extend(parts.parts.iter().map(|p| (p.0, (*from, *to))));
            if from == to {
                self.nodes[*from].self_calls = std::mem::take(&mut parts.red);
                continue;
            }
            let kind = parts.parts.iter().max_by(|a, b| {
                (a.2.calls(), b.1).partial_cmp(&(b.2.calls(), a.1)).unwrap_or(std::cmp::Ordering::Equal)
            });
            let kind = kind.map_or(EdgeKind::Other, |k| k.1);
            let calm = self.calm_edge(&parts.red, parts.parts.iter().map(|p| p.0));
            let health = edge_health(&parts.red, calm);
            out.push((*from, *to, Edge { kind, red: std::mem::take(&mut parts.red), health }));
        }
        self.complete_nodes(&out);
        let by_party = std::mem::take(&mut self.by_party);
        let ids: Vec<String> = self.nodes.iter().map(|n| n.id.clone()).collect();
        let graph = ServiceGraph::new(self.nodes, out, window);
        index(graph, &ids, by_party, raw_places)
    }

    fn add_served(&mut self, parties: &[Red]) {
        for (i, red) in parties.iter().enumerate().filter(|(_, r)| !r.is_empty()) {
            let at = self.node(PartyId(i as u32));
            let mut sum = std::mem::take(&mut self.nodes[at].red);
            self.merge(&mut sum, red);
            self.nodes[at].red = sum;
        }
    }

    /// Calls by (caller, callee); fetching counts only where nothing was handled.
    fn collect_pairs(&mut self, edges: Vec<Red>) -> BTreeMap<(usize, usize), EdgeParts> {
        let mut pairs: BTreeMap<(usize, usize), Vec<(RawEdgeId, Route, Red)>> = BTreeMap::new();
        for (i, red) in edges.into_iter().enumerate().filter(|(_, r)| !r.is_empty()) {
            let id = RawEdgeId(i as u32);
            let Some(edge) = self.calls.edges.get(id) else { continue };
            let ends = (self.node(edge.from), self.node(edge.to));
            pairs.entry(ends).or_default().push((id, edge.route, red));
        }
        let mut out = BTreeMap::new();
        for (ends, mut parts) in pairs {
            let is_handled = parts.iter().any(|p| p.1 == Route::Consume);
            parts.retain(|p| !(is_handled && p.1 == Route::Receive));
            let mut red = Red::default();
            parts.iter().for_each(|p| self.merge(&mut red, &p.2));
            let parts = parts.into_iter().map(|(id, route, red)| (id, kind_of(route), red)).collect();
            out.insert(ends, EdgeParts { red, parts });
        }
        out
    }

    fn complete_nodes(&mut self, edges: &[(usize, usize, Edge)]) {
        for (party, at) in self.by_party.clone() {
            let own = self.calls.parties.get(party);
            if own.kind == PartyKind::Service {
                self.nodes[at].is_instrumented = true;
            }
        }
        for at in 0..self.nodes.len() {
            if self.nodes[at].red.is_empty() && !self.nodes[at].is_instrumented {
                let incoming: Vec<&Edge> = edges.iter().filter(|e| e.1 == at).map(|e| &e.2).collect();
                let outgoing = || edges.iter().filter(|e| e.0 == at).map(|e| &e.2);
                let chosen = if incoming.is_empty() { outgoing().collect() } else { incoming };
                let mut red = Red::default();
                chosen.iter().for_each(|e| self.merge(&mut red, &e.red));
                self.nodes[at].red = red;
            }
        }
        self.name_versions();
        self.judge_nodes();
    }

    fn name_versions(&mut self) {
        let services: HashMap<super::Party, usize> =
            self.by_party.iter().map(|(id, at)| (self.calls.parties.get(*id), *at)).collect();
        for resource in self.spans.resources() {
            let Some(&at) = services.get(&super::Party::service(resource)) else { continue };
            let node = &mut self.nodes[at];
            insert_sorted(&mut node.versions, self.spans.text(resource.version));
            insert_sorted(&mut node.instances, self.spans.text(resource.instance));
        }
    }

    fn judge_nodes(&mut self) {
        let mut parties_of: Vec<Vec<PartyId>> = vec![Vec::new(); self.nodes.len()];
        self.by_party.iter().for_each(|(p, at)| parties_of[*at].push(*p));
        let mut edges_to: Vec<Vec<RawEdgeId>> = vec![Vec::new(); self.nodes.len()];
        for (id, edge) in self.calls.edges.iter() {
            if let Some(&at) = self.by_party.get(&edge.to) {
                edges_to[at].push(id);
            }
        }
        for at in 0..self.nodes.len() {
            let node = &self.nodes[at];
            let calm = if !is_slow(&node.red) {
                None
            } else if node.is_instrumented {
                let series = parties_of[at].iter().filter_map(|p| self.calls.by_party.get(p.0 as usize));
                series.filter_map(Series::calm_p95).min()
            } else {
                self.calm_edge(&node.red, edges_to[at].iter().copied())
            };
            let health = node_health(node.kind, &node.red, calm);
            self.nodes[at].health = health;
        }
    }

    fn calm_edge(&self, red: &Red, raw: impl Iterator<Item = RawEdgeId>) -> Option<Nanos> {
        if !is_slow(red) {
            return None;
        }
        raw.filter_map(|r| self.calls.by_edge.get(r.0 as usize)).filter_map(Series::calm_p95).min()
    }
}

fn is_slow(red: &Red) -> bool {
    red.quantile(0.95).is_some_and(|p| p > SLOW_ENOUGH)
}

fn insert_sorted(list: &mut Vec<String>, text: &str) {
    if !text.is_empty()
        && let Err(at) = list.binary_search_by(|v| v.as_str().cmp(text))
    {
        list.insert(at, text.to_owned());
    }
}

fn kind_of(route: Route) -> EdgeKind {
    match route {
        Route::Rpc => EdgeKind::Rpc,
        Route::Http => EdgeKind::Http,
        Route::Database => EdgeKind::Database,
        Route::Publish | Route::Consume | Route::Receive | Route::Handover => EdgeKind::Messaging,
        Route::Entry => EdgeKind::Entry,
        Route::Other => EdgeKind::Other,
    }
}

fn index(
    graph: ServiceGraph,
    ids: &[String],
    by_party: BTreeMap<PartyId, usize>,
    raw_places: Vec<(RawEdgeId, (usize, usize))>,
) -> GraphIndex {
    let place: BTreeMap<&str, crate::model::NodeId> =
        graph.nodes().map(|(id, n)| (n.id.as_str(), id)).collect();
    let node_at = |at: usize| ids.get(at).and_then(|id| place.get(id.as_str())).copied();
    let nodes = by_party.into_iter().filter_map(|(p, at)| Some((p, node_at(at)?))).collect();
    let ends: BTreeMap<_, _> = graph.edges().map(|(id, a, b, _)| ((a, b), id)).collect();
    let edges = raw_places
        .into_iter()
        .filter_map(|(raw, (a, b))| Some((raw, *ends.get(&(node_at(a)?, node_at(b)?))?)))
        .collect();
    GraphIndex { graph, nodes, edges }
}

impl NodeKind {
    /// Whether Apdex says something of it: someone waits for its answers.
    pub fn has_apdex(self) -> bool {
        matches!(self, Self::Service | Self::External | Self::User)
    }
}
