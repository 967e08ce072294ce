//! Exports add everything once, whatever happened between them.

use std::path::Path;
use std::sync::Arc;

use autobazaaar_domain::{RunId, SeededEntropy, Utc};
use autobazaaar_lake::rows::texts;
use autobazaaar_lake::{Dataset, Lake, read_batches};
use autobazaaar_store::backup::{Keys, restore};
use autobazaaar_store::{Actor, Options, Store};

use super::{Exported, export};

fn minute(minute: i64) -> Utc {
    Utc::from_timestamp(1_767_225_600 + minute * 60, 0).unwrap()
}

async fn open(folder: &Path, seed: u64) -> Store {
    let entropy = Arc::new(SeededEntropy::new(seed));
    Store::open(Options::folder(&folder.join("state")), entropy, minute(0)).await.unwrap()
}

/// One event.
async fn happen(store: &Store, at: i64) {
    let mut tx = store.begin(minute(at), &Actor::new("owner", "test")).await.unwrap();
    tx.stop(at % 2 == 0).await.unwrap();
    tx.commit().await.unwrap();
}

async fn exported(store: &Store, lake: &Lake, at: i64) -> Exported {
    let lock = lake.lock().unwrap();
    let mut commit = lake.begin(&RunId::new(minute(at), at as u128), minute(at), &lock).unwrap();
    let done = export(store, lake, &mut commit).await.unwrap();
    commit.publish(minute(at)).unwrap();
    done
}

fn events(lake: &Lake) -> Vec<String> {
    let files = lake.files(Dataset::Events).unwrap();
    let mut names = Vec::new();
    for batch in read_batches(&files, None, 100) {
        names.extend(texts(&batch.unwrap(), "event_id").unwrap().into_iter().map(str::to_owned));
    }
    names
}

fn block_on(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

#[test]
fn an_export_adds_what_is_new_and_nothing_twice() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let (store, lake) = (open(folder.path(), 1).await, Lake::new(folder.path()));
        happen(&store, 1).await;
        happen(&store, 2).await;
        assert_eq!(exported(&store, &lake, 3).await.events, 2);
        assert_eq!(exported(&store, &lake, 4).await, Exported::default());
        happen(&store, 5).await;
        assert_eq!(exported(&store, &lake, 6).await.events, 1);
        let mut names = events(&lake);
        assert_eq!(names.len(), 3);
        names.dedup();
        assert_eq!(names.len(), 3);
    });
}

#[test]
fn what_was_exported_and_not_published_comes_again() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let (store, lake) = (open(folder.path(), 1).await, Lake::new(folder.path()));
        happen(&store, 1).await;
        {
            let lock = lake.lock().unwrap();
            let mut commit = lake.begin(&RunId::new(minute(2), 2), minute(2), &lock).unwrap();
            export(&store, &lake, &mut commit).await.unwrap();
        }
        assert_eq!(exported(&store, &lake, 3).await.events, 1);
        assert_eq!(events(&lake).len(), 1);
    });
}

#[test]
fn a_restored_store_goes_on_from_where_both_were_one() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let (store, lake) = (open(folder.path(), 1).await, Lake::new(folder.path()));
        happen(&store, 1).await;
        let backup = folder.path().join("kept");
        store.backup(&backup, minute(2), Keys::With).await.unwrap();
        // Two events more, exported with the first in one run: the store that is restored knows one of them.
        happen(&store, 3).await;
        happen(&store, 4).await;
        assert_eq!(exported(&store, &lake, 5).await.events, 3);
        store.close().await.unwrap();
        let entropy = Arc::new(SeededEntropy::new(2));
        let owner = Actor::new("owner", "test");
        restore(&backup, &folder.path().join("state"), entropy, minute(6), &owner, None).await.unwrap();
        let store = open(folder.path(), 3).await;
        let told = store.read().await.unwrap().last_sequence().await.unwrap();
        assert_eq!(exported(&store, &lake, 7).await.events as i64, told - 1, "the first was there");
        let mut names = events(&lake);
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "none stands twice");
    });
}

#[test]
fn an_export_goes_on_where_it_ended_when_small_files_were_joined() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let (store, lake) = (open(folder.path(), 1).await, Lake::new(folder.path()));
        for at in 1..=4 {
            happen(&store, at).await;
            exported(&store, &lake, at).await;
        }
        let before = events(&lake);
        let lock = lake.lock().unwrap();
        let mut commit = lake.begin(&RunId::new(minute(4), 4), minute(4), &lock).unwrap();
        assert!(commit.join_small(2).unwrap().files >= 4);
        commit.publish(minute(4)).unwrap();
        drop(lock);
        assert_eq!(lake.files(Dataset::Events).unwrap().len(), 1);
        assert_eq!(events(&lake), before);
        assert_eq!(exported(&store, &lake, 5).await, Exported::default());
        happen(&store, 6).await;
        assert_eq!(exported(&store, &lake, 7).await.events, 1);
        assert_eq!(events(&lake).len(), before.len() + 1);
        store.close().await.unwrap();
    });
}
