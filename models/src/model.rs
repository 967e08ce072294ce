//! The price model of one currency and basis.

use std::collections::BTreeMap;
use std::sync::Arc;

use autobazaaar_domain::{Basis, Currency, ItemId, ListingKey};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::comps::{CompsIndex, Exclude, Facts, Hit, Scratch, Stored};
use crate::conformal::NORMAL_80;
use crate::evaluate::Evaluation;
use crate::features::{FACT_NAMES, FEATURE_NAMES, SAID_NAMES, Seen};
use crate::folds::{FoldSet, fold_of};
use crate::odds::Odds;
use crate::targets::Names;
use crate::words::Vocabulary;
use crate::world::{Corpus, Level, World};
use crate::{CompHit, Example, Prediction, TrainOptions};

/// Items that a model needs.
const MIN_ITEMS: usize = 40;
/// Queries that are valued together: enough that each world's trees are fetched for many.
const CHUNK: usize = 1_024;
/// Changes whenever the layout of [`PriceModel::to_bytes`] does.
const FORMAT: u32 = 6;

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// Too little to learn from.
    #[error("{items} priced items of {currency} {basis}, but at least {needed} are needed")]
    TooFewItems { items: usize, needed: usize, currency: Currency, basis: Basis },
    /// An option out of its bounds.
    #[error("{0}")]
    Options(String),
    /// No listing is like another.
    #[error("no listing has a comparable one")]
    NoComparables,
    /// The solver gave up.
    #[error("the regression failed: {0}")]
    Regression(String),
}

/// Bytes that are no model of this version.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("not a price model: {0}")]
    Malformed(#[from] postcard::Error),
    #[error("the model is of format {found}, this program reads {FORMAT}; train again")]
    Format { found: u32 },
    #[error("the model contradicts itself: {0}")]
    Inconsistent(&'static str),
}

/// A trained model: one world without each fold, for items that were in training, and one with
/// everything, for those that were not.
#[derive(Debug, Clone)]
pub struct PriceModel {
    currency: Currency,
    basis: Basis,
    options: TrainOptions,
    corpus: Corpus,
    /// Row → its listing.
    keys: Vec<ListingKey>,
    trained_items: FxHashSet<ItemId>,
    full: World,
    /// By left-out fold; empty in a model that is only tried on unseen items.
    without: Vec<World>,
    /// What low asks mean, by number of the world.
    odds: Vec<Arc<Odds>>,
}

/// A query on its way to an estimate.
struct Found {
    /// Number of the world that values it.
    world: usize,
    hits: Vec<Hit>,
    /// Nothing where too few comparables are known.
    seen: Option<Seen>,
}

/// Trains on the examples of one currency and basis that have a price, and measures the model
/// out of fold on the same.
///
/// # Errors
/// [`TrainError`]: too few items, options out of bounds, no comparables, or a failed solver.
pub fn train(
    examples: &[Example],
    currency: Currency,
    basis: Basis,
    options: &TrainOptions,
) -> Result<(PriceModel, Evaluation), TrainError> {
    let started = std::time::Instant::now();
    let kept = usable(examples, basis, options)?;
    let model = PriceModel::fit(&kept, currency, basis, options, true)?;
    let seconds = started.elapsed().as_secs_f64();
    let evaluation = Evaluation::of(&model, &kept, options, seconds)?;
    Ok((model, evaluation))
}

/// The examples with a usable price, the newest of each fold, in their order.
fn usable<'a>(
    examples: &[Example<'a>],
    basis: Basis,
    options: &TrainOptions,
) -> Result<Vec<Example<'a>>, TrainError> {
    if !(3..=16).contains(&options.folds) {
        return Err(TrainError::Options(format!("folds must be 3 to 16, not {}", options.folds)));
    }
    if !(options.ridge > 0.0 && options.half_life_days > 0.0 && options.comps > 0) {
        return Err(TrainError::Options("ridge, half_life_days and comps must be positive".into()));
    }
    let good = |e: &&Example| e.basis == basis && e.price.is_some_and(|p| p > 0.0 && p < 1e12);
    let mut by_fold: Vec<Vec<usize>> = vec![Vec::new(); options.folds];
    for (i, example) in examples.iter().enumerate().filter(|(_, e)| good(e)) {
        by_fold[fold_of(example.item, options.seed, options.folds) as usize].push(i);
    }
    // The bound is per fold: what one fold holds must not push out rows of another.
    for rows in &mut by_fold {
        rows.sort_by_key(|&i| std::cmp::Reverse(examples[i].at));
        rows.truncate((options.max_examples / options.folds).max(1));
    }
    let mut kept: Vec<usize> = by_fold.into_iter().flatten().collect();
    kept.sort_unstable();
    Ok(kept.into_iter().map(|i| examples[i]).collect())
}

