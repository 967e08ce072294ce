//! What was learned of the rate of leaving.

use std::collections::BTreeMap;

use autobazaaar_domain::pace::{AGES, ASSUMED_DEPTH_POWER, Pace};
use serde::{Deserialize, Serialize};

use super::Stay;
use super::stay::days_in_stretches;

/// A parameter with its standard error, from the curvature of the likelihood at its mode.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    pub value: f64,
    pub error: f64,
}

/// A learned rate of leaving with what it stands on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExitSpeed {
    /// Daily rate by stretch of age, at the median value in average demand.
    pub rates: [f64; AGES.len()],
    /// Power of 2·(1 − level) in use; assumed 1.
    pub price_power: f64,
    /// The power that the data alone would have, within the prior; below the least that is
    /// allowed it is not used.
    pub seen_price_power: Coefficient,
    /// Power of 0.5 + demand; assumed 1.
    pub demand_power: Coefficient,
    /// Of a bargain's depth, per log unit; below 0 it is not used. Versions from before it was learned
    /// have the assumed one.
    #[serde(default = "assumed_depth")]
    pub depth_power: Coefficient,
    /// What the rate is multiplied by in a category, with the error of its logarithm.
    pub categories: BTreeMap<String, Coefficient>,
    /// Error of the logarithm of the common level of all rates.
    pub level_error: f64,
    /// The assumption that all is pulled towards, days.
    pub assumed_median_days: f64,
    /// Listings that were watched.
    pub listings: u64,
    /// Of these, how many left.
    pub exits: u64,
    /// Listing-days under observation.
    pub exposure_days: f64,
}

impl ExitSpeed {
    /// The pace in a category; one that was not seen has the common one.
    #[must_use]
    pub fn pace(&self, category: &str) -> Pace {
        let factor = self.categories.get(category).map_or(1.0, |factor| factor.value);
        let (price_power, demand_power) = (self.price_power, self.demand_power.value);
        let depth_power = self.depth_power.value.max(0.0);
        Pace {
            rates: self.rates.map(|rate| rate * factor),
            price_power,
            demand_power,
            depth_power,
            learned: true,
        }
    }
}

fn assumed_depth() -> Coefficient {
    Coefficient { value: ASSUMED_DEPTH_POWER, error: 1.0 }
}

/// What a pace's rates are multiplied by for a stay.
fn speed_of(pace: &Pace, stay: &Stay<'_>) -> f64 {
    let log = pace.price_power * stay.price_term()
        + pace.demand_power * stay.demand_term()
        + pace.depth_power * stay.depth;
    stay.factor * log.exp()
}

/// The hazard that a stay collects between two ages.
#[must_use]
pub fn hazard(pace: &Pace, stay: &Stay<'_>, from: f64, to: f64) -> f64 {
    let days = days_in_stretches(from, to);
    speed_of(pace, stay) * days.iter().zip(pace.rates).map(|(days, rate)| days * rate).sum::<f64>()
}

/// Log likelihood of stays under a pace by category: what was seen, given that each stood at its
/// first look. Natural logarithm, summed.
#[must_use]
pub fn log_likelihood(stays: &[Stay<'_>], pace: impl Fn(&str) -> Pace) -> f64 {
    let of = |stay: &Stay<'_>| {
        let pace = pace(stay.category);
        let stood = -hazard(&pace, stay, stay.entry, stay.seen_until);
        let left = |by| (-(-hazard(&pace, stay, stay.seen_until, by)).exp_m1()).ln();
        stood + stay.gone_by.map_or(0.0, left)
    };
    stays.iter().filter(|stay| stay.is_usable()).map(of).sum()
}
