//! Dense features of a listing for the final regression: what the word model says, what the
//! comparables say, and plain facts.

use crate::comps::{Facts, Hit, condition_rank};
use crate::numbers::{SLOTS, position};
use crate::targets::{TARGETS, TOLD};

/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// How sharply the nearest comparables outweigh the others.
const SHARPNESS: i32 = 4;

/// What the comparables of one listing say. Logs are log1p of the price in major units.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CompStats {
    pub count: usize,
    /// Weighted mean of the logs.
    pub mean: f64,
    /// Weighted median of the logs.
    pub median: f64,
    /// Weighted mean of what the word model leaves unexplained of them.
    pub unexplained: f64,
    /// Weighted standard deviation of the unexplained.
    pub spread: f64,
    pub top_similarity: f64,
    /// (Σ weights)² ÷ Σ weights².
    pub effective_count: f64,
}

/// A comparable's share in the statistics.
pub(crate) struct PricedHit {
    pub hit: Hit,
    /// log1p of its price.
    pub log_price: f64,
    /// The word model's estimate of it.
    pub fitted: f64,
    /// Unix seconds.
    pub at: i64,
}

impl CompStats {
    /// Weighs by similarity and recency.
    pub fn of(hits: &[PricedHit], at: i64, half_life_days: f64) -> Self {
        if hits.is_empty() {
            return Self::default();
        }
        let weight = |h: &PricedHit| {
            let days = (at - h.at).abs() as f64 / DAY;
            (h.hit.similarity.powi(SHARPNESS) * 0.5_f64.powf(days / half_life_days)).max(1e-12)
        };
        let weights: Vec<f64> = hits.iter().map(weight).collect();
        let total: f64 = weights.iter().sum();
        let average = |value: &dyn Fn(&PricedHit) -> f64| {
            hits.iter().zip(&weights).map(|(h, w)| w * value(h)).sum::<f64>() / total
        };
        let mean = average(&|h| h.log_price);
        let unexplained = average(&|h| h.log_price - h.fitted);
        let variance = average(&|h| (h.log_price - h.fitted - unexplained).powi(2));
        Self {
            count: hits.len(),
            mean,
            median: weighted_median(hits, &weights),
            unexplained,
            spread: variance.sqrt(),
            top_similarity: hits.iter().map(|h| h.hit.similarity).fold(0.0, f64::max),
            effective_count: total * total / weights.iter().map(|w| w * w).sum::<f64>(),
        }
    }
}

fn weighted_median(hits: &[PricedHit], weights: &[f64]) -> f64 {
    let mut pairs: Vec<(f64, f64)> = hits.iter().zip(weights).map(|(h, &w)| (h.log_price, w)).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = weights.iter().sum::<f64>() / 2.0;
    let mut sum = 0.0;
    for (value, weight) in &pairs {
        sum += weight;
        if sum >= half {
            return *value;
        }
    }
    pairs.last().map_or(0.0, |(value, _)| *value)
}

/// Names of the final regression's features.
pub const FEATURE_NAMES: [&str; FEATURES] = [
    "words",
    "comps_mean_less_words",
    "comps_median_less_words",
    "comps_unexplained",
    "comps_mean_less_words_x_similarity",
    "comps_unexplained_x_similarity",
    "comps_unexplained_x_log_count",
    "comps_spread",
    "comps_top_similarity",
    "comps_log_count",
    "no_comps",
    "time_years",
    "log_title_words",
    "log_description_bytes",
    "no_description",
    "accessory",
    "condition_new",
    "condition_like_new",
    "condition_good",
    "condition_fair",
    "condition_poor",
    "condition_parts",
    "year",
    "number_1",
    "number_2",
    "number_3",
    "year_missing",
    "number_1_missing",
    "number_2_missing",
    "number_3_missing",
    "log_number_1",
    "log_number_2",
    "log_number_3",
];

/// How many there are.
pub const FEATURES: usize = 33;

/// The features of one listing; `words` is the word model's estimate, `at` its time (Unix
/// seconds) as far as the model's data reach.
pub(crate) fn dense(facts: &Facts, comps: &CompStats, words: f64, at: i64) -> [f64; FEATURES] {
    let mut x = [0.0; FEATURES];
    x[0] = words;
    if comps.count > 0 {
        let log_count = comps.effective_count.ln_1p();
        x[1] = comps.mean - words;
        x[2] = comps.median - words;
        x[3] = comps.unexplained;
        x[4] = x[1] * comps.top_similarity;
        x[5] = x[3] * comps.top_similarity;
        x[6] = x[3] * log_count;
        x[7] = comps.spread;
        x[8] = comps.top_similarity;
        x[9] = log_count;
    } else {
        x[10] = 1.0;
    }
    x[11] = at as f64 / (365.25 * DAY);
    x[12] = f64::from(facts.title_words).ln_1p();
    x[13] = f64::from(facts.description_bytes).ln_1p();
    x[14] = f64::from(u8::from(facts.description_bytes == 0));
    x[15] = f64::from(u8::from(facts.accessory));
    if let Some(condition) = facts.condition {
        x[16 + condition as usize] = 1.0;
    }
    for slot in 0..SLOTS {
        let number = facts.numbers[slot];
        if number.is_finite() {
            x[22 + slot] = f64::from(number);
            if slot > 0 {
                x[29 + slot] = f64::from(position(slot, number));
            }
        } else {
            x[26 + slot] = 1.0;
        }
    }
    x
}

