//! Prices as people write them: `$650`, `450.0`, `1.234,50 €`, `Sold!`, `$100 - $200`.
//!
//! **Invariant:** no guess. What the declared style leaves open (`1.234` where nobody said which
//! sign is the decimal one) is an error, never a number.

use serde::Deserialize;

use crate::{Cents, Currency, PriceKind};

mod number;
mod words;

pub use number::{DecimalMark, Unit};

/// What a zero means at a venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zero {
    /// A number that is not meant.
    #[default]
    Placeholder,
    /// Given away.
    Free,
    /// To be asked for; the price is absent.
    OnRequest,
}

/// How a source writes prices. Words are compared without regard to case and outer blanks.
#[derive(Debug, Clone, Default)]
pub struct PriceStyle {
    /// Which sign parts the minor unit.
    pub decimal: DecimalMark,
    /// Whether numbers are major units (dollars) or minor ones (cents).
    pub unit: Unit,
    /// What 0 means.
    pub zero: Zero,
    /// Words that say it was sold, beside `sold`.
    pub sold: Vec<String>,
    /// Words that say it is given away, beside `free`.
    pub free: Vec<String>,
    /// Words that say the price is to be asked for.
    pub on_request: Vec<String>,
    /// Numbers (major units) not meant, beside the usual ones of [`is_placeholder`].
    pub placeholders: Vec<i64>,
}

/// A price read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadPrice {
    /// Minor units; `None` where none was named.
    pub amount: Option<Cents>,
    /// How it is meant.
    pub kind: PriceKind,
}

/// Why a text is not a price. Each says what was found and, where there is one, the mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// No number and no known word.
    #[error("`{0}` is not a price")]
    Unreadable(String),
    /// Could be two numbers.
    #[error("`{0}` can be read in two ways: is `{1}` the decimal sign or does it group thousands?")]
    Ambiguous(String, char),
    /// Against the declared decimal sign.
    #[error("`{0}` does not fit a decimal {1}")]
    Mark(String, &'static str),
    /// Finer than the currency.
    #[error("`{0}` has more digits after the decimal sign than {1} has")]
    TooFine(String, Currency),
    /// Another currency than the source's.
    #[error("`{0}` is not in {1}")]
    OtherCurrency(String, Currency),
    /// Less than nothing.
    #[error("`{0}` is negative")]
    Negative(String),
    /// More than fits.
    #[error("`{0}` is too large for a price")]
    TooLarge(String),
}

/// Reads a price that a person or a page wrote.
///
/// Nothing at all is [`PriceKind::OnRequest`] without an amount; a range gives its low end.
///
/// # Errors
/// Where the text is no price, is ambiguous under `style`, or is in another currency.
pub fn read(text: &str, currency: Currency, style: &PriceStyle) -> Result<ReadPrice, PriceError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(ReadPrice { amount: None, kind: PriceKind::OnRequest });
    }
    if let Some(plain) = number::plain(text, currency, style) {
        return plain.map(|amount| classify(amount, currency, style));
    }
    if let Some(word) = words::whole(text, style) {
        return Ok(word);
    }
    let (amount_text, kind) = words::strip(text);
    if let Some(low) = read_range(amount_text, currency, style)? {
        return Ok(ReadPrice { amount: Some(low), kind: PriceKind::Range });
    }
    let amount = number::amount(amount_text, currency, style)?;
    let read = classify(amount, currency, style);
    Ok(if read.kind == PriceKind::Fixed { ReadPrice { kind, ..read } } else { read })
}

/// Reads a number that a machine wrote (JSON, Parquet): the decimal sign is a dot whatever the
/// style says, and digits beyond the minor unit are rounding noise of a float.
///
/// # Errors
/// Where it is negative, not finite or too large.
pub fn read_number(text: &str, currency: Currency, style: &PriceStyle) -> Result<ReadPrice, PriceError> {
    let amount = number::machine(text.trim(), currency, style.unit)?;
    Ok(classify(amount, currency, style))
}

/// The low end of `$100 - $200`; `None` where the text is no range.
fn read_range(text: &str, currency: Currency, style: &PriceStyle) -> Result<Option<Cents>, PriceError> {
    let Some((low, high)) = words::range_ends(text) else { return Ok(None) };
    let low = number::amount(low, currency, style)?;
    let high = number::amount(high, currency, style)?;
    Ok(Some(low.min(high)))
}

fn classify(amount: Cents, currency: Currency, style: &PriceStyle) -> ReadPrice {
    if amount == Cents::ZERO {
        return match style.zero {
            Zero::Placeholder => ReadPrice { amount: Some(amount), kind: PriceKind::Placeholder },
            Zero::Free => ReadPrice { amount: Some(amount), kind: PriceKind::Free },
            Zero::OnRequest => ReadPrice { amount: None, kind: PriceKind::OnRequest },
        };
    }
    let scale = currency.scale();
    let whole = amount.0 % scale == 0;
    let odd = whole && (is_placeholder(amount.0 / scale) || style.placeholders.contains(&(amount.0 / scale)));
    ReadPrice { amount: Some(amount), kind: if odd { PriceKind::Placeholder } else { PriceKind::Fixed } }
}

/// Whether a number of major units is one that people type to get past a form: 1, a run up from
/// 1 of at least four digits (1234), or one digit at least five times (11111, 99999). Shorter
/// ones (123, 9999) are real prices as often as not.
#[must_use]
pub fn is_placeholder(major: i64) -> bool {
    if major == 1 {
        return true;
    }
    if major < 1234 {
        return false;
    }
    let (mut rest, mut run_up, mut same) = (major, true, true);
    let last = major % 10;
    let mut digits = 0;
    while rest > 0 {
        let (digit, next) = (rest % 10, rest / 10);
        run_up &= if next > 0 { next % 10 + 1 == digit } else { digit == 1 };
        same &= digit == last;
        digits += 1;
        rest = next;
    }
    run_up || (same && digits >= 5)
}

#[cfg(test)]
mod tests;
