//! Amounts in digits.

use serde::Deserialize;

use super::{PriceError, PriceStyle};
use crate::{Cents, Currency};

/// Which sign parts the minor unit from the major one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// `1,234.50`
    Dot,
    /// `1.234,50`
    Comma,
    /// Not declared: what can be read only one way is read (`1,234.50`, `450.0`), the rest refused.
    #[default]
    Undeclared,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Dollars.
    #[default]
    Major,
    /// Cents.
    Minor,
}

/// No price has more digits before the decimal sign: 10^15 dollars and their cents fit an i64.
const MOST_DIGITS: usize = 15;

/// Signs and codes of currencies, longest first, each with the codes that it may stand for; an
/// empty list means every currency that calls itself a dollar.
const SIGNS: &[(&str, &[&str])] = &[
    ("US$", &["USD"]),
    ("CA$", &["CAD"]),
    ("C$", &["CAD"]),
    ("AU$", &["AUD"]),
    ("A$", &["AUD"]),
    ("NZ$", &["NZD"]),
    ("R$", &["BRL"]),
    ("$", &["USD", "CAD", "AUD", "NZD", "MXN", "HKD", "SGD", "TWD", "CLP", "ARS", "COP"]),
    ("£", &["GBP"]),
    ("€", &["EUR"]),
    ("¥", &["JPY", "CNY"]),
    ("₹", &["INR"]),
    ("zł", &["PLN"]),
    ("Fr.", &["CHF"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("Euro", &["EUR"]),
    ("dollars", &["USD", "CAD", "AUD"]),
    ("bucks", &["USD", "CAD", "AUD"]),
];

/// The fast path: `650`, `$650`, `450.0`. `None` where the text is anything else; the slow path
/// then reads it or says why not.
pub(super) fn plain(text: &str, currency: Currency, style: &PriceStyle) -> Option<Result<Cents, PriceError>> {
    let digits = match text.strip_prefix('$') {
        Some(rest) if currency == Currency::USD => rest,
        _ => text,
    };
    if digits.is_empty() || digits.len() > MOST_DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value = digits.bytes().fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some(in_unit(text, value, currency, style.unit))
}

/// Reads one amount, with or without its currency.
pub(super) fn amount(text: &str, currency: Currency, style: &PriceStyle) -> Result<Cents, PriceError> {
    let whole = text.trim();
    let bare = strip_currency(whole, currency)?;
    if bare.starts_with(['-', '−', '–']) {
        return Err(PriceError::Negative(shown(whole)));
    }
    let bare = bare.trim_start_matches('+');
    // `450,-` and `450.-` say "and no cents"; `5k` says thousand.
    let bare = bare.strip_suffix(",-").or_else(|| bare.strip_suffix(".-")).unwrap_or(bare);
    let bare = bare.strip_suffix(",--").or_else(|| bare.strip_suffix(".--")).unwrap_or(bare);
    let (bare, thousands) = match bare.strip_suffix(['k', 'K']) {
        Some(rest) => (rest.trim_end(), true),
        None => (bare, false),
    };
    if bare.is_empty() || !bare.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',') {
        return Err(PriceError::Unreadable(shown(whole)));
    }
    let parts = split(bare, whole, style.decimal, thousands)?;
    let (digits, scale) = if thousands { (3, 1_000) } else { (currency.digits() as usize, currency.scale()) };
    let minor = join(&parts, digits, scale).ok_or_else(|| too_fine_or_large(whole, &parts, currency))?;
    let factor = if thousands { currency.scale() } else { 1 };
    let minor = minor.checked_mul(factor).ok_or_else(|| PriceError::TooLarge(shown(whole)))?;
    match style.unit {
        Unit::Major => Ok(Cents(minor)),
        Unit::Minor if parts.fraction.is_empty() && !thousands => Ok(Cents(minor / scale)),
        Unit::Minor => Err(PriceError::TooFine(shown(whole), currency)),
    }
}

/// Reads a machine's number: `450`, `450.0`, `4.5e2`.
pub(super) fn machine(text: &str, currency: Currency, unit: Unit) -> Result<Cents, PriceError> {
    if let Ok(value) = text.parse::<i64>() {
        return if value < 0 {
            Err(PriceError::Negative(shown(text)))
        } else {
            in_unit(text, value, currency, unit)
        };
    }
    let value: f64 = text.parse().map_err(|_| PriceError::Unreadable(shown(text)))?;
    if value.is_nan() {
        return Err(PriceError::Unreadable(shown(text)));
    }
    if value < 0.0 {
        return Err(PriceError::Negative(shown(text)));
    }
    let major = if unit == Unit::Minor { value / currency.scale() as f64 } else { value };
    Cents::from_major(major, currency).ok_or_else(|| PriceError::TooLarge(shown(text)))
}

fn in_unit(text: &str, value: i64, currency: Currency, unit: Unit) -> Result<Cents, PriceError> {
    let minor = match unit {
        Unit::Minor => Some(value),
        Unit::Major => value.checked_mul(currency.scale()),
    };
    minor.map(Cents).ok_or_else(|| PriceError::TooLarge(shown(text)))
}

/// Takes the sign or code off either end. Another currency's is an error: a pound is no dollar.
fn strip_currency(text: &str, currency: Currency) -> Result<&str, PriceError> {
    let mut rest = text.trim();
    // A sign and a code may both be there: `$450 USD`.
    for _ in 0..2 {
        let Some((left, means)) = take_sign(rest) else { break };
        if !means.contains(&currency.as_str()) {
            return Err(PriceError::OtherCurrency(shown(text), currency));
        }
        rest = left.trim();
    }
    Ok(rest)
}

/// One sign off either end, and the currencies it may stand for.
fn take_sign(text: &str) -> Option<(&str, Vec<&str>)> {
    for (sign, means) in SIGNS {
        if let Some(rest) = strip_prefix_any_case(text, sign).or_else(|| strip_suffix_any_case(text, sign)) {
            return Some((rest, means.to_vec()));
        }
    }
    let code = |c: &str| c.bytes().all(|b| b.is_ascii_alphabetic());
    if let (Some(head), Some(rest)) = (text.get(..3), text.get(3..))
        && code(head)
        && !rest.starts_with(char::is_alphabetic)
    {
        return Some((rest, vec![known(head)?]));
    }
    let cut = text.len().checked_sub(3)?;
    let (rest, tail) = (text.get(..cut)?, text.get(cut..)?);
    if code(tail) && !rest.ends_with(char::is_alphabetic) {
        return Some((rest, vec![known(tail)?]));
    }
    None
}

/// The code in capitals when it is one that listings show.
fn known(code: &str) -> Option<&'static str> {
    const CODES: &[&str] = &[
        "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF", "JPY", "CNY", "INR", "PLN", "SEK", "NOK", "DKK",
        "CZK", "HUF", "MXN", "BRL", "SGD", "HKD", "KRW", "ZAR", "TRY", "RUB", "ILS", "ISK",
    ];
    CODES.iter().find(|known| known.eq_ignore_ascii_case(code)).copied()
}

