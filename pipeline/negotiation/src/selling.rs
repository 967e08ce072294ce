//! Answering buyers on a listing of ours, within its floor price.
//!
//! The roles are swapped: the message is read with [`Heard::from`] = [`Party::Buyer`], where
//! [`Heard::our_offer`] is our last counter-offer, else our ask.
//!
//! [`Heard::from`]: crate::Heard
//! [`Heard::our_offer`]: crate::Heard
//! [`Party::Buyer`]: crate::Party

use autobazaaar_domain::{Cents, Currency};
use serde::{Deserialize, Serialize};

use crate::Intent;
use crate::Reading;
use crate::reading::Automatic;
use crate::strategy::{AskReason, CloseReason, NextStep, OfferKind};

/// How we come down. Shares are of the ask.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SellingParameters {
    /// Share of the way from our price to theirs (or to the floor, if that is nearer) that we go.
    pub concession: f64,
    /// Counter-offers of ours before the last one.
    pub most_rounds: u32,
    /// Offers below this share of the ask are declined without a counter-offer.
    pub lowest_serious: f64,
}

impl Default for SellingParameters {
    fn default() -> Self {
        Self { concession: 0.5, most_rounds: 3, lowest_serious: 0.4 }
    }
}

/// A listing of ours and what was offered so far. Amounts are minor units of `currency`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stall<'a> {
    /// What the listing asks.
    pub ask: Cents,
    /// The lowest price at which it may be sold. Absent, zero or negative: nothing below the ask.
    pub floor: Option<Cents>,
    pub currency: Currency,
    pub parameters: &'a SellingParameters,
    /// Our counter-offers to this buyer, oldest first.
    pub counters: &'a [Cents],
}

impl Stall<'_> {
    /// The lowest price that may be taken, never above the ask.
    #[must_use]
    pub fn lowest(&self) -> Cents {
        self.floor.filter(|floor| floor.0 > 0).map_or(self.ask, |floor| floor.min(self.ask))
    }

    /// What we ask of this buyer at present.
    #[must_use]
    pub fn price(&self) -> Cents {
        self.counters.last().copied().unwrap_or(self.ask)
    }
}

/// What follows a buyer's message.
///
/// **Invariant:** no price is accepted or offered below [`Stall::lowest`].
#[must_use]
pub fn answer_buyer(stall: &Stall, reading: &Reading) -> NextStep {
    if reading.opt_out {
        return NextStep::Close { reason: CloseReason::OptedOut };
    }
    match reading.automatic {
        Some(Automatic::Bounce) => return NextStep::Close { reason: CloseReason::Bounced },
        Some(Automatic::AutoReply) => return NextStep::Wait,
        None => {}
    }
    if stall.ask.0 <= 0 {
        return NextStep::Close { reason: CloseReason::NothingAllowed };
    }
    match (reading.intent, reading.price) {
        (Intent::Accept, None) => NextStep::Accept { price: stall.price().max(stall.lowest()) },
        (Intent::Accept | Intent::Counter, Some(price)) => bid(stall, price),
        (Intent::Counter, None) => NextStep::AskOwner { reason: AskReason::Unclear },
        (Intent::Negotiate, _) => come_down(stall, stall.lowest()),
        (Intent::Question, _) => NextStep::Answer { questions: reading.questions.clone() },
        (Intent::Reject, _) => NextStep::Close { reason: CloseReason::Rejected },
        (Intent::Unclear, _) => NextStep::Clarify,
    }
}

fn bid(stall: &Stall, price: Cents) -> NextStep {
    if price >= stall.price() && price.0 > 0 {
        // Nobody is charged more than we asked.
        return NextStep::Accept { price: stall.price().max(stall.lowest()) };
    }
    let ended = u32::try_from(stall.counters.len()).unwrap_or(u32::MAX) >= stall.parameters.most_rounds;
    if price >= stall.lowest() && (ended || price >= stall.price() - stall.ask.share(0.05)) {
        return NextStep::Accept { price };
    }
    if price < stall.ask.share(stall.parameters.lowest_serious) {
        return NextStep::Close { reason: CloseReason::LimitReached };
    }
    come_down(stall, price.max(stall.lowest()))
}

