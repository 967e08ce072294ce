//! How fast and how often such items leave the market, and how far their prices spread.
//!
//! A listing still there when last looked at has not told its whole story: its time on the market
//! is *right-censored*. Rates here are exits ÷ exposure, which uses that time without pretending
//! that it ended.

use std::collections::HashMap;

use autobazaaar_domain::{Cents, Utc};
use rayon::prelude::*;

const SECONDS_PER_DAY: f64 = 86_400.0;

/// Comparables with an observed life that a rate needs before it is called known.
pub const MIN_LIVES: usize = 3;
/// Known rates that a category needs before a percentile in it means something.
pub const MIN_PEERS: usize = 5;
/// Listing-days of the category's own rate mixed into each rate, so that one quick sale among
/// few comparables does not look like a rush (the mean of a gamma posterior, whose prior has the
/// category's rate and this exposure).
pub const PRIOR_LISTING_DAYS: f64 = 10.0;
/// What watchers weigh beside exits where both are known.
pub const WATCHERS_WEIGHT: f64 = 0.25;

/// How a listing left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// On the venue's word, at this moment.
    Sold(Utc),
    /// The first complete scan after its last sight that missed it.
    MissedBy(Utc),
}

/// Time on the market.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DaysOnMarket {
    /// Days, not negative.
    pub days: f64,
    /// The exit was not seen: `days` is a lower bound.
    pub censored: bool,
}

/// Days from `listed_at` (or first sight, where the venue does not say or says something later)
/// to the exit: the moment of sale, the middle of the gap in which a listing vanished, or, when
/// no exit was seen, the last sight.
#[must_use]
pub fn days_on_market(
    listed_at: Option<Utc>,
    first_seen: Utc,
    last_seen: Utc,
    exit: Option<Exit>,
) -> DaysOnMarket {
    let start = listed_at.filter(|&at| at <= first_seen).unwrap_or(first_seen);
    let until_last_sight = days_between(start, last_seen);
    let days = match exit {
        Some(Exit::Sold(at)) => days_between(start, at),
        Some(Exit::MissedBy(at)) => until_last_sight + days_between(last_seen, at) / 2.0,
        None => until_last_sight,
    };
    DaysOnMarket { days: days.max(0.0), censored: exit.is_none() }
}

fn days_between(from: Utc, to: Utc) -> f64 {
    (to - from).as_seconds_f64() / SECONDS_PER_DAY
}

/// What a listing's stay says about demand. Only listings whose exit could have been noticed have
/// one: those for which a complete scan of their query came after the first sight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Life {
    /// Days under observation, from first sight (not from `listed_at`: before it nobody looked)
    /// to the exit or last sight.
    pub exposure_days: f64,
    /// Whether it left, sold or gone.
    pub exited: bool,
}

impl Life {
    /// The life of a listing under complete scans.
    #[must_use]
    pub fn new(first_seen: Utc, last_seen: Utc, exit: Option<Exit>) -> Self {
        let stay = days_on_market(None, first_seen, last_seen, exit);
        Self { exposure_days: stay.days, exited: !stay.censored }
    }
}

/// Exits per listing-day: exits ÷ exposure (the maximum-likelihood hazard under right-censoring
/// when it is constant). `None` without exposure.
#[must_use]
pub fn exit_rate<'a>(lives: impl IntoIterator<Item = &'a Life>) -> Option<f64> {
    let (exits, days) = exits_and_days(lives);
    (days > 0.0).then(|| exits / days)
}

fn exits_and_days<'a>(lives: impl IntoIterator<Item = &'a Life>) -> (f64, f64) {
    lives.into_iter().fold((0.0, 0.0), |(exits, days), life| {
        (exits + f64::from(u8::from(life.exited)), days + life.exposure_days)
    })
}

