//! What kinds, health and certainty are called in the language of the window.
use crate::analysis::{Confidence, Severity};
pub use crate::export::answers::kind_word as node_kind;
use crate::export::answers::level_word;
use crate::graph::{EdgeKind, Health};
use crate::texts::texts;

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
    level_word(severity.name())
}

/// How sure a claim is.
pub fn confidence(confidence: Confidence) -> &'static str {
    level_word(confidence.name())
}
