//! What a replay has bought, and what is tied up.

use std::collections::{BTreeMap, HashSet};

use autobazaaar_domain::economics::SaleRoute;
use autobazaaar_domain::{Action, Cents, Currency, Deal, DealStatus, Decision, ItemId, ListingKey, Utc};
use chrono::Duration;

use super::result::Purchase;
use super::worth::Worth;
use crate::decide::{Funds, Limits, Portfolio};
use crate::score::stage::Current;

/// One buyer's money and goods. What is sold is judged by whoever settles, so that a replay can
/// see to it that no later sight finds its way into the money that decisions are made with.
pub(super) struct Book {
    currency: Currency,
    /// Profit and loss of what was sold so far.
    realised: Cents,
    held: Vec<Held>,
    talks: Vec<Talk>,
    /// Moments at which something was taken on.
    taken_on: Vec<Utc>,
    items: HashSet<ItemId>,
    keys: HashSet<ListingKey>,
    pub(super) purchases: Vec<Purchase>,
    pub(super) negotiations: u64,
}

/// Goods, until they are sold.
pub(super) struct Held {
    /// Position among the purchases.
    purchase: usize,
    cost: Cents,
    category: String,
    seller: Option<String>,
    due: Utc,
    route: SaleRoute,
    /// The view that it was bought on ended here.
    pub(super) before: Utc,
    pub(super) thing: Current,
    /// What an oracle knew of its worth.
    pub(super) told: Option<Worth>,
}

/// Money set aside for talks whose end the record does not tell.
struct Talk {
    until: Utc,
    hold: Cents,
    category: String,
    seller: Option<String>,
}

impl Book {
    pub(super) fn new(currency: Currency) -> Self {
        Self {
            currency,
            realised: Cents::ZERO,
            held: Vec::new(),
            talks: Vec::new(),
            taken_on: Vec::new(),
            items: HashSet::new(),
            keys: HashSet::new(),
            purchases: Vec::new(),
            negotiations: 0,
        }
    }

    /// Ends talks that are over, and sells what is due for what `judge` says it is worth. What it
    /// says nothing of stays.
    pub(super) fn settle(&mut self, now: Utc, judge: impl FnMut(&Held) -> Option<Worth>) {
        self.talks.retain(|talk| talk.until > now);
        let (due, kept): (Vec<Held>, Vec<Held>) =
            std::mem::take(&mut self.held).into_iter().partition(|held| held.due <= now);
        self.held = kept;
        self.sell(due, Some(now), judge);
    }

    /// Books what is left at the end of the record; it stays in stock.
    pub(super) fn close(&mut self, judge: impl FnMut(&Held) -> Option<Worth>) {
        let left = std::mem::take(&mut self.held);
        self.sell(left, None, judge);
    }

    fn sell(&mut self, goods: Vec<Held>, at: Option<Utc>, mut judge: impl FnMut(&Held) -> Option<Worth>) {
        for held in goods {
            let Some(worth) = judge(&held) else {
                self.held.push(held);
                continue;
            };
            let net = held.route.proceeds(worth.price).net - held.cost;
            let purchase = &mut self.purchases[held.purchase];
            (purchase.worth, purchase.net, purchase.sold_at) = (Some(worth), Some(net), at);
            if at.is_some() {
                self.realised = self.realised + net;
            }
        }
    }

    /// What decisions are measured against.
    pub(super) fn portfolio(&self, limits: &Limits, now: Utc) -> Portfolio {
        let mut funds = Funds {
            capital: limits.capital(self.currency) + self.realised,
            stock_at_cost: self.held.iter().map(|held| held.cost).sum(),
            open_holds: self.talks.iter().map(|talk| talk.hold).sum(),
            ..Funds::default()
        };
        let held = self.held.iter().map(|held| (held.cost, &held.category, &held.seller));
        let talks = self.talks.iter().map(|talk| (talk.hold, &talk.category, &talk.seller));
        for (amount, category, seller) in held.chain(talks) {
            let sum = funds.by_category.entry(category.clone()).or_default();
            *sum = *sum + amount;
            if let Some(seller) = seller {
                let sum = funds.by_seller.entry(seller.clone()).or_default();
                *sum = *sum + amount;
            }
        }
        let week = now - Duration::days(7);
        Portfolio {
            funds: BTreeMap::from([(self.currency, funds)]),
            open_negotiations: self.talks.len() as u32,
            bought_this_week: self.taken_on.iter().filter(|at| **at > week).count() as u32,
            ..Portfolio::default()
        }
    }

    /// Money in goods and set aside.
    pub(super) fn tied(&self) -> Cents {
        let goods: Cents = self.held.iter().map(|held| held.cost).sum();
        goods + self.talks.iter().map(|talk| talk.hold).sum()
    }

    /// What was taken on before is under way: nobody can buy it twice.
    pub(super) fn mark(&self, deal: &mut Deal) {
        let taken = self.items.contains(&deal.item_id) || self.keys.contains(&deal.key);
        if taken && deal.status_reason.is_empty() {
            deal.status = DealStatus::Purchased;
        }
    }

    /// Takes on what was decided. Purchases are at the ask; of talks the record does not tell how
    /// they end, so that they only bind money for as long as they take.
    pub(super) fn take(&mut self, taken: &Taken<'_>, now: Utc) {
        let Taken { deal, decision, thing, told, before, talk_days } = *taken;
        self.items.insert(deal.item_id);
        self.keys.insert(deal.key.clone());
        self.taken_on.push(now);
        let (category, seller) = (deal.category.clone(), deal.seller_key.clone());
        match (decision.action, &deal.figures) {
            (Action::Buy, Some(figures)) => {
                let due = now + days(figures.days_to_sell.expected);
                self.held.push(Held {
                    purchase: self.purchases.len(),
                    cost: figures.landed_cost,
                    category,
                    seller,
                    due,
                    route: figures.route.clone(),
                    before,
                    thing: thing.clone(),
                    told,
                });
                self.purchases.push(Purchase {
                    at: now,
                    key: deal.key.clone(),
                    title: deal.title.clone(),
                    category: deal.category.clone(),
                    price: figures.purchase_price,
                    cost: figures.landed_cost,
                    expected: figures.estimated_sale_price,
                    expected_net: figures.net_profit,
                    p_loss: figures.p_loss,
                    sell_on: figures.best_platform().to_string(),
                    sale_due: due,
                    sold_at: None,
                    worth: None,
                    net: None,
                    model: deal.model_version.clone(),
                });
            }
            (Action::Negotiate, _) => {
                let until = now + days(talk_days);
                self.talks.push(Talk { until, hold: decision.hold, category, seller });
                self.negotiations += 1;
            }
            _ => {}
        }
    }
}

/// What was decided to be taken on.
#[derive(Clone, Copy)]
pub(super) struct Taken<'a> {
    pub(super) deal: &'a Deal,
    pub(super) decision: &'a Decision,
    pub(super) thing: &'a Current,
    pub(super) told: Option<Worth>,
    pub(super) before: Utc,
    pub(super) talk_days: f64,
}

fn days(days: f64) -> Duration {
    Duration::seconds((days * 86_400.0) as i64)
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;
