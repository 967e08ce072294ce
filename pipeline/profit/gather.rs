//! From the store to the figures. Every amount comes from ledger entries; other records only say what
//! an entry is about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use autobazaaar_domain::ids::{InventoryId, PurchaseId, SaleId, TransactionId};
use autobazaaar_domain::inventory::{InventoryItem, InventoryStatus};
use autobazaaar_domain::ledger::{Account, LedgerEntry, Transaction};
use autobazaaar_domain::negotiation::{Negotiation, NegotiationStatus};
use autobazaaar_domain::purchase::PurchaseStatus;
use autobazaaar_domain::resale::{Sale, SaleStatus};
use autobazaaar_domain::{Cents, Currency, DealStatus, Utc};
use autobazaaar_store::{Reader, Store, StoreError};

use super::data::{DayBook, Flip, Profit, Talks};

/// More of any record than one report has.
const ALL: u32 = 1_000_000;

/// The profit of each currency in which something was booked.
///
/// # Errors
/// When the store cannot be read.
pub async fn gather(store: &Store) -> Result<Vec<Profit>, StoreError> {
    let mut reader = store.read().await?;
    let records = Records::read(&mut reader).await?;
    let currencies: BTreeSet<Currency> = records
        .entries
        .iter()
        .flat_map(|entry| entry.postings.lines())
        .map(|posting| posting.amount.currency)
        .collect();
    let mut found = Vec::new();
    for currency in currencies {
        found.extend(records.profit(&mut reader, currency).await?);
    }
    Ok(found)
}

/// The store's records, as of one moment.
struct Records {
    entries: Vec<LedgerEntry>,
    transactions: HashMap<TransactionId, Transaction>,
    items: Vec<InventoryItem>,
    sales: Vec<Sale>,
    negotiations: Vec<Negotiation>,
    deals_taken_on: Vec<Currency>,
    purchases_paid: Vec<Currency>,
}

impl Records {
    async fn read(reader: &mut Reader<'_>) -> Result<Self, StoreError> {
        let (from, until) = (Utc::MIN_UTC, Utc::MAX_UTC);
        let mut items = Vec::new();
        for status in InventoryStatus::ALL {
            items.extend(reader.items(*status, ALL).await?);
        }
        items.sort_by_key(|item: &InventoryItem| (item.purchased_at, item.inventory_id));
        let mut sales = Vec::new();
        for status in SaleStatus::ALL {
            sales.extend(reader.sales(*status, ALL).await?);
        }
        let mut negotiations = Vec::new();
        for status in NegotiationStatus::ALL {
            negotiations.extend(reader.negotiations(Some(*status), ALL).await?);
        }
        let mut deals_taken_on = Vec::new();
        for status in DealStatus::ALL {
            deals_taken_on.extend(reader.deals(*status, ALL).await?.iter().map(|deal| deal.currency));
        }
        let mut purchases_paid = Vec::new();
        for status in [PurchaseStatus::Paid, PurchaseStatus::Received, PurchaseStatus::Refunded] {
            purchases_paid.extend(reader.purchases(status, ALL).await?.iter().map(|bought| bought.currency));
        }
        let transactions = reader.transactions(from, until).await?;
        Ok(Self {
            entries: reader.entries(from, until).await?,
            transactions: transactions.into_iter().map(|moved| (moved.transaction_id, moved)).collect(),
            items,
            sales,
            negotiations,
            deals_taken_on,
            purchases_paid,
        })
    }

