//! Hours in which nobody is written to.

use autobazaaar_domain::{Utc, Zone};
use chrono::{NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};

/// Local hours of quiet, from `from` up to but without `until`; over midnight where `from` is the
/// later one. The same twice: no quiet at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// Local time.
    pub from: NaiveTime,
    /// Local time.
    pub until: NaiveTime,
}

/// Quiet hours that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` are no quiet hours: expected HH:MM-HH:MM, for example 21:00-08:00")]
pub struct BadHours(pub String);

impl std::str::FromStr for QuietHours {
    type Err = BadHours;

    fn from_str(text: &str) -> Result<Self, BadHours> {
        let bad = || BadHours(text.to_owned());
        let time = |part: &str| NaiveTime::parse_from_str(part.trim(), "%H:%M").map_err(|_| bad());
        let (from, until) = text.split_once('-').ok_or_else(bad)?;
        Ok(Self { from: time(from)?, until: time(until)? })
    }
}

impl QuietHours {
    /// The first moment from `at` on that is not quiet by the clocks of a zone.
    #[must_use]
    pub fn next_open(self, at: Utc, zone: impl Into<Zone>) -> Utc {
        let zone = zone.into();
        let local = zone.at(at).naive_local();
        let time = local.time();
        let quiet = if self.from <= self.until {
            self.from <= time && time < self.until
        } else {
            time >= self.from || time < self.until
        };
        if !quiet {
            return at;
        }
        let tomorrow = TimeDelta::days(i64::from(time >= self.until));
        zone.moment((local.date() + tomorrow).and_time(self.until)).max(at)
    }

    /// The first moment from `at` on that suits both sides. Bounded: hours of quiet that leave no
    /// common moment within two days give the last one tried.
    #[must_use]
    pub fn next_open_for_both(ours: (Self, Zone), theirs: (Self, Zone), at: Utc) -> Utc {
        let mut open = at;
        for _ in 0..4 {
            let next = theirs.0.next_open(ours.0.next_open(open, ours.1), theirs.1);
            if next == open {
                break;
            }
            open = next;
        }
        open
    }
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;

    use super::*;

    fn at(text: &str) -> Utc {
        text.parse().unwrap()
    }

    #[test]
    fn waits_for_the_morning_of_the_place() {
        let hours: QuietHours = "21:00-08:00".parse().unwrap();
        let pacific = FixedOffset::west_opt(8 * 3600).unwrap();
        let cases = [
            // 13:00 and 20:59 there: at once.
            ("2026-11-24T21:00:00Z", "2026-11-24T21:00:00Z"),
            ("2026-11-25T04:59:59Z", "2026-11-25T04:59:59Z"),
            // 21:00, midnight, 07:30 there: at 08:00.
            ("2026-11-25T05:00:00Z", "2026-11-25T16:00:00Z"),
            ("2026-11-25T08:00:00Z", "2026-11-25T16:00:00Z"),
            ("2026-11-25T15:30:00Z", "2026-11-25T16:00:00Z"),
            ("2026-11-25T16:00:00Z", "2026-11-25T16:00:00Z"),
        ];
        for (now, open) in cases {
            assert_eq!(hours.next_open(at(now), pacific), at(open), "{now}");
        }
        let none: QuietHours = "08:00-08:00".parse().unwrap();
        assert_eq!(none.next_open(at("2026-11-25T08:00:00Z"), pacific), at("2026-11-25T08:00:00Z"));
        let noon: QuietHours = "12:00-13:00".parse().unwrap();
        assert_eq!(noon.next_open(at("2026-11-25T20:15:00Z"), pacific), at("2026-11-25T21:00:00Z"));
    }

    #[test]
    fn the_morning_comes_an_hour_earlier_in_summer_time() {
        let hours: QuietHours = "21:00-08:00".parse().unwrap();
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        // The night in which clocks are put forward, and the one after it.
        assert_eq!(hours.next_open(at("2026-03-28T22:00:00Z"), berlin), at("2026-03-29T06:00:00Z"));
        assert_eq!(hours.next_open(at("2026-03-27T22:00:00Z"), berlin), at("2026-03-28T07:00:00Z"));
    }

    #[test]
    fn waits_for_both_sides() {
        let night: QuietHours = "21:00-08:00".parse().unwrap();
        let (east, west) = (
            FixedOffset::west_opt(5 * 3600).unwrap().into(),
            FixedOffset::west_opt(8 * 3600).unwrap().into(),
        );
        let open = QuietHours::next_open_for_both((night, east), (night, west), at("2026-11-25T05:00:00Z"));
        assert_eq!(open, at("2026-11-25T16:00:00Z"));
    }

    #[test]
    fn refuses_what_is_no_span() {
        for text in ["", "21-8", "21:00", "25:00-08:00", "21:00/08:00"] {
            assert_eq!(text.parse::<QuietHours>(), Err(BadHours(text.to_owned())));
        }
    }
}
