//! Trees laid out for walking: many rows side by side, and no branch that depends on the data.

use serde::{Deserialize, Serialize};

use super::bins::Cuts;
use super::grow::{Node, Test};
use super::names::{self, Set};

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

/// The place of a row whose columns are cut into bins at `cuts`.
pub(super) fn place(cuts: &[Cuts], row: &[f32]) -> Place {
    let mut place = [0; 2 * COLUMNS];
    for (column, (cuts, &x)) in cuts.iter().zip(row).enumerate().take(COLUMNS) {
        let bin = cuts.bin(x);
        place[column] = bin;
        place[COLUMNS + column] = if bin == 0 { HIGHEST } else { bin };
    }
    place
}

/// Where to go on from a node: to `left`, or, from a greater bin or one of a set, to the node after
/// it. A leaf leads to itself.
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Step {
    /// Index into a [`Place`].
    column: u8,
    bin: u8,
    left: u8,
    /// Index of the set; the first is empty.
    set: u8,
}

/// Nodes in an order in which children follow their parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Tree {
    steps: Vec<Step>,
    /// By node; of leaves only.
    values: Vec<f32>,
    /// Bins of names that go right; the first set is empty.
    sets: Vec<Set>,
}

impl Tree {
    /// A grown tree of at most [`LEAVES`] leaves, its values in units of `scale`.
    pub fn new(nodes: &[Node], scale: f64) -> Self {
        let mut sets: Vec<Set> = vec![[0; 4]];
        let mut step = |(at, node): (usize, &Node)| match node.test {
            _ if node.left == 0 => Step { column: 0, bin: HIGHEST, left: at as u8, set: 0 },
            Test::UpTo { bin, missing_left } => {
                let side = if missing_left { 0 } else { COLUMNS };
                Step { column: (side + node.column) as u8, bin, left: node.left as u8, set: 0 }
            }
            Test::In(lefts) => {
                let set = sets.len() as u8;
                sets.push(lefts.map(|bits| !bits));
                Step { column: node.column as u8, bin: HIGHEST, left: node.left as u8, set }
            }
        };
        let steps = nodes.iter().enumerate().map(&mut step).collect();
        Self { steps, values: nodes.iter().map(|node| (node.value * scale) as f32).collect(), sets }
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
            for (sum, end) in sums.iter_mut().zip(walk(&steps, &self.sets, rows)) {
                *sum += f64::from(values[end % NODES]);
            }
        }
        for (row, sum) in rest.iter().zip(rest_sums) {
            let [end] = walk(&steps, &self.sets, std::array::from_ref(row));
            *sum += f64::from(values[end % NODES]);
        }
    }

    /// Whether every walk ends in a leaf that exists.
    pub fn is_sound(&self, columns: usize) -> bool {
        let nodes = self.steps.len();
        let sound = |(at, step): (usize, &Step)| {
            let left = usize::from(step.left);
            let is_leaf = left == at && step.bin == HIGHEST && step.set == 0;
            is_leaf
                || (left > at
                    && left + 1 < nodes
                    && usize::from(step.column) % COLUMNS < columns
                    && usize::from(step.set) < self.sets.len())
        };
        (1..NODES).contains(&nodes)
            && self.values.len() == nodes
            && self.sets.first() == Some(&[0; 4])
            && self.steps.iter().enumerate().all(sound)
    }
}

/// The nodes at which rows end.
fn walk<const N: usize>(steps: &[Step; NODES], sets: &[Set], rows: &[Place; N]) -> [usize; N] {
    // A tree that parts no names need not look at sets.
    if sets.len() > 1 {
        walk_by::<N, true>(steps, sets, rows)
    } else {
        walk_by::<N, false>(steps, sets, rows)
    }
}

#[inline(always)]
fn walk_by<const N: usize, const NAMES: bool>(
    steps: &[Step; NODES],
    sets: &[Set],
    rows: &[Place; N],
) -> [usize; N] {
    let mut at = [0; N];
    loop {
        let mut moved = 0;
        for (at, row) in at.iter_mut().zip(rows) {
            let step = steps[*at % NODES];
            let bin = row[usize::from(step.column) % (2 * COLUMNS)];
            let mut right = usize::from(bin > step.bin);
            if NAMES {
                right |= usize::from(names::holds(&sets[usize::from(step.set)], bin));
            }
            let next = usize::from(step.left) + right;
            moved |= next ^ *at;
            *at = next;
        }
        if moved == 0 {
            return at;
        }
    }
}
