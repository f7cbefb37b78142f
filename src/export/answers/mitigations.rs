//! What an outage means, in sentences: what speaks for doing something, who waits, what is not known.
use super::{cell, name_of};
use crate::analysis::impact::{Mode, Outage, Slower};
use crate::export::map::{length_text, percent_text};
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::{Nanos, NodeId};

/// A limit that is so many times what calls usually take could be lower.
const LONG: i64 = 5;
/// What is advised instead, in the same measure.
const ADVISED: i64 = 3;
/// Share of failed calls with which a caller fails, from which on it needs something else to do ...
const FATAL: f64 = 0.9;
/// ... and up to which it lives without.
const SURVIVED: f64 = 0.3;
/// Share of failed calls after which a caller that tries again is told of.
const REPEATS: f64 = 0.5;

/// What speaks for doing something, one sentence each, from facts alone.
pub fn mitigations(snapshot: &Snapshot, graph: &ServiceGraph, outage: &Outage, node: NodeId) -> Vec<String> {
    let mut out = Vec::new();
    if let Some((instance, share)) = &outage.instance {
        out.push(format!(
            "{} of it comes from one instance of {}, {}: take that one out of rotation, the others go on",
            percent_text(Some(*share)),
            name_of(graph, node),
            cell(instance)
        ));
    }
    if let Some((version, before)) = outage.deployed {
        let when = match before.0 {
            b if b > 0 => format!("{} before", length_text(Some(before))),
            _ => "as it began".to_owned(),
        };
        let version = cell(snapshot.spans.text(version));
        out.push(format!(
            "version {version} of {} went live {when}: roll it back to see whether it did this",
            name_of(graph, node)
        ));
    }
    let direct: Vec<NodeId> = graph.dependents(node).into_iter().map(|d| d.1).collect();
    for hit in outage.hits.iter().filter(|h| direct.contains(&h.node)) {
        let who = name_of(graph, hit.node);
        if let Some(f) = &hit.fallback {
            out.push(format!(
                "{who} already falls back to {} (seen {:.0} times, {} went well): route there",
                name_of(graph, f.node),
                f.seen,
                percent_text(Some(f.success))
            ));
        } else if let Some(share) = hit.spread.filter(|s| *s >= FATAL || *s <= SURVIVED) {
            let percent = percent_text(Some(share));
            out.push(match share {
                s if s >= 1.0 => {
                    format!("{who} has never survived a failed call to it: give it a fallback or a queue")
                }
                s if s >= FATAL => {
                    format!(
                        "{who} fails with {percent} of its failed calls to it: give it a fallback or a queue"
                    )
                }
                _ => format!(
                    "{who} survives most failed calls to it: let it go on without, and say so to users"
                ),
            });
        }
        if let Some(share) = hit.repeats.filter(|s| *s >= REPEATS) {
            out.push(format!(
                "{who} tries again after {} of its failed calls to it: stop that while it is out (open the circuit)",
                percent_text(Some(share))
            ));
        }
    }
    out.extend(limits(graph, outage));
    for entry in outage.entries.iter().filter(|e| e.error_ratio >= 0.5).take(3) {
        out.push(format!(
            "tell users of {} early: {} of its requests fail",
            name_of(graph, entry.node),
            percent_text(Some(entry.error_ratio))
        ));
    }
    out
}

/// Limits that are far above what calls take, and callers of which no limit was seen.
fn limits<'a>(graph: &'a ServiceGraph, outage: &'a Outage) -> impl Iterator<Item = String> + 'a {
    outage.patience.iter().filter_map(|p| {
        let who = name_of(graph, p.caller);
        let (limit, usual) = p.limit.zip(p.usual)?;
        (limit.0 >= usual.0.saturating_mul(LONG)).then(|| {
            format!(
                "{who} waits {} for it, and 99 % of its calls that succeed take no longer than {}: lower the limit \
                 to about {}",
                length_text(Some(limit)),
                length_text(Some(usual)),
                length_text(Some(Nanos(usual.0.saturating_mul(ADVISED))))
            )
        })
    })
}

/// How much longer requests of an entry take.
pub fn slower_text(snapshot: &Snapshot, graph: &ServiceGraph, slower: &Slower) -> String {
    let (who, what) = (name_of(graph, slower.node), cell(snapshot.spans.text(slower.operation)));
    let before = |at: usize| length_text(slower.before.get(at).copied());
    if slower.after == [None, None] {
        return format!(
            "{} of {who} {what} requests wait without an end that is known ({} in the median otherwise)",
            percent_text(Some(slower.endless)),
            before(0)
        );
    }
    let after =
        |n: Option<Nanos>| n.map_or_else(|| "no end that is known".to_owned(), |n| length_text(Some(n)));
    let mut out = format!(
        "{who} {what} requests take {} instead of {} in the median, and {} instead of {} at the 95th percentile",
        after(slower.after[0]),
        before(0),
        after(slower.after[1]),
        before(1),
    );
    if slower.endless > 0.0 {
        out += &format!("; {} of them wait without an end that is known", percent_text(Some(slower.endless)));
    }
    out
}

/// How long callers were seen to wait, and of whom that is not known: where the answer depends on it.
pub fn patience_notes(graph: &ServiceGraph, outage: &Outage) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for p in &outage.patience {
        if let Some(limit) = p.limit {
            out.push(format!(
                "{} waits {} for it: {:.0} failed calls ended then.",
                name_of(graph, p.caller),
                length_text(Some(limit)),
                p.calls
            ));
        }
    }
    let unknown: Vec<String> =
        outage.patience.iter().filter(|p| p.limit.is_none()).map(|p| name_of(graph, p.caller)).collect();
    if !unknown.is_empty() {
        let then = match outage.mode {
            Some(Mode::Hang) => "such requests are counted as failed, but when they fail is not known",
            _ => "such calls are said to take longer, and never to fail",
        };
        out.push(format!(
            "How long {} {} for it is not known, since no calls were seen that failed at one length: {then}.",
            unknown.join(", "),
            if unknown.len() > 1 { "wait" } else { "waits" },
        ));
    }
    out
}
