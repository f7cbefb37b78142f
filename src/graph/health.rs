//! The health of nodes and edges from their RED in one window.
//!
//! Thresholds: error share 5 % critical, 1 % warning; Apdex 0.5 and 0.7; at least 20 calls.
use super::{NodeKind, Red};

/// How well a node or edge does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// Too few calls to tell.
    #[default]
    Unknown,
    /// Nothing to worry about.
    Healthy,
    /// Worth a look.
    Warning,
    /// Broken for many.
    Critical,
}

/// Calls below which nothing is claimed.
pub const FEW: f64 = 20.0;

impl Health {
    /// Stable name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// Health of an edge: errors >= 5 %, or timeouts >= 1 % and at least 3, are critical; errors >= 1 % a warning.
pub fn edge_health(red: &Red) -> Health {
    let Some(errors) = red.error_ratio().filter(|_| red.calls() >= FEW) else { return Health::Unknown };
    let timeouts = red.timeouts();
    if errors >= 0.05 || (timeouts >= 3.0 && timeouts / red.calls() >= 0.01) {
        Health::Critical
    } else if errors >= 0.01 {
        Health::Warning
    } else {
        Health::Healthy
    }
}

/// Health of a node: errors > 5 % or Apdex < 0.5 critical; errors >= 1 % or Apdex < 0.7 a warning.
///
/// Apdex is asked of services and externals only: its T is for answers that someone waits for.
pub fn node_health(kind: NodeKind, red: &Red) -> Health {
    if kind == NodeKind::User {
        return edge_health(red);
    }
    let Some(errors) = red.error_ratio().filter(|_| red.calls() >= FEW) else { return Health::Unknown };
    let apdex = if kind == NodeKind::Queue { None } else { red.apdex() };
    if errors > 0.05 || apdex.is_some_and(|a| a < 0.5) {
        Health::Critical
    } else if errors >= 0.01 || apdex.is_some_and(|a| a < 0.7) {
        Health::Warning
    } else {
        Health::Healthy
    }
}
