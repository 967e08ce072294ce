//! Our own offers and what became of them. Sales teach prices like anybody's; asks teach none.

use std::collections::{HashMap, HashSet};

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use autobazaaar_domain::hash::FieldHasher;
use autobazaaar_domain::{Cents, ItemId, ListingKey, ObservationId, Presence, PriceKind, Status, Utc};
use autobazaaar_lake::LakeError;
use autobazaaar_lake::rows::ids;
use chrono::TimeDelta;

use super::items::item_id;
use super::listings::Listing;
use super::stays::ToldSale;
use crate::publish::{Engine, SqlError};

/// How closely our own sales are watched: the time before an order in which it may have come.
const WATCHED: TimeDelta = TimeDelta::hours(1);

/// Our offers, as listings: sold ones with the price that was paid, others with no price that anybody
/// learns from.
#[derive(Debug, Default)]
pub struct OwnOutcomes {
    offers: Vec<Listing>,
    items: HashMap<ObservationId, ItemId>,
    told: HashMap<ListingKey, ToldSale>,
}

impl OwnOutcomes {
    /// Every offer that reached a venue.
    #[must_use]
    pub fn offers(&self) -> &[Listing] {
        &self.offers
    }

    /// What was sold and stayed sold: each with what was paid, and the thing behind it.
    pub fn sales(&self) -> impl Iterator<Item = Listing> + '_ {
        self.offers.iter().filter(|offer| offer.sold_price().is_some()).cloned()
    }

    /// The thing behind each offer: that of the listing we bought.
    #[must_use]
    pub fn item(&self, offer: &Listing) -> ItemId {
        self.items.get(&offer.observation_id).copied().unwrap_or_else(|| item_id(&offer.key))
    }

    /// The things behind the offers.
    pub fn items(&self) -> impl Iterator<Item = (ObservationId, ItemId)> + '_ {
        self.items.iter().map(|(id, item)| (*id, *item))
    }

    /// When each was on offer, until when, and for how much at last.
    pub fn told(&self) -> impl Iterator<Item = (ListingKey, ToldSale)> + '_ {
        self.told.iter().map(|(key, sale)| (key.clone(), *sale))
    }
}

/// What of the lake is our own: on no account is it learned from or dealt in as a listing of somebody
/// else's, wherever it was seen.
///
/// # Errors
/// When DuckDB runs out of its bounds.
pub fn own_keys(engine: &Engine) -> Result<HashSet<ListingKey>, SqlError> {
    let doing = "cannot find our own offers";
    let sql = "select distinct platform, platform_listing_id from lake.resale_listings \
               where platform_listing_id is not null";
    let mut statement = engine.connection().prepare(sql).map_err(SqlError::new(doing))?;
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .map_err(SqlError::new(doing))?;
    let mut keys = HashSet::new();
    for row in rows {
        let (platform, external_id) = row.map_err(SqlError::new(doing))?;
        let shape = |_| LakeError::Shape { dataset: "resale_listings", column: "platform" };
        keys.insert(ListingKey { platform: platform.parse().map_err(shape)?, external_id });
    }
    Ok(keys)
}

/// Our offers with what became of them. What the model looks at beside the price comes from the listing
/// that was bought, where `market` has it; `item_of` says which thing that is by now.
///
/// # Errors
/// When DuckDB runs out of its bounds.
pub fn outcomes(
    engine: &Engine,
    market: &[Listing],
    item_of: &dyn Fn(&Listing) -> Option<ItemId>,
) -> Result<OwnOutcomes, SqlError> {
    let doing = "cannot find our own sales";
    let sql = include_str!("../../sql/enrich/own.sql");
    let mut statement = engine.connection().prepare(sql).map_err(SqlError::new(doing))?;
    let mut found = Vec::new();
    for batch in statement.stream_arrow([]).map_err(SqlError::new(doing))? {
        found.extend(read(&batch.map_err(SqlError::new(doing))?)?);
    }
    let bought: HashSet<&ListingKey> = found.iter().map(|offer| &offer.bought).collect();
    let bought: HashMap<ListingKey, &Listing> = market
        .iter()
        .filter(|listing| bought.contains(&listing.key))
        .map(|listing| (listing.key.clone(), listing))
        .collect();
    let mut own = OwnOutcomes::default();
    for offer in found {
        let source = bought.get(&offer.bought).copied();
        let listing = offer.as_listing(source);
        own.items.insert(listing.observation_id, source.and_then(item_of).unwrap_or(offer.item));
        if let Some(told) = offer.told() {
            own.told.insert(listing.key.clone(), told);
        }
        own.offers.push(listing);
    }
    Ok(own)
}

/// A row of the query. Amounts in minor units of the currency.
struct Offer {
    resale_id: String,
    key: ListingKey,
    currency: autobazaaar_domain::Currency,
    ask: Cents,
    sold: Option<(Cents, Utc)>,
    ended: bool,
    created_at: Utc,
    updated_at: Utc,
    title: String,
    category: String,
    condition: Option<autobazaaar_domain::Condition>,
    item: ItemId,
    bought: ListingKey,
}

