//! The limits of one deal, and the highest price that meets them all.

use std::collections::BTreeMap;

use autobazaaar_domain::decision::Figure;
use autobazaaar_domain::economics::ValueDistribution;
use autobazaaar_domain::{Cents, Currency, Deal, Figures, Money, Reason, ReasonCode};

use super::config::{BargainingConfig, LimitsConfig};

/// A limit that was written down wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("limits.{option}: found `{found}`, expected an ISO currency code such as USD")]
pub struct BadLimits {
    option: &'static str,
    found: String,
}

/// The limits in minor units. A missing, negative or meaningless amount is 0, and 0 allows
/// nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    pub(super) capital: BTreeMap<Currency, Cents>,
    pub(super) item_max: BTreeMap<Currency, Cents>,
    pub(super) min_net_profit: BTreeMap<Currency, Cents>,
    pub(super) auto_approve_up_to: BTreeMap<Currency, Cents>,
    /// The configuration as it was given, for everything that is not an amount.
    pub(super) config: LimitsConfig,
}

impl Limits {
    /// Makes the configured limits ready.
    ///
    /// # Errors
    /// A currency that is none.
    pub fn new(config: LimitsConfig) -> Result<Self, BadLimits> {
        Ok(Self {
            capital: amounts("capital", &config.capital)?,
            item_max: amounts("item_max", &config.item_max)?,
            min_net_profit: amounts("min_net_profit", &config.min_net_profit)?,
            auto_approve_up_to: amounts("auto_approve_up_to", &config.auto_approve_up_to)?,
            config,
        })
    }

    /// Capital, currency by currency.
    pub fn capital_of_all(&self) -> impl Iterator<Item = (Currency, Cents)> + '_ {
        self.capital.iter().map(|(currency, amount)| (*currency, *amount))
    }

    /// Capital in a currency; 0 where none is named.
    #[must_use]
    pub fn capital(&self, currency: Currency) -> Cents {
        self.capital.get(&currency).copied().unwrap_or_default()
    }

    pub(super) fn auto_approve_up_to(&self, currency: Currency) -> Cents {
        self.auto_approve_up_to.get(&currency).copied().unwrap_or_default()
    }

    /// Days that a negotiation takes.
    #[must_use]
    pub fn bargaining_days(&self) -> f64 {
        self.config.bargaining.days
    }

    pub(super) fn bargaining(&self) -> &BargainingConfig {
        &self.config.bargaining
    }
}

fn amounts(
    option: &'static str,
    given: &BTreeMap<String, f64>,
) -> Result<BTreeMap<Currency, Cents>, BadLimits> {
    given
        .iter()
        .map(|(code, major)| {
            let currency = code.parse().map_err(|_| BadLimits { option, found: code.clone() })?;
            Ok((currency, Cents::from_major(*major, currency).unwrap_or_default().max(Cents::ZERO)))
        })
        .collect()
}

/// A deal that can be priced, with the limits that depend on its price.
pub(super) struct Priced<'a> {
    pub(super) figures: &'a Figures,
    currency: Currency,
    sale: ValueDistribution,
    /// Highest landed cost one item may have.
    item_max: Cents,
    /// Lowest net profit; `None` when the currency has none, which allows nothing.
    min_net_profit: Option<Cents>,
    config: &'a LimitsConfig,
}

impl<'a> Priced<'a> {
    /// `None` for a deal without figures.
    pub(super) fn new(deal: &'a Deal, limits: &'a Limits) -> Option<Self> {
        let figures = deal.figures.as_ref()?;
        let capital = limits.capital(deal.currency);
        Some(Self {
            figures,
            currency: deal.currency,
            sale: figures.sale_distribution()?,
            item_max: limits.item_max.get(&deal.currency).copied().unwrap_or_default().min(capital),
            min_net_profit: limits.min_net_profit.get(&deal.currency).copied(),
            config: &limits.config,
        })
    }

    /// Whether the deal meets every limit when bought at `price`, and costs no more than `money`
    /// altogether.
    #[cfg(test)]
    pub(super) fn meets(&self, price: Cents, money: Cents) -> bool {
        price.0 > 0
            && self.figures.costs.landed(price) <= money
            && self.meets_cheap(price)
            && self.p_loss(price) <= self.config.max_p_loss
    }

    /// All limits but the chance of a loss, which takes longer to work out.
    fn meets_cheap(&self, price: Cents) -> bool {
        let (figures, config) = (self.figures, self.config);
        let landed = figures.costs.landed(price);
        let profit = figures.proceeds.net - landed;
        landed <= self.item_max
            && self.min_net_profit.is_some_and(|least| profit >= least)
            && at_least(profit, config.min_margin, price)
            && at_least(profit, config.min_roi, landed)
            && config.max_risk > 0.0
            && figures.risk_at(price) <= config.max_risk
            && config.max_p_loss > 0.0
    }

