//! How good a model is, over all rows: who does not know answers his category's median.

use std::collections::BTreeMap;

use autobazaaar_domain::hash::hex;
use autobazaaar_domain::valuation::LEVELS;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::model::TrainError;
use crate::{Example, Prediction, PriceModel, TrainOptions};

/// Figures of one set of rows. Logs are log1p of major units.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    pub rows: u64,
    /// Share of rows with an estimate of their own.
    pub answered: f64,
    /// Root mean squared error of the logs.
    pub rmsle: f64,
    /// Median of |estimate − price| ÷ price.
    pub mdape: f64,
    /// Mean absolute error, major units.
    pub mae: f64,
    /// Share of answered rows inside their 80 % interval.
    pub coverage80: f64,
    /// Mean interval score of the 80 % interval over answered rows, log units (Gneiting and
    /// Raftery 2007, 6.2).
    pub winkler80: f64,
}

/// Nominal against observed: the share of answered rows at or below a quantile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationRow {
    pub level: f64,
    pub observed: f64,
}

/// The measure of a model on the rows it was trained on, each valued out of fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// How the figures came about: `out of fold`.
    pub method: String,
    pub overall: Metrics,
    pub by_category: BTreeMap<String, Metrics>,
    pub calibration: Vec<CalibrationRow>,
    /// Trained on the oldest 80 %, tested on the newest 20 % of items not trained on; `None` when
    /// times do not vary or either part is too small.
    pub newest: Option<Metrics>,
    pub train_seconds: f64,
    pub predict_rows_per_second: f64,
    /// Unix seconds.
    pub data_from: i64,
    pub data_to: i64,
    /// Hash of the training rows' keys, times and prices.
    pub data_hash: String,
}

/// One row to measure on, prices in major units.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
    pub category: &'a str,
    pub price: f64,
    pub prediction: &'a Prediction,
    /// The answer where there is no estimate.
    pub fallback: f64,
}

impl Evaluation {
    pub(crate) fn of(
        model: &PriceModel,
        examples: &[Example],
        options: &TrainOptions,
        train_seconds: f64,
    ) -> Result<Self, TrainError> {
        let started = std::time::Instant::now();
        let predictions = model.predict(examples);
        let seconds = started.elapsed().as_secs_f64().max(1e-9);
        let rows = scored(model, examples, &predictions);
        let mut by_category: BTreeMap<String, Vec<Scored>> = BTreeMap::new();
        for row in &rows {
            by_category.entry(row.category.to_owned()).or_default().push(*row);
        }
        Ok(Self {
            method: "out of fold".into(),
            overall: measure(&rows),
            by_category: by_category.into_iter().map(|(name, rows)| (name, measure(&rows))).collect(),
            calibration: calibration(&rows),
            newest: if options.temporal { temporal(model, examples, options)? } else { None },
            train_seconds,
            predict_rows_per_second: examples.len() as f64 / seconds,
            data_from: examples.iter().map(|e| e.at).min().unwrap_or(0),
            data_to: examples.iter().map(|e| e.at).max().unwrap_or(0),
            data_hash: data_hash(examples),
        })
    }
}

/// Pairs predictions of a model with the prices of their examples; rows without one are left out.
#[must_use]
pub fn scored<'a>(
    model: &PriceModel,
    examples: &[Example<'a>],
    predictions: &'a [Prediction],
) -> Vec<Scored<'a>> {
    let row = |(example, prediction): (&Example<'a>, &'a Prediction)| {
        let fallback = model.fallback(example);
        example.price.map(|price| Scored { category: example.category, price, prediction, fallback })
    };
    examples.iter().zip(predictions).filter_map(row).collect()
}

