//! What the store exports: state and events as columns. Nothing personal is among them.
//!
//! Events, rounds' offers and postings never change. Other records come again whenever they changed:
//! of each the newest row counts, by run and then by `sequence`, the newest event it was exported with.

use arrow::array::RecordBatch;
use arrow::datatypes::Field;
use autobazaaar_domain::event::Event;
use autobazaaar_domain::inventory::InventoryItem;
use autobazaaar_domain::ledger::{LedgerEntry, Posting, Transaction};
use autobazaaar_domain::negotiation::{Negotiation, Round};
use autobazaaar_domain::purchase::Purchase;
use autobazaaar_domain::resale::{ResaleListing, Sale};
use autobazaaar_domain::{Cents, Currency, ItemId, ListingKey, RunId, Utc};

use crate::columns::Columns;
use crate::{Dataset, LakeError};

/// What every exported row carries: the run that exported it, and the newest event of the store by then.
#[derive(Debug, Clone)]
pub struct Stamp {
    pub run_id: RunId,
    pub sequence: i64,
}

/// A record of the store that has a dataset.
pub trait StateRow: Sized {
    /// Where it goes.
    const DATASET: Dataset;

    #[doc(hidden)]
    fn fill<'a>(columns: StateColumns<'a, Self>) -> StateColumns<'a, Self>;
}

/// Columns of exported records under construction.
pub struct StateColumns<'a, R>(Columns<'a, R>);

/// Records as a batch.
///
/// # Errors
/// Never in practice: schema and columns are made by the same function.
pub fn state_batch<R: StateRow>(stamp: &Stamp, rows: &[R]) -> Result<RecordBatch, LakeError> {
    let columns = stamped(stamp, rows);
    let (_, arrays) = R::fill(StateColumns(columns)).0.finish();
    RecordBatch::try_new(R::DATASET.schema(), arrays).map_err(LakeError::arrow(R::DATASET.name()))
}

/// The columns of a dataset of exported records.
pub(crate) fn fields<R: StateRow>() -> Vec<Field> {
    let stamp = Stamp { run_id: RunId(String::new()), sequence: 0 };
    R::fill(StateColumns(stamped::<R>(&stamp, &[]))).0.finish().0
}

fn stamped<'a, R>(stamp: &Stamp, rows: &'a [R]) -> Columns<'a, R> {
    let columns = Columns::new(rows).text("run_id", |_| stamp.run_id.0.clone());
    columns.whole("sequence", |_| stamp.sequence)
}

/// A deal that was taken on, with what was expected of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenDeal {
    pub deal_id: String,
    pub item_id: ItemId,
    pub episode: u32,
    pub key: ListingKey,
    pub title: String,
    pub category: String,
    pub currency: Currency,
    pub ask: Option<Cents>,
    pub max_price: Option<Cents>,
    /// What the sale was expected to bring, by the model that decided.
    pub estimated_sale_price: Option<Cents>,
    pub net_profit: Option<Cents>,
    /// Chance of a loss, 0–1.
    pub p_loss: Option<f64>,
    pub status: String,
    pub status_reason: Option<String>,
    pub discovered_at: Utc,
    pub updated_at: Utc,
}

/// A line of a ledger entry, with what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerLine {
    pub entry: LedgerEntry,
    /// Line of the entry, from 1.
    pub line: i64,
    pub posting: Posting,
    /// What moved the money, where the entry names it.
    pub transaction: Option<Transaction>,
}

impl LedgerLine {
    /// The lines of an entry.
    #[must_use]
    pub fn of(entry: &LedgerEntry, transaction: Option<&Transaction>) -> Vec<Self> {
        let line = |(line, posting): (i64, &Posting)| Self {
            entry: entry.clone(),
            line,
            posting: *posting,
            transaction: transaction.cloned(),
        };
        (1..).zip(entry.postings.lines()).map(line).collect()
    }
}

impl StateRow for Event {
    const DATASET: Dataset = Dataset::Events;

    fn fill<'a>(StateColumns(columns): StateColumns<'a, Self>) -> StateColumns<'a, Self> {
        StateColumns(
            columns
                .text("event_id", |e| e.event_id.to_string())
                .whole("event_sequence", |e| e.sequence)
                .text("kind", |e| e.kind.to_string())
                .time("at", |e| e.at)
                .text("source", |e| e.source.clone())
                .text("subject", |e| e.subject.clone())
                .text("data", |e| e.data.to_string()),
        )
    }
}

impl StateRow for TakenDeal {
    const DATASET: Dataset = Dataset::TakenDeals;

