//! Chance from a seed, never from the air.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of chance. ChaCha gives the same stream on every machine and version.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream for one purpose of one subject.
    pub fn new(seed: u64, subject: u64, purpose: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(mix(mix(seed ^ purpose.rotate_left(48)) ^ subject)))
    }

    /// Uniform in 0..1.
    pub fn unit(&mut self) -> f64 {
        self.0.random::<u32>() as f64 / (f64::from(u32::MAX) + 1.0)
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Uniform in 0..n; `n` is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// In 0..n, low numbers much more often than high ones.
    pub fn skewed(&mut self, n: usize) -> usize {
        let unit = self.unit();
        (unit * unit.sqrt() * n as f64) as usize
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// Bell-shaped, mean 0 and variance 1: the sum of four uniforms is near enough to normal.
    pub fn bell(&mut self) -> f64 {
        ((0..4).map(|_| self.unit()).sum::<f64>() - 2.0) * 1.732_050_8
    }

    /// A position drawn by weight; the weights are positive.
    pub fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut left = self.unit() * weights.clone().sum::<f64>();
        let mut last = 0;
        for (i, weight) in weights.enumerate() {
            last = i;
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }
}

/// Spreads a number over 64 bits (the finaliser of splitmix64).
pub(super) fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
