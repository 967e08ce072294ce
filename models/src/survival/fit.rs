//! The mode of likelihood and prior, by Newton's method.

use std::collections::BTreeMap;

use autobazaaar_domain::pace::{AGES, ASSUMED_DEPTH_POWER};
use serde::{Deserialize, Serialize};

use super::speed::{Coefficient, ExitSpeed};
use super::stay::{Stay, days_in_stretches};
use crate::dense::Symmetric;

/// The assumption and how firmly it is held. All spreads are standard deviations of a normal
/// prior around the assumption.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpeedOptions {
    /// Half of such things are gone after so many days at the median value in average demand.
    pub median_days: f64,
    /// Of the logarithm of the common level.
    pub level_spread: f64,
    /// Of the logarithm of the rate in a stretch of age, around the common level.
    pub age_spread: f64,
    /// Of the powers of price and demand, around 1.
    pub power_spread: f64,
    /// Of the power of a bargain's depth, around [`ASSUMED_DEPTH_POWER`].
    pub depth_spread: f64,
    /// Of the logarithm of a category's factor.
    pub category_spread: f64,
    /// The price's power is not taken below this. Asks differ by quality that nobody recorded and
    /// whoever withdraws a listing leaves as well; both hide that dear things wait longer, and
    /// without that the best price would have no end.
    pub least_price_power: f64,
    /// Exits below which nothing is learned.
    pub min_exits: u64,
    /// Stays below which a category has no factor of its own.
    pub min_category: usize,
}

impl Default for SpeedOptions {
    fn default() -> Self {
        Self {
            median_days: 14.0,
            level_spread: 1.0,
            age_spread: 0.5,
            power_spread: 0.5,
            depth_spread: 2.0,
            category_spread: 0.5,
            least_price_power: 1.0,
            min_exits: 30,
            min_category: 20,
        }
    }
}

/// Too little was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{exits} exits of {listings} watched listings were seen, {needed} are needed")]
pub struct TooFewExits {
    pub exits: u64,
    pub listings: u64,
    pub needed: u64,
}

/// Newton steps at most; a dozen suffice.
const STEPS: usize = 60;
/// Halvings of a step at most.
const HALVINGS: usize = 30;

/// Learns the rate of leaving.
///
/// # Errors
/// With fewer exits than `min_exits`.
pub fn learn_speed(stays: &[Stay<'_>], options: &SpeedOptions) -> Result<ExitSpeed, TooFewExits> {
    let usable: Vec<&Stay<'_>> = stays.iter().filter(|stay| stay.is_usable()).collect();
    let exits = usable.iter().filter(|stay| stay.gone_by.is_some()).count() as u64;
    let listings = usable.len() as u64;
    if exits < options.min_exits.max(1) {
        return Err(TooFewExits { exits, listings, needed: options.min_exits.max(1) });
    }
    let mut problem = Problem::new(&usable, options);
    let (mut mode, mut curvature) = problem.climb();
    let seen_power =
        Coefficient { value: 1.0 + mode[PRICE], error: curvature.inverse_diagonal(PRICE).sqrt() };
    let price_fixed = seen_power.value < options.least_price_power;
    if price_fixed {
        problem.fix_price_power(options.least_price_power);
        (mode, curvature) = problem.climb();
    }
    let error = |i: usize| curvature.inverse_diagonal(i).sqrt();
    let rate = |k: usize| (problem.base + mode[LEVEL] + mode[FIRST_AGE + k]).exp();
    let factor = |(i, name): (usize, &&str)| {
        let at = FIRST_CATEGORY + i;
        ((*name).to_owned(), Coefficient { value: mode[at].exp(), error: error(at) })
    };
    Ok(ExitSpeed {
        rates: std::array::from_fn(rate),
        price_power: problem.fixed_price + mode[PRICE],
        seen_price_power: seen_power,
        demand_power: Coefficient { value: 1.0 + mode[DEMAND], error: error(DEMAND) },
        depth_power: Coefficient { value: ASSUMED_DEPTH_POWER + mode[DEPTH], error: error(DEPTH) },
        categories: problem.categories.iter().enumerate().map(factor).collect(),
        level_error: error(LEVEL),
        assumed_median_days: options.median_days,
        listings,
        exits,
        exposure_days: usable.iter().map(|stay| stay.exposure()).sum(),
    })
}

// Where the parameters stand. Each is 0 at the assumption.
const LEVEL: usize = 0;
const PRICE: usize = 1;
const DEMAND: usize = 2;
const DEPTH: usize = 3;
const FIRST_AGE: usize = 4;
const FIRST_CATEGORY: usize = FIRST_AGE + AGES.len();

/// One stay, ready for sums.
struct Row {
    /// Log of what multiplies the rates under the assumption.
    offset: f64,
    price: f64,
    demand: f64,
    depth: f64,
    category: Option<usize>,
    /// Days in each stretch while it surely stood.
    stood: [f64; AGES.len()],
    /// Days in each stretch within which it left.
    left: Option<[f64; AGES.len()]>,
}

struct Problem<'a> {
    rows: Vec<Row>,
    categories: Vec<&'a str>,
    /// Precision of each parameter's prior.
    precision: Vec<f64>,
    /// Log of the assumed daily rate.
    base: f64,
    /// The price's power where the parameter is 0.
    fixed_price: f64,
}

