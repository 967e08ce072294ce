//! Where the owner's clock stands.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::Utc;

/// A time zone: a place with its summer time, or a fixed distance from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Zone {
    Fixed(FixedOffset),
    Named(Tz),
}

/// A text that is not a zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a time zone: expected UTC, a place such as America/Los_Angeles or an offset such as -07:00"
)]
pub struct BadZone(String);

impl Zone {
    /// A moment as the clocks there show it.
    #[must_use]
    pub fn at(self, moment: Utc) -> DateTime<FixedOffset> {
        let offset = match self {
            Self::Fixed(offset) => offset,
            Self::Named(place) => place.offset_from_utc_datetime(&moment.naive_utc()).fix(),
        };
        moment.with_timezone(&offset)
    }

    /// The first moment at which the clocks there show this or, where they are put forward past it, more.
    #[must_use]
    pub fn moment(self, shown: NaiveDateTime) -> Utc {
        let found = |shown: &NaiveDateTime| match self {
            Self::Fixed(offset) => offset.from_local_datetime(shown).earliest().map(|at| at.to_utc()),
            Self::Named(place) => place.from_local_datetime(shown).earliest().map(|at| at.to_utc()),
        };
        // Clocks jump by an hour or two at most; a day is past every jump.
        let later = |quarters: i64| found(&(shown + TimeDelta::minutes(15 * quarters)));
        (0..96).find_map(later).unwrap_or_else(|| shown.and_utc())
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::Fixed(chrono::Utc.fix())
    }
}

impl From<FixedOffset> for Zone {
    fn from(offset: FixedOffset) -> Self {
        Self::Fixed(offset)
    }
}

impl FromStr for Zone {
    type Err = BadZone;

    fn from_str(text: &str) -> Result<Self, BadZone> {
        if text.eq_ignore_ascii_case("utc") {
            return Ok(Self::default());
        }
        let place = || text.parse().map(Self::Named).map_err(|_| BadZone(text.to_owned()));
        text.parse().map(Self::Fixed).or_else(|_| place())
    }
}

impl TryFrom<String> for Zone {
    type Error = BadZone;

    fn try_from(text: String) -> Result<Self, BadZone> {
        text.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.to_string()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(offset) if offset.local_minus_utc() == 0 => f.write_str("UTC"),
            Self::Fixed(offset) => write!(f, "{offset}"),
            Self::Named(place) => f.write_str(place.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Utc {
        text.parse().unwrap()
    }

    #[test]
    fn zones_read_back() {
        for text in ["UTC", "-07:00", "+05:30", "America/Los_Angeles", "Europe/Berlin"] {
            assert_eq!(text.parse::<Zone>().unwrap().to_string(), text);
        }
        for text in ["", "Mars", "25:00", "+99:00"] {
            assert!(text.parse::<Zone>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_place_keeps_summer_time() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let shown = |at: &str| berlin.at(moment(at)).format("%H:%M").to_string();
        assert_eq!(shown("2026-01-15T12:00:00Z"), "13:00");
        assert_eq!(shown("2026-07-15T12:00:00Z"), "14:00");
    }

    #[test]
    fn a_time_that_clocks_skip_or_show_twice_has_a_moment() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let of = |shown: &str| berlin.moment(shown.parse().unwrap());
        // Put forward from two to three on 29 March, back from three to two on 25 October.
        assert_eq!(of("2026-03-29T02:30:00"), moment("2026-03-29T01:00:00Z"));
        assert_eq!(of("2026-10-25T02:30:00"), moment("2026-10-25T00:30:00Z"));
        assert_eq!(of("2026-12-01T08:00:00"), moment("2026-12-01T07:00:00Z"));
    }
}
