//! Numbers among attributes and titles: years, odometers, sizes.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::Example;
use crate::text::for_each_word;

/// Numbers kept per listing: the year, then up to three attributes of its category.
pub const SLOTS: usize = 4;

/// Numbers of one listing by slot; NaN where missing.
pub type Numbers = [f32; SLOTS];

/// Share of a category's listings in which an attribute must be a number to count as numeric.
const NUMERIC_SHARE: f64 = 0.3;

/// Listings that must have an attribute before it counts as said by titles, and the share of them
/// whose title says it.
const RESTATED_ROWS: usize = 20;
const RESTATED_SHARE: f64 = 0.9;

/// A number at the start of an attribute's value, such as `125,122 mi`; `None` when there is
/// none or another number follows (a date, a size by size).
#[must_use]
pub fn leading_number(text: &str) -> Option<f64> {
    let text = text.trim().trim_start_matches('$');
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || rest.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let cleaned: String = digits.trim_end_matches(['.', ',']).chars().filter(|c| *c != ',').collect();
    cleaned.parse().ok().filter(|n: &f64| n.is_finite() && *n < 1e9)
}

/// Attributes that are no words of their own, by category.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NumericKeys {
    /// Those that are numbers, the most telling first.
    numeric: BTreeMap<String, Vec<String>>,
    /// Those that the title says already, such as the model of a car whose title is made of it:
    /// told twice, they would outweigh what only other attributes say.
    restated: BTreeMap<String, Vec<String>>,
}

impl NumericKeys {
    /// Counts numeric attributes; looks at no price.
    #[must_use]
    pub fn find(examples: &[Example]) -> Self {
        let mut seen: FxHashMap<&str, (usize, KeyCounts)> = FxHashMap::default();
        for example in examples {
            let (rows, keys) = seen.entry(example.category).or_default();
            *rows += 1;
            for (key, value) in example.attributes.iter().filter(|(key, _)| !is_year_key(key)) {
                if let Some(number) = leading_number(value) {
                    let (count, distinct) = keys.entry(key).or_default();
                    *count += 1;
                    if distinct.len() < 64 {
                        distinct.insert((number as f32).to_bits());
                    }
                }
            }
        }
        let numeric = seen
            .into_iter()
            .map(|(category, (rows, keys))| (category.to_owned(), telling(rows, keys)))
            .collect();
        Self { numeric, restated: restated(examples) }
    }

    /// The numbers of a listing.
    #[must_use]
    pub fn of(&self, example: &Example) -> Numbers {
        let mut numbers = [f32::NAN; SLOTS];
        numbers[0] = year(example).map_or(f32::NAN, |year| year as f32);
        if let Some(keys) = self.numeric.get(example.category) {
            for (slot, key) in keys.iter().enumerate() {
                if let Some(number) = example.attributes.get(key).and_then(leading_number) {
                    numbers[slot + 1] = number as f32;
                }
            }
        }
        numbers
    }

    /// Whether an attribute is told by its number or by the title, so that its text adds nothing.
    #[must_use]
    pub fn is_told(&self, category: &str, key: &str) -> bool {
        let among = |keys: &BTreeMap<String, Vec<String>>| {
            keys.get(category).is_some_and(|keys| keys.iter().any(|k| k == key))
        };
        is_year_key(key) || among(&self.numeric) || among(&self.restated)
    }
}

/// Attributes whose words stand in the title of nearly every listing that has them.
fn restated(examples: &[Example]) -> BTreeMap<String, Vec<String>> {
    let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for example in examples {
        let title = spaced(example.title);
        for (key, value) in example.attributes {
            let (with, said) = counts.entry((example.category, key)).or_default();
            let value = spaced(value);
            *with += 1;
            *said += usize::from(value.len() > 1 && title.contains(&value));
        }
    }
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ((category, key), (with, said)) in counts {
        if with >= RESTATED_ROWS && said as f64 >= RESTATED_SHARE * with as f64 {
            keys.entry(category.to_owned()).or_default().push(key.to_owned());
        }
    }
    keys
}

/// The words of a text, a space around each.
fn spaced(text: &str) -> String {
    let mut spaced = String::from(" ");
    for_each_word(text, 64, |word| {
        spaced.push_str(word);
        spaced.push(' ');
    });
    spaced
}

/// Attribute → listings in which it is a number, and some of its distinct values.
type KeyCounts<'a> = FxHashMap<&'a str, (usize, FxHashSet<u32>)>;

fn telling(rows: usize, keys: KeyCounts) -> Vec<String> {
    let mut keys: Vec<(usize, &str)> = keys
        .into_iter()
        .filter(|(_, (count, distinct))| *count as f64 >= NUMERIC_SHARE * rows as f64 && distinct.len() >= 12)
        .map(|(key, (_, distinct))| (distinct.len(), key))
        .collect();
    keys.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    keys.into_iter().take(SLOTS - 1).map(|(_, key)| key.to_owned()).collect()
}

