//! Talking to sellers.

use autobazaaar_domain::DealStatus;
use autobazaaar_domain::message::Direction;
use autobazaaar_domain::negotiation::{Negotiation, NegotiationStatus};
use autobazaaar_domain::owner::SuppressionReason;

use super::*;
use crate::execute::market::RefusalCode;
use crate::score::fixtures::deal;

async fn only(desk: &Desk) -> Negotiation {
    let found = desk.store.read().await.unwrap().negotiations(None, 10).await.unwrap();
    assert_eq!(found.len(), 1);
    found.into_iter().next().unwrap()
}

#[tokio::test]
async fn while_stopped_a_reply_is_kept_and_answered_afterwards() {
    // Given an offer that is out, and a switch that is on
    let mut desk = Desk::new().await;
    desk.take_on(deal("a", 80_000, 120_000)).await;
    assert_eq!(desk.market.done.len(), 1);
    desk.stop(true, 1).await;

    // When the seller counters, and answers come even after the seller's time is over
    desk.market.seller_says("I could do $750.");
    desk.tick(2).await;
    desk.tick(80).await;

    // Then nothing went out, and the words are kept and read
    assert_eq!(desk.market.done.len(), 1);
    let negotiation = only(&desk).await;
    assert_eq!(negotiation.status, NegotiationStatus::Negotiating);
    let mut reader = desk.store.read().await.unwrap();
    let said = reader.messages_of(negotiation.negotiation_id).await.unwrap();
    let reply = said.iter().find(|message| message.direction == Direction::Inbound).unwrap();
    assert_eq!(reply.their_offer, Some(Cents(75_000)));
    drop(reader);
    desk.holds_together().await;

    // And once the switch is off, the reply is answered, once
    desk.stop(false, 81).await;
    desk.tick(81).await;
    let answered = desk.market.done.len();
    assert!(answered > 1, "nothing was answered");
    desk.tick(82).await;
    assert_eq!(desk.market.done.len(), answered);
    desk.holds_together().await;
}

#[tokio::test]
async fn an_opt_out_counts_even_while_stopped() {
    let mut desk = Desk::new().await;
    desk.take_on(deal("a", 80_000, 120_000)).await;
    desk.stop(true, 1).await;
    desk.market.seller_says("Stop. Do not contact me again.");
    desk.tick(2).await;
    let suppressed = desk.store.read().await.unwrap().suppressions(10).await.unwrap();
    assert_eq!(suppressed.len(), 1);
    desk.stop(false, 3).await;
    desk.tick(3).await;
    assert_eq!(desk.market.done.len(), 1, "nothing is said to somebody who wants to hear nothing");
    assert_eq!(only(&desk).await.status, NegotiationStatus::Abandoned);
    desk.holds_together().await;
}

#[tokio::test]
async fn a_refused_message_ends_for_the_reason_that_was_given() {
    let cases = [
        (RefusalCode::Gone, NegotiationStatus::Abandoned, "sold"),
        (RefusalCode::OptedOut, NegotiationStatus::Abandoned, "opted_out"),
        (RefusalCode::Unknown, NegotiationStatus::Abandoned, "unknown"),
        (RefusalCode::Blocked, NegotiationStatus::Abandoned, "blocked"),
        (RefusalCode::Other, NegotiationStatus::Abandoned, "not_taken"),
    ];
    for (code, status, reason) in cases {
        let mut desk = Desk::new().await;
        desk.market.refuses = Some(code);
        desk.take_on(deal("a", 80_000, 120_000)).await;
        let negotiation = only(&desk).await;
        let expected = if code == RefusalCode::Gone { NegotiationStatus::Rejected } else { status };
        assert_eq!((negotiation.status, negotiation.status_reason.as_deref()), (expected, Some(reason)));
        let mut reader = desk.store.read().await.unwrap();
        assert_eq!(reader.deal(negotiation.deal_id).await.unwrap().unwrap().status, DealStatus::Passed);
        assert!(reader.pending_holds().await.unwrap().is_empty(), "{reason}: money is still held");
        let suppressed = reader.suppressions(10).await.unwrap();
        let by_them = suppressed.iter().any(|one| one.reason == SuppressionReason::OptOut);
        assert_eq!(by_them, code == RefusalCode::OptedOut);
        drop(reader);
        desk.holds_together().await;
    }
}
