//! Boosting: each tree corrects what those before it left over.

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::{Fit, PredictInplace};
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::bins::{Binned, FeatureRows};
use super::grow::{Grown, Limits, Node, Packed, grow, packed};
use crate::text::mix;

/// Steps of a gradient's scale; 2²³ rows of them fit in a packed sum.
const STEPS: f64 = 65_536.0;

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
    columns: usize,
    trees: Vec<Tree>,
    /// Column → fall of the squared error by its splits, in all trees.
    gains: Vec<f64>,
}

/// Inner nodes in an order in which children follow their parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Tree {
    splits: Vec<Split>,
    values: Vec<f32>,
}

/// Where to go on: an inner node, or, from 2¹⁵ on, a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Split {
    threshold: f32,
    column: u16,
    left: u16,
    right: u16,
    missing_left: bool,
}

const LEAF: u16 = 1 << 15;

impl Tree {
    fn new(nodes: &[Node], binned: &Binned, scale: f64) -> Self {
        let mut place = Vec::with_capacity(nodes.len());
        let (mut inner, mut leaves) = (0, LEAF);
        for node in nodes {
            let next = if node.left == 0 { &mut leaves } else { &mut inner };
            place.push(*next);
            *next += 1;
        }
        let of_leaf = |node: &&Node| node.left == 0;
        let values = nodes.iter().filter(of_leaf).map(|node| (node.value * scale) as f32).collect();
        let split = |node: &Node| Split {
            threshold: binned.upper(node.column, node.bin),
            column: node.column as u16,
            left: place[node.left],
            right: place[node.left + 1],
            missing_left: node.missing_left,
        };
        Self { splits: nodes.iter().filter(|node| node.left != 0).map(split).collect(), values }
    }

    fn value(&self, row: &[f32]) -> f32 {
        let mut at = if self.splits.is_empty() { LEAF } else { 0 };
        while at < LEAF {
            let split = &self.splits[at as usize];
            let x = row[split.column as usize];
            let left = if x.is_nan() { split.missing_left } else { x <= split.threshold };
            at = if left { split.left } else { split.right };
        }
        self.values[usize::from(at - LEAF)]
    }

    /// Whether every walk ends in a leaf that exists.
    fn is_sound(&self, columns: usize) -> bool {
        let inner = self.splits.len();
        let ends = |from: usize, to: u16| match to.checked_sub(LEAF) {
            Some(leaf) => usize::from(leaf) < self.values.len(),
            None => usize::from(to) > from && usize::from(to) < inner,
        };
        let sound =
            |(i, s): (usize, &Split)| usize::from(s.column) < columns && ends(i, s.left) && ends(i, s.right);
        !self.values.is_empty() && self.splits.iter().enumerate().all(sound)
    }
}

impl Boosted {
    /// The estimate for one row of as many columns as it was fitted on.
    #[must_use]
    pub fn estimate(&self, row: &[f32]) -> f64 {
        self.start + self.trees.iter().map(|tree| f64::from(tree.value(row))).sum::<f64>()
    }

    /// As [`Boosted::estimate`] of each row, surplus columns left out of account. Each tree is
    /// walked by all rows before the next, so that it is near.
    #[must_use]
    pub fn estimates(&self, rows: &[&[f32]]) -> Vec<f64> {
        let mut sums = vec![0.0; rows.len()];
        for tree in &self.trees {
            for (sum, row) in sums.iter_mut().zip(rows) {
                *sum += f64::from(tree.value(row));
            }
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
        self.columns == columns && self.trees.iter().all(|tree| tree.is_sound(columns))
    }
}

impl PredictInplace<FeatureRows, Array1<f64>> for Boosted {
    fn predict_inplace(&self, rows: &FeatureRows, y: &mut Array1<f64>) {
        for (i, y) in y.iter_mut().enumerate() {
            *y = self.estimate(rows.row(i));
        }
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
        Self { options, binned, columns, targets, kept, estimates, gradients }
    }

    fn run(mut self) -> Boosted {
        let start = self.estimates.first().copied().unwrap_or(0.0);
        let mut gains = vec![0.0; self.binned.columns];
        let trees = (0..self.options.trees).map(|tree| self.step(tree as u64, &mut gains)).collect();
        Boosted { start, columns: self.binned.columns, trees, gains }
    }

    fn step(&mut self, tree: u64, gains: &mut [f64]) -> Tree {
        let (huber, salt) = (self.options.huber, mix(self.options.seed, tree));
        for &row in &self.kept {
            let i = row as usize;
            let gradient = ((self.targets[i] - self.estimates[i]) / huber).clamp(-1.0, 1.0);
            self.gradients[i] = packed((gradient * STEPS).round() as i32);
        }
        let columns = chosen(&self.columns, self.options.column_share, salt);
        let (mut rows, rest): (Vec<u32>, Vec<u32>) =
            self.kept.iter().partition(|&&row| draw(salt, u64::from(row)) < self.options.row_share);
        let limits = Limits { leaves: self.options.leaves, min_rows: self.options.min_rows, shrink: 1.0 };
        let Grown { nodes, ends } = grow(&self.binned, &self.gradients, &mut rows, &columns, limits);
        nodes.iter().filter(|node| node.left != 0).for_each(|node| gains[node.column] += node.gain);
        let scale = self.options.rate * huber / STEPS;
        let step = |node: &Node| f64::from((node.value * scale) as f32);
        // Rows that the tree was grown on lie leaf by leaf; only the others have to walk.
        for (leaf, part) in ends {
            let step = step(&nodes[leaf]);
            rows[part].iter().for_each(|&row| self.estimates[row as usize] += step);
        }
        for row in rest {
            self.estimates[row as usize] += step(landed(&nodes, self.binned.row(row as usize)));
        }
        Tree::new(&nodes, &self.binned, scale)
    }
}

/// The greater middle value.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

fn landed<'n>(nodes: &'n [Node], bins: &[u8]) -> &'n Node {
    let mut node = &nodes[0];
    while node.left != 0 {
        let bin = bins[node.column];
        let left = if bin == 0 { node.missing_left } else { bin <= node.bin };
        node = &nodes[node.left + usize::from(!left)];
    }
    node
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
