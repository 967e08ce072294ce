//! Until when hosts asked to be left in peace (Retry-After), over restarts: a pass that comes five
//! minutes later must not ask again what it was told to ask in an hour.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use autobazaaar_domain::Utc;

use crate::{DiskError, disk};

/// All waits, kept in a file where one is given.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    file: Option<PathBuf>,
    hosts: Mutex<BTreeMap<String, Utc>>,
}

impl Waits {
    pub(crate) fn open(file: Option<PathBuf>) -> Result<Self, DiskError> {
        let hosts = match &file {
            Some(path) => disk::read_json(path)?.unwrap_or_default(),
            None => BTreeMap::new(),
        };
        Ok(Self { file, hosts: Mutex::new(hosts) })
    }

    /// How long a host is still to be left in peace.
    pub(crate) fn of(&self, host: &str, now: Utc) -> Duration {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.get(host).and_then(|until| (*until - now).to_std().ok()).unwrap_or_default()
    }

    /// Takes note of a wait; what is over is forgotten.
    pub(crate) fn note(&self, host: &str, until: Utc, now: Utc) -> Result<(), DiskError> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.retain(|_, until| now < *until);
        let known = hosts.entry(host.to_owned()).or_insert(until);
        *known = until.max(*known);
        let Some(path) = &self.file else { return Ok(()) };
        let bytes = serde_json::to_vec_pretty(&*hosts);
        disk::write(path, &bytes.map_err(|error| DiskError::new("write", path, error))?)
    }
}
