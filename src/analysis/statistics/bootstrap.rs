//! Intervals by resampling, with chance that is the same on every machine and in every run.
use super::order;

/// From `low` to `high`, in the unit of what it is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A stream of random numbers, fixed by its seed: splitmix64 (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub struct Generator(u64);

impl Generator {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// From 0 up to, and without, 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
    /// A whole number below `n`; 0 for `n` = 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }
    /// Normal with mean 0 and deviation 1, as a sum of twelve.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// 95 % percentile interval of a statistic over resamples; `statistic` draws its own resample.
///
/// Efron, 1979. Resamples in which the statistic can't be had are left out; `None` if that is half of them.
pub fn bootstrap(
    resamples: usize,
    seed: u64,
    mut statistic: impl FnMut(&mut Generator) -> Option<f64>,
) -> Option<Interval> {
    let mut generator = Generator::new(seed);
    let drawn = (0..resamples).filter_map(|_| statistic(&mut generator)).filter(|v| v.is_finite());
    let mut values: Vec<f64> = drawn.collect();
    if values.is_empty() || values.len() * 2 < resamples {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    Some(Interval {
        low: order::quantile_sorted(&values, 0.025)?,
        high: order::quantile_sorted(&values, 0.975)?,
    })
}

/// 95 % interval of a statistic of two series of blocks, each resampled whole.
///
/// Blocks of time keep what depends on each other together (Künsch, 1989; Carlstein, 1986): spans that are close
/// in time are alike. `statistic` gets how often each block was drawn, before and after.
pub fn block_bootstrap(
    before: usize,
    after: usize,
    resamples: usize,
    seed: u64,
    statistic: impl Fn(&[u32], &[u32]) -> Option<f64>,
) -> Option<Interval> {
    if before == 0 || after == 0 {
        return None;
    }
    let (mut b, mut a) = (vec![0; before], vec![0; after]);
    bootstrap(resamples, seed, |generator| {
        for drawn in [&mut b, &mut a] {
            drawn.fill(0);
            for _ in 0..drawn.len() {
                let one = generator.below(drawn.len());
                drawn[one] += 1;
            }
        }
        statistic(&b, &a)
    })
}
