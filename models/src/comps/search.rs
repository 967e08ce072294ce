//! Searching the index.

use autobazaaar_domain::{Condition, ItemId};

use super::{CompsIndex, Facts, condition_rank, listing_tokens};
use crate::Example;
use crate::folds::FoldSet;
use crate::numbers::closeness;

/// What a search must not find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclude {
    /// Nothing is left out.
    Nothing,
    /// Listings of the query's own item.
    OwnItem,
}

/// A listing found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Index into the examples that the index was built from.
    pub row: u32,
    /// 0–1, rarity-weighted overlap, less for other numbers, condition and kind.
    pub similarity: f64,
}

/// Working memory of one thread, reused from query to query.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Row → overlap so far; zero outside of a search.
    overlap: Vec<f32>,
    touched: Vec<u32>,
    /// Overlap and row packed so that a greater number is a better candidate.
    ranked: Vec<u64>,
    tokens: Vec<(u32, u32)>,
    ids: Vec<u32>,
}

/// The index as if some folds' rows had never been there.
pub struct View<'a> {
    index: &'a CompsIndex,
    folds: FoldSet,
    weights: &'a [f32],
}

/// What is looked for.
struct Query<'q> {
    item: ItemId,
    facts: &'q Facts,
}

impl<'a> View<'a> {
    pub(super) fn new(index: &'a CompsIndex, folds: FoldSet, weights: &'a [f32]) -> Self {
        Self { index, folds, weights }
    }

    /// As [`CompsIndex::search`], with working memory of the caller.
    #[must_use]
    pub fn search(&self, query: &Example, exclude: Exclude, k: usize, scratch: &mut Scratch) -> Vec<Hit> {
        let facts = Facts::of(query, &self.index.stored.keys);
        let mut hits = self.search_rows(query, &facts, exclude, k, scratch);
        for hit in &mut hits {
            hit.row = self.index.stored.rows[hit.row as usize].source;
        }
        hits
    }

    /// As [`View::search`], but the hits name rows of the index, newest first.
    pub(crate) fn search_rows(
        &self,
        query: &Example,
        facts: &Facts,
        exclude: Exclude,
        k: usize,
        scratch: &mut Scratch,
    ) -> Vec<Hit> {
        let tokens = listing_tokens(query, &self.index.stored.keys);
        let mut ids = std::mem::take(&mut scratch.ids);
        ids.clear();
        ids.extend(tokens.iter().filter_map(|token| self.index.ids.get(token).copied()));
        let hits = self.run(&Query { item: query.item, facts }, &ids, exclude, k, scratch);
        scratch.ids = ids;
        hits
    }

    /// The neighbours of an indexed row; hits name rows of the index.
    pub(crate) fn search_row(
        &self,
        row: usize,
        exclude: Exclude,
        k: usize,
        scratch: &mut Scratch,
    ) -> Vec<Hit> {
        let stored = &self.index.stored;
        let query = Query { item: stored.rows[row].item, facts: &stored.rows[row].facts };
        self.run(&query, stored.forward.row(row), exclude, k, scratch)
    }

