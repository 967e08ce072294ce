//! Hides mail addresses and phone numbers in free text.

use std::borrow::Cow;
use std::ops::Range;

/// Puts `[mail]` and `[phone]` in the place of mail addresses and phone numbers.
///
/// Prices, odometers, model numbers, dates, IMEIs and numbers inside links stay: what is masked is
/// a North American number (ten digits in groups of 3-3-4 or in one run, with a legal area code
/// and exchange, `+1` or not), an international one behind `+`, a national one behind a `0` with
/// a separator, or seven digits right behind a word like "call".
#[must_use]
pub fn mask(text: &str) -> Cow<'_, str> {
    // The shortest of either has six signs: `a@b.cd`.
    if text.len() < 6 {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let has_mail = bytes.contains(&b'@');
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    if !has_mail && digits < 7 {
        return Cow::Borrowed(text);
    }
    let mut found: Vec<(Range<usize>, &str)> = Vec::new();
    if has_mail {
        found.extend(mails(bytes).into_iter().map(|range| (range, "[mail]")));
    }
    if digits >= 7 {
        found.extend(phones(bytes).into_iter().map(|range| (range, "[phone]")));
    }
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|(range, _)| range.start);
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for (range, mark) in found {
        if range.start >= done {
            // All bounds stand at ASCII bytes, so the slices are whole characters.
            masked.push_str(&text[done..range.start]);
            masked.push_str(mark);
            done = range.end;
        }
    }
    masked.push_str(&text[done..]);
    Cow::Owned(masked)
}

fn mails(bytes: &[u8]) -> Vec<Range<usize>> {
    let local = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-');
    let domain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let mut found = Vec::new();
    for (at, _) in bytes.iter().enumerate().filter(|(_, b)| **b == b'@') {
        let start = at - bytes[..at].iter().rev().take_while(|b| local(**b)).take(64).count();
        let mut end = at + 1 + bytes[at + 1..].iter().take_while(|b| domain(**b)).take(253).count();
        while end > at + 1 && matches!(bytes[end - 1], b'.' | b'-') {
            end -= 1;
        }
        let host = &bytes[at + 1..end];
        let top = host.rsplit(|b| *b == b'.').next().unwrap_or(host);
        let real_top = top.len() >= 2 && top.len() < host.len() && top.iter().all(u8::is_ascii_alphabetic);
        if start < at && real_top {
            found.push(start..end);
        }
    }
    found
}

/// Most digits of a phone number (ITU E.164).
const MOST_DIGITS: usize = 15;

fn phones(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !starts_number(bytes, at) {
            at += 1;
            continue;
        }
        let run = Run::read(bytes, at);
        match run.phone(bytes) {
            Some(range) => {
                at = range.end;
                found.push(range);
            }
            // The next group may begin one: "2 619 555 1234".
            None => at = run.groups.first().map_or(at + 1, |group| group.end.max(at + 1)),
        }
    }
    found
}

fn starts_number(bytes: &[u8], at: usize) -> bool {
    let opens = bytes[at].is_ascii_digit() || matches!(bytes[at], b'+' | b'(');
    let before = at.checked_sub(1).map(|i| bytes[i]);
    let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'$' | b'=' | b'_' | b'#' | b'.' | b'&');
    // `/d/614…` is a link; `…1234/619…` is a second number.
    let link = before == Some(b'/') && at >= 2 && !bytes[at - 2].is_ascii_digit();
    let digit_joined = bytes[at].is_ascii_digit() && (link || before.is_some_and(inside));
    let plus_joined = bytes[at] == b'+' && before.is_some_and(|b| b.is_ascii_alphanumeric());
    opens && !digit_joined && !plus_joined
}

/// Groups of digits with what a phone number has between them.
struct Run {
    start: usize,
    plus: bool,
    groups: Vec<Range<usize>>,
}

impl Run {
    fn read(bytes: &[u8], start: usize) -> Self {
        let plus = bytes[start] == b'+';
        let mut groups: Vec<Range<usize>> = Vec::new();
        let (mut at, mut digits) = (start + usize::from(plus), 0);
        while at < bytes.len() && digits <= MOST_DIGITS {
            if bytes[at].is_ascii_digit() {
                let len = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
                groups.push(at..at + len);
                digits += len;
                at += len;
                continue;
            }
            let separators = bytes[at..].iter().take_while(|b| is_separator(**b)).count();
            let more = bytes.get(at + separators).is_some_and(u8::is_ascii_digit);
            if !(1..=3).contains(&separators) || !more {
                break;
            }
            at += separators;
        }
        Self { start, plus, groups }
    }

