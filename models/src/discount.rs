//! From ask to sale: the share of the ask that was paid, where both are known.
//!
//! Logarithms of sale ÷ ask are taken to be normal around a category's mean, and categories'
//! means around that of the currency, which is itself pulled towards a stated assumption
//! (empirical Bayes; the spread between categories is DerSimonian and Laird's moment estimate,
//! 1986). A category with few pairs thus leans on the others, and says so by its interval.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Something that was offered and sold; major units of one currency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SalePair<'a> {
    pub category: &'a str,
    /// The last ask before the sale, or the original one where only that is known.
    pub ask: f64,
    pub sale: f64,
}

/// The assumption, how firmly it is held, and what counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiscountOptions {
    /// Sale as a share of the ask.
    pub assumed: f64,
    /// Standard deviation of its logarithm.
    pub spread: f64,
    /// Pairs below which nothing is learned.
    pub min_pairs: u64,
    /// Ratios outside of these are no price of the same thing in the same state.
    pub sane: (f64, f64),
}

impl Default for DiscountOptions {
    fn default() -> Self {
        Self { assumed: 0.9, spread: 0.15, min_pairs: 30, sane: (0.1, 2.0) }
    }
}

/// A share with the interval in which it lies in four cases of five.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    pub share: f64,
    pub low: f64,
    pub high: f64,
    /// Pairs of its own behind it.
    pub pairs: u64,
}

/// What was learned in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Discount {
    /// For a category without pairs of its own.
    pub overall: Share,
    pub by_category: BTreeMap<String, Share>,
    /// The assumption that it is pulled towards.
    pub assumed: f64,
    /// Standard deviation of the log ratio within a category.
    pub within: f64,
    /// Standard deviation of categories' means.
    pub between: f64,
    /// Pairs left out as no price of the same thing.
    pub left_out: u64,
}

/// Too few sales with an ask are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{pairs} sales with a known ask, {needed} are needed")]
pub struct TooFewSales {
    pub pairs: u64,
    pub needed: u64,
}

/// The standard normal's 90 % quantile: half the width of an 80 % interval.
const Z80: f64 = 1.281_551_565_545;

impl Discount {
    /// The share in a category.
    #[must_use]
    pub fn share(&self, category: &str) -> Share {
        self.by_category.get(category).copied().unwrap_or(self.overall)
    }
}

