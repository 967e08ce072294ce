//! Rows of many features, few of them set, and a ridge regression over them.

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::{Fit, PredictInplace};
use ndarray::Array1;
use serde::{Deserialize, Serialize};

/// A sparse matrix by rows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SparseRows {
    offsets: Vec<usize>,
    entries: Vec<(u32, f32)>,
    columns: usize,
}

impl SparseRows {
    /// An empty matrix of so many columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self { offsets: vec![0], entries: Vec::new(), columns }
    }

    /// Adds a row; each column is less than the number of columns.
    pub fn push(&mut self, row: &[(u32, f32)]) {
        self.entries.extend_from_slice(row);
        self.offsets.push(self.entries.len());
    }

    /// The entries of a row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[(u32, f32)] {
        &self.entries[self.offsets[row]..self.offsets[row + 1]]
    }
}

impl Records for SparseRows {
    type Elem = f64;

    fn nsamples(&self) -> usize {
        self.offsets.len() - 1
    }

    fn nfeatures(&self) -> usize {
        self.columns
    }
}

/// Least squares with a penalty on the weights, by conjugate gradients on the normal equations
/// with a diagonal preconditioner (Saad, Iterative Methods for Sparse Linear Systems, 9.5).
/// A dataset's row of weight 0 is left out without a trace; columns set in fewer than
/// `min_rows` of the other rows get no weight.
#[derive(Debug, Clone, Copy)]
pub struct SparseRidge {
    /// Penalty on the squared weights.
    pub penalty: f64,
    /// Rows in which a column must be set.
    pub min_rows: u32,
    /// Upper bound of steps.
    pub max_steps: usize,
    /// Stops when the residual's norm has fallen to this share.
    pub tolerance: f64,
}

/// Weights of a fitted ridge.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FittedRidge {
    intercept: f64,
    weights: Vec<f32>,
}

impl FittedRidge {
    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.weights.len()
    }

    /// The estimate for one row of (column, value).
    #[must_use]
    pub fn estimate(&self, row: &[(u32, f32)]) -> f64 {
        self.intercept + row.iter().map(|&(c, v)| f64::from(v * self.weights[c as usize])).sum::<f64>()
    }
}

impl PredictInplace<SparseRows, Array1<f64>> for FittedRidge {
    fn predict_inplace(&self, rows: &SparseRows, y: &mut Array1<f64>) {
        for (i, y) in y.iter_mut().enumerate() {
            *y = self.estimate(rows.row(i));
        }
    }

    fn default_target(&self, rows: &SparseRows) -> Array1<f64> {
        Array1::zeros(rows.nsamples())
    }
}

impl Fit<&SparseRows, &[f64], linfa::Error> for SparseRidge {
    type Object = FittedRidge;

    fn fit(&self, dataset: &DatasetBase<&SparseRows, &[f64]>) -> Result<FittedRidge, linfa::Error> {
        let (rows, targets) = (dataset.records(), dataset.targets());
        if rows.nsamples() != targets.len() {
            return Err(linfa::Error::MismatchedShapes(rows.nsamples(), targets.len()));
        }
        let kept: Vec<usize> = match dataset.weights() {
            Some(weights) => (0..targets.len()).filter(|&i| weights[i] > 0.0).collect(),
            None => (0..targets.len()).collect(),
        };
        if kept.is_empty() {
            return Err(linfa::Error::NotEnoughSamples);
        }
        let intercept = kept.iter().map(|&i| targets[i]).sum::<f64>() / kept.len() as f64;
        let system = System::new(rows, &kept, self);
        let centred = kept.iter().map(|&i| targets[i] - intercept);
        Ok(FittedRidge { intercept, weights: system.solve(centred, self) })
    }
}

/// The normal equations (AᵀA + penalty) w = Aᵀy over the kept rows.
struct System<'a> {
    rows: &'a SparseRows,
    kept: &'a [usize],
    /// Inverse of the diagonal; 0 for columns without weight.
    preconditioner: Vec<f64>,
    penalty: f64,
}

