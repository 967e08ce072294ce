//! What a purchase costs and what a sale brings: pure arithmetic.

use serde::{Deserialize, Serialize};

use crate::fees::{Delivery, FeeRule};
use crate::valuation::LEVELS;
use crate::{Cents, Platform, Quantiles};

/// A continuous distribution through seven quantiles: the cumulative share is linear in the
/// logarithm of the price between them, and continued at the outer segments' slope by an
/// exponential tail, so that no price is impossible.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueDistribution {
    /// Natural logarithms of minor units, strictly rising.
    ln: [f64; 7],
}

/// Smallest step between neighbouring quantiles in log price: a distribution whose quantiles
/// coincide is a very narrow one.
const NARROWEST_STEP: f64 = 1e-4;

impl ValueDistribution {
    /// The distribution with every price multiplied by `factor`; `None` unless the quantiles are
    /// positive and do not fall, and the factor is positive.
    #[must_use]
    pub fn new(quantiles: &Quantiles, factor: f64) -> Option<Self> {
        let prices = quantiles.0;
        let rising = prices.windows(2).all(|pair| pair[0] <= pair[1]);
        if prices[0].0 <= 0 || !rising || !(factor.is_finite() && factor > 0.0) {
            return None;
        }
        let mut ln = prices.map(|price| (price.0 as f64 * factor).ln());
        for i in 4..7 {
            ln[i] = ln[i].max(ln[i - 1] + NARROWEST_STEP);
        }
        for i in (0..3).rev() {
            ln[i] = ln[i].min(ln[i + 1] - NARROWEST_STEP);
        }
        Some(Self { ln })
    }

    /// Probability that the value is below `price`.
    #[must_use]
    pub fn cdf(&self, price: Cents) -> f64 {
        if price.0 <= 0 {
            return 0.0;
        }
        let (x, ln) = ((price.0 as f64).ln(), &self.ln);
        if x <= ln[0] {
            return LEVELS[0] * ((x - ln[0]) / (ln[1] - ln[0])).exp();
        }
        if x >= ln[6] {
            return 1.0 - (1.0 - LEVELS[6]) * ((ln[6] - x) / (ln[6] - ln[5])).exp();
        }
        let i = (1..6).find(|&i| x < ln[i]).unwrap_or(6);
        let along = (x - ln[i - 1]) / (ln[i] - ln[i - 1]);
        LEVELS[i - 1] + along * (LEVELS[i] - LEVELS[i - 1])
    }

    /// The price below which a share `level` (0 < level < 1) of values lies; the inverse of
    /// [`Self::cdf`], rounded to the minor unit.
    #[must_use]
    pub fn quantile(&self, level: f64) -> Cents {
        let (level, ln) = (level.clamp(1e-9, 1.0 - 1e-9), &self.ln);
        let x = if level <= LEVELS[0] {
            ln[0] + (ln[1] - ln[0]) * (level / LEVELS[0]).ln()
        } else if level >= LEVELS[6] {
            ln[6] - (ln[6] - ln[5]) * ((1.0 - level) / (1.0 - LEVELS[6])).ln()
        } else {
            let i = (1..6).find(|&i| level < LEVELS[i]).unwrap_or(6);
            let along = (level - LEVELS[i - 1]) / (LEVELS[i] - LEVELS[i - 1]);
            ln[i - 1] + along * (ln[i] - ln[i - 1])
        };
        Cents(x.exp().round().min(9.0e15) as i64)
    }
}

/// What a purchase costs beside its price.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LandedCosts {
    pub inbound_shipping: Cents,
    pub travel: Cents,
    /// The owner's hours for buying.
    pub time: Cents,
    /// Tax on price and inbound shipping, a rate.
    pub tax_rate: f64,
}

impl LandedCosts {
    /// Everything paid to have the item, at a purchase price.
    #[must_use]
    pub fn landed(&self, price: Cents) -> Cents {
        price + self.inbound_shipping + self.travel + self.time + self.tax(price)
    }

    /// Tax at a purchase price.
    #[must_use]
    pub fn tax(&self, price: Cents) -> Cents {
        (price + self.inbound_shipping).share(self.tax_rate)
    }
}

/// A way to sell one item: the venue's fee rule and our own costs there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaleRoute {
    pub platform: Platform,
    pub delivery: Delivery,
    pub fee: FeeRule,
    /// On top of the price, paid by the buyer.
    pub shipping_charged: Cents,
    /// What sending it costs us.
    pub shipping_cost: Cents,
    /// The owner's hours for packing or handing over.
    pub handling: Cents,
    /// Sales tax the venue collects from the buyer: no cost of ours, but in some fees' base.
    pub buyer_tax_rate: f64,
    /// Share of sales that come back.
    pub return_rate: f64,
    /// Share of the price lost when one comes back, beside the postage both ways.
    pub return_loss: f64,
    /// Share of the price for cleaning and mending.
    pub refurbishing: f64,
}