/// Learns the share of the ask that is paid.
///
/// # Errors
/// With fewer pairs than `min_pairs`.
pub fn learn_discount(pairs: &[SalePair<'_>], options: &DiscountOptions) -> Result<Discount, TooFewSales> {
    let mut groups: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut left_out = 0;
    for pair in pairs {
        let ratio = pair.sale / pair.ask;
        if (options.sane.0..=options.sane.1).contains(&ratio) {
            groups.entry(pair.category).or_default().push(ratio.ln());
        } else {
            left_out += 1;
        }
    }
    let count = groups.values().map(Vec::len).sum::<usize>() as u64;
    if count < options.min_pairs.max(2) {
        return Err(TooFewSales { pairs: count, needed: options.min_pairs.max(2) });
    }
    let within = within(&groups);
    let between = between(&groups, within);
    // Precision-weighted mean of the categories' means and of the assumption.
    let weight = |n: usize| 1.0 / (between + within / n as f64);
    let prior = 1.0 / (options.spread * options.spread).max(1e-9);
    let (mut sum, mut total) = (prior * options.assumed.ln(), prior);
    for logs in groups.values() {
        sum += weight(logs.len()) * mean(logs);
        total += weight(logs.len());
    }
    let (centre, centre_variance) = (sum / total, 1.0 / total);
    let of_category = |logs: &Vec<f64>| {
        let own = logs.len() as f64 / within;
        // With no spread between categories all share one mean.
        let pull = if between > 0.0 { 1.0 / between } else { f64::INFINITY };
        if pull.is_infinite() {
            return share(centre, centre_variance, logs.len());
        }
        let kept = pull / (own + pull);
        let at = (own * mean(logs) + pull * centre) / (own + pull);
        share(at, 1.0 / (own + pull) + kept * kept * centre_variance, logs.len())
    };
    Ok(Discount {
        overall: share(centre, centre_variance + between, count as usize),
        by_category: groups.iter().map(|(name, logs)| ((*name).to_owned(), of_category(logs))).collect(),
        assumed: options.assumed,
        within: within.sqrt(),
        between: between.sqrt(),
        left_out,
    })
}

fn share(log: f64, variance: f64, pairs: usize) -> Share {
    let half = Z80 * variance.sqrt();
    Share { share: log.exp(), low: (log - half).exp(), high: (log + half).exp(), pairs: pairs as u64 }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn squares(values: &[f64]) -> f64 {
    let centre = mean(values);
    values.iter().map(|value| (value - centre).powi(2)).sum()
}

/// Variance within categories, pooled; never quite 0, so that identical ratios stay a finite
/// witness.
fn within(groups: &BTreeMap<&str, Vec<f64>>) -> f64 {
    let freedom: usize = groups.values().map(|logs| logs.len() - 1).sum();
    let sum: f64 = groups.values().map(|logs| squares(logs)).sum();
    if freedom > 0 {
        return (sum / freedom as f64).max(1e-4);
    }
    // One pair each: what differs cannot be split, so all of it counts as chance.
    let all: Vec<f64> = groups.values().flatten().copied().collect();
    (squares(&all) / (all.len() - 1) as f64).max(1e-4)
}

/// Variance of categories' means, by moments.
fn between(groups: &BTreeMap<&str, Vec<f64>>, within: f64) -> f64 {
    let weights: Vec<f64> = groups.values().map(|logs| logs.len() as f64 / within).collect();
    let total: f64 = weights.iter().sum();
    let means: Vec<f64> = groups.values().map(|logs| mean(logs)).collect();
    let centre = weights.iter().zip(&means).map(|(w, m)| w * m).sum::<f64>() / total;
    let q: f64 = weights.iter().zip(&means).map(|(w, m)| w * (m - centre).powi(2)).sum();
    let squared: f64 = weights.iter().map(|w| w * w).sum();
    let scale = total - squared / total;
    if scale <= 0.0 { 0.0 } else { ((q - (groups.len() - 1) as f64) / scale).max(0.0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pairs of a category whose log ratios lie evenly around `centre`.
    fn pairs(category: &'static str, centre: f64, count: usize) -> Vec<SalePair<'static>> {
        let off = |i: usize| 0.2 * (i as f64 / (count - 1) as f64 - 0.5);
        (0..count).map(|i| SalePair { category, ask: 50.0, sale: 50.0 * centre * off(i).exp() }).collect()
    }

    #[test]
    fn many_pairs_speak_for_themselves() {
        let found = learn_discount(&pairs("coats", 0.8, 400), &DiscountOptions::default()).unwrap();
        let coats = found.share("coats");
        assert!((coats.share - 0.8).abs() < 0.005, "{coats:?}");
        assert!(coats.low < coats.share && coats.share < coats.high && coats.high - coats.low < 0.02);
        assert_eq!(coats.pairs, 400);
    }

    #[test]
    fn a_thin_category_leans_on_the_others() {
        let mut all = [pairs("coats", 0.8, 100), pairs("shoes", 0.7, 100), pairs("bags", 0.75, 100)].concat();
        all.extend(pairs("hats", 0.4, 2));
        let found = learn_discount(&all, &DiscountOptions::default()).unwrap();
        let (hats, coats) = (found.share("hats"), found.share("coats"));
        assert!(hats.share > 0.4 && hats.share < 0.75, "{hats:?}");
        assert!(hats.high / hats.low > 2.0 * coats.high / coats.low - 1.0);
        let unseen = found.share("boats");
        assert_eq!(unseen, found.overall);
        assert!(unseen.high / unseen.low > coats.high / coats.low);
    }

    #[test]
    fn nonsense_is_left_out_and_counted() {
        let mut all = pairs("coats", 0.8, 60);
        let odd = |ask, sale| SalePair { category: "coats", ask, sale };
        all.extend([odd(0.0, 10.0), odd(10.0, 0.0), odd(1.0, 500.0), odd(f64::NAN, 1.0)]);
        let found = learn_discount(&all, &DiscountOptions::default()).unwrap();
        assert_eq!((found.left_out, found.overall.pairs), (4, 60));
        assert!((found.share("coats").share - 0.8).abs() < 0.02);
    }

    #[test]
    fn too_little_is_said_to_be() {
        let error = learn_discount(&pairs("coats", 0.8, 29), &DiscountOptions::default()).unwrap_err();
        assert_eq!((error.pairs, error.needed), (29, 30));
    }

    proptest! {
        #[test]
        fn a_share_lies_within_its_interval_and_the_data(
            ratios in prop::collection::vec((0..5_usize, 0.2..1.5_f64), 30..120)
        ) {
            let names = ["a", "b", "c", "d", "e"];
            let all: Vec<_> = ratios
                .iter()
                .map(|(i, ratio)| SalePair { category: names[*i], ask: 10.0, sale: 10.0 * ratio })
                .collect();
            let found = learn_discount(&all, &DiscountOptions::default()).unwrap();
            for share in found.by_category.values().chain([&found.overall]) {
                prop_assert!(share.low <= share.share && share.share <= share.high);
                prop_assert!((0.19..1.51).contains(&share.share), "{:?}", share);
            }
        }
    }
}
