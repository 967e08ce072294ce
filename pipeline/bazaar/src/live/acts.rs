//! What can be done in the market, and how it answers.

use std::collections::BTreeMap;

use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::{Cents, Condition, ListingKey, Platform, Utc};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// One deed of ours. Amounts are cents of USD.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// A message to the seller of a listing. An offer is read from `offer`, else from the text.
    SendMessage { listing: ListingKey, text: String, offer: Option<Cents> },
    /// Buys at once, for at most `price` and at the ask or the agreed price; shipping comes on top.
    Buy { listing: ListingKey, price: Cents },
    /// Advertises a thing of ours.
    Publish { draft: Draft },
    /// Changes the ask of a listing of ours.
    Reprice { listing: ListingKey, price: Cents },
    /// Takes a listing of ours down.
    Delist { listing: ListingKey },
    /// Answers somebody who wrote about a listing of ours.
    AnswerBuyer { thread: String, answer: BuyerAnswer, text: String },
    /// Hands the parcel of a sale to the carrier.
    Ship { order: String },
    /// Pays a buyer back, wholly or in part.
    Refund { order: String, amount: Cents },
    /// Asks for the money of a purchase back: it never came, or is not as described.
    Claim { order: String },
}

impl Action {
    /// The deed's name in logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::SendMessage { .. } => "send_message",
            Self::Buy { .. } => "buy",
            Self::Publish { .. } => "publish",
            Self::Reprice { .. } => "reprice",
            Self::Delist { .. } => "delist",
            Self::AnswerBuyer { .. } => "answer_buyer",
            Self::Ship { .. } => "ship",
            Self::Refund { .. } => "refund",
            Self::Claim { .. } => "claim",
        }
    }
}

/// An answer to a buyer, beside its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuyerAnswer {
    /// Takes the buyer's last offer.
    Accept,
    /// Names another price.
    Counter(Cents),
    /// Refuses the offer.
    Decline,
    /// Answers a question.
    Reply,
}

/// A listing that we want to put up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Venue.
    pub platform: Platform,
    /// The purchase that brought the thing.
    pub order: String,
    pub title: String,
    pub description: Option<String>,
    /// As the buyer is told.
    pub condition: Option<Condition>,
    /// The ask; more than 0.
    pub price: Cents,
    /// Charged to the buyer; `None` where nothing is sent.
    pub shipping_price: Option<Cents>,
    /// Handed over or sent.
    pub delivery: Delivery,
    pub images: Vec<String>,
    pub attributes: BTreeMap<String, String>,
}

/// What came of a deed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It happened, now or when this effect id was first sent.
    Done(Receipt),
    /// It did not happen.
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// No answer came in time: ask [`super::Bazaar::effect_status`].
    Uncertain,
}

impl Outcome {
    /// The receipt of what is done.
    #[must_use]
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Done(receipt) => Some(receipt),
            _ => None,
        }
    }
}

/// What the market knows of an effect id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum EffectStatus {
    /// It never arrived, or was turned away for the moment: sending it again is safe.
    Unknown,
    /// It happened.
    Done(Receipt),
    /// It was refused for good.
    Refused {
        /// Why.
        reason: Refusal,
    },
}

/// The proof of a deed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "receipt", rename_all = "snake_case")]
pub enum Receipt {
    /// A message went out, to a seller or a buyer.
    Sent { message_id: String, thread: String, at: Utc },
    /// A purchase: `total` = price + shipping is paid, at once or at the door.
    Bought { order: String, price: Cents, shipping: Cents, total: Cents, at: Utc },
    /// A listing is up; the venue charges the fee for it at once.
    Published { listing: ListingKey, insertion_fee: Cents, at: Utc },
    /// The ask is this.
    Repriced { price: Cents, at: Utc },
    /// It is down.
    Delisted { at: Utc },
    /// The parcel is on its way; the label cost this much.
    Shipped { tracking: String, label: Cents, at: Utc },
    /// The buyer has this much back.
    Refunded { amount: Cents, at: Utc },
    /// The claim was granted: this much comes back to us.
    Claimed { amount: Cents, at: Utc },
}

/// Why something was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// Too many requests (HTTP 429).
    #[error("too many requests: try again in {retry_after_s} s")]
    RateLimited { retry_after_s: u32 },
    /// The venue has a moment of weakness (HTTP 503).
    #[error("the venue does not answer at the moment")]
    Unavailable,
    /// A page came in pieces.
    #[error("the page came in pieces")]
    Garbled,
    /// Nothing of this name.
    #[error("{what} is not known")]
    NotFound { what: String },
    /// It was there and is not any more: sold or withdrawn.
    #[error("the listing is gone")]
    Gone,
    /// It cannot be bought like this: a bid, a wanted ad, a price that is not meant.
    #[error("not for sale like this: {why}")]
    NotForSale { why: String },
    /// The price is below the ask and what was agreed.
    #[error("the price is too low: {wanted} cents are asked")]
    PriceTooLow { wanted: i64 },
    /// The person wants no more messages.
    #[error("the person wants no more messages")]
    OptedOut,
    /// The same effect id came with another deed.
    #[error("the effect id was used for another deed")]
    Conflict,
    /// Not in a state for this.
    #[error("not possible now: {why}")]
    WrongState { why: String },
    /// A field that cannot be.
    #[error("bad request: {why}")]
    BadRequest { why: String },
    /// The venue does not pay for this.
    #[error("the venue gives no money back")]
    NotProtected,
}

impl Refusal {
    /// The same deed may go through later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable | Self::Garbled)
    }

    pub(super) fn state(why: &str) -> Self {
        Self::WrongState { why: why.to_owned() }
    }

    pub(super) fn bad(why: &str) -> Self {
        Self::BadRequest { why: why.to_owned() }
    }

    pub(super) fn unknown(what: impl ToString) -> Self {
        Self::NotFound { what: what.to_string() }
    }
}

/// A deed that reached the market: replaying these restores it ([`super::Bazaar::restore`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub at: Utc,
    pub effect: String,
    #[serde(flatten)]
    pub deed: Deed,
}

/// What a journal entry tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// A deed of ours.
    Act {
        /// Which.
        action: Action,
    },
    /// A staged course began.
    Stage {
        /// Which.
        scenario: super::Scenario,
    },
}

/// Days as a span of time.
pub(super) fn days(days: f64) -> TimeDelta {
    TimeDelta::milliseconds((days.clamp(0.0, 36_500.0) * 86_400_000.0) as i64)
}
