//! What a venue keeps of a sale: a schedule read from JSON, charged exactly in minor units.
//!
//! **Rounding:** every fee line is rounded half up to the minor unit, once, after the tiers of a
//! line are added up.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::listing::words;
use crate::{Cents, Currency, Platform, Utc};

words! {
    /// How a thing gets to its buyer.
    Delivery {
        /// Picked up; no parcel.
        Local = "local",
        /// Sent.
        Shipped = "shipped",
    }
}

words! {
    /// How sure the source of a fee is.
    Confidence { High = "high", Medium = "medium", Uncertain = "uncertain" }
}

words! {
    /// How the tiers of a fee are read.
    TierKind {
        /// Each slice of the base at its own rate.
        Marginal = "marginal",
        /// The whole base at the rate of the tier it falls in.
        Whole = "whole",
        /// As `whole`, and the last tier pays no per-order fee.
        WholeThreshold = "whole_threshold",
        /// One rate.
        Flat = "flat",
        /// No share of the price.
        None = "none",
    }
}

words! {
    /// A part of what the buyer pays.
    BasePart { Price = "price", Shipping = "shipping", Tax = "tax" }
}

/// Why no fee can be said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeeError {
    /// The file is not a fee schedule.
    #[error("the fee schedule cannot be read: {0}")]
    Unreadable(String),
    /// A rule contradicts itself.
    #[error("the fee schedule of `{platform}`: {problem}")]
    Invalid { platform: String, problem: String },
    /// No schedule, and none is assumed.
    #[error("no fee schedule for `{0}`: add it to the fees file, or set a fee for unknown venues")]
    UnknownPlatform(String),
    /// The venue's fees are in another currency.
    #[error("the fees of `{platform}` are in {fees}, not in {sale}")]
    Currency { platform: String, fees: Currency, sale: Currency },
}

/// A tier: up to `up_to` (included; `None` is without end) at `ppm` millionths of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub up_to: Option<Cents>,
    pub ppm: i64,
}

/// A fee per order, by the order's total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderFee {
    #[serde(default)]
    pub up_to: Option<Cents>,
    pub fee: Cents,
}

/// The rule that a sale falls under, ready to be charged at any price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeRule {
    /// `ebay/most`.
    pub name: String,
    pub kind: TierKind,
    pub tiers: Vec<Tier>,
    /// What the share is taken of.
    pub base: Vec<BasePart>,
    pub order_fee: Vec<OrderFee>,
    /// The share's lower bound.
    pub minimum: Cents,
    /// For each sale or its advertisement, whatever the price.
    pub fixed: Cents,
    /// Payment processing, millionths of everything the buyer pays.
    pub payment_ppm: i64,
    pub confidence: Confidence,
    /// The schedule begins after the sale's date: the earliest known one is charged.
    pub begins_later: Option<NaiveDate>,
    /// No schedule is known: the owner's assumed share.
    pub assumed: bool,
}

/// One sale, as far as fees depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleTerms {
    pub price: Cents,
    /// Charged to the buyer on top of the price.
    pub shipping_charged: Cents,
    /// Sales tax that the venue collects from the buyer.
    pub tax: Cents,
    pub currency: Currency,
    pub delivery: Delivery,
    pub at: Utc,
}

words! {
    /// What a fee line is for.
    FeeKind { Share = "share", PerOrder = "per_order", Fixed = "fixed", Payment = "payment" }
}

/// One line of a venue's bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLine {
    pub kind: FeeKind,
    pub amount: Cents,
    /// How it came about, in words.
    pub explanation: String,
}

/// A venue's bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fees {
    pub platform: Cents,
    pub payment: Cents,
    pub total: Cents,
    pub lines: Vec<FeeLine>,
}

/// The amounts of a bill, without words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Charge {
    pub share: Cents,
    pub per_order: Cents,
    pub fixed: Cents,
    pub payment: Cents,
}

impl Charge {
    /// All but the payment fee.
    #[must_use]
    pub fn platform(&self) -> Cents {
        self.share + self.per_order + self.fixed
    }
}

/// What is done for a venue without a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum UnknownVenue {
    /// [`FeeError::UnknownPlatform`].
    #[default]
    Refuse,
    /// A share of the price in percent, said in the fee line.
    Assume(f64),
}

/// Fees by venue, category and date.
#[derive(Debug, Clone)]
pub struct FeeSchedule {
    platforms: BTreeMap<String, PlatformFees>,
    unknown: UnknownVenue,
}

#[derive(Debug, Clone)]
struct PlatformFees {
    currency: Option<Currency>,
    insertion: Option<Insertion>,
    /// By first day, earliest first.
    schedules: Vec<(Option<NaiveDate>, Vec<MatchedRule>)>,
}

#[derive(Debug, Clone)]
struct MatchedRule {
    delivery: Option<Delivery>,
    words: Vec<String>,
    not: Vec<String>,
    rule: FeeRule,
}

