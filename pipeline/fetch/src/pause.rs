//! Hosts that are left alone.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use autobazaaar_domain::Utc;
use serde::{Deserialize, Serialize};

use crate::{DiskError, Sign, disk};

/// A host that is left alone, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub sign: Sign,
    /// Where the sign was seen, without secrets.
    pub url: String,
    pub since: Utc,
    pub until: Utc,
}

/// All pauses, kept over restarts in a file where one is given.
#[derive(Debug, Default)]
pub(crate) struct Pauses {
    file: Option<PathBuf>,
    hosts: Mutex<BTreeMap<String, Pause>>,
}

impl Pauses {
    pub(crate) fn open(file: Option<PathBuf>) -> Result<Self, DiskError> {
        let hosts = match &file {
            Some(path) => disk::read_json(path)?.unwrap_or_default(),
            None => BTreeMap::new(),
        };
        Ok(Self { file, hosts: Mutex::new(hosts) })
    }

    /// The pause a host is in.
    pub(crate) fn of(&self, host: &str, now: Utc) -> Option<Pause> {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.get(host).filter(|pause| now < pause.until).cloned()
    }

    pub(crate) fn all(&self, now: Utc) -> BTreeMap<String, Pause> {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.iter().filter(|(_, pause)| now < pause.until).map(|(h, p)| (h.clone(), p.clone())).collect()
    }

    pub(crate) fn begin(&self, host: &str, pause: Pause) -> Result<(), DiskError> {
        self.change(|hosts| hosts.insert(host.to_owned(), pause))
    }

    pub(crate) fn end(&self, host: &str) -> Result<(), DiskError> {
        self.change(|hosts| hosts.remove(host))
    }

    fn change<T>(&self, change: impl FnOnce(&mut BTreeMap<String, Pause>) -> T) -> Result<(), DiskError> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut hosts);
        let Some(path) = &self.file else { return Ok(()) };
        let bytes = serde_json::to_vec_pretty(&*hosts);
        disk::write(path, &bytes.map_err(|error| DiskError::new("write", path, error))?)
    }
}
