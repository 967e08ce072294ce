//! What an item would resell for.

use serde::{Deserialize, Serialize};

use crate::listing::words;
use crate::{Cents, Currency, DaysToSell, ListingKey};

words! {
    /// What a price estimate stands on.
    Basis {
        /// What such items are offered for.
        Asked = "asked",
        /// What they sell for.
        Sold = "sold",
    }
}

/// The levels of [`Quantiles`].
pub const LEVELS: [f64; 7] = [0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95];

/// A price distribution: minor units at each of [`LEVELS`], not decreasing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantiles(pub [Cents; 7]);

impl Quantiles {
    /// A log-normal distribution about a median above 0, by the standard deviation of the log price.
    #[must_use]
    pub fn around(median: Cents, log_spread: f64) -> Self {
        /// The standard normal's quantiles at [`LEVELS`].
        const NORMAL: [f64; 7] = [-1.644_854, -1.281_552, -0.674_490, 0.0, 0.674_490, 1.281_552, 1.644_854];
        let price = |z: f64| (median.0.max(1) as f64 * (z * log_spread).exp()).round().clamp(1.0, 9.0e15);
        Self(NORMAL.map(|z| Cents(price(z) as i64)))
    }

    /// The median.
    #[must_use]
    pub fn expected(&self) -> Cents {
        self.0[3]
    }

    /// Low end of the 80 % interval.
    #[must_use]
    pub fn low(&self) -> Cents {
        self.0[1]
    }

    /// High end of the 80 % interval.
    #[must_use]
    pub fn high(&self) -> Cents {
        self.0[5]
    }

    /// Standard deviation of the log price that the 80 % interval of a normal one would imply;
    /// `None` unless its ends are above 0.
    #[must_use]
    pub fn log_spread(&self) -> Option<f64> {
        /// Standard deviations between the 10 % and the 90 % quantile.
        const NORMAL_80: f64 = 2.563_103;
        let (low, high) = (self.low().0, self.high().0);
        (low > 0 && high >= low).then(|| (high as f64 / low as f64).ln() / NORMAL_80)
    }
}

/// An estimate, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Valuation {
    pub key: ListingKey,
    pub currency: Currency,
    pub basis: Basis,
    /// `None` when no estimate is possible; `note` says why.
    pub quantiles: Option<Quantiles>,
    /// Share of such items that the interval low–high covers: 0.8.
    pub level: f64,
    pub comp_count: u32,
    pub model_version: String,
    pub note: Option<String>,
    /// Days on the market when offered at its median value where it stands; `None` without an
    /// estimate.
    pub days_to_sell: Option<DaysToSell>,
    /// What was learned of selling and used here; `None`: all of that is assumed.
    pub selling_version: Option<String>,
}
