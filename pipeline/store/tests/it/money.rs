//! Holds and the ledger.

use autobazaaar_domain::bookings::{self, PurchaseCosts};
use autobazaaar_domain::ledger::{Account, HoldState, Postings};
use autobazaaar_domain::owner::AlertStatus;
use autobazaaar_domain::{Cents, Currency, Money};
use autobazaaar_store::StoreError;
use proptest::prelude::*;

use crate::fixtures::{at, begin, empty, run, usd, with_deal};

#[test]
fn a_hold_takes_from_what_is_available_and_gives_back() {
    run(async {
        let (store, deal) = with_deal().await;
        let mut tx = begin(&store, 1).await;
        let hold = tx.place_hold(deal, None, usd(60_000), Some(at(60))).await.unwrap();
        assert_eq!(tx.available(Currency::USD).await.unwrap().available, Cents(40_000));
        let more = tx.place_hold(deal, None, usd(40_001), None).await;
        assert!(matches!(more, Err(StoreError::Funds { .. })), "{more:?}");
        tx.place_hold(deal, None, usd(40_000), None).await.unwrap();
        assert_eq!(tx.available(Currency::USD).await.unwrap().available, Cents::ZERO);
        tx.void_hold(hold.hold_id, "the seller refused").await.unwrap();
        assert_eq!(tx.available(Currency::USD).await.unwrap().available, Cents(60_000));
        tx.commit().await.unwrap();
    });
}

#[test]
fn what_is_charged_beyond_a_hold_is_written_down_and_told() {
    run(async {
        let (store, deal) = with_deal().await;
        let mut tx = begin(&store, 1).await;
        let hold = tx.place_hold(deal, None, usd(60_000), None).await.unwrap().hold_id;
        assert_eq!(tx.post_charge(hold, usd(60_700)).await.unwrap(), Cents(700));
        let other = tx.place_hold(deal, None, usd(10_000), None).await.unwrap().hold_id;
        assert_eq!(tx.post_charge(other, usd(9_000)).await.unwrap(), Cents::ZERO);
        tx.commit().await.unwrap();

        let mut reader = store.read().await.unwrap();
        assert_eq!(reader.hold(hold).await.unwrap().unwrap().spent, Some(Cents(60_700)));
        let alerts = reader.alerts(Some(AlertStatus::New), 10).await.unwrap();
        assert_eq!(alerts.len(), 1, "{alerts:?}");
        assert_eq!(alerts[0].related_id, Some(hold.to_string()));
        assert!(
            alerts[0].message.contains("$607") && alerts[0].message.contains("$7 is beyond"),
            "{alerts:?}"
        );
        assert_eq!(reader.check().await.unwrap(), []);
    });
}

#[test]
fn a_hold_is_closed_exactly_once() {
    run(async {
        let (store, deal) = with_deal().await;
        let mut tx = begin(&store, 1).await;
        let hold = tx.place_hold(deal, None, usd(60_000), Some(at(60))).await.unwrap().hold_id;
        tx.commit().await.unwrap();

        let mut tx = begin(&store, 59).await;
        assert!(tx.expire_holds().await.unwrap().is_empty());
        assert!(matches!(tx.post_hold(hold, Cents(60_001)).await, Err(StoreError::AboveLimit { .. })));
        tx.post_hold(hold, Cents(59_000)).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = begin(&store, 61).await;
        assert!(tx.expire_holds().await.unwrap().is_empty());
        assert!(matches!(tx.void_hold(hold, "late").await, Err(StoreError::Illegal(_))));
        assert!(matches!(tx.post_hold(hold, Cents(1)).await, Err(StoreError::Illegal(_))));
        let hold = tx.hold(hold).await.unwrap().unwrap();
        assert_eq!((hold.state, hold.spent), (HoldState::Posted, Some(Cents(59_000))));
    });
}

#[test]
fn without_capital_nothing_may_be_spent() {
    for capital in [None, Some(0), Some(-100)] {
        run(async {
            let (store, deal) = with_deal().await;
            let mut tx = begin(&store, 1).await;
            let euros = |amount| Money::new(amount, Currency::EUR);
            if let Some(capital) = capital {
                tx.set_capital(euros(capital)).await.unwrap();
                tx.pay_in(euros(1_000)).await.unwrap();
            }
            let hold = tx.place_hold(deal, None, euros(1), None).await;
            assert!(matches!(hold, Err(StoreError::Funds { .. })), "{capital:?}: {hold:?}");
        });
    }
}

