//! What a negotiator may say is to be done.

use autobazaaar_domain::{Cents, words};
use serde::{Deserialize, Serialize};

use super::Table;
use crate::reading::Automatic;
use crate::{Intent, Reading};

words! {
    /// How a priced offer of ours is meant.
    OfferKind {
        /// The first.
        Opening = "opening",
        /// Another price than before.
        Counter = "counter",
        /// The price of before, with its reason.
        Restated = "restated",
        /// Said to be the last.
        Final = "final",
    }
}

words! {
    /// Why a negotiation ends without a deal.
    CloseReason {
        /// The decision allows no price at all.
        NothingAllowed = "nothing_allowed",
        /// The other side said no, and there is no better offer to make.
        Rejected = "rejected",
        /// The price asked for stays above the limit.
        LimitReached = "limit_reached",
        /// Another offer is not worth its trouble.
        WalkedAway = "walked_away",
        /// No answer after the last follow-up.
        Silence = "silence",
        /// The other side wants to hear no more of us.
        OptedOut = "opted_out",
        /// Our message could not be delivered.
        Bounced = "bounced",
        /// The thing is gone.
        Sold = "sold",
        /// The venue knows no such listing.
        Unknown = "unknown",
        /// We may not write there.
        Blocked = "blocked",
        /// The venue did not take our message, for another reason.
        NotTaken = "not_taken",
        /// What the other side writes bears the signs of a fraud.
        Suspicious = "suspicious",
        /// The owner does not want to go on.
        Owner = "owner",
    }
}

words! {
    /// Why the owner is asked.
    AskReason {
        /// The reader is not sure what the message says.
        Unclear = "unclear",
        /// A yes, though no offer of ours stands.
        AcceptedWithoutOffer = "accepted_without_offer",
        /// A question that the facts do not answer.
        Question = "question",
        /// The message was unclear again after we had asked.
        StillUnclear = "still_unclear",
    }
}

/// What is to be done next. Prices are minor units of the table's currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum NextStep {
    /// Take their price, or be glad of their yes to ours.
    Accept { price: Cents },
    /// Make or repeat an offer.
    Offer { price: Cents, kind: OfferKind },
    /// Answer these questions, from facts or by the owner; our offer stands.
    Answer { questions: Vec<String> },
    /// Ask politely what was meant; our offer stands.
    Clarify,
    /// Let the owner decide.
    AskOwner { reason: AskReason },
    /// Ask once more whether our offer suits; the first is 1.
    FollowUp { nth: u32 },
    /// End it.
    Close { reason: CloseReason },
    /// Nothing to do until they answer or time passes.
    Wait,
}

/// What follows when no reply has come in time; the same for every negotiator.
pub(super) fn after_silence(table: &Table) -> NextStep {
    if table.limit().is_none() {
        return NextStep::Close { reason: CloseReason::NothingAllowed };
    }
    if table.rounds.is_empty() {
        return NextStep::Wait;
    }
    if table.follow_ups < table.parameters.follow_ups {
        return NextStep::FollowUp { nth: table.follow_ups + 1 };
    }
    NextStep::Close { reason: CloseReason::Silence }
}

/// What follows a reply whatever the negotiator: everything but the choice of a price. `None`
/// leaves it to the negotiator: a counter-offer, a refusal, or a call for a better offer.
pub(super) fn shared_answer(table: &Table, reading: &Reading) -> Option<NextStep> {
    if reading.opt_out {
        return Some(NextStep::Close { reason: CloseReason::OptedOut });
    }
    match reading.automatic {
        Some(Automatic::Bounce) => return Some(NextStep::Close { reason: CloseReason::Bounced }),
        Some(Automatic::AutoReply) => return Some(NextStep::Wait),
        None => {}
    }
    if !reading.fraud.is_empty() {
        return Some(NextStep::Close { reason: CloseReason::Suspicious });
    }
    if reading.gone {
        return Some(NextStep::Close { reason: CloseReason::Sold });
    }
    let Some(limit) = table.limit() else {
        return Some(NextStep::Close { reason: CloseReason::NothingAllowed });
    };
    match reading.intent {
        Intent::Accept => accepted(table, reading, limit),
        Intent::Question => Some(NextStep::Answer { questions: reading.questions.clone() }),
        Intent::Unclear if asked_before(table) => {
            Some(NextStep::AskOwner { reason: AskReason::StillUnclear })
        }
        Intent::Unclear => Some(NextStep::Clarify),
        Intent::Counter if reading.price.is_none_or(|price| price.0 <= 0) => {
            Some(NextStep::AskOwner { reason: AskReason::Unclear })
        }
        Intent::Counter | Intent::Reject | Intent::Negotiate => None,
    }
}

/// A yes binds us to our own offer only: one to a lower price is taken at that price, one to a
/// higher price is a counter-offer.
fn accepted(table: &Table, reading: &Reading, limit: autobazaaar_domain::Cents) -> Option<NextStep> {
    let Some(offer) = table.offer() else {
        return Some(NextStep::AskOwner { reason: AskReason::AcceptedWithoutOffer });
    };
    let price = reading.price.unwrap_or(offer);
    if price > offer || offer > limit || price.0 <= 0 {
        return Some(NextStep::AskOwner { reason: AskReason::Unclear });
    }
    Some(NextStep::Accept { price })
}

/// Whether the last reply was unclear already, so that asking again would be a nuisance.
fn asked_before(table: &Table) -> bool {
    table.rounds.last().and_then(|round| round.reply).is_some_and(|reply| reply.intent == Intent::Unclear)
}