    fn fill<'a>(StateColumns(columns): StateColumns<'a, Self>) -> StateColumns<'a, Self> {
        StateColumns(
            columns
                .text("deal_id", |d| d.deal_id.clone())
                .id("item_id", |d| d.item_id.0)
                .whole("episode", |d| i64::from(d.episode))
                .text("platform", |d| d.key.platform.to_string())
                .text("external_id", |d| d.key.external_id.clone())
                .text("title", |d| d.title.clone())
                .text("category", |d| d.category.clone())
                .text("currency", |d| d.currency.to_string())
                .cents_or_none("ask", |d| d.ask)
                .cents_or_none("max_price", |d| d.max_price)
                .cents_or_none("estimated_sale_price", |d| d.estimated_sale_price)
                .cents_or_none("net_profit", |d| d.net_profit)
                .real_or_none("p_loss", |d| d.p_loss)
                .text("status", |d| d.status.clone())
                .text_or_none("status_reason", |d| d.status_reason.clone())
                .time("discovered_at", |d| d.discovered_at)
                .time("updated_at", |d| d.updated_at),
        )
    }
}

impl StateRow for Negotiation {
    const DATASET: Dataset = Dataset::Negotiations;

    fn fill<'a>(StateColumns(columns): StateColumns<'a, Self>) -> StateColumns<'a, Self> {
        StateColumns(
            columns
                .text("negotiation_id", |n| n.negotiation_id.to_string())
                .text("deal_id", |n| n.deal_id.to_string())
                .id("item_id", |n| n.item_id.0)
                .text("platform", |n| n.key.platform.to_string())
                .text("external_id", |n| n.key.external_id.clone())
                .text("channel", |n| n.channel.to_string())
                .text("strategy", |n| n.strategy.to_string())
                .text_or_none("seller_key", |n| n.seller_key.clone())
                .text("currency", |n| n.currency.to_string())
                .cents("ask", |n| n.ask)
                .cents_or_none("current_offer", |n| n.current_offer)
                .cents("max_acceptable", |n| n.max_acceptable)
                .cents_or_none("final_price", |n| n.final_price)
                .cents_or_none("savings", |n| n.savings)
                .whole("round_count", |n| i64::from(n.round_count))
                .whole("follow_ups", |n| i64::from(n.follow_ups))
                .text("status", |n| n.status.to_string())
                .text_or_none("status_reason", |n| n.status_reason.clone())
                .whole_or_none("response_time_s", |n| n.response_time_s)
                .time("started_at", |n| n.started_at)
                .time_or_none("approached_at", |n| n.approached_at)
                .time("last_activity_at", |n| n.last_activity_at)
                .time_or_none("completed_at", |n| n.completed_at),
        )
    }
}

impl StateRow for Round {
    const DATASET: Dataset = Dataset::Rounds;

    fn fill<'a>(StateColumns(columns): StateColumns<'a, Self>) -> StateColumns<'a, Self> {
        StateColumns(
            columns
                .text("negotiation_id", |r| r.negotiation_id.to_string())
                .whole("number", |r| i64::from(r.number))
                .text("kind", |r| r.kind.to_string())
                .cents("our_offer", |r| r.our_offer)
                .time("offered_at", |r| r.offered_at)
                .cents_or_none("their_offer", |r| r.their_offer)
                .text_or_none("intent", |r| r.intent.map(|intent| intent.to_string()))
                .time_or_none("answered_at", |r| r.answered_at),
        )
    }
}

impl StateRow for Purchase {
    const DATASET: Dataset = Dataset::Purchases;

    fn fill<'a>(StateColumns(columns): StateColumns<'a, Self>) -> StateColumns<'a, Self> {
        StateColumns(
            columns
                .text("purchase_id", |p| p.purchase_id.to_string())
                .text("deal_id", |p| p.deal_id.to_string())
                .text_or_none("negotiation_id", |p| p.negotiation_id.map(|id| id.to_string()))
                .id("item_id", |p| p.item_id.0)
                .text("platform", |p| p.key.platform.to_string())
                .text("external_id", |p| p.key.external_id.clone())
                .text("currency", |p| p.currency.to_string())
                .cents("price", |p| p.price)
                .cents("max_price", |p| p.max_price)
                .cents("landed_cost", |p| p.landed_cost)
                .text("status", |p| p.status.to_string())
                .text_or_none("status_reason", |p| p.status_reason.clone())
                .time("initiated_at", |p| p.initiated_at)
                .time_or_none("paid_at", |p| p.paid_at)
                .time_or_none("received_at", |p| p.received_at)
                .time("updated_at", |p| p.updated_at),
        )
    }
}

impl StateRow for InventoryItem {
    const DATASET: Dataset = Dataset::Inventory;

