//! Listings for tests.

use autobazaaar_domain::item::Presence;
use autobazaaar_domain::valuation::Basis;
use autobazaaar_domain::*;

use super::{Economics, EconomicsConfig};

pub(crate) fn now() -> Utc {
    Utc::from_timestamp(1_790_000_000, 0).unwrap()
}

pub(crate) fn economics() -> Economics {
    Economics::new(EconomicsConfig::default(), Economics::built_in_fees().unwrap()).unwrap()
}

/// The same, but estimates are taken at their word, whatever is asked.
pub(crate) fn believing() -> Economics {
    let config = EconomicsConfig { seller_spread: 0.0, ..EconomicsConfig::default() };
    Economics::new(config, Economics::built_in_fees().unwrap()).unwrap()
}

/// A laptop on Craigslist, seen two hours ago for the first time.
pub(crate) fn seen(id: &str, ask: i64) -> Observation {
    Observation {
        key: format!("craigslist:{id}").parse().unwrap(),
        run_id: RunId("r".into()),
        observed_at: now(),
        url: None,
        title: "Laptop 14 inch 16 GB".into(),
        description: None,
        category: "electronics".into(),
        condition: Some(Condition::Good),
        price: Some(Cents(ask)),
        price_kind: PriceKind::Fixed,
        currency: Currency::USD,
        original_price: None,
        shipping_price: None,
        images: vec![],
        primary_image: None,
        location: Location::default(),
        seller_key: Some(format!("seller-{id}")),
        seller: Seller { rating: Some(4.8), ..Seller::default() },
        listed_at: None,
        expires_at: None,
        views: None,
        watchers: None,
        status: Status::Active,
        sold_at: None,
        attributes: Attributes::default(),
        raw_ref: "test".into(),
    }
}

pub(crate) fn enriched(seen: &Observation) -> Enriched {
    let mut item = [0; 16];
    let name = seen.key.external_id.as_bytes();
    let length = name.len().min(16);
    item[..length].copy_from_slice(&name[..length]);
    Enriched {
        key: seen.key.clone(),
        item_id: ItemId(item),
        item_evidence: vec![],
        first_seen: now() - chrono::Duration::hours(2),
        last_seen: now(),
        presence: Presence::Active,
        price_history: vec![],
        comps: vec![],
        comp_count: 12,
        competitor_count: 3,
        volatility: Some(0.2),
        demand_score: 0.6,
        demand_known: true,
        market_price: None,
        days_on_market: 0.1,
        censored: true,
        sources: vec![],
        insights: vec![],
    }
}

/// Worth `median`, within a quarter below and a third above in four cases of five.
pub(crate) fn valuation(seen: &Observation, median: i64, basis: Basis) -> Valuation {
    let shares = [0.65, 0.75, 0.88, 1.0, 1.13, 1.32, 1.50];
    Valuation {
        key: seen.key.clone(),
        currency: seen.currency,
        basis,
        quantiles: Some(Quantiles(shares.map(|share| Cents(median).share(share)))),
        level: 0.8,
        comp_count: 12,
        model_version: "test".into(),
        note: None,
        days_to_sell: None,
        selling_version: None,
    }
}

pub(crate) fn deal(id: &str, ask: i64, median: i64) -> Deal {
    let seen = seen(id, ask);
    let (enriched, valuation) = (enriched(&seen), valuation(&seen, median, Basis::Sold));
    super::score_listing(&seen, &enriched, &valuation, None, &economics(), now())
}
