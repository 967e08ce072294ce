//! A listing while it stands, and what a venue shows of it.

use std::collections::BTreeMap;

use autobazaaar_domain::hash::hex;
use autobazaaar_domain::{
    Cents, Condition, Currency, ListingKey, Location, Observation, ObservationId, Platform, PriceKind, RunId,
    Seller, SellerType, Status, Utc,
};

use super::catalogue::Naming;
use super::dice::{Dice, mix};
use super::ids::external_id;
use super::story::story;
use super::thing::{Junk, Thing, World};
use super::title::title;
use super::venue::Venue;

/// Towns of the simulated region: name, degrees north, degrees east.
const TOWNS: &[(&str, f64, f64)] = &[
    ("Eastmere", 45.52, -122.61),
    ("Harlow Bend", 45.41, -122.48),
    ("Port Calder", 45.63, -122.7),
    ("Millgate", 45.37, -122.75),
    ("Ashby Falls", 45.49, -122.8),
    ("Norrick", 45.6, -122.4),
    ("Lakeholm", 45.3, -122.6),
    ("Tolliver", 45.45, -122.9),
    ("Gransbury", 45.7, -122.55),
    ("Wexley", 45.2, -122.7),
    ("Sandrow", 45.55, -122.95),
    ("Old Ferry", 45.66, -122.85),
];

/// What is remembered of a listing between two scans.
pub(super) struct Standing {
    pub thing: u64,
    pub copy: u8,
    pub listed_at: Utc,
    /// The last scan's content, by which a changed listing is told from one seen again.
    pub shown: Option<ObservationId>,
    /// Something a buyer would notice happened since.
    pub changed: bool,
    pub ask: Cents,
    pub first_ask: Cents,
    pub value_dollars: f64,
    pub status: Status,
    /// Price it went for, where the venue tells.
    pub sold_for: Option<Cents>,
    pub sold_at: Option<Utc>,
    /// Bids run until this day.
    pub auction_ends: Option<u32>,
    pub junk: Option<Junk>,
    pub has_copies: bool,
}

/// What it takes to write a listing down.
pub(super) struct Page<'a> {
    pub world: World,
    pub venue: &'a Venue,
    pub platform: &'a Platform,
    pub run_id: &'a RunId,
    pub at: Utc,
    /// Venue and day.
    pub raw_ref: String,
}

