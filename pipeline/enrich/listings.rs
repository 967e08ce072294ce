//! Every listing with its newest content and what the sights say of it.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use autobazaaar_domain::{
    Attributes, Cents, Condition, Currency, ListingKey, Observation, ObservationId, Presence, PriceKind,
    PricePoint, Status, Utc,
};
use autobazaaar_lake::observations::read_observations;
use autobazaaar_lake::rows::{ids, pick};
use autobazaaar_lake::{Dataset, Lake, LakeError, read_batches};

use super::own::own_keys;
use crate::publish::{Engine, SqlError};
use crate::stream::on_all_threads;

/// A listing as the stages after ingest see it: the newest content, without what they don't use.
#[derive(Debug, Clone)]
pub struct Listing {
    pub key: ListingKey,
    pub observation_id: ObservationId,
    pub title: String,
    pub description: Option<String>,
    pub category: Arc<str>,
    pub condition: Option<Condition>,
    /// Minor units of `currency`.
    pub price: Option<Cents>,
    pub price_kind: PriceKind,
    pub original_price: Option<Cents>,
    pub currency: Currency,
    pub status: Status,
    pub seller_key: Option<String>,
    pub images: Vec<String>,
    pub sold_at: Option<Utc>,
    pub attributes: Attributes,
    pub views: Option<i64>,
    pub watchers: Option<i64>,
    /// When this content was first seen, and its views counted.
    pub observed_at: Utc,
    pub listed_at: Option<Utc>,
    pub first_seen: Utc,
    pub last_seen: Utc,
    pub presence: Presence,
    /// The first complete scan that missed it.
    pub missed_by: Option<Utc>,
    /// Complete scans of its query exist, so that an exit would have been noticed.
    pub watched: bool,
}

/// What the sights say of one listing.
struct State {
    first_seen: i64,
    last_seen: i64,
    missed_by: Option<i64>,
    watched: bool,
    presence: Presence,
}

const BATCH_ROWS: usize = 8_192;

/// How long what was seen counts, days after a listing's last sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From then on its presence is unknown.
    pub stale_after_days: u32,
    /// From then on it is history, and left out.
    pub look_back_days: u32,
}

/// Which of a window's listings are read. A bound holds for their contents; where each listing's
/// newest one stands is held of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Each.
    All,
    /// At most so many that were sold and as many others: those that came last. What came over some
    /// time is there whole, whether it left since or not.
    Newest(usize),
    /// At most so many that came after a moment: the last of them.
    After(Utc, usize),
}

impl Part {
    fn keep(self, states: &mut HashMap<ObservationId, State>) {
        let is_sold = |state: &State| state.presence == Presence::Sold;
        match self {
            Self::All => {}
            Self::Newest(most) => {
                let sold = bound(states.iter().filter(|(_, state)| is_sold(state)), most);
                let others = bound(states.iter().filter(|(_, state)| !is_sold(state)), most);
                states
                    .retain(|id, state| Some(place(id, state)) > if is_sold(state) { sold } else { others });
            }
            Self::After(moment, most) => {
                states.retain(|_, state| state.first_seen > moment.timestamp_micros());
                let all = bound(states.iter(), most);
                states.retain(|id, state| Some(place(id, state)) > all);
            }
        }
    }
}

/// By this listings stand from the oldest to the newest.
fn place(id: &ObservationId, state: &State) -> (i64, ObservationId) {
    (state.first_seen, *id)
}

/// The place of the newest that is one too many; `None` where all have room.
fn bound<'s>(
    states: impl Iterator<Item = (&'s ObservationId, &'s State)>,
    most: usize,
) -> Option<(i64, ObservationId)> {
    let mut places: Vec<(i64, ObservationId)> = states.map(|(id, state)| place(id, state)).collect();
    (places.len() > most).then(|| *places.select_nth_unstable_by(most, |a, b| b.cmp(a)).1)
}

/// Reads every listing of the lake within the window but our own offers, in the order of its files: one row per listing.
///
/// # Errors
/// When a file cannot be read or DuckDB runs out of its bounds.
pub fn load(lake: &Lake, engine: &Engine, window: Window) -> Result<Vec<Listing>, SqlError> {
    load_part(lake, engine, window, Part::All)
}

