//! What `enrich` finds out about a listing.

use serde::{Deserialize, Serialize};

use crate::listing::words;
use crate::{Basis, Cents, ItemId, ListingKey, Utc};

words! {
    /// Whether a listing is still there.
    Presence {
        /// In the newest scan of its query.
        Active = "active",
        /// On a venue's word.
        Sold = "sold",
        /// Missing from a complete scan; not the same as sold.
        Gone = "gone",
        /// Nobody looked, or the scan was capped.
        Unknown = "unknown",
    }
}

/// A price from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricePoint {
    /// UTC.
    pub at: Utc,
    /// Minor units.
    pub price: Cents,
}

/// A past listing or sale that another is priced by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comp {
    pub key: ListingKey,
    pub title: String,
    /// Minor units, as asked or sold; not adjusted.
    pub price: Cents,
    pub basis: Basis,
    /// 0–1, rarity-weighted overlap.
    pub similarity: f64,
    /// Days between its last sight and the valuation.
    pub age_days: f64,
}

/// One row per listing and run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enriched {
    pub key: ListingKey,
    pub item_id: ItemId,
    /// Why other listings are the same item: `same text`, `same attributes`, …
    pub item_evidence: Vec<String>,
    pub first_seen: Utc,
    pub last_seen: Utc,
    pub presence: Presence,
    pub price_history: Vec<PricePoint>,
    pub comps: Vec<Comp>,
    pub comp_count: u32,
    /// Live rivals: active comparables of other items.
    pub competitor_count: u32,
    /// Interquartile range ÷ median of the comps' prices.
    pub volatility: Option<f64>,
    /// 0–1; 0.5 when unknown.
    pub demand_score: f64,
    /// Whether `demand_score` was measured.
    pub demand_known: bool,
    /// Median of the comps' prices, minor units.
    pub market_price: Option<Cents>,
    /// Days from listing (or first sight) to exit or last sight.
    pub days_on_market: f64,
    /// The exit was not seen: `days_on_market` is a lower bound.
    pub censored: bool,
    /// Venues the item was seen on.
    pub sources: Vec<String>,
    pub insights: Vec<String>,
}
