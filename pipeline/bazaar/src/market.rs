//! What happens to listings from one day to the next.

use std::collections::{BTreeMap, HashSet};

use autobazaaar_domain::{Cents, Currency, Status, Utc};
use chrono::TimeDelta;

use super::catalogue::CATEGORIES;
use super::dice::Dice;
use super::listing::Standing;
use super::thing::{Junk, Thing, World};
use super::venue::VENUES;

/// Mean days that a listing stands; sets how many stand at the start.
const MEAN_STAY_DAYS: f64 = 10.0;
/// Copies from here on stand on another venue; below are re-posts on the first one.
pub(super) const FIRST_CROSS_POST: u8 = 8;

/// A copy that will appear on a later day.
struct Due {
    thing: u64,
    copy: u8,
    venue: usize,
    ask: Cents,
}

/// The listings that stand, by venue and category.
pub(super) struct Market {
    world: World,
    dice: Dice,
    standing: Vec<Vec<Standing>>,
    due: BTreeMap<u32, Vec<Due>>,
    /// Things with several copies that are sold: their other copies come down soon.
    sold: HashSet<u64>,
    next_thing: u64,
}

impl Market {
    pub fn new(world: World) -> Self {
        let standing = (0..VENUES.len() * CATEGORIES.len()).map(|_| Vec::new()).collect();
        let dice = Dice::new(world.seed, 0, 6);
        Self { world, dice, standing, due: BTreeMap::new(), sold: HashSet::new(), next_thing: 0 }
    }

    /// Listings of one venue and category, oldest first.
    pub fn standing(&mut self, venue: usize, category: usize) -> &mut Vec<Standing> {
        &mut self.standing[venue * CATEGORIES.len() + category]
    }

    /// Listings to appear by the end of a day, out of `all` over `days`: a stock on the first
    /// day, then a steady flow.
    pub fn appeared_by(day: u32, days: u32, all: u64) -> u64 {
        let flow = all as f64 / (MEAN_STAY_DAYS + f64::from(days));
        if day + 1 == days { all } else { (flow * (MEAN_STAY_DAYS + 1.0 + f64::from(day))) as u64 }
    }

    /// Lets `count` listings appear in the 24 hours before `at`; on the first day they are a stock
    /// of all ages.
    pub fn open(&mut self, day: u32, at: Utc, count: u64) {
        let mut left = count;
        let mut due: Vec<Due> = self.due.remove(&day).unwrap_or_default();
        if due.len() as u64 > left {
            // What finds no room today waits a day.
            let waiting = due.split_off(left as usize);
            self.due.entry(day + 1).or_default().extend(waiting);
        }
        left -= due.len() as u64;
        for copy in due {
            let thing = Thing::new(self.world, copy.thing);
            self.place(&thing, copy.copy, copy.venue, copy.ask, day, at);
        }
        for _ in 0..left {
            let thing = Thing::new(self.world, self.next_thing);
            self.next_thing += 1;
            let ask = round_price(thing.ask_dollars, &thing, &mut self.dice);
            self.place(&thing, 0, thing.home, ask, day, at);
        }
    }

    fn place(&mut self, thing: &Thing, copy: u8, venue: usize, ask: Cents, day: u32, at: Utc) {
        let dice = &mut self.dice;
        let days_ago = if day == 0 { -dice.unit().max(1e-9).ln() * MEAN_STAY_DAYS } else { dice.unit() };
        let crosses = copy == 0 && thing.junk.is_none() && self.world.venues > 1 && dice.chance(0.07);
        let auctioned = copy == 0 && thing.junk.is_none() && dice.chance(VENUES[venue].auctions);
        let auction_ends = auctioned.then(|| day + 3 + dice.below(5) as u32);
        // Bids begin low.
        let ask = if auctioned { ask.share(dice.between(0.05, 0.4)).max(Cents(99)) } else { ask };
        if crosses {
            let other = (venue + 1 + dice.below(self.world.venues - 1)) % self.world.venues;
            let copy = FIRST_CROSS_POST + other as u8;
            let when = day + dice.below(3) as u32 + 1;
            let ask = round_price(thing.ask_dollars * dice.between(0.97, 1.06), thing, dice);
            self.due.entry(when).or_default().push(Due { thing: thing.number, copy, venue: other, ask });
        }
        let standing = Standing {
            thing: thing.number,
            copy,
            listed_at: at - TimeDelta::seconds((days_ago * 86_400.0) as i64 + 60),
            shown: None,
            changed: false,
            ask,
            first_ask: ask,
            value_dollars: thing.value_dollars,
            status: Status::Active,
            sold_for: None,
            sold_at: None,
            auction_ends,
            junk: thing.junk,
            has_copies: crosses || copy >= FIRST_CROSS_POST,
        };
        self.standing[venue * CATEGORIES.len() + thing.category].push(standing);
    }

    /// Lets a day pass for the listings of one venue and category.
    pub fn pass_day(&mut self, venue: usize, category: usize, day: u32, at: Utc) {
        let slot = venue * CATEGORIES.len() + category;
        let mut listings = std::mem::take(&mut self.standing[slot]);
        // Only listings that were shown before live a day; new ones have just been put up.
        listings.retain_mut(|listing| listing.shown.is_none() || self.live(listing, venue, day, at));
        self.standing[slot] = listings;
    }

    /// One listing's day; whether it still stands.
    fn live(&mut self, listing: &mut Standing, venue: usize, day: u32, at: Utc) -> bool {
        if listing.status == Status::Sold {
            return false;
        }
        if listing.has_copies && self.sold.contains(&listing.thing) {
            return self.dice.chance(0.4);
        }
        if let Some(end) = listing.auction_ends {
            return self.bid(listing, venue, day, end, at);
        }
        if self.dice.chance(leaving(listing)) {
            return self.leave(listing, venue, day, at);
        }
        if listing.status == Status::Active && listing.junk.is_none() {
            self.change(listing, day, venue)
        } else {
            true
        }
    }

