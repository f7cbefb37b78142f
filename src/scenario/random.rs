//! Chance that is the same on every machine: xoshiro256++ and samples built from exact arithmetic only.

/// A stream of random numbers, fixed by its seed.
#[derive(Clone, Debug)]
pub(super) struct Random([u64; 4]);

impl Random {
    /// Spreads the seed with splitmix64, as the authors of xoshiro advise.
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.0;
        let out = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        out
    }

    /// Bytes that are not all zero, as ids must be.
    pub fn id<const N: usize>(&mut self) -> [u8; N] {
        let mut id = [0; N];
        while id == [0; N] {
            for chunk in id.chunks_mut(8) {
                let bytes = self.bits().to_be_bytes();
                chunk.copy_from_slice(&bytes[..chunk.len()]);
            }
        }
        id
    }

    /// From 0 up to, and without, 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number below `n`; 0 for `n` = 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// A value that differs from seed to seed by up to a fifth, either way.
    pub fn about(&mut self, value: f64) -> f64 {
        value * (0.8 + 0.4 * self.unit())
    }

    /// Log-normal: half of the samples lie below the median; a sigma of 0.3 puts 95 % at most at 1.64 times it.
    pub fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        median * exp(sigma * self.normal())
    }

    /// Normal with mean 0 and deviation 1, as a sum of twelve: `ln` and `cos` differ between platforms.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// e^x for |x| below 10 or so, bit for bit the same everywhere: a short series for x/64, squared six times.
pub(super) fn exp(x: f64) -> f64 {
    let x = x / 64.0;
    let series = (1..10).rev().fold(1.0, |sum, i| 1.0 + sum * x / f64::from(i));
    (0..6).fold(series, |y, _| y * y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_close() {
        for x in [-6.0, -1.0, -0.01, 0.0, 0.5, 1.0, 3.0, 6.0_f64] {
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-12, "{x}");
        }
    }

    #[test]
    fn lognormal_has_its_median_and_tail() {
        let mut random = Random::new(1);
        let mut samples: Vec<f64> = (0..20_000).map(|_| random.lognormal(100.0, 0.3)).collect();
        samples.sort_by(f64::total_cmp);
        assert!((samples[10_000] - 100.0).abs() < 1.5, "{}", samples[10_000]);
        assert!((samples[19_000] - 163.8).abs() < 4.0, "{}", samples[19_000]);
    }

    #[test]
    fn streams_differ_by_seed_and_stay_in_range() {
        let (mut a, mut b) = (Random::new(1), Random::new(2));
        assert_ne!(a.bits(), b.bits());
        assert!((0..1000).all(|_| a.below(7) < 7 && b.unit() < 1.0));
        assert_eq!(Random::new(3).id::<16>(), Random::new(3).id::<16>());
    }
}
