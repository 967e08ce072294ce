//! The living market: five venues on a virtual clock, where one can look, write, buy and sell.
//!
//! It is a queue of events. Every event draws its chance from a stream of its own (seed and
//! subject), so that what happens without us does not depend on when or how often one looks.
//!
//! **Invariant:** seed, parameters, start and the sequence of calls decide everything, to the byte;
//! [`Bazaar::log_hash`] proves it.
//! **Invariant:** an effect id has one effect, however often it is sent.
//! **Invariant:** nothing is heard before it is due.

mod access;
mod acts;
mod body;
mod buyers;
mod effects;
mod faults;
mod feeds;
mod life;
mod log;
mod manner;
mod names;
mod offer;
mod oracle;
mod params;
mod persona;
mod purchase;
mod queue;
mod reading;
mod resale;
mod sale;
mod scenario;
mod speech;
mod speech_buyer;
mod speech_deal;
mod stock;
mod talk;
mod trade;
mod words;

use std::collections::{BTreeMap, HashMap, HashSet};

use autobazaaar_domain::fees::{Delivery, FeeError};
use autobazaaar_domain::{Currency, FeeSchedule, ListingKey, Platform, RunId, Utc};
use chrono::{Datelike, TimeDelta};

pub use access::{Access, Count, Recorded};
pub use acts::{Action, BuyerAnswer, Deed, Draft, EffectStatus, Entry, Outcome, Receipt, Refusal};
pub use body::Format;
pub use faults::Faults;
pub use feeds::{Arrival, From, Inspection, Message, Order, OrderState, OrderUpdate, Payout, Side};
pub use oracle::{Flows, Hidden, Oracle};
pub use params::{Params, ParamsError};
pub use reading::{Query, ResultPage, categories, our_seller_key};
pub use scenario::Scenario;

use crate::catalogue::CATEGORIES;
use crate::dice::Dice;
use crate::listing::key;
use crate::sample::{SampleScan, SeenAgain};
use crate::thing::{Thing, World};
use crate::venue::{VENUES, fee_platform};
use queue::{Queue, What};
use stock::{Shelved, Stock};

/// The market. See the module's word on what decides its course.
pub struct Bazaar {
    params: Params,
    fees: FeeSchedule,
    seed: u64,
    world: World,
    platforms: Vec<Platform>,
    now: Utc,
    run_id: RunId,
    queue: Queue,
    stock: Stock,
    next_thing: u64,
    /// Things that somebody has bought: they do not come back.
    taken: HashSet<u64>,
    /// Listings that we bought.
    bought: HashSet<u64>,
    log: log::Log,
    faults: Faults,
    calls: u64,
    last_call_ms: u32,
    effects: BTreeMap<String, effects::Known>,
    journal: Vec<Entry>,
    talks: HashMap<u64, talk::Talk>,
    trades: Vec<trade::Trade>,
    hands: BTreeMap<u32, trade::Holding>,
    own: Vec<resale::Own>,
    chats: Vec<buyers::Chat>,
    insertions: BTreeMap<(usize, i32), u32>,
    scripts: BTreeMap<u64, scenario::Script>,
    messages: u64,
    inbox: Vec<Message>,
    order_updates: Vec<OrderUpdate>,
    arrivals: Vec<Arrival>,
    payout_rows: Vec<Payout>,
}

const FEES: &str = include_str!("../../../../data/fees.json");

impl Bazaar {
    /// A market at `start`, with a stock that stood before.
    ///
    /// # Errors
    /// A fee schedule that lacks one of the venues. The embedded one has them all (tested).
    pub fn new(params: Params, seed: u64, start: Utc) -> Result<Self, FeeError> {
        Self::with_fees(params, FeeSchedule::parse(FEES)?, seed, start)
    }

