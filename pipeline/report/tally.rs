//! Gathers row-wise input into what a report shows, in one pass and bounded memory.

use std::collections::BTreeMap;

use autobazaaar_domain::{Enriched, Observation, Platform, Presence, Scan, Utc};

use super::data::{
    DataQuality, FieldShare, Market, PassedListing, PassedReason, PlatformQuality, PresenceCount,
    QuarantineReason,
};

/// Counts passed listings by the reason that decided and keeps the best few of each.
#[derive(Debug)]
pub struct PassedTally {
    keep: usize,
    by_code: BTreeMap<String, (String, u64, Vec<PassedListing>)>,
}

impl PassedTally {
    /// Keeps up to `keep` listings per reason: those with the highest net profit.
    #[must_use]
    pub fn new(keep: usize) -> Self {
        Self { keep, by_code: BTreeMap::new() }
    }

    /// Counts one listing. `text` is its reason in general, without this listing's numbers.
    pub fn add(&mut self, code: &str, text: &str, listing: PassedListing) {
        let entry = self.by_code.entry(code.to_owned()).or_insert_with(|| (text.to_owned(), 0, Vec::new()));
        entry.1 += 1;
        // `None` sorts before any profit, so a listing without a figure goes last here.
        let place = entry.2.partition_point(|kept| kept.net_profit >= listing.net_profit);
        if place < self.keep {
            entry.2.insert(place, listing);
            entry.2.truncate(self.keep);
        }
    }

    /// Counts by reason, and the listings kept.
    #[must_use]
    pub fn finish(self) -> (Vec<PassedReason>, Vec<PassedListing>) {
        let mut reasons = Vec::new();
        let mut listings = Vec::new();
        for (code, (text, count, kept)) in self.by_code {
            reasons.push(PassedReason { code, text, count, hint: None });
            listings.extend(kept);
        }
        (reasons, listings)
    }
}

/// Fields whose absence is counted.
type Field = (&'static str, fn(&Observation) -> bool);

const FIELDS: [Field; 9] = [
    ("price", |o| o.price.is_none()),
    ("condition", |o| o.condition.is_none()),
    ("description", |o| o.description.is_none()),
    ("url", |o| o.url.is_none()),
    ("images", |o| o.images.is_empty()),
    ("location", |o| o.location == Default::default()),
    ("seller rating", |o| o.seller.rating.is_none()),
    ("listed at", |o| o.listed_at.is_none()),
    ("attributes", |o| o.attributes.is_empty()),
];

#[derive(Debug, Default)]
struct PlatformTally {
    listings: u64,
    missing: [u64; FIELDS.len()],
    newest: Option<Utc>,
    scans: (u64, u64),
    presence: BTreeMap<&'static str, (Presence, u64)>,
}

/// Counts what is missing, how fresh it is and what is still there, by platform.
#[derive(Debug, Default)]
pub struct QualityTally {
    platforms: BTreeMap<Platform, PlatformTally>,
}

impl QualityTally {
    /// Counts one listing, with its presence where enrich told it.
    pub fn add(&mut self, seen: &Observation, presence: Option<Presence>) {
        let tally = self.platforms.entry(seen.key.platform.clone()).or_default();
        tally.listings += 1;
        tally.newest = tally.newest.max(Some(seen.observed_at));
        for (missing, (_, is_missing)) in tally.missing.iter_mut().zip(FIELDS) {
            *missing += u64::from(is_missing(seen));
        }
        if let Some(presence) = presence {
            tally.presence.entry(presence.as_str()).or_insert((presence, 0)).1 += 1;
        }
    }

    /// Counts one scan.
    pub fn add_scan(&mut self, scan: &Scan) {
        let scans = &mut self.platforms.entry(scan.platform.clone()).or_default().scans;
        *(if scan.complete { &mut scans.0 } else { &mut scans.1 }) += 1;
    }

    /// The report's section; what was set aside is counted elsewhere and passed in.
    #[must_use]
    pub fn finish(self, quarantine: Vec<QuarantineReason>) -> DataQuality {
        let platforms = self.platforms.into_iter().map(|(platform, tally)| tally.finish(platform));
        DataQuality { platforms: platforms.collect(), quarantine }
    }
}

impl PlatformTally {
    fn finish(self, platform: Platform) -> PlatformQuality {
        let whole = self.listings.max(1) as f64;
        let share =
            |(n, (field, _)): (u64, Field)| FieldShare { field: field.into(), share: n as f64 / whole };
        PlatformQuality {
            platform,
            listings: self.listings,
            missing: self.missing.into_iter().zip(FIELDS).map(share).collect(),
            newest_observed_at: self.newest,
            scans_complete: self.scans.0,
            scans_capped: self.scans.1,
            presence: Presence::ALL
                .iter()
                .map(|presence| PresenceCount {
                    presence: *presence,
                    count: self.presence.get(presence.as_str()).map_or(0, |(_, n)| *n),
                })
                .collect(),
        }
    }
}

/// Gathers how long listings stay and how their prices move.
#[derive(Debug, Default)]
pub struct MarketTally {
    market: Market,
}

impl MarketTally {
    /// Counts one listing.
    pub fn add(&mut self, listing: &Enriched) {
        if listing.censored {
            self.market.censored += 1;
        } else if listing.days_on_market.is_finite() {
            self.market.exit_days.push(listing.days_on_market.max(0.0));
        }
        let (Some(first), Some(last)) = (listing.price_history.first(), listing.price_history.last()) else {
            return;
        };
        self.market.priced += 1;
        if listing.price_history.len() > 1 && first.price.0 > 0 {
            self.market.price_changes.push(last.price.0 as f64 / first.price.0 as f64 - 1.0);
        }
    }

    /// `None` when no listing was seen.
    #[must_use]
    pub fn finish(self) -> Option<Market> {
        let seen = self.market.priced > 0 || self.market.censored > 0 || !self.market.exit_days.is_empty();
        seen.then_some(self.market)
    }
}
