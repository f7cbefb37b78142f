//! What services do themselves: own work, errors that begin there, instances, spans that tell nothing, pools.
use super::ledger::Topic;
use super::view::{Sight, View, hash_of};
use crate::analysis::{BlameKey, ErrorMark, Part, Row, Subject};
use crate::graph::NodeKind;
use crate::model::{Nanos, NodeId, SpanKind};

/// A span without children that takes longer than this tells too little.
const BLIND: Nanos = Nanos::from_millis(200);

/// Notes what services did themselves in one trace.
pub fn see(view: &mut View<'_>) {
    let reading = view.reading;
    for (at, row, part) in reading.rows() {
        let Some(node) = part.node.filter(|n| view.kind_of(*n) == Some(NodeKind::Service)) else { continue };
        if part.is_served {
            see_instance(view, at, row, node);
        }
        if reading.key_of(at) != Some(BlameKey::Node(node)) || row.is_undated {
            continue;
        }
        view.see(Topic::OwnWork, Subject::Node(node), 0, at, row.self_time, 0);
        if row.error == ErrorMark::Origin {
            view.see(Topic::Origin, Subject::Node(node), 0, at, row.duration(), Sight::FAILED);
        }
        see_leaf(view, at, row, part, node);
    }
}

fn see_instance(view: &mut View<'_>, at: u32, row: &Row, node: NodeId) {
    let Some(instance) = view.span(row).map(|s| s.resource().instance).filter(|i| !i.is_empty()) else {
        return;
    };
    if !row.is_undated {
        let flags = if row.is_error { Sight::FAILED } else { 0 };
        view.see(Topic::Instance, Subject::Node(node), u64::from(instance.0), at, row.duration(), flags);
    }
}

fn see_leaf(view: &mut View<'_>, at: u32, row: &Row, part: &Part, node: NodeId) {
    if row.children > 0 || part.edge.is_some() {
        return;
    }
    let name = u64::from(row.name.0);
    if waits_for_pool(view, row) {
        view.see(Topic::Pool, Subject::Node(node), name, at, row.duration(), 0);
    } else if row.duration() > BLIND && !row.is_error && !row.is_async {
        view.see(Topic::Blind, Subject::Node(node), name, at, row.duration(), 0);
    }
}

/// `HikariPool.getConnection`, `acquire connection`, `pool.wait`.
fn waits_for_pool(view: &View<'_>, row: &Row) -> bool {
    if row.kind != SpanKind::Internal {
        return false;
    }
    let name = view.snapshot.spans.text(row.name);
    let takes = has_word(name, &["get", "acquire", "wait", "borrow", "checkout", "obtain"]);
    let is_pool = has_word(name, &["pool", "pooling", "hikari"]);
    let is_connection = has_word(name, &["connection", "conn"]);
    (is_pool && (takes || is_connection)) || (takes && is_connection)
}

/// Whether one of these words is in a name, in any case; words end at everything but letters, and at capitals.
fn has_word(name: &str, wanted: &[&str]) -> bool {
    let (mut from, mut was_lower) = (0, false);
    let is_wanted = |word: &str| wanted.iter().any(|w| w.eq_ignore_ascii_case(word));
    for (at, c) in name.char_indices() {
        if !c.is_alphabetic() || (was_lower && c.is_uppercase()) {
            if is_wanted(name.get(from..at).unwrap_or("")) {
                return true;
            }
            from = if c.is_alphabetic() { at } else { at + c.len_utf8() };
        }
        was_lower = c.is_lowercase();
    }
    is_wanted(name.get(from..).unwrap_or(""))
}

/// Words of things that are told to somebody, and done whether or not the caller hears back.
const TELLING: [&str; 20] = [
    "notify",
    "notification",
    "notifications",
    "email",
    "emails",
    "mail",
    "sms",
    "audit",
    "analytics",
    "track",
    "tracking",
    "telemetry",
    "webhook",
    "webhooks",
    "newsletter",
    "log",
    "logging",
    "metrics",
    "report",
    "push",
];

/// Calls on the critical path whose name says that nobody needs the answer.
pub fn see_side_effects(view: &mut View<'_>) {
    let least = Nanos(view.reading.duration().0 / 10);
    for at in 0..view.calls.len() {
        let call = view.calls[at];
        let path = view.on_path.get(call.row as usize..).unwrap_or_default();
        let below = view.reading.row(call.row).map_or(1, |r| r.subtree as usize);
        let on_path: i64 = path.iter().take(below).map(|n| n.0).sum();
        let is_leaf = call.server.is_none_or(|s| !calls_others(view, s));
        if call.is_async
            || call.asked.is_database
            || call.asked.is_read
            || !is_leaf
            || on_path < least.0.max(1)
        {
            continue;
        }
        let Some(row) = view.reading.row(call.row) else { continue };
        let callee = view.index.graph.node(call.callee).map_or("", |n| &n.name);
        let server = call.server.and_then(|s| view.reading.row(s)).map(|r| r.name);
        let names = [Some(row.name), server].into_iter().flatten().map(|n| view.snapshot.spans.text(n));
        let path =
            view.span(row).map_or("", |s| s.fields().text(crate::model::semconv::Field::Url).unwrap_or(""));
        let is_told = names.chain([callee, path]).any(|name| has_word(name, &TELLING));
        if is_told {
            let what = hash_of(row.name.0);
            view.see(Topic::SideEffect, Subject::Edge(call.edge), what, call.row, call.length(), 0);
        }
    }
}

/// Whether a service passes a request on to other services.
fn calls_others(view: &View<'_>, server: u32) -> bool {
    let end = server + view.reading.row(server).map_or(1, |r| r.subtree);
    let first = view.calls.partition_point(|c| c.row <= server);
    let inside = view.calls.get(first..).unwrap_or_default().iter().take_while(|c| c.row < end);
    inside.into_iter().any(|c| c.kind == NodeKind::Service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole() {
        assert!(
            has_word("HikariPool.getConnection", &["pool"]) && has_word("HikariPool.getConnection", &["get"])
        );
        assert!(has_word("POST /v3/mail/send", &["mail"]) && has_word("audit", &["audit"]));
        assert!(!has_word("login catalogue", &["log"]) && !has_word("", &["log"]));
    }
}