/// The figures of some rows; zeros when there is none.
#[must_use]
pub fn measure(rows: &[Scored]) -> Metrics {
    if rows.is_empty() {
        return Metrics::default();
    }
    let n = rows.len() as f64;
    let (mut squares, mut absolute, mut winkler, mut covered, mut answered) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let mut shares = Vec::with_capacity(rows.len());
    for row in rows {
        let estimate = row.prediction.quantiles.map_or(row.fallback, |q| q[3]);
        squares += (estimate.ln_1p() - row.price.ln_1p()).powi(2);
        absolute += (estimate - row.price).abs();
        shares.push((estimate - row.price).abs() / row.price);
        if let Some(q) = row.prediction.quantiles {
            answered += 1.0;
            let (low, high, y) = (q[1].ln_1p(), q[5].ln_1p(), row.price.ln_1p());
            covered += f64::from(u8::from((low..=high).contains(&y)));
            // Misses cost 2 ÷ alpha per unit, alpha = 0.2.
            winkler += (high - low) + 10.0 * ((low - y).max(0.0) + (y - high).max(0.0));
        }
    }
    shares.sort_by(f64::total_cmp);
    let per_answer = |sum: f64| if answered > 0.0 { sum / answered } else { 0.0 };
    Metrics {
        rows: rows.len() as u64,
        answered: answered / n,
        rmsle: (squares / n).sqrt(),
        mdape: shares[shares.len() / 2],
        mae: absolute / n,
        coverage80: per_answer(covered),
        winkler80: per_answer(winkler),
    }
}

/// The observed share at or below each of the seven levels.
#[must_use]
pub fn calibration(rows: &[Scored]) -> Vec<CalibrationRow> {
    let answered: Vec<(f64, [f64; 7])> =
        rows.iter().filter_map(|row| row.prediction.quantiles.map(|q| (row.price, q))).collect();
    let observed = |i: usize| {
        let below = answered.iter().filter(|(price, q)| *price <= q[i]).count();
        below as f64 / answered.len().max(1) as f64
    };
    LEVELS.iter().enumerate().map(|(i, &level)| CalibrationRow { level, observed: observed(i) }).collect()
}

fn temporal(
    model: &PriceModel,
    examples: &[Example],
    options: &TrainOptions,
) -> Result<Option<Metrics>, TrainError> {
    let mut order: Vec<&Example> = examples.iter().collect();
    order.sort_by_key(|e| e.at);
    let cut = order.len() * 4 / 5;
    let Some(boundary) = order.get(cut).map(|e| e.at) else { return Ok(None) };
    let (old, new): (Vec<Example>, Vec<Example>) = order.into_iter().partition(|e| e.at < boundary);
    let known: FxHashSet<_> = old.iter().map(|e| e.item).collect();
    let new: Vec<Example> = new.into_iter().filter(|e| !known.contains(&e.item)).collect();
    if new.len() < 30 || old.len() < 30 {
        return Ok(None);
    }
    let past = match PriceModel::fit(&old, model.currency(), model.basis(), options, false) {
        Ok(past) => past,
        Err(TrainError::TooFewItems { .. } | TrainError::NoComparables) => return Ok(None),
        Err(error) => return Err(error),
    };
    let predictions = past.predict(&new);
    Ok(Some(measure(&scored(&past, &new, &predictions))))
}

fn data_hash(examples: &[Example]) -> String {
    let mut hash = blake3::Hasher::new();
    for example in examples {
        let key = &example.key;
        for part in [key.platform.as_str(), key.external_id.as_str()] {
            hash.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        hash.update(&example.at.to_le_bytes()).update(&example.price.unwrap_or(f64::NAN).to_le_bytes());
    }
    hex(&hash.finalize().as_bytes()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prediction(quantiles: Option<[f64; 7]>) -> Prediction {
        Prediction { quantiles, sigma: 0.1, comp_count: 1, comps: Vec::new(), note: None, odds: None }
    }

    #[test]
    fn not_knowing_counts_as_the_fallback() {
        let (known, unknown) =
            (prediction(Some([80.0, 85.0, 95.0, 100.0, 105.0, 115.0, 120.0])), prediction(None));
        let rows = [
            Scored { category: "a", price: 100.0, prediction: &known, fallback: 0.0 },
            Scored { category: "a", price: 50.0, prediction: &unknown, fallback: 75.0 },
            Scored { category: "a", price: 200.0, prediction: &known, fallback: 0.0 },
        ];
        let metrics = measure(&rows);
        assert_eq!((metrics.rows, metrics.mdape), (3, 0.5));
        assert!((metrics.answered - 2.0 / 3.0).abs() < 1e-12);
        assert!((metrics.mae - (0.0 + 25.0 + 100.0) / 3.0).abs() < 1e-9);
        assert!((metrics.coverage80 - 0.5).abs() < 1e-12);
        assert_eq!(calibration(&rows)[3].observed, 0.5);
        assert_eq!(measure(&[]), Metrics::default());
    }
}