/// As [`load`], a part of them.
///
/// # Errors
/// As [`load`].
pub fn load_part(lake: &Lake, engine: &Engine, window: Window, part: Part) -> Result<Vec<Listing>, SqlError> {
    let mut states = states(engine, window)?;
    part.keep(&mut states);
    let ours = own_keys(engine)?;
    let mut categories: HashMap<String, Arc<str>> = HashMap::new();
    let mut listings = Vec::with_capacity(states.len());
    let files = lake.files(Dataset::Observations)?;
    let jobs = read_batches(&files, None, BATCH_ROWS)
        .map(|batch| pick(&batch?, &mut states))
        .filter(|job| !job.as_ref().is_ok_and(|(_, states)| states.is_empty()));
    let unpack = |job: Result<(RecordBatch, Vec<State>), LakeError>| {
        let (batch, states) = job?;
        let seen = read_observations(&batch)?;
        Ok(seen.into_iter().zip(states).map(|((id, _, seen), state)| (id, seen, state)).collect::<Vec<_>>())
    };
    on_all_threads(jobs, unpack, |batch: Result<_, LakeError>| -> Result<(), LakeError> {
        for (id, seen, state) in batch? {
            if ours.contains(&seen.key) {
                continue;
            }
            let category = intern(&mut categories, &seen.category);
            listings.push(Listing::new(id, category, seen, &state));
        }
        Ok(())
    })?;
    Ok(listings)
}

fn intern(categories: &mut HashMap<String, Arc<str>>, name: &str) -> Arc<str> {
    if let Some(known) = categories.get(name) {
        return Arc::clone(known);
    }
    let category: Arc<str> = name.into();
    categories.insert(name.to_owned(), Arc::clone(&category));
    category
}

impl Listing {
    fn new(id: ObservationId, category: Arc<str>, seen: Observation, state: &State) -> Self {
        let at = |micros| Utc::from_timestamp_micros(micros).unwrap_or(seen.observed_at);
        Self {
            observation_id: id,
            category,
            first_seen: at(state.first_seen),
            last_seen: at(state.last_seen),
            presence: state.presence,
            missed_by: state.missed_by.map(at),
            watched: state.watched,
            key: seen.key,
            title: seen.title,
            description: seen.description,
            condition: seen.condition,
            price: seen.price,
            price_kind: seen.price_kind,
            original_price: seen.original_price,
            currency: seen.currency,
            status: seen.status,
            seller_key: seen.seller_key,
            images: seen.images,
            sold_at: seen.sold_at,
            attributes: seen.attributes,
            views: seen.views,
            watchers: seen.watchers,
            observed_at: seen.observed_at,
            listed_at: seen.listed_at,
        }
    }

    /// Frees description and pictures, which most of the memory of a million listings goes to:
    /// once the items are found nothing in enrich asks for them.
    pub(super) fn forget_long_parts(&mut self) {
        self.description = None;
        self.images = Vec::new();
    }

    /// What is asked for it, if it is a price that somebody asks.
    #[must_use]
    pub fn ask(&self) -> Option<Cents> {
        match self.price_kind {
            PriceKind::Fixed | PriceKind::OrBestOffer | PriceKind::Range => self.price.filter(|p| p.0 > 0),
            _ => None,
        }
    }

    /// What it sold for, where the venue tells.
    #[must_use]
    pub fn sold_price(&self) -> Option<Cents> {
        (self.price_kind == PriceKind::Sold).then_some(self.price).flatten().filter(|p| p.0 > 0)
    }
}

