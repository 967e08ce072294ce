//! What is believed of a seller's reservation price, the lowest price they would take.
//!
//! All prices here are shares of the ask. What sellers do is described by a few figures, chosen
//! so that they agree with what is published of 25 million eBay Best Offer threads (Backus, Blake,
//! Larsen, Tadelis 2020, "Sequential Bargaining in the Field"): first offers average 61 % of the
//! ask; 32 % of them are accepted, 28 % countered, 40 % declined.

use autobazaaar_domain::Cents;
use serde::{Deserialize, Serialize};

use super::{Reply, Round};
use crate::Intent;

/// Reservation prices that are told apart: from 0.30 in steps of 0.02.
pub(super) const POINTS: usize = 41;
const LOWEST: f64 = 0.30;
const STEP: f64 = 0.02;

/// The reservation price at a point.
pub(super) fn share_at(point: usize) -> f64 {
    LOWEST + STEP * point as f64
}

/// How sellers answer offers. Learnable from outcomes: [`Sellers::learn`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sellers {
    /// How often each reservation price is met: one weight per step of 0.02 from 0.30 of the ask;
    /// missing ones are 0.
    pub reservation: Vec<f64>,
    /// Chance of a counter-offer to an offer just below the reservation price.
    pub counters: f64,
    /// How far below it (share of the ask) that chance falls to 37 %.
    pub counters_fall: f64,
    /// Chance that an offer at or above the reservation price is countered all the same.
    pub greedy: f64,
    /// Chance that their last price still stands after they declined a better offer of ours.
    pub keeps_price: f64,
    /// Chance that they do not answer another offer after the first at all.
    pub leaves: f64,
}

/// Mean and spread of reservation prices: with first offers at 0.61 ± 0.17 they make 32 % of them
/// acceptable.
const MEAN: f64 = 0.72;
const SPREAD: f64 = 0.17;

impl Default for Sellers {
    fn default() -> Self {
        let weight = |point| (-0.5 * ((share_at(point) - MEAN) / SPREAD).powi(2)).exp();
        Self {
            reservation: (0..POINTS).map(weight).collect(),
            counters: 0.7,
            counters_fall: 0.35,
            greedy: 0.1,
            keeps_price: 0.4,
            leaves: 0.05,
        }
    }
}

/// A negotiation that is over, to learn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// The ask, minor units.
    pub ask: Cents,
    /// Our offers and what they drew.
    pub rounds: Vec<Round>,
}

/// Past negotiations that the prior counts for while it learns.
const PRIOR_COUNTS: f64 = 40.0;
const LEARNING_PASSES: usize = 25;

impl Sellers {
    /// Chance that an offer draws a counter-offer from a seller with this reservation price.
    pub(super) fn counter_chance(&self, offer: f64, reservation: f64) -> f64 {
        if offer >= reservation {
            return self.greedy;
        }
        self.counters * (-(reservation - offer) / self.counters_fall).exp()
    }

    /// Chance that an offer is accepted.
    pub(super) fn accept_chance(&self, offer: f64, reservation: f64) -> f64 {
        if offer >= reservation { 1.0 - self.greedy - STUBBORN } else { 0.0 }
    }

    /// What was believed before anything was said.
    #[must_use]
    pub fn prior(&self) -> Belief {
        let weights = (0..POINTS).map(|point| self.reservation.get(point).copied().unwrap_or(0.0).max(0.0));
        Belief { weights: weights.collect() }.normalised(&Self::default().reservation)
    }

    /// What is believed after these rounds.
    #[must_use]
    pub fn belief(&self, ask: Cents, rounds: &[Round]) -> Belief {
        let mut belief = self.prior();
        let mut top = 1.0;
        for round in rounds {
            let Some(reply) = round.reply else { continue };
            let share = |price: Cents| price.0 as f64 / ask.0.max(1) as f64;
            let counter = reply.price.filter(|_| reply.intent == Intent::Counter).map(share);
            belief = belief.after(|reservation| {
                self.likelihood(share(round.offer), reply.intent, counter, top, reservation)
            });
            top = counter.unwrap_or(top).min(top);
        }
        belief
    }

