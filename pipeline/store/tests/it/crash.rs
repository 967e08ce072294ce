//! `kill -9` at every fault point: nothing is lost, nothing happens twice.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use autobazaaar_domain::effect::{Effect, EffectKind, EffectState};
use autobazaaar_domain::ids::{DealId, InventoryId, PurchaseId};
use autobazaaar_domain::inventory::{InventoryItem, InventoryStatus};
use autobazaaar_domain::ledger::{Account, Postings};
use autobazaaar_domain::message::Intent;
use autobazaaar_domain::negotiation::{Negotiation, NegotiationStatus};
use autobazaaar_domain::purchase::{Purchase, PurchaseEvent, PurchaseStatus};
use autobazaaar_domain::{Cents, Currency, Priority, SeededEntropy};
use autobazaaar_store::{
    Cap, FaultHook, Heard, NewEffect, Offer, OfferTurn, Options, Outcome, Store, StoreError, Tx,
};
use serde_json::json;

use crate::fixtures::{at, begin, deal, draft, run, usd};

const FOLDER: &str = "STORE_CRASH_FOLDER";
const KILL_AT: &str = "STORE_CRASH_AT";

/// The world outside: a file with a line per act that reached it.
fn world(folder: &Path) -> Vec<String> {
    let log = fs::read_to_string(folder.join("world.log")).unwrap_or_default();
    log.lines().map(str::to_owned).collect()
}

fn act(folder: &Path, effect: &Effect) {
    let mut log = OpenOptions::new().create(true).append(true).open(folder.join("world.log")).unwrap();
    writeln!(log, "{} {}", effect.kind, effect.effect_id).unwrap();
}

/// Goes from wherever the state stands to a paid item: an offer is sent, countered, accepted and paid.
async fn live(folder: &Path, hook: FaultHook, seed: u64) -> Result<(), StoreError> {
    let options = Options::folder(&folder.join("state")).faults(hook.clone());
    let store = Store::open(options, Arc::new(SeededEntropy::new(seed)), at(0)).await?;
    prepare(&store).await?;
    reconcile(&store, folder).await?;
    let id = deal(1).deal_id;
    for minute in 10..30 {
        let mut tx = begin(&store, minute).await;
        step(&mut tx, id).await?;
        tx.commit().await?;
        relay(&store, folder, &hook, minute).await?;
    }
    store.close().await
}

async fn prepare(store: &Store) -> Result<(), StoreError> {
    let mut tx = begin(store, 1).await;
    if tx.available(Currency::USD).await?.capital == Cents::ZERO {
        tx.set_capital(usd(100_000)).await?;
        tx.pay_in(usd(100_000)).await?;
        tx.set_cap(Cap::Messages, 100).await?;
        tx.set_cap(Cap::Spending(Currency::USD), 100_000).await?;
        tx.take_on(&deal(1)).await?;
    }
    tx.commit().await
}

/// What the last process left in doubt is looked up outside.
async fn reconcile(store: &Store, folder: &Path) -> Result<(), StoreError> {
    let mut tx = begin(store, 2).await;
    tx.doubt_sending(at(100)).await?;
    for effect in tx.effects(EffectState::Uncertain, 100).await? {
        let happened = world(folder).iter().any(|line| line.ends_with(&effect.effect_id.to_string()));
        let outcome = if happened {
            Outcome::Done(json!("seen"))
        } else {
            Outcome::Refused("never arrived".to_owned())
        };
        settle(&mut tx, &effect, outcome).await?;
    }
    tx.commit().await
}

