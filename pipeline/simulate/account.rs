//! What the days earned, from the books alone.

use std::collections::BTreeMap;

use autobazaaar_domain::inventory::InventoryStatus;
use autobazaaar_domain::ledger::Account as Books;
use autobazaaar_domain::negotiation::NegotiationStatus;
use autobazaaar_domain::purchase::PurchaseStatus;
use autobazaaar_domain::resale::SaleStatus;
use autobazaaar_domain::{Cents, Currency, Utc};
use autobazaaar_store::{Store, StoreError};
use serde::Serialize;

use super::diagnosis::Chosen;

/// More of anything than a demonstration brings.
const ALL: u32 = 100_000;

/// The end of a day.
#[derive(Debug, Clone, Serialize)]
pub struct DayOfAccount {
    /// From 1.
    pub day: u32,
    pub at: Utc,
    /// Income less all costs so far, minor units.
    pub profit: Cents,
    pub cash: Cents,
    pub payouts_pending: Cents,
    pub stock_at_cost: Cents,
    pub open_holds: Cents,
}

/// How many of what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    pub negotiations: BTreeMap<String, usize>,
    pub purchases: BTreeMap<String, usize>,
    pub items: BTreeMap<String, usize>,
    pub sales: BTreeMap<String, usize>,
}

/// The result of the days. Amounts are minor units of `currency`.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    pub currency: Currency,
    /// The owner's money at the start.
    pub capital: Cents,
    pub days: Vec<DayOfAccount>,
    /// Balance of each account of the ledger; a positive one is a debit.
    pub ledger: BTreeMap<String, Cents>,
    pub outcomes: Outcomes,
    /// What the market alone knows: what the things in our hands and on their way to us are worth.
    pub true_value_in_hand: Cents,
    /// What the market alone knows: how far the estimates of what was chosen were from the truth.
    pub chosen: Chosen,
    /// The same of everything that stood on the last day and could be bought, chosen or not.
    pub standing: Chosen,
    /// Why purchases came to nothing, and how often.
    pub called_off: BTreeMap<String, usize>,
    /// What one who knew all true values made of the same days and limits, if he was asked.
    pub knowing: Option<Knowing>,
    /// What is wrong with the state, by the invariants; nothing, if all holds.
    pub violations: Vec<String>,
    /// Hash of the market's event log: the same seed gives the same.
    pub market_hash: String,
}

/// What perfect valuation would have earned, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Knowing {
    pub profit: Cents,
    pub stock_at_cost: Cents,
    pub true_value_in_hand: Cents,
}

impl Account {
    /// Our profit as a share of that of one who knew all true values; `None` where he was not asked
    /// or earned nothing.
    #[must_use]
    pub fn share_of_knowing(&self) -> Option<f64> {
        let theirs = self.knowing.filter(|knowing| knowing.profit.0 > 0)?;
        Some(self.profit().0 as f64 / theirs.profit.0 as f64)
    }

    /// The cost of what is in hand at the end.
    #[must_use]
    pub fn stock_at_cost(&self) -> Cents {
        self.days.last().map_or(Cents::ZERO, |day| day.stock_at_cost)
    }

    /// Income less all costs at the end.
    #[must_use]
    pub fn profit(&self) -> Cents {
        self.days.last().map_or(Cents::ZERO, |day| day.profit)
    }
}

/// The books at the end of a day.
///
/// # Errors
/// The store cannot be read.
pub async fn day(store: &Store, currency: Currency, day: u32, at: Utc) -> Result<DayOfAccount, StoreError> {
    let mut reader = store.read().await?;
    let available = reader.available(currency).await?;
    Ok(DayOfAccount {
        day,
        at,
        profit: reader.profit(currency).await?,
        cash: available.cash,
        payouts_pending: reader.balance(Books::PayoutsPending, currency).await?,
        stock_at_cost: available.stock_at_cost,
        open_holds: available.open_holds,
    })
}

/// The ledger's balances in a currency.
///
/// # Errors
/// The store cannot be read.
pub async fn ledger(store: &Store, currency: Currency) -> Result<BTreeMap<String, Cents>, StoreError> {
    let balances = store.read().await?.balances().await?;
    let own = balances.into_iter().filter(|balance| balance.amount.currency == currency);
    Ok(own.map(|balance| (balance.account.to_string(), balance.amount.amount)).collect())
}

/// How many of what stand where.
///
/// # Errors
/// The store cannot be read.
pub async fn outcomes(store: &Store) -> Result<Outcomes, StoreError> {
    let mut reader = store.read().await?;
    let mut outcomes = Outcomes::default();
    for status in NegotiationStatus::ALL {
        let count = reader.negotiations(Some(*status), ALL).await?.len();
        note(&mut outcomes.negotiations, status.as_str(), count);
    }
    for status in PurchaseStatus::ALL {
        let count = reader.purchases(*status, ALL).await?.len();
        note(&mut outcomes.purchases, status.as_str(), count);
    }
    for status in InventoryStatus::ALL {
        let count = reader.items(*status, ALL).await?.len();
        note(&mut outcomes.items, status.as_str(), count);
    }
    for status in SaleStatus::ALL {
        let count = reader.sales(*status, ALL).await?.len();
        note(&mut outcomes.sales, status.as_str(), count);
    }
    Ok(outcomes)
}

/// Why purchases came to nothing, and how often.
///
/// # Errors
/// The store cannot be read.
pub async fn called_off(store: &Store) -> Result<BTreeMap<String, usize>, StoreError> {
    let mut reader = store.read().await?;
    let mut reasons = BTreeMap::new();
    for status in [PurchaseStatus::Failed, PurchaseStatus::Cancelled, PurchaseStatus::Refunded] {
        for purchase in reader.purchases(status, ALL).await? {
            let reason = purchase.status_reason.unwrap_or_else(|| status.to_string());
            // What is named after a colon differs from case to case.
            let reason = reason.split(':').next().unwrap_or_default().trim().to_owned();
            *reasons.entry(reason).or_default() += 1;
        }
    }
    Ok(reasons)
}

fn note(counts: &mut BTreeMap<String, usize>, name: &str, count: usize) {
    if count > 0 {
        counts.insert(name.to_owned(), count);
    }
}
