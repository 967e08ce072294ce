//! The negotiator that believes something of the seller and looks ahead.

use autobazaaar_domain::Cents;
use serde::{Deserialize, Serialize};

use super::belief::{Belief, CONCESSIONS, POINTS, share_at};
use super::step::shared_answer;
use super::{CloseReason, Negotiator, NextStep, OfferKind, Sellers, Table, down_to_habit, next_below};
use crate::{Intent, Reading};

/// Offers what maximises the expected surplus, given the offers that remain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Learned {
    pub sellers: Sellers,
    /// What one more message costs, share of the ask: an offer that gains less is not made.
    pub trouble: f64,
    /// What a deal is worth beyond its surplus, share of the ask: the higher, the sooner it agrees.
    pub deal_bonus: f64,
    /// The lowest opening, share of the ask.
    pub lowest_opening: f64,
    /// Offers looked ahead, beside the one to be made.
    pub look_ahead: u32,
}

impl Default for Learned {
    fn default() -> Self {
        Self {
            sellers: Sellers::default(),
            trouble: 0.002,
            deal_bonus: 0.01,
            lowest_opening: 0.45,
            look_ahead: 1,
        }
    }
}

impl Negotiator for Learned {
    fn open(&self, table: &Table) -> NextStep {
        let Some(limit) = table.limit() else {
            return NextStep::Close { reason: CloseReason::NothingAllowed };
        };
        if !table.rounds.is_empty() {
            return NextStep::Wait;
        }
        let wanted = match self.best(table, limit, None) {
            Choice::Offer(share) => table.ask.share(share),
            Choice::Accept(_) => table.ask,
            Choice::Leave => return NextStep::Close { reason: CloseReason::WalkedAway },
        };
        match down_to_habit(wanted.min(limit), table.currency) {
            Cents::ZERO => NextStep::Close { reason: CloseReason::NothingAllowed },
            price => NextStep::Offer { price, kind: OfferKind::Opening },
        }
    }

    fn answer(&self, table: &Table, reading: &Reading) -> NextStep {
        if let Some(step) = shared_answer(table, reading) {
            return step;
        }
        let Some(limit) = table.limit() else {
            return NextStep::Close { reason: CloseReason::NothingAllowed };
        };
        let otherwise =
            if reading.intent == Intent::Reject { CloseReason::Rejected } else { CloseReason::WalkedAway };
        let left = self.offers_left(table);
        match self.best(table, limit, Some(reading)) {
            Choice::Accept(price) => NextStep::Accept { price },
            Choice::Offer(share) => {
                self.offer(table, limit, share, left).unwrap_or(NextStep::Close { reason: otherwise })
            }
            // Our last offer was said to be the last: it stands, and nothing follows it.
            Choice::Leave if reading.intent == Intent::Negotiate && table.is_final() => NextStep::Wait,
            Choice::Leave if reading.intent == Intent::Negotiate && !restated(table) => match table.offer() {
                Some(price) if price <= limit => NextStep::Offer { price, kind: OfferKind::Restated },
                _ => NextStep::Close { reason: otherwise },
            },
            Choice::Leave => NextStep::Close { reason: otherwise },
        }
    }
}

/// What is best to do.
enum Choice {
    /// Take a price of theirs.
    Accept(Cents),
    /// Offer this share of the ask.
    Offer(f64),
    Leave,
}

fn restated(table: &Table) -> bool {
    table.rounds.last().is_some_and(|round| round.kind == OfferKind::Restated)
}

impl Learned {
    /// Priced offers that remain, the last one included.
    fn offers_left(&self, table: &Table) -> u32 {
        if table.is_final() {
            return 0;
        }
        (table.parameters.most_rounds + 1).saturating_sub(table.priced_offers())
    }

    fn offer(&self, table: &Table, limit: Cents, share: f64, left: u32) -> Option<NextStep> {
        let floor = table.offer().unwrap_or(Cents::ZERO);
        let price = next_below(table.ask.share(share).min(limit), floor, table.currency)?;
        let kind = match (table.rounds.is_empty(), left) {
            (true, _) => OfferKind::Opening,
            (false, 0 | 1) => OfferKind::Final,
            _ => OfferKind::Counter,
        };
        Some(NextStep::Offer { price, kind })
    }

