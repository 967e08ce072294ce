//! An exchange with one seller about one item.

use serde::{Deserialize, Serialize};

use crate::decision::Strategy;
use crate::ids::{DealId, MessageId, NegotiationId};
use crate::lifecycle::lifecycle;
use crate::listing::words;
use crate::message::{Intent, MessageKind};
use crate::{Cents, Currency, ItemId, ListingKey, Utc};

words! {
    /// The way to the seller.
    Channel {
        Agentmail = "agentmail", Smtp = "smtp",
        /// The venue's own offers or messages.
        Venue = "venue",
        /// The owner copies our text and pastes the reply.
        Manual = "manual",
        /// The simulated market.
        Bazaar = "bazaar",
    }
}

lifecycle! {
    /// Where a negotiation stands. Each state that sends has a doubtful one beside it: whether the
    /// message went out is not known, and nothing more is sent until it is.
    NegotiationStatus of "a negotiation" {
        /// The opening is worded, nothing is sent.
        Draft = "draft",
        AwaitingApproval = "awaiting_approval",
        /// The opening is on its way or out.
        Active = "active",
        ActiveUncertain = "active_uncertain",
        /// The seller has answered at least once.
        Negotiating = "negotiating",
        NegotiatingUncertain = "negotiating_uncertain",
        /// Our last offer is on its way or out.
        FinalOffer = "final_offer",
        FinalOfferUncertain = "final_offer_uncertain",
        Accepted = "accepted", Rejected = "rejected", Expired = "expired", Abandoned = "abandoned",
    }
    /// What happens to a negotiation.
    NegotiationEvent {
        AskOwner = "ask_owner",
        /// The opening goes to the outbox.
        Open = "open",
        /// The seller answers.
        Hear = "hear",
        /// A further offer goes to the outbox.
        Counter = "counter",
        /// The last offer goes to the outbox.
        OfferLast = "offer_last",
        /// It is not known whether a message went out.
        Doubt = "doubt",
        /// Now it is known, one way or the other.
        Settle = "settle",
        Accept = "accept", Reject = "reject", Expire = "expire", Abandon = "abandon",
    }
    Draft: AskOwner => AwaitingApproval, Open => Active, Expire => Expired, Abandon => Abandoned;
    AwaitingApproval: Open => Active, Reject => Rejected, Expire => Expired, Abandon => Abandoned;
    Active: Hear => Negotiating, OfferLast => FinalOffer, Doubt => ActiveUncertain, Accept => Accepted,
        Reject => Rejected, Expire => Expired, Abandon => Abandoned;
    ActiveUncertain: Settle => Active, Hear => Negotiating, Accept => Accepted, Reject => Rejected,
        Expire => Expired, Abandon => Abandoned;
    Negotiating: Hear => Negotiating, Counter => Negotiating, OfferLast => FinalOffer,
        Doubt => NegotiatingUncertain, Accept => Accepted, Reject => Rejected, Expire => Expired,
        Abandon => Abandoned;
    NegotiatingUncertain: Settle => Negotiating, Hear => Negotiating, Accept => Accepted,
        Reject => Rejected, Expire => Expired, Abandon => Abandoned;
    FinalOffer: Hear => FinalOffer, Doubt => FinalOfferUncertain, Accept => Accepted, Reject => Rejected,
        Expire => Expired, Abandon => Abandoned;
    FinalOfferUncertain: Settle => FinalOffer, Hear => FinalOffer, Accept => Accepted,
        Reject => Rejected, Expire => Expired, Abandon => Abandoned;
}

/// A negotiation. Amounts in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Negotiation {
    pub negotiation_id: NegotiationId,
    pub deal_id: DealId,
    pub item_id: ItemId,
    pub key: ListingKey,
    /// The channel's own name for the conversation.
    pub thread_id: Option<String>,
    pub channel: Channel,
    pub strategy: Strategy,
    /// The strategy's parameters as they were at the start.
    pub parameters: serde_json::Value,
    /// Keyed hash of the seller.
    pub seller_key: Option<String>,
    pub currency: Currency,
    /// What the seller asked at the start.
    pub ask: Cents,
    /// Our newest offer.
    pub current_offer: Option<Cents>,
    /// The decision's maximum price. No offer and no acceptance is above it.
    pub max_acceptable: Cents,
    pub final_price: Option<Cents>,
    /// `ask − final_price`.
    pub savings: Option<Cents>,
    pub follow_ups: u32,
    /// Our priced offers so far.
    pub round_count: u32,
    pub status: NegotiationStatus,
    /// Why it stands so, in words.
    pub status_reason: Option<String>,
    /// The ended negotiation that a late reply to it opened again as this one.
    pub reopens: Option<NegotiationId>,
    /// When a message of ours first went to the outbox. From then on the seller counts as approached.
    pub approached_at: Option<Utc>,
    /// Until when our newest offer binds us.
    pub offer_expires_at: Option<Utc>,
    /// Seconds from our first message to the first reply.
    pub response_time_s: Option<i64>,
    pub started_at: Utc,
    pub last_activity_at: Utc,
    pub completed_at: Option<Utc>,
}

/// One priced offer of ours and what it drew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    pub negotiation_id: NegotiationId,
    /// From 1.
    pub number: u32,
    /// `initial_offer`, `counter`, `final_offer` or `accept`.
    pub kind: MessageKind,
    pub our_offer: Cents,
    pub offered_at: Utc,
    pub message_id: Option<MessageId>,
    pub their_offer: Option<Cents>,
    pub intent: Option<Intent>,
    pub answered_at: Option<Utc>,
    pub answer_id: Option<MessageId>,
}
