//! How people of the market read our texts: the price in them, and their tone.

use autobazaaar_domain::Cents;

use super::persona::Tone;

/// The price a text offers, judged by the ask: the last number that could be one. Numbers with a
/// dollar sign go before others, which may as well be an hour or a house.
pub(super) fn read_offer(text: &str, ask: Cents) -> Option<Cents> {
    let own = own_words(text);
    let numbers = numbers(&own);
    let within = |cents: i64, low: f64, high: f64| {
        ask.0 <= 0 || (ask.share(low).0..=ask.share(high).0).contains(&cents)
    };
    let signed = numbers.iter().rev().find(|(signed, cents)| *signed && within(*cents, 0.05, 2.0));
    let plain = || numbers.iter().rev().find(|(_, cents)| within(*cents, 0.25, 1.5));
    signed.or_else(plain).map(|(_, cents)| Cents(*cents)).filter(|cents| cents.0 > 0)
}

/// Without quoted lines and what stands below a signature mark.
fn own_words(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.trim_end() != "--");
    lines.filter(|line| !line.trim_start().starts_with('>')).collect::<Vec<_>>().join("\n")
}

/// Every number: whether a dollar sign stands before it, and its cents.
fn numbers(text: &str) -> Vec<(bool, i64)> {
    let letters: Vec<char> = text.chars().take(20_000).collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < letters.len() {
        if !letters[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < letters.len() && (letters[at].is_ascii_digit() || is_inner(&letters, at)) {
            at += 1;
        }
        let digits: String = letters[start..at].iter().filter(|c| **c != ',').collect();
        let before = start.checked_sub(1).map(|i| letters[i]);
        let glued =
            before.is_some_and(char::is_alphabetic) || letters.get(at).is_some_and(|c| c.is_alphabetic());
        let signed = before == Some('$');
        if let (Ok(major), true) = (digits.parse::<f64>(), signed || !glued)
            && major < 1e9
        {
            found.push((signed, (major * 100.0).round() as i64));
        }
    }
    found
}

/// A comma or point within a number.
fn is_inner(letters: &[char], at: usize) -> bool {
    matches!(letters[at], ',' | '.') && letters.get(at + 1).is_some_and(char::is_ascii_digit)
}

/// How a text comes across: some words of courtesy, none, or an insult.
pub(super) fn tone(text: &str) -> Tone {
    const INSULTS: &[&str] =
        &["idiot", "stupid", "ridiculous", "ripoff", "rip-off", "scammer", "garbage", "moron"];
    let own = own_words(text).to_lowercase();
    if INSULTS.iter().any(|word| own.contains(word)) {
        return Tone::Rude;
    }
    if own.split_whitespace().count() >= 8 { Tone::Decent } else { Tone::Bare }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_price_of_our_texts() {
        let ask = Cents(80_000);
        let cases = [
            ("Would you take $560?", Some(56_000)),
            ("I can offer 600 cash today, pick up at 5", Some(60_000)),
            ("You ask $800; I'd pay $1,050.50? no: $640.", Some(64_000)),
            ("Is the 128GB one still there?", None),
            ("I could be there at 5, it takes me 40 minutes", None),
            ("> I want 790\nok 700", Some(70_000)),
            ("Fine.\n--\nJo, 555 Main St", None),
            ("", None),
            ("99999999999999999999999", None),
        ];
        for (text, cents) in cases {
            assert_eq!(read_offer(text, ask).map(|offer| offer.0), cents, "{text}");
        }
    }

    #[test]
    fn hears_the_tone() {
        assert_eq!(tone("$500"), Tone::Bare);
        assert_eq!(tone("Hi, lovely lamp. Would you take $50? I can come today."), Tone::Decent);
        assert_eq!(tone("That is a ridiculous price, I would give you $5 at most"), Tone::Rude);
    }
}
