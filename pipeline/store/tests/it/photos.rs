//! Files of photos beside the database.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use autobazaaar_domain::SeededEntropy;
use autobazaaar_store::backup::{Keys, restore};
use autobazaaar_store::{Options, Store, StoreError};

use crate::fixtures::{actor, at, empty, run};

async fn open(state: &Path) -> Store {
    Store::open(Options::folder(state), Arc::new(SeededEntropy::new(3)), at(0)).await.unwrap()
}

fn names(state: &Path) -> Vec<String> {
    let listed = fs::read_dir(state.join("photos")).unwrap();
    let mut names: Vec<String> =
        listed.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_photo_is_named_by_what_is_in_it_and_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let store = open(folder.path()).await;
        let name = store.keep_photo(b"a picture").unwrap();
        assert_eq!(store.keep_photo(b"a picture").unwrap(), name);
        let small = store.keep_size(&name, "-200", b"a small one").unwrap();
        assert_ne!(store.keep_photo(b"another").unwrap(), name);
        assert_eq!(names(folder.path()).len(), 3);
        assert_eq!(fs::read(folder.path().join(&name)).unwrap(), b"a picture");
        assert_eq!(small, name.replace(".jpg", "-200.jpg"));

        // Who was killed while writing left half a file under another name: it is written over
        store.drop_photos([name.as_str()]).unwrap();
        fs::write(folder.path().join(format!("{name}.unfinished")), b"a pic").unwrap();
        assert_eq!(store.keep_photo(b"a picture").unwrap(), name);
        assert_eq!(fs::read(folder.path().join(&name)).unwrap(), b"a picture");
        assert_eq!(names(folder.path()).len(), 3);

        // What is gone already is no failure
        store.drop_photos([name.as_str(), name.as_str(), small.as_str()]).unwrap();
        assert_eq!(names(folder.path()).len(), 1);
        store.close().await.unwrap();
    });
}

#[test]
fn a_store_in_memory_keeps_no_files() {
    run(async {
        let store = empty().await;
        assert!(matches!(store.keep_photo(b"a picture"), Err(StoreError::Missing { .. })));
    });
}

#[test]
fn photos_come_back_with_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let (state, backup) = (folder.path().join("state"), folder.path().join("backup"));
    run(async {
        let store = open(&state).await;
        let (lost, kept) = (store.keep_photo(b"lost").unwrap(), store.keep_photo(b"kept").unwrap());
        store.backup(&backup, at(1), Keys::With).await.unwrap();
        store.drop_photos([lost.as_str()]).unwrap();
        let later = store.keep_photo(b"later").unwrap();
        store.close().await.unwrap();

        let entropy = Arc::new(SeededEntropy::new(4));
        restore(&backup, &state, entropy, at(2), &actor(), None).await.unwrap();
        for (name, bytes) in [(lost, &b"lost"[..]), (kept, b"kept"), (later, b"later")] {
            assert_eq!(fs::read(state.join(name)).unwrap(), bytes);
        }
    });
}
