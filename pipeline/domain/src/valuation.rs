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
