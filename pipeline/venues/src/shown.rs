//! Amounts of money as pages show them: `$1,234.50`, `EUR 12,00`, `C $5`, `3,858 円`.

use std::ops::Range;

use autobazaaar_domain::{Cents, Currency};

/// An amount in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub amount: Cents,
    pub currency: Currency,
    /// Bytes of the text, the sign included.
    pub at: Range<usize>,
}

/// Most digits before the decimal sign.
const MOST_DIGITS: usize = 15;

/// Signs and codes, longest first where one begins like another. `None`: the page's own dollar.
const SIGNS: &[(&str, Option<&str>)] = &[
    ("US $", Some("USD")),
    ("US$", Some("USD")),
    ("CA $", Some("CAD")),
    ("CA$", Some("CAD")),
    ("C $", Some("CAD")),
    ("C$", Some("CAD")),
    ("AU $", Some("AUD")),
    ("AU$", Some("AUD")),
    ("A$", Some("AUD")),
    ("NZ$", Some("NZD")),
    ("NT$", Some("TWD")),
    ("HK$", Some("HKD")),
    ("HK $", Some("HKD")),
    ("MX$", Some("MXN")),
    ("S$", Some("SGD")),
    ("R$", Some("BRL")),
    ("$", None),
    ("£", Some("GBP")),
    ("€", Some("EUR")),
    ("¥", Some("JPY")),
    ("￥", Some("JPY")),
    ("円", Some("JPY")),
    ("₹", Some("INR")),
    ("₩", Some("KRW")),
    ("₱", Some("PHP")),
    ("₫", Some("VND")),
    ("₺", Some("TRY")),
    ("₴", Some("UAH")),
    ("₽", Some("RUB")),
    ("₪", Some("ILS")),
    ("฿", Some("THB")),
    ("zł", Some("PLN")),
    ("Kč", Some("CZK")),
];

/// ISO codes that are read as such beside a number.
const CODES: &[&str] = &[
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "JPY", "CHF", "PLN", "INR", "SEK", "NOK", "DKK", "CZK", "HUF",
    "MXN", "BRL", "HKD", "SGD", "TWD", "KRW", "CNY", "THB", "MYR", "PHP", "IDR", "VND", "ILS", "TRY", "ZAR",
    "AED", "SAR", "COP", "CLP", "PEN", "RON", "UAH", "RUB",
];

/// Every amount with a currency's sign or code beside it, in order. A number alone is none.
pub(crate) fn amounts(text: &str, dollar: Currency) -> Vec<Shown> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = number_end(text, at);
        if let Some(shown) = beside(text, at..end, dollar) {
            found.push(shown);
        }
        at = end;
    }
    found
}

/// A decimal number of major units without a sign: `400.00`, `12.5`, `1,299`.
pub(crate) fn decimal(text: &str, currency: Currency) -> Option<Cents> {
    let text = text.trim();
    let legal = text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    legal.then(|| number(text, currency)).flatten()
}

/// The end of the number that begins at `at`: digits, marks between digits, and blanks that group
/// three digits.
fn number_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let digits =
        |from: usize| bytes[from.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = at + digits(at);
    loop {
        let Some(c) = text[end..].chars().next() else { return end };
        let next = end + c.len_utf8();
        let more = digits(next);
        let goes_on = match c {
            '.' | ',' => more > 0,
            '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' => {
                more == 3 && end - at <= 11 && (end - at) % 4 <= 3 && last_group(bytes, at, end)
            }
            _ => false,
        };
        if !goes_on {
            return end;
        }
        end = next + more;
    }
}

/// Whether a further group of three may follow what stands from `at` to `end`.
fn last_group(bytes: &[u8], at: usize, end: usize) -> bool {
    let run = bytes[at..end].iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let whole = run == end - at;
    (whole && run <= 3) || (!whole && run == 3)
}

/// The amount with the sign before or behind it.
fn beside(text: &str, digits: Range<usize>, dollar: Currency) -> Option<Shown> {
    let before = text[..digits.start].trim_end();
    let behind = text[digits.end..].trim_start();
    let (currency, at) = if let Some((length, currency)) = sign_at_end(before, dollar) {
        (currency, before.len() - length..digits.end)
    } else {
        let (length, currency) = sign_at_start(behind, dollar)?;
        (currency, digits.start..text.len() - behind.len() + length)
    };
    let amount = number(&text[digits], currency)?;
    Some(Shown { amount, currency, at })
}

fn sign_at_end(text: &str, dollar: Currency) -> Option<(usize, Currency)> {
    for (sign, code) in SIGNS {
        if let Some(rest) = text.strip_suffix(sign) {
            // `USC $` is no Canadian price.
            if sign.starts_with(char::is_alphabetic) && rest.ends_with(char::is_alphanumeric) {
                continue;
            }
            return Some((sign.len(), currency(*code, dollar)?));
        }
    }
    let code = CODES.iter().find(|code| text.ends_with(**code))?;
    let alone = !text[..text.len() - 3].ends_with(char::is_alphanumeric);
    alone.then(|| code.parse().ok()).flatten().map(|currency| (3, currency))
}

