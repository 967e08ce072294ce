//! The passed-in source of chance.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::hash::FieldHasher;

/// Where the program asks for bits that nobody can guess: names of runs, files and records, nonces;
/// never for models, which take the configured seed. The command line owns the real one; simulations own a seeded one, so that the same seed gives the same names.
pub trait Entropy: Send + Sync {
    /// 128 bits that nobody has seen before.
    fn bits(&self) -> u128;
}

/// Bits that follow from a seed, for simulations. Never for anything secret.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededEntropy {
    /// A source that gives the same bits for the same seed, in the order they are asked for.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn bits(&self) -> u128 {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let mut hasher = FieldHasher::new("entropy");
        hasher.bytes(&self.seed.to_le_bytes()).bytes(&drawn.to_le_bytes());
        u128::from_le_bytes(hasher.finish())
    }
}

/// Bits that follow from 256 drawn ones, for whoever needs many and has to own their source: as hard
/// to guess as what they were drawn from.
#[derive(Debug)]
pub struct DrawnEntropy {
    key: [u128; 2],
    drawn: AtomicU64,
}

impl DrawnEntropy {
    /// Draws the 256 bits.
    #[must_use]
    pub fn from(source: &dyn Entropy) -> Self {
        Self { key: [source.bits(), source.bits()], drawn: AtomicU64::new(0) }
    }
}

impl Entropy for DrawnEntropy {
    fn bits(&self) -> u128 {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let mut hasher = FieldHasher::new("drawn entropy");
        for part in self.key {
            hasher.bytes(&part.to_le_bytes());
        }
        hasher.bytes(&drawn.to_le_bytes());
        u128::from_le_bytes(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_its_own_bits_again() {
        let draw = |seed| {
            let source = SeededEntropy::new(seed);
            [source.bits(), source.bits(), source.bits()]
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let [a, b, c] = draw(1);
        assert!(a != b && b != c && a != c);
    }
}
