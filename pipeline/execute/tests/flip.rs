//! The brief's own case, from the listing to the profit.

use autobazaaar_domain::inventory::InventoryStatus;
use autobazaaar_domain::negotiation::NegotiationStatus;
use autobazaaar_domain::{Cents, Currency};

use super::{Bench, run};
use crate::execute::market::{Deed, Payout};
use crate::score::fixtures::deal;

#[test]
fn asked_800_and_worth_1200_is_countered_at_750_accepted_received_listed_and_earns() {
    run(async {
        let mut bench = Bench::learned().await;
        let listing = deal("a", 80_000, 120_000);
        let key = listing.key.clone();

        // Given a listing asked at 800 and worth about 1,200: it is negotiated, below the ask
        assert_eq!(bench.take_on(vec![listing]).await.negotiations, 1);
        bench.hours(0).await;
        let opening = bench.world.offers(&key)[0];
        assert!((Cents(40_000)..Cents(75_000)).contains(&opening), "{opening:?}");

        // When the seller counters at 750
        bench.insist(&[&key], "I could let it go for $750, not less.").await;

        // Then it is accepted and paid
        let accepted =
            bench.store.read().await.unwrap().negotiations(Some(NegotiationStatus::Accepted), 9).await;
        assert_eq!(accepted.unwrap()[0].final_price, Some(Cents(75_000)));
        assert_eq!(
            bench.world.deeds(|deed| matches!(deed, Deed::Buy { .. })),
            [&Deed::Buy { listing: key.clone(), price: Cents(75_000) }]
        );

        // And when it arrives, it is listed
        let (_, order) = bench.world.orders_placed().remove(0);
        bench.arrives(&key.platform, &order);
        bench.hours(48).await;
        let (own, ask) = bench.world.published().remove(0);
        assert!(ask > Cents(75_000), "{ask:?}");

        // And when it sells and the venue pays out, it has earned
        bench.sells(&own, ask, "sale-1");
        let fee = ask.share(0.1);
        bench.world.payouts.push(Payout {
            seq: 1,
            platform: own.platform.clone(),
            order: "sale-1".to_owned(),
            gross: ask,
            platform_fee: fee,
            payment_fee: Cents::ZERO,
            amount: ask - fee,
        });
        bench.hours(24).await;
        let mut reader = bench.store.read().await.unwrap();
        assert_eq!(reader.items(InventoryStatus::Sold, 9).await.unwrap().len(), 1);
        assert_eq!(reader.profit(Currency::USD).await.unwrap(), ask - fee - Cents(75_000));
        assert!(ask - fee > Cents(75_000));
        drop(reader);
        bench.is_sound().await;
    });
}
