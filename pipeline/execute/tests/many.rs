//! Many deals at once.

use std::collections::BTreeSet;
use std::time::Instant;

use autobazaaar_domain::ListingKey;
use autobazaaar_domain::negotiation::NegotiationStatus;
use autobazaaar_domain::purchase::PurchaseStatus;

use super::{Bench, run};
use crate::execute::market::Deed;
use crate::score::fixtures::deal;

/// How many negotiations are swept: fewer where nobody measures.
fn swept() -> usize {
    std::env::var("SWEPT").ok().and_then(|count| count.parse().ok()).unwrap_or(500)
}

#[test]
fn a_hundred_deals_at_once_each_end_as_they_should() {
    run(async {
        let mut bench = Bench::learned().await;
        let deals: Vec<_> = (0..100).map(|i| deal(&format!("many-{i}"), 80_000 + i, 120_000)).collect();
        let keys: Vec<_> = deals.iter().map(|deal| deal.key.clone()).collect();
        assert_eq!(bench.take_on(deals).await.negotiations, 100);
        bench.hours(0).await;

        // All sellers answer in the same moment: a third insists on a price, a third refuses, a third
        // says nothing.
        for key in keys.iter().skip(1).step_by(3).rev() {
            bench.world.seller_says(key, "No, sorry, it is gone.", bench.now);
        }
        let insisting: Vec<&ListingKey> = keys.iter().step_by(3).rev().collect();
        bench.insist(&insisting, "I need $750 for it, not less.").await;
        let countered = keys.iter().step_by(3).cloned().collect::<BTreeSet<_>>();
        let bought: Vec<_> = bench.world.orders_placed();
        assert_eq!(bought.iter().map(|(key, _)| key.clone()).collect::<BTreeSet<_>>(), countered);
        assert_eq!(bought.len(), countered.len(), "each once");
        for (key, order) in bought {
            bench.arrives(&key.platform, &order);
        }
        for _ in 0..20 {
            bench.hours(24).await;
        }
        let mut reader = bench.store.read().await.unwrap();
        let received = reader.purchases(PurchaseStatus::Received, 1_000).await.unwrap();
        assert_eq!(received.len(), countered.len());
        assert_eq!(reader.open_negotiations(1_000).await.unwrap().len(), 0, "silence ends, too");
        assert_eq!(reader.pending_holds().await.unwrap(), []);
        let accepted = reader.negotiations(Some(NegotiationStatus::Accepted), 1_000).await.unwrap();
        assert_eq!(accepted.len(), countered.len());
        drop(reader);
        assert_eq!(bench.world.published().len(), countered.len());
        bench.is_sound().await;
    });
}

/// With `SWEPT=10000` in the environment it prints what docs/reliability.md tells.
#[test]
fn thousands_of_open_negotiations_are_swept_in_seconds() {
    run(async {
        let (count, mut bench) = (swept(), Bench::new().await);
        for start in (0..count).step_by(500) {
            let some = (start..count.min(start + 500)).map(|i| deal(&format!("swept-{i}"), 80_000, 120_000));
            bench.take_on(some.collect()).await;
        }
        bench.executor().tick().await.unwrap();
        assert_eq!(bench.store.read().await.unwrap().open_negotiations(u32::MAX).await.unwrap().len(), count);

        let started = Instant::now();
        bench.hours(1).await;
        let nothing_due = started.elapsed();
        bench.now += chrono::TimeDelta::days(3);
        let started = Instant::now();
        assert_eq!(bench.executor().sweep().await.unwrap(), count as u64);
        let all_due = started.elapsed();
        println!("{count} open: a tick with none due {nothing_due:?}, a sweep with all due {all_due:?}");
        bench.executor().tick().await.unwrap();
        let written = bench.world.deeds(|deed| matches!(deed, Deed::Write { .. })).len();
        assert_eq!(written, 2 * count, "each is reminded once");
        assert!(nothing_due.as_secs() < 5, "{nothing_due:?}");
    });
}
