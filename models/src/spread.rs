//! Trees that tell how far off an estimate may be.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use rayon::prelude::*;

use crate::model::TrainError;
use crate::trees::{Boost, Boosted, FeatureRows};

/// Small trees: the size of an error is noise for the most part.
const TREES: Boost = Boost {
    trees: 160,
    leaves: 15,
    min_rows: 40.0,
    rate: 0.05,
    row_share: 0.7,
    column_share: 0.5,
    huber: 0.0,
    seed: 3,
};
/// Trees of one fold take strides of so many steps.
const STRIDE: usize = 2;

/// The expected absolute error of estimates, log units.
pub(crate) struct Spread<'a> {
    rows: &'a FeatureRows,
    folds: &'a [u8],
    /// Absolute out-of-fold errors, the largest cut: junk prices tell nothing of the others.
    sizes: Vec<f64>,
    options: Boost,
}

impl<'a> Spread<'a> {
    /// Learns from the out-of-fold errors of rows, each of a fold.
    pub fn new(rows: &'a FeatureRows, folds: &'a [u8], errors: &[f64], seed: u64) -> Self {
        let mut sorted: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| sorted.get((sorted.len() as f64 * share) as usize).copied().unwrap_or(1.0);
        let (huber, cut) = ((2.0 * at(0.5)).max(0.02), at(0.98));
        let sizes = errors.iter().map(|error| error.abs().min(cut)).collect();
        Self { rows, folds, sizes, options: Boost { huber, seed: TREES.seed ^ seed << 8, ..TREES } }
    }

    /// Trees over all rows.
    pub fn of_all(&self) -> Result<Boosted, TrainError> {
        self.fit(self.options, None)
    }

    /// What trees say of each row that have not seen its fold.
    pub fn out_of_fold(&self) -> Result<Vec<f64>, TrainError> {
        let last = self.folds.iter().copied().max().unwrap_or(0);
        let (trees, rate) = (TREES.trees / STRIDE, TREES.rate * STRIDE as f64);
        let options = Boost { trees, rate, ..self.options };
        let told = (0..=last)
            .into_par_iter()
            .filter(|fold| self.folds.contains(fold))
            .map(|fold| {
                let trees = self.fit(options, Some(fold))?;
                let own: Vec<usize> = (0..self.folds.len()).filter(|&i| self.folds[i] == fold).collect();
                let rows: Vec<&[f32]> = own.iter().map(|&i| self.rows.row(i)).collect();
                Ok(own.into_iter().zip(trees.estimates(&rows)).collect::<Vec<_>>())
            })
            .collect::<Result<Vec<_>, TrainError>>()?;
        let mut spreads = vec![0.0; self.folds.len()];
        told.into_iter().flatten().for_each(|(i, spread)| spreads[i] = spread);
        Ok(spreads)
    }

    fn fit(&self, options: Boost, without: Option<u8>) -> Result<Boosted, TrainError> {
        let weights = self.folds.iter().map(|&fold| if Some(fold) == without { 0.0 } else { 1.0 });
        let dataset =
            DatasetBase::new(self.rows, self.sizes.as_slice()).with_weights(Array1::from_iter(weights));
        options.fit(&dataset).map_err(|e| TrainError::Regression(e.to_string()))
    }
}
