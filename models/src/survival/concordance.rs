//! Does what was expected to leave sooner leave sooner?

/// A listing followed over time that was held back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Followed {
    /// Higher: expected to leave sooner.
    pub risk: f64,
    /// Days from the start of the held-back time (or first sight) to the last sight.
    pub seen_until: f64,
    /// Days to the first look that missed it; `None`: it may still stand.
    pub gone_by: Option<f64>,
}

/// Harrell's C.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concordance {
    /// 0.5 is chance, 1 perfect; `None` without a pair.
    pub c: Option<f64>,
    /// Standard error of `c` over listings (delete-one jackknife); `None` with fewer than three
    /// exits.
    pub error: Option<f64>,
    /// Pairs of which one surely left before the other.
    pub pairs: u64,
    pub listings: u64,
    pub exits: u64,
}

/// Listings compared at most, evenly taken: pairs grow with the square.
const MOST: usize = 8_000;

/// Share of comparable pairs in the expected order, equal risks as half (Harrell, Califf, Pryor,
/// Lee and Rosati 1982). A pair is comparable if one was surely gone (its exit's interval ended)
/// no later than the other was last seen.
#[must_use]
pub fn concordance(followed: &[Followed]) -> Concordance {
    let every = followed.len().div_ceil(MOST).max(1);
    let taken: Vec<Followed> = followed.iter().copied().step_by(every).collect();
    // Per listing: pairs it is in, and how many of them are in order.
    let mut sums = vec![(0_u64, 0.0_f64); taken.len()];
    for (i, gone) in taken.iter().enumerate() {
        let Some(by) = gone.gone_by else { continue };
        for (j, other) in taken.iter().enumerate() {
            if i == j || other.seen_until < by {
                continue;
            }
            let order = match gone.risk.partial_cmp(&other.risk) {
                Some(std::cmp::Ordering::Greater) => 1.0,
                Some(std::cmp::Ordering::Less) => 0.0,
                _ => 0.5,
            };
            for row in [i, j] {
                sums[row] = (sums[row].0 + 1, sums[row].1 + order);
            }
        }
    }
    let pairs = sums.iter().map(|sum| sum.0).sum::<u64>() / 2;
    let in_order = sums.iter().map(|sum| sum.1).sum::<f64>() / 2.0;
    let exits = taken.iter().filter(|one| one.gone_by.is_some()).count() as u64;
    Concordance {
        c: (pairs > 0).then(|| in_order / pairs as f64),
        error: (exits >= 3).then(|| jackknife(&sums, pairs, in_order)).flatten(),
        pairs,
        listings: taken.len() as u64,
        exits,
    }
}

/// Spread of the share when each listing in turn is left out.
fn jackknife(sums: &[(u64, f64)], pairs: u64, in_order: f64) -> Option<f64> {
    let without: Vec<f64> = sums
        .iter()
        .filter(|(in_pairs, _)| *in_pairs < pairs)
        .map(|(in_pairs, order)| (in_order - order) / (pairs - in_pairs) as f64)
        .collect();
    let n = without.len() as f64;
    let mean = without.iter().sum::<f64>() / n;
    let squares: f64 = without.iter().map(|c| (c - mean).powi(2)).sum();
    let error = ((n - 1.0) / n * squares).sqrt();
    error.is_finite().then_some(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(risk: f64, seen_until: f64, gone_by: Option<f64>) -> Followed {
        Followed { risk, seen_until, gone_by }
    }

    #[test]
    fn counts_the_pairs_whose_order_is_known() {
        let rows = [
            one(3.0, 0.0, Some(1.0)),
            one(2.0, 1.0, Some(2.0)),
            // Seen until within the second's interval: which of the two left first is not known.
            one(1.0, 1.5, None),
        ];
        let found = concordance(&rows);
        assert_eq!((found.pairs, found.exits, found.c), (2, 2, Some(1.0)));
        let reversed: Vec<_> = rows.iter().map(|row| Followed { risk: -row.risk, ..*row }).collect();
        assert_eq!(concordance(&reversed).c, Some(0.0));
        let equal: Vec<_> = rows.iter().map(|row| Followed { risk: 7.0, ..*row }).collect();
        assert_eq!(concordance(&equal).c, Some(0.5));
    }

    #[test]
    fn says_nothing_without_exits() {
        let found = concordance(&[one(1.0, 2.0, None), one(2.0, 3.0, None)]);
        assert_eq!((found.pairs, found.c, found.error), (0, None, None));
    }

    #[test]
    fn the_error_shrinks_with_more_listings() {
        // Risk is noise against order: every third listing is out of place.
        let rows = |n: u32| -> Vec<Followed> {
            let risk = |i: u32| f64::from(if i.is_multiple_of(3) { i } else { 2 * n - i });
            (0..n).map(|i| one(risk(i), f64::from(i), Some(f64::from(i) + 1.0))).collect()
        };
        let error = |n| concordance(&rows(n)).error.unwrap();
        assert!(error(400) < 0.7 * error(100), "{} {}", error(400), error(100));
    }
}
