//! Sparse features of a listing for the word model: words, pairs, attributes, numbers on a grid
//! of knots, and numbers crossed with words.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::Example;
use crate::comps::category_hash;
use crate::numbers::{Numbers, NumericKeys, SLOTS, knots};
use crate::sparse::SparseRows;
use crate::text::{for_each_word, hash_text, is_accessory_word, mix};

const TITLE_WORDS: usize = 24;
const DESCRIPTION_WORDS: usize = 160;
/// Words and attributes that numbers are crossed with.
const CROSSED: usize = 16;

/// What a feature is; salts its hash.
#[derive(Clone, Copy)]
enum Kind {
    Category = 1,
    Platform,
    Condition,
    Title,
    TitlePair,
    Description,
    DescriptionPair,
    Attribute,
    Number,
    Cross,
    Grid,
    InCategory,
    Accessory,
}

/// Feature hash → column. Columns are in the order of their hashes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Vocabulary {
    hashes: Vec<u64>,
    #[serde(skip)]
    columns: FxHashMap<u64, u32>,
}

impl Vocabulary {
    /// The features that at least two examples share, and the examples in `order` in terms of them.
    pub fn build(examples: &[Example], order: &[u32], keys: &NumericKeys) -> (Self, SparseRows) {
        let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
        for chunk in order.chunks(8_192) {
            let rows: Vec<Vec<(u64, f32)>> =
                chunk.par_iter().map(|&i| features(&examples[i as usize], keys)).collect();
            for (hash, _) in rows.into_iter().flatten() {
                *counts.entry(hash).or_insert(0) += 1;
            }
        }
        let mut hashes: Vec<u64> =
            counts.into_iter().filter(|(_, n)| *n >= 2).map(|(hash, _)| hash).collect();
        hashes.par_sort_unstable();
        let mut vocabulary = Self { hashes, columns: FxHashMap::default() };
        vocabulary.restore();
        let mut matrix = SparseRows::new(vocabulary.hashes.len());
        for chunk in order.chunks(8_192) {
            let rows: Vec<_> =
                chunk.par_iter().map(|&i| vocabulary.row(&examples[i as usize], keys)).collect();
            rows.iter().for_each(|row| matrix.push(row));
        }
        (vocabulary, matrix)
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Rebuilds what is not stored.
    pub fn restore(&mut self) {
        self.columns = self.hashes.iter().enumerate().map(|(column, &hash)| (hash, column as u32)).collect();
    }

    /// A listing in terms of the columns; what is unknown is left out.
    pub fn row(&self, example: &Example, keys: &NumericKeys) -> Vec<(u32, f32)> {
        let known = |(hash, value)| self.columns.get(&hash).map(|&column| (column, value));
        features(example, keys).into_iter().filter_map(known).collect()
    }
}

/// Hash and value of each feature, ascending by hash, each once.
fn features(example: &Example, keys: &NumericKeys) -> Vec<(u64, f32)> {
    let mut features = Features { found: Vec::with_capacity(128), crossed: Vec::with_capacity(CROSSED) };
    features.place(example);
    features.title(example);
    features.attributes(example, keys);
    features.numbers(&keys.of(example), category_hash(example.category));
    if let Some(description) = example.description {
        features.description(description);
    }
    let mut found = features.found;
    found.sort_by_key(|(hash, _)| *hash);
    found.dedup_by_key(|(hash, _)| *hash);
    found
}

struct Features {
    found: Vec<(u64, f32)>,
    crossed: Vec<u64>,
}

impl Features {
    fn add(&mut self, kind: Kind, hash: u64, value: f32) {
        self.found.push((mix(hash, kind as u64), value));
    }

    fn cross(&mut self, hash: u64) {
        if self.crossed.len() < CROSSED {
            self.crossed.push(hash);
        }
    }

    fn place(&mut self, example: &Example) {
        let category = category_hash(example.category);
        self.add(Kind::Category, category, 3.0);
        self.cross(category);
        self.add(Kind::Platform, hash_text(category, example.platform), 2.0);
        if let Some(condition) = example.condition {
            self.add(Kind::Condition, mix(category, condition as u64), 2.0);
            self.cross(mix(0xc0d, condition as u64));
        }
    }

    fn title(&mut self, example: &Example) {
        let category = category_hash(example.category);
        let (mut previous, mut accessory) = (None, false);
        for_each_word(example.title, TITLE_WORDS, |word| {
            accessory |= is_accessory_word(word);
            let word = hash_text(0, word);
            self.add(Kind::Title, word, 1.0);
            self.add(Kind::InCategory, mix(category, word), 0.7);
            self.cross(word);
            if let Some(previous) = previous.replace(word) {
                let pair = mix(previous, word);
                self.add(Kind::TitlePair, pair, 0.8);
                self.cross(pair);
            }
        });
        if accessory {
            self.add(Kind::Accessory, category, 2.0);
        }
    }

    fn attributes(&mut self, example: &Example, keys: &NumericKeys) {
        let category = category_hash(example.category);
        for (key, value) in example.attributes {
            if value.is_empty() || value.len() > 60 || keys.is_told(example.category, key) {
                continue;
            }
            let hash = hash_text(hash_text(category, key), &value.to_lowercase());
            self.add(Kind::Attribute, hash, 1.0);
            self.cross(hash);
        }
    }

    /// Numbers on fine knots; on coarse knots crossed with words; and pairs of numbers.
    fn numbers(&mut self, numbers: &Numbers, category: u64) {
        let crossed = std::mem::take(&mut self.crossed);
        for (slot, &number) in numbers.iter().enumerate() {
            let salt = mix(category, slot as u64);
            if !number.is_finite() {
                self.add(Kind::Number, mix(salt, u64::MAX), 1.0);
                continue;
            }
            for (knot, weight) in knots(slot, number, 1.0) {
                self.add(Kind::Number, mix(salt, knot as u64), weight);
            }
            for (knot, weight) in knots(slot, number, 3.0) {
                for &other in &crossed {
                    self.add(Kind::Cross, mix(mix(slot as u64, knot as u64), other), 0.7 * weight);
                }
            }
        }
        self.grid(numbers, category);
    }

    fn grid(&mut self, numbers: &Numbers, category: u64) {
        let present: Vec<usize> = (0..SLOTS).filter(|&slot| numbers[slot].is_finite()).collect();
        for (i, &a) in present.iter().enumerate() {
            for &b in &present[i + 1..] {
                for (at_a, weight_a) in knots(a, numbers[a], 2.0) {
                    for (at_b, weight_b) in knots(b, numbers[b], 2.0) {
                        let cell = mix(mix(at_a as u64, at_b as u64), (a * SLOTS + b) as u64);
                        self.add(Kind::Grid, mix(category, cell), weight_a * weight_b);
                    }
                }
            }
        }
    }

    /// Words of a description share one weight, so that long texts do not shout.
    fn description(&mut self, text: &str) {
        let mut words = Vec::with_capacity(DESCRIPTION_WORDS);
        for_each_word(text, DESCRIPTION_WORDS, |word| words.push(hash_text(0, word)));
        let mut distinct = words.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let value = 3.0 / (distinct.len().max(9) as f32).sqrt();
        for word in distinct {
            self.add(Kind::Description, word, value);
        }
        for pair in words.windows(2) {
            self.add(Kind::DescriptionPair, mix(pair[0], pair[1]), 0.5 * value);
        }
    }
}
