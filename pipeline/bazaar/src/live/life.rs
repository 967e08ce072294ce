//! How listings come, change and go without us.

use autobazaaar_domain::{Cents, Currency, Status, Utc};

use super::Bazaar;
use super::acts::days;
use super::persona::Persona;
use super::queue::{Change, What};
use super::stock::{Live, copy_key};
use crate::catalogue::CATEGORIES;
use crate::dice::Dice;
use crate::listing::Standing;
use crate::market::{FIRST_CROSS_POST, round_dollars, round_price};
use crate::thing::{Junk, Thing, season};
use crate::venue::VENUES;

/// How long an advertisement that is kept up stands, days.
const LONGEST_DAYS: f64 = 30.0;

impl Bazaar {
    /// Somebody puts up a thing that was not there before; the next one is planned.
    pub(super) fn arrive(&mut self, at: Utc) {
        let number = self.next_thing;
        self.next_thing += 1;
        let mut dice = Dice::new(self.seed, number, 50);
        let gap = waiting(&mut dice, self.params.market.new_per_day);
        self.queue.plan(at + days(gap), What::Arrive);
        let thing = Thing::new(self.world, number);
        let ask = round_price(thing.ask_dollars, &thing, &mut dice);
        self.place(&thing, 0, thing.home, ask, at);
    }

    /// A copy of a thing known before.
    pub(super) fn place_again(&mut self, thing: u64, copy: u8, venue: u8, ask: Cents, at: Utc) {
        if !self.taken.contains(&thing) {
            let thing = Thing::new(self.world, thing);
            self.place(&thing, copy, venue.into(), ask, at);
        }
    }

    pub(super) fn place(&mut self, thing: &Thing, copy: u8, venue: usize, ask: Cents, at: Utc) {
        let mut dice = Dice::new(self.seed, copy_key(thing.number, copy), 51);
        let first = copy == 0 && thing.junk.is_none();
        let crosses = first && self.world.venues > 1 && dice.chance(self.params.sellers.cross_posted);
        let auctioned = first && dice.chance(VENUES[venue].auctions);
        let auction_days = auctioned.then(|| 3 + dice.below(5) as u32);
        // Bids begin low.
        let ask = if auctioned { ask.share(dice.between(0.05, 0.4)).max(Cents(99)) } else { ask };
        if crosses {
            let other = (venue + 1 + dice.below(self.world.venues - 1)) % self.world.venues;
            let ask = round_price(thing.ask_dollars * dice.between(0.97, 1.06), thing, &mut dice);
            let copy = FIRST_CROSS_POST + other as u8;
            let what = What::Place { thing: thing.number, copy, venue: other as u8, ask };
            self.queue.plan(at + days(dice.between(0.2, 4.0)), what);
        }
        let standing = Standing {
            thing: thing.number,
            copy,
            listed_at: at,
            shown: None,
            changed: false,
            ask,
            first_ask: ask,
            value_dollars: thing.value_dollars,
            status: Status::Active,
            sold_for: None,
            sold_at: None,
            auction_ends: auction_days,
            junk: thing.junk,
            has_copies: crosses || copy >= FIRST_CROSS_POST,
        };
        let scam = Persona::is_scam(&self.params, self.seed, thing);
        let copy = self.stock.put(standing, venue, thing, scam);
        self.log.note(at, "listed", copy, ask.0);
        if let Some(length) = auction_days {
            self.plan_change(copy, Change::AuctionEnd, at + days(f64::from(length)));
            return;
        }
        self.plan_next(copy, at);
    }

    /// A staged listing: it stands until we buy it or it expires.
    pub(super) fn place_staged(&mut self, thing: &Thing, venue: usize, ask: Cents, at: Utc) -> u64 {
        let standing = Standing {
            thing: thing.number,
            copy: 0,
            listed_at: at,
            shown: None,
            changed: false,
            ask,
            first_ask: ask,
            value_dollars: thing.value_dollars,
            status: Status::Active,
            sold_for: None,
            sold_at: None,
            auction_ends: None,
            junk: None,
            has_copies: false,
        };
        let copy = self.stock.put(standing, venue, thing, false);
        self.plan_change(copy, Change::Vanish, at + days(LONGEST_DAYS));
        copy
    }

