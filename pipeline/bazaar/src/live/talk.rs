//! Our talks with sellers.

use autobazaaar_domain::{Cents, Currency, ListingKey, Status, Utc};
use chrono::TimeDelta;

use super::acts::{Receipt, Refusal};
use super::feeds::{From, Message};
use super::offer::{read_offer, tone};
use super::persona::{Offered, Persona, Tone, Verdict, reply_hours, value_ratio};
use super::queue::What;
use super::scenario::Scenario;
use super::speech::{self, Say};
use super::stock::copy_key;
use super::{Bazaar, names};
use crate::dice::Dice;
use crate::ids::thing_of;
use crate::thing::{Junk, season};

/// A talk with one seller about one listing.
#[derive(Debug, Clone)]
pub(super) struct Talk {
    pub listing: ListingKey,
    pub persona: Persona,
    /// The ask when we first wrote; shares refer to the ask of the moment.
    pub ask: Cents,
    pub offers: Vec<Cents>,
    pub counters: Vec<Cents>,
    /// Text that came with the offer under consideration.
    pub tone: Tone,
    /// An offer that still waits for an answer.
    pub open_offer: bool,
    pub asked_first: bool,
    pub rambled: bool,
    pub refused: bool,
    pub opted_out: bool,
    /// What was agreed, and until when it holds.
    pub agreed: Option<(Cents, Utc)>,
    /// Our messages so far; a planned reply to an earlier one is void.
    pub turn: u32,
}

impl Bazaar {
    /// A message of ours to a seller.
    pub(super) fn write_to_seller(
        &mut self,
        listing: &ListingKey,
        text: &str,
        offer: Option<Cents>,
    ) -> Result<Receipt, Refusal> {
        let copy = self.copy_of(listing)?;
        if text.len() > 20_000 {
            return Err(Refusal::bad("a message has at most 20,000 bytes"));
        }
        if offer.is_some_and(|offer| offer.0 <= 0) {
            return Err(Refusal::bad("an offer is more than 0"));
        }
        let now = self.now;
        if !self.talks.contains_key(&copy) {
            let live = self.stock.get(copy).ok_or(Refusal::Gone)?;
            if live.standing.status == Status::Sold {
                return Err(Refusal::Gone);
            }
            let thing = self.thing(live.standing.thing);
            let worth = thing.value_dollars * season(thing.category(), now);
            let mut persona =
                Persona::of(&self.params, self.seed, &thing, value_ratio(worth, live.standing.ask));
            if let Some(script) = self.scripts.get(&thing.number) {
                script.scenario.shape(&mut persona);
            }
            let talk = Talk {
                listing: listing.clone(),
                persona,
                ask: live.standing.ask,
                offers: Vec::new(),
                counters: Vec::new(),
                tone: Tone::Bare,
                open_offer: false,
                asked_first: false,
                rambled: false,
                refused: false,
                opted_out: false,
                agreed: None,
                turn: 0,
            };
            self.talks.insert(copy, talk);
        }
        let delay = self.params.sellers.reply_hours;
        let seed = self.seed;
        let Some(talk) = self.talks.get_mut(&copy) else { return Err(Refusal::Gone) };
        if talk.opted_out {
            return Err(Refusal::OptedOut);
        }
        talk.turn += 1;
        if let Some(offer) = offer.or_else(|| read_offer(text, talk.ask)) {
            talk.offers.push(offer);
            talk.open_offer = true;
        }
        talk.tone = tone(text);
        let (turn, silent) = (talk.turn, talk.persona.silent);
        let mut dice = Dice::new(seed, copy, 60_000 + u64::from(turn));
        if !silent {
            let hours = reply_hours(delay, &mut dice);
            self.queue.plan(now + TimeDelta::seconds((hours * 3_600.0) as i64), What::Reply { copy, turn });
        }
        let message_id = self.message_id();
        Ok(Receipt::Sent { message_id, thread: seller_thread(listing), at: now })
    }

    /// A seller's answer is due.
    pub(super) fn reply(&mut self, copy: u64, turn: u32, at: Utc) {
        let Some(mut talk) = self.talks.remove(&copy) else { return };
        if talk.turn == turn {
            self.answer(copy, &mut talk, at);
        }
        self.talks.insert(copy, talk);
    }

    fn answer(&mut self, copy: u64, talk: &mut Talk, at: Utc) {
        let mut dice = Dice::new(self.seed, copy, 80_000 + u64::from(talk.turn));
        let thing_number = copy >> 4;
        let standing = self.stock.get(copy).map(|live| (live.standing.status, live.standing.ask));
        let Some((Status::Active | Status::Pending, ask)) = standing else {
            // Bought by us: nothing to add. Sold elsewhere or withdrawn: some say so.
            if !self.bought.contains(&copy) && dice.chance(0.7) {
                talk.open_offer = false;
                self.say(talk, &[Say::Sold], at, &mut dice);
            }
            return;
        };
        talk.ask = ask;
        let thing = self.thing(thing_number);
        match thing.junk {
            Some(Junk::Wanted) => return self.say(talk, &[Say::Wanted], at, &mut dice),
            Some(Junk::DownPayment) => return self.say(talk, &[Say::DownPayment], at, &mut dice),
            Some(Junk::CallForPrice | Junk::Placeholder) if talk.counters.is_empty() => {
                let wish = Cents::from_major(thing.value_dollars * dice.between(1.0, 1.3), Currency::USD);
                let wish = tidy(wish.unwrap_or(Cents(10_000)));
                talk.counters.push(wish);
                talk.ask = wish;
                talk.open_offer = false;
                return self.say(talk, &[Say::Counter(wish)], at, &mut dice);
            }
            Some(Junk::CallForPrice | Junk::Placeholder) => {
                talk.ask = talk.counters[0];
            }
            _ => {}
        }
        if talk.persona.opts_out {
            talk.opted_out = true;
            talk.open_offer = false;
            return self.say(talk, &[Say::OptOut], at, &mut dice);
        }
        if !talk.open_offer {
            let said = if talk.agreed.is_some() { Say::Arrange } else { Say::StillThere };
            return self.say(talk, &[said], at, &mut dice);
        }
        if talk.persona.asks_first && !talk.asked_first {
            talk.asked_first = true;
            return self.say(talk, &[Say::Question], at, &mut dice);
        }
        if talk.persona.rambles && !talk.rambled {
            talk.rambled = true;
            return self.say(talk, &[Say::Ramble], at, &mut dice);
        }
        self.decide(talk, at, &mut dice);
    }

