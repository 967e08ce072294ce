//! What concerns the owner: settings, questions, alerts, and the record of who did what.

use serde::{Deserialize, Serialize};

use crate::ids::{AlertId, ApprovalId};
use crate::lifecycle::lifecycle;
use crate::listing::words;
use crate::{Money, Utc};

lifecycle! {
    /// Where a question to the owner stands.
    ApprovalStatus of "an approval" { Waiting = "waiting", Given = "given", Refused = "refused", Expired = "expired" }
    /// What happens to it.
    ApprovalEvent { Give = "give", Refuse = "refuse", Expire = "expire" }
    Waiting: Give => Given, Refuse => Refused, Expire => Expired;
}

words! {
    /// What the owner is asked for.
    ApprovalKind {
        Offer = "offer", Acceptance = "acceptance", Message = "message", Purchase = "purchase",
        Listing = "listing", Refund = "refund",
    }
}

/// A question to the owner: whether something may be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    pub approval_id: ApprovalId,
    pub kind: ApprovalKind,
    /// The id of the record it is about.
    pub subject: String,
    /// The money at stake.
    pub amount: Option<Money>,
    /// Why the owner is asked.
    pub reason: String,
    pub status: ApprovalStatus,
    pub requested_at: Utc,
    pub expires_at: Option<Utc>,
    pub decided_at: Option<Utc>,
    pub decided_by: Option<String>,
    pub note: Option<String>,
}

words! {
    /// What an alert is about.
    AlertKind {
        Opportunity = "opportunity", Negotiation = "negotiation", Sale = "sale", Error = "error",
        Metric = "metric",
    }
}

words! {
    /// How bad it is.
    Severity { Info = "info", Warning = "warning", Error = "error", Critical = "critical" }
}

lifecycle! {
    /// What became of an alert.
    AlertStatus of "an alert" { New = "new", Acknowledged = "acknowledged", Resolved = "resolved", Ignored = "ignored" }
    /// What happens to an alert.
    AlertEvent { Acknowledge = "acknowledge", Resolve = "resolve", Ignore = "ignore" }
    New: Acknowledge => Acknowledged, Resolve => Resolved, Ignore => Ignored;
    Acknowledged: Resolve => Resolved, Ignore => Ignored;
}

/// Something the owner should know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    pub alert_id: AlertId,
    pub kind: AlertKind,
    pub severity: Severity,
    pub title: String,
    pub message: String,
    pub context: Option<serde_json::Value>,
    pub related_kind: Option<String>,
    pub related_id: Option<String>,
    pub status: AlertStatus,
    pub acknowledged_at: Option<Utc>,
    pub acknowledged_by: Option<String>,
    pub suggested_action: Option<String>,
    pub action_taken: Option<String>,
    pub created_at: Utc,
    pub resolved_at: Option<Utc>,
}

words! {
    /// Why an address gets no message any more.
    SuppressionReason {
        /// Its owner asked for it.
        OptOut = "opt_out",
        Bounce = "bounce", Complaint = "complaint", Owner = "owner",
    }
}

/// An address that gets no message, ever. It is kept as a keyed hash, so that it outlives the
/// deletion of the person's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    pub address_key: String,
    pub reason: SuppressionReason,
    pub at: Utc,
    pub added_by: String,
}

/// What the owner changes while the program runs; stands over the configuration file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    pub key: String,
    pub value: serde_json::Value,
    pub category: String,
    pub updated_at: Utc,
    pub updated_by: String,
}

/// Who did what to which record, when and from where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// Place in the order, from 1.
    pub sequence: i64,
    pub at: Utc,
    /// The owner's name, `executor`, …
    pub actor: String,
    /// `cli`, an address of a client, …
    pub origin: String,
    /// `negotiation.counter`, `login.failed`, …
    pub action: String,
    /// The id of the record.
    pub subject: String,
    pub detail: Option<serde_json::Value>,
}
