//! What was seen of one listing's stay.

use autobazaaar_domain::pace::{AGES, demand_term, price_term};

/// A listing under observation. Ages are days since it was listed (or first seen, where the venue
/// does not say).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stay<'a> {
    pub category: &'a str,
    /// Known beforehand: what its venue's rate is multiplied by; above 0.
    pub factor: f64,
    /// Where its ask stands in the distribution of its value, 0–1; `None` counts as the median.
    pub level: Option<f64>,
    /// How far its ask lies below what sellers usually stray to, log units, 0 or more.
    pub depth: f64,
    /// 0–1; `None` counts as average.
    pub demand: Option<f64>,
    /// Age at the first look.
    pub entry: f64,
    /// Age at the last look that showed it, not below `entry`.
    pub seen_until: f64,
    /// Age at the first look that would have shown it and did not; `None`: it may still stand.
    pub gone_by: Option<f64>,
}

/// A depth beyond this is not an ask for such a thing: it would outweigh all others.
const DEEPEST: f64 = 2.0;

impl Stay<'_> {
    /// Days under observation, an exit counted at the middle of its interval.
    #[must_use]
    pub fn exposure(&self) -> f64 {
        let half = self.gone_by.map_or(0.0, |by| (by - self.seen_until) / 2.0);
        self.seen_until - self.entry + half
    }

    /// Whether its ages are numbers in order, and something of it was watched.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let ordered = self.entry >= 0.0 && self.seen_until >= self.entry;
        let exit = self.gone_by.is_none_or(|by| by > self.seen_until && by.is_finite());
        let sound = self.seen_until.is_finite() && self.factor > 0.0 && (0.0..=DEEPEST).contains(&self.depth);
        ordered && exit && sound && self.exposure() > 0.0
    }

    /// The price's place in the log rate.
    pub(super) fn price_term(&self) -> f64 {
        self.level.map_or(0.0, price_term)
    }

    /// The demand's place in the log rate.
    pub(super) fn demand_term(&self) -> f64 {
        self.demand.map_or(0.0, demand_term)
    }
}

/// Days between two ages in each stretch of [`AGES`].
pub(super) fn days_in_stretches(from: f64, to: f64) -> [f64; AGES.len()] {
    std::array::from_fn(|k| {
        let end = AGES.get(k + 1).copied().unwrap_or(f64::INFINITY);
        (to.min(end) - from.max(AGES[k])).max(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_fall_into_their_stretches() {
        assert_eq!(days_in_stretches(0.5, 8.0), [0.5, 2.0, 4.0, 1.0, 0.0, 0.0]);
        assert_eq!(days_in_stretches(40.0, 41.0), [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn a_stay_that_nobody_watched_is_of_no_use() {
        let stay = Stay {
            category: "bikes",
            factor: 1.0,
            level: None,
            depth: 0.0,
            demand: None,
            entry: 2.0,
            seen_until: 2.0,
            gone_by: None,
        };
        assert!(!stay.is_usable());
        assert!(Stay { gone_by: Some(3.0), ..stay }.is_usable());
        assert!(Stay { seen_until: 5.0, ..stay }.is_usable());
        assert!(!Stay { gone_by: Some(1.0), ..stay }.is_usable());
        assert!(!Stay { entry: f64::NAN, ..stay }.is_usable());
        assert!(!Stay { gone_by: Some(3.0), depth: -0.1, ..stay }.is_usable());
    }
}