fn is_year_key(key: &str) -> bool {
    key.eq_ignore_ascii_case("year")
        || key.eq_ignore_ascii_case("model_year")
        || key.eq_ignore_ascii_case("model year")
        || key.eq_ignore_ascii_case("registration_year")
}

/// A year of manufacture, from an attribute or else the title.
fn year(example: &Example) -> Option<f64> {
    let stated =
        example.attributes.iter().find(|(key, _)| is_year_key(key)).and_then(|(_, v)| leading_number(v));
    stated.filter(is_plausible_year).or_else(|| {
        let mut found = None;
        for_each_word(example.title, 12, |word| {
            if found.is_none() && is_year_word(word) {
                found = word.parse().ok();
            }
        });
        found
    })
}

fn is_plausible_year(n: &f64) -> bool {
    (1950.0..=2035.0).contains(n)
}

/// Whether a word of a title can be a year of manufacture.
pub(crate) fn is_year_word(word: &str) -> bool {
    word.len() == 4 && word.parse().is_ok_and(|n: f64| is_plausible_year(&n))
}

/// How alike two listings are in the [`positions`] of their numbers, 0–1: years by difference,
/// others by ratio. `None` when they share no number.
#[must_use]
pub fn closeness(a: &Numbers, b: &Numbers) -> Option<f32> {
    let (mut sum, mut shared) = (0.0, 0.0);
    for slot in 0..SLOTS {
        if a[slot].is_finite() && b[slot].is_finite() {
            let distance = (a[slot] - b[slot]).abs();
            sum += (-distance / scale(slot)).exp();
            shared += 1.0;
        }
    }
    (shared > 0.0).then(|| sum / shared)
}

fn scale(slot: usize) -> f32 {
    if slot == 0 { 3.0 } else { 0.6 }
}

/// All numbers on the axes that prices follow; NaN where missing.
#[must_use]
pub fn positions(numbers: &Numbers) -> Numbers {
    let one = |slot: usize| if numbers[slot].is_finite() { position(slot, numbers[slot]) } else { f32::NAN };
    std::array::from_fn(one)
}

/// A slot's number on the axis that prices follow: the year itself, the logarithm of others.
#[must_use]
pub fn position(slot: usize, number: f32) -> f32 {
    if slot == 0 { number } else { number.max(0.0).ln_1p() }
}

/// The two knots around a position and their weights: a piecewise linear function of the number
/// is linear in these. Knots lie on a fixed grid, so that no data decides them.
#[must_use]
pub fn knots(slot: usize, number: f32, coarse: f32) -> [(i32, f32); 2] {
    let step = if slot == 0 { coarse } else { 0.25 * coarse };
    let at = position(slot, number) / step;
    let low = at.floor();
    [(low as i32, 1.0 - (at - low)), (low as i32 + 1, at - low)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_at_the_start() {
        let cases = [
            ("125,122 mi", Some(125_122.0)),
            ("4 cylinders", Some(4.0)),
            ("$1,200.50", Some(1_200.5)),
            ("2019-11-20", None),
            ("gas", None),
            ("", None),
            (".", None),
        ];
        for (text, number) in cases {
            assert_eq!(leading_number(text), number, "{text}");
        }
    }

    #[test]
    fn what_titles_say_is_not_told_twice() {
        let key: autobazaaar_domain::ListingKey = "a:1".parse().unwrap();
        let attributes: autobazaaar_domain::Attributes =
            [("model", "F-150 XL"), ("fuel", "gas")].into_iter().collect();
        let example = Example {
            item: autobazaaar_domain::ItemId([0; 16]),
            key: &key,
            category: "cars",
            platform: "a",
            title: "2011 f-150 xl gasket",
            description: None,
            condition: None,
            attributes: &attributes,
            at: 0,
            price: None,
            basis: autobazaaar_domain::Basis::Asked,
            status_active: true,
        };
        let keys = NumericKeys::find(&vec![example; 20]);
        assert!(keys.is_told("cars", "model") && !keys.is_told("cars", "fuel"));
        assert!(!NumericKeys::find(&[example; 19]).is_told("cars", "model"), "too few to tell");
    }

    #[test]
    fn knots_share_the_weight() {
        for [(low, a), (high, b)] in [knots(0, 2011.5, 2.0), knots(1, 98_000.0, 1.0)] {
            assert_eq!(high, low + 1);
            assert!((a + b - 1.0).abs() < 1e-5 && a >= 0.0 && b >= 0.0);
        }
    }

    #[test]
    fn nearer_years_are_closer() {
        let year = |y| positions(&[y, f32::NAN, f32::NAN, f32::NAN]);
        assert!(closeness(&year(2011.0), &year(2012.0)) > closeness(&year(2011.0), &year(2019.0)));
        assert_eq!(closeness(&year(2011.0), &positions(&[f32::NAN; 4])), None);
    }
}
