//! What services answered while a story happened, for the figures that its analyses must find.
use super::system::{Facts, OperationId, ServiceId};
use crate::model::{Nanos, TimeRange, TraceId};

/// One SERVER span, in true time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Served {
    pub trace: TraceId,
    pub service: ServiceId,
    pub operation: OperationId,
    pub time: TimeRange,
    pub failed: bool,
    pub is_root: bool,
    pub facts: Facts,
}

/// The figures of some requests.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    pub calls: usize,
    pub failed: usize,
    pub mean_ms: f64,
    pub median_ms: f64,
    pub p95_ms: f64,
}

impl Figures {
    pub fn of<'a>(served: impl Iterator<Item = &'a Served>) -> Self {
        let mut failed = 0;
        let mut lengths: Vec<Nanos> = served
            .map(|s| {
                failed += usize::from(s.failed);
                s.time.length()
            })
            .collect();
        lengths.sort_unstable();
        let at = |share: f64| {
            let i = (lengths.len() as f64 * share) as usize;
            lengths.get(i).map_or(0.0, |l| l.as_millis_f64())
        };
        let sum: f64 = lengths.iter().map(|l| l.as_millis_f64()).sum();
        Self {
            calls: lengths.len(),
            failed,
            mean_ms: sum / lengths.len().max(1) as f64,
            median_ms: at(0.5),
            p95_ms: at(0.95),
        }
    }

    /// Of the requests, 0 for none.
    pub fn failed_share(&self) -> f64 {
        self.failed as f64 / self.calls.max(1) as f64
    }
}
