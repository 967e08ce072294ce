//! What is written to and by sellers and buyers.

use serde::{Deserialize, Serialize};

use crate::ids::{EffectId, MessageId, NegotiationId, ResaleId};
use crate::listing::words;
use crate::negotiation::Channel;
use crate::{Cents, Utc};

words! {
    /// Who wrote it.
    Direction { Outbound = "outbound", Inbound = "inbound" }
}

words! {
    /// What a message is for.
    MessageKind {
        InitialOffer = "initial_offer", Counter = "counter", Accept = "accept", Reject = "reject",
        Question = "question", Answer = "answer", FollowUp = "follow_up", FinalOffer = "final_offer",
    }
}

words! {
    /// What the writer wants. Where several apply, the first in this order.
    Intent {
        /// A clear yes to our last offer.
        Accept = "accept",
        /// A price of their own.
        Counter = "counter",
        /// No, and no price of their own.
        Reject = "reject",
        /// Room for a deal, or a call for a better offer, without a price.
        Negotiate = "negotiate",
        /// Asks for something other than the price.
        Question = "question",
        /// Anything else, and whatever is in doubt.
        Unclear = "unclear",
    }
}

words! {
    /// How far a message came. Inbound ones are `delivered`.
    MessageStatus {
        Queued = "queued", Sent = "sent", Delivered = "delivered", Bounced = "bounced", Failed = "failed",
        Uncertain = "uncertain",
    }
}

words! {
    /// The mood of the words.
    Sentiment { Positive = "positive", Neutral = "neutral", Negative = "negative" }
}

words! {
    /// How much haste the writer shows.
    Urgency { Low = "low", Medium = "medium", High = "high" }
}

/// A message as it was sent or received. Addresses and texts are personal: the store encrypts them,
/// and they are `None` once the person was forgotten.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub message_id: MessageId,
    pub negotiation_id: Option<NegotiationId>,
    /// For buyers' messages about an offer of ours.
    pub resale_id: Option<ResaleId>,
    pub channel: Channel,
    /// The channel's own name of the message; with the channel it tells whether we have it already.
    pub channel_message_id: Option<String>,
    pub direction: Direction,
    pub at: Utc,
    /// Keyed hash of the person on the other side, under whose key the texts are encrypted.
    pub person_key: String,
    /// The other side's address as the channel writes it.
    pub address: Option<String>,
    pub subject: Option<String>,
    pub text: Option<String>,
    pub html: Option<String>,
    pub kind: MessageKind,
    pub our_offer: Option<Cents>,
    pub their_offer: Option<Cents>,
    pub reading: Option<Reading>,
    pub status: MessageStatus,
    /// The effect that sends it.
    pub effect_id: Option<EffectId>,
}

/// What a reader made of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub intent: Intent,
    /// A price stated in the writer's own words, minor units.
    pub price: Option<Cents>,
    pub sentiment: Option<Sentiment>,
    pub concerns: Vec<String>,
    pub urgency: Option<Urgency>,
    /// 0–1.
    pub confidence: f64,
    /// The words it rests on. Personal, as the text.
    pub excerpt: Option<String>,
}
