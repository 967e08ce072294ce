//! What the record says, later, that something was worth.

use std::collections::{HashMap, HashSet};

use autobazaaar_domain::{Cents, Currency, ItemId, ListingKey, Utc};
use autobazaaar_models::discount::Discount;
use autobazaaar_models::{CompsIndex, CompsOptions, Example, Exclude};
use serde::Serialize;

use super::past::Past;
use crate::enrich::listings::Listing;
use crate::enrich::stage::example;
use crate::score::partial::is_whole_offer;
use autobazaaar_domain::Basis;

/// Comparables below which nothing is said.
const LEAST: usize = 5;
/// Similarity (0–1) below which a listing is no witness: a printer offered among phones shares a
/// tenth of its words with many of them.
const LEAST_SIMILAR: f64 = 0.2;
/// Comparables looked at.
const MOST: usize = 20;

/// Where a worth comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A sale of the item itself.
    RecordedSale,
    /// Later sales of other items like it.
    LaterSales,
    /// Later asks for other items like it, less the discount to a sale.
    LaterAsks,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 3] = [Self::RecordedSale, Self::LaterSales, Self::LaterAsks];

    /// In words.
    #[must_use]
    pub fn explain(self) -> &'static str {
        match self {
            Self::RecordedSale => "a recorded sale of the item",
            Self::LaterSales => "later sales of comparables",
            Self::LaterAsks => "later asks for comparables, less the discount to a sale",
        }
    }

    /// The word in tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RecordedSale => "recorded_sale",
            Self::LaterSales => "later_sales",
            Self::LaterAsks => "later_asks",
        }
    }
}

/// What something was worth in a sale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Worth {
    /// Minor units.
    pub price: Cents,
    pub source: Source,
    /// Comparables behind it; 1 for a sale.
    pub comps: u32,
}

/// The share of the ask that a sale brings.
#[derive(Debug, Clone)]
pub enum ToSale {
    /// Learned from all sales of the record.
    Learned(Discount),
    /// The setting.
    Assumed(f64),
}

impl ToSale {
    fn share(&self, category: &str) -> f64 {
        match self {
            Self::Learned(discount) => discount.share(category).share,
            Self::Assumed(share) => *share,
        }
    }
}

/// The whole record, to look back from.
pub struct Hindsight<'a> {
    all: &'a Past,
    currency: Currency,
    to_sale: &'a ToSale,
    items: HashMap<&'a ListingKey, ItemId>,
    /// Sales with an amount: by item, when first seen as sold, which listing, how much.
    sales: HashMap<ItemId, Vec<(Utc, &'a ListingKey, Cents)>>,
}

impl<'a> Hindsight<'a> {
    /// Looks back from the end of the record.
    #[must_use]
    pub fn new(all: &'a Past, currency: Currency, to_sale: &'a ToSale) -> Self {
        let items: HashMap<&ListingKey, ItemId> =
            all.listings.iter().zip(&all.enriched).map(|(l, row)| (&l.key, row.item_id)).collect();
        let mut sales: HashMap<ItemId, Vec<(Utc, &ListingKey, Cents)>> = HashMap::new();
        for listing in all.listings.iter().filter(|listing| listing.currency == currency) {
            let told = listing.sold_price().zip(all.sales.get(&listing.key));
            if let (Some((price, sale)), Some(item)) = (told, items.get(&listing.key)) {
                sales.entry(*item).or_default().push((sale.first_sold, &listing.key, price));
            }
        }
        Self { all, currency, to_sale, items, sales }
    }

    /// Listings first seen at a moment or later, to be asked about things of before.
    #[must_use]
    pub fn after(&self, moment: Utc) -> Later<'_> {
        let later: Vec<&Listing> = self
            .all
            .listings
            .iter()
            .filter(|listing| listing.currency == self.currency && listing.first_seen >= moment)
            .filter(|listing| {
                is_whole_offer(&listing.title, listing.description.as_deref(), listing.ask().is_some())
            })
            .filter(|listing| price(listing).is_some())
            .collect();
        let item = |listing: &Listing| self.items.get(&listing.key).copied().unwrap_or(ItemId([0; 16]));
        let examples: Vec<Example<'_>> = later
            .iter()
            .filter_map(|listing| {
                let (price, basis) = price(listing)?;
                Some(example(listing, item(listing), Some(price), basis))
            })
            .collect();
        let index = CompsIndex::build(&examples, CompsOptions::default());
        Later { hindsight: self, moment, later, index }
    }
}

