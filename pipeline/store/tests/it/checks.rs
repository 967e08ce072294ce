//! The invariants find what they are for: a check that finds nothing anywhere holds nothing.

use std::path::Path;
use std::sync::Arc;

use autobazaaar_domain::SeededEntropy;
use autobazaaar_store::{Offer, OfferTurn, Options, Store};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::fixtures::{actor, at, begin, deal, draft, run, usd};

async fn open(folder: &Path) -> Store {
    Store::open(Options::folder(folder), Arc::new(SeededEntropy::new(3)), at(0)).await.unwrap()
}

async fn raw(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("autobazaaar.db")).foreign_keys(false);
    sqlx::ConnectOptions::connect(&options).await.unwrap()
}

/// A store with a deal, a hold and an offer.
async fn filled(folder: &Path) {
    let store = open(folder).await;
    let mut tx = store.begin(at(0), &actor()).await.unwrap();
    tx.set_capital(usd(100_000)).await.unwrap();
    tx.pay_in(usd(100_000)).await.unwrap();
    let deal = deal(1);
    tx.take_on(&deal).await.unwrap();
    let id = tx.new_id();
    tx.start_negotiation(&draft(id, deal.deal_id)).await.unwrap();
    tx.place_hold(deal.deal_id, Some(id), usd(76_000), None).await.unwrap();
    let offer =
        Offer { turn: OfferTurn::Opening, price: usd(56_000).amount, message_id: None, expires_at: None };
    tx.offer(id, offer).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await.unwrap();
}

#[test]
fn each_invariant_finds_its_violation() {
    let cases = [
        ("R1", "UPDATE ledger_balance SET amount = amount + 1 WHERE account = 'cash'"),
        (
            "R1",
            "INSERT INTO ledger_posting VALUES ((SELECT entry_id FROM ledger_entry), 9, 'cash', 'USD', 5)",
        ),
        (
            "R1",
            "INSERT INTO ledger_entry (entry_id, at, memo) VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 0, 'empty')",
        ),
        ("R2", "UPDATE hold SET state = 'voided'"),
        ("R2", "UPDATE hold SET amount = amount + 50000"),
        ("R3", "UPDATE round SET our_offer = 76001"),
        ("R3", "UPDATE negotiation SET max_acceptable = 0"),
        ("R3", "UPDATE negotiation SET status = 'accepted'"),
        ("R3", "INSERT INTO spent_today VALUES ('2027-01-15', 'messages', -1)"),
        (
            "R4",
            "INSERT INTO effect (effect_id, kind, target, subject, priority, payload, state, attempts, not_before, \
                created_at) VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'pay', 'x', 'x', 1, '{}', 'done', 2, 0, 0)",
        ),
        ("R6", "UPDATE negotiation SET status = 'rejected'"),
        (
            "R6",
            "INSERT INTO event (event_id, kind, at, source, subject, data) SELECT event_id, kind, at, source, \
                subject, '{\"from\":\"rejected\",\"to\":\"active\"}' FROM event WHERE kind = 'negotiation.offered'",
        ),
        (
            "R9",
            "INSERT INTO suppression VALUES ('a', 'opt_out', 1, 'x'); INSERT INTO effect (effect_id, kind, target, \
                subject, priority, payload, address_key, state, attempts, not_before, created_at, sent_at) VALUES \
                ('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'send_message', 'x', 'x', 1, '{}', 'a', 'sending', 1, 0, 0, 2)",
        ),
    ];
    for (rule, damage) in cases {
        let folder = tempfile::tempdir().unwrap();
        run(async {
            filled(folder.path()).await;
            let store = open(folder.path()).await;
            assert_eq!(store.check().await.unwrap(), []);
            let mut raw = raw(folder.path()).await;
            sqlx::raw_sql(damage).execute(&mut raw).await.unwrap();
            let found = store.check().await.unwrap();
            assert!(found.iter().any(|violation| violation.rule == rule), "{damage}: {found:#?}");
        });
    }
}

#[test]
fn what_happened_cannot_be_unmade() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        filled(folder.path()).await;
        let mut raw = raw(folder.path()).await;
        for table in ["ledger_entry", "ledger_posting", "event", "audit"] {
            let column = if table.starts_with("ledger") { "entry_id" } else { "subject" };
            for sql in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET {column} = 'x'")] {
                let done = sqlx::query(sqlx::AssertSqlSafe(sql.clone())).execute(&mut raw).await;
                assert!(done.err().unwrap().to_string().contains("is never"), "{sql}");
            }
        }
    });
}

#[test]
fn the_same_calls_leave_the_same_events() {
    let told = || {
        run(async {
            let (store, id) = crate::fixtures::with_deal().await;
            let mut tx = begin(&store, 1).await;
            tx.place_hold(id, None, usd(5), None).await.unwrap();
            tx.commit().await.unwrap();
            format!("{:?}", store.read().await.unwrap().events_since(0, 100).await.unwrap())
        })
    };
    assert_eq!(told(), told());
}
