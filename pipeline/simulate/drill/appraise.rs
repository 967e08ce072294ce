//! What a thing is worth, made up: most are worth somewhat less than is asked, one in four a good deal
//! more. It follows from the seed and the listing alone, so that a process that starts again thinks
//! the same.

use autobazaaar_domain::hash::FieldHasher;
use autobazaaar_domain::item::{Enriched, Presence};
use autobazaaar_domain::valuation::{Basis, Quantiles, Valuation};
use autobazaaar_domain::{Cents, Deal, ItemId, Observation, Utc};

use crate::score::{Economics, score_listing};

/// Quantiles as shares of the median: sure enough for a limit on the chance of a loss, and wide enough
/// that a bargain is not too good to be true.
const SPREAD: [f64; 7] = [0.50, 0.65, 0.85, 1.0, 1.13, 1.30, 1.50];
/// Comparables that it claims to stand on.
const COMPS: u32 = 12;
/// The hash of what we take for a bargain ends below this, of 256.
const BARGAINS: u8 = 64;

/// The listing's deal, scored as any is.
pub(super) fn deal(seen: &Observation, seed: u64, economics: &Economics, now: Utc) -> Deal {
    let item = FieldHasher::new("drill").number(Some(seed as i64)).text(&seen.key.to_string()).finish();
    score_listing(seen, &enriched(seen, ItemId(item), now), &valuation(seen, item), None, economics, now)
}

fn valuation(seen: &Observation, item: [u8; 16]) -> Valuation {
    let share = if item[0] < BARGAINS { 1.15 + 0.45 * f64::from(item[1]) / 256.0 } else { 0.9 };
    let median = |ask: Cents| SPREAD.map(|spread| ask.share(share * spread));
    Valuation {
        key: seen.key.clone(),
        currency: seen.currency,
        basis: Basis::Sold,
        quantiles: seen.ask().map(|ask| Quantiles(median(ask))),
        level: 0.8,
        comp_count: COMPS,
        model_version: "drill".to_owned(),
        note: seen.ask().is_none().then(|| "no price is asked".to_owned()),
        days_to_sell: None,
        selling_version: None,
    }
}

fn enriched(seen: &Observation, item_id: ItemId, now: Utc) -> Enriched {
    Enriched {
        key: seen.key.clone(),
        item_id,
        item_evidence: Vec::new(),
        first_seen: seen.listed_at.unwrap_or(now),
        last_seen: now,
        presence: Presence::Active,
        price_history: Vec::new(),
        comps: Vec::new(),
        comp_count: COMPS,
        competitor_count: 0,
        volatility: Some(0.1),
        demand_score: 0.8,
        demand_known: true,
        market_price: None,
        days_on_market: 0.0,
        censored: true,
        sources: vec![seen.key.platform.to_string()],
        insights: Vec::new(),
    }
}
