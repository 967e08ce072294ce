//! Target statistics: what listings with the same word or attribute cost on average, computed
//! without the left-out folds (Micci-Barreca 2001). Trees split on these where they cannot split
//! on a name.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::Example;
use crate::comps::category_hash;
use crate::numbers::{NumericKeys, is_year_word};
use crate::text::{for_each_word, hash_text, mix};

/// Rows as many as which the more general statistic counts.
const PRIOR_ROWS: f64 = 10.0;
/// Rows below which a name is unknown: a statistic that leans on few rows gives each row's own
/// price away to the trees that learn from it.
const MIN_ROWS: f32 = 20.0;
/// Attributes that get a statistic: the most frequent.
const ATTRIBUTES: usize = 7;
/// Statistics of place and title: category, platform, first word, first two, all words.
const NAMED: usize = 5;
/// Statistics per listing.
pub(crate) const TARGETS: usize = NAMED + ATTRIBUTES;

/// Respects in which trees can split on the names themselves, too: all words of the title.
const BY_NAME: [usize; 1] = [4];
/// What trees are told of a listing's names: the statistics, then names as numbers.
pub(crate) const TOLD: usize = TARGETS + BY_NAME.len();

/// What a listing is called in each respect; `UNKNOWN` where that is new or missing.
pub(crate) type Codes = [u32; TARGETS];
const UNKNOWN: u32 = u32::MAX;

/// The names that occur, and their codes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Names {
    attributes: Vec<String>,
    /// Hashes by code.
    hashes: Vec<u64>,
    #[serde(skip)]
    codes: FxHashMap<u64, u32>,
}

impl Names {
    /// Looks at no price.
    pub fn find(examples: &[Example], keys: &NumericKeys) -> Self {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for example in examples {
            for key in example.attributes.keys().filter(|key| !keys.is_told(example.category, key)) {
                *counts.entry(key).or_default() += 1;
            }
        }
        let mut frequent: Vec<(u32, &str)> = counts.into_iter().map(|(key, n)| (n, key)).collect();
        frequent.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let attributes = frequent.iter().take(ATTRIBUTES).map(|(_, key)| (*key).to_owned()).collect();
        let mut names = Self { attributes, hashes: Vec::new(), codes: FxHashMap::default() };
        let mut hashes: Vec<u64> = examples.par_iter().flat_map_iter(|e| names.hashed(e)).flatten().collect();
        hashes.par_sort_unstable();
        names.hashes =
            hashes.chunk_by(|a, b| a == b).filter(|same| same.len() > 1).map(|same| same[0]).collect();
        names.restore();
        names
    }

    /// Rebuilds what is not stored.
    pub fn restore(&mut self) {
        self.codes = self.hashes.iter().enumerate().map(|(code, &hash)| (hash, code as u32)).collect();
    }

    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// What each of the columns that trees are told stands on.
    pub fn told(&self) -> [String; TOLD] {
        const FIXED: [&str; NAMED] =
            ["category", "platform", "title_word_1", "title_words_1_2", "title_words_all"];
        std::array::from_fn(|column| match (column.checked_sub(TARGETS), FIXED.get(column)) {
            (Some(name), _) => FIXED[BY_NAME[name]].to_owned(),
            (None, Some(name)) => format!("mean_price_by_{name}"),
            (None, None) => match self.attributes.get(column - NAMED) {
                Some(attribute) => format!("mean_price_by_{attribute}"),
                None => "unused".to_owned(),
            },
        })
    }

    pub fn of(&self, example: &Example) -> Codes {
        self.hashed(example).map(|h| h.and_then(|h| self.codes.get(&h).copied()).unwrap_or(UNKNOWN))
    }

    fn hashed(&self, example: &Example) -> [Option<u64>; TARGETS] {
        let category = category_hash(example.category);
        let mut found = [None; TARGETS];
        found[0] = Some(category);
        found[1] = Some(mix(hash_text(category, example.platform), 1));
        let (mut all, mut words) = (mix(category, 2), 0);
        for_each_word(example.title, 24, |word| {
            // The year is a number of its own; others, as in "f 150", are part of the name.
            if !is_year_word(word) {
                all = hash_text(all, word);
                words += 1;
                if words <= 2 {
                    found[1 + words] = Some(mix(all, words as u64));
                }
            }
        });
        found[4] = (words > 0).then(|| mix(all, 3));
        for (slot, key) in self.attributes.iter().enumerate() {
            let value = example.attributes.get(key).filter(|value| !value.is_empty());
            let salt = mix(category, 4 + slot as u64);
            found[NAMED + slot] = value.map(|value| hash_text(salt, &value.to_lowercase()));
        }
        found
    }
}

/// Rows and sum of the logs by code, without some folds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Targets {
    by_code: Vec<(f32, f32)>,
    mean: f64,
}

impl Targets {
    /// From the codes and log prices of the rows that count, in their order.
    pub fn fit<'a>(codes: usize, rows: impl Iterator<Item = (&'a Codes, f64)>) -> Self {
        let (mut sums, mut total, mut n) = (vec![(0.0_f64, 0.0_f64); codes], 0.0, 0.0);
        for (codes, log_price) in rows {
            total += log_price;
            n += 1.0;
            for &code in codes.iter().filter(|&&code| code != UNKNOWN) {
                sums[code as usize].0 += 1.0;
                sums[code as usize].1 += log_price;
            }
        }
        let mean = if n > 0.0 { total / n } else { 0.0 };
        let narrow = |(n, sum): (f64, f64)| (n as f32, if n > 0.0 { (sum / n) as f32 } else { 0.0 });
        Self { by_code: sums.into_iter().map(narrow).collect(), mean }
    }

    /// The smoothed mean log price in each respect, then the names of some; NaN where nothing like
    /// it is known.
    pub fn of(&self, codes: &Codes) -> [f32; TOLD] {
        let mut told = [f32::NAN; TOLD];
        let mut smooth = |slot: usize, prior: f64| -> f64 {
            let (n, mean) = self.by_code.get(codes[slot] as usize).copied().unwrap_or_default();
            if n < MIN_ROWS {
                return prior;
            }
            let n = f64::from(n);
            let value = (n * f64::from(mean) + PRIOR_ROWS * prior) / (n + PRIOR_ROWS);
            told[slot] = value as f32;
            value
        };
        let category = smooth(0, self.mean);
        smooth(1, category);
        let first = smooth(2, category);
        let two = smooth(3, first);
        smooth(4, two);
        (NAMED..TARGETS).for_each(|slot| {
            smooth(slot, category);
        });
        for (name, slot) in told[TARGETS..].iter_mut().zip(BY_NAME) {
            if codes[slot] != UNKNOWN {
                *name = codes[slot] as f32;
            }
        }
        told
    }

    /// Whether it belongs to so many codes.
    pub fn fits(&self, codes: usize) -> bool {
        self.by_code.len() == codes
    }
}
