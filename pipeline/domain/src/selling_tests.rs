use super::*;
use crate::Quantiles;
use crate::economics::tests::route;

const MODEL: SellingModel = SellingModel {
    pace: Pace::assumed(14.0),
    horizon_days: 30.0,
    clearance_level: 0.25,
    clearance_days: 7.0,
    turnaround_days: 3.0,
    capital_cost: 0.2,
};

fn value() -> ValueDistribution {
    let prices = [60_000, 70_000, 85_000, 100_000, 118_000, 140_000, 160_000];
    ValueDistribution::new(&Quantiles(prices.map(Cents)), 1.0).unwrap()
}

#[test]
fn eager_buyers_raise_the_price_and_dear_capital_lowers_it() {
    let value = value();
    let (route, landed) = (route("ebay", "phones"), Cents(60_000));
    let slow = MODEL.best_plan(&route, &value, 0.1, landed);
    let fast = MODEL.best_plan(&route, &value, 0.9, landed);
    assert!(fast.list_price > slow.list_price, "{fast:?} {slow:?}");
    assert!(fast.expected_days < slow.expected_days);
    let dear = SellingModel { capital_cost: 5.0, ..MODEL }.best_plan(&route, &value, 0.5, landed);
    assert!(dear.list_price < MODEL.best_plan(&route, &value, 0.5, landed).list_price);
}

#[test]
fn the_best_price_is_best_on_a_fine_grid() {
    let value = value();
    let (route, landed) = (route("mercari", "phones"), Cents(60_000));
    let worth = |plan: ListingPlan| MODEL.worth(&plan, landed);
    let clearance = route.proceeds(value.quantile(MODEL.clearance_level)).net;
    let grid = MODEL.grid(&value, 0.5);
    let best = worth(MODEL.best_plan(&route, &value, 0.5, landed));
    for i in 20..980 {
        let level = f64::from(i) / 1_000.0;
        let other = worth(grid.plan(&route, &grid.offer(level), clearance));
        assert!(other <= best + best.abs() * 0.001, "{level}: {other} > {best}");
    }
}

#[test]
fn a_dearer_offer_waits_longer() {
    let value = value();
    let days = |price| MODEL.days_to_sell(&value, Cents(price), 0.5);
    let (cheap, dear) = (days(70_000), days(140_000));
    assert!(cheap.expected < dear.expected && cheap.low < dear.low && cheap.high <= dear.high);
    for days in [cheap, dear] {
        assert!(days.low < days.expected && days.expected < days.high && !days.learned, "{days:?}");
        assert!(days.high <= MODEL.turnaround_days + MODEL.horizon_days + MODEL.clearance_days);
    }
    // At the median value and average demand half are sold after the median days.
    assert!((MODEL.pace.quantile(MODEL.pace.speed(0.5, 0.5), 0.5) - 14.0).abs() < 1e-9);
}

#[test]
fn a_plan_and_its_days_agree() {
    let value = value();
    let plan = MODEL.best_plan(&route("ebay", "phones"), &value, 0.5, Cents(60_000));
    let days = MODEL.days_to_sell(&value, plan.list_price, 0.5);
    assert!((plan.expected_days - days.expected).abs() < 0.1, "{plan:?} {days:?}");
}
