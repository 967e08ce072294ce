//! Ids that look like a venue's and still tell the simulation which thing is behind them.

use super::dice::mix;

const HALF_BITS: u32 = 20;
const HALF: u64 = (1 << HALF_BITS) - 1;
/// Bits for the number of the copy.
const COPY_BITS: u32 = 4;
/// Things that ids can name.
pub(super) const MAX_THINGS: u64 = 1 << (2 * HALF_BITS - COPY_BITS);

/// The external id of a copy (0–15) of a thing: a keyed permutation (Feistel network of four
/// rounds), so that ids do not run in the order of things.
pub(super) fn external_id(seed: u64, thing: u64, copy: u8) -> String {
    let plain = (thing % MAX_THINGS) << COPY_BITS | u64::from(copy & 15);
    let (mut left, mut right) = (plain >> HALF_BITS, plain & HALF);
    for round in 0..4 {
        (left, right) = (right, left ^ shuffle(seed, round, right));
    }
    (left << HALF_BITS | right).to_string()
}

/// The thing and copy behind an external id; `None` for ids of another form.
pub(super) fn thing_of(seed: u64, external_id: &str) -> Option<(u64, u8)> {
    let hidden: u64 = external_id.parse().ok().filter(|&id| id >> (2 * HALF_BITS) == 0)?;
    let (mut left, mut right) = (hidden >> HALF_BITS, hidden & HALF);
    for round in (0..4).rev() {
        (left, right) = (right ^ shuffle(seed, round, left), left);
    }
    let plain = left << HALF_BITS | right;
    Some((plain >> COPY_BITS, (plain & 15) as u8))
}

fn shuffle(seed: u64, round: u64, half: u64) -> u64 {
    mix(seed ^ round << 56 ^ half) & HALF
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_leads_back_to_its_thing(seed: u64, thing in 0..MAX_THINGS, copy in 0_u8..16) {
            prop_assert_eq!(thing_of(seed, &external_id(seed, thing, copy)), Some((thing, copy)));
        }
    }

    #[test]
    fn what_is_no_id_leads_nowhere() {
        for text in ["", "abc", "-1", "99999999999999999"] {
            assert_eq!(thing_of(1, text), None, "{text}");
        }
    }
}
