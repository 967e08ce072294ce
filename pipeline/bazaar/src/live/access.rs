//! The market from outside: what somebody who trades on it can ask and do, whether it is in this
//! process or behind HTTP.

use std::future::Future;

use autobazaaar_domain::Utc;
use serde::{Deserialize, Serialize};

use super::Bazaar;
use super::acts::{Action, Deed, EffectStatus, Outcome, Refusal};
use super::feeds::{Arrival, Message, Order, OrderUpdate, Payout};
use super::oracle::Flows;
use super::reading::{Query, ResultPage};

/// A deed of ours as the market wrote it down: each that reached it, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    pub at: Utc,
    pub effect: String,
    pub action: Action,
    /// What came of it; never [`EffectStatus::Unknown`].
    pub result: EffectStatus,
}

/// The market's own count, which a trader's books are held against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Count {
    pub flows: Flows,
    pub deeds: Vec<Recorded>,
    /// Hash of everything that happened.
    pub log_hash: String,
}

/// The market as its visitors reach it. Each feed gives what came after a number.
///
/// **Promise asked of an implementation:** an effect id has at most one effect; an outcome that is not
/// known is told as [`Outcome::Uncertain`].
///
/// All of it errs as the market does, and with [`Refusal::Unavailable`] where it cannot be reached.
pub trait Access {
    /// The moment it is there.
    fn time(&mut self) -> impl Future<Output = Result<Utc, Refusal>>;
    /// Lets time pass there.
    fn pass_until(&mut self, to: Utc) -> impl Future<Output = Result<(), Refusal>>;
    /// The venues' names.
    fn venue_names(&mut self) -> impl Future<Output = Result<Vec<String>, Refusal>>;
    /// A page of results.
    fn page(
        &mut self,
        venue: &str,
        query: &Query,
        page: u32,
    ) -> impl Future<Output = Result<ResultPage, Refusal>>;
    /// Does something, once for each effect id.
    fn do_once(&mut self, effect: &str, action: &Action) -> impl Future<Output = Outcome>;
    /// What became of an effect.
    fn status(&mut self, effect: &str) -> impl Future<Output = Result<EffectStatus, Refusal>>;
    /// Messages to us.
    fn messages(&mut self, since: u64) -> impl Future<Output = Result<Vec<Message>, Refusal>>;
    /// Changes of orders.
    fn order_changes(&mut self, since: u64) -> impl Future<Output = Result<Vec<OrderUpdate>, Refusal>>;
    /// An order as it is now.
    fn order_now(&mut self, id: &str) -> impl Future<Output = Result<Order, Refusal>>;
    /// What came into our hands.
    fn arrivals(&mut self, since: u64) -> impl Future<Output = Result<Vec<Arrival>, Refusal>>;
    /// Money of sales.
    fn money(&mut self, since: u64) -> impl Future<Output = Result<Vec<Payout>, Refusal>>;
    /// The market's own count of all that passed between it and us. For proofs, not for trading.
    fn count(&mut self) -> impl Future<Output = Result<Count, Refusal>>;
}

impl Access for Bazaar {
    async fn time(&mut self) -> Result<Utc, Refusal> {
        Ok(self.now())
    }

    async fn pass_until(&mut self, to: Utc) -> Result<(), Refusal> {
        self.advance_to(to);
        Ok(())
    }

    async fn venue_names(&mut self) -> Result<Vec<String>, Refusal> {
        Ok(self.venues().iter().map(ToString::to_string).collect())
    }

    async fn page(&mut self, venue: &str, query: &Query, page: u32) -> Result<ResultPage, Refusal> {
        self.search(venue, query, page)
    }

    async fn do_once(&mut self, effect: &str, action: &Action) -> Outcome {
        self.act(effect, action)
    }

    async fn status(&mut self, effect: &str) -> Result<EffectStatus, Refusal> {
        self.effect_status(effect)
    }

    async fn messages(&mut self, since: u64) -> Result<Vec<Message>, Refusal> {
        Ok(self.inbox(since))
    }

    async fn order_changes(&mut self, since: u64) -> Result<Vec<OrderUpdate>, Refusal> {
        Ok(self.orders(since))
    }

    async fn order_now(&mut self, id: &str) -> Result<Order, Refusal> {
        self.order(id).cloned().ok_or_else(|| Refusal::unknown(id))
    }

    async fn arrivals(&mut self, since: u64) -> Result<Vec<Arrival>, Refusal> {
        Ok(self.deliveries(since))
    }

    async fn money(&mut self, since: u64) -> Result<Vec<Payout>, Refusal> {
        Ok(self.payouts(since))
    }

    async fn count(&mut self) -> Result<Count, Refusal> {
        Ok(self.counted())
    }
}

impl Bazaar {
    /// The market's own count of all that passed between it and us. Nothing disturbs it.
    #[must_use]
    pub fn counted(&self) -> Count {
        let deeds = self.journal.iter().filter_map(|entry| {
            let Deed::Act { action } = &entry.deed else { return None };
            let result = match self.effects.get(&entry.effect)?.result() {
                Ok(receipt) => EffectStatus::Done(receipt.clone()),
                Err(reason) => EffectStatus::Refused { reason: reason.clone() },
            };
            Some(Recorded { at: entry.at, effect: entry.effect.clone(), action: action.clone(), result })
        });
        Count { flows: self.oracle().flows(), deeds: deeds.collect(), log_hash: self.log_hash() }
    }
}
