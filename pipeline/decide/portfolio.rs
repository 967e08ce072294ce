//! What is tied up already.

use std::collections::BTreeMap;

use autobazaaar_domain::ids::DealId;
use autobazaaar_domain::{Cents, Currency, Deal, DealStatus, ItemId};
use serde::Serialize;

use super::limits::Limits;

/// Money of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Funds {
    /// Money in the business; the configured capital is the most that counts.
    pub capital: Cents,
    /// What we paid for what we hold.
    pub stock_at_cost: Cents,
    /// Set aside for open offers and purchases.
    pub open_holds: Cents,
    /// Stock and holds by category.
    pub by_category: BTreeMap<String, Cents>,
    /// Stock and holds by seller.
    pub by_seller: BTreeMap<String, Cents>,
}

/// Everything the limits are measured against.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Portfolio {
    pub funds: BTreeMap<Currency, Funds>,
    pub open_negotiations: u32,
    pub bought_this_week: u32,
    /// Deals that were taken on before, whatever came of them: the newest episode of each item. A
    /// decision that meets one says so itself, so that its inputs need not hold them all.
    #[serde(skip)]
    pub taken: BTreeMap<ItemId, (u32, DealStatus)>,
}

impl Portfolio {
    /// Nothing bought yet: the configured capital is free.
    #[must_use]
    pub fn fresh(limits: &Limits) -> Self {
        let funds = limits
            .capital
            .iter()
            .map(|(currency, capital)| (*currency, Funds { capital: *capital, ..Funds::default() }));
        Self { funds: funds.collect(), ..Self::default() }
    }

    /// Notes a deal that was taken on.
    pub fn take(&mut self, DealId { item, episode }: DealId, status: DealStatus) {
        let newest = self.taken.entry(item).or_insert((episode, status));
        if episode >= newest.0 {
            *newest = (episode, status);
        }
    }

    /// How far a deal has come that was taken on before. A price that fell since makes it a new one.
    pub(super) fn taken(&self, deal: &Deal) -> Option<DealStatus> {
        self.taken
            .get(&deal.item_id)
            .filter(|(episode, _)| deal.episode <= *episode)
            .map(|(_, status)| *status)
    }

    /// Money that counts in a currency: the smaller of what is there and what may be used.
    pub(super) fn capital(&self, limits: &Limits, currency: Currency) -> Cents {
        let there = self.funds.get(&currency).map_or(Cents::ZERO, |funds| funds.capital);
        limits.capital(currency).min(there).max(Cents::ZERO)
    }

    /// Capital − stock at cost − open holds, never below zero.
    pub(super) fn available(&self, limits: &Limits, currency: Currency) -> Cents {
        let tied =
            self.funds.get(&currency).map_or(Cents::ZERO, |funds| funds.stock_at_cost + funds.open_holds);
        (self.capital(limits, currency) - tied).max(Cents::ZERO)
    }
}