/// One listing whose demand is asked for.
#[derive(Debug, Clone, Copy)]
pub struct DemandInput<'a> {
    pub category: &'a str,
    /// Its comparables, as positions in the slice of lives.
    pub comps: &'a [u32],
    /// Its own watchers, where the venue tells.
    pub watchers: Option<i64>,
}

/// A demand score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// 0–1: the share of the category's listings whose comparables leave more slowly; 0.5 when
    /// unknown.
    pub score: f64,
    /// Whether it was measured.
    pub known: bool,
    /// Exits per listing-day among the comparables, unsmoothed.
    pub exit_rate: Option<f64>,
}

/// Demand of each listing: the exit rate among its comparables (smoothed towards its category's)
/// as a percentile within the category; where watchers are known, their percentile counts a
/// quarter. `lives[i]` is `None` where no exit of listing `i` could have been noticed.
#[must_use]
pub fn demand_scores(listings: &[DemandInput<'_>], lives: &[Option<Life>]) -> Vec<Demand> {
    let sums: Vec<(usize, f64, f64)> = listings.par_iter().map(|listing| sums_of(listing, lives)).collect();
    let base = category_rates(listings, &sums);
    let smoothed = |(listing, &(count, exits, days)): (&DemandInput<'_>, &(usize, f64, f64))| {
        let rate = base.get(listing.category)?;
        (count >= MIN_LIVES && days > 0.0)
            .then(|| (exits + PRIOR_LISTING_DAYS * rate) / (days + PRIOR_LISTING_DAYS))
    };
    let rates: Vec<Option<f64>> = listings.iter().zip(&sums).map(smoothed).collect();
    let watchers: Vec<Option<f64>> = listings.iter().map(|l| l.watchers.map(|n| n as f64)).collect();
    let categories: Vec<&str> = listings.iter().map(|listing| listing.category).collect();
    let by_exits = percentiles(&categories, &rates);
    let by_watchers = percentiles(&categories, &watchers);
    sums.iter()
        .zip(by_exits.into_iter().zip(by_watchers))
        .map(|(&(_, exits, days), (by_exits, by_watchers))| Demand {
            score: blend(by_exits, by_watchers),
            known: by_exits.is_some(),
            exit_rate: (days > 0.0).then(|| exits / days),
        })
        .collect()
}

/// Watchers alone do not make demand known: they say who looks, not who buys.
fn blend(by_exits: Option<f64>, by_watchers: Option<f64>) -> f64 {
    match (by_exits, by_watchers) {
        (Some(exits), Some(watchers)) => (1.0 - WATCHERS_WEIGHT) * exits + WATCHERS_WEIGHT * watchers,
        (Some(exits), None) => exits,
        (None, _) => 0.5,
    }
}

fn sums_of(listing: &DemandInput<'_>, lives: &[Option<Life>]) -> (usize, f64, f64) {
    let known = || listing.comps.iter().filter_map(|&i| lives.get(i as usize)?.as_ref());
    let (exits, days) = exits_and_days(known());
    (known().count(), exits, days)
}

/// Exits per listing-day by category. A category in which nothing ever left has no rate: more
/// likely nobody could have noticed than that nothing sells.
fn category_rates<'a>(listings: &[DemandInput<'a>], sums: &[(usize, f64, f64)]) -> HashMap<&'a str, f64> {
    let mut totals: HashMap<&str, (f64, f64)> = HashMap::new();
    for (listing, &(_, exits, days)) in listings.iter().zip(sums) {
        let total = totals.entry(listing.category).or_default();
        *total = (total.0 + exits, total.1 + days);
    }
    totals.retain(|_, total| total.0 > 0.0 && total.1 > 0.0);
    totals.into_iter().map(|(category, (exits, days))| (category, exits / days)).collect()
}

