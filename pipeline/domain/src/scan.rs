//! When and how listings were seen.

use serde::{Deserialize, Serialize};

use crate::{ListingKey, ObservationId, Platform, RunId, Utc};

/// The fact that an observation was seen, for the first time or again, at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    pub key: ListingKey,
    pub observation_id: ObservationId,
    /// UTC.
    pub observed_at: Utc,
    /// The scan it was part of; see [`Scan`].
    pub scan_id: String,
    pub run_id: RunId,
}

/// One query's pass over a venue. Only a complete one may imply that something is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// Hash of platform, query and time: the same pass read twice is one scan.
    pub scan_id: String,
    pub platform: Platform,
    /// What was searched for; the mapping's or the file's name where the source does not say.
    pub query: String,
    /// UTC.
    pub observed_at: Utc,
    /// It showed everything that the query matches.
    pub complete: bool,
    /// Listings in it.
    pub listings: u64,
    pub run_id: RunId,
}
