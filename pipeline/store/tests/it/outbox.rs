//! Acts outside: at most once, in order, under the owner's limits.

use autobazaaar_domain::effect::{EffectKind, EffectState};
use autobazaaar_domain::ids::EffectId;
use autobazaaar_domain::owner::SuppressionReason;
use autobazaaar_domain::{Currency, Priority};
use autobazaaar_store::{Cap, NewEffect, Outcome, Store, StoreError, Tx};
use serde_json::json;

use crate::fixtures::{at, begin, empty, run, usd};

fn message(subject: &str, priority: Priority) -> NewEffect {
    NewEffect {
        kind: EffectKind::SendMessage,
        target: "bazaar".to_owned(),
        subject: subject.to_owned(),
        priority,
        payload: json!({}),
        spends: None,
        address_key: None,
        not_before: None,
    }
}

async fn with_caps(messages: i64, spending: i64) -> Store {
    let store = empty().await;
    let mut tx = begin(&store, 0).await;
    tx.set_cap(Cap::Messages, messages).await.unwrap();
    tx.set_cap(Cap::Spending(Currency::USD), spending).await.unwrap();
    tx.commit().await.unwrap();
    store
}

async fn claim(tx: &mut Tx<'_>) -> Vec<String> {
    tx.claim_effects(10).await.unwrap().into_iter().map(|effect| effect.subject).collect()
}

