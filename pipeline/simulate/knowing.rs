//! A trader who knows what things are truly worth, and nothing else that we do not know: the same
//! listings, moments, limits, rules of choice, bargaining and selling, on a market of its own.
//!
//! How sellers bargain and whether they keep their word it learns as we do, by trying; so what it
//! earns is what perfect valuation would have earned.

use std::collections::HashMap;

use autobazaaar_bazaar::live::Hidden;
use autobazaaar_bazaar::{Junk, SampleScan};
use autobazaaar_domain::item::Presence;
use autobazaaar_domain::valuation::LEVELS;
use autobazaaar_domain::{
    Basis, Cents, Deal, Enriched, ItemId, ListingKey, Observation, Quantiles, Utc, Valuation,
};

use crate::score::{Economics, score_listing};

/// Comparables that nobody needs who knows the worth: enough for every limit.
const COMPS: u32 = 100;
/// A log spread that stands for certainty.
const CERTAIN: f64 = 0.01;

/// What was seen of each listing that stands: a scan names the known ones only.
#[derive(Default)]
pub(super) struct Known(HashMap<ListingKey, Observation>);

impl Known {
    /// A scan's listings with their content.
    pub fn see(&mut self, scan: SampleScan) -> Vec<Observation> {
        let at = scan.observed_at;
        let again: Vec<Observation> =
            scan.seen_again.iter().filter_map(|seen| self.0.get(&seen.key).cloned()).collect();
        for seen in &scan.observations {
            self.0.insert(seen.key.clone(), seen.clone());
        }
        let all = scan.observations.into_iter().chain(again);
        all.map(|seen| Observation { observed_at: at, ..seen }).collect()
    }
}

/// A listing scored by its true worth; `None` for what is worth nothing to any buyer: frauds, and
/// offers that are none.
pub(super) fn deal(seen: &Observation, hidden: &Hidden, economics: &Economics, now: Utc) -> Option<Deal> {
    let honest = matches!(hidden.junk, None | Some(Junk::Accessory | Junk::Broken | Junk::Free));
    if hidden.scam || !honest || hidden.value.0 <= 0 {
        return None;
    }
    let valuation = Valuation {
        key: seen.key.clone(),
        currency: seen.currency,
        basis: Basis::Sold,
        quantiles: Some(around(hidden.value)),
        level: 0.8,
        comp_count: COMPS,
        model_version: "truth".to_owned(),
        note: None,
        days_to_sell: None,
        selling_version: None,
    };
    Some(score_listing(seen, &enriched(seen, hidden), &valuation, None, economics, now))
}

fn around(value: Cents) -> Quantiles {
    let price = |level: f64| value.share(1.0 + CERTAIN * (2.0 * level - 1.0));
    Quantiles(LEVELS.map(price))
}

fn enriched(seen: &Observation, hidden: &Hidden) -> Enriched {
    let mut item = [0; 16];
    item[..8].copy_from_slice(&hidden.thing.to_le_bytes());
    let days = (seen.observed_at - hidden.listed_at).as_seconds_f64() / 86_400.0;
    Enriched {
        key: seen.key.clone(),
        item_id: ItemId(item),
        item_evidence: Vec::new(),
        first_seen: hidden.listed_at,
        last_seen: seen.observed_at,
        presence: Presence::Active,
        price_history: Vec::new(),
        comps: Vec::new(),
        comp_count: COMPS,
        competitor_count: 0,
        volatility: None,
        demand_score: 0.5,
        demand_known: false,
        market_price: None,
        days_on_market: days,
        censored: true,
        sources: Vec::new(),
        insights: Vec::new(),
    }
}
