//! The brief's rules as examples, and what may never happen as properties.

use autobazaaar_domain::{Currency, Strategy};
use proptest::prelude::*;
use proptest::strategy::Strategy as _;

use super::*;
use crate::strategy::{AskReason, Parameters, Round};

fn dollars(major: i64) -> Cents {
    Cents(major * 100)
}

fn said(intent: Intent, price: Option<Cents>) -> Reading {
    Reading { price, ..Reading::blank(intent) }
}

fn offer(price: i64, kind: OfferKind) -> NextStep {
    NextStep::Offer { price: dollars(price), kind }
}

fn rounds(offers: &[i64]) -> Vec<Round> {
    let round = |(i, &price): (usize, &i64)| {
        let kind = if i == 0 { OfferKind::Opening } else { OfferKind::Counter };
        Round { offer: dollars(price), kind, reply: None }
    };
    offers.iter().enumerate().map(round).collect()
}

fn table<'a>(ask: i64, max: i64, parameters: &'a Parameters, rounds: &'a [Round]) -> Table<'a> {
    Table {
        ask: dollars(ask),
        currency: Currency::USD,
        max_price: Some(dollars(max)),
        worth: None,
        parameters,
        rounds,
        follow_ups: 0,
    }
}

#[test]
fn each_strategy_opens_and_ends_where_the_brief_says() {
    let cases = [
        (Strategy::FriendlyLocal, 700, 850),
        (Strategy::ProfessionalBuyer, 650, 800),
        (Strategy::UrgentCash, 600, 750),
        (Strategy::Collector, 750, 900),
    ];
    for (strategy, opening, most) in cases {
        let parameters = Parameters::of(strategy);
        let table = table(1_000, 5_000, &parameters, &[]);
        assert_eq!(Baseline::default().open(&table), offer(opening, OfferKind::Opening), "{strategy}");
        assert_eq!(Baseline::limit(&table), Some(dollars(most)), "{strategy}");
    }
}

#[test]
fn answers_a_counter_offer_by_the_first_rule_that_holds() {
    let cases: [(i64, &[i64], i64, NextStep); 8] = [
        // Within the limit of 800.
        (800, &[700], 5_000, NextStep::Accept { price: dollars(800) }),
        // Above a limit of 720: 1.1 times the limit is 792, so that 750 is near. The gap of 50 is
        // small (up to 62.5): 700 + 30, but not above 720.
        (750, &[700], 720, offer(720, OfferKind::Counter)),
        // Gap of 100, medium: 700 + 0.4 × 100 × 0.9.
        (800, &[700], 790, offer(730, OfferKind::Counter)),
        // Gap of 260, large: 600 + min(0.3 × 260 × 0.9, 0.5 × 180) = 670.2.
        (860, &[600], 790, offer(670, OfferKind::Counter)),
        // Far above: one increment.
        (1_000, &[700], 790, offer(750, OfferKind::Counter)),
        // From the third priced offer on: one increment as well.
        (800, &[700, 720, 740], 795, offer(790, OfferKind::Counter)),
        // No rounds left: the last offer.
        (1_000, &[600, 640, 660, 680], 790, offer(730, OfferKind::Final)),
        // Nothing better within the limit.
        (800, &[700], 700, NextStep::Close { reason: CloseReason::LimitReached }),
    ];
    let parameters = Parameters::of(Strategy::FriendlyLocal);
    for (counter, offers, max, step) in cases {
        let rounds = rounds(offers);
        let table = table(1_000, max, &parameters, &rounds);
        let reading = said(Intent::Counter, Some(dollars(counter)));
        assert_eq!(
            Baseline::default().answer(&table, &reading),
            step,
            "{counter} against {offers:?} of {max}"
        );
    }
}

#[test]
fn asked_800_countered_750_is_accepted() {
    let parameters = Parameters::of(Strategy::Collector);
    let start = table(800, 900, &parameters, &[]);
    assert_eq!(Baseline::default().open(&start), offer(600, OfferKind::Opening));
    let rounds = rounds(&[600]);
    // 0.90 of 800 is 720: the baseline offers more; with a higher share it takes the 750.
    let reading = said(Intent::Counter, Some(dollars(750)));
    assert_eq!(
        Baseline::default().answer(&table(800, 900, &parameters, &rounds), &reading),
        offer(640, OfferKind::Counter)
    );
    let generous = Parameters { most_share: 0.95, ..parameters };
    assert_eq!(
        Baseline::default().answer(&table(800, 900, &generous, &rounds), &reading),
        NextStep::Accept { price: dollars(750) }
    );
}

