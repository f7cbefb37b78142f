//! Log-linear histogram of durations: sparse, mergeable, subtractable, quantiles within 1 %.
//!
//! 64 steps per power of two, as in HdrHistogram; a quantile is the middle of its step, so at most
//! 1/128 = 0.8 % off (Masson et al., "DDSketch", VLDB 2019, gives the bound for the same idea).
use crate::model::Nanos;

/// Every weight is at least 1: what is left below this is rounding of large sums.
pub const LEAST: f32 = 0.5;

/// How many steps there are.
pub const STEPS: usize = 58 * 64;

/// Counts that are summed side by side.
const LANES: usize = 8;

/// Words of a set of steps.
const WORDS: usize = STEPS.div_ceil(64);

/// Counts per step, for adding up many histograms; reuse one for all.
#[derive(Clone, Debug)]
pub struct Accumulator {
    counts: Box<[f32]>,
    /// The steps that may hold something, one bit each.
    touched: [u64; WORDS],
}

impl Default for Accumulator {
    fn default() -> Self {
        Self { counts: vec![0.0; STEPS].into(), touched: [0; WORDS] }
    }
}

impl Accumulator {
    /// Adds all counts of a histogram.
    pub fn add(&mut self, histogram: &Histogram) {
        histogram.counts.iter().for_each(|&(step, count)| self.shift(step, count));
    }
    /// Adds one duration.
    pub fn add_one(&mut self, duration: Nanos, weight: f32) {
        self.shift(step_of(duration), weight);
    }
    /// Takes away the counts of a histogram that was added as part of a larger one.
    pub fn take_away(&mut self, histogram: &Histogram) {
        histogram.counts.iter().for_each(|&(step, count)| self.shift(step, -count));
    }
    #[inline]
    fn shift(&mut self, step: u16, by: f32) {
        self.counts[step as usize] += by;
        self.touched[step as usize / 64] |= 1 << (step % 64);
    }
    /// The sum of what was added, leaving the accumulator empty.
    pub fn take(&mut self) -> Histogram {
        let touched: u32 = self.touched.iter().map(|w| w.count_ones()).sum();
        let mut counts = Vec::with_capacity(touched as usize);
        for (word, bits) in self.touched.iter_mut().enumerate() {
            while *bits != 0 {
                let step = word as u16 * 64 + bits.trailing_zeros() as u16;
                *bits &= *bits - 1;
                let count = std::mem::take(&mut self.counts[step as usize]);
                if count.abs() >= LEAST {
                    counts.push((step, count));
                }
            }
        }
        Histogram { counts }
    }
}

/// Weighted counts of durations in ns, by step. Whole weights stay exact up to 2^24 a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Step and count, sorted by step, no count zero.
    counts: Vec<(u16, f32)>,
}

