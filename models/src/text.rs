//! Normalised words of titles and descriptions.

/// Mixes a value into a hash (the finaliser of splitmix64), the same on every machine.
#[must_use]
pub fn mix(hash: u64, value: u64) -> u64 {
    let mut z = (hash.rotate_left(23) ^ value).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Hash of a text under a salt.
#[must_use]
pub fn hash_text(salt: u64, text: &str) -> u64 {
    let mut hash = mix(salt, text.len() as u64);
    for chunk in text.as_bytes().chunks(8) {
        let mut block = [0; 8];
        block[..chunk.len()].copy_from_slice(chunk);
        hash = mix(hash, u64::from_le_bytes(block));
    }
    hash
}

/// Calls `visit` with each normalised word: lower case, cut at whatever is neither letter nor
/// digit, thousands commas dropped, a number joined with the unit after it ("64 GB" → "64gb"),
/// common function words left out. At most `limit` words are visited.
pub fn for_each_word(text: &str, limit: usize, mut visit: impl FnMut(&str)) {
    let mut words = Words { word: String::new(), number: String::new(), left: limit };
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if words.left == 0 {
            return;
        }
        if c.is_alphanumeric() {
            words.word.extend(c.to_lowercase());
            continue;
        }
        let after_digit = words.word.ends_with(|c: char| c.is_ascii_digit());
        let before_digit = chars.peek().is_some_and(char::is_ascii_digit);
        match c {
            '.' if after_digit && before_digit => words.word.push('.'),
            ',' if after_digit && before_digit => {}
            '\'' | '’' => {}
            _ => words.end(&mut visit),
        }
    }
    words.end(&mut visit);
    words.flush_number(&mut visit);
}

struct Words {
    word: String,
    /// A number that waits for its unit.
    number: String,
    left: usize,
}

impl Words {
    fn end(&mut self, visit: &mut impl FnMut(&str)) {
        if self.word.is_empty() {
            return;
        }
        if !self.number.is_empty() && is_unit(&self.word) {
            self.number.push_str(&self.word);
            self.word.clear();
            self.flush_number(visit);
            return;
        }
        self.flush_number(visit);
        if self.word.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            std::mem::swap(&mut self.number, &mut self.word);
        } else {
            if !is_function_word(&self.word) && self.left > 0 {
                self.left -= 1;
                visit(&self.word);
            }
            self.word.clear();
        }
    }

    fn flush_number(&mut self, visit: &mut impl FnMut(&str)) {
        if !self.number.is_empty() && self.left > 0 {
            self.left -= 1;
            visit(&self.number);
        }
        self.number.clear();
    }
}

fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "gb" | "tb"
            | "mb"
            | "ghz"
            | "mhz"
            | "hz"
            | "mm"
            | "cm"
            | "inch"
            | "inches"
            | "ft"
            | "lb"
            | "lbs"
            | "kg"
            | "w"
            | "watt"
            | "mah"
            | "cc"
            | "ccm"
            | "mp"
            | "speed"
            | "door"
            | "doors"
            | "k"
            | "kw"
            | "ps"
    )
}

fn is_function_word(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "the"
            | "and"
            | "or"
            | "of"
            | "to"
            | "in"
            | "is"
            | "it"
            | "this"
            | "that"
            | "i"
            | "you"
            | "my"
            | "your"
            | "be"
            | "are"
            | "at"
            | "on"
            | "der"
            | "die"
            | "das"
            | "und"
            | "mit"
            | "ein"
            | "eine"
    )
}

/// Whether a word says that the thing goes with another thing: a case is no phone. Used to keep
/// accessories and main goods apart as comparables; what it does to the price is learned.
#[must_use]
pub fn is_accessory_word(word: &str) -> bool {
    matches!(
        word,
        "case"
            | "cases"
            | "cover"
            | "covers"
            | "protector"
            | "protectors"
            | "charger"
            | "chargers"
            | "cable"
            | "cables"
            | "adapter"
            | "holster"
            | "otterbox"
            | "lifeproof"
            | "holder"
            | "dock"
            | "strap"
            | "straps"
            | "skin"
            | "bumper"
            | "wallet"
            | "tempered"
            | "backplate"
            | "bracket"
            | "manual"
            | "hülle"
            | "ladegerät"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for_each_word(text, 100, |word| found.push(word.to_owned()));
        found
    }

    #[test]
    fn numbers_join_their_units() {
        let cases = [
            ("iPhone X 64 GB, unlocked!", vec!["iphone", "x", "64gb", "unlocked"]),
            ("iPhone X 64gb", vec!["iphone", "x", "64gb"]),
            ("125,122 miles", vec!["125122", "miles"]),
            ("Altima 2.5 S.", vec!["altima", "2.5", "s"]),
            ("2011 BMW", vec!["2011", "bmw"]),
            ("Men's 27 speed 2011", vec!["mens", "27speed", "2011"]),
            ("", vec![]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn the_limit_holds() {
        let mut count = 0;
        for_each_word("one two three four 5", 2, |_| count += 1);
        assert_eq!(count, 2);
    }

    proptest::proptest! {
        #[test]
        fn foreign_text_never_panics(text in ".*") {
            for_each_word(&text, 1_000, |word| assert!(!word.is_empty()));
        }
    }
}
