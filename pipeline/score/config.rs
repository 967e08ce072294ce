//! What scoring assumes and the owner can change.

use std::collections::BTreeMap;

use autobazaaar_domain::fees::Delivery;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Costs and assumptions behind every deal. Amounts are in major units (dollars, euros) of the
/// deal's own currency, rates are shares (0.05 is 5 %).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EconomicsConfig {
    /// Where we can sell, by currency. A currency that is not named has no venue, and its deals
    /// are not scored.
    pub venues: BTreeMap<String, Vec<SellingVenue>>,
    /// Fee in percent of the price assumed at venues without a fee schedule. Absent: such a venue
    /// is left out, and the deal says so.
    #[schemars(example = 10.0)]
    pub unknown_venue_fee_percent: Option<f64>,
    /// Our category names → the fee schedule's; a category that is not named is matched by its
    /// own words.
    pub fee_categories: BTreeMap<String, String>,
    /// What sending things costs, by kind; the first whose words stand in category or title holds.
    pub kinds: Vec<ItemKind>,
    /// What sending costs when no kind fits.
    pub shipping_default: f64,
    /// The buyer pays the shipping on top of the price; else our price includes it.
    pub buyer_pays_shipping: bool,
    /// Inbound shipping where a seller ships and the listing does not say for how much.
    pub inbound_shipping_default: f64,
    /// Venues where things are fetched: travel instead of inbound shipping.
    pub pickup_platforms: Vec<String>,
    /// Cost of one trip to fetch or hand over a thing.
    pub travel_cost: f64,
    /// What an hour of the owner is worth.
    pub hourly_value: f64,
    /// Hours to buy a thing: writing, fetching, inspecting.
    pub hours_per_purchase: f64,
    /// Hours to pack and post a sold thing.
    pub hours_per_shipment: f64,
    /// Hours to hand over a sold thing in person.
    pub hours_per_handover: f64,
    /// Tax on what we buy, as a share of price and inbound shipping.
    pub purchase_tax_rate: f64,
    /// Sales tax that venues collect from our buyers; it enters the base of some fees.
    pub buyer_tax_rate: f64,
    /// Share of shipped sales that come back.
    pub return_rate: f64,
    /// Share of the price lost when one comes back, beside the postage.
    pub return_loss: f64,
    /// Share of the sale price spent on cleaning and mending.
    pub refurbishing: f64,
    /// Sale price as a share of the asked price, used where only asks are known and no sale has
    /// taught the share; the deal's notes say when it was.
    pub ask_to_sale: f64,
    /// How far sellers' asks stray from what is usual for the very thing, as a standard deviation of
    /// logarithms. The more an ask strays beyond it, the worse the thing is taken to be. More where
    /// views show more; 0 takes every estimate at its word.
    pub seller_spread: f64,
    /// Share of offers far below the usual price that are not honest ones: nothing would ever come.
    /// Each day that nobody takes such an offer speaks against it, the more the lower it is.
    pub fraud_share: f64,
    /// Venues whose terms give a buyer his money back when nothing comes.
    pub protected_platforms: Vec<String>,
    /// Days until half of such things are sold at their median value and average demand, used
    /// where too few exits were seen to learn it from.
    pub median_days: f64,
    /// The same days at a local venue, as a multiple: fewer buyers look there.
    pub local_days_factor: f64,
    /// Days after which an unsold thing is cleared.
    pub horizon_days: f64,
    /// The quantile of its value at which it is cleared.
    pub clearance_level: f64,
    /// Days that clearing takes.
    pub clearance_days: f64,
    /// Days from paying to advertising.
    pub turnaround_days: f64,
    /// Yearly cost of tied-up capital.
    pub capital_cost: f64,
    /// How many dollars of expected profit outweigh one dollar of expected loss in the rank.
    pub risk_aversion: f64,
    /// Risk by venue we buy at.
    pub platform_risk: BTreeMap<String, f64>,
    /// Risk of a venue that is not named.
    pub platform_risk_other: f64,
}

