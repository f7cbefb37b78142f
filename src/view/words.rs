//! What kinds, health and certainty are called in the language of the window.
use crate::analysis::{Confidence, Severity};
use crate::graph::{EdgeKind, Health, NodeKind};
use crate::texts::texts;

/// What a kind of node is called.
pub fn node_kind(kind: NodeKind) -> &'static str {
    let words = &texts().words;
    match kind {
        NodeKind::Service => words.service,
        NodeKind::Database => words.database,
        NodeKind::Cache => words.cache,
        NodeKind::Queue => words.queue,
        NodeKind::External => words.external,
        NodeKind::User => words.user,
        NodeKind::Unknown => words.unknown,
        NodeKind::Group => words.group,
    }
}

/// What a kind of calls is called.
pub fn edge_kind(kind: EdgeKind) -> &'static str {
    let words = &texts().words;
    match kind {
        EdgeKind::Rpc => words.rpc,
        EdgeKind::Http => words.http,
        EdgeKind::Database => words.database,
        EdgeKind::Messaging => words.messaging,
        EdgeKind::Entry => words.entry,
        EdgeKind::Other => words.other,
    }
}

/// What a state of health is called.
pub fn health(health: Health) -> &'static str {
    let words = &texts().words;
    match health {
        Health::Unknown => words.unknown,
        Health::Healthy => words.healthy,
        Health::Warning => words.warning,
        Health::Critical => words.critical,
    }
}

/// How grave something is.
pub fn severity(severity: Severity) -> &'static str {
    let words = &texts().words;
    match severity {
        Severity::Critical => words.critical,
        Severity::High => words.high,
        Severity::Medium => words.medium,
        Severity::Low => words.low,
    }
}

/// How sure a claim is.
pub fn confidence(confidence: Confidence) -> &'static str {
    let words = &texts().words;
    match confidence {
        Confidence::High => words.high,
        Confidence::Medium => words.medium,
        Confidence::Low => words.low,
    }
}
