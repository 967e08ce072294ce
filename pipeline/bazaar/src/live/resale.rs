//! Listings of ours: putting them up, changing them, and what they draw.

use autobazaaar_domain::{Cents, Currency, ListingKey, ObservationId, Platform, Utc};
use chrono::Datelike;

use super::Bazaar;
use super::acts::{Draft, Receipt, Refusal, days};
use super::life::waiting;
use super::queue::What;
use super::stock::Shelved;
use super::trade::Holding;
use crate::catalogue::CATEGORIES;
use crate::dice::Dice;
use crate::ids::{MAX_THINGS, external_id, thing_of};
use crate::thing::{season, worth_by_condition};
use crate::venue::{VENUES, fee_platform};

/// A listing of ours.
#[derive(Debug, Clone)]
pub(super) struct Own {
    pub key: ListingKey,
    pub draft: Draft,
    pub price: Cents,
    /// The purchase that brought the thing.
    pub purchase: u32,
    pub thing: u64,
    /// As it is when it is put up.
    pub holding: Holding,
    pub venue: usize,
    pub category: usize,
    pub listed_at: Utc,
    /// When it was put up or its ask came down: what is fresh draws more people.
    pub fresh_at: Utc,
    /// Planned visits of earlier turns are void.
    pub turn: u32,
    pub visits: u32,
    /// What title, pictures and description do to demand.
    pub quality: f64,
    pub placed: u64,
    pub down: bool,
    pub shown: Option<ObservationId>,
}

impl Own {
    pub fn stands(&self) -> bool {
        !self.down
    }
}

impl Bazaar {
    pub(super) fn publish_draft(&mut self, draft: &Draft) -> Result<Receipt, Refusal> {
        let venue = self.venue(draft.platform.as_str())?;
        let purchase = self.trade_number(&draft.order)?;
        let holding =
            *self.hands.get(&purchase).ok_or_else(|| Refusal::state("the thing is not in your hands"))?;
        if draft.price.0 <= 0 || draft.shipping_price.is_some_and(|price| price.0 < 0) {
            return Err(Refusal::bad("a price is more than 0"));
        }
        if draft.title.trim().is_empty() || draft.title.chars().count() > 80 {
            return Err(Refusal::bad("a title has 1 to 80 characters"));
        }
        if draft.images.len() > 24 || draft.description.as_ref().is_some_and(|text| text.len() > 50_000) {
            return Err(Refusal::bad("too many pictures, or too long a description"));
        }
        if self.own.iter().any(|own| own.purchase == purchase && own.venue == venue && own.stands()) {
            return Err(Refusal::state("it is listed there already"));
        }
        let number = self.own.len() as u32;
        let external_id = external_id(self.seed, MAX_THINGS - 1 - u64::from(number), 15);
        let key = ListingKey { platform: draft.platform.clone(), external_id };
        let category = self.thing(holding.thing).category;
        let placed = self.stock.shelve(venue, category, Shelved::Ours(number));
        let now = self.now;
        self.own.push(Own {
            key: key.clone(),
            draft: draft.clone(),
            price: draft.price,
            purchase,
            thing: holding.thing,
            holding,
            venue,
            category,
            listed_at: now,
            fresh_at: now,
            turn: 0,
            visits: 0,
            quality: self.quality(draft),
            placed,
            down: false,
            shown: None,
        });
        self.plan_visit(number, now);
        let insertion_fee = self.insertion_fee(venue, now);
        Ok(Receipt::Published { listing: key, insertion_fee, at: now })
    }

    fn insertion_fee(&mut self, venue: usize, at: Utc) -> Cents {
        let month = at.year() * 12 + at.month0() as i32;
        let before = self.insertions.entry((venue, month)).or_default();
        let fee = fees_of(venue).map_or(Cents::ZERO, |platform| self.fees.insertion_fee(&platform, *before));
        *before += 1;
        fee
    }

    /// The factor of a listing's looks on its visits.
    fn quality(&self, draft: &Draft) -> f64 {
        let b = &self.params.buyers;
        let photos = match draft.images.len() {
            0 => b.no_photo,
            1 => b.one_photo,
            2..6 => 1.0,
            _ => 1.08,
        };
        let told = draft.description.as_ref().map_or(0, |text| text.trim().chars().count());
        let text = if told < 80 { b.short_description } else { 1.0 };
        let title = if draft.title.split_whitespace().count() < 3 { b.short_title } else { 1.0 };
        photos * text * title
    }

