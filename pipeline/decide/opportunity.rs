//! What a day of money is worth elsewhere.

use autobazaaar_domain::{Cents, Deal, Decision, ReasonCode};

/// Deals that are looked at: the best that were turned away.
const BEST: usize = 5;

/// What a unit of money that was tied up for a day less could have earned, by the best deals that only
/// money, places or the week's count turned away: their expected surplus less the charge for risk, per
/// unit of cost and day, the middle one of them. 0 when nothing was turned away.
#[must_use]
pub fn opportunity(deals: &[Deal], decisions: &[Decision]) -> f64 {
    let turned_away = |decision: &Decision| {
        decision.reasons.first().is_some_and(|reason| {
            matches!(
                reason.code,
                ReasonCode::PassedBudget
                    | ReasonCode::PassedItemsPerWeek
                    | ReasonCode::PassedOpenNegotiations
                    | ReasonCode::PassedCategoryShare
            )
        })
    };
    let rate = |(deal, decision): (&Deal, &Decision)| {
        let figures = deal.figures.as_ref()?;
        let surplus = decision.surplus_buy.max(decision.surplus_negotiate)? - figures.risk_charge;
        let cost = figures.costs.landed(decision.max_price?.min(figures.purchase_price));
        let days = figures.plan.expected_days.max(1.0);
        (surplus > Cents::ZERO && cost > Cents::ZERO).then(|| surplus.0 as f64 / cost.0 as f64 / days)
    };
    let left = deals.iter().zip(decisions).filter(|(_, decision)| turned_away(decision));
    let mut rates: Vec<f64> = left.filter_map(rate).collect();
    rates.sort_by(|a, b| b.total_cmp(a));
    rates.truncate(BEST);
    rates.get(rates.len() / 2).copied().unwrap_or(0.0)
}
