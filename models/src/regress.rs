//! Least squares by linfa-linear, made safe for columns that are constant or nearly the same.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_linear::LinearRegression;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// Penalty on standardised weights, in rows.
const PENALTY: f64 = 1.0;
/// A query may lie this many standard deviations outside before it is pulled back.
const REACH: f64 = 6.0;

/// A fitted linear model over `columns` features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    intercept: f64,
    means: Vec<f64>,
    scales: Vec<f64>,
    weights: Vec<f64>,
    /// Rows it was fitted on.
    pub rows: usize,
}

impl Linear {
    /// Fits `targets` on `rows` (one slice of the same length each) by least squares.
    ///
    /// Columns are standardised, constant ones dropped; one row per column pulls its weight
    /// towards zero, so that the system always has full rank.
    ///
    /// # Errors
    /// linfa-linear's, when the numbers are not finite.
    pub fn fit<R: AsRef<[f64]>>(rows: &[R], targets: &[f64]) -> Result<Self, linfa_linear::LinearError<f64>> {
        let (n, columns) = (rows.len(), rows.first().map_or(0, |row| row.as_ref().len()));
        if n == 0 {
            return Err(linfa_linear::LinearError::NotEnoughSamples);
        }
        let (means, scales) = moments(rows, columns);
        let intercept = targets.iter().sum::<f64>() / n as f64;
        let used: Vec<usize> = (0..columns).filter(|&c| scales[c] > 0.0).collect();
        let mut weights = vec![0.0; columns];
        if !used.is_empty() && n > 1 {
            let x = Array2::from_shape_fn((n + used.len(), used.len()), |(i, j)| match rows.get(i) {
                Some(row) => (row.as_ref()[used[j]] - means[used[j]]) / scales[used[j]],
                None => f64::from(u8::from(i - n == j)) * PENALTY.sqrt(),
            });
            let y = Array1::from_shape_fn(n + used.len(), |i| targets.get(i).map_or(0.0, |t| t - intercept));
            let fitted = LinearRegression::new().with_intercept(false).fit(&DatasetBase::new(x, y))?;
            for (&column, &weight) in used.iter().zip(fitted.params()) {
                weights[column] = weight;
            }
        }
        Ok(Self { intercept, means, scales, weights, rows: n })
    }

    /// The estimate for one row.
    #[must_use]
    pub fn estimate(&self, row: &[f64]) -> f64 {
        let mut sum = self.intercept;
        for (c, &x) in row.iter().enumerate() {
            if self.scales[c] > 0.0 {
                sum += self.weights[c] * ((x - self.means[c]) / self.scales[c]).clamp(-REACH, REACH);
            }
        }
        sum
    }

    /// Change of the estimate per unit of each column.
    #[must_use]
    pub fn coefficients(&self) -> Vec<f64> {
        let raw = |(&w, &s): (&f64, &f64)| if s > 0.0 { w / s } else { 0.0 };
        self.weights.iter().zip(&self.scales).map(raw).collect()
    }
}

/// Mean and standard deviation of each column; the latter 0 where it is constant.
fn moments<R: AsRef<[f64]>>(rows: &[R], columns: usize) -> (Vec<f64>, Vec<f64>) {
    let n = rows.len() as f64;
    let mut means = vec![0.0; columns];
    for row in rows {
        means.iter_mut().zip(row.as_ref()).for_each(|(m, x)| *m += x / n);
    }
    let mut scales = vec![0.0; columns];
    for row in rows {
        for c in 0..columns {
            scales[c] += (row.as_ref()[c] - means[c]).powi(2) / n;
        }
    }
    for (scale, mean) in scales.iter_mut().zip(&means) {
        *scale = if scale.sqrt() > 1e-9 * (1.0 + mean.abs()) { scale.sqrt() } else { 0.0 };
    }
    (means, scales)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_rule_beside_constant_and_doubled_columns() {
        let rows: Vec<[f64; 4]> = (0..200).map(f64::from).map(|i| [i, i, 7.0, (i * 0.7).sin()]).collect();
        let targets: Vec<f64> = rows.iter().map(|r| 2.0 + 0.1 * r[0] - 3.0 * r[3]).collect();
        let fitted = Linear::fit(&rows, &targets).unwrap();
        for (row, target) in rows.iter().zip(&targets) {
            assert!((fitted.estimate(row) - target).abs() < 0.1);
        }
        assert_eq!(fitted.coefficients()[2], 0.0);
    }

    #[test]
    fn a_far_query_is_pulled_back() {
        let rows: Vec<[f64; 1]> = (0..100).map(|i| [f64::from(i)]).collect();
        let targets: Vec<f64> = (0..100).map(f64::from).collect();
        let fitted = Linear::fit(&rows, &targets).unwrap();
        assert!(fitted.estimate(&[1e12]) < 300.0);
    }
}
