//! Growing one tree, always at the leaf that gains most.

use std::ops::Range;

use super::bins::Binned;
use super::names::{self, Set};

/// A sum of gradients and a count of rows in one integer: gradient × 2²⁴ + rows.
pub(super) type Packed = i64;
const COUNT_BITS: u32 = 24;

/// By column that may be split on, by bin in use.
type Histogram = Vec<Packed>;

/// Packs one row's gradient.
pub(super) fn packed(gradient: i32) -> Packed {
    (i64::from(gradient) << COUNT_BITS) + 1
}

pub(super) fn rows_in(sum: Packed) -> f64 {
    (sum & ((1 << COUNT_BITS) - 1)) as f64
}

pub(super) fn gradient_in(sum: Packed) -> f64 {
    (sum >> COUNT_BITS) as f64
}

/// Bounds of a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub leaves: usize,
    pub min_rows: f64,
    /// Rows that pull a leaf's value towards zero.
    pub shrink: f64,
}

/// Which rows go left.
#[derive(Debug, Clone, Copy)]
pub(super) enum Test {
    /// Those up to a bin.
    UpTo { bin: u8, missing_left: bool },
    /// Those whose bin is in the set.
    In(Set),
}

impl Test {
    /// The bins that go left.
    fn lefts(&self) -> Set {
        match *self {
            Self::UpTo { bin, missing_left } => names::up_to(bin, missing_left),
            Self::In(set) => set,
        }
    }
}

/// A node; the right child follows the left one. A leaf has no children.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub column: usize,
    pub test: Test,
    /// Index of the left child; 0 in a leaf.
    pub left: usize,
    /// Mean gradient of its rows, shrunk; in units of the gradients.
    pub value: f64,
    /// Fall of the squared error by its split.
    pub gain: f64,
}

struct Leaf {
    node: usize,
    from: usize,
    to: usize,
    histogram: Histogram,
    sum: Packed,
    split: Option<Split>,
}

#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    column: usize,
    test: Test,
}

/// A grown tree, and where its rows ended.
pub(super) struct Grown {
    pub nodes: Vec<Node>,
    /// Leaf node → its part of the rows that the tree was grown on.
    pub ends: Vec<(usize, Range<usize>)>,
}

/// Grows a tree over `rows` (reordered leaf by leaf), whose gradients are packed by row, with
/// splits of `columns` only.
pub(super) fn grow(
    binned: &Binned,
    gradients: &[Packed],
    rows: &mut [u32],
    columns: &[usize],
    limits: Limits,
) -> Grown {
    let grower = Grower::new(binned, gradients, columns, limits);
    let histogram = grower.histogram(rows);
    let sum = rows.iter().map(|&row| gradients[row as usize]).sum();
    let mut nodes = vec![grower.leaf_node(sum)];
    let split = grower.best_split(&histogram, sum);
    let mut leaves = vec![Leaf { node: 0, from: 0, to: rows.len(), histogram, sum, split }];
    let mut spare = Vec::with_capacity(rows.len());
    while leaves.len() < limits.leaves {
        let Some((at, split)) = best_leaf(&leaves) else { break };
        let leaf = leaves.swap_remove(at);
        let middle = leaf.from + grower.part(&mut rows[leaf.from..leaf.to], &split, &mut spare);
        let left = nodes.len();
        let Split { gain, column, test } = split;
        nodes[leaf.node] = Node { column, test, left, gain, ..nodes[leaf.node] };
        let (a, b) = grower.children(leaf, left, middle, rows);
        nodes.extend([grower.leaf_node(a.sum), grower.leaf_node(b.sum)]);
        leaves.extend([a, b]);
    }
    Grown { nodes, ends: leaves.into_iter().map(|leaf| (leaf.node, leaf.from..leaf.to)).collect() }
}

/// The leaf with the greatest gain; among equals, the one that became a node first.
fn best_leaf(leaves: &[Leaf]) -> Option<(usize, Split)> {
    let splits = leaves.iter().enumerate().filter_map(|(i, leaf)| Some((i, leaf.node, leaf.split?)));
    let best = splits.max_by(|a, b| a.2.gain.total_cmp(&b.2.gain).then(b.1.cmp(&a.1)))?;
    Some((best.0, best.2))
}

struct Grower<'a> {
    binned: &'a Binned,
    gradients: &'a [Packed],
    /// Columns that may be split on, and their parts of a histogram.
    columns: Vec<(usize, Range<usize>)>,
    limits: Limits,
}

impl<'a> Grower<'a> {
    fn new(binned: &'a Binned, gradients: &'a [Packed], columns: &[usize], limits: Limits) -> Self {
        let mut end = 0;
        let part = |&column: &usize| {
            let start = end;
            end += binned.cuts[column].used();
            (column, start..end)
        };
        Self { binned, gradients, columns: columns.iter().map(part).collect(), limits }
    }

