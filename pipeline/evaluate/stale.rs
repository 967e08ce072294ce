//! Whether the model in use still knows the market.

use autobazaaar_domain::Utc;
use autobazaaar_models::Evaluation;
use autobazaaar_models::evaluate::Metrics;
use serde::Serialize;

/// Newest listings may be so many days younger than what was learned from.
const STALE_DAYS: i64 = 30;
/// Listings that came after the model, from which drift is told.
const ENOUGH: u64 = 200;
/// Errors on those may be larger than out of fold by this factor: the future is harder than the
/// past anyway.
const WORSE: f64 = 1.15;
/// Points by which coverage of the 80 % interval may be off.
const OFF: f64 = 0.05;

/// What is wrong with a model in use, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// `stale` or `drift`.
    pub code: &'static str,
    pub text: String,
    pub mend: &'static str,
}

/// Judges a version, measured so when it was trained, by the newest listing and by its figures on listings
/// that came after it.
#[must_use]
pub fn alerts(trained: &Evaluation, newest_listing: Option<Utc>, later: &Metrics) -> Vec<Alert> {
    let mut alerts: Vec<Alert> = stale(trained, newest_listing).into_iter().collect();
    if later.rows < ENOUGH {
        return alerts;
    }
    let usual = &trained.overall;
    let mut drift = |text: String| {
        alerts.push(Alert {
            code: "drift",
            text,
            mend: "train again, and look at what changed: autobazaaar train",
        });
    };
    if later.rmsle > WORSE * usual.rmsle {
        drift(format!(
            "RMSLE {:.3} on {} listings that came later, {:.3} out of fold",
            later.rmsle, later.rows, usual.rmsle
        ));
    }
    if (later.coverage80 - 0.8).abs() > OFF {
        drift(format!(
            "80 % intervals cover {:.0} % of {} listings that came later",
            later.coverage80 * 100.0,
            later.rows
        ));
    }
    alerts
}

/// Whether the newest listing is much younger than what a version learned from.
#[must_use]
pub fn stale(trained: &Evaluation, newest_listing: Option<Utc>) -> Option<Alert> {
    let days = (newest_listing? - Utc::from_timestamp(trained.data_to, 0)?).num_days();
    let text = format!("the newest listing is {days} days younger than what the model learned from");
    (days > STALE_DAYS).then_some(Alert { code: "stale", text, mend: "train again: autobazaaar train" })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Learned to day 100, with an RMSLE of 0.40.
    fn trained() -> Evaluation {
        Evaluation {
            method: "out of fold".to_owned(),
            overall: Metrics { rmsle: 0.40, coverage80: 0.80, ..Metrics::default() },
            by_category: std::collections::BTreeMap::new(),
            calibration: Vec::new(),
            newest: None,
            train_seconds: 0.0,
            predict_rows_per_second: 0.0,
            data_from: 0,
            data_to: 100 * 86_400,
            data_hash: String::new(),
        }
    }

    fn codes(day: i64, rows: u64, rmsle: f64, coverage80: f64) -> Vec<&'static str> {
        let later = Metrics { rows, rmsle, coverage80, ..Metrics::default() };
        alerts(&trained(), Utc::from_timestamp(day * 86_400, 0), &later)
            .iter()
            .map(|alert| alert.code)
            .collect()
    }

    #[test]
    fn a_model_is_stale_or_drifts_only_beyond_the_bounds() {
        assert!(codes(130, 500, 0.45, 0.76).is_empty());
        assert_eq!(codes(131, 500, 0.45, 0.76), ["stale"]);
        assert_eq!(codes(110, 500, 0.47, 0.80), ["drift"]);
        assert_eq!(codes(110, 500, 0.40, 0.74), ["drift"]);
        assert!(codes(110, 199, 0.90, 0.20).is_empty(), "too few to tell");
    }
}
