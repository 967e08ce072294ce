//! Which searches are to be done now, and what each asks for.

use autobazaaar_domain::{Currency, Money, Utc};
use autobazaaar_venues::search::{PageAt, Place, Query};
use chrono::TimeDelta;

use super::history::{LastScan, LastScans};
use crate::config::SearchConfig;

/// A search that is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub search: SearchConfig,
    /// What its scans are called: everything that narrows it, so that two searches that show different
    /// things are never taken for one.
    pub label: String,
    /// To the end, or only until what is known.
    pub complete: bool,
}

/// Every enabled search, whenever it was done last.
#[must_use]
pub fn all(searches: &[SearchConfig], last: &LastScans, now: Utc) -> Vec<Planned> {
    let enabled = searches.iter().filter(|search| search.enabled);
    enabled.map(|search| planned(search, complete_is_due(search, last, now))).collect()
}

/// The enabled searches whose time has come.
#[must_use]
pub fn due(searches: &[SearchConfig], last: &LastScans, now: Utc) -> Vec<Planned> {
    let mut due = all(searches, last, now);
    due.retain(|planned| planned.complete || quick_is_due(planned, last, now));
    due
}

/// One search by its name, enabled or not; complete when that is asked for or due.
#[must_use]
pub fn named(
    searches: &[SearchConfig],
    name: &str,
    complete: bool,
    last: &LastScans,
    now: Utc,
) -> Option<Planned> {
    let search = searches.iter().find(|search| search.name == name)?;
    Some(planned(search, complete || complete_is_due(search, last, now)))
}

fn planned(search: &SearchConfig, complete: bool) -> Planned {
    Planned { search: search.clone(), label: label(search), complete }
}

fn quick_is_due(planned: &Planned, last: &LastScans, now: Utc) -> bool {
    let every = TimeDelta::minutes(i64::from(planned.search.every_minutes.get()));
    last_of(&planned.search, last).and_then(|scan| scan.any).is_none_or(|at| now - at >= every)
}

fn complete_is_due(search: &SearchConfig, last: &LastScans, now: Utc) -> bool {
    let every = TimeDelta::hours(i64::from(search.complete_every_hours));
    let asked = last_of(search, last).and_then(|scan| scan.complete.max(scan.tried_complete));
    search.complete_every_hours > 0 && asked.is_none_or(|at| now - at >= every)
}

fn last_of<'a>(search: &SearchConfig, last: &'a LastScans) -> Option<&'a LastScan> {
    last.get(&(search.venue.as_str().to_owned(), label(search)))
}

/// What a search's scans are called.
#[must_use]
pub fn label(search: &SearchConfig) -> String {
    let mut parts = vec![search.query.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()];
    parts.extend(search.category.iter().map(|category| format!("category {category}")));
    parts.extend(search.place.iter().map(|place| format!("in {place}")));
    parts.extend(search.zip.iter().map(|zip| format!("near {zip}")));
    parts.extend(search.radius_km.map(|km| format!("within {km} km")));
    parts.extend(search.lowest.map(|price| format!("from {price}")));
    parts.extend(search.highest.map(|price| format!("up to {price}")));
    let mut conditions: Vec<&str> = search.conditions.iter().map(|condition| condition.as_str()).collect();
    conditions.sort_unstable();
    conditions.dedup();
    if !conditions.is_empty() {
        parts.push(conditions.join(" or "));
    }
    if search.sold {
        parts.push("sold".to_owned());
    }
    parts.join(", ")
}

/// The search as venues take it; prices in whole units of `currency`.
pub(super) fn query(search: &SearchConfig, currency: Currency, page: PageAt) -> Query {
    let money = |units: u32| Money::new(i64::from(units) * currency.scale(), currency);
    let place = Place { name: search.place.clone(), zip: search.zip.clone(), radius_km: search.radius_km };
    let somewhere = place.name.is_some() || place.zip.is_some();
    Query {
        category: search.category.clone(),
        place: somewhere.then_some(place),
        lowest: search.lowest.map(money),
        highest: search.highest.map(money),
        conditions: search.conditions.clone(),
        page,
        ..Query::words(&search.query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(text: &str) -> SearchConfig {
        toml::from_str(&format!("name = 'a'\nvenue = 'ebay'\nquery = ' Canon  AE-1 '\n{text}")).unwrap()
    }

    #[test]
    fn what_narrows_a_search_is_in_its_name() {
        let narrow = search(
            "category = '1'\nzip = '94103'\nradius_km = 40\nlowest = 5\nhighest = 9\nconditions = ['good', 'fair', 'good']\nsold = true",
        );
        assert_eq!(
            label(&narrow),
            "canon ae-1, category 1, near 94103, within 40 km, from 5, up to 9, fair or good, sold"
        );
        assert_eq!(label(&search("pages = 9\nevery_minutes = 5")), "canon ae-1", "how often is not what");
    }

    #[test]
    fn quick_scans_are_frequent_and_complete_ones_rare() {
        let now: Utc = "2026-11-24T12:00:00Z".parse().unwrap();
        let ago = |minutes: i64| now - TimeDelta::minutes(minutes);
        let scan = |any: i64, complete: Option<i64>| LastScan {
            any: Some(ago(any)),
            complete: complete.map(ago),
            ..LastScan::default()
        };
        let cases = [
            (None, vec![true]),
            (Some(scan(59, Some(600))), vec![]),
            (Some(scan(60, Some(600))), vec![false]),
            (Some(scan(10, Some(24 * 60))), vec![true]),
        ];
        for (last, expected) in cases {
            let one = search("");
            let last = last.map(|scan| (("ebay".to_owned(), label(&one)), scan)).into_iter().collect();
            let due: Vec<bool> = due(&[one], &last, now).iter().map(|planned| planned.complete).collect();
            assert_eq!(due, expected, "{last:?}");
        }
        let never = search("complete_every_hours = 0");
        assert!(!due(&[never], &LastScans::new(), now)[0].complete);
        assert_eq!(due(&[search("enabled = false")], &LastScans::new(), now), []);
    }

    #[test]
    fn prices_are_exact() {
        let query = query(&search("lowest = 5"), Currency::USD, PageAt::First);
        assert_eq!(query.lowest, Some(Money::new(500, Currency::USD)));
        assert_eq!(query.words, "Canon  AE-1");
    }
}
