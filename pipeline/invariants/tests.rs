//! Each check against the world finds what it is for.

use autobazaaar_domain::Cents;
use autobazaaar_domain::owner::SuppressionReason;
use autobazaaar_store::Actor;

use super::{Outside, against_the_world};
use crate::execute::market::{Deed, Receipt};
use crate::execute::tests::{Bench, run};
use crate::score::fixtures::deal;

/// A bought item and an open negotiation, as they should be.
async fn bench() -> Bench {
    let mut bench = Bench::new().await;
    bench.take_on(vec![deal("steal", 40_000, 120_000), deal("talk", 80_000, 120_000)]).await;
    bench.hours(0).await;
    bench.is_sound().await;
    bench
}

async fn rules(bench: &Bench, outside: &Outside) -> Vec<&'static str> {
    let mut rules: Vec<_> =
        against_the_world(&bench.store, outside).await.unwrap().iter().map(|found| found.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

#[test]
fn what_the_world_did_otherwise_is_found() {
    run(async {
        let bench = bench().await;
        let sound = bench.world.outside();
        let at = |fits: fn(&Deed) -> bool| sound.deeds.iter().position(|seen| fits(&seen.deed)).unwrap();
        let (buy, write) =
            (at(|deed| matches!(deed, Deed::Buy { .. })), at(|deed| matches!(deed, Deed::Write { .. })));
        type Damage = Box<dyn Fn(&mut Outside)>;
        let cases: Vec<(&str, &[&str], Damage)> = vec![
            ("lost", &["R4"], Box::new(move |o| drop(o.deeds.remove(write)))),
            ("refused", &["R4"], Box::new(move |o| o.deeds[write].receipt = None)),
            (
                "unknown",
                &["R4"],
                Box::new(move |o| {
                    let mut more = o.deeds[write].clone();
                    more.effect = "01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned();
                    o.deeds.push(more);
                }),
            ),
            (
                "more was offered",
                &["R3", "R4"],
                Box::new(move |o| {
                    if let Deed::Write { offer, .. } = &mut o.deeds[write].deed {
                        *offer = Some(Cents(500_000));
                    }
                }),
            ),
            (
                "more was paid",
                &["R3"],
                Box::new(move |o| {
                    if let Some(Receipt::Bought { price, .. }) = &mut o.deeds[buy].receipt {
                        *price = Cents(500_000);
                    }
                }),
            ),
            (
                "it cost more",
                &["R6"],
                Box::new(move |o| {
                    if let Some(Receipt::Bought { total, .. }) = &mut o.deeds[buy].receipt {
                        *total = Cents(40_001);
                    }
                }),
            ),
            (
                "another order",
                &["R6"],
                Box::new(move |o| {
                    if let Some(Receipt::Bought { order, .. }) = &mut o.deeds[buy].receipt {
                        *order = "another".to_owned();
                    }
                }),
            ),
            ("cash", &["R2"], Box::new(|o| o.spent = o.spent + Cents(1))),
            ("venue", &["R8"], Box::new(|o| o.venues.clear())),
        ];
        for (name, expected, damage) in cases {
            let mut outside = sound.clone();
            damage(&mut outside);
            assert_eq!(rules(&bench, &outside).await, expected, "{name}");
        }
    });
}

#[test]
fn a_word_to_whom_wants_none_is_found() {
    run(async {
        let bench = bench().await;
        let mut outside = bench.world.outside();
        let mut tx = bench.store.begin(bench.now, &Actor::new("owner", "test")).await.unwrap();
        for seen in &mut outside.deeds {
            let effect = tx.effect(seen.effect.parse().unwrap()).await.unwrap().unwrap();
            if let Some(address) = effect.address_key {
                tx.suppress(&address, SuppressionReason::OptOut).await.unwrap();
                seen.at = bench.now + chrono::TimeDelta::seconds(1);
            }
        }
        tx.commit().await.unwrap();
        assert_eq!(rules(&bench, &outside).await, ["R9"]);
    });
}
