use autobazaaar_domain::pace::Pace;
use proptest::prelude::*;

use super::super::speed::log_likelihood;
use super::*;

/// A generator of shares, the same ones every time (splitmix64).
struct Shares(u64);

impl Shares {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Listings that leave at a known pace, listed at any time and looked at once a day for nine days.
fn panel(count: usize, pace: &Pace, seed: u64) -> Vec<Stay<'static>> {
    let mut shares = Shares(seed);
    let mut stays = Vec::new();
    while stays.len() < count {
        let (level, demand) = (0.05 + 0.9 * shares.next(), shares.next());
        let depth = (shares.next() - 0.8).max(0.0) * 5.0;
        let lived = pace.quantile(pace.bargain_speed(level, depth, demand), shares.next());
        // Listed between a month before the first look and the last one.
        let listed = -30.0 + 38.0 * shares.next();
        let first_look = listed.ceil().max(0.0);
        let entry = first_look - listed;
        if lived <= entry {
            continue; // gone before anyone looked
        }
        let looks = (8.0 - first_look).floor();
        let seen = (lived - entry).floor().min(looks);
        let gone_by = (seen < looks).then_some(entry + seen + 1.0);
        stays.push(Stay {
            category: "bikes",
            factor: 1.0,
            level: Some(level),
            depth,
            demand: Some(demand),
            entry,
            seen_until: entry + seen,
            gone_by,
        });
    }
    stays
}

#[test]
fn finds_the_pace_that_made_the_data() {
    let truth = Pace {
        rates: [0.30, 0.20, 0.12, 0.08, 0.05, 0.03],
        price_power: 1.4,
        demand_power: 1.5,
        depth_power: 1.8,
        learned: false,
    };
    let found = learn_speed(&panel(60_000, &truth, 7), &SpeedOptions::default()).unwrap();
    let bikes = found.pace("bikes");
    for (k, (rate, truth)) in bikes.rates.iter().zip(truth.rates).enumerate() {
        assert!((rate / truth).ln().abs() < 0.2, "stretch {k}: {rate} for {truth}");
    }
    assert!((bikes.price_power - 1.4).abs() < 3.0 * found.seen_price_power.error, "{found:?}");
    assert!((bikes.demand_power - 1.5).abs() < 3.0 * found.demand_power.error, "{found:?}");
    assert!((bikes.depth_power - 1.8).abs() < 3.0 * found.depth_power.error, "{found:?}");
    assert!(found.seen_price_power.error < 0.05);
}

#[test]
fn thin_data_stay_near_the_assumption() {
    let truth = Pace { price_power: 0.0, ..Pace::assumed(2.0) };
    let power = |count| {
        let stays = panel(count, &truth, 3);
        learn_speed(&stays, &SpeedOptions { min_exits: 1, ..SpeedOptions::default() })
            .unwrap()
            .seen_price_power
    };
    let (thin, thick) = (power(12), power(5_000));
    assert!(thin.value > 0.5 && thick.value.abs() < 0.1, "{thin:?} {thick:?}");
    assert!(thin.error > 5.0 * thick.error);
}

#[test]
fn a_price_that_seems_not_to_matter_is_not_believed() {
    let stays = panel(5_000, &Pace { price_power: -0.2, ..Pace::assumed(9.0) }, 13);
    let found = learn_speed(&stays, &SpeedOptions::default()).unwrap();
    assert!((found.seen_price_power.value + 0.2).abs() < 0.1, "{found:?}");
    assert_eq!(found.price_power, 1.0);
    // The rest is fitted to the power in use: as many exits are expected as were seen.
    let expected: f64 = stays
        .iter()
        .map(|stay| {
            let until = stay.gone_by.unwrap_or(stay.seen_until);
            1.0 - (-super::super::hazard(&found.pace("bikes"), stay, stay.entry, until)).exp()
        })
        .sum();
    assert!((expected / found.exits as f64 - 1.0).abs() < 0.25, "{expected} of {}", found.exits);
}

