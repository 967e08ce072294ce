//! Decided deals with everything behind them, for people: read back from the lake and scored
//! again from the same inputs.

use std::collections::{HashMap, HashSet};

use autobazaaar_domain::{Deal, Decision, Enriched, ListingKey, Observation, Utc, Valuation};
use autobazaaar_lake::enriched::read_enriched;
use autobazaaar_lake::rows::texts;
use autobazaaar_lake::{Dataset, Lake, LakeError, read_batches};

use crate::publish::{Engine, SqlError, sql_text};
use crate::score::Economics;
use crate::score::stage::for_each_deal;

/// A deal with all that led to it.
pub struct Explained {
    pub seen: Observation,
    /// With its comparables, titles included.
    pub enriched: Enriched,
    pub valuation: Valuation,
    pub deal: Deal,
    /// `None` while nothing is decided yet.
    pub decision: Option<Decision>,
}

const BATCH_ROWS: usize = 8_192;

/// Explains the deals of these listings; what the newest run does not know is left out. In the
/// lake's order.
///
/// # Errors
/// When the lake cannot be read.
pub fn explain(
    lake: &Lake,
    engine: &Engine,
    economics: &Economics,
    as_of: Utc,
    keys: &HashSet<ListingKey>,
) -> Result<Vec<Explained>, SqlError> {
    let mut explained = Vec::with_capacity(keys.len());
    for_each_deal::<LakeError>(lake, economics, as_of, |deals| {
        let wanted = deals.into_iter().filter(|(current, _, _)| keys.contains(&current.seen.key));
        explained.extend(wanted.map(|(current, valuation, deal)| Explained {
            seen: current.seen,
            enriched: current.enriched,
            valuation,
            deal,
            decision: None,
        }));
        Ok(())
    })?;
    let mut enriched = full_enriched(lake, keys)?;
    let mut decisions = decisions(lake, keys)?;
    for one in &mut explained {
        if let Some(full) = enriched.remove(&one.seen.key) {
            one.enriched = full;
        }
        one.decision = decisions.remove(&one.seen.key);
    }
    name_comps(engine, &mut explained)?;
    Ok(explained)
}

fn full_enriched(
    lake: &Lake,
    keys: &HashSet<ListingKey>,
) -> Result<HashMap<ListingKey, Enriched>, LakeError> {
    let Some((_, files)) = lake.latest(Dataset::Enriched)? else { return Ok(HashMap::new()) };
    let mut found = HashMap::new();
    for batch in read_batches(&files, None, BATCH_ROWS) {
        let batch = filter(&batch?, keys)?;
        found.extend(read_enriched(&batch)?.into_iter().map(|(_, row)| (row.key.clone(), row)));
    }
    Ok(found)
}

fn decisions(lake: &Lake, keys: &HashSet<ListingKey>) -> Result<HashMap<ListingKey, Decision>, LakeError> {
    let Some((_, files)) = lake.latest(Dataset::Decisions)? else { return Ok(HashMap::new()) };
    let mut found = HashMap::new();
    for batch in read_batches(&files, Some(&["platform", "external_id", "detail"]), BATCH_ROWS) {
        let batch = filter(&batch?, keys)?;
        for detail in texts(&batch, "detail")? {
            let shape = |_| LakeError::Shape { dataset: "decisions", column: "detail" };
            let decision: Decision = serde_json::from_str(detail).map_err(shape)?;
            found.insert(decision.key.clone(), decision);
        }
    }
    Ok(found)
}

/// The rows of these listings.
fn filter(
    batch: &arrow::array::RecordBatch,
    keys: &HashSet<ListingKey>,
) -> Result<arrow::array::RecordBatch, LakeError> {
    let (platforms, ids) = (texts(batch, "platform")?, texts(batch, "external_id")?);
    let wanted: HashSet<(&str, &str)> =
        keys.iter().map(|key| (key.platform.as_str(), key.external_id.as_str())).collect();
    let keep: arrow::array::BooleanArray =
        platforms.into_iter().zip(ids).map(|key| Some(wanted.contains(&key))).collect();
    arrow::compute::filter_record_batch(batch, &keep)
        .map_err(|source| LakeError::Arrow { dataset: "a derived dataset", source })
}

fn name_comps(engine: &Engine, explained: &mut [Explained]) -> Result<(), SqlError> {
    let comps: HashSet<ListingKey> =
        explained.iter().flat_map(|one| &one.enriched.comps).map(|comp| comp.key.clone()).collect();
    let titles = titles(engine, &comps)?;
    for comp in explained.iter_mut().flat_map(|one| &mut one.enriched.comps) {
        if let Some(title) = titles.get(&comp.key) {
            comp.title.clone_from(title);
        }
    }
    Ok(())
}

/// The newest title of each listing.
fn titles(engine: &Engine, keys: &HashSet<ListingKey>) -> Result<HashMap<ListingKey, String>, SqlError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let list: Vec<String> = keys
        .iter()
        .map(|key| format!("({}, {})", sql_text(key.platform.as_str()), sql_text(&key.external_id)))
        .collect();
    let sql = format!(
        "with named as (
            select platform, external_id, title, observed_at from lake.observations
            union all
            -- Our own sales are comparables, too.
            select platform, platform_listing_id, title, updated_at from lake.resale_listings
         )
         select platform, external_id, arg_max(title, observed_at) from named
         where (platform, external_id) in ({}) group by all",
        list.join(", ")
    );
    let doing = "cannot look up titles";
    let mut statement = engine.connection().prepare(&sql).map_err(SqlError::new(doing))?;
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))
        .map_err(SqlError::new(doing))?;
    let mut titles = HashMap::new();
    for row in rows {
        let (platform, external_id, title) = row.map_err(SqlError::new(doing))?;
        if let Ok(platform) = platform.parse() {
            titles.insert(ListingKey { platform, external_id }, title);
        }
    }
    Ok(titles)
}

/// Keys that a query over the lake names, in its order; its first two columns are platform and
/// external id.
///
/// # Errors
/// When the query cannot run.
pub fn keys_of(engine: &Engine, sql: &str) -> Result<Vec<ListingKey>, SqlError> {
    let doing = "cannot choose listings";
    let mut statement = engine.connection().prepare(sql).map_err(SqlError::new(doing))?;
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .map_err(SqlError::new(doing))?;
    let mut keys = Vec::new();
    for row in rows {
        let (platform, external_id) = row.map_err(SqlError::new(doing))?;
        if let Ok(platform) = platform.parse() {
            keys.push(ListingKey { platform, external_id });
        }
    }
    Ok(keys)
}
