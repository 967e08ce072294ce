//! The stage: every listing that is not gone valued and scored.

use std::collections::{BTreeMap, HashMap};

use arrow::array::RecordBatch;
use autobazaaar_domain::{
    Currency, Deal, Enriched, ListingKey, Observation, ObservationId, Presence, Utc, Valuation,
};
use autobazaaar_lake::enriched::{LEAN_COLUMNS, read_enriched};
use autobazaaar_lake::observations::read_observations;
use autobazaaar_lake::rows::pick;
use autobazaaar_lake::scored::{DealRow, deals_batch, read_valuations, valuations_batch};
use autobazaaar_lake::{Commit, Dataset, Lake, LakeError, read_batches};
use autobazaaar_models::Example;

use super::models::{Models, Valued};
use super::remembered::{Known, Remembered};
use super::{Economics, days_at_value, score_listing};
use crate::stream::on_all_threads;

const BATCH_ROWS: usize = 8_192;

/// What score did.
#[derive(Debug, Default, Clone, Copy)]
pub struct ScoreSummary {
    /// Not gone.
    pub listings: u64,
    /// With an estimate.
    pub valued: u64,
}

/// The newest content of a listing with what enrich found out.
#[derive(Debug, Clone)]
pub struct Current {
    pub seen: Observation,
    pub enriched: Enriched,
}

/// Calls `work` with batches of the listings of the newest enriched run that are not gone, on all threads,
/// and `take` with what came of each, in the lake's order. What is gone is no chance to buy: it teaches
/// others' values, and nobody asks for its own. What a venue calls sold stays: its estimate stands beside
/// what was paid.
///
/// # Errors
/// When the lake cannot be read, or `take` fails.
pub fn for_each_current<R: Send, E: From<LakeError>>(
    lake: &Lake,
    work: impl Fn(Vec<Current>) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let mut enriched = load_shown(lake)?;
    let files = lake.files(Dataset::Observations)?;
    let jobs = read_batches(&files, None, BATCH_ROWS)
        .map(|batch| pick(&batch?, &mut enriched))
        .filter(|job| !job.as_ref().is_ok_and(|(_, enriched)| enriched.is_empty()));
    let unpack = |job: Result<(RecordBatch, Vec<Enriched>), LakeError>| {
        let (batch, enriched) = job?;
        let seen = read_observations(&batch)?.into_iter().map(|(_, _, seen)| seen);
        Ok(work(seen.zip(enriched).map(|(seen, enriched)| Current { seen, enriched }).collect()))
    };
    on_all_threads(jobs, unpack, |done: Result<R, LakeError>| take(done?))
}

/// What enrich found out of the listings that are not gone.
fn load_shown(lake: &Lake) -> Result<HashMap<ObservationId, Enriched>, LakeError> {
    let Some((_, files)) = lake.latest(Dataset::Enriched)? else { return Ok(HashMap::new()) };
    let mut enriched = HashMap::new();
    for batch in read_batches(&files, Some(&LEAN_COLUMNS), BATCH_ROWS) {
        let rows = read_enriched(&batch?)?.into_iter();
        enriched.extend(rows.filter(|(_, row)| row.presence != Presence::Gone));
    }
    Ok(enriched)
}

/// The listing as the price model sees it: without its price.
#[must_use]
pub fn query(current: &Current) -> Example<'_> {
    let Current { seen, enriched } = current;
    Example {
        item: enriched.item_id,
        key: &seen.key,
        category: &seen.category,
        platform: seen.key.platform.as_str(),
        title: &seen.title,
        description: seen.description.as_deref(),
        condition: seen.condition,
        attributes: &seen.attributes,
        at: enriched.last_seen.timestamp(),
        price: None,
        basis: autobazaaar_domain::Basis::Asked,
        status_active: enriched.presence == Presence::Active,
    }
}

