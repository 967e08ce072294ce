//! Chance for waits, passed in.

use std::sync::atomic::{AtomicU64, Ordering};

/// Where the spread of waits comes from.
pub trait Jitter: Send + Sync {
    /// A number in 0 ≤ x < 1.
    fn unit(&self) -> f64;
}

/// The numbers that follow from a seed (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Debug)]
pub struct SeededJitter(AtomicU64);

/// Step of SplitMix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl SeededJitter {
    /// The same seed gives the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Jitter for SeededJitter {
    fn unit(&self) -> f64 {
        let mut bits = self.0.fetch_add(GOLDEN, Ordering::Relaxed).wrapping_add(GOLDEN);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        // The upper 53 bits fill a float exactly.
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }
}
