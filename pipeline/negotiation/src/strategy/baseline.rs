//! The negotiator of the product brief: fixed shares of the ask, fixed steps.

use autobazaaar_domain::Cents;

use super::step::shared_answer;
use super::{CloseReason, GapRule, Negotiator, NextStep, OfferKind, Table, down_to_habit, next_below};
use crate::{Intent, Reading};

/// Opens at the strategy's share of the ask and answers counter-offers step by step.
#[derive(Debug, Clone, Copy, Default)]
pub struct Baseline {
    /// How counter-offers near the limit are met.
    pub gap: GapRule,
}

impl Baseline {
    /// The smaller of the decision's maximum and the strategy's share of the ask.
    #[must_use]
    pub fn limit(table: &Table) -> Option<Cents> {
        let most = table.ask.share(table.parameters.most_share);
        table.limit().map(|max| max.min(most)).filter(|limit| limit.0 > 0)
    }
}

impl Negotiator for Baseline {
    fn open(&self, table: &Table) -> NextStep {
        let nothing = NextStep::Close { reason: CloseReason::NothingAllowed };
        let Some(limit) = Self::limit(table) else { return nothing };
        if !table.rounds.is_empty() {
            return NextStep::Wait;
        }
        let wanted = table.ask.share(table.parameters.opening_share).min(limit);
        match down_to_habit(wanted, table.currency) {
            Cents::ZERO => nothing,
            price => NextStep::Offer { price, kind: OfferKind::Opening },
        }
    }

    fn answer(&self, table: &Table, reading: &Reading) -> NextStep {
        if let Some(step) = shared_answer(table, reading) {
            return step;
        }
        let Some(limit) = Self::limit(table) else {
            return NextStep::Close { reason: CloseReason::NothingAllowed };
        };
        let Some(offer) = table.offer() else { return first_answer(self, table, reading, limit) };
        let bargain = Bargain { table, limit, offer };
        match (reading.intent, reading.price) {
            (Intent::Counter, Some(counter)) => bargain.counter(counter, &self.gap),
            (Intent::Reject, _) => bargain.rejected(),
            _ => bargain.asked_for_more(),
        }
    }
}

/// They spoke before we made an offer: take a price that fits, else open.
fn first_answer(baseline: &Baseline, table: &Table, reading: &Reading, limit: Cents) -> NextStep {
    match (reading.intent, reading.price) {
        (Intent::Counter, Some(counter)) if counter <= limit && counter.0 > 0 => {
            NextStep::Accept { price: counter }
        }
        (Intent::Reject, _) => NextStep::Close { reason: CloseReason::Rejected },
        _ => baseline.open(table),
    }
}

struct Bargain<'a> {
    table: &'a Table<'a>,
    limit: Cents,
    offer: Cents,
}

impl Bargain<'_> {
    /// The rules of the brief, in their order.
    fn counter(&self, counter: Cents, gap: &GapRule) -> NextStep {
        if counter <= self.limit {
            return NextStep::Accept { price: counter };
        }
        let rounds = self.table.priced_offers();
        if self.no_rounds_left() {
            return self.last_offer(CloseReason::LimitReached);
        }
        let near = counter <= self.limit.share(gap.near_limit);
        let wanted = if near && rounds < gap.below_rounds {
            gap.between(self.table.ask, self.limit, self.offer, counter, rounds)
        } else {
            self.offer + self.increment()
        };
        self.offer_up_to(wanted, OfferKind::Counter)
            .unwrap_or_else(|| self.last_offer(CloseReason::LimitReached))
    }

    /// One last offer if rounds remain and the limit allows.
    fn rejected(&self) -> NextStep {
        if self.no_rounds_left() {
            return NextStep::Close { reason: CloseReason::Rejected };
        }
        self.last_offer(CloseReason::Rejected)
    }

    /// Room without a price: one step more if rounds remain, else the offer with its reason, once.
    fn asked_for_more(&self) -> NextStep {
        if self.table.rounds.last().is_some_and(|round| round.kind == OfferKind::Restated) {
            return self.last_offer(CloseReason::LimitReached);
        }
        let more = self.offer_up_to(self.offer + self.increment(), OfferKind::Counter);
        match more {
            Some(step) if !self.no_rounds_left() => step,
            _ => NextStep::Offer { price: self.offer.min(self.limit), kind: OfferKind::Restated },
        }
    }

    fn no_rounds_left(&self) -> bool {
        self.table.is_final() || self.table.priced_offers() >= self.table.parameters.most_rounds
    }

    fn last_offer(&self, otherwise: CloseReason) -> NextStep {
        if self.table.is_final() {
            return NextStep::Close { reason: otherwise };
        }
        self.offer_up_to(self.offer + self.increment(), OfferKind::Final)
            .unwrap_or(NextStep::Close { reason: otherwise })
    }

    fn increment(&self) -> Cents {
        self.table.ask.share(self.table.parameters.increment_share)
    }

    /// A better offer than ours, rounded down and within the limit; `None` where there is none.
    fn offer_up_to(&self, wanted: Cents, kind: OfferKind) -> Option<NextStep> {
        let price = next_below(wanted.min(self.limit), self.offer, self.table.currency)?;
        Some(NextStep::Offer { price, kind })
    }
}

#[cfg(test)]
mod tests;