impl<'a> System<'a> {
    fn new(rows: &'a SparseRows, kept: &'a [usize], ridge: &SparseRidge) -> Self {
        let mut counts = vec![0_u32; rows.columns];
        let mut diagonal = vec![ridge.penalty; rows.columns];
        for &i in kept {
            for &(column, value) in rows.row(i) {
                counts[column as usize] += 1;
                diagonal[column as usize] += f64::from(value).powi(2);
            }
        }
        let preconditioner = counts
            .iter()
            .zip(&diagonal)
            .map(|(&n, &d)| if n < ridge.min_rows { 0.0 } else { 1.0 / d })
            .collect();
        Self { rows, kept, preconditioner, penalty: ridge.penalty }
    }

    fn solve(&self, targets: impl Iterator<Item = f64>, ridge: &SparseRidge) -> Vec<f32> {
        let columns = self.rows.columns;
        let mut weights = vec![0.0_f64; columns];
        let mut residual = vec![0.0_f64; columns];
        for (&i, target) in self.kept.iter().zip(targets) {
            self.scatter(i, target, &mut residual);
        }
        let mut preconditioned: Vec<f64> = self.precondition(&residual);
        let mut direction = preconditioned.clone();
        let mut slope = dot(&residual, &preconditioned);
        let enough = slope * ridge.tolerance.powi(2);
        let mut image = vec![0.0_f64; columns];
        for _ in 0..ridge.max_steps {
            if slope <= enough || slope <= f64::MIN_POSITIVE {
                break;
            }
            self.apply(&direction, &mut image);
            let step = slope / dot(&direction, &image);
            for c in 0..columns {
                weights[c] += step * direction[c];
                residual[c] -= step * image[c];
            }
            preconditioned = self.precondition(&residual);
            let next = dot(&residual, &preconditioned);
            let turn = next / slope;
            slope = next;
            for c in 0..columns {
                direction[c] = preconditioned[c] + turn * direction[c];
            }
        }
        weights.into_iter().map(|w| w as f32).collect()
    }

    fn precondition(&self, residual: &[f64]) -> Vec<f64> {
        residual.iter().zip(&self.preconditioner).map(|(r, p)| r * p).collect()
    }

    fn apply(&self, direction: &[f64], image: &mut [f64]) {
        for (image, d) in image.iter_mut().zip(direction) {
            *image = self.penalty * d;
        }
        for &i in self.kept {
            let along: f64 =
                self.rows.row(i).iter().map(|&(c, v)| f64::from(v) * direction[c as usize]).sum();
            self.scatter(i, along, image);
        }
    }

    fn scatter(&self, row: usize, amount: f64, out: &mut [f64]) {
        for &(column, value) in self.rows.row(row) {
            out[column as usize] += f64::from(value) * amount;
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIDGE: SparseRidge = SparseRidge { penalty: 1e-6, min_rows: 1, max_steps: 100, tolerance: 1e-9 };

    fn rows() -> SparseRows {
        let mut rows = SparseRows::new(3);
        for i in 0..40_u32 {
            rows.push(&[(i % 2, 1.0), (2, (i / 2) as f32)]);
        }
        rows
    }

    #[test]
    fn finds_a_linear_rule() {
        let rows = rows();
        let targets: Vec<f64> = (0..40).map(|i| f64::from(i % 2) * 3.0 + f64::from(i / 2) * 0.5).collect();
        let fitted = RIDGE.fit(&DatasetBase::new(&rows, targets.as_slice())).unwrap();
        let mut predicted: Array1<f64> = fitted.default_target(&rows);
        fitted.predict_inplace(&rows, &mut predicted);
        for (p, t) in predicted.iter().zip(&targets) {
            assert!((p - t).abs() < 1e-3, "{p} {t}");
        }
    }

    #[test]
    fn a_row_of_weight_zero_leaves_no_trace() {
        let rows = rows();
        let weights = Array1::from_iter((0..40).map(|i| if i == 7 { 0.0 } else { 1.0 }));
        let mut targets: Vec<f64> = (0..40).map(f64::from).collect();
        let fit = |targets: &[f64]| {
            RIDGE.fit(&DatasetBase::new(&rows, targets).with_weights(weights.clone())).unwrap().weights
        };
        let before = fit(&targets);
        targets[7] = 1e9;
        assert_eq!(fit(&targets), before);
    }
}
