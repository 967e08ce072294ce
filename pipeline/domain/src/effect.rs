//! Acts outside: what is to be sent, paid, listed.

use serde::{Deserialize, Serialize};

use crate::ids::EffectId;
use crate::lifecycle::lifecycle;
use crate::listing::words;
use crate::{Money, Priority, Utc};

words! {
    /// What an effect does.
    EffectKind {
        /// Sends the message that `subject` names.
        SendMessage = "send_message",
        /// Pays the purchase that `subject` names.
        Pay = "pay",
        /// Puts an offer of ours on a venue.
        List = "list",
        /// Changes it.
        Update = "update",
        /// Takes it down.
        Delist = "delist",
        /// Tells a venue that a parcel is on its way.
        Ship = "ship",
        /// Gives a buyer money back.
        Refund = "refund",
        /// Asks for the money of a purchase back.
        Claim = "claim",
        /// Tells the owner something.
        Notify = "notify",
    }
}

lifecycle! {
    /// How far an effect is.
    EffectState of "an effect" {
        Queued = "queued",
        /// Handed to the world; a crash leaves it here, and then it is doubtful.
        Sending = "sending",
        Done = "done",
        /// It did not happen and will not.
        Refused = "refused",
        /// It may have happened. Never sent again: read the venue or mailbox, or ask the owner.
        Uncertain = "uncertain",
    }
    /// What happens to an effect.
    EffectEvent {
        Send = "send",
        /// The world confirmed it.
        Confirm = "confirm",
        /// The world refused it, or it was withdrawn before it was sent.
        Refuse = "refuse",
        /// Certainly did not reach the world (no connection): may be tried again.
        Defer = "defer",
        /// No answer, or the sender died.
        Doubt = "doubt",
    }
    // Doubt about a queued one: a restored backup does not know what was sent since.
    Queued: Send => Sending, Refuse => Refused, Doubt => Uncertain;
    Sending: Confirm => Done, Refuse => Refused, Defer => Queued, Doubt => Uncertain;
    Uncertain: Confirm => Done, Refuse => Refused;
}

/// An effect. It is stored before it is attempted, in the transaction of the state that wants it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Sent along as idempotency key or Message-ID.
    pub effect_id: EffectId,
    pub kind: EffectKind,
    /// Who carries it out: a channel or venue.
    pub target: String,
    /// The id of the record it is about.
    pub subject: String,
    pub priority: Priority,
    /// What the carrier needs beside the record. No personal data: those stand in the record.
    pub payload: serde_json::Value,
    /// Money that it spends; counts against the day's cap.
    pub spends: Option<Money>,
    /// Keyed hash of the address it goes to, for messages; a suppressed one is refused.
    pub address_key: Option<String>,
    pub state: EffectState,
    /// How often it was handed to the world.
    pub attempts: u32,
    /// Not before this moment: quiet hours, back-off.
    pub not_before: Utc,
    pub created_at: Utc,
    pub sent_at: Option<Utc>,
    pub settled_at: Option<Utc>,
    /// What the world answered.
    pub result: Option<serde_json::Value>,
    pub error: Option<String>,
}
