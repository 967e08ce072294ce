//! The stage: from the lake's listings to one enriched row each.

use std::collections::HashMap;

use arrow::array::RecordBatch;
use autobazaaar_domain::{
    Basis, Cents, Comp, Enriched, ItemId, ListingKey, ObservationId, Presence, PricePoint, RunId, Utc,
};
use autobazaaar_lake::enriched::enriched_batch;
use autobazaaar_lake::{Commit, Dataset, Lake, LakeError};
use autobazaaar_models::Example;
use rayon::prelude::*;

use super::demand::{Demand, DemandInput, Exit, Life, days_on_market, demand_scores, volatility};
use super::items::{ItemAssignment, ListingFacts, merge_items};
use super::listings::{self, Listing, Window};
use super::neighbours::Neighbours;
use super::own;
use crate::publish::{Engine, SqlError};
use crate::stream::on_all_threads;

/// How far enrich looks.
#[derive(Debug, Clone)]
pub struct EnrichOptions {
    /// Comparables per listing that are counted and measured.
    pub comps: usize,
    /// Of these, how many are kept by name.
    pub comps_kept: usize,
    /// How long what was seen counts.
    pub window: Window,
}

impl Default for EnrichOptions {
    fn default() -> Self {
        Self { comps: 20, comps_kept: 10, window: Window { stale_after_days: 3, look_back_days: 36_500 } }
    }
}

/// What enrich did.
#[derive(Debug, Default, Clone, Copy)]
pub struct EnrichSummary {
    pub listings: u64,
    pub items: u64,
}

const CHUNK: usize = 8_192;
const SECONDS_PER_DAY: f64 = 86_400.0;

/// Enriches every listing of the lake into the commit.
///
/// # Errors
/// When the lake cannot be read or written, or SQL leaves its bounds.
pub fn enrich(
    lake: &Lake,
    engine: &Engine,
    options: &EnrichOptions,
    commit: &mut Commit,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<EnrichSummary, SqlError> {
    let mut listings = listings::load(lake, engine, options.window)?;
    let mut histories = listings::price_histories(engine)?;
    let mut items = merge_items(&facts(&listings));
    // Our own sales are comparables of others, and have no row of their own.
    let market = listings.len();
    add_own_sales(engine, &mut listings, &mut items)?;
    listings.par_iter_mut().for_each(Listing::forget_long_parts);
    let neighbours = Neighbours::find(&listings, &items, options.comps);
    let demand = demand(&listings, &neighbours);
    let sources = shared_sources(&listings, &items);
    let run_id = commit.run_id().clone();
    let world = World {
        listings: &listings,
        items: &items,
        neighbours: &neighbours,
        demand: &demand,
        sources: &sources,
    };
    let mut file = commit.start(Dataset::Enriched)?;
    let jobs = (0..market).step_by(CHUNK).map(|from| {
        let rows = from..(from + CHUNK).min(market);
        let history = |row: usize| histories.remove(&listings[row].key).unwrap_or_default();
        (rows.clone(), rows.map(history).collect())
    });
    let work = |(rows, histories)| world.batch(rows, histories, options, &run_id);
    on_all_threads(jobs, work, |batch: Result<RecordBatch, LakeError>| {
        let batch = batch?;
        progress(batch.num_rows() as u64);
        file.write(&batch)
    })?;
    let rows = commit.derived(Dataset::Enriched, file)?;
    // A million listings take seconds to free one after another.
    listings.into_par_iter().for_each(drop);
    Ok(EnrichSummary { listings: rows, items: distinct(&items[..market]) })
}

/// Each own sale belongs to the thing that was bought, so that no listing of it is valued by it.
fn add_own_sales(
    engine: &Engine,
    listings: &mut Vec<Listing>,
    items: &mut Vec<ItemAssignment>,
) -> Result<(), SqlError> {
    if own::own_keys(engine)?.is_empty() {
        return Ok(());
    }
    let by_key: HashMap<&ListingKey, ItemId> =
        listings.iter().map(|listing| &listing.key).zip(items.iter().map(|item| item.item)).collect();
    let own = own::outcomes(engine, listings, &|listing| by_key.get(&listing.key).copied())?;
    for sale in own.sales() {
        items.push(ItemAssignment { item: own.item(&sale), evidence: Vec::new() });
        listings.push(sale);
    }
    Ok(())
}

/// Enriches listings into memory, in their order: what [`enrich`] would write of them.
#[must_use]
pub fn enrich_in_memory(
    listings: &[Listing],
    mut histories: HashMap<ListingKey, Vec<PricePoint>>,
    options: &EnrichOptions,
) -> Vec<Enriched> {
    let items = merge_items(&facts(listings));
    let neighbours = Neighbours::find(listings, &items, options.comps);
    let demand = demand(listings, &neighbours);
    let sources = shared_sources(listings, &items);
    let world =
        World { listings, items: &items, neighbours: &neighbours, demand: &demand, sources: &sources };
    let row = |row: usize| {
        let history = histories.remove(&listings[row].key).unwrap_or_default();
        world.row(row, history, options)
    };
    (0..listings.len()).map(row).collect()
}

fn facts(listings: &[Listing]) -> Vec<ListingFacts<'_>> {
    let facts = |listing| -> ListingFacts<'_> {
        let Listing { key, title, currency, condition, attributes, images, .. }: &Listing = listing;
        ListingFacts {
            key,
            title,
            description: listing.description.as_deref(),
            category: &listing.category,
            condition: *condition,
            currency: *currency,
            price: listing.ask(),
            attributes,
            images,
            seller_key: listing.seller_key.as_deref(),
            first_seen: listing.first_seen,
            last_seen: listing.last_seen,
        }
    };
    listings.iter().map(facts).collect()
}

