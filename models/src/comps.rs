//! Comparables: an inverted index over title words and attributes, weighted by rarity.
//!
//! Tokens are interned in the order of their hashes and rows stand newest first, so that sums
//! and ties do not depend on which other rows are there: a row that is left out leaves no trace.

mod search;
mod tokens;

use autobazaaar_domain::{Condition, ItemId};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::Example;
use crate::folds::FoldSet;
use crate::numbers::{Numbers, NumericKeys};
use crate::text::hash_text;
pub use search::{Exclude, Hit, Scratch, View};
use search::{Traits, norm};
pub(crate) use tokens::{Facts, listing_tokens};

/// Bounds of a search.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompsOptions {
    /// Postings read per query, rarest token first.
    pub budget: u32,
    /// Candidates compared in full.
    pub rescored: u32,
    /// Hits below this similarity (0–1) are dropped.
    pub min_similarity: f64,
}

impl Default for CompsOptions {
    fn default() -> Self {
        Self { budget: 1_000, rescored: 64, min_similarity: 0.12 }
    }
}

/// What is stored of a row.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Row {
    pub item: ItemId,
    pub facts: Facts,
    pub fold: u8,
    /// Index into the examples that the index was built from.
    pub source: u32,
}

/// The index. Rows without a price are indexed too: they are rivals, if not prices.
#[derive(Debug, Clone)]
pub struct CompsIndex {
    pub(crate) stored: Stored,
    ids: FxHashMap<u64, u32>,
    postings: Csr,
    /// Row → its fold, and what it is compared by: small, to be near.
    folds: Vec<u8>,
    traits: Vec<Traits>,
    /// Over all rows.
    rarity: Rarity,
}

/// How much tokens tell, and rows by them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rarity {
    /// Token → ln(1 + rows ÷ its rows), 0 below two rows.
    alone: Vec<f32>,
    /// Token → its weight squared: its kind's weight × its rarity.
    squares: Vec<f32>,
    /// Row → length of its token vector.
    norms: Vec<f32>,
}

/// The part of an index from which the rest is rebuilt.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub options: CompsOptions,
    pub keys: NumericKeys,
    pub rows: Vec<Row>,
    /// Row → its tokens, ascending.
    pub forward: Csr,
    /// Token → its hash, ascending.
    hashes: Vec<u64>,
    /// Token → its weight beside rarity: words more than pairs.
    weights: Vec<f32>,
}

impl Stored {
    /// Whether every id and offset is in range.
    pub fn is_sound(&self) -> bool {
        let ascending = self.forward.offsets.windows(2).all(|w| w[0] <= w[1]);
        let end = self.forward.offsets.last().copied().unwrap_or(0) as usize;
        ascending
            && end == self.forward.values.len()
            && self.forward.rows() == self.rows.len()
            && self.weights.len() == self.hashes.len()
            && self.forward.values.iter().all(|&id| (id as usize) < self.hashes.len())
    }
}

/// Compressed rows of ids.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Csr {
    offsets: Vec<u32>,
    values: Vec<u32>,
}

impl Csr {
    pub fn row(&self, row: usize) -> &[u32] {
        &self.values[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }

    fn rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Columns of this one's rows, each listing its rows in ascending order.
    fn transposed(&self, columns: usize) -> Self {
        let mut offsets = vec![0_u32; columns + 1];
        for &value in &self.values {
            offsets[value as usize + 1] += 1;
        }
        for i in 0..columns {
            offsets[i + 1] += offsets[i];
        }
        let mut next = offsets.clone();
        let mut values = vec![0; self.values.len()];
        for row in 0..self.rows() {
            for &value in self.row(row) {
                values[next[value as usize] as usize] = row as u32;
                next[value as usize] += 1;
            }
        }
        Self { offsets, values }
    }
}

impl CompsIndex {
    /// Indexes the examples (fewer than 2³² tokens in all).
    #[must_use]
    pub fn build(examples: &[Example], options: CompsOptions) -> Self {
        Self::build_folded(examples, options, |_| 0)
    }

