//! Split-conformal quantiles of residuals scaled by local difficulty
//! (Lei et al. 2018, "Distribution-free predictive inference for regression", 5.2).

use std::collections::BTreeMap;

use autobazaaar_domain::valuation::LEVELS;
use serde::{Deserialize, Serialize};

use crate::regress::Linear;

/// Rows from which a category gets quantiles of its own.
const OWN_QUANTILES: usize = 500;

/// Standard deviations between the 10 % and the 90 % quantile of a normal distribution.
pub(crate) const NORMAL_80: f64 = 2.563_103;

/// A row to calibrate on: out of fold.
pub(crate) struct Residual<'a, const D: usize> {
    pub category: &'a str,
    /// Log units: observed less estimated.
    pub error: f64,
    pub difficulty: [f64; D],
}

/// The spread of an estimate: a local scale and the quantiles of scaled residuals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calibration {
    scale: Linear,
    floor: f64,
    ceiling: f64,
    pooled: [f64; 7],
    by_category: BTreeMap<String, [f64; 7]>,
}

impl Calibration {
    pub fn fit<const D: usize>(rows: &[Residual<D>]) -> Result<Self, linfa_linear::LinearError<f64>> {
        let mut sizes: Vec<f64> = rows.iter().map(|row| row.error.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let at = |share: f64| sizes.get((sizes.len() as f64 * share) as usize).copied().unwrap_or(1.0);
        // Junk prices would otherwise decide where the model thinks it is unsure.
        let (median, clip) = (at(0.5), at(0.98));
        let targets: Vec<f64> = rows.iter().map(|row| row.error.abs().min(clip)).collect();
        let difficulties: Vec<[f64; D]> = rows.iter().map(|row| row.difficulty).collect();
        let scale = Linear::fit(&difficulties, &targets)?;
        let mut calibration = Self {
            scale,
            floor: (0.4 * median).max(1e-3),
            ceiling: at(0.97).max(median).max(2e-3),
            pooled: [0.0; 7],
            by_category: BTreeMap::new(),
        };
        let mut scaled: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for row in rows {
            let value = row.error / calibration.scale(&row.difficulty);
            scaled.entry(row.category).or_default().push(value);
        }
        calibration.pooled = quantiles(scaled.values().flatten().copied().collect());
        calibration.by_category = scaled
            .into_iter()
            .filter(|(_, values)| values.len() >= OWN_QUANTILES)
            .map(|(category, values)| (category.to_owned(), quantiles(values)))
            .collect();
        Ok(calibration)
    }

    /// The expected absolute error at a difficulty, log units.
    pub fn scale(&self, difficulty: &[f64]) -> f64 {
        self.scale.estimate(difficulty).clamp(self.floor, self.ceiling)
    }

    /// Offsets from the estimate at each of [`LEVELS`], log units, not decreasing.
    pub fn offsets(&self, category: &str, difficulty: &[f64]) -> [f64; 7] {
        let scale = self.scale(difficulty);
        self.by_category.get(category).unwrap_or(&self.pooled).map(|q| q * scale)
    }

    /// A row's distance from the median that its estimate would tell, and the spread beside it,
    /// log units.
    pub fn placed<const D: usize>(&self, row: &Residual<D>) -> (f64, f64) {
        let offsets = self.offsets(row.category, &row.difficulty);
        (row.error - offsets[3], (offsets[5] - offsets[1]) / NORMAL_80)
    }
}

/// Quantiles at [`LEVELS`], pushed outwards by the finite-sample correction (n + 1).
fn quantiles(mut values: Vec<f64>) -> [f64; 7] {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    LEVELS.map(|level| {
        let rank = (n as f64 + 1.0) * level;
        let rank = if level < 0.5 { rank.floor() } else { rank.ceil() };
        if level == 0.5 {
            return match n {
                0 => 0.0,
                _ => (values[(n - 1) / 2] + values[n / 2]) / 2.0,
            };
        }
        values.get((rank as usize).clamp(1, n.max(1)) - 1).copied().unwrap_or(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_a_ramp() {
        let q = quantiles((1..=999).map(f64::from).collect());
        assert_eq!(q, [50.0, 100.0, 250.0, 500.0, 750.0, 900.0, 950.0]);
    }

    #[test]
    fn harder_rows_get_wider_intervals() {
        let rows: Vec<Residual<1>> = (0..2_000)
            .map(|i| {
                let hard = f64::from(i % 2);
                let error = ((f64::from(i) * 0.618).fract() - 0.5) * (0.2 + hard);
                Residual { category: "a", error, difficulty: [hard] }
            })
            .collect();
        let fitted = Calibration::fit(&rows).unwrap();
        let (easy, hard) = (fitted.offsets("a", &[0.0]), fitted.offsets("a", &[1.0]));
        assert!(hard[5] - hard[1] > 2.0 * (easy[5] - easy[1]));
        assert!(easy.windows(2).all(|w| w[0] <= w[1]));
    }
}
