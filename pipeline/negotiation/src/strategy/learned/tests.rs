//! What the learned negotiator does at single tables.

use autobazaaar_domain::{Currency, Strategy};
use proptest::prelude::*;
use proptest::strategy::Strategy as _;

use super::*;
use crate::strategy::{Parameters, Round};

fn table<'a>(max: i64, parameters: &'a Parameters, rounds: &'a [Round]) -> Table<'a> {
    Table {
        ask: Cents(100_000),
        currency: Currency::USD,
        max_price: Some(Cents(max * 100)),
        worth: None,
        parameters,
        rounds,
        follow_ups: 0,
    }
}

fn said(intent: Intent, price: Option<i64>) -> Reading {
    Reading { price: price.map(|price| Cents(price * 100)), ..Reading::blank(intent) }
}

#[test]
fn opens_within_its_limit_and_higher_where_more_is_to_gain() {
    let parameters = Parameters::of(Strategy::FriendlyLocal);
    let opening = |max| match Learned::default().open(&table(max, &parameters, &[])) {
        NextStep::Offer { price, kind: OfferKind::Opening } => price.0 / 100,
        step => panic!("{step:?}"),
    };
    let (poor, rich) = (opening(700), opening(1_300));
    assert!(poor <= 700 && (450..=1_000).contains(&rich) && poor <= rich, "{poor} {rich}");
    assert_eq!(opening(1_300), rich, "deterministic");
}

#[test]
fn takes_a_good_price_and_leaves_a_hopeless_seller() {
    let parameters = Parameters::of(Strategy::FriendlyLocal);
    let rounds = [Round { offer: Cents(60_000), kind: OfferKind::Opening, reply: None }];
    let table = table(900, &parameters, &rounds);
    let learned = Learned::default();
    assert_eq!(
        learned.answer(&table, &said(Intent::Counter, Some(610))),
        NextStep::Accept { price: Cents(61_000) }
    );
    let step = learned.answer(&table, &said(Intent::Counter, Some(880)));
    assert!(
        matches!(step, NextStep::Offer { price, .. } if price > Cents(60_000) && price < Cents(88_000)),
        "{step:?}"
    );
    // Our last offer was refused: nothing remains to be offered.
    let ended = [Round { offer: Cents(89_000), kind: OfferKind::Final, reply: None }];
    let step = learned.answer(&Table { rounds: &ended, ..table }, &said(Intent::Reject, None));
    assert_eq!(step, NextStep::Close { reason: CloseReason::Rejected });
    // The limit is far below what such sellers take.
    let step = learned.open(&Table { max_price: Some(Cents(20_000)), rounds: &[], ..table });
    assert_eq!(step, NextStep::Close { reason: CloseReason::WalkedAway });
}

fn any_reading() -> impl proptest::strategy::Strategy<Value = Reading> {
    let price = proptest::option::of(-1_000..400_000_i64).prop_map(|price| price.map(Cents));
    (proptest::sample::select(Intent::ALL.to_vec()), price)
        .prop_map(|(intent, price)| Reading { price, ..Reading::blank(intent) })
}

proptest! {
    /// Whatever is said, no step exceeds the limit, offers rise, and it comes to an end.
    #[test]
    fn never_above_the_limit_and_never_without_end(
        ask in 1..300_000_i64,
        max in -10..300_000_i64,
        replies in proptest::collection::vec(any_reading(), 0..30),
    ) {
        let parameters = Parameters::of(Strategy::Collector);
        let learned = Learned::default();
        let mut rounds: Vec<Round> = Vec::new();
        for reading in std::iter::once(None).chain(replies.iter().map(Some)) {
            let table = Table {
                ask: Cents(ask),
                currency: Currency::USD,
                max_price: Some(Cents(max)),
                worth: None,
                parameters: &parameters,
                rounds: &rounds,
                follow_ups: 0,
            };
            let step = reading.map_or_else(|| learned.open(&table), |said| learned.answer(&table, said));
            match step {
                NextStep::Accept { price } => {
                    prop_assert!(price.0 > 0 && price.0 <= max);
                    break;
                }
                NextStep::Close { .. } => break,
                NextStep::Offer { price, kind } => {
                    prop_assert!(price.0 > 0 && price.0 <= max);
                    let last = rounds.last().map_or(Cents::ZERO, |round| round.offer);
                    let forward = if kind == OfferKind::Restated { price == last } else { price > last };
                    prop_assert!(forward && rounds.len() < 20);
                    if let (Some(round), Some(said)) = (rounds.last_mut(), reading) {
                        round.reply = Some(said.into());
                    }
                    rounds.push(Round { offer: price, kind, reply: None });
                }
                _ => {}
            }
        }
    }
}