/// How many difficulty features there are.
pub(crate) const DIFFICULTIES: usize = 9;

/// What makes an estimate hard: the features of the spread's regression.
pub(crate) fn difficulty(facts: &Facts, comps: &CompStats, words: f64) -> [f64; DIFFICULTIES] {
    let some = comps.count > 0;
    let of_comps = |value: f64| if some { value } else { 0.0 };
    let year = facts.numbers[0];
    [
        of_comps(comps.spread),
        1.0 / (1.0 + comps.effective_count).sqrt(),
        1.0 - comps.top_similarity,
        of_comps((comps.mean - words).abs()),
        of_comps(comps.unexplained.abs()),
        words,
        f64::from(u8::from(facts.accessory)),
        if year.is_finite() { f64::from(year) } else { 2000.0 },
        f64::from(u8::from(!year.is_finite())) + f64::from(u8::from(!facts.numbers[1].is_finite())),
    ]
}

/// What the trees see beside target statistics and names: [`FACTS`] plain facts, then, for those that may
/// see them, what words and comparables say.
pub(crate) const FACTS: usize = SLOTS + 4;
/// Features of the trees that correct the linear combination, beside facts, target statistics and names.
pub(crate) const SAID: usize = 6;

/// Plain facts for trees; NaN is missing.
pub(crate) fn plain(facts: &Facts) -> [f32; FACTS] {
    let mut x = [f32::NAN; FACTS];
    x[..SLOTS].copy_from_slice(&facts.numbers);
    x[SLOTS] = facts.condition.map_or(f32::NAN, |c| f32::from(condition_rank(c)));
    x[SLOTS + 1] = f32::from(u8::from(facts.accessory));
    x[SLOTS + 2] = f32::from(facts.title_words);
    x[SLOTS + 3] = facts.description_bytes as f32;
    x
}

/// What words and comparables say, for trees; NaN is missing.
pub(crate) fn said(words: f64, comps: &CompStats) -> [f32; SAID] {
    let of_comps = |value: f64| if comps.count > 0 { value as f32 } else { f32::NAN };
    [
        words as f32,
        of_comps(comps.mean - words),
        of_comps(comps.unexplained),
        of_comps(comps.spread),
        comps.top_similarity as f32,
        comps.effective_count as f32,
    ]
}

/// Names of the trees' plain facts.
pub(crate) const FACT_NAMES: [&str; FACTS] = [
    "year",
    "number_1",
    "number_2",
    "number_3",
    "condition",
    "accessory",
    "title_words",
    "description_bytes",
];
/// Names of what words and comparables say.
pub(crate) const SAID_NAMES: [&str; SAID] = [
    "words",
    "comps_mean_less_words",
    "comps_unexplained",
    "comps_spread",
    "comps_top_similarity",
    "comps_effective_count",
];

/// Columns of the trees on facts.
pub(crate) const FACT_COLUMNS: usize = FACTS + TOLD;
/// Those of them that hold names.
pub(crate) const NAME_COLUMNS: std::ops::Range<usize> = FACTS + TARGETS..FACT_COLUMNS;
/// Columns of the trees that correct the linear combination.
pub(crate) const ALL_COLUMNS: usize = FACT_COLUMNS + SAID;

/// A listing as the second level sees it.
pub(crate) struct Seen {
    /// For the linear combination.
    pub x: [f64; FEATURES],
    /// For trees: facts, target statistics and names, then what words and comparables say.
    pub z: [f32; ALL_COLUMNS],
    /// For the spread.
    pub difficulty: [f64; DIFFICULTIES],
    /// Whether there is a comparable.
    pub answered: bool,
}

impl Seen {
    /// `past` are the comparables not younger than the listing: a new listing has no others, and
    /// trees must learn from rows that look like it.
    /// `at` is its time, Unix seconds, as far as the model's rows reach.
    pub fn new(
        facts: &Facts,
        comps: &CompStats,
        past: &CompStats,
        words: f64,
        told: &[f32; TOLD],
        at: i64,
    ) -> Self {
        let mut z = [f32::NAN; ALL_COLUMNS];
        z[..FACTS].copy_from_slice(&plain(facts));
        z[FACTS..FACT_COLUMNS].copy_from_slice(told);
        z[FACT_COLUMNS..].copy_from_slice(&said(words, past));
        Self {
            x: dense(facts, comps, words, at),
            z,
            difficulty: difficulty(facts, comps, words),
            answered: comps.count > 0,
        }
    }
}
