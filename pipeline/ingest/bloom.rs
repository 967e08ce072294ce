//! "Surely new" in bounded memory.

use autobazaaar_domain::ObservationId;

const WORDS_PER_BLOCK: usize = 8;
const PROBES: u32 = 8;

/// A blocked Bloom filter over observation ids. It never forgets an id; now and then it takes a
/// new one for known, and then the exact check on disk decides. One probe touches one cache
/// line.
pub struct Bloom {
    blocks: Vec<[u64; WORDS_PER_BLOCK]>,
}

impl Bloom {
    /// A filter of about `bytes` bytes. At 8 bits an id, one new id in fifty is checked on disk;
    /// at 24 bits one in ten thousand.
    #[must_use]
    pub fn with_bytes(bytes: usize) -> Self {
        let blocks = (bytes / (WORDS_PER_BLOCK * 8)).max(1);
        Self { blocks: vec![[0; WORDS_PER_BLOCK]; blocks] }
    }

    /// Adds an id; true when it was surely not there before.
    pub fn insert(&mut self, id: ObservationId) -> bool {
        let (block, mut bits) = self.place(id);
        let block = &mut self.blocks[block];
        let mut new = false;
        for _ in 0..PROBES {
            let (word, bit) = ((bits >> 6 & 7) as usize, 1_u64 << (bits & 63));
            new |= block[word] & bit == 0;
            block[word] |= bit;
            bits = bits.rotate_right(9).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        new
    }

    /// The id is a hash already: its halves choose the block and the bits in it.
    fn place(&self, id: ObservationId) -> (usize, u64) {
        let half = |from: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&id.0[from..from + 8]);
            u64::from_le_bytes(bytes)
        };
        let block = (u128::from(half(0)) * self.blocks.len() as u128) >> 64;
        (block as usize, half(8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autobazaaar_domain::hash::FieldHasher;

    fn id(n: i64) -> ObservationId {
        ObservationId(FieldHasher::new("test").number(Some(n)).finish())
    }

    #[test]
    fn never_forgets_and_rarely_errs() {
        let mut bloom = Bloom::with_bytes(3 * 20_000);
        let surely_new = (0..20_000).filter(|&n| bloom.insert(id(n))).count();
        assert!(surely_new > 19_900, "{surely_new} of 20,000 were seen to be new");
        assert!((0..20_000).all(|n| !bloom.insert(id(n))));
    }
}