async fn relay(store: &Store, folder: &Path, hook: &FaultHook, minute: i64) -> Result<(), StoreError> {
    let mut tx = begin(store, minute).await;
    let claimed = tx.claim_effects(10).await?;
    tx.commit().await?;
    for effect in claimed {
        hook("before the world");
        act(folder, &effect);
        hook("after the world");
        let mut tx = begin(store, minute).await;
        settle(&mut tx, &effect, Outcome::Done(json!("sent"))).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The outcome of an effect and what follows from it, together.
async fn settle(tx: &mut Tx<'_>, effect: &Effect, outcome: Outcome) -> Result<(), StoreError> {
    let done = matches!(outcome, Outcome::Done(_));
    tx.settle(effect.effect_id, outcome).await?;
    if effect.kind != EffectKind::Pay {
        return Ok(());
    }
    let id: PurchaseId = effect.subject.parse().unwrap();
    if !done {
        tx.change_purchase(id, PurchaseEvent::Fail, Some("not paid")).await?;
        return Ok(());
    }
    let purchase = tx.change_purchase(id, PurchaseEvent::ConfirmPayment, None).await?;
    tx.post_hold(purchase.hold_id, purchase.landed_cost).await?;
    let lines = [(Account::Cash, -purchase.landed_cost), (Account::InventoryAtCost, purchase.landed_cost)];
    tx.post("bought", Postings::of(purchase.currency, lines)?, None).await?;
    let item = item(tx.new_id(), &purchase);
    tx.add_item(&item).await
}

/// One step further, in one transaction.
async fn step(tx: &mut Tx<'_>, deal: DealId) -> Result<(), StoreError> {
    let Some(negotiation) = tx.negotiations_of(deal).await?.pop() else {
        return open_negotiation(tx, deal).await;
    };
    if negotiation.status == NegotiationStatus::Active {
        return hear_or_send_again(tx, &negotiation).await;
    }
    let purchases = tx.purchases_of(deal).await?;
    if purchases.iter().all(|purchase| purchase.status == PurchaseStatus::Failed) {
        return buy(tx, &negotiation).await;
    }
    Ok(())
}

async fn open_negotiation(tx: &mut Tx<'_>, deal: DealId) -> Result<(), StoreError> {
    let id = tx.new_id();
    tx.start_negotiation(&draft(id, deal)).await?;
    tx.place_hold(deal, Some(id), usd(76_000), None).await?;
    tx.offer(
        id,
        Offer { turn: OfferTurn::Opening, price: Cents(56_000), message_id: None, expires_at: None },
    )
    .await?;
    tx.queue(effect(EffectKind::SendMessage, id)).await.map(|_| ())
}

async fn hear_or_send_again(tx: &mut Tx<'_>, negotiation: &Negotiation) -> Result<(), StoreError> {
    let id = negotiation.negotiation_id;
    let sent = tx.effects_of(&id.to_string()).await?;
    if sent.iter().all(|effect| effect.state == EffectState::Refused) {
        return tx.queue(effect(EffectKind::SendMessage, id)).await.map(|_| ());
    }
    if sent.iter().any(|effect| effect.state == EffectState::Done) {
        let heard =
            Heard { message_id: tx.new_id(), intent: Intent::Counter, their_offer: Some(Cents(75_000)) };
        tx.hear(id, heard).await?;
        tx.accept(id, Cents(75_000)).await?;
    }
    Ok(())
}

async fn buy(tx: &mut Tx<'_>, negotiation: &Negotiation) -> Result<(), StoreError> {
    let hold = tx.hold_of(negotiation.negotiation_id).await?.unwrap();
    let purchase = Purchase {
        purchase_id: tx.new_id(),
        deal_id: negotiation.deal_id,
        negotiation_id: Some(negotiation.negotiation_id),
        item_id: negotiation.item_id,
        key: negotiation.key.clone(),
        seller_key: negotiation.seller_key.clone(),
        currency: Currency::USD,
        price: Cents(75_000),
        max_price: Cents(76_000),
        landed_cost: Cents(75_500),
        hold_id: hold.hold_id,
        status: PurchaseStatus::Initiated,
        status_reason: None,
        payment_method: "bazaar".to_owned(),
        pickup: None,
        initiated_at: tx.now(),
        paid_at: None,
        received_at: None,
        updated_at: tx.now(),
    };
    tx.initiate_purchase(&purchase).await?;
    tx.change_purchase(purchase.purchase_id, PurchaseEvent::Pay, None).await?;
    let pay = NewEffect { spends: Some(usd(75_500)), ..effect(EffectKind::Pay, purchase.purchase_id) };
    tx.queue(pay).await.map(|_| ())
}

fn effect(kind: EffectKind, subject: impl ToString) -> NewEffect {
    NewEffect {
        kind,
        target: "bazaar".to_owned(),
        subject: subject.to_string(),
        priority: Priority::Normal,
        payload: json!({}),
        spends: None,
        address_key: None,
        not_before: None,
    }
}

fn item(id: InventoryId, purchase: &Purchase) -> InventoryItem {
    InventoryItem {
        inventory_id: id,
        sku: format!("AB-{}", purchase.purchase_id),
        deal_id: purchase.deal_id,
        purchase_id: purchase.purchase_id,
        negotiation_id: purchase.negotiation_id,
        title: "A phone".to_owned(),
        description: String::new(),
        category: "phones".to_owned(),
        condition: None,
        images: vec![],
        processed_images: vec![],
        currency: purchase.currency,
        purchase_price: purchase.price,
        cost: purchase.landed_cost,
        purchase_platform: purchase.key.platform.clone(),
        storage_location: None,
        status: InventoryStatus::PendingDelivery,
        inspection: None,
        purchased_at: purchase.initiated_at,
        acquired_at: None,
        listed_at: None,
        sold_at: None,
        updated_at: purchase.updated_at,
    }
}

/// One item bought, once, for what it cost; and nothing that must never be.
async fn is_whole(folder: &Path) {
    let options = Options::folder(&folder.join("state"));
    let store = Store::open(options, Arc::new(SeededEntropy::new(0)), at(0)).await.unwrap();
    let mut reader = store.read().await.unwrap();
    assert_eq!(reader.check().await.unwrap(), []);
    assert_eq!(reader.balance(Account::Cash, Currency::USD).await.unwrap(), Cents(24_500));
    assert_eq!(reader.balance(Account::InventoryAtCost, Currency::USD).await.unwrap(), Cents(75_500));
    assert_eq!(reader.items(InventoryStatus::PendingDelivery, 10).await.unwrap().len(), 1);
    assert_eq!(reader.pending_holds().await.unwrap(), []);
    let done = reader.effects(EffectState::Done, 10).await.unwrap();
    let mut reached = world(folder);
    let count = |kind: &str, lines: &[String]| lines.iter().filter(|line| line.starts_with(kind)).count();
    assert_eq!((count("send_message", &reached), count("pay", &reached)), (1, 1), "{reached:?}");
    let mut told: Vec<String> = done.iter().map(|e| format!("{} {}", e.kind, e.effect_id)).collect();
    reached.sort();
    told.sort();
    assert_eq!(reached, told);
}

/// Not a test of its own: what the test below starts and kills. Without a folder it has nothing to do.
#[test]
fn child() {
    let (Ok(folder), Ok(kill_at)) = (std::env::var(FOLDER), std::env::var(KILL_AT)) else { return };
    let (kill_at, passed): (u32, AtomicU32) = (kill_at.parse().unwrap(), AtomicU32::new(0));
    let hook: FaultHook = Arc::new(move |_| {
        if passed.fetch_add(1, Ordering::SeqCst) + 1 == kill_at {
            Command::new("kill").args(["-9", &std::process::id().to_string()]).status().unwrap();
        }
    });
    run(live(Path::new(&folder), hook, 1)).unwrap();
}

#[cfg(unix)]
#[test]
fn killed_at_every_point_it_ends_as_one_that_was_left_alone() {
    use std::os::unix::process::ExitStatusExt as _;
    let calm = tempfile::tempdir().unwrap();
    let points = Arc::new(AtomicU32::new(0));
    let counter = points.clone();
    let count: FaultHook = Arc::new(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
    });
    run(live(calm.path(), count, 1)).unwrap();
    run(is_whole(calm.path()));
    let points = points.load(Ordering::SeqCst);
    assert!(points > 60, "{points} points: they are not called any more");
    for kill_at in 1..=points {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::child", "--exact"])
            .env(FOLDER, folder.path())
            .env(KILL_AT, kill_at.to_string())
            .output()
            .unwrap();
        assert_eq!(child.status.signal(), Some(9), "point {kill_at}: {child:?}");
        run(live(folder.path(), Arc::new(|_| ()), 2)).unwrap();
        run(is_whole(folder.path()));
    }
}
