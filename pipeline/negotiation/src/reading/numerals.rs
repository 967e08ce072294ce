//! Amounts in words: "two hundred", "fifteen hundred", "two fifty", "eighty bucks".

use std::sync::LazyLock;

use autobazaaar_domain::{Cents, Currency};
use regex::Regex;

use super::amounts::Amount;
use crate::lexicon::pattern;

static WORDS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[A-Za-z]+"));
static MONEY_AFTER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\x20{0,2}(?:dollars?|dolars?|bucks?|usd|euros?|quid)\b"));

/// A number word that was found.
struct Word {
    kind: Kind,
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// One to nineteen.
    Small(i64),
    /// Twenty to ninety.
    Tens(i64),
    Hundred,
    Thousand,
    /// "a", before hundred and thousand.
    One,
    /// "and", within a number.
    And,
}

/// Longest run of number words that is read.
const MOST_WORDS: usize = 12;

/// Every amount in words. A small number alone ("two", "eleven") is one only with a currency.
pub(super) fn amounts(text: &str, currency: Currency) -> Vec<Amount> {
    let mut found = Vec::new();
    let mut run: Vec<Word> = Vec::new();
    for word in WORDS.find_iter(text) {
        let next = kind(word.as_str()).map(|kind| Word { kind, start: word.start(), end: word.end() });
        let adjoins = |word: &Word| run.last().is_none_or(|last| joined(&text[last.end..word.start]));
        match next {
            Some(word) if adjoins(&word) && run.len() < MOST_WORDS => run.push(word),
            next => {
                found.extend(finish(&run, text, currency));
                run.clear();
                run.extend(next);
            }
        }
    }
    found.extend(finish(&run, text, currency));
    found
}

fn joined(between: &str) -> bool {
    matches!(between.trim(), "" | "-") && !between.contains('\n')
}

fn finish(run: &[Word], text: &str, currency: Currency) -> Option<Amount> {
    let first = run.iter().position(|word| word.kind != Kind::And)?;
    let last = run.iter().rposition(|word| !matches!(word.kind, Kind::And | Kind::One))?;
    let run = run.get(first..=last)?;
    let (start, end) = (run.first()?.start, run.last()?.end);
    // Digits before "hundred" and "thousand" belong to the number in digits.
    if text[..start].trim_end().ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let major = value(run)?;
    let money = MONEY_AFTER.find(&text[end..]);
    let plain = money.is_none() && run.len() == 1 && !matches!(run.first()?.kind, Kind::Tens(_));
    if plain || major == 0 {
        return None;
    }
    let end = end + money.map_or(0, |money| money.end());
    Some(Amount {
        value: Cents(major * currency.scale()),
        written: text[start..end].to_owned(),
        start,
        end,
        marked: money.is_some(),
        in_words: true,
    })
}

/// "two hundred and fifty" and the spoken "two fifty", "twelve fifty", "twenty five hundred".
fn value(run: &[Word]) -> Option<i64> {
    let (mut total, mut group) = (0_i64, 0_i64);
    let mut last = Kind::And;
    for word in run {
        match word.kind {
            Kind::And => continue,
            Kind::One => group += 1,
            Kind::Small(n) => match last {
                Kind::Small(_) => return None,
                _ => group += n,
            },
            Kind::Tens(n) => match last {
                // "two fifty": hundreds without the word.
                Kind::Small(_) | Kind::Tens(_) if group < 100 => group = group * 100 + n,
                Kind::Small(_) | Kind::Tens(_) => return None,
                _ => group += n,
            },
            Kind::Hundred => group = group.max(1) * 100,
            Kind::Thousand => {
                total += group.max(1) * 1_000;
                group = 0;
            }
        }
        last = word.kind;
        if total + group > 100_000_000 {
            return None;
        }
    }
    Some(total + group)
}

fn kind(word: &str) -> Option<Kind> {
    const SMALL: [&str; 19] = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let word = word.to_ascii_lowercase();
    let place = |words: &[&str]| words.iter().position(|known| *known == word).map(|at| at as i64);
    if let Some(at) = place(&SMALL) {
        return Some(Kind::Small(at + 1));
    }
    if let Some(at) = place(&TENS) {
        return Some(Kind::Tens((at + 2) * 10));
    }
    match word.as_str() {
        "fourty" => Some(Kind::Tens(40)),
        "hundred" => Some(Kind::Hundred),
        "thousand" | "grand" => Some(Kind::Thousand),
        "a" => Some(Kind::One),
        "and" => Some(Kind::And),
        _ => None,
    }
}