impl Page<'_> {
    /// What a visitor would see. Which facts are shown is drawn from the listing's own seed, so
    /// that they stay the same from day to day.
    pub fn show(&self, standing: &Standing, thing: &Thing) -> Observation {
        let seed = self.world.seed;
        let mut dice = Dice::new(seed, standing.thing, 3);
        let stated = stated(thing, &mut dice);
        let mut own = Dice::new(seed, standing.thing << 4 | u64::from(standing.copy), 4);
        let venue = self.venue;
        let has_text = own.chance(venue.has_description);
        let id = external_id(seed, standing.thing, standing.copy);
        let key = ListingKey { platform: self.platform.clone(), external_id: id };
        let images = self.images(thing, &mut own);
        let shows_seller = own.chance(venue.shows_seller);
        Observation {
            url: Some(format!("https://{}.invalid/item/{}", venue.name, key.external_id)),
            run_id: self.run_id.clone(),
            observed_at: self.at,
            title: edited_title(title(thing, &stated, &mut dice), standing.copy, &mut own),
            description: has_text
                .then(|| edited_story(story(thing, &stated, seed, &mut dice), standing.copy, &mut own)),
            category: thing.category().name.to_owned(),
            condition: own.chance(venue.has_condition).then(|| stated_condition(thing, &mut own)),
            price: price(standing),
            price_kind: self.price_kind(standing, &mut own),
            currency: Currency::USD,
            original_price: (standing.ask < standing.first_ask && standing.ask.0 > 0)
                .then_some(standing.first_ask),
            shipping_price: self.shipping(thing, &mut own),
            primary_image: images.first().cloned(),
            images,
            location: location(thing, &mut own),
            seller_key: shows_seller.then(|| self.seller_key(thing)),
            seller: self.seller(thing, &mut own),
            listed_at: own.chance(0.93).then_some(standing.listed_at),
            expires_at: None,
            views: own.chance(0.5).then(|| self.views(standing)),
            watchers: own.chance(venue.ships * 0.5).then(|| self.views(standing) / 14),
            status: standing.status,
            sold_at: standing.sold_at,
            attributes: self.attributes(thing, &stated, &mut own).into(),
            raw_ref: self.raw_ref.clone(),
            key,
        }
    }

    fn price_kind(&self, standing: &Standing, own: &mut Dice) -> PriceKind {
        let offers = own.chance(self.venue.takes_offers);
        match (standing.status, standing.junk) {
            (Status::Sold, _) => PriceKind::Sold,
            (_, Some(Junk::CallForPrice)) => PriceKind::OnRequest,
            (_, Some(Junk::Free)) => PriceKind::Free,
            (_, Some(Junk::Placeholder)) => PriceKind::Placeholder,
            _ if standing.auction_ends.is_some() => PriceKind::Auction,
            _ if offers => PriceKind::OrBestOffer,
            _ => PriceKind::Fixed,
        }
    }

    fn shipping(&self, thing: &Thing, own: &mut Dice) -> Option<Cents> {
        let heavy = matches!(thing.category().name, "furniture" | "vehicles");
        let ships = own.chance(self.venue.ships) && !heavy;
        let free = own.chance(0.3);
        let steps = own.below(12) as i64;
        ships.then_some(if free { Cents::ZERO } else { Cents(499 + 200 * steps) })
    }

    fn images(&self, thing: &Thing, own: &mut Dice) -> Vec<String> {
        if !own.chance(self.venue.has_images) {
            return Vec::new();
        }
        // A seller mostly uses the same pictures again.
        let pictures = if own.chance(0.7) { 0 } else { 1 + own.below(1 << 20) as u64 };
        let name = mix(self.world.seed ^ thing.number ^ pictures << 40);
        let count = if pictures == 0 { 1 + (name % 6) as usize } else { 1 + own.below(6) };
        (1..=count).map(|i| format!("{name:016x}-{i}.jpg")).collect()
    }

    /// The seller's name at this venue, as the lake would hold it.
    fn seller_key(&self, thing: &Thing) -> String {
        let seller = thing.dealer.map_or(thing.seller, |dealer| u64::from(dealer) | 1 << 40);
        let venue = self.venue.name.bytes().fold(self.world.seed, |sum, byte| mix(sum ^ u64::from(byte)));
        let (high, low) = (mix(venue ^ seller), mix(venue ^ seller ^ 1 << 63));
        hex(&(u128::from(high) << 64 | u128::from(low)).to_be_bytes())
    }

    fn seller(&self, thing: &Thing, own: &mut Dice) -> Seller {
        if !own.chance(self.venue.shows_rating) {
            return Seller::default();
        }
        let mut person = Dice::new(self.world.seed, thing.seller, 5);
        let count =
            if thing.dealer.is_some() { 200.0 } else { 12.0 } * person.unit() / (1.02 - person.unit());
        let rating = (5.0 - person.unit().powi(4) * 2.6 - person.unit() * 0.25).max(1.0);
        let response = ["within an hour", "within a few hours", "within a day"][person.below(3)];
        Seller {
            rating: (count >= 1.0).then(|| (rating * 100.0).round() / 100.0),
            feedback_count: Some(count as i64),
            response_time: person.chance(0.3).then(|| response.to_owned()),
            kind: Some(if thing.dealer.is_some() { SellerType::Business } else { SellerType::Private }),
        }
    }

    /// Cheap things are looked at more.
    fn views(&self, standing: &Standing) -> i64 {
        let days = (self.at - standing.listed_at).as_seconds_f64() / 86_400.0;
        let pull =
            standing.value_dollars / standing.ask.to_major(Currency::USD).max(standing.value_dollars * 0.3);
        (18.0 * days.max(0.05) * pull * pull) as i64
    }

    fn attributes(&self, thing: &Thing, stated: &[&str], own: &mut Dice) -> BTreeMap<String, String> {
        let mut attributes = BTreeMap::new();
        let mut add = |name: &str, value: String, own: &mut Dice, share: f64| {
            if own.chance(share) {
                attributes.insert(name.to_owned(), value);
            }
        };
        let share = self.venue.has_attributes;
        for (axis, value) in thing.family.axes.iter().zip(stated) {
            add(axis.name, (*value).to_owned(), own, share);
        }
        let plain = thing.category().naming == Naming::Plain;
        add("brand", thing.brand.to_owned(), own, if plain { share * 0.4 } else { share });
        if let Some(miles) = thing.odometer {
            // Vehicles are listed by form on every venue.
            let share = share.max(0.6);
            let model = format!("{} {}", thing.brand, thing.line).to_lowercase();
            add("odometer", miles.to_string(), own, share);
            add("model", model, own, 0.97);
            add("model_year", thing.made_year.to_string(), own, 0.95);
            add("type", thing.family.nouns[0].to_owned(), own, 0.97);
        }
        attributes
    }
}

