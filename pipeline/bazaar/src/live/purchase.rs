//! What we buy, and what becomes of it.

use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::{Cents, Condition, ListingKey, Status, Utc};

use super::acts::{Receipt, Refusal, days};
use super::feeds::{Arrival, Inspection, Order, OrderState, Side};
use super::queue::{Step, What};
use super::scenario::Scenario;
use super::stock::Shelved;
use super::trade::{Holding, Trade};
use super::{Bazaar, names};
use crate::dice::Dice;
use crate::thing::{Junk, worth_by_condition};

impl Bazaar {
    /// Buys a listing at its ask, at the agreed price, or at the seller's last counter.
    pub(super) fn buy_listing(&mut self, listing: &ListingKey, price: Cents) -> Result<Receipt, Refusal> {
        let copy = self.copy_of(listing)?;
        let live =
            self.stock.get(copy).filter(|live| live.standing.status != Status::Sold).ok_or(Refusal::Gone)?;
        let (venue, ask, scam) = (usize::from(live.venue), live.standing.ask, live.scam);
        let said = self.said_price(copy);
        // Where the ask is no price, only what was said counts.
        let unpriced = matches!(live.standing.junk, Some(Junk::CallForPrice | Junk::Placeholder));
        let wanted = said.map_or(ask, |said| if unpriced { said } else { said.min(ask) });
        self.for_sale(copy, said)?;
        if price < wanted || price.0 < 0 {
            return Err(Refusal::PriceTooLow { wanted: wanted.0 });
        }
        let shown = self.show_one(venue, copy).ok_or(Refusal::Gone)?;
        let shipping = shown.shipping_price.unwrap_or(Cents::ZERO);
        let delivery = if shown.shipping_price.is_some() { Delivery::Shipped } else { Delivery::Local };
        let thing = self.thing(copy >> 4);
        let now = self.now;
        self.sold(copy, wanted, now);
        self.bought.insert(copy);
        let (name, _) = names::person(self.seed, thing.number);
        let id = format!("B-{:06}", self.trades.len() + 1);
        let order = Order {
            id: id.clone(),
            side: Side::Purchase,
            listing: listing.clone(),
            price: wanted,
            shipping,
            delivery,
            state: OrderState::Placed,
            placed_at: now,
            ship_by: None,
            refunded: Cents::ZERO,
            counterparty: name,
            address: names::postal(self.seed, thing.number),
        };
        let mut trade = Trade::new(order, thing.number, venue);
        trade.stated = shown.condition;
        let number = self.open_trade(trade);
        self.plan_purchase(number, scam);
        Ok(Receipt::Bought { order: id, price: wanted, shipping, total: wanted + shipping, at: now })
    }

    /// What the seller said to us, as far as it still holds.
    fn said_price(&self, copy: u64) -> Option<Cents> {
        let talk = self.talks.get(&copy)?;
        match talk.agreed {
            Some((price, until)) if self.now <= until => Some(price),
            Some(_) => None,
            None => talk.counters.last().copied(),
        }
    }

    fn for_sale(&self, copy: u64, said: Option<Cents>) -> Result<(), Refusal> {
        let not = |why: &str| Err(Refusal::NotForSale { why: why.to_owned() });
        let Some(live) = self.stock.get(copy) else { return Err(Refusal::Gone) };
        match (live.standing.junk, said) {
            _ if live.standing.auction_ends.is_some() => return not("an auction"),
            (Some(Junk::Wanted), _) => return not("somebody who buys"),
            (Some(Junk::DownPayment), _) => return not("the price is a first instalment"),
            (Some(Junk::CallForPrice | Junk::Placeholder), None) => {
                return not("the price is to be asked for");
            }
            _ => {}
        }
        let agreed = self.talks.get(&copy).is_some_and(|talk| talk.agreed.is_some());
        if live.standing.status == Status::Pending && !agreed {
            return Err(Refusal::state("promised to somebody else"));
        }
        Ok(())
    }

    pub(super) fn show_one(&self, venue: usize, copy: u64) -> Option<autobazaaar_domain::Observation> {
        self.show(venue, Shelved::Theirs(copy))
    }

