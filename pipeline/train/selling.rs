//! Learning how fast things leave and what share of the ask is paid.

use std::collections::{BTreeSet, HashMap};

use autobazaaar_domain::economics::ValueDistribution;
use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::{Basis, Cents, Currency, ItemId, ListingKey, ObservationId, Quantiles, Utc};
use autobazaaar_lake::enriched::{LEAN_COLUMNS, read_enriched};
use autobazaaar_lake::{Dataset, Lake, LakeError, read_batches};
use autobazaaar_models::asking::{Asking, Strayed, depth};
use autobazaaar_models::discount::{DiscountOptions, SalePair, learn_discount};
use autobazaaar_models::selling::{SellingCard, SellingOf, ToldSales};
use autobazaaar_models::survival::{SpeedOptions, Stay, learn_speed};

use crate::enrich::listings::Listing;
use crate::enrich::stage::example;
use crate::enrich::stays::{ToldSale, stay, told_by_venue};
use crate::score::Economics;
use crate::score::given::looked;
use crate::score::models::Models;
use crate::score::partial::is_whole_offer;

/// What enrich found out that learning of selling needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    pub item: ItemId,
    /// 0–1, where it was measured.
    pub demand: Option<f64>,
}

/// Items and demand of the newest enriched run, by observation.
///
/// # Errors
/// When the lake cannot be read.
pub fn known(lake: &Lake) -> Result<HashMap<ObservationId, Known>, LakeError> {
    let Some((_, files)) = lake.latest(Dataset::Enriched)? else { return Ok(HashMap::new()) };
    let mut known = HashMap::new();
    for batch in read_batches(&files, Some(&LEAN_COLUMNS), 8_192) {
        known.extend(read_enriched(&batch?)?.into_iter().map(|(id, row)| {
            let demand = row.demand_known.then_some(row.demand_score);
            (id, Known { item: row.item_id, demand })
        }));
    }
    Ok(known)
}

/// What learning of selling looks at.
pub struct SellingInput<'a> {
    pub listings: &'a [Listing],
    /// Our own offers, sold or not: how long they stood and what was paid of the ask. Nothing is valued
    /// by their asks.
    pub own: &'a [Listing],
    pub sales: &'a HashMap<ListingKey, ToldSale>,
    pub known: &'a HashMap<ObservationId, Known>,
    /// Say where an ask stands in the distribution of its value.
    pub models: &'a Models,
    /// The assumptions that all is pulled towards.
    pub economics: &'a Economics,
    /// Most stays that are learned from in a currency: of more, as many are drawn.
    pub most: usize,
}

impl SellingInput<'_> {
    fn item(&self, listing: &Listing) -> ItemId {
        let known = self.known.get(&listing.observation_id).map(|known| known.item);
        known.unwrap_or_else(|| crate::enrich::items::item_id(&listing.key))
    }

    /// A draw of about `most` of the listings, item by item; the same at each call. The newest
    /// would not do: they are mostly still there.
    fn drawn<'a>(&self, listings: Vec<&'a Listing>) -> Vec<&'a Listing> {
        let all = listings.len();
        listings
            .into_iter()
            .filter(|listing| all <= self.most || drawn(self.item(listing), self.most, all))
            .collect()
    }
}

/// Whether an item is among about `most` of `all`: its id is a hash, whose place in the range is a
/// fair lot.
fn drawn(item: ItemId, most: usize, all: usize) -> bool {
    u128::from_le_bytes(item.0) / (u128::MAX / all.max(1) as u128) < most as u128
}

/// Learns of selling in every currency.
#[must_use]
pub fn learn_selling(input: &SellingInput<'_>, version: &str, at: Utc) -> SellingCard {
    let currencies: BTreeSet<Currency> = input.listings.iter().map(|listing| listing.currency).collect();
    let config = input.economics.config();
    let speed = SpeedOptions { median_days: config.median_days, ..SpeedOptions::default() };
    let share = DiscountOptions { assumed: config.ask_to_sale, ..DiscountOptions::default() };
    let of = |currency: Currency| {
        let watched = watched(input, currency);
        let values = values(input, &watched, currency);
        let asking = asking(input, &watched, &values);
        let selling = SellingOf {
            speed: learn_speed(&stays_of(input, &watched, &values, &asking), &speed).into(),
            discount: learn_discount(&pairs(input, currency), &share).into(),
            asking: Some(asking),
        };
        (currency, selling)
    };
    let told = told_by_venue(input.listings, input.sales).into_iter().map(|(platform, told)| ToldSales {
        platform,
        sales: told.sales,
        listing_days: told.listing_days,
        sold_at_first_sight: told.sold_at_first_sight,
    });
    SellingCard {
        version: version.to_owned(),
        created_at: at,
        by_currency: currencies.into_iter().map(of).collect(),
        told: told.collect(),
    }
}

/// The stays of a currency whose ends would have been noticed: of listings of which complete
/// scans were made.
#[must_use]
pub fn stays<'a>(input: &SellingInput<'a>, currency: Currency) -> Vec<Stay<'a>> {
    let watched = watched(input, currency);
    let values = values(input, &watched, currency);
    stays_of(input, &watched, &values, &asking(input, &watched, &values))
}