    /// Plans a listing's next change: several clocks run, the first to ring counts.
    pub(super) fn plan_next(&mut self, copy: u64, at: Utc) {
        let Some(live) = self.stock.get(copy) else { return };
        let mut dice = Dice::new(self.seed, copy, 1_000 + u64::from(live.turn));
        let rates = self.rates(live, at);
        let wait = waiting(&mut dice, rates.iter().map(|(_, rate)| rate).sum());
        let change = rates[dice.weighted(rates.iter().map(|(_, rate)| *rate))].0;
        let expires = self.expires(live);
        let stale = live.standing.listed_at + days(self.params.demand.stale_days);
        match at + days(wait) {
            when if at < stale && stale <= when.min(expires) => self.plan_change(copy, Change::Stale, stale),
            when if when < expires => self.plan_change(copy, change, when),
            _ => self.plan_change(copy, Change::Expire, expires.max(at)),
        }
    }

    /// When an advertisement ends by itself.
    fn expires(&self, live: &Live) -> Utc {
        let market = &self.params.market;
        let standing = &live.standing;
        let mut dice = Dice::new(self.seed, copy_key(standing.thing, standing.copy), 53);
        let kept_up = dice.chance(market.kept_up);
        let length = market.listed_days[usize::from(live.venue)];
        standing.listed_at + days(if kept_up { length.max(LONGEST_DAYS) } else { length })
    }

    fn plan_change(&mut self, copy: u64, change: Change, at: Utc) {
        if let Some(live) = self.stock.get_mut(copy) {
            live.turn += 1;
            self.queue.plan(at, What::Turn { copy, turn: live.turn, change });
        }
    }

    /// Rates per day of what may happen to a listing.
    fn rates(&self, live: &Live, at: Utc) -> [(Change, f64); 5] {
        let (p, standing) = (&self.params, &live.standing);
        let honest = standing.junk.is_none() && !live.scam;
        let open = honest && standing.status == Status::Active;
        let worth = standing.value_dollars * season(&CATEGORIES[usize::from(live.category)], at);
        let ratio = worth / standing.ask.to_major(Currency::USD).max(1.0);
        let leave = match (standing.status, standing.junk) {
            (Status::Pending, _) => 0.9,
            (_, Some(Junk::Free)) => 1.2,
            (_, Some(Junk::Accessory | Junk::Broken)) => 0.075,
            (_, Some(_)) => 0.04,
            // Venues find frauds after a while.
            _ if live.scam => 0.15,
            _ => {
                (p.demand.per_day * ratio.powf(p.demand.price_power)).clamp(p.demand.lowest, p.demand.highest)
            }
        };
        let fresh = at < standing.listed_at + days(p.demand.stale_days);
        let seen = if fresh || standing.status == Status::Pending { 1.0 } else { p.demand.stale };
        let snatched = p.competitors.vigour * (ratio - p.competitors.threshold).max(0.0);
        let only = |yes: bool, rate: f64| if yes { rate } else { 0.0 };
        [
            (Change::Leave, (leave * seen).max(1e-9)),
            (Change::Snatch, only(open, snatched.min(p.demand.highest * 4.0))),
            (Change::Drop, only(open, p.sellers.price_drop)),
            (Change::Promise, only(open, p.sellers.promised * seen)),
            (Change::Renew, only(open, p.sellers.renewed * seen)),
        ]
    }

    /// A listing's planned change.
    pub(super) fn change(&mut self, copy: u64, turn: u32, change: Change, at: Utc) {
        let Some(live) = self.stock.get(copy).filter(|live| live.turn == turn) else { return };
        let (venue, ask, scam) = (usize::from(live.venue), live.standing.ask, live.scam);
        let mut dice = Dice::new(self.seed, copy, 1_000_000 + u64::from(turn));
        let takes_away = matches!(change, Change::Leave | Change::Snatch | Change::Renew | Change::Promise);
        if takes_away && self.is_promised_to_us(copy, at) && dice.chance(self.params.sellers.keeps_word) {
            return self.plan_next(copy, at);
        }
        match change {
            Change::Leave
                if live.standing.junk.is_some() || scam || dice.chance(self.params.demand.given_up) =>
            {
                self.withdraw(copy, at, &mut dice);
            }
            Change::Leave => {
                let demand = &self.params.demand;
                let [low, high] = demand.haggled_to;
                let share = if dice.chance(demand.haggled) { dice.between(low, high) } else { 1.0 };
                self.sold(copy, ask.share(share), at);
            }
            Change::Snatch => {
                self.log.note(at, "snatched", copy, ask.0);
                self.sold(copy, ask, at);
            }
            Change::Stale => self.plan_next(copy, at),
            Change::Expire => self.withdraw(copy, at, &mut dice),
            Change::Vanish => {
                self.stock.remove(copy);
            }
            Change::Renew => {
                self.post_again(copy, at + days(dice.between(0.05, 1.0)), &mut dice);
                self.stock.remove(copy);
                self.log.note(at, "renewed", copy, 0);
            }
            Change::AuctionEnd => self.end_auction(copy, venue, at, &mut dice),
            Change::Drop | Change::Promise => {
                if let Some(live) = self.stock.get_mut(copy) {
                    let standing = &mut live.standing;
                    if change == Change::Promise {
                        standing.status = Status::Pending;
                        standing.changed = true;
                    } else {
                        let [low, high] = self.params.sellers.price_drop_to;
                        let lower = ask.to_major(Currency::USD) * dice.between(low, high);
                        // Rounding may eat a small reduction.
                        let lower = round_dollars(lower, &mut dice).min(ask);
                        standing.changed |= lower < ask;
                        standing.ask = lower;
                    }
                    self.log.note(at, "changed", copy, standing.ask.0);
                }
                self.plan_next(copy, at);
            }
        }
    }

