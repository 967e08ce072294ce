//! Cron expressions of five fields, as Vixie cron reads them: minute, hour, day of the month, month, day
//! of the week. Lists, ranges, steps and English names; `7` is Sunday, too. Where both days are given, one
//! that matches suffices. Times are UTC. (crontab(5); the well-kept crate for it would bring a derive
//! framework that nothing else here needs.)

use std::fmt;
use std::str::FromStr;

use autobazaaar_domain::Utc;
use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Timelike as _};

/// When something is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    text: String,
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

/// A text that is no cron expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCron {
    #[error(
        "`{found}` has {count} fields: expected five (minute hour day month weekday), such as `*/15 * * * *`"
    )]
    Fields { found: String, count: usize },
    #[error("`{found}` is no {field} of a cron expression: expected {expected}")]
    Field { found: String, field: &'static str, expected: String },
    #[error("`{found}` never comes: expected a day that some month has")]
    Never { found: String },
}

/// The values of one field as bits, and whether it was given as `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    bits: u64,
    any: bool,
}

/// A field's name, bounds and names of values.
struct Kind {
    name: &'static str,
    from: u32,
    to: u32,
    names: &'static [&'static str],
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const KINDS: [Kind; 5] = [
    Kind { name: "minute", from: 0, to: 59, names: &[] },
    Kind { name: "hour", from: 0, to: 23, names: &[] },
    Kind { name: "day of the month", from: 1, to: 31, names: &[] },
    Kind { name: "month", from: 1, to: 12, names: &MONTHS },
    Kind { name: "day of the week", from: 0, to: 7, names: &WEEKDAYS },
];

/// The furthest that a date can lie ahead: 29 February on a given weekday comes once in 28 years, 40
/// around a century without one.
const HORIZON_DAYS: u64 = 366 * 41;

impl Cron {
    /// The first moment after `at` that matches, on the full minute; `None` past the horizon.
    #[must_use]
    pub fn after(&self, at: Utc) -> Option<Utc> {
        let start = at.with_second(0)?.with_nanosecond(0)? + TimeDelta::minutes(1);
        let mut date = start.date_naive();
        for ahead in 0..HORIZON_DAYS {
            if self.on(date) {
                let from = if ahead == 0 { start.time() } else { NaiveTime::MIN };
                if let Some(time) = self.time_from(from) {
                    return Some(date.and_time(time).and_utc());
                }
            }
            date = date.checked_add_days(Days::new(1))?;
        }
        None
    }

    /// The moments after `from` up to and with `until`, at most `limit`.
    #[must_use]
    pub fn between(&self, from: Utc, until: Utc, limit: usize) -> Vec<Utc> {
        let mut found = Vec::new();
        let mut at = from;
        while let Some(next) = self.after(at).filter(|next| *next <= until && found.len() < limit) {
            found.push(next);
            at = next;
        }
        found
    }

    fn on(&self, date: NaiveDate) -> bool {
        let day = self.days.has(date.day());
        let weekday = self.weekdays.has(date.weekday().num_days_from_sunday());
        let fits = match (self.days.any, self.weekdays.any) {
            (false, false) => day || weekday,
            _ => day && weekday,
        };
        fits && self.months.has(date.month())
    }

    fn time_from(&self, from: NaiveTime) -> Option<NaiveTime> {
        (from.hour()..24).filter(|hour| self.hours.has(*hour)).find_map(|hour| {
            let first = if hour == from.hour() { from.minute() } else { 0 };
            let minute = (first..60).find(|minute| self.minutes.has(*minute))?;
            NaiveTime::from_hms_opt(hour, minute, 0)
        })
    }
}

impl FromStr for Cron {
    type Err = BadCron;

