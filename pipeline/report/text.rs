//! Figures and foreign text as a reader should meet them.

use autobazaaar_domain::{Cents, Currency, Money, Utc};

/// The exact amount, as money that is paid must be shown: `$1,234.50`, `−$3`.
pub(crate) fn money(amount: Cents, currency: Currency) -> String {
    Money { amount, currency }.to_string().replace('-', "−")
}

/// An estimate without false precision: whole units from 20 on, the exact amount below.
pub(crate) fn about(amount: Cents, currency: Currency) -> String {
    let scale = currency.scale();
    if amount.0.unsigned_abs() < 20 * scale.unsigned_abs() {
        return money(amount, currency);
    }
    let whole = (amount.0 as f64 / scale as f64).round() as i64;
    money(Cents(whole.saturating_mul(scale)), currency)
}

/// A limit not to be gone over, in round figures: whole units below it from 20 on, exact below.
pub(super) fn at_most(amount: Cents, currency: Currency) -> String {
    let scale = currency.scale();
    if amount.0 < 20 * scale {
        return money(amount, currency);
    }
    money(Cents(amount.0 - amount.0 % scale), currency)
}

/// Every digit, so that amounts below each other line up: `−$62.50`, `$240.00`.
pub(crate) fn exact(amount: Cents, currency: Currency) -> String {
    let shown = money(amount, currency);
    let digits = currency.digits() as usize;
    if digits == 0 || shown.contains('.') { shown } else { format!("{shown}.{}", "0".repeat(digits)) }
}

/// A change with its sign: `+$120`, `−$3`, `no change`.
pub(super) fn money_change(now: Cents, before: Cents, currency: Currency) -> String {
    signed(now.0.cmp(&before.0), || about(Cents(now.0.saturating_sub(before.0).saturating_abs()), currency))
}

/// A change of a count with its sign.
pub(super) fn count_change(now: u64, before: u64) -> String {
    signed(now.cmp(&before), || count(now.abs_diff(before)))
}

fn signed(order: std::cmp::Ordering, size: impl FnOnce() -> String) -> String {
    match order {
        std::cmp::Ordering::Less => format!("−{}", size()),
        std::cmp::Ordering::Equal => "no change".into(),
        std::cmp::Ordering::Greater => format!("+{}", size()),
    }
}

/// `11,716`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 deal`, `7 deals`.
pub(crate) fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A share as per cent: whole from 10 % on, one decimal below, `under 0.1 %` for the tiniest.
pub(crate) fn percent(share: f64) -> String {
    let value = share * 100.0;
    let text = match value.abs() {
        size if !size.is_finite() => return "unknown".into(),
        size if size > 0.0 && size < 0.1 => return "under 0.1%".into(),
        size if size < 9.95 && (size - size.round()).abs() >= 0.05 => format!("{value:.1}%"),
        _ => format!("{value:.0}%"),
    };
    text.replace('-', "−")
}

/// `12 days`, `1 day`, `5 h`.
pub(crate) fn days(days: f64) -> String {
    match days {
        d if !d.is_finite() => "unknown".into(),
        d if d < 1.0 => format!("{:.0} h", (d * 24.0).max(0.0)),
        d if d.round() == 1.0 => "1 day".into(),
        d => format!("{d:.0} days"),
    }
}

/// `0.4 s`, `35 s`, `4 min 10 s`.
pub(super) fn seconds(s: f64) -> String {
    match s {
        s if !s.is_finite() || s < 0.0 => "unknown".into(),
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s => format!("{} min {} s", (s / 60.0) as u64, (s % 60.0) as u64),
    }
}

/// `312 MB`, `1.4 GB` (decimal units).
pub(super) fn bytes(n: u64) -> String {
    match n as f64 {
        n if n >= 1e9 => format!("{:.1} GB", n / 1e9),
        n if n >= 1e6 => format!("{:.0} MB", n / 1e6),
        n => format!("{:.0} kB", n / 1e3),
    }
}

/// `23 Nov 2026`.
pub(crate) fn date(at: Utc) -> String {
    at.format("%-d %b %Y").to_string()
}

/// `22 Nov`, with the year where it is not the report's own.
pub(super) fn short_date(at: Utc, now: Utc) -> String {
    if at.format("%Y").to_string() == now.format("%Y").to_string() {
        return at.format("%-d %b").to_string();
    }
    date(at)
}