fn sign_at_start(text: &str, dollar: Currency) -> Option<(usize, Currency)> {
    let sign = SIGNS.iter().find(|(sign, _)| text.starts_with(sign));
    if let Some((sign, code)) = sign {
        // `12 $30` : the sign is the next number's.
        let next = text[sign.len()..].trim_start().starts_with(|c: char| c.is_ascii_digit());
        return if next { None } else { Some((sign.len(), currency(*code, dollar)?)) };
    }
    let code = CODES.iter().find(|code| text.starts_with(**code))?;
    let alone = !text[3..].starts_with(char::is_alphanumeric);
    alone.then(|| code.parse().ok()).flatten().map(|currency| (3, currency))
}

fn currency(code: Option<&str>, dollar: Currency) -> Option<Currency> {
    code.map_or(Some(dollar), |code| code.parse().ok())
}

/// Minor units. The last mark is the decimal sign where it stands once and not three digits from
/// the end, or after other marks; money of two minor digits has no third.
fn number(text: &str, currency: Currency) -> Option<Cents> {
    let is_mark = |c: char| matches!(c, '.' | ',');
    let last = text.rfind(is_mark);
    let (whole, fraction) = match last {
        Some(at) => {
            let (mark, tail) = (text.as_bytes()[at], &text[at + 1..]);
            let once = text.bytes().filter(|b| *b == mark).count() == 1;
            let digits = currency.digits() as usize;
            let groups = !once || (tail.len() == 3 && digits != 3);
            if groups { (text, "") } else { (&text[..at], tail) }
        }
        None => (text, ""),
    };
    grouped(whole).then_some(())?;
    let digits = currency.digits() as usize;
    // `12.500000` of an API is 12.50; `12.345` of two digits is none.
    let (kept, rest) = fraction.split_at(fraction.len().min(digits));
    if !rest.bytes().all(|b| b == b'0') {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    if whole.is_empty() || whole.len() > MOST_DIGITS {
        return None;
    }
    let minor = format!("{whole}{kept:0<digits$}");
    minor.parse().ok().map(Cents)
}

/// Whether marks stand before groups of three digits only (or two, as in `1,00,000`).
fn grouped(whole: &str) -> bool {
    let mut groups = whole.split(|c: char| !c.is_ascii_digit());
    groups.next();
    let groups: Vec<&str> = groups.collect();
    match groups.split_last() {
        None => true,
        Some((last, rest)) => last.len() == 3 && rest.iter().all(|group| matches!(group.len(), 2 | 3)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_amounts_beside_signs() {
        let cases: &[(&str, &[(&str, i64)])] = &[
            ("$1,234.50", &[("USD", 123_450)]),
            ("$8.49 to $8.89", &[("USD", 849), ("USD", 889)]),
            ("3,858 円 ～ 13,507 円", &[("JPY", 3_858), ("JPY", 13_507)]),
            ("EUR 1.234,50", &[("EUR", 123_450)]),
            ("1 234,50 €", &[("EUR", 123_450)]),
            ("C $12.00", &[("CAD", 1_200)]),
            ("AU $1,000", &[("AUD", 100_000)]),
            ("US $5", &[("USD", 500)]),
            ("+$13.99 delivery in 2-4 days", &[("USD", 1_399)]),
            ("￥12,800", &[("JPY", 12_800)]),
            ("₹1,00,000", &[("INR", 10_000_000)]),
            ("28 sold", &[]),
            ("¥12.50", &[]),
            ("$1.2345", &[]),
            ("96.2% positive (1.1K)", &[]),
        ];
        for (text, wanted) in cases {
            let found = amounts(text, Currency::USD);
            let found: Vec<_> = found.iter().map(|one| (one.currency.as_str(), one.amount.0)).collect();
            assert_eq!(&found, wanted, "{text}");
        }
    }

    #[test]
    fn a_dollar_is_the_pages_own() {
        let canadian: Currency = "CAD".parse().unwrap();
        assert_eq!(amounts("$5", canadian)[0].currency, canadian);
        assert_eq!(amounts("US $5", canadian)[0].currency, Currency::USD);
    }

    #[test]
    fn reads_decimals_of_machines() {
        for (text, cents) in [("400.00", 40_000), ("260", 26_000), ("12.5", 1_250), ("1,299", 129_900)] {
            assert_eq!(decimal(text, Currency::USD), Some(Cents(cents)), "{text}");
        }
        for text in ["", "-5", "free", "1.2.3.4", "1e9", "99999999999999999999"] {
            assert_eq!(decimal(text, Currency::USD), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,40}", near in "[0-9$€円., 'A-Z]{0,30}") {
            let _ = amounts(&text, Currency::USD);
            let _ = amounts(&near, Currency::USD);
            let _ = decimal(&near, Currency::USD);
        }
    }
}