    fn leaf_node(&self, sum: Packed) -> Node {
        let value = gradient_in(sum) / (rows_in(sum) + self.limits.shrink);
        let test = Test::UpTo { bin: 0, missing_left: false };
        Node { column: 0, test, left: 0, value, gain: 0.0 }
    }

    fn histogram(&self, rows: &[u32]) -> Histogram {
        let mut histogram = vec![0; self.columns.last().map_or(0, |(_, part)| part.end)];
        for &row in rows {
            let gradient = self.gradients[row as usize];
            let bins = self.binned.row(row as usize);
            for (column, part) in &self.columns {
                histogram[part.start + usize::from(bins[*column])] += gradient;
            }
        }
        histogram
    }

    /// Moves the rows that go left before the others, both in their order; returns how many.
    fn part(&self, rows: &mut [u32], split: &Split, spare: &mut Vec<u32>) -> usize {
        spare.clear();
        spare.resize(rows.len(), 0);
        let lefts = split.test.lefts();
        let mut kept = 0;
        // No branch depends on where a row goes: it would often be guessed wrong.
        for i in 0..rows.len() {
            let row = rows[i];
            let bin = self.binned.bins[row as usize * self.binned.columns + split.column];
            (rows[kept], spare[i - kept]) = (row, row);
            kept += usize::from(names::holds(&lefts, bin));
        }
        let rest = rows.len() - kept;
        rows[kept..].copy_from_slice(&spare[..rest]);
        kept
    }

    /// Counts the smaller child; the other is what the parent has more.
    fn children(&self, parent: Leaf, node: usize, middle: usize, rows: &[u32]) -> (Leaf, Leaf) {
        let left_is_smaller = middle - parent.from <= parent.to - middle;
        let (from, to) = if left_is_smaller { (parent.from, middle) } else { (middle, parent.to) };
        let small = self.histogram(&rows[from..to]);
        let small_sum = rows[from..to].iter().map(|&row| self.gradients[row as usize]).sum::<Packed>();
        let mut large = parent.histogram;
        for (l, s) in large.iter_mut().zip(&small) {
            *l -= s;
        }
        let large_sum = parent.sum - small_sum;
        let leaf = |node, from, to, histogram: Histogram, sum| {
            let split = self.best_split(&histogram, sum);
            Leaf { node, from, to, histogram, sum, split }
        };
        if left_is_smaller {
            let right = leaf(node + 1, middle, parent.to, large, large_sum);
            (leaf(node, parent.from, middle, small, small_sum), right)
        } else {
            let right = leaf(node + 1, middle, parent.to, small, small_sum);
            (leaf(node, parent.from, middle, large, large_sum), right)
        }
    }

    fn best_split(&self, histogram: &Histogram, sum: Packed) -> Option<Split> {
        if rows_in(sum) < 2.0 * self.limits.min_rows {
            return None;
        }
        let mut best: Option<Split> = None;
        for (column, part) in &self.columns {
            let (column, counts) = (*column, &histogram[part.clone()]);
            let bound = best.map_or(1e-9, |split| split.gain);
            let found = if self.binned.cuts[column].are_names() {
                names::best(counts, sum, self.limits).map(|(gain, set)| (gain, Test::In(set)))
            } else {
                self.best_bin(counts, sum, bound)
            };
            if let Some((gain, test)) = found.filter(|(gain, _)| *gain > bound) {
                best = Some(Split { gain, column, test });
            }
        }
        best
    }

    /// The last bin that goes left in the best parting by order that gains more than the bound.
    fn best_bin(&self, counts: &[Packed], sum: Packed, mut bound: f64) -> Option<(f64, Test)> {
        let missing = counts[0];
        let sides: &[bool] = if missing == 0 { &[true] } else { &[true, false] };
        let mut best = None;
        for &missing_left in sides {
            let mut left = if missing_left { missing } else { 0 };
            // The last bin's upper end parts what is there from what is missing.
            let ends = counts.len() - usize::from(missing_left);
            for (bin, &count) in counts.iter().enumerate().take(ends).skip(1) {
                if count == 0 {
                    // Nothing changes sides.
                    continue;
                }
                left += count;
                if let Some(gain) = self.gain(left, sum).filter(|&gain| gain > bound) {
                    // Where none is missing here, what is missing later goes with the many.
                    let missing_left =
                        if missing == 0 { 2.0 * rows_in(left) >= rows_in(sum) } else { missing_left };
                    best = Some((gain, Test::UpTo { bin: bin as u8, missing_left }));
                    bound = gain;
                }
            }
        }
        best
    }

    fn gain(&self, left: Packed, sum: Packed) -> Option<f64> {
        let right = sum - left;
        let (n_left, n_right) = (rows_in(left), rows_in(right));
        if n_left < self.limits.min_rows || n_right < self.limits.min_rows {
            return None;
        }
        let score = |gradient: f64, n: f64| gradient * gradient / (n + self.limits.shrink);
        let parts = score(gradient_in(left), n_left) + score(gradient_in(right), n_right);
        Some(parts - score(gradient_in(sum), rows_in(sum)))
    }
}
