//! What a purchase costs, what a sale brings, and at which price to sell: pure arithmetic.

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
        let returns = (price.share(self.return_loss) + postage_twice).share(self.return_rate);
        let refurbishing = price.share(self.refurbishing);
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
        (price + self.shipping_charged).share(self.buyer_tax_rate)
    }

    /// A sale price at which the net proceeds reach `landed` while a minor unit less does not;
    /// `None` when no price up to ten thousand times the cost does.
    #[must_use]
    pub fn break_even(&self, landed: Cents) -> Option<Cents> {
        let reaches = |price: i64| self.proceeds(Cents(price)).net >= landed;
        let mut high = landed.0.max(1);
        let most = high.saturating_mul(10_000);
        let mut low = 0;
        while !reaches(high) {
            if high >= most {
                return None;
            }
            low = high;
            high += high / 4 + 100;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if reaches(middle) { high = middle } else { low = middle }
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

/// How fast things sell: the assumptions behind a listing price. Offered at a price P, an item
/// sells at the daily rate
///
/// `ln 2 / median_days × 2·(1 − F(P)) × (0.5 + demand)`
///
/// with F the distribution of its value: at its median value and average demand half of such
/// items are sold after `median_days`. What is left after `horizon_days` is cleared at the value's
/// `clearance_level` quantile within `clearance_days`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SellingModel {
    pub median_days: f64,
    pub horizon_days: f64,
    pub clearance_level: f64,
    pub clearance_days: f64,
    /// From payment to the advertisement: arrival, inspection, photographs.
    pub turnaround_days: f64,
    /// Yearly cost of tied-up capital, a rate.
    pub capital_cost: f64,
}

/// The best listing price at one venue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ListingPlan {
    pub list_price: Cents,
    /// Sold at that price within the horizon.
    pub sale_probability: f64,
    /// From payment to sale, clearance included.
    pub expected_days: f64,
    /// Mean net proceeds, clearance included, before the cost of capital.
    pub expected_net: Cents,
}

impl SellingModel {
    /// The price that brings most over the value's distribution, tied-up capital charged: a grid
    /// over quantile levels 10–95 %, then a search between the best one's neighbours.
    #[must_use]
    pub fn best_plan(
        &self,
        route: &SaleRoute,
        value: &ValueDistribution,
        demand: f64,
        landed: Cents,
    ) -> ListingPlan {
        const STEP: f64 = 0.05;
        let clearance = route.proceeds(value.quantile(self.clearance_level)).net;
        let plan_at = |level: f64| {
            let plan = self.plan(route, value.quantile(level), level, demand, clearance);
            let held = landed.0 as f64 * self.capital_cost * plan.expected_days / 365.0;
            (plan.expected_net.0 as f64 - held, level, plan)
        };
        let mut best = plan_at(0.10);
        for step in 1..=17 {
            let other = plan_at(0.10 + STEP * f64::from(step));
            if other.0 > best.0 {
                best = other;
            }
        }
        let mut width = STEP / 2.0;
        for _ in 0..4 {
            for level in [best.1 - width, best.1 + width] {
                let other = plan_at(level.clamp(0.02, 0.98));
                if other.0 > best.0 {
                    best = other;
                }
            }
            width /= 2.0;
        }
        best.2
    }

    fn plan(
        &self,
        route: &SaleRoute,
        price: Cents,
        level: f64,
        demand: f64,
        clearance: Cents,
    ) -> ListingPlan {
        let rate = std::f64::consts::LN_2 / self.median_days * 2.0 * (1.0 - level) * (0.5 + demand);
        let unsold = (-rate * self.horizon_days).exp();
        let sold = 1.0 - unsold;
        let net = route.proceeds(price).net.0 as f64 * sold + clearance.0 as f64 * unsold;
        ListingPlan {
            list_price: price,
            sale_probability: sold,
            expected_days: self.turnaround_days + sold / rate.max(1e-9) + unsold * self.clearance_days,
            expected_net: Cents(net.round() as i64),
        }
    }
}

#[cfg(test)]
#[path = "economics_tests.rs"]
mod tests;