fn states(engine: &Engine, window: Window) -> Result<HashMap<ObservationId, State>, SqlError> {
    let sql = include_str!("../../sql/enrich/listing_state.sql")
        .replace("$stale_after_days", &window.stale_after_days.to_string())
        .replace("$look_back_days", &window.look_back_days.to_string());
    let doing = "cannot work out the listings' states";
    let mut statement = engine.connection().prepare(&sql).map_err(SqlError::new(doing))?;
    let mut states = HashMap::new();
    for batch in statement.stream_arrow([]).map_err(SqlError::new(doing))? {
        let batch = batch.map_err(SqlError::new(doing))?;
        let shape = |column| LakeError::Shape { dataset: "listing states", column };
        let time = |column| {
            let values =
                batch.column_by_name(column).and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
            values.ok_or_else(|| shape(column))
        };
        let (first_seen, last_seen, missed_by) =
            (time("first_seen")?, time("last_seen")?, time("missed_by")?);
        let watched = batch.column_by_name("watched").and_then(|c| c.as_boolean_opt());
        let watched = watched.ok_or_else(|| shape("watched"))?;
        let presence = batch.column_by_name("presence").and_then(|c| c.as_string_opt::<i32>());
        let presence = presence.ok_or_else(|| shape("presence"))?;
        for (row, id) in ids(&batch, "observation_id")?.into_iter().enumerate() {
            let state = State {
                first_seen: first_seen.value(row),
                last_seen: last_seen.value(row),
                missed_by: missed_by.is_valid(row).then(|| missed_by.value(row)),
                watched: watched.is_valid(row) && watched.value(row),
                presence: presence.value(row).parse().map_err(|_| shape("presence"))?,
            };
            states.insert(id, state);
        }
    }
    Ok(states)
}

/// Price points of the listings that were seen with more than one content, in time order.
///
/// # Errors
/// When DuckDB runs out of its bounds.
pub fn price_histories(engine: &Engine) -> Result<HashMap<ListingKey, Vec<PricePoint>>, SqlError> {
    let doing = "cannot work out the price histories";
    let sql = include_str!("../../sql/enrich/price_history.sql");
    let mut statement = engine.connection().prepare(sql).map_err(SqlError::new(doing))?;
    let mut histories: HashMap<ListingKey, Vec<PricePoint>> = HashMap::new();
    for batch in statement.stream_arrow([]).map_err(SqlError::new(doing))? {
        let batch = batch.map_err(SqlError::new(doing))?;
        let shape = |column| LakeError::Shape { dataset: "price histories", column };
        let text = |column| {
            batch.column_by_name(column).and_then(|c| c.as_string_opt::<i32>()).ok_or_else(|| shape(column))
        };
        let (platforms, keys) = (text("platform")?, text("external_id")?);
        let times = batch.column_by_name("at").and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
        let times = times.ok_or_else(|| shape("at"))?;
        let prices = batch.column_by_name("price").and_then(|c| c.as_primitive_opt::<Int64Type>());
        let prices = prices.ok_or_else(|| shape("price"))?;
        for row in 0..keys.len() {
            let key = ListingKey {
                platform: platforms.value(row).parse().map_err(|_| shape("platform"))?,
                external_id: keys.value(row).to_owned(),
            };
            let at = Utc::from_timestamp_micros(times.value(row)).ok_or_else(|| shape("at"))?;
            histories.entry(key).or_default().push(PricePoint { at, price: Cents(prices.value(row)) });
        }
    }
    Ok(histories)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Listings 0 to 9 that came on those days, every third sold.
    fn states() -> HashMap<ObservationId, State> {
        let state = |day: u8| State {
            first_seen: i64::from(day),
            last_seen: 100,
            missed_by: None,
            watched: true,
            presence: if day.is_multiple_of(3) { Presence::Sold } else { Presence::Active },
        };
        (0..10).map(|day| (ObservationId([day; 16]), state(day))).collect()
    }

    fn kept(part: Part) -> Vec<i64> {
        let mut states = states();
        part.keep(&mut states);
        let mut days: Vec<i64> = states.values().map(|state| state.first_seen).collect();
        days.sort_unstable();
        days
    }

    #[test]
    fn a_part_is_what_came_last() {
        assert_eq!(kept(Part::All).len(), 10);
        assert_eq!(kept(Part::Newest(2)), [6, 7, 8, 9], "two sold ones, two others");
        assert_eq!(kept(Part::Newest(6)).len(), 10);
        let after = Utc::from_timestamp_micros(4).unwrap();
        assert_eq!(kept(Part::After(after, 100)), [5, 6, 7, 8, 9]);
        assert_eq!(kept(Part::After(after, 2)), [8, 9]);
    }

    #[test]
    fn of_what_came_at_once_there_are_no_more_either() {
        let mut states = states();
        states.values_mut().for_each(|state| state.first_seen = 7);
        Part::Newest(3).keep(&mut states);
        assert_eq!(states.len(), 6);
    }
}
