//! The second level: from what words, comparables and facts say to a price and its spread.
//!
//! Three estimates are mixed: a linear combination; trees on facts alone, which no near re-post
//! can lead astray; and trees that correct the linear combination.

use std::collections::{BTreeMap, BTreeSet};

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::conformal::{Calibration, Residual};
use crate::features::{ALL_COLUMNS, DIFFICULTIES, FACT_COLUMNS, FEATURES, NAME_COLUMNS, Seen};
use crate::model::TrainError;
use crate::odds::Odds;
use crate::regress::Linear;
use crate::spread::Spread;
use crate::trees::{Boost, Boosted, FeatureRows};

/// Rows from which a category gets a regression of its own.
const OWN_REGRESSION: usize = 300;
/// Trees on facts alone.
const FACT_TREES: Boost = Boost {
    trees: 900,
    leaves: 63,
    min_rows: 10.0,
    rate: 0.035,
    row_share: 0.7,
    column_share: 0.5,
    huber: 0.0,
    seed: 1,
};
/// Trees that correct the linear combination.
const CORRECTIONS: Boost = Boost { trees: 450, leaves: 31, min_rows: 20.0, seed: 2, ..FACT_TREES };
/// Trees that only tell how far off the others are take strides of this many steps: nearly as good
/// at a fraction of the time.
const STRIDE: usize = 4;
/// Median absolute errors from which an error counts as an outlier.
const OUTLIER: f64 = 2.0;

/// A row to learn from.
pub(crate) struct Line<'a> {
    pub category: &'a str,
    pub fold: u8,
    pub log_price: f64,
    pub seen: Seen,
}

/// The fitted second level.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Second {
    linear: ByCategory<Linear>,
    /// Trees are there where some category follows them.
    facts: Option<Boosted>,
    corrections: Option<Boosted>,
    shares: ByCategory<Shares>,
    spread: Boosted,
    calibration: Calibration,
    odds: Odds,
}

/// A value per category that has enough rows, and one for the others.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ByCategory<T> {
    pooled: T,
    own: BTreeMap<String, T>,
}

impl<T> ByCategory<T> {
    fn any(&self, holds: impl Fn(&T) -> bool) -> bool {
        std::iter::once(&self.pooled).chain(self.own.values()).any(holds)
    }

    fn of(&self, category: &str) -> &T {
        self.own.get(category).unwrap_or(&self.pooled)
    }
}

/// How far the trees are followed, 0–1 each.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Shares {
    facts: f64,
    corrections: f64,
}

/// The estimates that are mixed, log prices; corrections are added to the linear one.
#[derive(Debug, Clone, Copy)]
struct Parts {
    linear: f64,
    facts: f64,
    corrections: f64,
}

impl Parts {
    fn mixed(self, shares: Shares) -> f64 {
        self.linear + shares.facts * (self.facts - self.linear) + shares.corrections * self.corrections
    }
}

impl Second {
    pub fn fit(lines: &[Line], seed: u64) -> Result<Self, TrainError> {
        if !lines.iter().any(|line| line.seen.answered) {
            return Err(TrainError::NoComparables);
        }
        let linear = by_category(lines, &regress)?;
        let base: Vec<f64> = lines.iter().map(|l| linear.of(l.category).estimate(&l.seen.x)).collect();
        let grove = Grove::new(lines, &base, seed);
        let (facts, corrections) = grove.out_of_fold()?;
        let parts: Vec<Parts> = (0..lines.len())
            .map(|i| Parts { linear: base[i], facts: facts[i], corrections: corrections[i] })
            .collect();
        let shares = shares(lines, &parts, grove.outlier);
        let errors: Vec<f64> = lines
            .iter()
            .zip(&parts)
            .map(|(line, parts)| error(line, parts.mixed(*shares.of(line.category)), &linear))
            .collect();
        let folds: Vec<u8> = lines.iter().map(|line| line.fold).collect();
        let spread = Spread::new(&grove.all, &folds, &errors, seed);
        let residuals = residuals(lines, &errors, &spread.out_of_fold()?);
        let calibration = Calibration::fit(&residuals).map_err(|e| TrainError::Regression(e.to_string()))?;
        let natural = residuals.iter().map(|row| calibration.placed(row)).collect();
        let spread = spread.of_all()?;
        let (facts, corrections) = grove.of_all(&shares)?;
        Ok(Self { linear, facts, corrections, shares, spread, calibration, odds: Odds::fit(natural) })
    }

    /// Log prices at each level, of listings with their categories.
    pub fn estimate(&self, queries: &[(&str, &Seen)]) -> Vec<[f64; 7]> {
        let rows: Vec<&[f32]> = queries.iter().map(|(_, seen)| seen.z.as_slice()).collect();
        let told = |trees: &Option<Boosted>| match trees {
            Some(trees) => trees.estimates(&rows),
            None => vec![0.0; rows.len()],
        };
        let (facts, corrections) = (told(&self.facts), told(&self.corrections));
        let spreads = self.spread.estimates(&rows);
        let level = |(i, (category, seen)): (usize, &(&str, &Seen))| {
            let linear = self.linear.of(category).estimate(&seen.x);
            let parts = Parts { linear, facts: facts[i], corrections: corrections[i] };
            let centre = parts.mixed(*self.shares.of(category));
            let difficulty = with_spread(&seen.difficulty, spreads[i]);
            self.calibration.offsets(category, &difficulty).map(|offset| centre + offset)
        };
        queries.iter().enumerate().map(level).collect()
    }

