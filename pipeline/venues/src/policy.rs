//! What is allowed at a venue: its `policy.toml`.

use serde::Deserialize;

use crate::Venue;

/// A venue's policy. Every real venue starts switched off.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Whether it is used at all without the owner's word.
    pub enabled: bool,
    /// Ways of reading.
    pub reads: Reads,
    /// Ways of acting.
    pub writes: Writes,
    /// Hosts that may be asked for its pages; one with a dot before it stands for all below it.
    pub hosts: Vec<String>,
    /// How fast.
    pub rate: Rate,
    /// What the venue's terms say, and where.
    pub terms: Terms,
}

/// Ways of reading.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    /// By its API.
    pub api: bool,
    /// Pages fetched by the program.
    pub fetch: bool,
    /// Pages and answers that the owner saved.
    pub import: bool,
}

/// Ways of acting.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writes {
    /// Whether the program may act there at all.
    pub allowed: bool,
    /// Whether the owner approves each act.
    pub approval: bool,
}

/// Bounds on requests. Zero means none are allowed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Requests in a minute.
    pub requests_per_minute: u32,
    /// Requests in a day.
    pub requests_per_day: u32,
}

/// The venue's terms.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Whether they forbid programs that fetch pages.
    pub forbid_automation: bool,
    /// Where they stand.
    pub url: String,
    /// What follows, for the owner.
    pub note: String,
}

impl Policy {
    /// The policy that comes along with a venue.
    ///
    /// # Errors
    /// When the file that comes along is damaged, which a test rules out.
    pub fn of(venue: Venue) -> Result<Self, toml::de::Error> {
        toml::from_str(venue.policy_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_venue_starts_switched_off_and_asks_before_it_acts() {
        for venue in Venue::ALL {
            let policy = Policy::of(*venue).unwrap();
            assert!(!policy.enabled && policy.writes.approval && policy.reads.import, "{venue}");
            assert!(
                !(policy.terms.forbid_automation && policy.reads.fetch),
                "{venue} fetches against its terms"
            );
        }
    }
}
