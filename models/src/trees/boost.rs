//! Boosting: each tree corrects what those before it left over.

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::{Fit, PredictInplace};
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::bins::{BINS, Binned, Cuts, FeatureRows};
use super::grow::{Grown, Limits, Packed, grow, packed};
use super::walk::{COLUMNS, LEAVES, Place, Tree, place};
use crate::text::mix;

/// Steps of a gradient's scale; 2²³ rows of them fit in a packed sum.
const STEPS: f64 = 65_536.0;
/// Rows whose places fit in the nearest memory.
const TOGETHER: usize = 512;

/// How to boost. Rows of weight 0 are left out without a trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Boost {
    pub trees: usize,
    pub leaves: usize,
    /// Rows that a leaf needs.
    pub min_rows: f64,
    /// Share of each tree's value that counts.
    pub rate: f64,
    /// Share of rows that a tree sees.
    pub row_share: f64,
    /// Share of columns that a tree sees.
    pub column_share: f64,
    /// Residuals up to this size count by their square, beyond it by their absolute value
    /// (Huber 1964).
    pub huber: f64,
    pub seed: u64,
}

/// A fitted sum of trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Boosted {
    start: f64,
    /// By column.
    cuts: Vec<Cuts>,
    trees: Vec<Tree>,
    /// Column → fall of the squared error by its splits, in all trees.
    gains: Vec<f64>,
}

impl Boosted {
    /// The estimate for one row of as many columns as it was fitted on.
    #[must_use]
    pub fn estimate(&self, row: &[f32]) -> f64 {
        self.estimates(&[row])[0]
    }

    /// As [`Boosted::estimate`] of each row, surplus columns left out of account. Each tree is
    /// walked by all rows before the next, so that it is near.
    #[must_use]
    pub fn estimates(&self, rows: &[&[f32]]) -> Vec<f64> {
        let mut sums = vec![0.0; rows.len()];
        for (rows, sums) in rows.chunks(TOGETHER).zip(sums.chunks_mut(TOGETHER)) {
            let places: Vec<Place> = rows.iter().map(|row| place(&self.cuts, row)).collect();
            self.trees.iter().for_each(|tree| tree.add(&places, sums));
        }
        sums.into_iter().map(|sum| self.start + sum).collect()
    }

    /// Share of each column in what the trees explain; they sum to 1 unless nothing was split.
    #[must_use]
    pub fn importances(&self) -> Vec<f64> {
        let total: f64 = self.gains.iter().sum();
        self.gains.iter().map(|gain| if total > 0.0 { gain / total } else { 0.0 }).collect()
    }

    /// Whether rows of so many columns can be estimated.
    #[must_use]
    pub fn is_sound(&self, columns: usize) -> bool {
        self.cuts.len() == columns
            && self.cuts.iter().all(|cuts| cuts.used() <= BINS)
            && self.trees.iter().all(|tree| tree.is_sound(columns))
    }
}

impl PredictInplace<FeatureRows, Array1<f64>> for Boosted {
    fn predict_inplace(&self, rows: &FeatureRows, y: &mut Array1<f64>) {
        let rows: Vec<&[f32]> = (0..rows.rows()).map(|row| rows.row(row)).collect();
        y.iter_mut().zip(self.estimates(&rows)).for_each(|(y, estimate)| *y = estimate);
    }

    fn default_target(&self, rows: &FeatureRows) -> Array1<f64> {
        Array1::zeros(rows.nsamples())
    }
}

impl Fit<&FeatureRows, &[f64], linfa::Error> for Boost {
    type Object = Boosted;