    /// Draws a purchase's course.
    fn plan_purchase(&mut self, number: u32, scam: bool) {
        let trade = &self.trades[number as usize];
        let (venue, delivery) = (trade.venue, trade.order.delivery);
        let p = &self.params.purchases;
        let mut dice = Dice::new(self.seed, u64::from(number), 60);
        let scripted = self.scripts.get(&trade.thing).map(|script| script.scenario);
        let scam = scam || scripted == Some(Scenario::Scam);
        let falls = scripted.is_none() && dice.chance(p.falls_through[venue]);
        let (step, wait) = match delivery {
            _ if falls => (Step::GiveUp, p.silence_days),
            // Nobody opens the door.
            Delivery::Local if scam => (Step::GiveUp, dice.between(p.pick_up_days[0], p.pick_up_days[1])),
            Delivery::Local => (Step::Arrive, dice.between(p.pick_up_days[0], p.pick_up_days[1])),
            Delivery::Shipped => (Step::Send, dice.between(p.ship_days[0], p.ship_days[1])),
        };
        self.trades[number as usize].scam = scam;
        self.queue.plan(self.now + days(wait), What::Order { order: number, step });
    }

    /// A purchase's next step.
    pub(super) fn purchase_step(&mut self, number: u32, step: Step, at: Utc) {
        let trade = &self.trades[number as usize];
        let (state, scam, total) = (trade.order.state, trade.scam, trade.total());
        let mut dice = Dice::new(self.seed, u64::from(number), 61);
        let p = &self.params.purchases;
        match (step, state) {
            (Step::GiveUp, OrderState::Placed) => {
                self.trades[number as usize].order.refunded = total;
                self.set_state(number, OrderState::Cancelled, at);
            }
            (Step::Send, OrderState::Placed) => {
                let transit = dice.between(p.transit_days[0], p.transit_days[1]);
                let (step, wait) =
                    if scam { (Step::NeverCame, p.transit_days[1] + 4.0) } else { (Step::Arrive, transit) };
                self.set_state(number, OrderState::Shipped, at);
                self.queue.plan(at + days(wait), What::Order { order: number, step });
            }
            (Step::NeverCame, OrderState::Shipped) => self.set_state(number, OrderState::NeverArrived, at),
            (Step::Arrive, OrderState::Placed | OrderState::Shipped) => self.take_in(number, at),
            _ => {}
        }
    }

    /// The thing is in our hands.
    fn take_in(&mut self, number: u32, at: Utc) {
        let (thing_number, stated) =
            (self.trades[number as usize].thing, self.trades[number as usize].stated);
        let thing = self.thing(thing_number);
        let mut dice = Dice::new(self.seed, u64::from(number), 62);
        let scripted = self.scripts.contains_key(&thing_number);
        let worse = !scripted && dice.chance(self.params.purchases.not_as_described);
        let condition = if worse { next_worse(thing.condition) } else { thing.condition };
        let value = thing.value_dollars * worth_by_condition(condition) / worth_by_condition(thing.condition);
        let mut remarks = Vec::new();
        if thing.junk == Some(Junk::Accessory) {
            remarks.push(format!("only the accessory, no {}", thing.family.nouns[0]));
        }
        if worse || stated.is_some_and(|stated| stated < condition) {
            remarks.push(dice.pick(thing.category().faults).to_owned());
        }
        let inspection = Inspection { condition, as_described: remarks.is_empty(), remarks };
        self.trades[number as usize].as_described = inspection.as_described;
        self.hands.insert(number, Holding { thing: thing_number, condition, value_dollars: value });
        self.set_state(number, OrderState::Delivered, at);
        let order = self.trades[number as usize].order.id.clone();
        self.arrive_here(Arrival { seq: 0, at, order, inspection });
    }

    /// Asks for a purchase's money back.
    pub(super) fn claim_purchase(&mut self, order: &str) -> Result<Receipt, Refusal> {
        let number = self.trade_number(order)?;
        let trade = &self.trades[number as usize];
        if trade.order.side != Side::Purchase {
            return Err(Refusal::state("not a purchase of yours"));
        }
        let total = trade.total();
        match trade.order.state {
            OrderState::NeverArrived => {}
            OrderState::Delivered if !trade.as_described && self.hands.contains_key(&number) => {}
            _ => return Err(Refusal::state("there is nothing to claim")),
        }
        if !self.params.purchases.protected[trade.venue] {
            return Err(Refusal::NotProtected);
        }
        if self.own.iter().any(|own| own.purchase == number && own.stands()) {
            return Err(Refusal::state("it is listed for sale"));
        }
        self.hands.remove(&number);
        self.trades[number as usize].order.refunded = total;
        let now = self.now;
        self.set_state(number, OrderState::Refunded, now);
        Ok(Receipt::Claimed { amount: total, at: now })
    }
}

fn next_worse(condition: Condition) -> Condition {
    let all = Condition::ALL;
    let at = all.iter().position(|&other| other == condition).unwrap_or(0);
    all[(at + 1).min(all.len() - 1)]
}
