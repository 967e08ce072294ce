//! Lists as scrapers leave them in a column: JSON, or what Python prints.

/// Reads `['condition: new', "it's"]` or `["a", "b"]`; `None` where the text is no list.
/// Bare items (`[1, None]`) are kept as they stand.
pub(super) fn read(text: &str) -> Option<Vec<String>> {
    let inner = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    let mut items = Vec::new();
    let mut rest = inner.trim_start();
    while !rest.is_empty() {
        let (item, after) = match rest.chars().next()? {
            quote @ ('\'' | '"') => quoted(&rest[1..], quote)?,
            _ => bare(rest),
        };
        items.push(item);
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if rest.is_empty() => break,
            None => return None,
        }
    }
    Some(items)
}

fn bare(text: &str) -> (String, &str) {
    let end = text.find(',').unwrap_or(text.len());
    (text[..end].trim().to_owned(), &text[end..])
}

/// The item up to the closing quote, its escapes undone, and what follows.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut item = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Some((item, &text[at + c.len_utf8()..]));
        }
        if c != '\\' {
            item.push(c);
            continue;
        }
        match chars.next()?.1 {
            'n' => item.push('\n'),
            't' => item.push('\t'),
            'r' => item.push('\r'),
            'x' => item.push(code_point(&mut chars, 2)?),
            'u' => item.push(code_point(&mut chars, 4)?),
            'U' => item.push(code_point(&mut chars, 8)?),
            other => item.push(other),
        }
    }
    None
}

/// A character by its hexadecimal number; half of a surrogate pair becomes the replacement sign.
fn code_point(chars: &mut std::str::CharIndices<'_>, digits: usize) -> Option<char> {
    let mut code = 0_u32;
    for _ in 0..digits {
        code = code.checked_mul(16)? + chars.next()?.1.to_digit(16)?;
    }
    Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// Splits `condition: like new` into its name and value, outer blanks gone.
pub(super) fn pair(item: &str) -> Option<(&str, &str)> {
    let (name, value) = item.split_once(':')?;
    Some((name.trim(), value.trim()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_python_and_json_print() {
        let cases: &[(&str, &[&str])] = &[
            ("['condition: new', 'mobile OS: apple iOS']", &["condition: new", "mobile OS: apple iOS"]),
            (r#"["it's", 'say "x"', 'a\'b']"#, &["it's", "say \"x\"", "a'b"]),
            (r"['\n\nmore ads\u00e9 \xe9']", &["\n\nmore adsé é"]),
            ("[]", &[]),
            ("[1, None]", &["1", "None"]),
        ];
        for (text, items) in cases {
            assert_eq!(read(text).unwrap(), *items, "{text}");
        }
        for text in ["", "Unknown", "['open", "['a' 'b']", "[", r"['\u12']"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(pair("model name / number: X: 1"), Some(("model name / number", "X: 1")));
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,40}", inner in r#"[\[\]'"\\,ux0-9é ]{0,30}"#) {
            let _ = read(&text);
            let _ = read(&format!("[{inner}]"));
        }
    }
}
