use autobazaaar_domain::decision::DecidedBy;

use super::super::worth::Source;
use super::*;
use crate::decide::LimitsConfig;
use crate::score::fixtures::{deal, enriched, now, seen};

fn thing(id: &str) -> Current {
    let seen = seen(id, 40_000);
    Current { enriched: enriched(&seen), seen }
}

fn decision(deal: &Deal, action: Action) -> Decision {
    Decision {
        item_id: deal.item_id,
        episode: 1,
        key: deal.key.clone(),
        action,
        max_price: None,
        opening_offer: None,
        strategy: None,
        hold: Cents(30_000),
        surplus_buy: None,
        surplus_negotiate: None,
        needs_approval: false,
        reasons: Vec::new(),
        available_before: None,
        available_after: None,
        decided_by: DecidedBy::Rule,
        decided_at: now(),
        inputs_hash: String::new(),
    }
}

fn take(book: &mut Book, id: &str, action: Action) -> Deal {
    let deal = deal(id, 40_000, 120_000);
    let decision = decision(&deal, action);
    let thing = thing(id);
    let taken =
        Taken { deal: &deal, decision: &decision, thing: &thing, told: None, before: now(), talk_days: 2.0 };
    book.take(&taken, now());
    deal
}

fn worth(price: i64) -> Option<Worth> {
    Some(Worth { price: Cents(price), source: Source::LaterAsks, comps: 9 })
}

#[test]
fn money_comes_back_with_its_profit_when_a_thing_is_sold() {
    let limits = Limits::new(LimitsConfig::default()).unwrap();
    let mut book = Book::new(Currency::USD);
    let bought = take(&mut book, "a", Action::Buy).figures.unwrap();
    assert_eq!(book.tied(), bought.landed_cost);

    book.settle(now() + days(1.0), |_| worth(90_000));
    assert_eq!((book.tied(), book.purchases[0].net), (bought.landed_cost, None), "not due yet");

    let later = now() + days(bought.days_to_sell.expected + 0.1);
    book.settle(later, |_| None);
    assert_eq!(book.tied(), bought.landed_cost, "nobody knows its worth");
    book.settle(later, |_| worth(90_000));
    let net = bought.route.proceeds(Cents(90_000)).net - bought.landed_cost;
    assert_eq!((book.tied(), book.purchases[0].net), (Cents::ZERO, Some(net)));
    assert_eq!(book.purchases[0].sold_at, Some(later));
    let capital = book.portfolio(&limits, later).funds[&Currency::USD].capital;
    assert_eq!(capital, limits.capital(Currency::USD) + net);
}

#[test]
fn what_is_left_at_the_end_is_judged_and_stays_in_stock() {
    let mut book = Book::new(Currency::USD);
    take(&mut book, "a", Action::Buy);
    book.close(|_| worth(10_000));
    let one = &book.purchases[0];
    assert!(one.net.is_some_and(|net| net.0 < 0) && one.sold_at.is_none());
    let sum = super::super::result::Outcome::of(&book.purchases, 0, &[one.cost], Cents(200_000));
    assert_eq!((sum.losing, sum.realised, sum.stock_at_cost), (1, Cents::ZERO, one.cost));
    assert_eq!(sum.booked, one.net.unwrap());
}

#[test]
fn talks_bind_money_for_as_long_as_they_take() {
    let limits = Limits::new(LimitsConfig::default()).unwrap();
    let mut book = Book::new(Currency::USD);
    take(&mut book, "a", Action::Negotiate);
    let open = |book: &Book, at| book.portfolio(&limits, at).open_negotiations;
    assert_eq!((book.tied(), open(&book, now()), book.negotiations), (Cents(30_000), 1, 1));
    let over = now() + days(2.1);
    book.settle(over, |_| None);
    assert_eq!((book.tied(), open(&book, over)), (Cents::ZERO, 0));
    assert_eq!(book.portfolio(&limits, over).bought_this_week, 1);
    assert!(book.purchases.is_empty());
}

#[test]
fn nothing_is_bought_twice() {
    let mut book = Book::new(Currency::USD);
    let mut again = take(&mut book, "a", Action::Buy);
    let mut other = deal("b", 40_000, 120_000);
    book.mark(&mut again);
    book.mark(&mut other);
    assert_eq!((again.status, other.status), (DealStatus::Purchased, DealStatus::Analyzing));
}