fn watched<'a>(input: &SellingInput<'a>, currency: Currency) -> Vec<&'a Listing> {
    let meant = |listing: &&Listing| {
        listing.currency == currency
            && listing.watched
            && is_whole_offer(&listing.title, listing.description.as_deref(), listing.ask().is_some())
    };
    input.drawn(input.listings.iter().chain(input.own).filter(meant).collect())
}

fn stays_of<'a>(
    input: &SellingInput<'a>,
    watched: &[&'a Listing],
    values: &[Option<Quantiles>],
    asking: &Asking,
) -> Vec<Stay<'a>> {
    let stay = |(listing, value): (&&'a Listing, &Option<Quantiles>)| {
        let stay = stay(listing, input.sales.get(&listing.key))?;
        let local = input.economics.is_local(listing.key.platform.as_str());
        let delivery = if local { Delivery::Local } else { Delivery::Shipped };
        let place = value.as_ref().and_then(|value| place(listing, last_ask(input, listing)?, value, asking));
        Some(Stay {
            category: &listing.category,
            factor: input.economics.venue_factor(delivery),
            level: place.map(|place| place.level),
            depth: place.map_or(0.0, |place| place.depth),
            demand: input.known.get(&listing.observation_id).and_then(|known| known.demand),
            entry: stay.entry,
            seen_until: stay.seen_until,
            gone_by: stay.gone_by,
        })
    };
    watched.iter().zip(values).filter_map(stay).collect()
}

/// Where an ask stands among the asks for what the thing is taken to be, its ask and its views allowed
/// for. Beside all that the listing could be, every ask would stand near the middle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Share of such asks that are lower, 0–1.
    pub level: f64,
    /// How far below what sellers usually stray to, log units.
    pub depth: f64,
}

/// The place of a listing's ask; how long it has stood does not count, for that is what places explain.
#[must_use]
pub fn place(listing: &Listing, ask: Cents, value: &Quantiles, asking: &Asking) -> Option<Place> {
    let sigma = value.log_spread()?;
    let error = (ask.0.max(1) as f64 / value.expected().0.max(1) as f64).ln();
    let looked = looked(&listing.key, listing.views, listing.listed_at, listing.observed_at);
    let strayed = Strayed { error, sigma, looked, stood: None };
    let [part] = asking.thing_part(&strayed, [0.5]).unwrap_or([0.0]);
    let usual = Cents((value.expected().0 as f64 * part.exp()).round() as i64);
    let sellers = asking.sellers(sigma);
    let among = ValueDistribution::new(&Quantiles::around(usual, sellers), 1.0)?;
    Some(Place { level: among.cdf(ask), depth: depth(error - part, sellers) })
}

/// What is asked for such things, each listing's own item left out.
fn values(input: &SellingInput<'_>, listings: &[&Listing], currency: Currency) -> Vec<Option<Quantiles>> {
    let query = |listing| example(listing, input.item(listing), None, Basis::Asked);
    let queries: Vec<_> = listings.iter().map(|listing| query(listing)).collect();
    let valued = input.models.value(&queries, currency, Some(Basis::Asked), 0);
    valued.into_iter().map(|valued| valued.valuation.quantiles).collect()
}

/// What low asks mean: from asks beside estimates that had not seen them.
fn asking(input: &SellingInput<'_>, listings: &[&Listing], values: &[Option<Quantiles>]) -> Asking {
    fn beside<'a>((listing, value): (&&'a Listing, &Option<Quantiles>)) -> Option<Strayed<'a>> {
        let value = value.as_ref()?;
        let (ask, sigma) = (listing.ask()?, value.log_spread()?);
        let error = (ask.0 as f64 / value.expected().0.max(1) as f64).ln();
        let looked = looked(&listing.key, listing.views, listing.listed_at, listing.observed_at);
        Some(Strayed { error, sigma, looked, stood: None })
    }
    let asks: Vec<Strayed<'_>> = listings.iter().zip(values).filter_map(beside).collect();
    Asking::learn(&asks, input.economics.config().seller_spread)
}

fn last_ask(input: &SellingInput<'_>, listing: &Listing) -> Option<Cents> {
    listing.ask().or_else(|| input.sales.get(&listing.key)?.last_ask)
}

/// Sales of a currency whose ask is known: the last one seen, else the original one that the
/// venue tells.
#[must_use]
pub fn pairs<'a>(input: &SellingInput<'a>, currency: Currency) -> Vec<SalePair<'a>> {
    let pair = |listing: &'a Listing| {
        let sale = listing.sold_price()?;
        let seen = input.sales.get(&listing.key).and_then(|sale| sale.last_ask);
        let ask = seen.or_else(|| listing.original_price.filter(|price| price.0 > 0))?;
        let major = |amount: Cents| amount.to_major(currency);
        Some(SalePair { category: &listing.category, ask: major(ask), sale: major(sale) })
    };
    let listings = input.listings.iter().chain(input.own);
    listings.filter(|listing| listing.currency == currency).filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_takes_about_as_many_as_wanted_and_the_same_again() {
        let item = |n: usize| crate::enrich::items::item_id(&format!("offerup:{n}").parse().unwrap());
        let lot = |most| (0..10_000).filter(|&n| drawn(item(n), most, 10_000)).collect::<Vec<_>>();
        assert!((900..1_100).contains(&lot(1_000).len()), "{}", lot(1_000).len());
        assert_eq!(lot(1_000), lot(1_000));
        assert!(lot(0).is_empty());
        assert!(lot(1_000).iter().all(|n| lot(2_000).contains(n)));
    }
}
