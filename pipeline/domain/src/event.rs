//! What happened, as told to the dashboard and the lake.

use serde::{Deserialize, Serialize};

use crate::Utc;
use crate::ids::EventId;
use crate::listing::words;

words! {
    /// Kinds of events.
    EventKind {
        OpportunityFound = "opportunity.found", OpportunityAnalyzed = "opportunity.analyzed",
        OpportunityExpired = "opportunity.expired",
        /// The deal was left alone.
        OpportunityPassed = "opportunity.passed",
        /// Any other change of a deal.
        OpportunityChanged = "opportunity.changed",
        ApprovalRequested = "approval.requested", ApprovalGiven = "approval.given",
        ApprovalRefused = "approval.refused", ApprovalExpired = "approval.expired",
        HoldPlaced = "hold.placed", HoldPosted = "hold.posted", HoldVoided = "hold.voided",
        HoldExpired = "hold.expired",
        NegotiationStarted = "negotiation.started", NegotiationOffered = "negotiation.offered",
        NegotiationResponse = "negotiation.response", NegotiationCounter = "negotiation.counter",
        NegotiationAccepted = "negotiation.accepted", NegotiationRejected = "negotiation.rejected",
        NegotiationExpired = "negotiation.expired", NegotiationAbandoned = "negotiation.abandoned",
        NegotiationUncertain = "negotiation.uncertain",
        /// Any other change of a negotiation.
        NegotiationChanged = "negotiation.changed",
        MessageQueued = "message.queued", MessageChanged = "message.changed",
        PurchaseInitiated = "purchase.initiated", PurchaseCompleted = "purchase.completed",
        PurchaseFailed = "purchase.failed", PurchaseChanged = "purchase.changed",
        ItemReceived = "item.received", ItemChanged = "item.changed",
        ListingCreated = "listing.created", ListingUpdated = "listing.updated", ListingSold = "listing.sold",
        SaleOrdered = "sale.ordered", SaleShipped = "sale.shipped", SaleRefunded = "sale.refunded",
        SaleChanged = "sale.changed",
        LedgerPosted = "ledger.posted",
        EffectQueued = "effect.queued", EffectSending = "effect.sending", EffectDone = "effect.done",
        EffectRefused = "effect.refused", EffectUncertain = "effect.uncertain",
        EffectDeferred = "effect.deferred",
        JobFailed = "job.failed",
        SettingChanged = "setting.changed", SuppressionAdded = "suppression.added",
        PersonForgotten = "person.forgotten",
        AgentError = "agent.error", SystemRateLimit = "system.rate_limit", MemoryUpdate = "memory.update",
        AlertRaised = "alert.raised", AlertChanged = "alert.changed",
        RunStarted = "run.started", RunFinished = "run.finished", RunFailed = "run.failed",
    }
}

/// One thing that happened. Written in the transaction of the change it tells, never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Place in the order of all events, from 1, growing.
    pub sequence: i64,
    pub event_id: EventId,
    pub kind: EventKind,
    pub at: Utc,
    /// Who caused it: the executor, the owner, a command.
    pub source: String,
    /// The id of the record it is about.
    pub subject: String,
    /// What changed. No personal data.
    pub data: serde_json::Value,
    pub metadata: Option<serde_json::Value>,
}
