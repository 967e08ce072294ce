//! A listing's title in a message of ours: data, whatever it says.

use std::sync::LazyLock;

use regex::Regex;

use crate::lexicon::pattern;

/// Longest title that is repeated, characters.
const TITLE_CHARS: usize = 70;

static LINKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:https?|ftp|mailto|tel|javascript|data):\S*|\bwww\.\S+|\S+@\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}/\S*|\b[\w-]+\.(?:com|net|org|info|biz|io|co|me|ly|app|shop|xyz|ru|de|uk|us|link|site|online|top)\b",
    )
});
static PHONES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\+?\(?\d{3}\)?[\s.\-/]*\d{3}[\s.\-/]*\d{4}\b|\+\d[\d\s.\-/]{7,}\d|\b\d{8,}\b")
});

/// The title as one line of plain words: no links, addresses, phone numbers, markup or control
/// characters, shortened at a word. "your listing" where nothing is left.
#[must_use]
pub fn plain_title(title: &str) -> String {
    plain_title_within(title, TITLE_CHARS)
}

/// [`plain_title`] within `chars` characters.
#[must_use]
pub fn plain_title_within(title: &str, chars: usize) -> String {
    cut(&bare(title), chars)
}

/// All words of a title that may be repeated.
fn bare(title: &str) -> String {
    let bounded: String = title.chars().take(1_000).map(plain_char).collect();
    PHONES.replace_all(&LINKS.replace_all(&bounded, " "), " ").into_owned()
}

/// As many words of a bare title as fit.
fn cut(bare: &str, chars: usize) -> String {
    let mut short = String::new();
    for word in bare.split_whitespace() {
        let blank = usize::from(!short.is_empty());
        if short.chars().count() + blank + word.chars().count() > chars {
            if short.is_empty() {
                short.extend(word.chars().take(chars));
            }
            break;
        }
        if blank > 0 {
            short.push(' ');
        }
        short.push_str(word);
    }
    let short = short.trim_matches(|c: char| !c.is_alphanumeric() && c != ')' && c != '"').to_owned();
    // A title of mere numbers could be taken for a price.
    if short.chars().filter(|c| c.is_alphabetic()).count() >= 3 { short } else { "your listing".to_owned() }
}

/// A line without the title at its end, which may be cut to any length.
pub(super) fn without_end<'a>(line: &'a str, title: &str) -> &'a str {
    let bare = bare(title);
    let ends = (1..=TITLE_CHARS).rev().map(|chars| cut(&bare, chars));
    ends.into_iter().find_map(|end| line.strip_suffix(end.as_str())).unwrap_or(line)
}

/// A character that cannot start markup, a template or a new line.
fn plain_char(c: char) -> char {
    let invisible =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if c.is_control() || invisible || "<>[]{}`*_|\\^~#=".contains(c) { ' ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_words_and_nothing_else() {
        let long =
            "Vintage oak dresser with mirror and seven drawers in good shape, moving sale, must go now";
        let cases = [
            ("iPhone 12, 64 GB", "iPhone 12, 64 GB"),
            ("Sofa\r\nBcc: x@example.com\n", "Sofa Bcc:"),
            ("<b>Bike</b> <script>alert(1)</script>", "b Bike /b script alert(1) /script"),
            ("Lamp http://evil.example/x?y buy now", "Lamp buy now"),
            ("Desk, call 555-123-4567", "Desk, call"),
            ("{{price}} chair", "price chair"),
            ("\u{202e}{}<>", "your listing"),
            ("", "your listing"),
            (long, "Vintage oak dresser with mirror and seven drawers in good shape"),
        ];
        for (title, plain) in cases {
            assert_eq!(plain_title(title).trim_end_matches(':'), plain.trim_end_matches(':'), "{title}");
        }
    }
}