    /// Bids approach what the thing is worth; the last one buys it.
    fn bid(&mut self, listing: &mut Standing, venue: usize, day: u32, end: u32, at: Utc) -> bool {
        let worth = Cents::from_major(listing.value_dollars * self.dice.between(0.75, 1.08), Currency::USD);
        let worth = worth.unwrap_or(listing.ask).max(listing.ask);
        if day < end {
            let bid = listing.ask + (worth - listing.ask).share(self.dice.between(0.0, 0.45));
            listing.changed |= bid != listing.ask;
            (listing.ask, listing.first_ask) = (bid, bid);
            return true;
        }
        listing.ask = worth;
        self.sell(listing, venue, worth, at)
    }

    /// Sold, or taken down to be posted again or not at all.
    fn leave(&mut self, listing: &mut Standing, venue: usize, day: u32, at: Utc) -> bool {
        let given_up = listing.junk.is_some() || self.dice.chance(0.17);
        if !given_up {
            let haggled = if self.dice.chance(0.45) { 1.0 } else { self.dice.between(0.82, 0.99) };
            return self.sell(listing, venue, listing.ask.share(haggled), at);
        }
        if self.dice.chance(0.6) {
            let pause = 1 + self.dice.below(4) as u32;
            self.post_again(listing, venue, day + pause);
        }
        false
    }

    fn sell(&mut self, listing: &mut Standing, venue: usize, price: Cents, at: Utc) -> bool {
        if listing.has_copies {
            self.sold.insert(listing.thing);
        }
        let venue = &VENUES[venue];
        if !self.dice.chance(venue.says_sold) {
            return false;
        }
        listing.status = Status::Sold;
        listing.changed = true;
        listing.sold_for = self.dice.chance(venue.tells_sold_price).then_some(price);
        listing.sold_at = Some(at - TimeDelta::seconds(60 + (self.dice.unit() * 80_000.0) as i64));
        true
    }

    /// A buyer promised, the price comes down, or the ad is renewed under a new id.
    fn change(&mut self, listing: &mut Standing, day: u32, venue: usize) -> bool {
        match self.dice.unit() {
            u if u < 0.02 => {
                listing.status = Status::Pending;
                listing.changed = true;
            }
            u if u < 0.085 => {
                let share = self.dice.between(0.8, 0.96);
                let lower = round_dollars(listing.ask.to_major(Currency::USD) * share, &mut self.dice);
                // Rounding may eat a small reduction.
                listing.changed |= lower < listing.ask;
                listing.ask = lower.min(listing.ask);
            }
            u if u < 0.1 => {
                self.post_again(listing, venue, day + 1);
                return false;
            }
            _ => {}
        }
        true
    }

    fn post_again(&mut self, listing: &Standing, venue: usize, day: u32) {
        // Cross-posts stay what they are, and nobody tries for ever.
        if listing.copy + 1 >= FIRST_CROSS_POST {
            return;
        }
        let lower = if self.dice.chance(0.4) { self.dice.between(0.88, 0.97) } else { 1.0 };
        let ask = match listing.junk {
            Some(_) => listing.ask,
            None if lower == 1.0 => listing.ask,
            None => round_dollars(listing.ask.to_major(Currency::USD) * lower, &mut self.dice),
        };
        let again = Due { thing: listing.thing, copy: listing.copy + 1, venue, ask };
        self.due.entry(day).or_default().push(again);
    }
}

/// Chance that a listing leaves within a day: the cheaper beside its value, the sooner.
fn leaving(listing: &Standing) -> f64 {
    match (listing.status, listing.junk) {
        (Status::Pending, _) => 0.6,
        (_, Some(Junk::Free)) => 0.7,
        (_, Some(Junk::Accessory | Junk::Broken)) => 0.07,
        (_, Some(_)) => 0.04,
        (_, None) => {
            let ratio = listing.value_dollars / listing.ask.to_major(Currency::USD).max(1.0);
            (0.11 * ratio.powf(2.6)).clamp(0.006, 0.8)
        }
    }
}

/// What a seller makes of a figure; prices that are not meant stay as they are.
pub(super) fn round_price(dollars: f64, thing: &Thing, dice: &mut Dice) -> Cents {
    match thing.junk {
        Some(Junk::Placeholder) => Cents(dollars as i64 * 100),
        Some(Junk::Free | Junk::CallForPrice) => Cents::ZERO,
        _ => round_dollars(dollars, dice),
    }
}

/// People ask $350, $349, $345 or $325, seldom $347.23.
pub(super) fn round_dollars(dollars: f64, dice: &mut Dice) -> Cents {
    let coarse = match dollars {
        d if d < 30.0 => 5.0,
        d if d < 200.0 => 10.0,
        d if d < 1_000.0 => 50.0,
        d if d < 5_000.0 => 100.0,
        _ => 500.0,
    };
    let fine = if dollars < 200.0 { 5.0 } else { coarse / 5.0 };
    let to = |step: f64| (dollars / step).round().max(1.0) * step;
    let whole = match dice.unit() {
        u if u < 0.38 => to(coarse),
        u if u < 0.7 => to(fine),
        u if u < 0.86 => to(fine.max(10.0).min(dollars.max(10.0))) - 1.0,
        u if u < 0.9 => return Cents((to(fine) as i64).max(1) * 100 - 1),
        _ => dollars.round(),
    };
    Cents((whole.max(1.0) as i64) * 100)
}
