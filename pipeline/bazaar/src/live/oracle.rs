//! What only the simulation knows.
//!
//! **Invariant:** no stage of the program uses this; tests, benchmarks and the oracle of `demo` do.

use autobazaaar_domain::{Cents, Currency, ListingKey, Utc};
use serde::{Deserialize, Serialize};

use super::Bazaar;
use super::buyers::dollars;
use super::feeds::{OrderState, Side};
use super::persona::{Persona, value_ratio};
use super::stock::copy_key;
use crate::ids::thing_of;
use crate::thing::{Junk, season, worth_by_condition};

/// The hidden facts of a listing that stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Hidden {
    pub listing: ListingKey,
    /// The thing behind it: re-posts and cross-posts share it.
    pub thing: u64,
    pub category: &'static str,
    /// What it would sell for to a patient seller at this time.
    pub value: Cents,
    pub ask: Cents,
    /// The least its owner takes; the ask where no offer is answered.
    pub reservation: Cents,
    pub junk: Option<Junk>,
    pub scam: bool,
    /// Asked far under its value.
    pub bargain: bool,
    /// The owner never answers.
    pub silent: bool,
    pub auction: bool,
    pub listed_at: Utc,
}

/// A look behind the scenes.
pub struct Oracle<'a>(&'a Bazaar);

/// Sums over all that passed between the market and us, cents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flows {
    /// Paid for purchases, less what came back.
    pub spent: Cents,
    /// Sum of all payouts.
    pub paid_out: Cents,
    /// True values of what is in our hands.
    pub in_hand: Cents,
    /// True values of what was bought, is on its way, and will come unless its seller changes his mind.
    pub on_the_way: Cents,
}

impl Bazaar {
    /// The truth; not for the program proper.
    #[must_use]
    pub fn oracle(&self) -> Oracle<'_> {
        Oracle(self)
    }
}

impl Oracle<'_> {
    /// Hidden facts of a listing that stands.
    #[must_use]
    pub fn listing(&self, key: &ListingKey) -> Option<Hidden> {
        let bazaar = self.0;
        let (thing, copy) = thing_of(bazaar.seed, &key.external_id)?;
        let live = bazaar.stock.get(copy_key(thing, copy))?;
        let standing = &live.standing;
        let thing = bazaar.thing(standing.thing);
        let worth = thing.value_dollars * season(thing.category(), bazaar.now);
        let mut persona = Persona::of(&bazaar.params, bazaar.seed, &thing, value_ratio(worth, standing.ask));
        if let Some(script) = bazaar.scripts.get(&thing.number) {
            script.scenario.shape(&mut persona);
        }
        let deaf = persona.silent || persona.opts_out;
        let share = if deaf { 1.0 } else { persona.reservation };
        Some(Hidden {
            listing: key.clone(),
            thing: thing.number,
            category: thing.category().name,
            value: Cents::from_major(worth, Currency::USD)?,
            ask: standing.ask,
            reservation: standing.ask.share(share),
            junk: standing.junk,
            scam: live.scam || persona.scam,
            bargain: thing.bargain && thing.junk.is_none(),
            silent: deaf,
            auction: standing.auction_ends.is_some(),
            listed_at: standing.listed_at,
        })
    }

    /// What a thing that we bought is worth now, by the purchase's order id.
    #[must_use]
    pub fn holding(&self, order: &str) -> Option<Cents> {
        let bazaar = self.0;
        let holding = bazaar.hands.get(&bazaar.trade_number(order).ok()?)?;
        let thing = bazaar.thing(holding.thing);
        Cents::from_major(holding.value_dollars * season(thing.category(), bazaar.now), Currency::USD)
    }

    /// Days until a thing in our hands would sell at a price, in the mean, on a faultless listing;
    /// `None` for what nobody pays.
    #[must_use]
    pub fn days_to_sell(&self, value: Cents, price: Cents) -> Option<f64> {
        let b = &self.0.params.buyers;
        let rate = b.per_day * (dollars(value) / dollars(price).max(1.0)).powf(b.price_power);
        (rate > 0.0).then(|| 1.0 / rate.min(b.highest))
    }

    /// What hindsight could have made of a listing: bought at the least its owner takes, sold at
    /// its value, less `costs` (fees, label). `None` where nothing honest can be had.
    #[must_use]
    pub fn best_profit(&self, key: &ListingKey, costs: impl Fn(Cents) -> Cents) -> Option<Cents> {
        let hidden = self.listing(key).filter(|hidden| !hidden.scam && !hidden.auction)?;
        if hidden.junk.is_some_and(|junk| junk != Junk::Free && junk != Junk::Broken) {
            return None;
        }
        Some(hidden.value - costs(hidden.value) - hidden.reservation)
    }

    /// The hidden facts of every listing of a venue and category, newest first.
    #[must_use]
    pub fn standing(&self, venue: &str, category: &str) -> Vec<Hidden> {
        self.0.keys(venue, category).iter().filter_map(|key| self.listing(key)).collect()
    }

    /// Listings of others that stand or are still shown.
    #[must_use]
    pub fn listings(&self) -> usize {
        self.0.stock.len()
    }

    /// Sums of money and goods.
    #[must_use]
    pub fn flows(&self) -> Flows {
        let bazaar = self.0;
        let spent = bazaar.trades.iter().filter(|trade| trade.order.side == Side::Purchase);
        let worth = bazaar.hands.values().filter_map(|h| Cents::from_major(h.value_dollars, Currency::USD));
        let coming = bazaar.trades.iter().filter(|trade| {
            trade.order.side == Side::Purchase
                && !trade.scam
                && matches!(trade.order.state, OrderState::Placed | OrderState::Shipped)
        });
        let coming = coming
            .filter_map(|trade| Cents::from_major(bazaar.thing(trade.thing).value_dollars, Currency::USD));
        Flows {
            on_the_way: coming.sum(),
            spent: spent.map(|trade| trade.total() - trade.order.refunded).sum(),
            paid_out: bazaar.trades.iter().map(|trade| trade.paid_out).sum(),
            in_hand: worth.sum(),
        }
    }

    /// What a condition does to a value, as a factor.
    #[must_use]
    pub fn condition_factor(condition: autobazaaar_domain::Condition) -> f64 {
        worth_by_condition(condition)
    }
}
