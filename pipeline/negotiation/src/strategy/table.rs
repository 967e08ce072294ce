//! A negotiation as its negotiator sees it.

use autobazaaar_domain::{Cents, Currency};
use serde::{Deserialize, Serialize};

use super::{OfferKind, Parameters};
use crate::{Intent, Reading};

/// What a priced offer drew: the last reply to it that says something.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub intent: Intent,
    /// Minor units.
    pub price: Option<Cents>,
}

impl From<&Reading> for Reply {
    fn from(reading: &Reading) -> Self {
        Self { intent: reading.intent, price: reading.price }
    }
}

/// A priced offer of ours and what it drew.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Minor units.
    pub offer: Cents,
    pub kind: OfferKind,
    pub reply: Option<Reply>,
}

/// All that a negotiator knows. Amounts are minor units of `currency`.
#[derive(Debug, Clone, PartialEq)]
pub struct Table<'a> {
    /// The price of the listing.
    pub ask: Cents,
    pub currency: Currency,
    /// The decision's maximum price. Absent, zero or negative: nothing is allowed.
    pub max_price: Option<Cents>,
    /// What the item is worth to us, landed and after all costs, where it is known beside the
    /// maximum price: the learned negotiator maximises `worth − price`. Absent: the maximum price.
    pub worth: Option<Cents>,
    /// How the strategy chosen bargains.
    pub parameters: &'a Parameters,
    /// Oldest first.
    pub rounds: &'a [Round],
    /// Follow-ups sent since the last reply.
    pub follow_ups: u32,
}

impl Table<'_> {
    /// The most that may be offered or accepted; `None` when nothing is allowed.
    #[must_use]
    pub fn limit(&self) -> Option<Cents> {
        self.max_price.filter(|max| max.0 > 0 && self.ask.0 > 0)
    }

    /// Our offer that stands.
    #[must_use]
    pub fn offer(&self) -> Option<Cents> {
        self.rounds.last().map(|round| round.offer)
    }

    /// Priced offers of ours so far; restated ones and follow-ups do not count.
    #[must_use]
    pub fn priced_offers(&self) -> u32 {
        let priced = self.rounds.iter().filter(|round| round.kind != OfferKind::Restated).count();
        u32::try_from(priced).unwrap_or(u32::MAX)
    }

    /// Whether we said that an offer is our last.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.rounds.iter().any(|round| round.kind == OfferKind::Final)
    }
}