#[test]
fn answers_everything_else() {
    let parameters = Parameters::of(Strategy::UrgentCash);
    let rounds = rounds(&[60]);
    let table = table(100, 500, &parameters, &rounds);
    let yes = said(Intent::Accept, None);
    let asks = Reading { questions: vec!["When can you come?".to_owned()], ..said(Intent::Question, None) };
    let cases = [
        (yes.clone(), NextStep::Accept { price: dollars(60) }),
        (said(Intent::Accept, Some(dollars(65))), NextStep::AskOwner { reason: AskReason::Unclear }),
        (said(Intent::Reject, None), offer(67, OfferKind::Final)),
        (said(Intent::Negotiate, None), offer(67, OfferKind::Counter)),
        (asks, NextStep::Answer { questions: vec!["When can you come?".to_owned()] }),
        (said(Intent::Unclear, None), NextStep::Clarify),
        (Reading { opt_out: true, ..yes.clone() }, NextStep::Close { reason: CloseReason::OptedOut }),
        (
            Reading { fraud: vec![crate::reading::FraudSign::Code], ..yes.clone() },
            NextStep::Close { reason: CloseReason::Suspicious },
        ),
        (Reading { gone: true, ..yes.clone() }, NextStep::Close { reason: CloseReason::Sold }),
        (Reading { automatic: Some(crate::reading::Automatic::AutoReply), ..yes }, NextStep::Wait),
    ];
    for (reading, step) in cases {
        assert_eq!(Baseline::default().answer(&table, &reading), step, "{reading:?}");
    }
}

#[test]
fn asks_again_as_often_as_the_strategy_says() {
    let parameters = Parameters::of(Strategy::FriendlyLocal);
    let rounds = rounds(&[60]);
    let mut table = table(100, 500, &parameters, &rounds);
    assert_eq!(Baseline::default().silence(&table), NextStep::FollowUp { nth: 1 });
    table.follow_ups = 1;
    assert_eq!(Baseline::default().silence(&table), NextStep::FollowUp { nth: 2 });
    table.follow_ups = 2;
    assert_eq!(Baseline::default().silence(&table), NextStep::Close { reason: CloseReason::Silence });
}

#[test]
fn a_limit_of_nothing_allows_nothing() {
    let parameters = Parameters::of(Strategy::FriendlyLocal);
    let rounds = rounds(&[60]);
    let nothing = NextStep::Close { reason: CloseReason::NothingAllowed };
    for max_price in [None, Some(Cents(0)), Some(Cents(-1)), Some(Cents(i64::MIN))] {
        let mut table = table(100, 0, &parameters, &[]);
        table.max_price = max_price;
        assert_eq!(Baseline::default().open(&table), nothing);
        table.rounds = &rounds;
        for intent in Intent::ALL {
            let step = Baseline::default().answer(&table, &said(*intent, Some(dollars(1))));
            assert_eq!(step, nothing, "{intent}");
        }
    }
}

fn any_reading() -> impl proptest::strategy::Strategy<Value = Reading> {
    let price = proptest::option::of(-1_000..400_000_i64).prop_map(|price| price.map(Cents));
    (proptest::sample::select(Intent::ALL.to_vec()), price).prop_map(|(intent, price)| said(intent, price))
}

proptest! {
    /// Whatever is said, no step exceeds the limit, offers rise, and it comes to an end.
    #[test]
    fn never_above_the_limit_and_never_without_end(
        ask in 1..300_000_i64,
        max in -10..300_000_i64,
        chosen in proptest::sample::select(Strategy::ALL.to_vec()),
        replies in proptest::collection::vec(any_reading(), 0..40),
    ) {
        let parameters = Parameters::of(chosen);
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
            let baseline = Baseline::default();
            let step = reading.map_or_else(|| baseline.open(&table), |said| baseline.answer(&table, said));
            match step {
                NextStep::Accept { price } => {
                    prop_assert!(price.0 > 0 && price.0 <= max);
                    break;
                }
                NextStep::Close { .. } => break,
                NextStep::Offer { price, kind } => {
                    let most = Cents(ask).share(parameters.most_share);
                    prop_assert!(price.0 > 0 && price.0 <= max && price <= most);
                    let last = rounds.last().map_or(Cents::ZERO, |round| round.offer);
                    let forward = if kind == OfferKind::Restated { price == last } else { price > last };
                    prop_assert!(forward);
                    prop_assert!(rounds.len() < 20, "it must come to an end");
                    if let (Some(round), Some(said)) = (rounds.last_mut(), reading) {
                        round.reply = Some(said.into());
                    }
                    rounds.push(Round { offer: price, kind, reply: None });
                }
                _ => {}
            }
        }
        let priced = rounds.iter().filter(|round| round.kind != OfferKind::Restated).count();
        prop_assert!(priced <= parameters.most_rounds as usize + 1);
    }
}