impl PriceModel {
    /// Fits on usable examples; without the worlds for its own items when `own_items` is false.
    pub(crate) fn fit(
        examples: &[Example],
        currency: Currency,
        basis: Basis,
        options: &TrainOptions,
        own_items: bool,
    ) -> Result<Self, TrainError> {
        let trained_items: FxHashSet<ItemId> = examples.iter().map(|e| e.item).collect();
        if trained_items.len() < MIN_ITEMS {
            let items = trained_items.len();
            return Err(TrainError::TooFewItems { items, needed: MIN_ITEMS, currency, basis });
        }
        let (corpus, drafts) = Corpus::build(examples, options);
        let levels: BTreeMap<FoldSet, Level> = level_sets(options.folds, own_items)
            .into_par_iter()
            .map(|folds| Ok((folds, Level::fit(&corpus, &drafts, folds, options)?)))
            .collect::<Result<_, TrainError>>()?;
        let world = |folds| World::fit(&corpus, &drafts, &levels, folds, options);
        let full = world(FoldSet::EMPTY)?;
        let left_out = if own_items { options.folds as u8 } else { 0 };
        let without: Vec<World> =
            (0..left_out).into_par_iter().map(|f| world(FoldSet::EMPTY.with(f))).collect::<Result<_, _>>()?;
        let keys = corpus.index.stored.rows.iter().map(|r| examples[r.source as usize].key.clone()).collect();
        let (options, odds) = (options.clone(), odds_of(&full, &without));
        Ok(Self { currency, basis, options, corpus, keys, trained_items, full, without, odds })
    }

    /// Values listings, in their order. The same on any number of threads.
    #[must_use]
    pub fn predict(&self, queries: &[Example]) -> Vec<Prediction> {
        self.predict_with(queries, 0)
    }

    /// As [`PriceModel::predict`], with up to `comps` comparables behind each estimate.
    #[must_use]
    pub fn predict_with(&self, queries: &[Example], comps: usize) -> Vec<Prediction> {
        self.predict_from(queries, comps, 1)
    }

    /// As [`PriceModel::predict_with`]; a listing with less than `at_least` comparables gets no
    /// estimate.
    #[must_use]
    pub fn predict_from(&self, queries: &[Example], comps: usize, at_least: usize) -> Vec<Prediction> {
        let of_chunk = |scratch: &mut Scratch, chunk: &[Example]| -> Vec<Prediction> {
            let found: Vec<Found> = chunk.iter().map(|query| self.find(query, at_least, scratch)).collect();
            self.estimate(chunk, found, comps)
        };
        queries.par_chunks(CHUNK).map_init(Scratch::default, of_chunk).flatten_iter().collect()
    }

    /// Currency of its prices.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// What its estimates stand on.
    #[must_use]
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// How it was trained.
    #[must_use]
    pub fn options(&self) -> &TrainOptions {
        &self.options
    }

    /// Whether an item was in training; such items are valued by the world without their fold.
    #[must_use]
    pub fn knows(&self, item: ItemId) -> bool {
        self.trained_items.contains(&item)
    }

    /// Weights of the final regression by category (`*` for the rest) and feature: change of the
    /// log price per unit.
    #[must_use]
    pub fn coefficients(&self) -> BTreeMap<String, BTreeMap<String, f64>> {
        let named = |weights: Vec<f64>| FEATURE_NAMES.iter().map(|n| (*n).to_owned()).zip(weights).collect();
        self.full.second.regressions().map(|(name, l)| (name.to_owned(), named(l.coefficients()))).collect()
    }

