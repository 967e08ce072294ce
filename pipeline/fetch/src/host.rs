//! What holds for one host at the moment.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

use crate::{Bucket, Site};

/// Longer than this nobody is obeyed who asks to be left in peace.
pub(crate) const LONGEST_PEACE: Duration = Duration::from_secs(86_400);

/// One host's bucket, places, and until when it asked to be left in peace.
#[derive(Debug)]
pub(crate) struct Host {
    pub bucket: Bucket,
    pub places: Arc<Semaphore>,
    held_until: Mutex<Option<Instant>>,
}

impl Host {
    /// Nothing is sent for so long.
    pub(crate) fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait.min(LONGEST_PEACE);
        let mut held = self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(held.map_or(until, |held| held.max(until)));
    }

    /// How long it is still to be left in peace.
    pub(crate) fn held_for(&self) -> Duration {
        let held = *self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        held.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }
}

/// Every host asked so far.
#[derive(Debug, Default)]
pub(crate) struct Hosts(Mutex<HashMap<String, Arc<Host>>>);

impl Hosts {
    /// The host of an address. The first request's site gives its rate and places; `wait` tells how long
    /// it is still to be left in peace from before.
    pub(crate) fn of(&self, site: &Site, url: &Url, wait: impl FnOnce(&str) -> Duration) -> Arc<Host> {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let authority = authority(url);
        let wait = if hosts.contains_key(&authority) { Duration::ZERO } else { wait(&authority) };
        let new = || Host {
            bucket: Bucket::new(site.rate),
            places: Arc::new(Semaphore::new(site.places.min(Semaphore::MAX_PERMITS))),
            held_until: Mutex::new((!wait.is_zero()).then(|| Instant::now() + wait.min(LONGEST_PEACE))),
        };
        hosts.entry(authority).or_insert_with(|| Arc::new(new())).clone()
    }
}

/// Host and, where it is not the scheme's own, port.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
