//! A venue charges other than was agreed: the books show what was charged; of more than was set aside
//! the owner is told.

use autobazaaar_domain::ledger::Account;
use autobazaaar_domain::owner::{AlertStatus, Severity};
use autobazaaar_domain::purchase::PurchaseStatus;
use autobazaaar_domain::{Cents, Currency};

use super::{Bench, run};
use crate::score::fixtures::deal;

#[test]
fn a_charge_above_the_hold_is_booked_whole_and_raises_an_alert() {
    run(async {
        let mut bench = Bench::new().await;
        // Given a steal that is bought at the ask, and a venue that adds $900 of shipping
        bench.world.shipping = Cents(90_000);
        bench.take_on(vec![deal("a", 40_000, 120_000)]).await;

        // When it is paid
        bench.hours(0).await;

        // Then stock and cash carry the whole charge, and the hold what was truly spent of it
        let mut reader = bench.store.read().await.unwrap();
        let stock = reader.balance(Account::InventoryAtCost, Currency::USD).await.unwrap();
        assert_eq!(stock, Cents(130_000));
        let alerts = reader.alerts(Some(AlertStatus::New), 10).await.unwrap();
        let told = alerts.iter().find(|alert| alert.severity == Severity::Critical).expect("an alert");
        assert!(told.message.contains("$1,300"), "{told:?}");
        drop(reader);
        bench.is_sound().await;
    });
}

#[test]
fn what_got_cheaper_meanwhile_stands_in_the_books_for_what_was_paid() {
    run(async {
        let mut bench = Bench::new().await;
        bench.world.discount = Cents(5_000);
        bench.take_on(vec![deal("a", 40_000, 120_000)]).await;
        bench.hours(0).await;
        let mut reader = bench.store.read().await.unwrap();
        let paid = reader.purchases(PurchaseStatus::Paid, 9).await.unwrap();
        assert_eq!(paid.iter().map(|purchase| purchase.price).collect::<Vec<_>>(), [Cents(35_000)]);
        assert_eq!(reader.balance(Account::InventoryAtCost, Currency::USD).await.unwrap(), Cents(35_000));
        assert_eq!(reader.alerts(Some(AlertStatus::New), 10).await.unwrap(), []);
        drop(reader);
        bench.is_sound().await;
    });
}
