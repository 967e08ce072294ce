//! Choosing among ways to say the same, without a random source.

/// One of `ways` by the seed; `slot` keeps the choices of one message apart.
pub(super) fn pick<'a>(ways: &[&'a str], seed: u64, slot: u64) -> &'a str {
    let count = ways.len().max(1) as u64;
    ways.get((mix(seed ^ mix(slot)) % count) as usize).copied().unwrap_or_default()
}

/// SplitMix64's finaliser (Steele, Lea, Flood 2014): every bit of the seed reaches every bit.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
