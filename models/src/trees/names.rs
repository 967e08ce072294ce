//! Parting names, which have no order: those whose rows lie highest against the rest (Fisher 1958;
//! with the bounds of Ke et al. 2017, "LightGBM").

use super::grow::{Limits, Packed, gradient_in, rows_in};

/// Bins as bits.
pub(super) type Set = [u64; 4];

/// Rows that pull a name's place in the order, and each side's value, towards zero.
const SHRINK: f64 = 10.0;
/// Rows by which a side must grow before it is tried again.
const GROUP: f64 = 100.0;
/// Names that the smaller side can hold.
const MOST: usize = 32;

/// Whether a bin is in a set.
pub(super) fn holds(set: &Set, bin: u8) -> bool {
    set[usize::from(bin >> 6)] >> (bin & 63) & 1 == 1
}

/// The bins up to the last one, with or without that of what is missing.
pub(super) fn up_to(last: u8, missing: bool) -> Set {
    let mut set = [0; 4];
    (1..=usize::from(last)).for_each(|bin| add(&mut set, bin));
    set[0] |= u64::from(missing);
    set
}

fn add(set: &mut Set, bin: usize) {
    set[bin >> 6] |= 1 << (bin & 63);
}

/// The names that go left in the best parting of a node's rows, and what it gains. `counts` by bin;
/// what has no name, in bin 0, goes right.
pub(super) fn best(counts: &[Packed], sum: Packed, limits: Limits) -> Option<(f64, Set)> {
    let mut order: Vec<(f64, usize)> = counts
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, count)| rows_in(**count) >= SHRINK)
        .map(|(bin, &count)| (gradient_in(count) / (rows_in(count) + SHRINK), bin))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let most = MOST.min(order.len().div_ceil(2));
    let low = best_first(order.iter().map(|o| o.1).take(most), counts, sum, limits);
    let high = best_first(order.iter().rev().map(|o| o.1).take(most), counts, sum, limits);
    match (low, high) {
        (Some(low), Some(high)) => Some(if high.0 > low.0 { high } else { low }),
        (low, high) => low.or(high),
    }
}

/// The best of the sets that hold the first names of an order.
fn best_first(
    order: impl Iterator<Item = usize>,
    counts: &[Packed],
    sum: Packed,
    limits: Limits,
) -> Option<(f64, Set)> {
    let (mut set, mut left, mut grown) = ([0; 4], 0, 0.0);
    let mut best: Option<(f64, Set)> = None;
    for bin in order {
        add(&mut set, bin);
        left += counts[bin];
        grown += rows_in(counts[bin]);
        if rows_in(sum - left) < limits.min_rows.max(GROUP) {
            break;
        }
        if rows_in(left) < limits.min_rows || grown < GROUP {
            continue;
        }
        grown = 0.0;
        let gain = gain(left, sum, limits.shrink);
        if gain > best.map_or(0.0, |(gain, _)| gain) {
            best = Some((gain, set));
        }
    }
    best
}

fn gain(left: Packed, sum: Packed, shrink: f64) -> f64 {
    let score = |sum: Packed, shrink: f64| gradient_in(sum).powi(2) / (rows_in(sum) + shrink);
    score(left, shrink + SHRINK) + score(sum - left, shrink + SHRINK) - score(sum, shrink)
}

#[cfg(test)]
mod tests {
    use super::super::grow::packed;
    use super::*;

    const LIMITS: Limits = Limits { leaves: 2, min_rows: 10.0, shrink: 1.0 };

    /// So many rows of a gradient each.
    fn rows(n: i64, gradient: i32) -> Packed {
        n * packed(gradient)
    }

    #[test]
    fn names_that_lie_alike_go_together() {
        let counts = [0, rows(80, 500), rows(90, -700), rows(70, 450), rows(120, -650), rows(4, 9_000)];
        let (gain, set) = best(&counts, counts.iter().sum(), LIMITS).unwrap();
        let left: Vec<u8> = (0..6).filter(|&bin| holds(&set, bin)).collect();
        assert!(gain > 0.0);
        assert!(left == [1, 3] || left == [2, 4], "{left:?}");
    }

    #[test]
    fn few_rows_part_nothing() {
        let counts = [0, rows(40, 500), rows(50, -500)];
        assert!(best(&counts, counts.iter().sum(), LIMITS).is_none());
    }
}
