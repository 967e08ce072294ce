//! Tokens of a listing, and their ids.

use autobazaaar_domain::Condition;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Csr, Numbers, NumericKeys, category_hash};
use crate::Example;
use crate::text::{for_each_word, hash_text, is_accessory_word, mix};

/// Words of a title that count.
const TITLE_WORDS: usize = 24;
/// Longer attribute values are text, not facts.
const MAX_VALUE_BYTES: usize = 40;

const WORD: u64 = 1;
const PAIR: u64 = 2;
const ATTRIBUTE: u64 = 3;

/// What is compared beside tokens.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// Unix seconds.
    pub at: i64,
    pub numbers: Numbers,
    pub condition: Option<Condition>,
    /// The title names an accessory.
    pub accessory: bool,
    pub title_words: u16,
    pub description_bytes: u32,
}

impl Facts {
    pub fn of(example: &Example, keys: &NumericKeys) -> Self {
        let (mut title_words, mut accessory) = (0, false);
        for_each_word(example.title, TITLE_WORDS, |word| {
            title_words += 1;
            accessory |= is_accessory_word(word);
        });
        Self {
            at: example.at,
            numbers: keys.of(example),
            condition: example.condition,
            accessory,
            title_words,
            description_bytes: example.description.map_or(0, |text| text.len().min(1 << 20) as u32),
        }
    }
}

/// Visits the tokens of a listing with their weights: title words, pairs of neighbouring title
/// words, and attributes that are words.
fn for_each_token(example: &Example, keys: &NumericKeys, mut visit: impl FnMut(u64, f32)) {
    let category = category_hash(example.category);
    let mut previous = None;
    for_each_word(example.title, TITLE_WORDS, |word| {
        let word = hash_text(category, word);
        visit(mix(word, WORD), 1.0);
        if let Some(previous) = previous.replace(word) {
            visit(mix(mix(previous, word), PAIR), 0.6);
        }
    });
    for (key, value) in example.attributes {
        if value.len() <= MAX_VALUE_BYTES && !value.is_empty() && !keys.is_told(example.category, key) {
            let value = hash_text(hash_text(category, key), &value.to_lowercase());
            visit(mix(value, ATTRIBUTE), 0.6);
        }
    }
}

/// The token hashes of a listing, ascending, without duplicates.
pub(crate) fn listing_tokens(example: &Example, keys: &NumericKeys) -> Vec<u64> {
    let mut tokens = Vec::with_capacity(32);
    for_each_token(example, keys, |token, _| tokens.push(token));
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// Gives ids to the tokens that two rows share: their hashes and weights in ascending order of
/// hash, and the tokens of each row of `order`.
pub(super) fn intern(examples: &[Example], order: &[u32], keys: &NumericKeys) -> (Vec<u64>, Vec<f32>, Csr) {
    let (mut ids, mut kept) = shared_tokens(examples, keys);
    kept.par_sort_unstable_by_key(|(hash, _)| *hash);
    ids.clear();
    ids.extend(kept.iter().enumerate().map(|(id, (hash, _))| (*hash, id as u32)));
    let mut forward = Csr { offsets: vec![0], values: Vec::new() };
    for chunk in order.chunks(65_536) {
        let rows: Vec<Vec<u32>> = chunk
            .par_iter()
            .map(|&i| {
                let tokens = listing_tokens(&examples[i as usize], keys);
                tokens.iter().filter_map(|token| ids.get(token).copied()).collect()
            })
            .collect();
        for row in rows {
            forward.values.extend_from_slice(&row);
            forward.offsets.push(forward.values.len() as u32);
        }
    }
    let (hashes, weights) = kept.into_iter().unzip();
    (hashes, weights, forward)
}

type Kept = Vec<(u64, f32)>;

/// Tokens of at least two rows, in no order.
fn shared_tokens(examples: &[Example], keys: &NumericKeys) -> (FxHashMap<u64, u32>, Kept) {
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    let mut kept = Vec::new();
    for chunk in examples.chunks(65_536) {
        let rows: Vec<Vec<(u64, f32)>> = chunk
            .par_iter()
            .map(|example| {
                let mut tokens = Vec::with_capacity(32);
                for_each_token(example, keys, |token, weight| tokens.push((token, weight)));
                tokens.sort_unstable_by_key(|(token, _)| *token);
                tokens.dedup_by_key(|(token, _)| *token);
                tokens
            })
            .collect();
        for (token, weight) in rows.into_iter().flatten() {
            let count = counts.entry(token).or_insert(0);
            *count += 1;
            if *count == 2 {
                kept.push((token, weight));
            }
        }
    }
    (counts, kept)
}
