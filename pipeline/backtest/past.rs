//! The market as it was known at a moment, and what could be learned of it.

use std::collections::{BTreeMap, HashMap};

use autobazaaar_domain::{Basis, Currency, Enriched, ItemId, ListingKey, Utc};
use autobazaaar_lake::Lake;
use autobazaaar_models::selling::SellingCard;
use autobazaaar_models::{TrainOptions, train};

use chrono::{NaiveDate, NaiveTime};

use crate::enrich::listings::{self, Listing};
use crate::enrich::stage::{EnrichOptions, enrich_in_memory};
use crate::enrich::stays::{ToldSale, told_sales};
use crate::publish::{Engine, SqlError};
use crate::score::Economics;
use crate::score::models::{Models, segment};
use crate::train::examples;
use crate::train::selling::{Known, SellingInput, learn_selling};

/// Everything seen before a moment, with what enrich makes of it.
pub struct Past {
    /// Nothing seen at this moment or later is in it.
    pub before: Utc,
    /// By first sight and key, so that the order does not depend on how files lie.
    pub listings: Vec<Listing>,
    /// One for each listing, in the same order.
    pub enriched: Vec<Enriched>,
    pub sales: HashMap<ListingKey, ToldSale>,
}

impl Past {
    /// Looks at the lake as it was before a moment.
    ///
    /// # Errors
    /// When a file cannot be read or DuckDB leaves its bounds.
    pub fn load(
        lake: &Lake,
        engine: &Engine,
        options: &EnrichOptions,
        before: Utc,
    ) -> Result<Self, SqlError> {
        engine.attach_past(lake, before)?;
        let mut listings = listings::load(lake, engine, options.window)?;
        listings.sort_by(|a, b| a.first_seen.cmp(&b.first_seen).then_with(|| a.key.cmp(&b.key)));
        let histories = listings::price_histories(engine)?;
        let enriched = enrich_in_memory(&listings, histories, options);
        Ok(Self { before, listings, enriched, sales: told_sales(engine)? })
    }

    /// The newest sight.
    #[must_use]
    pub fn newest(&self) -> Option<Utc> {
        self.listings.iter().map(|listing| listing.last_seen).max()
    }
}

/// The moment at which a day begins.
#[must_use]
pub fn start_of(date: NaiveDate) -> Utc {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// Later than anything was seen.
#[must_use]
pub fn end_of_time() -> Utc {
    // The last second of the year 9999, which every engine can write.
    Utc::from_timestamp(253_402_300_799, 0).unwrap_or(Utc::MAX_UTC)
}

/// What was learned from a past.
pub struct Taught {
    /// Nothing seen at this moment or later was learned from.
    pub before: Utc,
    pub models: Models,
    pub selling: SellingCard,
    /// Items as they were known then: a listing must be valued without its own.
    pub items: HashMap<ListingKey, ItemId>,
    /// Why a basis has no model.
    pub not: Vec<String>,
}

/// Learns prices and selling in one currency.
#[must_use]
pub fn teach(past: &Past, currency: Currency, options: &TrainOptions, assumed: &Economics) -> Taught {
    let rows = || past.listings.iter().zip(&past.enriched);
    let items = rows().map(|(listing, row)| (listing.observation_id, row.item_id)).collect();
    let mut by_segment = BTreeMap::new();
    let mut not = Vec::new();
    for &basis in Basis::ALL {
        let learnable = examples(&past.listings, &items, basis).remove(&currency).unwrap_or_default();
        match train(&learnable, currency, basis, options) {
            Ok((model, _)) => {
                let version = format!("{}-before-{}", segment(basis, currency), past.before.date_naive());
                by_segment.insert((basis, currency), (version, model));
            }
            Err(error) => not.push(format!("{}: {error}", segment(basis, currency))),
        }
    }
    let models = Models::of(by_segment);
    let demand = |row: &Enriched| row.demand_known.then_some(row.demand_score);
    let known = rows()
        .map(|(listing, row)| (listing.observation_id, Known { item: row.item_id, demand: demand(row) }))
        .collect();
    let input = SellingInput {
        listings: &past.listings,
        own: &[],
        sales: &past.sales,
        known: &known,
        models: &models,
        economics: assumed,
        most: options.max_examples,
    };
    let version = format!("selling-before-{}", past.before.date_naive());
    let selling = learn_selling(&input, &version, past.before);
    let items = rows().map(|(listing, row)| (listing.key.clone(), row.item_id)).collect();
    Taught { before: past.before, models, selling, items, not }
}