    fn fit(&self, dataset: &DatasetBase<&FeatureRows, &[f64]>) -> Result<Boosted, linfa::Error> {
        let (rows, targets) = (dataset.records(), dataset.targets());
        if rows.rows() != targets.len() {
            return Err(linfa::Error::MismatchedShapes(rows.rows(), targets.len()));
        }
        if rows.columns() > COLUMNS || self.leaves > LEAVES {
            return Err(linfa::Error::Parameters(format!(
                "trees split on at most {COLUMNS} columns into {LEAVES} leaves, not on {} into {}",
                rows.columns(),
                self.leaves
            )));
        }
        let kept: Vec<u32> = match dataset.weights() {
            Some(weights) => (0..targets.len() as u32).filter(|&i| weights[i as usize] > 0.0).collect(),
            None => (0..targets.len() as u32).collect(),
        };
        if kept.is_empty() {
            return Err(linfa::Error::NotEnoughSamples);
        }
        Ok(Fitting::new(self, rows, targets, kept).run())
    }
}

/// A fit under way.
struct Fitting<'a> {
    options: &'a Boost,
    binned: Binned,
    /// Columns that vary.
    columns: Vec<usize>,
    targets: &'a [f64],
    kept: Vec<u32>,
    places: Vec<Place>,
    /// By row; of kept rows only.
    estimates: Vec<f64>,
    gradients: Vec<Packed>,
}

impl<'a> Fitting<'a> {
    fn new(options: &'a Boost, rows: &FeatureRows, targets: &'a [f64], kept: Vec<u32>) -> Self {
        let mut counts = vec![false; rows.rows()];
        kept.iter().for_each(|&i| counts[i as usize] = true);
        let binned = Binned::new(rows, |i| counts[i]);
        let start = median(kept.iter().map(|&i| targets[i as usize]).collect());
        let (estimates, gradients) = (vec![start; rows.rows()], vec![0; rows.rows()]);
        let columns = (0..binned.columns).filter(|&c| binned.varies(c)).collect();
        let places = (0..rows.rows()).map(|i| place(&binned.cuts, rows.row(i))).collect();
        Self { options, binned, columns, targets, kept, places, estimates, gradients }
    }

    fn run(mut self) -> Boosted {
        let start = self.estimates.first().copied().unwrap_or(0.0);
        let mut gains = vec![0.0; self.binned.columns];
        let trees = (0..self.options.trees).map(|tree| self.step(tree as u64, &mut gains)).collect();
        Boosted { start, cuts: self.binned.cuts, trees, gains }
    }

    fn step(&mut self, tree: u64, gains: &mut [f64]) -> Tree {
        let (huber, salt) = (self.options.huber, mix(self.options.seed, tree));
        let steps = STEPS / huber;
        for &row in &self.kept {
            let i = row as usize;
            let gradient = ((self.targets[i] - self.estimates[i]) * steps).clamp(-STEPS, STEPS);
            self.gradients[i] = packed((gradient + 0.5_f64.copysign(gradient)) as i32);
        }
        let columns = chosen(&self.columns, self.options.column_share, salt);
        let (mut rows, rest) = parted(&self.kept, |row| draw(salt, u64::from(row)) < self.options.row_share);
        let limits = Limits { leaves: self.options.leaves, min_rows: self.options.min_rows, shrink: 1.0 };
        let Grown { nodes, ends } = grow(&self.binned, &self.gradients, &mut rows, &columns, limits);
        nodes.iter().filter(|node| node.left != 0).for_each(|node| gains[node.column] += node.gain);
        let scale = self.options.rate * huber / STEPS;
        let tree = Tree::new(&nodes, scale);
        // Rows that the tree was grown on lie leaf by leaf; only the others have to walk.
        for (leaf, part) in ends {
            let step = tree.value(leaf);
            rows[part].iter().for_each(|&row| self.estimates[row as usize] += step);
        }
        let places: Vec<Place> = rest.iter().map(|&row| self.places[row as usize]).collect();
        let mut steps = vec![0.0; rest.len()];
        tree.add(&places, &mut steps);
        rest.iter().zip(steps).for_each(|(&row, step)| self.estimates[row as usize] += step);
        tree
    }
}

