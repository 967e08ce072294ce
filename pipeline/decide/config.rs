//! The owner's limits, and what is assumed about sellers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much may be spent on what. Amounts are in major units by currency; a currency that is not
/// named, 0, and anything negative allow nothing. The defaults are for looking around without
/// spending: nothing is approved without the owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Money in the business; stock at cost and open holds count against it.
    pub capital: BTreeMap<String, f64>,
    /// Highest landed cost of one item.
    pub item_max: BTreeMap<String, f64>,
    /// Lowest net profit of one item; a currency that is not named has no deals.
    pub min_net_profit: BTreeMap<String, f64>,
    /// Up to this landed cost no approval is needed. Absent or 0: always.
    pub auto_approve_up_to: BTreeMap<String, f64>,
    /// Largest share of capital in one category.
    pub category_share: f64,
    /// Largest share of capital with one seller.
    pub seller_share: f64,
    /// Negotiations open at once.
    pub open_negotiations: u32,
    /// Items taken on in a week; negotiations count, because each may end in a purchase.
    pub items_per_week: u32,
    /// Lowest net profit as a share of the landed cost.
    pub min_roi: f64,
    /// Lowest net profit as a share of the purchase price.
    pub min_margin: f64,
    /// Lowest demand score, 0–1.
    pub min_demand: f64,
    /// Highest risk score, 0–1.
    pub max_risk: f64,
    /// Highest probability of a loss, 0–1.
    pub max_p_loss: f64,
    /// An ask below this share of what is usual for what the thing is taken to be, its ask allowed
    /// for, or below half of it of what is usual for such listings, is taken for a deposit, a part or
    /// a typing error, and passed.
    pub min_ask_share: f64,
    /// Lowest chance that an offer is an honest one, 0–1: a bargain that nobody takes is doubted.
    pub min_honest: f64,
    /// Widest 80 % interval of the value as a share of its median: beyond it the value is a guess.
    pub max_spread: f64,
    /// Fewest comparables that an estimate may stand on.
    pub min_comps: u32,
    /// What is assumed about sellers.
    pub bargaining: BargainingConfig,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let both = |amount: f64| BTreeMap::from([("USD".to_owned(), amount), ("EUR".to_owned(), amount)]);
        Self {
            capital: both(2_000.0),
            item_max: both(1_000.0),
            min_net_profit: both(20.0),
            auto_approve_up_to: BTreeMap::new(),
            category_share: 1.0,
            seller_share: 0.5,
            open_negotiations: 10,
            items_per_week: 10,
            min_roi: 0.15,
            min_margin: 0.15,
            min_demand: 0.2,
            max_risk: 0.8,
            max_p_loss: 0.15,
            min_ask_share: 0.33,
            min_honest: 0.5,
            max_spread: 2.5,
            min_comps: 5,
            bargaining: BargainingConfig::default(),
        }
    }
}

/// What is known of bargaining with strangers: eBay Best Offer, 25 million threads (Backus, Blake,
/// Larsen and Tadelis, 2020), and stated assumptions where nothing is published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BargainingConfig {
    /// Share of negotiations that end in agreement (published: 0.45).
    pub agreement: f64,
    /// The same for electronics (published: 0.32).
    pub agreement_electronics: f64,
    /// Words of a category that make it electronics.
    pub electronics: Vec<String>,
    /// Final price as a share of the ask (published: 0.73).
    pub final_share: f64,
    /// Offers below this share of the ask are not worth a message (assumed).
    pub lowest_share: f64,
    /// Talks with a smaller chance of agreement than this are not started (assumed).
    pub least_agreement: f64,
    /// Days a negotiation takes (assumed).
    pub days: f64,
    /// Chance per day at average demand that another buyer takes it meanwhile (assumed).
    pub lost_per_day: f64,
    /// Days until a purchase at the ask is settled (assumed).
    pub buying_days: f64,
    /// Chance that the seller still sells at the ask after talks that failed (assumed).
    pub ask_stands: f64,
    /// Words of a category that collectors look for.
    pub collectibles: Vec<String>,
}

impl Default for BargainingConfig {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        Self {
            agreement: 0.45,
            agreement_electronics: 0.32,
            electronics: words(&[
                "electronics",
                "phone",
                "phones",
                "computer",
                "computers",
                "laptop",
                "laptops",
                "tablet",
                "tablets",
                "camera",
                "cameras",
                "audio",
                "tv",
            ]),
            final_share: 0.73,
            lowest_share: 0.50,
            least_agreement: 0.10,
            days: 2.0,
            lost_per_day: 0.05,
            buying_days: 0.25,
            ask_stands: 0.9,
            collectibles: words(&[
                "antique",
                "antiques",
                "art",
                "coin",
                "coins",
                "collectible",
                "collectibles",
                "comics",
                "stamps",
                "vinyl",
                "toys",
                "watches",
            ]),
        }
    }
}
