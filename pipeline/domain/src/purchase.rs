//! What is bought.

use serde::{Deserialize, Serialize};

use crate::ids::{DealId, HoldId, NegotiationId, PurchaseId};
use crate::lifecycle::lifecycle;
use crate::{Cents, Currency, ItemId, ListingKey, Utc};

lifecycle! {
    /// Where a purchase stands. An accepted price is not yet a purchase: it has to be paid and received.
    PurchaseStatus of "a purchase" {
        Initiated = "initiated",
        AwaitingApproval = "awaiting_approval",
        /// The payment is in the outbox or on its way.
        Paying = "paying",
        /// Whether the payment went through is not known.
        Uncertain = "uncertain",
        Paid = "paid",
        Received = "received",
        /// The seller or the payment failed us; no money is gone.
        Failed = "failed",
        /// We stepped back before paying.
        Cancelled = "cancelled",
        /// Paid, never received, and the money came back.
        Refunded = "refunded",
    }
    /// What happens to a purchase.
    PurchaseEvent {
        AskOwner = "ask_owner", Pay = "pay", Doubt = "doubt", ConfirmPayment = "confirm_payment",
        Receive = "receive", Fail = "fail", Cancel = "cancel", Refund = "refund",
    }
    Initiated: AskOwner => AwaitingApproval, Pay => Paying, Fail => Failed, Cancel => Cancelled;
    AwaitingApproval: Pay => Paying, Fail => Failed, Cancel => Cancelled;
    Paying: ConfirmPayment => Paid, Doubt => Uncertain, Fail => Failed;
    Uncertain: ConfirmPayment => Paid, Fail => Failed;
    Paid: Receive => Received, Refund => Refunded;
}

/// A purchase. Amounts in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Purchase {
    pub purchase_id: PurchaseId,
    pub deal_id: DealId,
    /// `None` when bought at the ask.
    pub negotiation_id: Option<NegotiationId>,
    pub item_id: ItemId,
    pub key: ListingKey,
    pub seller_key: Option<String>,
    pub currency: Currency,
    /// What the seller gets. Never above `max_price`.
    pub price: Cents,
    /// The decision's.
    pub max_price: Cents,
    /// Price with inbound shipping, travel and tax: what the hold covers.
    pub landed_cost: Cents,
    pub hold_id: HoldId,
    pub status: PurchaseStatus,
    pub status_reason: Option<String>,
    /// How the seller is paid: `bazaar`, `manual`, …
    pub payment_method: String,
    /// Where and when to fetch it, in words; `None` when it is sent.
    pub pickup: Option<String>,
    pub initiated_at: Utc,
    pub paid_at: Option<Utc>,
    pub received_at: Option<Utc>,
    pub updated_at: Utc,
}
