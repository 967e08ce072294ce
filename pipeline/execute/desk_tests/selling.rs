//! Talking to buyers.

use autobazaaar_domain::Condition;
use autobazaaar_domain::message::{Direction, MessageKind};
use autobazaaar_domain::resale::{ResaleListing, ResaleStatus};

use super::*;
use crate::execute::key_of;
use crate::execute::market::{Arrival, Writer};
use crate::score::fixtures::deal;

/// Bought at the ask, received, listed.
pub(super) async fn listed(desk: &mut Desk) -> ResaleListing {
    desk.take_on_with(deal("a", 80_000, 120_000), 0).await;
    desk.market.arrivals.push(Arrival {
        seq: 1,
        platform: "craigslist".parse().unwrap(),
        order: "P1".to_owned(),
        condition: Condition::Good,
        as_described: true,
        notes: String::new(),
    });
    desk.tick(24).await;
    let mut reader = desk.store.read().await.unwrap();
    let listings = reader.resales(ResaleStatus::Active, 10).await.unwrap();
    assert_eq!(listings.len(), 1);
    listings.into_iter().next().unwrap()
}

#[tokio::test]
async fn an_answer_to_a_buyer_is_stored_as_what_it_is() {
    let mut desk = Desk::new().await;
    let listing = listed(&mut desk).await;
    let key = key_of(&listing).unwrap();
    let ask = listing.price;
    let cases = [
        ("ann", ask, MessageKind::Accept),
        ("bob", Cents((ask.0 * 3 / 4).max(listing.floor_price.0)), MessageKind::Counter),
        ("cid", ask.share(0.1), MessageKind::Reject),
    ];
    for (at, (name, offer, kind)) in cases.into_iter().enumerate() {
        desk.market.says(Writer::Buyer, name, &key, "Would you take this?", Some(offer.0));
        desk.tick(25 + at as i64).await;
        let said = desk.store.read().await.unwrap().messages_about(listing.resale_id).await.unwrap();
        let ours: Vec<_> = said.iter().filter(|said| said.direction == Direction::Outbound).collect();
        assert_eq!(ours.len(), at + 1, "{name}");
        let last = ours.last().unwrap();
        assert_eq!((last.kind, last.their_offer), (kind, Some(offer)), "{name}");
        let above_floor = last.our_offer.is_none_or(|price| price >= listing.floor_price);
        assert!(above_floor, "{name}: {:?}", last.our_offer);
    }
    desk.holds_together().await;
}

#[tokio::test]
async fn a_buyer_gets_the_lowest_price_after_a_few_rounds_and_no_lower() {
    let mut desk = Desk::new().await;
    let listing = listed(&mut desk).await;
    let key = key_of(&listing).unwrap();
    let offer = listing.floor_price - Cents(1_000);
    let mut asked = Vec::new();
    for round in 0..6 {
        desk.market.says(Writer::Buyer, "ann", &key, "Please come down.", Some(offer.0));
        desk.tick(30 + round).await;
        let said = desk.store.read().await.unwrap().messages_about(listing.resale_id).await.unwrap();
        asked = said.iter().filter_map(|message| message.our_offer).collect();
    }
    assert!(asked.len() >= 3, "{asked:?}");
    assert!(asked.windows(2).all(|pair| pair[1] <= pair[0]), "{asked:?}");
    assert!(asked.iter().all(|price| *price >= listing.floor_price), "{asked:?}");
    desk.holds_together().await;
}
