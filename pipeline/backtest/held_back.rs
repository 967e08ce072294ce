//! Does what was learned of leaving hold on days that it has not seen?

use std::collections::HashMap;

use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::pace::Pace;
use autobazaaar_domain::{Basis, Currency, Enriched, ListingKey, Utc};
use autobazaaar_models::asking::Asking;
use autobazaaar_models::survival::{Concordance, Followed, Stay, concordance, hazard, log_likelihood};
use serde::Serialize;

use super::BacktestError;
use super::past::{Past, end_of_time, start_of, teach};
use super::replay::{BacktestInput, currency};
use crate::enrich::items::item_id;
use crate::enrich::listings::Listing;
use crate::enrich::stage::example;
use crate::enrich::stays::stay;
use crate::score::partial::is_whole_offer;
use crate::train::selling::place;

/// How a rate of leaving fared on held-back days.
#[derive(Debug, Clone, Serialize)]
pub struct HeldBack {
    pub currency: Currency,
    /// Nothing seen at this moment or later was learned from.
    pub before: Utc,
    /// Exits learned from; `None` and why, where they were too few.
    pub exits_learned_from: Option<u64>,
    pub why_not: Option<String>,
    /// Watched listings that were followed over the held-back days, and how many left.
    pub listings: u64,
    pub exits: u64,
    /// Pairs of which one surely left before the other was last seen.
    pub pairs: u64,
    pub learned: Option<Fared>,
    pub assumed: Fared,
}

/// One rate on the held-back days.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Fared {
    /// Harrell's C: 0.5 is chance.
    pub concordance: Option<f64>,
    pub concordance_error: Option<f64>,
    /// Exits that it expected among those followed.
    pub expected_exits: f64,
    /// Per followed listing; higher is better.
    pub log_likelihood: f64,
}

/// Learns before the last `days` days of the record and looks at these.
///
/// # Errors
/// When the lake cannot be read, or holds no listing in the currency.
pub fn held_back(
    input: &BacktestInput<'_>,
    wanted: Option<Currency>,
    days: u32,
) -> Result<HeldBack, BacktestError> {
    let all = Past::load(input.lake, input.engine, input.enrich, end_of_time())?;
    let currency = currency(&all, wanted)?;
    let last = all.newest().unwrap_or(Utc::UNIX_EPOCH).date_naive();
    let first = last - chrono::Days::new(u64::from(days.max(1)) - 1);
    let before = start_of(first);
    let past = Past::load(input.lake, input.engine, input.enrich, before)?;
    let taught = teach(&past, currency, input.train, input.economics);
    let known: HashMap<&ListingKey, (&Listing, &Enriched)> =
        past.listings.iter().zip(&past.enriched).map(|(l, row)| (&l.key, (l, row))).collect();
    let watched: Vec<&Listing> = all
        .listings
        .iter()
        .filter(|listing| listing.currency == currency && listing.watched)
        .filter(|listing| {
            is_whole_offer(&listing.title, listing.description.as_deref(), listing.ask().is_some())
        })
        .collect();
    let item = |listing: &Listing| taught.items.get(&listing.key).copied().unwrap_or(item_id(&listing.key));
    let queries: Vec<_> =
        watched.iter().map(|listing| example(listing, item(listing), None, Basis::Asked)).collect();
    let assumed = Asking::assumed(input.economics.config().seller_spread);
    let asking = taught.selling.of(currency).and_then(|of| of.asking.as_ref()).unwrap_or(&assumed);
    let valued = taught.models.value(&queries, currency, Some(Basis::Asked), 0);
    let stays: Vec<Stay<'_>> = watched
        .iter()
        .zip(valued)
        .filter_map(|(listing, valued)| {
            let whole = stay(listing, all.sales.get(&listing.key))?;
            let before = known.get(&listing.key);
            // From the last sight before the held-back days on, or the first one in them.
            let from = before.map_or(whole.entry, |(then, _)| whole.age(then.last_seen));
            let left_before = whole.gone_by.is_some_and(|by| whole.age(past.before) >= by);
            let ask = listing.ask().or_else(|| all.sales.get(&listing.key)?.last_ask);
            let value = valued.valuation.quantiles;
            let place = value.zip(ask).and_then(|(value, ask)| place(listing, ask, &value, asking));
            let local = input.economics.is_local(listing.key.platform.as_str());
            let delivery = if local { Delivery::Local } else { Delivery::Shipped };
            let row = Stay {
                category: &listing.category,
                factor: input.economics.venue_factor(delivery),
                level: place.map(|place| place.level),
                depth: place.map_or(0.0, |place| place.depth),
                demand: before.and_then(|(_, row)| row.demand_known.then_some(row.demand_score)),
                entry: from,
                seen_until: whole.seen_until.max(from),
                gone_by: whole.gone_by,
            };
            (!left_before && row.is_usable()).then_some(row)
        })
        .collect();
    let speed = taught.selling.of(currency).map(|of| &of.speed);
    let assumed = Pace::assumed(input.economics.config().median_days);
    let learned = speed.and_then(|speed| speed.known());
    let (assumed, ordered) = fared(&stays, |_| assumed);
    Ok(HeldBack {
        currency,
        before,
        exits_learned_from: learned.map(|speed| speed.exits),
        why_not: match speed {
            Some(autobazaaar_models::selling::Learned::Not(why)) => Some(why.clone()),
            _ => None,
        },
        listings: stays.len() as u64,
        exits: stays.iter().filter(|stay| stay.gone_by.is_some()).count() as u64,
        pairs: ordered.pairs,
        learned: learned.map(|speed| fared(&stays, |category| speed.pace(category)).0),
        assumed,
    })
}

fn fared(stays: &[Stay<'_>], pace: impl Fn(&str) -> Pace) -> (Fared, Concordance) {
    let follow = |stay: &Stay<'_>| Followed {
        // What it is expected to run within a day from where it is followed.
        risk: hazard(&pace(stay.category), stay, stay.entry, stay.entry + 1.0),
        seen_until: stay.seen_until - stay.entry,
        gone_by: stay.gone_by.map(|by| by - stay.entry),
    };
    let followed: Vec<Followed> = stays.iter().map(follow).collect();
    let found = concordance(&followed);
    let expected = |stay: &Stay<'_>| {
        let until = stay.gone_by.unwrap_or(stay.seen_until);
        1.0 - (-hazard(&pace(stay.category), stay, stay.entry, until)).exp()
    };
    let fared = Fared {
        concordance: found.c,
        concordance_error: found.error,
        expected_exits: stays.iter().map(expected).sum(),
        log_likelihood: log_likelihood(stays, &pace) / stays.len().max(1) as f64,
    };
    (fared, found)
}
