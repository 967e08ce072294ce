//! Folds by item: a re-post never sits on both sides.

use autobazaaar_domain::ItemId;
use serde::{Deserialize, Serialize};

use crate::text::mix;

/// A set of folds, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct FoldSet(pub u32);

impl FoldSet {
    /// No fold.
    pub const EMPTY: Self = Self(0);

    /// This set and one more fold.
    #[must_use]
    pub fn with(self, fold: u8) -> Self {
        Self(self.0 | 1 << fold)
    }

    /// Whether the fold is in it.
    #[must_use]
    pub fn contains(self, fold: u8) -> bool {
        self.0 >> fold & 1 == 1
    }
}

/// The fold of an item: a hash of the item and the seed.
#[must_use]
pub fn fold_of(item: ItemId, seed: u64, folds: usize) -> u8 {
    let value = u128::from_le_bytes(item.0);
    let hash = mix(mix(seed ^ 0x5eed, value as u64), (value >> 64) as u64);
    (hash % folds.max(1) as u64) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_keeps_its_fold_and_folds_are_even() {
        let mut counts = [0; 5];
        for i in 0..5_000_u32 {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&i.to_le_bytes());
            let fold = fold_of(ItemId(bytes), 7, 5);
            assert_eq!(fold, fold_of(ItemId(bytes), 7, 5));
            counts[fold as usize] += 1;
        }
        assert!(counts.iter().all(|&c| (900..1_100).contains(&c)), "{counts:?}");
    }
}