/// A step from our price towards `to`, rounded up, never below the lowest.
fn come_down(stall: &Stall, to: Cents) -> NextStep {
    let rounds = u32::try_from(stall.counters.len()).unwrap_or(u32::MAX);
    if rounds > stall.parameters.most_rounds {
        return NextStep::Close { reason: CloseReason::LimitReached };
    }
    let step = (stall.price() - to).share(stall.parameters.concession.clamp(0.0, 1.0));
    let whole = stall.currency.scale();
    let wanted = (stall.price() - step).max(stall.lowest());
    let price = Cents((wanted.0 + whole - 1).div_euclid(whole) * whole).min(stall.price());
    let kind = match rounds {
        _ if price >= stall.price() => OfferKind::Restated,
        rounds if rounds >= stall.parameters.most_rounds => OfferKind::Final,
        _ => OfferKind::Counter,
    };
    NextStep::Offer { price, kind }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARAMETERS: SellingParameters =
        SellingParameters { concession: 0.5, most_rounds: 3, lowest_serious: 0.4 };

    fn stall(floor: Option<i64>, counters: &[Cents]) -> Stall<'_> {
        let floor = floor.map(|floor| Cents(floor * 100));
        Stall { ask: Cents(10_000), floor, currency: Currency::USD, parameters: &PARAMETERS, counters }
    }

    fn said(intent: Intent, price: Option<i64>) -> Reading {
        Reading { price: price.map(|price| Cents(price * 100)), ..Reading::blank(intent) }
    }

    #[test]
    fn answers_buyers_within_the_floor() {
        let offer = |price: i64, kind| NextStep::Offer { price: Cents(price * 100), kind };
        let accept = |price: i64| NextStep::Accept { price: Cents(price * 100) };
        let cases = [
            (said(Intent::Accept, None), Some(80), accept(100)),
            (said(Intent::Counter, Some(97)), Some(80), accept(97)),
            (said(Intent::Counter, Some(120)), Some(80), accept(100)),
            (said(Intent::Counter, Some(85)), Some(80), offer(93, OfferKind::Counter)),
            (said(Intent::Counter, Some(60)), Some(80), offer(90, OfferKind::Counter)),
            (
                said(Intent::Counter, Some(20)),
                Some(80),
                NextStep::Close { reason: CloseReason::LimitReached },
            ),
            (said(Intent::Negotiate, None), Some(80), offer(90, OfferKind::Counter)),
            // Without a floor nothing goes below the ask.
            (said(Intent::Counter, Some(97)), None, offer(100, OfferKind::Restated)),
            (said(Intent::Negotiate, None), Some(0), offer(100, OfferKind::Restated)),
            (said(Intent::Unclear, None), Some(80), NextStep::Clarify),
        ];
        for (reading, floor, step) in cases {
            assert_eq!(answer_buyer(&stall(floor, &[]), &reading), step, "{reading:?} {floor:?}");
        }
        let counters = [Cents(9_300), Cents(9_000), Cents(8_800)];
        assert_eq!(answer_buyer(&stall(Some(80), &counters), &said(Intent::Counter, Some(82))), accept(82));
    }

    proptest! {
        #[test]
        fn never_below_the_floor(
            ask in 1..500_000_i64,
            floor in -10..500_000_i64,
            price in -10..500_000_i64,
            countered in proptest::collection::vec(0.0..1.0_f64, 0..5),
            intent in proptest::sample::select(Intent::ALL.to_vec()),
            named: bool,
        ) {
            let lowest = if floor > 0 { floor.min(ask) } else { ask };
            let mut counters: Vec<Cents> =
                countered.iter().map(|share| Cents(lowest + ((ask - lowest) as f64 * share) as i64)).collect();
            counters.sort_by_key(|price| -price.0);
            let stall = Stall { ask: Cents(ask), floor: Some(Cents(floor)), currency: Currency::USD, parameters: &PARAMETERS, counters: &counters };
            let reading = Reading { price: named.then_some(Cents(price)), ..Reading::blank(intent) };
            match answer_buyer(&stall, &reading) {
                NextStep::Accept { price } | NextStep::Offer { price, .. } => {
                    prop_assert!(price.0 >= lowest && price.0 <= ask, "{price:?}");
                }
                _ => {}
            }
        }
    }
}
