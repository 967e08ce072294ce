//! Words of titles and descriptions as numbers, for comparing many texts quickly.
//!
//! The hashes live within one run; they are never stored.

use std::sync::LazyLock;

/// Splits a text into lower-case words of letters and digits and hands over the hash of each.
/// Amounts of money ("$450", "450$") are left out: a price changes while the thing does not.
pub fn for_each_word(text: &str, found: impl FnMut(Word)) {
    if text.is_ascii() {
        words_of(text.bytes().map(char::from), found);
    } else {
        words_of(text.chars(), found);
    }
}

fn words_of(text: impl Iterator<Item = char>, mut found: impl FnMut(Word)) {
    let mut word = Word::EMPTY;
    let mut after_dollar = false;
    for c in text {
        if c.is_alphanumeric() {
            word.push(c);
            continue;
        }
        if word.letters > 0 {
            let amount = (after_dollar || c == '$') && word.is_number();
            if !amount {
                found(word);
            }
            // "S8+" is another model than "S8".
            if c == '+' && word.digits > 0 {
                found(Word::of("plus"));
            }
            word = Word::EMPTY;
        }
        // "$ 450" and "$1,450" are amounts as well.
        after_dollar = c == '$' || after_dollar && matches!(c, ' ' | ',' | '.');
        if after_dollar && c == ' ' && word.letters > 0 {
            after_dollar = false;
        }
    }
    if word.letters > 0 && !(after_dollar && word.is_number()) {
        found(word);
    }
}

/// A word as its hash, with what is worth knowing about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// 64-bit hash of the lower-case word.
    pub hash: u64,
    /// Letters and digits in it.
    pub letters: u32,
    /// How many of them are digits.
    pub digits: u32,
}

impl Word {
    /// A word that is known to be one.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut word = Self::EMPTY;
        text.chars().for_each(|c| word.push(c));
        word
    }

    const EMPTY: Self = Self { hash: 0xcbf2_9ce4_8422_2325, letters: 0, digits: 0 };

    /// Whether it is made of digits alone.
    #[must_use]
    pub fn is_number(self) -> bool {
        self.letters == self.digits
    }

    fn push(&mut self, c: char) {
        let lower = if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) };
        // FNV-1a, finished by `mix` where its low quality would matter.
        self.hash = (self.hash ^ u64::from(u32::from(lower))).wrapping_mul(0x0100_0000_01b3);
        self.letters += 1;
        self.digits += u32::from(c.is_ascii_digit());
    }
}

/// Spreads a hash over all its bits (the finaliser of splitmix64).
#[must_use]
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Hash of bytes, for grouping within a run.
#[must_use]
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut state = bytes.len() as u64 ^ 0x9e37_79b9_7f4a_7c15;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = mix(state ^ u64::from_le_bytes(word)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    }
    state
}

/// The distinct words of a title, sorted by hash.
#[derive(Debug, Clone, Default)]
pub struct TitleWords {
    /// Every distinct word.
    pub all: Vec<u64>,
    /// Those with a digit in them: sizes, years, model numbers.
    pub numbers: Vec<u64>,
    /// One bit for each of [`COLOURS`] in it.
    colours: u32,
    /// One bit for each of [`VARIANTS`] in it: words that make another model of the same name.
    variants: u32,
}

const COLOURS: [&str; 16] = [
    "black", "white", "silver", "gold", "gray", "grey", "blue", "red", "green", "pink", "purple", "orange",
    "yellow", "brown", "beige", "orchid",
];
const VARIANTS: [&str; 9] = ["plus", "max", "mini", "pro", "lite", "active", "ultra", "xl", "xr"];

/// Hashes of the listed words, sorted.
fn hashes(words: &[&str]) -> Vec<u64> {
    let mut hashes: Vec<u64> = words.iter().map(|word| mix(Word::of(word).hash)).collect();
    hashes.sort_unstable();
    hashes
}

static COLOUR_HASHES: LazyLock<Vec<u64>> = LazyLock::new(|| hashes(&COLOURS));
static VARIANT_HASHES: LazyLock<Vec<u64>> = LazyLock::new(|| hashes(&VARIANTS));

