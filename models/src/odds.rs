//! Whether so low an ask is a bargain or junk: the odds that a genuine ask, lowered on purpose,
//! stands where this one does, against the asks that stand there anyway.
//!
//! Of natural asks it knows how far they stray from estimates that had not seen them, in classes
//! of like uncertainty. Down payments, prices of parts and typing errors are among them: where
//! they are frequent, a low ask says little. Of bargains it knows no example. It supposes only
//! that somebody who wants to be rid of a thing asks a share of what he would have asked, that
//! small discounts are likelier than large ones, and how likely: in proportion to the share.

use serde::{Deserialize, Serialize};

/// Classes of like uncertainty, when there are rows for them.
const CLASSES: usize = 4;
/// Rows that a class needs.
const CLASS_ROWS: usize = 500;
/// The prior of the share that a bargain asks has the density `2 · share` on 0–1: its depth, the
/// negative log of the share, is exponential at this rate.
const DEPTH_RATE: f64 = 2.0;
/// Log distances from the estimate on which the odds are kept, and the step between them.
const FROM: f64 = -10.0;
const STEP: f64 = 0.02;
const POINTS: usize = 651;
/// Bounds of a kernel's width, log units: estimates are not so exact that less would tell anything, and
/// a lone outlier speaks for its surroundings only.
const WIDTHS: (f64, f64) = (0.05, 1.0);
/// A kernel is as wide as this many times the root of all errors lie apart around it.
const NEAR: f64 = 2.0;
/// Widths to either side after which a kernel adds nothing.
const REACH: f64 = 4.0;
/// Keeps the logarithm of nothing finite.
const LEAST: f64 = 1e-12;

/// Log odds of a bargain against a natural ask, by distance from the estimate and its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Odds {
    /// By rising uncertainty; never empty. Between two the odds are interpolated.
    classes: Vec<Class>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Class {
    /// The class's middle uncertainty: distances are brought to it.
    sigma: f64,
    /// From [`FROM`] in steps of [`STEP`].
    log_odds: Vec<f32>,
}

impl Odds {
    /// Learns from (error, sigma) of rows that their estimates had not seen, log units each.
    #[must_use]
    pub(crate) fn fit(mut rows: Vec<(f64, f64)>) -> Self {
        rows.retain(|(error, sigma)| error.is_finite() && *sigma > 0.0);
        rows.sort_by(|a, b| a.1.total_cmp(&b.1));
        let wanted = (rows.len() / CLASS_ROWS).clamp(1, CLASSES);
        let mut bounds: Vec<f64> = (1..wanted).map(|i| rows[rows.len() * i / wanted].1).collect();
        bounds.push(f64::INFINITY);
        // Rows of one uncertainty stay together.
        bounds.dedup();
        let mut rest = rows.as_slice();
        let class = |below: f64| {
            let (own, others) = rest.split_at(rest.partition_point(|row| row.1 < below));
            rest = others;
            Class::fit(own)
        };
        Self { classes: bounds.into_iter().map(class).collect() }
    }

    /// Log odds of an ask at a log distance from the estimate (negative: below it) whose spread is
    /// `sigma`, log units. Higher: rather a bargain.
    #[must_use]
    pub fn of(&self, error: f64, sigma: f64) -> f64 {
        let above = self.classes.partition_point(|class| class.sigma <= sigma);
        let by = |class: &Class| class.of(error / sigma * class.sigma);
        let below = above.checked_sub(1).and_then(|at| self.classes.get(at));
        match (below, self.classes.get(above)) {
            // Between two classes it changes step by step.
            (Some(low), Some(high)) => {
                let share = (sigma / low.sigma).ln() / (high.sigma / low.sigma).ln();
                by(low) * (1.0 - share) + by(high) * share
            }
            (Some(one), None) | (None, Some(one)) => by(one),
            (None, None) => 0.0,
        }
    }

    /// Whether its tables have their lengths.
    pub(crate) fn is_sound(&self) -> bool {
        !self.classes.is_empty() && self.classes.iter().all(|class| class.log_odds.len() == POINTS)
    }
}

