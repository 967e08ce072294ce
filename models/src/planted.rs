//! Planted bargains: some asks are lowered, and the ranking is asked to find them. The score that
//! ranks knows nothing of how they were made.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Share of the rows that get a lowered ask.
const SHARE: f64 = 0.02;
/// The lowered ask as a share of the row's own.
const LOWERED: std::ops::RangeInclusive<f64> = 0.35..=0.80;
/// It is a price that somebody asked, so near the share.
const NEAR: f64 = 0.05;

/// How well a ranking finds what it should.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    pub planted: u64,
    /// Mean over the planted rows of the share of planted ones among those ranked so high.
    pub average_precision: f64,
    /// Share of planted rows among the first 100.
    pub precision_at_100: f64,
}

/// Lowers 2 % of the asks to one of the known prices within 5 % of 35–80 % of it; a row near
/// which no price is known keeps its own. Returns (row, lowered ask) by row.
#[must_use]
pub fn plant(asks: &[f64], known: &[f64], seed: u64) -> Vec<(usize, f64)> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut known: Vec<f64> = known.to_vec();
    known.sort_by(f64::total_cmp);
    let wanted = (asks.len() as f64 * SHARE).round() as usize;
    let mut rows: Vec<usize> = (0..asks.len()).collect();
    for drawn in 0..wanted {
        let other = chance.random_range(drawn..rows.len());
        rows.swap(drawn, other);
    }
    rows.truncate(wanted);
    rows.sort_unstable();
    let mut lowered = |row: usize| {
        let target = asks[row] * chance.random_range(LOWERED);
        let from = known.partition_point(|price| *price < target * (1.0 - NEAR));
        let to = known.partition_point(|price| *price <= target * (1.0 + NEAR));
        (from < to).then(|| (row, known[chance.random_range(from..to)]))
    };
    rows.into_iter().filter_map(&mut lowered).collect()
}

/// Judges a ranking by score, the highest first; rows without a score come last. Equal scores keep
/// their order.
#[must_use]
pub fn ranking(scores: &[Option<f64>], planted: impl Fn(usize) -> bool) -> Ranking {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| {
        scores[b].unwrap_or(f64::NEG_INFINITY).total_cmp(&scores[a].unwrap_or(f64::NEG_INFINITY))
    });
    let (mut hits, mut sum, mut first) = (0_u64, 0.0, 0_u64);
    for (rank, _) in order.iter().enumerate().filter(|(_, row)| planted(**row)) {
        hits += 1;
        sum += hits as f64 / (rank + 1) as f64;
        first += u64::from(rank < 100);
    }
    let average_precision = if hits == 0 { 0.0 } else { sum / hits as f64 };
    Ranking { planted: hits, average_precision, precision_at_100: first as f64 / 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_are_lowered_to_known_prices() {
        let known: Vec<f64> = (1..=2_000).map(|i| f64::from(i) * 10.0).collect();
        let asks: Vec<f64> = (0..1_000).map(|i| 1_000.0 + f64::from(i) * 10.0).collect();
        let planted = plant(&asks, &known, 3);
        assert_eq!(planted.len(), 20);
        for (row, ask) in &planted {
            let share = ask / asks[*row];
            assert!((0.35 * 0.95..=0.80 * 1.05).contains(&share), "{share}");
            assert!(known.contains(ask));
        }
        assert_eq!(planted, plant(&asks, &known, 3));
        assert_ne!(planted, plant(&asks, &known, 4));
    }

    #[test]
    fn a_perfect_ranking_is_perfect() {
        let scores: Vec<Option<f64>> = (0..200).map(|i| Some(f64::from(i))).chain([None]).collect();
        let best = ranking(&scores, |row| (100..200).contains(&row));
        assert_eq!((best.planted, best.average_precision, best.precision_at_100), (100, 1.0, 1.0));
        let worst = ranking(&scores, |row| row == 200);
        assert!((worst.average_precision - 1.0 / 201.0).abs() < 1e-12);
    }
}