/// The price a listing lends to others, and what it stands on: a sale before an ask.
pub(super) fn comp_price(listing: &Listing) -> Option<(Cents, Basis)> {
    let sold = listing.sold_price().map(|price| (price, Basis::Sold));
    sold.or_else(|| listing.ask().map(|price| (price, Basis::Asked)))
}

/// The listing as the index and the price model see it.
#[must_use]
pub fn example(listing: &Listing, item: ItemId, price: Option<Cents>, basis: Basis) -> Example<'_> {
    Example {
        item,
        key: &listing.key,
        category: &listing.category,
        platform: listing.key.platform.as_str(),
        title: &listing.title,
        description: listing.description.as_deref(),
        condition: listing.condition,
        attributes: &listing.attributes,
        at: listing.last_seen.timestamp(),
        price: price.map(|price| price.to_major(listing.currency)),
        basis,
        status_active: listing.presence == Presence::Active,
    }
}

fn demand(listings: &[Listing], neighbours: &Neighbours) -> Vec<Demand> {
    let lives: Vec<Option<Life>> = listings
        .iter()
        .map(|listing| {
            let known = listing.watched || listing.presence == Presence::Sold;
            known.then(|| Life::new(listing.first_seen, listing.last_seen, exit(listing)))
        })
        .collect();
    let inputs: Vec<DemandInput<'_>> = listings
        .iter()
        .enumerate()
        .map(|(row, listing)| DemandInput {
            category: &listing.category,
            comps: neighbours.rows(row),
            watchers: listing.watchers,
        })
        .collect();
    demand_scores(&inputs, &lives)
}

fn exit(listing: &Listing) -> Option<Exit> {
    match listing.presence {
        Presence::Sold => Some(Exit::Sold(listing.sold_at.unwrap_or(listing.last_seen))),
        Presence::Gone => listing.missed_by.map(Exit::MissedBy),
        Presence::Active | Presence::Unknown => None,
    }
}

/// Venues of the items that several listings are of.
fn shared_sources(listings: &[Listing], items: &[ItemAssignment]) -> HashMap<ItemId, Vec<String>> {
    let mut sources: HashMap<ItemId, Vec<String>> = HashMap::new();
    for (listing, item) in listings.iter().zip(items).filter(|(_, item)| !item.evidence.is_empty()) {
        let venues = sources.entry(item.item).or_default();
        if !venues.iter().any(|venue| venue == listing.key.platform.as_str()) {
            venues.push(listing.key.platform.to_string());
        }
    }
    sources
}

fn distinct(items: &[ItemAssignment]) -> u64 {
    let mut ids: Vec<ItemId> = items.iter().map(|item| item.item).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len() as u64
}

