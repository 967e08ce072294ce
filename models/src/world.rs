//! Fitting on what is left when some folds are left out.
//!
//! **Invariant:** everything in a [`World`] is computed from the rows outside of its left-out
//! folds: rarity of words, word model, comparables, regression, calibration and medians.

use std::collections::{BTreeMap, BTreeSet};

use autobazaaar_domain::ItemId;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::comps::{CompsIndex, CompsOptions, Exclude, Facts, Hit, Scratch, View};
use crate::conformal::{Calibration, Residual};
use crate::features::{CompStats, DIFFICULTIES, FEATURES, PricedHit, dense, difficulty};
use crate::folds::{FoldSet, fold_of};
use crate::model::TrainError;
use crate::regress::Linear;
use crate::sparse::{FittedRidge, SparseRidge, SparseRows};
use crate::words::Vocabulary;
use crate::{Example, TrainOptions};

/// Rows from which a category gets a regression of its own.
const OWN_REGRESSION: usize = 300;

/// The training rows, newest first, shared by all worlds.
#[derive(Debug, Clone)]
pub(crate) struct Corpus {
    pub index: CompsIndex,
    pub vocabulary: Vocabulary,
    /// log1p of the price in major units.
    pub log_prices: Vec<f64>,
    pub categories: Vec<String>,
    pub category_of: Vec<u16>,
}

impl Corpus {
    /// Indexes the examples, all of which have a price.
    pub fn build(examples: &[Example], options: &TrainOptions) -> (Self, SparseRows) {
        let search = CompsOptions { min_similarity: options.min_similarity, ..CompsOptions::default() };
        let fold = |item: ItemId| fold_of(item, options.seed, options.folds);
        let index = CompsIndex::build_folded(examples, search, fold);
        let order: Vec<u32> = index.stored.rows.iter().map(|row| row.source).collect();
        let (vocabulary, matrix) = Vocabulary::build(examples, &order, &index.stored.keys);
        let names: BTreeSet<&str> = examples.iter().map(|e| e.category).collect();
        let categories: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let in_order = order.iter().map(|&i| &examples[i as usize]);
        let log_prices = in_order.clone().map(|e| e.price.unwrap_or(0.0).ln_1p()).collect();
        let category_of =
            in_order.map(|e| categories.partition_point(|c| c.as_str() < e.category) as u16).collect();
        (Self { index, vocabulary, log_prices, categories, category_of }, matrix)
    }

    fn rows_outside(&self, folds: FoldSet) -> Vec<usize> {
        let rows = &self.index.stored.rows;
        (0..rows.len()).filter(|&i| !folds.contains(rows[i].fold)).collect()
    }

    fn category(&self, row: usize) -> &str {
        &self.categories[self.category_of[row] as usize]
    }
}

/// First level: the word model and the rarity of tokens without some folds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Level {
    pub folds: FoldSet,
    ridge: FittedRidge,
    /// The word model's estimate of every row.
    fitted: Vec<f32>,
    #[serde(skip)]
    rarity: Vec<f32>,
}

impl Level {
    pub fn fit(
        corpus: &Corpus,
        matrix: &SparseRows,
        folds: FoldSet,
        options: &TrainOptions,
    ) -> Result<Self, TrainError> {
        let rows = &corpus.index.stored.rows;
        let weights = Array1::from_iter(rows.iter().map(|r| if folds.contains(r.fold) { 0.0 } else { 1.0 }));
        let dataset = DatasetBase::new(matrix, corpus.log_prices.as_slice()).with_weights(weights);
        let ridge = SparseRidge { penalty: options.ridge, min_rows: 2, max_steps: 40, tolerance: 2e-3 };
        let ridge = ridge.fit(&dataset).map_err(|e| TrainError::Regression(e.to_string()))?;
        let fitted = (0..rows.len()).map(|i| ridge.estimate(matrix.row(i)) as f32).collect();
        Ok(Self { folds, ridge, fitted, rarity: corpus.index.rarity(folds) })
    }

    /// Rebuilds what is not stored.
    pub fn restore(&mut self, index: &CompsIndex) {
        self.rarity = index.rarity(self.folds);
    }

    /// Whether it belongs to so many rows and columns.
    pub fn fits(&self, rows: usize, columns: usize) -> bool {
        self.fitted.len() == rows && self.ridge.columns() == columns
    }

    pub fn view<'a>(&'a self, corpus: &'a Corpus) -> View<'a> {
        corpus.index.without(self.folds, &self.rarity)
    }

    pub fn words(&self, row: &[(u32, f32)]) -> f64 {
        self.ridge.estimate(row)
    }

    pub fn stats(&self, corpus: &Corpus, hits: &[Hit], at: i64, half_life_days: f64) -> CompStats {
        let priced: Vec<PricedHit> = hits
            .iter()
            .map(|&hit| PricedHit {
                hit,
                log_price: corpus.log_prices[hit.row as usize],
                fitted: f64::from(self.fitted[hit.row as usize]),
                at: corpus.index.stored.rows[hit.row as usize].facts.at,
            })
            .collect();
        CompStats::of(&priced, at, half_life_days)
    }
}

/// A model fitted without some folds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct World {
    pub level: Level,
    pooled: Linear,
    own: BTreeMap<String, Linear>,
    calibration: Calibration,
    /// Median log price by category, and over all.
    medians: BTreeMap<String, f64>,
    median: f64,
    oldest: i64,
    newest: i64,
}

