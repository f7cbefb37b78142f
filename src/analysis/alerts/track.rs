//! One limit held against one subject: when it counts as passed, and when as well again.
use super::chance::Counted;
use crate::model::{Nanos, Timestamp};

/// A limit and how patient it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limit {
    pub value: f64,
    /// Whether low is bad.
    pub below: bool,
    /// Share of the limit under which it is well again.
    pub clear: f64,
    pub hold: Nanos,
    pub resolve: Nanos,
}

impl Limit {
    pub fn is_passed(&self, value: f64) -> bool {
        if self.below { value < self.value } else { value > self.value }
    }
    fn is_clear(&self, value: f64) -> bool {
        if self.below { value * self.clear > self.value } else { value <= self.value * self.clear }
    }
    /// An evaluation in which every breach counts.
    pub fn plain(&self, value: f64) -> Step {
        let (is_passed, is_clear) = (self.is_passed(value), self.is_clear(value));
        Step { value, is_passed, is_clear, counted: None, usual: None }
    }
}

/// One evaluation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub value: f64,
    /// Whether it is beyond the limit in earnest.
    pub is_passed: bool,
    /// Whether it is well again.
    pub is_clear: bool,
    /// The calls behind the value, where it is a share.
    pub counted: Option<Counted>,
    /// Those of all the time, where it is no worse than usual.
    pub usual: Option<Counted>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    None,
    Raised,
    Resolved,
}

/// What has been seen so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    pub onset: Option<Timestamp>,
    pub raised: Option<Timestamp>,
    pub resolved: Option<Timestamp>,
    clear_since: Option<Timestamp>,
    pub peak: f64,
    /// The calls behind the worst value, and those behind what is usual.
    pub counted: Option<Counted>,
    pub usual: Option<Counted>,
    pub last: f64,
    pub area: f64,
    pub seen: Timestamp,
}

impl Track {
    pub fn is_open(&self) -> bool {
        self.raised.is_some() && self.resolved.is_none()
    }

    /// One evaluation; `None` where there is too little to tell, which neither raises nor resolves.
    pub fn step(&mut self, limit: &Limit, at: Timestamp, step: Option<Step>) -> Change {
        if self.resolved.is_some() {
            *self = Self::default();
        }
        let Some(step) = step else {
            if !self.is_open() {
                *self = Self::default();
            }
            return Change::None;
        };
        if !step.is_passed && !self.is_open() {
            *self = Self::default();
            return Change::None;
        }
        if step.is_passed {
            self.breach(limit, at, &step);
        }
        (self.last, self.seen) = (step.value, at);
        if !self.is_open() {
            let has_lasted = self.onset.is_some_and(|onset| at - onset >= limit.hold);
            self.raised = has_lasted.then_some(at);
            return if has_lasted { Change::Raised } else { Change::None };
        }
        if !step.is_clear {
            self.clear_since = None;
            return Change::None;
        }
        let since = *self.clear_since.get_or_insert(at);
        if at - since < limit.resolve {
            return Change::None;
        }
        self.resolved = Some(at);
        Change::Resolved
    }

    fn breach(&mut self, limit: &Limit, at: Timestamp, step: &Step) {
        self.usual = step.usual;
        let is_worse = if limit.below { step.value < self.peak } else { step.value > self.peak };
        if self.onset.is_some() {
            self.area += (step.value - limit.value).abs() * (at - self.seen).as_secs_f64();
        }
        if self.onset.is_none() || is_worse {
            (self.peak, self.counted) = (step.value, step.counted);
        }
        self.onset.get_or_insert(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit {
        value: 0.05,
        below: false,
        clear: 0.8,
        hold: Nanos::from_secs(30),
        resolve: Nanos::from_secs(60),
    };

    fn run(limit: &Limit, values: &[Option<f64>]) -> (Vec<(usize, Change)>, Track) {
        let mut track = Track::default();
        let mut changes = Vec::new();
        for (i, value) in values.iter().enumerate() {
            let change = track.step(
                limit,
                Timestamp(1) + Nanos::from_secs(30 * i as i64),
                value.map(|v| limit.plain(v)),
            );
            if change != Change::None {
                changes.push((i, change));
            }
        }
        (changes, track)
    }

    fn all(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().map(|v| Some(*v)).collect()
    }

    #[test]
    fn two_evaluations_raise_and_three_below_four_fifths_resolve() {
        let (changes, track) = run(&LIMIT, &all(&[0.0, 0.1, 0.2, 0.06, 0.045, 0.03, 0.03, 0.03]));
        assert_eq!(changes, [(2, Change::Raised), (7, Change::Resolved)]);
        assert_eq!((track.peak, track.onset), (0.2, Some(Timestamp(1) + Nanos::from_secs(30))));
    }

    #[test]
    fn one_evaluation_is_not_enough_and_flapping_neither_raises_nor_resolves() {
        assert_eq!(run(&LIMIT, &all(&[0.1, 0.0, 0.1, 0.0, 0.1, 0.0])).0, []);
        // Between four fifths and the limit an open alert stays open.
        assert_eq!(run(&LIMIT, &all(&[0.1, 0.1, 0.045, 0.03, 0.045, 0.03, 0.045])).0, [(1, Change::Raised)]);
    }

    #[test]
    fn silence_neither_raises_nor_resolves() {
        let values = [Some(0.1), None, Some(0.1), Some(0.1), None, None, None, None];
        assert_eq!(run(&LIMIT, &values).0, [(3, Change::Raised)]);
    }

    #[test]
    fn low_is_bad_where_the_rule_says_so_and_an_alert_may_come_back() {
        let apdex = Limit { value: 0.7, below: true, clear: 0.9, hold: Nanos::ZERO, resolve: Nanos::ZERO };
        let (changes, track) = run(&apdex, &all(&[0.9, 0.6, 0.5, 0.75, 0.8, 0.3]));
        assert_eq!(changes, [(1, Change::Raised), (4, Change::Resolved), (5, Change::Raised)]);
        assert_eq!(track.peak, 0.3);
    }
}
