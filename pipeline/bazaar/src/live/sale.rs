//! What becomes of a sale of ours: payment, parcel, payout, return.

use autobazaaar_domain::fees::{Delivery, SaleTerms};
use autobazaaar_domain::{Cents, Currency, Utc};

use super::acts::{Receipt, Refusal, days};
use super::feeds::{Arrival, Inspection, Order, OrderState, Side};
use super::queue::{Step, What};
use super::resale::fees_of;
use super::trade::Trade;
use super::{Bazaar, names};
use crate::catalogue::CATEGORIES;
use crate::dice::Dice;

impl Bazaar {
    /// A buyer takes a listing of ours at a price.
    pub(super) fn sell(&mut self, number: u32, price: Cents, buyer: u64, unpaid: bool, at: Utc) {
        let own = self.own[number as usize].clone();
        if own.down {
            return;
        }
        self.take_down(number);
        let (name, _) = names::person(self.seed, buyer);
        let shipped = own.draft.delivery == Delivery::Shipped;
        let deadline = at + days(self.params.payouts.ship_within_days);
        let order = Order {
            id: format!("S-{:06}", self.trades.len() + 1),
            side: Side::Sale,
            listing: own.key.clone(),
            price,
            shipping: if shipped { own.draft.shipping_price.unwrap_or(Cents::ZERO) } else { Cents::ZERO },
            delivery: own.draft.delivery,
            state: OrderState::Placed,
            placed_at: at,
            ship_by: shipped.then_some(deadline),
            refunded: Cents::ZERO,
            counterparty: name,
            address: names::postal(self.seed, buyer),
        };
        let mut trade = Trade::new(order, own.thing, own.venue);
        trade.purchase = Some(own.purchase);
        trade.stated = own.draft.condition;
        let number = self.open_trade(trade);
        let mut dice = Dice::new(self.seed, u64::from(number), 63);
        let [soon, late] = self.params.purchases.pick_up_days;
        let (step, when) = match (unpaid, shipped) {
            (true, _) => (Step::GiveUp, at + days(self.params.purchases.silence_days.min(2.0))),
            (false, true) => (Step::ShipDeadline, deadline),
            (false, false) => (Step::Arrive, at + days(dice.between(soon, late))),
        };
        self.trades[number as usize].scam = unpaid;
        self.queue.plan(when, What::Order { order: number, step });
    }

    /// Sends a sale.
    pub(super) fn ship_sale(&mut self, order: &str) -> Result<Receipt, Refusal> {
        let number = self.trade_number(order)?;
        let trade = &self.trades[number as usize];
        if trade.order.side != Side::Sale || trade.order.delivery != Delivery::Shipped {
            return Err(Refusal::state("not a sale to be sent"));
        }
        if trade.order.state != OrderState::Placed {
            return Err(Refusal::state("not waiting to be sent"));
        }
        if trade.scam {
            return Err(Refusal::state("the buyer has not paid"));
        }
        let purchase = trade.purchase.unwrap_or(u32::MAX);
        let holding =
            self.hands.remove(&purchase).ok_or_else(|| Refusal::state("the thing is not in your hands"))?;
        self.trades[number as usize].away = Some(holding);
        let now = self.now;
        self.set_state(number, OrderState::Shipped, now);
        let [light, heavy] = self.params.payouts.label;
        let mut dice = Dice::new(self.seed, u64::from(number), 64);
        let bulk = bulk_of(CATEGORIES[self.thing(holding.thing).category].name);
        let label = Cents(light + ((heavy - light) as f64 * bulk * dice.between(0.6, 1.0)) as i64);
        let [soon, late] = self.params.payouts.transit_days;
        let what = What::Order { order: number, step: Step::Arrive };
        self.queue.plan(now + days(dice.between(soon, late)), what);
        Ok(Receipt::Shipped { tracking: format!("BZ{:010}", dice.below(1 << 30)), label, at: now })
    }

    /// A sale's next step.
    pub(super) fn sale_step(&mut self, number: u32, step: Step, at: Utc) {
        let trade = &self.trades[number as usize];
        let state = trade.order.state;
        match (step, state) {
            (Step::GiveUp | Step::ShipDeadline, OrderState::Placed) => {
                self.trades[number as usize].order.refunded = self.trades[number as usize].total();
                self.set_state(number, OrderState::Cancelled, at);
            }
            (Step::Arrive, OrderState::Placed) => self.hand_over(number, at),
            (Step::Arrive, OrderState::Shipped) => self.delivered(number, at),
            (Step::Pay, OrderState::Delivered | OrderState::ReturnAsked) => self.pay_sale(number, at),
            (Step::AskReturn, OrderState::Delivered) => self.ask_return(number, at),
            (Step::ForceRefund, OrderState::ReturnAsked) => {
                let left = self.trades[number as usize].total() - self.trades[number as usize].order.refunded;
                self.give_back(number, left, at);
            }
            (Step::ComesBack, _) => self.come_back(number, at),
            _ => {}
        }
    }