    /// The phone number at the front of the run, if there is one.
    fn phone(&self, bytes: &[u8]) -> Option<Range<usize>> {
        let lens: Vec<usize> = self.groups.iter().map(Range::len).collect();
        let end_of = |groups: usize| self.groups[groups - 1].end;
        let range = |groups: usize| Some(self.start..end_of(groups)).filter(|r| ends_number(bytes, r.end));
        if self.plus {
            let total: usize = lens.iter().sum();
            return if (8..=MOST_DIGITS).contains(&total) { range(lens.len()) } else { None };
        }
        match lens.as_slice() {
            [1, 3, 3, 4, ..] if self.north_american(bytes, 1) && bytes[self.groups[0].start] == b'1' => {
                range(4)
            }
            [3, 3, 4, ..] if self.north_american(bytes, 0) => range(3),
            [3, 7, ..] if self.north_american(bytes, 0) && !self.spaced(bytes) => range(2),
            [10, ..] if self.north_american(bytes, 0) => range(1),
            [11, ..]
                if bytes[self.groups[0].start] == b'1' && legal_nanp(&digits(bytes, &self.groups)[1..]) =>
            {
                range(1)
            }
            [3, 4, ..] if asked_to_call(&bytes[..self.start]) => range(2),
            [3..=5, ..] if self.national(bytes, &lens) => range(lens.len()),
            _ => None,
        }
    }

    fn north_american(&self, bytes: &[u8], skip: usize) -> bool {
        legal_nanp(&digits(bytes, &self.groups[skip..]))
    }

    /// Whether blanks alone stand between the first two groups.
    fn spaced(&self, bytes: &[u8]) -> bool {
        bytes[self.groups[0].end..self.groups[1].start].iter().all(|b| *b == b' ')
    }

    /// `0171 1234567`, `0711/123456`: a leading 0, then nine to thirteen digits in all. Article
    /// numbers look alike, so it also takes a mobile prefix, a slash, or a word like "call".
    fn national(&self, bytes: &[u8], lens: &[usize]) -> bool {
        let first = &bytes[self.groups[0].clone()];
        let total: usize = lens.iter().sum();
        let dotted = bytes[self.start..self.groups[lens.len() - 1].end].contains(&b'.');
        let likely =
            first[0] == b'0' && first[1] != b'0' && lens.len() >= 2 && (9..=13).contains(&total) && !dotted;
        let mobile = first.len() >= 4 && matches!(first[1..3], [b'1', b'5'..=b'7'] | [b'7', _]);
        likely && (mobile || bytes[self.groups[0].end] == b'/' || asked_to_call(&bytes[..self.start]))
    }
}

fn is_separator(b: u8) -> bool {
    matches!(b, b' ' | b'-' | b'.' | b'(' | b')' | b'/')
}

fn ends_number(bytes: &[u8], end: usize) -> bool {
    let decimal = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    match bytes.get(end) {
        Some(b) if b.is_ascii_alphanumeric() || *b == b'_' => false,
        Some(b',' | b'.') => !decimal(end + 1),
        _ => true,
    }
}

fn digits(bytes: &[u8], groups: &[Range<usize>]) -> Vec<u8> {
    groups.iter().flat_map(|group| &bytes[group.clone()]).copied().take(10 + 1).collect()
}

/// Area code and exchange start with 2–9 (North American Numbering Plan).
fn legal_nanp(digits: &[u8]) -> bool {
    digits.len() >= 10 && digits[0] >= b'2' && digits[3] >= b'2'
}

fn asked_to_call(before: &[u8]) -> bool {
    let tail = &before[before.len().saturating_sub(14)..];
    let lower = tail.to_ascii_lowercase();
    ["call", "text", "tel", "phone", "cell", "sms", "ph:", "ph."]
        .iter()
        .any(|word| lower.windows(word.len()).any(|window| window == word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn masks_addresses_and_numbers() {
        let cases = [
            ("write to jane.doe+x@example.co.uk.", "write to [mail]."),
            ("call (619) 555-1234 now", "call [phone] now"),
            ("619-555-1234/619.555.1235", "[phone]/[phone]"),
            ("text 1 619 555 1234", "text [phone]"),
            ("+1-619-555-1234", "[phone]"),
            ("6195551234", "[phone]"),
            ("Call 555-1234", "Call [phone]"),
            ("+49 171 1234567 ab 18 Uhr", "[phone] ab 18 Uhr"),
            ("Tel. 0171/1234567", "Tel. [phone]"),
            ("größer 619-555-1234 größer", "größer [phone] größer"),
        ];
        for (text, masked) in cases {
            assert_eq!(mask(text), masked, "{text}");
        }
    }

    #[test]
    fn leaves_prices_models_and_readings() {
        for text in [
            "$1,234.50 or $1200 firm",
            "125,122 miles, 145000 km",
            "IMEI 353918052107063",
            "SM-G955U1 64GB 2019-11-23 12:52",
            "model 555-1234, zip 92101-1234",
            "600x450 1920x1080 2560 x 1440",
            "https://example.com/d/6144370082.html",
            "$450 $500 $550 64 128 256",
            "meet @ 9-9-9",
            "05.04.2016 12:47:46",
            "2008 2009 2010 2011",
            "item 057-01-1694, 095 095 000",
            "T1=AB+49114500&x=1",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,60}", near in r"[0-9+()./@ a-cé$-]{0,40}") {
            let _ = mask(&text);
            let _ = mask(&near);
        }
    }
}
