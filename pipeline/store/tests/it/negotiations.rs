//! Negotiations: limits, one approach per item and seller, legal turns.

use autobazaaar_domain::Cents;
use autobazaaar_domain::ids::MadeId as _;
use autobazaaar_domain::ids::{MessageId, NegotiationId};
use autobazaaar_domain::message::Intent;
use autobazaaar_domain::negotiation::NegotiationStatus;
use autobazaaar_store::{Heard, Offer, OfferTurn, StoreError, Turn};

use crate::fixtures::{at, begin, deal, draft, run, with_deal};

fn offer(turn: OfferTurn, price: i64) -> Offer {
    Offer { turn, price: Cents(price), message_id: None, expires_at: Some(at(1_440)) }
}

fn heard(intent: Intent, price: Option<i64>) -> Heard {
    Heard { message_id: MessageId::made(at(0), 1), intent, their_offer: price.map(Cents) }
}

#[test]
fn asked_800_offered_560_countered_750_accepted() {
    run(async {
        let (store, deal) = with_deal().await;
        let mut tx = begin(&store, 1).await;
        let id: NegotiationId = tx.new_id();
        tx.start_negotiation(&draft(id, deal)).await.unwrap();
        tx.offer(id, offer(OfferTurn::Opening, 56_000)).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = begin(&store, 31).await;
        tx.hear(id, heard(Intent::Counter, Some(75_000))).await.unwrap();
        let ended = tx.accept(id, Cents(75_000)).await.unwrap();
        assert_eq!((ended.status, ended.savings), (NegotiationStatus::Accepted, Some(Cents(5_000))));
        assert_eq!(ended.response_time_s, Some(1_800));
        let rounds = tx.rounds(id).await.unwrap();
        assert_eq!(rounds.len(), 1);
        assert_eq!((rounds[0].our_offer, rounds[0].their_offer), (Cents(56_000), Some(Cents(75_000))));
        assert!(matches!(tx.accept(id, Cents(75_000)).await, Err(StoreError::Illegal(_))));
        tx.commit().await.unwrap();

        let mut reader = store.read().await.unwrap();
        let told: Vec<_> = reader
            .events_of(&id.to_string())
            .await
            .unwrap()
            .into_iter()
            .map(|event| event.kind.as_str())
            .collect();
        let expected =
            ["negotiation.started", "negotiation.offered", "negotiation.counter", "negotiation.accepted"];
        assert_eq!(told, expected);
        let audits = reader.audits_since(0, 100).await.unwrap();
        assert!(audits.iter().any(|a| a.action == "negotiation.accepted" && a.subject == id.to_string()));
    });
}

#[test]
fn no_offer_goes_above_the_limit() {
    for price in [76_001, 0, -5, i64::MAX] {
        run(async {
            let (store, deal) = with_deal().await;
            let mut tx = begin(&store, 1).await;
            let id: NegotiationId = tx.new_id();
            tx.start_negotiation(&draft(id, deal)).await.unwrap();
            assert!(tx.offer(id, offer(OfferTurn::Opening, price)).await.is_err(), "{price}");
            assert_eq!(tx.rounds(id).await.unwrap(), []);
            tx.offer(id, offer(OfferTurn::Opening, 76_000)).await.unwrap();
            assert!(tx.accept(id, Cents(price)).await.is_err(), "{price}");
        });
    }
}

#[test]
fn without_a_decided_price_there_is_no_negotiation() {
    for max_price in [None, Some(Cents(0)), Some(Cents(-1)), Some(Cents(75_999))] {
        run(async {
            let (store, _) = with_deal().await;
            let mut tx = begin(&store, 1).await;
            let mut other = deal(2);
            other.max_price = max_price;
            tx.take_on(&other).await.unwrap();
            let id = tx.new_id();
            assert!(tx.start_negotiation(&draft(id, other.deal_id)).await.is_err(), "{max_price:?}");
        });
    }
}

#[test]
fn a_seller_is_approached_once_about_an_item() {
    run(async {
        let (store, deal) = with_deal().await;
        let mut tx = begin(&store, 1).await;
        let (first, second, third): (NegotiationId, NegotiationId, NegotiationId) =
            (tx.new_id(), tx.new_id(), tx.new_id());
        tx.start_negotiation(&draft(first, deal)).await.unwrap();
        tx.offer(first, offer(OfferTurn::Opening, 56_000)).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = begin(&store, 2).await;
        let beside = tx.start_negotiation(&draft(second, deal)).await;
        assert!(matches!(beside, Err(StoreError::Twice { .. })), "{beside:?}");
        drop(tx);

        let mut tx = begin(&store, 3).await;
        tx.change_negotiation(first, Turn::Reject, Some("no thanks")).await.unwrap();
        tx.start_negotiation(&draft(second, deal)).await.unwrap();
        let again = tx.offer(second, offer(OfferTurn::Opening, 60_000)).await;
        assert!(matches!(again, Err(StoreError::Twice { .. })), "{again:?}");
        drop(tx);

        // A late yes to the ended one opens another.
        let mut tx = begin(&store, 4).await;
        tx.change_negotiation(first, Turn::Reject, Some("no thanks")).await.unwrap();
        let mut reopened = draft(third, deal);
        reopened.reopens = Some(first);
        tx.start_negotiation(&reopened).await.unwrap();
        tx.offer(third, offer(OfferTurn::Opening, 60_000)).await.unwrap();
        tx.commit().await.unwrap();
    });
}

#[test]
fn a_stopped_program_makes_no_offer() {
    run(async {
        let (store, deal) = with_deal().await;
        let mut tx = begin(&store, 1).await;
        let id: NegotiationId = tx.new_id();
        tx.start_negotiation(&draft(id, deal)).await.unwrap();
        tx.stop(true).await.unwrap();
        let offered = tx.offer(id, offer(OfferTurn::Opening, 56_000)).await;
        assert!(matches!(offered, Err(StoreError::Stopped)), "{offered:?}");
        tx.stop(false).await.unwrap();
        tx.offer(id, offer(OfferTurn::Opening, 56_000)).await.unwrap();
    });
}