/// A sale at one price, part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proceeds {
    /// Price and shipping charged.
    pub gross: Cents,
    pub platform_fees: Cents,
    pub payment_fees: Cents,
    pub shipping: Cents,
    /// Expected cost of returns.
    pub returns: Cents,
    pub refurbishing: Cents,
    pub handling: Cents,
    /// What is left.
    pub net: Cents,
}

impl SaleRoute {
    /// A sale at `price`, part by part.
    #[must_use]
    pub fn proceeds(&self, price: Cents) -> Proceeds {
        let gross = price + self.shipping_charged;
        let charge = self.fee.charge(price, self.shipping_charged, self.buyer_tax(price));
        let postage_twice = Cents(self.shipping_cost.0 * 2);
        let returns = part(part(price, self.return_loss) + postage_twice, self.return_rate);
        let refurbishing = part(price, self.refurbishing);
        let platform_fees = charge.platform();
        let net = gross
            - platform_fees
            - charge.payment
            - self.shipping_cost
            - returns
            - refurbishing
            - self.handling;
        Proceeds {
            gross,
            platform_fees,
            payment_fees: charge.payment,
            shipping: self.shipping_cost,
            returns,
            refurbishing,
            handling: self.handling,
            net,
        }
    }

    /// Sales tax the buyer pays at a price.
    #[must_use]
    pub fn buyer_tax(&self, price: Cents) -> Cents {
        part(price + self.shipping_charged, self.buyer_tax_rate)
    }

    /// A sale price at which the net proceeds reach `landed` while a minor unit less does not;
    /// `None` when no price up to ten thousand times the cost does.
    #[must_use]
    pub fn break_even(&self, landed: Cents) -> Option<Cents> {
        let net = |price: i64| self.proceeds(Cents(price)).net.0;
        let target = landed.0;
        let (mut low, mut high) = (0, target.max(1));
        let (mut net_low, mut net_high) = (i64::MIN, net(high));
        let most = high.saturating_mul(10_000);
        while net_high < target {
            if high >= most {
                return None;
            }
            (low, net_low) = (high, net_high);
            high += high / 4 + 100;
            net_high = net(high);
        }
        // Proceeds are nearly a straight line: aim at the crossing once, then beside it, and halve
        // what is left.
        let mut aimed = 0;
        while high - low > 1 {
            let middle = match aimed {
                0 if net_low > i64::MIN && net_high > net_low => {
                    let along = (target - net_low) as f64 / (net_high - net_low) as f64;
                    low + ((high - low) as f64 * along) as i64
                }
                1 if net_low < target && high - low > 8 => high - 4,
                2 if high - low > 8 => low + 4,
                _ => low + (high - low) / 2,
            };
            let middle = middle.clamp(low + 1, high - 1);
            let found = net(middle);
            if found >= target {
                (high, net_high, aimed) = (middle, found, if aimed == 0 { 1 } else { 3 });
            } else {
                (low, net_low, aimed) = (middle, found, if aimed == 0 { 2 } else { 3 });
            }
        }
        Some(Cents(high))
    }

    /// Probability that a sale brings less than `landed`.
    #[must_use]
    pub fn p_loss(&self, value: &ValueDistribution, landed: Cents) -> f64 {
        self.break_even(landed).map_or(1.0, |price| value.cdf(price))
    }

    /// Mean loss (0 where there is a gain) over the value's distribution: the midpoint rule on
    /// twenty equal shares.
    #[must_use]
    pub fn expected_loss(&self, value: &ValueDistribution, landed: Cents) -> Cents {
        const POINTS: i64 = 20;
        let mut sum = 0;
        for i in 0..POINTS {
            let price = value.quantile((i as f64 + 0.5) / POINTS as f64);
            let loss = (landed - self.proceeds(price).net).0;
            if loss <= 0 {
                break; // dearer values lose less
            }
            sum += loss;
        }
        Cents(sum / POINTS)
    }
}

/// A share of an amount that is not negative, halves up. The same as [`Cents::share`] there, but
/// without its call of `round`: this is the innermost loop of scoring.
fn part(amount: Cents, share: f64) -> Cents {
    Cents((amount.0 as f64 * share + 0.5) as i64)
}

#[cfg(test)]
#[path = "economics_tests.rs"]
pub(crate) mod tests;