    /// As [`CompsIndex::build`], with a fold for each item.
    pub(crate) fn build_folded(
        examples: &[Example],
        options: CompsOptions,
        fold: impl Fn(ItemId) -> u8 + Sync,
    ) -> Self {
        let keys = NumericKeys::find(examples);
        let mut order: Vec<u32> = (0..examples.len() as u32).collect();
        order.sort_by_key(|&i| std::cmp::Reverse(examples[i as usize].at));
        let rows: Vec<Row> = order
            .par_iter()
            .map(|&source| {
                let example = &examples[source as usize];
                Row { item: example.item, facts: Facts::of(example, &keys), fold: fold(example.item), source }
            })
            .collect();
        let (hashes, weights, forward) = tokens::intern(examples, &order, &keys);
        Self::from_stored(Stored { options, keys, rows, forward, hashes, weights })
    }

    /// Rebuilds what is not stored.
    pub(crate) fn from_stored(stored: Stored) -> Self {
        let ids = stored.hashes.iter().enumerate().map(|(id, &hash)| (hash, id as u32)).collect();
        let postings = stored.forward.transposed(stored.hashes.len());
        let folds = stored.rows.iter().map(|row| row.fold).collect();
        let traits = stored.rows.iter().map(|row| Traits::of(row.item, &row.facts)).collect();
        let mut index = Self { stored, ids, postings, folds, traits, rarity: Rarity::default() };
        index.rarity = index.rarity(FoldSet::EMPTY);
        index
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stored.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stored.rows.is_empty()
    }

    /// The listings most like the query, best first, at most `k`; similarity is 0–1. Only the
    /// query's category is searched.
    #[must_use]
    pub fn search(&self, query: &Example, exclude: Exclude, k: usize) -> Vec<Hit> {
        self.view().search(query, exclude, k, &mut Scratch::default())
    }

    /// What `tell` makes of each indexed example (its position) and its nearest listings of other
    /// items, best first, at most `k`; in the examples' order, on all threads. Hits are handed
    /// over one query at a time, so that a million queries need no memory for all of them.
    pub fn map_neighbours<T: Send>(&self, k: usize, tell: impl Fn(u32, &[Hit]) -> T + Sync) -> Vec<T> {
        let rows = &self.stored.rows;
        let mut row_of = vec![0_u32; rows.len()];
        for (row, stored) in rows.iter().enumerate() {
            row_of[stored.source as usize] = row as u32;
        }
        let view = self.view();
        let one = |scratch: &mut Scratch, (source, &row): (usize, &u32)| {
            let mut hits = view.search_row(row as usize, Exclude::OwnItem, k, scratch);
            hits.iter_mut().for_each(|hit| hit.row = rows[hit.row as usize].source);
            tell(source as u32, &hits)
        };
        row_of.par_iter().enumerate().map_init(Scratch::default, one).collect()
    }

    /// The index as if the rows of some folds had never been there.
    ///
    /// `rarity` is [`CompsIndex::rarity`] of the same folds.
    pub(crate) fn without<'a>(&'a self, folds: FoldSet, rarity: &'a Rarity) -> View<'a> {
        View::new(self, folds, rarity)
    }

    /// The whole index, to be searched with working memory that is kept from query to query.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View::new(self, FoldSet::EMPTY, &self.rarity)
    }

    /// What tokens tell if the rows of some folds had never been there.
    pub(crate) fn rarity(&self, folds: FoldSet) -> Rarity {
        let rows = self.folds.iter().filter(|&&fold| !folds.contains(fold)).count() as f32;
        let kept = |posting: &[u32]| {
            if folds == FoldSet::EMPTY {
                return posting.len();
            }
            posting.iter().filter(|&&row| !folds.contains(self.folds[row as usize])).count()
        };
        let alone: Vec<f32> = (0..self.stored.hashes.len())
            .into_par_iter()
            .map(|token| match kept(self.postings.row(token)) {
                0 | 1 => 0.0,
                count => (1.0 + rows / count as f32).ln(),
            })
            .collect();
        let squares: Vec<f32> =
            alone.iter().zip(&self.stored.weights).map(|(alone, weight)| (weight * alone).powi(2)).collect();
        let length = |row| norm(self.stored.forward.row(row).iter().map(|&token| squares[token as usize]));
        let norms = (0..self.len()).into_par_iter().map(length).collect();
        Rarity { alone, squares, norms }
    }
}

/// Hash of a category's name, which salts its tokens.
pub(crate) fn category_hash(category: &str) -> u64 {
    hash_text(0xca7e, category)
}

/// Rank of a condition, 0 the best.
pub(crate) fn condition_rank(condition: Condition) -> u8 {
    condition as u8
}
