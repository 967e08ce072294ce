//! What is to be said, and what may truthfully be said.

use autobazaaar_domain::{Cents, Currency, Money, Strategy, words};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::Party;
use crate::strategy::{NextStep, OfferKind};

words! {
    /// What a message of ours does.
    MessageType {
        InitialOffer = "initial_offer",
        Counter = "counter",
        Accept = "accept",
        Reject = "reject",
        Question = "question",
        Answer = "answer",
        FollowUp = "follow_up",
        FinalOffer = "final_offer",
    }
}

impl MessageType {
    /// The message that a step needs; `None` where nothing is to be said.
    #[must_use]
    pub fn of(step: &NextStep) -> Option<Self> {
        match step {
            NextStep::Accept { .. } => Some(Self::Accept),
            NextStep::Offer { kind, .. } => Some(match kind {
                OfferKind::Opening => Self::InitialOffer,
                OfferKind::Counter | OfferKind::Restated => Self::Counter,
                OfferKind::Final => Self::FinalOffer,
            }),
            NextStep::Answer { .. } => Some(Self::Answer),
            NextStep::Clarify => Some(Self::Question),
            NextStep::FollowUp { .. } => Some(Self::FollowUp),
            NextStep::AskOwner { .. } | NextStep::Close { .. } | NextStep::Wait => None,
        }
    }

    /// Whether it cannot be without a price.
    #[must_use]
    pub fn needs_price(self) -> bool {
        matches!(self, Self::InitialOffer | Self::Counter | Self::Accept | Self::FinalOffer)
    }
}

/// What the owner has said may be said. Every claim is off unless it is switched on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Owner {
    /// Who buys and sells.
    pub name: String,
    /// Where letters reach them.
    pub postal_address: String,
    /// The place they live near, as they would say it.
    pub lives_near: Option<String>,
    pub pays_cash: bool,
    /// Comes for pick-up when it suits the seller.
    pub flexible_pickup: bool,
    /// Pays as soon as it is agreed.
    pub pays_promptly: bool,
    /// Collects such things.
    pub collects: bool,
    /// Buys as a business, with an invoice.
    pub invoice: bool,
    /// A page where one can ask to be left alone, beside answering "stop".
    pub opt_out_url: Option<String>,
}

/// What may be said: the records, nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub owner: &'a Owner,
    /// As the listing has it: foreign text, never trusted.
    pub title: &'a str,
    /// Sentences of the owner or the records that may be repeated word for word.
    pub said: &'a [String],
}

/// What a message is to say. Amounts are minor units of `currency`.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    pub kind: MessageType,
    /// Whose voice it is: as a seller, one voice serves all strategies.
    pub side: Party,
    pub strategy: Strategy,
    /// The approved price: offered, accepted, or still standing.
    pub price: Option<Cents>,
    pub currency: Currency,
    /// The price is that of before, and stays.
    pub restated: bool,
    /// Until when the offer stands, in the time of whoever reads it.
    pub stands_until: Option<DateTime<FixedOffset>>,
    /// Answers to what was asked, whole sentences from the facts.
    pub answers: &'a [String],
    /// Chooses among the ways to say it; the message's id will do.
    pub seed: u64,
}

impl Order<'_> {
    /// The approved price as it is written.
    #[must_use]
    pub fn money(&self) -> Option<Money> {
        self.price.map(|amount| Money { amount, currency: self.currency })
    }
}