    /// Weighs taking their price, each better offer of ours, and leaving.
    fn best(&self, table: &Table, limit: Cents, reading: Option<&Reading>) -> Choice {
        let share = |price: Cents| price.0 as f64 / table.ask.0 as f64;
        let mut rounds = table.rounds.to_vec();
        if let (Some(round), Some(reading)) = (rounds.last_mut(), reading) {
            round.reply = Some(reading.into());
        }
        let belief = self.sellers.belief(table.ask, &rounds);
        let spoken =
            reading.filter(|reading| reading.intent == Intent::Counter).and_then(|reading| reading.price);
        let before =
            rounds.iter().filter_map(|round| round.reply).filter(|reply| reply.intent == Intent::Counter);
        let stands =
            spoken.or_else(|| before.filter_map(|reply| reply.price).min()).filter(|price| price.0 > 0);
        let floor = table.offer().map_or(self.lowest_opening - GRAIN, share);
        let worth = table.worth.unwrap_or(limit).max(limit);
        let view =
            View { learned: self, worth: share(worth), limit: share(limit), left: self.offers_left(table) };
        let place = Place { belief: &belief, stands: stands.map_or(1.0, share), floor };
        let (offer, gain) = view.best_offer(&place, self.look_ahead);
        // Whether they listen to another offer is not certain; the first they hear.
        let gain = if rounds.is_empty() { gain } else { gain * (1.0 - self.sellers.leaves) };
        let take = spoken.filter(|price| *price <= limit).map(|price| (price, view.gain(share(price))));
        match (take, offer) {
            (Some((price, taken)), _) if taken >= gain - self.trouble => Choice::Accept(price),
            (_, Some(offer)) if gain > self.trouble => Choice::Offer(offer),
            _ => Choice::Leave,
        }
    }
}

/// Offers that are weighed, share of the ask apart.
const GRAIN: f64 = 0.025;

/// What does not change while looking ahead. Shares of the ask.
struct View<'a> {
    learned: &'a Learned,
    worth: f64,
    limit: f64,
    /// Offers that remain.
    left: u32,
}

/// A point in a bargain. Shares of the ask.
struct Place<'a> {
    belief: &'a Belief,
    /// Their price that stands.
    stands: f64,
    /// Our last offer.
    floor: f64,
}

impl View<'_> {
    /// What a deal at a price is worth; nothing above the limit is.
    fn gain(&self, price: f64) -> f64 {
        if price <= self.limit + 1e-9 { self.worth - price + self.learned.deal_bonus } else { 0.0 }
    }

    /// The best better offer, and its expected gain; none where no offer remains.
    fn best_offer(&self, place: &Place, look_ahead: u32) -> (Option<f64>, f64) {
        if self.left == 0 {
            return (None, 0.0);
        }
        let most = self.limit.min(place.stands);
        let mut best = (None, 0.0);
        let mut offer = place.floor + GRAIN;
        for _ in 0..60 {
            if offer > most + 1e-9 {
                break;
            }
            let gain = self.expected(place, offer, look_ahead);
            if gain > best.1 {
                best = (Some(offer), gain);
            }
            offer += GRAIN;
        }
        // The limit itself, which the grain may miss.
        let gain = if most > place.floor { self.expected(place, most, look_ahead) } else { 0.0 };
        if gain > best.1 { (Some(most), gain) } else { best }
    }

    /// Expected gain of an offer: accepted, countered, or declined.
    fn expected(&self, place: &Place, offer: f64, look_ahead: u32) -> f64 {
        let sellers = &self.learned.sellers;
        let (mut accepted, mut countered) = (0.0, 0.0);
        let mut answers: Vec<(Vec<f64>, f64)> = vec![(Vec::new(), 0.0); ANSWERS];
        for (point, weight) in place.belief.weights.iter().enumerate().filter(|(_, weight)| **weight > 1e-6) {
            let reservation = share_at(point);
            accepted += weight * sellers.accept_chance(offer, reservation);
            let counters = weight * sellers.counter_chance(offer, reservation);
            countered += counters;
            for (conceded, chance) in CONCESSIONS {
                let low = reservation.max(offer + GRAIN).min(place.stands);
                let price = place.stands - conceded * (place.stands - low);
                let slot = (((price - LOWEST_ANSWER) / ANSWER_WIDTH).max(0.0) as usize).min(ANSWERS - 1);
                let answer = &mut answers[slot];
                answer.0.resize(POINTS, 0.0);
                answer.0[point] += counters * chance;
                answer.1 += counters * chance * price;
            }
        }
        let declined = (1.0 - accepted - countered).max(0.0);
        let after_no = sellers.keeps_price * self.gain(place.stands).max(0.0);
        let mut gain =
            accepted * self.gain(offer) + declined * if place.stands < 1.0 { after_no } else { 0.0 };
        for (weights, priced) in answers.into_iter().filter(|(weights, _)| !weights.is_empty()) {
            let chance: f64 = weights.iter().sum();
            gain += chance * self.after_counter(weights, priced / chance, offer, look_ahead);
        }
        gain - self.learned.trouble
    }

    /// Expected gain once they counter: take it, offer again, or leave.
    fn after_counter(&self, weights: Vec<f64>, price: f64, offer: f64, look_ahead: u32) -> f64 {
        let take = self.gain(price).max(0.0);
        if look_ahead == 0 || self.left <= 1 {
            return take;
        }
        let belief = Belief::from_weights(weights);
        let next = View { left: self.left - 1, ..*self };
        let place = Place { belief: &belief, stands: price, floor: offer };
        let listens = 1.0 - self.learned.sellers.leaves;
        take.max(listens * next.best_offer(&place, look_ahead - 1).1)
    }
}

/// Counter-offers are told apart by this much, share of the ask.
const ANSWER_WIDTH: f64 = 0.08;
const LOWEST_ANSWER: f64 = 0.30;
const ANSWERS: usize = 11;

#[cfg(test)]
mod market;
#[cfg(test)]
mod tests;
