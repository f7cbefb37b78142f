//! All calls, and their totals by time: kept up to date trace by trace.
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::assemble::{Assembler, Naming};
use super::call::{Call, Quality, RawEdges, Served, TraceCalls};
use super::extents::Extents;
use super::party::{Parties, PartyId};
use super::periods::Calm;
use super::series::Series;
use super::window_sums::WindowSums;
use crate::model::{CowVec, Interner, Symbol, TraceIndex};
use crate::store::Spans;

/// Bytes that a party or an edge is reckoned at: itself, its handle, its place in the totals.
const END_BYTES: usize = 64;
/// Bytes that a vote for an alias is reckoned at, in the writer and in a published copy.
const ALIAS_BYTES: usize = 64;

/// How often a service was called under a `host[:port]`.
pub type AliasVotes = HashMap<(Symbol, PartyId), i64, FixedState>;

/// Calls of all stored traces, as they were when published; cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    pub(super) traces: CowVec<Option<Arc<TraceCalls>>>,
    pub(super) parties: Parties,
    pub(super) edges: RawEdges,
    pub(super) by_edge: CowVec<Series>,
    pub(super) by_party: CowVec<Series>,
    pub(super) requests: Series,
    pub(super) aliases: Arc<AliasVotes>,
    pub(super) quality: QualityTotals,
    pub(super) extents: Extents,
    pub(super) window_sums: Arc<WindowSums>,
    pub(super) calm: Arc<Calm>,
}

/// Odd spans in all stored traces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QualityTotals {
    /// Spans whose parent was not received.
    pub orphans: u64,
    /// Spans in a cycle of parents, or their own parent.
    pub cycles: u64,
    /// Spans that end before they start.
    pub negative: u64,
    /// Spans without a start.
    pub undated: u64,
    /// Spans of senders without a service name.
    pub nameless: u64,
}

impl QualityTotals {
    fn change(&mut self, q: &Quality, add: bool) {
        let apply = |total: &mut u64, n: u32| {
            *total = if add { *total + u64::from(n) } else { total.saturating_sub(u64::from(n)) };
        };
        apply(&mut self.orphans, q.orphans);
        apply(&mut self.cycles, q.cycles);
        apply(&mut self.negative, q.negative);
        apply(&mut self.undated, q.undated);
        apply(&mut self.nameless, q.nameless);
    }
}

impl Calls {
    /// What a trace adds to the graph.
    pub fn of_trace(&self, trace: TraceIndex) -> Option<&TraceCalls> {
        self.traces.get(trace.0 as usize)?.as_deref()
    }
    /// Ends of calls as spans name them.
    pub fn parties(&self) -> &Parties {
        &self.parties
    }
    /// Pairs of ends.
    pub fn edges(&self) -> &RawEdges {
        &self.edges
    }
    /// Requests that start traces, by time.
    pub fn requests(&self) -> &Series {
        &self.requests
    }
    /// What is odd about the stored traces.
    pub fn quality(&self) -> QualityTotals {
        self.quality
    }
}

/// Keeps [`Calls`] up to date. The result depends on the stored spans alone, not on the order of updates.
#[derive(Debug, Default)]
pub struct CallWriter {
    calls: Calls,
    naming: Naming,
    aliases: AliasVotes,
    bytes: usize,
    totals: Measured,
}

/// The bytes of the totals by time, counted when the calls last had another size.
#[derive(Clone, Copy, Debug, Default)]
struct Measured {
    bytes: usize,
    /// Bytes of calls at that time.
    at: usize,
}

impl CallWriter {
    /// Assembles these traces anew: takes away what they added before and adds what they say now.
    pub fn update(&mut self, spans: &Spans, traces: &[TraceIndex], names: &mut Interner) {
        let mut assembler = Assembler::default();
        for &trace in traces {
            self.remove(trace);
            if !spans.trace(trace).is_some_and(|t| t.is_alive) {
                continue;
            }
            let new = assembler.assemble(spans, trace, &mut self.naming, names);
            self.apply(&new, true);
            self.bytes += new.bytes();
            while self.calls.traces.len() <= trace.0 as usize {
                self.calls.traces.push(None);
            }
            if let Some(slot) = self.calls.traces.get_mut(trace.0 as usize) {
                *slot = Some(Arc::new(new));
            }
        }
        self.calls.extents.update(spans, traces);
        if self.bytes.abs_diff(self.totals.at) > self.totals.at / 8 {
            self.measure_totals();
        }
    }

