//! Personal data: sealed on the disk, read with the keys, gone when forgotten.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use autobazaaar_domain::ids::MessageId;
use autobazaaar_domain::message::{Direction, Intent, Message, MessageKind, MessageStatus, Reading};
use autobazaaar_domain::negotiation::Channel;
use autobazaaar_domain::{Cents, SeededEntropy};
use autobazaaar_store::{Options, PersonDetails, Store, StoreError, Tx};

use crate::fixtures::{actor, at, begin, empty, run};

const SECRET: &str = "Meet me at Rosenweg 7, call 0170 1234567";

fn inbound(tx: &Tx<'_>, name: &str) -> Message {
    Message {
        message_id: tx.new_id(),
        negotiation_id: None,
        resale_id: None,
        channel: Channel::Smtp,
        channel_message_id: Some(name.to_owned()),
        direction: Direction::Inbound,
        at: at(1),
        person_key: "seller-1".to_owned(),
        address: Some("rosa@example.org".to_owned()),
        subject: Some("Re: your offer".to_owned()),
        text: Some(SECRET.to_owned()),
        html: None,
        kind: MessageKind::Counter,
        our_offer: None,
        their_offer: None,
        reading: None,
        status: MessageStatus::Delivered,
        effect_id: None,
    }
}

async fn open(folder: &Path) -> Result<Store, StoreError> {
    Store::open(Options::folder(folder), Arc::new(SeededEntropy::new(3)), at(0)).await
}

/// A store in a folder with a person and a message.
async fn with_message(folder: &Path) -> (Store, MessageId) {
    let store = open(folder).await.unwrap();
    let mut tx = begin(&store, 1).await;
    let details = PersonDetails { name: Some("Rosa Luchs".to_owned()), ..PersonDetails::default() };
    tx.meet("seller-1", Some(&details)).await.unwrap();
    let message = inbound(&tx, "m-1");
    assert!(tx.add_message(&message).await.unwrap());
    let reading = Reading {
        intent: Intent::Counter,
        price: Some(Cents(75_000)),
        sentiment: None,
        concerns: vec!["Rosenweg parking".to_owned()],
        urgency: None,
        confidence: 0.9,
        excerpt: Some("Meet me at Rosenweg".to_owned()),
    };
    tx.read_message(message.message_id, &reading).await.unwrap();
    tx.commit().await.unwrap();
    (store, message.message_id)
}

fn on_disk(folder: &Path, word: &str) -> bool {
    let files =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let found = |path| fs::read(path).unwrap().windows(word.len()).any(|bytes| bytes == word.as_bytes());
    files.into_iter().any(found)
}

#[test]
fn no_word_of_a_person_stands_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let (store, id) = with_message(folder.path()).await;
        for word in ["Rosenweg", "Luchs", "rosa@", "Re: your"] {
            assert!(!on_disk(folder.path(), word), "{word}");
        }
        assert!(on_disk(folder.path(), "seller-1"), "the search finds what is there");
        store.close().await.unwrap();
        let store = open(folder.path()).await.unwrap();
        let mut reader = store.read().await.unwrap();
        let message = reader.message(id).await.unwrap().unwrap();
        assert_eq!(
            (message.text.as_deref(), message.address.as_deref()),
            (Some(SECRET), Some("rosa@example.org"))
        );
        let reading = message.reading.unwrap();
        assert_eq!((reading.price, reading.concerns.len()), (Some(Cents(75_000)), 1));
        let person = reader.person("seller-1").await.unwrap().unwrap();
        assert_eq!(person.name.as_deref(), Some("Rosa Luchs"));
    });
}

#[test]
fn a_reply_that_comes_twice_is_one() {
    run(async {
        let store = empty().await;
        let mut tx = begin(&store, 1).await;
        let (first, again, other) = (inbound(&tx, "m-1"), inbound(&tx, "m-1"), inbound(&tx, "m-2"));
        assert!(tx.add_message(&first).await.unwrap());
        assert!(!tx.add_message(&again).await.unwrap());
        assert!(tx.add_message(&other).await.unwrap());
        let known = tx.message_on(Channel::Smtp, Direction::Inbound, "m-1").await.unwrap();
        assert_eq!(known, Some(first.message_id));
    });
}

#[test]
fn who_is_forgotten_cannot_be_read_any_more() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let (store, id) = with_message(folder.path()).await;
        assert!(store.forget("seller-1", at(2), &actor()).await.unwrap());
        assert_eq!(fs::metadata(folder.path().join("autobazaaar.db-wal")).unwrap().len(), 0);
        let mut tx = begin(&store, 3).await;
        assert!(!tx.forget("seller-1").await.unwrap());
        assert!(matches!(tx.meet("seller-1", None).await, Err(StoreError::Forgotten)));
        tx.commit().await.unwrap();
        let mut reader = store.read().await.unwrap();
        assert_eq!(reader.person("seller-1").await.unwrap(), None);
        let message = reader.message(id).await.unwrap().unwrap();
        assert_eq!((message.text, message.address, message.subject), (None, None, None));
        let reading = message.reading.unwrap();
        assert_eq!((reading.price, reading.excerpt), (Some(Cents(75_000)), None), "figures stay");
    });
}

#[test]
fn keys_are_rotated_and_old_texts_stay_readable() {
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let (store, id) = with_message(folder.path()).await;
        let other = open(folder.path()).await.unwrap();
        assert_eq!(store.rotate_keys(at(3), &actor(), false).await.unwrap(), 2);
        assert!(folder.path().join("keys/1.key").exists());
        assert_eq!(store.rotate_keys(at(4), &actor(), true).await.unwrap(), 3);
        // A process that was open meanwhile finds the new key, and uses it.
        assert!(other.read().await.unwrap().message(id).await.unwrap().unwrap().text.is_some());
        let mut tx = begin(&other, 5).await;
        tx.meet("seller-2", Some(&PersonDetails::default())).await.unwrap();
        tx.commit().await.unwrap();
        other.close().await.unwrap();
        assert!(store.read().await.unwrap().person("seller-2").await.unwrap().is_some());
        store.close().await.unwrap();
        assert!(!folder.path().join("keys/2.key").exists());
        let store = open(folder.path()).await.unwrap();
        let message = store.read().await.unwrap().message(id).await.unwrap().unwrap();
        assert_eq!(message.text.as_deref(), Some(SECRET));
    });
}

#[cfg(unix)]
#[test]
fn keys_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    run(async {
        let (store, id) = with_message(folder.path()).await;
        store.close().await.unwrap();
        let keys = folder.path().join("keys");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&keys), mode(&keys.join("1.key"))), (0o700, 0o600));

        fs::set_permissions(keys.join("1.key"), fs::Permissions::from_mode(0o644)).unwrap();
        let opened = open(folder.path()).await.err().unwrap().to_string();
        assert!(opened.contains("1.key may be read by others (mode 644); make it 600"), "{opened}");
        fs::set_permissions(keys.join("1.key"), fs::Permissions::from_mode(0o600)).unwrap();

        fs::write(keys.join("1.key"), [9; 32]).unwrap();
        let store = open(folder.path()).await.unwrap();
        let read = store.read().await.unwrap().message(id).await;
        assert!(matches!(read, Err(StoreError::Sealed { .. })), "{read:?}");
    });
}
