//! Determinism, idempotence, and the staged stories.

use super::*;

/// Buys, resells and answers whatever comes along; returns the market after `days`.
fn busy(seed: u64, days: i64, step_hours: i64) -> Bazaar {
    let mut bazaar = small(seed);
    trade(&mut bazaar, days, step_hours);
    bazaar
}

/// Does a deed as a careful client does: what is uncertain is asked about, what was turned away is
/// sent again, and to be sure everything is sent twice.
fn insist(bazaar: &mut Bazaar, effect: &str, action: &Action) -> Outcome {
    for _ in 0..500 {
        let outcome = match bazaar.act(effect, action) {
            Outcome::Uncertain => match bazaar.effect_status(effect) {
                Ok(EffectStatus::Done(receipt)) => Outcome::Done(receipt),
                Ok(EffectStatus::Refused { reason }) => Outcome::Refused { reason },
                Ok(EffectStatus::Unknown) | Err(_) => continue,
            },
            outcome => outcome,
        };
        match &outcome {
            Outcome::Refused { reason } if reason.is_transient() => {}
            _ => {
                bazaar.act(effect, action);
                return outcome;
            }
        }
    }
    panic!("{effect} does not get through");
}

fn keep_asking<T>(mut ask: impl FnMut() -> Result<T, Refusal>) -> Option<T> {
    for _ in 0..500 {
        match ask() {
            Err(reason) if reason.is_transient() => {}
            answer => return answer.ok(),
        }
    }
    None
}

/// A simple trader: talks to what is new, buys what is agreed, lists what arrives.
pub(super) fn trade(bazaar: &mut Bazaar, days: i64, step_hours: i64) {
    let (mut mail, mut arrivals, mut orders) = (0, 0, 0);
    let venues: Vec<String> = bazaar.venues().iter().map(|v| v.as_str().to_owned()).collect();
    for step in 0..days * 24 / step_hours {
        bazaar.advance_to(start() + hours(step * step_hours));
        let venue = &venues[step as usize % venues.len()];
        let query = Query::category("phones");
        let page = keep_asking(|| bazaar.search(venue, &query, 0));
        for row in page.iter().flat_map(|page| &page.listings).take(3) {
            let Some(ask) = row.ask() else { continue };
            let text = "Hello, I like it. Would you take a bit less if I pay today?".to_owned();
            let offer = Action::SendMessage { listing: row.key.clone(), text, offer: Some(ask.share(0.75)) };
            insist(bazaar, &format!("offer {}", row.key), &offer);
            if step % 5 == 0 {
                let buy = Action::Buy { listing: row.key.clone(), price: ask };
                insist(bazaar, &format!("buy {}", row.key), &buy);
            }
        }
        let mut letters = bazaar.inbox(mail);
        letters.sort_by_key(|message| message.seq);
        letters.dedup_by_key(|message| message.seq);
        for message in letters.into_iter().filter(|message| message.seq > mail).collect::<Vec<_>>() {
            mail = message.seq;
            if message.from == From::Buyer && message.offer.is_some() {
                let thread = message.thread.clone();
                let answer =
                    Action::AnswerBuyer { thread, answer: BuyerAnswer::Accept, text: "Deal.".into() };
                insist(bazaar, &format!("answer {}", message.message_id), &answer);
            }
        }
        for arrival in bazaar.deliveries(arrivals) {
            arrivals = arrival.seq;
            let order = bazaar.order(&arrival.order).cloned();
            if let Some(order) = order.filter(|order| order.side == Side::Purchase) {
                let draft = offered(&order, step % 3 == 0);
                let effect = format!("publish {} {}", order.id, arrival.seq);
                insist(bazaar, &effect, &Action::Publish { draft });
            }
        }
        for update in bazaar.orders(orders) {
            orders = update.seq;
            let order = update.order;
            let id = order.id.clone();
            match (order.side, order.state) {
                (Side::Sale, OrderState::Placed) => {
                    insist(bazaar, &format!("ship {id}"), &Action::Ship { order: id });
                }
                (Side::Sale, OrderState::ReturnAsked) => {
                    let amount = order.price + order.shipping - order.refunded;
                    insist(bazaar, &format!("refund {id}"), &Action::Refund { order: id, amount });
                }
                (Side::Purchase, OrderState::NeverArrived) => {
                    insist(bazaar, &format!("claim {id}"), &Action::Claim { order: id });
                }
                _ => {}
            }
        }
    }
}