    /// The seller agreed to a price with us, and it still holds.
    fn is_promised_to_us(&self, copy: u64, at: Utc) -> bool {
        let agreed = self.talks.get(&copy).and_then(|talk| talk.agreed);
        agreed.is_some_and(|(_, until)| at <= until)
            && self.stock.get(copy).is_some_and(|live| live.standing.status == Status::Active)
    }

    /// Bids end near what the thing is worth.
    fn end_auction(&mut self, copy: u64, venue: usize, at: Utc, dice: &mut Dice) {
        let Some(live) = self.stock.get_mut(copy) else { return };
        let worth = live.standing.value_dollars * dice.between(0.75, 1.08);
        let worth = Cents::from_major(worth, Currency::USD).unwrap_or(live.standing.ask);
        live.standing.ask = worth.max(live.standing.ask);
        let price = live.standing.ask;
        self.log.note(at, "hammer", copy, venue as i64);
        self.sold(copy, price, at);
    }

    /// Taken down, perhaps to come back.
    fn withdraw(&mut self, copy: u64, at: Utc, dice: &mut Dice) {
        if dice.chance(self.params.demand.posted_again) {
            self.post_again(copy, at + days(dice.between(0.5, 5.0)), dice);
        }
        self.stock.remove(copy);
        self.log.note(at, "withdrawn", copy, 0);
    }

    /// Plans the next copy of a listing. Cross-posts stay what they are, and nobody tries for ever.
    fn post_again(&mut self, copy: u64, at: Utc, dice: &mut Dice) {
        let Some(live) = self.stock.get(copy) else { return };
        let standing = &live.standing;
        if standing.copy + 1 >= FIRST_CROSS_POST {
            return;
        }
        let lowered = standing.junk.is_none() && dice.chance(0.4);
        let share = if lowered { dice.between(0.88, 0.97) } else { 1.0 };
        let ask = match lowered {
            true => round_dollars(standing.ask.to_major(Currency::USD) * share, dice),
            false => standing.ask,
        };
        let what = What::Place { thing: standing.thing, copy: standing.copy + 1, venue: live.venue, ask };
        self.queue.plan(at, what);
    }

    /// A listing is sold, to whomever: its other copies come down before long.
    pub(super) fn sold(&mut self, copy: u64, price: Cents, at: Utc) {
        let Some(live) = self.stock.get_mut(copy) else { return };
        let mut dice = Dice::new(self.seed, copy, 52);
        let venue = &VENUES[usize::from(live.venue)];
        let thing = live.standing.thing;
        let (says, tells) = (dice.chance(venue.says_sold), dice.chance(venue.tells_sold_price));
        let has_copies = live.standing.has_copies;
        live.standing.status = Status::Sold;
        live.standing.changed = true;
        live.standing.sold_for = tells.then_some(price);
        live.standing.sold_at = Some(at);
        self.log.note(at, "sold", copy, price.0);
        self.taken.insert(thing);
        if says {
            self.plan_change(copy, Change::Vanish, at + days(self.params.market.sold_shown_days));
        } else {
            self.stock.remove(copy);
        }
        if has_copies {
            for other in (0..16).map(|other| copy_key(thing, other)).filter(|&other| other != copy) {
                if self.stock.get(other).is_some_and(|live| live.standing.status != Status::Sold) {
                    let wait = waiting(&mut dice, 0.7);
                    self.plan_change(other, Change::Vanish, at + days(wait));
                }
            }
        }
    }
}

/// Days until something of this daily rate happens.
pub(super) fn waiting(dice: &mut Dice, rate: f64) -> f64 {
    -(1.0 - dice.unit()).max(1e-12).ln() / rate.max(1e-9)
}
