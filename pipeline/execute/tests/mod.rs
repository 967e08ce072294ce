//! The executor against a world that does as it is told.

mod flip;
mod hostile;
mod many;
mod overcharge;
pub(crate) mod puppet;

use std::collections::BTreeMap;
use std::sync::Arc;

use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::owner::ApprovalStatus;
use autobazaaar_domain::{Cents, Condition, Currency, Deal, ListingKey, Money, Platform, SeededEntropy, Utc};
use autobazaaar_negotiation::strategy::{Baseline, Learned};
use autobazaaar_negotiation::writing::Owner;
use autobazaaar_negotiation::{Negotiator, Playbook};
use autobazaaar_store::{Actor, Options, Store};
use chrono::TimeDelta;

use super::market::{Arrival, OrderNews, OrderState};
use super::{Executor, Settings, Taken};
use crate::decide::{Limits, LimitsConfig, Portfolio, decide, verdict};
use crate::invariants::{against_the_world, of_state};
use puppet::Puppet;

/// The owner's money, dollars.
const CAPITAL: f64 = 10_000_000.0;

pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

/// A store, a world and the moment it is.
pub(crate) struct Bench {
    pub store: Store,
    pub world: Puppet,
    pub now: Utc,
    settings: Settings,
    negotiator: Box<dyn Negotiator>,
}

impl Bench {
    /// Bargaining by fixed steps.
    pub async fn new() -> Self {
        Self::with(Box::new(Baseline { gap: Playbook::default().gap })).await
    }

    /// Bargaining by a belief about the seller, as the loop does.
    pub async fn learned() -> Self {
        Self::with(Box::new(Learned::default())).await
    }

    async fn with(negotiator: Box<dyn Negotiator>) -> Self {
        let now = crate::score::fixtures::now();
        let capital = Cents::from_major(CAPITAL, Currency::USD).unwrap();
        let owner = Owner {
            name: "Robin Example".to_owned(),
            postal_address: "1 Example Street, Exampleton".to_owned(),
            ..Owner::default()
        };
        let settings = Settings::new(owner, 1_000_000, vec![(Currency::USD, capital)]);
        let store = Store::open(Options::memory(), Arc::new(SeededEntropy::new(1)), now).await.unwrap();
        let money = Money { amount: capital, currency: Currency::USD };
        let mut tx = store.begin(now, &Actor::new("owner", "test")).await.unwrap();
        tx.pay_in(money).await.unwrap();
        tx.commit().await.unwrap();
        let mut bench = Self { store, world: Puppet::default(), now, settings, negotiator };
        bench.executor().set_limits(&[money]).await.unwrap();
        bench
    }

    pub fn executor(&mut self) -> Executor<'_, Puppet> {
        Executor::new(&self.store, &mut self.world, &self.settings, self.negotiator.as_ref(), self.now)
    }

    /// Decides on each deal by itself and takes it on.
    pub async fn take_on(&mut self, deals: Vec<Deal>) -> Taken {
        let limits = Limits::new(limits()).unwrap();
        let portfolio = Portfolio::fresh(&limits);
        let decided = deals.into_iter().map(|deal| {
            let decision = decide(std::slice::from_ref(&deal), &limits, &portfolio, self.now).remove(0);
            verdict(deal, decision)
        });
        let decided = decided.collect();
        let taken = self.executor().take_on(decided).await.unwrap();
        self.owner_agrees().await;
        taken
    }

    /// To what looks too good to be true, too: that is not what is tested here.
    async fn owner_agrees(&mut self) {
        let waiting = self.store.read().await.unwrap().approvals(ApprovalStatus::Waiting, u32::MAX).await;
        for asked in waiting.unwrap() {
            assert!(self.executor().approve(asked.approval_id, None).await.unwrap().is_none());
        }
    }

    pub async fn hours(&mut self, hours: i64) {
        self.now += TimeDelta::hours(hours);
        self.executor().tick().await.unwrap();
    }

    /// Sellers say the same until it has an effect, or four times.
    pub async fn insist(&mut self, listings: &[&ListingKey], text: &str) {
        for _ in 0..4 {
            for listing in listings {
                self.world.seller_says(listing, text, self.now);
            }
            self.hours(1).await;
        }
    }

    /// A purchase comes as it was described.
    pub fn arrives(&mut self, platform: &Platform, order: &str) {
        let seq = self.world.arrivals.len() as u64 + 1;
        self.world.arrivals.push(Arrival {
            seq,
            platform: platform.clone(),
            order: order.to_owned(),
            condition: Condition::Good,
            as_described: true,
            notes: String::new(),
        });
    }

    /// Somebody buys an offer of ours at its ask.
    pub fn sells(&mut self, listing: &ListingKey, price: Cents, order: &str) {
        let seq = self.world.orders.len() as u64 + 1;
        self.world.orders.push(OrderNews {
            seq,
            order: order.to_owned(),
            purchase: false,
            listing: listing.clone(),
            price,
            shipping: Cents::ZERO,
            delivery: Delivery::Local,
            state: OrderState::Placed,
            buyer: "buyer@example.invalid".to_owned(),
            refunded: Cents::ZERO,
            fees: Default::default(),
        });
    }

    /// No invariant is broken, in the state and against what the world saw.
    pub async fn is_sound(&self) {
        assert_eq!(of_state(&self.store).await.unwrap(), []);
        assert_eq!(against_the_world(&self.store, &self.world.outside()).await.unwrap(), []);
    }
}

/// Wide enough that what is tested is the executor; a free hand, so that nothing waits for the owner.
fn limits() -> LimitsConfig {
    let dollars = |amount: f64| BTreeMap::from([("USD".to_owned(), amount)]);
    LimitsConfig {
        capital: dollars(CAPITAL),
        auto_approve_up_to: dollars(5_000.0),
        open_negotiations: 100_000,
        items_per_week: 100_000,
        ..LimitsConfig::default()
    }
}
