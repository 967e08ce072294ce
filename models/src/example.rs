//! What the model sees of a listing, and how it is told to train.

use autobazaaar_domain::{Attributes, Basis, Condition, ItemId, ListingKey};
use serde::{Deserialize, Serialize};

/// One listing, to train on or to value.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// The thing behind the listing; re-posts share it.
    pub item: ItemId,
    /// The listing.
    pub key: &'a ListingKey,
    /// Comparables come from the same category only.
    pub category: &'a str,
    /// The venue's name.
    pub platform: &'a str,
    pub title: &'a str,
    pub description: Option<&'a str>,
    pub condition: Option<Condition>,
    pub attributes: &'a Attributes,
    /// Last seen, Unix seconds.
    pub at: i64,
    /// Major units; `None` in queries. A query's price is never read.
    pub price: Option<f64>,
    /// What the price is.
    pub basis: Basis,
    /// Whether it was still offered when last seen.
    pub status_active: bool,
}

/// How to train. The same options, seed and examples give the same model to the bit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainOptions {
    /// Decides which item falls in which fold.
    pub seed: u64,
    /// Folds by item, 3 to 16.
    pub folds: usize,
    /// The newest examples kept.
    pub max_examples: usize,
    /// Shrinkage of the sparse word model: as many rows as a weight must outvote.
    pub ridge: f64,
    /// Days after which a comparable counts half.
    pub half_life_days: f64,
    /// Comparables per estimate.
    pub comps: usize,
    /// Below this similarity (0–1) a listing is no comparable.
    pub min_similarity: f64,
    /// Also train on the oldest 80 % and test on the newest 20 %.
    pub temporal: bool,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            seed: 1,
            folds: 5,
            max_examples: 100_000,
            ridge: 4.0,
            half_life_days: 240.0,
            comps: 20,
            min_similarity: 0.12,
            temporal: true,
        }
    }
}
