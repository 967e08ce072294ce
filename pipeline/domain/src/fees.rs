//! What a venue keeps of a sale: a schedule read from JSON, charged exactly in minor units.
//!
//! **Rounding:** every fee line is rounded half up to the minor unit, once, after the tiers of a
//! line are added up.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::listing::words;
use crate::{Cents, Currency, Money, Platform, Utc};

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

impl FeeRule {
    /// The fees of a sale; a negative part counts as nothing.
    #[must_use]
    pub fn charge(&self, price: Cents, shipping: Cents, tax: Cents) -> Charge {
        let (price, shipping, tax) = (price.0.max(0), shipping.0.max(0), tax.0.max(0));
        let base = self.base_of(price, shipping, tax);
        let (mut share, last_tier) = self.share_of(base);
        if !matches!(self.kind, TierKind::None) {
            share = share.max(self.minimum.0);
        }
        let waived = self.kind == TierKind::WholeThreshold && last_tier;
        let per_order = if waived { Cents::ZERO } else { self.order_fee_of(base) };
        let everything = price.saturating_add(shipping).saturating_add(tax);
        Charge {
            share: Cents(share),
            per_order,
            fixed: self.fixed,
            payment: Cents(half_up(times(everything, self.payment_ppm))),
        }
    }

    /// The bill in words.
    #[must_use]
    pub fn explain(&self, price: Cents, shipping: Cents, tax: Cents, currency: Currency) -> Fees {
        let charge = self.charge(price, shipping, tax);
        let base = self.base_of(price.0.max(0), shipping.0.max(0), tax.0.max(0));
        let mut lines = Vec::with_capacity(4);
        let mut line = |kind, amount: Cents, explanation: String| {
            lines.push(FeeLine { kind, amount, explanation });
        };
        line(FeeKind::Share, charge.share, self.share_words(base, charge.share, currency));
        if charge.per_order.0 > 0 {
            line(FeeKind::PerOrder, charge.per_order, "per order".to_owned());
        }
        if charge.fixed.0 > 0 {
            line(FeeKind::Fixed, charge.fixed, "for the advertisement".to_owned());
        }
        if self.payment_ppm > 0 {
            line(FeeKind::Payment, charge.payment, format!("{} for the payment", percent(self.payment_ppm)));
        }
        let platform = charge.platform();
        Fees { platform, payment: charge.payment, total: platform + charge.payment, lines }
    }

    fn base_of(&self, price: i64, shipping: i64, tax: i64) -> i64 {
        self.base.iter().fold(0_i64, |sum, part| {
            sum.saturating_add(match part {
                BasePart::Price => price,
                BasePart::Shipping => shipping,
                BasePart::Tax => tax,
            })
        })
    }

    /// The share before its minimum, and whether the base falls in the last tier.
    fn share_of(&self, base: i64) -> (i64, bool) {
        let (mut millionths, mut below) = (0_i128, 0_i64);
        for (i, tier) in self.tiers.iter().enumerate() {
            let last = i + 1 == self.tiers.len();
            let end = tier.up_to.map_or(i64::MAX, |end| end.0);
            if self.kind == TierKind::Marginal {
                millionths += times(base.min(end) - below, tier.ppm);
            } else if base <= end || last {
                return (half_up(times(base, tier.ppm)), last);
            }
            if base <= end {
                return (half_up(millionths), last);
            }
            below = end;
        }
        (half_up(millionths), true)
    }

    fn order_fee_of(&self, base: i64) -> Cents {
        let fits = |fee: &&OrderFee| fee.up_to.is_none_or(|end| base <= end.0);
        self.order_fee.iter().find(fits).map_or(Cents::ZERO, |fee| fee.fee)
    }

    fn share_words(&self, base: i64, share: Cents, currency: Currency) -> String {
        let base_words = || {
            let parts: Vec<&str> = self.base.iter().map(|part| part.as_str()).collect();
            format!("{} ({})", Money::new(base, currency), parts.join(" + "))
        };
        let mut text = match self.kind {
            TierKind::None => format!("{}: no share of the price", self.name),
            TierKind::Marginal => {
                let tiers: Vec<String> = self.tiers.iter().map(|tier| tier_words(tier, currency)).collect();
                format!("{}: {} of {}", self.name, tiers.join(", then "), base_words())
            }
            TierKind::Whole | TierKind::WholeThreshold | TierKind::Flat => {
                let tier = self.tiers.iter().find(|tier| tier.up_to.is_none_or(|end| base <= end.0));
                format!("{}: {} of {}", self.name, percent(tier.map_or(0, |tier| tier.ppm)), base_words())
            }
        };
        if self.minimum.0 > 0 && share == self.minimum {
            text.push_str(&format!(", at least {}", Money { amount: self.minimum, currency }));
        }
        if self.confidence != Confidence::High {
            text.push_str(&format!(" [{} source]", self.confidence));
        }
        if self.assumed {
            text.push_str(" [no schedule known: the share set for unknown venues]");
        }
        if let Some(from) = self.begins_later {
            text.push_str(&format!(" [schedule of {from}; no earlier one is known]"));
        }
        text
    }
}

fn tier_words(tier: &Tier, currency: Currency) -> String {
    let rate = percent(tier.ppm);
    tier.up_to.map_or(rate.clone(), |end| format!("{rate} up to {}", Money { amount: end, currency }))
}

fn percent(ppm: i64) -> String {
    format!("{} %", ppm as f64 / 10_000.0)
}

fn times(amount: i64, ppm: i64) -> i128 {
    i128::from(amount) * i128::from(ppm)
}

/// Millionths to units, halves up. Shares are below one, so the result fits where the amount did.
fn half_up(millionths: i128) -> i64 {
    // Nearly every amount fits 64 bits, where division is much faster.
    match i64::try_from(millionths) {
        Ok(small) if small < i64::MAX - 500_000 => (small + 500_000) / 1_000_000,
        _ => i64::try_from((millionths + 500_000) / 1_000_000).unwrap_or(i64::MAX),
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

#[cfg(test)]
#[path = "fees_tests.rs"]
mod tests;
