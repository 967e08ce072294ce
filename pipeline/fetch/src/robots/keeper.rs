//! What each site's robots.txt said, for up to a day.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use autobazaaar_domain::Utc;
use chrono::TimeDelta;

use super::Robots;

/// RFC 9309, section 2.4.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// A file that could not be had is asked for again after this.
const KEPT_FAILURE: TimeDelta = TimeDelta::minutes(10);

/// What came of asking for a robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The site answered, with rules or with "there are none".
    Answered(Robots),
    /// The server is ill or out of reach: nothing may be read.
    Failed(String),
}

#[derive(Debug, Clone)]
struct Kept {
    asked: Asked,
    until: Utc,
}

/// One place per origin; whoever comes first asks, the others wait for what it hears.
#[derive(Debug, Default)]
pub(crate) struct RobotsKeeper {
    origins: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Option<Kept>>>>>,
}

impl RobotsKeeper {
    /// What an origin's file said within the last day, or what `ask` hears.
    pub(crate) async fn of<F>(&self, origin: &str, now: Utc, ask: F) -> Asked
    where
        F: Future<Output = Asked>,
    {
        let place = {
            let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
            origins.entry(origin.to_owned()).or_default().clone()
        };
        let mut kept = place.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.until) {
            return kept.asked.clone();
        }
        let asked = ask.await;
        let lasting = if matches!(asked, Asked::Answered(_)) { KEPT } else { KEPT_FAILURE };
        *kept = Some(Kept { asked: asked.clone(), until: now + lasting });
        asked
    }
}