/// A row as the second level sees it.
struct Line {
    row: usize,
    x: [f64; FEATURES],
    difficulty: [f64; DIFFICULTIES],
    answered: bool,
}

impl World {
    /// Fits the second level on first-level features that are out of fold: those of a row in fold
    /// h come from the level without the world's folds and h.
    pub fn fit(
        corpus: &Corpus,
        matrix: &SparseRows,
        levels: &BTreeMap<FoldSet, Level>,
        folds: FoldSet,
        options: &TrainOptions,
    ) -> Result<Self, TrainError> {
        let rows = corpus.rows_outside(folds);
        let stored = &corpus.index.stored.rows;
        let oldest = rows.iter().map(|&i| stored[i].facts.at).min().unwrap_or(0);
        let newest = rows.iter().map(|&i| stored[i].facts.at).max().unwrap_or(0);
        let lines: Vec<Line> = rows
            .par_iter()
            .map_init(Scratch::default, |scratch, &row| {
                let level = &levels[&folds.with(stored[row].fold)];
                let facts = &stored[row].facts;
                let hits = level.view(corpus).search_row(row, Exclude::OwnItem, options.comps, scratch);
                let comps = level.stats(corpus, &hits, facts.at, options.half_life_days);
                let words = level.words(matrix.row(row));
                Line {
                    row,
                    x: dense(facts, &comps, words, facts.at),
                    difficulty: difficulty(facts, &comps, words),
                    answered: comps.count > 0,
                }
            })
            .collect();
        let regression = Regressions::fit(corpus, &lines)?;
        let calibration = regression.calibrate(corpus, &lines)?;
        let (medians, median) = medians(corpus, &rows);
        let Regressions { pooled, own } = regression;
        let level = levels[&folds].clone();
        Ok(Self { level, pooled, own, calibration, medians, median, oldest, newest })
    }

    /// The log price (log1p of major units) at the median of the word model, and its offsets.
    pub fn estimate(&self, category: &str, facts: &Facts, comps: &CompStats, words: f64) -> [f64; 7] {
        let x = dense(facts, comps, words, facts.at.clamp(self.oldest, self.newest));
        let centre = self.own.get(category).unwrap_or(&self.pooled).estimate(&x);
        self.calibration.offsets(category, &difficulty(facts, comps, words)).map(|offset| centre + offset)
    }

    /// Median log price of a category, of everything where it is unknown.
    pub fn median(&self, category: &str) -> f64 {
        self.medians.get(category).copied().unwrap_or(self.median)
    }

    /// The regressions by category; the pooled one last, under `*`.
    pub fn regressions(&self) -> impl Iterator<Item = (&str, &Linear)> {
        self.own.iter().map(|(name, linear)| (name.as_str(), linear)).chain([("*", &self.pooled)])
    }
}

struct Regressions {
    pooled: Linear,
    own: BTreeMap<String, Linear>,
}

impl Regressions {
    fn fit(corpus: &Corpus, lines: &[Line]) -> Result<Self, TrainError> {
        let pooled = regress(corpus, &lines.iter().collect::<Vec<_>>())?;
        let mut by_category: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
        for line in lines {
            by_category.entry(corpus.category(line.row)).or_default().push(line);
        }
        let own = by_category
            .into_par_iter()
            .filter(|(_, lines)| lines.len() >= OWN_REGRESSION)
            .map(|(category, lines)| Ok((category.to_owned(), regress(corpus, &lines)?)))
            .collect::<Result<_, TrainError>>()?;
        Ok(Self { pooled, own })
    }

    /// Residuals of answered rows. The first level is out of fold; what the second level's few
    /// weights owe to the row itself is made good by n ÷ (n − weights), the average leverage.
    fn calibrate(&self, corpus: &Corpus, lines: &[Line]) -> Result<Calibration, TrainError> {
        let residual = |line: &Line| {
            let category = corpus.category(line.row);
            let linear = self.own.get(category).unwrap_or(&self.pooled);
            let leverage = (FEATURES as f64 / linear.rows as f64).min(0.5);
            let error = (corpus.log_prices[line.row] - linear.estimate(&line.x)) / (1.0 - leverage);
            Residual { category, error, difficulty: line.difficulty }
        };
        let rows: Vec<_> = lines.iter().filter(|line| line.answered).map(residual).collect();
        if rows.is_empty() {
            return Err(TrainError::NoComparables);
        }
        Calibration::fit(&rows).map_err(|e| TrainError::Regression(e.to_string()))
    }
}

fn regress(corpus: &Corpus, lines: &[&Line]) -> Result<Linear, TrainError> {
    let rows: Vec<&[f64]> = lines.iter().map(|line| line.x.as_slice()).collect();
    let targets: Vec<f64> = lines.iter().map(|line| corpus.log_prices[line.row]).collect();
    Linear::fit(&rows, &targets).map_err(|e| TrainError::Regression(e.to_string()))
}

fn medians(corpus: &Corpus, rows: &[usize]) -> (BTreeMap<String, f64>, f64) {
    let mut by_category: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for &row in rows {
        by_category.entry(corpus.category(row)).or_default().push(corpus.log_prices[row]);
    }
    let all = middle(by_category.values().flatten().copied().collect());
    (by_category.into_iter().map(|(name, logs)| (name.to_owned(), middle(logs))).collect(), all)
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
