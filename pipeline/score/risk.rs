//! Risk factors and the profit score, as the trade's rules state them.

use autobazaaar_domain::deal::{RiskCode, RiskFactor, THIN_MARGIN, THIN_MARGIN_RISK};
use autobazaaar_domain::{Condition, Enriched, Observation, Priority, Risk, Utc, Valuation};

use super::config::EconomicsConfig;

/// What risk depends on beside the records.
pub(super) struct Found {
    /// Absent when nothing could be valued.
    pub(super) margin: Option<f64>,
    /// The ask is under the value's 2 % quantile.
    pub(super) too_good: bool,
}

/// All factors of a deal.
pub(super) fn risk(
    seen: &Observation,
    enriched: &Enriched,
    valuation: &Valuation,
    config: &EconomicsConfig,
    found: &Found,
) -> Risk {
    let mut factors = Vec::with_capacity(6);
    let mut add = |holds: bool, code, addition| {
        if holds {
            factors.push(RiskFactor { code, addition });
        }
    };
    let volatility = enriched.volatility.unwrap_or(0.0);
    add(volatility > 0.3, RiskCode::Volatile, 0.2);
    add(volatility > 0.5, RiskCode::VeryVolatile, 0.2);
    add(enriched.demand_score < 0.3, RiskCode::LowDemand, 0.2);
    let platform = config.platform_risk.get(seen.key.platform.as_str());
    add(true, RiskCode::Platform, platform.copied().unwrap_or(config.platform_risk_other));
    add(seen.seller.rating.is_none_or(|rating| rating < 4.0), RiskCode::Seller, 0.1);
    add(found.margin.is_some_and(|margin| margin < THIN_MARGIN), RiskCode::ThinMargin, THIN_MARGIN_RISK);
    add(valuation.comp_count < 5, RiskCode::FewComps, 0.1);
    add(found.too_good, RiskCode::TooGood, 0.2);
    add(unclear(seen.condition), RiskCode::UnclearCondition, 0.1);
    Risk::new(factors)
}

fn unclear(condition: Option<Condition>) -> bool {
    condition.is_none()
}

/// The brief's profit score, 0–100: 40 % margin, 30 % demand, 20 % safety, 10 % freshness over
/// the first 24 hours.
pub(super) fn profit_score(margin: f64, demand: f64, risk: f64, age_hours: f64) -> f64 {
    let freshness = (1.0 - age_hours / 24.0).clamp(0.0, 1.0);
    100.0 * (0.4 * margin.clamp(0.0, 1.0) + 0.3 * demand + 0.2 * (1.0 - risk) + 0.1 * freshness)
}

/// High above 80 or with less than an hour left, normal above 50, else low.
pub(super) fn priority(profit_score: f64, expires_at: Option<Utc>, now: Utc) -> Priority {
    let closing = expires_at.is_some_and(|end| end > now && end - now < chrono::Duration::hours(1));
    if profit_score > 80.0 || closing {
        Priority::High
    } else if profit_score > 50.0 {
        Priority::Normal
    } else {
        Priority::Low
    }
}