#[test]
fn effects_are_claimed_by_priority_then_by_time() {
    run(async {
        let store = with_caps(10, 0).await;
        let mut tx = begin(&store, 1).await;
        let later = NewEffect { not_before: Some(at(60)), ..message("quiet hours", Priority::High) };
        for new in [message("low", Priority::Low), message("first", Priority::Normal), later] {
            tx.queue(new).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = begin(&store, 2).await;
        tx.queue(message("second", Priority::Normal)).await.unwrap();
        tx.queue(message("high", Priority::High)).await.unwrap();
        assert_eq!(claim(&mut tx).await, ["high", "first", "second", "low"]);
        assert!(claim(&mut tx).await.is_empty(), "each once");
        tx.commit().await.unwrap();
        let mut tx = begin(&store, 60).await;
        assert_eq!(claim(&mut tx).await, ["quiet hours"]);
    });
}

#[test]
fn messages_alone_are_put_off_and_none_comes_earlier_for_it() {
    run(async {
        let store = with_caps(10, 0).await;
        let mut tx = begin(&store, 1).await;
        let later = NewEffect { not_before: Some(at(90)), ..message("later", Priority::Normal) };
        let parcel = NewEffect { kind: EffectKind::Ship, ..message("parcel", Priority::Normal) };
        for new in [message("now", Priority::Normal), later, parcel] {
            tx.queue(new).await.unwrap();
        }
        assert_eq!(tx.put_off_messages(at(60)).await.unwrap(), 1);
        assert_eq!(tx.put_off_messages(at(60)).await.unwrap(), 0, "once");
        assert_eq!(claim(&mut tx).await, ["parcel"]);
        tx.commit().await.unwrap();
        let mut tx = begin(&store, 60).await;
        assert_eq!(claim(&mut tx).await, ["now"]);
        tx.commit().await.unwrap();
        let mut tx = begin(&store, 90).await;
        assert_eq!(claim(&mut tx).await, ["later"]);
    });
}

#[test]
fn a_doubtful_effect_is_never_sent_again() {
    run(async {
        let store = with_caps(10, 0).await;
        let mut tx = begin(&store, 1).await;
        let id = tx.queue(message("m", Priority::Normal)).await.unwrap().effect_id;
        assert_eq!(claim(&mut tx).await, ["m"]);
        tx.commit().await.unwrap();

        // The process dies here; the next one starts.
        let mut tx = begin(&store, 2).await;
        let lost: Vec<EffectId> =
            tx.doubt_sending(at(2)).await.unwrap().into_iter().map(|effect| effect.effect_id).collect();
        assert_eq!(lost, [id]);
        assert!(claim(&mut tx).await.is_empty());
        let again = tx.settle(id, Outcome::NotSent { error: "?".to_owned(), again_at: at(3) }).await;
        assert!(matches!(again, Err(StoreError::Illegal(_))), "{again:?}");
        let known = tx.settle(id, Outcome::Done(json!({ "seen": true }))).await.unwrap();
        assert_eq!(known.state, EffectState::Done);
        assert!(matches!(
            tx.settle(id, Outcome::Refused("no".to_owned())).await,
            Err(StoreError::Illegal(_))
        ));
    });
}

#[test]
fn what_did_not_leave_may_leave_again() {
    run(async {
        let store = with_caps(1, 0).await;
        let mut tx = begin(&store, 1).await;
        let id = tx.queue(message("m", Priority::Normal)).await.unwrap().effect_id;
        assert!(matches!(tx.settle(id, Outcome::Done(json!(null))).await, Err(StoreError::Illegal(_))));
        assert_eq!(claim(&mut tx).await, ["m"]);
        let refused = Outcome::NotSent { error: "connection refused".to_owned(), again_at: at(5) };
        tx.settle(id, refused).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = begin(&store, 4).await;
        assert!(claim(&mut tx).await.is_empty());
        drop(tx);
        // It did not use up the cap of 1.
        let mut tx = begin(&store, 5).await;
        assert_eq!(claim(&mut tx).await, ["m"]);
        assert_eq!(tx.effect(id).await.unwrap().unwrap().attempts, 2);
        assert!(matches!(tx.withdraw(id, "too late").await, Err(StoreError::Illegal(_))));
    });
}

#[test]
fn the_day_sees_no_more_than_its_caps() {
    run(async {
        let store = with_caps(2, 10_000).await;
        let mut tx = begin(&store, 1).await;
        for subject in ["a", "b", "c"] {
            tx.queue(message(subject, Priority::Normal)).await.unwrap();
        }
        let pay = |subject: &str, cents| NewEffect {
            kind: EffectKind::Pay,
            spends: Some(usd(cents)),
            ..message(subject, Priority::Low)
        };
        tx.queue(pay("dear", 9_000)).await.unwrap();
        tx.queue(pay("too much", 1_001)).await.unwrap();
        tx.queue(pay("just right", 1_000)).await.unwrap();
        assert_eq!(claim(&mut tx).await, ["a", "b", "dear", "just right"]);
        tx.commit().await.unwrap();
        let mut tx = begin(&store, 24 * 60).await;
        assert_eq!(claim(&mut tx).await, ["c", "too much"]);
    });
}

#[test]
fn without_caps_or_when_stopped_nothing_leaves() {
    run(async {
        let store = empty().await;
        let mut tx = begin(&store, 1).await;
        tx.queue(message("m", Priority::Normal)).await.unwrap();
        assert!(claim(&mut tx).await.is_empty(), "no cap is a cap of nothing");
        for cap in [0, -1] {
            tx.set_cap(Cap::Messages, cap).await.unwrap();
            assert!(claim(&mut tx).await.is_empty(), "{cap}");
        }
        tx.set_cap(Cap::Messages, 10).await.unwrap();
        tx.stop(true).await.unwrap();
        assert!(claim(&mut tx).await.is_empty(), "stopped");
        tx.stop(false).await.unwrap();
        assert_eq!(claim(&mut tx).await, ["m"]);
    });
}

#[test]
fn a_suppressed_address_gets_nothing() {
    run(async {
        let store = with_caps(10, 0).await;
        let address = store.hash_of("Ann@Example.org ").await;
        assert_eq!(address, store.hash_of("ann@example.org").await);
        let to_ann = NewEffect { address_key: Some(address.clone()), ..message("m", Priority::Normal) };
        let mut tx = begin(&store, 1).await;
        let id = tx.queue(to_ann.clone()).await.unwrap().effect_id;
        tx.suppress(&address, SuppressionReason::OptOut).await.unwrap();
        assert!(claim(&mut tx).await.is_empty());
        assert_eq!(tx.effect(id).await.unwrap().unwrap().state, EffectState::Refused);
        assert!(matches!(tx.queue(to_ann).await, Err(StoreError::Suppressed { .. })));
    });
}
