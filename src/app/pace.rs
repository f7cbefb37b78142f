//! How fast sources are read, and so how long they still need.
use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::{SourceId, SourceKind};
use crate::store::Counters;

/// Seconds after which half of an old pace is forgotten.
const HALF_LIFE: f64 = 2.0;
/// Seconds of reading before anything is foretold.
const FIRST: f64 = 0.7;

/// The pace of one source.
#[derive(Clone, Copy, Debug)]
struct Pace {
    began: f64,
    seen: f64,
    done: u64,
    /// Bytes per second, smoothed.
    rate: Option<f64>,
}

/// The paces of all sources that are being read.
#[derive(Clone, Debug, Default)]
pub struct Paces {
    all: BTreeMap<SourceId, Pace>,
}

impl Paces {
    /// Takes note of how far everything is; `now` is in seconds from any fixed moment.
    pub fn see(&mut self, counters: &Counters, now: f64) {
        let is_read = |id: &SourceId| counters.sources.get(id).is_some_and(|s| s.closed.is_none());
        self.all.retain(|id, _| is_read(id));
        for source in counters.sources.values().filter(|s| s.kind == SourceKind::File && s.closed.is_none()) {
            let done = source.progress.0;
            let pace = self.all.entry(source.id).or_insert(Pace { began: now, seen: now, done, rate: None });
            pace.see(done, now);
        }
    }

    /// How long a source still needs to be read; `None` where its length or its pace is not known.
    pub fn left(&self, source: SourceId, progress: (u64, Option<u64>)) -> Option<Duration> {
        let pace = self.all.get(&source)?;
        let rate = pace.rate.filter(|r| *r > 0.0 && pace.seen - pace.began >= FIRST)?;
        let left = progress.1?.saturating_sub(progress.0);
        Duration::try_from_secs_f64(left as f64 / rate).ok()
    }
}

impl Pace {
    fn see(&mut self, done: u64, now: f64) {
        let over = now - self.seen;
        // Progress comes in steps; a frame between two of them says nothing about the pace.
        if done == self.done || over < 0.05 {
            return;
        }
        let rate = done.saturating_sub(self.done) as f64 / over;
        let old = 0.5f64.powf(over / HALF_LIFE);
        self.rate = Some(self.rate.map_or(rate, |before| before * old + rate * (1.0 - old)));
        (self.seen, self.done) = (now, done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{SourceCounters, SourceState};

    const ID: SourceId = SourceId(1000);

    fn at(done: u64) -> Counters {
        let state = SourceState {
            id: ID,
            kind: SourceKind::File,
            name: String::new(),
            counters: SourceCounters::default(),
            notes: Vec::new(),
            progress: (done, Some(1000)),
            closed: None,
        };
        Counters { sources: BTreeMap::from([(ID, state)]), ..Counters::default() }
    }

    fn left(paces: &Paces, done: u64) -> Option<u64> {
        paces.left(ID, (done, Some(1000))).map(|d| d.as_secs_f64().round() as u64)
    }

    #[test]
    fn what_is_left_follows_the_pace_and_does_not_jump() {
        let mut paces = Paces::default();
        paces.see(&at(0), 0.0);
        assert_eq!(left(&paces, 0), None, "nothing is known of the pace");
        for i in 1..=10u32 {
            paces.see(&at(u64::from(i) * 10), f64::from(i) * 0.2);
        }
        assert_eq!(left(&paces, 100), Some(18), "50 bytes a second");
        // One slow step: half a second for a tenth of the bytes.
        paces.see(&at(101), 2.5);
        assert!((18..25).contains(&left(&paces, 101).unwrap()));
        // Frames without progress change nothing.
        let before = left(&paces, 101);
        paces.see(&at(101), 3.0);
        assert_eq!(left(&paces, 101), before);
        assert_eq!(paces.left(ID, (101, None)), None, "a stream has no end that is known");
        paces.see(&Counters::default(), 4.0);
        assert_eq!(left(&paces, 101), None, "it is read no more");
    }
}
