//! A store in memory with a deal, and short words for what tests do often.

use std::sync::Arc;

use autobazaaar_domain::ids::{DealId, NegotiationId};
use autobazaaar_domain::negotiation::{Channel, Negotiation, NegotiationStatus};
use autobazaaar_domain::{
    Cents, Currency, DealStatus, ItemId, ListingKey, Money, Priority, SeededEntropy, Strategy, Utc,
};
use autobazaaar_store::{Actor, Options, Store, TrackedDeal, Tx};

/// Runs a test on a runtime of one thread.
pub fn run<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test)
}

/// Noon, and some minutes.
pub fn at(minutes: i64) -> Utc {
    Utc::from_timestamp(1_800_000_000 + minutes * 60, 0).unwrap()
}

pub fn usd(cents: i64) -> Money {
    Money::new(cents, Currency::USD)
}

pub fn actor() -> Actor {
    Actor::new("executor", "test")
}

pub async fn empty() -> Store {
    Store::open(Options::memory(), Arc::new(SeededEntropy::new(7)), at(0)).await.unwrap()
}

/// A store with capital of $1,000, as much cash, and a deal of an item asked at $800, to be had for
/// at most $760.
pub async fn with_deal() -> (Store, DealId) {
    let store = empty().await;
    let mut tx = begin(&store, 0).await;
    tx.set_capital(usd(100_000)).await.unwrap();
    tx.pay_in(usd(100_000)).await.unwrap();
    let deal = deal(1);
    tx.take_on(&deal).await.unwrap();
    tx.commit().await.unwrap();
    (store, deal.deal_id)
}

pub async fn begin(store: &Store, minutes: i64) -> Tx<'_> {
    store.begin(at(minutes), &actor()).await.unwrap()
}

pub fn deal(number: u8) -> TrackedDeal {
    let item = ItemId([number; 16]);
    TrackedDeal {
        deal_id: DealId { item, episode: 1 },
        item_id: item,
        episode: 1,
        previous: None,
        key: key(number),
        seller_key: Some(format!("seller-{number}")),
        title: "A phone".to_owned(),
        category: "phones".to_owned(),
        currency: Currency::USD,
        ask: Some(Cents(80_000)),
        max_price: Some(Cents(76_000)),
        priority: Priority::Normal,
        score: Some(1.5),
        status: DealStatus::Discovered,
        status_reason: None,
        deal: None,
        decision: None,
        discovered_at: at(0),
        expires_at: None,
        updated_at: at(0),
    }
}

fn key(number: u8) -> ListingKey {
    format!("bazaar:{number}").parse().unwrap()
}

pub fn draft(id: NegotiationId, deal: DealId) -> Negotiation {
    let number = deal.item.0[0];
    Negotiation {
        negotiation_id: id,
        deal_id: deal,
        item_id: deal.item,
        key: key(number),
        thread_id: None,
        channel: Channel::Bazaar,
        strategy: Strategy::FriendlyLocal,
        parameters: serde_json::json!({}),
        seller_key: Some(format!("seller-{number}")),
        currency: Currency::USD,
        ask: Cents(80_000),
        current_offer: None,
        max_acceptable: Cents(76_000),
        final_price: None,
        savings: None,
        follow_ups: 0,
        round_count: 0,
        status: NegotiationStatus::Draft,
        status_reason: None,
        reopens: None,
        approached_at: None,
        offer_expires_at: None,
        response_time_s: None,
        started_at: at(0),
        last_activity_at: at(0),
        completed_at: None,
    }
}