    /// The linear combinations by category; the pooled one last, under `*`.
    pub fn regressions(&self) -> impl Iterator<Item = (&str, &Linear)> {
        self.linear.own.iter().map(|(name, l)| (name.as_str(), l)).chain([("*", &self.linear.pooled)])
    }

    /// Share of each column in what the trees on facts explain, and in what those explain that
    /// correct the linear combination.
    pub fn importances(&self) -> (Vec<f64>, Vec<f64>) {
        let of = |trees: &Option<Boosted>| trees.as_ref().map(Boosted::importances).unwrap_or_default();
        (of(&self.facts), of(&self.corrections))
    }

    /// What low asks mean beside its estimates.
    pub fn odds(&self) -> &Odds {
        &self.odds
    }

    /// Whether its trees fit its columns and its tables are whole.
    pub fn is_sound(&self) -> bool {
        self.odds.is_sound()
            && self.facts.as_ref().is_none_or(|trees| trees.is_sound(FACT_COLUMNS))
            && self.corrections.as_ref().is_none_or(|trees| trees.is_sound(ALL_COLUMNS))
            && self.spread.is_sound(ALL_COLUMNS)
    }
}

fn by_category<T: Send>(
    lines: &[Line],
    fit: &(dyn Fn(&[&Line]) -> Result<T, TrainError> + Sync),
) -> Result<ByCategory<T>, TrainError> {
    let pooled = fit(&lines.iter().collect::<Vec<_>>())?;
    let mut grouped: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        grouped.entry(line.category).or_default().push(line);
    }
    let own = grouped
        .into_par_iter()
        .filter(|(_, lines)| lines.len() >= OWN_REGRESSION)
        .map(|(category, lines)| Ok((category.to_owned(), fit(&lines)?)))
        .collect::<Result<_, TrainError>>()?;
    Ok(ByCategory { pooled, own })
}

fn regress(lines: &[&Line]) -> Result<Linear, TrainError> {
    let rows: Vec<&[f64]> = lines.iter().map(|line| line.seen.x.as_slice()).collect();
    let targets: Vec<f64> = lines.iter().map(|line| line.log_price).collect();
    Linear::fit(&rows, &targets).map_err(|e| TrainError::Regression(e.to_string()))
}

/// Both kinds of trees over the same rows.
struct Grove<'a> {
    lines: &'a [Line<'a>],
    facts: FeatureRows,
    all: FeatureRows,
    log_prices: Vec<f64>,
    left_over: Vec<f64>,
    /// Log units from which an error counts as an outlier.
    outlier: f64,
    seed: u64,
}