    /// At the door, against cash.
    fn hand_over(&mut self, number: u32, at: Utc) {
        let purchase = self.trades[number as usize].purchase.unwrap_or(u32::MAX);
        match self.hands.remove(&purchase) {
            Some(holding) => {
                self.trades[number as usize].away = Some(holding);
                self.delivered(number, at);
            }
            // Sold twice: the second buyer goes home again.
            None => {
                self.trades[number as usize].order.refunded = self.trades[number as usize].total();
                self.set_state(number, OrderState::Cancelled, at);
            }
        }
    }

    fn delivered(&mut self, number: u32, at: Utc) {
        self.set_state(number, OrderState::Delivered, at);
        let trade = &self.trades[number as usize];
        let (p, b) = (&self.params.payouts, &self.params.buyers);
        let local = trade.order.delivery == Delivery::Local;
        let wait = if local { 0.0 } else { p.days_after_delivery[trade.venue] };
        let mut dice = Dice::new(self.seed, u64::from(number), 65);
        let overstated = match (trade.stated, trade.away) {
            (Some(stated), Some(holding)) => stated < holding.condition,
            _ => false,
        };
        let chance = if overstated { b.returns_if_overstated } else { b.returns };
        let forced = self.scripts.get(&trade.thing).map(|script| script.scenario.returns());
        let returns = forced.unwrap_or_else(|| !local && dice.chance(chance));
        let ask = at + days(dice.between(b.return_days[0], b.return_days[1]));
        self.queue.plan(at + days(wait), What::Order { order: number, step: Step::Pay });
        if returns {
            self.queue.plan(ask, What::Order { order: number, step: Step::AskReturn });
        }
    }

    fn pay_sale(&mut self, number: u32, at: Utc) {
        let trade = &self.trades[number as usize];
        if trade.fees.is_some() {
            return;
        }
        let gross = trade.total() - trade.order.refunded;
        let (platform, payment) = self.charge(trade);
        self.trades[number as usize].fees = Some((platform, payment));
        self.pay(number, at, gross, platform, payment);
    }

    /// The venue's fees on a sale: platform and payment.
    fn charge(&self, trade: &Trade) -> (Cents, Cents) {
        let terms = SaleTerms {
            price: trade.order.price,
            shipping_charged: trade.order.shipping,
            tax: Cents::ZERO,
            currency: Currency::USD,
            delivery: trade.order.delivery,
            at: trade.order.placed_at,
        };
        let category = CATEGORIES[self.thing(trade.thing).category].name;
        let bill =
            fees_of(trade.venue).and_then(|platform| self.fees.for_sale(&platform, category, terms).ok());
        // There is a rule for each venue: the market was not opened otherwise.
        bill.map_or((Cents::ZERO, Cents::ZERO), |bill| (bill.platform, bill.payment))
    }

    /// Pays a buyer back.
    pub(super) fn refund_sale(&mut self, order: &str, amount: Cents) -> Result<Receipt, Refusal> {
        let number = self.trade_number(order)?;
        let trade = &self.trades[number as usize];
        if trade.order.side != Side::Sale {
            return Err(Refusal::state("not a sale"));
        }
        if matches!(trade.order.state, OrderState::Cancelled | OrderState::Refunded) {
            return Err(Refusal::state("the buyer has everything back"));
        }
        if amount.0 <= 0 || amount > trade.total() - trade.order.refunded {
            return Err(Refusal::bad("more than 0, and at most what the buyer paid"));
        }
        let now = self.now;
        self.give_back(number, amount, now);
        Ok(Receipt::Refunded { amount, at: now })
    }

    fn give_back(&mut self, number: u32, amount: Cents, at: Utc) {
        let trade = &mut self.trades[number as usize];
        trade.order.refunded = trade.order.refunded + amount;
        let full = trade.order.refunded == trade.total();
        let state = trade.order.state;
        let fees = trade.fees;
        let (platform, payment) = fees.filter(|_| full).unwrap_or_default();
        if full {
            let mut dice = Dice::new(self.seed, u64::from(number), 66);
            let [soon, late] = self.params.payouts.transit_days;
            let back = matches!(state, OrderState::Shipped | OrderState::Delivered | OrderState::ReturnAsked);
            if back {
                let when = at + days(dice.between(soon, late));
                self.queue.plan(when, What::Order { order: number, step: Step::ComesBack });
            }
            self.set_state(number, OrderState::Refunded, at);
        } else {
            let settled = state == OrderState::ReturnAsked;
            self.set_state(number, if settled { OrderState::Delivered } else { state }, at);
        }
        if fees.is_some() {
            self.pay(number, at, -amount, -platform, -payment);
        }
    }

    fn come_back(&mut self, number: u32, at: Utc) {
        let trade = &mut self.trades[number as usize];
        let (Some(holding), Some(purchase)) = (trade.away.take(), trade.purchase) else { return };
        let order = trade.order.id.clone();
        self.hands.insert(purchase, holding);
        let inspection = Inspection {
            condition: holding.condition,
            as_described: true,
            remarks: vec!["came back".to_owned()],
        };
        self.arrive_here(Arrival { seq: 0, at, order, inspection });
    }
}

/// How bulky a category's things are, 0–1.
fn bulk_of(category: &str) -> f64 {
    match category {
        "phones" | "cameras" => 0.05,
        "laptops" | "consoles" | "audio" => 0.25,
        "furniture" | "vehicles" => 1.0,
        _ => 0.5,
    }
}