    fn from_str(text: &str) -> Result<Self, BadCron> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = words[..] else {
            return Err(BadCron::Fields { found: text.to_owned(), count: words.len() });
        };
        let [minute, hour, day, month, weekday] = &KINDS;
        let mut weekdays = field(weekdays, weekday)?;
        // Sunday has two numbers.
        if weekdays.has(7) {
            weekdays.bits |= 1;
        }
        let cron = Self {
            text: words.join(" "),
            minutes: field(minutes, minute)?,
            hours: field(hours, hour)?,
            days: field(days, day)?,
            months: field(months, month)?,
            weekdays,
        };
        match cron.after(Utc::UNIX_EPOCH) {
            Some(_) => Ok(cron),
            None => Err(BadCron::Never { found: text.to_owned() }),
        }
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Field {
    fn has(self, value: u32) -> bool {
        self.bits >> value & 1 == 1
    }
}

fn field(text: &str, kind: &Kind) -> Result<Field, BadCron> {
    let mut bits = 0;
    for part in text.split(',') {
        bits |= range(part, kind).ok_or_else(|| BadCron::Field {
            found: text.to_owned(),
            field: kind.name,
            expected: format!("numbers from {} to {}, as `3`, `1-5`, `*/2` or `1,4`", kind.from, kind.to),
        })?;
    }
    Ok(Field { bits, any: text.starts_with('*') })
}

/// `*`, `3`, `1-5`, each with `/step`; `3/2` is from 3 to the end.
fn range(part: &str, kind: &Kind) -> Option<u64> {
    let (span, step) = match part.split_once('/') {
        Some((span, step)) => (span, Some(step.parse::<u32>().ok().filter(|step| *step > 0)?)),
        None => (part, None),
    };
    let (from, to) = match span.split_once('-') {
        _ if span == "*" => (kind.from, kind.to),
        Some((from, to)) => (value(from, kind)?, value(to, kind)?),
        None => {
            let from = value(span, kind)?;
            (from, if step.is_some() { kind.to } else { from })
        }
    };
    let in_order = from <= to;
    in_order.then(|| (from..=to).step_by(step.unwrap_or(1) as usize).fold(0, |bits, value| bits | 1 << value))
}

fn value(text: &str, kind: &Kind) -> Option<u32> {
    let named = kind.names.iter().position(|name| name.eq_ignore_ascii_case(text));
    if let Some(place) = named {
        return Some(kind.from + place as u32);
    }
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|value| digits && (kind.from..=kind.to).contains(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Utc {
        chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap().and_utc()
    }

    #[test]
    fn the_next_time() {
        // Expression, from (a Tuesday), next.
        let cases = [
            ("*/15 * * * *", "2026-11-24 10:00", "2026-11-24 10:15"),
            ("*/15 * * * *", "2026-11-24 23:50", "2026-11-25 00:00"),
            ("0 6 * * *", "2026-11-24 06:00", "2026-11-25 06:00"),
            ("5 4 * * sun", "2026-11-24 10:00", "2026-11-29 04:05"),
            ("5 4 * * 7", "2026-11-24 10:00", "2026-11-29 04:05"),
            ("0 9 * * 1-5", "2026-11-27 09:00", "2026-11-30 09:00"),
            ("0 0 1 jan *", "2026-11-24 10:00", "2027-01-01 00:00"),
            // Either day suffices where both are given.
            ("0 0 13 * fri", "2026-11-24 10:00", "2026-11-27 00:00"),
            ("0 0 29 2 *", "2026-11-24 10:00", "2028-02-29 00:00"),
            ("10/20,45 8 * * *", "2026-11-24 08:30", "2026-11-24 08:45"),
        ];
        for (text, from, next) in cases {
            let cron: Cron = text.parse().unwrap();
            assert_eq!(cron.after(at(from)), Some(at(next)), "{text} after {from}");
        }
    }

    #[test]
    fn what_is_no_cron_expression_is_refused_with_the_mend() {
        for text in ["", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "5-1 * * * *"] {
            assert!(text.parse::<Cron>().is_err(), "{text}");
        }
        for text in ["*/0 * * * *", "+5 * * * *", "a * * * *", "1, * * * *", "* * * * monday"] {
            let error = text.parse::<Cron>().unwrap_err().to_string();
            assert!(error.contains("expected numbers from"), "{error}");
        }
        assert!("0 0 30 2 *".parse::<Cron>().unwrap_err().to_string().contains("never comes"));
    }

    #[test]
    fn missed_times_are_bounded() {
        let cron: Cron = "0 * * * *".parse().unwrap();
        let missed = cron.between(at("2026-11-24 10:00"), at("2026-11-24 13:00"), 10);
        assert_eq!(missed, [at("2026-11-24 11:00"), at("2026-11-24 12:00"), at("2026-11-24 13:00")]);
        assert_eq!(cron.between(at("2020-01-01 00:00"), at("2026-11-24 13:00"), 5).len(), 5);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".{0,24}", seconds in 0_i64..4_000_000_000) {
            if let Ok(cron) = text.parse::<Cron>() {
                let from = Utc::from_timestamp(seconds, 0).unwrap();
                prop_assert!(cron.after(from).is_none_or(|next| next > from));
            }
        }
    }
}
