//! Each sale pays once, to the cent.

use std::collections::BTreeMap;

use autobazaaar_domain::fees::SaleTerms;
use autobazaaar_domain::{Currency, Platform};

use super::promises::trade;
use super::*;
use crate::venue::fee_platform;

/// The venue's bill for an order, worked out apart from the market.
fn bill(bazaar: &Bazaar, order: &Order) -> Cents {
    let terms = SaleTerms {
        price: order.price,
        shipping_charged: order.shipping,
        tax: Cents::ZERO,
        currency: Currency::USD,
        delivery: order.delivery,
        at: order.placed_at,
    };
    let venue: Platform = fee_platform(order.listing.platform.as_str()).parse().unwrap();
    let number = bazaar.trade_number(&order.id).unwrap();
    let category = bazaar.thing(bazaar.trades[number as usize].thing).category().name;
    FeeSchedule::parse(FEES).unwrap().for_sale(&venue, category, terms).unwrap().total
}

/// What every sale should have paid so far is what it paid.
fn check_payouts(bazaar: &Bazaar) -> usize {
    let mut paid: BTreeMap<String, (Cents, u32)> = BTreeMap::new();
    for payout in bazaar.payouts(0) {
        assert_eq!(payout.amount, payout.gross - payout.platform_fee - payout.payment_fee);
        let entry = paid.entry(payout.order.clone()).or_default();
        entry.0 = entry.0 + payout.amount;
        entry.1 += u32::from(payout.gross.0 > 0);
    }
    let sales: Vec<_> = bazaar.trades.iter().filter(|trade| trade.order.side == Side::Sale).collect();
    for trade in &sales {
        let order = &trade.order;
        let (amount, times) = paid.remove(&order.id).unwrap_or_default();
        assert!(times <= 1, "{} paid {times} times", order.id);
        let everything = order.price + order.shipping;
        let expected = match trade.fees {
            None => Cents::ZERO,
            Some(_) if order.refunded == everything => Cents::ZERO,
            Some(_) => everything - order.refunded - bill(bazaar, order),
        };
        assert_eq!(amount, expected, "{order:?}");
        assert!(order.refunded >= Cents::ZERO && order.refunded <= everything);
    }
    assert!(paid.is_empty(), "payouts without a sale: {paid:?}");
    sales.len()
}

#[test]
fn each_sale_pays_exactly_once() {
    let mut sales = 0;
    for seed in 50..58 {
        let mut bazaar = small(seed);
        if seed % 2 == 1 {
            bazaar.set_faults(Faults::all(seed, 0.08));
        }
        trade(&mut bazaar, 30, 6);
        sales += check_payouts(&bazaar);
    }
    println!("{sales} sales");
    assert!(sales > 40, "{sales}");
}

/// A staged flip, up to the sale's delivery.
fn flipped(scenario: Scenario) -> (Bazaar, Order) {
    let mut bazaar = small(57);
    let key = bazaar.scenario(scenario);
    let seen = bazaar.listing(key.platform.as_str(), &key.external_id).unwrap();
    done(bazaar.buy("b", &key, Cents(80_000)));
    bazaar.advance_to(start() + hours(24 * 12));
    done(bazaar.publish("p", &draft(&seen, "B-000001", Cents(110_000))));
    bazaar.advance_to(start() + hours(24 * 16));
    let sale = bazaar.orders(0).pop().unwrap().order;
    assert_eq!((sale.side, sale.price), (Side::Sale, Cents(110_000)));
    done(bazaar.ship("s", &sale.id));
    bazaar.advance_to(start() + hours(24 * 40));
    let sale = bazaar.order(&sale.id).unwrap().clone();
    (bazaar, sale)
}

#[test]
fn a_return_takes_the_money_back_and_brings_the_thing_home() {
    let (mut bazaar, sale) = flipped(Scenario::Return);
    // Nobody answered: the venue refunded.
    assert_eq!(sale.state, OrderState::Refunded);
    assert!(bazaar.inbox(0).iter().any(|message| message.asks_return));
    assert_eq!(check_payouts(&bazaar), 1);
    assert_eq!(bazaar.oracle().flows().paid_out, Cents::ZERO);
    assert_eq!(bazaar.deliveries(0).pop().unwrap().order, sale.id);
    assert!(bazaar.oracle().holding("B-000001").is_some());
    assert!(matches!(refused(bazaar.refund("r", &sale.id, Cents(1))), Refusal::WrongState { .. }));
}

#[test]
fn a_part_paid_back_is_taken_from_the_payout() {
    let (mut bazaar, sale) = flipped(Scenario::GoodFlip);
    assert_eq!(sale.state, OrderState::Delivered);
    let before = bazaar.oracle().flows().paid_out;
    done(bazaar.refund("r1", &sale.id, Cents(5_000)));
    assert_eq!(bazaar.oracle().flows().paid_out, before - Cents(5_000));
    check_payouts(&bazaar);
    assert!(matches!(refused(bazaar.refund("r2", &sale.id, Cents(200_000))), Refusal::BadRequest { .. }));
    done(bazaar.refund("r3", &sale.id, sale.price + sale.shipping - Cents(5_000)));
    assert_eq!(bazaar.oracle().flows().paid_out, Cents::ZERO);
    check_payouts(&bazaar);
}

#[test]
fn what_is_sold_twice_is_sent_once() {
    // Given one thing on two venues
    let mut bazaar = small(58);
    let key = bazaar.scenario(Scenario::GoodFlip);
    let seen = bazaar.listing(key.platform.as_str(), &key.external_id).unwrap();
    done(bazaar.buy("b", &key, Cents(80_000)));
    bazaar.advance_to(start() + hours(24 * 12));
    let first = draft(&seen, "B-000001", Cents(100_000));
    let second = Draft { platform: "bazaar-auction".parse().unwrap(), ..first.clone() };
    done(bazaar.publish("p1", &first));
    done(bazaar.publish("p2", &second));
    assert!(matches!(refused(bazaar.publish("p3", &first)), Refusal::WrongState { .. }));
    bazaar.advance_to(start() + hours(24 * 15) + hours(23));
    let sales: Vec<_> = bazaar.orders(0).into_iter().filter(|u| u.order.side == Side::Sale).collect();
    let outcomes: Vec<_> = sales.iter().map(|u| bazaar.ship(&u.order.id, &u.order.id)).collect();
    let sent = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Done(_))).count();
    assert_eq!((sales.len(), sent), (2, 1), "{outcomes:?}");
}