/// The key of a listing.
pub(super) fn key(world: World, platform: &Platform, standing: &Standing) -> ListingKey {
    let external_id = external_id(world.seed, standing.thing, standing.copy);
    ListingKey { platform: platform.clone(), external_id }
}

/// What the seller says of each axis: now and then a wrong value.
fn stated(thing: &Thing, dice: &mut Dice) -> Vec<&'static str> {
    thing
        .family
        .axes
        .iter()
        .zip(thing.picks)
        .map(|(axis, pick)| if dice.chance(0.02) { dice.pick(axis.values).0 } else { axis.values[pick].0 })
        .collect()
}

fn stated_condition(thing: &Thing, own: &mut Dice) -> Condition {
    let all = Condition::ALL;
    let at = all.iter().position(|&condition| condition == thing.condition).unwrap_or(0);
    // Owners flatter; few are too modest.
    match own.unit() {
        u if u < 0.14 => all[at.saturating_sub(1)],
        u if u < 0.17 => all[(at + 1).min(all.len() - 1)],
        _ => thing.condition,
    }
}

fn price(standing: &Standing) -> Option<Cents> {
    match (standing.status, standing.junk) {
        (Status::Sold, _) => standing.sold_for,
        (_, Some(Junk::CallForPrice)) => None,
        _ => Some(standing.ask),
    }
}

fn location(thing: &Thing, own: &mut Dice) -> Location {
    let (city, north, east) = TOWNS[(mix(thing.seller) % TOWNS.len() as u64) as usize];
    let mut degrees = |middle: f64| ((middle + own.between(-0.04, 0.04)) * 1e3).round() / 1e3;
    let (lat, lng) = (degrees(north), degrees(east));
    let exact = own.chance(0.5);
    Location {
        city: Some(city.to_owned()),
        state: Some("OR".to_owned()),
        zip: None,
        lat: exact.then_some(lat),
        lng: exact.then_some(lng),
    }
}

/// A later copy's title: mostly as before.
fn edited_title(title: String, copy: u8, own: &mut Dice) -> String {
    let (edited, word) = (own.chance(0.3), own.pick(&["!", " obo", " - reduced", " **", " still available"]));
    if copy > 0 && edited { title + word } else { title }
}

fn edited_story(story: String, copy: u8, own: &mut Dice) -> String {
    let edits = [" Price lowered.", " Still available.", " Back up, buyer flaked.", " Need gone this week."];
    let (edited, text) = (own.chance(0.5), own.pick(&edits));
    if copy > 0 && edited { story + text } else { story }
}
