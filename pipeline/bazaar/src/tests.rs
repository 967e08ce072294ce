//! What a sample promises.

use std::collections::{BTreeMap, HashMap, HashSet};

use autobazaaar_domain::{Platform, PriceKind, RunId, Status, Utc};

use super::*;

fn options(seed: u64, listings: u64, days: u32) -> SampleOptions {
    let end = Utc::from_timestamp_millis(1_793_000_000_000).unwrap();
    SampleOptions { seed, listings, days, end, venues: 5, run_id: RunId("run".into()) }
}

#[test]
fn a_seed_gives_one_sample() {
    let take = |seed| Sample::new(options(seed, 2_000, 6)).collect::<Vec<_>>();
    assert_eq!(take(1), take(1));
    assert_ne!(take(1), take(2));
}

#[test]
fn venue_names_are_legal_and_have_a_fee_schedule() {
    for name in platforms() {
        assert!(name.parse::<Platform>().is_ok());
        assert_ne!(fee_platform(name), name);
    }
    assert_eq!(fee_platform("kleinanzeigen"), "kleinanzeigen");
}

#[test]
fn as_many_listings_appear_as_asked_for_and_in_order_of_time() {
    for listings in [1, 50, 3_000] {
        let scans: Vec<_> = Sample::new(options(3, listings, 8)).collect();
        assert!(scans.windows(2).all(|pair| pair[0].observed_at < pair[1].observed_at));
        let keys: HashSet<_> = scans.iter().flat_map(|s| &s.observations).map(|o| o.key.clone()).collect();
        // A capped scan may miss a listing for good; none may appear that was not asked for.
        assert!(keys.len() as u64 <= listings && keys.len() as f64 >= 0.95 * listings as f64);
    }
}

#[test]
fn what_is_seen_again_was_seen_before() {
    let mut shown = HashMap::new();
    let mut again = 0;
    for scan in Sample::new(options(4, 3_000, 10)) {
        for seen in &scan.seen_again {
            assert_eq!(shown.get(&seen.key), Some(&seen.observation_id));
            again += 1;
        }
        for observation in scan.observations {
            assert_ne!(shown.insert(observation.key.clone(), observation.id()), Some(observation.id()));
        }
    }
    assert!(again > 5_000);
}

#[test]
fn the_market_holds_what_real_ones_do() {
    let options = options(5, 20_000, 20);
    let truth = Truth::new(&options);
    let (mut observations, mut latest) = (0, BTreeMap::new());
    for scan in Sample::new(options.clone()) {
        for observation in scan.observations {
            observations += 1;
            latest.insert(observation.key.clone(), observation);
        }
    }
    let all = latest.len() as f64;
    let share = |test: &dyn Fn(&autobazaaar_domain::Observation) -> bool| {
        latest.values().filter(|o| test(o)).count() as f64 / all
    };
    let hidden = |o: &autobazaaar_domain::Observation| truth.of(&o.key, o.observed_at).unwrap();
    let cases = [
        ("sold with a price", share(&|o| o.status == Status::Sold && o.price.is_some()), 0.08, 0.4),
        ("without description", share(&|o| o.description.is_none()), 0.1, 0.3),
        ("without condition", share(&|o| o.condition.is_none()), 0.1, 0.35),
        ("reduced", share(&|o| o.original_price.is_some()), 0.05, 0.4),
        ("auctions", share(&|o| o.price_kind == PriceKind::Auction), 0.005, 0.06),
        ("placeholders", share(&|o| o.price_kind == PriceKind::Placeholder), 0.003, 0.02),
        ("junk", share(&|o| hidden(o).junk.is_some()), 0.04, 0.12),
        ("bargains", share(&|o| hidden(o).bargain), 0.025, 0.055),
    ];
    for (case, share, low, high) in cases {
        assert!((low..high).contains(&share), "{case}: {share:.4}");
    }
    let things: HashSet<_> = latest.values().map(|o| hidden(o).thing).collect();
    let copies = 1.0 - things.len() as f64 / all;
    assert!((0.05..0.3).contains(&copies), "re-posts and cross-posts: {copies:.3}");
    assert!(f64::from(observations) > all * 1.2, "prices change and things sell");
}

#[test]
fn bargains_leave_sooner() {
    let options = options(6, 8_000, 25);
    let truth = Truth::new(&options);
    let mut days: BTreeMap<_, u32> = BTreeMap::new();
    for scan in Sample::new(options) {
        let keys = scan.observations.iter().map(|o| &o.key).chain(scan.seen_again.iter().map(|s| &s.key));
        for key in keys {
            *days.entry(key.clone()).or_default() += 1;
        }
    }
    let mean = |bargain: bool| {
        let of_kind = |key: &_| {
            let hidden = truth.of(key, Utc::UNIX_EPOCH).unwrap();
            hidden.bargain == bargain && hidden.junk.is_none()
        };
        let stays: Vec<_> = days.iter().filter(|(key, _)| of_kind(key)).map(|(_, &n)| f64::from(n)).collect();
        stays.iter().sum::<f64>() / stays.len() as f64
    };
    assert!(mean(true) < 0.6 * mean(false), "{} days against {}", mean(true), mean(false));
}