    fn p_loss(&self, price: Cents) -> f64 {
        self.figures.route.p_loss(&self.sale, self.figures.costs.landed(price))
    }

    /// The highest price that meets every limit and costs at most `money` altogether: one minor
    /// unit more breaks one. Every limit only tightens as the price rises, so a search by halves
    /// finds it. `None` when no price does.
    pub(super) fn max_price(&self, money: Cents) -> Option<Cents> {
        let landed = |price| self.figures.costs.landed(price);
        let above = self.item_max.min(money).0.saturating_add(1).max(1);
        let highest = last_that(0, above, |price| landed(price) <= money && self.meets_cheap(price));
        let safe = |price: Cents| self.p_loss(price) <= self.config.max_p_loss;
        if highest == 0 || safe(Cents(highest)) {
            return (highest > 0).then_some(Cents(highest));
        }
        // What a sale at the limit's own quantile brings is within a few minor units of the most
        // that may be paid: look for the exact one from there.
        let bearable = self.figures.route.proceeds(self.sale.quantile(self.config.max_p_loss)).net;
        let guess = (bearable - landed(Cents::ZERO)).0 as f64 / (1.0 + self.figures.costs.tax_rate);
        let guess = (guess as i64).clamp(0, highest);
        let (mut low, mut high, mut step) = (0, highest, 4);
        if guess > 0 && safe(Cents(guess)) {
            low = guess;
            while low + step < highest && safe(Cents(low + step)) {
                low += step;
                step *= 2;
            }
            high = high.min(low + step);
        } else {
            high = guess.max(1);
            while high - step > 0 && !safe(Cents(high - step)) {
                high -= step;
                step *= 2;
            }
            low = low.max(high - step);
        }
        let price = last_that(low, high, safe);
        (price > 0).then_some(Cents(price))
    }

    /// Which limits the ask breaks, with their numbers; the hardest to mend first.
    pub(super) fn broken(&self, price: Cents) -> Vec<Reason> {
        let (figures, config) = (self.figures, self.config);
        let landed = figures.costs.landed(price);
        let profit = figures.proceeds.net - landed;
        let money = |amount| Figure::Money(Money { amount, currency: self.currency });
        let share = |part: Cents, whole: Cents| Figure::Share(part.0 as f64 / whole.0.max(1) as f64);
        let least = self.min_net_profit.unwrap_or_default();
        let (risk, p_loss) = (figures.risk_at(price), self.p_loss(price));
        let checks = [
            (
                self.min_net_profit.is_none_or(|least| profit < least),
                ReasonCode::PassedMinProfit,
                money(profit),
                money(least),
            ),
            (
                !at_least(profit, config.min_margin, price),
                ReasonCode::PassedMinMargin,
                share(profit, price),
                Figure::Share(config.min_margin),
            ),
            (
                !at_least(profit, config.min_roi, landed),
                ReasonCode::PassedMinRoi,
                share(profit, landed),
                Figure::Share(config.min_roi),
            ),
            (
                config.max_p_loss.is_nan() || config.max_p_loss <= 0.0 || p_loss > config.max_p_loss,
                ReasonCode::PassedMaxPLoss,
                Figure::Share(p_loss),
                Figure::Share(config.max_p_loss),
            ),
            (
                config.max_risk.is_nan() || config.max_risk <= 0.0 || risk > config.max_risk,
                ReasonCode::PassedMaxRisk,
                Figure::Score(risk),
                Figure::Score(config.max_risk),
            ),
            (landed > self.item_max, ReasonCode::PassedItemMax, money(landed), money(self.item_max)),
        ];
        let broken = checks.into_iter().filter(|(breaks, ..)| *breaks);
        broken.map(|(_, code, found, limit)| Reason::measured(code, found, limit)).collect()
    }
}

/// The last number that holds between one that does (or 0, which stands for none) and one that
/// does not.
fn last_that(mut low: i64, mut high: i64, holds: impl Fn(Cents) -> bool) -> i64 {
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(Cents(middle)) { low = middle } else { high = middle }
    }
    low
}

/// `part` is at least `share` of `whole`; a negative minimum is 0, a meaningless one is met by
/// nothing.
fn at_least(part: Cents, share: f64, whole: Cents) -> bool {
    !share.is_nan() && part.0 as f64 >= share.max(0.0) * whole.0 as f64
}