    fn fill<'a>(StateColumns(columns): StateColumns<'a, Self>) -> StateColumns<'a, Self> {
        let as_described = |i: &Self| i.inspection.as_ref().map(|found| i64::from(found.as_described));
        StateColumns(
            columns
                .text("inventory_id", |i| i.inventory_id.to_string())
                .text("sku", |i| i.sku.clone())
                .text("deal_id", |i| i.deal_id.to_string())
                .text("purchase_id", |i| i.purchase_id.to_string())
                .text_or_none("negotiation_id", |i| i.negotiation_id.map(|id| id.to_string()))
                .text("title", |i| i.title.clone())
                .text("category", |i| i.category.clone())
                .text_or_none("condition", |i| i.condition.map(|condition| condition.as_str().to_owned()))
                .text("currency", |i| i.currency.to_string())
                .cents("purchase_price", |i| i.purchase_price)
                .cents("cost", |i| i.cost)
                .text("purchase_platform", |i| i.purchase_platform.to_string())
                .text("status", |i| i.status.to_string())
                .whole_or_none("as_described", as_described)
                .time("purchased_at", |i| i.purchased_at)
                .time_or_none("acquired_at", |i| i.acquired_at)
                .time_or_none("listed_at", |i| i.listed_at)
                .time_or_none("sold_at", |i| i.sold_at)
                .time("updated_at", |i| i.updated_at),
        )
    }
}

impl StateRow for ResaleListing {
    const DATASET: Dataset = Dataset::ResaleListings;

    fn fill<'a>(StateColumns(columns): StateColumns<'a, Self>) -> StateColumns<'a, Self> {
        StateColumns(
            columns
                .text("resale_id", |l| l.resale_id.to_string())
                .text("inventory_id", |l| l.inventory_id.to_string())
                .text("platform", |l| l.platform.to_string())
                .text_or_none("platform_listing_id", |l| l.platform_listing_id.clone())
                .text_or_none("url", |l| l.url.clone())
                .text("title", |l| l.title.clone())
                .text("currency", |l| l.currency.to_string())
                .cents("price", |l| l.price)
                .cents("floor_price", |l| l.floor_price)
                .cents_or_none("shipping_price", |l| l.shipping_price)
                .text("status", |l| l.status.to_string())
                .whole_or_none("views", |l| l.metrics.views.map(i64::from))
                .whole_or_none("watchers", |l| l.metrics.watchers.map(i64::from))
                .time("created_at", |l| l.created_at)
                .time("updated_at", |l| l.updated_at),
        )
    }
}

impl StateRow for Sale {
    const DATASET: Dataset = Dataset::Sales;

    fn fill<'a>(StateColumns(columns): StateColumns<'a, Self>) -> StateColumns<'a, Self> {
        StateColumns(
            columns
                .text("sale_id", |s| s.sale_id.to_string())
                .text("resale_id", |s| s.resale_id.to_string())
                .text("inventory_id", |s| s.inventory_id.to_string())
                .text("platform", |s| s.platform.to_string())
                .text("platform_order_id", |s| s.platform_order_id.clone())
                .text("currency", |s| s.currency.to_string())
                .cents("price", |s| s.price)
                .cents("shipping_charged", |s| s.shipping_charged)
                .text("status", |s| s.status.to_string())
                .time("ordered_at", |s| s.ordered_at)
                .time("updated_at", |s| s.updated_at),
        )
    }
}

impl StateRow for LedgerLine {
    const DATASET: Dataset = Dataset::Ledger;

    fn fill<'a>(StateColumns(columns): StateColumns<'a, Self>) -> StateColumns<'a, Self> {
        fn about<T: ToString>(
            of: impl Fn(&Transaction) -> Option<T>,
        ) -> impl Fn(&LedgerLine) -> Option<String> {
            move |line| line.transaction.as_ref().and_then(|moved| of(moved).map(|found| found.to_string()))
        }
        StateColumns(
            columns
                .text("entry_id", |l| l.entry.entry_id.to_string())
                .whole("line", |l| l.line)
                .time("at", |l| l.entry.at)
                .text("memo", |l| l.entry.memo.clone())
                .text("account", |l| l.posting.account.to_string())
                .text("currency", |l| l.posting.amount.currency.to_string())
                .cents("amount", |l| l.posting.amount.amount)
                .text_or_none("corrects", |l| l.entry.corrects.map(|id| id.to_string()))
                .text_or_none("transaction_id", |l| l.entry.transaction_id.map(|id| id.to_string()))
                .text_or_none("kind", about(|t| Some(t.kind)))
                .text_or_none("category", about(|t| Some(t.category)))
                .text_or_none("platform", about(|t| t.platform.clone()))
                .text_or_none("deal_id", about(|t| t.deal_id))
                .text_or_none("purchase_id", about(|t| t.purchase_id))
                .text_or_none("inventory_id", about(|t| t.inventory_id))
                .text_or_none("resale_id", about(|t| t.resale_id))
                .text_or_none("sale_id", about(|t| t.sale_id)),
        )
    }
}
