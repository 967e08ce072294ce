//! Text cut into sentences.

/// The sentences of a text with their signs, trimmed; a dot within a number ends none.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '\n' => true,
            '.' | '!' | '?' => next.is_none_or(|next| next.is_whitespace()),
            _ => false,
        };
        if ends {
            found.push(text[start..at + c.len_utf8()].trim());
            start = at + c.len_utf8();
        }
    }
    found.push(text[start..].trim());
    found.retain(|sentence| sentence.chars().any(|c| c.is_alphanumeric() || c == '$' || c == '?'));
    found
}

/// The sentence around a place in the text.
pub(super) fn around(text: &str, start: usize, end: usize) -> (&str, &str) {
    let ends_before = |(at, c): (usize, char)| {
        let next = text[at + c.len_utf8()..].chars().next();
        c == '\n' || (matches!(c, '.' | '!' | '?' | ';') && next.is_none_or(char::is_whitespace))
    };
    let from = text[..start]
        .char_indices()
        .rev()
        .find(|found| ends_before(*found))
        .map_or(0, |(at, c)| at + c.len_utf8());
    let to = text[end..]
        .char_indices()
        .find(|(at, c)| ends_before((end + at, *c)))
        .map_or(text.len(), |(at, c)| end + at + c.len_utf8());
    (&text[from..start], &text[end..to])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_in_a_number_ends_nothing() {
        assert_eq!(sentences("I need 80.50. Ok? Yes!\n- fine"), ["I need 80.50.", "Ok?", "Yes!", "- fine"]);
        let text = "Hi. I want $80 for it. Ok?";
        let at = text.find("$80").unwrap();
        assert_eq!(around(text, at, at + 3), (" I want ", " for it."));
    }
}