impl<'a> Problem<'a> {
    fn new(stays: &[&Stay<'a>], options: &SpeedOptions) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for stay in stays {
            *counts.entry(stay.category).or_default() += 1;
        }
        let enough = counts.into_iter().filter(|(_, count)| *count >= options.min_category);
        let categories: Vec<&str> = enough.map(|(name, _)| name).collect();
        let row = |stay: &&Stay<'a>| Row {
            offset: stay.factor.ln()
                + stay.price_term()
                + stay.demand_term()
                + ASSUMED_DEPTH_POWER * stay.depth,
            price: stay.price_term(),
            demand: stay.demand_term(),
            depth: stay.depth,
            category: categories.binary_search(&stay.category).ok(),
            stood: days_in_stretches(stay.entry, stay.seen_until),
            left: stay.gone_by.map(|by| days_in_stretches(stay.seen_until, by)),
        };
        let tight = |spread: f64| 1.0 / (spread * spread).max(1e-9);
        let mut precision = vec![tight(options.level_spread)];
        precision.extend([tight(options.power_spread); 2]);
        precision.push(tight(options.depth_spread));
        precision.extend([tight(options.age_spread); AGES.len()]);
        precision.extend(vec![tight(options.category_spread); categories.len()]);
        let base = (std::f64::consts::LN_2 / options.median_days).ln();
        Self { rows: stays.iter().map(row).collect(), categories, precision, base, fixed_price: 1.0 }
    }

    /// Holds the price's power at a value: it moves into what is known beforehand.
    fn fix_price_power(&mut self, power: f64) {
        for row in &mut self.rows {
            row.offset += (power - self.fixed_price) * row.price;
            row.price = 0.0;
        }
        self.fixed_price = power;
    }

    /// Climbs from the assumption to the mode; returns it with the negative curvature there.
    fn climb(&self) -> (Vec<f64>, Symmetric) {
        let mut at = vec![0.0; self.precision.len()];
        let mut height = self.height(&at);
        let (mut slope, mut curvature) = self.slope(&at);
        for _ in 0..STEPS {
            let step = curvature.solve(&slope);
            let Some((next, higher)) = self.step_up(&at, &step, height) else { break };
            let gained = higher - height;
            (at, height) = (next, higher);
            (slope, curvature) = self.slope(&at);
            if gained < 1e-9 * (1.0 + height.abs()) {
                break;
            }
        }
        (at, curvature)
    }

    fn step_up(&self, at: &[f64], step: &[f64], height: f64) -> Option<(Vec<f64>, f64)> {
        let mut scale = 1.0;
        for _ in 0..HALVINGS {
            let next: Vec<f64> = at.iter().zip(step).map(|(at, step)| at + scale * step).collect();
            let higher = self.height(&next);
            if higher > height {
                return Some((next, higher));
            }
            scale /= 2.0;
        }
        None
    }

    /// Log likelihood plus log prior, but for a constant.
    fn height(&self, at: &[f64]) -> f64 {
        let prior: f64 = self.precision.iter().zip(at).map(|(p, x)| p * x * x / 2.0).sum();
        let row = |row: &Row| {
            let rates = self.rates(row, at);
            let stood = -sum(&rates, &row.stood);
            stood + row.left.map_or(0.0, |left| (-(-sum(&rates, &left)).exp_m1()).ln())
        };
        self.rows.iter().map(row).sum::<f64>() - prior
    }

    /// Gradient of [`Self::height`] and its negative second derivatives.
    fn slope(&self, at: &[f64]) -> (Vec<f64>, Symmetric) {
        let mut slope: Vec<f64> = self.precision.iter().zip(at).map(|(p, x)| -p * x).collect();
        let mut curvature = Symmetric::diagonal(&self.precision);
        for row in &self.rows {
            let rates = self.rates(row, at);
            let left = row.left.unwrap_or_default();
            let exit = sum(&rates, &left);
            // d/dB and d²/dB² of ln(1 − e^−B) are g and −(g + g²).
            let g = if row.left.is_some() { 1.0 / exit.exp_m1() } else { 0.0 };
            let mut of_exit = if row.left.is_some() { vec![0.0; at.len()] } else { Vec::new() };
            for (k, rate) in rates.iter().enumerate() {
                let (stood, left) = (rate * row.stood[k], rate * left[k]);
                if stood == 0.0 && left == 0.0 {
                    continue;
                }
                let terms = row.terms(k);
                for &(i, x) in terms.iter().flatten() {
                    slope[i] += (g * left - stood) * x;
                    if let Some(sum) = of_exit.get_mut(i) {
                        *sum += left * x;
                    }
                }
                curvature.add_outer(terms.iter().flatten().copied(), stood - g * left);
            }
            let touched = of_exit.iter().copied().enumerate().filter(|(_, x)| *x != 0.0);
            curvature.add_outer(touched, g + g * g);
        }
        (slope, curvature)
    }

    fn rates(&self, row: &Row, at: &[f64]) -> [f64; AGES.len()] {
        let category = row.category.map_or(0.0, |i| at[FIRST_CATEGORY + i]);
        let log = self.base
            + row.offset
            + at[LEVEL]
            + at[PRICE] * row.price
            + at[DEMAND] * row.demand
            + at[DEPTH] * row.depth;
        std::array::from_fn(|k| (log + category + at[FIRST_AGE + k]).exp())
    }
}

impl Row {
    /// The parameters in the log rate of a stretch, each with what it is multiplied by.
    fn terms(&self, k: usize) -> [Option<(usize, f64)>; 6] {
        [
            Some((LEVEL, 1.0)),
            Some((PRICE, self.price)),
            Some((DEMAND, self.demand)),
            Some((DEPTH, self.depth)),
            Some((FIRST_AGE + k, 1.0)),
            self.category.map(|i| (FIRST_CATEGORY + i, 1.0)),
        ]
    }
}

fn sum(rates: &[f64; AGES.len()], days: &[f64; AGES.len()]) -> f64 {
    rates.iter().zip(days).map(|(rate, days)| rate * days).sum()
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;
