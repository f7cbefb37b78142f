//! When the traces of each block of a thousand were: finds those of a window without reading all.
use crate::model::{CowVec, Nanos, TimeRange, Timestamp, TraceIndex};
use crate::store::{Spans, TraceSlot};

/// A moment further than this from the middle of the data is an outlier, not part of its extent.
const OUTLIER: Nanos = Nanos::from_secs(366 * 24 * 3600);
/// Traces of a block.
const BLOCK: u32 = 1024;
/// Traces of which the middle of the data is taken.
const SAMPLE: usize = 1000;

/// The dated traces of one block.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// Earliest start.
    start: Timestamp,
    /// Latest end.
    end: Timestamp,
    dated: u32,
    /// Whether traces have gone since: then these are bounds only.
    is_stale: bool,
}

impl Block {
    const EMPTY: Self = Self { start: Timestamp::MAX, end: Timestamp(0), dated: 0, is_stale: false };

    fn of(spans: &Spans, number: u32) -> Self {
        slots(spans, number).fold(Self::EMPTY, |b, (_, t)| Self {
            start: b.start.min(t.start),
            end: b.end.max(t.end),
            dated: b.dated + 1,
            is_stale: false,
        })
    }
}

/// The dated traces of a block.
fn slots(spans: &Spans, block: u32) -> impl Iterator<Item = (TraceIndex, TraceSlot)> + '_ {
    let places = (block * BLOCK..(block + 1) * BLOCK).map(TraceIndex);
    places.filter_map(|i| Some((i, spans.trace(i)?))).filter(|(_, t)| t.is_alive && t.start != Timestamp::MAX)
}

/// Bounds of all traces, in blocks.
#[derive(Clone, Debug, Default)]
pub struct Extents {
    blocks: CowVec<Block>,
    /// Blocks before this one are empty.
    first: u32,
}

impl Extents {
    /// Looks again at the blocks of these traces, which are in order.
    pub fn update(&mut self, spans: &Spans, traces: &[TraceIndex]) {
        for run in traces.chunk_by(|a, b| a.0 / BLOCK == b.0 / BLOCK) {
            let Some(number) = run.first().map(|t| t.0 / BLOCK) else { continue };
            while self.blocks.len() <= number as usize {
                self.blocks.push(Block::EMPTY);
            }
            if let Some(block) = self.blocks.get_mut(number as usize) {
                *block = Block::of(spans, number);
            }
        }
    }

    /// Notes that a trace has gone.
    pub fn forget(&mut self, trace: TraceIndex) {
        if let Some(block) = self.blocks.get_mut((trace.0 / BLOCK) as usize) {
            block.is_stale = true;
        }
    }

    /// Gives back the blocks of which all traces are before `first`, which have gone.
    pub fn drop_front(&mut self, first: TraceIndex) {
        let first = first.0 / BLOCK;
        for number in self.first..first.min(self.blocks.len() as u32) {
            if let Some(block) = self.blocks.get_mut(number as usize) {
                *block = Block::EMPTY;
            }
        }
        self.first = first;
        self.blocks.drop_front(first as usize);
    }

    fn dated(&self) -> impl Iterator<Item = (u32, &Block)> + '_ {
        let first = (self.blocks.len() - self.blocks.held()) as u32;
        (first..).zip(self.blocks.iter()).filter(|(_, b)| b.dated > 0)
    }

    /// From the first start to the last end, outliers too; more where traces have gone.
    pub fn bounds(&self) -> Option<TimeRange> {
        let ranges = self.dated().map(|(_, b)| TimeRange { start: b.start, end: b.end });
        ranges.reduce(|a, b| a.union(b))
    }

    /// From the first start to the last end, without outliers.
    pub fn extent(&self, spans: &Spans) -> Option<TimeRange> {
        let middle = self.middle(spans)?;
        let near = |t: Timestamp| (t - middle).0.unsigned_abs() <= OUTLIER.0.unsigned_abs();
        let of_block = |(number, block): (u32, &Block)| {
            if !block.is_stale && near(block.start) && near(block.end) {
                return Some(TimeRange { start: block.start, end: block.end });
            }
            slots(spans, number)
                .filter(|(_, t)| near(t.start))
                .map(|(_, t)| TimeRange { start: t.start, end: if near(t.end) { t.end } else { t.start } })
                .reduce(|a, b| a.union(b))
        };
        let range = self.dated().filter_map(of_block).reduce(|a, b| a.union(b))?;
        Some(TimeRange::new(range.start, range.end + Nanos(1)))
    }

    /// The median start of about a thousand traces.
    fn middle(&self, spans: &Spans) -> Option<Timestamp> {
        let count: usize = self.dated().map(|(_, b)| b.dated as usize).sum();
        let step = count / SAMPLE + 1;
        let per_block = (BLOCK as usize).div_ceil(step);
        let starts = |(number, _)| slots(spans, number).map(|(_, t)| t.start).take(per_block);
        let mut sample: Vec<Timestamp> = self.dated().flat_map(starts).collect();
        sample.sort_unstable();
        sample.get(sample.len() / 2).copied()
    }

    /// How many traces may have something in a range; reads only those of blocks that are partly in it.
    pub fn count_in(&self, spans: &Spans, range: TimeRange) -> usize {
        let meets =
            |start: Timestamp, end: Timestamp| !range.is_empty() && start < range.end && end >= range.start;
        let of_block = |(number, b): (u32, &Block)| {
            let is_inside = !b.is_stale && b.start >= range.start && b.end < range.end;
            if is_inside && !range.is_empty() {
                return b.dated as usize;
            }
            slots(spans, number).filter(|(_, t)| meets(t.start, t.end)).count()
        };
        self.dated().filter(|(_, b)| meets(b.start, b.end)).map(of_block).sum()
    }

    /// The traces that may have something in one of two ranges, in order.
    pub fn traces_in<'a>(
        &'a self,
        spans: &'a Spans,
        ranges: [TimeRange; 2],
    ) -> impl Iterator<Item = TraceIndex> + 'a {
        let meets = move |start: Timestamp, end: Timestamp| {
            ranges.iter().any(|r| !r.is_empty() && start < r.end && end >= r.start)
        };
        self.dated()
            .filter(move |(_, b)| meets(b.start, b.end))
            .flat_map(|(number, _)| slots(spans, number))
            .filter(move |(_, t)| meets(t.start, t.end))
            .map(|(index, _)| index)
    }
}
