//! Learning prices from the lake: one model per basis and currency that has enough to learn from.

pub mod selling;

use std::collections::{BTreeMap, HashMap};

use autobazaaar_domain::{Basis, Cents, Currency, ItemId, ObservationId, Utc};
use autobazaaar_lake::{Lake, LakeError};
use autobazaaar_models::evaluate::{measure, scored};
use autobazaaar_models::{
    Evaluation, Example, ModelCard, PriceModel, Registry, RegistryError, TrainError, TrainOptions, train,
};

use crate::enrich::listings::Listing;
use crate::enrich::stage::example;
use crate::publish::SqlError;
use crate::score::models::{registry, segment};
use crate::score::partial::is_whole_offer;

/// A challenger may be so much worse on the newest slice and still go live: the slice is finite.
const TOLERANCE: f64 = 1.01;
/// Share of the examples, the newest, on which versions are compared.
const NEWEST_SHARE: f64 = 0.2;

/// Why training stopped.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    #[error(transparent)]
    Sql(#[from] SqlError),
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error("nothing can be learned: {0}")]
    Nothing(#[from] TrainError),
    #[error(transparent)]
    Selling(#[from] autobazaaar_models::selling::SellingError),
}

/// One segment's training.
#[derive(Debug)]
pub struct Trained {
    pub segment: String,
    pub examples: u64,
    pub outcome: Outcome,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// A new version is in use.
    Promoted(Box<ModelCard>),
    /// A new version is stored; the former stays in use because it is better on the newest
    /// listings (RMSLE of both, former first).
    Kept { card: Box<ModelCard>, champion: f64, challenger: f64 },
    /// Nothing could be learned.
    Not(TrainError),
}

/// Trains every segment of these bases from the listings.
///
/// # Errors
/// When a version cannot be stored. A segment with too little to learn from is an outcome.
pub fn train_all(
    lake: &Lake,
    listings: &[Listing],
    items: &HashMap<ObservationId, ItemId>,
    bases: &[Basis],
    options: &TrainOptions,
    (run_id, at): (&str, Utc),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<Trained>, TrainingError> {
    let mut trained = Vec::new();
    for &basis in bases {
        for (currency, examples) in examples(listings, items, basis) {
            let registry = registry(lake, basis, currency);
            let outcome = match train(&examples, currency, basis, options) {
                Err(error) => Outcome::Not(error),
                Ok((model, evaluation)) => {
                    let version = format!("{}-{run_id}", segment(basis, currency));
                    install(&registry, &version, at, model, evaluation, &examples)?
                }
            };
            progress(examples.len() as u64);
            trained.push(Trained {
                segment: segment(basis, currency),
                examples: examples.len() as u64,
                outcome,
            });
        }
    }
    Ok(trained)
}

/// What can be learned from, by currency: priced listings that offer the whole thing.
pub fn examples<'a>(
    listings: &'a [Listing],
    items: &HashMap<ObservationId, ItemId>,
    basis: Basis,
) -> BTreeMap<Currency, Vec<Example<'a>>> {
    let is_whole = |listing: &Listing| {
        is_whole_offer(&listing.title, listing.description.as_deref(), listing.ask().is_some())
    };
    let taught = |listing: &Listing| price_on(listing, basis).filter(|_| is_whole(listing));
    priced(listings, items, basis, &taught)
}

/// The listings that have a price by `price`, with it, by currency.
pub fn priced<'a>(
    listings: &'a [Listing],
    items: &HashMap<ObservationId, ItemId>,
    basis: Basis,
    price: &dyn Fn(&Listing) -> Option<Cents>,
) -> BTreeMap<Currency, Vec<Example<'a>>> {
    let mut examples: BTreeMap<Currency, Vec<Example<'a>>> = BTreeMap::new();
    for listing in listings {
        if let (Some(price), Some(&item)) = (price(listing), items.get(&listing.observation_id)) {
            examples.entry(listing.currency).or_default().push(example(listing, item, Some(price), basis));
        }
    }
    examples
}

/// What stands as the ask, meant or not: also 1 or 12,345, of which nothing is learned.
pub fn written(listing: &Listing) -> Option<Cents> {
    price_on(listing, Basis::Asked).or_else(|| listing.price.filter(|price| price.0 > 0))
}

/// The price that teaches this basis. What was sold teaches asks by what was asked for it.
fn price_on(listing: &Listing, basis: Basis) -> Option<Cents> {
    match basis {
        Basis::Sold => listing.sold_price(),
        Basis::Asked => listing.ask().or_else(|| listing.original_price.filter(|price| price.0 > 0)),
    }
}

/// Stores a version, and puts it in use unless the one in use is better on the newest listings.
fn install(
    registry: &Registry,
    version: &str,
    at: Utc,
    model: PriceModel,
    evaluation: Evaluation,
    examples: &[Example<'_>],
) -> Result<Outcome, TrainingError> {
    let card = registry.store(&model, &ModelCard::new(version, at, &model, evaluation))?;
    if let Some(champion) = usable_champion(registry)? {
        let newest = newest(examples);
        let challenger = rmsle(&model, &newest);
        let champion = rmsle(&champion, &newest);
        if challenger > champion * TOLERANCE {
            return Ok(Outcome::Kept { card: Box::new(card), champion, challenger });
        }
    }
    registry.promote(version)?;
    Ok(Outcome::Promoted(Box::new(card)))
}

/// The version in use; nothing where it cannot be read, for it is of another format, damaged or gone: then
/// anything newer is better.
fn usable_champion(registry: &Registry) -> Result<Option<PriceModel>, RegistryError> {
    let Some(champion) = registry.champion()? else { return Ok(None) };
    match registry.load(&champion) {
        Err(
            error @ (RegistryError::Decode { .. } | RegistryError::Changed(_) | RegistryError::Missing(_)),
        ) => {
            tracing::warn!("the model in use cannot be read and is not compared with: {error}");
            Ok(None)
        }
        loaded => loaded.map(Some),
    }
}

fn newest<'a>(examples: &[Example<'a>]) -> Vec<Example<'a>> {
    let mut newest = examples.to_vec();
    newest.sort_by_key(|example| std::cmp::Reverse(example.at));
    newest.truncate(((examples.len() as f64 * NEWEST_SHARE) as usize).max(1));
    newest
}

/// Neither model has seen the item of a row it is judged by: known items are predicted without
/// their fold.
fn rmsle(model: &PriceModel, rows: &[Example<'_>]) -> f64 {
    let predictions = model.predict(rows);
    measure(&scored(model, rows, &predictions)).rmsle
}