impl TitleWords {
    /// Reads a title.
    #[must_use]
    pub fn of(title: &str) -> Self {
        let mut words = Self::default();
        for_each_word(title, |word| {
            words.all.push(mix(word.hash));
            if word.digits > 0 {
                words.numbers.push(mix(word.hash));
            }
        });
        for list in [&mut words.all, &mut words.numbers] {
            list.sort_unstable();
            list.dedup();
        }
        (words.colours, words.variants) = (words.bits_of(&COLOUR_HASHES), words.bits_of(&VARIANT_HASHES));
        words
    }

    /// One bit for each known word that is there.
    fn bits_of(&self, known: &[u64]) -> u32 {
        self.all.iter().filter_map(|word| known.binary_search(word).ok()).fold(0, |bits, at| bits | 1 << at)
    }

    /// Whether the titles name different things: each has a number or a colour that the other
    /// lacks (64 GB here, 256 GB there), or one is the "Plus" of the other.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        let each_has_its_own = |a: &[u64], b: &[u64]| {
            let common = common(a, b);
            a.len() > common && b.len() > common
        };
        self.variants != other.variants
            || each_has_its_own(&self.numbers, &other.numbers)
            || self.colours & !other.colours != 0 && other.colours & !self.colours != 0
    }
}

/// One number for the words of a title, whatever their order and case.
#[must_use]
pub fn title_signature(title: &str) -> u64 {
    let mut sum = 0_u64;
    for_each_word(title, |word| sum = sum.wrapping_add(mix(word.hash)));
    mix(sum)
}

/// Shared members of two sorted sets ÷ members of either (Jaccard); 0 when both are empty.
#[must_use]
pub fn overlap(a: &[u64], b: &[u64]) -> f64 {
    let common = common(a, b);
    let union = a.len() + b.len() - common;
    if union == 0 { 0.0 } else { common as f64 / union as f64 }
}

fn common(a: &[u64], b: &[u64]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                (i, j, count) = (i + 1, j + 1, count + 1);
            }
        }
    }
    count
}

/// The runs of three words of a text, hashed, sorted, distinct; and how many letters it has.
/// `into` is cleared first, so that it can be used again and again.
pub fn shingles(text: &str, into: &mut Vec<u64>) -> usize {
    into.clear();
    let (mut before, mut last, mut letters) = (0_u64, 0_u64, 0_usize);
    for_each_word(text, |word| {
        letters += word.letters as usize + 1;
        into.push(mix(before.rotate_left(21) ^ last.rotate_left(42) ^ word.hash));
        (before, last) = (last, word.hash);
    });
    into.sort_unstable();
    into.dedup();
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> usize {
        TitleWords::of(text).all.len()
    }

    #[test]
    fn prices_are_no_words_of_a_title() {
        assert_eq!(words("Trail bike $450"), 2);
        assert_eq!(words("Trail bike $ 1,450 obo"), 3);
        assert_eq!(words("Trail bike 450$"), 2);
        assert_eq!(words("Trail bike 450"), 3);
        assert_eq!(words("💥"), 0);
    }

    #[test]
    fn order_and_case_do_not_matter_in_a_title() {
        let (a, b) = (TitleWords::of("Oak TABLE, round"), TitleWords::of("round oak table"));
        assert_eq!(title_signature("Oak TABLE, round"), title_signature("round oak table"));
        assert!((overlap(&a.all, &b.all) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn different_sizes_contradict_and_an_added_number_does_not() {
        let of = TitleWords::of;
        assert!(of("phone 64gb").contradicts(&of("phone 256gb")));
        assert!(!of("phone 64gb").contradicts(&of("phone")));
        assert!(!of("phone 8 64gb").contradicts(&of("phone 8")));
        assert!(of("phone 8 black").contradicts(&of("phone 8 silver")));
        assert!(of("phone S8+").contradicts(&of("phone S8")));
    }

    #[test]
    fn one_edited_word_leaves_most_shingles() {
        let text = |last| format!("bought it last spring for a trip that never happened and it sat {last}");
        let (mut a, mut b) = (Vec::new(), Vec::new());
        shingles(&text("unused"), &mut a);
        shingles(&text("around"), &mut b);
        assert!(overlap(&a, &b) > 0.8);
    }
}
