//! How far a long answer is, and whether it is still wanted.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Shared by whoever asks and whoever answers; cheap to clone. Steps are traces, or whatever is counted.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    done: AtomicUsize,
    total: AtomicUsize,
    is_cancelled: AtomicBool,
}

impl Progress {
    /// Announces more steps.
    pub fn expect(&self, steps: usize) {
        self.shared.total.fetch_add(steps, Ordering::Relaxed);
    }
    /// Some steps are done.
    pub fn advance(&self, steps: usize) {
        self.shared.done.fetch_add(steps, Ordering::Relaxed);
    }
    /// Nobody waits for the answer any more; what is computed after this is thrown away.
    pub fn cancel(&self) {
        self.shared.is_cancelled.store(true, Ordering::Relaxed);
    }
    /// Whether to stop.
    pub fn is_cancelled(&self) -> bool {
        self.shared.is_cancelled.load(Ordering::Relaxed)
    }
    /// Share done, 0 to 1; `None` while nobody knows how much there is.
    pub fn share(&self) -> Option<f64> {
        let total = self.shared.total.load(Ordering::Relaxed);
        (total > 0).then(|| (self.shared.done.load(Ordering::Relaxed) as f64 / total as f64).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_sees_the_same_progress() {
        let progress = Progress::default();
        let other = progress.clone();
        assert_eq!(progress.share(), None);
        progress.expect(4);
        progress.advance(1);
        progress.cancel();
        assert_eq!((other.share(), other.is_cancelled()), (Some(0.25), true));
    }
}
