//! The health of nodes and edges from their RED in one window.
//!
//! Thresholds: error share 5 % critical, 1 % warning; Apdex 0.5 and 0.7; at least 20 calls.
use super::{NodeKind, Red};
use crate::model::Nanos;

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

/// A 95th percentile of this times the calm one is a warning, and of its square critical.
const SLOWER: i64 = 2;
/// Latency that nobody should have to wait for, ms.
const TOO_LONG: Nanos = Nanos::from_millis(1000);
/// Growth below this is not worth a word.
const NOTICEABLE: Nanos = Nanos::from_millis(50);

/// Health of an edge. `calm` is its 95th percentile when things were normal.
///
/// Critical: errors >= 5 %, or timeouts >= 1 % and at least 3, or a 95th percentile over 1 s and over four
/// times the calm one. Warning: errors >= 1 %, or over twice the calm one by more than 50 ms.
pub fn edge_health(red: &Red, calm: Option<Nanos>) -> Health {
    let Some(errors) = red.error_ratio().filter(|_| red.calls() >= FEW) else { return Health::Unknown };
    let timeouts = red.timeouts();
    let by_errors = if errors >= 0.05 || (timeouts >= 3.0 && timeouts / red.calls() >= 0.01) {
        Health::Critical
    } else if errors >= 0.01 {
        Health::Warning
    } else {
        Health::Healthy
    };
    by_errors.max(by_latency(red, calm))
}

/// Health of a node: as an edge, but errors > 5 %, and for what people wait for Apdex < 0.5 and < 0.7.
pub fn node_health(kind: NodeKind, red: &Red, calm: Option<Nanos>) -> Health {
    let Some(errors) = red.error_ratio().filter(|_| red.calls() >= FEW) else { return Health::Unknown };
    let apdex = if kind.has_apdex() { red.apdex() } else { None };
    let by_errors = if errors > 0.05 || apdex.is_some_and(|a| a < 0.5) {
        Health::Critical
    } else if errors >= 0.01 || apdex.is_some_and(|a| a < 0.7) {
        Health::Warning
    } else {
        Health::Healthy
    };
    by_errors.max(by_latency(red, calm))
}

fn by_latency(red: &Red, calm: Option<Nanos>) -> Health {
    match (red.quantile(0.95), calm) {
        (Some(now), Some(calm)) if now > TOO_LONG && now.0 > SLOWER * SLOWER * calm.0 => Health::Critical,
        (Some(now), Some(calm)) if now.0 > SLOWER * calm.0 && (now - calm) > NOTICEABLE => Health::Warning,
        _ => Health::Healthy,
    }
}