    fn run(&self, query: &Query, ids: &[u32], exclude: Exclude, k: usize, scratch: &mut Scratch) -> Vec<Hit> {
        let norm = self.norm(ids);
        if norm == 0.0 {
            return Vec::new();
        }
        self.touch(ids, scratch);
        self.best_touched(scratch);
        let options = &self.index.stored.options;
        let mut hits: Vec<Hit> = scratch
            .ranked
            .iter()
            .map(|&packed| unpacked_row(packed))
            .filter(|&row| {
                exclude == Exclude::Nothing || self.index.stored.rows[row as usize].item != query.item
            })
            .map(|row| Hit { row, similarity: self.similarity(query, ids, norm, row) })
            .filter(|hit| hit.similarity >= options.min_similarity)
            .collect();
        hits.sort_unstable_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.row.cmp(&b.row)));
        hits.truncate(k);
        hits
    }

    /// Length of a token vector under the weights.
    fn norm(&self, ids: &[u32]) -> f32 {
        ids.iter().map(|&id| self.weights[id as usize].powi(2)).sum::<f32>().sqrt()
    }

    /// Adds up overlaps along the postings, rarest token first, within the budget.
    fn touch(&self, ids: &[u32], scratch: &mut Scratch) {
        let index = self.index;
        scratch.overlap.resize(index.len().max(scratch.overlap.len()), 0.0);
        scratch.touched.clear();
        scratch.tokens.clear();
        // The weight, not the length of the posting, orders tokens: it knows the left-out folds.
        scratch.tokens.extend(ids.iter().filter(|&&id| self.weights[id as usize] > 0.0).map(|&id| {
            (u32::MAX - (self.weights[id as usize] / index.stored.weights[id as usize]).to_bits(), id)
        }));
        scratch.tokens.sort_unstable();
        let mut budget = index.stored.options.budget;
        for &(_, id) in &scratch.tokens {
            let weight = self.weights[id as usize].powi(2);
            for &row in index.postings.row(id as usize) {
                if self.folds != FoldSet::EMPTY && self.folds.contains(index.stored.rows[row as usize].fold) {
                    continue;
                }
                if budget == 0 {
                    return;
                }
                budget -= 1;
                let overlap = &mut scratch.overlap[row as usize];
                if *overlap == 0.0 {
                    scratch.touched.push(row);
                }
                *overlap += weight;
            }
        }
    }

    /// Keeps the rows with most overlap and clears the accumulators.
    fn best_touched(&self, scratch: &mut Scratch) {
        let Scratch { overlap, touched, ranked, .. } = scratch;
        ranked.clear();
        ranked.extend(touched.iter().map(|&row| packed(std::mem::take(&mut overlap[row as usize]), row)));
        let keep = self.index.stored.options.rescored as usize;
        if ranked.len() > keep {
            ranked.select_nth_unstable_by(keep, |a, b| b.cmp(a));
            ranked.truncate(keep);
        }
    }

    /// Weighted cosine of the tokens × closeness of numbers, condition and kind.
    fn similarity(&self, query: &Query, ids: &[u32], norm: f32, row: u32) -> f64 {
        let other = self.index.stored.forward.row(row as usize);
        let (mut shared, mut other_norm, mut i) = (0.0_f32, 0.0_f32, 0);
        for &token in other {
            let weight = self.weights[token as usize].powi(2);
            other_norm += weight;
            while i < ids.len() && ids[i] < token {
                i += 1;
            }
            if i < ids.len() && ids[i] == token {
                shared += weight;
            }
        }
        if shared == 0.0 {
            return 0.0;
        }
        let cosine = shared / (norm * other_norm.sqrt());
        let facts = &self.index.stored.rows[row as usize].facts;
        f64::from(cosine * likeness(query.facts, facts)).clamp(0.0, 1.0)
    }
}

/// How far numbers, condition and kind let two listings stand for each other, 0–1.
fn likeness(a: &Facts, b: &Facts) -> f32 {
    let numbers = 0.3 + 0.7 * closeness(&a.numbers, &b.numbers).unwrap_or(0.6);
    let kind = if a.accessory == b.accessory { 1.0 } else { 0.4 };
    numbers * kind * same_condition(a.condition, b.condition)
}

fn same_condition(a: Option<Condition>, b: Option<Condition>) -> f32 {
    match (a, b) {
        (Some(a), Some(b)) if (a == Condition::Parts) != (b == Condition::Parts) => 0.5,
        (Some(a), Some(b)) => 1.0 - 0.07 * f32::from(condition_rank(a).abs_diff(condition_rank(b))),
        _ => 0.93,
    }
}

/// More overlap is greater; among equals, the newer row, which has the smaller number. The bits
/// of positive floats are in the floats' order.
fn packed(overlap: f32, row: u32) -> u64 {
    u64::from(overlap.to_bits()) << 32 | u64::from(u32::MAX - row)
}

fn unpacked_row(packed: u64) -> u32 {
    u32::MAX - packed as u32
}