/// Percentile of each value among its group's values: the share below plus half the share equal.
/// `None` where the value is missing or the group has fewer than [`MIN_PEERS`] values.
#[must_use]
pub fn percentiles(groups: &[&str], values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut sorted: HashMap<&str, Vec<f64>> = HashMap::new();
    for (&group, value) in groups.iter().zip(values) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            sorted.entry(group).or_default().push(value);
        }
    }
    for values in sorted.values_mut() {
        values.par_sort_unstable_by(f64::total_cmp);
    }
    let percentile = |(group, value): (&&str, &Option<f64>)| {
        let value = value.filter(|value| value.is_finite())?;
        let peers = sorted.get(group).filter(|peers| peers.len() >= MIN_PEERS)?;
        let below = peers.partition_point(|&peer| peer < value);
        let not_above = peers.partition_point(|&peer| peer <= value);
        Some((below + not_above) as f64 / (2 * peers.len()) as f64)
    };
    groups.par_iter().zip(values).map(percentile).collect()
}

/// Interquartile range ÷ median of comparables' prices. `None` with fewer than three prices or a
/// median that is not positive.
#[must_use]
pub fn volatility(prices: &[Cents]) -> Option<f64> {
    let mut sorted: Vec<f64> = prices.iter().map(|price| price.0 as f64).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    if sorted.len() < 3 {
        return None;
    }
    let median = quantile(&sorted, 0.5);
    (median > 0.0).then(|| (quantile(&sorted, 0.75) - quantile(&sorted, 0.25)) / median)
}

