//! What is tied up already, as the limits see it.

use std::collections::BTreeMap;

use autobazaaar_domain::inventory::InventoryStatus;
use autobazaaar_domain::purchase::PurchaseStatus;
use autobazaaar_domain::{Cents, Currency, DealStatus, Utc};
use autobazaaar_store::{Reader, StoreError, TrackedDeal};
use chrono::TimeDelta;

use crate::decide::{Funds, Portfolio};

/// More of anything than one owner has.
const ALL: u32 = 100_000;

/// Capital, stock and holds of these currencies, by category and seller, the negotiations that are
/// open, and what was bought in the week before `now` or may still be.
///
/// # Errors
/// The store cannot be read.
pub async fn portfolio(
    reader: &mut Reader<'_>,
    currencies: impl IntoIterator<Item = Currency>,
    now: Utc,
) -> Result<Portfolio, StoreError> {
    let mut funds = BTreeMap::new();
    for currency in currencies {
        let free = reader.available(currency).await?;
        let own = Funds {
            // Lost capital is gone; profit is not put to work unasked.
            capital: (free.cash + free.stock_at_cost).min(free.capital),
            stock_at_cost: free.stock_at_cost,
            open_holds: free.open_holds,
            ..Funds::default()
        };
        funds.insert(currency, own);
    }
    for hold in reader.pending_holds().await? {
        let deal = reader.deal(hold.deal_id).await?;
        tie(&mut funds, hold.currency, deal.as_ref(), hold.amount);
    }
    use InventoryStatus as I;
    for status in [I::PendingDelivery, I::InStock, I::Listed, I::Returned] {
        for item in reader.items(status, ALL).await? {
            let deal = reader.deal(item.deal_id).await?;
            tie(&mut funds, item.currency, deal.as_ref(), item.cost);
        }
    }
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let open = reader.open_negotiations(ALL).await?.len();
    let bought = bought_since(reader, now - TimeDelta::days(7)).await?;
    // What is talked about may be bought before the week is over.
    let bought_this_week = count(bought + open);
    let mut portfolio =
        Portfolio { funds, open_negotiations: count(open), bought_this_week, ..Portfolio::default() };
    for &status in DealStatus::ALL {
        for deal in reader.deals(status, ALL).await? {
            portfolio.take(deal.deal_id, status);
        }
    }
    Ok(portfolio)
}

fn tie(funds: &mut BTreeMap<Currency, Funds>, currency: Currency, deal: Option<&TrackedDeal>, amount: Cents) {
    let (Some(funds), Some(deal)) = (funds.get_mut(&currency), deal) else { return };
    let add = |tied: &mut Cents| *tied = *tied + amount;
    add(funds.by_category.entry(deal.category.clone()).or_default());
    if let Some(seller) = &deal.seller_key {
        add(funds.by_seller.entry(seller.clone()).or_default());
    }
}

/// Purchases begun since a moment, those that came to nothing left out.
async fn bought_since(reader: &mut Reader<'_>, since: Utc) -> Result<usize, StoreError> {
    use PurchaseStatus as P;
    let mut bought = 0;
    for status in [P::Initiated, P::AwaitingApproval, P::Paying, P::Uncertain, P::Paid, P::Received] {
        let purchases = reader.purchases(status, ALL).await?;
        bought += purchases.iter().filter(|purchase| purchase.initiated_at >= since).count();
    }
    Ok(bought)
}
