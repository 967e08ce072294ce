//! At which price and where to sell.

use serde::{Deserialize, Serialize};

use crate::Cents;
use crate::economics::{SaleRoute, ValueDistribution};
use crate::pace::Pace;

/// What a listing price stands on. Offered at a price P, an item sells as its [`Pace`] says at
/// level F(P), with F the distribution of its value. What is left after `horizon_days` is cleared
/// at the value's `clearance_level` quantile within `clearance_days`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SellingModel {
    pub pace: Pace,
    pub horizon_days: f64,
    pub clearance_level: f64,
    pub clearance_days: f64,
    /// From payment to the advertisement: arrival, inspection, photographs.
    pub turnaround_days: f64,
    /// Yearly cost of tied-up capital, a rate.
    pub capital_cost: f64,
}

/// A listing price at one venue and what to expect of it.
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

/// Days until a sale: the mean, and the range of four cases in five.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DaysToSell {
    /// Mean, clearance of what is left included.
    pub expected: f64,
    /// One case in ten is sold sooner.
    pub low: f64,
    /// One case in ten takes longer; what is left after the horizon is cleared.
    pub high: f64,
    /// Learned from exits that were seen; else assumed.
    pub learned: bool,
}

/// Distance of neighbouring quantile levels tried.
const STEP: f64 = 0.05;
/// Levels tried: 10 %, 15 %, … 95 %.
const LEVELS_TRIED: usize = 18;

/// A price with what does not depend on the venue's costs.
#[derive(Debug, Clone, Copy, Default)]
struct Offer {
    level: f64,
    price: Cents,
    sold: f64,
    days: f64,
}

/// The prices worth trying for one value, to be held against several venues.
#[derive(Debug, Clone, Copy)]
pub struct PriceGrid<'a> {
    model: &'a SellingModel,
    value: &'a ValueDistribution,
    demand: f64,
    offers: [Offer; LEVELS_TRIED],
    clearance: Cents,
}

impl SellingModel {
    /// Works out the prices to try, once for all venues where things sell alike.
    #[must_use]
    pub fn grid<'a>(&'a self, value: &'a ValueDistribution, demand: f64) -> PriceGrid<'a> {
        let clearance = value.quantile(self.clearance_level);
        let mut grid = PriceGrid { model: self, value, demand, offers: Default::default(), clearance };
        for i in 0..LEVELS_TRIED {
            grid.offers[i] = grid.offer(0.10 + STEP * i as f64);
        }
        grid
    }

    /// The price that brings most at one venue.
    #[must_use]
    pub fn best_plan(
        &self,
        route: &SaleRoute,
        value: &ValueDistribution,
        demand: f64,
        landed: Cents,
    ) -> ListingPlan {
        let grid = self.grid(value, demand);
        grid.refine(route, landed, &grid.best(route, landed))
    }

    /// Days on the market when offered at a quantile of the value, `turnaround_days` not among
    /// them.
    #[must_use]
    pub fn days_on_market(&self, level: f64, demand: f64) -> DaysToSell {
        let speed = self.pace.speed(level, demand);
        let (unsold, waiting) = self.pace.until(speed, self.horizon_days);
        let end = self.horizon_days + self.clearance_days;
        let until = |share: f64| if 1.0 - unsold < share { end } else { self.pace.quantile(speed, share) };
        DaysToSell {
            expected: waiting + unsold * self.clearance_days,
            low: until(0.1),
            high: until(0.9),
            learned: self.pace.learned,
        }
    }

    /// Days from payment to sale when offered at this price.
    #[must_use]
    pub fn days_to_sell(&self, value: &ValueDistribution, price: Cents, demand: f64) -> DaysToSell {
        let days = self.days_on_market(value.cdf(price), demand);
        let from_payment = |days: f64| days + self.turnaround_days;
        DaysToSell {
            expected: from_payment(days.expected),
            low: from_payment(days.low),
            high: from_payment(days.high),
            learned: days.learned,
        }
    }

    /// What a plan is worth: expected net proceeds less the cost of the capital it ties up.
    #[must_use]
    pub fn worth(&self, plan: &ListingPlan, landed: Cents) -> f64 {
        plan.expected_net.0 as f64 - landed.0 as f64 * self.capital_cost * plan.expected_days / 365.0
    }
}

impl PriceGrid<'_> {
    /// The best of the grid's prices at a venue: within a twentieth of the distribution of the
    /// very best, which is enough to compare venues by.
    #[must_use]
    pub fn best(&self, route: &SaleRoute, landed: Cents) -> ListingPlan {
        let clearance = route.proceeds(self.clearance).net;
        let mut best = self.plan(route, &self.offers[0], clearance);
        let mut most = self.model.worth(&best, landed);
        for offer in &self.offers[1..] {
            let plan = self.plan(route, offer, clearance);
            let worth = self.model.worth(&plan, landed);
            if worth > most {
                (best, most) = (plan, worth);
            }
        }
        best
    }

    /// Searches between a grid price's neighbours, by halves, for a better one.
    #[must_use]
    pub fn refine(&self, route: &SaleRoute, landed: Cents, plan: &ListingPlan) -> ListingPlan {
        let clearance = route.proceeds(self.clearance).net;
        let (mut best, mut most) = (*plan, self.model.worth(plan, landed));
        let start = self.offers.iter().find(|offer| offer.price == plan.list_price);
        let mut level = start.map_or(0.5, |offer| offer.level);
        let mut width = STEP / 2.0;
        for _ in 0..4 {
            let middle = level;
            for other in [middle - width, middle + width] {
                let plan = self.plan(route, &self.offer(other), clearance);
                let worth = self.model.worth(&plan, landed);
                if worth > most {
                    (best, most, level) = (plan, worth, other);
                }
            }
            width /= 2.0;
        }
        best
    }

    fn offer(&self, level: f64) -> Offer {
        let model = self.model;
        let speed = model.pace.speed(level, self.demand);
        let (unsold, waiting) = model.pace.until(speed, model.horizon_days);
        let days = model.turnaround_days + waiting + unsold * model.clearance_days;
        Offer { level, price: self.value.quantile(level), sold: 1.0 - unsold, days }
    }

    fn plan(&self, route: &SaleRoute, offer: &Offer, clearance: Cents) -> ListingPlan {
        let at_price = route.proceeds(offer.price).net.0 as f64;
        let net = at_price * offer.sold + clearance.0 as f64 * (1.0 - offer.sold);
        ListingPlan {
            list_price: offer.price,
            sale_probability: offer.sold,
            expected_days: offer.days,
            expected_net: Cents(net as i64),
        }
    }
}

#[cfg(test)]
#[path = "selling_tests.rs"]
mod tests;