fn price(listing: &Listing) -> Option<(Cents, Basis)> {
    let sold = listing.sold_price().map(|price| (price, Basis::Sold));
    sold.or_else(|| listing.ask().map(|price| (price, Basis::Asked)))
}

/// What was seen after a moment.
pub struct Later<'a> {
    hindsight: &'a Hindsight<'a>,
    moment: Utc,
    later: Vec<&'a Listing>,
    index: CompsIndex,
}

impl Later<'_> {
    /// What the thing of a listing, bought at `paid`, was worth; `None`: the record does not say.
    ///
    /// A sale of the very listing at the price that we would have paid is no witness: it repeats
    /// the ask, and says only that the thing was worth no less.
    #[must_use]
    pub fn worth(&self, query: &Example<'_>, paid: Option<Cents>) -> Option<Worth> {
        self.recorded(query, paid).or_else(|| self.comparables(query))
    }

    fn recorded(&self, query: &Example<'_>, paid: Option<Cents>) -> Option<Worth> {
        let item = self.item(query);
        let sales = self.hindsight.sales.get(&item)?;
        let tells = |(at, key, price): &&(Utc, &ListingKey, Cents)| {
            *at >= self.moment && !(*key == query.key && paid == Some(*price))
        };
        let (_, _, price) = sales.iter().filter(tells).min_by_key(|(at, key, _)| (*at, *key))?;
        Some(Worth { price: *price, source: Source::RecordedSale, comps: 1 })
    }

    fn comparables(&self, query: &Example<'_>) -> Option<Worth> {
        let query = Example { item: self.item(query), ..*query };
        let hits = self.index.search(&query, Exclude::OwnItem, MOST);
        let share = self.hindsight.to_sale.share(query.category);
        let mut seen = HashSet::new();
        let (mut sales, mut asks) = (Vec::new(), Vec::new());
        for hit in hits.iter().filter(|hit| hit.similarity >= LEAST_SIMILAR) {
            let listing = self.later[hit.row as usize];
            let Some((price, basis)) = price(listing) else { continue };
            // A thing offered many times speaks once.
            let item = self.hindsight.items.get(&listing.key);
            if !seen.insert(item) {
                continue;
            }
            let weight = hit.similarity * hit.similarity;
            match basis {
                Basis::Sold => sales.push((price.0 as f64, weight)),
                Basis::Asked => asks.push((price.0 as f64 * share, weight)),
            }
        }
        let told = |source, prices: Vec<(f64, f64)>| {
            let comps = prices.len() as u32;
            let price = (prices.len() >= LEAST).then(|| weighted_median(prices)).flatten()?;
            Some(Worth { price: Cents(price.round() as i64), source, comps })
        };
        told(Source::LaterSales, sales).or_else(|| told(Source::LaterAsks, asks))
    }

    /// The item as the whole record knows it.
    fn item(&self, query: &Example<'_>) -> ItemId {
        self.hindsight.items.get(query.key).copied().unwrap_or(query.item)
    }

    /// How far off the yardstick is: the median of |worth ÷ what was asked × share − 1| over the
    /// later listings themselves, at most `most` of them evenly taken, each without its own item.
    /// With how many it stands on.
    #[must_use]
    pub fn own_error(&self, most: usize) -> (Option<f64>, usize) {
        let every = self.later.len().div_ceil(most.max(1)).max(1);
        let mut errors: Vec<f64> = self
            .later
            .iter()
            .step_by(every)
            .filter_map(|listing| {
                let ask = listing.ask()?;
                let item = self.hindsight.items.get(&listing.key).copied()?;
                let worth = self.comparables(&example(listing, item, None, Basis::Asked))?;
                let share = self.hindsight.to_sale.share(&listing.category);
                Some((worth.price.0 as f64 / (ask.0 as f64 * share) - 1.0).abs())
            })
            .collect();
        errors.sort_by(f64::total_cmp);
        (errors.get(errors.len() / 2).copied(), errors.len())
    }
}

/// The price below which half of the weight lies.
fn weighted_median(mut prices: Vec<(f64, f64)>) -> Option<f64> {
    prices.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = prices.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    for (price, weight) in prices {
        sum += weight;
        if sum >= half {
            return Some(price);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_decides_where_the_middle_is() {
        let even = vec![(30.0, 1.0), (10.0, 1.0), (20.0, 1.0)];
        assert_eq!(weighted_median(even), Some(20.0));
        assert_eq!(weighted_median(vec![(30.0, 5.0), (10.0, 1.0), (20.0, 1.0)]), Some(30.0));
        assert_eq!(weighted_median(Vec::new()), None);
    }
}
