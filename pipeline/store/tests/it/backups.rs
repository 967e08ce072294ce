//! Backups that can be restored, and stores that are not ours to open.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use autobazaaar_domain::effect::{EffectKind, EffectState};
use autobazaaar_domain::ledger::Account;
use autobazaaar_domain::{Cents, Currency, Priority, SeededEntropy};
use autobazaaar_store::backup::{Keys, restore, verify};
use autobazaaar_store::{NewEffect, Options, SCHEMA_VERSION, Store, StoreError};
use serde_json::json;

use crate::fixtures::{actor, at, begin, run, usd};

async fn open(folder: &Path) -> Store {
    Store::open(Options::folder(folder), Arc::new(SeededEntropy::new(3)), at(0)).await.unwrap()
}

async fn cash(store: &Store) -> Cents {
    store.read().await.unwrap().balance(Account::Cash, Currency::USD).await.unwrap()
}

async fn pay_in(store: &Store, minutes: i64, cents: i64) {
    let mut tx = begin(store, minutes).await;
    tx.pay_in(usd(cents)).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn a_restored_store_is_as_it_was_and_waits_for_the_owner() {
    let folder = tempfile::tempdir().unwrap();
    let (state, backup) = (folder.path().join("state"), folder.path().join("backup"));
    run(async {
        let store = open(&state).await;
        pay_in(&store, 1, 500).await;
        let mut tx = begin(&store, 2).await;
        let message = NewEffect {
            kind: EffectKind::SendMessage,
            target: "bazaar".to_owned(),
            subject: "m".to_owned(),
            priority: Priority::Normal,
            payload: json!({}),
            spends: None,
            address_key: None,
            not_before: None,
        };
        let effect = tx.queue(message).await.unwrap().effect_id;
        tx.commit().await.unwrap();
        let card = store.backup(&backup, at(3), Keys::With).await.unwrap();
        assert_eq!((card.schema_version, card.sequence, card.with_keys), (SCHEMA_VERSION, 2, true));
        assert_eq!(verify(&backup).await.unwrap(), card);
        assert!(matches!(store.backup(&backup, at(3), Keys::With).await, Err(StoreError::Backup { .. })));
        pay_in(&store, 4, 70).await;

        let entropy = || Arc::new(SeededEntropy::new(4));
        let in_use = restore(&backup, &state, entropy(), at(5), &actor(), None).await;
        assert!(matches!(in_use, Err(StoreError::InUse { .. })), "{in_use:?}");
        assert_eq!(cash(&store).await, Cents(570));
        store.close().await.unwrap();

        restore(&backup, &state, entropy(), at(5), &actor(), None).await.unwrap();
        let store = open(&state).await;
        assert_eq!(cash(&store).await, Cents(500));
        let mut reader = store.read().await.unwrap();
        assert!(reader.is_stopped().await.unwrap());
        // It may have been sent after the backup was taken.
        assert_eq!(reader.effect(effect).await.unwrap().unwrap().state, EffectState::Uncertain);
        assert_eq!(reader.alerts(None, 10).await.unwrap().len(), 1);
        assert_eq!(reader.check().await.unwrap(), []);
        assert!(state.join("autobazaaar.db.before-restore").exists());
    });
}

#[test]
fn a_backup_that_was_changed_is_refused_and_the_store_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (state, backup) = (folder.path().join("state"), folder.path().join("backup"));
    run(async {
        let store = open(&state).await;
        pay_in(&store, 1, 500).await;
        store.backup(&backup, at(3), Keys::Without).await.unwrap();
        store.close().await.unwrap();
        let database = backup.join("autobazaaar.db");
        let mut bytes = fs::read(&database).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&database, &bytes).unwrap();
        let refused = restore(&backup, &state, Arc::new(SeededEntropy::new(4)), at(5), &actor(), None).await;
        assert!(refused.is_err());
        fs::write(&database, &bytes[..middle]).unwrap();
        assert!(verify(&backup).await.is_err());
        assert_eq!(cash(&open(&state).await).await, Cents(500));
    });
}

#[test]
fn a_store_of_a_later_program_is_refused_with_the_mend() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        open(folder.path()).await.close().await.unwrap();
        let options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("autobazaaar.db"));
        let mut raw = sqlx::ConnectOptions::connect(&options).await.unwrap();
        let later = "INSERT INTO migration (version, hash, applied_at) VALUES (99, 'x', 0)";
        sqlx::query(later).execute(&mut raw).await.unwrap();
        sqlx::Connection::close(raw).await.unwrap();
        let opened =
            Store::open(Options::folder(folder.path()), Arc::new(SeededEntropy::new(3)), at(0)).await;
        let said = opened.err().unwrap().to_string();
        assert!(said.contains("schema 99") && said.contains("update the program or restore"), "{said}");
    });
}

#[test]
fn what_is_no_store_or_in_use_is_said() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let options = || Options::folder(folder.path()).busy(std::time::Duration::from_millis(200));
        let opened = async || Store::open(options(), Arc::new(SeededEntropy::new(3)), at(0)).await;
        fs::write(folder.path().join("autobazaaar.db"), "no database, but long enough to look at".repeat(40))
            .unwrap();
        assert!(matches!(opened().await, Err(StoreError::NotAStore)));
        fs::remove_file(folder.path().join("autobazaaar.db")).unwrap();

        let (first, second) = (opened().await.unwrap(), opened().await.unwrap());
        let tx = begin(&first, 1).await;
        assert!(matches!(second.begin(at(1), &actor()).await, Err(StoreError::Busy { .. })));
        second.read().await.unwrap().balances().await.unwrap();
        // What is dropped lets the other go on at once.
        drop(tx);
        first.read().await.unwrap().balances().await.unwrap();
        pay_in(&second, 2, 5).await;
        assert_eq!(cash(&first).await, Cents(5));
    });
}
