//! One deal looked at by itself.

use autobazaaar_domain::decision::Figure;
use autobazaaar_domain::{Action, Cents, Deal, DealStatus, Money, Quantiles, Reason, ReasonCode, Utc};

use super::limits::{Limits, Priced};
use super::portfolio::Portfolio;
use super::surplus::{Outlook, outlook};

/// A deal looked at by itself.
#[derive(Debug, Clone)]
pub(super) enum Assessed {
    Pass {
        reasons: Vec<Reason>,
        max_price: Option<Cents>,
    },
    /// Meets its own limits, and an action is worth something.
    Worth(Worth),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Worth {
    pub(super) action: Action,
    pub(super) outlook: Outlook,
    pub(super) max_price: Cents,
    pub(super) cost: Cents,
    /// Risk-adjusted surplus per day, minor units.
    pub(super) value: f64,
}

impl Worth {
    pub(super) fn density(&self) -> f64 {
        self.value / self.cost.0.max(1) as f64
    }
}

/// Looks at one deal: its own limits, and what each action would be worth.
pub(super) fn assess(
    deal: &Deal,
    limits: &Limits,
    portfolio: &Portfolio,
    may_negotiate: bool,
    now: Utc,
) -> Assessed {
    let pass = |reason: Reason| Assessed::Pass { reasons: vec![reason], max_price: None };
    if !deal.status_reason.is_empty() {
        return Assessed::Pass { reasons: deal.status_reason.clone(), max_price: None };
    }
    if !matches!(deal.status, DealStatus::Discovered | DealStatus::Analyzing) {
        return pass(Reason::with_detail(ReasonCode::PassedUnderWay, deal.status.as_str()));
    }
    if let Some(status) = portfolio.taken(deal) {
        return pass(Reason::with_detail(ReasonCode::PassedUnderWay, status.as_str()));
    }
    if deal.expires_at.is_some_and(|end| end <= now) {
        return pass(Reason::bare(ReasonCode::PassedExpired));
    }
    if portfolio.capital(limits, deal.currency).0 <= 0 {
        return pass(Reason::with_detail(ReasonCode::PassedCurrency, deal.currency.as_str()));
    }
    let Some(priced) = Priced::new(deal, limits) else {
        return pass(Reason::bare(ReasonCode::PassedNoEstimate));
    };
    let figures = priced.figures;
    let ask = figures.purchase_price;
    // Whatever it is worth, nobody asks less than this of a whole thing: it is a deposit, or a part.
    let usual = figures.estimated_sale_price.share(1.0 / figures.ask_to_sale.max(0.01));
    let worth = usual.max(figures.usual_sale_price().share(0.5));
    let least = worth.share(limits.config.min_ask_share);
    if ask < least {
        let money = |amount| Figure::Money(Money { amount, currency: deal.currency });
        return pass(Reason::measured(ReasonCode::PassedTooGood, money(ask), money(least)));
    }
    let honest = limits.config.min_honest;
    if honest.is_nan() || figures.honest < honest {
        let (found, limit) = (Figure::Share(figures.honest), Figure::Share(honest));
        return pass(Reason::measured(ReasonCode::PassedDoubtful, found, limit));
    }
    if let Some(reason) = unsure(deal, figures.given_ask.as_ref().unwrap_or(&figures.value), limits) {
        return pass(reason);
    }
    let demand = limits.config.min_demand;
    if demand.is_nan() || deal.demand_score < demand {
        let (found, limit) = (Figure::Score(deal.demand_score), Figure::Score(demand));
        return pass(Reason::measured(ReasonCode::PassedMinDemand, found, limit));
    }
    let available = portfolio.available(limits, deal.currency);
    let Some(max_price) = priced.max_price(available) else {
        return Assessed::Pass { reasons: price_reasons(&priced, ask, available, deal), max_price: None };
    };
    let outlook = outlook(deal, figures, max_price, limits.bargaining());
    let Some((action, surplus)) = best_action(outlook, may_negotiate) else {
        let mut reasons = price_reasons(&priced, ask, available, deal);
        if outlook.negotiate.is_some() && !may_negotiate {
            reasons.insert(0, Reason::bare(ReasonCode::PassedOpenNegotiations));
        }
        return Assessed::Pass { reasons, max_price: Some(max_price) };
    };
    let adjusted = surplus - figures.risk_charge;
    if adjusted.0 <= 0 {
        let figure = Figure::Money(Money { amount: adjusted, currency: deal.currency });
        let mut reasons = priced.broken(ask);
        reasons.push(Reason { found: Some(figure), ..Reason::bare(ReasonCode::PassedNoSurplus) });
        return Assessed::Pass { reasons, max_price: Some(max_price) };
    }
    Assessed::Worth(Worth {
        action,
        outlook,
        max_price,
        cost: figures.costs.landed(max_price.min(ask)),
        value: adjusted.0 as f64 / figures.plan.expected_days.max(1.0),
    })
}

fn best_action(outlook: Outlook, may_negotiate: bool) -> Option<(Action, Cents)> {
    let buy = outlook.buy.map(|surplus| (Action::Buy, surplus));
    let negotiate = outlook.negotiate.filter(|_| may_negotiate).map(|surplus| (Action::Negotiate, surplus));
    // With equal surplus the ask is paid: it needs no message.
    match (buy, negotiate) {
        (Some(buy), Some(negotiate)) => Some(if negotiate.1 > buy.1 { negotiate } else { buy }),
        (buy, negotiate) => buy.or(negotiate),
    }
}

/// Why the ask cannot be paid and no lower price helps.
fn price_reasons(priced: &Priced<'_>, ask: Cents, available: Cents, deal: &Deal) -> Vec<Reason> {
    let mut reasons = priced.broken(ask);
    let landed = priced.figures.costs.landed(ask);
    if landed > available {
        let money = |amount| Figure::Money(Money { amount, currency: deal.currency });
        reasons.push(Reason::measured(ReasonCode::PassedBudget, money(landed), money(available)));
    }
    if reasons.is_empty() {
        reasons.push(Reason::bare(ReasonCode::PassedNoSurplus));
    }
    reasons
}

/// Why the value is too much of a guess to stand on, if it is.
fn unsure(deal: &Deal, value: &Quantiles, limits: &Limits) -> Option<Reason> {
    let config = &limits.config;
    if deal.comp_count < config.min_comps {
        let (found, limit) = (Figure::Count(deal.comp_count), Figure::Count(config.min_comps));
        return Some(Reason::measured(ReasonCode::PassedMinComps, found, limit));
    }
    let spread = (value.high() - value.low()).0 as f64 / value.expected().0.max(1) as f64;
    let bearable = config.max_spread > 0.0 && spread <= config.max_spread;
    let (found, limit) = (Figure::Share(spread), Figure::Share(config.max_spread));
    (!bearable).then(|| Reason::measured(ReasonCode::PassedMaxSpread, found, limit))
}
