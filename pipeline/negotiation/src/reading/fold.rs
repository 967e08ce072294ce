//! Text as the rules expect it: one kind of digit, quote and blank, nothing invisible.

/// Folds look-alikes: digits of other scripts and forms to ASCII, typographic quotes and dashes
/// to plain ones, unusual blanks to a blank; drops invisible characters. Letters stay as they are,
/// so that a letter posing as a digit leaves no number.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '\r' => {}
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{ff07}' | '`' | '\u{b4}' => out.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => out.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{ff04}' | '\u{fe69}' => out.push('$'),
            '\u{ff0c}' => out.push(','),
            '\u{ff0e}' => out.push('.'),
            '\u{2026}' => out.push_str("..."),
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => {}
            c if c.is_whitespace() => out.push(' '),
            c if c.is_control() => {}
            c => out.push(digit(c).unwrap_or(c)),
        }
    }
    out
}

/// First digits of the blocks of ten that write decimal digits (Unicode, general category Nd, the
/// scripts met in mail) and of the mathematical forms.
const ZEROS: [u32; 17] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0e50, 0x0ed0, 0x17e0, 0xff10, 0x1d7ce, 0x1d7d8,
    0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1fbf0,
];

fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    let code = u32::from(c);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alike_digits_become_digits_and_letters_do_not() {
        let cases = [
            ("$８０", "$80"),
            ("𝟙𝟚𝟘", "120"),
            ("١٢٠", "120"),
            ("1\u{200b}00", "100"),
            ("1OO and l50", "1OO and l50"),
            ("can\u{2019}t\u{a0}do", "can't do"),
        ];
        for (text, folded) in cases {
            assert_eq!(fold(text), folded, "{text}");
        }
    }
}
