//! The report's profit is the ledger's, whatever was booked.

use std::sync::Arc;

use autobazaaar_domain::ledger::{Account, Postings};
use autobazaaar_domain::{Cents, Currency, Money, SeededEntropy, Utc};
use autobazaaar_store::{Actor, Options, Store};

use super::{Made, Profit, ProfitError, adds_up, gather, render_html, render_markdown};

fn day(day: i64) -> Utc {
    Utc::from_timestamp(1_767_225_600 + day * 86_400, 0).unwrap()
}

/// Day, memo, lines.
type BookedOn = (i64, &'static str, &'static [(Account, i64)]);

/// Capital, a day's sale whose item nobody recorded, and a day's service.
fn booked() -> Profit {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let entropy = Arc::new(SeededEntropy::new(1));
        let store = Store::open(Options::memory(), entropy, day(0)).await.unwrap();
        let entries: [BookedOn; 3] = [
            (0, "capital", &[(Account::Cash, 100_000), (Account::OwnerEquity, -100_000)]),
            (
                1,
                "a lamp was sold",
                &[(Account::PayoutsPending, 4_500), (Account::PlatformFees, 500), (Account::Revenue, -5_000)],
            ),
            (3, "insertion fee", &[(Account::ServiceCosts, 35), (Account::Cash, -35)]),
        ];
        for (at, memo, lines) in entries {
            let mut tx = store.begin(day(at), &Actor::new("executor", "test")).await.unwrap();
            let lines = lines.iter().map(|(account, amount)| (*account, Cents(*amount)));
            tx.post(memo, Postings::of(Currency::USD, lines).unwrap(), None).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut found = gather(&store).await.unwrap();
        assert_eq!(found.len(), 1);
        let ledger = store.read().await.unwrap().profit(Currency::USD).await.unwrap();
        assert_eq!(found[0].profit, ledger);
        found.remove(0)
    })
}

#[test]
fn days_items_and_the_rest_come_to_the_ledgers_profit() {
    let profit = booked();
    assert_eq!(profit.profit, Cents(4_465));
    assert_eq!(profit.apart["a lamp was sold"], Cents(4_500));
    assert_eq!(profit.apart["insertion fee"], Cents(-35));
    assert_eq!(profit.services["insertion fee"], Cents(35));
    let so_far: Vec<i64> = profit.days.iter().map(|day| day.profit_so_far.0).collect();
    assert_eq!(so_far, [0, 4_500, 4_465], "days without a booking have no row");
    assert_eq!(profit.days[2].cash, Cents(99_965));
    adds_up(&profit).unwrap();
}

#[test]
fn a_report_that_does_not_add_up_is_refused() {
    let mut profit = booked();
    profit.apart.insert("from nowhere".to_owned(), Cents(1));
    assert!(matches!(adds_up(&profit), Err(ProfitError::Differs { .. })));
}

#[test]
fn the_page_needs_nothing_else_and_says_the_profit() {
    let profit = booked();
    let made = Made { at: day(4), simulated: true };
    let page = render_html(&profit, made).unwrap();
    let money = Money { amount: profit.profit, currency: Currency::USD }.to_string();
    assert!(page.contains(&money), "{money}");
    assert!(page.contains("Simulated market"));
    for outside in ["src=\"http", "href=\"http", "url(http", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let markdown = render_markdown(&profit, made);
    assert!(markdown.contains(&money), "{markdown}");
}
