//! Who comes by our listings: buys, offers less, asks, haggles, pays or never does.

use autobazaaar_domain::{Cents, Currency, Utc};
use chrono::TimeDelta;

use super::Bazaar;
use super::acts::{BuyerAnswer, Receipt, Refusal};
use super::feeds::{From, Message, OrderState};
use super::names;
use super::persona::reply_hours;
use super::queue::What;
use super::speech_buyer::{self, Ask};
use super::talk::tidy;
use crate::dice::{Dice, mix};
use crate::venue::VENUES;

/// A talk with somebody about a listing of ours.
#[derive(Debug, Clone)]
pub(super) struct Chat {
    pub own: u32,
    /// Number of the person.
    pub buyer: u64,
    pub offer: Option<Cents>,
    /// The most this person pays.
    pub limit: Cents,
    pub raised: bool,
    pub open: bool,
    pub answer: Option<BuyerAnswer>,
    /// Answers of ours so far; a planned reaction to an earlier one is void.
    pub turn: u32,
}

impl Bazaar {
    /// Somebody looks at a listing of ours; the next one is planned.
    pub(super) fn visit(&mut self, number: u32, turn: u32, visitor: u32, at: Utc) {
        if self.own[number as usize].turn != turn || self.own[number as usize].down {
            return;
        }
        if visitor == 0 {
            return self.plan_visit(number, at);
        }
        let mut dice = self.visitor_dice(number, visitor, turn + 1);
        let b = self.params.buyers.clone();
        self.own[number as usize].visits = visitor;
        let price = self.own[number as usize].price;
        let buyer = mix(self.seed ^ u64::from(number) << 40 ^ u64::from(visitor)) >> 20;
        self.log.note(at, "visit", number.into(), i64::from(visitor));
        if self.is_scripted(number) && self.is_fair(number) {
            return self.sell(number, price, buyer, false, at);
        }
        let who = dice.weighted(self.interest(&self.own[number as usize], at).into_iter());
        let outright = who == 3 || (who == 0 && dice.chance(b.buys_outright));
        match who {
            _ if outright => {
                let unpaid = !self.is_scripted(number) && dice.chance(b.unpaid_outright);
                return self.sell(number, price, buyer, unpaid, at);
            }
            0 => {
                let limit = price.share(dice.between(b.offer_to[0], b.offer_to[1]));
                let below = dice.between(b.offer_below[0], b.offer_below[1]);
                let offer = tidy(limit.share(1.0 - below)).min(limit);
                self.open_chat(number, buyer, Some(offer), limit, at, &mut dice);
            }
            1 => {
                let limit = price.share(dice.between(0.4, 0.7));
                let offer = tidy(limit.share(dice.between(0.7, 1.0))).min(limit);
                self.open_chat(number, buyer, Some(offer), limit, at, &mut dice);
            }
            _ => {
                let limit = price.share(dice.between(0.8, 1.02));
                self.open_chat(number, buyer, None, limit, at, &mut dice);
            }
        }
        self.plan_visit(number, at);
    }

    /// Asked at no more than a little above its value.
    fn is_fair(&self, own: u32) -> bool {
        let own = &self.own[own as usize];
        self.hands
            .get(&own.purchase)
            .is_some_and(|holding| dollars(own.price) <= holding.value_dollars * 1.05)
    }

    pub(super) fn is_scripted(&self, own: u32) -> bool {
        self.scripts.contains_key(&self.own[own as usize].thing)
    }

    fn open_chat(
        &mut self,
        own: u32,
        buyer: u64,
        offer: Option<Cents>,
        limit: Cents,
        at: Utc,
        dice: &mut Dice,
    ) {
        let chat = self.chats.len() as u32;
        let open = Chat { own, buyer, offer, limit, raised: false, open: true, answer: None, turn: 0 };
        self.chats.push(open);
        let ask = offer.map_or(Ask::Question, Ask::Offer);
        self.buyer_says(chat, ask, at, dice);
    }

    fn buyer_says(&mut self, number: u32, ask: Ask, at: Utc, dice: &mut Dice) {
        let chat = &self.chats[number as usize];
        let own = &self.own[chat.own as usize];
        let (name, address) = names::person(self.seed, chat.buyer);
        let formal = VENUES[own.venue].ships >= 0.9;
        let offer = match ask {
            Ask::Offer(offer) | Ask::Raise(offer) => Some(offer).filter(|_| formal),
            _ => None,
        };
        let text = speech_buyer::buyer(ask, dice);
        let message = Message {
            seq: 0,
            message_id: String::new(),
            thread: thread(number),
            from: From::Buyer,
            name,
            address,
            listing: own.key.clone(),
            at,
            text,
            offer,
            order: None,
            asks_return: false,
        };
        self.deliver(message);
    }

