//! Requests per interface and day.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use autobazaaar_domain::Utc;
use chrono::{Days, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::{DiskError, FetchError, disk};

/// What may be asked of an interface in a day, UTC. Zero allows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyQuota(pub u64);

/// How much of each quota is used, kept over restarts in a file where one is given. Every attempt
/// counts, whatever came of it, and it counts before it is made.
#[derive(Debug, Default)]
pub struct QuotaBook {
    file: Option<PathBuf>,
    limits: BTreeMap<String, DailyQuota>,
    used: Mutex<BTreeMap<String, Used>>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Used {
    day: NaiveDate,
    requests: u64,
}

impl QuotaBook {
    /// A book with these limits. What has no limit here is not allowed at all.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(
        file: Option<PathBuf>,
        limits: impl IntoIterator<Item = (String, DailyQuota)>,
    ) -> Result<Self, DiskError> {
        let used = match &file {
            Some(path) => disk::read_json(path)?.unwrap_or_default(),
            None => BTreeMap::new(),
        };
        Ok(Self { file, limits: limits.into_iter().collect(), used: Mutex::new(used) })
    }

    /// Counts one request.
    ///
    /// # Errors
    /// [`FetchError::QuotaSpent`] when the day's requests are used up; it is not counted then.
    pub fn take(&self, api: &str, now: Utc) -> Result<(), FetchError> {
        let limit = self.limits.get(api).map_or(0, |quota| quota.0);
        let mut all = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = today(&all, api, now);
        if requests >= limit {
            return Err(FetchError::QuotaSpent { api: api.to_owned(), limit, until: midnight_after(now) });
        }
        self.set(&mut all, api, now, requests + 1)?;
        Ok(())
    }

    /// Takes over what the interface itself says is left, where that is less than we thought.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn left_by_their_count(&self, api: &str, left: u64, now: Utc) -> Result<(), DiskError> {
        let limit = self.limits.get(api).map_or(0, |quota| quota.0);
        let mut all = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = today(&all, api, now).max(limit.saturating_sub(left));
        self.set(&mut all, api, now, requests)
    }

    /// Requests left today.
    #[must_use]
    pub fn left(&self, api: &str, now: Utc) -> u64 {
        let limit = self.limits.get(api).map_or(0, |quota| quota.0);
        let all = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        limit.saturating_sub(today(&all, api, now))
    }

    fn set(
        &self,
        all: &mut BTreeMap<String, Used>,
        api: &str,
        now: Utc,
        requests: u64,
    ) -> Result<(), DiskError> {
        all.insert(api.to_owned(), Used { day: now.date_naive(), requests });
        let Some(path) = &self.file else { return Ok(()) };
        let bytes = serde_json::to_vec(all).map_err(|error| DiskError::new("write", path, error))?;
        disk::write(path, &bytes)
    }
}

fn today(all: &BTreeMap<String, Used>, api: &str, now: Utc) -> u64 {
    all.get(api).filter(|used| used.day == now.date_naive()).map_or(0, |used| used.requests)
}

fn midnight_after(now: Utc) -> Utc {
    let day = now.date_naive();
    day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_quota_even_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let open = || {
            let limits = [("browse".to_owned(), DailyQuota(3)), ("none".to_owned(), DailyQuota(0))];
            QuotaBook::open(Some(folder.path().join("quota.json")), limits).unwrap()
        };
        let now: Utc = "2026-11-24T23:59:59Z".parse().unwrap();
        let book = open();
        book.take("browse", now).unwrap();
        book.take("browse", now).unwrap();
        drop(book);

        let book = open();
        assert_eq!(book.left("browse", now), 1);
        book.take("browse", now).unwrap();
        let spent = book.take("browse", now).unwrap_err();
        assert_eq!(
            spent.to_string(),
            "the quota of 3 requests a day for browse is spent until 2026-11-25 00:00:00 UTC"
        );
        let tomorrow: Utc = "2026-11-25T00:00:00Z".parse().unwrap();
        book.take("browse", tomorrow).unwrap();
        book.left_by_their_count("browse", 1, tomorrow).unwrap();
        book.left_by_their_count("browse", 3, tomorrow).unwrap();
        assert_eq!(book.left("browse", tomorrow), 1, "the lower count holds");
        assert!(book.take("none", now).is_err());
        assert!(book.take("unheard of", now).is_err());
    }
}
