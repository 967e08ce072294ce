//! Addresses as errors and logs may show them.

use url::Url;

/// Parts of query names whose values are secrets.
const SECRET_NAMES: [&str; 8] = ["key", "token", "secret", "password", "passwd", "sig", "auth", "session"];
/// Longest address shown, in characters.
const LONGEST: usize = 300;

/// An address without user, password, fragment, and the values of secret parameters; cut where it is
/// very long.
#[must_use]
pub fn shown(url: &Url) -> String {
    let mut clean = url.clone();
    clean.set_fragment(None);
    // Both fail only for addresses that cannot have them.
    let _ = clean.set_username("");
    let _ = clean.set_password(None);
    if clean.query().is_some() {
        let pairs: Vec<(String, String)> = clean.query_pairs().into_owned().map(masked).collect();
        clean.query_pairs_mut().clear().extend_pairs(pairs);
    }
    let text = clean.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn masked((name, value): (String, String)) -> (String, String) {
    let lower = name.to_ascii_lowercase();
    let secret = SECRET_NAMES.iter().any(|part| lower.contains(part));
    (name, if secret { "***".to_owned() } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let cases = [
            ("http://u:p@shop.test/a?q=1#x", "http://shop.test/a?q=1"),
            ("https://shop.test/a?api_key=abc&q=x", "https://shop.test/a?api_key=***&q=x"),
            ("wss://cloud.test/?token=abc", "wss://cloud.test/?token=***"),
        ];
        for (url, expected) in cases {
            assert_eq!(shown(&url.parse().unwrap()), expected);
        }
        let long: Url = format!("https://shop.test/{}", "é".repeat(999)).parse().unwrap();
        assert!(shown(&long).chars().count() <= LONGEST + 1);
    }
}
