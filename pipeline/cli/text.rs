//! Text from outside on a terminal: measured, cut, and without the power to steer it.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr as _;

/// One line of harmless text: line breaks and tabs become spaces; other control characters, and
/// those that turn the direction of writing, become `�`.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    replace(text, |c| match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if is_steering(c) => Some('\u{fffd}'),
        _ => None,
    })
}

/// Like [`plain`], but line breaks and tabs stay.
#[must_use]
pub fn plain_lines(text: &str) -> Cow<'_, str> {
    replace(text, |c| (is_steering(c) && c != '\n' && c != '\t').then_some('\u{fffd}'))
}

/// Columns that a text takes on a terminal.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// At most `columns` wide, ending in `…` where something was cut.
#[must_use]
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut kept = String::new();
    // A sign may change the width of the one before it, so that what is kept is measured whole;
    // the bound on signs is for those that have no width at all.
    for c in text.chars().take(columns * 8) {
        kept.push(c);
        if width(&kept) >= columns {
            kept.pop();
            break;
        }
    }
    if columns > 0 {
        kept.push('…');
    }
    Cow::Owned(kept)
}

/// Control characters (C0, C1, delete) and those of bidirectional writing.
pub(super) fn is_steering(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn replace(text: &str, with: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    if text.chars().any(|c| with(c).is_some()) {
        Cow::Owned(text.chars().map(|c| with(c).unwrap_or(c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wide_letters_count_double() {
        assert_eq!(cut("任天堂 Switch", 7), "任天堂…");
        assert_eq!(cut("任天堂", 6), "任天堂");
        assert_eq!(cut("abc", 0), "");
        // The second sign makes a picture of the first, twice as wide.
        assert_eq!(cut("a*\u{fe0f}bcd", 3), "a*…");
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{202e}d"), "a\u{fffd}[2Jb c\u{fffd}d");
        assert_eq!(plain_lines("a\nb\u{7}"), "a\nb\u{fffd}");
    }

    proptest! {
        #[test]
        fn a_cut_text_fits(text in "\\PC*", columns in 0usize..40) {
            prop_assert!(width(&cut(&text, columns)) <= columns.max(usize::from(width(&text) == 0)));
        }
    }
}