/// Everything known, by row of the slice of listings.
struct World<'a> {
    listings: &'a [Listing],
    items: &'a [ItemAssignment],
    neighbours: &'a Neighbours,
    demand: &'a [Demand],
    sources: &'a HashMap<ItemId, Vec<String>>,
}

impl World<'_> {
    fn batch(
        &self,
        rows: std::ops::Range<usize>,
        histories: Vec<Vec<PricePoint>>,
        options: &EnrichOptions,
        run_id: &RunId,
    ) -> Result<RecordBatch, LakeError> {
        let enriched: Vec<(ObservationId, Enriched)> = rows
            .zip(histories)
            .map(|(row, history)| (self.listings[row].observation_id, self.row(row, history, options)))
            .collect();
        enriched_batch(run_id, &enriched)
    }

    fn row(&self, row: usize, history: Vec<PricePoint>, options: &EnrichOptions) -> Enriched {
        let listing = &self.listings[row];
        let hits = self.neighbours.rows(row);
        let similarities = self.neighbours.similarities(row);
        let mut prices: Vec<Cents> = hits
            .iter()
            .filter_map(|&hit| comp_price(&self.listings[hit as usize]))
            .map(|(price, _)| price)
            .collect();
        let volatility = volatility(&prices);
        prices.sort_unstable();
        let competitors =
            hits.iter().filter(|&&hit| self.listings[hit as usize].presence == Presence::Active);
        let stay = days_on_market(listing.listed_at, listing.first_seen, listing.last_seen, exit(listing));
        let item = &self.items[row];
        let alone = || vec![listing.key.platform.to_string()];
        let sources = self.sources.get(&item.item).cloned().unwrap_or_else(alone);
        let history = if history.is_empty() { first_price(listing) } else { history };
        Enriched {
            key: listing.key.clone(),
            item_id: item.item,
            item_evidence: item.evidence.iter().map(|evidence| evidence.as_str().to_owned()).collect(),
            first_seen: listing.first_seen,
            last_seen: listing.last_seen,
            presence: listing.presence,
            insights: insights(&history, &sources, item),
            price_history: history,
            comps: hits
                .iter()
                .zip(similarities)
                .take(options.comps_kept)
                .filter_map(|(&hit, &similarity)| self.comp(hit, similarity, listing.last_seen))
                .collect(),
            comp_count: hits.len() as u32,
            competitor_count: competitors.count() as u32,
            volatility,
            demand_score: self.demand[row].score,
            demand_known: self.demand[row].known,
            market_price: median(&prices),
            days_on_market: stay.days,
            censored: stay.censored,
            sources,
        }
    }

    fn comp(&self, row: u32, similarity: f32, valued_at: Utc) -> Option<Comp> {
        let listing = &self.listings[row as usize];
        let (price, basis) = comp_price(listing)?;
        let age = (valued_at - listing.last_seen).num_seconds() as f64 / SECONDS_PER_DAY;
        Some(Comp {
            key: listing.key.clone(),
            title: String::new(),
            price,
            basis,
            similarity: f64::from(similarity),
            age_days: age.max(0.0),
        })
    }
}

fn first_price(listing: &Listing) -> Vec<PricePoint> {
    listing.price.map(|price| PricePoint { at: listing.first_seen, price }).into_iter().collect()
}

/// Middle of sorted prices; of an even number, the mean of the two in the middle.
fn median(sorted: &[Cents]) -> Option<Cents> {
    let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(Cents((low.0 + high.0) / 2))
}

/// What a person would notice.
fn insights(history: &[PricePoint], sources: &[String], item: &ItemAssignment) -> Vec<String> {
    let mut insights = Vec::new();
    if let (Some(first), Some(last)) = (history.first(), history.last())
        && first.price.0 > 0
        && last.price != first.price
    {
        let change = (last.price.0 - first.price.0) as f64 / first.price.0 as f64 * 100.0;
        let word = if change < 0.0 { "cut" } else { "raised" };
        insights.push(format!("price {word} by {:.0} % since it was first seen", change.abs()));
    }
    if sources.len() > 1 {
        insights.push(format!("offered on {}", sources.join(", ")));
    }
    if !item.evidence.is_empty() {
        let evidence: Vec<&str> = item.evidence.iter().map(|evidence| evidence.as_str()).collect();
        insights.push(format!("posted more than once ({})", evidence.join(", ")));
    }
    insights
}