impl Class {
    fn fit(rows: &[(f64, f64)]) -> Self {
        let sigma = rows.get(rows.len() / 2).map_or(1.0, |row| row.1);
        let errors = rows.iter().map(|(error, own)| error / own * sigma).collect();
        let natural = density(errors);
        let bargain = lowered(&natural);
        // One more ask might have stood anywhere: what nobody asked yet is no sure bargain.
        let anywhere = 1.0 / ((rows.len() + 1) as f64 * POINTS as f64 * STEP);
        let log_odds = |(n, b): (&f64, f64)| ((b + LEAST) / (n + anywhere)).ln() as f32;
        let log_odds = natural.iter().zip(bargain).map(log_odds).collect();
        Self { sigma, log_odds }
    }

    fn of(&self, error: f64) -> f64 {
        let at = ((error - FROM) / STEP).clamp(0.0, (POINTS - 1) as f64);
        let (left, share) = (at.floor() as usize, at.fract());
        let right = (left + 1).min(self.log_odds.len() - 1);
        f64::from(self.log_odds[left]) * (1.0 - share) + f64::from(self.log_odds[right]) * share
    }
}

/// Density at the points, by Gaussian kernels as wide as the nearest 2√n errors lie apart: sharp
/// in the middle, smooth in the tails (Silverman 1986, 5.2).
fn density(mut errors: Vec<f64>) -> Vec<f64> {
    errors.sort_by(f64::total_cmp);
    let n = errors.len();
    let near = ((NEAR * (n as f64).sqrt()) as usize).max(10);
    let mut sums = vec![0.0; POINTS];
    for (i, &error) in errors.iter().enumerate() {
        let (left, right) = (i.saturating_sub(near / 2), (i + near / 2).min(n - 1));
        let width = ((errors[right] - errors[left]) / 2.0).clamp(WIDTHS.0, WIDTHS.1).max(STEP / 2.0);
        let point = |distance: f64| ((distance - FROM) / STEP).clamp(0.0, (POINTS - 1) as f64);
        let (first, last) = (point(error - REACH * width), point(error + REACH * width));
        for (at, sum) in sums.iter_mut().enumerate().take(last as usize + 1).skip(first as usize) {
            let z = (FROM + at as f64 * STEP - error) / width;
            *sum += (-0.5 * z * z).exp() / width;
        }
    }
    let scale = (n.max(1) as f64) * (2.0 * std::f64::consts::PI).sqrt();
    sums.into_iter().map(|sum| sum / scale).collect()
}

/// The density of asks lowered by an exponential depth: a running sum from the right.
fn lowered(natural: &[f64]) -> Vec<f64> {
    let kept = (-DEPTH_RATE * STEP).exp();
    let mut lowered = vec![0.0; natural.len()];
    let mut sum = natural.last().copied().unwrap_or(0.0);
    for (at, density) in natural.iter().enumerate().rev() {
        sum = sum * kept + density * (1.0 - kept);
        lowered[at] = sum;
    }
    lowered
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Honest asks around the estimate, and one in ten is junk far below.
    fn rows(n: u32) -> Vec<(f64, f64)> {
        let spread = |i: u32| (f64::from(i) * 0.618_034).fract() + (f64::from(i) * 0.414_214).fract() - 1.0;
        (0..n)
            .map(|i| {
                let sigma = 0.2 + 0.2 * f64::from(i % 2);
                let junk = if i % 10 == 7 { -2.5 } else { 0.0 };
                (spread(i) * 2.0 * sigma + junk, sigma)
            })
            .collect()
    }

    #[test]
    fn junk_prices_are_no_bargains() {
        let odds = Odds::fit(rows(4_000));
        assert!(odds.of(-0.9, 0.2) > odds.of(-0.1, 0.2), "a discount tops a fair ask");
        assert!(odds.of(-0.9, 0.2) > odds.of(-2.5, 0.2), "and an ask where junk is frequent");
        assert!(odds.of(-0.9, 0.2) > odds.of(-0.9, 0.4), "and one of an unsure estimate");
        assert!(odds.of(0.2, 0.2) < 0.0);
    }

    #[test]
    fn any_number_of_rows_gives_finite_odds() {
        for n in [0, 1, 2, 499, 2_000] {
            let odds = Odds::fit(rows(n));
            assert!(odds.is_sound());
            for error in [f64::MIN, -50.0, -0.3, 0.0, 40.0, f64::MAX] {
                assert!(odds.of(error, 0.3).is_finite(), "{n} rows, {error}");
            }
        }
    }
}
