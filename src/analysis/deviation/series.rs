//! What was seen of one time or of one point in an operation, block by block.
use crate::model::TraceIndex;

/// Traces kept as evidence.
pub(super) const EVIDENCE: usize = 3;

/// Count, sum and sum of squares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Moments {
    pub count: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    pub fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }
    pub fn plus(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
        }
    }
    pub fn mean(self) -> f64 {
        if self.count > 0.0 { self.sum / self.count } else { 0.0 }
    }
    pub fn variance(self) -> f64 {
        if self.count > 0.0 { (self.squares / self.count - self.mean().powi(2)).max(0.0) } else { 0.0 }
    }
}

/// A trace, and where it stands in its set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub ordinal: u32,
    pub block: usize,
    pub trace: TraceIndex,
}

/// What one trace adds to a series: the mean of its values, so that a loop counts once.
#[derive(Clone, Copy, Debug)]
struct Open {
    place: Place,
    instance: u32,
    sum: f64,
    count: u32,
}

/// Lengths of one operation or one gap, as logarithms to base 2.
#[derive(Clone, Debug)]
pub(super) struct TimeSeries {
    /// By block; one value a trace.
    pub blocks: Vec<Moments>,
    /// By instance, in order of appearance.
    pub instances: Vec<(u32, Moments)>,
    /// The longest, longest first.
    pub longest: Vec<(f64, TraceIndex)>,
    open: Option<Open>,
}

impl TimeSeries {
    pub fn new(blocks: usize) -> Self {
        Self {
            blocks: vec![Moments::default(); blocks],
            instances: Vec::new(),
            longest: Vec::new(),
            open: None,
        }
    }
    /// Adds a value; those of one trace must come together.
    pub fn add(&mut self, place: Place, instance: u32, value: f64) {
        match &mut self.open {
            Some(open) if open.place.ordinal == place.ordinal => {
                open.sum += value;
                open.count += 1;
            }
            _ => {
                self.close();
                self.open = Some(Open { place, instance, sum: value, count: 1 });
            }
        }
    }
    /// Counts the last trace.
    pub fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let mean = open.sum / f64::from(open.count);
        if let Some(block) = self.blocks.get_mut(open.place.block) {
            block.add(mean);
        }
        match self.instances.iter_mut().find(|i| i.0 == open.instance) {
            Some(found) => found.1.add(mean),
            None => {
                let mut moments = Moments::default();
                moments.add(mean);
                self.instances.push((open.instance, moments));
            }
        }
        let at = self.longest.partition_point(|l| l.0 >= mean);
        if at < EVIDENCE {
            self.longest.insert(at, (mean, open.place.trace));
            self.longest.truncate(EVIDENCE);
        }
    }
    /// All blocks but one.
    pub fn without(&self, left_out: Option<usize>) -> Moments {
        let kept = self.blocks.iter().enumerate().filter(|b| Some(b.0) != left_out);
        kept.fold(Moments::default(), |sum, b| sum.plus(*b.1))
    }
}

/// How often an operation came to a point, in one block.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Visits {
    /// Times.
    pub times: f64,
    /// Traces in which it did.
    pub traces: f64,
}

impl Visits {
    fn plus(self, other: Self) -> Self {
        Self { times: self.times + other.times, traces: self.traces + other.traces }
    }
}

/// One way to go on.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// The step; [`super::names::EDGE`] is the end.
    pub next: u32,
    /// Times, by block.
    pub blocks: Vec<f64>,
    /// The first traces with it.
    pub evidence: Vec<TraceIndex>,
}

impl Way {
    /// All blocks but one.
    pub fn without(&self, left_out: Option<usize>) -> f64 {
        self.blocks.iter().enumerate().filter(|b| Some(b.0) != left_out).map(|b| b.1).sum()
    }
}

/// What followed at one point of an operation.
#[derive(Clone, Debug)]
pub(super) struct StepSeries {
    /// By block.
    pub visits: Vec<Visits>,
    /// In order of appearance.
    pub ways: Vec<Way>,
    last: Option<u32>,
}

impl StepSeries {
    pub fn new(blocks: usize) -> Self {
        Self { visits: vec![Visits::default(); blocks], ways: Vec::new(), last: None }
    }
    pub fn add(&mut self, place: Place, next: u32) {
        let blocks = self.visits.len();
        let Some(visits) = self.visits.get_mut(place.block) else { return };
        visits.times += 1.0;
        if self.last.replace(place.ordinal) != Some(place.ordinal) {
            visits.traces += 1.0;
        }
        let at = self.ways.iter().position(|w| w.next == next).unwrap_or_else(|| {
            self.ways.push(Way { next, blocks: vec![0.0; blocks], evidence: Vec::new() });
            self.ways.len() - 1
        });
        let Some(way) = self.ways.get_mut(at) else { return };
        if let Some(count) = way.blocks.get_mut(place.block) {
            *count += 1.0;
        }
        if way.evidence.len() < EVIDENCE && way.evidence.last() != Some(&place.trace) {
            way.evidence.push(place.trace);
        }
    }
    /// All blocks but one.
    pub fn without(&self, left_out: Option<usize>) -> Visits {
        let kept = self.visits.iter().enumerate().filter(|b| Some(b.0) != left_out);
        kept.fold(Visits::default(), |sum, b| sum.plus(*b.1))
    }
    pub fn way(&self, next: u32) -> Option<&Way> {
        self.ways.iter().find(|w| w.next == next)
    }
}