fn offered(order: &Order, by_hand: bool) -> Draft {
    Draft {
        platform: order.listing.platform.clone(),
        order: order.id.clone(),
        title: "A fine phone, works".into(),
        description: None,
        condition: None,
        price: order.price.max(Cents(100)),
        shipping_price: Some(Cents(800)),
        delivery: if by_hand { Delivery::Local } else { Delivery::Shipped },
        images: vec!["a".into(), "b".into()],
        attributes: Default::default(),
    }
}

#[test]
fn faults_change_nothing_for_a_careful_client() {
    let calm = busy(7, 12, 6);
    for chance in [0.05, 0.3] {
        let mut stormy = small(7);
        stormy.set_faults(Faults::all(3, chance));
        trade(&mut stormy, 12, 6);
        assert_eq!(stormy.log_hash(), calm.log_hash());
        assert_eq!(stormy.payout_rows, calm.payout_rows);
    }
}

#[test]
fn same_seed_and_calls_same_bytes() {
    let (one, two, other) = (busy(7, 12, 6), busy(7, 12, 6), busy(8, 12, 6));
    assert_eq!(one.log_hash(), two.log_hash());
    assert_eq!(one.inbox, two.inbox);
    assert_ne!(one.log_hash(), other.log_hash());
    assert!(one.inbox.len() > 20 && !one.payout_rows.is_empty(), "{} messages", one.inbox.len());
}

#[test]
fn nothing_is_heard_before_it_is_due() {
    let mut bazaar = small(2);
    let quickest = TimeDelta::seconds((bazaar.params().sellers.reply_hours[0] * 3_600.0) as i64);
    let mut sent = std::collections::HashMap::new();
    for (number, hidden) in bazaar.oracle().standing("bazaar-social", "furniture").iter().enumerate() {
        let at = start() + TimeDelta::minutes(number as i64);
        bazaar.advance_to(at);
        bazaar.send_message(&format!("m{number}"), &hidden.listing, "$40?", Some(Cents(4_000)));
        sent.insert(hidden.listing.clone(), at);
    }
    let mut seen = 0;
    for minute in 0..3_000 {
        bazaar.advance_to(start() + TimeDelta::minutes(minute));
        for message in bazaar.inbox(seen) {
            seen = message.seq;
            assert!(message.at <= bazaar.now() && message.at - sent[&message.listing] >= quickest);
        }
    }
    assert!(seen > 20, "{seen} replies");
}

#[test]
fn how_often_one_looks_changes_nothing() {
    let (mut seldom, mut often) = (small(3), small(3));
    seldom.advance_to(start() + hours(24 * 10));
    for hour in 0..=240 {
        often.advance_to(start() + hours(hour));
        // The clock jumps back: time that passed stays passed.
        often.advance_to(start() - hours(5));
    }
    assert_eq!(seldom.log_hash(), often.log_hash());
    let query = Query::category("tools");
    assert_eq!(seldom.search("bazaar-local", &query, 0), often.search("bazaar-local", &query, 0));
}

#[test]
fn a_journal_restores_the_market() {
    let before = busy(9, 10, 8);
    let params = before.params().clone();
    let written = serde_json::to_string(before.journal()).unwrap();
    let read: Vec<Entry> = serde_json::from_str(&written).unwrap();
    let mut after = Bazaar::restore(params, 9, start(), &read).unwrap();
    assert_eq!(after.journal(), before.journal());
    after.advance_to(before.now());
    assert_eq!(after.log_hash(), before.log_hash());
    assert_eq!(after.inbox, before.inbox);
    assert_eq!(after.payout_rows, before.payout_rows);
}