    /// How likely a seller with this reservation price answers so. `top` is their price before.
    fn likelihood(
        &self,
        offer: f64,
        intent: Intent,
        counter: Option<f64>,
        top: f64,
        reservation: f64,
    ) -> f64 {
        let counters = self.counter_chance(offer, reservation);
        match (intent, counter) {
            (Intent::Accept, _) => self.accept_chance(offer, reservation),
            (Intent::Counter, Some(price)) if price + STEP / 2.0 < reservation => 0.0,
            (Intent::Counter, Some(price)) => counters * concession_density(price, top, reservation),
            (Intent::Negotiate, _) => counters,
            (Intent::Reject, _) => 1.0 - counters - self.accept_chance(offer, reservation),
            _ => 1.0,
        }
    }

    /// What the sellers of past negotiations were like, together with what was known before:
    /// expectation maximisation of the reservation prices and of how readily they counter, with the
    /// present figures as prior counts. An offer without a reply counts as declined. Same outcomes
    /// in the same order, same result.
    #[must_use]
    pub fn learn(&self, past: &[Past]) -> Self {
        let prior = self.prior();
        let past: Vec<Past> = past.iter().map(Past::with_silence_as_no).collect();
        let mut learned = Self { reservation: prior.weights.clone(), ..self.clone() };
        for _ in 0..LEARNING_PASSES {
            let mut counts: Vec<f64> = prior.weights.iter().map(|weight| weight * PRIOR_COUNTS).collect();
            let mut countered = (PRIOR_COUNTS * self.counters, PRIOR_COUNTS);
            for one in &past {
                let belief = learned.belief(one.ask, &one.rounds);
                counts.iter_mut().zip(&belief.weights).for_each(|(count, weight)| *count += weight);
                let (seen, chances) = learned.counters_seen(one, &belief);
                countered = (countered.0 + seen, countered.1 + chances);
            }
            let total: f64 = counts.iter().sum();
            learned.reservation = counts.into_iter().map(|count| count / total).collect();
            learned.counters = (countered.0 / countered.1).clamp(0.05, 0.95);
        }
        learned
    }

    /// Counter-offers of a past negotiation to offers too low, and how many there would have been
    /// had every seller countered as readily as at no distance.
    fn counters_seen(&self, past: &Past, belief: &Belief) -> (f64, f64) {
        let (mut seen, mut chances) = (0.0, 0.0);
        for round in &past.rounds {
            let offer = round.offer.0 as f64 / past.ask.0.max(1) as f64;
            let talks =
                round.reply.is_some_and(|reply| matches!(reply.intent, Intent::Counter | Intent::Negotiate));
            for (point, weight) in belief.weights.iter().enumerate() {
                let gap = share_at(point) - offer;
                if gap > 0.0 {
                    seen += if talks { *weight } else { 0.0 };
                    chances += weight * (-gap / self.counters_fall).exp();
                }
            }
        }
        (seen, chances)
    }
}

impl Past {
    fn with_silence_as_no(&self) -> Self {
        let no = Reply { intent: Intent::Reject, price: None };
        let answered = |round: &Round| Round { reply: round.reply.or(Some(no)), ..*round };
        Self { ask: self.ask, rounds: self.rounds.iter().map(answered).collect() }
    }
}

/// Chance that a good offer is declined for reasons of their own.
const STUBBORN: f64 = 0.05;

/// Density of a counter-offer between the reservation price and their price before: most go about
/// half of the way, some repeat their price.
fn concession_density(price: f64, top: f64, reservation: f64) -> f64 {
    let room = (top - reservation).max(2.0 * STEP);
    let conceded = ((top - price) / room).clamp(0.0, 1.0);
    (0.2 + 0.8 * 6.0 * conceded * (1.0 - conceded)) / room
}