    /// What its trees split on: kind of trees (`facts`: those on facts alone; `corrections`: those
    /// that correct the linear combination) → feature → its share, 0–1, in what they explain.
    #[must_use]
    pub fn importances(&self) -> BTreeMap<String, BTreeMap<String, f64>> {
        let facts = FACT_NAMES.iter().map(|name| (*name).to_owned()).chain(self.corpus.names.told());
        let names: Vec<String> = facts.chain(SAID_NAMES.iter().map(|name| (*name).to_owned())).collect();
        let named = |shares: Vec<f64>| {
            names.iter().cloned().zip(shares).filter(|(_, share)| *share > 0.0).collect::<BTreeMap<_, _>>()
        };
        let (facts, corrections) = self.full.second.importances();
        [("facts", facts), ("corrections", corrections)]
            .into_iter()
            .map(|(kind, shares)| (kind.to_owned(), named(shares)))
            .collect()
    }

    /// Names of the categories that it has learned from.
    #[must_use]
    pub fn categories(&self) -> Vec<String> {
        self.corpus.categories.clone()
    }

    /// Median price of the query's category, major units: the answer of who does not know.
    pub(crate) fn fallback(&self, query: &Example) -> f64 {
        self.world(query.item).median(query.category).exp_m1()
    }

    fn world(&self, item: ItemId) -> &World {
        self.world_at(self.world_of(item))
    }

    /// Number of the world that an item is valued by: 0 is the full one, then by left-out fold.
    fn world_of(&self, item: ItemId) -> usize {
        if !self.knows(item) {
            return 0;
        }
        1 + fold_of(item, self.options.seed, self.options.folds) as usize
    }

    fn world_at(&self, number: usize) -> &World {
        number.checked_sub(1).and_then(|fold| self.without.get(fold)).unwrap_or(&self.full)
    }

    /// What is like the query, and what the second level sees of both.
    fn find(&self, query: &Example, at_least: usize, scratch: &mut Scratch) -> Found {
        let number = self.world_of(query.item);
        let world = self.world_at(number);
        let keys = &self.corpus.index.stored.keys;
        let facts = Facts::of(query, keys);
        let view = world.level.view(&self.corpus);
        let hits = view.search_rows(query, &facts, Exclude::OwnItem, self.options.comps, scratch);
        if hits.len() < at_least.max(1) {
            return Found { world: number, hits, seen: None };
        }
        let row = self.corpus.vocabulary.row(query, keys);
        let targets = world.level.targets.of(&self.corpus.names.of(query));
        let seen = world.level.seen(&self.corpus, &facts, &hits, &row, targets, &self.options);
        Found { world: number, hits, seen: Some(seen) }
    }

    /// Predictions of a chunk of queries, world by world: a world's trees are walked by many rows
    /// while they are near.
    fn estimate(&self, chunk: &[Example], found: Vec<Found>, wanted: usize) -> Vec<Prediction> {
        let mut logs: Vec<Option<[f64; 7]>> = vec![None; chunk.len()];
        for number in 0..=self.without.len() {
            let rows: Vec<usize> =
                (0..chunk.len()).filter(|&i| found[i].world == number && found[i].seen.is_some()).collect();
            let queries = rows.iter().filter_map(|&i| Some((chunk[i].category, found[i].seen.as_ref()?)));
            let estimates = self.world_at(number).second.estimate(&queries.collect::<Vec<_>>());
            rows.into_iter().zip(estimates).for_each(|(i, estimate)| logs[i] = Some(estimate));
        }
        found.iter().zip(logs).map(|(found, logs)| self.prediction(found, logs, wanted)).collect()
    }

    fn prediction(&self, found: &Found, logs: Option<[f64; 7]>, wanted: usize) -> Prediction {
        let hits = &found.hits;
        let comps = hits.iter().take(wanted).map(|hit| self.comp(hit.row as usize, hit.similarity)).collect();
        let note = match (logs, hits.len()) {
            (Some(_), _) => None,
            (None, 0) => Some("no comparables".to_owned()),
            (None, few) => Some(format!("only {few} comparables")),
        };
        Prediction {
            quantiles: logs.map(|logs| logs.map(|log| log.clamp(0.0, 30.0).exp_m1())),
            sigma: logs.map_or(0.0, |logs| (logs[5] - logs[1]) / NORMAL_80),
            comp_count: hits.len() as u32,
            comps,
            note,
            odds: logs.and_then(|_| self.odds.get(found.world)).cloned(),
        }
    }