    pub(super) fn own_number(&self, listing: &ListingKey) -> Result<u32, Refusal> {
        let venue = self.venue(listing.platform.as_str())?;
        let number = self.own_at(venue, &listing.external_id).ok_or_else(|| Refusal::unknown(listing))?;
        if self.own[number as usize].down { Err(Refusal::Gone) } else { Ok(number) }
    }

    pub(super) fn own_at(&self, venue: usize, external_id: &str) -> Option<u32> {
        let (thing, copy) = thing_of(self.seed, external_id)?;
        let number = MAX_THINGS.checked_sub(1 + thing).filter(|_| copy == 15)?;
        let own = self.own.get(usize::try_from(number).ok()?)?;
        (own.venue == venue).then_some(number as u32)
    }

    pub(super) fn reprice_own(&mut self, listing: &ListingKey, price: Cents) -> Result<Receipt, Refusal> {
        let number = self.own_number(listing)?;
        if price.0 <= 0 {
            return Err(Refusal::bad("a price is more than 0"));
        }
        let now = self.now;
        let own = &mut self.own[number as usize];
        // A lower ask is shown to those who watch it.
        if price <= own.price.share(0.97) {
            own.fresh_at = now;
        }
        own.price = price;
        own.shown = None;
        self.plan_visit(number, now);
        Ok(Receipt::Repriced { price, at: now })
    }

    pub(super) fn delist_own(&mut self, listing: &ListingKey) -> Result<Receipt, Refusal> {
        let number = self.own_number(listing)?;
        self.take_down(number);
        Ok(Receipt::Delisted { at: self.now })
    }

    pub(super) fn take_down(&mut self, number: u32) {
        let own = &mut self.own[number as usize];
        own.down = true;
        own.turn += 1;
        let (venue, category, placed) = (own.venue, own.category, own.placed);
        self.stock.unshelve(venue, category, placed);
    }

    /// Rates per day of who comes by a listing of ours: serious visitors, low offers, questions,
    /// resellers. Buyers go by what is said of the thing; whether we still have it, they cannot know.
    pub(super) fn interest(&self, own: &Own, at: Utc) -> [f64; 4] {
        let (b, rivals) = (&self.params.buyers, &self.params.competitors);
        let said = own.draft.condition.unwrap_or(own.holding.condition);
        let looks = worth_by_condition(said) / worth_by_condition(own.holding.condition);
        let worth = own.holding.value_dollars * looks * season(&CATEGORIES[own.category], at);
        let cost = (own.price + own.draft.shipping_price.unwrap_or(Cents::ZERO)).to_major(Currency::USD);
        let ratio = worth / cost.max(1.0);
        let fresh = at < own.fresh_at + days(self.params.demand.stale_days);
        let seen = if fresh { 1.0 } else { b.stale };
        let serious = (b.per_day * ratio.powf(b.price_power) * own.quality * seen).min(b.highest);
        let resellers = (rivals.vigour * (ratio - rivals.threshold).max(0.0)).min(b.highest);
        [serious, serious * b.low_offers, serious * b.questions, resellers]
    }

    /// Plans who comes by next; planned visits are void.
    pub(super) fn plan_visit(&mut self, number: u32, at: Utc) {
        let own = &self.own[number as usize];
        let rate: f64 = self.interest(own, at).iter().sum();
        let visitor = own.visits + 1;
        let turn = own.turn + 1;
        let mut dice = self.visitor_dice(number, visitor, turn);
        // On the stage a buyer comes soon.
        let wait = if self.is_scripted(number) {
            dice.between(1.0, 3.0)
        } else {
            waiting(&mut dice, rate.max(1e-4))
        };
        let stale = own.fresh_at + days(self.params.demand.stale_days);
        let when = at + days(wait);
        let (when, visitor) = if at < stale && stale <= when { (stale, 0) } else { (when, visitor) };
        self.own[number as usize].turn = turn;
        self.queue.plan(when, What::Visit { own: number, turn, visitor });
    }

    pub(super) fn visitor_dice(&self, own: u32, visitor: u32, turn: u32) -> Dice {
        Dice::new(self.seed, u64::from(own) << 32 | u64::from(visitor), 90 + u64::from(turn) * 8)
    }
}

/// The marketplace whose fees a venue charges.
pub(super) fn fees_of(venue: usize) -> Option<Platform> {
    fee_platform(VENUES[venue].name).parse().ok()
}