impl<'a> Grove<'a> {
    fn new(lines: &'a [Line], base: &[f64], seed: u64) -> Self {
        let (mut facts, mut all) = (feature_rows(FACT_COLUMNS), feature_rows(ALL_COLUMNS));
        for line in lines {
            facts.push(&line.seen.z);
            all.push(&line.seen.z);
        }
        let log_prices: Vec<f64> = lines.iter().map(|line| line.log_price).collect();
        let left_over: Vec<f64> = log_prices.iter().zip(base).map(|(y, b)| y - b).collect();
        let mut sizes: Vec<f64> = left_over.iter().map(|e| e.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let outlier = (OUTLIER * sizes.get(sizes.len() / 2).copied().unwrap_or(0.0)).max(0.02);
        Self { lines, facts, all, log_prices, left_over, outlier, seed }
    }

    /// Trees on facts that have not seen a fold.
    fn facts(&self, without: Option<u8>) -> Result<Boosted, TrainError> {
        self.grown(FACT_TREES, &self.facts, &self.log_prices, without)
    }

    /// Trees that correct the linear combination and have not seen a fold.
    fn corrections(&self, without: Option<u8>) -> Result<Boosted, TrainError> {
        self.grown(CORRECTIONS, &self.all, &self.left_over, without)
    }

    fn grown(
        &self,
        kind: Boost,
        rows: &FeatureRows,
        targets: &[f64],
        without: Option<u8>,
    ) -> Result<Boosted, TrainError> {
        let weight = |line: &Line| if Some(line.fold) == without { 0.0 } else { 1.0 };
        let weights = Array1::from_iter(self.lines.iter().map(weight));
        let stride = if without.is_some() { STRIDE } else { 1 };
        let boost = Boost {
            trees: kind.trees / stride,
            rate: kind.rate * stride as f64,
            huber: self.outlier,
            seed: kind.seed ^ self.seed << 8,
            ..kind
        };
        let dataset = DatasetBase::new(rows, targets).with_weights(weights);
        boost.fit(&dataset).map_err(|e| TrainError::Regression(e.to_string()))
    }

    /// Trees on all rows, of the kinds that some category follows.
    fn of_all(&self, shares: &ByCategory<Shares>) -> Result<(Option<Boosted>, Option<Boosted>), TrainError> {
        let (facts, corrections) = rayon::join(
            || shares.any(|share| share.facts > 0.0).then(|| self.facts(None)).transpose(),
            || shares.any(|share| share.corrections > 0.0).then(|| self.corrections(None)).transpose(),
        );
        Ok((facts?, corrections?))
    }

    /// What trees say of each row that have not seen its fold.
    fn out_of_fold(&self) -> Result<(Vec<f64>, Vec<f64>), TrainError> {
        let folds: BTreeSet<u8> = self.lines.iter().map(|line| line.fold).collect();
        let folds: Vec<u8> = folds.into_iter().collect();
        let told: Vec<Vec<(usize, f64, f64)>> = folds
            .into_par_iter()
            .map(|fold| {
                let (facts, corrections) =
                    rayon::join(|| self.facts(Some(fold)), || self.corrections(Some(fold)));
                let (facts, corrections) = (facts?, corrections?);
                let own: Vec<usize> = (0..self.lines.len()).filter(|&i| self.lines[i].fold == fold).collect();
                let rows: Vec<&[f32]> = own.iter().map(|&i| self.all.row(i)).collect();
                let told = facts.estimates(&rows).into_iter().zip(corrections.estimates(&rows));
                Ok(own
                    .into_iter()
                    .zip(told)
                    .map(|(i, (facts, corrections))| (i, facts, corrections))
                    .collect())
            })
            .collect::<Result<_, TrainError>>()?;
        let mut estimates = (vec![0.0; self.lines.len()], vec![0.0; self.lines.len()]);
        for (i, facts, correction) in told.into_iter().flatten() {
            estimates.0[i] = facts;
            estimates.1[i] = correction;
        }
        Ok(estimates)
    }
}

fn feature_rows(columns: usize) -> FeatureRows {
    FeatureRows::new(columns).with_names(NAME_COLUMNS)
}

/// Least squares for the shares, errors beyond `outlier` cut, each share within 0–1.
fn shares(lines: &[Line], parts: &[Parts], outlier: f64) -> ByCategory<Shares> {
    let fit = |rows: &[usize]| {
        let (mut aa, mut ab, mut bb, mut ay, mut by) = (1.0, 0.0, 1.0, 0.0, 0.0);
        for &i in rows {
            let (a, b) = (parts[i].facts - parts[i].linear, parts[i].corrections);
            let y = (lines[i].log_price - parts[i].linear).clamp(-3.0 * outlier, 3.0 * outlier);
            aa += a * a;
            ab += a * b;
            bb += b * b;
            ay += a * y;
            by += b * y;
        }
        let determinant = aa * bb - ab * ab;
        let mut shares = Shares {
            facts: ((ay * bb - by * ab) / determinant).clamp(0.0, 1.0),
            corrections: ((by * aa - ay * ab) / determinant).clamp(0.0, 1.0),
        };
        // Where one is bound, the other is best along the bound.
        for _ in 0..20 {
            shares.facts = ((ay - shares.corrections * ab) / aa).clamp(0.0, 1.0);
            shares.corrections = ((by - shares.facts * ab) / bb).clamp(0.0, 1.0);
        }
        shares
    };
    let mut grouped: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, line) in lines.iter().enumerate() {
        grouped.entry(line.category).or_default().push(i);
    }
    let pooled = fit(&(0..lines.len()).collect::<Vec<_>>());
    let own = grouped
        .into_iter()
        .filter(|(_, rows)| rows.len() >= OWN_REGRESSION)
        .map(|(category, rows)| (category.to_owned(), fit(&rows)))
        .collect();
    ByCategory { pooled, own }
}

/// Observed less estimated, log units. First level and trees are out of fold; what the linear
/// combination's few weights owe to the row itself is made good by n ÷ (n − weights), the
/// average leverage.
fn error(line: &Line, centre: f64, linear: &ByCategory<Linear>) -> f64 {
    let leverage = (FEATURES as f64 / linear.of(line.category).rows as f64).min(0.5);
    (line.log_price - centre) / (1.0 - leverage)
}

/// The errors of answered rows, and what made them likely.
fn residuals<'a>(
    lines: &'a [Line],
    errors: &[f64],
    spreads: &[f64],
) -> Vec<Residual<'a, { DIFFICULTIES + 1 }>> {
    lines
        .iter()
        .zip(errors.iter().zip(spreads))
        .filter(|(line, _)| line.seen.answered)
        .map(|(line, (&error, &spread))| Residual {
            category: line.category,
            error,
            difficulty: with_spread(&line.seen.difficulty, spread),
        })
        .collect()
}

/// What makes an estimate hard, and how far off the trees expect it to be.
fn with_spread(difficulty: &[f64; DIFFICULTIES], spread: f64) -> [f64; DIFFICULTIES + 1] {
    let mut all = [spread; DIFFICULTIES + 1];
    all[..DIFFICULTIES].copy_from_slice(difficulty);
    all
}
