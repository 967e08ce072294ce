//! Acting: what was approved is negotiated, bought, listed, repriced and sold. Every effect is
//! stored with its id before it is attempted; what comes back changes the state in the same
//! transaction as the books.
//!
//! **Invariant:** only [`Approved`](crate::decide::Approved) values lead to an offer or a purchase.
//! **Invariant:** nothing outside happens but by the relay, out of the outbox.
//! **Invariant:** the time is that of the tick; nothing here reads a clock.

mod answers;
mod arrange;
mod books;
mod buyers;
mod error;
mod goods;
pub mod hand;
pub mod market;
mod negotiate;
mod news;
mod photos;
mod portfolio;
mod propose;
mod purchase;
mod quiet;
mod reconcile;
mod relay;
mod sell;
mod settings;
mod take_on;
mod timers;
mod title;
mod write;

use autobazaaar_domain::ids::DealId;
use autobazaaar_domain::{Currency, Money, Utc};
use autobazaaar_negotiation::Negotiator;
use autobazaaar_store::{Actor, Cap, Store, StoreError, TrackedDeal, Tx};

pub use answers::{Unanswered, unanswered};
pub use error::ExecuteError;
pub use goods::key_of;
pub use photos::most_photos;
pub use portfolio::portfolio;
pub use propose::{Change, waiting};
pub use purchase::sku;
pub use settings::{Right, Rights, Settings};
pub use take_on::Taken;
pub use title::{search_words, title_chars, title_for};

use market::Market;

/// Effects handed to the world in one go.
const BATCH: u32 = 64;

/// Acts on one market. All it knows is in the store: it can be made anew at any time.
pub struct Executor<'a, M> {
    pub(crate) store: &'a Store,
    pub(crate) market: &'a mut M,
    pub(crate) settings: &'a Settings,
    pub(crate) negotiator: &'a dyn Negotiator,
    /// The moment of everything that is done in this tick.
    pub(crate) now: Utc,
}

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    pub sent: u64,
    pub messages: u64,
    pub orders: u64,
    pub timers: u64,
}

impl Ticked {
    /// Whether anything happened.
    #[must_use]
    pub fn is_idle(self) -> bool {
        self == Self::default()
    }
}

impl<'a, M: Market> Executor<'a, M> {
    /// An executor at a moment.
    pub fn new(
        store: &'a Store,
        market: &'a mut M,
        settings: &'a Settings,
        negotiator: &'a dyn Negotiator,
        now: Utc,
    ) -> Self {
        Self { store, market, settings, negotiator, now }
    }

    /// Start-up is recovery: effects that a dead process left are doubted, then reconciled.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn recover(&mut self) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        let lost = tx.doubt_sending(self.now).await?;
        tx.commit().await?;
        for effect in lost {
            self.in_doubt(&effect).await?;
        }
        self.reconcile().await
    }

    /// Reads the news, does what is due, and sends what is queued, until nothing is left to do at
    /// this moment.
    ///
    /// # Errors
    /// The store cannot be written, or the books do not balance.
    pub async fn tick(&mut self) -> Result<Ticked, ExecuteError> {
        let mut all = Ticked::default();
        self.reconcile().await?;
        // News can queue effects, and effects can bring news; a moment's work ends.
        for _ in 0..8 {
            let ticked = Ticked {
                messages: self.read_messages().await?,
                orders: self.read_orders().await?,
                timers: self.sweep().await?,
                sent: self.relay().await?,
            };
            all.messages += ticked.messages;
            all.orders += ticked.orders;
            all.timers += ticked.timers;
            all.sent += ticked.sent;
            if ticked.is_idle() {
                break;
            }
        }
        Ok(all)
    }

    /// Sets the limits of the day and the capital, as the configuration has them.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn set_limits(&mut self, capital: &[Money]) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        Self::make_room(&mut tx).await?;
        let spending = self.settings.spending_a_day.iter().map(|(of, most)| (Cap::Spending(*of), most.0));
        let (messages, today) = ((Cap::Messages, self.settings.messages_a_day), tx.today());
        // What stands already is not written again: each change is an event.
        for (cap, limit) in std::iter::once(messages).chain(spending) {
            if tx.cap(cap, today).await?.limit != limit {
                tx.set_cap(cap, limit).await?;
            }
        }
        for money in capital {
            if tx.available(money.currency).await?.capital != money.amount {
                tx.set_capital(*money).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    pub(crate) async fn begin(&self) -> Result<Tx<'a>, StoreError> {
        self.store.begin(self.now, &Actor::new("executor", "run")).await
    }
}

/// The deal that a record names.
pub(crate) async fn deal_of(tx: &mut Tx<'_>, id: DealId, by: &str) -> Result<TrackedDeal, ExecuteError> {
    let missing = || ExecuteError::Missing { record: "deal", id: id.to_string(), by: by.to_owned() };
    tx.deal(id).await?.ok_or_else(missing)
}

/// A refusal by the rules of the store, which is an outcome and no failure.
pub(crate) fn is_refusal(error: &ExecuteError) -> bool {
    matches!(error, ExecuteError::Store(refusal) if is_refused(refusal))
}

pub(crate) fn is_refused(error: &StoreError) -> bool {
    use StoreError as S;
    matches!(
        error,
        S::Funds { .. }
            | S::Stopped
            | S::Suppressed { .. }
            | S::Twice { .. }
            | S::AboveLimit { .. }
            | S::NoLimit { .. }
    )
}

/// The money of one currency.
pub(crate) fn money(amount: autobazaaar_domain::Cents, currency: Currency) -> Money {
    Money { amount, currency }
}

#[cfg(test)]
mod desk_tests;
#[cfg(test)]
pub(crate) mod tests;