#[test]
fn an_expiry_at_one_age_does_not_touch_the_others() {
    let steady = panel(5_000, &Pace::assumed(20.0), 11);
    let mut expiring = steady.clone();
    for stay in expiring.iter_mut().filter(|stay| stay.seen_until >= 30.0 && stay.gone_by.is_none()) {
        stay.gone_by = Some(stay.seen_until + 1.0);
    }
    let rates = |stays: &[Stay<'_>]| learn_speed(stays, &SpeedOptions::default()).unwrap().rates;
    let (before, after) = (rates(&steady), rates(&expiring));
    assert!(after[5] > 2.0 * before[5], "{before:?} {after:?}");
    assert!((0..3).all(|k| (after[k] / before[k]).ln().abs() < 0.15), "{before:?} {after:?}");
}

#[test]
fn too_little_is_said_to_be() {
    let stays = panel(20, &Pace::assumed(60.0), 5);
    let error = learn_speed(&stays, &SpeedOptions::default()).unwrap_err();
    // Of those listed on the last day nothing was watched.
    assert!((10..=20).contains(&error.listings) && error.exits < error.needed, "{error}");
    assert!(error.to_string().contains("30 are needed"), "{error}");
}

#[test]
fn a_category_with_enough_stays_has_its_own_speed() {
    let mut stays = panel(2_000, &Pace::assumed(20.0), 1);
    stays.extend(panel(2_000, &Pace::assumed(5.0), 2).into_iter().map(|s| Stay { category: "toys", ..s }));
    stays.extend(panel(10, &Pace::assumed(5.0), 4).into_iter().map(|s| Stay { category: "rare", ..s }));
    let found = learn_speed(&stays, &SpeedOptions::default()).unwrap();
    let ratio = found.pace("toys").rates[3] / found.pace("bikes").rates[3];
    assert!((3.0..5.0).contains(&ratio), "{ratio}");
    assert!(!found.categories.contains_key("rare"));
    assert_eq!(found.pace("rare"), found.pace("never seen"));
}

#[test]
fn the_mode_is_higher_than_its_surroundings() {
    let stays = panel(400, &Pace { price_power: 0.3, ..Pace::assumed(9.0) }, 21);
    let usable: Vec<&Stay<'_>> = stays.iter().filter(|stay| stay.is_usable()).collect();
    let problem = Problem::new(&usable, &SpeedOptions::default());
    let (mode, _) = problem.climb();
    let top = problem.height(&mode);
    for i in 0..mode.len() {
        for by in [-0.02, 0.02] {
            let mut beside = mode.clone();
            beside[i] += by;
            assert!(problem.height(&beside) < top, "parameter {i}");
        }
    }
    // And it explains the stays better than the assumption does.
    let found = learn_speed(&stays, &SpeedOptions::default()).unwrap();
    let assumed = log_likelihood(&stays, |_| Pace::assumed(14.0));
    assert!(log_likelihood(&stays, |category| found.pace(category)) > assumed);
}

proptest! {
    #[test]
    fn any_stays_give_finite_rates(
        rows in prop::collection::vec(
            (0.0..200.0_f64, 0.0..50.0_f64, prop::option::of(0.001..40.0_f64), 0.0..1.0_f64), 1..60)
    ) {
        let stays: Vec<Stay<'_>> = rows
            .iter()
            .map(|&(entry, seen, gap, level)| Stay {
                category: "x",
                factor: 1.0,
                level: Some(level),
                depth: (level - 0.7).max(0.0) * 4.0,
                demand: None,
                entry,
                seen_until: entry + seen,
                gone_by: gap.map(|gap| entry + seen + gap),
            })
            .collect();
        let options = SpeedOptions { min_exits: 1, ..SpeedOptions::default() };
        if let Ok(found) = learn_speed(&stays, &options) {
            prop_assert!(found.rates.iter().all(|rate| rate.is_finite() && *rate > 0.0));
            prop_assert!(found.seen_price_power.error.is_finite());
        }
    }
}