/// `23 Nov 2026, 07:08 UTC`: the exact time shown on hover.
pub(crate) fn moment(at: Utc) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

/// `3 h ago`, counted back from the report's own time.
pub(super) fn ago(at: Utc, now: Utc) -> String {
    let minutes = (now - at).num_minutes();
    match minutes {
        m if m < 1 => "just now".into(),
        m if m < 60 => format!("{m} min ago"),
        m if m < 48 * 60 => format!("{} h ago", m / 60),
        m => format!("{} days ago", m / (24 * 60)),
    }
}

/// An id in short, for tables: its last eight characters.
pub(super) fn short_id(id: &str) -> String {
    let length = id.chars().count();
    if length <= 12 {
        return id.to_owned();
    }
    format!("…{}", id.chars().skip(length - 8).collect::<String>())
}

/// Foreign text for display: one line, without control characters and without the marks that
/// turn the reading direction, with which a title could pose as another.
pub(crate) fn clean(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let spaced: String =
        text.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    if words.is_empty() { "(no title)".into() } else { words.join(" ") }
}

/// At most `limit` characters, cut with an ellipsis.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

/// The link when it is one that a page may carry: http or https, with anything that could end
/// the attribute or the Markdown link percent-encoded.
pub(crate) fn safe_url(url: Option<&str>) -> Option<String> {
    let url = url?.trim();
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let host = if lower.starts_with("https://") {
        &url[8..]
    } else if lower.starts_with("http://") {
        &url[7..]
    } else {
        return None;
    };
    if host.is_empty() || host.starts_with('/') || url.chars().any(char::is_control) {
        return None;
    }
    let mut safe = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            ' ' => safe.push_str("%20"),
            '"' => safe.push_str("%22"),
            '\'' => safe.push_str("%27"),
            '<' => safe.push_str("%3C"),
            '>' => safe.push_str("%3E"),
            '(' => safe.push_str("%28"),
            ')' => safe.push_str("%29"),
            '\\' => safe.push_str("%5C"),
            '|' => safe.push_str("%7C"),
            '`' => safe.push_str("%60"),
            c => safe.push(c),
        }
    }
    Some(safe)
}

/// First letter as a capital, for reason texts that begin a line.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        let usd = Currency::USD;
        let cases = [
            (money(Cents(-300), usd), "−$3"),
            (about(Cents(128_437), usd), "$1,284"),
            (about(Cents(1_250), usd), "$12.50"),
            (at_most(Cents(28_599), usd), "$285"),
            (at_most(Cents(1_999), usd), "$19.99"),
            (exact(Cents(24_000), usd), "$240.00"),
            (exact(Cents(-6_250), usd), "−$62.50"),
            (money_change(Cents(12_000), Cents(15_000), usd), "−$30"),
            (count_change(5, 5), "no change"),
            (count(11_716), "11,716"),
            (percent(0.163), "16%"),
            (percent(0.012), "1.2%"),
            (percent(0.0004), "under 0.1%"),
            (percent(-0.25), "−25%"),
            (percent(f64::NAN), "unknown"),
            (days(0.5), "12 h"),
            (seconds(250.0), "4 min 10 s"),
            (bytes(1_400_000_000), "1.4 GB"),
            (short_id("01JDCXQ8ZV3M4N5P6Q7R8S9T0V"), "…R8S9T0V".replace("R8", "7R8").as_str()),
        ]
        .map(|(shown, wanted)| (shown, wanted.to_owned()));
        for (shown, wanted) in cases {
            assert_eq!(shown, wanted);
        }
    }

    #[test]
    fn only_web_links_become_links() {
        for bad in [
            "javascript:alert(1)",
            " JavaScript:alert(1)",
            "data:text/html,x",
            "//host/x",
            "https://",
            "http:///x",
            "x",
        ] {
            assert_eq!(safe_url(Some(bad)), None, "{bad}");
        }
        assert_eq!(
            safe_url(Some("HTTPS://a.example/x (1)\"><")).as_deref(),
            Some("HTTPS://a.example/x%20%281%29%22%3E%3C")
        );
        assert_eq!(safe_url(None), None);
    }

    #[test]
    fn a_title_cannot_turn_the_line_or_break_it() {
        assert_eq!(clean("a\u{202e}b\n\tc"), "ab c");
        assert_eq!(clean("\u{7}"), "(no title)");
    }
}