impl Histogram {
    /// Adds `weight` (negative takes away) at a duration.
    pub fn add(&mut self, duration: Nanos, weight: f32) {
        let step = step_of(duration);
        match self.counts.binary_search_by_key(&step, |c| c.0) {
            Ok(at) => {
                self.counts[at].1 += weight;
                if self.counts[at].1.abs() < LEAST {
                    self.counts.remove(at);
                }
            }
            Err(at) if weight != 0.0 => self.counts.insert(at, (step, weight)),
            Err(_) => {}
        }
    }
    /// Adds all counts of another.
    pub fn merge(&mut self, other: &Self) {
        let room = self.counts.len() + other.counts.len();
        let old = std::mem::replace(&mut self.counts, Vec::with_capacity(room));
        let mut more = other.counts.iter().copied().peekable();
        for (step, mut count) in old {
            while let Some(before) = more.next_if(|m| m.0 < step) {
                self.counts.push(before);
            }
            if let Some(same) = more.next_if(|m| m.0 == step) {
                count += same.1;
            }
            self.counts.push((step, count));
        }
        self.counts.extend(more);
        self.counts.retain(|c| c.1.abs() >= LEAST);
        self.counts.shrink_to_fit();
    }
    /// Adds all counts of a smaller one, or takes them away where they were added before or will be, as parts of
    /// larger sums. Ends with [`Histogram::settle`].
    pub fn change_by(&mut self, other: &Self, is_added: bool) {
        let mut at = 0;
        for &(step, count) in &other.counts {
            let by = if is_added { count } else { -count };
            at += self.counts[at..].partition_point(|c| c.0 < step);
            match self.counts.get_mut(at).filter(|c| c.0 == step) {
                Some(own) => own.1 += by,
                None => self.counts.insert(at, (step, by)),
            }
        }
    }
    /// Drops the steps of which nothing is left.
    pub fn settle(&mut self) {
        self.counts.retain(|c| c.1.abs() >= LEAST);
    }
    /// The sum of all counts.
    pub fn weight(&self) -> f64 {
        // Sums are exact, so in any order; several at a time do not wait for each other.
        let mut sums = [0.0; LANES];
        let (whole, rest) = self.counts.as_chunks::<LANES>();
        for counts in whole {
            sums.iter_mut().zip(counts).for_each(|(sum, c)| *sum += f64::from(c.1));
        }
        sums.iter().sum::<f64>() + rest.iter().map(|c| f64::from(c.1)).sum::<f64>()
    }
    /// The duration below which a share `q` (0 to 1) of the weight lies; `None` if empty.
    pub fn quantile(&self, q: f64) -> Option<Nanos> {
        let rank = (q.clamp(0.0, 1.0) * self.weight()).max(f64::MIN_POSITIVE) - 1e-9;
        let mut seen = 0.0;
        for counts in self.counts.chunks(LANES) {
            let together: f64 = counts.iter().map(|c| f64::from(c.1)).sum();
            if seen + together < rank {
                seen += together;
                continue;
            }
            for &(step, count) in counts {
                seen += f64::from(count);
                if seen >= rank {
                    return Some(middle_of(step));
                }
            }
        }
        self.counts.last().map(|c| middle_of(c.0))
    }
    /// The steps in use: lowest duration of the step, and its count.
    pub fn steps(&self) -> impl Iterator<Item = (Nanos, f32)> + '_ {
        self.counts.iter().map(|&(step, count)| (Nanos(low_of(step)), count))
    }
    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.counts.capacity() * size_of::<(u16, f32)>()
    }
}

fn step_of(duration: Nanos) -> u16 {
    let v = duration.0.max(0) as u64;
    if v < 64 {
        return v as u16;
    }
    let exponent = 63 - v.leading_zeros();
    let sub = (v >> (exponent - 6)) & 63;
    ((exponent - 5) * 64 + sub as u32) as u16
}

fn low_of(step: u16) -> i64 {
    let step = i64::from(step);
    if step < 64 {
        return step;
    }
    let exponent = step / 64 + 5;
    (64 + step % 64) << (exponent - 6)
}

fn middle_of(step: u16) -> Nanos {
    let (low, high) = (low_of(step), if step as usize + 1 < STEPS { low_of(step + 1) } else { i64::MAX });
    Nanos(low + (high - low) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_one_percent() {
        let mut h = Histogram::default();
        let values: Vec<i64> = (1..=10_000).map(|i: i64| i * i * 37).collect();
        values.iter().for_each(|&v| h.add(Nanos(v), 1.0));
        for q in [0.01, 0.5, 0.95, 0.99, 1.0] {
            let exact = values[((q * 10_000.0) as usize).max(1) - 1] as f64;
            let got = h.quantile(q).unwrap().0 as f64;
            assert!((got / exact - 1.0).abs() < 0.01, "q{q}: {got} against {exact}");
        }
    }

    #[test]
    fn every_length_has_a_step_and_subtraction_undoes_addition() {
        let mut h = Histogram::default();
        h.add(Nanos(5), 1.0);
        let before = h.clone();
        for v in [0, 1, 63, 64, 65, 1 << 40, i64::MAX, -7] {
            assert!((step_of(Nanos(v)) as usize) < STEPS);
            assert!(low_of(step_of(Nanos(v))) <= v.max(0));
            h.add(Nanos(v), 2.0);
        }
        for v in [0, 1, 63, 64, 65, 1 << 40, i64::MAX, -7] {
            h.add(Nanos(v), -2.0);
        }
        assert_eq!(h, before);
    }
}
