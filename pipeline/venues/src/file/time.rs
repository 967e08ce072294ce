//! Dates as sources write them, in the zone that the mapping declares.

use chrono::format::{Item, Parsed, StrftimeItems};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use regex::Regex;

use autobazaaar_domain::Utc;

use super::error::MappingError;
use super::mapping::{Mapping, TimeSpec};

/// The time rules of a mapping, ready for use.
#[derive(Debug)]
pub(super) struct Clockwork {
    formats: Vec<Format>,
    zone: Tz,
    default_time: NaiveTime,
    default_year: Option<i32>,
    names: Vec<Regex>,
    pub(super) fixed: Option<Utc>,
}

/// One way to write a moment.
#[derive(Debug)]
enum Format {
    /// Seconds since 1970; thirteen digits are milliseconds.
    Unix,
    Rfc3339,
    /// Year-month-day with or without a time, parted by a blank or `T`, fractions allowed.
    Iso,
    DateTime(Pattern),
    Date(Pattern),
}

/// A strftime pattern and what chrono makes of it, once.
#[derive(Debug)]
struct Pattern {
    text: String,
    items: Vec<Item<'static>>,
}

impl Pattern {
    fn parse(&self, text: &str) -> Option<Parsed> {
        let mut parsed = Parsed::new();
        chrono::format::parse(&mut parsed, text, self.items.iter()).ok()?;
        Some(parsed)
    }
}

/// Below this a Unix time counts seconds (year 5138), from it on milliseconds (1973).
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

impl Clockwork {
    pub(super) fn new(name: &str, spec: &TimeSpec) -> Result<Self, MappingError> {
        let zone_name = spec.zone.as_deref().unwrap_or("UTC");
        let zone = zone_name.parse().map_err(|_| {
            let hint =
                super::error::did_you_mean(zone_name, chrono_tz::TZ_VARIANTS.iter().map(|tz| tz.name()));
            Mapping::bad(
                name,
                "time.zone",
                zone_name,
                format!("an IANA time zone such as America/Los_Angeles{hint}"),
            )
        })?;
        let mut clockwork = Self {
            formats: formats(name, &spec.formats)?,
            zone,
            default_time: default_time(name, spec.default_time.as_deref())?,
            default_year: spec.default_year,
            names: name_patterns(name, &spec.file_name)?,
            fixed: None,
        };
        if let Some(fixed) = &spec.fixed {
            let moment = clockwork.read_iso(fixed).or_else(|| clockwork.read(fixed));
            let bad =
                || Mapping::bad(name, "time.fixed", fixed, "a date such as 2017-05-15 or 2017-05-15 12:00");
            clockwork.fixed = Some(moment.ok_or_else(bad)?);
        }
        Ok(clockwork)
    }

