//! Trees laid out for walking: many rows side by side, and no branch that depends on the data.

use serde::{Deserialize, Serialize};

use super::grow::Node;

/// Columns that trees can split on.
pub(super) const COLUMNS: usize = 32;
/// Leaves that a tree can have.
pub(super) const LEAVES: usize = 64;
/// Room for a tree's nodes.
const NODES: usize = 2 * LEAVES;
/// Rows that walk side by side: enough that one's step hides the other's wait.
const ABREAST: usize = 8;
/// The bin of what is missing, where it goes right with the highest.
const HIGHEST: u8 = u8::MAX;

/// A row's bin in each column, twice: first with what is missing below all others, then above.
pub(super) type Place = [u8; 2 * COLUMNS];

/// The place of a row whose columns end their bins at `edges`, by column, ascending.
pub(super) fn place(edges: &[Vec<f32>], row: &[f32]) -> Place {
    let mut place = [0; 2 * COLUMNS];
    for (column, (edges, &x)) in edges.iter().zip(row).enumerate().take(COLUMNS) {
        let bin = edges.partition_point(|&edge| edge < x) as u8 + 1;
        let (low, high) = if x.is_nan() { (0, HIGHEST) } else { (bin, bin) };
        place[column] = low;
        place[COLUMNS + column] = high;
    }
    place
}

/// Where to go on from a node: to `left`, or, from a greater bin, to the node after it. A leaf
/// leads to itself.
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Step {
    /// Index into a [`Place`].
    column: u8,
    bin: u8,
    left: u8,
}

/// Nodes in an order in which children follow their parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Tree {
    steps: Vec<Step>,
    /// By node; of leaves only.
    values: Vec<f32>,
}

impl Tree {
    /// A grown tree of at most [`LEAVES`] leaves, its values in units of `scale`.
    pub fn new(nodes: &[Node], scale: f64) -> Self {
        let step = |(at, node): (usize, &Node)| {
            if node.left == 0 {
                return Step { column: 0, bin: HIGHEST, left: at as u8 };
            }
            let side = if node.missing_left { 0 } else { COLUMNS };
            Step { column: (side + node.column) as u8, bin: node.bin, left: node.left as u8 }
        };
        Self {
            steps: nodes.iter().enumerate().map(step).collect(),
            values: nodes.iter().map(|node| (node.value * scale) as f32).collect(),
        }
    }

    /// The value of a leaf that exists.
    pub fn value(&self, leaf: usize) -> f64 {
        f64::from(self.values[leaf])
    }

    /// Adds the tree's value of each row to its sum.
    pub fn add(&self, rows: &[Place], sums: &mut [f64]) {
        // In arrays of fixed size, a masked index needs no check.
        let (mut steps, mut values) = ([Step::default(); NODES], [0.0; NODES]);
        for (at, (&step, &value)) in self.steps.iter().zip(&self.values).enumerate().take(NODES) {
            (steps[at], values[at]) = (step, value);
        }
        let (abreast, rest) = rows.as_chunks::<ABREAST>();
        let (their_sums, rest_sums) = sums.as_chunks_mut::<ABREAST>();
        for (rows, sums) in abreast.iter().zip(their_sums) {
            for (sum, end) in sums.iter_mut().zip(walk(&steps, rows)) {
                *sum += f64::from(values[end % NODES]);
            }
        }
        for (row, sum) in rest.iter().zip(rest_sums) {
            let [end] = walk(&steps, std::array::from_ref(row));
            *sum += f64::from(values[end % NODES]);
        }
    }

    /// Whether every walk ends in a leaf that exists.
    pub fn is_sound(&self, columns: usize) -> bool {
        let nodes = self.steps.len();
        let sound = |(at, step): (usize, &Step)| {
            let left = usize::from(step.left);
            let is_leaf = left == at && step.bin == HIGHEST;
            is_leaf || (left > at && left + 1 < nodes && usize::from(step.column) % COLUMNS < columns)
        };
        (1..NODES).contains(&nodes) && self.values.len() == nodes && self.steps.iter().enumerate().all(sound)
    }
}

/// The nodes at which rows end.
fn walk<const N: usize>(steps: &[Step; NODES], rows: &[Place; N]) -> [usize; N] {
    let mut at = [0; N];
    loop {
        let mut moved = 0;
        for (at, row) in at.iter_mut().zip(rows) {
            let step = steps[*at % NODES];
            let bin = row[usize::from(step.column) % (2 * COLUMNS)];
            let next = usize::from(step.left) + usize::from(bin > step.bin);
            moved |= next ^ *at;
            *at = next;
        }
        if moved == 0 {
            return at;
        }
    }
}
