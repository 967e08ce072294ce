//! What the sights say of how long listings stay, and of what they sold for.

use std::collections::{BTreeMap, HashMap};

use arrow::array::{Array as _, AsArray as _};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use autobazaaar_domain::{Cents, ListingKey, Presence, Utc};
use autobazaaar_lake::LakeError;

use super::listings::Listing;
use crate::publish::{Engine, SqlError};

/// A sale on a venue's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldSale {
    /// The first sight of it as sold.
    pub first_sold: Utc,
    /// The last sight of it on offer before; `None`: it was sold already when first seen.
    pub last_offered: Option<Utc>,
    /// The last ask before, minor units.
    pub last_ask: Option<Cents>,
}

/// Every listing that was sold on a venue's word.
///
/// # Errors
/// When DuckDB runs out of its bounds.
pub fn told_sales(engine: &Engine) -> Result<HashMap<ListingKey, ToldSale>, SqlError> {
    let doing = "cannot work out the sales";
    let sql = include_str!("../../sql/enrich/sales.sql");
    let mut statement = engine.connection().prepare(sql).map_err(SqlError::new(doing))?;
    let mut sales = HashMap::new();
    for batch in statement.stream_arrow([]).map_err(SqlError::new(doing))? {
        let batch = batch.map_err(SqlError::new(doing))?;
        let shape = |column| LakeError::Shape { dataset: "sales", column };
        let text = |column| {
            batch.column_by_name(column).and_then(|c| c.as_string_opt::<i32>()).ok_or_else(|| shape(column))
        };
        let time = |column| {
            let values =
                batch.column_by_name(column).and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
            values.ok_or_else(|| shape(column))
        };
        let (platforms, ids) = (text("platform")?, text("external_id")?);
        let (sold, offered) = (time("first_sold")?, time("last_offered")?);
        let asks = batch.column_by_name("last_ask").and_then(|c| c.as_primitive_opt::<Int64Type>());
        let asks = asks.ok_or_else(|| shape("last_ask"))?;
        let at = |micros, column| Utc::from_timestamp_micros(micros).ok_or_else(|| shape(column));
        for row in 0..ids.len() {
            let key = ListingKey {
                platform: platforms.value(row).parse().map_err(|_| shape("platform"))?,
                external_id: ids.value(row).to_owned(),
            };
            let last_offered =
                offered.is_valid(row).then(|| at(offered.value(row), "last_offered")).transpose()?;
            let sale = ToldSale {
                first_sold: at(sold.value(row), "first_sold")?,
                last_offered,
                last_ask: asks.is_valid(row).then(|| Cents(asks.value(row))),
            };
            sales.insert(key, sale);
        }
    }
    Ok(sales)
}

/// A listing's stay as it was watched, ages in days since it was listed (or first seen).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watched {
    /// When it was listed, or first seen.
    start: Utc,
    /// Age at the first sight.
    pub entry: f64,
    /// Age at the last sight on offer.
    pub seen_until: f64,
    /// Age at the first look that found it sold, or would have shown it and did not.
    pub gone_by: Option<f64>,
}

impl Watched {
    /// Days from the start to a moment.
    #[must_use]
    pub fn age(&self, at: Utc) -> f64 {
        days_between(self.start, at)
    }
}

fn days_between(from: Utc, to: Utc) -> f64 {
    (to - from).as_seconds_f64() / 86_400.0
}

/// The stay of a listing; `None` where it was on offer at no sight.
#[must_use]
pub fn stay(listing: &Listing, sale: Option<&ToldSale>) -> Option<Watched> {
    let start = listing.listed_at.filter(|at| *at <= listing.first_seen).unwrap_or(listing.first_seen);
    let age = |at: Utc| days_between(start, at);
    let entry = age(listing.first_seen);
    let Some(sale) = sale else {
        let left = (listing.presence == Presence::Gone).then_some(listing.missed_by).flatten();
        return Some(Watched { start, entry, seen_until: age(listing.last_seen), gone_by: left.map(age) });
    };
    let offered = sale.last_offered?;
    // A moment of sale outside of the gap between both sights is not believed.
    let told = listing.sold_at.filter(|at| *at > offered && *at <= sale.first_sold);
    Some(Watched {
        start,
        entry,
        seen_until: age(offered),
        gone_by: Some(age(told.unwrap_or(sale.first_sold))),
    })
}

/// Sales and listing-days on offer of one venue.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Told {
    pub sales: u64,
    /// Between first and last sight on offer, summed.
    pub listing_days: f64,
    pub sold_at_first_sight: u64,
}

