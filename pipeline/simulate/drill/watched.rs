//! A world with a fault point before and after each deed.

use std::future::Future;

use autobazaaar_domain::ids::EffectId;
use autobazaaar_store::FaultHook;

use crate::execute::market::{Answer, Arrival, Deed, Incoming, Known, Market, OrderNews, Payout};

/// The world, with somebody who may kill the process at its door.
pub(super) struct Watched<M> {
    pub market: M,
    pub hook: Option<FaultHook>,
}

impl<M> Watched<M> {
    fn point(&self, name: &'static str) {
        if let Some(hook) = &self.hook {
            hook(name);
        }
    }
}

impl<M: Market> Market for Watched<M> {
    async fn act(&mut self, effect: EffectId, deed: &Deed, text: &str) -> Answer {
        self.point("before an effect");
        let answer = self.market.act(effect, deed, text).await;
        self.point("after an effect");
        answer
    }

    fn known(&mut self, effect: EffectId) -> impl Future<Output = Option<Known>> {
        self.market.known(effect)
    }

    fn inbox(&mut self, since: u64) -> impl Future<Output = Vec<Incoming>> {
        self.market.inbox(since)
    }

    fn orders(&mut self, since: u64) -> impl Future<Output = Vec<OrderNews>> {
        self.market.orders(since)
    }

    fn arrivals(&mut self, since: u64) -> impl Future<Output = Vec<Arrival>> {
        self.market.arrivals(since)
    }

    fn payouts(&mut self, since: u64) -> impl Future<Output = Vec<Payout>> {
        self.market.payouts(since)
    }
}
