//! The configuration checked and made ready, once for all listings.

use std::collections::{BTreeMap, HashMap};

use autobazaaar_domain::fees::{Delivery, UnknownVenue};
use autobazaaar_domain::pace::Pace;
use autobazaaar_domain::selling::SellingModel;
use autobazaaar_domain::{Currency, FeeSchedule, Platform};
use autobazaaar_models::asking::Asking;
use autobazaaar_models::selling::SellingCard;

use super::config::{EconomicsConfig, ItemKind};
use super::wanted::words;

/// The fee schedule that the program brings along.
pub const FEES_JSON: &str = include_str!("../../data/fees.json");

/// A setting that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("economics.{option}: found {found}, expected {expected}")]
pub struct BadEconomics {
    pub option: String,
    pub found: String,
    pub expected: &'static str,
}

/// Everything scoring knows beside the listing: configuration, fees, selling model.
#[derive(Debug, Clone)]
pub struct Economics {
    pub(super) config: EconomicsConfig,
    pub(super) fees: FeeSchedule,
    pub(super) venues: BTreeMap<Currency, Vec<(Platform, Delivery)>>,
    /// At a venue that ships, as assumed.
    model: SellingModel,
    learned: Option<SellingCard>,
    /// What low asks mean until that is learned.
    asking: Asking,
    /// Worths are known, so that an ask says nothing of them.
    all_knowing: bool,
    /// Word → the first of the configuration's kinds that it names.
    kinds: HashMap<String, usize>,
}

impl Economics {
    /// Checks a configuration; `fees` may be [`Self::built_in_fees`] or the owner's own.
    ///
    /// # Errors
    /// A venue or currency name that is none, or a number outside what it can mean.
    pub fn new(config: EconomicsConfig, fees: FeeSchedule) -> Result<Self, BadEconomics> {
        check_numbers(&config)?;
        let mut venues = BTreeMap::new();
        for (currency, list) in &config.venues {
            let code: Currency = currency.parse().map_err(|_| bad("venues", currency, "an ISO currency"))?;
            let mut open = Vec::with_capacity(list.len());
            for venue in list {
                let platform =
                    venue.platform.parse().map_err(|_| bad("venues", &venue.platform, "a platform name"))?;
                open.push((platform, venue.delivery));
            }
            venues.insert(code, open);
        }
        let model = SellingModel {
            pace: Pace::assumed(config.median_days),
            horizon_days: config.horizon_days,
            clearance_level: config.clearance_level,
            clearance_days: config.clearance_days,
            turnaround_days: config.turnaround_days,
            capital_cost: config.capital_cost,
        };
        let unknown = config.unknown_venue_fee_percent.map_or(UnknownVenue::Refuse, UnknownVenue::Assume);
        let mut kinds = HashMap::new();
        for (i, kind) in config.kinds.iter().enumerate() {
            for word in &kind.words {
                kinds.entry(word.to_lowercase()).or_insert(i);
            }
        }
        let asking = Asking::assumed(config.seller_spread);
        Ok(Self {
            fees: fees.with_unknown(unknown),
            venues,
            model,
            learned: None,
            asking,
            all_knowing: false,
            kinds,
            config,
        })
    }

    /// With what was learned of selling, where it was; the assumptions stay elsewhere.
    #[must_use]
    pub fn with_learned(self, learned: Option<SellingCard>) -> Self {
        Self { learned, ..self }
    }

