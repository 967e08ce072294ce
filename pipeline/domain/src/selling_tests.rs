use super::*;
use crate::Quantiles;
use crate::economics::tests::route;

const MODEL: SellingModel = SellingModel {
    median_days: 14.0,
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