    fn comp(&self, row: usize, similarity: f64) -> CompHit {
        CompHit {
            key: self.keys[row].clone(),
            price: self.corpus.log_prices[row].exp_m1(),
            similarity,
            at: self.corpus.index.stored.rows[row].facts.at,
        }
    }

    /// The model as bytes; the same model gives the same bytes.
    ///
    /// # Errors
    /// The encoder's, which no model is known to cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        let file = File {
            currency: self.currency,
            basis: self.basis,
            options: self.options.clone(),
            stored: self.corpus.index.stored.clone(),
            vocabulary: self.corpus.vocabulary.clone(),
            log_prices: self.corpus.log_prices.clone(),
            categories: self.corpus.categories.clone(),
            category_of: self.corpus.category_of.clone(),
            names: self.corpus.names.clone(),
            keys: self.keys.clone(),
            full: self.full.clone(),
            without: self.without.clone(),
        };
        postcard::to_extend(&file, postcard::to_stdvec(&FORMAT)?)
    }

    /// Reads what [`PriceModel::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`] on bytes that are something else or of another format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (found, rest) = postcard::take_from_bytes::<u32>(bytes)?;
        if found != FORMAT {
            return Err(DecodeError::Format { found });
        }
        let mut file: File = postcard::from_bytes(rest)?;
        file.check()?;
        file.vocabulary.restore();
        file.names.restore();
        let index = CompsIndex::from_stored(file.stored);
        file.full.level.restore(&index);
        file.without.iter_mut().for_each(|world| world.level.restore(&index));
        let trained_items = index.stored.rows.iter().map(|row| row.item).collect();
        let corpus = Corpus {
            index,
            vocabulary: file.vocabulary,
            log_prices: file.log_prices,
            categories: file.categories,
            category_of: file.category_of,
            names: file.names,
        };
        let File { currency, basis, options, keys, full, without, .. } = file;
        let odds = odds_of(&full, &without);
        Ok(Self { currency, basis, options, corpus, keys, trained_items, full, without, odds })
    }
}

fn odds_of(full: &World, without: &[World]) -> Vec<Arc<Odds>> {
    std::iter::once(full).chain(without).map(|world| Arc::new(world.second.odds().clone())).collect()
}

/// The first levels needed: without nothing, each fold, and each pair of folds.
fn level_sets(folds: usize, pairs: bool) -> Vec<FoldSet> {
    let mut sets = vec![FoldSet::EMPTY];
    for a in 0..folds as u8 {
        sets.push(FoldSet::EMPTY.with(a));
        if pairs {
            sets.extend((a + 1..folds as u8).map(|b| FoldSet::EMPTY.with(a).with(b)));
        }
    }
    sets
}

/// What is stored.
#[derive(Serialize, Deserialize)]
struct File {
    currency: Currency,
    basis: Basis,
    options: TrainOptions,
    stored: Stored,
    vocabulary: Vocabulary,
    log_prices: Vec<f64>,
    categories: Vec<String>,
    category_of: Vec<u16>,
    names: Names,
    keys: Vec<ListingKey>,
    full: World,
    without: Vec<World>,
}

impl File {
    /// Lengths that later indexing relies on. The registry's hash guards against the rest.
    fn check(&self) -> Result<(), DecodeError> {
        let rows = self.stored.rows.len();
        if [self.log_prices.len(), self.category_of.len(), self.keys.len()] != [rows; 3] {
            return Err(DecodeError::Inconsistent("columns of different lengths"));
        }
        if !self.stored.is_sound() {
            return Err(DecodeError::Inconsistent("tokens out of range"));
        }
        let worlds = std::iter::once(&self.full).chain(&self.without);
        if worlds.into_iter().any(|w| !w.level.fits(rows, self.vocabulary.len(), self.names.len())) {
            return Err(DecodeError::Inconsistent("weights of another vocabulary"));
        }
        if std::iter::once(&self.full).chain(&self.without).any(|world| !world.second.is_sound()) {
            return Err(DecodeError::Inconsistent("trees that lead nowhere"));
        }
        Ok(())
    }
}
