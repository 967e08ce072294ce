//! Amounts as people write them.

use autobazaaar_domain::{Cents, Currency, Money};

use crate::dice::Dice;

/// $750, 750, 750 bucks, $750.00, 1.2k.
pub(super) fn money(amount: Cents, dice: &mut Dice) -> String {
    let plain = Money { amount, currency: Currency::USD };
    if amount.0 % 100 != 0 {
        return plain.to_string();
    }
    let major = amount.0 / 100;
    match dice.below(12) {
        0..5 => plain.to_string(),
        5..8 => major.to_string(),
        8 => format!("{major} bucks"),
        9 => format!("${major}.00"),
        10 if major >= 1_000 && major % 100 == 0 => format!("{}k", major as f64 / 1_000.0),
        10 => format!("{major}$"),
        _ => format!("${major}"),
    }
}

const ONES: [&str; 20] = [
    "zero",
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
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// "seven hundred fifty dollars", or "seven fifty".
pub(super) fn in_words(amount: Cents, dice: &mut Dice) -> String {
    let major = (amount.0 / 100).clamp(0, 999_999);
    let (hundreds, rest) = (major / 100, major % 100);
    if (1..10).contains(&hundreds) && rest >= 10 && dice.chance(0.4) {
        return format!("{} {}", ONES[hundreds as usize], below_hundred(rest));
    }
    format!("{}{}", spelled(major), dice.pick(&[" dollars", "", " bucks"]))
}

/// A text in which an amount stands, in digits or in words.
pub(super) fn names_amount(text: &str) -> bool {
    let spelled = |word: &str| ONES.contains(&word) || TENS[2..].contains(&word);
    let lower = text.to_lowercase();
    lower.bytes().any(|byte| byte.is_ascii_digit()) || lower.split(|c: char| !c.is_alphabetic()).any(spelled)
}

fn spelled(number: i64) -> String {
    let (thousands, rest) = (number / 1_000, number % 1_000);
    let (hundreds, small) = (rest / 100, rest % 100);
    let mut parts = Vec::new();
    if thousands > 0 {
        parts.push(format!("{} thousand", spelled(thousands)));
    }
    if hundreds > 0 {
        parts.push(format!("{} hundred", ONES[hundreds as usize]));
    }
    if small > 0 || parts.is_empty() {
        parts.push(below_hundred(small));
    }
    parts.join(" ")
}

fn below_hundred(number: i64) -> String {
    match number {
        0..20 => ONES[number as usize].to_owned(),
        _ if number % 10 == 0 => TENS[number as usize / 10].to_owned(),
        _ => format!("{}-{}", TENS[number as usize / 10], ONES[number as usize % 10]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_numbers() {
        for (number, text) in [
            (0, "zero"),
            (17, "seventeen"),
            (45, "forty-five"),
            (750, "seven hundred fifty"),
            (12_300, "twelve thousand three hundred"),
            (1_005, "one thousand five"),
        ] {
            assert_eq!(spelled(number), text);
        }
    }
}