/// The rows that are taken and the others, both in their order. No branch depends on who is taken:
/// it would be guessed wrong for every third row.
fn parted(rows: &[u32], takes: impl Fn(u32) -> bool) -> (Vec<u32>, Vec<u32>) {
    let (mut taken, mut rest) = (vec![0; rows.len()], vec![0; rows.len()]);
    let mut n = 0;
    for (i, &row) in rows.iter().enumerate() {
        (taken[n], rest[i - n]) = (row, row);
        n += usize::from(takes(row));
    }
    taken.truncate(n);
    rest.truncate(rows.len() - n);
    (taken, rest)
}

/// The greater middle value.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// A number in 0–1 that a seed and a counter decide.
fn draw(salt: u64, n: u64) -> f64 {
    (mix(salt, n) >> 11) as f64 / (1_u64 << 53) as f64
}

fn chosen(columns: &[usize], share: f64, salt: u64) -> Vec<usize> {
    let mut order = columns.to_vec();
    order.sort_by_key(|&c| mix(salt ^ 0xc01, c as u64));
    order.truncate((columns.len() as f64 * share).ceil() as usize);
    order.sort_unstable();
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOST: Boost = Boost {
        trees: 200,
        leaves: 8,
        min_rows: 5.0,
        rate: 0.1,
        row_share: 0.7,
        column_share: 1.0,
        huber: 1.0,
        seed: 3,
    };

    fn data() -> (FeatureRows, Vec<f64>) {
        let mut rows = FeatureRows::new(4);
        let mut targets = Vec::new();
        for i in 0..2_000_u64 {
            let (a, b) = (draw(1, i) as f32, draw(2, i) as f32);
            let missing = i % 5 == 0;
            rows.push(&[if missing { f32::NAN } else { a }, b, if i % 2 == 0 { 7.0 } else { f32::NAN }, 3.0]);
            let step = if a > 0.4 { 2.0 } else { 0.0 };
            targets
                .push(if missing { 5.0 } else { step } + f64::from(b) - if i % 2 == 0 { 1.0 } else { 0.0 });
        }
        (rows, targets)
    }

    #[test]
    fn learns_steps_slopes_and_what_missing_means() {
        let (rows, targets) = data();
        let fitted = BOOST.fit(&DatasetBase::new(&rows, targets.as_slice())).unwrap();
        let none = f32::NAN;
        for (row, expected) in [
            ([0.2, 0.5, none, 3.0], 0.5),
            ([0.8, 0.5, none, 3.0], 2.5),
            ([none, 0.1, none, 3.0], 5.1),
            ([0.8, 0.5, 7.0, 3.0], 1.5),
        ] {
            assert!((fitted.estimate(&row) - expected).abs() < 0.15, "{row:?} {}", fitted.estimate(&row));
        }
        assert!(fitted.is_sound(4) && !fitted.is_sound(3));
        let importances = fitted.importances();
        assert!(importances[0] > importances[1] && importances[2] > 0.0 && importances[3] == 0.0);
    }

    #[test]
    fn rows_walk_alone_as_they_walk_side_by_side() {
        let (rows, targets) = data();
        let fitted = BOOST.fit(&DatasetBase::new(&rows, targets.as_slice())).unwrap();
        let some: Vec<&[f32]> = (0..21).map(|row| rows.row(row)).collect();
        let alone: Vec<f64> = some.iter().map(|row| fitted.estimate(row)).collect();
        assert_eq!(fitted.estimates(&some), alone);
        assert!(fitted.estimates(&[]).is_empty());
    }

    #[test]
    fn a_row_of_no_weight_leaves_no_trace() {
        let (rows, targets) = data();
        let mut weights = Array1::ones(targets.len());
        weights[17] = 0.0;
        let fit = |targets: &[f64]| {
            BOOST.fit(&DatasetBase::new(&rows, targets).with_weights(weights.clone())).unwrap()
        };
        let mut changed = targets.clone();
        changed[17] = 1e9;
        assert!(fit(&targets) == fit(&changed));
    }
}