/// Sales and listing-days by venue, of venues that tell of sales.
#[must_use]
pub fn told_by_venue(listings: &[Listing], sales: &HashMap<ListingKey, ToldSale>) -> BTreeMap<String, Told> {
    let mut venues: BTreeMap<String, Told> = BTreeMap::new();
    for listing in listings {
        let venue = venues.entry(listing.key.platform.to_string()).or_default();
        let sale = sales.get(&listing.key);
        match (sale, stay(listing, sale)) {
            (Some(_), None) => venue.sold_at_first_sight += 1,
            (_, None) => {}
            (sale, Some(stay)) => {
                venue.sales += u64::from(sale.is_some());
                venue.listing_days += stay.seen_until - stay.entry;
            }
        }
    }
    venues.retain(|_, told| told.sales + told.sold_at_first_sight > 0);
    venues
}

#[cfg(test)]
mod tests {
    use autobazaaar_domain::{Attributes, Currency, ObservationId, PriceKind, Status};

    use super::*;

    fn day(day: f64) -> Utc {
        Utc::from_timestamp_millis((day * 86_400_000.0) as i64).unwrap()
    }

    /// Listed on day 1, seen from day 3 to day 6.
    fn listing(presence: Presence) -> Listing {
        Listing {
            key: "craigslist:1".parse().unwrap(),
            observation_id: ObservationId([1; 16]),
            title: "Phone".to_owned(),
            description: None,
            category: "phones".into(),
            condition: None,
            price: Some(Cents(10_000)),
            price_kind: PriceKind::Fixed,
            original_price: None,
            currency: Currency::USD,
            status: Status::Active,
            seller_key: None,
            images: Vec::new(),
            sold_at: None,
            attributes: Attributes::default(),
            views: None,
            watchers: None,
            observed_at: day(3.0),
            listed_at: Some(day(1.0)),
            first_seen: day(3.0),
            last_seen: day(6.0),
            presence,
            missed_by: (presence == Presence::Gone).then(|| day(7.0)),
            watched: true,
        }
    }

    fn ages(stay: Option<Watched>) -> (f64, f64, Option<f64>) {
        let stay = stay.unwrap();
        (stay.entry, stay.seen_until, stay.gone_by)
    }

    #[test]
    fn an_exit_lies_between_two_looks() {
        assert_eq!(ages(stay(&listing(Presence::Active), None)), (2.0, 5.0, None));
        assert_eq!(ages(stay(&listing(Presence::Gone), None)), (2.0, 5.0, Some(6.0)));
        let undated = Listing { listed_at: None, ..listing(Presence::Gone) };
        assert_eq!(ages(stay(&undated, None)), (0.0, 3.0, Some(4.0)));
    }

    #[test]
    fn a_sale_lies_between_the_last_offer_and_the_first_sight_as_sold() {
        let sale = |offered: Option<f64>| ToldSale {
            first_sold: day(5.0),
            last_offered: offered.map(day),
            last_ask: None,
        };
        // Seen as sold on days 5 and 6.
        let sold = listing(Presence::Sold);
        assert_eq!(ages(stay(&sold, Some(&sale(Some(4.0))))), (2.0, 3.0, Some(4.0)));
        let dated = Listing { sold_at: Some(day(4.5)), ..sold.clone() };
        assert_eq!(ages(stay(&dated, Some(&sale(Some(4.0))))), (2.0, 3.0, Some(3.5)));
        let wrong = Listing { sold_at: Some(day(2.0)), ..sold.clone() };
        assert_eq!(ages(stay(&wrong, Some(&sale(Some(4.0))))), (2.0, 3.0, Some(4.0)));
        assert_eq!(stay(&sold, Some(&sale(None))), None, "sold when first seen");
    }

    #[test]
    fn venues_that_tell_of_sales_are_counted() {
        let told = ToldSale { first_sold: day(5.0), last_offered: Some(day(4.0)), last_ask: None };
        let sold = listing(Presence::Sold);
        let silent = Listing { key: "offerup:9".parse().unwrap(), ..listing(Presence::Active) };
        let sales = HashMap::from([(sold.key.clone(), told)]);
        let venues = told_by_venue(&[sold, silent], &sales);
        assert_eq!(venues.len(), 1, "a venue that tells of none is left out");
        assert_eq!(venues["craigslist"], Told { sales: 1, listing_days: 1.0, sold_at_first_sight: 0 });
    }
}
