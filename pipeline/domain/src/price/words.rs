//! Words in and around prices.

use super::{PriceStyle, ReadPrice};
use crate::{Cents, PriceKind};

/// Words that mean the same at every venue met so far, in lower case.
const FREE: &[&str] = &["free", "free!", "gratis", "kostenlos", "zu verschenken", "for free"];
const SOLD: &[&str] = &["sold", "sold!", "verkauft"];
const ON_REQUEST: &[&str] = &["price on request", "on request", "auf anfrage", "vb", "vhb", "n/a", "-", "–"];
/// Marks of a price that is open to offers.
const OFFERS: &[&str] = &[
    "or best offer",
    "best offer",
    "negotiable",
    "verhandlungsbasis",
    "o.b.o.",
    "o.b.o",
    "obo",
    "vhb",
    "vb",
];
/// Words around a price that change nothing.
const FILLER: &[&str] =
    &["firm", "each", "ea.", "ea", "cash", "festpreis", "fp", "asking", "price:", "only", "or"];

/// A price that is one word: sold, free, to be asked for.
pub(super) fn whole(text: &str, style: &PriceStyle) -> Option<ReadPrice> {
    let is = |common: &[&str], own: &[String]| {
        common.iter().any(|word| word.eq_ignore_ascii_case(text))
            || own.iter().any(|word| word.trim().to_lowercase() == text.to_lowercase())
    };
    if is(SOLD, &style.sold) {
        return Some(ReadPrice { amount: None, kind: PriceKind::Sold });
    }
    if is(FREE, &style.free) {
        return Some(ReadPrice { amount: Some(Cents::ZERO), kind: PriceKind::Free });
    }
    is(ON_REQUEST, &style.on_request).then_some(ReadPrice { amount: None, kind: PriceKind::OnRequest })
}

/// Takes words like "obo" and "firm" off both ends; tells whether offers are welcome.
pub(super) fn strip(text: &str) -> (&str, PriceKind) {
    let (mut rest, mut kind) = (text.trim(), PriceKind::Fixed);
    loop {
        let trimmed =
            rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '!' | '*' | '/' | '~'));
        // `450,` and `450;` end a clause.
        let trimmed = trimmed.trim_end_matches([';', ',']);
        if let Some(left) = OFFERS.iter().find_map(|word| without(trimmed, word)) {
            (rest, kind) = (left, PriceKind::OrBestOffer);
        } else if let Some(left) = FILLER.iter().find_map(|word| without(trimmed, word)) {
            rest = left;
        } else {
            return (trimmed, kind);
        }
    }
}

/// `text` without `word` at either end, where it stands as a word of its own.
fn without<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    if text.len() <= word.len() {
        return None;
    }
    let cut = text.len() - word.len();
    if let (Some(rest), Some(tail)) = (text.get(..cut), text.get(cut..))
        && tail.eq_ignore_ascii_case(word)
        && !rest.ends_with(char::is_alphabetic)
    {
        return Some(rest);
    }
    let (head, rest) = (text.get(..word.len())?, text.get(word.len()..)?);
    (head.eq_ignore_ascii_case(word) && !rest.starts_with(char::is_alphanumeric)).then_some(rest)
}

/// The two ends of `$100 - $200`, `100–200`, `100 to 200`, `100 bis 200`.
pub(super) fn range_ends(text: &str) -> Option<(&str, &str)> {
    for parting in [" to ", " bis ", "–", "—", "-"] {
        if let Some((low, high)) = text.split_once(parting) {
            let number = |end: &str| end.contains(|c: char| c.is_ascii_digit());
            if number(low) && number(high) {
                return Some((low.trim(), high.trim()));
            }
        }
    }
    None
}
