//! A sample of listings, scan by scan.

use autobazaaar_domain::{ListingKey, Observation, ObservationId, Platform, RunId, Utc};
use chrono::{Datelike, TimeDelta};

use super::catalogue::CATEGORIES;
use super::dice::Dice;
use super::ids::MAX_THINGS;
use super::listing::{Page, key};
use super::market::Market;
use super::thing::{Thing, World};
use super::venue::VENUES;

/// What sample to make.
#[derive(Debug, Clone)]
pub struct SampleOptions {
    /// The same seed and options give the same sample to the byte.
    pub seed: u64,
    /// Distinct listings over all days; at most 2³⁶.
    pub listings: u64,
    /// Days of scans, one a day; at least 1.
    pub days: u32,
    /// The moment of the last day's scans.
    pub end: Utc,
    /// How many of the five venues take part.
    pub venues: usize,
    /// The run that the observations are read in.
    pub run_id: RunId,
}

impl SampleOptions {
    pub(super) fn world(&self) -> World {
        World { seed: self.seed, year: self.end.year(), venues: self.venues.clamp(1, VENUES.len()) }
    }
}

/// A listing with the same content as in an earlier scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenAgain {
    pub key: ListingKey,
    pub observation_id: ObservationId,
}

/// One query's pass over one venue: all of a category.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleScan {
    pub platform: Platform,
    /// The category.
    pub query: String,
    /// UTC.
    pub observed_at: Utc,
    /// It was not cut off before the end.
    pub complete: bool,
    /// Listings seen for the first time, or with changed content.
    pub observations: Vec<Observation>,
    /// Listings seen before, unchanged.
    pub seen_again: Vec<SeenAgain>,
}

impl SampleScan {
    /// Listings in the scan.
    #[must_use]
    pub fn listings(&self) -> u64 {
        (self.observations.len() + self.seen_again.len()) as u64
    }
}

/// Yields the scans in the order of time. Memory is bounded by the listings that stand at once.
pub struct Sample {
    options: SampleOptions,
    market: Market,
    platforms: Vec<Platform>,
    scan_dice: Dice,
    appeared: u64,
    day: u32,
    /// Venue and category of the next scan, as one number.
    slot: usize,
}

impl Sample {
    /// A sample that has not begun.
    #[must_use]
    pub fn new(options: SampleOptions) -> Self {
        let options = SampleOptions { listings: options.listings.min(MAX_THINGS), ..options };
        let world = options.world();
        Self {
            market: Market::new(world),
            // The names are constants of a legal form (tested).
            platforms: VENUES[..world.venues].iter().filter_map(|venue| venue.name.parse().ok()).collect(),
            scan_dice: Dice::new(options.seed, 0, 8),
            appeared: 0,
            day: 0,
            slot: 0,
            options,
        }
    }

    fn begin_day(&mut self) {
        let due = Market::appeared_by(self.day, self.options.days, self.options.listings);
        let count = due.saturating_sub(self.appeared);
        self.appeared += count;
        self.market.open(self.day, self.time_of(0), count);
    }

    /// Scans of a day follow one another by seconds.
    fn time_of(&self, slot: usize) -> Utc {
        let days_before = i64::from(self.options.days - 1 - self.day);
        let slots = self.platforms.len() * CATEGORIES.len();
        self.options.end - TimeDelta::days(days_before) - TimeDelta::seconds(40 * (slots - slot) as i64)
    }

    fn scan(&mut self, venue_at: usize, category: usize) -> Option<SampleScan> {
        let at = self.time_of(self.slot);
        let world = self.options.world();
        let (venue, platform) = (&VENUES[venue_at], &self.platforms[venue_at]);
        self.market.pass_day(venue_at, category, self.day, at);
        // Now and then a pass is missed or stops early; the newest listings come first.
        let missed = self.day > 0 && self.day + 1 < self.options.days && self.scan_dice.chance(0.02);
        let capped = self.scan_dice.chance(venue.capped);
        let share = if capped { self.scan_dice.between(0.55, 0.95) } else { 1.0 };
        if missed {
            return None;
        }
        let raw_ref = format!("bazaar/{}/{}", venue.name, at.format("%Y-%m-%d"));
        let page = Page { world, venue, platform, run_id: &self.options.run_id, at, raw_ref };
        let standing = self.market.standing(venue_at, category);
        let skipped = (standing.len() as f64 * (1.0 - share)) as usize;
        let (mut observations, mut seen_again) = (Vec::new(), Vec::new());
        for listing in standing.iter_mut().skip(skipped).rev() {
            match listing.shown.filter(|_| !listing.changed) {
                Some(observation_id) => {
                    seen_again.push(SeenAgain { key: key(world, platform, listing), observation_id });
                }
                None => {
                    let observation = page.show(listing, &Thing::new(world, listing.thing));
                    listing.shown = Some(observation.id());
                    listing.changed = false;
                    observations.push(observation);
                }
            }
        }
        let query = CATEGORIES[category].name.to_owned();
        let complete = skipped == 0;
        Some(SampleScan {
            platform: platform.clone(),
            query,
            observed_at: at,
            complete,
            observations,
            seen_again,
        })
    }
}

impl Iterator for Sample {
    type Item = SampleScan;

    fn next(&mut self) -> Option<SampleScan> {
        let slots = self.platforms.len() * CATEGORIES.len();
        while self.day < self.options.days {
            if self.slot == 0 {
                self.begin_day();
            }
            let scan = self.scan(self.slot / CATEGORIES.len(), self.slot % CATEGORIES.len());
            self.slot += 1;
            if self.slot == slots {
                (self.slot, self.day) = (0, self.day + 1);
            }
            if scan.is_some() {
                return scan;
            }
        }
        None
    }
}