/// Shares of the way to their reservation price that sellers concede, with their weights: the
/// quarters of the density above.
pub(super) const CONCESSIONS: [(f64, f64); 4] = [(0.05, 0.15), (0.3, 0.3), (0.55, 0.35), (0.8, 0.2)];

/// Weights of the reservation prices, summing to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Belief {
    pub(super) weights: Vec<f64>,
}

impl Belief {
    /// The belief after an observation of the given likelihood.
    fn after(&self, likelihood: impl Fn(f64) -> f64) -> Self {
        let weights = self.weights.iter().enumerate();
        let weights = weights.map(|(point, weight)| weight * likelihood(share_at(point)).max(0.0)).collect();
        Self { weights }.normalised(&self.weights)
    }

    /// Summing to 1; where nothing is left (a reply held for impossible), the weights of before.
    fn normalised(self, before: &[f64]) -> Self {
        let weights = if self.weights.iter().sum::<f64>() > 1e-12 { self.weights } else { before.to_vec() };
        let total: f64 = weights.iter().sum();
        Self { weights: weights.into_iter().map(|weight| weight / total).collect() }
    }

    /// Weights without a name, for look-ahead.
    pub(super) fn from_weights(weights: Vec<f64>) -> Self {
        let flat = vec![1.0; POINTS];
        Self { weights }.normalised(&flat)
    }

    /// Chance that the reservation price is at most this share of the ask.
    #[must_use]
    pub fn at_most(&self, share: f64) -> f64 {
        let points = self.weights.iter().enumerate();
        points.filter(|(point, _)| share_at(*point) <= share + 1e-9).map(|(_, weight)| weight).sum()
    }

    /// The expected reservation price, share of the ask.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.weights.iter().enumerate().map(|(point, weight)| share_at(point) * weight).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::OfferKind;

    fn round(offer: i64, intent: Intent, price: Option<i64>) -> Round {
        let reply = Reply { intent, price: price.map(Cents) };
        Round { offer: Cents(offer), kind: OfferKind::Counter, reply: Some(reply) }
    }

    #[test]
    fn replies_move_the_belief_the_right_way() {
        let sellers = Sellers::default();
        let before = sellers.prior();
        let after = |rounds: &[Round]| sellers.belief(Cents(100), rounds);
        let refused = after(&[round(60, Intent::Reject, None)]);
        assert!(refused.mean() > before.mean());
        let countered = after(&[round(60, Intent::Counter, Some(80))]);
        assert!(countered.at_most(0.82) > 0.999, "nobody asks for less than they would take");
        assert!(countered.at_most(0.6) < 0.2, "nor counters what they would have taken, mostly");
        let twice = after(&[round(60, Intent::Counter, Some(80)), round(65, Intent::Counter, Some(78))]);
        assert!(twice.mean() > countered.mean(), "small steps tell of a reservation price near");
        assert!((after(&[round(60, Intent::Question, None)]).mean() - before.mean()).abs() < 1e-9);
        // What the model holds for impossible leaves the belief as it was.
        let odd = after(&[round(60, Intent::Counter, Some(1))]);
        assert!((odd.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn learns_what_sellers_are_like() {
        let accepted: Vec<Past> = (0..200)
            .map(|_| Past { ask: Cents(100), rounds: vec![round(50, Intent::Accept, None)] })
            .collect();
        let refused: Vec<Past> = (0..200)
            .map(|_| Past { ask: Cents(100), rounds: vec![round(85, Intent::Reject, None)] })
            .collect();
        let before = Sellers::default();
        assert!(before.learn(&accepted).prior().mean() < before.prior().mean() - 0.1);
        assert!(before.learn(&refused).prior().mean() > before.prior().mean() + 0.1);
        assert_eq!(before.learn(&accepted), before.learn(&accepted));
        let same = before.learn(&[]).prior();
        assert!((same.mean() - before.prior().mean()).abs() < 1e-9);
    }
}