    fn decide(&mut self, talk: &mut Talk, at: Utc, dice: &mut Dice) {
        let Some(&offer) = talk.offers.last() else { return };
        let share = |amount: Cents| amount.0 as f64 / talk.ask.0.max(1) as f64;
        let offered = Offered {
            share: share(offer),
            round: talk.offers.len() as u32,
            last_counter: talk.counters.last().copied().map(share),
            counters: talk.counters.len() as u32,
            last_offer: talk.offers.len().checked_sub(2).map(|at| share(talk.offers[at])),
            text: talk.tone,
        };
        let verdict = match self.script_of(&talk.listing) {
            Some(scenario) => scenario.judge(offered),
            None => talk.persona.judge(&self.params, offered, dice),
        };
        talk.open_offer = false;
        match verdict {
            Verdict::Accept => {
                let until = at + TimeDelta::seconds((self.params.sellers.agreement_hours * 3_600.0) as i64);
                let price = offer;
                talk.agreed = Some((price, until));
                let said = if talk.persona.scam { Say::ScamAccept(price) } else { Say::Accept(price) };
                self.log.note(at, "accepts", talk.turn.into(), price.0);
                self.say(talk, &[said], at, dice);
            }
            Verdict::Counter(share) => {
                // A counter stands between the offer and what was said before.
                let last = talk.counters.last().copied().unwrap_or(talk.ask);
                let counter = tidy(talk.ask.share(share)).clamp(offer.min(last), last);
                talk.counters.push(counter);
                self.log.note(at, "counters", talk.turn.into(), counter.0);
                self.say(talk, &[Say::Counter(counter)], at, dice);
            }
            Verdict::Decline => {
                talk.refused = true;
                self.log.note(at, "declines", talk.turn.into(), offer.0);
                let said = if offered.share < 0.4 && dice.chance(0.5) { Say::Insulted } else { Say::Decline };
                self.say(talk, &[said], at, dice);
            }
        }
    }

    /// Puts a seller's words into the inbox.
    fn say(&mut self, talk: &Talk, said: &[Say], at: Utc, dice: &mut Dice) {
        let offer = talk.offers.last().copied();
        let text = speech::seller(said, &talk.persona, talk.ask, offer, dice);
        let (name, address) = names::person(self.seed, self.copy_of(&talk.listing).unwrap_or(0) >> 4);
        let message = Message {
            seq: 0,
            message_id: String::new(),
            thread: seller_thread(&talk.listing),
            from: From::Seller,
            name,
            address,
            listing: talk.listing.clone(),
            at,
            text,
            offer: None,
            order: None,
            asks_return: false,
        };
        self.deliver(message);
    }

    /// Thing and copy of a listing of somebody else.
    pub(super) fn copy_of(&self, listing: &ListingKey) -> Result<u64, Refusal> {
        let venue = self.venue(listing.platform.as_str())?;
        let (thing, copy) =
            thing_of(self.seed, &listing.external_id).ok_or_else(|| Refusal::unknown(listing))?;
        let key = copy_key(thing, copy);
        match self.stock.get(key) {
            Some(live) if usize::from(live.venue) == venue => Ok(key),
            Some(_) => Err(Refusal::unknown(listing)),
            None if self.talks.get(&key).is_some_and(|talk| talk.listing == *listing) => Ok(key),
            None if thing < self.next_thing || self.scripts.contains_key(&thing) => Err(Refusal::Gone),
            None => Err(Refusal::unknown(listing)),
        }
    }

    pub(super) fn script_of(&self, listing: &ListingKey) -> Option<Scenario> {
        let (thing, _) = thing_of(self.seed, &listing.external_id)?;
        self.scripts.get(&thing).map(|script| script.scenario)
    }
}

/// The thread of our talk about a listing.
pub(super) fn seller_thread(listing: &ListingKey) -> String {
    format!("ask-{}-{}", listing.platform, listing.external_id)
}

/// What a person would write: whole dollars, fives from 50 on, tens from 500 on.
pub(super) fn tidy(amount: Cents) -> Cents {
    let step = match amount.0 {
        0..5_000 => 100,
        5_000..50_000 => 500,
        50_000..500_000 => 1_000,
        _ => 10_000,
    };
    Cents(((amount.0 + step / 2) / step * step).max(100))
}