    /// The version of what was learned of selling.
    #[must_use]
    pub fn selling_version(&self) -> Option<&str> {
        self.learned.as_ref().map(|card| card.version.as_str())
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &EconomicsConfig {
        &self.config
    }

    /// Sale price as a share of the ask in a category, and whether it was learned.
    #[must_use]
    pub fn ask_to_sale(&self, currency: Currency, category: &str) -> (f64, bool) {
        let learned = self.learned.as_ref().and_then(|card| card.of(currency)?.discount.known());
        match learned {
            Some(discount) => (discount.share(category).share, true),
            None => (self.config.ask_to_sale, false),
        }
    }

    /// For one who knows what things are worth: no ask changes his mind.
    #[must_use]
    pub fn all_knowing(self) -> Self {
        Self { all_knowing: true, ..self }
    }

    /// What low asks mean; `None` where they mean nothing.
    #[must_use]
    pub fn asking(&self, currency: Currency) -> Option<&Asking> {
        if self.all_knowing || self.config.seller_spread <= 0.0 {
            return None;
        }
        let learned = self.learned.as_ref().and_then(|card| card.of(currency)?.asking.as_ref());
        Some(learned.unwrap_or(&self.asking))
    }

    /// How far asks for one thing stray, log units, where the listing's estimate has a spread `sigma`.
    #[must_use]
    pub fn sellers(&self, currency: Currency, sigma: f64) -> f64 {
        match self.asking(currency) {
            Some(asking) => asking.sellers(sigma),
            // Who knows all worths still meets buyers who differ.
            None if self.all_knowing => self.config.seller_spread,
            None => sigma,
        }
    }

    /// Whether things are handed over at a venue rather than sent.
    #[must_use]
    pub fn is_local(&self, platform: &str) -> bool {
        self.config.pickup_platforms.iter().any(|name| name == platform)
    }

    /// Whether a fraud could keep the money: what is sent and paid before, at a venue that does not
    /// give it back.
    #[must_use]
    pub fn pays_blindly(&self, platform: &str, delivery: Delivery) -> bool {
        delivery == Delivery::Shipped && !self.config.protected_platforms.iter().any(|name| name == platform)
    }

    /// What the rate of selling is multiplied by.
    #[must_use]
    pub fn venue_factor(&self, delivery: Delivery) -> f64 {
        match delivery {
            Delivery::Local => 1.0 / self.config.local_days_factor,
            Delivery::Shipped => 1.0,
        }
    }

    /// The fee schedule that the program brings along.
    ///
    /// # Errors
    /// None in a released build: a test reads the same file.
    pub fn built_in_fees() -> Result<FeeSchedule, autobazaaar_domain::fees::FeeError> {
        FeeSchedule::parse(FEES_JSON)
    }

    /// The kind of thing by the words of its category, else of its title; the first in the
    /// configuration's order when there are several.
    pub(super) fn kind_of(&self, category: &str, title: &str) -> Option<&ItemKind> {
        let by = |text: &str| {
            let lower = text.to_lowercase();
            words(&lower).iter().filter_map(|word| self.kinds.get(*word)).min().copied()
        };
        by(category).or_else(|| by(title)).map(|kind| &self.config.kinds[kind])
    }

    /// How things of a category sell.
    #[must_use]
    pub fn selling(&self, delivery: Delivery, currency: Currency, category: &str) -> SellingModel {
        let learned = self.learned.as_ref().and_then(|card| card.of(currency)?.speed.known());
        let pace = learned.map_or(self.model.pace, |speed| speed.pace(category));
        SellingModel { pace: pace.times(self.venue_factor(delivery)), ..self.model }
    }
}

fn bad(option: &str, found: &str, expected: &'static str) -> BadEconomics {
    BadEconomics { option: option.to_owned(), found: format!("`{found}`"), expected }
}

fn check_numbers(config: &EconomicsConfig) -> Result<(), BadEconomics> {
    let within = |option: &str, value: f64, low: f64, high: f64, expected| {
        if (low..=high).contains(&value) { Ok(()) } else { Err(bad(option, &value.to_string(), expected)) }
    };
    let rates = [
        ("purchase_tax_rate", config.purchase_tax_rate),
        ("buyer_tax_rate", config.buyer_tax_rate),
        ("return_rate", config.return_rate),
        ("return_loss", config.return_loss),
        ("refurbishing", config.refurbishing),
        ("platform_risk_other", config.platform_risk_other),
        ("fraud_share", config.fraud_share),
    ];
    for (option, value) in rates {
        within(option, value, 0.0, 1.0, "a share from 0 to 1")?;
    }
    for (name, value) in &config.platform_risk {
        within(&format!("platform_risk.{name}"), *value, 0.0, 1.0, "a share from 0 to 1")?;
    }
    let amounts = [
        ("shipping_default", config.shipping_default),
        ("inbound_shipping_default", config.inbound_shipping_default),
        ("travel_cost", config.travel_cost),
        ("hourly_value", config.hourly_value),
        ("hours_per_purchase", config.hours_per_purchase),
        ("hours_per_shipment", config.hours_per_shipment),
        ("hours_per_handover", config.hours_per_handover),
        ("turnaround_days", config.turnaround_days),
        ("clearance_days", config.clearance_days),
        ("capital_cost", config.capital_cost),
        ("risk_aversion", config.risk_aversion),
        ("seller_spread", config.seller_spread),
    ];
    for (option, value) in amounts {
        within(option, value, 0.0, 1e6, "a number from 0 to 1,000,000")?;
    }
    for kind in &config.kinds {
        for value in kind.shipping.iter().chain(&kind.hours_per_purchase) {
            within(&format!("kinds.{}", kind.name), *value, 0.0, 1e6, "a number from 0 to 1,000,000")?;
        }
    }
    within("ask_to_sale", config.ask_to_sale, 0.01, 1.5, "a share from 0.01 to 1.5")?;
    within("clearance_level", config.clearance_level, 0.01, 0.99, "a level from 0.01 to 0.99")?;
    let days = [
        ("median_days", config.median_days),
        ("horizon_days", config.horizon_days),
        ("local_days_factor", config.local_days_factor),
    ];
    for (option, value) in days {
        within(option, value, 0.01, 3_650.0, "a number from 0.01 to 3,650")?;
    }
    let percent = config.unknown_venue_fee_percent.unwrap_or(0.0);
    within("unknown_venue_fee_percent", percent, 0.0, 100.0, "a percentage from 0 to 100")
}