impl Offer {
    /// The moment until which it was seen on offer.
    fn seen_until(&self) -> Utc {
        self.sold.map_or(self.updated_at, |(_, at)| (at - WATCHED).max(self.created_at))
    }

    /// Only what was sold was told of.
    fn told(&self) -> Option<ToldSale> {
        let (_, at) = self.sold?;
        let offered = self.seen_until();
        let first_sold = at.max(offered + TimeDelta::minutes(1));
        Some(ToldSale { first_sold, last_offered: Some(offered), last_ask: Some(self.ask) })
    }

    /// The offer as a listing. Without a sale its ask is a bid of ours and no price of the market's:
    /// it is left out of every price, and is there as the length of a stay alone.
    fn as_listing(&self, source: Option<&Listing>) -> Listing {
        let sold_at = self.sold.map(|(_, at)| at);
        Listing {
            key: self.key.clone(),
            observation_id: observation_id(&self.resale_id),
            title: self.title.clone(),
            description: None,
            category: self.category.as_str().into(),
            condition: self.condition,
            price: self.sold.map(|(price, _)| price),
            price_kind: if sold_at.is_some() { PriceKind::Sold } else { PriceKind::OnRequest },
            original_price: None,
            currency: self.currency,
            status: if sold_at.is_some() { Status::Sold } else { Status::Active },
            seller_key: None,
            images: Vec::new(),
            sold_at,
            attributes: source.map(|source| source.attributes.clone()).unwrap_or_default(),
            views: None,
            watchers: None,
            observed_at: self.created_at,
            listed_at: Some(self.created_at),
            first_seen: self.created_at,
            last_seen: sold_at.unwrap_or(self.updated_at),
            presence: if sold_at.is_some() { Presence::Sold } else { Presence::Unknown },
            missed_by: None,
            // One that we took down ourselves says nothing of how long it would have stood.
            watched: sold_at.is_some() || !self.ended,
        }
    }
}

/// A name that no observation has.
fn observation_id(resale_id: &str) -> ObservationId {
    let mut hash = FieldHasher::new("own");
    hash.text(resale_id);
    ObservationId(hash.finish())
}

fn read(batch: &RecordBatch) -> Result<Vec<Offer>, LakeError> {
    let shape = |column| LakeError::Shape { dataset: "our own offers", column };
    let text = |column| {
        batch.column_by_name(column).and_then(|c| c.as_string_opt::<i32>()).ok_or_else(|| shape(column))
    };
    let amount = |column| {
        let values = batch.column_by_name(column).and_then(|c| c.as_primitive_opt::<Int64Type>());
        values.ok_or_else(|| shape(column))
    };
    let time = |column| {
        let values =
            batch.column_by_name(column).and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
        values.ok_or_else(|| shape(column))
    };
    let at = |micros, column| Utc::from_timestamp_micros(micros).ok_or_else(|| shape(column));
    let (names, platforms, numbers) = (text("resale_id")?, text("platform")?, text("external_id")?);
    let (currencies, states) = (text("currency")?, text("status")?);
    let (titles, categories, conditions) = (text("title")?, text("category")?, text("condition")?);
    let (bought_platforms, bought_numbers) = (text("bought_platform")?, text("bought_external_id")?);
    let (asks, sold_for) = (amount("ask")?, amount("sold_for")?);
    let (created, updated, sold_at) = (time("created_at")?, time("updated_at")?, time("sold_at")?);
    let key = |platform: &str, external_id: &str, column| {
        let platform = platform.parse().map_err(|_| shape(column))?;
        Ok::<_, LakeError>(ListingKey { platform, external_id: external_id.to_owned() })
    };
    let offer = |(row, item): (usize, ObservationId)| {
        let sold = sold_for.is_valid(row) && sold_at.is_valid(row);
        let sold = sold.then(|| Ok((Cents(sold_for.value(row)), at(sold_at.value(row), "sold_at")?)));
        let condition = conditions.is_valid(row).then(|| conditions.value(row).parse());
        Ok(Offer {
            resale_id: names.value(row).to_owned(),
            key: key(platforms.value(row), numbers.value(row), "platform")?,
            currency: currencies.value(row).parse().map_err(|_| shape("currency"))?,
            ask: Cents(asks.value(row)),
            sold: sold.transpose()?,
            ended: !matches!(states.value(row), "active" | "paused"),
            created_at: at(created.value(row), "created_at")?,
            updated_at: at(updated.value(row), "updated_at")?,
            title: titles.value(row).to_owned(),
            category: categories.value(row).to_owned(),
            condition: condition.transpose().map_err(|_| shape("condition"))?,
            item: ItemId(item.0),
            bought: key(bought_platforms.value(row), bought_numbers.value(row), "bought_platform")?,
        })
    };
    ids(batch, "item_id")?.into_iter().enumerate().map(offer).collect()
}