#[test]
fn a_good_flip_goes_all_the_way() {
    // Given a listing asked at 800 and worth about 1,200
    let mut bazaar = small(11);
    let key = bazaar.scenario(Scenario::GoodFlip);
    let seen = bazaar.listing(key.platform.as_str(), &key.external_id).unwrap();
    assert_eq!(seen.price, Some(Cents(80_000)));
    let worth = bazaar.oracle().listing(&key).unwrap().value;
    assert!((110_000..130_000).contains(&worth.0), "{worth:?}");
    // When we offer less, the seller counters 750
    done(bazaar.send_message("m1", &key, "Would you take $560? I can pay today.", None));
    bazaar.advance_to(start() + hours(40));
    let reply = bazaar.inbox(0).pop().unwrap();
    assert!(reply.text.contains("750"), "{}", reply.text);
    assert_eq!(refused(bazaar.buy("b0", &key, Cents(70_000))), Refusal::PriceTooLow { wanted: 75_000 });
    let receipt = done(bazaar.buy("b1", &key, Cents(75_000)));
    let Receipt::Bought { order, price, .. } = receipt else { panic!("{receipt:?}") };
    assert_eq!(price, Cents(75_000));
    // Then it arrives, is listed, sells and pays
    bazaar.advance_to(start() + hours(24 * 14));
    let arrival = bazaar.deliveries(0).pop().unwrap();
    assert_eq!((arrival.order.as_str(), arrival.inspection.as_described), (order.as_str(), true));
    done(bazaar.publish("p1", &draft(&seen, &order, Cents(105_000))));
    for day in 14..90 {
        bazaar.advance_to(start() + hours(24 * day));
        for update in bazaar.orders(0).iter().filter(|update| update.order.side == Side::Sale) {
            bazaar.ship(&format!("ship {}", update.order.id), &update.order.id);
        }
    }
    let paid: Cents = bazaar.payouts(0).iter().map(|payout| payout.amount).sum();
    assert!(paid > Cents(80_000), "{paid:?}");
}

#[test]
fn the_other_stories_end_as_they_should() {
    let buy_and_wait = |scenario| {
        let mut bazaar = small(12);
        let key = bazaar.scenario(scenario);
        bazaar.send_message("m1", &key, "$600?", Some(Cents(60_000)));
        bazaar.advance_to(start() + hours(40));
        let outcome = bazaar.buy("b1", &key, Cents(60_000));
        bazaar.advance_to(start() + hours(24 * 20));
        (bazaar, outcome)
    };
    let (_, outcome) = buy_and_wait(Scenario::Refused);
    assert_eq!(refused(outcome), Refusal::PriceTooLow { wanted: 80_000 });
    let (mut bazaar, outcome) = buy_and_wait(Scenario::Scam);
    done(outcome);
    assert_eq!(bazaar.order("B-000001").unwrap().state, OrderState::NeverArrived);
    assert!(bazaar.deliveries(0).is_empty());
    // The venue of the stage gives the money back.
    let Receipt::Claimed { amount, .. } = done(bazaar.claim("c1", "B-000001")) else { panic!() };
    assert!(amount >= Cents(60_000));
    assert_eq!(bazaar.oracle().flows().spent, Cents::ZERO);
}

#[test]
fn a_market_can_move_between_threads() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Bazaar>();
}

#[test]
fn an_effect_happens_once() {
    let mut bazaar = small(13);
    let key = bazaar.scenario(Scenario::GoodFlip);
    let first = bazaar.buy("b1", &key, Cents(80_000));
    assert_eq!(bazaar.buy("b1", &key, Cents(80_000)), first);
    assert_eq!(refused(bazaar.buy("b1", &key, Cents(90_000))), Refusal::Conflict);
    assert_eq!(refused(bazaar.buy("b2", &key, Cents(80_000))), Refusal::Gone);
    assert_eq!(bazaar.orders(0).len(), 1);
    let written = serde_json::to_string(&first).unwrap();
    assert_eq!(serde_json::from_str::<Outcome>(&written).unwrap(), first, "{written}");
    assert_eq!(bazaar.effect_status("b1"), Ok(EffectStatus::Done(done(first))));
    assert_eq!(bazaar.effect_status("b9"), Ok(EffectStatus::Unknown));
}

#[test]
fn an_effect_happens_once_under_faults() {
    for seed in 0..20 {
        let mut bazaar = small(14);
        let key = bazaar.scenario(Scenario::GoodFlip);
        bazaar.set_faults(Faults::all(seed, 0.3));
        let mut tries = 0;
        while !matches!(bazaar.buy("b1", &key, Cents(80_000)), Outcome::Done(_)) {
            tries += 1;
            assert!(tries < 100);
        }
        assert_eq!(bazaar.orders(0).len(), 1, "seed {seed}");
    }
}