    async fn profit(
        &self,
        reader: &mut Reader<'_>,
        currency: Currency,
    ) -> Result<Option<Profit>, StoreError> {
        let own: Vec<(&LedgerEntry, Cents)> = self
            .entries
            .iter()
            .filter(|entry| entry.postings.lines().iter().any(|line| line.amount.currency == currency))
            .map(|entry| (entry, profit_of(entry, currency)))
            .collect();
        let (Some(first), Some(last)) = (own.first(), own.last()) else { return Ok(None) };
        let about = About::new(self);
        let mut by_item: HashMap<InventoryId, Cents> = HashMap::new();
        let mut apart: BTreeMap<String, Cents> = BTreeMap::new();
        let mut services: BTreeMap<String, Cents> = BTreeMap::new();
        for (entry, profit) in &own {
            let moved = entry.transaction_id.and_then(|id| self.transactions.get(&id));
            match moved.and_then(|moved| about.item(moved)) {
                Some(item) => add(by_item.entry(item).or_default(), *profit),
                None if profit.0 != 0 => add(apart.entry(entry.memo.clone()).or_default(), *profit),
                None => {}
            }
            let cost = on(entry, currency, |account| account == Account::ServiceCosts);
            if cost.0 != 0 {
                add(services.entry(entry.memo.clone()).or_default(), cost);
            }
        }
        let mut flips = Vec::new();
        for item in self.items.iter().filter(|item| item.currency == currency) {
            let expected = reader.deal(item.deal_id).await?;
            let estimate = expected.as_ref().and_then(|deal| deal.deal.as_ref()?.figures.as_ref());
            let expected_sale = estimate.map(|figures| figures.estimated_sale_price);
            let profit = by_item.remove(&item.inventory_id).unwrap_or(Cents::ZERO);
            let ask = expected.as_ref().and_then(|deal| deal.ask);
            flips.push(self.flip(item, ask, expected_sale, profit));
        }
        // Bookings about an item of another currency belong to no item here.
        for (_, profit) in by_item {
            add(apart.entry("items of another currency".to_owned()).or_default(), profit);
        }
        Ok(Some(Profit {
            currency,
            from: first.0.at,
            to: last.0.at,
            profit: reader.profit(currency).await?,
            balances: balances(&own, currency),
            days: days(&own, currency),
            funnel: self.funnel(&flips, currency),
            flips,
            apart,
            talks: self.talks(currency),
            services,
        }))
    }

    fn flip(
        &self,
        item: &InventoryItem,
        ask: Option<Cents>,
        expected_sale: Option<Cents>,
        profit: Cents,
    ) -> Flip {
        let stands = |sale: &&Sale| sale.inventory_id == item.inventory_id && is_standing(sale);
        let sale = self.sales.iter().filter(stands).max_by_key(|sale| sale.ordered_at);
        let talk = item
            .negotiation_id
            .and_then(|id| self.negotiations.iter().find(|negotiation| negotiation.negotiation_id == id));
        Flip {
            sku: item.sku.clone(),
            title: item.title.clone(),
            category: item.category.clone(),
            strategy: talk.map(|talk| talk.strategy.to_string()),
            status: item.status.to_string(),
            bought_on: item.purchase_platform.to_string(),
            sold_on: sale.map(|sale| sale.platform.to_string()),
            sellers_ask: talk.map(|talk| talk.ask).or(ask),
            price: item.purchase_price,
            cost: item.cost,
            expected_sale,
            sold_for: sale.map(|sale| sale.price),
            profit,
            bought_at: item.purchased_at,
            listed_at: item.listed_at,
            sold_at: sale.map(|sale| sale.ordered_at),
        }
    }

    fn funnel(&self, flips: &[Flip], currency: Currency) -> Vec<(String, u64)> {
        let talks = || self.negotiations.iter().filter(|talk| talk.currency == currency);
        let number = |n: usize| n as u64;
        let of = |all: &[Currency]| number(all.iter().filter(|one| **one == currency).count());
        let steps = [
            ("deals taken on", of(&self.deals_taken_on)),
            ("sellers asked", number(talks().filter(|talk| talk.approached_at.is_some()).count())),
            ("sellers answered", number(talks().filter(|talk| talk.response_time_s.is_some()).count())),
            ("agreed on a price", number(talks().filter(|talk| talk.final_price.is_some()).count())),
            ("paid", of(&self.purchases_paid)),
            ("offered again", number(flips.iter().filter(|flip| flip.listed_at.is_some()).count())),
            ("sold", number(flips.iter().filter(|flip| flip.sold_for.is_some()).count())),
        ];
        steps.into_iter().map(|(step, count)| (step.to_owned(), count)).collect()
    }