#[test]
fn the_books_hold_every_cent_of_a_flip() {
    run(async {
        let (store, _) = with_deal().await;
        let mut tx = begin(&store, 1).await;
        let post = |lines: &[(Account, i64)]| {
            Postings::of(Currency::USD, lines.iter().map(|(account, amount)| (*account, Cents(*amount))))
                .unwrap()
        };
        tx.post("bought", post(&[(Account::Cash, -75_000), (Account::InventoryAtCost, 75_000)]), None)
            .await
            .unwrap();
        assert_eq!(tx.available(Currency::USD).await.unwrap().available, Cents(25_000));
        let sale = [
            (Account::PayoutsPending, 104_400),
            (Account::PlatformFees, 15_600),
            (Account::Revenue, -120_000),
            (Account::CostOfGoodsSold, 75_000),
            (Account::InventoryAtCost, -75_000),
        ];
        let sold = tx.post("sold", post(&sale), None).await.unwrap();
        assert_eq!(tx.profit(Currency::USD).await.unwrap(), Cents(29_400));
        // The payout is still with the venue: cash bounds what may be spent.
        assert_eq!(tx.available(Currency::USD).await.unwrap().available, Cents(25_000));

        tx.correct(sold.entry_id, "the wrong item").await.unwrap();
        assert_eq!(tx.profit(Currency::USD).await.unwrap(), Cents::ZERO);
        assert_eq!(tx.balance(Account::InventoryAtCost, Currency::USD).await.unwrap(), Cents(75_000));
        let again = tx.correct(sold.entry_id, "twice").await;
        assert!(matches!(again, Err(StoreError::Twice { .. })), "{again:?}");
        tx.commit().await.unwrap();

        let mut reader = store.read().await.unwrap();
        let entries = reader.entries(at(0), at(2)).await.unwrap();
        assert_eq!(entries.len(), 4, "{entries:#?}");
        assert_eq!(entries.iter().filter(|entry| entry.corrects == Some(sold.entry_id)).count(), 1);
    });
}

#[test]
fn what_is_not_committed_never_was() {
    run(async {
        let store = empty().await;
        let mut tx = begin(&store, 0).await;
        tx.pay_in(usd(5)).await.unwrap();
        drop(tx);
        let mut reader = store.read().await.unwrap();
        assert_eq!(reader.balance(Account::Cash, Currency::USD).await.unwrap(), Cents::ZERO);
        assert_eq!(reader.last_sequence().await.unwrap(), 0);
        drop(reader);
        let mut tx = begin(&store, 1).await;
        tx.pay_in(usd(7)).await.unwrap();
        tx.commit().await.unwrap();
        let mut reader = store.read().await.unwrap();
        assert_eq!(reader.balance(Account::Cash, Currency::USD).await.unwrap(), Cents(7));
        let told: Vec<_> =
            reader.events_since(0, 10).await.unwrap().into_iter().map(|e| e.kind.as_str()).collect();
        assert_eq!(told, ["ledger.posted"]);
    });
}

/// What a walk through holds does at a step.
#[derive(Debug, Clone, Copy)]
enum Step {
    Place(i64),
    Post(usize, i64),
    Void(usize),
    Wait,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (-10_i64..60_000).prop_map(Step::Place),
        (0_usize..6, 0_i64..60_000).prop_map(|(hold, spent)| Step::Post(hold, spent)),
        (0_usize..6).prop_map(Step::Void),
        Just(Step::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever is tried in whatever order: what is free is never below 0, nothing is closed twice, and
    /// all money is in cash, stock or nowhere.
    #[test]
    fn no_walk_spends_what_is_not_there(steps in prop::collection::vec(step(), 1..25)) {
        run(async {
            let (store, deal) = with_deal().await;
            let mut holds = Vec::new();
            for (minute, step) in (1..).zip(steps) {
                let mut tx = begin(&store, minute).await;
                let done = match step {
                    Step::Place(amount) => {
                        tx.place_hold(deal, None, usd(amount), Some(at(minute + 5))).await.map(|hold| holds.push(hold.hold_id))
                    }
                    Step::Post(hold, spent) if hold < holds.len() => {
                        let posted = tx.post_hold(holds[hold], Cents(spent)).await;
                        match posted {
                            Ok(_) => {
                                let costs = PurchaseCosts { price: Cents(spent), ..PurchaseCosts::default() };
                                let entry = bookings::purchase(Currency::USD, costs).unwrap();
                                tx.post("bought", entry, None).await.map(|_| ())
                            }
                            Err(error) => Err(error),
                        }
                    }
                    Step::Void(hold) if hold < holds.len() => tx.void_hold(holds[hold], "x").await.map(|_| ()),
                    _ => tx.expire_holds().await.map(|_| ()),
                };
                if done.is_ok() {
                    tx.commit().await.unwrap();
                } else {
                    drop(tx);
                }
                let free = store.read().await.unwrap().available(Currency::USD).await.unwrap();
                assert!(free.available.0 >= 0 && free.cash.0 >= 0, "{free:?}");
                assert!(free.stock_at_cost + free.open_holds <= free.capital, "{free:?}");
                assert_eq!(free.cash + free.stock_at_cost, Cents(100_000));
            }
            assert_eq!(store.check().await.unwrap(), []);
        });
    }
}
