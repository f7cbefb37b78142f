//! How the speed of services wanders by itself, as it does in real systems: a step a minute, each near the last.
use super::random::{Random, exp};
use super::system::{ServiceId, System};
use crate::model::{Nanos, Timestamp};

/// How much of a minute's deviation the next minute keeps.
const MEMORY: f64 = 0.9;

/// By service and minute, what its times are multiplied with.
pub(super) struct Drift {
    start: Timestamp,
    factors: Vec<Vec<f64>>,
}

impl Drift {
    pub fn new(system: &System, seed: u64) -> Self {
        let start = system.window.start;
        if system.drift <= 0.0 {
            return Self { start, factors: Vec::new() };
        }
        // Dice of its own, so that the same requests come with and without it.
        let mut random = Random::new(seed ^ 0xd21f_7000);
        let minutes = system.window.length().0 / Nanos::from_secs(60).0 + 1;
        let step = system.drift * (1.0 - MEMORY * MEMORY).sqrt();
        let wander = |_| {
            let mut now = system.drift * random.normal();
            let next = |_| {
                let factor = exp(now);
                now = MEMORY * now + step * random.normal();
                factor
            };
            (0..minutes).map(next).collect()
        };
        Self { start, factors: system.services.iter().map(wander).collect() }
    }

    /// 1 on average, and always for steady systems and outside the story.
    pub fn factor(&self, service: ServiceId, at: Timestamp) -> f64 {
        let minute = (at - self.start).0.div_euclid(Nanos::from_secs(60).0);
        let minute = usize::try_from(minute).unwrap_or_default();
        self.factors.get(service.0).and_then(|f| f.get(minute)).copied().unwrap_or(1.0)
    }
}