/// Values and scores every listing that is not gone into the commit.
///
/// # Errors
/// When the lake cannot be read or written.
pub fn score(
    lake: &Lake,
    models: &Models,
    economics: &Economics,
    as_of: Utc,
    commit: &mut Commit,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<ScoreSummary, LakeError> {
    let run_id = commit.run_id().clone();
    let mut valuations = commit.start(Dataset::Valuations)?;
    let mut deals = commit.start(Dataset::Deals)?;
    let mut summary = ScoreSummary::default();
    let remembered = Remembered::load(lake, &models.versions())?;
    let work = |batch: Vec<Current>| -> Result<Scored, LakeError> {
        let valued = value_or_remember(&batch, models, &remembered);
        let rows = batch.iter().zip(valued).map(|(current, (valuation, underpriced))| {
            score_valued(current, valuation, underpriced, economics, as_of)
        });
        let (valued, scored): (Vec<_>, Vec<_>) = rows.unzip();
        let answered = valued.iter().filter(|(valuation, _)| valuation.quantiles.is_some()).count();
        Ok(Scored {
            valuations: valuations_batch(&run_id, &valued)?,
            deals: deals_batch(&run_id, &scored)?,
            answered: answered as u64,
        })
    };
    for_each_current(lake, work, |scored| -> Result<(), LakeError> {
        let scored = scored?;
        let rows = scored.deals.num_rows() as u64;
        summary.listings += rows;
        summary.valued += scored.answered;
        progress(rows);
        valuations.write(&scored.valuations)?;
        deals.write(&scored.deals)
    })?;
    commit.derived(Dataset::Valuations, valuations)?;
    commit.derived(Dataset::Deals, deals)?;
    Ok(summary)
}

/// A batch after scoring: one row per listing in each.
struct Scored {
    valuations: RecordBatch,
    deals: RecordBatch,
    /// Listings with an estimate.
    answered: u64,
}

/// A batch's valuations: those that still hold, and the others made anew; in its order.
fn value_or_remember(batch: &[Current], models: &Models, remembered: &Remembered) -> Vec<Known> {
    let mut known: Vec<Option<Known>> = batch.iter().map(|current| remembered.of(&current.seen)).collect();
    let open: Vec<usize> = (0..batch.len()).filter(|&row| known[row].is_none()).collect();
    let rest: Vec<Current> = open.iter().map(|&row| batch[row].clone()).collect();
    for (row, valued) in open.into_iter().zip(value_batch(&rest, models)) {
        let underpriced = underpriced(&batch[row], &valued);
        known[row] = Some((valued.valuation, underpriced));
    }
    known.into_iter().flatten().collect()
}

fn underpriced(current: &Current, valued: &Valued) -> Option<f64> {
    let (prediction, ask) = valued.prediction.as_ref().zip(current.seen.ask())?;
    prediction.underpriced(ask.to_major(current.seen.currency))
}

/// Values a batch whose listings may have several currencies; in its order.
pub fn value_batch(batch: &[Current], models: &Models) -> Vec<Valued> {
    let mut by_currency: BTreeMap<Currency, Vec<usize>> = BTreeMap::new();
    for (row, current) in batch.iter().enumerate() {
        by_currency.entry(current.seen.currency).or_default().push(row);
    }
    let mut valued: Vec<(usize, Valued)> = Vec::with_capacity(batch.len());
    for (currency, rows) in by_currency {
        let queries: Vec<Example<'_>> = rows.iter().map(|&row| query(&batch[row])).collect();
        valued.extend(rows.into_iter().zip(models.value(&queries, currency, None, 0)));
    }
    valued.sort_unstable_by_key(|(row, _)| *row);
    valued.into_iter().map(|(_, valued)| valued).collect()
}

/// One listing scored from its estimate.
pub fn score_one(
    current: &Current,
    valued: Valued,
    economics: &Economics,
    as_of: Utc,
) -> ((Valuation, Option<f64>), DealRow) {
    let underpriced = underpriced(current, &valued);
    score_valued(current, valued.valuation, underpriced, economics, as_of)
}

fn score_valued(
    current: &Current,
    mut valuation: Valuation,
    underpriced: Option<f64>,
    economics: &Economics,
    as_of: Utc,
) -> (Known, DealRow) {
    let Current { seen, enriched } = current;
    let deal = score_listing(seen, enriched, &valuation, underpriced, economics, as_of);
    valuation.days_to_sell = days_at_value(seen, enriched, &valuation, economics);
    valuation.selling_version = economics.selling_version().map(str::to_owned);
    let row = DealRow { deal, url: seen.url.clone(), quantiles: valuation.quantiles, ask: seen.ask() };
    ((valuation, underpriced), row)
}

/// Scores again from the stored valuations, batch by batch: the same inputs give the same deals.
///
/// # Errors
/// When the lake cannot be read.
pub fn for_each_deal<E: From<LakeError>>(
    lake: &Lake,
    economics: &Economics,
    as_of: Utc,
    each: impl FnMut(Vec<(Current, Valuation, Deal)>) -> Result<(), E>,
) -> Result<(), E> {
    let valuations = load_valuations(lake)?;
    let work = |batch: Vec<Current>| -> Vec<(Current, Valuation, Deal)> {
        let scored = batch.into_iter().filter_map(|current| {
            let (valuation, underpriced) = valuations.get(&current.seen.key)?;
            let Current { seen, enriched } = &current;
            let deal = score_listing(seen, enriched, valuation, *underpriced, economics, as_of);
            Some((current, valuation.clone(), deal))
        });
        scored.collect()
    };
    for_each_current(lake, work, each)
}

fn load_valuations(lake: &Lake) -> Result<HashMap<ListingKey, (Valuation, Option<f64>)>, LakeError> {
    let Some((_, files)) = lake.latest(Dataset::Valuations)? else { return Ok(HashMap::new()) };
    let mut valuations = HashMap::new();
    for batch in read_batches(&files, None, BATCH_ROWS) {
        let rows = read_valuations(&batch?)?;
        valuations.extend(rows.into_iter().map(|row| (row.0.key.clone(), row)));
    }
    Ok(valuations)
}
