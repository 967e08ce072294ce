//! The executor on a market that answers as the test says.

mod buying;
mod market;
mod photos;
mod quiet;
mod selling;

use std::collections::BTreeMap;
use std::sync::Arc;

use autobazaaar_domain::{Cents, Currency, Deal, Money, SeededEntropy, Utc};
use autobazaaar_negotiation::Baseline;
use autobazaaar_negotiation::writing::Owner;
use autobazaaar_store::{Actor, Options, Store};

use super::{Executor, Settings, Ticked};
use crate::decide::{Limits, LimitsConfig, Portfolio, Verdict, decide, verdict};
use crate::score::fixtures;
use market::Script;

/// A store with money, and a market without a will of its own.
struct Desk {
    store: Store,
    market: Script,
    settings: Settings,
    negotiator: Baseline,
}

fn owner() -> Owner {
    Owner { name: "Robin".to_owned(), postal_address: "1 Example Street".to_owned(), ..Owner::default() }
}

impl Desk {
    async fn new() -> Self {
        let store =
            Store::open(Options::memory(), Arc::new(SeededEntropy::new(7)), fixtures::now()).await.unwrap();
        let capital = Money::new(200_000, Currency::USD);
        let mut tx = store.begin(fixtures::now(), &Actor::new("owner", "test")).await.unwrap();
        tx.pay_in(capital).await.unwrap();
        tx.commit().await.unwrap();
        let settings = Settings::new(owner(), 100, vec![(Currency::USD, Cents(200_000))]);
        let negotiator = Baseline { gap: settings.playbook.gap };
        let mut desk = Self { store, market: Script::default(), settings, negotiator };
        desk.executor(0).set_limits(&[capital]).await.unwrap();
        desk
    }

    /// An executor so many hours after the beginning.
    fn executor(&mut self, hours: i64) -> Executor<'_, Script> {
        Executor::new(&self.store, &mut self.market, &self.settings, &self.negotiator, at(hours))
    }

    async fn tick(&mut self, hours: i64) -> Ticked {
        self.executor(hours).tick().await.unwrap()
    }

    async fn stop(&self, on: bool, hours: i64) {
        let mut tx = self.store.begin(at(hours), &Actor::new("owner", "test")).await.unwrap();
        tx.stop(on).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Takes a deal on that the limits allow without asking, and sends what that asks for.
    async fn take_on(&mut self, deal: Deal) {
        self.take_on_with(deal, 10).await;
    }

    /// The same, where so many negotiations may be open: with none a good ask is paid.
    async fn take_on_with(&mut self, deal: Deal, open_negotiations: u32) {
        let mut executor = self.executor(0);
        let taken = executor.take_on(vec![go(deal, open_negotiations)]).await.unwrap();
        assert_eq!(taken.negotiations + taken.purchases, 1, "{taken:?}");
        executor.tick().await.unwrap();
    }

    async fn holds_together(&self) {
        assert_eq!(self.store.check().await.unwrap(), vec![]);
    }
}

fn at(hours: i64) -> Utc {
    fixtures::now() + chrono::TimeDelta::hours(hours)
}

/// The verdict on a deal of an owner who lets the rules spend.
fn go(deal: Deal, open_negotiations: u32) -> Verdict {
    let config = LimitsConfig {
        auto_approve_up_to: BTreeMap::from([("USD".to_owned(), 1_500.0)]),
        open_negotiations,
        ..LimitsConfig::default()
    };
    let limits = Limits::new(config).unwrap();
    let decision =
        decide(std::slice::from_ref(&deal), &limits, &Portfolio::fresh(&limits), fixtures::now()).remove(0);
    verdict(deal, decision)
}
