//! Charging a sale under a rule, in numbers and in words.

use super::{BasePart, Charge, Confidence, FeeKind, FeeLine, FeeRule, Fees, OrderFee, Tier, TierKind};
use crate::{Cents, Currency, Money};

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