fn strip_prefix_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn strip_suffix_any_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let cut = text.len().checked_sub(suffix.len())?;
    text.get(cut..)?.eq_ignore_ascii_case(suffix).then(|| &text[..cut])
}

/// The digits before and after the decimal sign.
struct Parts {
    whole: String,
    fraction: String,
}

/// Parts a number at its decimal sign and takes the grouping out.
fn split(bare: &str, shown_as: &str, mark: DecimalMark, thousands: bool) -> Result<Parts, PriceError> {
    let is_grouping = |c: char| matches!(c, '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}');
    if !bare.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',' || is_grouping(c)) {
        return Err(PriceError::Unreadable(shown(shown_as)));
    }
    let decimal = match mark {
        DecimalMark::Dot => '.',
        DecimalMark::Comma => ',',
        DecimalMark::Undeclared => infer(bare, shown_as)?,
    };
    let other = if decimal == '.' { ',' } else { '.' };
    let name = if decimal == '.' { "dot" } else { "comma" };
    let misfit = || PriceError::Mark(shown(shown_as), name);
    let (whole, fraction) = match bare.split_once(decimal) {
        Some((whole, fraction)) => (whole, fraction),
        None => (bare, ""),
    };
    if !fraction.bytes().all(|b| b.is_ascii_digit()) || (whole.is_empty() && fraction.is_empty()) {
        return Err(misfit());
    }
    // `1.234` under a decimal dot is either a slip or another convention: not ours to choose.
    let grouped = whole.contains(|c: char| c == other || is_grouping(c));
    let short = (1..=3).contains(&whole.len()) && whole != "0";
    if fraction.len() == 3 && short && !thousands && !grouped {
        return Err(PriceError::Ambiguous(shown(shown_as), decimal));
    }
    let whole = ungroup(whole, |c| c == other || is_grouping(c)).ok_or_else(misfit)?;
    Ok(Parts { whole, fraction: fraction.to_owned() })
}

/// Finds the decimal sign where none was declared and only one reading is possible.
fn infer(bare: &str, shown_as: &str) -> Result<char, PriceError> {
    let last = bare.rfind(['.', ',']);
    let Some(last) = last else { return Ok('.') };
    let sign = if bare.as_bytes()[last] == b'.' { '.' } else { ',' };
    let other = if sign == '.' { ',' } else { '.' };
    let after = bare.len() - last - 1;
    if bare.contains(other) {
        return Ok(sign);
    }
    if bare.matches(sign).count() > 1 {
        return Ok(other);
    }
    // One sign alone with three digits behind it may group or part.
    if after == 3 { Err(PriceError::Ambiguous(shown(shown_as), sign)) } else { Ok(sign) }
}

/// Takes out grouping signs where they stand between groups of three; `None` elsewhere.
fn ungroup(whole: &str, is_grouping: impl Fn(char) -> bool + Copy) -> Option<String> {
    if !whole.contains(is_grouping) {
        return Some(whole.to_owned());
    }
    let sign = whole.chars().find(|c| is_grouping(*c))?;
    let groups: Vec<&str> = whole.split(sign).collect();
    let first = groups.first()?;
    let fits = |group: &&str| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit());
    let first_fits = (1..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_digit());
    (first_fits && groups[1..].iter().all(fits)).then(|| groups.concat())
}

/// The parts as one integer with `digits` places after the decimal sign.
fn join(parts: &Parts, digits: usize, scale: i64) -> Option<i64> {
    if parts.whole.len() > MOST_DIGITS || parts.fraction.bytes().skip(digits).any(|b| b != b'0') {
        return None;
    }
    let whole: i64 = if parts.whole.is_empty() { 0 } else { parts.whole.parse().ok()? };
    let mut fraction = 0_i64;
    for place in 0..digits {
        let digit = parts.fraction.as_bytes().get(place).map_or(0, |b| i64::from(b - b'0'));
        fraction = fraction * 10 + digit;
    }
    whole.checked_mul(scale)?.checked_add(fraction)
}

fn too_fine_or_large(text: &str, parts: &Parts, currency: Currency) -> PriceError {
    if parts.whole.len() > MOST_DIGITS {
        PriceError::TooLarge(shown(text))
    } else {
        PriceError::TooFine(shown(text), currency)
    }
}

/// At most 60 characters of what was found.
fn shown(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { text.chars().take(59).chain(['…']).collect() }
}