    fn talks(&self, currency: Currency) -> Talks {
        let of = || self.negotiations.iter().filter(|talk| talk.currency == currency);
        let agreed: Vec<(&Negotiation, Cents)> =
            of().filter_map(|talk| Some((talk, talk.final_price?))).collect();
        let mut replies: Vec<i64> = of().filter_map(|talk| talk.response_time_s).collect();
        replies.sort_unstable();
        let rounds: u32 = agreed.iter().map(|(talk, _)| talk.round_count).sum();
        Talks {
            started: of().filter(|talk| talk.approached_at.is_some()).count() as u64,
            answered: replies.len() as u64,
            agreed: agreed.len() as u64,
            asked: agreed.iter().map(|(talk, _)| talk.ask).sum(),
            agreed_on: agreed.iter().map(|(_, price)| *price).sum(),
            rounds: (!agreed.is_empty()).then(|| f64::from(rounds) / agreed.len() as f64),
            reply_hours: replies.get(replies.len() / 2).map(|seconds| *seconds as f64 / 3_600.0),
        }
    }
}

/// A sale that brought money and keeps it.
fn is_standing(sale: &Sale) -> bool {
    matches!(sale.status, SaleStatus::Paid | SaleStatus::Shipped | SaleStatus::Delivered)
}

/// Which item a transaction is about, by whatever of its names leads there.
struct About {
    by_purchase: HashMap<PurchaseId, InventoryId>,
    by_sale: HashMap<SaleId, InventoryId>,
}

impl About {
    fn new(records: &Records) -> Self {
        Self {
            by_purchase: records.items.iter().map(|item| (item.purchase_id, item.inventory_id)).collect(),
            by_sale: records.sales.iter().map(|sale| (sale.sale_id, sale.inventory_id)).collect(),
        }
    }

    fn item(&self, moved: &Transaction) -> Option<InventoryId> {
        let by_sale = || moved.sale_id.and_then(|sale| self.by_sale.get(&sale).copied());
        let by_purchase = || moved.purchase_id.and_then(|bought| self.by_purchase.get(&bought).copied());
        moved.inventory_id.or_else(by_sale).or_else(by_purchase)
    }
}

/// The sum of an entry's lines on some accounts.
fn on(entry: &LedgerEntry, currency: Currency, account: impl Fn(Account) -> bool) -> Cents {
    let lines = entry.postings.lines().iter();
    lines
        .filter(|line| line.amount.currency == currency && account(line.account))
        .map(|line| line.amount.amount)
        .sum()
}

/// Income less costs of an entry.
fn profit_of(entry: &LedgerEntry, currency: Currency) -> Cents {
    -on(entry, currency, Account::is_profit)
}

fn add(sum: &mut Cents, amount: Cents) {
    *sum = *sum + amount;
}

fn balances(own: &[(&LedgerEntry, Cents)], currency: Currency) -> BTreeMap<Account, Cents> {
    let mut balances = BTreeMap::new();
    for line in own.iter().flat_map(|(entry, _)| entry.postings.lines()) {
        if line.amount.currency == currency {
            add(balances.entry(line.account).or_default(), line.amount.amount);
        }
    }
    balances
}

fn days(own: &[(&LedgerEntry, Cents)], currency: Currency) -> Vec<DayBook> {
    let mut days: Vec<DayBook> = Vec::new();
    for (entry, profit) in own {
        let date = entry.at.date_naive();
        if days.last().is_none_or(|day| day.date != date) {
            let before = days.last().cloned();
            let carried = |of: fn(&DayBook) -> Cents| before.as_ref().map_or(Cents::ZERO, of);
            days.push(DayBook {
                date,
                revenue: Cents::ZERO,
                profit: Cents::ZERO,
                profit_so_far: carried(|day| day.profit_so_far),
                cash: carried(|day| day.cash),
                payouts_pending: carried(|day| day.payouts_pending),
                stock_at_cost: carried(|day| day.stock_at_cost),
            });
        }
        let Some(day) = days.last_mut() else { continue };
        let moved = |account: Account| on(entry, currency, |found| found == account);
        add(&mut day.revenue, -moved(Account::Revenue));
        add(&mut day.profit, *profit);
        add(&mut day.profit_so_far, *profit);
        add(&mut day.cash, moved(Account::Cash));
        add(&mut day.payouts_pending, moved(Account::PayoutsPending));
        add(&mut day.stock_at_cost, moved(Account::InventoryAtCost));
    }
    days
}