    /// A moment in one of the declared formats; `None` in any other.
    pub(super) fn read(&self, text: &str) -> Option<Utc> {
        self.formats.iter().find_map(|format| match format {
            Format::Unix => unix(text),
            Format::Rfc3339 => DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()),
            Format::Iso => self.read_iso(text),
            Format::DateTime(pattern) => {
                let local = pattern.parse(text)?.to_naive_datetime_with_offset(0).ok()?;
                self.in_utc(local)
            }
            Format::Date(pattern) => self.at_default(pattern.parse(text)?.to_naive_date().ok()?),
        })
    }

    /// What the formats are, for messages.
    pub(super) fn expected(&self) -> String {
        let shown = self.formats.iter().map(|format| match format {
            Format::Unix => "unix time",
            Format::Rfc3339 => "RFC 3339",
            Format::Iso => "YYYY-MM-DD [HH:MM[:SS]]",
            Format::DateTime(pattern) | Format::Date(pattern) => &pattern.text,
        });
        shown.collect::<Vec<_>>().join(" or ")
    }

    /// The moment that a file's name tells. `None` where no pattern matches.
    ///
    /// # Errors
    /// Where one matches but names no moment (month 13, no year).
    pub(super) fn of_file_name(&self, file_name: &str, year: Option<i32>) -> Option<Result<Utc, String>> {
        let found = self.names.iter().find_map(|pattern| pattern.captures(file_name))?;
        let number = |group: &str| found.name(group).and_then(|text| text.as_str().parse::<u32>().ok());
        let named_year = number("year").and_then(|year| i32::try_from(year).ok());
        let Some(year) = named_year.or(year).or(self.default_year) else {
            return Some(Err("the file's name has no year".to_owned()));
        };
        let day = number("month").zip(number("day")).and_then(|(m, d)| NaiveDate::from_ymd_opt(year, m, d));
        let time = match (number("hour"), number("minute")) {
            (Some(hour), minute) => {
                NaiveTime::from_hms_opt(hour, minute.unwrap_or(0), number("second").unwrap_or(0))
            }
            _ => Some(self.default_time),
        };
        let moment = day.zip(time).and_then(|(day, time)| self.in_utc(day.and_time(time)));
        Some(moment.ok_or_else(|| format!("`{file_name}` matches a pattern but holds no such date or time")))
    }

    fn read_iso(&self, text: &str) -> Option<Utc> {
        let bytes = text.as_bytes();
        let digits = |from: usize, to: usize| -> Option<u32> {
            bytes
                .get(from..to)?
                .iter()
                .try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
        };
        if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
            return None;
        }
        let day = NaiveDate::from_ymd_opt(i32::try_from(digits(0, 4)?).ok()?, digits(5, 7)?, digits(8, 10)?)?;
        if bytes.len() == 10 {
            return self.at_default(day);
        }
        if !matches!(bytes.get(10), Some(b' ' | b'T')) || bytes.get(13) != Some(&b':') {
            return None;
        }
        let second = match bytes.get(16) {
            None => 0,
            Some(b':') => digits(17, 19)?,
            Some(_) => return None,
        };
        let time = NaiveTime::from_hms_opt(digits(11, 13)?, digits(14, 16)?, second)?;
        match text.get(19..) {
            None | Some("") => self.in_utc(day.and_time(time)),
            Some(rest) if rest.starts_with('.') && rest[1..].bytes().all(|b| b.is_ascii_digit()) => {
                self.in_utc(day.and_time(time))
            }
            // An offset of its own.
            Some(_) => DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()),
        }
    }

    fn at_default(&self, day: NaiveDate) -> Option<Utc> {
        self.in_utc(day.and_time(self.default_time))
    }

    /// Local to UTC. In the hour that a clock change repeats the earlier one counts; a time that it
    /// skips is taken an hour later.
    fn in_utc(&self, local: NaiveDateTime) -> Option<Utc> {
        if self.zone == Tz::UTC {
            return Some(local.and_utc());
        }
        let at = |local: &NaiveDateTime| self.zone.from_local_datetime(local).earliest();
        at(&local).or_else(|| at(&local.checked_add_signed(Duration::hours(1))?)).map(|at| at.to_utc())
    }
}

fn unix(text: &str) -> Option<Utc> {
    let number: i64 = text.parse().ok()?;
    if number.abs() < FIRST_MILLISECONDS {
        DateTime::from_timestamp(number, 0)
    } else {
        DateTime::from_timestamp_millis(number)
    }
}

fn formats(name: &str, patterns: &[String]) -> Result<Vec<Format>, MappingError> {
    if patterns.is_empty() {
        return Ok(vec![Format::Iso]);
    }
    patterns.iter().map(|pattern| format(name, pattern)).collect()
}

/// Tells what a pattern can read by writing a moment with it.
fn format(name: &str, pattern: &str) -> Result<Format, MappingError> {
    match pattern {
        "unix" => return Ok(Format::Unix),
        "rfc3339" => return Ok(Format::Rfc3339),
        "iso" | "%Y-%m-%d" | "%Y-%m-%d %H:%M" | "%Y-%m-%d %H:%M:%S" => return Ok(Format::Iso),
        _ => {}
    }
    let bad = || {
        let expected = "a strftime pattern with year, month and day, `unix`, `rfc3339` or `iso`";
        Mapping::bad(name, "time.formats", pattern, expected)
    };
    let items = StrftimeItems::new(pattern).parse_to_owned().map_err(|_| bad())?;
    let sample =
        NaiveDate::from_ymd_opt(2019, 11, 23).and_then(|day| day.and_hms_opt(10, 20, 30)).ok_or_else(bad)?;
    let written = sample.format_with_items(items.iter()).to_string();
    let pattern = Pattern { text: pattern.to_owned(), items };
    let parsed = pattern.parse(&written).ok_or_else(bad)?;
    if parsed.to_naive_datetime_with_offset(0).is_ok() {
        return Ok(Format::DateTime(pattern));
    }
    if parsed.to_naive_date().is_ok() { Ok(Format::Date(pattern)) } else { Err(bad()) }
}

