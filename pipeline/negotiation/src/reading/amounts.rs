//! Numbers that may be amounts of money, in digits and in words.

use std::sync::LazyLock;

use autobazaaar_domain::{Cents, Currency};
use regex::{Captures, Regex};

use super::fold::fold;
use super::numerals;
use crate::lexicon::pattern;

/// A number in a text that could be an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Amount {
    /// Minor units.
    pub value: Cents,
    /// As it stands there.
    pub written: String,
    /// Where it stands in the folded text, bytes.
    pub start: usize,
    pub end: usize,
    /// A sign or word of currency stands with it.
    pub marked: bool,
    /// Written in words.
    pub in_words: bool,
}

static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi)
        (?P<before>(?:us)?\$|€|£|\b(?:usd|eur|gbp|chf)\b)? \x20?
        (?P<number>
            \d{1,3}(?:,\d{3})+(?:\.\d{1,2})?     # 1,234.50
          | \d{1,3}(?:\.\d{3})+(?:,\d{1,2})?     # 1.234,50
          | \d+(?:[.,]\d{1,2})?                  # 80, 80.50, 80,50
          | \.\d{2}                              # .50
        )
        (?P<times>\x20?k\b|\x20grand\b|\x20thousand\b|\x20hundred\b)?
        (?:\.00|\.-|,-)?
        \x20{0,2}
        (?P<after>\$|€|£|dollar?s?\b|dolars?\b|bucks?\b|usd\b|eur\b|euros?\b|quid\b)?",
    )
});

/// All numbers of a text that could be amounts: no digits within words, phone numbers, dates,
/// times or ratios. `text` is folded first; the positions are of the folded text.
pub(crate) fn amounts_in(text: &str, currency: Currency) -> Vec<Amount> {
    amounts_of_folded(&fold(text), currency)
}

/// As [`amounts_in`], of a text that is folded already.
pub(crate) fn amounts_of_folded(text: &str, currency: Currency) -> Vec<Amount> {
    let barred: Vec<(usize, usize)> = BARRED.find_iter(text).map(|m| (m.start(), m.end())).collect();
    let mut found: Vec<Amount> = DIGITS
        .captures_iter(text)
        .filter_map(|captures| in_digits(text, &captures, currency))
        .filter(|amount| !barred.iter().any(|(start, end)| amount.start < *end && *start < amount.end))
        .collect();
    found.extend(numerals::amounts(text, currency));
    found.sort_by_key(|amount| amount.start);
    found
}

/// What looks like numbers and is no amount: phone numbers, dates, times, ratios, ordinals,
/// percentages, links.
static BARRED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi)
        \+?\(?\d{3}\)?[\x20.\-/]{1,2}\d{3}[\x20.\-]{1,2}\d{4}\b
        | \+\d[\d\x20().\-]{7,}\d
        | \b\d{3}-\d{4}\b
        | \b\d{7,}\b
        | \b\d{1,4}[/.]\d{1,2}[/.]\d{2,4}\b
        | \b\d{1,2}:\d{2}(?:\x20?[ap]\.?m\b)?
        | \b\d{1,2}\x20?[ap]\.?m\b
        | \b\d{1,2}\x20o'?clock
        | \b\d+/\d+\b
        | \b\d+(?:st|nd|rd|th)\b
        | \d+(?:\.\d+)?\x20?(?:%|percent\b)
        | \b\d+(?:\.\d+)?\x20?x\x20?\d+(?:\.\d+)?(?:\x20?x\x20?\d+(?:\.\d+)?)?\b
        | (?:https?://|www\.)\S+ | \S+@\S+",
    )
});

fn in_digits(text: &str, captures: &Captures, currency: Currency) -> Option<Amount> {
    let number = captures.name("number")?;
    let whole = captures.get(0)?;
    let mark = captures.name("before").or(captures.name("after"));
    let before = text[..number.start()].chars().next_back();
    let end = captures.name("after").or(captures.name("times")).map_or(number.end(), |last| last.end());
    let after = text[end..].chars().next();
    let joined = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '#');
    let glued = captures.name("before").is_none()
        && (joined(before)
            || (before == Some('.') && text[..number.start() - 1].ends_with(|c: char| c.is_ascii_digit())));
    if glued || (joined(after) && captures.name("after").is_none_or(|mark| mark.as_str() != "$")) {
        return None;
    }
    let times = captures.name("times").map_or("", |times| times.as_str().trim());
    let value = value(number.as_str(), times, currency)?;
    let written = text[whole.start()..end].trim();
    Some(Amount {
        value,
        written: written.to_owned(),
        start: whole.start() + (whole.len() - whole.as_str().trim_start().len()),
        end,
        marked: mark.is_some(),
        in_words: false,
    })
}

/// A number as people write it, in minor units. Three digits after a sign are thousands: nobody
/// writes money that fine.
fn value(number: &str, times: &str, currency: Currency) -> Option<Cents> {
    let parts: Vec<&str> = number.split(['.', ',']).collect();
    let (major, minor) = match parts.as_slice() {
        [.., last] if parts.len() > 1 && last.len() <= 2 => {
            (parts.get(..parts.len() - 1)?.concat(), (*last).to_owned())
        }
        _ => (parts.concat(), String::new()),
    };
    if major.len() > 9 {
        return None;
    }
    let major: i64 = if major.is_empty() { 0 } else { major.parse().ok()? };
    let factor = match times.to_lowercase().as_str() {
        "" => 1,
        "hundred" => 100,
        _ => 1_000,
    };
    let scale = currency.scale();
    let fraction = if minor.is_empty() {
        0
    } else {
        let tenths: i64 = format!("{minor:0<2}").parse().ok()?;
        scale * factor * tenths / 100
    };
    Some(Cents(major * scale * factor + fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<i64> {
        amounts_in(text, Currency::USD).iter().map(|amount| amount.value.0).collect()
    }

    #[test]
    fn finds_amounts_as_people_write_them() {
        let cases: [(&str, &[i64]); 20] = [
            ("how about $80?", &[8_000]),
            ("80.50 or 80,50", &[8_050, 8_050]),
            ("1,200 or 1.200 or 1.2k or 1,200.00", &[120_000, 120_000, 120_000, 120_000]),
            ("10k, 10 grand", &[1_000_000, 1_000_000]),
            ("300$ 300 dollars 300bucks", &[30_000, 30_000, 30_000]),
            ("two hundred", &[20_000]),
            ("a hundred and fifty bucks", &[15_000]),
            ("fifteen hundred", &[150_000]),
            ("two fifty", &[25_000]),
            ("one thousand two hundred", &[120_000]),
            ("call 555-123-4567 or 5551234567", &[]),
            ("at 5pm, 10:30 or 6 o'clock", &[]),
            ("12/05/2016, 3/4, 2nd, 50%, 50 percent", &[]),
            ("6x4 and 10 x 12 x 3", &[]),
            ("iphone6s, 64GB, i7", &[]),
            ("1OO and l50", &[]),
            ("$８０", &[8_000]),
            ("http://x.example/100", &[]),
            ("one of the two", &[]),
            ("80-90", &[8_000, 9_000]),
        ];
        for (text, amounts) in cases {
            assert_eq!(found(text), amounts, "{text}");
        }
    }
}
