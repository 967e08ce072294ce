use proptest::prelude::*;

use super::*;
use crate::fees::FeeSchedule;
use crate::{Currency, Utc};

fn quantiles(prices: [i64; 7]) -> Quantiles {
    Quantiles(prices.map(Cents))
}

pub(crate) fn route(platform: &str, category: &str) -> SaleRoute {
    let fees = FeeSchedule::parse(include_str!("../../../data/fees.json")).unwrap();
    let platform: Platform = platform.parse().unwrap();
    let (delivery, at) = (Delivery::Shipped, Utc::from_timestamp(1_790_000_000, 0).unwrap());
    SaleRoute {
        fee: fees.rule(&platform, category, delivery, Currency::USD, at).unwrap(),
        platform,
        delivery,
        shipping_charged: Cents::ZERO,
        shipping_cost: Cents(800),
        handling: Cents(500),
        buyer_tax_rate: 0.08,
        return_rate: 0.05,
        return_loss: 0.15,
        refurbishing: 0.02,
    }
}

#[test]
fn the_distribution_goes_through_its_quantiles() {
    let prices = [60_000, 70_000, 85_000, 100_000, 118_000, 140_000, 160_000];
    let value = ValueDistribution::new(&quantiles(prices), 1.0).unwrap();
    for (price, level) in prices.into_iter().zip(LEVELS) {
        assert!((value.cdf(Cents(price)) - level).abs() < 1e-9);
        assert_eq!(value.quantile(level), Cents(price));
    }
    // Halfway in log price between the median and the upper quartile.
    let middle = Cents((100_000_f64 * 118_000_f64).sqrt() as i64);
    assert!((value.cdf(middle) - 0.625).abs() < 1e-4);
    // The tail: 0.05·exp(ln(50/60) / ln(70/60)).
    let tail = 0.05 * ((50.0_f64 / 60.0).ln() / (70.0_f64 / 60.0).ln()).exp();
    assert!((value.cdf(Cents(50_000)) - tail).abs() < 1e-9);
    // Asks into sales: everything at nine tenths.
    let sold = ValueDistribution::new(&quantiles(prices), 0.9).unwrap();
    assert_eq!(sold.quantile(0.5), Cents(90_000));
}

#[test]
fn no_distribution_from_nonsense_and_a_narrow_one_from_a_point() {
    assert_eq!(ValueDistribution::new(&quantiles([0, 1, 2, 3, 4, 5, 6]), 1.0), None);
    assert_eq!(ValueDistribution::new(&quantiles([5, 4, 6, 7, 8, 9, 10]), 1.0), None);
    assert_eq!(ValueDistribution::new(&quantiles([5; 7]), f64::NAN), None);
    let point = ValueDistribution::new(&quantiles([50_000; 7]), 1.0).unwrap();
    assert!(point.cdf(Cents(49_900)) < 0.01 && point.cdf(Cents(50_100)) > 0.99);
}

#[test]
fn a_sale_part_by_part() {
    // 1,000.00: 13.6 % of 1,080.00 + 0.40 = 147.28; postage 8; returns 5 % of (150 + 16) = 8.30;
    // refurbishing 20; handling 5.
    let sale = route("ebay", "phones").proceeds(Cents(100_000));
    assert_eq!(sale.platform_fees, Cents(14_728));
    assert_eq!(sale.returns, Cents(830));
    assert_eq!(sale.net, Cents(100_000 - 14_728 - 800 - 830 - 2_000 - 500));
}

#[test]
fn break_even_is_where_the_cost_is_just_earned() {
    let route = route("ebay", "phones");
    let price = route.break_even(Cents(50_000)).unwrap();
    assert!(route.proceeds(price).net >= Cents(50_000));
    assert!(route.proceeds(price - Cents(1)).net < Cents(50_000));
}

proptest! {
    #[test]
    fn cdf_and_quantile_are_inverse_and_rise(
        start in 100_i64..1_000_000,
        steps in prop::array::uniform6(0.0_f64..0.8),
        a in 0.001_f64..0.999,
        b in 0.001_f64..0.999,
    ) {
        let mut prices = [start; 7];
        for i in 1..7 {
            prices[i] = (prices[i - 1] as f64 * steps[i - 1].exp()) as i64;
        }
        let value = ValueDistribution::new(&quantiles(prices), 1.0).unwrap();
        let (low, high) = (a.min(b), a.max(b));
        prop_assert!(value.quantile(low) <= value.quantile(high));
        let price = value.quantile(a);
        prop_assert!(value.cdf(price) <= value.cdf(price + Cents(1)));
        // The price is rounded to a minor unit: its share lies within one of it.
        prop_assert!(value.cdf(price - Cents(1)) <= a + 1e-9 && a <= value.cdf(price + Cents(1)) + 1e-9);
    }

    #[test]
    fn break_even_is_exact_at_every_cost(landed in 1_i64..2_000_000) {
        for category in ["phones", "jewelry", "sneakers"] {
            let route = route("ebay", category);
            let price = route.break_even(Cents(landed)).unwrap();
            prop_assert!(route.proceeds(price).net >= Cents(landed));
            prop_assert!(route.proceeds(price - Cents(1)).net < Cents(landed));
        }
    }

    #[test]
    fn dearer_purchases_lose_more_often(landed in 100_i64..500_000, more in 0_i64..100_000) {
        let value = ValueDistribution::new(&quantiles([40_000, 50_000, 80_000, 100_000, 120_000, 170_000, 200_000]), 1.0).unwrap();
        let route = route("ebay", "phones");
        let (cheap, dear) = (Cents(landed), Cents(landed + more));
        prop_assert!(route.p_loss(&value, cheap) <= route.p_loss(&value, dear) + 1e-12);
        prop_assert!(route.expected_loss(&value, cheap) <= route.expected_loss(&value, dear));
    }
}
