//! What an outage means, in sentences: what speaks for doing something, who waits, what is not known.
use super::{cell, name_of};
use crate::analysis::impact::{Mode, Outage, Slower};
use crate::export::map::{length_text, percent_text};
use crate::graph::{ServiceGraph, Snapshot};
use crate::model::{Nanos, NodeId};
use crate::texts::{fill, texts};

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
        out.push(fill(
            texts().impact.one_instance_of,
            &[
                ("share", &percent_text(Some(*share))),
                ("name", &name_of(graph, node)),
                ("instance", &cell(instance)),
            ],
        ));
    }
    if let Some((version, before)) = outage.deployed {
        let when = match before.0 {
            b if b > 0 => fill(texts().impact.before, &[("length", &length_text(Some(before)))]),
            _ => texts().impact.as_it_began.to_owned(),
        };
        let version = cell(snapshot.spans.text(version));
        out.push(fill(
            texts().impact.roll_it_back,
            &[("version", &version), ("name", &name_of(graph, node)), ("when", &when)],
        ));
    }
    let direct: Vec<NodeId> = graph.dependents(node).into_iter().map(|d| d.1).collect();
    for hit in outage.hits.iter().filter(|h| direct.contains(&h.node)) {
        let who = name_of(graph, hit.node);
        if let Some(f) = &hit.fallback {
            out.push(fill(
                texts().impact.already_falls_back,
                &[
                    ("who", &who),
                    ("name", &name_of(graph, f.node)),
                    ("count", &format_args!("{:.0}", f.seen)),
                    ("share", &percent_text(Some(f.success))),
                ],
            ));
        } else if let Some(share) = hit.spread.filter(|s| *s >= FATAL || *s <= SURVIVED) {
            let percent = percent_text(Some(share));
            out.push(match share {
                s if s >= 1.0 => fill(texts().impact.has_never_survived, &[("who", &who)]),
                s if s >= FATAL => fill(texts().impact.fails_with, &[("who", &who), ("percent", &percent)]),
                _ => fill(texts().impact.survives_most, &[("who", &who)]),
            });
        }
        if let Some(share) = hit.repeats.filter(|s| *s >= REPEATS) {
            out.push(fill(
                texts().impact.tries_again,
                &[("who", &who), ("share", &percent_text(Some(share)))],
            ));
        }
    }
    out.extend(limits(graph, outage));
    for entry in outage.entries.iter().filter(|e| e.error_ratio >= 0.5).take(3) {
        out.push(fill(
            texts().impact.tell_users,
            &[("name", &name_of(graph, entry.node)), ("share", &percent_text(Some(entry.error_ratio)))],
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
            fill(
                texts().impact.lower_the_limit,
                &[
                    ("who", &who),
                    ("limit", &length_text(Some(limit))),
                    ("usual", &length_text(Some(usual))),
                    ("advised", &length_text(Some(Nanos(usual.0.saturating_mul(ADVISED))))),
                ],
            )
        })
    })
}

/// How much longer requests of an entry take.
pub fn slower_text(snapshot: &Snapshot, graph: &ServiceGraph, slower: &Slower) -> String {
    let (who, what) = (name_of(graph, slower.node), cell(snapshot.spans.text(slower.operation)));
    let before = |at: usize| length_text(slower.before.get(at).copied());
    if slower.after == [None, None] {
        return fill(
            texts().impact.wait_without_an_end,
            &[
                ("share", &percent_text(Some(slower.endless))),
                ("who", &who),
                ("what", &what),
                ("usual", &before(0)),
            ],
        );
    }
    let after =
        |n: Option<Nanos>| n.map_or_else(|| texts().impact.no_known_end.to_owned(), |n| length_text(Some(n)));
    let mut out = fill(
        texts().impact.requests_take,
        &[
            ("who", &who),
            ("what", &what),
            ("p50", &after(slower.after[0])),
            ("p50_before", &before(0)),
            ("p95", &after(slower.after[1])),
            ("p95_before", &before(1)),
        ],
    );
    if slower.endless > 0.0 {
        out += &fill(texts().impact.of_them_wait, &[("share", &percent_text(Some(slower.endless)))]);
    }
    out
}

/// How long callers were seen to wait, and of whom that is not known: where the answer depends on it.
pub fn patience_notes(graph: &ServiceGraph, outage: &Outage) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for p in &outage.patience {
        if let Some(limit) = p.limit {
            out.push(fill(
                texts().impact.waits_for_it,
                &[
                    ("name", &name_of(graph, p.caller)),
                    ("length", &length_text(Some(limit))),
                    ("count", &format_args!("{:.0}", p.calls)),
                ],
            ));
        }
    }
    let unknown: Vec<String> =
        outage.patience.iter().filter(|p| p.limit.is_none()).map(|p| name_of(graph, p.caller)).collect();
    if !unknown.is_empty() {
        let then = match outage.mode {
            Some(Mode::Hang) => texts().impact.counted_as_failed,
            _ => texts().impact.said_to_take_longer,
        };
        let template = if unknown.len() > 1 {
            texts().impact.how_long_they_wait
        } else {
            texts().impact.how_long_it_waits
        };
        out.push(fill(template, &[("names", &unknown.join(", ")), ("then", &then)]));
    }
    out
}
