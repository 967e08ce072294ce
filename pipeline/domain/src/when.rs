//! Times as venues word them: "13 minutes", "4 days ago", "an hour".

use chrono::{Duration, Months};

use crate::Utc;

/// How long ago something was, as coarse as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Seconds, from minutes, hours, days and weeks.
    Seconds(i64),
    /// Calendar months, from months and years.
    Months(u32),
}

impl Age {
    /// Reads "13 minutes ", "1 hour", "4 days ago", "an hour", "2w", "just now", "yesterday".
    /// `None` for anything else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
        let text = text.strip_suffix("ago").unwrap_or(&text).trim();
        let text = ["about ", "over ", "posted ", "almost "]
            .iter()
            .fold(text, |t, word| t.strip_prefix(word).unwrap_or(t));
        match text {
            "just now" | "now" | "today" | "moments" => return Some(Self::Seconds(0)),
            "yesterday" => return Some(Self::Seconds(86_400)),
            _ => {}
        }
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = match text.split_at(split) {
            ("", rest) => (1, rest.strip_prefix("an ").or_else(|| rest.strip_prefix("a "))?),
            (digits, rest) => (digits.parse::<u32>().ok()?, rest),
        };
        Self::of(number, unit.trim())
    }

    fn of(number: u32, unit: &str) -> Option<Self> {
        let seconds = |each: i64| Some(Self::Seconds(i64::from(number) * each));
        match unit {
            "s" | "sec" | "secs" | "second" | "seconds" => seconds(1),
            "m" | "min" | "mins" | "minute" | "minutes" => seconds(60),
            "h" | "hr" | "hrs" | "hour" | "hours" => seconds(3_600),
            "d" | "day" | "days" => seconds(86_400),
            "w" | "wk" | "week" | "weeks" => seconds(7 * 86_400),
            "mo" | "month" | "months" => Some(Self::Months(number)),
            "y" | "yr" | "year" | "years" => number.checked_mul(12).map(Self::Months),
            _ => None,
        }
    }

    /// The moment that long before `now`; `None` before the calendar begins.
    #[must_use]
    pub fn before(self, now: Utc) -> Option<Utc> {
        match self {
            Self::Seconds(seconds) => now.checked_sub_signed(Duration::try_seconds(seconds)?),
            Self::Months(months) => now.checked_sub_months(Months::new(months)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_ages() {
        let cases = [
            ("13 minutes ", Age::Seconds(780)),
            ("1 hour", Age::Seconds(3_600)),
            ("4 days ", Age::Seconds(4 * 86_400)),
            ("2 weeks ago", Age::Seconds(14 * 86_400)),
            ("a minute ago", Age::Seconds(60)),
            ("an hour", Age::Seconds(3_600)),
            ("3d", Age::Seconds(3 * 86_400)),
            ("1 month ", Age::Months(1)),
            ("2 years", Age::Months(24)),
            ("just now", Age::Seconds(0)),
        ];
        for (text, age) in cases {
            assert_eq!(Age::read(text), Some(age), "{text}");
        }
        for text in ["", "soon", "4", "4 fortnights", "days", "-3 days", "99999999999 days"] {
            assert_eq!(Age::read(text), None, "{text}");
        }
    }

    #[test]
    fn counts_back_by_the_calendar() {
        let now: Utc = "2019-03-31T12:00:00Z".parse().unwrap();
        let shown = |age: Age| age.before(now).unwrap().to_string();
        assert_eq!(shown(Age::Months(1)), "2019-02-28 12:00:00 UTC");
        assert_eq!(shown(Age::Seconds(86_400)), "2019-03-30 12:00:00 UTC");
        assert_eq!(Age::Months(u32::MAX).before(now), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,30}", number in any::<u32>(), unit in "[a-z]{1,7}") {
            let now = Utc::UNIX_EPOCH;
            let _ = Age::read(&text).and_then(|age| age.before(now));
            let _ = Age::read(&format!("{number} {unit}s")).and_then(|age| age.before(now));
        }
    }
}
