//! Searching the index.

use autobazaaar_domain::{Condition, ItemId};

use super::{CompsIndex, Facts, Rarity, condition_rank, listing_tokens};
use crate::Example;
use crate::folds::FoldSet;
use crate::numbers::{Numbers, closeness, positions};

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
    /// The query's tokens, ascending, with their squared weights.
    weighed: Vec<(u32, f32)>,
}

/// The index as if some folds' rows had never been there.
pub struct View<'a> {
    index: &'a CompsIndex,
    folds: FoldSet,
    rarity: &'a Rarity,
}

/// What two listings are compared by beside their tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traits {
    item: ItemId,
    /// On the axes that prices follow.
    positions: Numbers,
    condition: Option<Condition>,
    accessory: bool,
}

impl Traits {
    pub fn of(item: ItemId, facts: &Facts) -> Self {
        let Facts { numbers, condition, accessory, .. } = *facts;
        Self { item, positions: positions(&numbers), condition, accessory }
    }
}

impl<'a> View<'a> {
    pub(super) fn new(index: &'a CompsIndex, folds: FoldSet, rarity: &'a Rarity) -> Self {
        Self { index, folds, rarity }
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
        let hits = self.run(&Traits::of(query.item, facts), &ids, exclude, k, scratch);
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
        self.run(&self.index.traits[row], self.index.stored.forward.row(row), exclude, k, scratch)
    }

    fn run(
        &self,
        query: &Traits,
        ids: &[u32],
        exclude: Exclude,
        k: usize,
        scratch: &mut Scratch,
    ) -> Vec<Hit> {
        scratch.weighed.clear();
        scratch.weighed.extend(ids.iter().map(|&id| (id, self.rarity.squares[id as usize])));
        let norm = norm(scratch.weighed.iter().map(|(_, square)| *square));
        if norm == 0.0 {
            return Vec::new();
        }
        self.touch(scratch);
        self.best_touched(scratch);
        let least = self.index.stored.options.min_similarity;
        let mut hits: Vec<Hit> = scratch
            .ranked
            .iter()
            .map(|&packed| unpacked_row(packed))
            .filter(|&row| exclude == Exclude::Nothing || self.index.traits[row as usize].item != query.item)
            .map(|row| Hit { row, similarity: self.similarity(query, &scratch.weighed, norm, row) })
            .filter(|hit| hit.similarity >= least)
            .collect();
        hits.sort_unstable_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.row.cmp(&b.row)));
        hits.truncate(k);
        hits
    }

    /// Adds up overlaps along the postings, rarest token first, within the budget.
    fn touch(&self, scratch: &mut Scratch) {
        let index = self.index;
        scratch.overlap.resize(index.len().max(scratch.overlap.len()), 0.0);
        scratch.touched.clear();
        scratch.tokens.clear();
        // The weight, not the length of the posting, orders tokens: it knows the left-out folds.
        let known = scratch.weighed.iter().filter(|(_, square)| *square > 0.0);
        scratch
            .tokens
            .extend(known.map(|&(id, _)| (u32::MAX - self.rarity.alone[id as usize].to_bits(), id)));
        scratch.tokens.sort_unstable();
        let mut budget = index.stored.options.budget;
        for &(_, id) in &scratch.tokens {
            let weight = self.rarity.squares[id as usize];
            for &row in index.postings.row(id as usize) {
                if self.folds != FoldSet::EMPTY && self.folds.contains(index.folds[row as usize]) {
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
    fn similarity(&self, query: &Traits, weighed: &[(u32, f32)], query_norm: f32, row: u32) -> f64 {
        let shared = shared(weighed, self.index.stored.forward.row(row as usize));
        if shared == 0.0 {
            return 0.0;
        }
        let cosine = shared / (query_norm * self.rarity.norms[row as usize]);
        f64::from(cosine * likeness(query, &self.index.traits[row as usize])).clamp(0.0, 1.0)
    }
}

/// Length of a token vector by the squares of its weights.
pub(super) fn norm(squares: impl Iterator<Item = f32>) -> f32 {
    squares.sum::<f32>().sqrt()
}

/// Sum of the weights of the tokens that two listings share, both ascending; without a branch that
/// depends on which they are.
fn shared(weighed: &[(u32, f32)], other: &[u32]) -> f32 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while let (Some(&(a, square)), Some(&b)) = (weighed.get(i), other.get(j)) {
        sum += if a == b { square } else { 0.0 };
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    sum
}

/// How far numbers, condition and kind let two listings stand for each other, 0–1.
fn likeness(a: &Traits, b: &Traits) -> f32 {
    let numbers = 0.3 + 0.7 * closeness(&a.positions, &b.positions).unwrap_or(0.6);
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