/// A venue open to us.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SellingVenue {
    /// `ebay`, `craigslist`, …
    pub platform: String,
    /// Sent, or handed over.
    #[schemars(with = "String")]
    pub delivery: Delivery,
}

/// Things that are sent alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemKind {
    /// A name for the deal's explanation.
    #[schemars(example = &"small parcels")]
    pub name: String,
    /// Whole words of category or title, in lower case.
    #[schemars(example = ["phone", "phones"])]
    pub words: Vec<String>,
    /// What sending one costs; absent: it can only be fetched.
    #[serde(default)]
    #[schemars(example = 6.0)]
    pub shipping: Option<f64>,
    /// Hours to buy one, where it takes more than usual.
    #[serde(default)]
    #[schemars(example = 1.0)]
    pub hours_per_purchase: Option<f64>,
}

impl Default for EconomicsConfig {
    fn default() -> Self {
        let venue = |platform: &str, delivery| SellingVenue { platform: platform.to_owned(), delivery };
        let kind = |name: &str, words: &[&str], shipping, hours| ItemKind {
            name: name.to_owned(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            shipping,
            hours_per_purchase: hours,
        };
        Self {
            venues: BTreeMap::from([
                (
                    "USD".to_owned(),
                    vec![
                        venue("ebay", Delivery::Shipped),
                        venue("mercari", Delivery::Shipped),
                        venue("offerup", Delivery::Local),
                        venue("facebook", Delivery::Local),
                        venue("craigslist", Delivery::Local),
                    ],
                ),
                ("EUR".to_owned(), vec![venue("kleinanzeigen", Delivery::Local)]),
            ]),
            unknown_venue_fee_percent: None,
            fee_categories: BTreeMap::new(),
            kinds: vec![
                kind(
                    "vehicle",
                    &[
                        "car",
                        "cars",
                        "truck",
                        "trucks",
                        "vehicle",
                        "vehicles",
                        "autos",
                        "motorcycle",
                        "motorcycles",
                    ],
                    None,
                    Some(4.0),
                ),
                kind(
                    "furniture",
                    &[
                        "furniture",
                        "sofa",
                        "couch",
                        "dresser",
                        "mattress",
                        "fridge",
                        "refrigerator",
                        "washer",
                    ],
                    None,
                    Some(1.5),
                ),
                kind(
                    "phone",
                    &[
                        "phone",
                        "phones",
                        "iphone",
                        "galaxy",
                        "smartphone",
                        "electronics",
                        "jewelry",
                        "watches",
                    ],
                    Some(6.0),
                    None,
                ),
                kind("bicycle", &["bike", "bikes", "bicycle", "bicycles"], Some(90.0), None),
            ],
            shipping_default: 12.0,
            buyer_pays_shipping: false,
            inbound_shipping_default: 8.0,
            pickup_platforms: ["craigslist", "offerup", "facebook", "kleinanzeigen"]
                .map(str::to_owned)
                .into(),
            travel_cost: 5.0,
            hourly_value: 15.0,
            hours_per_purchase: 0.75,
            hours_per_shipment: 0.5,
            hours_per_handover: 0.75,
            purchase_tax_rate: 0.0,
            buyer_tax_rate: 0.08,
            return_rate: 0.05,
            return_loss: 0.15,
            refurbishing: 0.02,
            ask_to_sale: 0.90,
            seller_spread: 0.25,
            fraud_share: 0.10,
            protected_platforms: ["ebay", "mercari"].map(str::to_owned).into(),
            median_days: 14.0,
            local_days_factor: 1.5,
            horizon_days: 30.0,
            clearance_level: 0.25,
            clearance_days: 7.0,
            turnaround_days: 3.0,
            capital_cost: 0.20,
            risk_aversion: 1.0,
            platform_risk: [
                ("craigslist", 0.30),
                ("offerup", 0.25),
                ("facebook", 0.20),
                ("mercari", 0.15),
                ("ebay", 0.10),
            ]
            .map(|(name, risk)| (name.to_owned(), risk))
            .into(),
            platform_risk_other: 0.20,
        }
    }
}
