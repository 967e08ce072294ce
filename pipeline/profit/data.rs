//! What a profit report shows. All amounts are minor units of [`Profit::currency`].

use std::collections::BTreeMap;

use autobazaaar_domain::ledger::Account;
use autobazaaar_domain::{Cents, Currency, Utc};
use chrono::NaiveDate;
use serde::Serialize;

/// Everything about the money of one currency, from the ledger.
#[derive(Debug, Clone, Serialize)]
pub struct Profit {
    pub currency: Currency,
    /// First and last booking.
    pub from: Utc,
    pub to: Utc,
    /// Income less all costs, by the ledger.
    pub profit: Cents,
    /// Balance of each account; a positive one is a debit.
    pub balances: BTreeMap<Account, Cents>,
    /// Days on which something was booked, oldest first.
    pub days: Vec<DayBook>,
    /// Every item that was bought, in the order of purchases.
    pub flips: Vec<Flip>,
    /// Income and costs that belong to no single item, by what they were for.
    pub apart: BTreeMap<String, Cents>,
    /// How far the deals came: step and count, each a part of the one before.
    pub funnel: Vec<(String, u64)>,
    pub talks: Talks,
    /// What services cost, by what they were for.
    pub services: BTreeMap<String, Cents>,
}

/// A UTC day: what was earned on it, and what stood where at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayBook {
    pub date: NaiveDate,
    pub revenue: Cents,
    pub profit: Cents,
    pub profit_so_far: Cents,
    pub cash: Cents,
    /// Earned, still with the venues.
    pub payouts_pending: Cents,
    pub stock_at_cost: Cents,
}

/// An item from purchase to sale.
#[derive(Debug, Clone, Serialize)]
pub struct Flip {
    pub sku: String,
    pub title: String,
    pub category: String,
    /// How it was bargained for; `None`: bought at the ask.
    pub strategy: Option<String>,
    /// Where the item stands: `listed`, `sold`, …
    pub status: String,
    pub bought_on: String,
    pub sold_on: Option<String>,
    pub sellers_ask: Option<Cents>,
    pub price: Cents,
    /// Price and the costs of getting it.
    pub cost: Cents,
    /// What the sale was expected to bring when it was bought.
    pub expected_sale: Option<Cents>,
    /// What a buyer paid, where the sale stands.
    pub sold_for: Option<Cents>,
    /// Income and costs that the ledger holds about it.
    pub profit: Cents,
    pub bought_at: Utc,
    pub listed_at: Option<Utc>,
    pub sold_at: Option<Utc>,
}

impl Flip {
    /// Days from the first offer to the order.
    #[must_use]
    pub fn days_to_sell(&self) -> Option<f64> {
        let (listed, sold) = (self.listed_at?, self.sold_at?);
        Some((sold - listed).as_seconds_f64() / 86_400.0)
    }

    /// Whether it is still ours to sell.
    #[must_use]
    pub fn is_in_hand(&self) -> bool {
        matches!(self.status.as_str(), "pending_delivery" | "in_stock" | "listed" | "returned")
    }
}

/// How the talks went.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Talks {
    pub started: u64,
    pub answered: u64,
    pub agreed: u64,
    /// Asks of those that were agreed, and what was agreed, summed.
    pub asked: Cents,
    pub agreed_on: Cents,
    /// Mean priced offers of those that were agreed.
    pub rounds: Option<f64>,
    /// Median hours until the first reply.
    pub reply_hours: Option<f64>,
}

impl Profit {
    /// An account's balance.
    #[must_use]
    pub fn balance(&self, account: Account) -> Cents {
        self.balances.get(&account).copied().unwrap_or(Cents::ZERO)
    }

    /// Items whose sale stands.
    pub fn sold(&self) -> impl Iterator<Item = &Flip> {
        self.flips.iter().filter(|flip| flip.sold_for.is_some())
    }

    /// Items still ours to sell.
    pub fn in_hand(&self) -> impl Iterator<Item = &Flip> {
        self.flips.iter().filter(|flip| flip.is_in_hand())
    }

    /// Profit of items and what belongs to none: the ledger's, said in two parts.
    #[must_use]
    pub fn of_items(&self) -> Cents {
        self.flips.iter().map(|flip| flip.profit).sum()
    }
}
