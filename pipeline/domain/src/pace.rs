//! How fast such things leave the market, by age, price and demand.

/// Ages in days at which the daily rate may change; the last stretch has no end.
pub const AGES: [f64; 6] = [0.0, 1.0, 3.0, 7.0, 14.0, 30.0];

/// Shares at which a price is taken to stand at the ends of a value's distribution: nobody knows
/// its outermost hundredth.
const EDGE: f64 = 0.01;

/// A proportional hazard, constant within stretches of age: offered at the level q of its value's
/// distribution (0 cheapest, 1 dearest) and in demand d (0–1), an item of age t leaves at the
/// daily rate
///
/// `rates(t) × (2·(1 − q))^price_power × (0.5 + d)^demand_power × exp(depth_power × depth)`
///
/// so that `rates` are those at the median value in average demand. The depth is how far an ask lies
/// below what sellers usually stray to, log units: there others who watch for bargains are quick, and
/// the place in the distribution says no more. Whoever sells at a sensible price has none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Daily rate in each stretch that begins at [`AGES`].
    pub rates: [f64; AGES.len()],
    pub price_power: f64,
    pub demand_power: f64,
    pub depth_power: f64,
    /// Learned from exits that were seen; else assumed.
    pub learned: bool,
}

/// `ln(2·(1 − level))`, the price's place in the log rate: 0 at the median value.
#[must_use]
pub fn price_term(level: f64) -> f64 {
    (2.0 * (1.0 - level.clamp(EDGE, 1.0 - EDGE))).ln()
}

/// `ln(0.5 + demand)`, the demand's place in the log rate: 0 at average demand.
#[must_use]
pub fn demand_term(demand: f64) -> f64 {
    (0.5 + demand.clamp(0.0, 1.0)).ln()
}

/// The power of a bargain's depth until it is learned: where half of such things are gone after two
/// weeks at their usual price, half of those at half of it are gone within a day.
pub const ASSUMED_DEPTH_POWER: f64 = 4.5;

impl Pace {
    /// The same rate at every age, by which half are gone after `median_days` (above 0) at the
    /// median value in average demand.
    #[must_use]
    pub const fn assumed(median_days: f64) -> Self {
        let rate = std::f64::consts::LN_2 / median_days;
        Self {
            rates: [rate; AGES.len()],
            price_power: 1.0,
            demand_power: 1.0,
            depth_power: ASSUMED_DEPTH_POWER,
            learned: false,
        }
    }

    /// The same with every rate multiplied.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { rates: self.rates.map(|rate| rate * factor), ..self }
    }

    /// What price and demand multiply the rates by.
    #[must_use]
    pub fn speed(&self, level: f64, demand: f64) -> f64 {
        let (price, demand) = (price_term(level), demand_term(demand));
        (self.price_power * price + self.demand_power * demand).exp()
    }

    /// The same of an ask this far (log units, 0 or more) below what sellers usually stray to.
    #[must_use]
    pub fn bargain_speed(&self, level: f64, depth: f64, demand: f64) -> f64 {
        self.speed(level, demand) * (self.depth_power * depth).exp()
    }

    /// Share still there after `days`.
    #[must_use]
    pub fn survival(&self, speed: f64, days: f64) -> f64 {
        (-speed * self.cumulated(days)).exp()
    }

    /// Share still there after `limit` days, and the mean of the days until the exit, of which at
    /// most `limit` are counted: the area under the survival curve.
    #[must_use]
    pub fn until(&self, speed: f64, limit: f64) -> (f64, f64) {
        let (mut there, mut mean) = (1.0, 0.0);
        let mut from = 0.0;
        for (k, rate) in self.rates.iter().enumerate() {
            // Stretches of one rate are one: this is scoring's innermost loop.
            if self.rates.get(k + 1) == Some(rate) {
                continue;
            }
            let to = AGES.get(k + 1).map_or(limit, |end| end.min(limit));
            let rate = (rate * speed).max(1e-12);
            let left = there * (-rate * (to - from)).exp();
            mean += (there - left) / rate;
            there = left;
            if to >= limit {
                break;
            }
            from = to;
        }
        (there, mean)
    }

    /// Days after which a share (0 ≤ share < 1) has left; infinite where nothing ever leaves.
    #[must_use]
    pub fn quantile(&self, speed: f64, share: f64) -> f64 {
        let mut left = -(1.0 - share).ln();
        for (from, to, rate) in self.stretches() {
            let here = rate * speed * (to - from);
            if here >= left {
                return from + left / (rate * speed);
            }
            left -= here;
        }
        f64::INFINITY
    }

    /// Rates summed up to an age: the hazard collected at the median value in average demand.
    #[must_use]
    pub fn cumulated(&self, days: f64) -> f64 {
        let part = |(from, to, rate): (f64, f64, f64)| (to.min(days) - from).max(0.0) * rate;
        self.stretches().map(part).sum()
    }

    /// From, to and rate.
    fn stretches(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        let ends = AGES[1..].iter().copied().chain([f64::INFINITY]);
        AGES.into_iter().zip(ends).zip(self.rates).map(|((from, to), rate)| (from, to, rate))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_constant_rate_is_the_exponential() {
        let pace = Pace::assumed(14.0);
        let rate = std::f64::consts::LN_2 / 14.0;
        assert!((pace.quantile(1.0, 0.5) - 14.0).abs() < 1e-9);
        assert!((pace.survival(2.0, 14.0) - 0.25).abs() < 1e-12);
        assert!((pace.until(1.0, 30.0).1 - (1.0 - (-rate * 30.0).exp()) / rate).abs() < 1e-9);
        assert!((pace.speed(0.5, 0.5) - 1.0).abs() < 1e-12);
        assert!(pace.speed(0.9, 0.5) < pace.speed(0.1, 0.5));
        assert!(pace.bargain_speed(0.1, 0.5, 0.5) > 3.0 * pace.speed(0.1, 0.5));
    }

    #[test]
    fn a_rate_that_falls_with_age_makes_the_last_ones_wait() {
        let pace = Pace { rates: [0.5, 0.2, 0.1, 0.05, 0.02, 0.01], ..Pace::assumed(14.0) };
        // By hand: 0.5 + 0.4 + 0.4 after a week.
        assert!((pace.survival(1.0, 7.0) - (-1.3_f64).exp()).abs() < 1e-12);
        assert!(pace.quantile(1.0, 0.9) > 5.0 * pace.quantile(1.0, 0.5));
        assert_eq!(Pace { rates: [0.0; 6], ..pace }.quantile(1.0, 0.5), f64::INFINITY);
    }

    proptest! {
        #[test]
        fn quantile_and_survival_are_inverse(
            rates in prop::array::uniform6(0.001..2.0_f64), speed in 0.01..10.0_f64, share in 0.01..0.99_f64
        ) {
            let pace = Pace { rates, ..Pace::assumed(1.0) };
            let days = pace.quantile(speed, share);
            prop_assert!((pace.survival(speed, days) - (1.0 - share)).abs() < 1e-9);
            let (there, mean) = pace.until(speed, days);
            prop_assert!((there - pace.survival(speed, days)).abs() < 1e-9);
            prop_assert!(mean <= days + 1e-9);
        }
    }
}