impl FeeSchedule {
    /// Reads a schedule (the format of `data/fees.json`).
    ///
    /// # Errors
    /// Broken JSON, unknown fields, a rate outside 0–100 %, tiers out of order, or a schedule that
    /// leaves a category without a rule.
    pub fn parse(json: &str) -> Result<Self, FeeError> {
        let file: file::FeeFile =
            serde_json::from_str(json).map_err(|error| FeeError::Unreadable(error.to_string()))?;
        let platforms =
            file.platforms.into_iter().map(|(name, entry)| Ok((name.clone(), entry.check(&name)?)));
        Ok(Self { platforms: platforms.collect::<Result<_, FeeError>>()?, unknown: UnknownVenue::Refuse })
    }

    /// The same schedule with another answer for venues it does not hold.
    #[must_use]
    pub fn with_unknown(mut self, unknown: UnknownVenue) -> Self {
        self.unknown = unknown;
        self
    }

    /// The same schedule, with a further venue that charges as another does; nothing changes when
    /// that one is not in it.
    #[must_use]
    pub fn charging_like(mut self, name: &str, like: &str) -> Self {
        if let Some(fees) = self.platforms.get(like).cloned() {
            self.platforms.insert(name.to_owned(), fees);
        }
        self
    }

    /// The rule for a sale; `category` is matched by whole words.
    ///
    /// # Errors
    /// An unknown venue (unless a share is assumed), or another currency than the venue's.
    pub fn rule(
        &self,
        platform: &Platform,
        category: &str,
        delivery: Delivery,
        currency: Currency,
        at: Utc,
    ) -> Result<FeeRule, FeeError> {
        let name = platform.as_str();
        let Some(fees) = self.platforms.get(name) else {
            return match self.unknown {
                UnknownVenue::Assume(share) => Ok(assumed_rule(name, share)),
                UnknownVenue::Refuse => Err(FeeError::UnknownPlatform(name.to_owned())),
            };
        };
        if let Some(own) = fees.currency.filter(|own| *own != currency) {
            return Err(FeeError::Currency { platform: name.to_owned(), fees: own, sale: currency });
        }
        let day = at.date_naive();
        let in_force = fees.schedules.iter().rev().find(|(from, _)| from.is_none_or(|from| from <= day));
        let category = plain_words(category);
        let pick = |rules: &[MatchedRule]| {
            rules.iter().find(|rule| rule.fits(&category, delivery)).map(|rule| rule.rule.clone())
        };
        let found = match (in_force, fees.schedules.first()) {
            (Some((_, rules)), _) => pick(rules),
            (None, Some((from, rules))) => pick(rules).map(|rule| FeeRule { begins_later: *from, ..rule }),
            (None, None) => None,
        };
        found.ok_or_else(|| FeeError::UnknownPlatform(name.to_owned()))
    }

    /// The bill for a sale.
    ///
    /// # Errors
    /// As [`Self::rule`].
    pub fn for_sale(&self, platform: &Platform, category: &str, sale: SaleTerms) -> Result<Fees, FeeError> {
        let rule = self.rule(platform, category, sale.delivery, sale.currency, sale.at)?;
        Ok(rule.explain(sale.price, sale.shipping_charged, sale.tax, sale.currency))
    }

    /// What the next advertisement costs after `listed_this_month` of them; nothing where the
    /// venue has no such fee.
    #[must_use]
    pub fn insertion_fee(&self, platform: &Platform, listed_this_month: u32) -> Cents {
        let insertion = self.platforms.get(platform.as_str()).and_then(|fees| fees.insertion.as_ref());
        insertion.filter(|fee| listed_this_month >= fee.free_per_month).map_or(Cents::ZERO, |fee| fee.then)
    }
}

/// Lower-case words with one space around each, for whole-word search.
fn plain_words(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 2);
    plain.push(' ');
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            plain.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
            plain.extend(c.to_lowercase());
        } else if !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    if !plain.ends_with(' ') {
        plain.push(' ');
    }
    plain
}

impl MatchedRule {
    fn fits(&self, category: &str, delivery: Delivery) -> bool {
        let holds = |words: &[String]| words.iter().any(|word| category.contains(word.as_str()));
        self.delivery.is_none_or(|own| own == delivery)
            && (self.words.is_empty() || holds(&self.words))
            && !holds(&self.not)
    }
}

fn assumed_rule(platform: &str, share: f64) -> FeeRule {
    FeeRule {
        name: platform.to_owned(),
        kind: TierKind::Flat,
        tiers: vec![Tier { up_to: None, ppm: (share.clamp(0.0, 100.0) * 10_000.0).round() as i64 }],
        base: vec![BasePart::Price],
        order_fee: Vec::new(),
        minimum: Cents::ZERO,
        fixed: Cents::ZERO,
        payment_ppm: 0,
        confidence: Confidence::Uncertain,
        begins_later: None,
        assumed: true,
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Insertion {
    free_per_month: u32,
    then: Cents,
}

#[path = "fees_file.rs"]
mod file;
#[path = "fees_rule.rs"]
mod rule;

#[cfg(test)]
#[path = "fees_tests.rs"]
mod tests;