/// Quantile of sorted values, linear between order statistics (type 7 of Hyndman & Fan 1996).
/// The slice is not empty.
fn quantile(sorted: &[f64], level: f64) -> f64 {
    let at = level * (sorted.len() - 1) as f64;
    let (low, high) = (at.floor() as usize, at.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * (at - at.floor())
}

/// The days after which a share `level` of listings has left (Kaplan & Meier 1958, which uses
/// censored stays for as long as they lasted). `None` when so many are never seen to leave.
#[must_use]
pub fn days_until_exit(stays: &[DaysOnMarket], level: f64) -> Option<f64> {
    let mut sorted = stays.to_vec();
    // At one moment exits come before censorings, as the estimator is defined.
    sorted.sort_unstable_by(|a, b| a.days.total_cmp(&b.days).then(a.censored.cmp(&b.censored)));
    let mut still_there = 1.0;
    for (i, stay) in sorted.iter().enumerate() {
        if stay.censored {
            continue;
        }
        still_there *= 1.0 - 1.0 / (sorted.len() - i) as f64;
        if 1.0 - still_there >= level - 1e-12 {
            return Some(stay.days);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(day: f64) -> Utc {
        Utc::from_timestamp_millis((day * 86_400_000.0) as i64).unwrap()
    }

    fn life(exposure_days: f64, exited: bool) -> Option<Life> {
        Some(Life { exposure_days, exited })
    }

    #[test]
    fn days_on_market_run_to_the_exit_or_are_a_lower_bound() {
        let seen = (day(2.0), day(6.0));
        let cases = [
            ("sold", None, Some(Exit::Sold(day(7.0))), 5.0, false),
            ("vanished between days 6 and 8", None, Some(Exit::MissedBy(day(8.0))), 5.0, false),
            ("still there", None, None, 4.0, true),
            ("listed before first sight", Some(day(0.0)), None, 6.0, true),
            ("a listing date after first sight is not believed", Some(day(5.0)), None, 4.0, true),
        ];
        for (case, listed_at, exit, days, censored) in cases {
            let stay = days_on_market(listed_at, seen.0, seen.1, exit);
            assert!((stay.days - days).abs() < 1e-9, "{case}: {}", stay.days);
            assert_eq!(stay.censored, censored, "{case}");
        }
    }

    #[test]
    fn a_rate_counts_the_days_of_those_that_stayed() {
        // Two exits in 2 + 3 days, and one listing that stood for 15 days without leaving.
        let lives = [life(2.0, true), life(3.0, true), life(15.0, false)];
        let rate = exit_rate(lives.iter().flatten()).unwrap();
        assert!((rate - 0.1).abs() < 1e-12);
        assert_eq!(exit_rate(&[]), None);
    }

    #[test]
    fn what_leaves_faster_is_in_higher_demand() {
        // Ten listings; the comparables of each stand a day longer than those of the one before.
        let lives: Vec<_> = (0..10).flat_map(|i| [life(1.0 + f64::from(i), true); 3]).collect();
        let comps: Vec<[u32; 3]> = (0..10).map(|i| [3 * i, 3 * i + 1, 3 * i + 2]).collect();
        let listings: Vec<_> =
            comps.iter().map(|comps| DemandInput { category: "bikes", comps, watchers: None }).collect();
        let demand = demand_scores(&listings, &lives);
        assert!(demand.iter().all(|d| d.known));
        assert!(demand.windows(2).all(|pair| pair[0].score > pair[1].score));
        assert!((demand[0].score - 0.95).abs() < 1e-12);
    }

    #[test]
    fn demand_is_unknown_without_exits_lives_or_peers() {
        let stayed = vec![life(9.0, false); 10];
        let sold = vec![life(9.0, true); 10];
        let unseen = vec![None; 10];
        let comps = [0, 1, 2, 3];
        let listing = DemandInput { category: "bikes", comps: &comps, watchers: Some(50) };
        let lone = DemandInput { comps: &comps[..2], ..listing };
        let cases = [
            ("nothing ever left", vec![listing; 10], &stayed),
            ("nobody looked", vec![listing; 10], &unseen),
            ("too few comparables", vec![lone; 10], &sold),
            ("too few peers", vec![listing; 4], &sold),
        ];
        for (case, listings, lives) in cases {
            for demand in demand_scores(&listings, lives) {
                assert_eq!((demand.score, demand.known), (0.5, false), "{case}");
            }
        }
    }

    #[test]
    fn watchers_count_a_quarter() {
        let lives = vec![life(9.0, true); 4];
        let comps = [0, 1, 2, 3];
        let watched = |n| DemandInput { category: "bikes", comps: &comps, watchers: Some(n) };
        let demand = demand_scores(&(0..5).map(watched).collect::<Vec<_>>(), &lives);
        // All leave equally fast (0.5); the most watched stands at 0.9 of five.
        assert!((demand[4].score - (0.75 * 0.5 + 0.25 * 0.9)).abs() < 1e-12);
    }

    #[test]
    fn volatility_is_the_interquartile_range_over_the_median() {
        let prices: Vec<_> = [100, 200, 300, 400, 500].map(Cents).into();
        assert!((volatility(&prices).unwrap() - 200.0 / 300.0).abs() < 1e-12);
        assert_eq!(volatility(&prices[..2]), None);
        assert_eq!(volatility(&[Cents(0); 5]), None);
    }

    #[test]
    fn the_median_stay_uses_censored_stays() {
        let stay = |days, censored| DaysOnMarket { days, censored };
        let stays = [stay(1.0, false), stay(2.0, true), stay(3.0, false), stay(4.0, false)];
        // By hand: after day 1 3/4 are there, after day 3 3/8.
        assert_eq!(days_until_exit(&stays, 0.5), Some(3.0));
        assert_eq!(days_until_exit(&[stay(5.0, true); 3], 0.5), None);
    }

    proptest! {
        #[test]
        fn scores_stay_between_0_and_1(
            lives in prop::collection::vec((0.0..50.0, any::<bool>()), 1..40),
            picks in prop::collection::vec(prop::collection::vec(0_u32..60, 0..8), 1..40),
        ) {
            let lives: Vec<_> = lives.into_iter().map(|(days, exited)| life(days, exited)).collect();
            let listings: Vec<_> =
                picks.iter().map(|comps| DemandInput { category: "x", comps, watchers: None }).collect();
            for demand in demand_scores(&listings, &lives) {
                prop_assert!((0.0..=1.0).contains(&demand.score));
                prop_assert!(demand.known || demand.score == 0.5);
            }
        }
    }
}