    /// The same with another fee schedule.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_fees(params: Params, fees: FeeSchedule, seed: u64, start: Utc) -> Result<Self, FeeError> {
        let world = World { seed, year: start.year(), venues: params.market.venues };
        // The names are constants of a legal form (tested).
        let platforms: Vec<Platform> =
            VENUES[..world.venues].iter().filter_map(|venue| venue.name.parse().ok()).collect();
        for platform in &platforms {
            let Ok(charges) = fee_platform(platform.as_str()).parse::<Platform>() else { continue };
            for delivery in Delivery::ALL {
                fees.rule(&charges, "phones", *delivery, Currency::USD, start)?;
            }
        }
        let started = start - TimeDelta::days(i64::from(params.market.warm_up_days));
        let mut bazaar = Self {
            params,
            fees,
            seed,
            world,
            platforms,
            now: started,
            run_id: RunId("bazaar".to_owned()),
            queue: Queue::default(),
            stock: Stock::new(),
            next_thing: 0,
            taken: HashSet::new(),
            bought: HashSet::new(),
            log: log::Log::default(),
            faults: Faults::default(),
            calls: 0,
            last_call_ms: 0,
            effects: BTreeMap::new(),
            journal: Vec::new(),
            talks: HashMap::new(),
            trades: Vec::new(),
            hands: BTreeMap::new(),
            own: Vec::new(),
            chats: Vec::new(),
            insertions: BTreeMap::new(),
            scripts: BTreeMap::new(),
            messages: 0,
            inbox: Vec::new(),
            order_updates: Vec::new(),
            arrivals: Vec::new(),
            payout_rows: Vec::new(),
        };
        if bazaar.params.market.new_per_day > 0.0 {
            bazaar.queue.plan(started, What::Arrive);
        }
        bazaar.advance_to(start);
        Ok(bazaar)
    }

    /// A market as it was: what a journal tells, done again. Faults are not drawn anew.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn restore(params: Params, seed: u64, start: Utc, journal: &[Entry]) -> Result<Self, FeeError> {
        let mut bazaar = Self::new(params, seed, start)?;
        for entry in journal {
            bazaar.advance_to(entry.at);
            match &entry.deed {
                Deed::Act { action } => drop(bazaar.settle(&entry.effect, action)),
                Deed::Stage { scenario } => drop(bazaar.scenario(*scenario)),
            }
        }
        Ok(bazaar)
    }

    /// Lets time pass until `now`. Time that has passed already stays passed.
    pub fn advance_to(&mut self, now: Utc) {
        while let Some((at, what)) = self.queue.next(now) {
            self.now = self.now.max(at);
            self.happen(what, at);
        }
        self.now = self.now.max(now);
    }

    fn happen(&mut self, what: What, at: Utc) {
        match what {
            What::Arrive => self.arrive(at),
            What::Place { thing, copy, venue, ask } => self.place_again(thing, copy, venue, ask, at),
            What::Turn { copy, turn, change } => self.change(copy, turn, change, at),
            What::Reply { copy, turn } => self.reply(copy, turn, at),
            What::Visit { own, turn, visitor } => self.visit(own, turn, visitor, at),
            What::Chat { chat, turn } => self.react(chat, turn, at),
            What::Order { order, step } => match self.trades[order as usize].order.side {
                Side::Purchase => self.purchase_step(order, step, at),
                Side::Sale => self.sale_step(order, step, at),
            },
        }
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Utc {
        self.now
    }

    /// When something happens next; nothing changes before, unless we act.
    #[must_use]
    pub fn next_event_at(&self) -> Option<Utc> {
        self.queue.next_at()
    }

    /// The figures it runs on.
    #[must_use]
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The venues' names.
    #[must_use]
    pub fn venues(&self) -> &[Platform] {
        &self.platforms
    }

    /// Whether a venue's terms give a buyer his money back when nothing comes.
    #[must_use]
    pub fn pays_back(&self, venue: &str) -> bool {
        self.venue(venue).is_ok_and(|venue| self.params.purchases.protected[venue])
    }

    /// From now on, calls meet these faults.
    pub fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
    }

    /// How long the last call would have taken on the wire, milliseconds of virtual time.
    #[must_use]
    pub fn last_call_ms(&self) -> u32 {
        self.last_call_ms
    }

    /// Hash of everything that happened so far, 32 hexadecimal digits.
    #[must_use]
    pub fn log_hash(&self) -> String {
        self.log.hash()
    }

    /// Events so far.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.log.count()
    }

    /// From now on the event log is kept in words, for [`Self::drain_log`].
    pub fn keep_log(&mut self) {
        self.log.keep();
    }

    /// The events since the last call, one line each: time, what, subject, amount or text.
    pub fn drain_log(&mut self) -> Vec<String> {
        self.log.drain()
    }

    /// Every deed that reached the market: what [`Self::restore`] needs.
    #[must_use]
    pub fn journal(&self) -> &[Entry] {
        &self.journal
    }

    /// Messages after number `since` (0: all). Under faults one may come again, whatever its number,
    /// and they may come in another order.
    pub fn inbox(&mut self, since: u64) -> Vec<Message> {
        let mut dice = self.call();
        let faults = self.faults;
        let mut batch = after(&self.inbox, since);
        if dice.chance(faults.duplicated) && !self.inbox.is_empty() {
            batch.push(self.inbox[dice.below(self.inbox.len())].clone());
        }
        for message in &mut batch {
            let mut own = faults.dice(u64::MAX - message.seq);
            if own.chance(faults.clock_off) {
                message.at += TimeDelta::minutes((own.between(-3.0, 3.0) * 1_440.0) as i64);
            }
        }
        if batch.len() > 1 && dice.chance(faults.reordered) {
            for last in (1..batch.len()).rev() {
                batch.swap(last, dice.below(last + 1));
            }
        }
        batch
    }

    /// Changes of orders, purchases and sales, after number `since`.
    #[must_use]
    pub fn orders(&self, since: u64) -> Vec<OrderUpdate> {
        after(&self.order_updates, since)
    }

    /// An order as it is now.
    #[must_use]
    pub fn order(&self, id: &str) -> Option<&Order> {
        self.trade_number(id).ok().map(|number| &self.trades[number as usize].order)
    }

    /// What came into our hands, after number `since`.
    #[must_use]
    pub fn deliveries(&self, since: u64) -> Vec<Arrival> {
        after(&self.arrivals, since)
    }

    /// Money to us, and from us, after number `since`.
    #[must_use]
    pub fn payouts(&self, since: u64) -> Vec<Payout> {
        after(&self.payout_rows, since)
    }

    /// The chance of one call.
    fn call(&mut self) -> Dice {
        self.calls += 1;
        let mut dice = self.faults.dice(self.calls);
        let slow = dice.chance(self.faults.slow);
        self.last_call_ms =
            if slow { 5_000 + dice.below(90_000) as u32 } else { 40 + dice.below(160) as u32 };
        dice
    }

    /// A thing, as the stage directions have it where there are any.
    fn thing(&self, number: u64) -> Thing {
        let mut thing = Thing::new(self.world, number);
        if let Some(script) = self.scripts.get(&number) {
            thing.value_dollars = script.value_dollars;
        }
        thing
    }

    /// The keys of what stands on a shelf, newest first, without our own.
    fn keys(&self, venue: &str, category: &str) -> Vec<ListingKey> {
        let at = CATEGORIES.iter().position(|known| known.name == category);
        let (Ok(venue), Some(category)) = (self.venue(venue), at) else { return Vec::new() };
        let theirs = self.stock.shelf(venue, category).values().rev().filter_map(|shelved| match shelved {
            Shelved::Theirs(copy) => self.stock.get(*copy),
            Shelved::Ours(_) => None,
        });
        theirs.map(|live| key(self.world, &self.platforms[venue], &live.standing)).collect()
    }
}

/// The part of a feed after a number. Position and number run together.
fn after<T: Clone>(feed: &[T], since: u64) -> Vec<T> {
    let from = usize::try_from(since).unwrap_or(usize::MAX).min(feed.len());
    feed[from..].to_vec()
}

#[cfg(test)]
mod tests;
