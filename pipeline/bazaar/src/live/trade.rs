//! Orders of both kinds, as the market keeps them.

use autobazaaar_domain::{Cents, Condition, Utc};

use super::Bazaar;
use super::acts::Refusal;
use super::feeds::{Arrival, Message, Order, OrderState, OrderUpdate, Payout};

/// An order and what is hidden about it.
#[derive(Debug, Clone)]
pub(super) struct Trade {
    pub order: Order,
    pub thing: u64,
    pub venue: usize,
    /// Condition as the listing stated it.
    pub stated: Option<Condition>,
    pub as_described: bool,
    pub scam: bool,
    /// Of sales: the purchase that the thing came from.
    pub purchase: Option<u32>,
    /// Of sales: the thing, while it is on its way or with the buyer.
    pub away: Option<Holding>,
    /// Of sales: the venue's fees, once they are charged.
    pub fees: Option<(Cents, Cents)>,
    /// Everything that the payouts of this order add up to.
    pub paid_out: Cents,
}

/// A thing in our hands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holding {
    pub thing: u64,
    pub condition: Condition,
    pub value_dollars: f64,
}

impl Trade {
    pub fn new(order: Order, thing: u64, venue: usize) -> Self {
        Self {
            order,
            thing,
            venue,
            stated: None,
            as_described: true,
            scam: false,
            purchase: None,
            away: None,
            fees: None,
            paid_out: Cents::ZERO,
        }
    }

    /// What the buyer pays.
    pub fn total(&self) -> Cents {
        self.order.price + self.order.shipping
    }
}

impl Bazaar {
    pub(super) fn open_trade(&mut self, trade: Trade) -> u32 {
        let number = self.trades.len() as u32;
        let at = trade.order.placed_at;
        self.trades.push(trade);
        self.tell_order(number, at);
        number
    }

    pub(super) fn set_state(&mut self, number: u32, state: OrderState, at: Utc) {
        self.trades[number as usize].order.state = state;
        self.tell_order(number, at);
    }

    pub(super) fn tell_order(&mut self, number: u32, at: Utc) {
        let order = self.trades[number as usize].order.clone();
        let seq = self.order_updates.len() as u64 + 1;
        let state = order.state as i64;
        self.log.note(at, "order", number.into(), state);
        self.order_updates.push(OrderUpdate { seq, at, order });
    }

    pub(super) fn trade_number(&self, id: &str) -> Result<u32, Refusal> {
        let number = id.get(2..).and_then(|digits| digits.parse::<u32>().ok()).and_then(|n| n.checked_sub(1));
        number
            .filter(|&n| self.trades.get(n as usize).is_some_and(|trade| trade.order.id == id))
            .ok_or_else(|| Refusal::unknown(id))
    }

    /// Puts a message into the inbox, under the next number.
    pub(super) fn deliver(&mut self, mut message: Message) {
        message.seq = self.inbox.len() as u64 + 1;
        if message.message_id.is_empty() {
            message.message_id = self.message_id();
        }
        self.log.text(message.at, "message", &message.text);
        self.inbox.push(message);
    }

    pub(super) fn message_id(&mut self) -> String {
        self.messages += 1;
        format!("<{:08x}.{:06}@post.bazaar.invalid>", self.seed as u32, self.messages)
    }

    pub(super) fn arrive_here(&mut self, mut arrival: Arrival) {
        arrival.seq = self.arrivals.len() as u64 + 1;
        self.log.text(arrival.at, "arrival", &arrival.order);
        self.arrivals.push(arrival);
    }

    pub(super) fn pay(
        &mut self,
        number: u32,
        at: Utc,
        gross: Cents,
        platform_fee: Cents,
        payment_fee: Cents,
    ) {
        let amount = gross - platform_fee - payment_fee;
        let trade = &mut self.trades[number as usize];
        trade.paid_out = trade.paid_out + amount;
        let order = trade.order.id.clone();
        let seq = self.payout_rows.len() as u64 + 1;
        self.log.note(at, "payout", number.into(), amount.0);
        self.payout_rows.push(Payout { seq, at, order, gross, platform_fee, payment_fee, amount });
    }
}
