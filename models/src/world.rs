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

use crate::comps::{CompsIndex, CompsOptions, Exclude, Facts, Hit, Rarity, Scratch, View};
use crate::features::{CompStats, PricedHit, Seen};
use crate::folds::{FoldSet, fold_of};
use crate::model::TrainError;
use crate::second::{Line, Second};
use crate::sparse::{FittedRidge, SparseRidge, SparseRows};
use crate::targets::{Codes, Names, TOLD, Targets};
use crate::words::Vocabulary;
use crate::{Example, TrainOptions};

/// The training rows, newest first, shared by all worlds.
#[derive(Debug, Clone)]
pub(crate) struct Corpus {
    pub index: CompsIndex,
    pub vocabulary: Vocabulary,
    /// log1p of the price in major units.
    pub log_prices: Vec<f64>,
    pub categories: Vec<String>,
    pub category_of: Vec<u16>,
    pub names: Names,
}

/// What training needs of the corpus and prediction does not.
pub(crate) struct Drafts {
    pub matrix: SparseRows,
    pub codes: Vec<Codes>,
}

impl Corpus {
    /// Indexes the examples, all of which have a price.
    pub fn build(examples: &[Example], options: &TrainOptions) -> (Self, Drafts) {
        let search = CompsOptions { min_similarity: options.min_similarity, ..CompsOptions::default() };
        let fold = |item: ItemId| fold_of(item, options.seed, options.folds);
        let index = CompsIndex::build_folded(examples, search, fold);
        let order: Vec<u32> = index.stored.rows.iter().map(|row| row.source).collect();
        let (vocabulary, matrix) = Vocabulary::build(examples, &order, &index.stored.keys);
        let names = Names::find(examples, &index.stored.keys);
        let codes = order.par_iter().map(|&i| names.of(&examples[i as usize])).collect();
        let distinct: BTreeSet<&str> = examples.iter().map(|e| e.category).collect();
        let categories: Vec<String> = distinct.into_iter().map(str::to_owned).collect();
        let in_order = order.iter().map(|&i| &examples[i as usize]);
        let log_prices = in_order.clone().map(|e| e.price.unwrap_or(0.0).ln_1p()).collect();
        let category_of =
            in_order.map(|e| categories.partition_point(|c| c.as_str() < e.category) as u16).collect();
        (Self { index, vocabulary, log_prices, categories, category_of, names }, Drafts { matrix, codes })
    }

    /// A time as far as the rows outside of some folds reach: a trend of few days, drawn on, would
    /// double prices in a week.
    fn within_reach(&self, at: i64, folds: FoldSet) -> i64 {
        let mut kept = self.index.stored.rows.iter().filter(|row| !folds.contains(row.fold));
        let Some(newest) = kept.next() else { return at };
        let oldest = kept.next_back().unwrap_or(newest);
        at.min(newest.facts.at).max(oldest.facts.at)
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
    pub fitted: Vec<f32>,
    pub targets: Targets,
    #[serde(skip)]
    rarity: Rarity,
}

impl Level {
    pub fn fit(
        corpus: &Corpus,
        drafts: &Drafts,
        folds: FoldSet,
        options: &TrainOptions,
    ) -> Result<Self, TrainError> {
        let rows = &corpus.index.stored.rows;
        let weights = Array1::from_iter(rows.iter().map(|r| if folds.contains(r.fold) { 0.0 } else { 1.0 }));
        let dataset = DatasetBase::new(&drafts.matrix, corpus.log_prices.as_slice()).with_weights(weights);
        let ridge = SparseRidge { penalty: options.ridge, min_rows: 2, max_steps: 40, tolerance: 2e-3 };
        let ridge = ridge.fit(&dataset).map_err(|e| TrainError::Regression(e.to_string()))?;
        let fitted = (0..rows.len()).map(|i| ridge.estimate(drafts.matrix.row(i)) as f32).collect();
        let kept = corpus.rows_outside(folds).into_iter();
        let priced = kept.map(|i| (&drafts.codes[i], corpus.log_prices[i]));
        let targets = Targets::fit(corpus.names.len(), priced);
        Ok(Self { folds, ridge, fitted, targets, rarity: corpus.index.rarity(folds) })
    }

    /// Rebuilds what is not stored.
    pub fn restore(&mut self, index: &CompsIndex) {
        self.rarity = index.rarity(self.folds);
    }

    /// Whether it belongs to so many rows and columns.
    pub fn fits(&self, rows: usize, columns: usize, codes: usize) -> bool {
        self.fitted.len() == rows && self.ridge.columns() == columns && self.targets.fits(codes)
    }

    pub fn view<'a>(&'a self, corpus: &'a Corpus) -> View<'a> {
        corpus.index.without(self.folds, &self.rarity)
    }

    pub fn words(&self, row: &[(u32, f32)]) -> f64 {
        self.ridge.estimate(row)
    }

    /// What the first level makes of a listing.
    pub fn seen(
        &self,
        corpus: &Corpus,
        facts: &Facts,
        hits: &[Hit],
        row: &[(u32, f32)],
        told: [f32; TOLD],
        options: &TrainOptions,
    ) -> Seen {
        let comps = self.stats(corpus, hits, facts.at, options.half_life_days);
        let of_row = |hit: &&Hit| corpus.index.stored.rows[hit.row as usize].facts.at <= facts.at;
        let past: Vec<Hit> = hits.iter().filter(of_row).copied().collect();
        let past = self.stats(corpus, &past, facts.at, options.half_life_days);
        Seen::new(facts, &comps, &past, self.words(row), &told, corpus.within_reach(facts.at, self.folds))
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
    pub second: Second,
    /// Median log price by category, and over all.
    medians: BTreeMap<String, f64>,
    median: f64,
}

impl World {
    /// Fits the second level on first-level features that are out of fold: those of a row in fold
    /// h come from the level without the world's folds and h.
    pub fn fit(
        corpus: &Corpus,
        drafts: &Drafts,
        levels: &BTreeMap<FoldSet, Level>,
        folds: FoldSet,
        options: &TrainOptions,
    ) -> Result<Self, TrainError> {
        let rows = corpus.rows_outside(folds);
        let stored = &corpus.index.stored.rows;
        let lines: Vec<Line> = rows
            .par_iter()
            .map_init(Scratch::default, |scratch, &row| {
                let level = &levels[&folds.with(stored[row].fold)];
                let facts = &stored[row].facts;
                let hits = level.view(corpus).search_row(row, Exclude::OwnItem, options.comps, scratch);
                Line {
                    category: corpus.category(row),
                    fold: stored[row].fold,
                    log_price: corpus.log_prices[row],
                    seen: level.seen(
                        corpus,
                        facts,
                        &hits,
                        drafts.matrix.row(row),
                        levels[&folds].targets.of(&drafts.codes[row]),
                        options,
                    ),
                }
            })
            .collect();
        let second = Second::fit(&lines, options.seed)?;
        let (medians, median) = medians(corpus, &rows);
        Ok(Self { level: levels[&folds].clone(), second, medians, median })
    }

    /// Median log price of a category, of everything where it is unknown.
    pub fn median(&self, category: &str) -> f64 {
        self.medians.get(category).copied().unwrap_or(self.median)
    }
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