    /// Gives back what nothing mentions after traces were removed: places of traces before `first`, parties
    /// and edges without calls. The others keep their handles.
    pub fn sweep(&mut self, first: TraceIndex) {
        self.calls.traces.drop_front(first.0 as usize);
        self.calls.extents.drop_front(first);
        let edges = &self.naming.edges.edges;
        let mut is_edge: Vec<bool> = self.calls.by_edge.iter().map(|s| !s.is_empty()).collect();
        is_edge.resize(edges.len(), false);
        let mut is_party: Vec<bool> = self.calls.by_party.iter().map(|s| !s.is_empty()).collect();
        is_party.resize(self.naming.parties.parties.len(), false);
        for (edge, _) in edges.iter().map(|e| e.1).zip(&is_edge).filter(|(_, is_live)| **is_live) {
            for end in [edge.from, edge.to] {
                if let Some(is_live) = is_party.get_mut(end.0 as usize) {
                    *is_live = true;
                }
            }
        }
        self.naming.edges.sweep(&is_edge);
        self.naming.parties.sweep(&is_party);
        self.measure_totals();
    }

    /// Symbols that parties and calls mention, beside the names of spans.
    pub fn symbols(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.naming.parties.symbols().chain(self.aliases.keys().map(|(alias, _)| *alias))
    }

    fn measure_totals(&mut self) {
        self.totals = Measured { bytes: self.total_bytes(), at: self.bytes };
    }

    /// Takes away what a trace added.
    pub fn remove(&mut self, trace: TraceIndex) {
        if !self.calls.traces.get(trace.0 as usize).is_some_and(Option::is_some) {
            return;
        }
        let old = self.calls.traces.get_mut(trace.0 as usize).and_then(Option::take);
        if let Some(old) = old {
            self.calls.extents.forget(trace);
            self.bytes = self.bytes.saturating_sub(old.bytes());
            self.apply(&old, false);
        }
    }

    /// A readable copy of everything so far.
    pub fn publish(&mut self) -> Calls {
        self.calls.parties = self.naming.parties.parties.clone();
        self.calls.edges = self.naming.edges.edges.clone();
        if *self.calls.aliases != self.aliases {
            self.calls.aliases = Arc::new(self.aliases.clone());
        }
        // What was remembered is of the calls as they were.
        Calls { window_sums: Arc::default(), calm: Arc::default(), ..self.calls.clone() }
    }

    /// Bytes of calls held, without the totals by time.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes held in all: calls, places of traces, parties, edges, and the totals by time as last counted.
    pub fn held(&self) -> usize {
        self.bytes
            + self.totals.bytes
            + self.calls.traces.held() * size_of::<Option<Arc<TraceCalls>>>()
            + (self.naming.parties.live() + self.naming.edges.live()) * END_BYTES
            + self.aliases.len() * ALIAS_BYTES
    }

    /// Bytes of the totals by time.
    pub fn total_bytes(&self) -> usize {
        let all = self.calls.by_edge.iter().chain(self.calls.by_party.iter());
        all.map(Series::bytes).sum::<usize>() + self.calls.requests.bytes()
    }

    fn apply(&mut self, trace: &TraceCalls, add: bool) {
        trace.calls.iter().for_each(|c| self.apply_call(c, add));
        trace.served.iter().for_each(|s| self.apply_served(s, add));
        self.calls.quality.change(&trace.quality, add);
    }

    fn apply_call(&mut self, call: &Call, add: bool) {
        let o = call.observation();
        change(series_at(&mut self.calls.by_edge, call.edge.0), call.start, &o, add);
        if !call.alias.is_empty()
            && let Some(edge) = self.naming.edges.edges.get(call.edge)
        {
            let votes = self.aliases.entry((call.alias, edge.to)).or_default();
            *votes += if add { 1 } else { -1 };
            if *votes == 0 {
                self.aliases.remove(&(call.alias, edge.to));
            }
        }
    }

    fn apply_served(&mut self, served: &Served, add: bool) {
        let o = served.observation();
        change(series_at(&mut self.calls.by_party, served.service.0), served.start, &o, add);
        if served.is_root {
            change(Some(&mut self.calls.requests), served.start, &o, add);
        }
    }
}

fn series_at(all: &mut CowVec<Series>, index: u32) -> Option<&mut Series> {
    while all.len() <= index as usize {
        all.push(Series::default());
    }
    all.get_mut(index as usize)
}

fn change(series: Option<&mut Series>, at: crate::model::Timestamp, o: &super::Observation, add: bool) {
    if let Some(series) = series {
        if add {
            series.add(at, o);
        } else {
            series.subtract(at, o);
        }
    }
}