fn default_time(name: &str, text: Option<&str>) -> Result<NaiveTime, MappingError> {
    let Some(text) = text else { return Ok(NaiveTime::MIN) };
    ["%H:%M:%S", "%H:%M"]
        .iter()
        .find_map(|pattern| NaiveTime::parse_from_str(text, pattern).ok())
        .ok_or_else(|| Mapping::bad(name, "time.default_time", text, "a time of day such as 20:00"))
}

fn name_patterns(name: &str, patterns: &[String]) -> Result<Vec<Regex>, MappingError> {
    let check = |text: &String| {
        let expected = "a regular expression with the groups month and day, e.g. (?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)";
        let pattern = Regex::new(text)
            .map_err(|error| Mapping::bad(name, "time.file_name", text, format!("{expected}: {error}")))?;
        let groups: Vec<&str> = pattern.capture_names().flatten().collect();
        let known = ["year", "month", "day", "hour", "minute", "second"];
        let fits =
            groups.contains(&"month") && groups.contains(&"day") && groups.iter().all(|g| known.contains(g));
        if fits { Ok(pattern) } else { Err(Mapping::bad(name, "time.file_name", text, expected)) }
    };
    patterns.iter().map(check).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clockwork(zone: &str, formats: &[&str]) -> Clockwork {
        let spec = TimeSpec {
            zone: Some(zone.into()),
            formats: formats.iter().map(|f| (*f).to_owned()).collect(),
            default_time: Some("20:00".into()),
            file_name: vec![
                r"(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)_(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)"
                    .into(),
                r"_(?<month>\d{1,2})\.(?<day>\d{1,2})\.".into(),
            ],
            ..TimeSpec::default()
        };
        Clockwork::new("test", &spec).unwrap()
    }

    #[test]
    fn reads_dates_in_their_zone() {
        let cases = [
            (&["%m/%d/%y"][..], "6/3/18", "2018-06-03 18:00:00 UTC"),
            (&[], "2019-01-02", "2019-01-02 19:00:00 UTC"),
            (&[], "2019-01-02 03:04", "2019-01-02 02:04:00 UTC"),
            (&[], "2019-01-02T03:04:05.250", "2019-01-02 02:04:05 UTC"),
            (&[], "2019-01-02T03:04:05Z", "2019-01-02 03:04:05 UTC"),
            (&["unix"], "1661830090", "2022-08-30 03:28:10 UTC"),
            (&["unix"], "1661830090000", "2022-08-30 03:28:10 UTC"),
            (&["%m/%d/%Y %H:%M"], "3/24/2016 11:52", "2016-03-24 10:52:00 UTC"),
            // The clocks go forward at two: 02:30 does not exist.
            (&[], "2016-03-27 02:30", "2016-03-27 01:30:00 UTC"),
        ];
        for (formats, text, moment) in cases {
            let read = clockwork("Europe/Berlin", formats).read(text);
            assert_eq!(read.map(|at| at.to_string()).as_deref(), Some(moment), "{text}");
        }
        for text in ["", "23.11.2019", "2019-13-01", "2019-11-23 25:00", "2019-11-23x", "2019-1-2"] {
            assert_eq!(clockwork("UTC", &[]).read(text), None, "{text}");
        }
    }

    #[test]
    fn reads_the_time_from_a_file_name() {
        let clockwork = clockwork("America/Los_Angeles", &[]);
        let shown = |name, year| clockwork.of_file_name(name, year).map(|r| r.map(|at| at.to_string()));
        assert_eq!(shown("a_2019-11-24_212606.465270.csv", None), Some(Ok("2019-11-25 05:26:06 UTC".into())));
        assert_eq!(shown("a_11.23.csv", Some(2019)), Some(Ok("2019-11-24 04:00:00 UTC".into())));
        assert!(matches!(shown("a_11.23.csv", None), Some(Err(problem)) if problem.contains("no year")));
        assert!(matches!(shown("a_13.41.csv", Some(2019)), Some(Err(_))));
        assert_eq!(shown("plain.csv", None), None);
    }
}