    /// Our answer to a buyer.
    pub(super) fn answer_chat(&mut self, thread: &str, answer: BuyerAnswer) -> Result<Receipt, Refusal> {
        let number = thread.strip_prefix("chat-").and_then(|digits| digits.parse::<u32>().ok());
        let number = number.and_then(|n| n.checked_sub(1)).ok_or_else(|| Refusal::unknown(thread))?;
        let chat = self.chats.get(number as usize).ok_or_else(|| Refusal::unknown(thread))?;
        if !chat.open {
            return Err(Refusal::state("the talk is over"));
        }
        match answer {
            BuyerAnswer::Accept if chat.offer.is_none() => {
                return Err(Refusal::state("there is no offer to accept"));
            }
            BuyerAnswer::Accept if self.own[chat.own as usize].down => {
                return Err(Refusal::state("the listing is down"));
            }
            BuyerAnswer::Counter(price) if price.0 <= 0 => {
                return Err(Refusal::bad("a price is more than 0"));
            }
            _ => {}
        }
        let chat = &mut self.chats[number as usize];
        chat.turn += 1;
        chat.answer = Some(answer);
        let turn = chat.turn;
        let mut dice = Dice::new(self.seed, u64::from(number), 70 + u64::from(turn));
        let hours = reply_hours(self.params.buyers.reply_hours, &mut dice);
        let now = self.now;
        let when = now + TimeDelta::seconds((hours * 3_600.0) as i64);
        self.queue.plan(when, What::Chat { chat: number, turn });
        Ok(Receipt::Sent { message_id: self.message_id(), thread: thread.to_owned(), at: now })
    }

    /// A buyer makes up his mind about our answer.
    pub(super) fn react(&mut self, number: u32, turn: u32, at: Utc) {
        let Some(chat) = self.chats.get(number as usize).filter(|chat| chat.turn == turn && chat.open) else {
            return;
        };
        let chat = chat.clone();
        let mut dice = Dice::new(self.seed, u64::from(number), 72_000 + u64::from(turn));
        let b = self.params.buyers.clone();
        let own = &self.own[chat.own as usize];
        if own.down {
            self.chats[number as usize].open = false;
            return;
        }
        let ask = own.price;
        match (chat.answer, chat.offer) {
            (Some(BuyerAnswer::Accept), Some(offer)) => {
                let unpaid = dice.chance(b.unpaid_after_offer);
                self.close(number, offer, unpaid, at);
            }
            (Some(BuyerAnswer::Counter(price)), _) if price <= chat.limit => {
                self.buyer_says(number, Ask::Agree, at, &mut dice);
                let unpaid = dice.chance(b.unpaid_after_offer);
                self.close(number, price, unpaid, at);
            }
            (Some(BuyerAnswer::Counter(_) | BuyerAnswer::Decline), Some(offer)) if !chat.raised => {
                let raised = tidy(Cents((offer.0 + chat.limit.0 * 2) / 3)).min(chat.limit);
                let chat = &mut self.chats[number as usize];
                chat.raised = true;
                if raised <= offer || dice.chance(0.3) {
                    chat.open = false;
                    return self.buyer_says(number, Ask::Walk, at, &mut dice);
                }
                chat.offer = Some(raised);
                self.buyer_says(number, Ask::Raise(raised), at, &mut dice);
            }
            (Some(BuyerAnswer::Reply), None) if ask <= chat.limit => {
                self.close(number, ask, dice.chance(b.unpaid_outright), at);
            }
            (Some(BuyerAnswer::Reply), Some(_)) => {}
            _ => {
                self.chats[number as usize].open = false;
                if dice.chance(0.4) {
                    self.buyer_says(number, Ask::Walk, at, &mut dice);
                }
            }
        }
    }

    fn close(&mut self, number: u32, price: Cents, unpaid: bool, at: Utc) {
        let chat = &mut self.chats[number as usize];
        chat.open = false;
        let (own, buyer) = (chat.own, chat.buyer);
        let unpaid = unpaid && !self.is_scripted(own);
        self.sell(own, price, buyer, unpaid, at);
    }

    /// A buyer wants to send a sale back.
    pub(super) fn ask_return(&mut self, number: u32, at: Utc) {
        let trade = &self.trades[number as usize];
        let (order, listing) = (trade.order.id.clone(), trade.order.listing.clone());
        let name = trade.order.counterparty.clone();
        let overstated = matches!((trade.stated, trade.away), (Some(s), Some(h)) if s < h.condition);
        let mut dice = Dice::new(self.seed, u64::from(number), 67);
        self.set_state(number, OrderState::ReturnAsked, at);
        let text = speech_buyer::buyer(Ask::Return { overstated }, &mut dice);
        let address = format!("{}@post.invalid", name.to_lowercase().replace(' ', "."));
        self.deliver(Message {
            seq: 0,
            message_id: String::new(),
            thread: format!("order-{order}"),
            from: From::Buyer,
            name,
            address,
            listing,
            at,
            text,
            offer: None,
            order: Some(order),
            asks_return: true,
        });
        let step = super::queue::Step::ForceRefund;
        let wait = super::acts::days(self.params.payouts.forced_refund_days);
        self.queue.plan(at + wait, What::Order { order: number, step });
    }
}

/// The thread of a talk with a buyer.
fn thread(number: u32) -> String {
    format!("chat-{:06}", number + 1)
}

/// Dollars of an amount, for the sake of tests and the oracle.
pub(super) fn dollars(amount: Cents) -> f64 {
    amount.to_major(Currency::USD)
}
